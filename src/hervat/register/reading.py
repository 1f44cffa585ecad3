"""Reading: from the store's rows to the messages that the fold takes.

A person's messages are found by walking from topic to topic: the person, the cases that name it, the judgments and orders on those
cases, the persons it is merged with. Held messages are met on the way; they are no facts, but they are told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from hervat.clock import parse_rfc3339
from hervat.journal.entry import open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.store import APPLIED, Row, Store, pairs_of
from hervat.kinds import KINDS
from hervat.message import Message

CORRECTION = "message-corrected"


def is_fact(row: Row) -> bool:
    """Whether a message gives facts: applied, not retracted, and itself no amendment."""
    return row.state == APPLIED and not row.retracted and row.target is None


@dataclass(slots=True, frozen=True)
class Said:
    """What a message says that is applied or held: its subject, and the data of the version that counts.

    Of an original that was refused, and stands corrected, only the key of the subject is known: it is in the row.
    """

    subject: str | None
    data: dict[str, Any]


@dataclass(slots=True)
class Found:
    """What lies around a person: rows by position, the topics walked, and the facts as messages."""

    rows: dict[int, Row] = field(default_factory=dict)
    topics: set[bytes] = field(default_factory=set)


class Reading:
    """Reads rows from `store` and opens entries of `journal` (the same store, but for a state folded again in memory)."""

    def __init__(self, store: Store, journal: Store, keys: NodeKeys) -> None:
        self._store = store
        self._journal = journal
        self._keys = keys
        self._names = {feed.number: feed.name for feed in store.feeds()}

    def person_key(self, skn: str) -> bytes:
        return self._keys.index_of(f"person:{skn}")

    def around(self, topics: Iterable[bytes], found: Found | None = None) -> Found:
        """Everything that is linked to these topics, and to the topics of that, and so on."""
        found = found or Found()
        fresh = set(topics) - found.topics
        while fresh:
            found.topics |= fresh
            positions = {position for linked in self._store.links(fresh).values() for position in linked} - found.rows.keys()
            rows = self._store.rows_at(positions)
            found.rows |= rows
            fresh = {topic for row in self._with_versions(rows.values()) for _, topic in pairs_of(row.needs + row.gives)} - found.topics
        return found

    def _with_versions(self, rows: Iterable[Row]) -> list[Row]:
        listed = list(rows)
        versions = {row.version for row in listed if row.version is not None}
        return listed + list(self._store.rows_at(versions).values()) if versions else listed

    def linked(self, topics: Iterable[str]) -> list[Row]:
        """Every message that speaks of these topics."""
        links = self._store.links(map(self._keys.index_of, topics))
        return list(self._store.rows_at({position for linked in links.values() for position in linked}).values())

    def said(self, rows: Iterable[Row]) -> dict[int, Said]:
        """What rows say that are not refused, by position; of a correction, the data it brings. A refused original is not opened."""
        listed = list(rows)
        documents = self.documents({row.version or row.position for row in listed} | {row.position for row in listed if not row.refusal})
        said = {}
        for row in listed:
            document = documents[row.version or row.position]
            data = document["data"] if row.version is None and row.kind != CORRECTION else document["data"]["data"]
            said[row.position] = Said(None if row.refusal else documents[row.position].get("subject"), data)
        return said

    def documents(self, positions: Iterable[int]) -> dict[int, dict[str, Any]]:
        entries = self._journal.entries_at(positions)
        return {position: msgspec.json.decode(open_entry(self._keys, entry).payload) for position, entry in entries.items()}

    def messages(self, rows: Sequence[Row]) -> Iterator[Message]:
        """The facts among rows as messages: the data of the version that counts, at the place of the original."""
        facts = [row for row in rows if is_fact(row)]
        documents = self.documents({row.version or row.position for row in facts})
        for row in facts:
            yield self._message(row, documents[row.version or row.position])

    def _message(self, row: Row, document: dict[str, Any]) -> Message:
        kind, data = row.kind or "", document["data"] if row.version is None else document["data"]["data"]
        return Message(
            source=self._names[row.source],
            id=row.id or "",
            sequence=row.sequence or 0,
            kind=kind,
            # An original may have been refused for its time; then the correction that makes it count was made at a time.
            time=parse_rfc3339(row.time or document["time"]),
            data=msgspec.convert(data, KINDS[kind]),
        )
