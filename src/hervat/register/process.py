"""Process traffic: what is told of a case and decides nothing about a charge, in the canonical order.

- It goes with the case: a case that is hidden is not shown with it, and one that moves takes it along.
- Supervision is of the case in which its judgment was given, and a delivered advice of the case for which it was asked; of a judgment that
  is hidden, or an advice that nothing asks for, nothing is shown.
- Of several requests under one number of an advice the last counts that is not hidden; the others are contradictions.
"""

from typing import Any

from msgspec.structs import asdict

from hervat import process
from hervat.message import Named
from hervat.register.hiding import Hidden
from hervat.register.judgments import Judgments
from hervat.register.record import ProcessFact
from hervat.register.told import Said, Told, grouped, last_by

_KIND = {struct: kind for kind, struct in process.PROCESS.items()}


class Process:
    """The process traffic of a set of messages, by case."""

    def __init__(self, told: Told, judgments: Judgments, hidden: Hidden) -> None:
        """`requests`: those for advice, but in a case that is hidden; `requested`: those that count, by the number of the advice."""
        self.requests = [said for said in told.of(process.AdviceRequested) if said.data.pn not in hidden.cases]
        self.requested = last_by(self.requests, lambda said: said.data.advice)
        self._given = judgments.given
        self._by_case = grouped(told.among(*process.PROCESS.values()), self._case_of)

    def of(self, pn: str) -> tuple[ProcessFact, ...]:
        """What is told of a case."""
        return tuple(process_fact(said.data, said.named) for said in self._by_case.get(pn, ()))

    def _case_of(self, said: Said[Any]) -> str | None:
        match said.data:
            case process.AdviceRequested(advice=advice) if self.requested.get(advice) is not said:
                return None
            case process.AdviceDelivered(advice=advice):
                return _case_in(self.requested.get(advice))
            case process.SupervisionStarted(judgment=judgment):
                return _case_in(self._given.get(judgment))
            case _:
                return _case_in(said)


def _case_in(said: Said[Any] | None) -> str | None:
    return None if said is None else said.data.pn


def process_fact(data: Any, message: Named) -> ProcessFact:
    """What a message of process traffic tells, as it is shown."""
    told = {name: value for name, value in asdict(data).items() if name != "pn"}
    return ProcessFact(**told, kind=_KIND[type(data)], message=message)
