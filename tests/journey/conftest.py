"""The two stores and their servers, and the browser, once for each process that runs tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journey.browsing import AXE, CHROMIUM, HTMX, QUIET, Watched
from tests.journey.certified import make_certified
from tests.journey.site import Served, make_broken_off, make_screened, make_whole, served


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    url = f"sqlite:///{tmp_path_factory.mktemp('whole') / 'whole.db'}"
    make_whole(url)
    with served(url) as server:
        yield server


@pytest.fixture(scope="session")
def broken_off(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    url = f"sqlite:///{tmp_path_factory.mktemp('broken') / 'broken_off.db'}"
    make_broken_off(url)
    with served(url) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    for needed in (CHROMIUM, AXE, HTMX):
        assert needed.is_file(), f"{needed} is not there; `make test` installs it, `make test BROWSER=0` does without"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield launched
        launched.close()


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Watched(context)
    context.close()


@pytest.fixture
def screened(tmp_path: Path) -> Iterator[Served]:
    """The contract's story with its signals told, served; nine wait for a decision."""
    url = f"sqlite:///{tmp_path / 'screened.db'}"
    make_screened(url)
    with served(url) as server:
        yield server


@pytest.fixture
def certified(tmp_path: Path) -> Iterator[Served]:
    """The contract's story in which nothing is blind, served; one application waits for a decision."""
    url = f"sqlite:///{tmp_path / 'certified.db'}"
    make_certified(url)
    with served(url) as server:
        yield server
