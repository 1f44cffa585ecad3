"""One flipped bit, in any stored row or anywhere in the file: `verify` names it, or nothing that is stored has changed."""

import json
import os
import random
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.errors import HervatError, StoreFault
from hervat.intake.ceilings import Ceiling
from hervat.intake.partnering import Wish
from hervat.restarting import Restarting
from tests.faults.processes import EXAMPLES, copy_store, hervat, lines_of, url
from tests.rooms.nodes import gone_act
from tests.rooms.steps import Leaving

COLUMNS = {
    "entry": ("position", "meta", "parts", "box", "leaf"),
    "tile": ("level", "place", "hash"),
    "head": ("one", "size", "frontier", "received_at", "checkpoint", "folded", "scrubbed"),
    "feed": (
        "number", "name", "received", "applied", "held", "refused", "through", "highest", "sequenced", "ceiling", "adrift", "lane", "link",
    ),
    "message": (
        "position", "source", "id", "sequence", "kind", "time", "ident", "previous", "target", "subject", "needs", "gives", "refusal",
        "admitted_at", "complete", "blocked_by", "waits_on", "retracted", "version", "state", "applied_at", "about", "adrift", "erased",
        "quarantined",
    ),
    "link": ("key", "position", "live"),
    "missing": ("source", "first", "last"),
    "gone": ("source", "sequence", "at", "ident", "since"),
    "turn": ("at", "position", "state"),
    "declared": ("position", "source", "through", "content", "holds"),
    "act": ("position", "kind", "ident"),
}  # fmt: skip
EVERYWHERE = [(table, column) for table, columns in COLUMNS.items() for column in columns]
SEED = os.environ.get("FLIP_SEED", "20250718")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with something in every column: held, refused, amended, capped, isolated, in conflict, gone, of no known sender, a new
    partner.
    """
    path = tmp_path_factory.mktemp("sound") / "hervat.db"
    examples = EXAMPLES.read_bytes().splitlines()
    held = [line for line in lines_of(11, 0.002) if json.loads(line).get("previous")]
    with Node.opened(url(path), writer=True) as node:
        node.receive([b"no message at all"])
        gps = json.loads(examples[12])["source"]
        node.ceiling(gps, Ceiling(sequence=20), by="a test", why="a search")
        node.set_partner("00000099000000016000", Wish(name="Raad", roles=("bar",)), by="a test", why="a search")
        # The last come first, so that much is applied late; what is left out leaves gaps.
        node.receive([*examples[::-1], *lines_of(11, 0.002)[:260], *held[-40:]], batch=50)
        node.receive([examples[3].replace(b"Bakkers", b"Bakker")])
        node.erase_message(40, None, by="a test", ground="a search")
        node.admit(lambda inbox: inbox.gone(gone_act(gps, Leaving(((7, "gps-7"), (90_000, "gps-90000"))))))
        Restarting(node).isolate(None, by="a test", why="a search")
    return path


def test_there_is_something_in_every_column(store: Path) -> None:
    """What a flipped bit would not be looked for in, nobody would miss."""
    with closing(sqlite3.connect(store)) as db:
        tables = {row[0]: [each[1] for each in db.execute(f"PRAGMA table_info({row[0]})")] for row in db.execute(_USER_TABLES)}
        assert tables == {table: list(columns) for table, columns in COLUMNS.items()}
        empty = [place for place in EVERYWHERE if not db.execute(_COUNT.format(*place)).fetchone()[0]]
    assert empty == []


_USER_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table'"
_COUNT = "SELECT count(*) FROM {0} WHERE length({1}) > 0"


def flip(value: Any, rng: random.Random) -> Any:
    """The value with one bit of it another."""
    if isinstance(value, int):
        bit = rng.randrange(64)
        other = (value & (1 << 64) - 1) ^ 1 << bit
        return other - (1 << 64) if other >> 63 else other
    changed = bytearray(value if isinstance(value, bytes) else value.encode())
    changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def flip_in_row(path: Path, table: str, column: str, rng: random.Random) -> str:
    """Change one bit of one row; gives what was done. Where the schema does not let it stand, another bit is tried."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        columns = COLUMNS[table]
        rows = db.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE length({column}) > 0").fetchall()
        while True:
            row = dict(zip(columns, rng.choice(rows), strict=True))
            value = flip(row[column], rng)
            new = "CAST(:new AS TEXT)" if isinstance(row[column], str) else ":new"
            where = " AND ".join(f"{name} IS :{name}" for name in columns)
            try:
                changed = db.execute(f"UPDATE {table} SET {column} = {new} WHERE {where}", row | {"new": value}).rowcount
            except sqlite3.IntegrityError:
                continue
            assert changed == 1
            db.commit()
            return f"{table}.{column} of {row}: {row[column]!r} became {value!r}"


def look_for_flip(store: Path, table: str, column: str, rng: random.Random) -> None:
    with TemporaryDirectory(prefix="hervat-flip-") as folder:
        path = copy_store(store, Path(folder) / "hervat.db")
        done = flip_in_row(path, table, column, rng)
        with Node.opened(url(path), as_it_is=True) as node:
            found = node.verify()
    assert not found.ok, done
    assert found.difference, done


def test_the_store_is_sound(store: Path) -> None:
    with Node.opened(url(store)) as node:
        assert node.verify().ok


@pytest.mark.parametrize(("table", "column"), EVERYWHERE, ids=[".".join(place) for place in EVERYWHERE])
def test_a_bit_in_a_row(store: Path, table: str, column: str) -> None:
    look_for_flip(store, table, column, random.Random(f"{SEED}{table}{column}"))


@given(place=st.sampled_from(EVERYWHERE), seed=st.integers(0, 2**32))
@settings(max_examples=settings().max_examples // 2)
def test_a_bit_in_any_row(store: Path, place: tuple[str, str], seed: int) -> None:
    look_for_flip(store, *place, random.Random(seed))


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ("entry", "entry 40: "),
        ("distance", "is missing: entry 46"),
        ("message", "message 40: "),
        ("feed", "feed 1: "),
        ("head", "the head says"),
        ("act", "act 2: "),
    ],
)
def test_the_command_names_it(store: Path, tmp_path: Path, table: str, named: str) -> None:
    change = {
        "entry": "UPDATE entry SET leaf = zeroblob(32) WHERE position = 40",
        "distance": f"UPDATE entry SET position = position + {1 << 62} WHERE position = (SELECT max(position) FROM entry)",
        "message": "UPDATE message SET applied_at = applied_at + 1 WHERE position = 40",
        "feed": "UPDATE feed SET highest = highest + 1 WHERE number = 1",
        "head": "UPDATE head SET size = size + 1",
        "act": "UPDATE act SET kind = 'ceiling-seT' WHERE position = 2",
    }
    path = copy_store(store, tmp_path / "hervat.db")
    with closing(sqlite3.connect(path)) as db:
        assert db.execute(change[table]).rowcount == 1
        db.commit()
    told = hervat("verify", "--json", store=path)
    assert told.status == 1
    assert told.document["ok"] is False
    assert named in told.document["difference"]
    assert named in hervat("verify", store=path).out


def content_of(path: Path) -> list[str]:
    """All that is in a database: its schema and every row."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        return list(db.iterdump())


@given(data=st.data())
@settings(max_examples=settings().max_examples * 2)
def test_a_bit_in_the_file(store: Path, data: st.DataObject) -> None:
    """Found by verify, or as no store; otherwise it lies where nothing is stored, and all content is as it was."""
    whole = store.read_bytes()
    # The first page holds the header and the schema, the rest rows, indexes and what is unused.
    place = data.draw(st.one_of(st.integers(0, 4095), st.integers(0, len(whole) - 1)))
    bit = data.draw(st.integers(0, 7))
    with TemporaryDirectory(prefix="hervat-flip-") as folder:
        path = copy_store(store, Path(folder) / "hervat.db")
        changed = bytearray(whole)
        changed[place] ^= 1 << bit
        path.write_bytes(changed)
        try:
            with Node.opened(url(path), as_it_is=True) as node:
                found = node.verify()
        except HervatError as fault:
            assert isinstance(fault, StoreFault)
        else:
            assert not found.ok or content_of(path) == content_of(store)
