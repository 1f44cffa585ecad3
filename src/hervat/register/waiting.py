"""What is held, why, and for what: the reasons of `hervat held`, worked out from the rows when somebody asks.

The first reason that holds is told: `ceiling`, `gap` or `needs`. Under `needs` stand only the keys that are missing; for a gap that is
the message at which the chain of `previous` breaks off.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from hervat.journal.entry import Entry, open_entry, read_meta
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Row, Store
from hervat.kinds import KINDS
from hervat.needs import needs_of

_AT_ONCE = 500


class Waiting:
    """Tells about held rows of `store`, with entries from `journal`."""

    def __init__(self, store: Store, journal: Store, keys: NodeKeys) -> None:
        self._store = store
        self._journal = journal
        self._keys = keys
        self._names = {feed.number: feed.name for feed in store.feeds()}

    def all(self, after: int = 0) -> Iterator[dict[str, Any]]:
        """Every held message above a position, oldest first."""
        while rows := self._store.held(after, _AT_ONCE):
            yield from self.tell(rows)
            after = rows[-1].position

    def tell(self, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
        """The held rows in the shape of the contract."""
        positions = {row.position for row in rows} | {row.version for row in rows if row.version is not None}
        entries = self._journal.entries_at(positions)
        # A refused original may be any bytes; the version that counts for it is an accepted message.
        refused = {row.position for row in rows if row.refusal is not None}
        documents = {position: self._document(entry) for position, entry in entries.items() if position not in refused}
        for row in rows:
            reason, needs = self._reason(row, documents)
            yield {
                "position": row.position,
                "source": self._names[row.source],
                "id": row.id,
                "kind": row.kind,
                "reason": reason,
                "needs": needs,
                "since": read_meta(entries[row.position]).received_at,
                "subject": documents[row.position if row.refusal is None else row.version or 0].get("subject"),
                "was_applied": row.applied_at is not None,
            }

    def _reason(self, row: Row, documents: dict[int, dict[str, Any]]) -> tuple[str, list[str]]:
        if row.admitted_at is None:
            return "ceiling", []
        if not row.complete:
            return "gap", self._broken_at(row)
        return "needs", self._missing(row, documents)

    def _missing(self, row: Row, documents: dict[int, dict[str, Any]]) -> list[str]:
        document, source, id = documents[row.version or row.position], self._names[row.source], row.id or ""
        if row.target is not None:
            named = document["data"].get("corrects") or document["data"]["retracts"]
            return [f"message:{named['source']}/{named['id']}"]
        data = document["data"] if row.version is None else document["data"]["data"]
        kind = row.kind or ""
        asked = {self._keys.index_of(key): key for key in needs_of(kind, msgspec.convert(data, KINDS[kind]), source, id)}
        links = self._store.links(asked)
        return [text for key, text in asked.items() if not any(links.get(key, {}).values())]

    def _broken_at(self, row: Row) -> list[str]:
        """The message at which a chain of `previous` breaks off: whoever waits for it directly names it."""
        place, seen = row.blocked_by or row.previous, set()
        while place is not None and place not in seen:
            seen.add(place)
            before = self._store.rows_by_ident([place]).get(place)
            if before is None or before.admitted_at is None:
                break
            place = before.blocked_by or before.previous
        waiting = self._store.rows_at(self._store.waiting([place or b""]).get(place or b"", ())).values()
        followers = sorted(one.position for one in waiting if one.previous == place)
        teller = followers[0] if followers else row.position
        previous = self._document(self._journal.entries_at([teller])[teller])["previous"]
        return [f"message:{self._names[row.source]}/{previous}"]

    def _document(self, entry: Entry) -> Any:
        return msgspec.json.decode(open_entry(self._keys, entry).payload)
