"""What acts of retention removed, known again by its keyed hash: whatever registers it once more, it is shown and told to nobody; and what
they named to be hidden, for whoever goes along with the journal.
"""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from hervat.intake.residue import read_erased
from hervat.journal.acts import acts_at, acts_of
from hervat.journal.entry import open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Row, Store
from hervat.kinds import CaseRegistered, ChargesAmended
from hervat.message import Message
from hervat.register.hiding import Hidden
from hervat.register.people import People
from hervat.register.reading import Reading
from hervat.register.told import Told

REMOVED, HIDDEN = "retention-removed", "retention-hidden"
Hide = Callable[[Told, People], Hidden]
Hiding = Callable[[Reading, Iterable[Row], Sequence[Message]], Hide]
"""What is hidden of some rows, which say these messages, as things stand."""
_REGISTERING = CaseRegistered | ChargesAmended


class _Act(msgspec.Struct):
    """What of an act of removal tells what went: the keyed hashes of charges, and the act that erased what said them."""

    keys: tuple[str, ...] = ()
    erased: int = 0


class _Charge(msgspec.Struct):
    position: int


class _Naming(msgspec.Struct):
    """What of an act that hides tells what it named."""

    charges: tuple[_Charge, ...] = ()


_WHAT = "act of retention"
_read = msgspec.json.Decoder(_Act).decode
_read_naming = msgspec.json.Decoder(_Naming).decode


def named_since(store: Store, keys: NodeKeys, after: int) -> set[int]:
    """The messages that register what acts of retention named to be hidden after a position."""
    found = [at for at in store.acts(HIDDEN, store.head().size) if at > after]
    return {one.position for _, act in acts_at(store, keys, found, _read_naming, _WHAT) for one in act.charges}


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

    def _gone(self, last: int) -> frozenset[bytes]:
        """The keyed hashes of what was removed."""
        positions = tuple(self._store.acts(REMOVED, last))
        if positions != self._known[0]:
            read = acts_of(self._store, self._keys, (REMOVED,), _read, _WHAT, last)
            self._known = positions, frozenset(bytes.fromhex(key) for _, act in read for key in act.keys)
        return self._known[1]

    def messages(self) -> frozenset[int]:
        """Where the messages lie that went whole, and not because somebody erased them by hand: what lost a part may yet be erased so."""
        last = self._store.head().size
        acts = [act.erased for _, act in acts_of(self._store, self._keys, (REMOVED,), _read, _WHAT, last)]
        erased = (read_erased(open_entry(self._keys, entry)) for entry in self._store.entries_at(acts).values())
        return frozenset(struck.position for act in erased for struck in act.entries if struck.parts is None)
