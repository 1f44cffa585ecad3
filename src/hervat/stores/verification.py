"""Verify: fold the journal again and compare everything with what is stored.

- Every entry is opened and proven against itself; the tree is grown again and must end in the stored frontier and signed head.
- The journal is folded into an empty scratch store, a file whatever the engine, and every derived table must come out row for row as
  it is stored; the schema must be as the migrations make it, for with another one the rows may mean something else.
- A checkpoint kept elsewhere (`--witness`) must be a prefix of this journal: what is missing or was rewritten is named.
"""

import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from hervat.errors import HervatError, KeysFault, StoreFault, Usage
from hervat.intake.refolding import Refolding, Watch
from hervat.intake.rotated import SCRUBBED_AFTER, ensure_agreed
from hervat.journal.append import signed_head
from hervat.journal.checkpoint import verify_own
from hervat.journal.entry import Entry, check
from hervat.journal.keys import NodeKeys
from hervat.journal.tree import Frontier
from hervat.partner import Partners
from hervat.stores.opening import Engine
from hervat.stores.sqlite import SQLiteStore

_Rows = Generator[tuple[Any, ...], None, None]

TABLES = ("feed", "message", "link", "missing", "gone", "turn", "declared", "act")


@dataclass(frozen=True, slots=True)
class Verified:
    """The outcome: whether all is well, what differs first, how much was looked at, and what could not be."""

    ok: bool
    difference: str | None
    entries: int
    witness: int | None = None
    not_checked: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class _Differs(Exception):
    """The first thing found that is not as it should be."""


def verify(
    store: Engine,
    keys: NodeKeys,
    partners: Partners,
    witness: str | None = None,
    progress: Callable[[int], None] = lambda position: None,
    *,
    helped: bool = False,
) -> Verified:
    """Check a store from the bottom up; never raises for what it finds, only for wrong use (a witness that is no checkpoint).

    `partners` are those at position 0. `helped` lets a second process open entries, and HelperEnded is raised where that ends.
    """
    told = None if witness is None else read_witness(witness, keys)
    growing = _Growing(progress)
    try:
        _check_file(store)
        with tempfile.TemporaryDirectory(prefix="hervat-verify-") as folder:
            scratch = SQLiteStore(Path(folder) / "scratch.db", writer=True, durable=False)
            try:
                refolding = Refolding(store, scratch, keys, partners, opener=check, helped=helped, watch=growing)
                refolding.fold(store.entries(1, store.last_position()))
                _check_tree(store, keys, growing)
                ensure_agreed(scratch, store, keys)
                _check_schema(store)
                for table in TABLES:
                    _compare(table, store.dump(table), scratch.dump(table))
            finally:
                scratch.close()
        if told is not None:
            _check_witness(store, told)
    except (_Differs, StoreFault, KeysFault) as difference:
        return Verified(False, str(difference), growing.seen, None if told is None else told[0])
    return Verified(True, None, growing.seen, None if told is None else told[0], store.not_checked())


def _check_file(store: Engine) -> None:
    fault = store.integrity()
    if fault is not None:
        raise _Differs(f"the database is damaged: {fault}")


class _Growing(Watch):
    """Grows the tree again while entries are folded, and keeps how far they were looked at."""

    def __init__(self, progress: Callable[[int], None]) -> None:
        self._progress = progress
        self.frontier = Frontier()
        self.tiles: list[tuple[int, int, bytes]] = []
        self.seen = 0

    def comes(self, entries: Sequence[Entry]) -> None:
        for number, entry in enumerate(entries, self.frontier.size + 1):
            if entry.position != number:
                raise _Differs(f"entry {number} is missing: entry {entry.position} follows on {number - 1}")
        self.tiles += [(tile.level, tile.index, tile.hash) for tile in self.frontier.extend([entry.leaf for entry in entries])]

    def opened(self, position: int) -> None:
        self.seen = position
        self._progress(position)


def _check_tree(store: Engine, keys: NodeKeys, growing: _Growing) -> None:
    """Compare tiles, frontier and signed head with the tree that grew from all entries."""
    frontier, head, last = growing.frontier, store.head(), ""
    for entry in store.entries(frontier.size, frontier.size):
        last = check(keys, entry).meta.received_at
    if frontier.size != head.size:
        raise _Differs(f"the head says {head.size} entries, the journal holds {frontier.size}")
    if head.folded != head.size:
        raise _Differs(f"the head says {head.size} entries, of which {head.folded} are folded; any writing command folds the rest")
    _compare("tile", store.dump("tile"), (tile for tile in sorted(growing.tiles)))
    if frontier.to_bytes() != head.frontier and head.size:
        raise _Differs("the stored frontier of the tree is not that of the entries")
    if head.scrubbed and not any(head.scrubbed in store.acts(kind, head.size) for kind in SCRUBBED_AFTER):
        raise _Differs(f"the head says that the files are scrubbed up to {head.scrubbed}, and no act at that position asks for it")
    if head.size and (head.checkpoint != signed_head(keys, frontier) or head.received_at != last):
        raise _Differs("the signed head is not that of the entries")


def _check_schema(store: Engine) -> None:
    stored, made = set(store.schema()), set(store.schema_made())
    for row in sorted(stored ^ made, key=str):
        what = "is not as the migrations make it" if any(row[0] == other[0] for other in made) else "is of no migration"
        raise _Differs(f"schema {row[0]}: {what}; the rows may mean something else")


def _compare(table: str, stored: _Rows, folded: _Rows) -> None:
    with closing(stored), closing(folded):
        for one, other in zip_longest(stored, folded):
            if one != other:
                where = (one or other or ("?",))[0]
                where = where.hex() if isinstance(where, bytes) else where
                what = "is not in the journal" if other is None else "is missing" if one is None else _columns(one, other)
                raise _Differs(f"{table} {where}: {what}; folding the journal again gives something else")


def _columns(one: tuple[Any, ...], other: tuple[Any, ...]) -> str:
    different = [str(index) for index, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]]
    return f"column {', '.join(different)} differs"


def read_witness(text: str, keys: NodeKeys) -> tuple[int, bytes]:
    """The size and root that a checkpoint of this node speaks of; raises Usage where it is none."""
    try:
        checkpoint = verify_own(text, keys)
    except HervatError as fault:
        raise Usage(f"the witness is no checkpoint signed by this node: {fault}") from fault
    return checkpoint.size, checkpoint.root


def _check_witness(store: Engine, told: tuple[int, bytes]) -> None:
    size, root = told
    here = store.head().size
    if size > here:
        raise _Differs(f"entries {here + 1} to {size} are missing: the witness saw {size}, this store holds {here}")
    frontier = Frontier()
    for first in range(0, size, 10_000):
        frontier.extend(list(store.leaves(first, min(10_000, size - first))))
    if frontier.root() != root:
        raise _Differs(f"the first {size} entries are not those that the witness saw: the journal was rewritten")


__all__ = ["Verified", "read_witness", "verify"]
