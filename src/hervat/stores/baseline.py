"""The bench's baseline: one table, two unique indexes, nothing else. It is what a database alone would cost."""

import sqlite3
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

SQLITE_VERSION = sqlite3.sqlite_version


class Table:
    """Rows of (source, id, sequence, message), put in batches, each a synced commit as in the engine; what is there is passed over."""

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
