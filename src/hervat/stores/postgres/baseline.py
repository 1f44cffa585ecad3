"""The bench's baseline on a server, COPY into one table with two unique indexes; and schemas to measure and to rehearse in."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from hervat.errors import StoreFault
from hervat.stores.postgres.address import address_of
from hervat.stores.statements import statements_of

_SQL = {name: text for name, text in statements_of("hervat.stores.postgres").items() if name.startswith("bench_")}


class Table:
    """Rows of (source, id, sequence, message), copied in batches, each a commit as in the engine; no row may be there already."""

    def __init__(self, url: str) -> None:
        self._db = psycopg.connect(url, autocommit=True)
        self._db.execute(_SQL["bench_table"].encode())

    def put(self, rows: Iterable[tuple[str, str, int, bytes]]) -> None:
        with self._db.cursor() as cursor, cursor.copy(_SQL["bench_put"].encode()) as copy:
            copy.set_types(("text", "text", "int8", "bytea"))
            for row in rows:
                copy.write_row(row)

    def close(self) -> None:
        self._db.close()


class ServerGround:
    """Schemas of their own in somebody's database; nothing else in it is touched. Raises StoreFault where that is not allowed."""

    def __init__(self, url: str, folder: Path, purpose: str) -> None:
        self.folder = folder
        self._prefix = f"hervat_{purpose}_"
        self._url, self._shown = url, address_of(url).shown
        self._made: set[str] = set()
        with self._connected() as db:
            self.engine = f"PostgreSQL {db.info.parameter_status('server_version')}"

    def store(self, name: str) -> str:
        schema = f"{self._prefix}{name}"
        self._execute("bench_no_schema", schema)
        self._execute("bench_schema", schema)
        self._made.add(schema)
        # Of an option that is given twice the last counts.
        return f"{self._url}{'&' if '?' in self._url else '?'}options=-csearch_path%3D{schema}"

    def table(self) -> Table:
        return Table(self.store("table"))

    def clear(self) -> None:
        for path in self.folder.iterdir():
            path.unlink()
        while self._made:
            self._execute("bench_no_schema", self._made.pop())

    def _execute(self, name: str, schema: str) -> None:
        with self._connected() as db:
            db.execute(SQL(_SQL[name]).format(Identifier(schema)))

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection]:
        try:
            with psycopg.connect(self._url, autocommit=True) as db:
                yield db
        except psycopg.Error as fault:
            raise StoreFault(f"{self._shown}: {' '.join(str(fault).split())}; it must be allowed to make schemas there") from fault
