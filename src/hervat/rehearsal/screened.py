"""The book's page on screening: who is enrolled under which number, what changed in whose documentation, and what must follow from it.

- Written by the lives as they happen, as the rest of the book is; no message is read.
- What was taken back counts no more, unless the taking back was taken back. Of several ends of one enrolment the latest counts.
- A change is dated as the law dates it, by the day of the decision that it tells; a change of hidden charges alone is none.
- A pair is *due* where the day of the change lies in the enrolment. Where it lies before, the certificate was given with or without it:
  that depends on the day it became known here, which differs between the worlds. Where it lies after, nobody is screened any more.
- A report of the police is told for childcare alone, and not beside a case that says the same: which of the two comes first differs.
  In this world a case that was reported has one charge.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

Name = tuple[str, str]
"""The source and the id of a message."""

CHANGING: Final = frozenset({
    "case-registered", "charges-amended", "case-dismissed", "summons-issued",
    "penalty-order-issued", "penalty-order-opposed", "penalty-order-withdrawn", "penalty-order-final", "penalty-order-executed",
    "judgment-given", "appeal-lodged", "appeal-withdrawn", "judgment-final", "judgment-annulled",
    "sentence-started", "sentence-ended", "conditional-sentence-enforced", "pardon-granted",
})  # fmt: skip


REPORTED_FOR: Final = "childcare"


class Pair(NamedTuple):
    """The number of an enrolment, and the message that changed the documentation of its person."""

    enrolment: str
    source: str
    id: str


class PairTruth(NamedTuple):
    """What is so of a pair: the day of the change, the days of the enrolment, and whether its person exists. Of a report how it ends when
    its procedure is over, and of a report and a case that say the same the other.
    """

    on: date
    since: date
    until: date | None
    exists: bool
    ending: tuple[str, ...] = ()
    others: "frozenset[Pair]" = frozenset()

    @property
    def over(self) -> bool:
        """Whether the enrolment had ended on the day of the change."""
        return self.until is not None and self.until <= self.on

    @property
    def due(self) -> bool:
        """Whether Justis must hold it for true when everything has arrived."""
        return self.exists and self.since <= self.on and not self.over


@dataclass(slots=True)
class _Change:
    pn: str | None
    skn: str | None
    charges: frozenset[int]
    on: date


@dataclass(slots=True)
class _Report:
    skn: str
    on: date
    number: str
    charge: dict[str, object]


@dataclass(slots=True)
class _File:
    pn: str
    registered: Name
    charges: list[dict[str, object]]


@dataclass(slots=True)
class _Enrolment:
    name: Name
    bsn: str
    sector: str
    since: date
    exists: bool
    ends: dict[Name, date] = field(default_factory=dict)


@dataclass(slots=True)
class Page:
    """The page of one world. `numbers` holds the citizen service number of each identity set of an SKN."""

    changes: dict[Name, _Change] = field(default_factory=dict)
    enrolments: dict[str, _Enrolment] = field(default_factory=dict)
    numbers: dict[str, dict[str, str | None]] = field(default_factory=dict)
    reports: dict[Name, _Report] = field(default_factory=dict)
    files: dict[str, list[_File]] = field(default_factory=dict)
    _taken: dict[Name, list[Name]] = field(default_factory=dict)

    def identified(self, skn: str, set: str, bsn: object) -> None:
        """An identity set of a person carries this number, or none; what it carried before does not count."""
        self.numbers.setdefault(skn, {})[set] = None if bsn is None else str(bsn)

    def changed(self, name: Name, on: date, *, pn: str | None = None, skn: str | None = None, charges: Iterable[int] = ()) -> None:
        """A message changes the documentation of whoever holds a case, or of a person."""
        self.changes[name] = _Change(pn, skn, frozenset(charges), on)

    def dated(self, name: Name, on: date) -> None:
        """The day that a message told was wrong."""
        self.changes[name].on = on

    def reported(self, name: Name, skn: str, on: date, number: str, charge: dict[str, object]) -> None:
        """The police report somebody under a number of theirs, for something with an `article` and a `period`."""
        self.reports[name] = _Report(skn, on, number, charge)

    def filed(self, number: str, pn: str, registered: Name, charges: list[dict[str, object]]) -> None:
        """The case is registered that a number of the police became."""
        self.files.setdefault(number, []).append(_File(pn, registered, charges))

    def enrolled(self, number: str, name: Name, bsn: str, since: date, sector: str, *, exists: bool = True) -> None:
        """Somebody is screened from a day on; given again, this counts."""
        ends = self.enrolments[number].ends if number in self.enrolments else {}
        self.enrolments[number] = _Enrolment(name, bsn, sector, since, exists, ends)

    def ended(self, number: str, name: Name, until: date) -> None:
        """Somebody is screened before this day only."""
        self.enrolments[number].ends[name] = until

    def taken_back(self, name: Name, by: Name) -> None:
        """A message is taken back by another."""
        self._taken.setdefault(name, []).append(by)

    def stands(self, name: Name) -> bool:
        """Whether nothing that stands takes a message back."""
        return not any(self.stands(by) for by in self._taken.get(name, ()))

    def given(self) -> dict[Name, str]:
        """The number of every enrolment, by the message that gave it."""
        return {enrolment.name: number for number, enrolment in self.enrolments.items()}

    def about(self) -> dict[Name, tuple[str, frozenset[int]]]:
        """The case and the charges that each message speaks of which changed a documentation here."""
        return {name: (change.pn, change.charges) for name, change in self.changes.items() if change.pn is not None}

    def pairs(self, persons: "Persons") -> dict[Pair, PairTruth]:
        """Every pair of an enrolment that stands and a change of its person that does."""
        about: dict[str, list[tuple[Name, date]]] = {}
        for name, change in self.changes.items():
            skn = persons.of_change(change.pn, change.skn, change.charges)
            if skn is not None and self.stands(name) and name not in persons.lost:
                about.setdefault(skn, []).append((name, change.on))
        under: dict[str, set[str]] = {}
        for skn, sets in self.numbers.items():
            for bsn in sets.values():
                if bsn is not None:
                    under.setdefault(bsn, set()).add(persons.person(skn))
        found: dict[Pair, PairTruth] = {}
        reports = self._reports(persons)
        for number, enrolment in self.enrolments.items():
            if self.stands(enrolment.name):
                until = max((day for name, day in enrolment.ends.items() if self.stands(name)), default=None)
                so = PairTruth(date.min, enrolment.since, until, enrolment.exists)
                for skn in under.get(enrolment.bsn, ()):
                    found |= {Pair(number, *name): so._replace(on=on) for name, on in about.get(skn, ())}
                    if enrolment.sector == REPORTED_FOR:
                        self._told_on_reports(number, so, reports.get(skn, {}), found)
        return found

    def _reports(self, persons: "Persons") -> dict[str, dict[Name, tuple[str, ...]]]:
        """How the reports about each person end, without those that are taken back or hidden."""
        found: dict[str, dict[Name, tuple[str, ...]]] = {}
        for name, report in self.reports.items():
            if self.stands(name) and name not in persons.lost:
                skn = persons.person(report.skn)
                files = self.files.get(report.number, [])
                own = [one for one in files if persons.person(persons.holders[one.pn]) == skn]
                hidden = [one for one in own if all(persons.hidden.get(one.pn, {}).values())]
                if not hidden:
                    found.setdefault(skn, {})[name] = _ending(report, own, files)
        return found

    def _told_on_reports(
        self, number: str, so: PairTruth, reports: Mapping[Name, tuple[str, ...]], found: dict[Pair, PairTruth]
    ) -> None:
        for name, ending in reports.items():
            report, pair = self.reports[name], Pair(number, *name)
            files = self.files.get(report.number, ()) if ending == ("confirmed",) else ()
            cases = {Pair(number, *one.registered) for one in files} & found.keys()
            found[pair] = so._replace(on=report.on, ending=ending, others=frozenset(cases))
            for case in cases:
                found[case] = found[case]._replace(others=found[case].others | {pair})


def _ending(report: _Report, own: Collection[_File], files: Collection[_File]) -> tuple[str, ...]:
    """How a report ends when its procedure is over."""
    others = () if own else ("person",)
    found = [
        others + tuple(what for what in ("article", "period") if report.charge[what] != charge[what])
        for one in own or files
        for charge in one.charges
    ]
    least = min(found, key=len, default=None)
    return ("orphan",) if least is None else ("changed", *least) if least else ("confirmed",)


@dataclass(slots=True, frozen=True)
class Persons:
    """What the rest of the book says of persons: whose a number is, who holds a case, which charges are hidden, what never counts."""

    holders: Mapping[str, str]
    hidden: Mapping[str, Mapping[int, bool]]
    lost: Collection[Name]
    of: Mapping[str, str]

    def person(self, skn: str) -> str:
        """The number of the person that `skn` belongs to."""
        return self.of.get(skn, skn)

    def of_change(self, pn: str | None, skn: str | None, charges: Collection[int]) -> str | None:
        """Whose documentation a change is in; None where nothing of it is shown."""
        if pn is None:
            return None if skn is None else self.person(skn)
        hidden = self.hidden.get(pn)
        if hidden is None or all(hidden.get(charge, False) for charge in charges or hidden):
            return None
        return self.person(self.holders[pn])
