"""The page of the timeline in a real browser: its picture leads to its tables, and nothing of it stands in anyone's way."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from hervat.assemble import Node
from hervat.clock import SteppedClock
from hervat.considered import Considered
from hervat.intake.ceilings import Ceiling
from hervat.oversight.importing import timeline_in
from hervat.recording import Recording
from tests.journey.browsing import unfold, violations
from tests.journey.site import GPS, HOSTILE, Served, a_server
from tests.rooms.test_oversight import BEGAN, REAL, an_entry

pytestmark = pytest.mark.browser
_WHENS = ("2025-07-17T22:45~", "undated", "2025-07-18/..", "../2025-07-10", "2025-06")


def make_recorded(url: str) -> None:
    """The real timeline, entries of every sort of time, a correction, and decisions with all that was considered in them."""
    clock = SteppedClock(BEGAN)
    with Node.opened(url, writer=True, clock=clock) as node:
        recording = Recording(node)
        recording.take_in(timeline_in(REAL.read_bytes(), "real").entries, by="a")
        for when in _WHENS:
            clock.advance(timedelta(hours=20))
            last = recording.add(an_entry(kind="risk", when=when, what=f"{HOSTILE} {when}"), by="a")["position"]
        recording.correct(last, an_entry(kind="risk", when="2025-05", same_act=last - 1), by="b", why="found in logs")
        held = node.ceiling(GPS.replace("other-", ""), Ceiling(hold=True), by="a", why="cut")["position"]
        recording.consider(held, Considered(known="an intrusion"), by="a")
        recording.consider(held, Considered(known="a" * 300, options=("wait",), risks=("blind",)), by="b")


recorded = a_server(make_recorded)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390), ("light", 320)])
def test_the_picture_leads_to_the_tables_and_nothing_stands_in_the_way(browser: Browser, recorded: Served, scheme: Any, width: int) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(recorded.address + "/timeline")
    links = page.locator(".axes a")
    expect(links).to_have_count(19 + len(_WHENS) + 2)
    addresses = [links.nth(number).get_attribute("href") or "" for number in range(links.count())]
    for address in addresses:
        expect(page.locator(f"tr{address}")).to_have_count(1)
    links.last.locator(".at").click()
    expect(page.locator(f"tr{addresses[-1]}")).to_be_in_viewport()
    expect(page.locator(f"tr{addresses[-1]}")).to_contain_text("gezegd door b")
    links.first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"tr{addresses[0]}")).to_be_in_viewport()
    unfold(page)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.goto(recorded.address + "/en/timeline?known_at=2025-07-17&known_by=OM")
    assert violations(page) == [] and page.locator(".axes").count() == 0
    context.close()
