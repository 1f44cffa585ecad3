"""`severity`: which change comes first when many must be looked at.

Sex offences first, then serious violence, then what cannot be told apart yet, then other misdrijven, then overtredingen; within each
childcare before taxi, and who is there now before who left, the last to leave first. Which articles are sex offences follows from the day
on which it was done, for they were given other numbers on 1 July 2024. What is in no list is to be assessed: it never counts as harmless.

The order is one of working, not of law: nothing is left out by it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hervat.law.articles import ARTICLES, Article, article
from hervat.law.offences import (
    ARTICLE,
    CLASS,
    DONE_FROM,
    DONE_TO,
    ECRIS,
    ECRIS_NOT_SEXUAL,
    ECRIS_SEXUAL,
    EXPLOITATION,
    FORCED,
    MAXIMUM,
    SERIOUS_MONTHS,
    SEXUAL,
    SEXUAL_TOO,
    VIOLENT,
    Done,
    serious,
    sexual,
)
from hervat.law.rule import Asking, Finding, Horizon, Parameter, Result, Rule
from hervat.law.screening.facts import CATEGORY, ENROLLED_UNTIL, SECTOR, SECTORS, Enrolment, Offence
from hervat.law.value import TEXTS, Absent, Outcome, Words


class Weight(StrEnum):
    """How heavy a change is, heaviest first."""

    SEXUAL = "sexual"
    SERIOUS_VIOLENCE = "serious-violence"
    ASSESS = "assess"
    OTHER = "other"
    OVERTREDING = "overtreding"


@dataclass(frozen=True, slots=True)
class Severity:
    """The weight, and a rank: of two changes the one with the lower rank comes first. Its numbers are the weight, the sector, and how long
    ago the person left, each 0 for what comes first; what is not told counts as what comes first.
    """

    weight: Weight
    rank: tuple[int, int, int]


KNOWN_OTHER = Parameter("other-articles", ARTICLES)
ECRIS_OTHER = Parameter("ecris-other", TEXTS)

_WEIGHED = {
    Weight.SEXUAL: Words(en="a sex offence", nl="een zedenmisdrijf"),
    Weight.SERIOUS_VIOLENCE: Words(en="serious violence", nl="een ernstig geweldsmisdrijf"),
    Weight.ASSESS: Words(en="it cannot be told apart here: a person assesses it", nl="hier niet te onderscheiden: een mens beoordeelt het"),
    Weight.OTHER: Words(en="another misdrijf", nl="een ander misdrijf"),
    Weight.OVERTREDING: Words(en="an overtreding", nl="een overtreding"),
}


def _weight(asking: Asking) -> Weight:
    category = asking.read(CATEGORY)
    if isinstance(category, str):
        return Weight(category)
    first, last = asking.read(DONE_FROM), asking.read(DONE_TO)
    named, code = asking.read(ARTICLE), asking.read(ECRIS)
    if category is None or first is None or last is None or last < first:
        return Weight.ASSESS
    done = Done(asking, first, last)
    if isinstance(code, str) and done.coded(code, ECRIS_SEXUAL) is not False:
        return Weight.SEXUAL
    if named is None or code is None:
        return Weight.ASSESS
    if isinstance(named, str):
        one = article(named)
        return Weight.ASSESS if one is None else _weight_of_article(done, one, code)
    return Weight.OTHER if isinstance(code, str) and done.coded(code, ECRIS_OTHER) else Weight.ASSESS


def _weight_of_article(done: Done, one: Article, code: str | Absent) -> Weight:
    """The first of these questions that is not answered no decides; what is in no list is to be assessed."""
    questions: tuple[tuple[Callable[[], bool | None], Weight], ...] = (
        (lambda: sexual(done, one, code), Weight.SEXUAL),
        (lambda: serious(done, one), Weight.SERIOUS_VIOLENCE),
        (lambda: _overtreding(done.asking), Weight.OVERTREDING),
        (lambda: done.among(one, VIOLENT), Weight.OTHER),
        (lambda: done.among(one, KNOWN_OTHER), Weight.OTHER),
    )
    for question, weight in questions:
        holds = question()
        if holds is not False:
            return weight if holds else Weight.ASSESS
    return Weight.ASSESS


def _overtreding(asking: Asking) -> bool | None:
    told = asking.read(CLASS)
    return None if told is None else told == "overtreding"


def _presence(asking: Asking) -> int:
    """0 for who is there or is not known to have left; else the larger, the longer ago that was."""
    until = asking.read(ENROLLED_UNTIL)
    if until is None or isinstance(until, Absent):
        return 0
    if asking.on < until:
        asking.lasts_until(until)
        return 0
    return 1 + date.max.toordinal() - until.toordinal()


def _version_1(asking: Asking) -> Finding[Severity]:
    weight = _weight(asking)
    sector = asking.read(SECTOR)
    rank = (tuple(Weight).index(weight), 0 if sector is None else SECTORS.index(sector), _presence(asking))
    heavy = {Weight.ASSESS: Outcome.CANNOT_SAY, Weight.SEXUAL: Outcome.YES, Weight.SERIOUS_VIOLENCE: Outcome.YES}
    return Finding(heavy.get(weight, Outcome.NO), _WEIGHED[weight], Severity(weight, rank))


SEVERITY = Rule[Severity](
    name="screening.severity",
    package=__package__,
    file="ranking.toml",
    dated_by=DONE_FROM,
    inputs=(CATEGORY, ARTICLE, CLASS, MAXIMUM, ECRIS, DONE_FROM, DONE_TO, FORCED, SECTOR, ENROLLED_UNTIL),
    parameters=(
        *(SEXUAL, SEXUAL_TOO, EXPLOITATION, VIOLENT, KNOWN_OTHER),
        *(SERIOUS_MONTHS, ECRIS_SEXUAL, ECRIS_NOT_SEXUAL, ECRIS_OTHER),
    ),
    versions={1: _version_1},
)


def severity(offence: Offence, enrolment: Enrolment, *, on: date, horizon: Horizon | None = None) -> Result[Severity]:
    """How soon a change must be looked at: yes for a sex offence or serious violence, cannot-say for what must be assessed."""
    return SEVERITY.apply({**offence.facts(), **enrolment.facts()}, on=on, horizon=horizon)
