"""The state of affairs as `hervat status` tells it: for any day, in both languages, each figure with the entries behind it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from hervat.assemble import Node
from hervat.clock import SteppedClock, end_of, legal_day, parse_rfc3339
from hervat.journal.entry import read_meta
from hervat.screening import screening_of
from tests.faults.processes import hervat
from tests.journey.site import examples, make_broken_off


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("status") / "s.db"
    make_broken_off(f"sqlite:///{path}")
    return path


def test_behind_each_figure_lie_as_many_entries_on_every_day(store: Path) -> None:
    with Node.opened(f"sqlite:///{store}") as node:
        first, last = (
            legal_day(parse_rfc3339(read_meta(node.store.entries_at([at])[at]).received_at)) for at in (1, node.position)
        )
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        positions = [node.position_at(end_of(day)) for day in days]
    for day, position in zip(days, positions, strict=True):
        found = hervat("status", "--on", day.isoformat(), "--json", store=store).document
        entries = found["entries"]
        assert found["position"] == position
        assert len(entries["held"]) == found["backlog"]["held"]
        assert len(entries["refused"]) == found["refused"]
        assert len(entries["conflicts"]) == found["conflicts"]
        assert bool(entries["stock"]) == bool(found["backlog"]["stock"])
        assert len(entries["in_transit"]) == sum(len(feed["gaps"]) for feed in found["feeds"])
        assert all(1 <= at <= position for some in entries.values() for at in some)
        assert all(some == sorted(set(some)) for some in entries.values())


def test_it_is_told_in_both_languages_with_the_entries_below(store: Path) -> None:
    dutch, english = (hervat("status", "--lang", language, store=store).out for language in ("nl", "en"))
    held = hervat("status", "--json", store=store).document["entries"]["held"]
    named = ", ".join(map(str, held[:8]))
    assert f"aangehouden {named} en {len(held) - 8} andere (hervat held)" in dutch
    assert f"held {named} and {len(held) - 8} more (hervat held)" in english
    assert "Entries behind these figures" in english and "None" not in dutch + english


def test_the_bottlenecks_are_told_in_the_words_of_the_language(tmp_path: Path) -> None:
    path, clock = tmp_path / "s.db", SteppedClock(datetime(2026, 2, 20, 12, tzinfo=UTC), timedelta(seconds=1))
    with Node.opened(f"sqlite:///{path}", writer=True, clock=clock) as node:
        node.receive(examples())
        position = screening_of(node).step(date(2026, 2, 20))["position"]
    for language, waiting, silent in (("nl", "signalen die wachten: 9", "niet gezegd"), ("en", "signals that wait: 9", "not said")):
        told = hervat("status", "--on", "2026-02-20", "--lang", language, store=path).out
        assert waiting in told and silent in told
        assert "None" not in told and "_" not in told, told
    assert hervat("status", "--json", store=path).document["entries"]["unassessed"] == [position]


def test_before_anything_was_received_there_is_nothing_behind_it(store: Path) -> None:
    told = hervat("status", "--on", "2020-01-01", "--lang", "nl", store=store).out
    assert "Stand van zaken op positie 0 (niets ontvangen)" in told and "Inschrijvingen" not in told
