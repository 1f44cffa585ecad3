"""`proposal`: what the software proposes on an application: to grant, that a person assesses, or that it cannot be said.

- Yes is `grant`: nothing in the register could count. No is `assess`: a person decides, and has the reasoning. Neither is a
  refusal: the software never refuses (Wjsg 7e).
- Cannot-say is for a register that is blind in a window that matters: what it does not have, it cannot weigh.
- It rests on the answers of the other rules, and names what of those is unverified or was not told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from hervat.law.certificates.answers import Answer, answer
from hervat.law.certificates.facts import APPLIED_ON, BLIND, ENTRY_ANSWERS, LOOKBACK_ANSWER, Application, Entry, Weighed, Windows
from hervat.law.certificates.lookback import LOOKBACK
from hervat.law.certificates.objective import objective
from hervat.law.certificates.offences import offence_group
from hervat.law.certificates.periods import overlap, years_after, years_before
from hervat.law.certificates.purposes import Group
from hervat.law.dated import Span
from hervat.law.rule import Asking, Facts, Finding, Horizon, Parameter, Result, Rule, Step, told
from hervat.law.value import WHOLE, YES_NO, Outcome, Words

ONE_DAY = timedelta(days=1)
OLDER_YEARS = Parameter("older-weigh-years", WHOLE)
BLIND_HINDERS = Parameter("blind-window-hinders", YES_NO)


class Proposal(StrEnum):
    """What is proposed; there is no refusal among them."""

    GRANT = "grant"
    ASSESS = "assess"
    CANNOT_SAY = "cannot-say"


_NOT_TOLD = Words(en="not told to what this rests on", nl="niet bekend aan waar dit op steunt")
_UNVERIFIED = Words(en="unverified value in what this rests on", nl="ongeverifieerde waarde in waar dit op steunt")
_PROPOSED = {Outcome.YES: Proposal.GRANT, Outcome.NO: Proposal.ASSESS, Outcome.CANNOT_SAY: Proposal.CANNOT_SAY}


@dataclass(frozen=True, slots=True)
class Worked:
    """The entries that count, those that a person must assess to know, older ones that weigh in once one counts; what was not told
    to the rules it rests on, and what of them is unverified.
    """

    counting: tuple[str, ...]
    to_assess: tuple[str, ...]
    older: tuple[str, ...]
    not_told: tuple[str, ...]
    unverified: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """A proposal with every answer it rests on."""

    proposal: Proposal
    lookback: Result[Windows]
    groups: tuple[Result[Group], ...]
    entries: tuple[Result[Weighed], ...]
    whole: Result[Worked]

    @property
    def receipts(self) -> tuple[bytes, ...]:
        """The receipts of all of it, the proposal last."""
        results: tuple[Result[Any], ...] = (self.lookback, *self.groups, *self.entries, self.whole)
        return tuple(one.receipt() for one in results)


def _has_run_out(asking: Asking, answers: Iterable[Answer[Windows] | Answer[Weighed]]) -> bool:
    """Whether an answer had to be asked again before; the day on which the next one must be is that of the whole."""
    days = [one.changes_on for one in answers if one.changes_on is not None]
    for day in days:
        asking.lasts_until(day if day > asking.on else None)
    return any(day <= asking.on for day in days)


def _is_blind(asking: Asking, windows: Windows) -> bool:
    """Whether the register is blind in a window. What it will be blind for later does not matter before."""
    blind = asking.need(BLIND)
    if not asking.value(BLIND_HINDERS, asking.need(APPLIED_ON)):
        return False
    matters = [one for one in blind if any(overlap(one, window) for window in windows.of(Group.UNKNOWN))]
    begins = [one.edges[0] for one in matters]
    for day in begins:
        asking.lasts_until(day if day > asking.on else None)
    is_blind = any(day <= asking.on for day in begins)
    says = Words(en="the register is blind in a window that matters", nl="het register is blind in een termijn die ertoe doet")
    asking.note(Step(says, "Wjsg 3(5)", is_blind, (BLIND.name, LOOKBACK_ANSWER.name, BLIND_HINDERS.name)))
    return is_blind


def _worked(asking: Asking, windows: Answer[Windows], entries: tuple[Answer[Weighed], ...]) -> Worked:
    counting = tuple(one.about for one in entries if one.outcome is Outcome.YES)
    to_assess = tuple(one.about for one in entries if one.outcome is Outcome.CANNOT_SAY)
    older = _older(asking, entries) if counting else ()
    answers: tuple[Answer[Windows] | Answer[Weighed], ...] = (windows, *entries)
    not_told = sorted({name for one in answers for name in one.missing})
    return Worked(counting, to_assess, older, tuple(not_told), tuple(sorted({name for one in answers for name in one.unverified})))


def _older(asking: Asking, entries: tuple[Answer[Weighed], ...]) -> tuple[str, ...]:
    """What lies before its window, but not so long ago that it does not weigh in when another entry counts."""
    years = asking.value(OLDER_YEARS, asking.need(APPLIED_ON))
    first, tomorrow = years_before(asking.on, years), min(asking.on, date.max - ONE_DAY) + ONE_DAY
    found = []
    for one in entries:
        day = None if one.value is None or one.value.decided_by != "window" or one.outcome is not Outcome.NO else one.value.day
        if day is not None and day >= first:
            found.append(one.about)
            # 29 February may let it weigh in a day or two longer than the years say: then it is asked again once too often.
            passes = max(years_after(day, years), tomorrow)
            asking.lasts_until(passes if passes > asking.on else None)
    return tuple(found)


def _notes(asking: Asking, worked: Worked, entries: tuple[Answer[Weighed], ...]) -> None:
    for one in entries:
        asking.note(partial(_counts, one))
    if worked.not_told:
        asking.note(partial(_named, _NOT_TOLD, worked.not_told))
    if worked.unverified:
        asking.note(partial(_named, _UNVERIFIED, worked.unverified))


def _counts(one: Answer[Weighed]) -> Step:
    says = Words(en=f"{one.about} counts (receipt {one.receipt})", nl=f"{one.about} telt (bewijs {one.receipt})")
    holds = {Outcome.YES: True, Outcome.NO: False, Outcome.CANNOT_SAY: None}[one.outcome]
    return Step(says, "Wjsg 35(1)", holds, (ENTRY_ANSWERS.name,))


def _named(what: Words, listed: tuple[str, ...]) -> Step:
    names = ", ".join(listed)
    says = Words(en=f"{what.en}: {names}", nl=f"{what.nl}: {names}")
    return Step(says, "Wjsg 3(5)", None, (LOOKBACK_ANSWER.name, ENTRY_ANSWERS.name))


def _version_1(asking: Asking) -> Finding[Worked]:
    windows, entries = asking.need(LOOKBACK_ANSWER), asking.need(ENTRY_ANSWERS)
    if _has_run_out(asking, (windows, *entries)):
        says = Words(en="an answer that this rests on must be asked again", nl="een antwoord waar dit op steunt, geldt niet meer")
        return Finding(Outcome.CANNOT_SAY, says)
    worked = _worked(asking, windows, entries)
    _notes(asking, worked, entries)
    if windows.value is None:
        says = Words(
            en="the application has no look-back that can be said",
            nl="de terugkijktermijn van de aanvraag is niet te zeggen",
        )
        return Finding(Outcome.CANNOT_SAY, says, worked)
    if _is_blind(asking, windows.value):
        says = Words(en="the register is blind in a window that matters", nl="het register is blind in een termijn die ertoe doet")
        return Finding(Outcome.CANNOT_SAY, says, worked)
    if worked.counting or worked.to_assess:
        says = Words(en="a person decides: something counts or could count", nl="een mens beslist: iets telt of kan tellen")
        return Finding(Outcome.NO, says, worked)
    says = Words(en="grant: nothing in the register could count", nl="verlenen: niets in het register kan tellen")
    return Finding(Outcome.YES, says, worked)


PROPOSAL = Rule[Worked](
    name="certificate.proposal",
    package=__package__,
    file="proposal.toml",
    dated_by=APPLIED_ON,
    inputs=(LOOKBACK_ANSWER, ENTRY_ANSWERS, BLIND, APPLIED_ON),
    parameters=(OLDER_YEARS, BLIND_HINDERS),
    versions={1: _version_1},
)


@dataclass(frozen=True, slots=True)
class Weighing:
    """What an application and the entries of its applicant come to, wherever the register is blind."""

    windows: Result[Windows]
    groups: tuple[Result[Group], ...]
    entries: tuple[Result[Weighed], ...]
    facts: Facts
    on: date
    horizon: Horizon | None

    def proposed(self, blind: tuple[Span, ...] | None) -> Assessment:
        """The proposal where something may be missing of these periods."""
        whole = PROPOSAL.apply({**self.facts, **told(BLIND, blind)}, on=self.on, horizon=self.horizon)
        return Assessment(_PROPOSED[whole.outcome], self.windows, self.groups, self.entries, whole)


def weigh(application: Application, entries: Iterable[Entry] | None, *, on: date, horizon: Horizon | None = None) -> Weighing:
    """An application in a decision on a day. `entries`: all that the register has of the applicant, None where that was not looked up."""
    listed, facts = tuple(entries or ()), application.facts()
    windows = LOOKBACK.apply(facts, on=on, horizon=horizon)
    looked_back = answer(windows, application.application)
    groups = tuple(offence_group(entry.offence, on=on, horizon=horizon) for entry in listed)
    weighed = tuple(
        objective(entry, group.value, application, looked_back, on=on, horizon=horizon)
        for entry, group in zip(listed, groups, strict=True)
    )
    told_entries = None if entries is None else tuple(answer(one, entry.about) for entry, one in zip(listed, weighed, strict=True))
    known = {**facts, **told(LOOKBACK_ANSWER, looked_back), **told(ENTRY_ANSWERS, told_entries)}
    return Weighing(windows, groups, weighed, known, on, horizon)


def assess(
    application: Application,
    entries: Iterable[Entry] | None,
    blind: tuple[Span, ...] | None,
    *,
    on: date,
    horizon: Horizon | None = None,
) -> Assessment:
    """The proposal on an application, in a decision on a day. `entries`: all that the register has of the applicant, None where
    that was not looked up; `blind`: the periods of which something may be missing.
    """
    return weigh(application, entries, on=on, horizon=horizon).proposed(blind)
