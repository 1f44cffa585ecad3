"""The embedded engine: one file, WAL, every commit synced before it is acknowledged."""

from hervat.stores.sqlite.copying import copy_file, is_ours
from hervat.stores.sqlite.engine import SQLiteStore
from hervat.stores.sqlite.lock import WriterLock

__all__ = ["SQLiteStore", "WriterLock", "copy_file", "is_ours"]
