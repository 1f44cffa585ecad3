"""Signing the receipts of what is on disk: a signature costs more than half of what taking the message costs, so a process of its own
makes them where there are many, beside the writer and what prepares for it.
"""

from collections.abc import Sequence
from threading import Lock

import msgspec

from hervat.intake.conveyor import Coming, Helper, HelperEnded, Work
from hervat.journal.entry import Entry, read_meta
from hervat.journal.keys import NodeKeys, Signers
from hervat.journal.receipt import custody_receipt

_WORTH_IT = 20
"""From how many receipts on: what goes to another process and comes back takes as long as a few signatures."""
_Told = list[tuple[int, bytes, bytes]]
"""The position, the meta and the leaf of entries."""


def receipt_at(keys: NodeKeys | Signers, entry: Entry) -> bytes:
    """The custody receipt of an entry; nothing of its content is opened for it."""
    meta = read_meta(entry)
    return custody_receipt(
        keys, position=meta.position, source=meta.source or "", id=meta.id, leaf=entry.leaf, received_at=meta.received_at
    )


class Receipts(Work[_Told, list[bytes]]):
    """The work: a receipt for each entry. It has the keys that sign, and no other."""

    def __init__(self, keys: Signers) -> None:
        self._keys = keys

    def done(self, batch: _Told) -> list[bytes]:
        return [receipt_at(self._keys, Entry(position, meta, b"", b"", leaf)) for position, meta, leaf in batch]

    def unpacked(self, packed: bytes) -> list[bytes]:
        return _unpack(packed)


_unpack = msgspec.msgpack.Decoder(list[bytes]).decode


class Signatory:
    """Makes receipts, many at a time in a process of its own; may be asked by several threads."""

    def __init__(self, keys: Signers) -> None:
        self.keys = keys
        self._helper = Helper(Receipts(keys))
        self._lock = Lock()

    def receipts(self, entries: Sequence[Entry]) -> list[bytes]:
        """The receipts of entries, in their order; where the helper has ended they are made here, and another begins."""
        told = [(entry.position, entry.meta, entry.leaf) for entry in entries]
        if len(told) >= _WORTH_IT:
            helper = self._helper
            try:
                return self._sent(helper, told).done()
            except HelperEnded:
                self._begin_anew(helper)
        return Receipts(self.keys).done(told)

    def close(self) -> None:
        """End the helper."""
        with self._lock:
            self._helper.close()

    def _sent(self, helper: Helper[_Told, list[bytes]], told: _Told) -> Coming[list[bytes]]:
        with self._lock:
            return helper.send(told)

    def _begin_anew(self, ended: Helper[_Told, list[bytes]]) -> None:
        with self._lock:
            if self._helper is ended:
                ended.close()
                self._helper = Helper(Receipts(self.keys))
