"""`youth`: whether a conviction under the law for youth is in the limited set (Wjsg 12).

Of a misdrijf done from sixteen on: with youth detention, a fine above a bound, community service above a bound, a placement (PIJ) or a
penalty order; not where all of it was conditional. Two years from the day on which it became final, four with detention or placement,
longer by the detention, and as long as a placement has not ended.
"""

from datetime import date

from hervat.case import Duration
from hervat.law.disclosure.conviction import (
    AGE,
    ALL_CONDITIONAL,
    ANNULLED,
    FINAL_ON,
    FINE_CENTS,
    GIVEN_BY,
    GIVEN_ON,
    HOURS,
    LAW,
    MISDRIJF_HERE,
    PENALTY_ORDER,
    PLACEMENT_ENDED,
    PROLONGED,
    SERVED,
    YOUTH,
    Conviction,
)
from hervat.law.disclosure.window import IN_SET, OVER, SHARED, Window, excluded, no, within
from hervat.law.offences import CLASS
from hervat.law.retention.calendar import after, years_after
from hervat.law.retention.facts import SENTENCES
from hervat.law.rule import Asking, Finding, Horizon, Parameter, Result, Rule, Step
from hervat.law.value import WHOLE, Absent, Outcome, Words

YEARS = Parameter("years", WHOLE)
YEARS_LONGER = Parameter("years-longer", WHOLE)
AGE_FROM = Parameter("age-from", WHOLE)
FINE_ABOVE = Parameter("fine-above-cents", WHOLE)
HOURS_ABOVE = Parameter("community-service-above-hours", WHOLE)
DETENTION, PLACEMENT, FINE, SERVICE = "youth-detention", "youth-placement", "fine", "community-service"


def _counts(asking: Asking, day: date, kinds: tuple[str, ...]) -> bool:
    """Whether what was imposed is heavy enough; what can no longer decide is not asked."""
    if DETENTION in kinds or PLACEMENT in kinds or asking.need(GIVEN_BY) == PENALTY_ORDER:
        return True
    for kind, amount, bound in ((FINE, FINE_CENTS, FINE_ABOVE), (SERVICE, HOURS, HOURS_ABOVE)):
        if kind not in kinds:
            continue
        above = asking.need(amount) > asking.value(bound, day)
        asking.note(Step(asking.about(bound), asking.sources(bound), above, (SENTENCES.name, amount.name, bound.name)))
        if above:
            return True
    return False


def _out(asking: Asking, day: date) -> Finding[Window] | None:
    """What keeps it out by age, class or what was imposed."""
    young = asking.need(AGE) < asking.value(AGE_FROM, day)
    asking.note(Step(asking.about(AGE_FROM), asking.sources(AGE_FROM), not young, (AGE.name, AGE_FROM.name)))
    if young:
        return no(Words(en="too young when it was done", nl="te jong toen het werd begaan"))
    if asking.need(CLASS) != "misdrijf":
        return no(Words(en="it is no misdrijf", nl="het is geen misdrijf"))
    if not _counts(asking, day, asking.need(SENTENCES)):
        return no(Words(en="what was imposed is too light", nl="wat is opgelegd, is te licht"))
    if asking.need(ALL_CONDITIONAL):
        return no(Words(en="all of it was conditional and never executed", nl="alles was voorwaardelijk, en nooit ten uitvoer gelegd"))
    return None


def _version_1(asking: Asking) -> Finding[Window]:
    out = excluded(asking, YOUTH)
    if out is not None:
        return out
    final_on = asking.need(FINAL_ON)
    day = asking.on if isinstance(final_on, Absent) else final_on
    out = _out(asking, day)
    if out is not None:
        return out
    kinds = asking.need(SENTENCES)
    years = YEARS_LONGER if DETENTION in kinds or PLACEMENT in kinds else YEARS
    end = years_after(day, asking.value(years, day))
    if PLACEMENT in kinds and not asking.need(PLACEMENT_ENDED):
        asking.note(Step(PLACEMENT_ENDED.words, asking.sources(years), False, (PLACEMENT_ENDED.name, years.name)))
        return Finding(Outcome.YES, IN_SET, Window(day, None))
    served = asking.need(SERVED) if DETENTION in kinds else None
    if isinstance(served, Duration):
        end = after(end, served)
    return within(asking, end, asking.sources(years), (SENTENCES.name, years.name)) or no(OVER)


OF_YOUTH = Rule[Window](
    name="disclosure.youth",
    package=__package__,
    file="youth.toml",
    dated_by=GIVEN_ON,
    inputs=(
        *(LAW, GIVEN_ON, FINAL_ON, ANNULLED, GIVEN_BY, MISDRIJF_HERE, AGE, CLASS, SENTENCES),
        *(FINE_CENTS, HOURS, ALL_CONDITIONAL, PLACEMENT_ENDED, SERVED, PROLONGED),
    ),
    parameters=(YEARS, YEARS_LONGER, AGE_FROM, FINE_ABOVE, HOURS_ABOVE, *SHARED),
    versions={1: _version_1},
)


def youth(conviction: Conviction, *, on: date, horizon: Horizon | None = None) -> Result[Window]:
    """Whether a conviction under the law for youth is in the limited set on the day of a decision, and until when."""
    return OF_YOUTH.apply(conviction.facts(), on=on, horizon=horizon)
