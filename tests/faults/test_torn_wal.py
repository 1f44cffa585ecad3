"""A store of which the WAL was torn off anywhere: it opens, is what it was after some change, and says what it lacks.

The store is copied while its writer has it open, as a power cut would leave it.
"""

import json
import random
import sqlite3
import struct
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.stores.sqlite import SQLiteStore
from tests.faults.processes import EXAMPLES, copy_store, examine, hervat, lines_of, url, write_lines

HEADER, FRAME_HEADER = 32, 24
BATCH = 9


@dataclass(slots=True, frozen=True)
class Torn:
    """A copy of a store with its whole WAL; `sizes`: what the journal held when the WAL was so many bytes long."""

    store: Path
    wal: bytes
    sizes: list[tuple[int, int]]
    checkpoint: Path
    receipts: list[bytes]

    def size_at(self, length: int) -> int:
        """How many entries there must be where the WAL is `length` bytes long."""
        return self.sizes[bisect_right(self.sizes, (length, 1 << 40)) - 1][1]

    @property
    def frames(self) -> list[int]:
        """Where every frame ends."""
        return frames_of(self.wal)


def frames_of(wal: bytes) -> list[int]:
    """Where every frame of a WAL ends; the first is where the first begins."""
    page = struct.unpack(">I", wal[8:12])[0]
    return list(range(HEADER, len(wal) + 1, FRAME_HEADER + page))


@pytest.fixture(scope="module")
def torn(tmp_path_factory: pytest.TempPathFactory) -> Torn:
    folder = tmp_path_factory.mktemp("torn")
    store, receipts = folder / "hervat.db", []
    lines = EXAMPLES.read_bytes().splitlines()
    with Node.opened(url(store), writer=True) as node:
        sizes = [(0, 0)]
        for start in range(0, len(lines), BATCH):
            node.receive(lines[start : start + BATCH], receipts=receipts.append)
            sizes.append((store.with_name("hervat.db-wal").stat().st_size, node.position))
        checkpoint = folder / "checkpoint"
        checkpoint.write_text(node.checkpoint())
        copied = copy_store(store, folder / "copy" / "hervat.db")
    wal = copied.with_name("hervat.db-wal").read_bytes()
    assert sizes[-1] == (len(wal), len(lines))
    return Torn(copied, wal, sizes, checkpoint, receipts)


def tear(torn: Torn, folder: Path, wal: bytes) -> Path:
    store = copy_store(torn.store, folder / "hervat.db")
    store.with_name("hervat.db-wal").write_bytes(wal)
    return store


def examine_torn(torn: Torn, wal: bytes, expected: int) -> None:
    """The store is that of a whole number of changes: `expected` entries, sound, and every receipt up to there good."""
    with TemporaryDirectory(prefix="hervat-torn-") as folder:
        store = tear(torn, Path(folder), wal)
        receipts = [json.loads(receipt) for receipt in torn.receipts[:expected]]
        assert examine(store, receipts) == expected
        with Node.opened(url(store)) as node:
            found = node.verify(torn.checkpoint.read_text())
        whole = torn.sizes[-1][1]
        if expected == whole:
            assert found.ok
        else:
            assert not found.ok
            assert found.difference is not None
            assert f"entries {expected + 1} to {whole} are missing" in found.difference


def test_at_every_frame(torn: Torn) -> None:
    """Wherever between two frames: the journal is as long as the last change before it made it, and the rest follows on it."""
    seen = set()
    for end in torn.frames:
        with TemporaryDirectory(prefix="hervat-torn-") as folder:
            store = SQLiteStore(tear(torn, Path(folder), torn.wal[:end]), writer=False)
            try:
                assert store.head().size == store.last_position() == torn.size_at(end)
                seen.add(store.head().size)
            finally:
                store.close()
    assert seen == {size for _, size in torn.sizes}


def test_after_every_change(torn: Torn) -> None:
    for length, size in torn.sizes:
        examine_torn(torn, torn.wal[:length], size)


@given(data=st.data())
@settings(max_examples=settings().max_examples // 2)
def test_at_any_byte(torn: Torn, data: st.DataObject) -> None:
    length = data.draw(st.integers(0, len(torn.wal)))
    examine_torn(torn, torn.wal[:length], torn.size_at(length))


@given(tail=st.binary(max_size=3 * 4120), copied=st.booleans())
@example(tail=b"", copied=True)
@settings(max_examples=settings().max_examples // 5)
def test_what_was_never_synced_takes_nothing_with_it(torn: Torn, tail: bytes, copied: bool) -> None:
    """After the last change may lie anything: the beginning of the next one, or what the disk had there before."""
    unfinished = torn.wal[HEADER : HEADER + 3 * 4120] if copied else b""
    examine_torn(torn, torn.wal + unfinished + tail, torn.sizes[-1][1])


@given(data=st.data())
@settings(max_examples=settings().max_examples // 5)
def test_a_changed_byte_ends_the_wal(torn: Torn, data: st.DataObject) -> None:
    """A frame that is not what was written counts as torn off, and all after it."""
    index = data.draw(st.integers(HEADER, len(torn.wal) - 1))
    wal = bytearray(torn.wal)
    wal[index] ^= 1 << data.draw(st.integers(0, 7))
    frame = max(end for end in torn.frames if end <= index)
    examine_torn(torn, bytes(wal), torn.size_at(frame))


def test_what_is_missing_is_named_on_the_command_line(torn: Torn, tmp_path: Path) -> None:
    length, size = torn.sizes[3]
    store = tear(torn, tmp_path, torn.wal[:length])
    told = hervat("verify", "--witness", torn.checkpoint, "--json", store=store)
    assert told.status == 1
    whole = torn.sizes[-1][1]
    assert told.document["ok"] is False
    assert f"entries {size + 1} to {whole} are missing" in told.document["difference"]
    assert f"entries {size + 1} to {whole} are missing" in hervat("verify", "--witness", torn.checkpoint, store=store).out
    assert hervat("verify", store=store).status == 0


def test_what_was_torn_off_can_be_sent_again(torn: Torn, tmp_path: Path) -> None:
    """Positions come again, with another moment in them: the witness says that this is another journal."""
    length, size = torn.sizes[2]
    store = tear(torn, tmp_path, torn.wal[:length])
    again = hervat("receive", EXAMPLES, "--json", store=store)
    assert (again.status, again.document["received"]) == (0, torn.sizes[-1][1] - size)
    assert hervat("verify", store=store).status == 0
    told = hervat("verify", "--witness", torn.checkpoint, store=store)
    assert told.status == 1
    assert "not those that the witness saw" in told.out


def test_a_reader_that_keeps_the_wal_from_being_moved(tmp_path: Path) -> None:
    """A WAL that could only be moved in part and is then torn: a prefix of the changes, or verify says that it is none."""
    store, lines = tmp_path / "hervat.db", lines_of(3, 0.004)
    with Node.opened(url(store), writer=True) as node:
        node.receive(lines[:300], batch=100)
        with Node.opened(url(store)) as reader:
            assert reader.position == 300
            node.receive(lines[300:400], batch=100)
            node.store._db.execute("PRAGMA busy_timeout = 0")
            assert node.store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 1
            node.receive(lines[400:600], batch=100)
            whole = copy_store(store, tmp_path / "whole" / "hervat.db")
            assert reader.position == 300
        size = node.position
    wal = whole.with_name("hervat.db-wal").read_bytes()
    rng = random.Random(5)
    for turn in range(12):
        part = copy_store(whole, tmp_path / str(turn) / "hervat.db")
        part.with_name("hervat.db-wal").write_bytes(wal[: rng.randrange(len(wal))])
        told = hervat("verify", "--json", store=part)
        assert told.status in (0, 1, 3)
        if told.status == 0:
            assert told.document["entries"] < size
    assert examine(whole) == size


def damaged(kind: str, store: Path) -> Iterator[str]:
    """Puts something at a store's place that is none; gives what the message must say."""
    whole = store.read_bytes()
    match kind:
        case "directory":
            store.unlink()
            store.mkdir()
            yield "is no file"
        case "empty":
            store.write_bytes(b"")
            yield "is an empty file"
        case "garbage":
            store.write_bytes(random.Random(1).randbytes(len(whole)))
            yield "not a database"
        case "header alone":
            store.write_bytes(whole[:100])
            yield ""
        case "half":
            store.write_bytes(whole[: len(whole) // 2])
            yield ""
        case "text":
            write_lines(store, [b'{"a": 1}'])
            yield "not a database"
        case "other database":
            store.unlink()
            other_database(store)
            yield "not one of hervat"


def other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE note (text TEXT)")
        db.commit()


@pytest.mark.parametrize("kind", ["directory", "empty", "garbage", "header alone", "half", "text", "other database"])
def test_what_is_no_store(torn: Torn, tmp_path: Path, kind: str) -> None:
    """Exit 3 and a clear message, whatever is asked, and nothing is changed."""
    store = tmp_path / "hervat.db"
    assert hervat("receive", EXAMPLES, store=store).status == 0
    words = next(damaged(kind, store))
    before = b"" if store.is_dir() else store.read_bytes()
    for arguments in (("held",), ("verify",), ("receive", EXAMPLES), ("digest",)):
        told = hervat(*arguments, "--json", store=store)
        if kind == "half" and arguments[0] == "verify" and told.status == 1:
            assert told.document["difference"]
            continue
        assert told.status == 3, (arguments, told)
        assert words in told.document["error"]
        assert told.document["status"] == 3
        assert str(store) in told.err
    assert (b"" if store.is_dir() else store.read_bytes()) == before
