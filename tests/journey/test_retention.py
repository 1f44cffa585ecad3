"""`hervat retention` in real processes: what is due, forecast."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from hervat.assemble import Node
from hervat.clock import FixedClock, SystemClock, legal_day
from hervat.retaining import desk_of
from tests.faults.processes import EXAMPLES, Ended, hervat, url
from tests.journey.site import served
from tests.rooms.kept import LIGHT, Feeds, charge

DONE, JUDGED = date(1990, 1, 1), date(1990, 6, 1)


NOW = SystemClock().now()
TODAY = legal_day(NOW)
WHO = ("--by", "the archivist", "--ground", "Wjsg 4 and 6")
LATER, BEFORE = ("--on", "2999-01-01"), ("--on", "2020-01-01")
BY = {"by": "the archivist", "ground": "Wjsg 4 and 6"}


@contextmanager
def earlier(store: Path, days: int) -> Iterator[Node]:
    """The node as it was some days ago."""
    with Node.opened(url(store), writer=True, clock=FixedClock(NOW - timedelta(days=days))) as node:
        yield node


def forecast_earlier(store: Path, days: int) -> None:
    with earlier(store, days) as node:
        desk_of(node).record_forecast(TODAY - timedelta(days=days), **BY)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A register in which one misdrijf and one overtreding are due, and one misdrijf will be in 2020."""
    feeds = Feeds()
    feeds.person("S1")
    for number, (sort, maximum) in enumerate((("misdrijf", 4), ("overtreding", None), ("misdrijf", 6)), 1):
        feeds.case(number, "S1", DONE, [charge(1, DONE, sort=sort, maximum=maximum and {"years": maximum})])
        feeds.judgment(number, JUDGED, {1: "convicted"}, LIGHT)
    feeds.close()
    with earlier(tmp_path / "s.db", 40) as node:
        node.receive(feeds.all)
    return tmp_path / "s.db"


def test_the_forecast_tells_what_comes_due_and_when(old: Path) -> None:
    ended = hervat("retention", "forecast", "--on", "2020-01-01", "--years", "3", store=old)
    assert ended.status == 0
    assert "due now: 1 misdrijf, 1 overtreding (4 messages with them)" in ended.out
    assert "from 2020-01-01 until 2021-01-01: 1 misdrijf (2 messages)" in ended.out
    in_dutch = hervat("retention", "forecast", "--on", "2020-01-01", "--lang", "nl", store=old)
    assert "nu te vernietigen: 1 misdrijf, 1 overtreding (4 berichten daarbij)" in in_dutch.out


def test_where_sources_are_silent_nothing_is_due(tmp_path: Path) -> None:
    assert hervat("receive", EXAMPLES, store=tmp_path / "s.db").status == 0
    found = hervat("retention", "forecast", "--on", "2090-01-01", "--json", store=tmp_path / "s.db").document
    assert found["due"] == {"charges": {}, "messages": 0}
    assert found["unknown"]["blind"]
    assert found["blind"]


@pytest.mark.parametrize("given", [("--on", "2020-13-01"), ("--years", "0"), ("--years", "101")])
def test_what_cannot_be_is_refused(old: Path, given: tuple[str, ...]) -> None:
    assert hervat("retention", "forecast", *given, store=old).status == 2


def retention(*arguments: str, store: Path) -> Ended:
    return hervat("retention", *arguments, store=store)


def test_what_is_due_is_hidden_and_after_thirty_days_it_is_gone(old: Path) -> None:
    forecast_earlier(old, 32)
    dry = retention("run", "--dry-run", "--on", "2026-01-02", store=old)
    assert dry.status == 1
    dry = retention("run", "--dry-run", store=old)
    assert dry.status == 0
    assert "would be hidden: 2 misdrijf, 1 overtreding" in dry.out
    assert "reading-counting" in dry.out.splitlines()[-1]
    with earlier(old, 31) as node:
        assert desk_of(node).run(TODAY - timedelta(days=31), **BY, dry=False)["hide"]["charges"] == {"misdrijf": 2, "overtreding": 1}
    assert hervat("person", "S1", "--json", store=old).document["cases"] == []
    found = retention("run", *WHO, "--json", store=old).document
    assert found["remove"]["charges"] == {"misdrijf": 2, "overtreding": 1}
    assert found["erasure"]["scrubbed"] == "done"
    assert hervat("verify", store=old).status == 0
    gone = hervat("prove", str(found["remove"]["first"][0]["position"]), "--json", store=old)
    assert gone.status == 0


def test_without_a_forecast_it_is_stopped_and_told_what_to_do(old: Path) -> None:
    for language, words in (("en", "stopped before anything was hidden"), ("nl", "gestopt voordat iets werd verborgen")):
        ended = retention("run", *WHO, "--lang", language, store=old)
        assert ended.status == 1
        assert words in ended.out
        assert "hervat retention forecast --record" in ended.out


def test_where_the_register_is_blind_it_is_stopped_source_by_source(tmp_path: Path) -> None:
    assert hervat("receive", EXAMPLES, store=tmp_path / "s.db").status == 0
    ended = retention("run", "--dry-run", "--on", "2025-01-01", store=tmp_path / "s.db")
    assert ended.status == 1
    assert "- grip: it does not say up to when it is complete" in ended.out
    assert retention("forecast", "--record", "--on", "2025-01-01", *WHO, store=tmp_path / "s.db").status == 1


@pytest.mark.parametrize("given", [("run",), ("run", *LATER, *WHO), ("run", *BEFORE, *WHO), ("forecast", "--record")])
def test_an_act_is_of_somebody_on_a_day_that_has_come(old: Path, given: tuple[str, ...]) -> None:
    assert retention(*given, store=old).status == 2


def test_an_act_of_retention_is_done_by_the_node_that_serves(old: Path) -> None:
    forecast_earlier(old, 1)
    with served(url(old)):
        ended = retention("run", *WHO, store=old)
    assert "hidden: 2 misdrijf, 1 overtreding" in ended.out
