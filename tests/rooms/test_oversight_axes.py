"""The timeline on two axes: whatever is on record has a row and a place, no exacter than it was said, and nothing is out of order."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.clock import SteppedClock
from hervat.doors.pages.axes import LANE, LEFT, RIGHT, ROW, WIDTH, on_two_axes
from hervat.doors.pages.wording import wording
from hervat.intake.ceilings import Ceiling
from hervat.oversight.importing import timeline_in
from hervat.oversight.when import parse_when
from hervat.recording import Recording
from tests.rooms.test_oversight import BEGAN, REAL, an_entry

ENGLISH = wording("en")
TIMES = ["undated", "2025-07-17T22:45~", "2025-07-16 evening", "2025-07-18", "2025-06", "2020", "2025-05/..", "../2025-07", "2025-07/2031"]
WHENS = st.sampled_from(TIMES)
ENTRIES = st.lists(st.tuples(WHENS, st.integers(0, 400), st.booleans()), max_size=12)


def told(when: str, position: int, recorded_at: datetime, corrected_by: int | None = None) -> dict[str, Any]:
    entry = {"kind": "fact", "sort": "fact", "actor": "OM", "what": "w", "corrects": None, "same_act": None, "corrected_by": corrected_by}
    return entry | {"position": position, "recorded_at": recorded_at.isoformat().replace("+00:00", "Z"), "when": parse_when(when).as_json()}


def decision(position: int, recorded_at: datetime) -> dict[str, Any]:
    return {"position": position, "recorded_at": recorded_at.isoformat().replace("+00:00", "Z"), "kind": "ceiling-set", "by": None}


@settings(deadline=None)
@given(ENTRIES, st.integers(0, 3))
def test_whatever_is_on_record_has_a_row_and_a_place_within_the_picture(entries: list[tuple[str, int, bool]], decided: int) -> None:
    moment, listed = BEGAN, list[dict[str, Any]]()
    for position, (when, later, corrected) in enumerate(entries, 1):
        moment += timedelta(hours=later)
        listed.append(told(when, position, moment, 99 if corrected else None))
    decisions = [decision(len(listed) + number, moment) for number in range(1, decided + 1)]
    picture = on_two_axes(reversed(listed), decisions, ENGLISH)
    assert (picture is None) == (not listed and not decisions)
    if picture is not None:
        placed(picture, {one["position"]: one for one in listed + decisions})


def placed(picture: Mapping[str, Any], what: dict[int, dict[str, Any]]) -> None:
    """Every one in the order in which it was recorded; bars where they were said to be, open where an end is not known."""
    rows = picture["rows"]
    assert [one["position"] for one in rows] == sorted(what)
    assert [later["y"] - one["y"] for one, later in pairwise(rows)] == [ROW] * (len(rows) - 1)
    assert rows[-1]["y"] + ROW // 2 <= picture["height"] and picture["width"] == WIDTH
    for one in rows:
        when = what[one["position"]].get("when")
        if when is not None and when["precision"] == "undated":
            assert (one["x"], one["bar"]) == (LANE, None)
            continue
        assert LEFT <= one["x"] <= RIGHT
        assert one["struck"] == (what[one["position"]].get("corrected_by") is not None)
        if one["bar"] is not None:
            assert LEFT <= one["bar"]["x"] <= one["x"] <= one["bar"]["until"] <= RIGHT
            assert (one["bar"]["open_left"], one["bar"]["open_right"]) == (when["from"] is None, when["until"] is None)
        assert one["bar"] is not None or (when is None or (when["from"] is not None and when["until"] is not None)), "an open end is shown"
    begun = [(what[one["position"]]["when"]["from"], one["bar"]["x"]) for one in rows if one["bar"] and not one["bar"]["open_left"]]
    assert [x for _, x in sorted(begun)] == sorted(x for _, x in begun), "what began earlier begins no further right"
    xs = [float(point.partition(",")[0]) for point in picture["line"].split()]
    assert xs == sorted(xs), "what is recorded later lies no further left on the line"
    assert len({tick["text"] for tick in picture["ticks"]}) == len(picture["ticks"]) <= 14


def test_what_was_taken_in_at_once_can_still_be_read_and_says_so_once() -> None:
    entries = timeline_in(REAL.read_bytes(), "real").entries
    at = datetime(2026, 11, 30, tzinfo=UTC)
    picture = on_two_axes([told(one.when, number, at) for number, one in enumerate(entries, 1)], [], ENGLISH)
    assert picture is not None and picture["after"]
    assert [one["label"] for one in picture["rows"]] == ["2026-11-30 01:00"] + 18 * [""]
    assert {point.partition(",")[0] for point in picture["line"].split()} == {str(RIGHT)}
    assert [tick["text"] for tick in picture["ticks"]] == ["2025-07-01", "2025-10-01", "2026-01-01", "2026-04-01"]


@pytest.mark.parametrize("recorded", [timedelta(0), timedelta(days=12)])
def test_a_correction_and_two_moments_of_one_act_are_tied(tmp_path: Path, recorded: timedelta) -> None:
    clock = SteppedClock(BEGAN)
    with Node.opened(f"sqlite:///{tmp_path / 'node.db'}", writer=True, clock=clock) as node:
        recording = Recording(node)
        first = recording.add(an_entry(when="2025-07-17T22:45"), by="a")["position"]
        second = recording.add(an_entry(when="2025-07-18T08:00", same_act=first), by="a")["position"]
        clock.advance(recorded)
        moved = recording.correct(second, an_entry(when="2025-07-10", same_act=first), by="a", why="b")["position"]
        held = node.ceiling("urn:nld:oin:00000099000000002000:systeem:gps", Ceiling(hold=True), by="a", why="cut")["position"]
        shown = recording.show()
    picture = on_two_axes(shown["entries"], shown["decisions"], ENGLISH)
    assert picture is not None
    ys = {one["y"]: one["position"] for one in picture["rows"]}
    ties = {(one["sort"], ys[one["y1"]], ys[one["y2"]]) for one in picture["ties"]}
    assert ties == {("same_act", first, second), ("same_act", first, moved), ("corrects", second, moved)}
    assert {one["position"]: (one["struck"], one["sort"]) for one in picture["rows"]} == {
        first: (False, "fact"),
        second: (True, "fact"),
        moved: (False, "fact"),
        held: (False, "decision"),
    }
    (decided,) = (one for one in picture["rows"] if one["position"] == held)
    line = dict(reversed(point.split(",")) for point in picture["line"].split())  # type: ignore[misc]
    assert float(line[str(decided["y"] - ROW // 2)]) == decided["x"], "a decision happened when it was recorded"
