"""A relay that hands on in order of arrival, and a receiver that cannot hold: what chains had before.

- What comes first goes in first. The receiver takes a message where all that it builds on is there, and refuses it where not.
- The relay offers what was refused again, until `patience` is over; after that it is lost, and nobody is told. Five days is what the
  transport profile of the Dutch government retries for (Digikoppeling ebMS2).
- Needs and gives are those of the contract; what waits for the message before it in the same feed does not wait here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from hervat.clock import legal_day
from hervat.intake.admission import Judged, judge, judge_inner
from hervat.intake.preparing import AMENDING
from hervat.intake.terms import Terms
from hervat.message import Refusal
from hervat.needs import gives_of, needs_of
from hervat.rehearsal.network import Delivery

PATIENCE: Final = timedelta(days=5)
Name = tuple[str, str]


class Waiting(NamedTuple):
    """A message that was refused, and until when it is offered again."""

    name: Name
    needs: tuple[str, ...]
    gives: tuple[str, ...]
    delivery: Delivery
    until: datetime


@dataclass(slots=True)
class Relayed:
    """What became of what came: taken, in the order in which it was; refused when it came; lost; still offered at the end; never sound."""

    taken: list[Delivery] = field(default_factory=list)
    refused: set[Name] = field(default_factory=set)
    lost: set[Name] = field(default_factory=set)
    offered: set[Name] = field(default_factory=set)
    unsound: set[Name] = field(default_factory=set)


class Relay:
    """One relay; `patience` is for how long it offers again what was refused."""

    def __init__(self, patience: timedelta = PATIENCE) -> None:
        self._patience = patience
        self._terms = Terms.default()
        self._seen: dict[Name, Judged] = {}
        self._given: set[str] = set()
        self._waiting: dict[str, list[Waiting]] = {}
        self.relayed = Relayed()

    def carry(self, deliveries: Iterable[Delivery]) -> Relayed:
        """Hand on everything, in the order in which it comes."""
        last: datetime | None = None
        for delivery in deliveries:
            self._arrive(delivery)
            last = delivery.at
        for one in [one for some in self._waiting.values() for one in some]:
            (self.relayed.lost if last is not None and one.until < last else self.relayed.offered).add(one.name)
        return self.relayed

    def _arrive(self, delivery: Delivery) -> None:
        judged = judge(delivery.raw, self._terms)
        name = (judged.source, judged.id or "")
        if name in self._seen:
            return
        self._seen[name] = judged
        keys = self._keys(judged)
        if keys is None:
            self.relayed.unsound.add(name)
            return
        offered = Waiting(name, *keys, delivery, delivery.at + self._patience)
        if not self._offer(offered, delivery.at):
            self.relayed.refused.add(name)

    def _keys(self, judged: Judged) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """What a message needs and gives; None where it is refused for what it is."""
        if judged.refusal is not None or judged.kind is None:
            return None
        source, id = judged.source, judged.id or ""
        needs = needs_of(judged.kind, judged.data, source, id)
        gives = (f"message:{source}/{id}", *gives_of(judged.kind, judged.data, source, id))
        inner = None if judged.document is None else judged.document["data"].get("data")
        original = self._original(judged)
        if judged.kind not in AMENDING or inner is None or original is None or original.kind is None:
            return needs, gives
        data = judge_inner(
            original.kind, inner, self._terms.procedures, source=source, id=original.id or "", sequence=original.sequence or 0
        )
        if isinstance(data, Refusal):
            return None
        return needs + needs_of(original.kind, data, source, original.id or ""), gives + gives_of(
            original.kind, data, source, original.id or ""
        )

    def _original(self, judged: Judged) -> Judged | None:
        """The message that a correction corrects in the end, of those that came."""
        while judged.kind in AMENDING:
            data: dict[str, Any] = {} if judged.document is None else judged.document["data"]
            named = data.get("corrects") or data.get("retracts")
            found = None if named is None else self._seen.get((named["source"], named["id"]))
            if found is None:
                return None
            judged = found
        return judged

    def _offer(self, first: Waiting, at: datetime) -> bool:
        """Offer a message, and with it those that were refused for lack of what it gives; whether it was taken."""
        offered, taken = [first], False
        while offered:
            one = offered.pop()
            lacking = next((key for key in one.needs if key not in self._given), None)
            if at > one.until:
                self.relayed.lost.add(one.name)
            elif lacking is not None:
                self._waiting.setdefault(lacking, []).append(one)
            else:
                taken = taken or one is first
                self.relayed.taken.append(Delivery(legal_day(at), at, _without_previous(one.delivery.raw), one.delivery.source))
                self._given.update(one.gives)
                for key in one.gives:
                    offered += self._waiting.pop(key, [])
        return taken


def _without_previous(raw: bytes) -> bytes:
    """The same message, which names none before it: such a receiver knows no such wait."""
    document = msgspec.json.decode(raw)
    if document.pop("previous", None) is None:
        return raw
    return msgspec.json.encode(document, order="sorted")
