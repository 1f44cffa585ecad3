"""Erasing on a server: pending for as long as the server may still have it, with since when and what hinders it; done by itself after that.

On a server of its own, for these tests use up its log.
"""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from hervat import assemble
from hervat.assemble import LOOK_AGAIN, Node
from hervat.clock import SteppedClock, SystemClock, parse_rfc3339
from hervat.doors.doctor import BAD, OK, WARNING, examine
from hervat.doors.http import writer as writers
from hervat.intake.ceilings import Ceiling
from hervat.journal.entry import Part
from tests.faults.processes import EXAMPLES, hervat
from tests.postgres import PATIENCE, Server

pytestmark = pytest.mark.postgres
ROLE = "clerk"
parts_of = msgspec.msgpack.Decoder(tuple[Part, ...]).decode


@pytest.fixture(scope="module")
def ground() -> Iterator[Server]:
    server = Server(segment=1, max_prepared_transactions="2", wal_level="logical", min_wal_size="2MB", max_wal_size="4MB")
    yield server
    server.close()


@pytest.fixture
def url(ground: Server) -> str:
    """A store that does not wait long for a table."""
    return ground.store() + "%20-clock_timeout%3D300ms"


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("HERVAT_KEYS", str(tmp_path / "keys"))
    return str(tmp_path / "keys")


@contextmanager
def erased(url: str) -> Iterator[tuple[Node, dict[str, Any]]]:
    """A node of which a message was erased, and the answer."""
    with Node.opened(url, writer=True, clock=SteppedClock(datetime(2025, 9, 1, tzinfo=UTC), timedelta(seconds=1))) as node:
        node.receive(EXAMPLES.read_bytes().splitlines())
        yield node, node.erase_message(5, None, by="a test", ground="a term is over")


@contextmanager
def somebody(url: str, statement: str, name: str = "somebody") -> Iterator[psycopg.Connection]:
    """Somebody else on the server in the middle of something."""
    with psycopg.connect(url, application_name=name) as db:
        db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        db.execute(statement.encode())
        yield db
        db.rollback()


def go_on(ground: Server) -> None:
    """The server writes, and comes to use files of its log again."""
    ground.execute("CREATE TABLE more (a int)")
    ground.execute("DROP TABLE more; SELECT pg_switch_wal()")
    ground.execute("CHECKPOINT")


def wait_out(node: Node, ground: Server) -> None:
    for _ in range(30):
        if node.scrub(anew=False)["scrubbed"] == "done":
            return
        go_on(ground)
    raise AssertionError(node.scrub(anew=False))


def old_rows(ground: Server, url: str) -> int:
    """How many rows of the journal lie in its table that nobody may see any more, by the server's own count."""
    ground.execute("CREATE EXTENSION IF NOT EXISTS pgstattuple SCHEMA public")
    found: int = ground.execute("SELECT dead_tuple_count FROM public.pgstattuple('entry'::regclass)", url)[0][0]
    return found


def somewhere(ground: Server, seals: list[bytes]) -> bool:
    """Whether any of these bytes is in any file of the server."""
    found = False
    for path in (path for path in (ground.folder / "data").rglob("*") if path.is_file()):
        # The server takes files away meanwhile.
        with suppress(FileNotFoundError):
            content = path.read_bytes()
            found = found or any(seal in content for seal in seals)
    return found


def test_when_it_is_done_no_byte_is_in_any_file_of_the_server(ground: Server, url: str) -> None:
    with Node.opened(url, writer=True) as node:
        node.receive(EXAMPLES.read_bytes().splitlines())
        entry = node.store.entries_at([5])[5]
        seals = [entry.box, *(part.sealed for part in parts_of(entry.parts) if part.sealed)]
        ground.execute("CHECKPOINT")
        node.erase_message(5, None, by="a test", ground="a term is over")
        assert len(seals) > 1
        assert somewhere(ground, seals)
        wait_out(node, ground)
        assert not somewhere(ground, seals)


def test_it_is_pending_while_the_log_has_it_and_then_done(ground: Server, url: str) -> None:
    with erased(url) as (node, told):
        states = [told["scrubbed"]]
        assert states == ["pending"]
        assert "write-ahead log may hold it" in told["hindrance"]
        assert told["pending"] == [told["position"]]
        pending = node.not_scrubbed()
        assert pending is not None
        assert (pending.positions, pending.since) == ([told["position"]], told["since"])
        assert told["pending_seconds"] >= 0
        # The tables are not written anew another time.
        assert node.scrub()["hindrance"] == told["hindrance"]
        assert node.verify().ok
        for _ in range(30):
            go_on(ground)
            states.append(node.scrub(anew=False)["scrubbed"])
        assert states == sorted(states, reverse=True)
        assert states[-1] == "done"
        assert node.not_scrubbed() is None
        assert node.verify().ok
        # What comes after it does not make it pending again.
        node.receive(EXAMPLES.read_bytes().splitlines())
        assert node.not_scrubbed() is None


def test_the_age_is_that_of_the_first_act_of_which_something_may_be_left(ground: Server, url: str) -> None:
    with erased(url) as (node, first):
        second = node.erase_message(6, None, by="a test", ground="a term is over")
        assert second["pending"] == [first["position"], second["position"]]
        assert second["since"] == first["since"]
        assert second["pending_seconds"] > first["pending_seconds"]
        wait_out(node, ground)
        third = node.erase_message(7, None, by="a test", ground="a term is over")
        assert third["pending"] == [third["position"]]
        assert parse_rfc3339(third["since"]) > parse_rfc3339(first["since"])


def test_a_prepared_transaction_hinders_it(ground: Server, url: str) -> None:
    elsewhere = ground.address("template1")
    ground.execute("BEGIN; CREATE TABLE left_behind (a int); PREPARE TRANSACTION 'left behind'", elsewhere)
    with erased(url) as (node, told):
        assert "prepared transaction left behind" in told["hindrance"]
        ground.execute("ROLLBACK PREPARED 'left behind'", elsewhere)
        done_after(node, ground, url)


def test_a_slot_keeps_the_log_back(ground: Server, url: str) -> None:
    with erased(url) as (node, _):
        ground.execute("SELECT pg_create_physical_replication_slot('keeper', true)")
        told = node.scrub()
        assert (told["scrubbed"], "the replication slot keeper keeps it back" in told["hindrance"]) == ("pending", True)
        assert "drop it" in told["do"]
        ground.execute("SELECT pg_drop_replication_slot('keeper')")
        done_after(node, ground, url)


@pytest.mark.parametrize(
    ("database", "statement"),
    [(None, "SELECT count(*) FROM entry"), (None, "SELECT 1"), ("template1", "SELECT pg_current_xact_id()")],
    ids=["reading", "a snapshot", "a transaction elsewhere"],
)
def test_a_process_that_hinders_it_is_named(ground: Server, url: str, database: str | None, statement: str) -> None:
    with Node.opened(url, writer=True) as node:
        node.receive(EXAMPLES.read_bytes().splitlines())
    at = url if database is None else ground.address(database)
    with somebody(at, statement) as other, erased(url) as (node, told):
        named = f"process {other.info.backend_pid} of the server (somebody, on the database {other.info.dbname}, since "
        assert named in told["hindrance"]
        assert told["do"] == "end that, then run hervat erase --pending"
        assert {one["scrubbed"] for one in (told, node.scrub(), node.scrub(anew=False))} == {"pending"}
        assert old_rows(ground, url)
        assert found_in_doctor(url) == (BAD, True)
        other.rollback()
        done_after(node, ground, url)


def found_in_doctor(url: str) -> tuple[str, bool]:
    (found,) = [one for one in examine(url, SystemClock()) if one.what == "erased"]
    return found.state, "may still lie in the files" in found.found


def done_after(node: Node, ground: Server, url: str) -> None:
    """Once what hindered it has ended, the tables are clean; and once the log is, all is."""
    told = node.scrub()
    assert (told["scrubbed"], "write-ahead log may hold it" in told["hindrance"]) == ("pending", True)
    assert not old_rows(ground, url)
    wait_out(node, ground)
    assert node.verify().ok


def test_who_may_not_see_it_is_told_what_to_grant(ground: Server, url: str) -> None:
    ground.execute(f"DROP ROLE IF EXISTS {ROLE}")
    ground.execute(f"CREATE ROLE {ROLE} LOGIN")
    schema = re.search(r"search_path%3D(\w+)", url)
    assert schema is not None
    ground.execute(f"GRANT ALL ON SCHEMA {schema[1]} TO {ROLE}")
    theirs = url.replace("://hervat@", f"://{ROLE}@")
    try:
        with somebody(url, "SELECT 1") as other, erased(theirs) as (node, told):
            assert f"process {other.info.backend_pid} of the server (somebody, on the database postgres)" in told["hindrance"]
        with Node.opened(theirs, writer=True) as node:
            told = node.scrub()
            assert "the role clerk may not see when that is" in told["hindrance"]
            assert told["do"] == "as a superuser: GRANT pg_monitor TO clerk"
            for _ in range(12):
                go_on(ground)
            assert node.scrub(anew=False)["scrubbed"] == "pending"
            ground.execute(f"GRANT pg_monitor TO {ROLE}")
            wait_out(node, ground)
    finally:
        ground.execute(f"DROP OWNED BY {ROLE} CASCADE; DROP ROLE {ROLE}", url)


def test_who_does_not_own_the_tables_is_told_who_does(ground: Server, url: str) -> None:
    ground.execute(f"DROP ROLE IF EXISTS {ROLE}")
    ground.execute(f"CREATE ROLE {ROLE} LOGIN")
    with Node.opened(url, writer=True) as node:
        node.receive(EXAMPLES.read_bytes().splitlines())
    schema = ground.execute("SELECT current_schema()", url)[0][0]
    ground.execute(f"GRANT ALL ON SCHEMA {schema} TO {ROLE}; GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO {ROLE}")
    try:
        with Node.opened(url.replace("://hervat@", f"://{ROLE}@"), writer=True) as node:
            told = node.erase_message(5, None, by="a test", ground="a term is over")
        assert told["hindrance"] == "the tables belong to the role hervat, and only that may write them anew"
    finally:
        ground.execute(f"DROP OWNED BY {ROLE} CASCADE; DROP ROLE {ROLE}", url)


def test_any_writing_command_sees_that_it_is_over(ground: Server, url: str) -> None:
    with Node.opened(url, writer=True) as node:
        node.receive(EXAMPLES.read_bytes().splitlines())
        told = node.erase_message(5, None, by="a test", ground="a term is over")
        assert told["scrubbed"] == "pending"
    assert found_in_doctor(url) == (WARNING, True)
    until = time.monotonic() + PATIENCE
    while found_in_doctor(url) != (OK, False):
        assert time.monotonic() < until
        go_on(ground)
        with Node.opened(url, writer=True):
            pass
    with Node.opened(url) as node:
        assert node.store.head().scrubbed == told["position"]


def test_who_writes_for_long_looks_now_and_then(ground: Server, url: str) -> None:
    clock = SteppedClock(datetime(2025, 9, 1, tzinfo=UTC))
    with Node.opened(url, writer=True, clock=clock) as node:
        node.receive(EXAMPLES.read_bytes().splitlines())
        position = node.erase_message(5, None, by="a test", ground="a term is over")["position"]
        for _ in range(30):
            go_on(ground)
            node.look_again()
        assert node.store.head().scrubbed == 0
        for _ in range(30):
            go_on(ground)
            clock.advance(timedelta(seconds=LOOK_AGAIN))
            node.look_again()
        assert node.store.head().scrubbed == position
        # And goes on writing with a head that it knows.
        assert node.receive(EXAMPLES.read_bytes().splitlines())["duplicates"]
        node.ceiling(json.loads(EXAMPLES.read_bytes().splitlines()[0])["source"], Ceiling(), by="a test", why="to write")
        assert node.store.head().scrubbed == position


def test_a_node_that_serves_looks_also_where_nobody_sends(
    ground: Server, url: str, keys: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with erased(url) as (_, told):
        assert told["scrubbed"] == "pending"
    monkeypatch.setattr(writers, "IDLE", 0.1)
    monkeypatch.setattr(assemble, "LOOK_AGAIN", 0.1)
    writer = writers.Writer(url, Path(keys), SystemClock(), 1000)
    try:
        writer.start()
        until = time.monotonic() + PATIENCE
        while found_in_doctor(url) != (OK, False):
            assert time.monotonic() < until
            go_on(ground)
    finally:
        writer.stop()


def test_the_command_tells_since_when(url: str, keys: str) -> None:
    with Node.opened(url, writer=True) as node:
        node.receive(EXAMPLES.read_bytes().splitlines())
    for arguments in (("--position", "5", "--ground", "a term is over", "--by", "a test"), ("--pending",)):
        told = hervat("erase", *arguments, store=url, HERVAT_KEYS=keys)
        assert told.status == 1
        assert re.search(r"since \d{4}-\S+Z \(\w[\w ]*\) it may still lie in the files: the tables were written anew;", told.out)
