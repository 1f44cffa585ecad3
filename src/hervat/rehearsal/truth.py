"""The book of truth: what is so, written by the lives themselves as they happen.

- A life writes here what it knows to be true; what it sent in error it sends and does not write. No message is read.
- Of each charge the book keeps the decisions that stand, in the order in which they count; the last of them is what
  must be shown when everything has arrived. A decision that falls away gives way to the one before it.
- A dismissal with code 01 that stands hides the charge, whatever else is decided.
- The person of a charge is worked out from who holds the case and from the merges that stand: from each number the
  latest merge that took it away leads to the one kept; where merges bite their own tail, the latest of them decides.
- What can never be applied, and what must be refused, is written here too, with the reason; and what could not until its sender was asked.
- Who is held in custody, and what else is told of the course of a case, stands on a page of its own (`held.py`).
- Who is screened, and what must be told of it, stands on a page of its own (`screened.py`).
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from hervat.rehearsal.held import Courses
from hervat.rehearsal.screened import Page, Pair, PairTruth, Persons

REGISTERED: Final = "registered"
WRONGLY_SUSPECTED: Final = "01"


class ChargeTruth(NamedTuple):
    """What must be shown of a charge at the end. `skn` is the person's, after merges, splits and re-attributions;
    of a hidden charge nothing is shown, whatever else stands here."""

    skn: str
    outcome: str
    outcome_on: date
    final_on: date | None
    code: str | None
    hidden: bool


class Unapplied(NamedTuple):
    """A message that stays held for ever: the keys that never come, and why."""

    needs: tuple[str, ...]
    why: str


class RefusedTruth(NamedTuple):
    """A message that is refused, at which path, and whether a correction of it was accepted later."""

    path: str
    corrected: bool


@dataclass(slots=True)
class Decision:
    """One decision about one charge. `of` is the order, judgment or message that it came with."""

    of: str
    outcome: str
    on: date
    code: str | None = None
    final_on: date | None = None


@dataclass(slots=True)
class Book:
    """The book of one world."""

    charges: dict[str, dict[int, list[Decision]]] = field(default_factory=dict)
    holder: dict[str, str] = field(default_factory=dict)
    away: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    died: dict[str, date] = field(default_factory=dict)
    never_applied: dict[tuple[str, str], Unapplied] = field(default_factory=dict)
    settled: dict[tuple[str, str], Unapplied] = field(default_factory=dict)
    refused: dict[tuple[str, str], RefusedTruth] = field(default_factory=dict)
    screening: Page = field(default_factory=Page)
    courses: Courses = field(default_factory=Courses)
    _merges: int = 0

    def charged(self, pn: str, charge: int, on: date) -> None:
        """A charge stands in the case; nothing is decided."""
        self.charges.setdefault(pn, {})[charge] = [Decision(REGISTERED, "suspected", on)]

    def decided(self, pn: str, charge: int, decision: Decision) -> None:
        """This decision sets the outcome of the charge now."""
        self.charges[pn][charge].append(decision)

    def undone(self, pn: str, of: str) -> None:
        """What `of` decided falls away from every charge of the case."""
        for decisions in self.charges[pn].values():
            decisions[:] = [decision for decision in decisions if decision.of != of]

    def amended(self, pn: str, of: str, outcome: str | None = None, on: date | None = None, code: str | None = None) -> None:
        """What `of` decided was told wrongly in what is given here; it keeps the place that it had."""
        for decisions in self.charges[pn].values():
            for decision in decisions:
                if decision.of == of:
                    decision.outcome = outcome or decision.outcome
                    decision.on = on or decision.on
                    decision.code = code or decision.code

    def final(self, pn: str, of: str, on: date | None) -> None:
        """What `of` decided became final on this day, or (None) is not final after all."""
        for decisions in self.charges[pn].values():
            for decision in decisions:
                if decision.of == of:
                    decision.final_on = on

    def merged(self, kept: str, merged: str) -> None:
        """Later than all merges before it: `merged` is the same person as `kept`."""
        self._merges += 1
        self.away.setdefault(merged, []).append((self._merges, kept))

    def parted(self, kept: str, merged: str) -> None:
        """The latest merge of these two does not stand."""
        standing = self.away[merged]
        standing.remove(max(merge for merge in standing if merge[1] == kept))

    def person(self, skn: str) -> str:
        """The number of the person that `skn` belongs to."""
        way: list[str] = [skn]
        merges: list[tuple[int, str]] = []
        while self.away.get(way[-1]):
            merge = self.away[way[-1]][-1]
            merges.append(merge)
            if merge[1] in way:
                return max(merges[way.index(merge[1]) :])[1]
            way.append(merge[1])
        return way[-1]

    def told(self) -> dict[tuple[str, int], ChargeTruth]:
        """The truth of every charge, by prosecution number and number of the charge."""
        truth: dict[tuple[str, int], ChargeTruth] = {}
        for pn, charges in self.charges.items():
            skn = self.person(self.holder[pn])
            for charge, decisions in charges.items():
                last = decisions[-1]
                hidden = any(decision.code == WRONGLY_SUSPECTED for decision in decisions)
                truth[pn, charge] = ChargeTruth(skn, last.outcome, last.on, last.final_on, last.code, hidden)
        return truth

    def hidden_cases(self) -> frozenset[str]:
        """The cases of which every charge is hidden."""
        of: dict[str, bool] = {}
        for (pn, _), truth in self.told().items():
            of[pn] = of.get(pn, True) and truth.hidden
        return frozenset(pn for pn, hidden in of.items() if hidden)

    def pairs(self) -> dict[Pair, PairTruth]:
        """Every enrolment with every message that changed the documentation of its person, as it is at the end."""
        hidden: dict[str, dict[int, bool]] = {}
        for (pn, charge), truth in self.told().items():
            hidden.setdefault(pn, {})[charge] = truth.hidden
        refused = {name for name, truth in self.refused.items() if not truth.corrected}
        lost = self.never_applied.keys() | refused
        return self.screening.pairs(Persons(self.holder, hidden, lost, {skn: self.person(skn) for skn in self.screening.numbers}))
