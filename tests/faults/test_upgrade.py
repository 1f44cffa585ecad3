"""A store of an earlier schema, with data in it, comes up to the newest: the register is the same, and so is every proof."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from hervat.assemble import Node
from hervat.errors import StoreFault
from hervat.intake.partnering import Wish
from hervat.stores.backup import Backup
from hervat.stores.sqlite.statements import migrations
from hervat.stores.statements import migrations_of
from tests.faults.processes import EXAMPLES, copy_store, digest_of, examine, hervat, url
from tests.postgres import server

WRITTEN = Path(__file__).parent / "data" / "schema-1.db"
BEFORE_PROCESS = Path(__file__).parent / "data" / "schema-5.db"
NEWEST = migrations()[-1][0]
JOURNAL = ("entry", "tile", "head")


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
    """The same journal in a store of schema `number`; of what stands beside the journal nothing, as a crash may leave it."""
    to.parent.mkdir(parents=True)
    with closing(sqlite3.connect(to)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(f"PRAGMA application_id = {int.from_bytes(b'hrvt', 'big')}")
        for at, script in migrations()[:number]:
            db.executescript(f"{script}; PRAGMA user_version = {at};")
        db.execute(f"ATTACH '{store}' AS newest")
        for table in JOURNAL:
            columns = ", ".join(each[1] for each in db.execute(f"PRAGMA main.table_info({table})"))
            db.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newest.{table}")
        if "folded" in {each[1] for each in db.execute("PRAGMA main.table_info(head)")}:
            db.execute("UPDATE main.head SET folded = 0")
        db.commit()
    to.with_name(to.name + ".key").write_bytes(store.with_name(store.name + ".key").read_bytes())
    return to


def on_server(number: int, store: Path, to: str) -> None:
    """The same in a schema of a server."""
    with closing(sqlite3.connect(store)) as journal, psycopg.connect(to, autocommit=True) as db:
        for at, script in migrations_of("hervat.stores.postgres")[:number]:
            db.execute(script.encode())
            db.execute("UPDATE hervat SET version = %s", (at,))
        for table in JOURNAL:
            found = db.execute(f"SELECT * FROM {table}".encode())
            columns = ", ".join(each.name for each in found.description or ())
            for row in journal.execute(f"SELECT {columns} FROM {table}").fetchall():
                db.execute(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(row))})".encode(), row)
        db.execute("UPDATE head SET folded = 0")


def is_as_it_was(before: str | Path, after: str | Path) -> None:
    """The register is the same, and so is every proof."""
    with Node.opened(url(before)) as one, Node.opened(url(after)) as other:
        assert other.digest() == one.digest()
        assert list(other.held()) == list(one.held())
        assert other.horizon() == one.horizon()
        assert other.checkpoint() == one.checkpoint()
        assert other.partners() == one.partners()
    examine(after)


def brought_up(store: str | Path, **more: str) -> None:
    """A reader changes nothing and says what does; the writer does it."""
    with pytest.raises(StoreFault, match="any writing command"), Node.opened(url(store)):
        pass
    told = hervat("receive", "-", "--json", store=store, stdin=b"", **more)
    assert told.status == 0, told.err


@pytest.mark.parametrize("number", range(1, NEWEST + 1))
def test_a_store_of_an_earlier_schema_is_brought_up_by_the_writer(sound: Path, tmp_path: Path, number: int) -> None:
    old = as_schema(number, sound, tmp_path / "old" / "hervat.db")
    brought_up(old)
    is_as_it_was(sound, old)


@pytest.mark.postgres
@pytest.mark.parametrize("number", range(1, migrations_of("hervat.stores.postgres")[-1][0] + 1))
def test_so_is_a_store_on_a_server(sound: Path, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = str(sound.with_name("hervat.db.key"))
    monkeypatch.setenv("HERVAT_KEYS", keys)
    store = server().store()
    on_server(number, sound, store)
    brought_up(store, HERVAT_KEYS=keys)
    is_as_it_was(sound, store)


@pytest.mark.parametrize("number", range(1, NEWEST + 1))
def test_a_backup_of_any_schema_restores_to_the_newest(sound: Path, tmp_path: Path, number: int) -> None:
    """It is taken before the store is brought up, so that there is a way back."""
    old = as_schema(number, sound, tmp_path / "old" / "hervat.db")
    made = hervat("backup", tmp_path / "kept", "--json", store=old)
    assert (made.status, made.document["schema"]) == (0, number)
    copy_store(sound, tmp_path / "hervat.db")
    for end in ("", "-wal"):
        (tmp_path / f"hervat.db{end}").unlink(missing_ok=True)
    assert hervat("restore", tmp_path / "kept", "--verify", store=tmp_path / "hervat.db").status == 0
    is_as_it_was(sound, tmp_path / "hervat.db")


def test_a_store_that_an_earlier_hervat_wrote(tmp_path: Path) -> None:
    """Written by the hervat of schema 1 when it received the contract's examples, and kept as it was."""
    old = copy_store(WRITTEN, tmp_path / "hervat.db")
    note = Backup(WRITTEN)
    with closing(note):
        assert (note.schema, note.head.size) == (1, 52)
    brought_up(old)
    with Node.opened(url(old)) as node:
        assert node.checkpoint() == note.head.checkpoint
        assert node.person("20250001")["cases"][0]["charges"][0]["outcome"] == "convicted"
    assert examine(old) == 52
    assert hervat("receive", EXAMPLES, "--json", store=old).document["duplicates"] == 52
    assert hervat("receive", EXAMPLES, store=tmp_path / "new.db").status == 0
    assert digest_of(old) == digest_of(tmp_path / "new.db")


def test_what_was_refused_because_its_kind_was_not_known_yet_counts(tmp_path: Path) -> None:
    """Written by the hervat of schema 5, which knew no process traffic: custody of a start and a release, with a correction of the one
    and a retraction of the other. That hervat refused the first three.
    """
    old = copy_store(BEFORE_PROCESS, tmp_path / "hervat.db")
    brought_up(old)
    assert examine(old) == 6
    with Node.opened(url(old)) as node:
        (case,) = node.person("20250001")["cases"]
        (custody,) = case["process"]
        assert (custody["kind"], custody["from"], custody["release_due"]) == ("custody-started", "2025-06-29", "2025-07-14")
        assert list(node.held()) == [] and sum(row["refused"] for row in node.horizon()) == 0
    assert hervat("erase", "--person", "20250001", "--ground", "x", "--by", "x", "--json", store=old).status == 0
    examine(old)


def test_a_migration_that_was_not_followed_by_folding_is_made_good(sound: Path, tmp_path: Path) -> None:
    """Killed between the two, or in the middle of the second, which is taken whole or not at all."""
    store = copy_store(sound, tmp_path / "hervat.db")
    with closing(sqlite3.connect(store)) as db:
        for table in ("feed", "message", "link", "missing", "gone", "turn", "declared", "act"):
            db.execute(f"DELETE FROM {table}")
        db.execute("UPDATE head SET folded = 0")
        db.commit()
    told = hervat("horizon", "--json", store=store)
    assert told.status == 3
    assert "any writing command" in told.document["error"]
    assert "are folded" in hervat("verify", store=store).out
    assert hervat("receive", "-", store=store, stdin=b"").status == 0
    examine(store)
