"""Every button that does an act, clicked in a real browser; the act is looked up in the journal."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hervat.assemble import Node
from hervat.consumers.screening.assessment import ASSESSED
from hervat.consumers.screening.signal import SIGNALLED
from hervat.intake.proceeding import PROCEDURE_CLOSED, PROCEDURE_OPENED
from hervat.journal.entry import read_meta
from hervat.screening import screening_of
from tests.journey.browsing import Watched, unfold, violations
from tests.journey.site import Served, make_whole, served

pytestmark = pytest.mark.browser


def entry_shown(page: Page, server: Served, *, behind: int = 0) -> str | None:
    """The kind of the entry to which the page leads that tells what was done; it is the last of the journal but for so many behind it."""
    shown = page.locator("#done-entry")
    position = int((shown.get_attribute("href") or "").rpartition("/")[2])
    with Node.opened(server.url) as node:
        assert position == node.position - behind
        return read_meta(node.store.entries_at([position])[position]).kind


def position(server: Served) -> int:
    with Node.opened(server.url) as node:
        return node.position


@pytest.mark.parametrize("script", [True, False])
def test_every_button_is_an_act_in_the_journal(browser: Browser, tmp_path: Path, script: bool) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    make_whole(url)
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    with served(url) as server:
        page.goto(server.address + "/screening")
        page.fill("#on-step", "2026-02-20")
        page.click("text=Zet de stap")
        assert entry_shown(page, server) == SIGNALLED
        first = page.locator("article.signal").first
        name = first.locator("h3").get_attribute("id")
        first.get_by_label("Besluit", exact=True).select_option("nieuwe VOG gevraagd")
        first.get_by_label("Grond", exact=True).fill("Wko 1.50")
        first.get_by_label("Wie besluit").fill("W. Eger")
        first.get_by_role("button", name="Leg het besluit vast").click()
        assert entry_shown(page, server) == ASSESSED
        expect(page.locator(f"#{name}")).to_have_count(0)
        page.reload()
        assert entry_shown(page, server) == ASSESSED
        page.click("#done-entry")
        expect(page.locator("h1")).to_contain_text("Inschrijving")
        expect(page.locator("main")).to_contain_text("signal-assessed")

        page.goto(server.address + "/procedures")
        fill_in(page)
        page.click("text=Open de procedure")
        assert entry_shown(page, server) == PROCEDURE_OPENED
        page.click("text=Sluit taxi-2020")
        page.fill("#until-close-taxi-2020", "2020-02-01")
        page.fill("#why-close-taxi-2020", "it is over")
        page.fill("#by-close-taxi-2020", "A. Smit")
        page.locator("#procedure-taxi-2020 ~ details").get_by_role("button", name="Sluit de procedure").click()
        assert entry_shown(page, server) == PROCEDURE_CLOSED
        at = position(server)
        page.reload()
        assert position(server) == at, "what was done is not done again"
    context.close()


def fill_in(page: Page, **other: str) -> None:
    given = {"name": "taxi-2020", "purpose": "taxi-screening", "authority": "Minister", "ground": "a letter", "receivers": "Kiwa"}
    given |= {"from": "2020-01-01", "until": "2020-03-01", "why": "it is needed", "by": "A. Smit"} | other
    for name, text in given.items():
        page.fill(f"#{name}-open", text)
    page.check("#sector-taxi-open")
    page.check("#category-sexual-open")


def test_a_button_clicked_twice_does_one_act(browser: Browser, screened: Served) -> None:
    context = browser.new_context()
    page, before = context.new_page(), position(screened)
    page.goto(screened.address + "/en/screening")
    first = page.locator("article.signal").first
    first.get_by_label("Decision", exact=True).select_option("no consequence")
    first.get_by_label("Ground", exact=True).fill("acquitted since")
    first.get_by_label("Who decides").fill("W. Eger")
    first.get_by_role("button", name="Record the decision").dblclick()
    expect(page.locator("#done-entry")).to_be_visible()
    assert (entry_shown(page, screened), position(screened)) == (ASSESSED, before + 1)
    context.close()


def test_what_was_typed_is_kept_and_the_list_of_faults_leads_to_the_fields(watched: Watched, screened: Served) -> None:
    page, before = watched.page, position(screened)
    page.goto(screened.address + "/procedures")
    fill_in(page, name="childcare-2025")
    page.click("text=Open de procedure")
    expect(page.locator(".faults")).to_contain_text("Er is niets gedaan")
    expect(page.locator("#authority-open")).to_have_value("Minister")
    expect(page.locator("#receivers-open")).to_have_value("Kiwa")
    expect(page.locator("#sector-taxi-open")).to_be_checked()
    page.click(".faults a")
    expect(page.locator("#name-open")).to_be_focused()
    assert violations(page) == []
    page.fill("#name-open", "taxi-2020")
    page.click("text=Open de procedure")
    assert (entry_shown(page, screened), position(screened)) == (PROCEDURE_OPENED, before + 1)


def test_from_a_signal_to_its_person_and_its_entries(watched: Watched, screened: Served) -> None:
    page = watched.page
    page.goto(screened.address + "/screening")
    page.click("article.signal >> nth=0 >> text=Toon de persoon")
    expect(page.locator("#purpose")).to_have_value("childcare-screening")
    expect(page.locator("#horizon")).to_be_visible()
    page.go_back()
    page.click("article.signal >> nth=0 >> .versions a >> nth=0")
    expect(page.locator("h1")).to_contain_text("Inschrijving")
    assert [url for url in watched.asked if "20250001" in url] == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_nothing_of_the_acting_pages_stands_in_anyones_way(browser: Browser, screened_as_is: Served, scheme: Any, width: int) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page = context.new_page()
    with Node.opened(screened_as_is.url) as node:
        enrolment, message = next(iter(screening_of(node).told().last))
    deciding = ("/", "/screening", "/en/screening?sector=taxi", f"/screening/{enrolment}/{message}", "/procedures", "/en/procedures")
    for path in (*deciding, "/disclosures", "/en/disclosures/44", "/concerned", "/retention"):
        page.goto(screened_as_is.address + path)
        unfold(page)
        assert {path: violations(page)} == {path: []}
        assert {path: page.evaluate("document.documentElement.scrollWidth")} == {path: width}
    context.close()
