"""Screening every day by itself: a node that serves, in a process of its own, takes the step, checks it, and says what differs."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from hervat.assemble import Node
from hervat.clock import FixedClock, SystemClock, legal_day
from hervat.consumers.screening.daily import CheckedAct, last_check
from hervat.doors.doctor import BAD, OK, WARNING, examine
from hervat.screening import screening_of
from tests.faults.processes import EXAMPLES, hervat
from tests.journey.door import Door, Ground, served

PATIENCE = 60
CANARY = "lrk-100200300"
# The one who is screened in the story is until 30 August 2026.
SHORTLY = datetime(2026, 8, 1, tzinfo=UTC)


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    ground = Ground(tmp_path)
    hervat("receive", EXAMPLES, store=ground.folder / ground.name)
    return ground


@contextmanager
def serving(ground: Ground, settings: str) -> Iterator[Door]:
    config = ground.folder / "node.toml"
    config.write_text(f"[node]\n{ground.config}\n[serve]\nport = 0\n[screening]\n{settings}", encoding="utf-8")
    with served(config, ground) as door:
        yield door


def checked(ground: Ground, is_it: Callable[[CheckedAct], bool] = lambda act: True) -> CheckedAct:
    """The last check, as soon as there is one that is it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with Node.opened(ground.url, keys=ground.keys) as node:
            found = last_check(node.store, node.keys)
        if found is not None and is_it(found[1]):
            return found[1]
        time.sleep(0.2)
    raise AssertionError(f"no such check came within {PATIENCE} seconds; the last is {found}")


def findings(ground: Ground) -> dict[str, tuple[str, str]]:
    return {one.what: (one.state, one.found) for one in examine(ground.url, FixedClock(SHORTLY))}


def test_the_day_is_done_and_is_not_done_again(ground: Ground) -> None:
    today = legal_day(SystemClock().now())
    assert findings(ground)["screening"] == (WARNING, "1 people are screened, and it was never checked that all was told")
    with serving(ground, 'at = "00:00"') as door:
        act = checked(ground)
        assert door.stop()[0] == 0
    assert (act.on, act.changes, act.delivered, act.pending, act.differences) == (today, 10, 9, 0, 0)
    assert findings(ground)["screening"][0] == OK
    with door.node() as node:
        before = node.position
        assert node.verify().ok
    with serving(ground, 'at = "00:00"') as door:
        time.sleep(2)
        assert door.stop() == (0, "")
    with door.node() as node:
        assert node.position == before
    page = hervat("screening", "day", "--json", store=door.store)
    assert (page.status, page.document["step"]["position"], page.document["check"]["ok"]) == (0, None, True)


def test_what_differs_is_said_where_the_node_writes_its_errors_and_stands_on_the_page(ground: Ground) -> None:
    with Node.opened(ground.url, writer=True, keys=ground.keys) as node:
        # A filter keeps back what it should not, and nobody sees it.
        step = screening_of(node).step(legal_day(SystemClock().now()) - timedelta(days=1), withheld=lambda due, enrolment: True)
        assert step["delivered"] == 0
    with serving(ground, 'at = "00:00"') as door:
        act = checked(ground)
        page = httpx.get(f"{door.url.removesuffix('/v1')}/en/screening").text
        status, said = door.stop()
    assert (act.differences, act.first is not None) == (10, True)
    assert status == 0
    assert "did not come out well (status 1)" in said
    assert "the first never told it" in said
    assert findings(ground)["screening"][0] == BAD
    assert "the two computations differ in 10 changes" in page


def test_the_canaries_of_the_file_stay_in_the_house(ground: Ground) -> None:
    with serving(ground, f'at = "00:00"\ncanaries = {json.dumps([CANARY])}'):
        act = checked(ground)
    assert (act.delivered, act.suppressed, act.differences) == (0, 10, 0)


def test_a_node_that_is_not_to_does_not(ground: Ground) -> None:
    with serving(ground, "daily = false") as door:
        time.sleep(2)
    with door.node() as node:
        assert last_check(node.store, node.keys) is None


def test_an_hour_that_is_none_is_refused_with_its_line(ground: Ground) -> None:
    config = ground.folder / "node.toml"
    config.write_text('[screening]\nat = "24:00"\n', encoding="utf-8")
    told = hervat("serve", "--config", config)
    assert (told.status, "line 2: screening.at" in told.err) == (2, True)
