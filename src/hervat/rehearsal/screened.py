"""The book's page on screening: who is enrolled under which number, what changed in whose documentation, and what must follow from it.

- Written by the lives as they happen, as the rest of the book is; no message is read.
- What was taken back counts no more, unless the taking back was taken back. Of several ends of one enrolment the latest counts.
- A change is dated as the law dates it, by the day of the decision that it tells; a change of hidden charges alone is none.
- A pair is *due* where the day of the change lies in the enrolment. Where it lies before, the certificate was given with or without it:
  that depends on the day it became known here, which differs between the worlds. Where it lies after, nobody is screened any more.
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


class Pair(NamedTuple):
    """The number of an enrolment, and the message that changed the documentation of its person."""

    enrolment: str
    source: str
    id: str


class PairTruth(NamedTuple):
    """What is so of a pair: the day of the change, the days of the enrolment, and whether its person exists."""

    on: date
    since: date
    until: date | None
    exists: bool

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
class _Enrolment:
    name: Name
    bsn: str
    since: date
    exists: bool
    ends: dict[Name, date] = field(default_factory=dict)


@dataclass(slots=True)
class Page:
    """The page of one world. `numbers` holds the citizen service number of each identity set of an SKN."""

    changes: dict[Name, _Change] = field(default_factory=dict)
    enrolments: dict[str, _Enrolment] = field(default_factory=dict)
    numbers: dict[str, dict[str, str | None]] = field(default_factory=dict)
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

    def enrolled(self, number: str, name: Name, bsn: str, since: date, *, exists: bool = True) -> None:
        """Somebody is screened from a day on; given again, this counts."""
        ends = self.enrolments[number].ends if number in self.enrolments else {}
        self.enrolments[number] = _Enrolment(name, bsn, since, exists, ends)

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
        found = {}
        for number, enrolment in self.enrolments.items():
            if self.stands(enrolment.name):
                until = max((day for name, day in enrolment.ends.items() if self.stands(name)), default=None)
                for skn in under.get(enrolment.bsn, ()):
                    for (source, id), on in about.get(skn, ()):
                        found[Pair(number, source, id)] = PairTruth(on, enrolment.since, until, enrolment.exists)
        return found


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
