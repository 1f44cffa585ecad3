"""`risk`: whether vulnerable people are concerned in what a certificate is asked for.

It is all of the risk that an application tells. A purpose of which no list says it is cannot be said of, and whoever goes by this takes
it for one in which they are: `may_concern_vulnerable`.
"""

from datetime import date

from hervat.law.certificates.facts import APPLIED_ON, ASKED_FOR, Application
from hervat.law.certificates.purposes import PURPOSES
from hervat.law.rule import Asking, Finding, Horizon, Parameter, Result, Rule, Step
from hervat.law.value import Outcome, Words

CONCERNED = Parameter("vulnerable-people-concerned", PURPOSES)
NOT_CONCERNED = Parameter("no-vulnerable-people-concerned", PURPOSES)


def _version_1(asking: Asking) -> Finding[None]:
    applied_on, purposes = asking.need(APPLIED_ON), asking.need(ASKED_FOR)
    concerned = [one.told for one in purposes if one in asking.value(CONCERNED, applied_on)]
    if concerned:
        names = ", ".join(concerned)
        says = Words(en=f"vulnerable people are concerned: {names}", nl=f"het gaat om kwetsbare personen: {names}")
        asking.note(Step(says, "Wjsg 35(1)", True, (ASKED_FOR.name, CONCERNED.name)))
        return Finding(Outcome.YES, says)
    open_ones = [one.told for one in purposes if one not in asking.value(NOT_CONCERNED, applied_on)]
    if open_ones or not purposes:
        names = ", ".join(open_ones) or "-"
        return Finding(Outcome.CANNOT_SAY, Words(
            en=f"no list says whether vulnerable people are concerned: {names}",
            nl=f"geen lijst zegt of het om kwetsbare personen gaat: {names}",
        ))
    return Finding(Outcome.NO, Words(en="no vulnerable people are concerned", nl="het gaat niet om kwetsbare personen"))


RISK = Rule[None](
    name="certificate.risk",
    package=__package__,
    file="risk.toml",
    dated_by=APPLIED_ON,
    inputs=(APPLIED_ON, ASKED_FOR),
    parameters=(CONCERNED, NOT_CONCERNED),
    versions={1: _version_1},
    recurs=True,
)


def risk(application: Application, *, on: date, horizon: Horizon | None = None) -> Result[None]:
    """Whether vulnerable people are concerned in an application: yes, no, or it cannot be said."""
    return RISK.apply(application.facts(), on=on, horizon=horizon)


def may_concern_vulnerable(result: Result[None]) -> bool:
    """Whether an application is to be taken for one in which they are concerned: what cannot be said is."""
    return result.outcome is not Outcome.NO
