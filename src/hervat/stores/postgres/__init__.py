"""The engine on a server: PostgreSQL 15 or newer, one schema of a database, every commit synced before it is acknowledged."""

from hervat.stores.postgres.address import address_of
from hervat.stores.postgres.connection import Absent
from hervat.stores.postgres.engine import PostgresStore, keys_beside

__all__ = ["Absent", "PostgresStore", "address_of", "keys_beside"]
