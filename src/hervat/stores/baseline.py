"""The bench's grounds and baselines: places that are made, measured in and thrown away, with one table and two unique indexes in them
for what a database alone would cost.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Protocol

from hervat.stores.opening import place_of

SQLITE_VERSION = sqlite3.sqlite_version


class Table(Protocol):
    """Rows of (source, id, sequence, message), put in batches, each a synced commit as in the engine."""

    def put(self, rows: Iterable[tuple[str, str, int, bytes]]) -> None: ...

    def close(self) -> None: ...


class Ground(Protocol):
    """Where to measure: stores by name, the bare table, and a folder for what lies beside them."""

    folder: Path
    engine: str

    def store(self, name: str) -> str:
        """The address of a store that is not there yet."""
        ...

    def table(self) -> Table: ...

    def clear(self) -> None:
        """Throw away all stores and tables."""
        ...


class FileTable:
    """The table in a SQLite file."""

    def __init__(self, path: Path) -> None:
        create, self._put = files("hervat.stores").joinpath("baseline.sql").read_text("utf-8").split("-- put\n")
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(create)

    def put(self, rows: Iterable[tuple[str, str, int, bytes]]) -> None:
        self._db.execute("BEGIN")
        self._db.executemany(self._put, rows)
        self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()


class FileGround:
    """Files in a folder."""

    engine = f"SQLite {SQLITE_VERSION}"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def store(self, name: str) -> str:
        return f"sqlite:///{self.folder / name}.db"

    def table(self) -> Table:
        return FileTable(self.folder / "table.db")

    def clear(self) -> None:
        for path in self.folder.iterdir():
            path.unlink()


@contextmanager
def ground_of(url: str, folder: Path, purpose: str = "bench", *, keep: bool = False) -> Iterator[Ground]:
    """Where to measure beside a store: files in `folder`, or schemas in the same database, named after the purpose.

    Nothing of the store itself is touched. Schemas are thrown away at the end, unless they are kept.
    """
    if place_of(url).file is not None:
        yield FileGround(folder)
        return
    from hervat.stores.postgres.baseline import ServerGround

    ground = ServerGround(url, folder, purpose)
    try:
        yield ground
    finally:
        if not keep:
            ground.clear()
