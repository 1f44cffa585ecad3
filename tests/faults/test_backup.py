"""Backups taken while a store is written to, ended at any moment, and restored to either engine."""

import os
import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from hervat.assemble import Node
from hervat.clock import SystemClock
from hervat.errors import HervatError
from hervat.stores.backup import back_up, read_manifest
from hervat.stores.opening import place_of
from tests.faults.processes import EXAMPLES, PATIENCE, command, environment, examine, hervat, lines_of, url, write_lines
from tests.faults.restored import restored, tangled
from tests.postgres import empty_store

SEED = int(os.environ.get("KILL_SEED", "20251124"))
ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["Stores"]:
    """Places for stores on either engine, all of the node with these keys."""
    keys = tmp_path / "node.key"
    monkeypatch.setenv("HERVAT_KEYS", str(keys))
    with ExitStack() as stack:
        yield Stores(tmp_path, keys, stack)


class Stores:
    """Stores that are not there yet."""

    def __init__(self, folder: Path, keys: Path, stack: ExitStack) -> None:
        self.folder, self.keys, self._stack, self._made = folder, keys, stack, 0

    def new(self, engine: str) -> str:
        self._made += 1
        if engine == "postgres":
            return self._stack.enter_context(empty_store())
        return url(self.folder / f"store{self._made}.db")

    @property
    def environment(self) -> dict[str, str]:
        return {"HERVAT_KEYS": str(self.keys)}


def told_of(store: str) -> tuple[object, ...]:
    """All that a store answers."""
    with Node.opened(store) as node:
        assert node.verify().ok
        return node.digest(), list(node.held()), node.horizon(), node.checkpoint(), node.partners(), node.status()


@pytest.mark.parametrize("to", ENGINES)
@pytest.mark.parametrize("of", ENGINES)
def test_a_backup_restores_to_either_engine(stores: Stores, of: str, to: str) -> None:
    store, other, backup = stores.new(of), stores.new(to), stores.folder / "kept"
    with Node.opened(store, writer=True) as node:
        node.receive(tangled())
    made = hervat("backup", backup, "--json", store=store, **stores.environment)
    assert (made.status, made.document["size"], made.document["keys"]) == (0, 49, False)
    assert "the keys file is not in it" in made.err
    ended = hervat("restore", backup, "--verify", "--json", store=other, **stores.environment)
    assert ended.status == 0, ended
    assert ended.document["verified"]["ok"]
    assert told_of(other) == told_of(store)
    with Node.opened(other, writer=True) as node:
        assert node.receive(EXAMPLES.read_bytes().splitlines())["duplicates"] > 40
    examine(other)


@pytest.mark.parametrize("engine", ENGINES)
def test_backups_while_it_receives_are_each_a_prefix(stores: Stores, engine: str) -> None:
    """The writer has the writer's place all the while, and readers read."""
    source = write_lines(stores.folder / "messages.jsonl", lines_of(7, 0.02))
    store = stores.new(engine)
    given = command("receive", source, "--json", "--store", store)
    made: list[Path] = []
    with subprocess.Popen(given, env=environment(**stores.environment), stdout=subprocess.PIPE) as receiving:
        while receiving.poll() is None and len(made) < 200:
            to = stores.folder / f"backup{len(made)}"
            try:
                back_up(place_of(store), to, SystemClock())
            except HervatError as told:
                # Only as long as there is no store, or nothing in it.
                assert not made, told
                continue
            made.append(to)
        receiving.communicate(timeout=PATIENCE)
    assert receiving.returncode == 0
    sizes = [read_manifest(backup).size for backup in made]
    assert sizes == sorted(sizes)
    with Node.opened(store) as node:
        assert len({size for size in sizes if size < node.position}) >= 2, sizes
        for backup in {read_manifest(backup).size: backup for backup in made}.values():
            assert node.prove_growth(read_manifest(backup).checkpoint)
        head = node.checkpoint()
    early = next(backup for backup in made if read_manifest(backup).size == min(sizes))
    other = stores.new("sqlite")
    restored(early, other, stores.keys, head)
    assert examine(other) == min(sizes)
    assert hervat("receive", source, store=other, **stores.environment).status == 0
    with Node.opened(other) as one, Node.opened(store) as node:
        assert one.digest() == node.digest()


def killed_after(delay: float, *arguments: str | Path, **more: str) -> bool:
    """Whether a command was killed before it ended."""
    with subprocess.Popen(command(*arguments), env=environment(**more), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        time.sleep(delay)
        process.kill()
        process.communicate(timeout=PATIENCE)
    return process.returncode < 0


@pytest.mark.parametrize("engine", ENGINES)
def test_killed_in_the_middle_of_either(stores: Stores, engine: str) -> None:
    """There is a whole backup or none, and a whole store or none; the same command again does it."""
    store, rng = stores.new(engine), random.Random(SEED)
    with Node.opened(store, writer=True) as node:
        node.receive(lines_of(3, 0.008))
    began = time.monotonic()
    assert hervat("backup", stores.folder / "first", store=store, **stores.environment).status == 0
    took = time.monotonic() - began
    for turn in range(5):
        backup = stores.folder / f"killed{turn}"
        killed_after(rng.uniform(0.2 * took, took), "backup", backup, "--store", store, **stores.environment)
        if not backup.exists():
            assert hervat("backup", backup, store=store, **stores.environment).status == 0
        assert read_manifest(backup).size == read_manifest(stores.folder / "first").size
        assert sorted(path.name for path in stores.folder.glob(f"{backup.name}*")) in (
            [backup.name, f"{backup.name}.json"],
            [backup.name, f"{backup.name}.json", f"{backup.name}.lock"],
        )
    again, began = stores.new(engine), time.monotonic()
    assert hervat("restore", stores.folder / "first", store=again, **stores.environment).status == 0
    took, expected = time.monotonic() - began, told_of(store)
    for _ in range(3):
        other = stores.new(engine)
        killed = killed_after(rng.uniform(0.3 * took, took), "restore", stores.folder / "first", "--store", other, **stores.environment)
        if killed and not (place_of(other).is_there() and has_entries(other)):
            assert hervat("restore", stores.folder / "first", store=other, **stores.environment).status == 0
        assert told_of(other) == expected


def has_entries(store: str) -> bool:
    with closing(place_of(store).open(writer=False)) as engine:
        return engine.last_position() > 0
