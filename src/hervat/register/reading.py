"""Reading: from the store's rows to the messages that the fold takes.

A person's messages are found by walking from topic to topic: the person, the cases that name it, the judgments and orders on those
cases, the persons it is merged with. Held messages are met on the way; they are no facts, but they are told. What was erased is met as
well, and read as far as there is something left of it, whatever day or position is asked for.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from hervat.clock import parse_rfc3339
from hervat.journal.entry import Opened, open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.store import APPLIED, WHOLE, Row, Store, keys_of, pairs_of
from hervat.message import Message
from hervat.register.left import charges_in, shaped, without

CORRECTION = "message-corrected"
_REGISTERING = ("case-registered", "charges-amended")


def is_fact(row: Row) -> bool:
    """Whether a message gives facts: applied, not retracted, and itself no amendment."""
    return row.state == APPLIED and not row.retracted and row.target is None


def document_of(opened: Opened) -> dict[str, Any] | None:
    """An accepted message as far as it can be read; None where nothing is left of it."""
    left = opened.left
    return None if left is None else msgspec.json.decode(left)


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

    def source_of(self, row: Row) -> str:
        return self._names[row.source]

    def around(self, topics: Iterable[bytes], found: Found | None = None) -> Found:
        """Everything that is linked to these topics, and to the topics of that, and so on."""
        found = found or Found()
        fresh = set(topics) - found.topics
        while fresh:
            found.topics |= fresh
            positions = {position for linked in self._store.links(fresh).values() for position in linked} - found.rows.keys()
            rows = self._store.rows_at(positions)
            found.rows |= rows
            fresh = self.topics_of(rows.values()) - found.topics
        return found

    def topics_of(self, rows: Iterable[Row]) -> set[bytes]:
        """What rows speak of, in the versions that count as well."""
        return {topic for row in self._with_versions(rows) for _, topic in pairs_of(row.needs + row.gives)}

    def _with_versions(self, rows: Iterable[Row]) -> list[Row]:
        listed = list(rows)
        versions = {row.version for row in listed if row.version is not None}
        return listed + list(self._store.rows_at(versions).values()) if versions else listed

    def linked(self, topics: Iterable[str]) -> list[Row]:
        """Every message that speaks of these topics."""
        links = self._store.links(map(self._keys.index_of, topics))
        return list(self._store.rows_at({position for linked in links.values() for position in linked}).values())

    def said(self, rows: Iterable[Row]) -> dict[int, Said]:
        """What rows say that are not refused, by position; of a correction, the data it brings. A refused original is not opened. What
        was erased is left out.
        """
        listed = list(rows)
        versions = {row.version for row in listed if row.version is not None}
        documents = self.documents(versions | {row.position for row in listed if not row.refusal})
        said = {}
        for row in listed:
            document = documents.get(row.version or row.position)
            if document is None:
                continue
            data = document["data"] if row.version is None and row.kind != CORRECTION else document["data"]["data"]
            said[row.position] = Said(None if row.refusal else documents.get(row.position, {}).get("subject"), data)
        return said

    def own(self, rows: Iterable[Row]) -> dict[int, Said]:
        """What rows of accepted messages said themselves, whatever they were corrected into."""
        documents = self.documents(row.position for row in rows)
        return {position: Said(document.get("subject"), document["data"]) for position, document in documents.items()}

    def documents(self, positions: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Accepted messages, as far as they can be read; of what was erased there is none."""
        return {position: document for position, opened in self._open(positions).items() if (document := document_of(opened)) is not None}

    def _open(self, positions: Iterable[int]) -> dict[int, Opened]:
        entries = self._journal.entries_at(positions)
        return {position: open_entry(self._keys, entry) for position, entry in entries.items()}

    def messages(self, rows: Sequence[Row]) -> Iterator[Message]:
        """The facts among rows as messages: the data of the version that counts, at the place of the original."""
        facts = [row for row in rows if is_fact(row)]
        opened = self._open({row.version or row.position for row in facts})
        erased, left = set[bytes](), list[Message]()
        for row in facts:
            of = opened[row.version or row.position]
            document = None if row.erased >= WHOLE else document_of(of)
            if document is None:
                erased.update(keys_of(self._gives(row)))
            else:
                message = self._message(row, document, whole=not of.erased)
                if of.erased and row.kind in _REGISTERING:
                    erased.update(map(self._keys.index_of, charges_in(of.erased, message.data.pn)))
                left.append(message)
        yield from without(left, erased, self._keys.index_of)

    def _gives(self, row: Row) -> bytes:
        return row.gives if row.version is None else self._store.rows_at([row.version])[row.version].gives

    def _message(self, row: Row, document: dict[str, Any], *, whole: bool) -> Message:
        kind, data = row.kind or "", document["data"] if row.version is None else document["data"]["data"]
        return Message(
            source=self._names[row.source],
            id=row.id or "",
            sequence=row.sequence or 0,
            kind=kind,
            # An original may have been refused for its time; then the correction that makes it count was made at a time.
            time=parse_rfc3339(row.time or document["time"]),
            data=shaped(kind, data, whole=whole),
        )
