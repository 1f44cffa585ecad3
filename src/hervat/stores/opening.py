"""From a store's address to its engine: `place_of` knows every sort of address, and nobody else does.

An engine is loaded when a store of its sort is opened: whoever runs on a file needs nothing of a server.
"""

import os
import re
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from hervat.errors import StoreFault, Usage
from hervat.journal.store import Store
from hervat.stores.condition import Condition
from hervat.stores.putting import put_journal
from hervat.stores.sqlite import SQLiteStore, copy_file

_FILE = re.compile(r"sqlite:///(?P<path>.+)")
_SERVER = re.compile(r"postgres(ql)?://")


class Engine(Store, Protocol):
    """A store with what verifying it and looking after it need beyond the port."""

    @property
    def keys_beside(self) -> Path:
        """Where the node's keys lie unless something else is said."""
        ...

    @property
    def keys_own(self) -> Path:
        """Where they lie, or would, under a name by which no other store finds them."""
        ...

    @property
    def writers_place(self) -> str:
        """A name for the writer's place of this store, which no other store has: the same for whoever reads, and for the writer."""
        ...

    def last_position(self) -> int: ...

    def snapshot(self) -> AbstractContextManager[None]: ...

    def integrity(self) -> str | None:
        """What the engine's own check finds wrong, or None."""
        ...

    def not_checked(self) -> str | None:
        """What of its own integrity the engine cannot check here, and why, or None."""
        ...

    def condition(self) -> Condition: ...

    def dump(self, table: str) -> Generator[tuple[Any, ...], None, None]:
        """Every row of one derived table in the order of its key; the same values on every engine."""
        ...

    def schema(self) -> list[tuple[Any, ...]]:
        """The tables and indexes as they are, each with its name first."""
        ...

    def schema_made(self) -> list[tuple[Any, ...]]:
        """The same as the migrations make them."""
        ...


class Place(Protocol):
    """Where a store is, or may be made. `shown` is its address as people may see it."""

    @property
    def shown(self) -> str: ...

    @property
    def file(self) -> Path | None:
        """The file that the store is, where it is one."""
        ...

    @property
    def files(self) -> Sequence[Path]:
        """All files that the store consists of here, its keys included."""
        ...

    def is_there(self) -> bool: ...

    def is_writable(self) -> bool:
        """Whether this process may write where the store is, as far as can be told without trying."""
        ...

    def open(self, *, writer: bool) -> Engine:
        """Open the store; where there is none an empty one is made first."""
        ...

    @property
    def keys_beside(self) -> Path:
        """Where the keys of a store lie that is or will be there, unless something else is said."""
        ...

    def copy(self, to: Path) -> None:
        """Write the journal as of one committed change into a SQLite file that is not there yet."""
        ...


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A store in a SQLite file."""

    shown: str
    file: Path

    @property
    def keys_beside(self) -> Path:
        return self.file.with_name(self.file.name + ".key")

    @property
    def files(self) -> Sequence[Path]:
        real = Path(os.path.realpath(self.file))
        return [*(real.with_name(real.name + end) for end in ("", "-wal", "-shm", ".lock")), self.keys_beside]

    def copy(self, to: Path) -> None:
        """Raises StoreFault for what is no store or cannot be copied."""
        copy_file(self.file, to)

    def is_there(self) -> bool:
        return self.file.exists()

    def is_writable(self) -> bool:
        """A store that is not there yet hinders nobody: that it is not is told first."""
        real = Path(os.path.realpath(self.file))
        return not real.exists() or all(os.access(one, os.W_OK) for one in (real, real.parent))

    def open(self, *, writer: bool) -> Engine:
        """Raises StoreBusy where another process writes, StoreFault where the file cannot be made or is no store."""
        if not self.file.exists():
            try:
                self.file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as fault:
                raise StoreFault(f"{self.file.parent} cannot be made: {fault.strerror}; choose another --store") from fault
            SQLiteStore(self.file, writer=True).close()
        return SQLiteStore(self.file, writer=writer)


@dataclass(frozen=True, slots=True)
class ServerPlace:
    """A store in a schema of a PostgreSQL database."""

    url: str
    shown: str
    file: None = None
    files: Sequence[Path] = ()

    def is_there(self) -> bool:
        from hervat.stores.postgres import Absent, PostgresStore

        try:
            with closing(PostgresStore(self.url, writer=False)):
                return True
        except Absent:
            return False

    def is_writable(self) -> bool:
        """A server tells when it is asked to write, and why not."""
        return True

    def open(self, *, writer: bool) -> Engine:
        """Raises StoreBusy where another process writes, StoreFault where there is no server or what is there is no store."""
        from hervat.stores.postgres import Absent, PostgresStore

        try:
            return PostgresStore(self.url, writer=writer)
        except Absent:
            PostgresStore(self.url, writer=True).close()
            return PostgresStore(self.url, writer=writer)

    @property
    def keys_beside(self) -> Path:
        from hervat.stores.postgres import keys_beside

        return keys_beside(self.url)

    def copy(self, to: Path) -> None:
        """The journal alone: what stands beside it is folded again by whoever first writes to the copy."""
        from hervat.stores.postgres import PostgresStore

        with ExitStack() as stack:
            store = stack.enter_context(closing(PostgresStore(self.url, writer=False)))
            stack.enter_context(store.snapshot())
            into = stack.enter_context(closing(SQLiteStore(to, writer=True, durable=False)))
            put_journal(store.head(), store.entries(1, store.last_position()), into)
            into.settle()


def place_of(url: str) -> Place:
    """The place that a store's address names; raises Usage for what is none."""
    if _SERVER.match(url):
        return ServerPlace(url, _shown(url))
    named = _FILE.fullmatch(url)
    if named is None or not Path(named["path"]).name:
        # A password may stand in what was meant as a server's address.
        told = url if ":" not in url or url.startswith("sqlite:") else f"{url.partition(':')[0]}:..."
        raise Usage(
            f"{told!r} names no store; give sqlite:///relative.db, sqlite:////absolute.db or postgresql://user@host:port/database"
        )
    return FilePlace(url, Path(named["path"]))


def _shown(url: str) -> str:
    try:
        from hervat.stores.postgres import address_of
    except ImportError as fault:
        raise Usage(f"stores on PostgreSQL need the package psycopg ({fault}); install hervat[postgres]") from fault
    return address_of(url).shown
