"""What was considered, asked by forms in a real browser: folded, reached by the keyboard, and in nobody's way."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from hervat.oversight.entries import CONSIDERED
from tests.journey.acting import act_at, done, head
from tests.journey.browsing import unfold, violations
from tests.journey.certified import RULE
from tests.journey.site import Served, served
from tests.journey.test_pages_quarantine import OM, make_quarantined

pytestmark = pytest.mark.browser
FORMS = {"/quarantine": 3, "/en/procedures": 2, "/certificates": 2}
"""How many forms of each page ask it, with a lane that has something inside, one procedure and one rule."""


@pytest.fixture
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    url = f"sqlite:///{tmp_path_factory.mktemp('weighed') / 's.db'}"
    make_quarantined(url)
    with served(url) as server:
        done(server, server.post("/certificates/rules/open", RULE))
        yield server


def test_it_is_filled_in_by_keyboard_and_stands_in_nobodys_way(browser: Browser, ruled: Served) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    fits_everywhere(page, ruled)
    page.goto(ruled.address + "/en/quarantine")
    page.get_by_text("Close the lane", exact=False).first.click()
    form = f"close-{OM}"
    for name, text in (("why", "all is through"), ("by", "Anna"), ("second", "Anna")):
        page.fill(f"#{name}-{form}", text)
    known = page.locator(f"#known-{form}")
    expect(known).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(known).to_be_visible()
    for text in ("the scan of 16 July", "wait", "a day lost"):
        page.keyboard.press("Tab")
        page.keyboard.insert_text(text)
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(known).to_have_value("the scan of 16 July")
    expect(known).to_be_visible()
    assert violations(page) == []
    page.fill(f"#second-{form}", "Bram")
    page.press(f"#second-{form}", "Enter")
    expect(page.locator("#done-entry")).to_be_visible()
    kind, content = act_at(ruled, head(ruled))
    assert kind == CONSIDERED and '"options":["wait"]' in content and '"risks":["a day lost"]' in content
    context.close()


def fits_everywhere(page: Page, server: Served) -> None:
    for path, forms in FORMS.items():
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(server.address + path)
        expect(page.locator("details.weighing")).to_have_count(forms)
        expect(page.locator("details.weighing[open]")).to_have_count(0)
        unfold(page)
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            assert {(path, width): page.evaluate("document.documentElement.scrollWidth")} == {(path, width): width}
        assert {path: violations(page)} == {path: []}
