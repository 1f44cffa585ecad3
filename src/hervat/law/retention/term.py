"""What the terms of misdrijven and overtredingen have in common: from when they count, what may end them early, and when that is said.

An end is known as two days: the term ends not before the first and not after the second. They differ where something that lengthens it
cannot be told; what does not turn on that is said all the same.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hervat.law.retention.calendar import NEVER, years_after
from hervat.law.retention.facts import (
    COMPLETE_UNTIL,
    DIED_ON,
    DISMISSAL,
    DISMISSED_ON,
    ENDED_BY,
    EXECUTED_ON,
    JUDGED_ON,
    JUDGMENT,
    LAPSED_ON,
    OPEN,
    PENALTY_ORDER,
)
from hervat.law.rule import Asking, Finding, Input, Parameter, Step
from hervat.law.value import TEXT, WHOLE, Absent, Outcome, Words

COUNTING = Parameter("reading-counting", TEXT)
DEATH = Parameter("reading-death", TEXT)
HORIZON = Parameter("reading-horizon", TEXT)
AFTER_LAPSE = Parameter("years-after-prescription", WHOLE)

SHARED = (COUNTING, DEATH, HORIZON, AFTER_LAPSE)
"""The values that every rule of a term has in its file."""


class Ends(StrEnum):
    """What ends a term: its own length, a later judgment that lengthened it, the person's death, or prescription."""

    TERM = "term"
    LATER_JUDGMENT = "later-judgment"
    DEATH = "death"
    PRESCRIPTION = "prescription"


@dataclass(frozen=True, slots=True)
class Term:
    """A retention term, half-open: from `counted_from` (None: it has not begun) up to and without `due_on`.

    `due_on` is None where it does not end on a day that is known: it has not begun, it ends with a life, or something is not told.
    `not_before`: it does not end before this day; None as for the first two. `ends`: what ends it on `due_on`.
    """

    counted_from: date | None
    not_before: date | None
    due_on: date | None
    ends: Ends | None


@dataclass(frozen=True, slots=True)
class End:
    """The end of a term: not before one day, not after another; both `NEVER` where it has none."""

    earliest: date
    latest: date
    by: Ends

    def sooner(self, day: date, by: Ends) -> "End":
        """The sooner of this end and a day that ends it as well."""
        return End(min(self.earliest, day), min(self.latest, day), by if day < self.latest else self.by)


_OF_START = "Wjsg 4(1), 6"
_COUNTS_FROM: dict[str, Input[Any]] = {DISMISSAL: DISMISSED_ON, JUDGMENT: JUDGED_ON, PENALTY_ORDER: EXECUTED_ON}
NO_RULE = Words(
    en="there is no rule here on how long a conviction abroad is kept",
    nl="er is hier geen regel over hoe lang een buitenlandse veroordeling wordt bewaard",
)


def counted_from(asking: Asking, by: str) -> date | None:
    """The day from which the term of what ended so counts; None where it has not begun: open, or a penalty order not fully executed."""
    event = _COUNTS_FROM.get(by)
    day: date | Absent | None = None if event is None else asking.need(event)
    if event is None or day is None or isinstance(day, Absent):
        says = Words(en="the term has not begun", nl="de termijn is niet begonnen")
        asking.note(Step(says, _OF_START, True, (ENDED_BY.name, *(() if event is None else (event.name,)))))
        return None
    reading = asking.value(COUNTING, day)
    says = Words(en=f"it counts from {day}: {event.words.en}", nl=f"zij telt vanaf {day}: {event.words.nl}")
    asking.note(Step(says, f"{_OF_START}; {reading}", True, (ENDED_BY.name, event.name, COUNTING.name)))
    return day


def ended_by_death(asking: Asking, years: Parameter[int], end: End) -> End:
    """The end, or where that comes sooner so many years after death."""
    died_on = asking.need(DIED_ON)
    if isinstance(died_on, Absent):
        return end
    day = years_after(died_on, asking.value(years, died_on))
    reading = asking.value(DEATH, died_on)
    about = asking.about(years)
    says = Words(en=f"{about.en}: {day}", nl=f"{about.nl}: {day}")
    asking.note(Step(says, f"{asking.sources(years)}; {reading}", day < end.latest, (DIED_ON.name, years.name, DEATH.name)))
    return end.sooner(day, Ends.DEATH)


def ended_by_prescription(asking: Asking, by: str, end: End) -> End:
    """The end, or where that comes sooner the day of prescription. It is asked where nobody was judged and the term is not over without."""
    if by not in (OPEN, DISMISSAL) or (end.latest < NEVER and end.latest <= asking.on):
        return end
    asking.lasts_until(end.latest if end.latest < NEVER else None)
    lapsed_on = asking.read(LAPSED_ON)
    if lapsed_on is None or isinstance(lapsed_on, Absent):
        return end
    day = years_after(lapsed_on, asking.value(AFTER_LAPSE, lapsed_on))
    about = asking.about(AFTER_LAPSE)
    says = Words(en=f"{about.en}: {day}", nl=f"{about.nl}: {day}")
    asking.note(Step(says, asking.sources(AFTER_LAPSE), day < end.latest, (LAPSED_ON.name, AFTER_LAPSE.name)))
    return end.sooner(day, Ends.PRESCRIPTION)


def concluded(asking: Asking, start: date | None, end: End, unknown: Words) -> Finding[Term]:
    """What an end says on the day of the decision; `unknown`: what is not known where its two days differ."""
    due_on = end.latest if end.earliest == end.latest < NEVER else None
    term = Term(start, end.earliest if end.earliest < NEVER else None, due_on, None if due_on is None else end.by)
    if asking.on < end.earliest or end.earliest == NEVER:
        asking.lasts_until(term.not_before)
        return Finding(Outcome.NO, _runs(term), term)
    if asking.on < end.latest or end.latest == NEVER:
        asking.lasts_until(end.latest if end.latest < NEVER else None)
        return Finding(Outcome.CANNOT_SAY, unknown, term)
    return _over(asking, end.latest, term)


def _runs(term: Term) -> Words:
    if term.not_before is None:
        return Words(en="the term runs, and ends on no day that is known", nl="de termijn loopt, en eindigt op geen bekende dag")
    if term.due_on is None:
        at_least = term.not_before
        return Words(en=f"the term runs still, at least until {at_least}", nl=f"de termijn loopt nog, ten minste tot {at_least}")
    return Words(en=f"the term runs still, until {term.due_on}", nl=f"de termijn loopt nog, tot {term.due_on}")


def _over(asking: Asking, day: date, term: Term) -> Finding[Term]:
    """Over, where the register is complete up to the day on which it ended: only then can nothing that comes late have lengthened it."""
    complete_until = asking.need(COMPLETE_UNTIL)
    reading = asking.value(HORIZON, day)
    complete = not isinstance(complete_until, Absent) and day <= complete_until
    says = Words(
        en=f"all that could lengthen the term before {day} is known here",
        nl=f"alles wat de termijn vóór {day} kon verlengen, is hier bekend",
    )
    asking.note(Step(says, f"Wjsg 3(5), 4(2); {reading}", complete, (COMPLETE_UNTIL.name, HORIZON.name)))
    if complete:
        return Finding(Outcome.YES, Words(en=f"the term is over since {day}", nl=f"de termijn is sinds {day} voorbij"), term)
    blind = Words(
        en=f"the term seems over since {day}, and what comes late may still lengthen it: nothing is destroyed on this",
        nl=f"de termijn lijkt sinds {day} voorbij, en wat nog komt kan haar verlengen: hierop wordt niets vernietigd",
    )
    return Finding(Outcome.CANNOT_SAY, blind, term)
