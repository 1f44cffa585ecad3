"""What is left of messages of which something was erased (the contract, section 3, 10).

- A message of which parts were erased is folded with the others. What a part was required for is simply not there.
- A charge is *erased* where the part that registered it was, and no registration that can be read has it. What others say about it has
  no facts, as for a charge that is hidden: it is taken out of verdicts, orders and dismissals, and what speaks of nothing else is left out.
- Which charges a message registered of which nothing can be read is known by its keys, which are hashed.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, get_type_hints

import msgspec
from msgspec.structs import fields, replace

from hervat import kinds
from hervat.message import Message, Value

_REGISTERING = (kinds.CaseRegistered, kinds.ChargesAmended)
_NUMBERED = (kinds.CaseDismissed, kinds.PenaltyOrderIssued, kinds.SummonsIssued)


def shaped(kind: str, data: dict[str, Any], *, whole: bool) -> Value:
    """The data of an accepted message as the struct of its kind; where it is not whole, with less in it than the kind asks for."""
    shape = kinds.KINDS[kind]
    if whole:
        return msgspec.convert(data, shape)
    # Without the annotations that say how much there must be of it.
    hints = get_type_hints(shape)
    left = {one.name: msgspec.convert(data[one.encode_name], hints[one.name]) for one in fields(shape) if one.encode_name in data}
    absent = {one.name: None for one in fields(shape) if one.required and one.name not in left}
    return shape(**left, **absent)


def charges_in(erased: Iterable[str], pn: str) -> Iterator[str]:
    """The keys of the charges among erased parts of a registration."""
    return (f"charge:{pn}#{name.partition(':')[2]}" for name in erased if name.startswith("charge:"))


def without(messages: Iterable[Message], erased: Collection[bytes], hash: Callable[[str], bytes]) -> list[Message]:
    """The messages without what they say of erased charges. `erased` has the hashed keys of what was registered and cannot be read."""
    listed = list(messages)
    if not erased:
        return listed
    registering = (one.data for one in listed if isinstance(one.data, _REGISTERING))
    gone = set(erased) - {hash(f"charge:{data.pn}#{charge.charge}") for data in registering for charge in data.charges}

    def stays(pn: str, charge: int) -> bool:
        return hash(f"charge:{pn}#{charge}") not in gone

    return [message for one in listed if (message := _without(one, stays)) is not None]


def _without(message: Message, stays: Callable[[str, int], bool]) -> Message | None:
    data = message.data
    if isinstance(data, _NUMBERED):
        charges = tuple(charge for charge in data.charges if stays(data.pn, charge))
        return replace(message, data=replace(data, charges=charges)) if charges else None
    if isinstance(data, kinds.JudgmentGiven) and data.verdicts:
        verdicts = tuple(verdict for verdict in data.verdicts if stays(data.pn, verdict.charge))
        return replace(message, data=replace(data, verdicts=verdicts)) if verdicts else None
    return message
