"""What `prove` prints: everything that a stranger needs to see that an entry lies in the journal, unchanged, at its position."""

from base64 import b64encode
from typing import Any

import msgspec

from hervat.errors import NotSo
from hervat.journal.entry import MESSAGE, RAW, Opened, Segment, open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.receipt import custody_receipt
from hervat.journal.store import Store
from hervat.journal.tree import Reader


def reader(store: Store) -> Reader:
    """The journal's tree over everything that is committed."""
    return Reader(store.head().size, store.leaves, store.tile)


def prove(store: Store, keys: NodeKeys, position: int) -> dict[str, Any]:
    """The inclusion proof of one entry under the latest checkpoint, its parts opened; raises NotSo where there is no such entry."""
    head = store.head()
    if not 1 <= position <= head.size:
        raise NotSo(f"there is no entry {position}: the journal holds 1 to {head.size}")
    entry = store.entries_at([position])[position]
    opened = open_entry(keys, entry)
    tree = reader(store)
    return {
        "position": position,
        "leaf": entry.leaf.hex(),
        "leaf_input": entry.meta.decode(),
        "segments": [_disclosed(segment) for segment in opened.segments],
        "index": position - 1,
        "size": head.size,
        "proof": [node.hex() for node in tree.inclusion(position - 1)],
        "root": tree.root().hex(),
        "checkpoint": head.checkpoint,
        "public_key": b64encode(keys.public_key).decode(),
        "receipt": msgspec.json.decode(receipt_of(keys, opened, entry.leaf)) if opened.meta.sort == MESSAGE else None,
    }


def receipt_of(keys: NodeKeys, opened: Opened, leaf: bytes) -> bytes:
    """The custody receipt of a message, the same bytes however often it is asked for."""
    meta = opened.meta
    return custody_receipt(
        keys, position=meta.position, source=meta.source or "", id=meta.id, leaf=leaf, received_at=meta.received_at
    )


def _disclosed(segment: Segment) -> dict[str, Any]:
    told: dict[str, Any] = {"name": segment.name, "commitment": segment.commitment.hex(), "nonce": None, "content": None}
    if segment.content is None or segment.nonce is None:
        return told
    told["nonce"] = b64encode(segment.nonce).decode()
    if segment.name == RAW:
        return told | {"content_base64": b64encode(segment.content).decode()}
    return told | {"content": segment.content.decode()}
