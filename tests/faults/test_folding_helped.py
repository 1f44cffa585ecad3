"""Folding again with a second process that opens and keys entries: it comes to the same as in one, and however it ends it is told."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hervat.assemble import Node
from hervat.intake.ceilings import Ceiling
from hervat.intake.partnering import Wish
from hervat.message import SOURCE
from hervat.quarantining import Quarantine
from hervat.stores.verification import TABLES
from tests.faults.processes import children, command, copy_store, environment, hervat, kill_and_see_helpers_end, lines_of, url
from tests.faults.test_bit_flip import flip

SEED = int(os.environ.get("FOLD_SEED", "20250718"))
BATCH = 1000


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough for several batches, with every sort of act in the midst of them; what one organisation sends is judged now so, now so."""
    path = tmp_path_factory.mktemp("sound") / "hervat.db"
    lines = lines_of(13, 0.02)
    with Node.opened(url(path), writer=True) as node:
        node.receive(lines[:1300])
        feed = max(node.store.feeds(), key=lambda feed: feed.received)
        oin = SOURCE.fullmatch(feed.name)["oin"]  # type: ignore[index]
        known = node.roster().now.get(oin)
        assert known is not None
        node.set_partner(oin, Wish(roles=()), by="a test", why="a search")
        node.receive(lines[1300:1600])
        node.ceiling(feed.name, Ceiling(sequence=700), by="a test", why="a search")
        node.set_partner(oin, Wish(roles=known.roles), by="a test", why="a search")
        node.receive([*lines[1600:2900], lines[5].replace(b'"time":"20', b'"time":"19')])
        node.erase_message(2500, None, by="a test", ground="a search")
        node.remove_partner(oin, by="a test", why="a search")
        node.set_partner(oin, Wish(name=known.name, roles=known.roles), by="a test", why="a search")
        Quarantine(node).open(oin, by="a test", why="a search")
        node.receive(lines[2900:3600])
        inside = [one["position"] for one in Quarantine(node).listing(oin)["messages"]]
        Quarantine(node).release(oin, node.position, inside[::2], by="a test", second="another", ground="a search")
        node.receive(lines[3600:4200])
        assert 10 < len(inside[::2]) < len(Quarantine(node).listing(oin)["messages"])
        assert node.position > 4 * BATCH
        assert sum(1 for _ in node.refused()) > 20
        assert len(list(node.conflicts())) == 1
    return path


def both_found(path: Path) -> list[Any]:
    """What verifying finds in one process, and with a second one that helps."""
    found = []
    for helped in (False, True):
        with Node.opened(url(path), as_it_is=True) as node:
            found.append(node.verify(helped=helped))
    return found


def test_what_is_sound_is_found_so(store: Path) -> None:
    alone, helped = both_found(store)
    assert helped == alone
    assert helped.ok


def changed(path: Path, statement: str, *values: Any) -> None:
    with closing(sqlite3.connect(path)) as db:
        assert db.execute(statement, values).rowcount == 1
        db.commit()


@pytest.mark.parametrize("turn", range(8))
def test_of_several_faults_the_same_is_found_first(store: Path, tmp_path: Path, turn: int) -> None:
    """Whatever is wrong in entries of any batch: the words, the position and how far was looked are those of one process."""
    rng = random.Random(SEED + turn)
    path = copy_store(store, tmp_path / "hervat.db")
    with closing(sqlite3.connect(path)) as db:
        places = {rng.randint(1, 4 * BATCH) for _ in range(1 + turn % 3)}
        for position in places:
            column = rng.choice(("meta", "parts", "box", "leaf"))
            (value,) = db.execute(f"SELECT {column} FROM entry WHERE position = ?", (position,)).fetchone()
            db.execute(f"UPDATE entry SET {column} = ? WHERE position = ?", (flip(value, rng), position))
        if turn % 2:
            db.execute("DELETE FROM entry WHERE position = ?", (rng.randint(1, 4 * BATCH),))
        db.commit()
    alone, helped = both_found(path)
    assert helped == alone
    assert not helped.ok


@pytest.mark.parametrize("kind", ["partner-set", "partner-removed", "ceiling-set", "quarantine-opened"])
def test_the_table_of_acts_is_not_relied_on(store: Path, tmp_path: Path, kind: str) -> None:
    """By whom messages are judged is read from the entries: what the stored table hides is missed in that table, and nowhere before it."""
    path = copy_store(store, tmp_path / "hervat.db")
    changed(path, "DELETE FROM act WHERE position = (SELECT max(position) FROM act WHERE kind = ?)", kind)
    alone, helped = both_found(path)
    assert helped == alone
    assert helped.difference.startswith("act ")


def test_after_a_migration_the_same_is_folded(store: Path, tmp_path: Path) -> None:
    made = []
    for helped in (False, True):
        path = copy_store(store, tmp_path / str(helped) / "hervat.db")
        unfolded(path)
        with Node.opened(url(path), writer=True, helped=helped) as node:
            made.append({table: list(node.store.dump(table)) for table in TABLES})
            assert node.verify().ok
    assert made[0] == made[1]


def test_a_backup_is_restored_with_help(store: Path, tmp_path: Path) -> None:
    assert hervat("backup", tmp_path / "backup", store=store).status == 0
    keys = str(store.with_name("hervat.db.key"))
    told = hervat("restore", tmp_path / "backup", "--verify", "--json", store=tmp_path / "hervat.db", HERVAT_KEYS=keys)
    assert told.status == 0, told.err
    assert told.document["verified"]["ok"]


def unfolded(path: Path) -> None:
    """As a migration leaves a store: the journal and nothing beside it."""
    with closing(sqlite3.connect(path)) as db:
        for table in TABLES:
            db.execute(f"DELETE FROM {table}")
        db.execute("UPDATE head SET folded = 0")
        db.commit()


WORK = (("verify", "--json"), ("receive", os.devnull, "--json"))
"""Verifying; and a command that writes and finds that everything is to be folded again."""


def begun(path: Path, arguments: Sequence[str]) -> "subprocess.Popen[bytes]":
    """A command on the store that folds all of it, at a moment at which its helper is there."""
    unfolded(path)
    given = [*command(*arguments), "--store", url(path)]
    process = subprocess.Popen(given, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    until = time.monotonic() + 60
    while not children(process.pid):
        assert process.poll() is None and time.monotonic() < until, "it has no helper"
        time.sleep(0.002)
    return process


def goes_on(path: Path, expected: int) -> None:
    """The command that writes folds everything, and all is well."""
    assert hervat("receive", os.devnull, store=path).status == 0
    told = hervat("verify", "--json", store=path)
    assert told.document["ok"] and told.document["entries"] == expected


@pytest.mark.parametrize("arguments", WORK, ids=["verify", "catch-up"])
def test_a_helper_that_is_killed_is_told_in_words(store: Path, tmp_path: Path, arguments: Sequence[str]) -> None:
    path = copy_store(store, tmp_path / "hervat.db")
    process = begun(path, arguments)
    for child in children(process.pid):
        os.kill(child, signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 3, (out, err)
    assert b"Traceback" not in err and b"has ended" in err
    goes_on(path, size_of(store))


@pytest.mark.parametrize("delay", [0.0, 0.15])
@pytest.mark.parametrize("arguments", WORK, ids=["verify", "catch-up"])
def test_an_interrupt_is_told_once(store: Path, tmp_path: Path, arguments: Sequence[str], delay: float) -> None:
    path = copy_store(store, tmp_path / "hervat.db")
    process = begun(path, arguments)
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert err.decode().splitlines() == ["hervat: stopped; whatever was acknowledged is on disk, run the same command again to go on"]
    goes_on(path, size_of(store))


def test_an_interrupt_at_any_line_of_waiting_for_the_helper_ends_it() -> None:
    """Ctrl-C comes between any two lines, those that take and give back a lock too."""
    given = [sys.executable, "-m", "tests.faults.interrupted"]
    told = subprocess.run(given, capture_output=True, text=True, timeout=120, env=environment(), check=False)
    assert told.returncode == 0, told.stderr
    assert int(told.stdout) > 2


@pytest.mark.parametrize("arguments", WORK, ids=["verify", "catch-up"])
def test_the_helper_ends_with_its_parent(store: Path, tmp_path: Path, arguments: Sequence[str]) -> None:
    path = copy_store(store, tmp_path / "hervat.db")
    process = begun(path, arguments)
    kill_and_see_helpers_end(process)
    goes_on(path, size_of(store))


def size_of(store: Path) -> int:
    with Node.opened(url(store)) as node:
        return node.position
