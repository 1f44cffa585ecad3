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
    if not page.locator(f"#data-{form}").is_visible():
        page.click(f"details:has(> form[action$='/{form}']) > summary")
    for name, text in {"source": PAPER, "paper": "K-1", "by": by, "data": json.dumps(data)}.items():
        page.fill(f"#{name}-{form}", text)
    page.select_option(f"#kind-{form}", "judgment-given")
    page.locator(f"form[action$='/{form}']:not([id]) button").click()


def key_by_field(page: Page, data: dict[str, Any], by: str) -> None:
    """By the keyboard alone from the choice of the kind on, with room for one verdict more than there is; nothing is keyed yet."""
    page.select_option("#kind-enter-first", "judgment-given")
    page.press("#kind-enter-first", "Tab")
    page.keyboard.press("Enter")
    typed = {"source": PAPER, "paper": "K-1", "by": by, **{f"data.{name}": data[name] for name in ("judgment", "court", "pn", "given_on")}}
    for name, text in typed.items():
        page.fill(f'[id="{name}-enter-fields"]', text)
    page.select_option('[id="data.instance-enter-fields"]', "1")
    verdict, sentence = data["verdicts"][0], data["sentences"][0]
    page.fill('[id="data.verdicts[0].charge-enter-fields"]', str(verdict["charge"]))
    page.select_option('[id="data.verdicts[0].verdict-enter-fields"]', verdict["verdict"])
    page.focus('button[value="data.verdicts"]')
    page.keyboard.press("Enter")
    expect(page.locator('[id="data.verdicts[1].charge-enter-fields"]')).to_be_focused()
    expect(page.locator('[id="data.court-enter-fields"]')).to_have_value(data["court"])
    for name in ("sentence", "months"):
        page.fill(f'[id="data.sentences[0].{name}-enter-fields"]', str(sentence[name]))
    page.select_option('[id="data.sentences[0].kind-enter-fields"]', sentence["kind"])


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
    key_by_field(page, judgment(), "A. Smit")
    if script:
        seen(page, width)
    page.press('[id="data.sentences[0].months-enter-fields"]', "Enter")
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
    for path in ("/backlog", "/en/backlog?people=3&enter=person-registered&check=case-registered"):
        page.goto(server.address + path)
        seen(page, width)
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    context.close()


def seen(page: Page, width: int) -> None:
    unfold(page)
    assert {page.url: violations(page)} == {page.url: []}
    assert {page.url: page.evaluate("document.documentElement.scrollWidth")} == {page.url: width}
