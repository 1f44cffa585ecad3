"""Deliveries: what others said they took custody of, and how far that goes. A fold of the acts `batch-delivered`.

How far a feed went is the highest number up to which every number was delivered: what follows it is still to go.
"""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from hervat.batch import DELIVERED, RECEIPT, BatchReceipt, Delivered, RefusedThere
from hervat.dispatch.batches import Unfit, key_of
from hervat.dispatch.identity import is_said_by
from hervat.journal.acts import acts_at
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store
from hervat.partner import Partners

_read: Callable[[bytes], Delivered] = msgspec.json.Decoder(Delivered).decode


class Track(Struct, kw_only=True):
    """How far a feed went to a partner: `through` without a gap, what was taken beyond it, and what was refused or in conflict there."""

    through: int = 0
    beyond: dict[int, int] = {}
    refused: dict[int, RefusedThere] = {}
    conflicts: set[int] = set()
    pace: int | None = None
    position: int = 0

    def has(self, receipt: BatchReceipt) -> bool:
        """Whether what a receipt says is known."""
        return receipt.last <= self.through or any(first <= receipt.first and receipt.last <= last for first, last in self.beyond.items())

    def add(self, receipt: BatchReceipt, position: int) -> None:
        """A receipt that stands in the journal at a position."""
        self.refused |= {one.sequence: one for one in receipt.refused}
        self.conflicts |= {*receipt.conflicts}
        self.pace, self.position = receipt.pace, position
        self.beyond[receipt.first] = max(receipt.last, self.beyond.get(receipt.first, 0))
        for first in sorted(self.beyond):
            if first <= self.through + 1:
                self.through = max(self.through, self.beyond.pop(first))


class Deliveries:
    """The tracks of every feed and partner of one journal; it goes on from where it was, also when the store was opened anew."""

    def __init__(self) -> None:
        self._known = 0
        self._tracks: dict[tuple[str, str], Track] = {}

    def catch_up(self, journal: Store, keys: NodeKeys, last: int) -> None:
        """Go by the acts up to a position."""
        positions = [position for position in journal.acts(DELIVERED, last) if position > self._known]
        for position, act in acts_at(journal, keys, positions, _read, "delivery"):
            self.track(act.receipt.source, act.receipt.from_).add(act.receipt, position)
        self._known = last

    def track(self, source: str, partner: str) -> Track:
        """How far a feed went to a partner."""
        return self._tracks.setdefault((source, partner), Track())


def ensure_said(receipt: BatchReceipt, partners: Partners) -> None:
    """Raises Unfit unless a receipt was signed by whom it says, with a key that is known and not revoked."""
    key = key_of(partners, receipt.from_, receipt.key)
    if key is None or key.revoked_at is not None:
        words = f"the receipt of {receipt.from_} is signed with the key {receipt.key}, which does not count here; it was not kept"
        raise Unfit(words, "key")
    if not is_said_by(key, RECEIPT, receipt, receipt.signature):
        raise Unfit(f"the signature of the receipt of {receipt.from_} does not fit it; it was not kept", "signature")
