"""`misdrijf`: how long the entry of a misdrijf is kept (Wjsg 4).

By the statutory maximum 30 or 20 years from how it ended; 50 with custody of more than 20 years; 80 for life, for a measure of more than 40
years, and for sex offences, whose articles follow from the days of the offence. A later judged misdrijf of the same person lengthens a term
that runs: by 30 or 20 years from that judgment, by its own maximum. Death and prescription end it sooner.
"""

from dataclasses import dataclass
from datetime import date

from hervat.case import Duration
from hervat.law.articles import ARTICLES, article
from hervat.law.offences import ARTICLE, CLASS, DONE_FROM, DONE_TO, MAXIMUM
from hervat.law.retention.calendar import NEVER, is_longer, is_shorter, years_after
from hervat.law.retention.facts import (
    COMPLETE_UNTIL,
    CUSTODY,
    DIED_ON,
    DISMISSED_ON,
    ENDED_BY,
    EXECUTED_ON,
    FOREIGN,
    JUDGED_LATER,
    JUDGED_ON,
    JUDGMENT,
    LAPSED_ON,
    Ending,
    Known,
    Later,
    Person,
)
from hervat.law.retention.term import (
    NO_RULE,
    SHARED,
    End,
    Ends,
    Term,
    concluded,
    counted_from,
    ended_by_death,
    ended_by_prescription,
)
from hervat.law.rule import Asking, Finding, Horizon, Parameter, Result, Rule, Step
from hervat.law.screening.facts import Offence
from hervat.law.value import TEXT, WHOLE, Outcome, Words

HEAVY = Parameter("heavy-from-years", WHOLE)
TERM_OF_HEAVY = Parameter("years-heavy", WHOLE)
TERM_OF_OTHER = Parameter("years-other", WHOLE)
HEAVY_AFTER_DEATH = Parameter("years-heavy-after-death", WHOLE)
OTHER_AFTER_DEATH = Parameter("years-other-after-death", WHOLE)
HEAVY_LATER = Parameter("years-after-later-heavy", WHOLE)
OTHER_LATER = Parameter("years-after-later-other", WHOLE)
LONG_CUSTODY = Parameter("long-custody-above-years", WHOLE)
LONG_CUSTODY_ADDS = Parameter("years-added-by-long-custody", WHOLE)
LONGEST_CUSTODY = Parameter("longest-custody-above-years", WHOLE)
TERM_OF_LONGEST = Parameter("years-longest-custody", WHOLE)
SEXUAL = Parameter("sexual-articles", ARTICLES)
TERM_OF_SEXUAL = Parameter("years-sexual", WHOLE)
START_OF_EIGHTY = Parameter("reading-start-of-eighty", TEXT)
RUNNING = Parameter("reading-later-lengthens", TEXT)
DEATH_OF_LENGTHENED = Parameter("reading-death-after-lengthening", TEXT)

_UNKNOWN = Words(
    en="it turns on what is not told: whether the article is one of the sex offences, or the maximum of a later misdrijf",
    nl="het hangt af van wat niet bekend is: of het artikel een zedenmisdrijf is, of het strafmaximum van een later misdrijf",
)
_OTHER_CLASS = Words(
    en="it is an overtreding, whose term is that of Wjsg 6", nl="het is een overtreding; daarvoor geldt de termijn van Wjsg 6"
)
_BACKWARDS = Words(en="the offence ends before it begins", nl="het feit eindigt voordat het begint")


@dataclass(frozen=True, slots=True)
class _Own:
    """Its own term in years, the shortest and the longest it can be, and whether it is longer than Wjsg 4(1) makes it."""

    shortest: int
    longest: int
    lengthened: bool


def _noted(asking: Asking, years: Parameter[int], day: date, holds: bool | None, *rests_on: str) -> int:
    """A term in years, with a step that says it."""
    found, about = asking.value(years, day), asking.about(years)
    says = Words(en=f"{about.en}: {found} years", nl=f"{about.nl}: {found} jaar")
    asking.note(Step(says, asking.sources(years), holds, (*rests_on, years.name)))
    return found


def _is_sexual(asking: Asking, first: date, last: date) -> bool | None:
    """Whether the article is a sex offence; None where it cannot be read, or where that differs between the days of the offence."""
    named = asking.need(ARTICLE)
    one = article(named) if isinstance(named, str) else None
    listed = asking.value_between(SEXUAL, first, last)
    answers = {one in articles for articles in listed} if one is not None else set()
    holds = answers.pop() if len(answers) == 1 else None
    asking.note(Step(asking.about(SEXUAL), asking.sources(SEXUAL), holds, (ARTICLE.name, DONE_FROM.name, DONE_TO.name, SEXUAL.name)))
    return holds


def _is_heavy(asking: Asking, maximum: Duration, day: date) -> bool:
    return not is_shorter(maximum, asking.value(HEAVY, day), day)


def _by_maximum(asking: Asking, by: str, day: date) -> _Own:
    """The term by the statutory maximum, and by the custody that a court imposed."""
    custody = asking.need(CUSTODY) if by == JUDGMENT else None
    if isinstance(custody, Duration) and is_longer(custody, asking.value(LONGEST_CUSTODY, day), day):
        asking.value(START_OF_EIGHTY, day)
        years = _noted(asking, TERM_OF_LONGEST, day, True, CUSTODY.name, LONGEST_CUSTODY.name, START_OF_EIGHTY.name)
        return _Own(years, years, True)
    heavy = _is_heavy(asking, asking.need(MAXIMUM), day)
    years = _noted(asking, TERM_OF_HEAVY if heavy else TERM_OF_OTHER, day, True, MAXIMUM.name, HEAVY.name)
    if heavy and isinstance(custody, Duration) and is_longer(custody, asking.value(LONG_CUSTODY, day), day):
        years += _noted(asking, LONG_CUSTODY_ADDS, day, True, CUSTODY.name, LONG_CUSTODY.name)
        return _Own(years, years, True)
    return _Own(years, years, False)


def _own(asking: Asking, by: str, day: date) -> _Own:
    first, last = asking.need(DONE_FROM), asking.need(DONE_TO)
    sexual = _is_sexual(asking, first, last)
    if sexual is False:
        return _by_maximum(asking, by, day)
    asking.value(START_OF_EIGHTY, day)
    years = _noted(asking, TERM_OF_SEXUAL, day, sexual, ARTICLE.name, START_OF_EIGHTY.name)
    if sexual:
        return _Own(years, years, True)
    other = _by_maximum(asking, by, day)
    return _Own(min(other.shortest, years), max(other.longest, years), True)


def _lengthened(asking: Asking, start: date, end: date, later: tuple[Later, ...], *, unknown: Parameter[int]) -> date:
    """The end after each later judgment that falls in the running term, in the order of their days; `unknown`: for what has no maximum."""
    for one in sorted(later, key=lambda one: one.judged_on):
        if not start < one.judged_on < end:
            continue
        heavy = None if one.maximum is None else _is_heavy(asking, one.maximum, one.judged_on)
        years = unknown if heavy is None else HEAVY_LATER if heavy else OTHER_LATER
        end = max(end, years_after(one.judged_on, asking.value(years, one.judged_on)))
    return end


def _after_later(asking: Asking, start: date, own: _Own) -> End:
    """The term counted out, lengthened by what was judged later."""
    shortest, longest = years_after(start, own.shortest), years_after(start, own.longest)
    later = asking.need(JUDGED_LATER)
    earliest = _lengthened(asking, start, shortest, later, unknown=OTHER_LATER)
    latest = _lengthened(asking, start, longest, later, unknown=HEAVY_LATER)
    by = Ends.TERM
    if (earliest, latest) != (shortest, longest):
        by = Ends.LATER_JUDGMENT
        reading = asking.value(RUNNING, start)
        says = Words(
            en=f"a later judgment lengthens the term to {_days(earliest, latest, 'or')}",
            nl=f"een latere uitspraak verlengt de termijn tot {_days(earliest, latest, 'of')}",
        )
        used = [one.name for one in (HEAVY_LATER, OTHER_LATER) if asking.sources(one)]
        sources = "; ".join(dict.fromkeys(asking.sources(one) for one in (HEAVY_LATER, OTHER_LATER) if asking.sources(one)))
        asking.note(Step(says, f"{sources}; {reading}", True, (JUDGED_LATER.name, *used, RUNNING.name)))
    return End(earliest, latest, by)


def _days(earliest: date, latest: date, between: str) -> str:
    return f"{earliest}" if earliest == latest else f"{earliest} {between} {latest}"


def _after_death(asking: Asking, end: End, day: date, lengthened: bool) -> End:
    heavy = _is_heavy(asking, asking.need(MAXIMUM), day)
    sooner = ended_by_death(asking, HEAVY_AFTER_DEATH if heavy else OTHER_AFTER_DEATH, end)
    if lengthened and sooner != end:
        asking.value(DEATH_OF_LENGTHENED, day)
    return sooner


def _version_1(asking: Asking) -> Finding[Term]:
    if asking.need(CLASS) != "misdrijf":
        return Finding(Outcome.CANNOT_SAY, _OTHER_CLASS)
    by = asking.need(ENDED_BY)
    if by == FOREIGN:
        return Finding(Outcome.CANNOT_SAY, NO_RULE)
    first = asking.need(DONE_FROM)
    if asking.need(DONE_TO) < first:
        return Finding(Outcome.CANNOT_SAY, _BACKWARDS)
    start = counted_from(asking, by)
    end, lengthened = End(NEVER, NEVER, Ends.TERM), False
    if start is not None:
        own = _own(asking, by, start)
        end = _after_later(asking, start, own)
        lengthened = own.lengthened or end.by is Ends.LATER_JUDGMENT
    if isinstance(asking.need(DIED_ON), date):
        end = _after_death(asking, end, start or first, lengthened)
    return concluded(asking, start, ended_by_prescription(asking, by, end), _UNKNOWN)


MISDRIJF = Rule[Term](
    name="retention.misdrijf",
    package=__package__,
    file="misdrijf.toml",
    dated_by=DONE_FROM,
    inputs=(
        *(CLASS, ARTICLE, DONE_FROM, DONE_TO, MAXIMUM, ENDED_BY, DISMISSED_ON, JUDGED_ON, EXECUTED_ON, LAPSED_ON),
        *(CUSTODY, DIED_ON, JUDGED_LATER, COMPLETE_UNTIL),
    ),
    parameters=(
        *(HEAVY, TERM_OF_HEAVY, TERM_OF_OTHER, HEAVY_AFTER_DEATH, OTHER_AFTER_DEATH, HEAVY_LATER, OTHER_LATER),
        *(LONG_CUSTODY, LONG_CUSTODY_ADDS, LONGEST_CUSTODY, TERM_OF_LONGEST, SEXUAL, TERM_OF_SEXUAL),
        *(START_OF_EIGHTY, RUNNING, DEATH_OF_LENGTHENED, *SHARED),
    ),
    versions={1: _version_1},
)


def misdrijf(
    offence: Offence, ending: Ending, person: Person, known: Known, *, on: date, horizon: Horizon | None = None
) -> Result[Term]:
    """Whether the term of a misdrijf is over on the day of a decision, and the day on which it is due for destruction."""
    return MISDRIJF.apply({**offence.facts(), **ending.facts(), **person.facts(), **known.facts()}, on=on, horizon=horizon)
