"""Keys as the store knows them: 16-byte keyed hashes, so that the files tell nobody which person or case they speak of.

A row packs what its message needs and gives as pairs of key and *topic*, 32 bytes each. A topic is the person, case, judgment or
order that a key is about: everything that speaks of it is found under it.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from hervat.intake.admission import Judged
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Row
from hervat.needs import gives_of, needs_of, topic_of

_NAMING = ("skn", "kept", "merged", "from", "to")
_TOPICS = (("pn", "case"), ("judgment", "judgment"), ("order", "order"))


def message_key(source: str, id: str) -> str:
    """The key that a message in custody gives by being there."""
    return f"message:{source}/{id}"


def conflict_key(source: str, id: str | None, sequence: int | None, digest: bytes) -> str:
    """The key under which the same conflicting content is recognised when it comes again."""
    return f"conflict:{source}/{id}/{sequence}/{digest.hex()}"


class Keying:
    """Makes rows: hashes keys under the node's index key."""

    def __init__(self, keys: NodeKeys) -> None:
        self.hash = lru_cache(maxsize=50_000)(keys.index_of)

    def pack(self, keys: Iterable[str]) -> bytes:
        hashed = self.hash
        return b"".join([hashed(key) + hashed(topic_of(key)) for key in keys])

    def ident(self, judged: Judged) -> bytes:
        """How a message is recognised: by source and id, or by its content where it has no id that can be relied on."""
        if judged.source == "unknown" or judged.id is None:
            return self.hash(f"digest:{judged.source}/{judged.digest.hex()}")
        return self.hash(message_key(judged.source, judged.id))

    def row(self, judged: Judged, position: int, feed: int) -> Row:
        """The row of a message new in custody, not yet looked at."""
        known = judged.source != "unknown"
        row = Row(
            position,
            feed,
            judged.id,
            judged.sequence if known else None,
            judged.kind,
            judged.time,
            self.ident(judged),
            previous=None if not known or judged.previous is None else self.hash(message_key(judged.source, judged.previous)),
        )
        if judged.refusal is not None:
            row.subject = self._subject(judged.subject, {})
            return row
        self._read_data(row, judged)
        return row

    def _read_data(self, row: Row, judged: Judged) -> None:
        document, kind, id = judged.document or {}, judged.kind or "", judged.id or ""
        data: dict[str, Any] = document["data"]
        named = data.get("corrects") or data.get("retracts")
        if kind in ("message-corrected", "message-retracted"):
            row.target = self.hash(message_key(named["source"], named["id"]))
            data = data.get("data", {})
            row.subject = self._subject(judged.subject, data)
            return
        row.needs = self.pack(needs_of(kind, judged.data, judged.source, id))
        row.gives = self.pack(gives_of(kind, judged.data, judged.source, id))
        row.subject = self._subject(judged.subject, data)

    def _subject(self, subject: str | None, data: dict[str, Any]) -> bytes | None:
        """The key of a person the message names, by which it is found while it is held; None where it names none."""
        skn = subject or next((data[field] for field in _NAMING if isinstance(data.get(field), str)), None)
        return None if skn is None else self.hash(f"person:{skn}")

    def mentions(self, judged: Judged) -> list[bytes]:
        """Topics that a message names beside its needs and gives, under which it must be found while it is held."""
        data: dict[str, Any] = (judged.document or {}).get("data", {})
        if judged.kind == "case-reattributed":
            return [self.hash(f"person:{data['from']}")]
        if judged.kind != "message-corrected":
            return []
        inner = data.get("data", {})
        texts = [f"person:{inner[field]}" for field in _NAMING if isinstance(inner.get(field), str)]
        texts += [f"{topic}:{inner[field]}" for field, topic in _TOPICS if isinstance(inner.get(field), str)]
        return [self.hash(text) for text in texts]

    def reread(self, kind: str, data: Any, source: str, id: str) -> tuple[bytes, bytes]:
        """What a correction's data needs and gives as data of the original's kind; `merge:` keys stay the original's."""
        return self.pack(needs_of(kind, data, source, id)), self.pack(gives_of(kind, data, source, id))
