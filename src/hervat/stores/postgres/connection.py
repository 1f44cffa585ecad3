"""One connection to the server, the writer's place on it, and faults in words.

- The store is one schema of one database: the first in which the connection looks up names, `public` unless the address says otherwise.
- The writer's place is an advisory lock under the number of that schema. It belongs to the connection and ends with it, whatever ends it.
- A schema that is empty becomes a store; one that has anything in it and not our mark is never written to.
- The schema is a row of numbered migrations; a store of a newer version is refused, an older one is brought up by the writer.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Lock
from time import sleep
from typing import Any, cast

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus
from psycopg.sql import SQL, Identifier

from hervat.errors import StoreBusy, StoreFault
from hervat.stores.postgres.address import address_of
from hervat.stores.postgres.keeping import Names
from hervat.stores.statements import migrations_of, statements_of

_ROOM = "hervat.stores.postgres"
_OURS = int.from_bytes(b"hrvt", "big") << 32
_OLDEST = 150_000
_CHECKS = ("check_tables", "check_indexes")
# Who was killed is gone from the server a moment later; a server that went down needs longer to come back.
_TURNS_FOR_THE_PLACE, _TURN = 10, 0.1
_TURNS_FOR_THE_SERVER, _LONG_TURN = 30, 0.5

_WORDS: tuple[tuple[type[psycopg.Error], str], ...] = (
    (errors.DiskFull, "the server's disk is full: make room there and run the same command again"),
    # Where a file may grow no further: a quota, or a limit on its size.
    (errors.ProgramLimitExceeded, "make room on the server and run the same command again"),
    (errors.InsufficientPrivilege, "the database must belong to this role, or its owner must grant it the right"),
    (errors.ReadOnlySqlTransaction, "this server only reads, as a standby does; give the address of the one that writes"),
    (errors.UniqueViolation, "another writer was here, or the store is damaged; run hervat verify"),
    (psycopg.OperationalError, "see to the server and run the same command again; what was acknowledged is kept"),
)


class Absent(StoreFault):
    """There is no store in this schema yet, and nothing else either."""


def names_of(url: str) -> Names:
    """What an address leads to; raises StoreFault where there is no server."""
    address, sql = address_of(url), statements_of(_ROOM)
    try:
        with psycopg.connect(**cast(dict[str, Any], address.parameters), autocommit=True) as db:
            database, schema, *_ = db.execute(sql["where"].encode()).fetchall()[0]
            ((cluster,),) = db.execute(sql["cluster"].encode()).fetchall()
    except psycopg.Error as fault:
        raise _fault(address.shown, fault) from fault
    return Names(cluster, database, schema or "public")


# What psycopg logs besides is the wake of a fault that it raises, which is told once, in our words.
logging.getLogger("psycopg").addHandler(logging.NullHandler())


class Connection:
    """A connection to a store. `writer=True` takes the writer's place and makes or migrates the schema.

    Raises Usage for what is no address, StoreBusy where another process writes, StoreFault where there is no store or no server.
    """

    def __init__(self, url: str, *, writer: bool) -> None:
        self._address = address_of(url)
        self._writer = writer
        self.sql = {name: text.encode() for name, text in statements_of(_ROOM).items()}
        self.database = self.schema = ""
        self._number = 0
        self._asking = Lock()
        self._connect()

    @property
    def shown(self) -> str:
        """The address without passwords."""
        return self._address.shown

    @property
    def names(self) -> Names:
        """What tells this store from all others."""
        with self.faults():
            return Names(self.ask("cluster")[0][0], self.database, self.schema)

    @property
    def writes(self) -> bool:
        """Whether it has the writer's place."""
        return self._writer

    def _connect(self) -> None:
        try:
            self.db = psycopg.connect(**cast(dict[str, Any], self._address.parameters), autocommit=True)
        except psycopg.Error as fault:
            raise _fault(self.shown, fault) from fault
        self._cursor = self.db.cursor(binary=True)
        try:
            with self.faults():
                self._settle_in()
        except BaseException:
            self.db.close()
            raise

    def _settle_in(self) -> None:
        database, schema, number, encoding, server = self.ask("where")[0]
        if server < _OLDEST:
            raise StoreFault(f"{self.shown}: the server is PostgreSQL {server // 10_000}; hervat needs 15 or newer")
        if encoding != "UTF8":
            raise StoreFault(f"{self.shown}: the database keeps text as {encoding}; make one with the encoding UTF8")
        if number is None:
            raise StoreFault(
                f"{self.shown}: the schema in which the store should be is not there, or this role may not use it; "
                "make it, or give another --store"
            )
        self.database, self.schema, self._number = database, schema, number
        self.ask("settle_in", schema)
        if self._writer:
            self.ask("settle_in_to_write")
            self._take_place()
        self._check_mark()
        self._check_version()
        if self._writer:
            self.ask("staging_row")
            self.ask("staging_link")

    def _take_place(self) -> None:
        for turn in range(_TURNS_FOR_THE_PLACE):
            if self.ask("take_place", _OURS | self._number)[0][0]:
                return
            sleep(_TURN if turn else 0)
        holder = self.ask("holder", _OURS | self._number)
        raise StoreBusy(self.shown, _in_words(*holder[0]) if holder else None)

    def _check_mark(self) -> None:
        marked, filled = self.ask_named("mark", {"schema": self._number})[0]
        if not marked and filled:
            raise StoreFault(f"{self.shown} is a database, but not one of hervat; give another --store, or put the store back")
        if not marked and not self._writer:
            raise Absent(f"{self.shown}: there is no store yet; any writing command makes it")
        if self._writer:
            self._migrate(0 if not marked else self._version())

    def _migrate(self, version: int) -> None:
        """Bring the schema up in one transaction: whatever ends it, it was brought up or it was not touched."""
        later = [migration for migration in migrations_of(_ROOM) if migration[0] > version]
        with self.db.transaction():
            for number, script in later:
                self.db.execute(script.encode())
                self.ask("put_version", number)

    def _version(self) -> int:
        found = self.ask("version")
        return int(found[0][0]) if found else 0

    def _check_version(self) -> None:
        known, found = migrations_of(_ROOM)[-1][0], self._version()
        if found > known:
            raise StoreFault(f"{self.shown}: the store has schema {found}, this hervat knows up to {known}; use a newer hervat")
        if found < known:
            raise StoreFault(f"{self.shown}: the store has schema {found}, this hervat needs {known}; any writing command brings it up")

    def ask(self, name: str, *values: Any) -> list[Any]:
        """The rows that a statement gives; none where it gives none."""
        return self._rows(name, values or None)

    def ask_named(self, name: str, values: dict[str, Any]) -> list[Any]:
        """The same for a statement that asks for its values by name."""
        return self._rows(name, values)

    def _rows(self, name: str, values: Sequence[Any] | dict[str, Any] | None) -> list[Any]:
        # One cursor, which remembers how values are written and columns read; so one thread after the other.
        with self._asking:
            found = self._cursor.execute(self.sql[name], values, binary=True)
            # Whether there are columns, and not what each is: to describe them takes longer than most questions.
            return found.fetchall() if found.pgresult is not None and found.pgresult.nfields else []

    def checker(self) -> str | None:
        """The schema of PostgreSQL's own check, where this connection can make it."""
        found = self.ask("checker")
        return found[0][0] if found else None

    def integrity(self) -> str | None:
        """What PostgreSQL's own check finds, or None: also where it cannot be made."""
        place = self.checker()
        if place is None:
            return None
        tables, indexes = (SQL(self.sql[name].decode()).format(amcheck=Identifier(place)) for name in _CHECKS)
        damaged = next((f"{table}: {wrong}" for table, wrong in self.db.execute(tables) if wrong is not None), None)
        try:
            self.db.execute(indexes)
        except (errors.IndexCorrupted, errors.DataCorrupted) as fault:
            damaged = damaged or " ".join(str(fault).split())
        return damaged

    def begin(self, name: str) -> None:
        """Begin a transaction, unless one is under way."""
        if self.db.info.transaction_status == TransactionStatus.IDLE:
            self.ask(name)

    def commit(self, happened: Callable[[], bool]) -> None:
        """Commit; where the answer was lost with the connection, connect again and see whether it `happened`.

        Raises StoreFault where a fault has taken back what was to be committed. Only who has the writer's place again may look: while
        somebody else has it, that may be the process that is still committing.
        """
        if self.db.info.transaction_status == TransactionStatus.IDLE:
            raise StoreFault(f"{self.shown}: what was not settled was taken back; run the same command again")
        try:
            self.db.commit()
        except psycopg.OperationalError:
            if not self.db.closed or not (self._came_back() and happened()):
                raise

    def _came_back(self) -> bool:
        for _ in range(_TURNS_FOR_THE_SERVER):
            with suppress(StoreBusy, StoreFault):
                self._connect()
                return True
            sleep(_LONG_TURN)
        return False

    def undo(self) -> None:
        """Take back whatever is not committed; of a connection that is lost the server does so itself."""
        with suppress(psycopg.Error):
            self.db.rollback()

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Tell what the server or the way to it does wrong in words, and take back what was not committed.

        A writer whose connection was lost connects again. A reader does not: it would see another change than before.
        """
        if self.db.closed and self._writer:
            self._connect()
        try:
            yield
        except (psycopg.Error, UnicodeDecodeError) as fault:
            # The last one where what is wrong is told with the bytes that are wrong.
            self.undo()
            raise _fault(self.shown, fault) from fault

    def close(self) -> None:
        """Take back what is not committed, give up the place, and go."""
        self.undo()
        if self._writer:
            # The next writer need not wait until the server has noticed that this one is gone.
            with suppress(psycopg.Error):
                self.ask("leave_place", _OURS | self._number)
        self.db.close()


def _in_words(process: int, name: str | None, address: str | None) -> str:
    """Who holds the writer's place: its process on the server and, where this role may know, what it calls itself and from where."""
    return f"{name} (process {process} of the server, from {address or 'this machine'})" if name else f"process {process} of the server"


def _fault(shown: str, fault: Exception) -> StoreFault:
    do = next((words for sort, words in _WORDS if isinstance(fault, sort)), "see the server's log, then run hervat verify")
    return StoreFault(f"{shown}: {' '.join(str(fault).split())}; {do}")
