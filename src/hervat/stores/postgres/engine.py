"""The PostgreSQL engine of the Store port.

- What is settled is on the server's disk. Where the connection is lost before the answer came, the engine connects again
  and looks whether the commit happened.
- One writer: the process that has the writer's place of the schema. Readers need none and see the last committed change.
- Long answers are read a page at a time, each from where the last one ended.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from hervat.errors import StoreFault, ensure
from hervat.journal.store import Change, Declared, Head, Hindrance, Row
from hervat.stores.asked import AskedInSql
from hervat.stores.condition import Condition
from hervat.stores.postgres import scrubbing
from hervat.stores.postgres.connection import Absent, Connection, names_of
from hervat.stores.postgres.keeping import keys_of
from hervat.stores.postgres.writing import put

_MANY = 5000
_PAGE = 2000
_LEAST = -(1 << 63)
# The columns of each dump's key, and from where to begin.
_KEYS: dict[str, tuple[tuple[int, ...], tuple[Any, ...]]] = {
    "feed": ((0,), (-(1 << 31),)),
    "message": ((0,), (_LEAST,)),
    "link": ((0, 1), (b"", _LEAST)),
    "gone": ((0, 1, 2), (-(1 << 31), _LEAST, _LEAST)),
    "missing": ((0, 1), (-(1 << 31), _LEAST)),
    "turn": ((1, 0), (_LEAST, _LEAST)),
    "declared": ((0,), (_LEAST,)),
    "act": ((0,), (_LEAST,)),
    "tile": ((0, 1), (-(1 << 31), _LEAST)),
}


def keys_beside(url: str) -> Path:
    """Where the node's keys are looked for, whether the store is there already or not."""
    names = names_of(url)
    if names.own.exists() or not names.others():
        return names.own
    try:
        with closing(PostgresStore(url, writer=False)) as store:
            return keys_of(names, store)
    except Absent:
        return keys_of(names, None)


class PostgresStore(AskedInSql):
    """A store in one schema of a PostgreSQL database; `writer=True` takes the writer's place and makes or migrates the schema.

    Raises Usage for what is no address, StoreBusy where another process writes, StoreFault where there is no store, it is damaged, or
    the server cannot be reached.
    """

    def __init__(self, url: str, *, writer: bool) -> None:
        self._connection = Connection(url, writer=writer)
        # The last change of those that are not settled: where it is in the store, all of them are.
        self._unsettled: Change | None = None

    @property
    def keys_beside(self) -> Path:
        """Where the node's keys are looked for when nothing is said of it."""
        return keys_of(self._connection.names, self)

    @property
    def keys_own(self) -> Path:
        """Where they lie, or would, under a name by which no other store finds them."""
        return self._connection.names.own

    @property
    def writers_place(self) -> str:
        """The schema by its number, on the server as it was started: a copy of its files is another server."""
        return str(self._read("writers_place")[0][0])

    def _read(self, name: str, *values: Any) -> list[Any]:
        with self._connection.faults():
            return self._connection.ask(name, *values)

    def _read_named(self, name: str, **values: Any) -> list[Any]:
        with self._connection.faults():
            return self._connection.ask_named(name, values)

    def _many(self, name: str, values: Iterable[Any], *after: Any) -> Iterator[Any]:
        asked = list(values)
        for start in range(0, len(asked), _MANY):
            yield from self._read(name, asked[start : start + _MANY], *after)

    def _pages(self, name: str, key: Sequence[int], begin: tuple[Any, ...]) -> Generator[Any, None, None]:
        after = begin
        while page := self._read(name, *after, _PAGE):
            yield from page
            after = tuple(page[-1][column] for column in key)

    def head(self) -> Head:
        found = self._read("head")
        return Head(*found[0]) if found else Head()

    def rows_by_sequence(self, places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
        asked = [list(column) for column in zip(*places, strict=True)]
        found = self._read("rows_by_place", *asked) if asked else []
        return {(source, sequence): position for source, sequence, position in found}

    def links(self, keys: Iterable[bytes]) -> dict[bytes, dict[int, bool]]:
        found: dict[bytes, dict[int, bool]] = {}
        for key, position, live in self._many("links", keys):
            found.setdefault(key, {})[position] = live
        return found

    def refused(self) -> Iterator[Row]:
        yield from (Row(*row) for row in self._pages("refused", (0,), (0,)))

    def changed(self, after: int) -> list[int]:
        return [row[0] for row in self._read_named("changed", after=after)]

    def held_at(self, position: int) -> list[Row]:
        return [Row(*row) for row in self._read_named("held_at", position=position)]

    def declared(self, source: int, kind: str) -> Iterator[Declared]:
        yield from (Declared(*row) for row in self._read("declared", source, kind))

    def gaps(self, source: int, after: int, last: int) -> list[tuple[int, int]]:
        return self._read_named("gaps", source=source, after=after, last=last)

    def contiguous(self, source: int, after: int, last: int) -> int:
        while (found := self._read_named("contiguous", source=source, after=after, last=last)[0][0]) is not None:
            after = found
        return after

    def tally_at(self, position: int) -> dict[tuple[int, int], tuple[int, int | None]]:
        found = self._read_named("tally_at", position=position)
        return {(source, state): (count, lowest) for source, state, count, lowest in found}

    def lives(self) -> Iterator[tuple[int, int | None]]:
        yield from self._pages("lives", (0,), (0,))

    def write(self, change: Change, *, settle: bool = True) -> None:
        with self._connection.faults():
            self._connection.begin("begin")
            try:
                self._ensure_follows_on(change)
                put(self._connection, change)
            except BaseException:
                self.abandon()
                raise
        self._unsettled = change
        if settle:
            self.settle()

    def _ensure_follows_on(self, change: Change) -> None:
        if change.entries and change.entries[0].position != (last := self.last_position()) + 1:
            first = change.entries[0].position
            raise StoreFault(f"{self._connection.shown}: position {first} does not follow on {last}; another writer was here")

    def settle(self) -> None:
        change, self._unsettled = self._unsettled, None
        if change is not None:
            with self._connection.faults():
                self._connection.commit(lambda: self._has(change))

    def abandon(self) -> None:
        self._unsettled = None
        self._connection.undo()

    def _has(self, change: Change) -> bool:
        """Whether a change is in the store: its last entry is, or, where it has none, its boxes, or the head where it puts it."""
        if change.boxes:
            return self.boxes(change.boxes) == change.boxes
        if not change.entries:
            return self.head() == change.head
        last = change.entries[-1]
        found = self.entries_at([last.position]).get(last.position)
        return found is not None and found.leaf == last.leaf

    def scrub(self, last: int) -> Hindrance | None:
        """Write the tables anew, once for each act of erasing, and see whether the server has let go of its log from before; what hinders
        that nothing is left, or None.
        """
        with self._connection.faults():
            return scrubbing.scrub(self._connection, last)

    def unscrubbed(self, last: int) -> Hindrance | None:
        """What is not done yet of that, or None."""
        with self._connection.faults():
            return scrubbing.unscrubbed(self._connection, last, writer=self._connection.writes)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Whatever is read within is of one and the same change, the last at the first reading, whoever writes meanwhile."""
        with self._connection.faults():
            self._connection.begin("begin_snapshot")
        try:
            yield
        finally:
            self._connection.undo()

    def integrity(self) -> str | None:
        """What PostgreSQL's own check of tables and indexes finds wrong, or None; see `not_checked`."""
        with self._connection.faults():
            return self._connection.integrity()

    def not_checked(self) -> str | None:
        """Why PostgreSQL's own check was not made, or None where it was."""
        with self._connection.faults():
            there = self._connection.checker() is not None
        return None if there else "PostgreSQL's own integrity, for want of the extension amcheck or the right to run it"

    def condition(self) -> Condition:
        """The server, and the settings on which hangs that what is acknowledged is there."""
        version, server, size, synced, whole, checked = self._read("condition")[0]
        unsafe = [name for name, on in (("fsync", synced), ("full_page_writes", whole)) if not on]
        return Condition(
            schema=version,
            told=f"PostgreSQL {server}, tables of {size:,} bytes",
            bytes=size,
            bad=f"{' and '.join(unsafe)} off: a power cut may take what was acknowledged; set to on in postgresql.conf" if unsafe else None,
            warning=None if checked else "the cluster has no data checksums, so damage on its disk is not noticed; pg_checksums --enable",
        )

    def schema(self) -> list[tuple[Any, ...]]:
        """The tables and indexes as they are: columns, conditions and indexes, by name."""
        return sorted(self._read("schema"))

    def schema_made(self) -> list[tuple[Any, ...]]:
        """The tables and indexes as the migrations make them."""
        lines = files(__package__).joinpath("schema.tsv").read_text("utf-8").splitlines()
        return [tuple(line.split("\t")) for line in lines]

    def dump(self, table: str) -> Generator[tuple[Any, ...], None, None]:
        """Every row of one derived table in the order of its key, for comparing stores."""
        ensure(table in _KEYS, f"{table} is no table that is compared")
        yield from self._pages(f"dump_{table}", *_KEYS[table])

    def close(self) -> None:
        self._connection.close()
