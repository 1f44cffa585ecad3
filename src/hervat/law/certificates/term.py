"""`term`: until when an application must be decided.

Four weeks from the day it was received, eight where a person intends to refuse. Days on which the term stood still do not count; while
it stands still, it is said when it would end if it went on today. A term that would end on a Saturday, a Sunday or a holiday ends on the
next day that is none of these (Algemene termijnenwet 1). Days that a royal decree made a holiday are not here.
"""

from datetime import date, timedelta

from hervat.errors import BrokenInvariant
from hervat.law.certificates.facts import APPLIED_ON, INTENDED, STOOD_STILL, Application
from hervat.law.certificates.periods import days_within
from hervat.law.dated import Span
from hervat.law.holidays import HOLIDAYS, ONE_DAY, Deadline, moved, weeks_after
from hervat.law.rule import Asking, Finding, Horizon, Parameter, Result, Rule, Step
from hervat.law.text import Value
from hervat.law.value import WHOLE, Outcome, Words

WEEKS = Parameter("weeks", WHOLE)
WEEKS_INTENDED = Parameter("weeks-refusal-intended", WHOLE)
FREE_DAYS = Parameter("holidays", HOLIDAYS)


def _stood_still(asking: Asking) -> tuple[Span, ...]:
    """The periods on which it stood still, up to the day of the decision: of what is to come nobody knows."""
    spans = []
    for one in asking.need(STOOD_STILL):
        first, until = one.edges
        if until is None or until > asking.on:
            asking.lasts_until(asking.on + ONE_DAY if asking.on < date.max else None)
        spans.append(Span(first, max(first, min(until or asking.on, asking.on))))
    return tuple(spans)


def _gone_on(asking: Asking, counted_to: date, applied_on: date, spans: tuple[Span, ...]) -> date:
    """Where a term ends that is counted to a day, with the days added on which it stood still before it ended."""
    if not spans:
        return counted_to
    ends, most = counted_to, (date.max - counted_to).days
    while True:
        days = min(days_within(spans, applied_on, ends + ONE_DAY if ends < date.max else ends), most)
        later = counted_to + timedelta(days=days)
        if later == ends:
            break
        ends = later
    says = Words(en=f"it stood still on {days} of these days: {ends}", nl=f"opgeschort op {days} van die dagen: {ends}")
    asking.note(Step(says, "Awb 4:15", days > 0, (APPLIED_ON.name, STOOD_STILL.name)))
    return ends


def _last_day(asking: Asking, counted_to: date, applied_on: date, spans: tuple[Span, ...]) -> date:
    """The first day from the end on that is none of weekend and holiday, and on which it did not stand still."""
    holidays = asking.value(FREE_DAYS, applied_on)
    day = moved(counted_to, holidays)
    says = Words(en=f"past weekends and holidays: {day}", nl=f"voorbij weekeinden en feestdagen: {day}")
    asking.note(Step(says, "Algemene termijnenwet 1, 3", day != counted_to, (APPLIED_ON.name, FREE_DAYS.name)))
    first = day
    while day < date.max and any(day in span for span in spans):
        day = moved(day + ONE_DAY, holidays)
    if day != first:
        says = Words(en=f"it stood still on {first}, its last day: {day}", nl=f"opgeschort op {first}, de laatste dag: {day}")
        asking.note(Step(says, "Awb 4:15", True, (STOOD_STILL.name, FREE_DAYS.name)))
    return day


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
    counted_to = weeks_after(applied_on, number, asking.value(FREE_DAYS, applied_on)).counted_to
    says = Words(en=f"{number} weeks from {applied_on}: {counted_to}", nl=f"{number} weken na {applied_on}: {counted_to}")
    asking.note(Step(says, "Wjsg 37", True, (APPLIED_ON.name, INTENDED.name, weeks.name)))
    spans = _stood_still(asking)
    counted_to = _gone_on(asking, counted_to, applied_on, spans)
    last_day = _last_day(asking, counted_to, applied_on, spans)
    in_time = asking.on <= last_day
    asking.lasts_until(last_day + ONE_DAY if in_time and last_day < date.max else None)
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
    recurs=True,
)


def term(application: Application, *, on: date, horizon: Horizon | None = None) -> Result[Deadline]:
    """Until when an application must be decided: yes while the term runs."""
    return TERM.apply(application.facts(), on=on, horizon=horizon)


def is_working_day(day: date, *, on: date) -> bool:
    """Whether a day is no Saturday, no Sunday and no holiday, as a decision on a day counts them."""
    return moved(day, free_days(on).read) == day


def free_days(on: date) -> Value:
    """The holidays that a decision on a day counts, with their certainty. There must be a text of the rule for that day."""
    held = TERM.text.parameters[FREE_DAYS.name].values.at(on, on)
    if held is None:
        raise BrokenInvariant(f"no holidays are here for a decision on {on}, before the first text of {TERM.name}")
    return held.value
