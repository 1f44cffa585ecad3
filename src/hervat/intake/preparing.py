"""Preparing a message: all that can be made of it before it has a position and without asking the store.

- It is judged, cut into segments and sealed, and its keys are hashed. That is a pure function of the bytes (the seals are random), so
  it can be done in any process, as far ahead as one likes.
- Keys are 16-byte keyed hashes: the store's files tell nobody which person or case they speak of. They are packed as pairs of key and
  *topic*, 32 bytes each. A topic is the person, case, judgment, order or advice that a key is about.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import msgspec

from hervat.intake.admission import Judged, judge
from hervat.intake.claims import DECLARING
from hervat.intake.terms import Terms
from hervat.journal.entry import MESSAGE, RAW, Draft, draft_of, split
from hervat.journal.keys import IndexKey
from hervat.journal.store import SOMEBODY, Row
from hervat.message import UNKNOWN, Refusal
from hervat.needs import gives_of, mentioned_in, needs_of, persons_in, topic_of

CORRECTION = "message-corrected"
AMENDING = (CORRECTION, "message-retracted")
_TOPICS = (("pn", "case"), ("judgment", "judgment"), ("order", "order"), ("advice", "advice"))
_REMEMBERED = 1024
_encode = msgspec.json.Encoder().encode
_encode_sorted = msgspec.json.Encoder(order="sorted").encode


class Prepared(msgspec.Struct, array_like=True, gc=False):
    """A message ready to be taken. `refusal`, `declares` (a watermark's or stock's data) and `correction` (the new data) are JSON."""

    source: str
    id: str | None
    sequence: int | None
    kind: str | None
    time: str | None
    digest: bytes
    ident: bytes
    previous: bytes | None = None
    target: bytes | None = None
    subject: bytes | None = None
    about: bytes = b""
    needs: bytes = b""
    gives: bytes = b""
    mentions: bytes = b""
    refusal: str | None = None
    declares: str | None = None
    correction: bytes | None = None
    draft: Draft | None = None

    def row(self, position: int, feed: int) -> Row:
        """The row of the message at a position, not yet looked at."""
        return Row(
            position,
            feed,
            self.id,
            self.sequence,
            self.kind,
            self.time,
            self.ident,
            self.previous,
            self.target,
            self.subject,
            self.needs,
            self.gives,
            self.refusal,
            about=self.about,
        )


def message_key(source: str, id: str) -> str:
    """The key that a message in custody gives by being there."""
    return f"message:{source}/{id}"


def conflict_key(source: str, id: str | None, sequence: int | None, digest: bytes) -> str:
    """The key under which the same conflicting content is recognised when it comes again."""
    return f"conflict:{source}/{id}/{sequence}/{digest.hex()}"


Hash = Callable[[str], bytes]


def _pack(hash: Hash, keys: Iterable[str]) -> bytes:
    return b"".join([hash(key) + hash(topic_of(key)) for key in keys])


class Preparer:
    """Prepares messages on the terms in force, with the node's index key; it can be sent to another process."""

    def __init__(self, index: IndexKey, terms: Terms) -> None:
        # A message names the same case or judgment more than once.
        self.hash: Hash = lru_cache(_REMEMBERED)(index.of)
        self._index = index
        self._terms = terms

    def judges_as(self, other: "Preparer") -> bool:
        """Whether another one judges on the same terms: who is known, in which roles, and the procedures. No message is judged by keys."""
        mine, its = self._terms, other._terms
        roles, others = ([(one.oin, frozenset(one.roles)) for one in terms.partners] for terms in (mine, its))
        return roles == others and [*mine.procedures] == [*its.procedures]

    def __reduce__(self) -> "tuple[type[Preparer], tuple[IndexKey, Terms]]":
        return Preparer, (self._index, self._terms)

    def prepare(self, raw: bytes) -> Prepared:
        """Judge and key a message, and seal it."""
        judged = judge(raw, self._terms)
        prepared = self._keyed(judged)
        accepted = judged.refusal is None and judged.document is not None
        prepared.draft = draft_of(
            split(judged.document or {}) if accepted else [(RAW, judged.raw)],
            prepared.digest,
            sort=MESSAGE,
            source=prepared.source,
            id=prepared.id,
            sequence=prepared.sequence,
            kind=prepared.kind,
        )
        return prepared

    def key(self, raw: bytes) -> Prepared:
        """Judge and key a message that lies sealed in the journal already."""
        return self._keyed(judge(raw, self._terms))

    def pack_data(self, kind: str, data: Any, source: str, id: str) -> tuple[bytes, bytes]:
        """What data of a kind needs and gives, packed."""
        return _pack(self.hash, needs_of(kind, data, source, id)), _pack(self.hash, gives_of(kind, data, source, id))

    def _keyed(self, judged: Judged) -> Prepared:
        source, known = judged.source, judged.source != UNKNOWN
        prepared = Prepared(
            source, judged.id, judged.sequence if known else None, judged.kind, judged.time, judged.digest, self._ident(judged)
        )
        # Of what cannot be read as a whole only its place is relied on: nobody could tell later what it waited for.
        if known and judged.previous is not None and judged.document is not None:
            prepared.previous = self.hash(message_key(source, judged.previous))
        if judged.refusal is not None:
            prepared.refusal = write_refusal(judged.refusal)
            # By the subject it is found while it is held, where a correction of it waits.
            prepared.subject = None if judged.subject is None else self.hash(f"person:{judged.subject}")
            return prepared
        data: dict[str, Any] = (judged.document or {})["data"]
        kind, id, hash = judged.kind or "", judged.id or "", self.hash
        if kind in AMENDING:
            data = self._key_amendment(prepared, data)
        else:
            prepared.needs, prepared.gives = self.pack_data(kind, judged.data, source, id)
        prepared.about = b"".join([hash(key) for key in _topics_in(data)])
        prepared.mentions = b"".join([hash(key) for key in mentioned_in(data)])
        if kind in DECLARING:
            prepared.declares = _encode(judged.data).decode()
        elif kind == "case-reattributed":
            prepared.mentions += hash(f"person:{data['from']}")
        elif kind == CORRECTION:
            persons = b"".join([hash(f"person:{skn}") for skn in persons_in(data)])
            prepared.mentions += persons + prepared.about
            prepared.about += SOMEBODY if persons else b""
        skn = judged.subject or next(iter(persons_in(data)), None)
        prepared.subject = None if skn is None else hash(f"person:{skn}")
        return prepared

    def _ident(self, judged: Judged) -> bytes:
        """How a message is recognised: by source and id, or by its content where it has no id that can be relied on."""
        if judged.source == UNKNOWN or judged.id is None:
            return self.hash(f"digest:{judged.source}/{judged.digest.hex()}")
        return self.hash(message_key(judged.source, judged.id))

    def _key_amendment(self, prepared: Prepared, data: dict[str, Any]) -> dict[str, Any]:
        """Key what an amendment names; returns the new data, which it speaks of while it is held."""
        named = data.get("corrects") or data["retracts"]
        prepared.target = self.hash(message_key(named["source"], named["id"]))
        inner = data.get("data")
        if not isinstance(inner, dict):
            return {}
        # Sorted as it lies in the journal, so that the first fault is the same whether it is read now or opened again later.
        prepared.correction = _encode_sorted(inner)
        return inner


def _topics_in(data: dict[str, Any]) -> Iterable[str]:
    """The case, judgment, order and advice that the data of a message is about, as keys."""
    return [f"{topic}:{data[field]}" for field, topic in _TOPICS if isinstance(data.get(field), str)]


def write_refusal(refusal: Refusal) -> str:
    """A refusal as it lies in a row."""
    return _encode(refusal).decode()


def read_refusal(text: str) -> Refusal:
    """The refusal in a row."""
    return msgspec.json.decode(text, type=Refusal)
