"""The breaker: what stops a run of retention before anything is hidden or goes. Nobody can override it.

- **horizon**: a link is not live, something is missing, held or in stock, a claim does not hold, something was refused or stands beside
  other content, or a source that may tell of somebody's record does not say up to when it is complete. During isolation and until the
  replay is complete nothing is removed.
- **computations**: the two computations of what is due say different things.
- **forecast**: what is due is not what was forecast, by rule. It takes a new forecast, by an act of somebody, of at least a day before.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from math import ceil
from typing import Any, NamedTuple

from hervat.consumers.blind import Complete, Rows
from hervat.consumers.retention.acts import ForecastAct

SHARE, LEAST = 0.02, 5
"""How far what is due may be from what was forecast by a rule: this share of it, and never less than so many charges. Unverified: chosen
here, no rule says so.
"""

class Recorded(NamedTuple):
    """A forecast in the journal, and the legal day on which it was put there."""

    received_on: date
    act: ForecastAct


Obstacle = dict[str, Any]
"""What stands against a run: which `check`, `what` differs, and the figures or the source."""


def by_horizon(rows: Rows, seen: Complete) -> Iterator[Obstacle]:
    """What of the horizon stands against a run."""
    for row in rows:
        told = {
            "link": row["link"] if row["link"] != "live" else None,
            "gaps": row["gaps"],
            "held": row["held"],
            "stock": [one for one in row["stock"] if one["count"]],
            "unreconciled": row["unreconciled"],
        }
        for what, value in told.items():
            if value:
                yield {"check": "horizon", "what": what, "source": row["source"], "is": value}
    for source in seen.against:
        yield {"check": "horizon", "what": "complete", "source": source, "is": None}


def by_owed(owed: Iterable[tuple[str, str, int]]) -> Iterator[Obstacle]:
    """What stands against a run because a source still owes it (`sources.owed`)."""
    for what, source, count in owed:
        yield {"check": "horizon", "what": what, "source": source, "is": count}


def by_forecast(forecast: Recorded | None, on: date, due: Mapping[str, int], removed: Mapping[str, int]) -> Iterator[Obstacle]:
    """What stands against a run on a day where so much is due by each rule, and so much was removed since the forecast. A forecast is as
    old as its entry in the journal, whatever day it is of.
    """
    if forecast is None:
        yield {"check": "forecast", "what": "none"}
        return
    act, recorded_on = forecast.act, max(forecast.received_on, forecast.act.on)
    if not recorded_on < on <= act.until:
        yield {"check": "forecast", "what": "day", "forecast_on": recorded_on, "until": act.until}
        return
    expected = Counter(act.due)
    for one in act.coming:
        if one.day <= on:
            expected[one.rule] += one.count
    found = Counter(due) + Counter(removed)
    for rule in sorted(expected.keys() | found.keys()):
        bound = max(LEAST, ceil(SHARE * expected[rule]))
        if abs(found[rule] - expected[rule]) > bound:
            told = {"rule": rule, "forecast": expected[rule], "due": found[rule], "bound": bound}
            yield {"check": "forecast", "what": "count", **told}


def counted(rules: Iterable[str]) -> dict[str, int]:
    """How many there are of each."""
    return dict(sorted(Counter(rules).items()))
