"""The book of the rehearsal `wrong-name`: what is recorded under whose name on every day, what rested on that, and what must be told of it.

- It is written while the world is made, in the order in which it happens; no message and no register is read for it.
- What a decision or an extract rested on is all that stood under the name then, up to its own day. What stands there now, up to that same
  day, is laid beside it every evening: where that differs it must be told, each difference once; where it is as it was, that as well.
- What is screened is told message by message: under whose enrolment each stands this evening, and did the evening before.
- Beside what is recorded stands what is true; at the end both must be the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple


class Telling(NamedTuple):
    """Something that a consumer must tell, once: of which signal, application or request, by the ids of messages, and what it says."""

    consumer: str
    of: str
    says: str


class Fact(NamedTuple):
    """A charge as it stands up to a day."""

    pn: str
    charge: int
    outcome: str
    on: date
    final_on: date | None


@dataclass(slots=True)
class Case:
    """A case: who is told to be its person, and who is."""

    holder: str
    truly: str
    on: date
    charges: int
    message: str


@dataclass(slots=True)
class Judgment:
    """A judgment that convicts of every charge of its case: the case that it is told to be of, and the one that it is of."""

    pn: str
    truly: str
    on: date
    message: str
    final_on: date | None = None
    final_message: str = ""


class View(NamedTuple):
    """What stands under a name up to a day: the number that the person answers under, its numbers, and its charges."""

    person: str
    numbers: frozenset[str]
    facts: frozenset[Fact]


@dataclass(slots=True)
class Rested:
    """A decision or an answer: about whom, of which day, what it rested on, what its receiver knows now, whether it rested on
    something that is not so, and whether a difference is open.
    """

    skn: str
    on: date
    then: View
    held: View
    wrongly: bool
    opened: bool = False


@dataclass(slots=True)
class Book:
    """The book of one world."""

    cases: dict[str, Case] = field(default_factory=dict)
    judgments: dict[str, Judgment] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    enrolled: dict[str, str] = field(default_factory=dict)
    decided: dict[str, Rested] = field(default_factory=dict)
    answered: dict[str, Rested] = field(default_factory=dict)
    _standing: dict[str, frozenset[str]] = field(default_factory=dict)

    def decide(self, application: str, skn: str, on: date) -> None:
        """Somebody decided on an application on what stands under a name."""
        view = self.view(skn, on)
        self.decided[application] = Rested(skn, on, view, view, view.facts != self.view(skn, on, told=False).facts)

    def answer(self, request: str, skn: str, on: date) -> None:
        """A request for judicial data was answered with what stands under a name."""
        view = self.view(skn, on)
        self.answered[request] = Rested(skn, on, view, view, view != self.view(skn, on, told=False))

    def person(self, skn: str) -> str:
        """The number that somebody answers under."""
        return self.kept.get(skn, skn)

    def view(self, skn: str, on: date, *, told: bool = True) -> View:
        """What stands under a name up to a day, as it is told; or truly, where no two numbers are one person."""
        person = self.person(skn) if told else skn
        numbers = frozenset((person, skn, *(away for away, kept in self.kept.items() if told and kept == person)))
        pns = [pn for pn, case in self.cases.items() if (case.holder if told else case.truly) in numbers and case.on <= on]
        return View(person, numbers, frozenset(fact for pn in pns for fact in self._charges(pn, on, told=told)))

    def _charges(self, pn: str, on: date, *, told: bool) -> Iterator[Fact]:
        case = self.cases[pn]
        judged = [one for one in self.judgments.values() if (one.pn if told else one.truly) == pn and one.on <= on]
        for charge in range(1, case.charges + 1):
            if not judged:
                yield Fact(pn, charge, "suspected", case.on, None)
                continue
            final = judged[-1].final_on
            yield Fact(pn, charge, "convicted", judged[-1].on, final if final is not None and final <= on else None)

    def truth(self) -> dict[tuple[str, int], tuple[str, Fact]]:
        """Every charge with whose it truly is and what truly became of it."""
        return {
            (pn, fact.charge): (case.truly, fact)
            for pn, case in self.cases.items()
            for fact in self._charges(pn, date.max, told=False)
        }

    def evening(self) -> list[Telling]:
        """All that must be told this evening."""
        return [*self._screening(), *self._certificates(), *self._disclosures()]

    def _screening(self) -> Iterator[Telling]:
        documents: dict[str, set[str]] = {}
        for case in self.cases.values():
            documents.setdefault(self.person(case.holder), set()).add(case.message)
        for one in self.judgments.values():
            messages = {one.message, one.final_message} - {""}
            documents.setdefault(self.person(self.cases[one.pn].holder), set()).update(messages)
        for enrolment, skn in self.enrolled.items():
            now, before = frozenset(documents.get(self.person(skn), ())), self._standing.get(enrolment, frozenset())
            yield from (Telling("screening", f"{enrolment} {message}", "new") for message in sorted(now - before))
            yield from (Telling("screening", f"{enrolment} {message}", "withdrawn") for message in sorted(before - now))
            self._standing[enrolment] = now

    def _certificates(self) -> Iterator[Telling]:
        for application, one in self.decided.items():
            now = self.view(one.skn, one.on)
            differs = now.facts != one.then.facts
            if differs and (not one.opened or now.facts != one.held.facts):
                one.opened, one.held = True, now
                yield Telling("certificate", application, "opened")
            elif one.opened and not differs:
                one.opened = False
                yield Telling("certificate", application, "withdrawn")

    def _disclosures(self) -> Iterator[Telling]:
        for request, one in self.answered.items():
            now = self.view(one.skn, one.on)
            if now != one.held:
                one.held = now
                yield Telling("disclosure", request, "told")
