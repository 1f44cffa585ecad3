"""A story told in messages, one line each, so that a test of the register reads as what happened."""

from collections import Counter
from datetime import UTC, datetime, time
from datetime import date as day
from typing import Any

import msgspec

from hervat.kinds import KINDS
from hervat.message import Message
from hervat.register.fold import Register, fold
from hervat.register.record import Case, Charge, Contradiction, Person

PN = "10/000001-25"
OTHER = "10/000002-25"
START = "2025-01-01"


def said(kind: str, data: dict[str, Any], *, source: str = "om", id: str = "1", sequence: int = 1, on: str = START) -> Message:
    """One message; `on` is the day of its `time` (at noon, so in Europe/Amsterdam too)."""
    moment = datetime.combine(day.fromisoformat(on), time(12), UTC)
    typed = msgspec.convert(data, KINDS[kind])
    return Message(source=f"urn:{source}", id=id, sequence=sequence, kind=kind, time=moment, data=typed)


class Story:
    """Messages in the order told; each source numbers its own."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._sequence: Counter[str] = Counter()

    def tell(self, kind: str, *, source: str = "om", on: str = START, **data: Any) -> Message:
        """Tell a message. `from_` and `class_` may be written with their underscore."""
        self._sequence[source] += 1
        number = self._sequence[source]
        fields = {name.rstrip("_"): value for name, value in data.items()}
        message = said(kind, fields, source=source, id=f"{source}-{number}", sequence=number, on=on)
        self.messages.append(message)
        return message

    def person(self, skn: str, set: str = "1", **identity: str) -> Message:
        return self.tell("person-registered", source="skdb", skn=skn, identity={"set": set, "surname": skn} | identity)

    def case(self, pn: str = PN, skn: str = "A", charges: int = 1, on: str = START, **more: str) -> Message:
        listed = [charge(number) for number in range(1, charges + 1)]
        return self.tell("case-registered", pn=pn, skn=skn, office="Utrecht", received_on=on, charges=listed, **more)

    def dismissal(
        self, on: str, code: str = "02", pn: str = PN, charges: tuple[int, ...] = (1,), conditional: bool = False
    ) -> Message:
        return self.tell("case-dismissed", pn=pn, charges=charges, code=code, conditional=conditional, decided_on=on)

    def order(self, on: str, order: str = "o", pn: str = PN, charges: tuple[int, ...] = (1,)) -> Message:
        fine = {"sentence": "1", "kind": "fine", "amount_eur": "100.00"}
        return self.tell("penalty-order-issued", order=order, pn=pn, charges=charges, issued_on=on, sentences=[fine])

    def judgment(self, on: str, judgment: str = "j", pn: str = PN, source: str = "zm", **verdicts: Any) -> Message:
        """`c1="convicted"` is the verdict on charge 1; `instance`, `on_appeal_of` as in the message; one sentence, "1"."""
        given = [{"charge": int(name[1:]), "verdict": verdict} for name, verdict in verdicts.items() if name[0] == "c"]
        more = {name: value for name, value in verdicts.items() if name[0] != "c"}
        prison = {"sentence": "1", "kind": "imprisonment", "days": 30, "conditional": {"days": 10, "probation_years": 2}}
        data: dict[str, Any] = {
            "court": "Utrecht",
            "instance": 1,
            "verdicts": given or [{"charge": 1, "verdict": "convicted"}],
        } | more
        return self.tell("judgment-given", source=source, judgment=judgment, pn=pn, given_on=on, sentences=[prison], **data)

    def final(self, on: str, judgment: str = "j", source: str = "zm") -> Message:
        return self.tell("judgment-final", source=source, judgment=judgment, final_on=on)

    def appeal(self, on: str, judgment: str = "j", by: str = "defendant") -> Message:
        return self.tell("appeal-lodged", source="zm", judgment=judgment, remedy="appeal", by=by, lodged_on=on)

    def withdrawal(self, on: str, judgment: str = "j", **by: str) -> Message:
        return self.tell("appeal-withdrawn", source="zm", judgment=judgment, withdrawn_on=on, **by)

    def merge(self, kept: str, merged: str, on: str) -> Message:
        return self.tell("persons-merged", source="skdb", kept=kept, merged=merged, decided_on=on, ground="prints")

    def split(self, merge: Message, on: str) -> Message:
        undoes = {"source": merge.source, "id": merge.id}
        return self.tell("persons-split", source="skdb", undoes=undoes, decided_on=on, ground="prints withdrawn")

    def move(self, giver: str, to: str, on: str, pn: str = PN) -> Message:
        return self.tell("case-reattributed", pn=pn, from_=giver, to=to, decided_on=on, ground="wrong person")

    def register(self, valid_on: str | None = None) -> Register:
        return fold(self.messages, None if valid_on is None else day.fromisoformat(valid_on))

    def of(self, skn: str = "A", valid_on: str | None = None) -> Person:
        person = self.register(valid_on).of(skn)
        assert person is not None
        return person

    def the_case(self, skn: str = "A", valid_on: str | None = None) -> Case:
        (case,) = self.of(skn, valid_on).cases
        return case

    def charge(self, number: int = 1, valid_on: str | None = None) -> Charge:
        (found,) = (one for one in self.the_case(valid_on=valid_on).charges if one.charge == number)
        return found

    def outcome(self, number: int = 1, valid_on: str | None = None) -> tuple[str, str, str | None]:
        """(outcome, outcome_on, final_on) of a charge of the only case."""
        one = self.charge(number, valid_on)
        return one.outcome, str(one.outcome_on), None if one.final_on is None else str(one.final_on)


def charge(number: int, **more: Any) -> dict[str, Any]:
    plain = {"charge": number, "article": "Sr 310", "label": "diefstal", "class": "misdrijf"}
    return plain | {"period": {"from": "2024-12-01", "to": "2024-12-01"}} | more


def told(found: tuple[Contradiction, ...]) -> list[tuple[str, str]]:
    """The contradictions as (what, id of the message)."""
    return [(one.what, one.message.id) for one in found]
