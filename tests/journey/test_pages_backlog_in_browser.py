"""The page of the backlog in a real browser, from counting to a sample that is checked; and that none of it stands in anyone's way."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journey.browsing import unfold, violations
from tests.journey.site import Served, a_server, make_whole
from tests.journey.test_pages_acting_in_browser import entry_shown, position
from tests.rooms.test_backlog import PAPER, judgment

pytestmark = pytest.mark.browser
blank = a_server(make_whole)


def key(page: Page, form: str, data: dict[str, Any], by: str) -> None:
    for name, text in {"source": PAPER, "paper": "K-1", "by": by, "data": json.dumps(data)}.items():
        page.fill(f"#{name}-{form}", text)
    page.select_option(f"#kind-{form}", "judgment-given")
    page.locator(f"form[action$='/{form}'] button").click()


@pytest.mark.parametrize(("scheme", "width", "script"), [("light", 1280, True), ("dark", 320, False)])
def test_every_button_is_an_act_and_nothing_stands_in_the_way(
    browser: Browser, blank: Served, scheme: Any, width: int, script: bool
) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}, java_script_enabled=script)
    page = context.new_page()
    page.goto(blank.address + "/backlog")
    page.click("summary:has-text('Geef voorraad op')")
    filled = {"source": PAPER, "kinds": "judgment-given", "from": "2025-07-17", "until": "2025-09-25", "count": "3", "by": "A. Smit"}
    for name, text in (filled | {"oldest_on": "2025-07-18"}).items():
        page.fill(f"#{name}-count", text)
    page.locator("form[action$='/count'] button").click()
    assert entry_shown_before(page, blank) == "backlog-counted"
    key(page, "enter", judgment(), "A. Smit")
    assert entry_shown(page, blank) == "backlog-keyed"
    key(page, "enter", judgment() | {"court": "Assen"}, "B. Visser")
    expect(page.locator(".faults")).to_contain_text("u voerde Assen in")
    expect(page.locator("#by-enter")).to_have_value("B. Visser")
    if script:
        seen(page, width)
    key(page, "enter", judgment(), "B. Visser")
    assert entry_shown_before(page, blank) == "backlog-keyed"
    page.click("summary:has-text('Trek een steekproef')")
    page.fill("#by-sample", "C. Bos")
    page.fill("#source-sample", PAPER)
    page.locator("form[action$='/sample'] button").click()
    assert entry_shown(page, blank) == "backlog-sampled"
    page.click("summary:has-text('Controleer een stuk')")
    key(page, "check", judgment(), "C. Bos")
    assert entry_shown(page, blank) == "backlog-checked"
    at = position(blank)
    page.reload()
    assert position(blank) == at, "what was done is not done again"
    context.close()
    looks_well(browser, blank, scheme, width)


def entry_shown_before(page: Page, server: Served) -> str | None:
    """The kind of the act to which the page leads, behind which the message lies that came of it."""
    return entry_shown(page, server, behind=1)


def looks_well(browser: Browser, server: Served, scheme: Any, width: int) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page = context.new_page()
    for path in ("/backlog", "/en/backlog?people=3"):
        page.goto(server.address + path)
        seen(page, width)
    context.close()


def seen(page: Page, width: int) -> None:
    unfold(page)
    assert {page.url: violations(page)} == {page.url: []}
    assert {page.url: page.evaluate("document.documentElement.scrollWidth")} == {page.url: width}
