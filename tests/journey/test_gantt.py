"""Planned against actual, as the page of the restart draws it: one scale, nothing left of the labels or right of the chart."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hervat.clock import parse_rfc3339, rfc3339
from hervat.doors.pages.gantt import CHART, LABEL, THINNEST, drawn, spell_of

BEGINS = datetime(2025, 9, 1, 8, tzinfo=UTC)


def step(id: str, start: float, end: float, waits: tuple[str, ...] = (), done: float | None = None, **more: Any) -> dict[str, Any]:
    """A step as a standing tells it; `done` is hours after the run began."""
    at = None if done is None else {"position": 1, "at": rfc3339(BEGINS + timedelta(hours=done))}
    planned = {"start": rfc3339(BEGINS + timedelta(hours=start)), "end": rfc3339(BEGINS + timedelta(hours=end))}
    told = {"id": id, "act": "restore", "planned": planned, "actual": {"done": at}, "complete": done is not None, "stopped": None}
    return told | {"state": "done" if done is not None else "ready", "waits_for": [{"step": one} for one in waits]} | more


def test_a_step_begins_when_what_it_waits_for_is_complete() -> None:
    steps = [step("a", 0, 2, done=1), step("b", 0, 2, done=3), step("c", 2, 4, ("a", "b")), step("d", 4, 5, ("c",))]
    known = {one["id"]: one for one in steps}
    spells = [spell_of(one, known, BEGINS) for one in steps]
    hours = [tuple(None if at is None else (at - BEGINS) / timedelta(hours=1) for at in spell) for spell in spells]
    assert hours == [(0.0, 1.0), (0.0, 3.0), (3.0, None), (None, None)]


def test_a_link_begins_when_it_is_taken_into_custody_for_its_gates() -> None:
    moments = {"inbound": 2, "live": 5}
    actual = {state: {"position": 1, "at": rfc3339(BEGINS + timedelta(hours=hour))} for state, hour in moments.items()}
    link = step("a", 0, 2, act="open", actual=actual, complete=True, state="live")
    assert spell_of(link, {"a": link}, BEGINS) == (BEGINS + timedelta(hours=2), BEGINS + timedelta(hours=5))
    assert spell_of(link | {"complete": False}, {"a": link}, BEGINS)[1] is None


@given(
    st.lists(st.tuples(st.floats(0, 2000), st.floats(0, 500), st.one_of(st.none(), st.floats(0, 3000))), min_size=1, max_size=8),
    st.floats(-10_000, 10_000),
    st.floats(0, 3000),
)
def test_every_bar_lies_in_the_chart_and_the_plan_begins_with_the_run(
    planned: list[tuple[float, float, float | None]], late: float, lasted: float
) -> None:
    steps = [step(str(n), start, start + long, done=done) for n, (start, long, done) in enumerate(planned)]
    moments = [parse_rfc3339(one["actual"]["done"]["at"]) for one in steps if one["actual"]["done"]]
    until, begins = max([BEGINS + timedelta(hours=lasted), *moments]), BEGINS - timedelta(hours=late)
    for one in steps:
        one["planned"] = {name: rfc3339(parse_rfc3339(at) - (BEGINS - begins)) for name, at in one["planned"].items()}
    made = drawn(steps, begins, BEGINS, until)
    right = LABEL + CHART + THINNEST
    long = max([(until - BEGINS) / timedelta(hours=1), *(start + length for start, length, _ in planned), 1 / 3600])
    for row, (start, _, _) in zip(made["rows"], planned, strict=True):
        assert all(bar["width"] > 0 and bar["x"] >= LABEL and bar["x"] + bar["width"] <= right for bar in (row["planned"], row["actual"]))
        assert abs(row["planned"]["x"] - (LABEL + CHART * start / long)) < 0.2, "the plan is laid from the moment the run began"
    assert LABEL <= made["now"] <= LABEL + CHART
    assert all(LABEL <= tick["x"] <= LABEL + CHART for tick in made["ticks"])
