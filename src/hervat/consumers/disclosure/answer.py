"""An answer to a request for disclosure, as it follows from the request, the record and the law; and what of it is handed out.

- `given`: what the ground opens. `refused`: no ground, with the reason and the article. `unknown`: the register knows nobody there; that is
  not clean. `cannot-say`: something that decides is not told. `several`: several persons have the number, and nothing is disclosed.
  `no-request`: the request was taken back, or is held.
- Whoever may have the limited set alone is told nothing else of the person: not whether the register knows them, nor what is held, refused
  or in conflict about them. An answer about somebody unknown reads as one without a conviction, with the horizon that holds for anybody.
- What is compared of two answers is their outcome and the facts that were handed out, each as a line; never positions, horizon or receipts.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Literal

import msgspec
from msgspec import Struct

from hervat.consumers.disclosure.hearings import Hearing
from hervat.consumers.disclosure.limited import Weighed
from hervat.consumers.disclosure.requested import Asked
from hervat.kinds import DisclosureRequested
from hervat.law import disclosure as law
from hervat.law.rule import Result
from hervat.law.value import Outcome
from hervat.register.record import Person

How = Literal["given", "refused", "unknown", "cannot-say", "several", "no-request"]
_canonical = msgspec.json.Encoder(order="sorted").encode


class Unseen(Struct, frozen=True, kw_only=True):
    """What the register does not know: the horizon, and the sources that may know more."""

    horizon: dict[str, Any]
    blind: tuple[str, ...]


class Answer(Struct, frozen=True, kw_only=True):
    """An answer. `answer` is the register's about the person, with the horizon, and `blind` the sources that may know more of that person;
    `of_anybody` the same of nobody in particular; `weighed` are the convictions of a limited set.
    """

    how: How
    on: date
    position: int
    request: DisclosureRequested | None = None
    asked: Asked | None = None
    ground: Result[law.Permission] | None = None
    persons: int = 0
    person: Person | None = None
    answer: dict[str, Any] | None = None
    weighed: tuple[Weighed, ...] = ()
    blind: tuple[str, ...] = ()
    of_anybody: Unseen | None = None
    hearings: tuple[Hearing, ...] = ()
    custody: bool = False

    @property
    def permission(self) -> law.Permission | None:
        """What the ground opens."""
        return None if self.ground is None else self.ground.value

    @property
    def scope(self) -> law.Scope | None:
        """The set that is handed out."""
        return None if self.how != "given" or self.permission is None else self.permission.scope

    @property
    def is_limited(self) -> bool:
        """Whether its receiver may have the limited set, and nothing else."""
        return self.permission is not None and self.permission.scope is law.Scope.LIMITED

    @property
    def told_how(self) -> How:
        """What the receiver is told of how it is."""
        return "given" if self.is_limited and self.how == "unknown" else self.how

    @property
    def told_unseen(self) -> Unseen | None:
        """What the receiver is told of what the register does not know."""
        if self.answer is None or self.is_limited:
            return self.of_anybody
        return Unseen(horizon=self.answer["horizon"], blind=self.blind)

    @property
    def disclosed(self) -> tuple[Weighed, ...]:
        """The convictions that the rules put in the limited set."""
        return tuple(one for one in self.weighed if one.outcome is Outcome.YES)

    @property
    def withheld(self) -> tuple[Weighed, ...]:
        """The convictions of which the rules cannot say whether they are in it."""
        return tuple(one for one in self.weighed if one.outcome is Outcome.CANNOT_SAY)

    def set(self) -> dict[str, Any] | None:
        """What is handed out; None where nothing is. What the police reported directly was told for another purpose, and is never in it;
        nor is the process traffic, which is no judicial documentation (Bjsg 2 to 8 name none of it).
        """
        if self.is_limited and self.told_how == "given":
            return {"convictions": [one.shown() for one in self.disclosed]}
        if self.scope is None or self.person is None:
            return None
        shown = {name: value for name, value in self.person.as_json().items() if name != "emergency_reports"}
        return shown | {"cases": [{name: value for name, value in case.items() if name != "process"} for case in shown["cases"]]}

    def lines(self) -> tuple[str, ...]:
        """The outcome as it is told and every fact that is handed out, sorted: what is compared of two answers."""
        return (self.told_how, *sorted(self._facts()))

    def _facts(self) -> Iterator[str]:
        if self.scope is law.Scope.LIMITED:
            yield from (_canonical(one.shown()).decode() for one in self.disclosed)
        elif self.scope is law.Scope.FULL and self.person is not None:
            yield from (line.decode() for line in self.person.facts())

    def receipts(self) -> Iterator[str]:
        """The receipts of what decided; for a receipt holds facts, none of what is withheld."""
        yield from (result.receipt().decode() for result in self.decided())

    def missing(self) -> list[str]:
        """What was asked for and is not told."""
        return [] if self.ground is None else [*self.ground.missing]

    def decided(self) -> Iterator[Result[Any]]:
        """The answers of the law that decided on what is handed out; of convictions only those that are disclosed."""
        results: list[Result[Any] | None] = [None if self.asked is None else self.asked.wording, self.ground]
        for one in self.disclosed:
            results += [one.applied, one.window]
        yield from (result for result in results if result is not None)

    def unverified(self) -> list[str]:
        """The values that decided and are not quoted."""
        return sorted({name for one in self.decided() for name in one.unverified})


def hashed(lines: Iterable[str]) -> str:
    """What is hashed of an answer."""
    return "disclosed-set:" + "\n".join(lines)


def differing(before: tuple[str, ...], now: tuple[str, ...]) -> dict[str, Any]:
    """What differs between two answers: the outcomes where they do, the facts that are gone, and those that came."""
    said: dict[str, Any] = {"outcome": {"before": before[0], "now": now[0]}}
    gone, came = (sorted(set(one[1:]) - set(other[1:])) for one, other in ((before, now), (now, before)))
    return said | {"gone": [msgspec.json.decode(line) for line in gone], "came": [msgspec.json.decode(line) for line in came]}
