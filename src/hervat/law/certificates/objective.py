"""`objective`: whether one entry counts against the purpose of an application.

It counts not at all by how it ended; or not any more, outside the window of its group; or not for this purpose. Otherwise it
counts, or, where no table says what it is for this purpose, a person assesses it.
"""

from datetime import date

from hervat.law.certificates.answers import Answer
from hervat.law.certificates.facts import (
    ASKED_FOR,
    CODE,
    DECIDED_ON,
    FINAL,
    GROUP,
    LOOKBACK_ANSWER,
    OUTCOME,
    Application,
    Entry,
    Weighed,
    Windows,
)
from hervat.law.certificates.purposes import MATRIX, Group, Relevance, relevance
from hervat.law.offences import DONE_TO
from hervat.law.rule import Asking, Finding, Horizon, Parameter, Result, Rule, Step, told
from hervat.law.value import TEXTS, Absent, Outcome, Words, choice

NEVER = Parameter("never-counts", TEXTS)
TECHNICAL = Parameter("technical-dismissals", TEXTS)
TECHNICAL_IS = Parameter("technical-dismissal-is", choice("no", "assess"))
DATED_BY = Parameter("entry-dated-by", choice("decision", "offence"))
OPEN_IS = Parameter("entry-without-decision-is", choice("inside", "dated-by-offence"))
RELEVANT = Parameter("matrix", MATRIX)

_ARTICLE = "policy rules for the certificate of conduct, objective criterion"
_COUNTS = {Relevance.RELEVANT: Outcome.YES, Relevance.NOT_RELEVANT: Outcome.NO, Relevance.ASSESS: Outcome.CANNOT_SAY}


def _ended(asking: Asking) -> Finding[None] | None:
    """What follows from how it ended alone; None where the other questions must be asked."""
    outcome = asking.need(OUTCOME)
    if outcome in asking.value(NEVER, asking.on):
        final = asking.need(FINAL)
        says = Words(en=f"{outcome}, and that is final", nl=f"{outcome}, en dat is onherroepelijk")
        asking.note(Step(says, "Wjsg 35(3)", final, (OUTCOME.name, FINAL.name, NEVER.name)))
        if final:
            return Finding(Outcome.NO, Words(en="a final acquittal never counts", nl="een onherroepelijke vrijspraak telt nooit"))
    if outcome == "dismissed":
        technical = asking.need(CODE) in asking.value(TECHNICAL, asking.on)
        says = Words(en="dismissed on a technical ground", nl="geseponeerd op een technische grond")
        asking.note(Step(says, _ARTICLE, technical, (OUTCOME.name, CODE.name, TECHNICAL.name)))
        if technical:
            counts = asking.value(TECHNICAL_IS, asking.on)
            says = Words(en="a technical dismissal normally does not count", nl="een technisch sepot telt normaal niet")
            return Finding(Outcome.NO if counts == "no" else Outcome.CANNOT_SAY, says)
    return None


def _day(asking: Asking) -> date | None:
    """The day by which it lies in a window or not; None for what is not decided yet and so lies in every window."""
    if asking.value(DATED_BY, asking.on) == "decision":
        decided_on = asking.need(DECIDED_ON)
        if not isinstance(decided_on, Absent):
            return decided_on
        if asking.value(OPEN_IS, asking.on) == "inside":
            return None
    return asking.need(DONE_TO)


def _within(asking: Asking, day: date | None, group: Group, windows: Windows) -> bool | None:
    """Whether a day lies in the window of a group; None where the group is unknown and that decides."""
    if day is None:
        says = Words(en="nothing is decided on it yet", nl="er is nog niets over beslist")
        asking.note(Step(says, _ARTICLE, True, (DECIDED_ON.name, OPEN_IS.name)))
        return True
    answers = {day in window for window in windows.of(group)}
    within = answers.pop() if len(answers) == 1 else None
    says = Words(
        en=f"{day} lies in the look-back of its group, {group}",
        nl=f"{day} ligt in de terugkijktermijn van zijn groep, {group}",
    )
    asking.note(Step(says, _ARTICLE, within, (LOOKBACK_ANSWER.name, GROUP.name, DATED_BY.name)))
    return within


def _version_1(asking: Asking) -> Finding[Weighed]:
    ended = _ended(asking)
    if ended is not None:
        return Finding(ended.outcome, ended.says, Weighed(None, Group.UNKNOWN, "outcome"))
    day, group = _day(asking), Group(asking.need(GROUP))
    windows = asking.need(LOOKBACK_ANSWER).value
    if windows is None:
        says = Words(
            en="the application has no look-back that can be said",
            nl="de terugkijktermijn van de aanvraag is niet te zeggen",
        )
        return Finding(Outcome.CANNOT_SAY, says, Weighed(day, group, "window"))
    within = _within(asking, day, group, windows)
    if not within:
        open_ = Words(
            en="in one look-back and outside another, and its group is unknown",
            nl="in de ene termijn wel, in de andere niet",
        )
        outside = Words(en="it lies before the look-back", nl="het ligt voor de terugkijktermijn")
        outcome, says = (Outcome.CANNOT_SAY, open_) if within is None else (Outcome.NO, outside)
        return Finding(outcome, says, Weighed(day, group, "window"))
    purposes = asking.need(ASKED_FOR)
    found = relevance(asking.value(RELEVANT, asking.on), purposes, group)
    named = ", ".join(one.told for one in purposes)
    says = Words(en=f"{group} for {named}: {found}", nl=f"{group} voor {named}: {found}")
    holds = {Relevance.RELEVANT: True, Relevance.NOT_RELEVANT: False, Relevance.ASSESS: None}[found]
    asking.note(Step(says, "Wjsg 35(1)", holds, (ASKED_FOR.name, GROUP.name, RELEVANT.name)))
    return Finding(_COUNTS[found], says, Weighed(day, group, "purpose"))


OBJECTIVE = Rule[Weighed](
    name="certificate.objective",
    package=__package__,
    file="objective.toml",
    dated_by=DONE_TO,
    inputs=(OUTCOME, FINAL, CODE, DECIDED_ON, DONE_TO, GROUP, LOOKBACK_ANSWER, ASKED_FOR),
    parameters=(NEVER, TECHNICAL, TECHNICAL_IS, DATED_BY, OPEN_IS, RELEVANT),
    versions={1: _version_1},
)


def objective(
    entry: Entry,
    group: Group | None,
    application: Application,
    windows: Answer[Windows],
    *,
    on: date,
    horizon: Horizon | None = None,
) -> Result[Weighed]:
    """Whether an entry counts for an application: cannot-say where a person assesses it. `group`: what `certificate.offence` says
    of it.
    """
    facts = {**application.facts(), **entry.facts(), **told(GROUP, group), **told(LOOKBACK_ANSWER, windows)}
    return OBJECTIVE.apply(facts, on=on, horizon=horizon)
