"""`overtreding`: how long the entry of an overtreding is kept (Wjsg 6).

Five years from how it ended; ten with custody that is no substitute, with community service, or with a legal person's fine of the third
category or higher; two after death; at once by prescription. No later judgment lengthens it.
"""

from datetime import date

from hervat.law.offences import CLASS, DONE_FROM
from hervat.law.retention.calendar import NEVER, years_after
from hervat.law.retention.facts import (
    COMPLETE_UNTIL,
    DIED_ON,
    DISMISSAL,
    DISMISSED_ON,
    ENDED_BY,
    EXECUTED_ON,
    FINE_CATEGORY,
    FOREIGN,
    JUDGED_ON,
    LAPSED_ON,
    LEGAL_PERSON,
    SENTENCES,
    Ending,
    Known,
    Person,
)
from hervat.law.retention.term import NO_RULE, SHARED, End, Ends, Term, concluded, counted_from, ended_by_death, ended_by_prescription
from hervat.law.rule import Asking, Finding, Horizon, Parameter, Result, Rule, Step
from hervat.law.screening.facts import Offence
from hervat.law.value import TEXTS, WHOLE, Outcome, Words

YEARS = Parameter("years", WHOLE)
YEARS_LONGER = Parameter("years-longer", WHOLE)
AFTER_DEATH = Parameter("years-after-death", WHOLE)
LONGER_WITH = Parameter("longer-with", TEXTS)
FINE_FROM = Parameter("fine-from-category", WHOLE)

_UNKNOWN = Words(
    en="it turns on the fine, whether it was a legal person's and of which category",
    nl="het hangt af van de geldboete: of zij een rechtspersoon trof, en van welke categorie zij is",
)
_OTHER_CLASS = Words(en="it is a misdrijf, whose term is that of Wjsg 4", nl="het is een misdrijf; daarvoor geldt de termijn van Wjsg 4")


def _is_longer(asking: Asking, day: date) -> bool:
    """Whether custody or community service was imposed."""
    lengthening, kinds = asking.value(LONGER_WITH, day), asking.need(SENTENCES)
    longer = any(kind in lengthening for kind in kinds)
    asking.note(Step(asking.about(LONGER_WITH), asking.sources(LONGER_WITH), longer, (SENTENCES.name, LONGER_WITH.name)))
    return longer


def _is_heavy_fine(asking: Asking, day: date) -> bool:
    heavy = asking.need(LEGAL_PERSON) and asking.need(FINE_CATEGORY) >= asking.value(FINE_FROM, day)
    rests_on = (LEGAL_PERSON.name, *((FINE_CATEGORY.name, FINE_FROM.name) if asking.used.get(FINE_CATEGORY.name) else ()))
    asking.note(Step(asking.about(FINE_FROM), asking.sources(FINE_FROM) or "Wjsg art. 6(b)", heavy, rests_on))
    return heavy


def _own(asking: Asking, by: str, day: date) -> End:
    """Its own end. A fine is looked into only on the days on which it decides: no message tells yet whose it was and of which category."""
    short, long = (years_after(day, asking.value(years, day)) for years in (YEARS, YEARS_LONGER))
    if by == DISMISSAL:
        return End(short, short, Ends.TERM)
    if _is_longer(asking, day):
        return End(long, long, Ends.TERM)
    if "fine" not in asking.need(SENTENCES):
        return End(short, short, Ends.TERM)
    for bound in (short, long):
        asking.lasts_until(bound if asking.on < bound < NEVER else None)
    if short <= asking.on < long:
        only = long if _is_heavy_fine(asking, day) else short
        return End(only, only, Ends.TERM)
    return End(short, long, Ends.TERM)


def _version_1(asking: Asking) -> Finding[Term]:
    if asking.need(CLASS) != "overtreding":
        return Finding(Outcome.CANNOT_SAY, _OTHER_CLASS)
    by = asking.need(ENDED_BY)
    if by == FOREIGN:
        return Finding(Outcome.CANNOT_SAY, NO_RULE)
    start = counted_from(asking, by)
    end = End(NEVER, NEVER, Ends.TERM) if start is None else _own(asking, by, start)
    end = ended_by_death(asking, AFTER_DEATH, end)
    return concluded(asking, start, ended_by_prescription(asking, by, end), _UNKNOWN)


OVERTREDING = Rule[Term](
    name="retention.overtreding",
    package=__package__,
    file="overtreding.toml",
    dated_by=DONE_FROM,
    inputs=(
        *(CLASS, DONE_FROM, ENDED_BY, DISMISSED_ON, JUDGED_ON, EXECUTED_ON, LAPSED_ON),
        *(SENTENCES, LEGAL_PERSON, FINE_CATEGORY, DIED_ON, COMPLETE_UNTIL),
    ),
    parameters=(YEARS, YEARS_LONGER, AFTER_DEATH, LONGER_WITH, FINE_FROM, *SHARED),
    versions={1: _version_1},
)


def overtreding(
    offence: Offence, ending: Ending, person: Person, known: Known, *, on: date, horizon: Horizon | None = None
) -> Result[Term]:
    """Whether the term of an overtreding is over on the day of a decision, and the day on which it is due for destruction."""
    return OVERTREDING.apply({**offence.facts(), **ending.facts(), **person.facts(), **known.facts()}, on=on, horizon=horizon)
