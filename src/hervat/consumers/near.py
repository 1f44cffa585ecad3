"""What lies near a change: the messages that changed since a position, what they amend, and the BSNs of whomever they may concern."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from hervat.consumers.touched import changed, touched, versions
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Row, Store
from hervat.register.reading import Reading

IDENTIFYING = ("person-registered", "identity-added")
_REMEMBERED = 500_000
BsnsOf = dict[int, tuple[bytes, ...]]
"""The keys of the BSNs that the message at a position tells. A message never changes; of an erased one this leads too far, never astray."""


class Near:
    """Reads what changed in a store, and what lies near it."""

    def __init__(self, store: Store, keys: NodeKeys, bsns: BsnsOf) -> None:
        """`bsns` remembers what messages tell from step to step."""
        self._store = store
        self._keys = keys
        self._bsns = bsns
        self._reading = Reading(store, store, keys)

    def changed(self, after: int) -> list[int]:
        """The messages that came, were applied, turned or were erased after a position."""
        return changed(self._store, self._keys, after)

    def touched(self, positions: Sequence[int]) -> list[Row]:
        """What changed, and what the amendments among it name."""
        return touched(self._store, positions)

    def versions(self, rows: Iterable[Row]) -> list[Row]:
        """The rows with every amendment of them: who was screened under another version is looked at as well."""
        return versions(self._store, rows)

    def kind(self, row: Row) -> str | None:
        """The kind of a message; of a correction, that of the message it corrects."""
        seen: set[int] = set()
        while row.target is not None and row.position not in seen:
            seen.add(row.position)
            named = self._store.rows_by_ident([row.target]).get(row.target)
            if named is None:
                return None
            row = named
        return row.kind

    def bsns_of(self, rows: Collection[Row]) -> set[bytes]:
        """The keys of the BSNs that messages tell. What was refused tells none; what it was corrected into is among the rows."""
        known = self._bsns
        fresh = {row.position for row in rows if row.refusal is None and row.position not in known}
        if len(known) + len(fresh) > _REMEMBERED:
            known.clear()
            fresh = {row.position for row in rows if row.refusal is None}
        for position, document in self._reading.documents(fresh).items():
            known[position] = tuple(self._keys.index_of(f"bsn:{bsn}") for bsn in bsns_in(document["data"]))
        return {key for row in rows for key in known.get(row.position, ())}


def bsns_in(data: Mapping[str, Any]) -> Iterator[str]:
    """The BSNs that the data of a message tells; of a correction, those of the data it brings."""
    inner = data.get("data")
    for place in (data, data.get("identity"), inner, inner.get("identity") if isinstance(inner, dict) else None):
        if isinstance(place, dict) and isinstance(place.get("bsn"), str):
            yield place["bsn"]
