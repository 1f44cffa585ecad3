"""The mark by which a file is known as a store, and copying one while it is written to."""

import sqlite3
from contextlib import closing
from pathlib import Path

from hervat.errors import StoreFault
from hervat.stores.sqlite.statements import statements

OURS = int.from_bytes(b"hrvt", "big")


def is_ours(db: sqlite3.Connection) -> bool:
    """Whether a file has our mark; raises sqlite3.Error for what is no database."""
    return bool(db.execute("PRAGMA application_id").fetchone()[0] == OURS)


def copy_file(store: Path, to: Path) -> None:
    """A copy of the last committed change, of whatever schema, in one reading; no writer waits for it, and free pages are not copied.

    Raises StoreFault for what is no store or cannot be copied.
    """
    try:
        with closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)) as db:
            db.execute("PRAGMA busy_timeout = 10000")
            if not is_ours(db):
                raise StoreFault(f"{store} is a database, but not one of hervat; give another --store")
            db.execute(statements()["copy_whole"], (str(to),))
    except sqlite3.Error as fault:
        raise StoreFault(
            f"{store} cannot be copied to {to.parent}: {fault}; see that its disk has room for all of the store, then run hervat verify"
        ) from fault
