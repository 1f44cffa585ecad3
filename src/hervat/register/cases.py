"""Cases: whose they are, their charges with their outcome, and what they were joined into.

- Of several registrations of one prosecution number the last is shown; the charges are those of all of them.
- charges-amended adds or replaces the charges it names, after every registration.
- A case belongs to the `to` of its latest re-attribution, else to the SKN it was registered for.
- Joining changes no charge, number or person. A case that is hidden is not named as the one joined into.
"""

from collections.abc import Iterator

from msgspec.structs import asdict

from hervat import case, kinds
from hervat.register.decisions import Decision, decisions
from hervat.register.hiding import Hidden
from hervat.register.judgments import Judgments
from hervat.register.orders import Orders
from hervat.register.process import Process
from hervat.register.record import Case, Charge
from hervat.register.told import Said, Told, last_by


class Cases:
    """The cases of a set of messages as they are shown on a day; none that is hidden."""

    def __init__(self, told: Told, whole: Told, hidden: Hidden) -> None:
        """`told`: what counts on the day, of `whole`. `registered`, `holders`: of each case shown, by its number."""
        self.judgments, self.orders = Judgments(told, hidden), Orders(told, hidden)
        self.process = Process(told, self.judgments, hidden)
        self._decisions = decisions(told, self.judgments, self.orders, hidden)
        last = last_by(told.of(kinds.CaseRegistered), lambda said: said.data.pn)
        self.registered = {pn: said for pn, said in last.items() if pn not in hidden.cases and self._decisions.get(pn)}
        moved = {said.data.pn: said.data.to for said in told.of(kinds.CaseReattributed)}
        self.holders = {pn: moved.get(pn, said.data.skn) for pn, said in self.registered.items()}
        self._joined = {said.data.pn: said.data.into for said in told.of(kinds.CasesJoined)}
        self._described = _described(told, whole)

    def shown(self) -> Iterator[tuple[str, Case]]:
        """Every case with the SKN to which it belongs."""
        for pn, holder in self.holders.items():
            yield holder, self._shown(self.registered[pn])

    def _shown(self, said: Said[kinds.CaseRegistered]) -> Case:
        pn = said.data.pn
        into = self._joined.get(pn)
        return Case(
            prosecution_number=pn,
            office=said.data.office,
            registered_on=said.data.received_on,
            joined_into=into if into in self.registered else None,
            police_report=said.data.police_report,
            charges=self._charges(pn),
            judgments=self.judgments.of(pn),
            orders=self.orders.of(pn),
            process=self.process.of(pn),
        )

    def _charges(self, pn: str) -> tuple[Charge, ...]:
        described = self._described[pn]
        return tuple(
            _charge(described[number], decision)
            for number, decision in sorted(self._decisions[pn].items(), key=lambda pair: pair[0])
            if number in described
        )


def _described(told: Told, whole: Told) -> dict[str, dict[int, case.Charge]]:
    """The charges by prosecution number and charge.

    A judgment may count on a day before the message that added its charge is dated: then the charge is described as it
    is later, which is why the whole comes first.
    """
    described: dict[str, dict[int, case.Charge]] = {}
    later = [] if told is whole else whole.among(kinds.ChargesAmended)
    for said in (*later, *told.among(kinds.CaseRegistered), *told.among(kinds.ChargesAmended)):
        described.setdefault(said.data.pn, {}).update((charge.charge, charge) for charge in said.data.charges)
    return described


def _charge(charge: case.Charge, decision: Decision) -> Charge:
    return Charge(
        **asdict(charge),
        outcome=decision.outcome,
        outcome_on=decision.on,
        final_on=decision.final_on,
        code=decision.code,
        message=decision.by.named,
    )
