"""Reading acts again: what was decided, in order, by whoever decides with them. `what` says in a fault what was to be there.

An act may give itself a name, in its field `known_by`, which no other act has: by that it is found without reading any other. In the store
stands only a keyed hash of it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import TypeVar

import msgspec

from hervat.clock import legal_day, parse_rfc3339
from hervat.errors import StoreFault
from hervat.journal.entry import Opened, open_entry, read_meta
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store

Act = TypeVar("Act")
_AT_ONCE = 200


class _Named(msgspec.Struct):
    """What of any act says by which name it is found."""

    known_by: str | None = None


_read_name = msgspec.json.Decoder(_Named).decode


def named_act(known_by: str) -> str:
    """What is hashed for the act that gives itself a name."""
    return f"act-known-by:{known_by}"


def name_of_act(opened: Opened) -> str | None:
    """The name that an act gives itself; None for one that gives none, or of which nothing is left to read."""
    return act_in(opened, _read_name, "act").known_by if opened.payload else None


def acts_named(journal: Store, keys: NodeKeys, names: Collection[str]) -> dict[str, int]:
    """The positions of the acts that are known by these names, of those that there are."""
    idents = {keys.index_of(named_act(name)): name for name in names}
    return {idents[ident]: position for ident, position in journal.acts_by_ident(idents).items()}


def recorded_on(journal: Store, positions: Iterable[int]) -> dict[int, date]:
    """The legal days on which entries came into the journal, by position."""
    entries = journal.entries_at(positions).items()
    return {position: legal_day(parse_rfc3339(read_meta(entry).received_at)) for position, entry in entries}


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
