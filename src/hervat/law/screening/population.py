"""`concerns`: whether a change in somebody's documentation concerns an enrolment, and what may follow.

The population on the day of the change, and the population on the day of the decision, make four cases: in-in, in-out, out-in, out-out.
A change of before the enrolment that was known here before it began was there to be weighed for the certificate; one that became known
later was not, and concerns the enrolment as if it were new.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hervat.law.rule import Asking, Finding, Horizon, Parameter, Result, Rule, Step
from hervat.law.screening.facts import CHANGED_ON, ENROLLED_FROM, ENROLLED_UNTIL, KNOWN_ON, SECTOR, SECTORS, Change, Enrolment
from hervat.law.value import TEXT, Absent, Certainty, Outcome, Sort, Words


class Case(StrEnum):
    """In the population on the day of the change, and on the day of the decision."""

    IN_IN = "in-in"
    IN_OUT = "in-out"
    OUT_IN = "out-in"
    OUT_OUT = "out-out"


class Follow(StrEnum):
    """What may follow: it goes to Justis; only the deciding authority may see it; nobody may be told."""

    DELIVER = "deliver"
    AUTHORITY = "authority"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that may lawfully be done: in which sector (None: in each), what, by which article, and how certain that is."""

    sector: str | None
    what: Words
    article: str
    certainty: Certainty
    source: str


@dataclass(frozen=True, slots=True)
class Concern:
    """The case, whether the certificate covered the change (None where it makes no difference), what may follow, and the lawful options."""

    case: Case
    covered: bool | None
    follow: Follow
    options: tuple[Option, ...]


_KEYS = {"what", "article", "certainty", "source"}


def _option(given: Any) -> Option:
    if not isinstance(given, dict) or not _KEYS <= given.keys() <= {*_KEYS, "sector"}:
        raise ValueError("an option has what, article, certainty, source, and it may have sector")
    what = given["what"]
    if not isinstance(what, dict) or what.keys() != {"en", "nl"}:
        raise ValueError("an option says what in en and nl")
    sector = given.get("sector")
    if sector not in (None, *SECTORS):
        raise ValueError(f"the sector of an option is one of {', '.join(SECTORS)}")
    words = Words(en=TEXT.read(what["en"]), nl=TEXT.read(what["nl"]))
    return Option(sector, words, TEXT.read(given["article"]), Certainty(given["certainty"]), TEXT.read(given["source"]))


def _options(given: Any) -> tuple[Option, ...]:
    if not isinstance(given, list) or not given:
        raise ValueError("one or more options are wanted")
    return tuple(map(_option, given))


OPTIONS: Sort[tuple[Option, ...]] = Sort("lawful options", list, _options)
GROUND = {sector: Parameter(f"ground-{sector}", TEXT) for sector in SECTORS}
NO_GROUND = "none"
MAY_FOLLOW = {follow: Parameter(f"may-follow-{follow}", OPTIONS) for follow in Follow}
COVERED = Parameter("certificate-covers", TEXT)

_SAYS = {
    Follow.DELIVER: Words(
        en="the change goes to Justis, where a person judges it",
        nl="de wijziging gaat naar Justis, waar een mens haar beoordeelt",
    ),
    Follow.AUTHORITY: Words(
        en="no signal: only the authority that decides on a certificate may see it",
        nl="geen signaal: alleen wie over een verklaring beslist, mag haar zien",
    ),
    Follow.NOBODY: Words(en="no signal: nobody may be told", nl="geen signaal: niemand mag worden ingelicht"),
}


def _presence(asking: Asking, article: str, day: date, words: Words) -> bool:
    """Whether the person is in the population on a day. The end is asked for only where it can make a difference."""
    first = asking.need(ENROLLED_FROM)
    present = first <= day and (isinstance(until := asking.need(ENROLLED_UNTIL), Absent) or day < until)
    said = Words(en=f"in the population {words.en}, {day}", nl=f"in de populatie {words.nl}, {day}")
    asking.note(Step(said, article, present, (ENROLLED_FROM.name, *((ENROLLED_UNTIL.name,) if first <= day else ()))))
    return present


def _next(asking: Asking) -> date | None:
    """The day on which the person comes into the population, or leaves it."""
    first = asking.need(ENROLLED_FROM)
    if asking.on < first:
        return first
    until = asking.need(ENROLLED_UNTIL)
    return until if not isinstance(until, Absent) and asking.on < until else None


def _covered(asking: Asking, changed_on: date) -> bool:
    known_on, first = asking.need(KNOWN_ON), asking.need(ENROLLED_FROM)
    article = asking.value(COVERED, changed_on)
    covered = known_on < first
    says = Words(
        en="it was known here before the enrolment began, for the certificate to weigh",
        nl="hij was hier bekend voordat de inschrijving begon, en kon voor de verklaring worden gewogen",
    )
    asking.note(Step(says, article, covered, (KNOWN_ON.name, ENROLLED_FROM.name, COVERED.name)))
    return covered


def _version_1(asking: Asking) -> Finding[Concern]:
    changed_on = asking.need(CHANGED_ON)
    if changed_on > asking.on:
        says = Words(en="the change lies after the day of the decision", nl="de wijziging ligt na de dag van de beslissing")
        asking.lasts_until(changed_on)
        return Finding(Outcome.CANNOT_SAY, says)
    ground = GROUND[asking.need(SECTOR)]
    article = asking.value(ground, changed_on)
    if article == NO_GROUND:
        says = Words(en="there is no continuous screening in this sector then", nl="er is in deze sector dan geen continue screening")
        asking.note(Step(says, asking.sources(ground), True, (SECTOR.name, ground.name)))
        return Finding(Outcome.NO, says)
    then = _presence(asking, article, changed_on, Words(en="on the day of the change", nl="op de dag van de wijziging"))
    now = _presence(asking, article, asking.on, Words(en="on the day of the decision", nl="op de dag van de beslissing"))
    asking.lasts_until(_next(asking))
    case = Case(f"{'in' if then else 'out'}-{'in' if now else 'out'}")
    covered = _covered(asking, changed_on) if case is Case.OUT_IN else None
    follow = _follow(case, covered)
    options = MAY_FOLLOW[follow]
    lawful = tuple(one for one in asking.value(options, changed_on) if one.sector in (None, asking.need(SECTOR)))
    asking.note(Step(Words(en=f"the case is {case}", nl=f"het geval is {case}"), article, True, (SECTOR.name, ground.name, options.name)))
    outcome = Outcome.YES if follow is Follow.DELIVER else Outcome.NO
    return Finding(outcome, _SAYS[follow], Concern(case, covered, follow, lawful))


def _follow(case: Case, covered: bool | None) -> Follow:
    match case:
        case Case.IN_IN:
            return Follow.DELIVER
        case Case.OUT_IN:
            return Follow.NOBODY if covered else Follow.DELIVER
        case Case.IN_OUT:
            return Follow.AUTHORITY
        case Case.OUT_OUT:
            return Follow.NOBODY


CONCERNS = Rule[Concern](
    name="screening.concerns",
    package=__package__,
    file="population.toml",
    dated_by=CHANGED_ON,
    inputs=(SECTOR, ENROLLED_FROM, ENROLLED_UNTIL, CHANGED_ON, KNOWN_ON),
    parameters=(*GROUND.values(), *MAY_FOLLOW.values(), COVERED),
    versions={1: _version_1},
)


def concerns(enrolment: Enrolment, change: Change, *, on: date, horizon: Horizon | None = None) -> Result[Concern]:
    """Whether a change concerns an enrolment, in a decision on a day: yes where it goes to Justis as a signal."""
    return CONCERNS.apply({**enrolment.facts(), **change.facts()}, on=on, horizon=horizon)
