"""Every button of the pages of disclosure, the person concerned and retention, clicked in a real browser; nothing stands in the way."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hervat.consumers.disclosure.given import DISCLOSED
from hervat.consumers.removed import HIDDEN
from hervat.consumers.retention.acts import FORECAST
from hervat.consumers.subject.correcting import ASKED, ENDED
from hervat.consumers.subject.inspected import INSPECTED
from tests.journey.browsing import Watched, unfold, violations
from tests.journey.certified import today
from tests.journey.site import Served, a_server, served
from tests.journey.test_pages_acting_in_browser import entry_shown, position
from tests.journey.test_pages_disclosing import LIMITED, UNTOLD, make_asked
from tests.journey.test_pages_retention import make_old

pytestmark = pytest.mark.browser


asked = a_server(make_asked)


@pytest.mark.parametrize("script", [True, False])
def test_every_button_is_an_act_in_the_journal(browser: Browser, asked: Served, tmp_path: Path, script: bool) -> None:
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    give(page, asked)
    inspect(page, asked)
    ask_and_end(page, asked)
    at = position(asked)
    page.reload()
    assert position(asked) == at, "what was done is not done again"
    url = f"sqlite:///{tmp_path / 'old.db'}"
    make_old(url)
    with served(url) as server:
        keep(page, server)
    context.close()


def give(page: Page, server: Served) -> None:
    page.goto(server.address + "/disclosures")
    page.click(f"text=Verzoek op positie {UNTOLD}")
    expect(page.get_by_role("button", name="Verstrek dit")).to_have_count(0)
    page.get_by_label("Wie erom vraagt, in de woorden van de wet").select_option("IND")
    page.get_by_role("button", name="Bekijk wat het dan is").click()
    expect(page.get_by_label("Wie erom vraagt, in de woorden van de wet")).to_have_value("IND")
    page.get_by_label("Wie besluit").fill("J. Jansen")
    page.get_by_role("button", name="Verstrek dit").click()
    assert entry_shown(page, server) == DISCLOSED
    page.click("#done-entry")
    expect(page.locator("main")).to_contain_text("disclosed")


def inspect(page: Page, server: Served) -> None:
    page.goto(server.address + "/concerned")
    page.fill("#skn-inspect", "20250001")
    page.fill("#by-inspect", "J. Jansen")
    page.get_by_role("button", name="Toon wat er staat").click()
    expect(page.locator("#report")).to_contain_text("20250001")
    expect(page).to_have_url(server.address + "/concerned")
    assert entry_shown(page, server) == INSPECTED


def ask_and_end(page: Page, server: Served) -> None:
    page.fill("#message-ask", "6")
    page.fill("#wrong-ask", "it was somebody else")
    page.fill("#by-ask", "a. clerk")
    page.get_by_role("button", name="Neem het verzoek aan").click()
    assert entry_shown(page, server) == ASKED
    number = position(server)
    page.click(f"text=Beantwoord verzoek {number}")
    page.select_option(f"#how-end-{number}", "refused")
    page.fill(f"#ground-end-{number}", "it is right")
    page.fill(f"#by-end-{number}", "a. clerk")
    page.get_by_role("button", name="Leg het antwoord vast").click()
    assert entry_shown(page, server) == ENDED


def keep(page: Page, server: Served) -> None:
    page.goto(server.address + "/retention")
    page.fill("#on-look", f"{today()}")
    page.get_by_role("button", name="Reken het uit").click()
    page.fill("#by-run", "the archivist")
    page.fill("#ground-run", "Wjsg 4 and 6")
    page.get_by_role("button", name="Voer dit uit").click()
    assert entry_shown(page, server) == HIDDEN
    page.fill("#on-forecast", f"{today()}")
    page.fill("#by-forecast", "the archivist")
    page.fill("#ground-forecast", "Wjsg 4 and 6")
    page.get_by_role("button", name="Leg de prognose vast").click()
    assert entry_shown(page, server) == FORECAST


def test_a_button_clicked_twice_does_one_act(watched: Watched, asked: Served) -> None:
    page, before = watched.page, position(asked)
    page.goto(asked.address + f"/en/disclosures/{LIMITED}")
    page.get_by_label("Who decides").fill("J. Jansen")
    page.get_by_role("button", name="Hand this out").dblclick()
    expect(page.locator("#done-entry")).to_be_visible()
    assert (entry_shown(page, asked), position(asked)) == (DISCLOSED, before + 1)
    page.goto(asked.address + "/en/concerned")
    page.fill("#skn-inspect", "20250001")
    page.fill("#by-inspect", "J. Jansen")
    page.get_by_role("button", name="Show what is recorded").dblclick()
    expect(page.locator("#report")).to_be_visible()
    assert (entry_shown(page, asked), position(asked)) == (INSPECTED, before + 2)
    assert [url for url in watched.asked if "2025000" in url] == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_nothing_stands_in_anyones_way(browser: Browser, asked: Served, tmp_path: Path, scheme: Any, width: int) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page = context.new_page()
    for number in range(LIMITED - 1, UNTOLD + 2):
        page.goto(asked.address + f"/disclosures/{number}")
        seen(page, width)
    page.get_by_label("Wie besluit").fill(" ")
    page.get_by_role("button", name="Antwoord dat het register niemand kent").click()
    expect(page.locator(".faults")).to_contain_text("Vul dit in")
    seen(page, width)
    inspect(page, asked)
    seen(page, width)
    ask_and_end(page, asked)
    seen(page, width)
    url = f"sqlite:///{tmp_path / 'old.db'}"
    make_old(url)
    with served(url) as server:
        keep(page, server)
        seen(page, width)
        page.fill("#on-look", f"{today() - timedelta(days=10)}")
        page.get_by_role("button", name="Reken het uit").click()
        seen(page, width)
    context.close()


def seen(page: Page, width: int) -> None:
    unfold(page)
    assert {page.url: violations(page)} == {page.url: []}
    assert {page.url: page.evaluate("document.documentElement.scrollWidth")} == {page.url: width}
