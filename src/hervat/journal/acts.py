"""Reading acts again: what was decided, in order, by whoever decides with them."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar

import msgspec

from hervat.errors import StoreFault
from hervat.journal.entry import open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store

Act = TypeVar("Act")
_AT_ONCE = 200


def acts_of(store: Store, keys: NodeKeys, kind: str, read: Callable[[bytes], Act], position: int) -> Iterator[tuple[int, Act]]:
    """The acts of a kind up to a position, in order, each with its own; `read` makes them of JSON.

    Raises StoreFault where one is missing or something else lies there.
    """
    positions = iter(store.acts(kind, position))
    while some := list(islice(positions, _AT_ONCE)):
        entries = store.entries_at(some)
        for at in some:
            if at not in entries:
                raise StoreFault(f"entry {at}: an act of the kind {kind} is missing; run hervat verify")
            try:
                yield at, read(open_entry(keys, entries[at]).payload)
            except msgspec.MsgspecError as fault:
                raise StoreFault(f"entry {at}: it is no act of the kind {kind} ({fault}); run hervat verify") from fault
