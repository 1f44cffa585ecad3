"""Rotation, searched: keys are rotated at any moment and broken off after any step, and all but the boxes is as it was."""

import errno
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.clock import SteppedClock
from hervat.errors import KeysFault, NotSo, StoreFault
from hervat.intake.partnering import Wish
from hervat.intake.rotated import in_force
from hervat.intake.rotating import Rotated, Rotation
from hervat.journal.checkpoint import verify as verify_note
from hervat.journal.entry import open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.proof import receipt_of
from hervat.journal.receipt import verify_receipt
from tests.faults.processes import url
from tests.journey.door import case
from tests.rooms.nodes import EMBEDDED, FEW, PARTNERS, all_rows, as_values, fresh, take
from tests.rooms.steps import Step, steps
from tools import check_proof

MADE, TAKEN_OVER, SEALING, SAID = "made", "taken over", "sealing", "said"
"""After which step a rotation is broken off: the new keys stand in the file; the act is in the journal and the file does not know; some
boxes are sealed anew; the journal says that all are and the old key is in the file still.
"""
BREAKS = (None, MADE, TAKEN_OVER, SEALING, SAID)


class BrokenOff(Exception):
    """The end of a process."""


class Rotating:
    """A store whose keys lie in a file, and what was seen of it on the way."""

    def __init__(self, store: Any, folder: Path) -> None:
        self.store, self.file = store, folder / "node.key"
        self.clock = SteppedClock(datetime(2025, 9, 1, tzinfo=UTC), timedelta(seconds=1))
        NodeKeys.create("example.org/rotating").save(self.file)
        self.first = NodeKeys.load(self.file)
        self.receipts: dict[int, bytes] = {}
        self.notes: dict[str, bytes] = {}
        self.old: list[NodeKeys] = []

    def node(self) -> Node:
        """As a process does that begins: the keys are what the file and the journal say."""
        return Node(self.store, in_force(self.store, NodeKeys.load(self.file)), PARTNERS, self.clock, writer=True)

    def take(self, step: Step) -> None:
        node = self.node()
        take(node, step)
        self.see(node)

    def see(self, node: Node) -> None:
        for position in range(1, node.position + 1):
            self.receipts.setdefault(position, receipt_at(node, position))
        if node.position:
            self.notes[node.checkpoint()] = node.keys.public_key

    def rotate(self, *, batch: int, stop: str | None, stolen: bool = False) -> Rotated | None:
        """A rotation from the beginning, or what is left of it; broken off after a step, None."""
        before = NodeKeys.load(self.file)
        made = before
        if not before.ring.is_being_rotated:
            self.old.append(before)
            made = before.renewed("2025-09-01T00:00:00Z")
            made.put(self.file, before)
        if stop == MADE:
            return None
        content, both = self.file.read_bytes(), list[bytes]()

        def progress(position: int) -> None:
            both.append(self.file.read_bytes())
            if stop in (TAKEN_OVER, SEALING):
                raise BrokenOff

        rotation = Rotation(self.store, self.file, self.node().keys, self.node().roster(), self.clock)
        try:
            done = rotation.done(by="a test", why="a search", stolen=stolen, batch=batch, progress=progress)
        except BrokenOff:
            if stop == TAKEN_OVER:
                self.file.write_bytes(content)
            return None
        if stop == SAID:
            self.file.write_bytes(both[0])
            return None
        return done


def receipt_at(node: Node, position: int) -> bytes:
    entry = node.store.entries_at([position])[position]
    return receipt_of(node.keys, open_entry(node.keys, entry), entry.leaf)


@contextmanager
def rotating(engine: str) -> Iterator[Rotating]:
    with fresh(engine) as node, TemporaryDirectory(prefix="hervat-test-") as folder:
        yield Rotating(node.store, Path(folder))


def told_of(node: Node) -> tuple[Any, ...]:
    """All but the boxes and what came after."""
    rows = as_values(all_rows(node.store))
    entries = [(entry.position, entry.meta, entry.parts, entry.leaf) for entry in node.store.entries(1, node.position)]
    return rows, entries, node.digest(), list(node.held()), list(node.conflicts())


def searched(whole: Rotating, data: st.DataObject, taken: list[Step]) -> None:
    for step in taken:
        whole.take(step)
        node = whole.node()
        positions = [row.position for row in all_rows(node.store)]
        if positions and not data.draw(st.integers(0, 2)):
            erase(node, data.draw(st.sampled_from(positions)))
        if node.position and data.draw(st.booleans()):
            before = told_of(node)
            whole.rotate(batch=data.draw(st.integers(1, 4)), stop=data.draw(st.sampled_from(BREAKS)))
            rows, entries, *rest = told_of(whole.node())
            assert (rows, entries[: len(before[1])], rest) == (before[0], before[1], [*before[2:]])
        whole.see(whole.node())
    if NodeKeys.load(whole.file).ring.is_being_rotated:
        done = whole.rotate(batch=3, stop=None)
        assert done is not None
        assert done.resumed
    whole.see(whole.node())
    holds(whole)


def erase(node: Node, position: int) -> None:
    try:
        node.erase_message(position, None, by="a test", ground="a search")
    except NotSo as no:
        assert "nothing was erased" in str(no) or "nothing is left" in str(no)


def holds(whole: Rotating) -> None:
    node = whole.node()
    if hasattr(node.store, "dump"):
        for note in (None, *whole.notes):
            verified = node.verify(note)
            assert verified.ok, verified.difference
    for note, key in whole.notes.items():
        verify_note(note, node.keys.origin, key)
        node.prove_growth(note)
    for position, receipt in whole.receipts.items():
        assert receipt_at(node, position) == receipt
        verify_receipt(receipt, node.keys.signer_at(position).public_key)
        proof = json.loads(json.dumps(node.prove(position)))
        for key in (None, node.keys.public_key, node.keys.signer_at(position).public_key):
            assert check_proof.report(proof, None, key) == check_proof.GOOD
    boxes = node.store.boxes(range(1, node.position + 1))
    for old in whole.old:
        for position, box in boxes.items():
            with pytest.raises(KeysFault):
                old.open(position, box)
    assert len(node.keys.ring.wraps) == 1


@pytest.mark.parametrize("engine", EMBEDDED)
@given(data=st.data(), taken=steps(6))
def test_all_but_the_boxes_is_as_it_was(engine: str, data: st.DataObject, taken: list[Step]) -> None:
    with rotating(engine) as whole:
        searched(whole, data, taken)


@pytest.mark.postgres
@given(data=st.data(), taken=steps(6))
@FEW
def test_all_but_the_boxes_is_as_it_was_on_a_server(data: st.DataObject, taken: list[Step]) -> None:
    with rotating("postgres") as whole:
        searched(whole, data, taken)


class Failing:
    """A store that may fail to be written to: at the next write but so many."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.left: int | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write(self, change: Any, **how: Any) -> None:
        if self.left is not None:
            if self.left == 0:
                raise StoreFault("no room")
            self.left -= 1
        self._store.write(change, **how)


class Lasting(Rotating):
    """The same with one node for the whole time, as one that serves has; it rotates its own keys."""

    def __init__(self, store: Any, folder: Path) -> None:
        super().__init__(store, folder)
        self.failing = Failing(store)
        self.one = Node(self.failing, self.first, PARTNERS, self.clock, writer=True, file=self.file)  # type: ignore[arg-type]

    def node(self) -> Node:
        return self.one

    def rotate_here(self, fails_at: int | None) -> Rotated | None:
        if not self.one.keys.ring.is_being_rotated:
            self.old.append(self.one.keys)
        self.failing.left = fails_at
        try:
            return self.one.rotate(by="a test", why="a search")
        except StoreFault:
            return None
        finally:
            self.failing.left = None


@pytest.mark.parametrize("engine", EMBEDDED)
@given(data=st.data(), taken=steps(6))
@FEW
def test_a_node_goes_on_with_the_keys_that_took_over_wherever_it_failed(engine: str, data: st.DataObject, taken: list[Step]) -> None:
    with fresh(engine) as node, TemporaryDirectory(prefix="hervat-test-") as folder:
        whole = Lasting(node.store, Path(folder))
        for step in taken:
            whole.take(step)
            if whole.one.position and data.draw(st.booleans()):
                before, fails_at = told_of(whole.one), data.draw(st.sampled_from((None, 0, 1, 2)))
                done = whole.rotate_here(fails_at)
                assert (done is None) == (whole.one.keys.ring.is_being_rotated)
                rows, entries, *rest = told_of(whole.one)
                assert (rows, entries[: len(before[1])], rest) == (before[0], before[1], [*before[2:]])
                # Another process that looks now sees who signs as this one does.
                told = in_force(node.store, NodeKeys.load(whole.file))
                assert told.ring == in_force(node.store, whole.one.keys).ring
            whole.see(whole.one)
        if whole.one.position:
            while whole.one.keys.ring.is_being_rotated or not whole.old:
                whole.rotate_here(None)
        holds(whole)
        fresh_one = Node(node.store, in_force(node.store, NodeKeys.load(whole.file)), PARTNERS, whole.clock, writer=True)
        assert told_of(fresh_one) == told_of(whole.one)


def test_where_the_keys_lie_in_no_file_none_take_over() -> None:
    with fresh("memory") as node:
        with pytest.raises(NotSo, match="the journal is empty"):
            node.rotate(by="a test", why="a search")
        node.set_partner("00000099000000016000", Wish(name="x", roles=()), by="a test", why="a search")
        with pytest.raises(KeysFault, match="lie in no file"):
            node.rotate(by="a test", why="a search")


class Disk:
    """The disk, which fails once to keep what names a directory has: at the next time but so many, counted from 1."""

    def __init__(self) -> None:
        self.fails_at, self._fsync = 0, os.fsync

    def fsync(self, handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            self.fails_at -= 1
            if self.fails_at == 0:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
        self._fsync(handle)


def test_where_the_directory_was_not_on_disk_once_it_goes_on_with_what_is_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault before or after the keys file got its name, at each of the three times that it gets one."""
    disk, file = Disk(), tmp_path / "hervat.db.key"
    with Node.opened(url(tmp_path / "hervat.db"), writer=True) as node:
        node.receive(case(number) for number in range(1, 4))
        monkeypatch.setattr(os, "fsync", disk.fsync)
        for moment in count(1):
            disk.fails_at = moment
            try:
                node.rotate(by="a test", why="a search")
            except KeysFault:
                goes_on_with(node, file, 100 + moment, disk)
                continue
            assert disk.fails_at > 0
            disk.fails_at = 0
            break
        assert moment == 7
        assert node.verify().ok


def goes_on_with(node: Node, file: Path, number: int, disk: Disk) -> None:
    size, resumed = node.position, NodeKeys.load(file).ring.is_being_rotated
    if resumed:
        # Under a key that a power cut may still take away nothing is sealed.
        disk.fails_at = 1
        with pytest.raises(KeysFault, match="is not on disk yet"):
            node.receive([case(number)])
        assert node.position == size
    assert node.receive([case(number)])["received"] == 1
    done = node.rotate(by="a test", why="a search")
    assert (done.resumed, node.keys.ring.is_being_rotated, node.keys.ring) == (resumed, False, NodeKeys.load(file).ring)
