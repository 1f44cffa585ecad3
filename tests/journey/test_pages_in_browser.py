"""The pages in a real browser: with and without script, wide and narrow, light and dark, by keyboard, and checked by axe."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from hervat.assemble import Node
from tests.journey.browsing import Watched, search, unfold, violations
from tests.journey.site import Served, make_whole, person, served
from tests.journey.test_pages import ENGLISH, PATHS

pytestmark = pytest.mark.browser

@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_nothing_stands_in_anyones_way(browser: Browser, broken_off: Served, whole: Served, scheme: Any, width: int) -> None:
    """axe finds nothing, and nothing has to be scrolled sideways; other widths and all colours have tests of their own."""
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page = context.new_page()
    addresses = [broken_off.address + path for path in ("/", "/held?reason=gap", "/refused", "/person", "/en/entry/3", "/nowhere")]
    for address in (*addresses, whole.address, whole.address + "/person"):
        page.goto(address)
        unfold(page)
        assert {address: violations(page)} == {address: []}
        assert {address: page.evaluate("document.documentElement.scrollWidth")} == {address: width}
    for server, skn in ((whole, "20250001"), (broken_off, "20250003"), (broken_off, "HOSTILE-1"), (whole, "NOBODY")):
        search(page, server.address + "/person", skn)
        assert {skn: violations(page)} == {skn: []}
        assert {skn: page.evaluate("document.documentElement.scrollWidth")} == {skn: width}
    context.close()


def test_axe_names_what_is_wrong_with_a_page(watched: Watched) -> None:
    watched.page.set_content("<img src='data:,'><p style='color: #ccc; background: #ddd'>pale</p><input>")
    assert {"color-contrast", "html-has-lang", "image-alt", "label"} <= {one.partition(":")[0] for one in violations(watched.page)}


def test_no_width_makes_the_page_scroll_sideways(watched: Watched, broken_off: Served) -> None:
    page = watched.page
    for path in (*PATHS, *ENGLISH):
        page.goto(broken_off.address + path)
        for width in (320, 780, 1250):
            page.set_viewport_size({"width": width, "height": 800})
            assert {(path, width): page.evaluate("document.documentElement.scrollWidth")} == {(path, width): width}


def test_the_keyboard_goes_from_top_to_bottom(watched: Watched, broken_off: Served) -> None:
    page = watched.page
    page.goto(broken_off.address + "/person")
    names = []
    for _ in range(21):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.innerText || document.activeElement.id"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert {names[-1]: outline} == {names[-1]: "solid"}, "what has the focus can be seen"
    menu = ["Stand van zaken", "Screening", "VOG", "Opnieuw te openen", "Noodprocedures", "Detentie", "Partners", "Aangehouden"]
    menu += ["Quarantaine", "Persoon", "Verstrekken", "Betrokkene", "Bewaren", "Achterstand", "Keten", "Herstart", "Tijdlijn", "Wet"]
    assert names == ["Naar de inhoud", "hervat", *menu, "English"]
    inputs = []
    for _ in range(9):
        page.keyboard.press("Tab")
        inputs.append(page.evaluate("document.activeElement.id || document.activeElement.innerText"))
    assert list(dict.fromkeys(inputs)) == ["skn", "purpose", "valid_on", "known_at", "position", "Zoek"][: len(set(inputs))]
    page.goto(broken_off.address + "/held")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_all_of_it_works_without_script(browser: Browser, whole: Served, broken_off: Served) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(broken_off.address)
    expect(page.locator(".poll")).to_be_hidden()
    expect(page.locator("figure svg")).to_have_count(2)
    page.click("#figure-held")
    expect(page.locator("h1")).to_have_text("Aangehouden")
    page.select_option("#reason", "ceiling")
    page.get_by_role("button", name="Toon", exact=True).click()
    expect(page.locator("#messages ~ table tbody tr")).to_have_count(5)
    page.click("#messages ~ table tbody a >> nth=0")
    page.click("text=Toon de inhoud")
    expect(page.locator("#payload ~ pre")).to_contain_text("case-registered")
    search(page, whole.address + "/person", "20250001")
    expect(page.locator("#case-1")).to_have_text("Zaak 10/123456-25")
    page.click("#cases ~ article a >> nth=0")
    expect(page.locator("h1")).to_contain_text("Inschrijving")
    context.close()


def test_the_language_is_switched_where_one_is(watched: Watched, whole: Served) -> None:
    page = watched.page
    page.goto(whole.address + "/held")
    page.click("text=English")
    expect(page).to_have_url(whole.address + "/en/held")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    search(page, whole.address + "/person", "20250001")
    page.click("text=English")
    expect(page.locator("#case-1")).to_have_text("Case 10/123456-25")
    expect(page).to_have_url(whole.address + "/en/person")
    page.click("text=Nederlands")
    expect(page.locator("#case-1")).to_have_text("Zaak 10/123456-25")


def test_nothing_is_asked_elsewhere_and_no_person_stands_in_an_address(watched: Watched, whole: Served, broken_off: Served) -> None:
    for server, skn in ((whole, "20250001"), (broken_off, "HOSTILE-1")):
        for path in (*PATHS, *ENGLISH):
            watched.page.goto(server.address + path)
        search(watched.page, server.address + "/en/person", skn)
        watched.page.wait_for_load_state("networkidle")
    assert [url for url in watched.asked if not url.startswith((whole.address, broken_off.address))] == []
    assert [url for url in watched.asked if re.search("20250001|HOSTILE|Jansen", url)] == []
    assert watched.page.title() == "Person · hervat", "the hostile name was only text"
    assert watched.complaints == []


def test_the_state_of_affairs_refreshes_itself(watched: Watched, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'growing.db'}"
    make_whole(url)
    page = watched.page
    with served(url) as server:
        page.goto(server.address)
        page.click("details.how summary >> nth=0")
        page.focus("#balance-held")
        with Node.opened(url, writer=True) as node:
            node.receive([person(1, "NEW-1", "Nieuw")])
        expect(page.locator("#now")).to_contain_text("Positie 53", timeout=8000)
        expect(page.locator("#feeds-now")).to_contain_text("other-skdb")
        expect(page.locator("details.how >> nth=0")).to_have_attribute("open", "")
        expect(page.locator("#balance-held")).to_be_focused()
        page.click("text=Stilzetten")
        expect(page.locator(".poll")).to_contain_text("staat stil")
        assert page.locator("[hx-get]").count() == 0
        assert watched.complaints == []
