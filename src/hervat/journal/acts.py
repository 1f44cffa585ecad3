"""Reading acts again: what was decided, in order, by whoever decides with them. `what` says in a fault what was to be there."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import msgspec

from hervat.errors import StoreFault
from hervat.journal.entry import Opened, open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store

Act = TypeVar("Act")
_AT_ONCE = 200


class _KnownAs(msgspec.Struct):
    """What of an act it is found by; of other acts there is nothing."""

    known_as: str | None = None


_read_known_as = msgspec.json.Decoder(_KnownAs).decode


def act_key(known_as: str) -> str:
    """What is hashed of the name that an act is known as; the position of any act is hashed under another."""
    return f"known-as:{known_as}"


def known_as(opened: Opened) -> str | None:
    """The name that an act says it is found by; None for one that is found by its position alone, or can be read no more."""
    return _read_known_as(opened.payload).known_as if opened.payload else None


def act_known_as(journal: Store, keys: NodeKeys, name: str) -> int | None:
    """The position of the act that is known by a name; None where there is none."""
    ident = keys.index_of(act_key(name))
    return journal.acts_by_ident([ident]).get(ident)


def act_in(opened: Opened, read: Callable[[bytes], Act], what: str) -> Act:
    """The act in an entry; `read` makes it of JSON. Raises StoreFault where something else lies there."""
    try:
        return read(opened.payload)
    except msgspec.MsgspecError as fault:
        raise StoreFault(f"entry {opened.meta.position}: it is no {what} ({fault}); run hervat verify") from fault


def acts_at(
    journal: Store, keys: NodeKeys, positions: Iterable[int], read: Callable[[bytes], Act], what: str
) -> Iterator[tuple[int, Act]]:
    """The acts at some positions, in the order given, each with its own. Raises StoreFault also where one is missing."""
    stream = iter(positions)
    while some := list(islice(stream, _AT_ONCE)):
        entries = journal.entries_at(some)
        for at in some:
            if at not in entries:
                raise StoreFault(f"entry {at}: the {what} that was here is missing; run hervat verify")
            yield at, act_in(open_entry(keys, entries[at]), read, what)


def acts_of(
    journal: Store, keys: NodeKeys, kinds: Sequence[str], read: Callable[[bytes], Act], what: str, last: int
) -> Iterator[tuple[int, Act]]:
    """The acts of some kinds up to a position, in order, each with its own. Raises StoreFault as `acts_at` does."""
    return acts_at(journal, keys, sorted(position for kind in kinds for position in journal.acts(kind, last)), read, what)
