"""`term`: until when an application must be decided.

Four weeks from the day it was received, eight where a person intends to refuse. Days on which the term stood still do not count; while
it stands still, it is said when it would end if it went on today. A term that would end on a Saturday, a Sunday or a holiday ends on the
next day that is none of these (Algemene termijnenwet 1). Days that a royal decree made a holiday are not here.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hervat.law.certificates.facts import APPLIED_ON, INTENDED, STOOD_STILL, Application
from hervat.law.certificates.periods import days_within
from hervat.law.dated import Span
from hervat.law.rule import Asking, Finding, Horizon, Parameter, Result, Rule, Step
from hervat.law.value import TEXTS, WHOLE, Outcome, Sort, Words


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

WEEKS = Parameter("weeks", WHOLE)
WEEKS_INTENDED = Parameter("weeks-refusal-intended", WHOLE)
FREE_DAYS = Parameter("holidays", HOLIDAYS)

_ONE_DAY = timedelta(days=1)


def moved(day: date, holidays: Holidays) -> date:
    """The first day from `day` on that is no Saturday, no Sunday and no holiday."""
    while day < date.max and (day.isoweekday() > 5 or day in holidays):
        day += _ONE_DAY
    return day


def _gone_on(asking: Asking, counted_to: date, applied_on: date) -> date:
    """Where a term ends that is counted to a day, with the days added on which it stood still before it ended."""
    spans = []
    for one in asking.need(STOOD_STILL):
        first, until = one.edges
        if until is None or until > asking.on:
            asking.lasts_until(asking.on + _ONE_DAY if asking.on < date.max else None)
        spans.append(Span(first, max(first, min(until or asking.on, asking.on))))
    if not spans:
        return counted_to
    ends, most = counted_to, (date.max - counted_to).days
    while True:
        days = min(days_within(spans, applied_on, ends + _ONE_DAY if ends < date.max else ends), most)
        later = counted_to + timedelta(days=days)
        if later == ends:
            break
        ends = later
    says = Words(en=f"it stood still on {days} of these days: {ends}", nl=f"opgeschort op {days} van die dagen: {ends}")
    asking.note(Step(says, "Awb 4:15", days > 0, (APPLIED_ON.name, STOOD_STILL.name)))
    return ends


def _version_1(asking: Asking) -> Finding[Deadline]:
    applied_on = asking.need(APPLIED_ON)
    if applied_on > asking.on:
        asking.lasts_until(applied_on)
        return Finding(Outcome.CANNOT_SAY, Words(
            en="the application lies after the decision",
            nl="de aanvraag ligt na de beslissing",
        ))
    weeks = WEEKS_INTENDED if asking.need(INTENDED) else WEEKS
    number = asking.value(weeks, applied_on)
    counted_to = applied_on + timedelta(weeks=min(number, (date.max - applied_on).days // 7))
    says = Words(en=f"{number} weeks from {applied_on}: {counted_to}", nl=f"{number} weken na {applied_on}: {counted_to}")
    asking.note(Step(says, "Wjsg 37", True, (APPLIED_ON.name, INTENDED.name, weeks.name)))
    counted_to = _gone_on(asking, counted_to, applied_on)
    last_day = moved(counted_to, asking.value(FREE_DAYS, applied_on))
    says = Words(en=f"past weekends and holidays: {last_day}", nl=f"voorbij weekeinden en feestdagen: {last_day}")
    asking.note(Step(says, "Algemene termijnenwet 1, 3", last_day != counted_to, (APPLIED_ON.name, FREE_DAYS.name)))
    in_time = asking.on <= last_day
    asking.lasts_until(last_day + _ONE_DAY if in_time and last_day < date.max else None)
    within = Words(en=f"the term ends on {last_day}", nl=f"de termijn eindigt op {last_day}")
    over = Words(en=f"the term ended on {last_day}", nl=f"de termijn is geëindigd op {last_day}")
    return Finding(Outcome.YES if in_time else Outcome.NO, within if in_time else over, Deadline(last_day, counted_to))


TERM = Rule[Deadline](
    name="certificate.term",
    package=__package__,
    file="term.toml",
    dated_by=APPLIED_ON,
    inputs=(APPLIED_ON, INTENDED, STOOD_STILL),
    parameters=(WEEKS, WEEKS_INTENDED, FREE_DAYS),
    versions={1: _version_1},
)


def term(application: Application, *, on: date, horizon: Horizon | None = None) -> Result[Deadline]:
    """Until when an application must be decided: yes while the term runs."""
    return TERM.apply(application.facts(), on=on, horizon=horizon)
