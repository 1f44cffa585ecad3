"""Conflicts: other content for an id or a place in a sequence that is taken (the contract, section 3, 11).

The first in custody stands; the other is kept as an act. A conflict is open until its sender amends the message that stands, and that
amendment is admitted. With a message that is erased goes what was kept in conflict with it: then nothing is left to settle.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from hervat.journal.entry import HEAD, Entry, open_entry, read_meta
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store

_AT_ONCE = 500


class _Told(msgspec.Struct, frozen=True):
    """What the act says of the message that did not come in; `with_` is the position of the one that stands. Erased, it says nothing."""

    source: str | None = None
    with_: int | None = msgspec.field(name="with", default=None)
    id: str | None = None
    sequence: int | None = None


_read = msgspec.json.Decoder(_Told).decode


def conflicts(store: Store, keys: NodeKeys, acts: list[int], last: int) -> Iterator[dict[str, Any]]:
    """Each conflict, given the positions of the acts: `position`, `source`, `id`, `sequence`, `with`, `since` and whether it was `open`
    at the position `last`.
    """
    stream, names = iter(acts), {feed.number: feed.name for feed in store.feeds()}
    while some := list(islice(stream, _AT_ONCE)):
        entries = store.entries_at(some)
        told = {position: _read(_head_of(keys, entries[position])) for position in some}
        rows = store.rows_at({one.with_ for one in told.values() if one.with_ is not None})
        named = store.amendments_of({row.ident for row in rows.values()})
        admitted = {at: row.admitted_at or last + 1 for at, row in store.rows_at({at for found in named.values() for at in found}).items()}
        for position, one in told.items():
            yield {
                "position": position,
                "source": one.source or names.get(rows[one.with_].source) if one.with_ is not None else None,
                "id": one.id,
                "sequence": one.sequence,
                "with": one.with_,
                "since": read_meta(entries[position]).received_at,
                "open": one.with_ is not None
                and not any(position < at and admitted[at] <= last for at in named.get(rows[one.with_].ident, ())),
            }


def _head_of(keys: NodeKeys, entry: Entry) -> bytes:
    return next(segment.content or b"{}" for segment in open_entry(keys, entry).segments if segment.name == HEAD)
