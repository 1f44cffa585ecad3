"""Bottlenecks: what cannot be done as it should while the register is blind, why, who is affected, and what must be so for it to be over.

A bottleneck is not closed by anybody: it is over when its conditions hold, each with what shows it, and it is there again when one of
them does not. It begins where knowledge ends: at the earliest moment up to which a source that it needs is complete.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from msgspec import Struct

from hervat.clock import legal_day, parse_rfc3339

TOLERATED = timedelta(days=3)
"""For how long a source may be silent about how far it is complete. Unverified: chosen here, no rule says so."""


class Condition(Struct, frozen=True):
    """One thing that must be so, whether it is, and what shows it: the sources or the figures that stand against it."""

    name: str
    holds: bool
    against: tuple[dict[str, Any], ...] = ()


class Bottleneck(Struct, frozen=True, kw_only=True):
    """A bottleneck on a day. `since` is the day up to which everything is known, None where nothing is; `affected` counts people, or
    what was asked about them, None where nobody has counted.
    """

    name: str
    on: date
    is_open: bool
    since: date | None
    affected: int | None
    conditions: tuple[Condition, ...]


def bottleneck(
    name: str,
    needs: Collection[str],
    rows: Sequence[dict[str, Any]],
    at: datetime,
    *,
    affected: int | None,
    left: Mapping[str, tuple[str, int]],
) -> Bottleneck:
    """The bottleneck `name` at a moment, which needs the sources `needs`, from the horizon of every source. `left`: for each further
    condition what is counted against it, and how much of that is left to do.
    """
    feeds = [row for row in rows if row["source"] in needs]
    known = {row["source"]: _complete(row) for row in feeds}
    behind = [row for row in feeds if (until := known[row["source"]]) is None or until < at - TOLERATED]
    conditions = (
        Condition("sources-live", not (cut := [row for row in feeds if row["link"] != "live"]), _told(cut, "link")),
        Condition("horizon-now", not behind, _told(behind, "complete_until")),
        Condition("stock-zero", not (stock := [row for row in feeds if any(one["count"] for one in row["stock"])]), _told(stock, "stock")),
        Condition("nothing-missing", not (gaps := [row for row in feeds if row["gaps"]]), _told(gaps, "gaps")),
        Condition("nothing-held", not (held := [row for row in feeds if row["held"]]), _told(held, "held")),
        *(Condition(condition, not count, ({what: count},) if count else ()) for condition, (what, count) in left.items()),
    )
    moments = list(known.values())
    since = None if None in moments or not moments else legal_day(min(moment or datetime.max.replace(tzinfo=UTC) for moment in moments))
    return Bottleneck(
        name=name,
        on=legal_day(at),
        is_open=not feeds or not all(condition.holds for condition in conditions),
        since=since,
        affected=affected,
        conditions=conditions,
    )


def _complete(row: dict[str, Any]) -> datetime | None:
    return None if row["complete_until"] is None else parse_rfc3339(row["complete_until"])


def _told(rows: Sequence[dict[str, Any]], what: str) -> tuple[dict[str, Any], ...]:
    return tuple({"source": row["source"], what: row[what]} for row in rows)
