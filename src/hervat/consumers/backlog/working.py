"""In which order stock is worked away: the heaviest harm a day first, then the clock of the law that runs out first (`working.toml`).

Weights are invented: they say in which order to work, and nothing else. A clock counts from the oldest decision of the stock; a value that
was not read in the law is unverified, and says so.
"""

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from importlib import resources
from typing import Any, NamedTuple

_ORDER: Mapping[str, Any] = tomllib.loads(resources.files(__package__).joinpath("working.toml").read_text(encoding="utf-8"))
CERTAINTY: str = _ORDER["certainty"]


class Clock(NamedTuple):
    """A term that the law sets on what is decided: its last day, the article, and how certain the value is."""

    last_day: date
    article: str
    certainty: str


def harm_of(kinds: tuple[str, ...]) -> int:
    """The weight of what lies undone, for each day: that of the heaviest of these kinds."""
    weights = _ORDER["harm"]
    return max((int(weights.get(kind, weights["other"])) for kind in kinds), default=0)


def clock_of(kinds: tuple[str, ...], oldest_on: date | None) -> Clock | None:
    """The clock that runs out first on the oldest decision; None where none runs, or it is not told how old that is."""
    if oldest_on is None:
        return None
    told = [_ORDER["clock"][kind] for kind in kinds if kind in _ORDER["clock"]]
    clocks = [Clock(oldest_on + timedelta(days=one["days"]), one["article"], one["certainty"]) for one in told]
    return min(clocks, default=None)


def rank(harm: int, clock: Clock | None, since: date) -> tuple[int, date, date]:
    """Of two pieces of work the one with the lower rank comes first."""
    return -harm, date.max if clock is None else clock.last_day, since
