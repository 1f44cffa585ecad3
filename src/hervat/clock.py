"""The only reader of clocks. Everywhere else time is an argument.

- A moment is an aware datetime in UTC; it is written as RFC 3339 with 'Z'.
- A legal day is a day in Europe/Amsterdam, whatever zone a moment was written in.
- Durations are measured with `monotonic`, never by subtracting two moments: a clock on the wall may be set back.
"""

import re
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")

# datetime.fromisoformat takes far more than RFC 3339 does (weeks, a missing zone, "24:00"), so the form is checked first.
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?"
    r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)


class Clock(Protocol):
    """What may be asked of a clock."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds since some moment that stays the same as long as this clock lives; never runs backwards."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still at `at` (aware)."""

    at: datetime

    def now(self) -> datetime:
        return self.at.astimezone(UTC)

    def monotonic(self) -> float:
        return 0.0


@dataclass(slots=True)
class SteppedClock:
    """A clock that only its owner moves, and that moves on by `step` after every reading of `now`.

    Two worlds with the same seed read the same moments from it. With the default step of zero it moves by
    `advance` and `set` alone.
    """

    at: datetime
    step: timedelta = timedelta(0)
    _passed: float = field(default=0.0, init=False)

    def now(self) -> datetime:
        moment = self.at.astimezone(UTC)
        self.advance(self.step)
        return moment

    def monotonic(self) -> float:
        return self._passed

    def advance(self, by: timedelta) -> None:
        """Let `by` pass. Raises ValueError for a negative duration."""
        if by < timedelta(0):
            raise ValueError(f"a clock is not moved back by `advance`: {by}")
        self.at += by
        self._passed += by.total_seconds()

    def set(self, at: datetime) -> None:
        """Put the hands on `at`, also backwards, as an operator may: no time passes by it."""
        self.at = at


def rfc3339(moment: datetime) -> str:
    """`moment` (aware) as RFC 3339 in UTC: "2025-07-18T05:30:00Z", with six more digits where they are not all zero.

    Raises ValueError for a moment without a zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a zone is no moment: {moment.isoformat()}")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def parse_rfc3339(text: str) -> datetime:
    """The moment that `text` names (RFC 3339, zone included), aware and in UTC, digits beyond microseconds dropped.

    Leap seconds are refused, as are the years 0001 and 9999: the day of such a moment may lie outside the calendar
    in another zone. Raises ValueError.
    """
    return _moment(text).astimezone(UTC)


def is_rfc3339(text: str) -> bool:
    """Whether `parse_rfc3339` reads `text`."""
    try:
        _moment(text)
    except ValueError:
        return False
    return True


def _moment(text: str) -> datetime:
    """The moment in the zone in which it was written; raises ValueError."""
    if not _RFC3339.fullmatch(text):
        raise ValueError("not a moment with a zone in the form of RFC 3339, such as 2025-07-18T05:30:00Z")
    moment = datetime.fromisoformat(text.upper())
    if not 1 < moment.year < 9999:
        raise ValueError("the year of a moment lies between 0002 and 9998")
    return moment


def legal_day(moment: datetime) -> date:
    """The day in Europe/Amsterdam on which `moment` (aware) falls. Raises ValueError for a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a zone has no legal day: {moment.isoformat()}")
    return moment.astimezone(AMSTERDAM).date()


def end_of(day: date) -> datetime:
    """The last moment of a legal day."""
    return datetime.combine(day, datetime.max.time(), AMSTERDAM)
