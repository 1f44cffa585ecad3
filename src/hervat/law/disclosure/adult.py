"""`adult`: whether a conviction under the law for adults is in the limited set (Wjsg 10).

Four years from the day on which it became final; eight with custody that was executed or with community service, longer by that custody
and by half a year; and as long as the window of another such conviction runs. An overtreding only with custody or community service.
"""

from datetime import date

from hervat.case import Duration
from hervat.law.disclosure.conviction import (
    ADULT,
    ANNULLED,
    FINAL_ON,
    GIVEN_BY,
    GIVEN_ON,
    LAW,
    MISDRIJF_HERE,
    OTHERS_UNTIL,
    PROLONGED,
    SERVED,
    Conviction,
)
from hervat.law.disclosure.window import IN_SET, OVER, SHARED, Window, ending, excluded, no, within
from hervat.law.offences import CLASS
from hervat.law.retention.calendar import after, years_after
from hervat.law.retention.facts import SENTENCES
from hervat.law.rule import Asking, Finding, Horizon, Parameter, Result, Rule, Step
from hervat.law.value import TEXT, TEXTS, WHOLE, Absent, Outcome, Words

YEARS = Parameter("years", WHOLE)
YEARS_LONGER = Parameter("years-longer", WHOLE)
YEARS_OVERTREDING = Parameter("years-overtreding", WHOLE)
SERVICE_ADDS = Parameter("months-added-by-community-service", WHOLE)
CUSTODIAL = Parameter("custodial-kinds", TEXTS)
SERVICE = Parameter("community-service-kinds", TEXTS)
OTHERS = Parameter("reading-others", TEXT)


def _another(asking: Asking, day: date) -> Finding[Window] | None:
    """That the window of another such conviction runs, which keeps it in; None where none does."""
    until = _until(asking)
    asking.note(Step(OTHERS_UNTIL.words, asking.value(OTHERS, day), until is not None, (OTHERS_UNTIL.name, OTHERS.name)))
    asking.lasts_until(until)
    return None if until is None else Finding(Outcome.YES, IN_SET, Window(day, until))


def _until(asking: Asking) -> date | None:
    """Until when the window of another runs; None where none does."""
    others = asking.need(OTHERS_UNTIL)
    return others if isinstance(others, date) and asking.on < others else None


def _window(asking: Asking, day: date, kinds: tuple[str, ...]) -> Finding[Window] | None:
    """What its own window says; None where that is over, or where another keeps it in whether it is or not."""
    serves = any(kind in asking.value(SERVICE, day) for kind in kinds)
    served = asking.need(SERVED)
    overtreding = asking.need(CLASS) == "overtreding"
    longer = serves or isinstance(served, Duration)
    years = YEARS_OVERTREDING if overtreding else YEARS_LONGER if longer else YEARS
    end = years_after(day, asking.value(years, day))
    used = [CLASS.name, SENTENCES.name, SERVED.name, years.name]
    if isinstance(served, Duration):
        end = after(end, served)
    if serves:
        end = after(end, Duration(months=asking.value(SERVICE_ADDS, day)))
        used.append(SERVICE_ADDS.name)
    # What was prolonged may not be told: where another window keeps it in, nothing turns on that.
    if end <= asking.on and asking.tells(OTHERS_UNTIL) and _until(asking) is not None:
        asking.note(ending(asking, end, asking.sources(years), tuple(used)))
        return None
    return within(asking, end, asking.sources(years), tuple(used))


def _version_1(asking: Asking) -> Finding[Window]:
    out = excluded(asking, ADULT)
    if out is not None:
        return out
    final_on, kinds = asking.need(FINAL_ON), asking.need(SENTENCES)
    day = asking.on if isinstance(final_on, Absent) else final_on
    if not kinds:
        return no(Words(en="no penalty was imposed", nl="er is geen straf opgelegd"))
    if asking.need(CLASS) == "overtreding":
        counting = (*asking.value(CUSTODIAL, day), *asking.value(SERVICE, day))
        if not any(kind in counting for kind in kinds):
            light = Words(en="an overtreding without custody or community service", nl="een overtreding zonder vrijheidsstraf of taakstraf")
            return no(light)
    return _window(asking, day, kinds) or _another(asking, day) or no(OVER)


OF_ADULT = Rule[Window](
    name="disclosure.adult",
    package=__package__,
    file="adult.toml",
    dated_by=GIVEN_ON,
    inputs=(LAW, GIVEN_ON, FINAL_ON, ANNULLED, GIVEN_BY, MISDRIJF_HERE, CLASS, SENTENCES, SERVED, PROLONGED, OTHERS_UNTIL),
    parameters=(YEARS, YEARS_LONGER, YEARS_OVERTREDING, SERVICE_ADDS, CUSTODIAL, SERVICE, OTHERS, *SHARED),
    versions={1: _version_1},
)


def adult(conviction: Conviction, *, on: date, horizon: Horizon | None = None) -> Result[Window]:
    """Whether a conviction of an adult is in the limited set on the day of a decision, and until when."""
    return OF_ADULT.apply(conviction.facts(), on=on, horizon=horizon)
