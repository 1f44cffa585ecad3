"""The main path of a certificate in a real browser, from the list to what is opened again; and that none of it stands in anyone's way."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journey.acting import head
from tests.journey.browsing import unfold, violations
from tests.journey.certified import blind, make_certified, make_reopened, place_of, today
from tests.journey.site import served
from tests.journey.test_pages_acting_in_browser import entry_shown

pytestmark = pytest.mark.browser


def take(page: Page, step: str, button: str, **filled: str) -> None:
    """Unfold the form of a step, fill it in and send it."""
    form = page.locator(f"details:has(form[action$='/{step}'])")
    form.locator("summary").click()
    for name, text in filled.items():
        field = page.locator(f"#{name}-{step}")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)
    form.get_by_role("button", name=button).click()


@pytest.mark.parametrize("script", [True, False])
def test_a_certificate_from_the_list_to_its_decision(browser: Browser, tmp_path: Path, script: bool) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    make_certified(url)
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    by = {"by": "W. Eger"}
    with served(url) as server:
        page.goto(server.address + "/certificates")
        page.get_by_role("link", name="vog-1").click()
        expect(page.locator("h1")).to_have_text("Aanvraag vog-1")
        # Nobody is refused on the day on which that was intended: it was intended yesterday.
        page.get_by_label("Voor een besluit op").fill((today() - timedelta(days=1)).isoformat())
        page.get_by_role("button", name="Tonen").click()
        take(page, "propose", "Leg het voorstel vast")
        assert entry_shown(page, server) == "certificate-proposed"
        take(page, "consult", "Leg de raadpleging vast", consulted="de politie", did="ja", said="niets", **by)
        assert entry_shown(page, server) == "certificate-consulted"
        take(page, "intend", "Leg het voornemen vast", ground="Wjsg 35", **by)
        assert entry_shown(page, server) == "certificate-intended"
        page.goto(f"{server.address}/certificates/{place_of(server)}")
        take(page, "hear", "Leg de zienswijze vast", did="ja", **by)
        assert entry_shown(page, server) == "certificate-heard"
        take(page, "decide", "Leg het besluit vast", outcome="geweigerd", ground="Wjsg 35", **by)
        assert entry_shown(page, server) == "certificate-decided"
        expect(page.locator("#steps ~ ol li")).to_have_count(5)
        at = head(server)
        page.reload()
        assert head(server) == at, "what was done is not done again"
        page.locator("#steps ~ ol a").last.click()
        expect(page.locator("main")).to_contain_text("certificate-decided")
        page.goto(server.address + "/certificates")
        expect(page.get_by_role("link", name="vog-1")).to_have_count(0)
    context.close()


def test_what_is_opened_again_is_told_and_closed(browser: Browser, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    make_reopened(url)
    context = browser.new_context()
    page = context.new_page()
    with served(url) as server:
        page.goto(server.address + "/en/again")
        page.get_by_role("button", name="Look at the certificates again").click()
        assert entry_shown(page, server) == "certificates-opened-again"
        page.get_by_role("button", name="Compare what was handed out").click()
        assert entry_shown(page, server) == "disclosures-compared"
        first = page.locator("article.signal").first
        first.get_by_label("Decision", exact=True).select_option("no consequence")
        first.get_by_label("Ground", exact=True).fill("a letter")
        first.get_by_label("Who decides").fill("W. Eger")
        first.get_by_role("button", name="Close").dblclick()
        expect(page.locator(".done")).to_contain_text("closed: no consequence")
        assert entry_shown(page, server) == "certificate-again-closed"
        last = page.locator("article.signal").last
        last.get_by_label("Ground", exact=True).fill("told by letter")
        last.get_by_label("Who decides").press_sequentially("W. Eger")
        page.keyboard.press("Enter")
        expect(page.locator(".done")).to_contain_text("was closed")
        assert entry_shown(page, server) == "disclosure-closed"
        expect(page.locator("article.signal")).to_have_count(0)
    context.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_nothing_of_it_stands_in_anyones_way(browser: Browser, tmp_path: Path, scheme: Any, width: int) -> None:
    certified, reopened = (f"sqlite:///{tmp_path / name}" for name in ("certified.db", "reopened.db"))
    make_certified(certified, more=3)
    make_reopened(reopened)
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page = context.new_page()
    with served(certified) as one, served(reopened) as other:
        blind(one)
        for sort in ("certificates", "disclosures"):
            assert other.post(f"/again/{sort}", {"on": today().isoformat()}).status_code == 303
        place = place_of(one)
        seen = [one.address + path for path in ("/certificates", "/en/certificates?proposal=grant", f"/certificates/{place}")]
        seen += [one.address + f"/en/certificates/{place}?on=soon", other.address + "/again", other.address + "/en/again"]
        seen += [other.address + f"/certificates/{place_in(page, other.address)}", one.address + "/again"]
        for address in seen:
            page.goto(address)
            unfold(page)
            assert {address: violations(page)} == {address: []}
            assert {address: page.evaluate("document.documentElement.scrollWidth")} == {address: width}
    context.close()


def place_in(page: Page, address: str) -> str:
    """The place of the application that was opened again, as its card leads to it."""
    page.goto(address + "/again")
    return (page.get_by_role("link", name="Zie de aanvraag").get_attribute("href") or "").rpartition("/")[2]
