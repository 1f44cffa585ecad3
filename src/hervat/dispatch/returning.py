"""Receipts that go back by hand: what was signed for batches that came in bundles, and how much of it the partner has shown to have.

- A receipt goes in every bundle until a bundle of the partner names one that it went in: any of them may be lost on its way.
- One that went in a bundle already is by itself no reason for another.
- What a journal restored from a backup does not know of was not shown: it goes again, and is kept there once.
"""

import msgspec
from msgspec import Struct

from hervat.batch import BatchReceipt
from hervat.dispatch.bundle import MOST_SHOWN, PACKED, UNPACKED, BundlePacked, BundleUnpacked
from hervat.journal.acts import acts_of
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store

_read_packed = msgspec.json.Decoder(BundlePacked).decode
_read_unpacked = msgspec.json.Decoder(BundleUnpacked).decode


class Returning(Struct, frozen=True, kw_only=True):
    """The `receipts` that the partner has not shown to have, how many of these went in no bundle yet (`new`), the position of the act that
    signed the last of them, and when the last bundle with receipts was packed. `unpacked` are the names that the next cover has.
    """

    receipts: tuple[BatchReceipt, ...]
    new: int
    through: int
    packed_at: str | None
    unpacked: tuple[str, ...]


def returning(journal: Store, keys: NodeKeys, partner: str, last: int) -> Returning:
    """What was signed for a partner by hand, by the acts up to a position."""
    packed = [act for _, act in acts_of(journal, keys, [PACKED], _read_packed, "packed bundle", last) if act.partner == partner]
    unpacked = acts_of(journal, keys, [UNPACKED], _read_unpacked, "unpacked bundle", last)
    theirs = [(position, act) for position, act in unpacked if act.partner == partner]
    names = {name for _, act in theirs for name in act.shown}
    shown = max((one.through for one in packed if one.name in names), default=0)
    went = max((one.through for one in packed), default=0)
    left = [(position, receipt) for position, act in theirs if position > shown for receipt in act.signed]
    ends = [act.known_by.partition("/")[2] for _, act in theirs]
    return Returning(
        receipts=tuple(receipt for _, receipt in left),
        new=sum(position > went for position, _ in left),
        through=max((position for position, _ in left), default=0),
        packed_at=packed[-1].packed_at if packed else None,
        unpacked=tuple(name for name in ends if "/" not in name)[-MOST_SHOWN:],
    )
