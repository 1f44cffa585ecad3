"""Rotation of the keys by the real program, ended at any moment, on both engines: the same again goes on, and nothing but the boxes is
different; of what the old wrap key opened no byte is left.
"""

import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from copy import copy
from functools import cache
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from hervat.assemble import Node, node_keys_for
from hervat.doors.acts.rotating import KeyRotation
from hervat.errors import KeysFault, StoreFault
from hervat.journal.checkpoint import verifier_of
from hervat.journal.entry import open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.receipt import verify_receipt
from tests.faults.processes import ROOT, Ended, command, environment, hervat, lines_of, url, write_lines
from tests.journey.door import OM, Signer, case, opened, receipt_bytes
from tests.loaded import Begun
from tests.postgres import empty_store, server

SEED = int(os.environ.get("KILL_SEED", "20260213"))
ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
WHO = ("--by", "a test", "--why", "a year is over")
KILLS = 8


class Kept:
    """A store with a world in it, and what was seen of it before its keys were rotated."""

    def __init__(self, store: str, keys: Path) -> None:
        self.store, self.keys = store, keys
        self.lines = lines_of(11, 0.005)
        with Node.opened(store, writer=True) as node:
            node.receive(self.lines, batch=200)
            # A conflict, and what is left of erased messages, have hashes in their boxes.
            other = json.loads(self.lines[0]) | {"time": "2001-01-01T00:00:00Z"}
            assert node.receive([json.dumps(other).encode()])["conflicts"] == 1
            rows = [row.position for row in node.store.rows_at(range(1, 200)).values() if row.kind == "case-registered"]
            for position in rows[:3]:
                node.erase_message(position, None, by="a test", ground="a term is over")
            self.size, self.note = node.position, node.checkpoint()
            self.old = node.keys
            self.boxes = node.store.boxes(range(1, self.size + 1))
            self.digest = node.digest()
            self.proof = json.dumps(node.prove(self.size // 2))
        self.folder = keys.parent
        self.receipts = self.received("before")
        (self.folder / "note").write_text(self.note)

    @property
    def environment(self) -> dict[str, str]:
        return {"HERVAT_KEYS": str(self.keys)}

    def hervat(self, *arguments: str | Path, **more: str) -> Ended:
        return hervat(*arguments, store=self.store, **self.environment, **more)

    def received(self, name: str) -> list[bytes]:
        """The receipts that everybody gets who sends everything again."""
        source = write_lines(self.folder / "lines", self.lines)
        told = self.hervat("receive", source, "--receipts", self.folder / name, "--json")
        assert (told.status, told.document["received"]) == (0, 0)
        return (self.folder / name).read_bytes().splitlines()

    def rotate(self, *more: str) -> Ended:
        return self.hervat("keys", "rotate", *WHO, "--json", *more)

    def holds(self) -> None:
        """Proofs, receipts, digest, verification and checkpoints of before are what they were, by the program and without it."""
        verified = self.hervat("verify", "--witness", self.folder / "note", "--json")
        assert verified.document["ok"], verified
        assert self.received("after") == self.receipts
        with Node.opened(self.store) as node:
            assert node.digest() == self.digest
            after, before = node.prove(self.size // 2), json.loads(self.proof)
            same = ("position", "leaf", "leaf_input", "segments", "receipt")
            assert [after[name] for name in same] == [before[name] for name in same]
            assert node.prove_growth(self.note)["old_size"] == self.size
        for proof, key in ((before, before["public_key"]), (after, before["public_key"]), (after, after["public_key"]), (after, None)):
            assert checked(proof, key) == 0

    def is_rotated(self) -> None:
        """No box of before is left, and the old wrap key opens none."""
        keys = NodeKeys.load(self.keys)
        assert not keys.ring.is_being_rotated
        with Node.opened(self.store) as node:
            for position, box in node.store.boxes(range(1, node.position + 1)).items():
                keys.open(position, box)
                with pytest.raises(KeysFault):
                    self.old.open(position, box)


def checked(proof: dict[str, Any], key: str | None) -> int:
    given = [] if key is None else ["--public-key", key]
    run = [sys.executable, str(ROOT / "tools" / "check_proof.py"), "-", *given]
    return subprocess.run(run, input=json.dumps(proof).encode(), capture_output=True, check=False).returncode


@cache
def _in_a_file(folder: Callable[[str], Path]) -> Kept:
    """One in a file, to be copied."""
    keys = folder("kept") / "node.key"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HERVAT_KEYS", str(keys))
        return Kept(url(keys.parent / "store" / "hervat.db"), keys)


def copy_in(folder: Path, made: Kept) -> Kept:
    """The same in another folder, with keys and everything."""
    copytree(made.folder, folder, dirs_exist_ok=True)
    kept = copy(made)
    kept.store, kept.keys, kept.folder = url(folder / "store" / "hervat.db"), folder / made.keys.name, folder
    return kept


@pytest.fixture
def kept(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Kept]:
    keys = tmp_path / "node.key"
    monkeypatch.setenv("HERVAT_KEYS", str(keys))
    if request.param == "sqlite":
        yield copy_in(tmp_path, _in_a_file(tmp_path_factory.mktemp))
        return
    with empty_store() as store:
        yield Kept(store, keys)


@pytest.mark.parametrize("kept", ENGINES, indirect=True)
def test_killed_at_any_moment_the_same_again_goes_on(kept: Kept) -> None:
    rng, states = random.Random(SEED), set[str]()
    for turn in range(KILLS):
        before = kept.keys.read_bytes()
        given = command("keys", "rotate", *WHO, "--json", "--store", kept.store)
        with Begun(given, env=environment(**kept.environment), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            # It begins with the keys file; the rest is done in a moment.
            until = time.monotonic() + 60
            while kept.keys.read_bytes() == before and process.poll() is None:
                assert time.monotonic() < until, "it rotates nothing"
                time.sleep(0.001)
            time.sleep(rng.uniform(0, 0.02 if turn % 2 else 0.2))
            process.send_signal(signal.SIGKILL)
            process.wait(60)
        keys = NodeKeys.load(kept.keys)
        states.add("pending" if keys.pending else "sealing" if keys.ring.is_being_rotated else "done")
        if turn in (1, 4):
            kept.holds()
    assert states & {"pending", "sealing"}, "none of the kills was in the middle"
    done = kept.rotate()
    if done.document["scrubbed"] == "done":
        assert done.status == 0
    kept.is_rotated()
    kept.holds()


@pytest.mark.parametrize("kept", ENGINES, indirect=True)
def test_rotated_twice_and_everything_of_before_still_verifies(kept: Kept) -> None:
    first, second = kept.rotate(), kept.rotate("--stolen")
    assert (first.document["position"], first.document["sealed"]) == (kept.size + 1, kept.size)
    assert second.document["position"] == kept.size + 3
    kept.is_rotated()
    verified = kept.hervat("verify", "--witness", kept.folder / "note", "--json")
    assert verified.document["ok"], verified
    assert kept.received("after") == kept.receipts
    with Node.opened(kept.store) as node:
        after = node.prove(kept.size // 2)
    new, stolen = after["public_key"], json.loads(kept.proof)["public_key"]
    assert [one["stolen"] for one in after["successions"]] == [False, True]
    # The new key vouches for what was signed before; a key that was stolen vouches for nobody.
    assert (checked(after, new), checked(after, stolen)) == (0, 1)


def first_version(path: Path) -> None:
    """A keys file of the first version: its boxes have no names, are shorter, and so have to move when they are sealed anew."""
    secrets = {name: b64encode(os.urandom(32)).decode() for name in ("wrap", "index", "signing")}
    path.write_text(json.dumps({"hervat_keys": 1, "origin": "example.org/north", **secrets}))


@pytest.mark.parametrize("named", [True, False])
def test_of_the_old_boxes_no_byte_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: bool) -> None:
    folder = tmp_path / "store"
    monkeypatch.setenv("HERVAT_KEYS", str(tmp_path / "node.key"))
    if not named:
        first_version(tmp_path / "node.key")
    kept = Kept(url(folder / "hervat.db"), tmp_path / "node.key")
    content = files_of(folder)
    assert all(box in content for box in kept.boxes.values())
    assert kept.rotate().status == 0
    content, left = files_of(folder), NodeKeys.load(kept.keys).ring.wraps
    assert not [position for position, box in kept.boxes.items() if any(part in content for part in (box, box[:24], box[-24:]))]
    assert [wrap.key for wrap in left] != [wrap.key for wrap in kept.old.ring.wraps]
    assert b64encode(kept.old.ring.wraps[0].key) not in kept.keys.read_bytes()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    with Node.opened(kept.store) as node:
        assert (node.not_scrubbed(), node.store.head().scrubbed) == (None, node.position)
    kept.is_rotated()
    kept.holds()


@pytest.mark.parametrize("kept", ["sqlite"], indirect=True)
def test_a_reader_hinders_the_scrubbing_and_nothing_else(kept: Kept) -> None:
    with closing(sqlite3.connect(kept.store.removeprefix("sqlite:///"), isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entry").fetchone()
        told = kept.rotate()
        assert (told.status, told.document["scrubbed"]) == (1, "pending")
        assert "may still lie in the files" in kept.hervat("doctor").out
    kept.is_rotated()
    assert kept.hervat("erase", "--pending", "--json").document["scrubbed"] == "done"
    assert "nothing erased is left" in kept.hervat("doctor").out


def test_a_rotation_that_is_done_is_told_also_where_the_files_could_not_be_written_anew(tmp_path: Path) -> None:
    """A disk that is full then; what opens is of the new key, and nobody need rotate again for it."""
    with Node.opened(url(tmp_path / "hervat.db"), writer=True) as node:
        node.receive(case(number) for number in range(1, 4))
        with on_a_full_disk(node):
            told = KeyRotation(by="a test", why="a year is over").done(node)
        assert (told["scrubbed"], told["position"], node.keys.ring.is_being_rotated) == ("pending", node.position - 1, False)
        assert "full" in told["hindrance"] and "hervat erase --pending" in told["do"]
        assert told["pending"] == [told["position"]]
        assert node.scrub()["scrubbed"] == "done"


def test_what_was_erased_is_told_where_what_lies_in_the_files_cannot_be_scrubbed(tmp_path: Path) -> None:
    """It goes from the files by another call, and is not asked for twice: the first answer says so."""
    with Node.opened(url(tmp_path / "hervat.db"), writer=True) as node:
        node.receive([case(1), case(2)])
        with on_a_full_disk(node):
            told = node.erase_message(1, None, by="a test", ground="a term is over")
        assert (told["position"], told["scrubbed"], told["pending"]) == (3, "pending", [3])
        assert [one["position"] for one in told["erased"]] == [1]
        assert "full" in told["hindrance"] and "hervat erase --pending" in told["do"]
        assert node.scrub()["scrubbed"] == "done"


@contextmanager
def on_a_full_disk(node: Node) -> Iterator[None]:
    """What scrubbing writes anew finds no room."""
    real = node.store.scrub

    def full(last: int) -> None:
        raise StoreFault("hervat.db: database or disk is full; make room and run the same command again")

    node.store.scrub = full  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        node.store.scrub = real  # type: ignore[method-assign]


def test_of_a_rotation_whose_answer_is_lost_it_is_said_where_to_look(tmp_path: Path) -> None:
    """The node that has the place takes the act, and ends before it answers."""
    store, path = tmp_path / "hervat.db", tmp_path / "acts"
    with Node.opened(url(store), writer=True) as node, socket.socket(socket.AF_UNIX) as listener, ThreadPoolExecutor(1) as taking:
        node.receive([case(1)])
        listener.bind(str(path))
        listener.listen()
        taken = taking.submit(lambda: listener.accept()[0].close())
        told = hervat("keys", "rotate", *WHO, "--json", store=store, HERVAT_SOCKET=str(path))
        taken.result(60)
    assert told.status == 3 and "hervat keys show tells whether it is done" in told.document["error"]
    assert "run it again" not in told.document["error"]


def files_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix != ".lock")


@pytest.mark.parametrize("kept", ["sqlite"], indirect=True)
def test_a_keys_file_that_cannot_be_written_changes_nothing(kept: Kept) -> None:
    """Its name is so long that none can be written beside it: nothing was begun."""
    before, long = kept.keys.read_bytes(), kept.keys.with_name(250 * "k")
    kept.keys.rename(long)
    told = hervat("keys", "rotate", *WHO, "--json", store=kept.store, HERVAT_KEYS=str(long))
    assert (told.status, "cannot be written" in told.document["error"]) == (3, True)
    assert long.read_bytes() == before
    long.rename(kept.keys)
    with Node.opened(kept.store) as node:
        assert node.position == kept.size


SENDER = Signer(OM)


def test_a_node_that_serves_rotates_its_own_keys_and_goes_on_also_after_a_kill(tmp_path: Path) -> None:
    """Whatever is asked while it serves: what was signed before stays as it was, and what comes after is signed by the new key."""
    lines = [case(number, name="serves") for number in range(1, 301)]
    store = tmp_path / "hervat.db"
    where = {"store": store, "cwd": tmp_path}
    with opened(store, SENDER) as door:
        first = receipts_in(door.send(SENDER, lines[:250]))
        with door.node() as node:
            key = verifier_of(node.keys.origin, node.keys.public_key)
        told = hervat("keys", "rotate", *WHO, "--json", **where)
        assert (told.status, told.document["resumed"], told.document["sealed"]) == (0, False, told.document["position"] - 1)
        assert told.document["public_key"] != key
        assert receipts_in(door.send(SENDER, lines[:250])) == first
        later = receipts_in(door.send(SENDER, lines[250:]))
        with door.node() as node:
            assert told.document["public_key"] == verifier_of(node.keys.origin, node.keys.public_key)
            for receipt in later:
                verify_receipt(receipt, node.keys.public_key)
            for receipt in first:
                verify_receipt(receipt, node.keys.signer_at(1).public_key)
            assert node.verify().ok
        # Killed while it rotates: the same again, by the next that serves, goes on.
        content = door.ground.keys.read_bytes()
        given = command("keys", "rotate", *WHO, "--json", "--store", url(store))
        # Somebody has the file's lock: the act waits for it when the keys file has both keys, so that the kill comes in the middle.
        with (
            locked(store),
            subprocess.Popen(given, env=environment(), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as asking,
        ):
            until = time.monotonic() + 60
            while door.ground.keys.read_bytes() == content and asking.poll() is None:
                assert time.monotonic() < until, "it rotates nothing"
                time.sleep(0.001)
            door.stop(signal.SIGKILL)
            asking.communicate(timeout=60)
    with opened(store) as door:
        again = hervat("keys", "rotate", *WHO, "--json", **where)
        assert (again.status, again.document["resumed"]) == (0, True)
        assert receipts_in(door.send(SENDER, lines)) == [*first, *later]
        with door.node() as node:
            assert not node.keys.ring.is_being_rotated and len(node.keys.ring.wraps) == 1
            assert node.verify().ok


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """Nobody else can write to the file."""
    with closing(sqlite3.connect(store, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield


def receipts_in(answer: Any) -> list[bytes]:
    assert answer.status_code == 202, answer.text
    return [receipt_bytes(one) for one in answer.json()["receipts"]]


@pytest.mark.postgres
@pytest.mark.parametrize("first", ["takes", "rotates"])
def test_a_node_that_lost_its_place_goes_on_with_the_keys_that_another_process_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    monkeypatch.setenv("HERVAT_KEYS", str(tmp_path / "node.key"))
    with empty_store() as store, Node.opened(store, writer=True) as node:
        node.receive(case(number) for number in range(1, 6))
        server().execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        with Node.opened(store, writer=True) as other:
            other.rotate(by="a test", why="the place was free")
        steps = {"takes": lambda: node.receive([case(6)]), "rotates": lambda: node.rotate(by="a test", why="a year is over")}
        with pytest.raises(StoreFault, match="terminating connection"):
            steps[first]()
        # What it had in hand does not follow on what is there; then it begins from there.
        with suppress(StoreFault):
            steps[first]()
        node.receive([case(6), case(7)])
        assert not node.rotate(by="a test", why="a year is over").resumed
        assert node.keys.ring == NodeKeys.load(tmp_path / "node.key").ring
        assert node.verify().ok


def test_whoever_opens_it_while_keys_take_over_reads_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys are rotated once or more between looking at the keys file and at the store."""
    store, turns = url(tmp_path / "hervat.db"), random.Random(SEED)
    with Node.opened(store, writer=True) as writer:
        writer.receive(case(number) for number in range(1, 6))

        def and_then_rotated(path: Path, **how: Any) -> NodeKeys:
            keys = node_keys_for(path, **how)
            for _ in range(turns.randint(1, 2)):
                writer.rotate(by="a test", why="a search")
            return keys

        monkeypatch.setattr("hervat.assemble.node_keys_for", and_then_rotated)
        for _ in range(3):
            with Node.opened(store) as node:
                assert len([open_entry(node.keys, entry) for entry in node.store.entries(1, node.position)]) == writer.position
