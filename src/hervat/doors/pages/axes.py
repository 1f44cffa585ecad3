"""The geometry of the timeline on two axes: across when something happened, down the order in which it was put on record.

- Every mark has a row of its own, so that what was recorded in one minute can still be read; a row says when, where that is another minute
  than that of the row above.
- A line runs through the rows at the moment at which each was recorded: what happens on it was known as it happened, what lies left of it
  was put down later, what lies right of it was to come. Recorded after everything in the picture, it runs along the right edge.
- What is undated stands in a lane of its own, outside of time.

Lengths are those of the drawing's own box, which the page scales as one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from hervat.clock import AMSTERDAM, legal_day, parse_rfc3339
from hervat.doors.pages.wording import Wording

WIDTH, ROW = 960.0, 24
TOP, BOTTOM = 30, 8
NUMBER, LANE, LEFT, RIGHT = 168.0, 210.0, 254.0, 946.0
"""Where numbers of positions end, where the undated stand, and between which edges time runs."""
_AIR = 0.02
_SHORTEST = timedelta(hours=12)
_LEAST = 10.0
"""A bar that would be shorter is only its mark."""
_MOST_TICKS = 9
_STEPS = (1, 2, 7, 14)
_MONTHS = (1, 3, 6, 12, 60, 120, 1200)


class Axis(NamedTuple):
    """The time from the left edge to the right."""

    first: datetime
    last: datetime

    def x(self, at: datetime) -> float:
        """Where a moment lies; at an edge where it lies beyond."""
        share = (at - self.first) / (self.last - self.first)
        return round(LEFT + (RIGHT - LEFT) * min(max(share, 0.0), 1.0), 1)


def on_two_axes(entries: Iterable[Mapping[str, Any]], decisions: Iterable[Mapping[str, Any]], words: Wording) -> dict[str, Any] | None:
    """The picture of what `Recording.show` tells; None where nothing is on record."""
    told = [_entry(one, words) for one in entries] + [_decision(one, words) for one in decisions]
    told.sort(key=lambda one: int(one["position"]))
    axis = _axis(told)
    rows, before = [], ""
    for number, one in enumerate(told):
        written = words.moment(one["recorded_at"])
        rows.append(one | _across(one, axis) | {"y": TOP + ROW * number + ROW // 2, "label": _label(written, before)})
        before = written
    if not rows:
        return None
    return {
        "width": int(WIDTH),
        "height": TOP + ROW * len(rows) + BOTTOM,
        "rows": rows,
        "ties": list(_ties(rows)),
        "line": "" if axis is None else " ".join(_recorded(rows, axis)),
        "after": axis is not None and all(parse_rfc3339(one["recorded_at"]) > axis.last for one in rows),
        "ticks": [] if axis is None else list(_ticks(axis)),
    }


def _entry(one: Mapping[str, Any], words: Wording) -> dict[str, Any]:
    when = one["when"]
    told = f"{words.term('incident_sorts', one['sort'])}, {when['text']}: {one['actor']}: {one['what']}"
    struck = one["corrected_by"] is not None
    return {
        "position": one["position"],
        "recorded_at": one["recorded_at"],
        "sort": one["sort"],
        "from": when["from"],
        "until": when["until"],
        "precision": when["precision"],
        "about": when["approximate"],
        "struck": struck,
        "ties": [("corrects", one["corrects"]), ("same_act", one["same_act"])],
        "title": f"{told} ({words('incident.corrected_by', position=one['corrected_by'])})" if struck else told,
    }


def _decision(one: Mapping[str, Any], words: Wording) -> dict[str, Any]:
    told = f"{words('incident.decision')}, {words.moment(one['recorded_at'])}: {words.term('deeds', one['kind'])}"
    at = one["recorded_at"]
    return {
        "position": one["position"], "recorded_at": at, "sort": "decision", "from": at, "until": at, "precision": "instant", "about": False,
        "struck": False, "ties": [], "title": f"{told}: {one['by']}" if one["by"] else told,
    }  # fmt: skip


def _label(written: str, before: str) -> str:
    """When a row was recorded, as far as the row above does not say it."""
    if written == before:
        return ""
    day, _, minute = written.partition(" ")
    return minute if day == before.partition(" ")[0] else written


def _axis(told: Sequence[Mapping[str, Any]]) -> Axis | None:
    """All that is dated, with a little air; None where nothing is. When something was recorded does not stretch it."""
    ends = [parse_rfc3339(at) for one in told for at in (one["from"], one["until"]) if at is not None]
    if not ends:
        return None
    air = max((max(ends) - min(ends)) * _AIR, _SHORTEST)
    return Axis(min(ends) - air, max(ends) + air)


def _across(one: Mapping[str, Any], axis: Axis | None) -> dict[str, Any]:
    """Where a mark stands, and its bar where it lasted or may have been at any moment of a time."""
    if axis is None or one["precision"] == "undated":
        return {"x": LANE, "bar": None}
    start, end = (None if one[name] is None else parse_rfc3339(one[name]) for name in ("from", "until"))
    left, right = LEFT if start is None else axis.x(start), RIGHT if end is None else axis.x(end)
    bar = {"x": left, "until": right, "width": round(right - left, 1), "open_left": start is None, "open_right": end is None}
    known = [at for at, told in ((left, start), (right, end)) if told is not None]
    # An interval of which an end is open has its mark at the end that is known; what is in between has none of its own.
    x = known[0] if len(known) == 1 else (left + right) / 2
    return {"x": round(x, 1), "bar": bar if len(known) == 1 or right - left >= _LEAST else None}


def _ties(rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Lines from a correction to what it corrects, and between two moments of one act."""
    placed = {one["position"]: one for one in rows}
    for one in rows:
        for sort, position in one["ties"]:
            other = placed.get(position)
            if other is not None:
                yield {"sort": sort, "x1": other["x"], "y1": other["y"], "x2": one["x"], "y2": one["y"]}


def _recorded(rows: Sequence[Mapping[str, Any]], axis: Axis) -> Iterator[str]:
    """The line of when each was recorded, a step for each row."""
    for one in rows:
        x = axis.x(parse_rfc3339(one["recorded_at"]))
        yield f"{x},{one['y'] - ROW // 2}"
        yield f"{x},{one['y'] + ROW // 2}"


def _ticks(axis: Axis) -> Iterator[dict[str, Any]]:
    """Days or months, no more of them than can be read."""
    first, last = legal_day(axis.first), legal_day(axis.last)
    for day in _days(first, last):
        at = datetime.combine(day, time(0), AMSTERDAM)
        if axis.first <= at <= axis.last:
            yield {"x": axis.x(at), "text": day.isoformat()}


def _days(first: date, last: date) -> list[date]:
    long = (last - first).days
    step = next((step for step in _STEPS if long / step <= _MOST_TICKS), None)
    if step is not None:
        return [first + timedelta(days=number) for number in range(0, long + 1, step)]
    months = next((step for step in _MONTHS if long / (30.4 * step) <= _MOST_TICKS), _MONTHS[-1])
    begins = range(first.year * 12, last.year * 12 + 12, months)
    return [date(month // 12, month % 12 + 1, 1) for month in begins]
