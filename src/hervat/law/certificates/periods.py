"""Days and periods as look-back counts them.

- A period is half-open, as everywhere in the law: its first day counts, its `until` does not; without `until` it goes on.
- Years end on the day of the same name. 29 February has none in most years: counted back it becomes 28 February, counted on 1
  March, so that a window is never shorter, and nobody older, than the calendar says. No source was found for either.
- Beyond the calendar of Python (the years 1 to 9999) stands its first or last day.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from hervat.law.dated import Span


def years_before(day: date, years: int) -> date:
    """The day of the same name a number of years before."""
    if day.year - years < date.min.year:
        return date.min
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


def years_after(day: date, years: int) -> date:
    """The day of the same name a number of years later."""
    if day.year + years > date.max.year:
        return date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def days_within(periods: Iterable[Span], first: date, until: date) -> int:
    """How many days from `first` up to and without `until` lie in at least one of the periods."""
    count, counted_to = 0, first
    for period in sorted(periods, key=lambda one: one.edges[0]):
        begins, ends = period.edges
        begins, ends = max(begins, counted_to), until if ends is None else min(ends, until)
        if begins < ends:
            count += (ends - begins).days
            counted_to = ends
    return count


def lengthened(first: date, until: date, periods: Iterable[Span], *, again: bool) -> date:
    """The first day of a window that is lengthened by the days of it that lie in `periods`; with `again` also by those that lie in
    what was added, so that as many days remain outside them as the window had at first.
    """
    spans, begins = tuple(periods), first
    while True:
        days = days_within(spans, begins, until)
        earlier = first - timedelta(days=min(days, (first - date.min).days))
        if not again or earlier == begins:
            return earlier
        begins = earlier


def overlap(one: Span, other: Span) -> bool:
    """Whether two periods have a day in common."""
    begins = max(one.edges[0], other.edges[0])
    return begins in one and begins in other
