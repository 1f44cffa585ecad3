"""The tree against the published vectors and against the definitions of RFC 9162, taken literally."""

import hashlib
from collections.abc import Callable, Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hervat.errors import BrokenInvariant, StoreFault
from hervat.journal.tree import (
    EMPTY_ROOT,
    Frontier,
    Reader,
    Tile,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

# The leaves, nodes and roots that the reference implementation of Certificate Transparency is tested with.
PUBLISHED_LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
PUBLISHED_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAF_0 = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
LEAF_1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
LEAF_4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
NODE_0_1 = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
NODE_2_3 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
NODE_4_5 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
NODE_6_7 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
NODE_0_3 = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
NODE_4_7 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
PUBLISHED_INCLUSIONS = [
    (0, 1, []),
    (0, 2, [LEAF_1]),
    (1, 2, [LEAF_0]),
    (2, 3, [NODE_0_1]),
    (1, 5, [LEAF_0, NODE_2_3, LEAF_4]),
    (0, 8, [LEAF_1, NODE_2_3, NODE_4_7]),
    (5, 8, [LEAF_4, NODE_6_7, NODE_0_3]),
]
PUBLISHED_CONSISTENCIES = [
    (1, 1, []),
    (1, 8, [LEAF_1, NODE_2_3, NODE_4_7]),
    (6, 8, [NODE_4_5, NODE_6_7, NODE_0_3]),
    (2, 5, [NODE_2_3, LEAF_4]),
]


# --- RFC 9162, 2.1.1, 2.1.3.1 and 2.1.4.1, word for word and as slow as that is ---


def split(count: int) -> int:
    k = 1
    while 2 * k < count:
        k *= 2
    return k


def mth(data: Sequence[bytes]) -> bytes:
    if not data:
        return hashlib.sha256().digest()
    if len(data) == 1:
        return hashlib.sha256(b"\x00" + data[0]).digest()
    k = split(len(data))
    return hashlib.sha256(b"\x01" + mth(data[:k]) + mth(data[k:])).digest()


def path(m: int, data: Sequence[bytes]) -> list[bytes]:
    if len(data) == 1:
        return []
    k = split(len(data))
    return [*path(m, data[:k]), mth(data[k:])] if m < k else [*path(m - k, data[k:]), mth(data[:k])]


def subproof(m: int, data: Sequence[bytes], known: bool) -> list[bytes]:
    if m == len(data):
        return [] if known else [mth(data)]
    k = split(len(data))
    if m <= k:
        return [*subproof(m, data[:k], known), mth(data[k:])]
    return [*subproof(m - k, data[k:], False), mth(data[:k])]


# --- a journal's leaves and tiles as a store would hold them ---


class Kept:
    """Leaves and the tiles that the frontier reported; counts what is read."""

    def __init__(self, data: Sequence[bytes], batch: int = 1000) -> None:
        self.hashes = [leaf_hash(leaf) for leaf in data]
        self.frontier = Frontier()
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.leaves_read = self.tiles_read = 0
        for first in range(0, len(self.hashes), batch):
            for tile in self.frontier.extend(self.hashes[first : first + batch]):
                self.tiles[tile.level, tile.index] = tile.hash

    def leaves(self, first: int, count: int) -> list[bytes]:
        self.leaves_read += count
        return self.hashes[first : first + count]

    def tile(self, level: int, index: int) -> bytes | None:
        self.tiles_read += 1
        return self.tiles.get((level, index))

    def reader(self, size: int | None = None) -> Reader:
        return Reader(len(self.hashes) if size is None else size, self.leaves, self.tile)


def numbered(count: int) -> list[bytes]:
    return [b"leaf %d" % number for number in range(count)]


def forged(proof: list[bytes], bit: int) -> list[bytes]:
    place, within = divmod(bit % (len(proof) * 256), 256)
    flipped = bytearray(proof[place])
    flipped[within // 8] ^= 1 << within % 8
    return [*proof[:place], bytes(flipped), *proof[place + 1 :]]


sizes = st.integers(1, 600)


def test_published_hashes() -> None:
    assert leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert node_hash(b"N123", b"N456").hex() == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
    assert EMPTY_ROOT.hex() == PUBLISHED_ROOTS[0]


def test_published_roots() -> None:
    frontier = Frontier()
    roots = [frontier.root().hex()]
    for leaf in PUBLISHED_LEAVES:
        frontier.append(leaf_hash(leaf))
        roots.append(frontier.root().hex())
    assert roots == PUBLISHED_ROOTS
    assert [Kept(PUBLISHED_LEAVES[:size]).reader().root().hex() for size in range(9)] == PUBLISHED_ROOTS


@pytest.mark.parametrize(("index", "size", "published"), PUBLISHED_INCLUSIONS)
def test_published_inclusions(index: int, size: int, published: list[str]) -> None:
    proof = Kept(PUBLISHED_LEAVES[:size]).reader().inclusion(index)
    assert [step.hex() for step in proof] == published
    root = bytes.fromhex(PUBLISHED_ROOTS[size])
    assert verify_inclusion(leaf_hash(PUBLISHED_LEAVES[index]), index, size, proof, root)


@pytest.mark.parametrize(("old", "new", "published"), PUBLISHED_CONSISTENCIES)
def test_published_consistencies(old: int, new: int, published: list[str]) -> None:
    proof = Kept(PUBLISHED_LEAVES[:new]).reader().consistency(old)
    assert [step.hex() for step in proof] == published
    old_root, new_root = bytes.fromhex(PUBLISHED_ROOTS[old]), bytes.fromhex(PUBLISHED_ROOTS[new])
    assert verify_consistency(old, new, old_root, new_root, proof)


def test_all_small_trees_are_as_the_rfc_defines_them() -> None:
    data = numbered(34)
    for size in range(1, len(data) + 1):
        reader, root = Kept(data[:size]).reader(), mth(data[:size])
        assert reader.root() == root
        for index in range(size):
            assert reader.inclusion(index) == path(index, data[:size])
            assert verify_inclusion(leaf_hash(data[index]), index, size, path(index, data[:size]), root)
        for old in range(1, size + 1):
            proof = subproof(old, data[:size], True)
            assert reader.consistency(old) == proof
            assert verify_consistency(old, size, mth(data[:old]), root, proof)


@given(size=sizes, batches=st.lists(st.integers(0, 400), max_size=20), extra=st.integers(0, 3))
def test_frontier_does_not_care_for_batches(size: int, batches: list[int], extra: int) -> None:
    hashes = [leaf_hash(leaf) for leaf in numbered(size)]
    frontier, tiles, done = Frontier(), list[Tile](), 0
    for batch in batches:
        tiles += frontier.extend(hashes[done : done + batch])
        done = min(done + batch, size)
        for leaf in hashes[done : done + extra]:
            tiles += frontier.append(leaf)
        done = min(done + extra, size)
        frontier = Frontier.from_bytes(frontier.to_bytes())
    assert frontier.size == done
    assert frontier.root() == mth(numbered(done))
    assert tiles == [Tile(8, index, mth(numbered(size)[256 * index : 256 * index + 256])) for index in range(done >> 8)]


def test_a_tile_of_tiles_is_reported_once_it_is_whole() -> None:
    hashes = [leaf_hash(leaf) for leaf in numbered(65536)]
    whole, single = Frontier(), Frontier()
    tiles = whole.extend(hashes)
    one_by_one = [tile for leaf in hashes for tile in single.append(leaf)]
    assert [(tile.level, tile.index) for tile in tiles] == [*((8, index) for index in range(256)), (16, 0)]
    assert sorted(one_by_one, key=lambda tile: (tile.level, tile.index)) == tiles
    assert tiles[-1].hash == whole.root() == single.root()


def test_frontier_refuses_bytes_of_another_length() -> None:
    frontier = Frontier()
    frontier.extend([leaf_hash(leaf) for leaf in numbered(5)])
    stored = frontier.to_bytes()
    assert Frontier.from_bytes(b"").to_bytes() == bytes(8) == Frontier().to_bytes()
    for wrong in (stored[:-1], stored + b"\0", stored[:8], stored[:3], (7).to_bytes(8, "big") + stored[8:]):
        with pytest.raises(StoreFault, match="hervat verify"):
            Frontier.from_bytes(wrong)


@given(size=sizes, data=st.data())
def test_reader_gives_the_proofs_of_the_rfc(size: int, data: st.DataObject) -> None:
    leaves = numbered(size)
    kept = Kept(leaves, batch=data.draw(st.integers(1, 300)))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert kept.reader().root() == mth(leaves)
    assert kept.reader().inclusion(index) == path(index, leaves)
    assert kept.reader().consistency(old) == subproof(old, leaves, True)


@given(size=sizes, later=st.integers(0, 400), data=st.data())
def test_reader_can_prove_about_an_earlier_size(size: int, later: int, data: st.DataObject) -> None:
    leaves = numbered(size + later)
    index = data.draw(st.integers(0, size - 1))
    assert Kept(leaves).reader(size).inclusion(index) == path(index, leaves[:size])


def test_reader_does_without_tiles_that_were_not_kept() -> None:
    leaves = numbered(700)
    kept = Kept(leaves)
    kept.tiles.clear()
    assert kept.reader().root() == mth(leaves)
    assert kept.reader().inclusion(3) == path(3, leaves)


@pytest.mark.parametrize("prove", [lambda reader: reader.inclusion(77_777), lambda reader: reader.consistency(77_777)])
def test_a_proof_reads_few_leaves(prove: Callable[[Reader], list[bytes]]) -> None:
    kept = Kept(numbered(150_000), batch=10_000)
    prove(kept.reader())
    assert kept.leaves_read <= 512
    assert kept.tiles_read <= 2 * 256


def test_reader_stops_where_the_store_lost_leaves() -> None:
    kept = Kept(numbered(9))
    kept.hashes.pop()
    with pytest.raises(StoreFault, match="8 of the 9 leaves from index 0"):
        kept.reader(9).inclusion(2)


def test_reader_is_not_asked_for_what_is_not_there() -> None:
    reader = Kept(numbered(5)).reader()
    for index in (-1, 5):
        with pytest.raises(BrokenInvariant):
            reader.inclusion(index)
    for old_size in (-1, 6):
        with pytest.raises(BrokenInvariant):
            reader.consistency(old_size)
    assert reader.consistency(0) == reader.consistency(5) == []


@given(size=sizes, bit=st.integers(0), data=st.data())
def test_no_forged_inclusion_is_believed(size: int, bit: int, data: st.DataObject) -> None:
    kept = Kept(numbered(size))
    index = data.draw(st.integers(0, size - 1))
    leaf, root, proof = kept.hashes[index], kept.frontier.root(), kept.reader().inclusion(index)
    assert verify_inclusion(leaf, index, size, proof, root)
    assert not verify_inclusion(forged([leaf], bit)[0], index, size, proof, root)
    assert not verify_inclusion(leaf, index, size, proof, forged([root], bit)[0])
    assert not verify_inclusion(leaf, index, size, [*proof, root], root)
    other = data.draw(st.integers(-1, size + 1))
    assert other == index or not verify_inclusion(leaf, other, size, proof, root)
    if proof:
        assert not verify_inclusion(leaf, index, size, forged(proof, bit), root)
        assert not verify_inclusion(leaf, index, size, proof[:-1], root)
        assert not verify_inclusion(leaf, index, size, proof[1:], root)
        assert not verify_inclusion(leaf, index, size, [b"", *proof[1:]], root)
        assert proof == proof[::-1] or not verify_inclusion(leaf, index, size, proof[::-1], root)


@given(size=st.integers(2, 600), old=st.integers(1, 599), bit=st.integers(0), data=st.data())
def test_no_forged_consistency_is_believed(size: int, old: int, bit: int, data: st.DataObject) -> None:
    assume(old < size)
    leaves = numbered(size)
    kept, old_root = Kept(leaves), mth(leaves[:old])
    root, proof = kept.frontier.root(), kept.reader().consistency(old)
    assert verify_consistency(old, size, old_root, root, proof)
    assert not verify_consistency(old, size, forged([old_root], bit)[0], root, proof)
    assert not verify_consistency(old, size, old_root, forged([root], bit)[0], proof)
    assert not verify_consistency(old, size, old_root, root, forged(proof, bit))
    assert not verify_consistency(old, size, old_root, root, proof[:-1])
    assert not verify_consistency(old, size, old_root, root, [*proof, root])
    assert not verify_consistency(old, size, old_root, root, [b"", *proof[1:]])
    assert not verify_consistency(size, old, root, old_root, proof)
    changed = [*leaves[: old - 1], b"another", *leaves[old:]]
    assert not verify_consistency(old, size, mth(changed[:old]), root, proof)
    other = data.draw(st.integers(1, size))
    assert other == old or not verify_consistency(other, size, old_root, root, proof)


def test_consistency_at_the_edges() -> None:
    leaves = numbered(6)
    root = mth(leaves)
    assert verify_consistency(0, 6, EMPTY_ROOT, root, [])
    assert verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    assert verify_consistency(6, 6, root, root, [])
    assert not verify_consistency(0, 0, EMPTY_ROOT, root, [])
    assert not verify_consistency(0, 6, root, root, [])
    assert not verify_consistency(0, 6, EMPTY_ROOT, root, [root])
    assert not verify_consistency(6, 6, root, root, [root])
    assert not verify_consistency(6, 6, root, EMPTY_ROOT, [])
    assert not verify_consistency(-1, 6, EMPTY_ROOT, root, [])
    assert not verify_consistency(4, 6, root, root, [])


@given(
    index=st.integers(-2, 20),
    size=st.integers(-2, 20),
    proof=st.lists(st.one_of(st.binary(min_size=32, max_size=32), st.binary(max_size=40)), max_size=8),
)
def test_verification_never_raises(index: int, size: int, proof: list[bytes]) -> None:
    assert not verify_inclusion(leaf_hash(b"no such leaf"), index, size, proof, leaf_hash(b"no such root"))
    assert not verify_consistency(index, size, leaf_hash(b"no such root"), leaf_hash(b"nor this"), proof)
