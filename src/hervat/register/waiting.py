"""What is held, why, and for what: the reasons of `hervat held`, worked out from the rows when somebody asks.

The first reason that holds is told: `quarantine`, `ceiling`, `gap` or `needs`. Under `needs` stand only the keys that are missing; for a
gap that is the message at which the chain of `previous` breaks off. Of what was held once and has been erased since, what it missed is not
known.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from hervat.journal.entry import Opened, open_entry, read_meta
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Row, Store
from hervat.needs import needs_of
from hervat.register.left import shaped
from hervat.register.reading import document_of

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
        opened = {position: open_entry(self._keys, entry) for position, entry in entries.items() if position not in refused}
        for row in rows:
            reason, needs = self._reason(row, opened)
            spoken = document_of(opened[row.position if row.refusal is None else row.version or 0]) or {}
            yield {
                "position": row.position,
                "source": self._names[row.source],
                "id": row.id,
                "kind": row.kind,
                "reason": reason,
                "needs": needs,
                "since": read_meta(entries[row.position]).received_at,
                "subject": spoken.get("subject"),
                "was_applied": row.applied_at is not None,
            }

    def _reason(self, row: Row, opened: dict[int, Opened]) -> tuple[str, list[str]]:
        if row.admitted_at is None:
            return "quarantine" if row.quarantined else "ceiling", []
        if not row.complete:
            return "gap", self._broken_at(row)
        return "needs", self._missing(row, opened[row.version or row.position])

    def _missing(self, row: Row, opened: Opened) -> list[str]:
        document, source, id = document_of(opened), self._names[row.source], row.id or ""
        if document is None:
            return []
        if row.target is not None:
            named = document["data"].get("corrects") or document["data"]["retracts"]
            return [f"message:{named['source']}/{named['id']}"]
        data = document["data"] if row.version is None else document["data"]["data"]
        kind = row.kind or ""
        asked = {self._keys.index_of(key): key for key in needs_of(kind, shaped(kind, data, whole=not opened.erased), source, id)}
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
        for entry in self._journal.entries_at(followers or [row.position]).values():
            document = document_of(open_entry(self._keys, entry))
            if document is not None:
                return [f"message:{self._names[row.source]}/{document['previous']}"]
        return []
