"""Signals: what becomes of a change in the documentation of somebody who is screened. A person decides what follows from it.

- Each pair of an enrolment and a message that changed the documentation of its person is **delivered** to whoever decides on certificates,
  or **suppressed** with a reason. What is neither yet is *pending*: nobody has come to it.
- A change of a day in the enrolment is delivered, also to somebody who has left since; so is one of an earlier day that became known only
  after the enrolment began, for the certificate was given without it.
- What is told is told once. It is told again where the version that counts is another one, and **withdrawn** where it stands no longer.
- A report of the police is told under the procedure that it falls within, and then how it ended. A case that says nothing else is not told
  beside it; nor is a report beside a case that was told and confirms it.
- A signal names places in the journal and nothing else, so that it says nothing when what lies there was erased.

Source: Wet kinderopvang 1.48d and 1.50; the four cases are those of `law`.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date
from typing import Literal

import msgspec

from hervat.consumers.screening.enrolment import Enrolment

SIGNALLED = "screening-signalled"
Disposition = Literal["delivered", "suppressed"]
DELIVERED: Disposition = "delivered"
SUPPRESSED: Disposition = "suppressed"
Population = Literal["in-in", "in-out", "out-in", "out-out"]
Says = Literal["new", "changed", "withdrawn"]
Reason = Literal["known-when-it-began", "after-it-ended", "canary", "told-on-report", "case-came-first"]
TOLD_ON_REPORT: Reason = "told-on-report"
CASE_CAME_FIRST: Reason = "case-came-first"
Word = Literal["open", "confirmed", "changed", "orphan", "person", "article", "period"]
Pair = tuple[int, int]
"""The position of the first message that gave an enrolment, and of the message that changed the documentation."""


class Signal(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What became of one change for one enrolment. `version` is the position of the version that counts, `case` the population at the time
    of the fact and now, `days` for how long somebody went on unscreened. Of a report `ending` says how it ended, and what differs where it
    changed; of anything else it is empty.
    """

    enrolment: int
    message: int
    version: int
    says: Says
    disposition: Disposition
    case: Population
    days: int
    reason: Reason | None = None
    ending: tuple[Word, ...] = ()

    @property
    def pair(self) -> Pair:
        return self.enrolment, self.message

    @property
    def stands(self) -> bool:
        """Whether the receiver holds it for true."""
        return self.disposition == DELIVERED and self.says != "withdrawn"


class SignalledAct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The signals of one step, which goes `through` a position of the journal, on a legal day."""

    on: date
    through: int
    signals: tuple[Signal, ...]
    act: str = SIGNALLED


class Due(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A change that concerns an enrolment as things stand: where it lies, its day, the day it became known, whether the enrolment was known
    before it, and whether it is about somebody who does not exist. Of a report also how it ended, as in `Signal`. `covered_by` has the
    reports that say all that a case does, or the cases that confirm a report; `erased` what has the same number and was erased.
    """

    enrolment: int
    message: int
    version: int
    on: date
    known_on: date
    late: bool
    canary: bool = False
    ending: tuple[Word, ...] = ()
    covered_by: tuple[int, ...] = ()
    erased: tuple[int, ...] = ()

    @property
    def pair(self) -> Pair:
        return self.enrolment, self.message


def decide(due: Iterable[Due], enrolment: Enrolment, told: Mapping[Pair, Signal], today: date) -> Iterator[Signal]:
    """The signals about all that is due for one enrolment, but for what was told last and stands so."""
    standing = set[int]()
    for one in sorted(due, key=lambda one: _turn(one, told.get(one.pair))):
        last = told.get(one.pair)
        reason = _reason(one, enrolment, last) or _told_already(one, last, standing, told)
        signal = _signal_of(one, enrolment, last, reason, today)
        if signal is not None:
            yield signal
        latest = signal or last
        if latest is not None and latest.stands:
            standing.add(one.message)


def _turn(due: Due, told: Signal | None) -> int:
    """What a pair is decided after: what stands already decides about what comes, and a case about a report that comes with it."""
    if told is not None and told.stands:
        return 0
    return 2 if due.ending else 1


def _told_already(due: Due, told: Signal | None, standing: Set[int], every: Mapping[Pair, Signal]) -> Reason | None:
    """Why there is no need to tell a case or a report: the other says it, or did when it was erased."""
    if told is not None and told.stands:
        return None
    reason = CASE_CAME_FIRST if due.ending else TOLD_ON_REPORT
    if not standing.isdisjoint(due.covered_by):
        return reason
    settled = told is not None and told.reason == reason and told.version == due.version
    others = (every.get((due.enrolment, message)) for message in due.erased)
    return reason if settled and any(other is not None and other.stands for other in others) else None


def _signal_of(due: Due, enrolment: Enrolment, told: Signal | None, reason: Reason | None, today: date) -> Signal | None:
    """The signal about a change, or None where what was told last stands."""
    if told is None:
        return _signal(due, enrolment, today, "new", reason)
    if told.stands and reason is not None:
        return msgspec.structs.replace(_signal(due, enrolment, today, "withdrawn", None), reason=reason)
    taken_back = told.says == "withdrawn" and told.reason is None
    ended = told.stands and told.ending != due.ending
    if told.version == due.version and told.reason == reason and not taken_back and not ended:
        return None
    signal = _signal(due, enrolment, today, "changed" if told.stands else "new", reason)
    # How a report ended is news about what was told in time.
    return msgspec.structs.replace(signal, days=told.days) if told.stands and told.version == due.version else signal


def withdraw(told: Signal, enrolment: Enrolment | None, today: date) -> Signal | None:
    """The signal that what was told stands no longer; None where the receiver never held it for true."""
    if not told.stands:
        return None
    case = told.case if enrolment is None else _case(told.case.startswith("in"), enrolment, today)
    return msgspec.structs.replace(told, says="withdrawn", case=case, days=0)


def _reason(due: Due, enrolment: Enrolment, told: Signal | None) -> Reason | None:
    """Why a change is not told; None where it is."""
    if due.canary:
        return "canary"
    if enrolment.over(due.on):
        return "after-it-ended"
    if due.on < enrolment.since:
        # Settled is that it was not late; that it was known when the enrolment began a correction of that day may undo.
        settled = told is not None and told.reason == "known-when-it-began" and told.version == due.version
        if due.known_on < enrolment.since and (settled or not due.late):
            return "known-when-it-began"
    return None


def _signal(due: Due, enrolment: Enrolment, today: date, says: Says, reason: Reason | None) -> Signal:
    until = today if enrolment.until is None else min(today, enrolment.until)
    return Signal(
        enrolment=due.enrolment,
        message=due.message,
        version=due.version,
        says=says,
        disposition=DELIVERED if reason is None else SUPPRESSED,
        case=_case(enrolment.screens(due.on), enrolment, today),
        days=max(0, (until - max(due.on, enrolment.since)).days),
        reason=reason,
        ending=due.ending,
    )


def _case(at_the_fact: bool, enrolment: Enrolment, today: date) -> Population:
    if at_the_fact:
        return "in-in" if enrolment.screens(today) else "in-out"
    return "out-in" if enrolment.screens(today) else "out-out"
