"""The geometry of what was planned against what came: one row a step, one scale for all, drawn here and not in the browser.

The plan is laid from the moment the run began, so that a run that began later than its plan said is not late in every step.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hervat.clock import AMSTERDAM, parse_rfc3339

LABEL, CHART, ROW, HEAD = 240.0, 720.0, 30.0, 28.0
_TICKS = 6
THINNEST = 3.0
_LONGEST_LABEL = 30
_STEPS = tuple(timedelta(hours=hours) for hours in (1, 2, 4, 6, 12, 24, 48, 96, 168, 336, 720, 1440, 4320, 8760))


def spell_of(step: Mapping[str, Any], steps: Mapping[str, Mapping[str, Any]], begun: datetime) -> tuple[datetime | None, datetime | None]:
    """When a step could begin, and when it was complete; None where that is not so yet. A link begins when it is taken into custody for its
    gates, another step when the last that it waits for is complete.
    """
    over = completed_at(step)
    inbound = step["actual"].get("inbound")
    if step["act"] == "open" and inbound is not None:
        start = parse_rfc3339(inbound["at"])
        return (start if over is None else min(start, over)), over
    before = [completed_at(steps[wait["step"]]) for wait in step["waits_for"]]
    if None in before:
        return over, over
    return max([begun, *(one for one in before if one is not None)]), over


def completed_at(step: Mapping[str, Any]) -> datetime | None:
    """When a step was complete, where it is."""
    if not step["complete"]:
        return None
    at = step["actual"].get("live") if step["act"] == "open" else step["actual"]["done"]
    return None if at is None else parse_rfc3339(at["at"])


def drawn(steps: Sequence[Mapping[str, Any]], begins: datetime, begun: datetime, until: datetime) -> dict[str, Any]:
    """The rows and the scale; `begins` is when the plan said, `begun` when it was, `until` is now, or when the run ended."""
    known, late = {one["id"]: one for one in steps}, begun - begins
    rows: list[dict[str, Any]] = []
    for one in steps:
        start, over = spell_of(one, known, begun)
        planned = tuple(parse_rfc3339(one["planned"][name]) + late for name in ("start", "end"))
        rows.append({"step": one, "planned": planned, "start": start, "end": over or (until if start is not None else None)})
    first = min([begun, *(row["planned"][0] for row in rows)])
    last = max([until, *(row["planned"][1] for row in rows)])
    long = max(1.0, (last - first).total_seconds())

    def x(moment: datetime) -> float:
        share: float = (moment - first).total_seconds() / long
        return round(LABEL + CHART * share, 1)

    return {
        "width": LABEL + CHART + 12,
        "height": HEAD + ROW * len(rows) + 8,
        "label": LABEL,
        "now": x(until),
        "ticks": [{"x": x(at), "text": _said(at, last - first)} for at in _ticks(first, last)],
        "rows": [_row(row, HEAD + ROW * number, x) for number, row in enumerate(rows)],
    }


def _row(row: Mapping[str, Any], y: float, x: Any) -> dict[str, Any]:
    one, (begins, ends) = row["step"], row["planned"]
    told = {"id": one["id"], "label": _short(one["id"]), "y": y, "planned": {"x": x(begins), "width": max(THINNEST, x(ends) - x(begins))}}
    actual = None
    if row["start"] is not None:
        how = "over" if one["complete"] else "stopped" if one["stopped"] or one["state"] == "held" else "open"
        actual = {"x": x(row["start"]), "width": max(THINNEST, round(x(row["end"]) - x(row["start"]), 1)), "how": how}
    return told | {"actual": actual}


def _ticks(first: datetime, last: datetime) -> list[datetime]:
    """Whole hours or days on the clock of Amsterdam, not too many of them."""
    size = next((one for one in _STEPS if (last - first) / one <= _TICKS), _STEPS[-1])
    at = first.astimezone(AMSTERDAM).replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    while at <= last:
        if at >= first:
            found.append(at)
        at += size
    return found[: 2 * _TICKS]


def _said(at: datetime, long: timedelta) -> str:
    local = at.astimezone(AMSTERDAM)
    return local.strftime("%m-%d") if long > timedelta(days=6) else local.strftime("%m-%d %H:%M")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1]}…"
