"""Terms on the calendar: the day on which so many years, months, weeks or days have passed in full.

- A term is half-open: the day it is counted from is its first day, and the day found here is the first that no longer belongs to it.
- Where the month has no such day, the first of the next month: from 29 February a year is over on 1 March, and not before.
- What would lie past the calendar is its last day, `date.max`, which here means never.
- No weekend or holiday moves a term in years: the Algemene termijnenwet is not asked (retention terms are none that somebody must keep).
"""

from datetime import date, timedelta

from hervat.case import Duration

NEVER = date.max


def after(day: date, length: Duration) -> date:
    """The first day after a length that begins on `day`; months come before days. `hours` count nothing; for life: `NEVER`."""
    if length.life:
        return NEVER
    months = day.month - 1 + 12 * (length.years or 0) + (length.months or 0)
    year, month = day.year + months // 12, months % 12 + 1
    if year > date.max.year:
        return NEVER
    try:
        whole = day.replace(year=year, month=month)
    except ValueError:
        # A month without this day is no December, so its next month lies in the same year.
        whole = date(year, month + 1, 1)
    days = 7 * (length.weeks or 0) + (length.days or 0)
    return NEVER if days > (NEVER - whole).days else whole + timedelta(days=days)


def years_after(day: date, years: int) -> date:
    """The first day after so many years that begin on `day`."""
    return after(day, Duration(years=years))


def is_longer(length: Duration, years: int, day: date) -> bool:
    """Whether a length that begins on `day` is longer than so many years."""
    return after(day, length) > years_after(day, years)


def is_shorter(length: Duration, years: int, day: date) -> bool:
    """Whether a length that begins on `day` is shorter than so many years."""
    return after(day, length) < years_after(day, years)
