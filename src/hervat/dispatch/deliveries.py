"""Deliveries: what others said they took custody of, and how far that goes. A fold of the acts `batch-delivered`.

How far a feed went is the highest number up to which every number was delivered: what follows it is still to go.
"""

from collections.abc import Callable
from threading import Lock

import msgspec
from msgspec import Struct

from hervat.batch import DELIVERED, MOST, RECEIPT, BatchReceipt, Delivered, RefusedThere
from hervat.dispatch.signed import Unfit, ensure_counts, moment_of
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
        first, last = receipt.first, receipt.last
        # Ranges that meet become one, so whatever is kept beside them says of one number more, at least, that it was taken.
        for start, end in sorted(self.beyond.items()):
            if start <= last + 1 and first <= end + 1:
                first, last = min(first, start), max(last, end)
                del self.beyond[start]
        if first <= self.through + 1:
            self.through = max(self.through, last)
        else:
            self.beyond[first] = last


class Deliveries:
    """The tracks of every feed and partner of one journal; it goes on from where it was, also when the store was opened anew. Several
    threads may ask, each with a store that it opened.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._known = 0
        self._tracks: dict[tuple[str, str], Track] = {}

    def catch_up(self, journal: Store, keys: NodeKeys, last: int) -> None:
        """Go by the acts up to a position."""
        with self._lock:
            positions = [position for position in journal.acts(DELIVERED, last) if position > self._known]
            for position, act in acts_at(journal, keys, positions, _read, "delivery"):
                self.track(act.receipt.source, act.receipt.from_).add(act.receipt, position)
            self._known = max(self._known, last)

    def track(self, source: str, partner: str) -> Track:
        """How far a feed went to a partner."""
        return self._tracks.setdefault((source, partner), Track())


def ensure_said(receipt: BatchReceipt, partners: Partners) -> None:
    """Raises Unfit unless a receipt is for the numbers of one batch, and signed by whom it says, with a key that is known, not revoked, and
    counted when the batch was received.
    """
    _ensure_sound(receipt)
    received = moment_of(receipt.received_at, "received_at")
    ensure_counts(partners, receipt.from_, receipt.key, RECEIPT, receipt, receipt.signature, received)


def _ensure_sound(receipt: BatchReceipt) -> None:
    numbers = range(receipt.first, receipt.last + 1)
    if not receipt.first <= receipt.last < receipt.first + MOST:
        raise Unfit(f"a receipt is for 1 to {MOST} numbers, from `first` to `last`; it was not kept", "form")
    refused = [one.sequence for one in receipt.refused]
    named = all(number in numbers for number in [*refused, *receipt.conflicts])
    told = receipt.new + receipt.duplicates + len(receipt.conflicts)
    if not named or len(set(refused)) < len(refused) or len(set(receipt.conflicts)) < len(receipt.conflicts) or told > len(numbers):
        raise Unfit("a receipt tells of the numbers `first` to `last`, of each once; it was not kept", "numbers")
