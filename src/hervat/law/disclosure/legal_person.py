"""`legal_person`: whether what a legal person was fined for is in the limited set (Wjsg 11).

An overtreding with a fine of the third category or higher: four years from the day on which it became final, eight where the fine was
imposed without condition or executed later. What holds for a misdrijf of a legal person was not read: a person looks at it.
"""

from datetime import date

from hervat.law.disclosure.conviction import (
    ANNULLED,
    FINAL_ON,
    FINE_EXECUTED,
    GIVEN_BY,
    GIVEN_ON,
    LAW,
    LEGAL_PERSON,
    MISDRIJF_HERE,
    PROLONGED,
    Conviction,
)
from hervat.law.disclosure.window import OVER, SHARED, Window, excluded, no, within
from hervat.law.offences import CLASS
from hervat.law.retention.calendar import years_after
from hervat.law.retention.facts import FINE_CATEGORY
from hervat.law.rule import Asking, Finding, Horizon, Parameter, Result, Rule, Step
from hervat.law.value import WHOLE, Absent, Outcome, Words

YEARS = Parameter("years", WHOLE)
YEARS_LONGER = Parameter("years-longer", WHOLE)
FINE_FROM = Parameter("fine-from-category", WHOLE)

_MISDRIJF = Words(
    en="there is no rule here for a misdrijf of a legal person", nl="er is hier geen regel voor een misdrijf van een rechtspersoon"
)


def _version_1(asking: Asking) -> Finding[Window]:
    out = excluded(asking, LEGAL_PERSON)
    if out is not None:
        return out
    if asking.need(CLASS) == "misdrijf":
        return Finding(Outcome.CANNOT_SAY, _MISDRIJF)
    final_on = asking.need(FINAL_ON)
    day = asking.on if isinstance(final_on, Absent) else final_on
    counts = asking.need(FINE_CATEGORY) >= asking.value(FINE_FROM, day)
    asking.note(Step(asking.about(FINE_FROM), asking.sources(FINE_FROM), counts, (FINE_CATEGORY.name, FINE_FROM.name)))
    if not counts:
        return no(Words(en="the fine is of a lower category", nl="de geldboete is van een lagere categorie"))
    years = YEARS_LONGER if asking.need(FINE_EXECUTED) else YEARS
    end = years_after(day, asking.value(years, day))
    return within(asking, end, asking.sources(years), (FINE_EXECUTED.name, years.name)) or no(OVER)


OF_LEGAL_PERSON = Rule[Window](
    name="disclosure.legal-person",
    package=__package__,
    file="legal_person.toml",
    dated_by=GIVEN_ON,
    inputs=(LAW, GIVEN_ON, FINAL_ON, ANNULLED, GIVEN_BY, MISDRIJF_HERE, CLASS, FINE_CATEGORY, FINE_EXECUTED, PROLONGED),
    parameters=(YEARS, YEARS_LONGER, FINE_FROM, *SHARED),
    versions={1: _version_1},
)


def legal_person(conviction: Conviction, *, on: date, horizon: Horizon | None = None) -> Result[Window]:
    """Whether a conviction of a legal person is in the limited set on the day of a decision, and until when."""
    return OF_LEGAL_PERSON.apply(conviction.facts(), on=on, horizon=horizon)
