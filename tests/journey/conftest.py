"""The two stores and their servers, and the browser, once for each process that runs tests."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.faults.processes import EXAMPLES
from tests.journey.browsing import AXE, CHROMIUM, HTMX, QUIET, Watched
from tests.journey.certified import make_certified
from tests.journey.door import message
from tests.journey.site import Served, a_server, examples, make_broken_off, make_screened, make_whole, receive_in_time, served
from tests.rooms.messages import set_hash

NEEDED = ("skdb", "gps", "grip", "execute", "gratie", "ecris")


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


screened = a_server(make_screened)
"""The contract's story with its signals told; nine wait for a decision."""
screened_as_is = a_server(make_screened, "session")
certified = a_server(make_certified)
"""The contract's story in which nothing is blind; one application waits for a decision."""
certified_as_is = a_server(make_certified, "session")


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """The contract's story, of which most sources do not say up to when it is complete."""
    path = tmp_path / "s.db"
    receive_in_time(f"sqlite:///{path}", examples())
    return path


@pytest.fixture
def complete(story: Path) -> Path:
    """The same, and every source says that it is."""
    feeds: dict[str, list[bytes]] = defaultdict(list)
    for raw in EXAMPLES.read_bytes().splitlines():
        feeds[json.loads(raw)["source"]].append(raw)
    marks = [_watermark(source, raws) for source, raws in feeds.items() if source.endswith(NEEDED)]
    assert len(marks) == len(NEEDED)
    assert receive_in_time(f"sqlite:///{story}", marks)["refused"] == 0
    return story


def _watermark(source: str, raws: list[bytes]) -> bytes:
    claim = {"through_sequence": len(raws), "count": len(raws), "complete_until": "2026-09-30T00:00:00Z", "set_hash": set_hash(raws)}
    return message(source, len(raws) + 1, "watermark", claim)
