"""Reckoning with lengths: years of residence between two days, and sums of custody.

- A term of years begins on its first day and ends before the day with the same date; one that began on 29 February ends before 1 March in
  a year without that day. So it is half-open, as every interval here.
- A sum keeps months, days and hours of community service apart, as judgments give them. It is compared with another without saying how
  long a month is, wherever that cannot make a difference.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from hervat.case import Duration
from hervat.law.value import TEXT, Sort, Words

SHORTEST_MONTH, LONGEST_MONTH = 28, 31


def years_later(day: date, years: int) -> date:
    """The first day after so many full years that begin on a day; the last day of the calendar where they end after it."""
    if day.year + years > date.max.year:
        return date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def full_years(first: date, until: date) -> int:
    """How many full years lie between a day and another, the first counted and the last not; 0 where it is not later."""
    years = max(until.year - first.year, 0)
    return years if years == 0 or years_later(first, years) <= until else years - 1


_MONTH = (("month", "months"), ("maand", "maanden"))
_DAY = (("day", "days"), ("dag", "dagen"))
_HOUR = (("hour of community service", "hours of community service"), ("uur taakstraf", "uren taakstraf"))


@dataclass(frozen=True, slots=True)
class Length:
    """A sum of custody in months, days and hours of community service; `endless` is life, or as long as nobody knows."""

    months: int = 0
    days: int = 0
    hours: int = 0
    endless: bool = False

    def __add__(self, other: "Length") -> "Length":
        endless = self.endless or other.endless
        return Length(self.months + other.months, self.days + other.days, self.hours + other.hours, endless)

    def __sub__(self, other: "Length") -> "Length":
        return Length(self.months - other.months, self.days - other.days, self.hours - other.hours, self.endless)

    @property
    def words(self) -> Words:
        """In words."""
        if self.endless:
            return Words(en="no end that is known", nl="geen bekend einde")
        parts = [(many, units) for many, units in ((self.months, _MONTH), (self.days, _DAY), (self.hours, _HOUR)) if many]
        en, nl = (" ".join(f"{many} {units[language][many != 1]}" for many, units in parts) for language in (0, 1))
        return Words(en=en or "nothing", nl=nl or "niets")

    def units(self, month: int, hours_a_day: int) -> int:
        """How long it is in parts of a day, of which `hours_a_day` make one, with months of so many days."""
        return (self.months * month + self.days) * hours_a_day + self.hours


def length_of(duration: Duration) -> Length:
    """A duration as judgments give it: a year is twelve months, a week seven days."""
    months = 12 * (duration.years or 0) + (duration.months or 0)
    days = 7 * (duration.weeks or 0) + (duration.days or 0)
    return Length(months, days, duration.hours or 0, duration.life is True)


_UNITS: dict[str, Callable[[int], Length]] = {
    "day": lambda many: Length(days=many),
    "week": lambda many: Length(days=7 * many),
    "month": lambda many: Length(months=many),
    "year": lambda many: Length(months=12 * many),
}
_PART = r"([1-9][0-9]*) (day|week|month|year)s?"


def _norm(given: Any) -> Length:
    text = TEXT.read(given)
    if re.fullmatch(rf"{_PART}( {_PART})*", text) is None:
        raise ValueError(f"{text!r} is no length, such as 4 months 2 weeks")
    return sum((_UNITS[unit](int(many)) for many, unit in re.findall(_PART, text)), Length())


NORM: Sort[Length] = Sort("length in words", lambda length: length.words.en, _norm)


def _bounds(given: Any) -> tuple[int, ...]:
    texts = given if isinstance(given, list) else []
    if not texts or not all(isinstance(text, str) and text.isdecimal() and text.isascii() for text in texts):
        raise ValueError("a list of whole years is wanted, each a text")
    years = tuple(map(int, texts))
    if years[0] != 0 or any(later <= earlier for earlier, later in pairwise(years)):
        raise ValueError("the years begin at 0 and go up")
    return years


YEARS: Sort[tuple[int, ...]] = Sort("years", lambda years: list(map(str, years)), _bounds)
