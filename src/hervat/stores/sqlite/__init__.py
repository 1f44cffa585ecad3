"""The embedded engine: one file, WAL, every commit synced before it is acknowledged."""

from hervat.stores.sqlite.engine import SQLiteStore

__all__ = ["SQLiteStore"]
