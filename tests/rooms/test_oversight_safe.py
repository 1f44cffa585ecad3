"""What is put on record can be read back: one act that cannot be, and nobody reads the timeline any more, for the journal keeps it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hervat.assemble import Node
from hervat.clock import SteppedClock
from hervat.considered import Considered
from hervat.errors import HervatError, Usage
from hervat.intake.ceilings import Ceiling
from hervat.oversight.entries import Knowing, TimelineEntry
from hervat.oversight.importing import timeline_in
from hervat.recording import Recording
from tests.faults.processes import hervat

GPS = "urn:nld:oin:00000099000000002000:systeem:gps"
BEGAN = datetime(2025, 7, 18, 6, tzinfo=UTC)
LONG = 5000 * "x"


def entry(**more: object) -> TimelineEntry:
    """An entry as a door may make it, of which nothing was checked."""
    return TimelineEntry(**({"kind": "fact", "actor": "OM", "what": "something", "when": "2025-07-18"} | more))  # type: ignore[arg-type]


WRONG = [
    entry(what=LONG),
    entry(what=" "),
    entry(when="soon"),
    entry(kind="rumour"),
    entry(known=(Knowing(who="OM", since="soon"),)),
    entry(known=(Knowing(who="", since="2025"),)),
]
ACTS: list[Callable[[Recording, int, int], object]] = [
    *(lambda recording, _first, _held, one=one: recording.add(one, by="a") for one in WRONG),
    *(lambda recording, first, _held, one=one: recording.correct(first, one, by="a", why="b") for one in WRONG),
    *(lambda recording, _first, _held, one=one: recording.take_in([entry(what="sound"), one], by="a") for one in WRONG),
    lambda recording, _first, _held: recording.add(entry(what="other"), by=" "),
    lambda recording, first, _held: recording.correct(first, entry(), by="a", why=""),
    lambda recording, _first, held: recording.consider(held, Considered(known=LONG), by="a"),
    lambda recording, _first, held: recording.consider(held, Considered(options=(LONG,)), by="a"),
]


@pytest.mark.parametrize("number", range(len(ACTS)))
def test_what_could_not_be_read_back_is_refused_and_nothing_is_written(number: int, tmp_path: Path) -> None:
    with Node.opened(f"sqlite:///{tmp_path / 'node.db'}", writer=True, clock=SteppedClock(BEGAN)) as node:
        recording = Recording(node)
        first = recording.add(entry(), by="a")["position"]
        held = node.ceiling(GPS, Ceiling(hold=True), by="a", why="cut")["position"]
        before, shown = node.position, recording.show()
        with pytest.raises(HervatError):
            ACTS[number](recording, first, held)
        assert (node.position, recording.show()) == (before, shown)


def test_a_decision_does_not_stand_alone_where_what_was_weighed_cannot_be_kept(tmp_path: Path) -> None:
    store = ("--store", f"sqlite:///{tmp_path / 'node.db'}", "--json")
    ended = hervat("ceiling", GPS, "--hold", "--by", "a", "--why", "cut", "--known", LONG, *store)
    assert ended.status == 2 and "Traceback" not in ended.err
    shown = hervat("timeline", "show", *store)
    assert shown.status == 0 and shown.document["decisions"] == []


def test_a_line_with_too_few_fields_hides_no_other_line() -> None:
    with pytest.raises(Usage) as caught:
        timeline_in(b"date,actor,event,kind\nsoon,OM,a,fact\n2025,OM,b\n2025,OM,c,rumour\n", "file.csv")
    assert [f"file.csv, line {line}: " in str(caught.value) for line in (1, 2, 3, 4)] == [False, True, True, True]


def test_what_was_known_by_a_time_at_the_latest_is_known_from_then_on(tmp_path: Path) -> None:
    with Node.opened(f"sqlite:///{tmp_path / 'node.db'}", writer=True, clock=SteppedClock(BEGAN)) as node:
        recording = Recording(node)
        recording.add(entry(known=(Knowing(who="OM", since="../2025-07-16"),)), by="a")
        asked = [datetime(2025, 7, day, tzinfo=UTC) for day in (15, 18)]
        assert [len(recording.show(known_by="OM", moment=at)["entries"]) for at in asked] == [0, 1]
