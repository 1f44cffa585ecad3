"""The rehearsal `justis`: a backlog of applications for certificates after an outage, worked away in two orders beside each other.

- From 15 October to 1 November 2021 nothing could be decided; what was published of it is in `PUBLISHED`. All else is synthetic: who
  applies, how many of them have something in the register, and that what a person must assess takes `WORK` times as much work as a grant.
- So much work is done on a day as decides the published number of what comes in. Under one policy who came first is helped first; under the
  other what must be assessed is put off until nothing else waits.
- Both are real nodes that receive the same messages; people decide step by step. Every evening what waits by the journal is laid beside
  what came in and was decided.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from fractions import Fraction
from statistics import mean
from typing import Any, Final

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.clock import SteppedClock
from hervat.consumers.certificates.forecast import Counting, Forecast
from hervat.consumers.certificates.steps import Hearing, Intending
from hervat.errors import BrokenInvariant, ensure
from hervat.law.certificates import Application, term
from hervat.rehearsal.letter import Progress, Where
from hervat.rehearsal.outage import ARRIVING, DECIDING, LAST_OUT, OUT, PUBLISHED, RECORDED, WAITING, Applicant, Day, days, thousands
from hervat.stores.opening import place_of

WORK: Final = 5
"""How many times the work of a grant what a person must assess takes. Invented."""
_MEAN: Final = Fraction(str(1 - RECORDED)) + WORK * Fraction(str(RECORDED))
_BY: Final = {"by": "a rehearsal"}
_GROUND: Final = {**_BY, "ground": "Wjsg 35"}
_ALL: Final = 20
_MEASURED_OVER: Final = 3
"""Working days over which the pace is measured: all there are, and some of the recovery."""


@dataclass(slots=True)
class Waiting:
    """An application that waits, with what is proposed on it, since somebody looked at it first."""

    applicant: Applicant
    proposal: str
    since: date

    @property
    def is_complex(self) -> bool:
        """Whether a person must assess it."""
        return self.proposal == "assess"

    @property
    def is_refused(self) -> bool:
        """Whether whoever assesses it refuses."""
        return self.is_complex and self.applicant.refused


@dataclass(slots=True, frozen=True)
class Decided:
    """What was decided on an application, when, by which day it had to be, and whether it had to be assessed."""

    applicant: Applicant
    on: date
    last_day: date
    outcome: str
    is_complex: bool

    @property
    def sort(self) -> str:
        """`complex` where a person had to assess it."""
        return "complex" if self.is_complex else "simple"

    @property
    def days(self) -> int:
        """How long the applicant waited."""
        return (self.on - self.applicant.on).days


Policy = Callable[[list[Waiting]], list[Waiting]]


def first_come(waiting: list[Waiting]) -> list[Waiting]:
    """Who came first is helped first."""
    return waiting


def postponed(waiting: list[Waiting]) -> list[Waiting]:
    """What must be assessed is put off until nothing else waits."""
    return sorted(waiting, key=lambda one: one.is_complex)


POLICIES: Final[dict[str, Policy]] = {"first_come": first_come, "postponed": postponed}


@dataclass(slots=True)
class Office:
    """People who decide at one node, in the order of a policy."""

    node: Node
    policy: Policy
    unit: int
    waiting: list[Waiting] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)
    evenings: list[dict[str, Any]] = field(default_factory=list)
    received: int = 0
    _untouched: list[Applicant] = field(default_factory=list)
    _left: Fraction = Fraction(0)

    def day(self, day: Day) -> None:
        """A working day: what comes in, what is decided unless there is an outage, and the count in the evening."""
        ensure(not self.node.receive(day.raws)["refused"], f"messages of {day.on} were refused")
        self._untouched += day.applicants
        self.received += len(day.applicants)
        before = len(self.decided)
        if not OUT <= day.on <= LAST_OUT:
            self._work(day.on)
        counted = Counting(self.node.store, Certificates(self.node).procedure, self.node.position_at).waiting(day.on)
        told = {"day": str(day.on), "received": len(day.applicants), "decided": len(self.decided) - before, "waiting": counted}
        self.evenings.append(told | {"balanced": self.received == len(self.decided) + counted})

    def _work(self, on: date) -> None:
        certificates = Certificates(self.node)
        self.waiting += [_begun(certificates, one, on) for one in self._untouched]
        self._untouched.clear()
        self._left += DECIDING * self.unit * _MEAN
        # Nobody is refused on the day on which that was intended.
        order = [one for one in self.policy(self.waiting) if not (one.is_refused and one.since == on)]
        done = 0
        while done < len(order) and (work := WORK if order[done].is_complex else 1) <= self._left:
            self._left -= work
            self.decided.append(_decide(certificates, order[done], on))
            done += 1
        helped = {one.applicant.number for one in order[:done]}
        self.waiting = [one for one in self.waiting if one.applicant.number not in helped]
        # Work that was begun goes on the next day; where nothing waits none is saved up.
        self._left = self._left if self.waiting else Fraction(0)


def _begun(certificates: Certificates, applicant: Applicant, on: date) -> Waiting:
    """An application that somebody looked at first: what is proposed, and that it is intended to be refused, where it is."""
    one = Waiting(applicant, certificates.propose(applicant.number, on)["proposal"], on)
    if one.is_refused:
        certificates.step(applicant.number, on, Intending, None, _GROUND)
    return one


def _decide(certificates: Certificates, one: Waiting, on: date) -> Decided:
    """A person grants what is proposed to be granted, and judges what is to be assessed."""
    number, refused = one.applicant.number, one.is_refused
    if refused:
        certificates.step(number, on, Hearing, None, {**_BY, "none_by": on})
    outcome = certificates.decide(number, "refused" if refused else "granted", on, by=_GROUND["by"], ground=_GROUND["ground"])["outcome"]
    asked = Application(application=number, on=one.applicant.on, refusal_intended=refused, stood_still=())
    deadline = term(asked, on=on).value
    if deadline is None:
        raise BrokenInvariant(f"of application {number} it cannot be said until when it must be decided")
    return Decided(one.applicant, on, deadline.last_day, str(outcome), one.is_complex)


@dataclass(slots=True, frozen=True)
class Run:
    """How one policy went; what was forecast on the first morning of the recovery, and after some days of it, at the pace of those."""

    office: Office
    store: str
    before: Forecast
    meanwhile: Forecast

    @property
    def recovery(self) -> list[dict[str, Any]]:
        """The evenings of the recovery."""
        return [one for one in self.office.evenings if one["day"] > str(LAST_OUT)]

    @property
    def working_days(self) -> int | None:
        """After how many working days of recovery nothing waited; None where something always did."""
        return next((number for number, one in enumerate(self.recovery, 1) if not one["waiting"]), None)


def run(seed: int, scale: float, where: Callable[[str], Where], progress: Progress) -> dict[str, Any]:
    """Both policies on the same messages."""
    every = list(days(seed, scale))
    runs = {name: _run(name, policy, every, thousands(scale), where(name), progress) for name, policy in POLICIES.items()}
    return {"scenario": "justis", "seed": seed, "scale": scale, "synthetic": True, "published": PUBLISHED} | _document(runs)


def _run(name: str, policy: Policy, every: list[Day], unit: int, where: Where, progress: Progress) -> Run:
    clock = SteppedClock(_morning(every[0].on))
    out, recovery = ([day for day in every if (day.on > LAST_OUT) is after] for after in (False, True))
    with Node.opened(where.url, writer=True, clock=clock, keys=where.keys) as node:
        office = Office(node, policy, unit)

        def work(some: Iterable[Day]) -> None:
            for day in some:
                progress(name, len(office.evenings), len(every))
                clock.set(_morning(day.on))
                office.day(day)

        work(out)
        before, _ = Certificates(node).forecast(LAST_OUT, _ALL, deciding=DECIDING * unit)
        work(recovery[: _MEASURED_OVER + 1])
        meanwhile, _ = Certificates(node).forecast(recovery[_MEASURED_OVER].on, _MEASURED_OVER)
        work(recovery[_MEASURED_OVER + 1 :])
    return Run(office, place_of(where.url).shown, before, meanwhile)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(6), UTC)


def _document(runs: dict[str, Run]) -> dict[str, Any]:
    first, outcomes = runs["first_come"], [{one.applicant.number: one.outcome for one in run.office.decided} for run in runs.values()]
    balanced = all(one["balanced"] for run in runs.values() for one in run.office.evenings)
    same = outcomes[0] == outcomes[1] and len(outcomes[0]) == first.office.received
    foretold = {name: run.before.working_days for name, run in runs.items()}
    sound = set(foretold.values()) == {Fraction(WAITING, DECIDING - ARRIVING)}
    return {
        "ok": balanced and same and sound and all(run.working_days is not None for run in runs.values()),
        "invented": {"share_with_something_in_the_register": RECORDED, "work_of_what_is_to_be_assessed": WORK},
        "forecast": _forecast(first.before),
        "policies": {name: _told(run) for name, run in runs.items()},
        "received": first.office.received,
        "to_be_assessed": sum(one.is_complex for one in first.office.decided),
        "same_decided_and_same_outcomes": same,
        "balanced": balanced,
    }


def _forecast(one: Forecast) -> dict[str, Any]:
    return {
        "at_the_end_of": str(one.on),
        "waiting": one.waiting,
        "arriving": round(float(one.pace.arriving), 1),
        "deciding": round(float(one.pace.deciding), 1),
        "working_days": None if one.working_days is None else round(float(one.working_days), 1),
        "gone_on": None if one.gone_on is None else str(one.gone_on),
    }


def _told(run: Run) -> dict[str, Any]:
    waits: dict[str, list[int]] = {"simple": [], "complex": []}
    for one in run.office.decided:
        waits[one.sort].append(one.days)
    late = Counter(one.sort for one in run.office.decided if one.on > one.last_day)
    return {
        "working_days": run.working_days,
        "gone_on": None if run.working_days is None else run.recovery[run.working_days - 1]["day"],
        "foretold_meanwhile": _forecast(run.meanwhile),
        "longest_days": {sort: max(days, default=0) for sort, days in waits.items()},
        "mean_days": {sort: round(mean(days), 1) if days else 0 for sort, days in waits.items()},
        "late": {sort: late[sort] for sort in waits},
        "days": run.office.evenings,
        "store": run.store,
    }
