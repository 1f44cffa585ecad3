"""Two writers on one store: the second is told who the first is, and nothing is lost; readers are hindered by nobody and hinder nobody."""

import os
import random
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import IO

import pytest

from hervat.assemble import Node
from hervat.errors import StoreBusy
from hervat.stores.sqlite import SQLiteStore
from tests.faults.processes import EXAMPLES, PATIENCE, command, digest_of, environment, examine, hervat, lines_of, url

SKDB = "urn:nld:oin:00000099000000001000:systeem:skdb"


@contextmanager
def writing(store: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that receives from standard input and holds the writer's place until that ends."""
    given, pipe = command("receive", "-", "--json", "--store", url(store)), subprocess.PIPE
    with subprocess.Popen(given, env=environment(), stdin=pipe, stdout=pipe, stderr=pipe) as process:
        try:
            lock = store.with_name(store.name + ".lock")
            until = time.monotonic() + PATIENCE
            # The process names itself twice: when it makes the store, and when it begins to write.
            while not (store.with_name(store.name + "-wal").exists() and lock.read_text().strip() == str(process.pid)):
                assert time.monotonic() < until
                time.sleep(0.005)
            yield process
        finally:
            process.kill()


def test_the_second_writer_is_told_who_the_first_is(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    with writing(store) as first:
        for arguments in (("receive", EXAMPLES), ("ceiling", SKDB, "--hold", "--by", "a", "--why", "b")):
            told = hervat(*arguments, "--json", store=store)
            assert told.status == 3
            assert f"process {first.pid}" in told.document["error"]
            assert str(store) in told.document["error"]
            assert told.err.count("\n") == 1
        out, _ = first.communicate(EXAMPLES.read_bytes(), timeout=PATIENCE)
    assert b'"received": 52' in out
    assert examine(store) == 52
    assert hervat("receive", EXAMPLES, "--json", store=store).document["duplicates"] == 52


def test_another_name_of_the_store_is_the_same_store(tmp_path: Path) -> None:
    store, other = tmp_path / "hervat.db", tmp_path / "other.db"
    assert hervat("receive", EXAMPLES, store=store).status == 0
    other.symlink_to(store)
    with writing(store) as first:
        told = hervat("receive", EXAMPLES, store=other, HERVAT_KEYS=f"{store}.key")
        assert told.status == 3
        assert f"process {first.pid}" in told.err


def test_a_name_that_leads_in_a_circle_is_no_store(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    store.symlink_to(store)
    told = hervat("receive", EXAMPLES, "--json", store=store)
    assert told.status == 3
    assert str(store) in told.document["error"]


def test_the_place_is_free_once_its_holder_was_killed(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    with writing(store) as first:
        first.kill()
        first.wait()
        assert hervat("receive", EXAMPLES, store=store).status == 0
    assert examine(store) == 52


def test_the_place_is_free_again_after_a_store_that_would_not_open(tmp_path: Path) -> None:
    path = tmp_path / "hervat.db"
    path.write_bytes(b"nothing of ours")
    for _ in range(2):
        with pytest.raises(Exception, match="not a database"):
            SQLiteStore(path, writer=True)
    path.unlink()
    first = SQLiteStore(path, writer=True)
    with pytest.raises(StoreBusy, match=f"process {os.getpid()}"):
        SQLiteStore(path, writer=True)
    first.close()
    SQLiteStore(path, writer=True).close()


def test_many_begin_at_once_on_a_new_store(tmp_path: Path) -> None:
    """Whoever comes first makes the store and its keys; the others are told, or come after it. Nobody's receipt is worth nothing."""
    store = tmp_path / "hervat.db"
    with ThreadPoolExecutor(6) as pool:
        ended = list(pool.map(lambda _: hervat("receive", EXAMPLES, "--json", store=store), range(6)))
    assert {each.status for each in ended} <= {0, 3}
    assert any(each.status == 0 for each in ended)
    assert sum(each.document.get("received", 0) for each in ended) == 52
    assert examine(store) == 52


def test_readers_see_whole_changes_while_another_process_writes(tmp_path: Path) -> None:
    """Each answer is of one change: verify finds nothing amiss, counts balance, and what was there once stays."""
    store, lines = tmp_path / "hervat.db", lines_of(5, 0.008)
    with writing(store) as process:
        stdin = process.stdin
        assert stdin is not None
        feeding = threading.Thread(target=_feed, args=(stdin, lines), daemon=True)
        feeding.start()
        sizes = [0]
        while process.poll() is None:
            sizes.append(examine(store))
            told = hervat("horizon", "--json", store=store)
            assert told.status == 0
            assert all(row["received"] == row["applied"] + row["held"] + row["refused"] for row in told.document)
        feeding.join()
        assert process.returncode == 0
    assert all(one <= other for one, other in pairwise(sizes))
    with Node.opened(url(tmp_path / "calm.db"), writer=True) as calm:
        calm.receive(lines)
    assert digest_of(store) == digest_of(tmp_path / "calm.db")


def _feed(stdin: IO[bytes], lines: list[bytes]) -> None:
    for start in range(0, len(lines), 500):
        stdin.write(b"".join(line + b"\n" for line in lines[start : start + 500]))
        stdin.flush()
    stdin.close()


def test_a_reader_keeps_its_answer_and_the_writer_goes_on(tmp_path: Path) -> None:
    """A long question is answered from the change at which it was asked; the WAL grows meanwhile and is moved afterwards."""
    store, lines = tmp_path / "hervat.db", lines_of(6, 0.004)
    random.Random(6).shuffle(lines)
    with Node.opened(url(store), writer=True) as writer:
        writer.receive(lines[:200])
        with Node.opened(url(store)) as reader:
            before = reader.horizon(), reader.digest(), reader.position
            writer.receive(lines[200:])
            assert (reader.horizon(), reader.digest(), reader.position) == before
            assert reader.verify().entries == 200
        with Node.opened(url(store)) as reader:
            assert reader.position == writer.position > 200
