"""What `prove` prints: everything that a stranger needs to see that an entry lies in the journal, unchanged, at its position."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import msgspec

from hervat.errors import NotSo, ensure
from hervat.journal.checkpoint import verify_own
from hervat.journal.entry import MESSAGE, RAW, Entry, Opened, Segment, open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.receipt import custody_receipt
from hervat.journal.store import Store
from hervat.journal.succession import Succession
from hervat.journal.tree import Reader, verify_consistency, verify_inclusion


def reader(store: Store) -> Reader:
    """The journal's tree over everything that is committed."""
    return Reader(store.head().size, store.leaves, store.tile)


def inclusion_of(store: Store, position: int) -> tuple[Entry, dict[str, Any]]:
    """An entry, and the proof that it lies in the journal under the latest checkpoint; raises NotSo where there is no such entry."""
    head = store.head()
    if not 1 <= position <= head.size:
        raise NotSo(f"there is no entry {position}: the journal holds 1 to {head.size}")
    entry = store.entries_at([position])[position]
    tree = reader(store)
    path = tree.inclusion(position - 1)
    ensure(
        verify_inclusion(entry.leaf, position - 1, head.size, path, tree.root()),
        f"the tree gives no path from entry {position} to its root; run hervat verify",
    )
    return entry, {
        "position": position,
        "leaf": entry.leaf.hex(),
        "leaf_input": entry.meta.decode(),
        "segments": [],
        "index": position - 1,
        "size": head.size,
        "proof": [node.hex() for node in path],
        "root": tree.root().hex(),
        "checkpoint": head.checkpoint,
    }


def prove(store: Store, keys: NodeKeys, position: int) -> dict[str, Any]:
    """The inclusion proof of one entry under the latest checkpoint, its parts opened; raises NotSo where there is no such entry."""
    entry, proof = inclusion_of(store, position)
    opened, size = open_entry(keys, entry), proof["size"]
    return proof | {
        "segments": [_disclosed(segment) for segment in opened.segments],
        "public_key": b64encode(keys.signer_at(size).public_key).decode(),
        "receipt_key": b64encode(keys.signer_at(position).public_key).decode(),
        "successions": [msgspec.to_builtins(one) for one in _between(keys, position, size)],
        "receipt": msgspec.json.decode(receipt_of(keys, opened, entry.leaf)) if opened.meta.sort == MESSAGE else None,
    }


def prove_growth(store: Store, keys: NodeKeys, earlier: str) -> dict[str, Any]:
    """The proof that the journal as it is now begins with what an earlier checkpoint of this node saw.

    Raises Usage where the text is no checkpoint, NotSo where it is of another node or the journal does not begin with that.
    """
    then, head, tree = verify_own(earlier, keys), store.head(), reader(store)
    if then.size > head.size:
        raise NotSo(f"entries {head.size + 1} to {then.size} are missing: the checkpoint saw {then.size}, this store holds {head.size}")
    path = tree.consistency(then.size)
    if not verify_consistency(then.size, head.size, then.root, tree.root(), path):
        raise NotSo(f"the first {then.size} entries are not those that the checkpoint saw: the journal was rewritten")
    return {
        "old_size": then.size,
        "old_root": then.root.hex(),
        "size": head.size,
        "root": tree.root().hex(),
        "proof": [node.hex() for node in path],
        "checkpoint": head.checkpoint,
    }


def _between(keys: NodeKeys, position: int, size: int) -> Iterator[Succession]:
    """How the keys followed on one another that lead from who signed at a position to who signs at a size."""
    for signer in keys.signers:
        if signer.succession is not None and position < signer.succession.since <= size:
            yield signer.succession


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
