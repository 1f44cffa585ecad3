"""A store on a server, and everything that may happen to the server or the way to it: nothing with a receipt is gone, everything that ends
is told in words, and the same command again goes on to the same register.
"""

import random
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from hervat.assemble import Node
from hervat.errors import StoreBusy, StoreFault
from hervat.journal.store import Change, Head
from hervat.stores.postgres import PostgresStore
from tests.faults.processes import (
    EXAMPLES,
    PATIENCE,
    Ended,
    command,
    digest_of,
    environment,
    examine,
    hervat,
    lines_of,
    whole_receipts,
    write_lines,
)
from tests.faults.wire import Wire
from tests.postgres import Server, empty_store, server
from tests.rooms.nodes import node_on

pytestmark = pytest.mark.postgres
SKDB = "urn:nld:oin:00000099000000001000:systeem:skdb"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A file of messages, and the digest of the register that it makes, on an engine that nothing happens to."""
    folder = tmp_path_factory.mktemp("undisturbed")
    lines = lines_of(7, 0.014)
    with Node.opened(f"sqlite:///{folder / 'hervat.db'}", writer=True) as node:
        node.receive(lines)
        return write_lines(folder / "messages.jsonl", lines), str(node.digest()["register"])


@pytest.fixture(scope="module")
def doomed() -> Iterator[Server]:
    """A server to be killed, over and over."""
    with closing(Server(fsync="on", full_page_writes="on")) as made:
        yield made


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The keys file, for this process as for others."""
    path = tmp_path / "node.key"
    monkeypatch.setenv("HERVAT_KEYS", str(path))
    return path


@pytest.fixture
def store() -> Iterator[str]:
    with empty_store() as url:
        yield url


class Receiving:
    """A process that receives a file into a store, with receipts."""

    def __init__(self, source: Path, store: str, keys: Path) -> None:
        self.receipts = keys.with_name("receipts")
        self._given = ("receive", source, "--receipts", self.receipts, "--json")
        self._store, self._keys = store, keys
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command(*self._given, "--store", store), env=environment(HERVAT_KEYS=str(keys)), stdout=pipe, stderr=pipe
        )

    def wait_for_receipts(self) -> None:
        until = time.monotonic() + PATIENCE
        while not whole_receipts(self.receipts):
            assert time.monotonic() < until, "it receives nothing"
            time.sleep(0.002)

    def end(self) -> Ended:
        """How it ended, and what receipts it had given: none of them may ever be gone."""
        out, err = self.process.communicate(timeout=PATIENCE)
        assert b"Traceback" not in err, err.decode()
        return Ended(self.process.returncode, out.decode(), err.decode())

    def again(self, expected: str) -> None:
        """The same command goes on to the same register, and every receipt is the one that was given before."""
        given = whole_receipts(self.receipts)
        size = examine(self._store, given)
        ended = hervat(*self._given, store=self._store, HERVAT_KEYS=str(self._keys))
        assert ended.status == 0, ended
        after = whole_receipts(self.receipts)
        assert after[: len(given)] == given
        assert ended.document["received"] == examine(self._store, after) - size
        assert digest_of(self._store) == expected


@pytest.mark.parametrize("turn", range(2))
def test_the_server_is_killed(doomed: Server, world: tuple[Path, str], keys: Path, turn: int) -> None:
    source, expected = world
    receiving = Receiving(source, doomed.store(), keys)
    receiving.wait_for_receipts()
    time.sleep(random.Random(turn).uniform(0, 0.15))
    doomed.kill()
    if turn:
        doomed.start()
        # It may have waited for the answer to a commit; then it goes on, or it is told.
        assert receiving.end().status in (0, 3)
    else:
        ended = receiving.end()
        doomed.start()
        assert (ended.status, ended.err.count("\n")) == (3, 1)
        assert "run the same command again" in ended.err
    receiving.again(expected)


def test_its_process_on_the_server_is_ended(store: str, world: tuple[Path, str], keys: Path) -> None:
    source, expected = world
    receiving = Receiving(source, store, keys)
    receiving.wait_for_receipts()
    assert server().execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'hervat, %'") == [(True,)]
    ended = receiving.end()
    assert ended.status == 3
    assert "run the same command again" in ended.document["error"]
    receiving.again(expected)


def test_the_receiving_process_is_killed(store: str, world: tuple[Path, str], keys: Path) -> None:
    source, expected = world
    receiving = Receiving(source, store, keys)
    receiving.wait_for_receipts()
    receiving.process.kill()
    receiving.end()
    receiving.again(expected)


def test_the_disk_is_full(world: tuple[Path, str], keys: Path) -> None:
    source, expected = world
    with closing(Server(segment=1)) as full:
        full.stop()
        full.start(largest_file=1500)
        receiving = Receiving(source, full.store(), keys)
        ended = receiving.end()
        assert (ended.status, ended.err.count("\n")) == (3, 1)
        assert "could not extend file" in ended.err
        assert "make room" in ended.err
        full.stop()
        full.start()
        receiving.again(expected)


def entries(count: int) -> list[bytes]:
    return EXAMPLES.read_bytes().splitlines()[:count]


@contextmanager
def over(store: str) -> Iterator[tuple[Wire, str]]:
    """A way to the server that can be cut, and the store's address over it."""
    with Wire(server().folder / f".s.PGSQL.{server().port}") as wire:
        yield wire, re.sub(r"@/(\w+)\?host=[^&]*&port=\d+", rf"@127.0.0.1:{wire.port}/\1?sslmode=disable&gssencmode=disable", store)


def test_the_answer_to_a_commit_is_lost_and_it_had_happened(store: str) -> None:
    """Nobody is told of a fault that was none: the engine has looked."""
    with over(store) as (wire, address), closing(PostgresStore(address, writer=True)) as engine:
        node = node_on(engine)
        wire.cut_after(b"COMMIT\0")
        assert node.receive(entries(9))["received"] == 9
        assert wire.cuts == 1
        assert node.receive(entries(12))["received"] == 3
        assert node.verify().ok


def test_a_commit_is_lost_on_the_way(store: str) -> None:
    with over(store) as (wire, address), closing(PostgresStore(address, writer=True)) as engine:
        node = node_on(engine)
        wire.cut_before(b"COMMIT\0")
        with pytest.raises(StoreFault, match="run the same command again"):
            node.receive(entries(9))
        assert (wire.cuts, node.position) == (1, 0)
        assert node.receive(entries(9))["received"] == 9
        assert node.verify().ok


def test_what_is_not_settled_goes_with_the_connection(store: str) -> None:
    with over(store) as (wire, address), closing(PostgresStore(address, writer=True)) as engine:
        engine.write(Change(Head(0, b"", "", "first")))
        engine.write(Change(Head(0, b"", "", "second")), settle=False)
        wire.cut_before(b"COMMIT\0")
        with pytest.raises(StoreFault):
            engine.write(Change(Head(0, b"", "", "third")))
        assert engine.head().checkpoint == "first"


def test_a_writer_that_lost_its_connection_connects_again(store: str) -> None:
    """What it was about is not done, and it is told; what it is asked next is."""
    with closing(PostgresStore(store, writer=True)) as engine:
        node = node_on(engine)
        node.receive(entries(5))
        with pytest.raises(StoreFault, match="run the same command again"):
            server().execute(f"SELECT pg_terminate_backend({engine._connection.db.info.backend_pid}, 5000)")
            node.receive(entries(9))
        assert node.receive(entries(9))["received"] == 4
        assert node.verify().ok


@contextmanager
def writing(store: str, keys: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that receives from standard input and holds the writer's place until that ends."""
    given, pipe = command("receive", "-", "--json", "--store", store), subprocess.PIPE
    with subprocess.Popen(given, env=environment(HERVAT_KEYS=str(keys)), stdin=pipe, stdout=pipe, stderr=pipe) as process:
        try:
            until = time.monotonic() + PATIENCE
            while not server().execute("SELECT pid FROM pg_locks WHERE locktype = 'advisory'"):
                assert time.monotonic() < until
                time.sleep(0.01)
            yield process
        finally:
            process.kill()


def test_the_second_writer_is_told_who_the_first_is(store: str, keys: Path) -> None:
    with writing(store, keys) as first:
        for arguments in (("receive", EXAMPLES), ("ceiling", SKDB, "--hold", "--by", "a", "--why", "b")):
            told = hervat(*arguments, "--json", store=store, HERVAT_KEYS=str(keys))
            assert told.status == 3
            assert f"process {first.pid}" in told.document["error"]
            assert "of the server, from this machine" in told.document["error"]
        out, _ = first.communicate(EXAMPLES.read_bytes(), timeout=PATIENCE)
    assert b'"received": 52' in out
    assert examine(store) == 52


def test_the_place_is_free_once_its_holder_was_killed(store: str, keys: Path) -> None:
    with writing(store, keys) as first:
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert hervat("receive", EXAMPLES, store=store, HERVAT_KEYS=str(keys)).status == 0
    assert examine(store) == 52


def test_stores_beside_one_another_have_a_place_each(store: str) -> None:
    with empty_store() as other, closing(PostgresStore(store, writer=True)), closing(PostgresStore(other, writer=True)):
        with pytest.raises(StoreBusy):
            PostgresStore(store, writer=True)
        PostgresStore(store, writer=False).close()


def test_a_reader_keeps_its_answer_and_the_writer_goes_on(store: str, keys: Path) -> None:
    lines = lines_of(6, 0.004)
    with Node.opened(store, writer=True) as writer:
        writer.receive(lines[:200])
        with Node.opened(store) as reader:
            before = reader.horizon(), reader.digest(), reader.position
            writer.receive(lines[200:])
            assert (reader.horizon(), reader.digest(), reader.position) == before
            assert reader.verify().entries == 200
        assert examine(store) == writer.position > 200


def test_no_server(keys: Path) -> None:
    """In words, and without the password."""
    for arguments in (("digest",), ("receive", EXAMPLES)):
        told = hervat(*arguments, "--json", store="postgresql://somebody:gehe1m@127.0.0.1:1/none", HERVAT_KEYS=str(keys))
        assert told.status == 3
        assert "postgresql://somebody@127.0.0.1:1/none: " in told.document["error"]
        assert "gehe1m" not in told.out + told.err
