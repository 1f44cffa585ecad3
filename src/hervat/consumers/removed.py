"""What acts of retention removed, known again by its keyed hash: whatever registers it once more, it is shown and told to nobody."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from hervat.journal.acts import acts_of
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store
from hervat.kinds import CaseRegistered, ChargesAmended
from hervat.message import Message
from hervat.register.hiding import Hidden
from hervat.register.people import People
from hervat.register.told import Told

REMOVED = "retention-removed"
Hide = Callable[[Told, People], Hidden]
_REGISTERING = CaseRegistered | ChargesAmended


class _Act(msgspec.Struct):
    """What of an act of removal tells what went."""

    keys: tuple[str, ...] = ()


_read = msgspec.json.Decoder(_Act).decode


class Removed:
    """The charges that were removed; read from the journal once for each act."""

    def __init__(self, store: Store, keys: NodeKeys) -> None:
        self._store = store
        self._keys = keys
        self._known: tuple[tuple[int, ...], frozenset[bytes]] = (), frozenset()

    def again(self, messages: Iterable[Message], last: int) -> frozenset[tuple[str, int]]:
        """What was removed by acts up to a position and is registered once more by one of these messages: prosecution number and charge."""
        gone = self._gone(last)
        named = ((one.data.pn, each.charge) for one in messages if gone and isinstance(one.data, _REGISTERING) for each in one.data.charges)
        return frozenset((pn, number) for pn, number in named if self._keys.index_of(f"charge:{pn}#{number}") in gone)

    def hide(self, messages: Sequence[Message]) -> Hide:
        """What is hidden of these messages as things stand: what a dismissal hides, and what was removed."""
        again = self.again(messages, self._store.head().size)
        return lambda whole, people: Hidden(whole, people, again)

    def _gone(self, last: int) -> frozenset[bytes]:
        """The keyed hashes of what was removed."""
        positions = tuple(self._store.acts(REMOVED, last))
        if positions != self._known[0]:
            read = acts_of(self._store, self._keys, (REMOVED,), _read, "act of retention", last)
            self._known = positions, frozenset(bytes.fromhex(key) for _, act in read for key in act.keys)
        return self._known[1]
