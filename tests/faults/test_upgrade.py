"""A store of an earlier schema, with data in it, comes up to the newest: the register is the same, and so is every proof."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hervat.assemble import Node
from hervat.errors import StoreFault
from hervat.intake.partnering import Wish
from hervat.stores.sqlite.statements import migrations
from tests.faults.processes import EXAMPLES, copy_store, examine, hervat, url

NEWEST = migrations()[-1][0]
JOURNAL = ("entry", "tile", "head")
BESIDE = ("feed", "message", "link", "turn", "declared", "act")
FOLDED = 2
"""The schema from which on a store tells how far what stands beside the journal was folded."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with something held, refused, in conflict and judged by roles of a while, as the newest hervat leaves it."""
    path = tmp_path_factory.mktemp("sound") / "hervat.db"
    lines = EXAMPLES.read_bytes().splitlines()
    courts = "00000099000000003000"
    with Node.opened(url(path), writer=True) as node:
        node.set_partner(courts, Wish(roles=()), by="a test", why="for a while")
        assert node.receive([next(line for line in lines if courts.encode() in line)])["refused"] == 1
        node.set_partner(courts, Wish(roles=("court",)), by="a test", why="that while is over")
        node.receive([b"no message at all", *lines[:3], *lines[12:], lines[3], lines[3].replace(b"Bakkers", b"Bakker")])
    return path


def as_schema(number: int, store: Path, to: Path) -> Path:
    """The same journal in a store of schema `number`; of what stands beside the journal nothing, as a crash may leave it, unless that
    schema says how far it was folded.
    """
    to.parent.mkdir(parents=True)
    with closing(sqlite3.connect(to)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(f"PRAGMA application_id = {int.from_bytes(b'hrvt', 'big')}")
        for at, script in migrations()[:number]:
            db.executescript(f"{script}; PRAGMA user_version = {at};")
        db.execute(f"ATTACH '{store}' AS newest")
        for table in JOURNAL + (BESIDE if number >= FOLDED else ()):
            columns = ", ".join(each[1] for each in db.execute(f"PRAGMA main.table_info({table})"))
            db.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newest.{table}")
        db.commit()
    to.with_name(to.name + ".key").write_bytes(store.with_name(store.name + ".key").read_bytes())
    return to


@pytest.mark.parametrize("number", range(1, NEWEST))
def test_a_store_of_an_earlier_schema_is_brought_up_by_the_writer(sound: Path, tmp_path: Path, number: int) -> None:
    old = as_schema(number, sound, tmp_path / "old" / "hervat.db")
    with pytest.raises(StoreFault, match="any writing command brings it up"), Node.opened(url(old)):
        pass
    told = hervat("receive", "-", "--json", store=old, stdin=b"")
    assert told.status == 0, told.err
    with Node.opened(url(sound)) as before, Node.opened(url(old)) as after:
        assert after.digest() == before.digest()
        assert list(after.held()) == list(before.held())
        assert after.horizon() == before.horizon()
        assert after.checkpoint() == before.checkpoint()
        assert after.partners() == before.partners()
    examine(old)


def test_a_migration_that_was_not_followed_by_folding_is_made_good(sound: Path, tmp_path: Path) -> None:
    """Killed between the two, or in the middle of the second, which is taken whole or not at all."""
    store = copy_store(sound, tmp_path / "hervat.db")
    with closing(sqlite3.connect(store)) as db:
        for table in BESIDE:
            db.execute(f"DELETE FROM {table}")
        db.execute("UPDATE head SET folded = 0")
        db.commit()
    told = hervat("horizon", "--json", store=store)
    assert told.status == 3
    assert "any writing command" in told.document["error"]
    assert "are folded" in hervat("verify", store=store).out
    assert hervat("receive", "-", store=store, stdin=b"").status == 0
    examine(store)
