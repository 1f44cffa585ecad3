"""The SQLite engine of the Store port.

- What is settled is on disk: WAL with `synchronous = FULL`.
- The WAL is moved into the database between changes and never by itself, so that a torn WAL always leaves a prefix of the changes.
- One writer: the process that holds the lock beside the file. Readers need none and see the last committed change.
- A new store is made beside its place and then put there: whatever ends the making, there is a whole store or none.
- A file without our mark is never written to, not even an empty one: it is something else's, or it was a store and was lost.
- The schema is a row of numbered migrations; a store of a newer version is refused, an older one is brought up by the writer.
"""

import os
import sqlite3
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import astuple
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

from msgspec import structs

from hervat.errors import StoreFault
from hervat.journal.placing import sync
from hervat.journal.store import WHOLE, Change, Declared, Head, Hindrance, Row
from hervat.stores.asked import AskedInSql
from hervat.stores.condition import Condition
from hervat.stores.sqlite.copying import OURS, is_ours
from hervat.stores.sqlite.lock import WriterLock, lock_of
from hervat.stores.sqlite.statements import migrations, statements

_COLUMNS = Row.__struct_fields__
_CHANGED = attrgetter(*_COLUMNS[_COLUMNS.index("needs") :], "position")
_LEFT = attrgetter("parts", "box", "position")
_MANY = (8, 64, 512)
"""How many values a question is asked with at once: few lengths, so that SQLite need not read a new text for every question."""
_PATIENCE = "PRAGMA busy_timeout = 10000"
_END_READING = "end what reads from this store, then run hervat erase --pending"
_LOOK = "check the disk and the file's rights, then run hervat verify"
_NOT_YOURS = "who only reads writes the index of its log beside it, too: ask as its owner, or put it and its keys where you may write"
_WAL_LIMIT = 32 * 1024 * 1024

# Before it binds a value that is no number, text or bytearray, the driver looks in three places for who adapts it; of bytes and None, of
# which most of a row is, that takes longer than all the rest. One that is found in the first place, and changes nothing, halves it.
sqlite3.register_adapter(bytes, bytes.__bytes__)
sqlite3.register_adapter(type(None), {None: None}.get)


class SQLiteStore(AskedInSql):
    """A store in one SQLite file; `writer=True` takes the writer's place and makes or migrates the file.

    Raises StoreBusy where another process writes, StoreFault where the file is no store, is damaged or cannot be reached.
    """

    def __init__(self, path: Path, *, writer: bool, durable: bool = True) -> None:
        """`durable=False` is for scratch stores alone: nothing is synced, and of an unsettled change nothing is written twice."""
        self.path = path
        self._durable = durable
        self._sql = statements()
        with ExitStack() as undo, self._faults():
            self._lock = WriterLock(path) if writer else None
            if self._lock is not None:
                undo.callback(self._lock.release)
                if not path.exists():
                    self._make()
            self._check_file()
            self._db = self._connect(path, "rw")
            undo.callback(self._db.close)
            self._check_mark()
            if writer:
                self._prepare_writer(self._db)
            else:
                self._db.execute("PRAGMA query_only = ON")
            self._check_version()
            undo.pop_all()

    @property
    def keys_beside(self) -> Path:
        """Where the node's keys lie unless something else is said."""
        return self.path.with_name(self.path.name + ".key")

    @property
    def keys_own(self) -> Path:
        """The same: a copy of the file has another name, or lies elsewhere."""
        return self.keys_beside

    @property
    def writers_place(self) -> str:
        """The lock's file, by device and number: it has these under every name and in every container."""
        with self._faults():
            about = os.stat(lock_of(self.path)) if self._lock is None else self._lock.about
        return f"{about.st_dev}:{about.st_ino}"

    def _make(self) -> None:
        """Make the store under another name and put it in its place; what an earlier attempt left there goes."""
        draft = self.path.with_name(self.path.name + ".new")
        for end in ("", "-wal", "-shm", "-journal"):
            draft.with_name(draft.name + end).unlink(missing_ok=True)
        with closing(self._connect(draft, "rwc")) as db:
            db.execute(f"PRAGMA application_id = {OURS}")
            self._prepare_writer(db)
        draft.rename(self.path)
        sync(self.path.parent)

    @staticmethod
    def _connect(path: Path, mode: str) -> sqlite3.Connection:
        address = f"{path.absolute().as_uri()}?mode={mode}"
        db = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False, cached_statements=256)
        with ExitStack() as undo:
            undo.callback(db.close)
            db.execute(_PATIENCE)
            db.execute("PRAGMA cache_size = -200000")
            db.execute("PRAGMA temp_store = MEMORY")
            undo.pop_all()
        return db

    def _prepare_writer(self, db: sqlite3.Connection) -> None:
        # In a log every page would be written once more. What is new needs no journal, so a scratch store that is never settled has none.
        db.execute(f"PRAGMA journal_mode = {'WAL' if self._durable else 'MEMORY'}")
        db.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'OFF'}")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute("PRAGMA secure_delete = ON")
        for number, script in migrations():
            if number > db.execute("PRAGMA user_version").fetchone()[0]:
                db.executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number}; COMMIT;")

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def _check_file(self) -> None:
        if not self.path.is_file():
            raise StoreFault(f"{self.path} is no file, so it is no store; give another --store")
        if not self.path.stat().st_size:
            raise StoreFault(f"{self.path} is an empty file and no store; put its copy back, or remove the file to begin anew")

    def _check_mark(self) -> None:
        if not is_ours(self._db):
            raise StoreFault(f"{self.path} is a database, but not one of hervat; give another --store, or put the store back")

    def _check_version(self) -> None:
        known, found = migrations()[-1][0], self._version()
        if found > known:
            raise StoreFault(f"{self.path}: the store has schema {found}, this hervat knows up to {known}; use a newer hervat")
        if found < known:
            raise StoreFault(f"{self.path}: the store has schema {found}, this hervat needs {known}; any writing command brings it up")

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, UnicodeDecodeError) as fault:
            # The last one where what is wrong is told with the bytes that are wrong, as in a damaged schema.
            read_only = getattr(fault, "sqlite_errorname", "").startswith("SQLITE_READONLY")
            raise StoreFault(f"{self.path}: {fault}; {_NOT_YOURS if read_only else _LOOK}") from fault

    def _read(self, name: str, *values: Any) -> list[Any]:
        with self._faults():
            return self._db.execute(self._sql[name], values).fetchall()

    def _many(self, name: str, values: Iterable[Any], *before: Any) -> Iterator[Any]:
        asked = list(values)
        for start in range(0, len(asked), _MANY[-1]):
            piece = asked[start : start + _MANY[-1]]
            piece += piece[-1:] * (next(length for length in _MANY if length >= len(piece)) - len(piece))
            text = self._sql[name].replace("(:many)", f"({','.join('?' * len(piece))})")
            with self._faults():
                yield from self._db.execute(text, (*before, *piece)).fetchall()

    def head(self) -> Head:
        found = self._read("head")
        if found and not all(isinstance(found[0][place], int) for place in (0, -1)):
            raise StoreFault(f"{self.path}: the head is no head, so the file is damaged; put its copy back, or run hervat verify")
        return Head(*found[0]) if found else Head()

    def rows_by_sequence(self, places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
        by_source: dict[int, list[int]] = {}
        for source, sequence in places:
            by_source.setdefault(source, []).append(sequence)
        return {
            (source, sequence): position
            for number, sequences in by_source.items()
            for source, sequence, position in self._many("rows_by_place", sequences, number)
        }

    def links(self, keys: Iterable[bytes]) -> dict[bytes, dict[int, bool]]:
        found: dict[bytes, dict[int, bool]] = {}
        for key, position, live in self._many("links", keys):
            found.setdefault(key, {})[position] = bool(live)
        return found

    def refused(self) -> Iterator[Row]:
        yield from (Row(*row) for row in self._read("refused"))

    def changed(self, after: int) -> list[int]:
        with self._faults():
            return [row[0] for row in self._db.execute(self._sql["changed"], {"after": after})]

    def held_at(self, position: int) -> list[Row]:
        with self._faults():
            return [Row(*row) for row in self._db.execute(self._sql["held_at"], {"position": position})]

    def declared(self, source: int, kind: str) -> Iterator[Declared]:
        with self._faults():
            for row in self._db.execute(self._sql["declared"], (source, kind)):
                yield Declared(*row)

    def gaps(self, source: int, after: int, last: int) -> list[tuple[int, int]]:
        with self._faults():
            return self._db.execute(self._sql["gaps"], {"source": source, "after": after, "last": last}).fetchall()

    def contiguous(self, source: int, after: int, last: int) -> int:
        with self._faults():
            for (sequence,) in self._db.execute(self._sql["sequences_above"], {"source": source, "after": after, "last": last}):
                if sequence != after + 1:
                    break
                after = sequence
        return after

    def tally_at(self, position: int) -> dict[tuple[int, int], tuple[int, int | None]]:
        with self._faults():
            found = self._db.execute(self._sql["tally_at"], {"position": position}).fetchall()
        return {(source, state): (count, lowest) for source, state, count, lowest in found}

    def lives(self) -> Iterator[tuple[int, int | None]]:
        with self._faults():
            yield from self._db.execute(self._sql["lives"])

    def write(self, change: Change, *, settle: bool = True) -> None:
        with self._faults():
            try:
                if not self._db.in_transaction:
                    self._db.execute("BEGIN IMMEDIATE")
                self._put(change)
            except BaseException:
                self._db.rollback()
                raise
        if settle:
            self.settle()

    def settle(self) -> None:
        with self._faults():
            try:
                if self._db.in_transaction:
                    self._db.execute("COMMIT")
            except BaseException:
                self._db.rollback()
                raise
            self._move_wal()

    def abandon(self) -> None:
        self._db.rollback()

    def _put(self, change: Change) -> None:
        if change.entries and change.entries[0].position != (last := self.last_position()) + 1:
            raise StoreFault(f"{self.path}: position {change.entries[0].position} does not follow on {last}; another writer was here")
        put, sql = self._db.executemany, self._sql
        put(sql["put_entry"], map(structs.astuple, change.entries))
        put(sql["erase_entry"], map(_LEFT, change.erased_entries))
        put(sql["seal_entry"], [(box, position) for position, box in change.boxes.items()])
        put(sql["put_tile"], [(tile.level, tile.index, tile.hash) for tile in change.tiles])
        put(sql["put_feed"], map(astuple, change.feeds))
        put(sql["put_row"], map(structs.astuple, change.new_rows))
        put(sql["change_row"], map(_CHANGED, change.changed_rows))
        put(sql["forget_time"], [(row.position,) for row in change.changed_rows if row.erased >= WHOLE])
        # A truth value would have to be adapted, a number need not. What lies together in the index is put together.
        links = [(key, position, int(live)) for (key, position), live in change.links.items() if live is not None]
        put(sql["put_link"], sorted(links, key=itemgetter(0)))
        put(sql["drop_link"], [place for place, live in change.links.items() if live is None])
        put(sql["put_missing"], [(*place, last) for place, last in change.missing.items() if last is not None])
        put(sql["drop_missing"], [place for place, last in change.missing.items() if last is None])
        put(sql["put_gone"], map(astuple, change.gone))
        put(sql["put_turn"], map(astuple, change.turns))
        put(sql["put_declared"], map(astuple, change.declared))
        put(sql["put_act"], [(act.position, act.kind, act.ident) for act in change.acts])
        self._db.execute(sql["put_head"], astuple(change.head))

    def _move_wal(self) -> None:
        """Move the WAL into the database once it is long; a reader may hinder that, and then the next change tries again."""
        wal = self.path.with_name(self.path.name + "-wal")
        if wal.exists() and wal.stat().st_size > _WAL_LIMIT:
            # Who reads for long must not make every change wait for as long as a lock is waited for.
            self._db.execute("PRAGMA busy_timeout = 0")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._db.execute(_PATIENCE)

    def scrub(self, last: int) -> Hindrance | None:
        """Write the file anew and empty the WAL; what hinders that, or None.

        Zeroes over what is deleted (`secure_delete`) are not enough: a page that was moved or split leaves its old bytes where it was.
        What is written anew passes through a temporary file, in which nothing is that was erased.
        """
        with self._faults():
            self._db.execute("PRAGMA temp_store = FILE")
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA temp_store = MEMORY")
            busy = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return Hindrance("another process is reading, and what it reads may not go", _END_READING) if busy else None

    def unscrubbed(self, last: int) -> Hindrance:
        """A file does not come to be written anew by itself."""
        return Hindrance("the file is not written anew yet, or somebody was reading it then", _END_READING)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Whatever is read within is of one and the same change, the last at the first reading, whoever writes meanwhile."""
        with self._faults():
            self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.rollback()

    def integrity(self) -> str | None:
        """What SQLite's own check finds wrong with the file, or None."""
        with self._faults():
            found = self._db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        return None if found == "ok" else str(found)

    def not_checked(self) -> None:
        """SQLite checks all of its file."""

    def condition(self) -> Condition:
        """The file, and its log: one that is long is one that somebody's reading keeps from being moved."""
        log = self.path.with_name(self.path.name + "-wal")
        with self._faults():
            mode = self._db.execute("PRAGMA journal_mode").fetchone()[0]
            size, waiting = self.path.stat().st_size, log.stat().st_size if log.exists() else 0
        long = f"its log has grown to {waiting >> 20} MiB: something has been reading for long, see what, and end it"
        return Condition(
            schema=self._version(),
            told=f"SQLite {sqlite3.sqlite_version}, a file of {size:,} bytes and a log of {waiting:,}",
            bytes=size + waiting,
            bad=None if mode == "wal" else f"the file is in the mode {mode}; any writing command puts it in WAL",
            warning=long if waiting > 8 * _WAL_LIMIT else None,
        )

    def schema(self) -> list[tuple[Any, ...]]:
        """The tables and indexes as they are."""
        return self._read("schema")

    def schema_made(self) -> list[tuple[Any, ...]]:
        """The tables and indexes as the migrations make them."""
        with closing(sqlite3.connect(":memory:")) as db:
            for _, script in migrations():
                db.executescript(script)
            return db.execute(self._sql["schema"]).fetchall()

    def dump(self, table: str) -> Generator[tuple[Any, ...], None, None]:
        """Every row of one derived table in the order of its key, for comparing stores."""
        with self._faults():
            yield from self._db.execute(self._sql[f"dump_{table}"])

    def close(self) -> None:
        self._db.close()
        if self._lock is not None:
            self._lock.release()
