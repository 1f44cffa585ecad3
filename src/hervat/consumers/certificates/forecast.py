"""When the backlog of applications is gone: what waits, divided by how many more are decided than come in.

    working days = waiting / (deciding - arriving)

Where no more are decided than come in it never is. The pace is measured in the journal over some working days, or told by whoever asks what
another pace would do. Source: the drain of a queue at constant rates; working days are those that the Algemene termijnenwet leaves.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil

from msgspec import Struct

from hervat.clock import end_of
from hervat.consumers.certificates.applications import REQUESTED
from hervat.consumers.certificates.procedure import Procedure
from hervat.consumers.certificates.steps import DECIDED, OBJECTED
from hervat.journal.store import Row, Store, keys_of
from hervat.law.certificates import is_working_day
from hervat.register.reading import is_fact

_ONE_DAY = timedelta(days=1)


class Pace(Struct, frozen=True, kw_only=True):
    """Applications on a working day: how many come in, and how many are decided."""

    arriving: Fraction
    deciding: Fraction


class Forecast(Struct, frozen=True, kw_only=True):
    """What waits at the end of a day, at a pace: after how many working days nothing of it does, and on which; None where that never comes,
    or lies outside the calendar.
    """

    on: date
    waiting: int
    pace: Pace
    working_days: Fraction | None
    gone_on: date | None

    @property
    def missing(self) -> int:
        """How many more must be decided on a working day before the backlog begins to go; 0 where it goes."""
        return 0 if self.working_days is not None else int(self.pace.arriving - self.pace.deciding) + 1


def forecast(on: date, waiting: int, pace: Pace) -> Forecast:
    """The forecast at the end of a day."""
    more = pace.deciding - pace.arriving
    if not waiting:
        return Forecast(on=on, waiting=0, pace=pace, working_days=Fraction(0), gone_on=on)
    if more <= 0:
        return Forecast(on=on, waiting=waiting, pace=pace, working_days=None, gone_on=None)
    days = waiting / more
    return Forecast(on=on, waiting=waiting, pace=pace, working_days=days, gone_on=working_day_after(on, ceil(days)))


def working_day_after(on: date, count: int) -> date | None:
    """The working day that comes so many after a day; None where the calendar ends before."""
    if count > (date.max - on).days:
        return None
    day = on
    while count:
        if day == date.max:
            return None
        day += _ONE_DAY
        count -= is_working_day(day, on=on)
    return day


class Measured(Struct, frozen=True, kw_only=True):
    """How many came in and were decided over so many working days, from the first day to the last."""

    first: date
    last: date
    working_days: int
    arrived: int
    decided: int

    @property
    def pace(self) -> Pace:
        """On a working day. What comes in at a weekend counts on those around it."""
        return Pace(arriving=Fraction(self.arrived, self.working_days), deciding=Fraction(self.decided, self.working_days))


def window(on: date, count: int, begun: date) -> tuple[date, date, int] | None:
    """The last `count` working days before a day: the first, the last day before it, and how many there are since the journal begun; None
    where there is none.
    """
    day, first, found = on, on, 0
    while found < count and day > begun:
        day -= _ONE_DAY
        if is_working_day(day, on=on):
            first, found = day, found + 1
    return (first, on - _ONE_DAY, found) if found else None


class Counting:
    """Counts applications and decisions in the journal by position. No message and no act is read for it."""

    def __init__(self, store: Store, procedure: Procedure, position_at: Callable[[datetime], int]) -> None:
        """`position_at` gives the last position at a moment."""
        self._store = store
        self._procedure = procedure
        self._position_at = position_at
        self._places = self._applications()

    def waiting(self, on: date) -> int:
        """The applications on which somebody has to decide at the end of a day, of those that stand now."""
        position = self._position_at(end_of(on))
        here = [place for place, since in self._places.items() if since <= position]
        return sum(1 for _ in self._procedure.open(here, position))

    def measured(self, first: date, last: date, working_days: int) -> Measured:
        """What came in from the first day to the last, objections with it, and what was decided."""
        after, through = (self._position_at(end_of(day)) for day in (first - _ONE_DAY, last))
        came = sum(after < since <= through for since in self._places.values())
        objected, decided = (sum(at > after for at in self._store.acts(kind, through)) for kind in (OBJECTED, DECIDED))
        return Measured(first=first, last=last, working_days=working_days, arrived=came + objected, decided=decided)

    def _applications(self) -> dict[int, int]:
        """The applications that stand, by place, each with the position at which the first message that gives it was applied."""
        rows = self._store.of_kind(REQUESTED, self._store.head().size)
        versions = self._store.rows_at({row.version for row in rows if row.version is not None})
        given: dict[tuple[int, bytes], list[Row]] = {}
        for row in rows:
            for key in keys_of((row if row.version is None else versions[row.version]).gives):
                given.setdefault((row.source, key), []).append(row)
        found = {}
        for of_one in given.values():
            if standing := [row.applied_at for row in of_one if is_fact(row) and row.applied_at is not None]:
                found[of_one[0].position] = min(standing)
        return found
