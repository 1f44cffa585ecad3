"""What can be told of a journal without the node's keys: that it is whole and the one that was signed, and where an entry lies in it.

- Meta, leaf, commitments, tree and checkpoint stand open. What is in the boxes and in the sealed parts, and whatever is folded from that,
  is not looked at.
- Whose checkpoint it is can be told by who has the node's public key from elsewhere. A witness is compared, and whose it is not asked:
  it may be signed with a key from before.
"""

from collections.abc import Callable, Iterator
from typing import Any

from hervat.errors import HervatError, NotSo, StoreFault
from hervat.journal.checkpoint import parse
from hervat.journal.checkpoint import verify as verify_note
from hervat.journal.entry import Entry, commitments_of, read_meta, segments_root
from hervat.journal.proof import inclusion_of
from hervat.journal.tree import Frontier, leaf_hash
from hervat.stores.opening import Engine
from hervat.stores.verification import Verified

Key = tuple[str, bytes]
"""A node's origin and its public key."""
UNSEEN = "what is sealed, and all that is folded from it, for want of the keys"
UNSIGNED = f"{UNSEEN}; whose checkpoint it is, for want of --public-key"


def verify_tree(
    store: Engine, key: Key | None, witness: str | None, progress: Callable[[int], None] = lambda position: None
) -> Verified:
    """Check entries, tree, head and witness without keys; never raises for what it finds, only for a witness that is no checkpoint."""
    told = None if witness is None else parse(witness)
    seen = 0
    try:
        head = store.head()
        roots, wanted = dict[int, bytes](), {head.size, told.size if told is not None else 0}
        frontier = Frontier()
        for entry in _sound(store):
            frontier.append(entry.leaf)
            seen = frontier.size
            if seen in wanted:
                roots[seen] = frontier.root()
            progress(seen)
        _ensure_signed(store, frontier, key)
        if told is not None and told.size:
            _ensure_begins_with(told.size, told.root, seen, roots)
    except HervatError as difference:
        return Verified(False, str(difference), seen, None if told is None else told.size)
    return Verified(True, None, seen, None if told is None else told.size, UNSIGNED if key is None else UNSEEN)


def _sound(store: Engine) -> Iterator[Entry]:
    """Every entry, seen to be the one that its leaf says."""
    fault = store.integrity()
    if fault is not None:
        raise StoreFault(f"the database is damaged: {fault}")
    for number, entry in enumerate(store.entries(1, store.last_position()), 1):
        if entry.position != number:
            raise StoreFault(f"entry {number} is missing: entry {entry.position} follows on {number - 1}")
        meta = read_meta(entry)
        if leaf_hash(entry.meta) != entry.leaf or meta.position != number:
            raise StoreFault(f"entry {number}: its leaf is not the hash of its meta, or of another position")
        if segments_root(commitments_of(entry)).hex() != meta.root:
            raise StoreFault(f"entry {number}: its commitments do not lead to the root in its meta")
        yield entry


def _ensure_signed(store: Engine, frontier: Frontier, key: Key | None) -> None:
    head = store.head()
    if frontier.size != head.size or (head.size and frontier.to_bytes() != head.frontier):
        raise StoreFault(f"the head says {head.size} entries, the journal holds {frontier.size}, or its tree is another one")
    if not head.size:
        return
    said = parse(head.checkpoint) if key is None else verify_note(head.checkpoint, *key)
    if (said.size, said.root) != (frontier.size, frontier.root()):
        raise StoreFault("the signed checkpoint is not that of the entries")


def _ensure_begins_with(size: int, root: bytes, here: int, roots: dict[int, bytes]) -> None:
    if size > here:
        raise NotSo(f"entries {here + 1} to {size} are missing: the witness saw {size}, this store holds {here}")
    if roots[size] != root:
        raise NotSo(f"the first {size} entries are not those that the witness saw: the journal was rewritten")


def prove_sealed(store: Engine, position: int) -> dict[str, Any]:
    """The inclusion proof of an entry with everything in it withheld; raises NotSo where there is no such entry."""
    entry, proof = inclusion_of(store, position)
    segments = [
        {"name": name, "commitment": commitment.hex(), "nonce": None, "content": None} for name, commitment in commitments_of(entry)
    ]
    return proof | {"segments": segments, "public_key": None, "receipt": None}
