"""Terms that somebody must keep: one that would end on a Saturday, a Sunday or a holiday ends on the next day that is none of these.

Source: Algemene termijnenwet 1 and 3. Which days are holidays is data of each rule; days that a royal decree made one are not here.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hervat.law.value import TEXTS, Sort


@dataclass(frozen=True, slots=True)
class Holidays:
    """Holidays: by month and day, and by the number of days after Easter Sunday."""

    fixed: tuple[tuple[int, int], ...]
    after_easter: tuple[int, ...]

    def __contains__(self, day: date) -> bool:
        return (day.month, day.day) in self.fixed or (day - easter(day.year)).days in self.after_easter


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of the term, and the day on which it would end without weekends and holidays."""

    last_day: date
    counted_to: date


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar, by the method of Meeus, Jones and Butcher."""
    century, of_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moon = (19 * (year % 19) + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * rest + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (year % 19 + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _holidays(given: Any) -> Holidays:
    fixed, after_easter = [], []
    for text in TEXTS.read(given):
        if day := re.fullmatch(r"([0-9]{2})-([0-9]{2})", text):
            found = date(2000, int(day[1]), int(day[2]))
            fixed.append((found.month, found.day))
        elif offset := re.fullmatch(r"Easter([+-][0-9]{1,2})", text):
            after_easter.append(int(offset[1]))
        else:
            raise ValueError(f"{text!r} is no holiday, such as 12-25 or Easter+39")
    return Holidays(tuple(fixed), tuple(after_easter))


def _written(holidays: Holidays) -> list[str]:
    return [*(f"{month:02}-{day:02}" for month, day in holidays.fixed), *(f"Easter{days:+}" for days in holidays.after_easter)]


HOLIDAYS: Sort[Holidays] = Sort("holidays", _written, _holidays)


ONE_DAY = timedelta(days=1)


def moved(day: date, holidays: Holidays) -> date:
    """The first day from `day` on that is no Saturday, no Sunday and no holiday."""
    while day < date.max and (day.isoweekday() > 5 or day in holidays):
        day += ONE_DAY
    return day


def weeks_after(day: date, weeks: int, holidays: Holidays) -> Deadline:
    """The last day of a term of so many weeks from a day."""
    counted_to = day + timedelta(weeks=min(weeks, (date.max - day).days // 7))
    return Deadline(moved(counted_to, holidays), counted_to)
