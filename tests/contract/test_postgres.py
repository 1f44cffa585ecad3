"""What the PostgreSQL engine promises beyond the port: what becomes a store and what is refused, addresses, and changes that wait."""

import json
import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.errors import HervatError, StoreFault, Usage
from hervat.intake.ceilings import Ceiling
from hervat.journal.entry import Entry
from hervat.journal.store import Change, Feed, Head
from hervat.stores.opening import place_of
from hervat.stores.postgres import Absent, PostgresStore, address_of
from hervat.stores.postgres.keeping import Names
from tests.faults.processes import EXAMPLES
from tests.postgres import empty_store, server
from tests.rooms.nodes import node_on

pytestmark = pytest.mark.postgres
DAMAGE = {
    "entry": ("position", "meta", "parts", "box", "leaf"),
    "tile": ("hash",),
    "head": ("size", "frontier", "received_at", "checkpoint"),
    "feed": ("number", "name", "received", "applied", "through", "highest", "ceiling"),
    "message": ("position", "source", "id", "sequence", "kind", "ident", "needs", "gives", "complete", "version", "state", "applied_at"),
    "link": ("key", "position", "live"),
    "turn": ("at", "position", "state"),
    "declared": ("position", "through", "content", "holds"),
    "act": ("position", "kind", "ident"),
}
PLACES = [(table, column) for table, columns in DAMAGE.items() for column in columns]
FRESH = "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(current_schema()) ORDER BY relname"


@pytest.fixture
def url() -> Iterator[str]:
    with empty_store() as found:
        yield found


def schema_of_its_own() -> str:
    """The address of an empty schema that no other test will use."""
    return server().store()


def change(first: int, last: int, checkpoint: str = "note") -> Change:
    entries = [Entry(position, b"meta", b"parts", b"box", bytes([position % 256]) * 32) for position in range(first, last + 1)]
    return Change(Head(last, b"", "", checkpoint), entries=entries, feeds=[Feed(1, "one", last)])


def test_the_schema_is_the_one_that_is_written_down() -> None:
    """Whoever adds a migration writes down what it makes: stores/postgres/schema.tsv has a line for each row of this."""
    with closing(PostgresStore(schema_of_its_own(), writer=True)) as store:
        assert store.schema() == store.schema_made()


def test_an_empty_schema_becomes_a_store_when_somebody_writes() -> None:
    url = schema_of_its_own()
    assert not place_of(url).is_there()
    with pytest.raises(Absent, match="there is no store yet"):
        PostgresStore(url, writer=False)
    assert server().execute(FRESH, url) == []
    place_of(url).open(writer=False).close()
    assert place_of(url).is_there()


def test_a_database_that_is_not_ours_is_never_written_to() -> None:
    url = schema_of_its_own()
    server().execute("CREATE TABLE note (text text); INSERT INTO note VALUES ('mine')", url)
    for writer in (True, False):
        with pytest.raises(StoreFault, match="is a database, but not one of hervat"):
            PostgresStore(url, writer=writer)
    assert server().execute(FRESH, url) == [("note",)]
    assert server().execute("SELECT text FROM note", url) == [("mine",)]


def test_a_store_of_a_newer_version_is_refused_and_an_older_one_is_the_writers_to_bring_up() -> None:
    url = schema_of_its_own()
    PostgresStore(url, writer=True).close()
    server().execute("UPDATE hervat SET version = 99", url)
    for writer in (True, False):
        with pytest.raises(StoreFault, match=r"the store has schema 99, this hervat knows up to \d+; use a newer hervat"):
            PostgresStore(url, writer=writer)
    server().execute("UPDATE hervat SET version = 0", url)
    with pytest.raises(StoreFault, match=r"has schema 0, this hervat needs \d+; any writing command brings it up"):
        PostgresStore(url, writer=False)


def test_a_schema_that_is_not_there_and_text_kept_otherwise() -> None:
    with pytest.raises(StoreFault, match="the schema in which the store should be is not there"):
        PostgresStore(server().address("postgres", "&options=-csearch_path%3Dnowhere"), writer=True)
    server().execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    with pytest.raises(StoreFault, match="keeps text as LATIN1"):
        PostgresStore(server().address("latin"), writer=True)


def test_what_a_role_may_not_do_is_told() -> None:
    url = schema_of_its_own()
    server().execute(f"CREATE ROLE stranger LOGIN; GRANT USAGE ON SCHEMA {url.rpartition('%3D')[2]} TO stranger")
    with pytest.raises(StoreFault, match=r"permission denied.*; the database must belong to this role"):
        PostgresStore(url.replace("//hervat@", "//stranger@"), writer=True)


def test_a_role_that_may_only_read_reads(filled: str) -> None:
    schema = filled.rpartition("%3D")[2]
    server().execute(f"CREATE ROLE reading LOGIN; GRANT USAGE ON SCHEMA {schema} TO reading")
    server().execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO reading")
    url = filled.replace("//hervat@", "//reading@")
    with closing(place_of(url).open(writer=False)) as store, store.snapshot():
        assert node_on(store).verify().ok
    with closing(PostgresStore(url, writer=True)) as store, pytest.raises(StoreFault, match="permission denied"):
        store.write(change(store.last_position() + 1, store.last_position() + 1))


def test_a_fault_takes_back_all_that_is_not_settled(url: str) -> None:
    with closing(PostgresStore(url, writer=True)) as writer:
        writer.write(change(1, 1))
        writer.write(change(2, 3), settle=False)
        with pytest.raises(StoreFault, match="another writer was here"):
            writer.write(change(3, 4), settle=False)
        assert (writer.head().size, writer.last_position()) == (1, 1)
        writer.write(change(2, 2), settle=False)
        with pytest.raises(StoreFault):
            writer.rows_at([1 << 70])
        with pytest.raises(StoreFault, match="what was not settled was taken back"):
            writer.settle()
        assert writer.last_position() == 1
    with closing(PostgresStore(url, writer=False)) as reader:
        assert (reader.head().size, reader.last_position()) == (1, 1)


def test_the_last_settings_of_the_server_do_not_weaken_a_commit(url: str) -> None:
    weak = url.replace("options=", "options=-csynchronous_commit%3Doff%20")
    with closing(PostgresStore(weak, writer=True)) as writer:
        assert writer._connection.db.execute("SHOW synchronous_commit").fetchone() == ("on",)


@pytest.fixture(scope="module")
def filled() -> Iterator[str]:
    """A store with something in every column that is damaged."""
    url = schema_of_its_own()
    lines = EXAMPLES.read_bytes().splitlines()
    with closing(PostgresStore(url, writer=True)) as store:
        node = node_on(store)
        node.receive([b"no message at all", *lines[::-1]], batch=9)
        node.ceiling(json.loads(lines[12])["source"], Ceiling(sequence=20), by="a test", why="a search")
        node.receive([b"x%d" % number for number in range(260)])
        assert node.verify().ok
    yield url


def flipped(value: Any, rng: random.Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value ^ 1 << rng.randrange(14)
    changed = bytearray(value if isinstance(value, bytes) else value.encode())
    changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(6)
    return bytes(changed) if isinstance(value, bytes) else changed.decode()


@pytest.mark.parametrize(("table", "column"), PLACES, ids=[".".join(place) for place in PLACES])
def test_a_bit_in_a_row_is_found(filled: str, table: str, column: str) -> None:
    rng = random.Random(f"{table}{column}")
    with closing(PostgresStore(filled, writer=False)) as store:
        db = store._connection.db
        rows = db.execute(f"SELECT ctid::text, {column} FROM {table} WHERE {column}::text NOT IN ('', '\\x')").fetchall()
        where, value = rng.choice(rows)
        changed = f"UPDATE {table} SET {column} = %s WHERE ctid = %s::tid RETURNING {column}"
        db.execute("BEGIN")
        try:
            other = flipped(value, rng)
            assert db.execute(changed, (other, where)).fetchone() == (other,)
            found = node_on(store).verify()
        finally:
            db.rollback()
    assert not found.ok, (where, value, other)
    assert found.difference


def test_a_schema_that_was_changed_is_found(filled: str) -> None:
    with closing(PostgresStore(filled, writer=False)) as store:
        db = store._connection.db
        db.execute("BEGIN")
        db.execute("DROP INDEX message_place")
        found = node_on(store).verify()
        db.rollback()
    assert found.difference == "schema message_place: is not as the migrations make it; the rows may mean something else"


def test_the_servers_own_check_is_made_where_it_can_be(filled: str) -> None:
    with closing(PostgresStore(filled, writer=False)) as store, store.snapshot():
        assert "amcheck" in (node_on(store).verify().not_checked or "")
    server().execute("CREATE SCHEMA elsewhere; CREATE EXTENSION amcheck SCHEMA elsewhere")
    try:
        with closing(PostgresStore(filled, writer=False)) as store, store.snapshot():
            found = node_on(store).verify()
        assert (found.ok, found.not_checked) == (True, None)
    finally:
        server().execute("DROP EXTENSION amcheck; DROP SCHEMA elsewhere")


ADDRESSES = {
    "postgresql://u:s3cret@h:5/db": "postgresql://u@h:5/db",
    "postgres://u:s3%40cret@h/db?password=s3cret&sslmode=require": "postgres://u@h/db?sslmode=require",
    "postgresql://u@/db?host=/run&p%61ssword=s3cret": "postgresql://u@/db?host=/run",
    "postgresql://u:s3cret@h1:1,h2:2/db?target_session_attrs=read-write": "postgresql://u@h1:1,h2:2/db?target_session_attrs=read-write",
    "postgresql:///db": "postgresql:///db",
}


@pytest.mark.parametrize("given", ADDRESSES)
def test_an_address_is_shown_without_its_password(given: str) -> None:
    assert address_of(given).shown == place_of(given).shown == ADDRESSES[given]


@given(
    secret=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=6),
    where=st.sampled_from(("u:{}@h/db", "u:{}", "u:{}@h:x/db")),
)
def test_no_password_is_ever_told(secret: str, where: str) -> None:
    """However wrong the address is."""
    for scheme in ("postgresql://", "postgres:/", "pg://"):
        try:
            told = place_of(scheme + where.format("s3cret" + secret)).shown
        except HervatError as fault:
            told = str(fault) + str(fault.__cause__)
        assert "s3cret" not in told


def test_the_keys_are_told_by_the_name_of_the_store_and_the_number_of_its_server() -> None:
    ((cluster,),) = server().execute("SELECT system_identifier::text FROM pg_control_system()")
    server().execute('CREATE DATABASE "a/b c"')
    with closing(PostgresStore(server().address("a%2Fb%20c"), writer=True)) as store:
        assert str(store.keys_beside) == f"a%2Fb%20c@{cluster}.key"
    url = schema_of_its_own()
    with closing(PostgresStore(url, writer=True)) as store:
        assert store.keys_beside == place_of(url).keys_beside == Path(f"postgres.{url.rpartition('%3D')[2]}@{cluster}.key")


NAMES = st.builds(Names, st.text("123", min_size=1), *(st.text("ab.@%/", min_size=1) | st.just("public") for _ in range(2)))


@given(one=NAMES, other=NAMES)
def test_no_two_stores_have_one_keys_file(one: Names, other: Names) -> None:
    assert (one.own == other.own) == (one == other)
    assert "/" not in str(one.own) and one.own != other.earlier


def test_wrong_addresses() -> None:
    for wrong in ("postgresql://h:port/db", "postgresql://h/db?nonsense=1", "postgresql://h/%zz"):
        with pytest.raises(Usage, match="no address that PostgreSQL takes"):
            place_of(wrong)
