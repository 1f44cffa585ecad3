"""The changes in the documentation of persons: every message that changed it and still stands, dated, with whom it concerns.

- A change is one message about a case that is shown, or a foreign conviction: from the first suspicion on, overtredingen too. It is dated
  as the contract dates it (section 3, 5), never by its arrival.
- What is hidden is no change, nor is what speaks of hidden charges alone; what was retracted is not among the messages at all.
- To whom a case belongs, and who is one person, is as it is known now: a change moves when its case does.
- An emergency report is police data for one purpose, and is no change in the documentation. It stands apart, for that purpose.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from typing import Any

from msgspec import Struct

from hervat import case, kinds
from hervat.message import Message, Named
from hervat.register.cases import Cases
from hervat.register.contradictions import identities
from hervat.register.hiding import Hidden
from hervat.register.people import People
from hervat.register.told import Said, Told, last_by

Hide = Callable[[Told, People], Hidden]
CHANGING = (
    kinds.CaseRegistered,
    kinds.ChargesAmended,
    kinds.CaseDismissed,
    kinds.PenaltyOrderIssued,
    kinds.PenaltyOrderOpposed,
    kinds.PenaltyOrderWithdrawn,
    kinds.PenaltyOrderFinal,
    kinds.PenaltyOrderExecuted,
    kinds.SummonsIssued,
    kinds.JudgmentGiven,
    kinds.AppealLodged,
    kinds.AppealWithdrawn,
    kinds.JudgmentFinal,
    kinds.JudgmentAnnulled,
    kinds.SentenceStarted,
    kinds.SentenceEnded,
    kinds.ConditionalSentenceEnforced,
    kinds.PardonGranted,
)


class Documented(Struct, frozen=True, kw_only=True, gc=False):
    """One change in somebody's documentation: the message, its kind and day, and the charges it speaks of that are shown."""

    message: Named
    kind: str
    on: date
    charges: tuple[case.Charge, ...] = ()


class Concerned(Struct, frozen=True, kw_only=True):
    """A person, by the BSNs of its identity sets and the SKN it answers under, with the changes that concern it, in order, and apart from
    them the reports of the police that are not hidden.
    """

    skn: str
    bsns: frozenset[str]
    changes: tuple[Documented, ...]
    reports: tuple[Documented, ...] = ()


def changes(messages: Iterable[Message], *, hide: Hide = Hidden) -> Iterator[Concerned]:
    """Every person in a set of applied messages, with what changed in its documentation; `hide` says what is hidden. Raises nothing."""
    told = Told(messages)
    people = People(told)
    hidden = hide(told, people)
    shown = _Shown(told, hidden)
    of: dict[str | None, list[Documented]] = {}
    for said in told.among(*CHANGING):
        holder, change = shown.change(said)
        if change is not None:
            of.setdefault(people.person(holder), []).append(change)
    for said in told.of(kinds.ForeignConvictionNotified):
        of.setdefault(people.person(said.data.skn), []).append(_documented(said))
    reports: dict[str | None, list[Documented]] = {}
    for said in told.of(kinds.EmergencyReport):
        if (said.data.police_report, said.data.skn) not in hidden.reports:
            reports.setdefault(people.person(said.data.skn), []).append(_documented(said))
    bsns = _bsns(told, people)
    for skn in people.skns:
        yield Concerned(
            skn=skn,
            bsns=frozenset(bsns.get(skn, ())),
            changes=tuple(sorted(of.get(skn, ()), key=_order)),
            reports=tuple(reports.get(skn, ())),
        )


_KIND = {struct: kind for kind, struct in kinds.KINDS.items()}


KINDS_THAT_CHANGE = tuple(_KIND[struct] for struct in (*CHANGING, kinds.ForeignConvictionNotified))
"""The kinds that change somebody's documentation."""


class _Shown:
    """The cases that are shown, by what messages name them with."""

    def __init__(self, told: Told, hidden: Hidden) -> None:
        cases = Cases(told, told, hidden)
        self._hidden = hidden
        self._holders = cases.holders
        self._charges = {shown.prosecution_number: {charge.charge: charge for charge in shown.charges} for _, shown in cases.shown()}
        self._judgments, self._orders = cases.judgments.given, cases.orders.issued

    def change(self, said: Said[Any]) -> tuple[str, Documented | None]:
        """To whom the case of a message belongs, and the change it is; None where nothing of it is shown."""
        given = self._given(said.data)
        pn = None if given is None else given.pn
        if pn is None or pn not in self._holders:
            return "", None
        numbers = _numbers(given)
        if self._hidden.all(pn, numbers):
            return "", None
        charges = self._charges[pn]
        about = tuple(_plain(charges[number]) for number in sorted(numbers or charges) if number in charges)
        return self._holders[pn], _documented(said, about)

    def _given(self, data: Any) -> Any:
        """What names the case: the message itself, or the judgment or order that it speaks of."""
        if hasattr(data, "pn"):
            return data
        decision = self._judgments.get(data.judgment) if hasattr(data, "judgment") else self._orders.get(data.order)
        return None if decision is None else decision.data


def _numbers(data: Any) -> Collection[int]:
    if isinstance(data, kinds.JudgmentGiven):
        return {verdict.charge for verdict in data.verdicts}
    return {charge if isinstance(charge, int) else charge.charge for charge in getattr(data, "charges", ())}


def _plain(charge: case.Charge) -> case.Charge:
    """The charge as it was brought, without what was decided about it."""
    return case.Charge(**{name: getattr(charge, name) for name in case.Charge.__struct_fields__})


def _documented(said: Said[Any], charges: tuple[case.Charge, ...] = ()) -> Documented:
    return Documented(message=said.named, kind=_KIND[type(said.data)], on=said.on, charges=charges)


def _order(change: Documented) -> tuple[date, str, str]:
    return change.on, change.message.source, change.message.id


def _bsns(told: Told, people: People) -> dict[str | None, set[str]]:
    """The BSNs of each person, from the identity sets that count."""
    found: dict[str | None, set[str]] = {}
    for said in last_by(identities(told), lambda said: (said.data.skn, said.data.identity.set)).values():
        if said.data.identity.bsn is not None:
            found.setdefault(people.person(said.data.skn), set()).add(said.data.identity.bsn)
    return found
