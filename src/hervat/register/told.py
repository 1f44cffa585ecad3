"""What was told: the applied messages by kind, each list in the canonical order, so that the last of a list counts.

- The order is that of the contract (3.5) within a stage: date, instance, source by its bytes, sequence; never arrival.
- The date of a message is the one its kind is decided by; a kind without one takes the legal day of its `time`.
- `until` gives the view on a day: what is dated later does not count. Who a person is, and whose a case is, has no day.
- A kind that is not in the table tells nothing about a person's record and is left out here, once.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, Generic, TypeVar

from msgspec import Struct

from hervat import kinds, process
from hervat.message import Message, Named

DATED_BY: dict[type[Struct], str | None] = {
    kinds.PersonRegistered: None,
    kinds.IdentityAdded: None,
    kinds.PersonsMerged: "decided_on",
    kinds.PersonsSplit: "decided_on",
    kinds.PersonDied: "died_on",
    kinds.CaseRegistered: "received_on",
    kinds.ChargesAmended: None,
    kinds.CasesJoined: "joined_on",
    kinds.CaseReattributed: "decided_on",
    kinds.CaseDismissed: "decided_on",
    kinds.PenaltyOrderIssued: "issued_on",
    kinds.PenaltyOrderOpposed: "opposed_on",
    kinds.PenaltyOrderWithdrawn: "withdrawn_on",
    kinds.PenaltyOrderFinal: "final_on",
    kinds.PenaltyOrderExecuted: "executed_on",
    kinds.SummonsIssued: None,
    kinds.JudgmentGiven: "given_on",
    kinds.AppealLodged: "lodged_on",
    kinds.AppealWithdrawn: "withdrawn_on",
    kinds.JudgmentFinal: "final_on",
    kinds.JudgmentAnnulled: "decided_on",
    kinds.SentenceStarted: "started_on",
    kinds.SentenceEnded: "ended_on",
    kinds.ConditionalSentenceEnforced: "decided_on",
    kinds.PardonGranted: "decided_on",
    kinds.ForeignConvictionNotified: "decided_on",
    kinds.EmergencyReport: "reported_on",
    process.CustodyStarted: "from_",
    process.CustodyProlonged: "decided_on",
    process.CustodyEnded: "released_on",
    process.HearingScheduled: None,
    process.FileReleased: "released_on",
    process.AdviceRequested: None,
    process.AdviceDelivered: "delivered_on",
    process.SupervisionStarted: "from_",
    process.VictimInformed: "informed_on",
}
BINDING = frozenset({kinds.PersonRegistered, kinds.IdentityAdded, kinds.PersonsMerged, kinds.PersonsSplit, kinds.CaseReattributed})

Rank = tuple[date, int, str, int]
Data = TypeVar("Data", bound=Struct)
Key = TypeVar("Key", bound=Hashable)
Kept = TypeVar("Kept")


class Said(Struct, Generic[Data], frozen=True):
    """One message: its place in the canonical order, what it says, and who said it."""

    rank: Rank
    data: Data
    source: str
    id: str
    sequence: int

    @property
    def on(self) -> date:
        """The date it is decided by."""
        return self.rank[0]

    @property
    def named(self) -> Named:
        """How other messages name it."""
        return Named(source=self.source, id=self.id)


class Told:
    """The messages of a set, by kind."""

    def __init__(self, messages: Iterable[Message]) -> None:
        self._by_kind: dict[type[Struct], list[Said[Any]]] = {}
        for message in messages:
            kind = type(message.data)
            if kind in DATED_BY:
                self._by_kind.setdefault(kind, []).append(_said(message, DATED_BY[kind]))
        for said in self._by_kind.values():
            said.sort(key=_BY_RANK)

    def of(self, kind: type[Data]) -> Sequence[Said[Data]]:
        """Every message of a kind, the one that counts last."""
        return self._by_kind.get(kind, ())

    def among(self, *of: type[Struct]) -> list[Said[Any]]:
        """Every message of any of these kinds, the one that counts last."""
        return sorted((said for kind in of for said in self._by_kind.get(kind, ())), key=_BY_RANK)

    def until(self, day: date) -> "Told":
        """What counts on a day."""
        view = Told(())
        view._by_kind = {
            kind: said if kind in BINDING else [one for one in said if one.on <= day] for kind, said in self._by_kind.items()
        }
        return view


_BY_RANK = attrgetter("rank")


def _said(message: Message, dated_by: str | None) -> Said[Any]:
    data = message.data
    on = message.legal_day if dated_by is None else getattr(data, dated_by)
    instance = data.instance if type(data) is kinds.JudgmentGiven else 0
    # Code points sort as their UTF-8 bytes do, so the source need not be encoded.
    return Said((on, instance, message.source, message.sequence), data, message.source, message.id, message.sequence)


def last_by(said: Iterable[Kept], key: Callable[[Kept], Key]) -> dict[Key, Kept]:
    """The one that counts for each key: the last, as `said` is in the canonical order."""
    return {key(one): one for one in said}


def grouped(said: Iterable[Kept], key: Callable[[Kept], Key]) -> dict[Key, list[Kept]]:
    """All for each key, in the order given."""
    groups: dict[Key, list[Kept]] = {}
    for one in said:
        groups.setdefault(key(one), []).append(one)
    return groups


def date_of(said: Said[Any] | None) -> date | None:
    """The date of a message that may not be there."""
    return None if said is None else said.on
