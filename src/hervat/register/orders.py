"""Penalty orders: issued, opposed, withdrawn, final, executed.

- Of several orders with one number the last counts that is not hidden; the others are contradictions.
- An opposed order stands until another decision. A withdrawn order is shown and decides nothing.
"""

from hervat import kinds
from hervat.register.hiding import Hidden
from hervat.register.record import Order
from hervat.register.told import Said, Told, date_of, grouped, last_by

Issued = Said[kinds.PenaltyOrderIssued]


class Orders:
    """The penalty orders of a set of messages; none that is hidden."""

    def __init__(self, told: Told, hidden: Hidden) -> None:
        """`told`: every one that is not hidden. `issued`: those shown, `final_on`: when they became final, by the number of the order."""
        self.told = [said for said in told.of(kinds.PenaltyOrderIssued) if not hidden.all(said.data.pn, said.data.charges)]
        self.issued = last_by(self.told, lambda said: said.data.order)
        self._hidden = hidden
        self._by_case = grouped(self.issued.values(), lambda said: said.data.pn)
        self._opposed = last_by(told.of(kinds.PenaltyOrderOpposed), lambda said: said.data.order)
        self._withdrawn = last_by(told.of(kinds.PenaltyOrderWithdrawn), lambda said: said.data.order)
        self._executed = last_by(told.of(kinds.PenaltyOrderExecuted), lambda said: said.data.order)
        finals = sorted(told.of(kinds.PenaltyOrderFinal), key=lambda said: (said.sequence, said.source))
        self.final_on = {said.data.order: said.on for said in finals}

    def standing(self) -> list[Issued]:
        """The orders that decide."""
        return [said for order, said in self.issued.items() if order not in self._withdrawn]

    def of(self, pn: str) -> tuple[Order, ...]:
        """The orders of a case, in the canonical order."""
        return tuple(self._shown(said) for said in sorted(self._by_case.get(pn, ()), key=lambda said: said.rank))

    def _shown(self, said: Issued) -> Order:
        order = said.data.order
        return Order(
            order=order,
            charges=tuple(charge for charge in said.data.charges if (said.data.pn, charge) not in self._hidden.charges),
            issued_on=said.on,
            sentences=said.data.sentences,
            opposed_on=date_of(self._opposed.get(order)),
            withdrawn_on=date_of(self._withdrawn.get(order)),
            final_on=self.final_on.get(order),
            executed_on=date_of(self._executed.get(order)),
            message=said.named,
        )
