"""The outcome of a charge: of everything that was decided about it, the last.

- Last is by stage (registered < decisions of the prosecution < judgments), then date, instance, source, sequence.
- An annulled judgment keeps its place and leaves `annulled`, until a later judgment.
- A withdrawn order, a superseded judgment and a superseded order decide nothing; what was decided before them counts.
- Hidden charges have no outcome.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from typing import Any

from msgspec import Struct

from hervat import case, kinds
from hervat.register.hiding import Hidden
from hervat.register.judgments import Judgments
from hervat.register.orders import Orders
from hervat.register.told import Rank, Said, Told

REGISTERED, PROSECUTION, JUDGMENT = range(3)


class Decision(Struct, frozen=True):
    """One decision: its place in the order, what it decided and when, and the message that says so."""

    place: tuple[int, Rank]
    outcome: str
    on: date
    by: Said[Any]
    code: str | None = None
    final_on: date | None = None


OnCharges = tuple[str, Iterable[int], Decision]


def decisions(told: Told, judgments: Judgments, orders: Orders, hidden: Hidden) -> dict[str, dict[int, Decision]]:
    """The decision that sets the outcome of each charge, by prosecution number and charge."""
    last: dict[str, dict[int, Decision]] = {}
    for pn, charges, decision in chain(_registered(told), _prosecution(told), _ordered(orders), _judged(judgments)):
        of_case = last.setdefault(pn, {})
        for charge in charges:
            before = of_case.get(charge)
            if (pn, charge) not in hidden.charges and (before is None or before.place < decision.place):
                of_case[charge] = decision
    return last


def _registered(told: Told) -> Iterator[OnCharges]:
    for said in told.among(kinds.CaseRegistered, kinds.ChargesAmended):
        yield said.data.pn, _numbers(said.data.charges), _decision(REGISTERED, "suspected", said)


def _prosecution(told: Told) -> Iterator[OnCharges]:
    for said in told.of(kinds.CaseDismissed):
        outcome = "dismissed-conditionally" if said.data.conditional else "dismissed"
        yield said.data.pn, said.data.charges, _decision(PROSECUTION, outcome, said, code=said.data.code)
    for summons in told.of(kinds.SummonsIssued):
        yield summons.data.pn, summons.data.charges, _decision(PROSECUTION, "summoned", summons)


def _ordered(orders: Orders) -> Iterator[OnCharges]:
    for said in orders.standing():
        final_on = orders.final_on.get(said.data.order)
        yield said.data.pn, said.data.charges, _decision(PROSECUTION, "penalty-order", said, final_on=final_on)


def _judged(judgments: Judgments) -> Iterator[OnCharges]:
    for number, said in judgments.given.items():
        annulment = judgments.annulled.get(number)
        for verdict in said.data.verdicts:
            if annulment is not None:
                decision = Decision((JUDGMENT, said.rank), "annulled", annulment.on, annulment)
            else:
                decision = _decision(JUDGMENT, verdict.verdict, said, final_on=judgments.final_on.get(number))
            yield said.data.pn, (verdict.charge,), decision


def _decision(stage: int, outcome: str, by: Said[Any], code: str | None = None, final_on: date | None = None) -> Decision:
    return Decision((stage, by.rank), outcome, by.on, by, code, final_on)


def _numbers(charges: Iterable[case.Charge]) -> list[int]:
    return [charge.charge for charge in charges]
