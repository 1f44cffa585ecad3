"""One entry of the journal: what is sealed, what is committed to, and what stays readable for ever.

The format is version 1 and is frozen: a store written today is read by every later version.

- An entry is a *message* (received from outside) or an *act* (what a person, a clock or a gate decided).
- Its payload is cut into **segments**: `head`, and one for each charge, verdict, sentence and identity. A payload that is not an
  accepted message is one segment, `raw`: the bytes as they came.
- Every segment has a random 32-byte key and a random 16-byte nonce of its own. The *commitment* to it is
  `SHA-256("hervat/segment/1" 00 | len(name) | name | nonce | content)`; without the nonce no guess of the content can be checked.
- The content and its nonce are sealed together with AES-256-GCM under the segment's key. That key seals once, so the GCM nonce is zero.
- The segment keys and the digest of the message lie in the **box**, sealed under the node's wrap key with the position as associated
  data; which wrap key that is stands before it (`keys.py`). Erasing a part zeroes its key in the box and drops its sealed bytes: nothing
  else that stands open in the entry changes.
- Behind the keys of an entry of which a part was erased the box holds its **residue**: what folding the journal again needs of it and
  can compute no longer. It is the business of whoever erases; here it is bytes, and never none.
- The leaf of the journal's tree is `SHA-256(00 | meta)`, where `meta` is RFC 8785 JSON of what identifies nobody: position, sort,
  source, id, sequence, kind, moment of receipt, and the root over the commitments.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from hashlib import sha256 as _sha256
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hervat.errors import StoreFault
from hervat.journal.drawing import Drawing
from hervat.journal.keys import NodeKeys
from hervat.journal.tree import leaf_hash

FORMAT = 1
MESSAGE, ACT = "message", "act"
HEAD, RAW = "head", "raw"

_KEY, _NONCE, _DIGEST = 32, 16, 32
_ONCE = bytes(12)
_ERASED = bytes(_KEY)
_fresh = Drawing(_KEY + _NONCE).piece
_SEGMENT, _ROOT = b"hervat/segment/1\0", b"hervat/segments/1\0"
_json = msgspec.json.Encoder().encode
_sorted_json = msgspec.json.Encoder(order="sorted").encode
_pack = msgspec.msgpack.Encoder().encode


class Part(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A segment as it lies in the store: its name, its commitment and its sealed bytes (empty once erased)."""

    name: str
    commitment: bytes
    sealed: bytes


_unpack_parts = msgspec.msgpack.Decoder(tuple[Part, ...]).decode


class Meta(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What the leaf says in the open; `received_at` is RFC 3339 in UTC, `root` is hexadecimal."""

    id: str | None
    kind: str | None
    position: int
    received_at: str
    root: str
    sequence: int | None
    sort: str
    source: str | None
    v: int = FORMAT


_read_meta = msgspec.json.Decoder(Meta).decode


class _Before(msgspec.Struct, gc=False):
    """What stands in a meta before the position, sorted as there."""

    id: str | None
    kind: str | None


class _Behind(msgspec.Struct, gc=False):
    """What stands in a meta behind the moment of receipt, sorted as there."""

    root: str
    sequence: int | None
    sort: str
    source: str | None
    v: int = FORMAT


class Entry(msgspec.Struct, gc=False):
    """One row of the journal, complete in itself."""

    position: int
    meta: bytes
    parts: bytes
    box: bytes
    leaf: bytes


class Segment(msgspec.Struct, frozen=True, gc=False):
    """An opened segment; `nonce` and `content` are None where it was erased."""

    name: str
    commitment: bytes
    nonce: bytes | None
    content: bytes | None


class Opened(msgspec.Struct, frozen=True, gc=False):
    """An entry with its seals broken open: the meta, the segments, the SHA-256 digest of the whole payload, and what stands in the place
    of erased parts (`residue`, empty where nothing was erased).
    """

    meta: Meta
    segments: tuple[Segment, ...]
    digest: bytes
    residue: bytes = b""

    @property
    def payload(self) -> bytes:
        """The message or act as JSON, or the raw bytes; raises StoreFault where a part of it was erased."""
        for segment in self.segments:
            if segment.content is None:
                raise StoreFault(f"entry {self.meta.position}: the part {segment.name} has been erased, so the whole cannot be read")
        return self.left or b""

    @property
    def left(self) -> bytes | None:
        """What can still be read: the payload without its erased parts; None where nothing has a meaning of its own any more."""
        contents = {segment.name: segment.content for segment in self.segments if segment.content is not None}
        if RAW in contents:
            return contents[RAW]
        return join(contents, self.erased) if HEAD in contents else None

    @property
    def erased(self) -> frozenset[str]:
        """The names of the parts that were erased."""
        return frozenset(segment.name for segment in self.segments if segment.content is None)


class Draft(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What is to become an entry, sealed before it has a position: its meta before and behind the position and the moment of receipt, the
    packed parts, and what goes into the box: the digest of the payload and the keys of the parts, one after another.
    """

    before: bytes
    behind: bytes
    parts: bytes
    secrets: bytes


@lru_cache(maxsize=1024)
def _label(name: str) -> bytes:
    """The name of a segment behind its length in two bytes; a register has few different ones."""
    label = name.encode()
    return len(label).to_bytes(2, "big") + label


def commitment(name: str, nonce: bytes, content: bytes) -> bytes:
    """The 32-byte commitment to a segment; nobody can confirm a guess of `content` without `nonce`."""
    return _sha256(_SEGMENT + _label(name) + nonce + content).digest()


def segments_root(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """The 32-byte root over (name, commitment) pairs in their stored order."""
    return _sha256(_ROOT + b"".join([_label(name) + committed for name, committed in parts])).digest()


def draft_of(
    segments: Sequence[tuple[str, bytes]],
    digest: bytes,
    *,
    sort: str,
    source: str | None,
    id: str | None,
    sequence: int | None,
    kind: str | None,
) -> Draft:
    """Seal (name, content) segments, each with a key and a nonce of its own; two seals of the same differ."""
    keys, parts, committed = [], [], [_ROOT]
    for name, content in segments:
        random = _fresh()
        label, key, plain = _label(name), random[:_KEY], random[_KEY:] + content
        hidden = _sha256(_SEGMENT + label + plain).digest()
        keys.append(key)
        parts.append((name, hidden, AESGCM(key).encrypt(_ONCE, plain, None)))
        committed += (label, hidden)
    root = _sha256(b"".join(committed)).hexdigest()
    # Position and moment stand beside each other among the sorted keys, so what is around them can be written before they are known.
    before, behind = _json(_Before(id, kind))[:-1], _json(_Behind(root, sequence, sort, source))[1:]
    return Draft(before, behind, _pack(parts), b"".join((digest, *keys)))


def enter(keys: NodeKeys, position: int, received_at: str, draft: Draft) -> Entry:
    """Make the entry at `position` of a draft."""
    meta = b'%b,"position":%d,"received_at":"%b",%b' % (draft.before, position, received_at.encode(), draft.behind)
    return Entry(position, meta, draft.parts, keys.seal(position, draft.secrets), leaf_hash(meta))


def read_meta(entry: Entry) -> Meta:
    """The open attributes of an entry; raises StoreFault naming the position where they cannot be read."""
    try:
        return _read_meta(entry.meta)
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise StoreFault(f"entry {entry.position}: its meta cannot be read ({fault}); run hervat verify") from fault


def digest_of(keys: NodeKeys, entry: Entry) -> bytes:
    """The SHA-256 digest of the payload, from the box: it stays known when the payload has been erased."""
    return digest_in(keys, entry.position, entry.box)


def digest_in(keys: NodeKeys, position: int, box: bytes) -> bytes:
    """The digest in the box of the entry at a position."""
    return keys.open(position, box)[:_DIGEST]


def open_entry(keys: NodeKeys, entry: Entry) -> Opened:
    """Break the seals of an entry and check every commitment; raises StoreFault naming position and part."""
    meta = read_meta(entry)
    parts, digest, part_keys, residue = _unlocked(keys, entry)
    segments = tuple(_open_part(entry.position, part, key) for part, key in zip(parts, part_keys, strict=True))
    return Opened(meta, segments, digest, residue)


def _parts_of(entry: Entry) -> tuple[Part, ...]:
    try:
        return _unpack_parts(entry.parts)
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise StoreFault(f"entry {entry.position}: its parts cannot be read ({fault}); run hervat verify") from fault


def commitments_of(entry: Entry) -> list[tuple[str, bytes]]:
    """The names and commitments of an entry's segments, which stand open; raises StoreFault where they cannot be read."""
    return [(part.name, part.commitment) for part in _parts_of(entry)]


def _unlocked(keys: NodeKeys, entry: Entry) -> tuple[tuple[Part, ...], bytes, list[bytes], bytes]:
    """The parts of an entry as they lie there, and what is in its box: the digest, the key of each part, the residue."""
    parts = _parts_of(entry)
    secrets = keys.open(entry.position, entry.box)
    end = _DIGEST + _KEY * len(parts)
    part_keys = [secrets[start : start + _KEY] for start in range(_DIGEST, end, _KEY)]
    if len(secrets) < end or (len(secrets) > end) != (_ERASED in part_keys):
        raise StoreFault(f"entry {entry.position}: it has {len(parts)} parts, its box holds keys for another number; run hervat verify")
    return parts, secrets[:_DIGEST], part_keys, secrets[end:]


def erase_parts(keys: NodeKeys, entry: Entry, names: Collection[str] | None, residue: bytes) -> Entry:
    """The entry without the content of these parts, or of any (None): their keys and sealed bytes are gone, all that proves it stays."""
    parts, digest, part_keys, _ = _unlocked(keys, entry)
    gone = [names is None or part.name in names or key == _ERASED for part, key in zip(parts, part_keys, strict=True)]
    left = [(part.name, part.commitment, b"" if erased else part.sealed) for part, erased in zip(parts, gone, strict=True)]
    secrets = b"".join([_ERASED if erased else key for key, erased in zip(part_keys, gone, strict=True)])
    box = keys.seal(entry.position, digest + secrets + residue)
    return Entry(entry.position, entry.meta, _pack(left), box, entry.leaf)


def _open_part(position: int, part: Part, key: bytes) -> Segment:
    if key == _ERASED:
        if part.sealed:
            raise StoreFault(f"entry {position}: the part {part.name} was erased, and its sealed bytes are still there; run hervat verify")
        return Segment(part.name, part.commitment, None, None)
    try:
        plain = AESGCM(key).decrypt(_ONCE, part.sealed, None)
    except (InvalidTag, ValueError) as fault:
        raise StoreFault(f"entry {position}: the part {part.name} does not open with its key; run hervat verify") from fault
    return Segment(part.name, part.commitment, plain[:_NONCE], plain[_NONCE:])


def check(keys: NodeKeys, entry: Entry) -> Opened:
    """Open an entry and prove it against itself: commitments, root and leaf; raises StoreFault with the first that differs."""
    opened = open_entry(keys, entry)
    if _pack(_unpack_parts(entry.parts)) != entry.parts:
        raise StoreFault(f"entry {entry.position}: its parts are not written as they were")
    for segment in opened.segments:
        if segment.content is None or segment.nonce is None:
            continue
        if commitment(segment.name, segment.nonce, segment.content) != segment.commitment:
            raise StoreFault(f"entry {entry.position}: the part {segment.name} is not what was committed to")
    if segments_root([(s.name, s.commitment) for s in opened.segments]).hex() != opened.meta.root:
        raise StoreFault(f"entry {entry.position}: its commitments do not lead to the root in its meta")
    if leaf_hash(entry.meta) != entry.leaf:
        raise StoreFault(f"entry {entry.position}: its leaf is not the hash of its meta")
    if opened.meta.position != entry.position:
        raise StoreFault(f"entry {entry.position}: its meta says that it is entry {opened.meta.position}")
    return opened


def split(document: dict[str, Any]) -> list[tuple[str, bytes]]:
    """Cut a message into (name, content) segments, `head` first; `join` is its inverse."""
    data = document["data"]
    inner = data.get("data")
    body, corrects = (inner, True) if isinstance(inner, dict) else (data, False)
    lifted: list[tuple[str, bytes]] = []
    lean: dict[str, Any] | None = None
    for field in _LIFTED:
        found = _lift(field, body[field]) if field in body else None
        if found is not None:
            lean = dict(body) if lean is None else lean
            lean[field], segments = found
            lifted += segments
    if lean is None:
        return [(HEAD, _sorted_json(document))]
    lifted.sort()
    head = document | {"data": data | {"data": lean} if corrects else lean}
    return [(HEAD, _sorted_json(head)), *lifted]


# The fields that become segments; of a list each element does. What an element is named by, None for its place.
_LISTS = {"charges": ("charge:", "charge"), "verdicts": ("verdict:", "charge"), "sentences": ("sentence:", None)}
_LIFTED = (*_LISTS, "identity")


def _lift(field: str, value: Any) -> tuple[Any, list[tuple[str, bytes]]] | None:
    """What stays in the head for a field and the segments it becomes; None where it stays as it is."""
    if field == "identity":
        return ("identity", [("identity", _sorted_json(value))]) if isinstance(value, dict) else None
    names = _names(value, *_LISTS[field])
    if not names:
        return None
    return names, [(name, _sorted_json(item)) for name, item in zip(names, value, strict=True)]


def _names(items: Any, prefix: str, number: str | None) -> list[str] | None:
    """The segment names of a list's elements, or None where they are no objects or not told apart by their names."""
    if not isinstance(items, list):
        return None
    names = []
    for index, item in enumerate(items, 1):
        if not isinstance(item, dict):
            return None
        name = f"{prefix}{index if number is None else item.get(number)}"
        if len(name) > 64:
            return None
        names.append(name)
    return names if len(names) < 2 or len(set(names)) == len(names) else None


def join(contents: dict[str, bytes], erased: Collection[str] = ()) -> bytes:
    """Put the segments of a message together again: the JSON of the whole, with its keys sorted. `erased` are left out of it."""
    if len(contents) == 1 and not erased:
        return contents[HEAD]
    document = msgspec.json.decode(contents[HEAD])
    data = document["data"]
    inner = data.get("data")
    body = inner if isinstance(inner, dict) else data
    for field, (prefix, _) in _LISTS.items():
        names = body.get(field)
        if isinstance(names, list) and names and all(_is_part(name, prefix, contents, erased) for name in names):
            body[field] = [msgspec.Raw(contents[name]) for name in names if name in contents]
    if body.get("identity") == "identity":
        if "identity" in contents:
            body["identity"] = msgspec.Raw(contents["identity"])
        elif "identity" in erased:
            del body["identity"]
    return _sorted_json(document)


def _is_part(name: Any, prefix: str, contents: dict[str, bytes], erased: Collection[str]) -> bool:
    return isinstance(name, str) and name.startswith(prefix) and (name in contents or name in erased)
