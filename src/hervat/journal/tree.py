"""The journal's tree: one hash over all entries, and short proofs about it.

The tree is that of RFC 6962 and RFC 9162 with SHA-256, so software that knows nothing of hervat can check the proofs.

- Leaves are counted from 0: the entry at position 1 is the leaf at index 0. Every hash is 32 bytes.
- A leaf is hashed behind the byte 00 and a node behind the byte 01, so that no node can pass for a leaf.
- `Frontier` grows the tree and keeps only its complete subtrees, one for each bit of the size.
- A `Tile` is the hash of a complete subtree of 256, 65536, ... leaves. Whoever keeps the tiles that the frontier
  reports can prove anything later with `Reader` without reading all leaves.
- Verification answers with a truth value and never raises, whatever the length or order of the hashes it is given.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from hervat.errors import StoreFault, ensure

HASH_BYTES = 32
TILE_HEIGHT = 8
EMPTY_ROOT = hashlib.sha256(b"").digest()

_SIZE_BYTES = 8
_LEVELS = 64
_sha256 = hashlib.sha256


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf with the content `data`: SHA-256(00 | data)."""
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of the node above two subtrees: SHA-256(01 | left | right)."""
    return _sha256(b"\x01" + left + right).digest()


@dataclass(slots=True, frozen=True)
class Tile:
    """The hash of the subtree over the leaves from index << level up to (index + 1) << level; level is 8, 16, 24 ..."""

    level: int
    index: int
    hash: bytes


class Frontier:
    """The right edge of a growing tree: a compact range, the hashes of its complete subtrees and nothing below them."""

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        # The complete subtree of height n that still waits for a right neighbour, or None.
        self._peaks: list[bytes | None] = [None] * _LEVELS

    def append(self, leaf: bytes) -> list[Tile]:
        """Add one leaf hash; costs one node hash on average. Returns the tiles that it completes, smallest first."""
        if self.size % (1 << TILE_HEIGHT) == (1 << TILE_HEIGHT) - 1:
            return self.extend((leaf,))
        peaks, level, node = self._peaks, 0, leaf
        while (left := peaks[level]) is not None:
            node = _sha256(b"\x01" + left + node).digest()
            peaks[level] = None
            level += 1
        peaks[level] = node
        self.size += 1
        return []

    def extend(self, leaves: Iterable[bytes]) -> list[Tile]:
        """Add leaf hashes in order; returns the tiles that they complete, by level and then by index."""
        nodes, level, tiles, peaks = list(leaves), 0, list[Tile](), self._peaks
        added = len(nodes)
        while nodes:
            if level and level % TILE_HEIGHT == 0:
                first = self.size >> level
                tiles += [Tile(level, index, node) for index, node in enumerate(nodes, first)]
            left = peaks[level]
            if left is not None:
                nodes.insert(0, left)
            peaks[level] = nodes.pop() if len(nodes) % 2 else None
            pairs = iter(nodes)
            nodes = [_sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
            level += 1
        self.size += added
        return tiles

    def root(self) -> bytes:
        """The hash of the whole tree as it is now; EMPTY_ROOT while it has no leaf."""
        whole: bytes | None = None
        for peak in self._peaks:
            if peak is not None:
                whole = peak if whole is None else node_hash(peak, whole)
        return EMPTY_ROOT if whole is None else whole

    def to_bytes(self) -> bytes:
        """The size in 8 bytes, big-endian, then the hashes of the complete subtrees from left to right."""
        return self.size.to_bytes(_SIZE_BYTES, "big") + b"".join(peak for peak in reversed(self._peaks) if peak is not None)

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Frontier":
        """The inverse of `to_bytes`; b"" is the empty tree. Raises StoreFault where length and size disagree."""
        frontier = cls()
        if not stored:
            return frontier
        frontier.size = int.from_bytes(stored[:_SIZE_BYTES], "big")
        if len(stored) != _SIZE_BYTES + frontier.size.bit_count() * HASH_BYTES:
            raise StoreFault(
                f"the stored edge of the journal's tree is {len(stored)} bytes, which does not fit its size "
                f"{frontier.size}; run hervat verify"
            )
        start = _SIZE_BYTES
        for level in reversed(range(_LEVELS)):
            if frontier.size >> level & 1:
                frontier._peaks[level] = stored[start : start + HASH_BYTES]
                start += HASH_BYTES
        return frontier


Leaves = Callable[[int, int], Sequence[bytes]]
"""(first, count) -> the `count` leaf hashes from index `first` on."""

Tiles = Callable[[int, int], bytes | None]
"""(level, index) -> the hash of that tile, or None where it was not kept."""


class Reader:
    """Proofs about the tree of the first `size` leaves, read from a store.

    A proof reads at most 512 leaves, and 255 tiles of each level. A tile that was not kept is computed from what is
    below it: slow, never wrong. A reader remembers all it read: use it for a few proofs about one size, then let it go.
    """

    def __init__(self, size: int, leaves: Leaves, tile: Tiles) -> None:
        ensure(size >= 0, f"a tree has no {size} leaves")
        self.size = size
        self._leaves = leaves
        self._tile = tile
        self._known: dict[tuple[int, int], bytes] = {}

    def root(self) -> bytes:
        """The hash of the whole tree; EMPTY_ROOT where it has no leaf."""
        return self._range(0, self.size) if self.size else EMPTY_ROOT

    def inclusion(self, index: int) -> list[bytes]:
        """The proof that the leaf at `index` is in the tree: PATH of RFC 9162, 2.1.3.1, from the leaf up."""
        ensure(0 <= index < self.size, f"no leaf {index} in a tree of {self.size}")
        proof, first, count = [], 0, self.size
        while count > 1:
            left = _split(count)
            if index < first + left:
                proof.append(self._range(first + left, count - left))
                count = left
            else:
                proof.append(self._range(first, left))
                first, count = first + left, count - left
        return proof[::-1]

    def consistency(self, old_size: int) -> list[bytes]:
        """The proof that the first `old_size` leaves are unchanged: PROOF of RFC 9162, 2.1.4.1.

        It is empty where `old_size` is 0 or the size itself.
        """
        ensure(0 <= old_size <= self.size, f"a tree of {self.size} leaves never was a later one of {old_size}")
        if old_size == 0:
            return []
        proof, first, count = [], 0, self.size
        while old_size != first + count:
            left = _split(count)
            if old_size <= first + left:
                proof.append(self._range(first + left, count - left))
                count = left
            else:
                proof.append(self._range(first, left))
                first, count = first + left, count - left
        # Where the old tree is a complete subtree of the new one, the verifier has its hash already: the old root.
        return ([self._range(first, count)] if first else []) + proof[::-1]

    def _range(self, first: int, count: int) -> bytes:
        """MTH of RFC 9162 over `count` leaves from `first`, which is a multiple of a power of two >= `count`."""
        if count & (count - 1) == 0:
            level = count.bit_length() - 1
            return self._node(level, first >> level)
        left = _split(count)
        return node_hash(self._range(first, left), self._range(first + left, count - left))

    def _node(self, level: int, index: int) -> bytes:
        known = self._known.get((level, index))
        if known is not None:
            return known
        if level == 0:
            self._read_leaves(index >> TILE_HEIGHT << TILE_HEIGHT)
            return self._known[0, index]
        tile = self._tile(level, index) if level % TILE_HEIGHT == 0 else None
        node = tile or node_hash(self._node(level - 1, 2 * index), self._node(level - 1, 2 * index + 1))
        self._known[level, index] = node
        return node

    def _read_leaves(self, first: int) -> None:
        count = min(1 << TILE_HEIGHT, self.size - first)
        leaves = self._leaves(first, count)
        if len(leaves) != count:
            raise StoreFault(
                f"the store gave {len(leaves)} of the {count} leaves from index {first} of the journal's tree; run hervat verify"
            )
        for index, leaf in enumerate(leaves, first):
            self._known[0, index] = leaf


def _split(count: int) -> int:
    """The largest power of two smaller than `count`: how many leaves go left."""
    return 1 << (count - 1).bit_length() - 1


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` leads from the leaf hash at `index` to the root of a tree of `size` (RFC 9162, 2.1.3.2).

    Take `size` and `root` from one checkpoint: some trees of different sizes have paths of the same shape.
    """
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    place, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            # A right edge without a neighbour is lifted as it is to the level where it has one.
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of `old_size` leaves is the beginning of that of `new_size` (RFC 9162, 2.1.4.2).

    Beyond the RFC: the empty tree is the beginning of every tree, with an empty proof.
    """
    if not 0 <= old_size <= new_size or not _are_hashes(old_root, new_root, *proof):
        return False
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT and (new_size > 0 or new_root == EMPTY_ROOT)
    if old_size == new_size:
        return not proof and old_root == new_root
    return _leads_to_both(old_size, new_size, old_root, new_root, proof)


def _leads_to_both(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    # Where the old tree is one complete subtree the proof leaves out its hash.
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path or not proof:
        return False
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
