"""Where the keys of a store on a server lie unless something else is said: in the current directory, under a name of the store's own.

- `DATABASE.SCHEMA@CLUSTER.key`, without the schema where that is `public`. The cluster is the number that PostgreSQL gave the files of the
  server when they were made: by whichever address it is reached, and on a standby, it is the same. Two servers have one where the files of
  the one were copied from the other, a standby that was promoted among them: then it is for people to keep the two apart.
- An earlier hervat left the cluster out, so that stores of one name on two servers came to have one file. Such a file, or one under the
  number of the server that a store was moved or copied from, is the store's where it opens a box of it, and is used where it lies. It may
  be another store's as well: keys are rotated under the store's own name alone (`Node.rotate`).
- Of an empty store nothing tells which keys are its own. Then nobody guesses.
"""

from collections.abc import Iterator
from glob import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from hervat.errors import KeysFault
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store


class Names(NamedTuple):
    """What tells a store from all others: the number of its server, its database and its schema."""

    cluster: str
    database: str
    schema: str

    @property
    def _stem(self) -> str:
        # A dot parts the two, so none stands in either.
        return ".".join(quote(name, safe="").replace(".", "%2E") for name in (self.database, *self._schema))

    @property
    def _schema(self) -> tuple[str, ...]:
        return () if self.schema == "public" else (self.schema,)

    @property
    def own(self) -> Path:
        """The keys file that is this store's alone."""
        return Path(f"{self._stem}@{self.cluster}.key")

    @property
    def earlier(self) -> Path:
        """As it was called before the server stood in it."""
        return Path(".".join(quote(name, safe="") for name in (self.database, self.schema) if name != "public") + ".key")

    def others(self) -> list[Path]:
        """The files that are there under a name which the keys of this store may have had."""
        return [*filter(Path.exists, [self.earlier]), *sorted(Path().glob(f"{escape(self._stem)}@*.key"))]


def keys_of(names: Names, store: Store | None) -> Path:
    """Where the keys are, or will be made, of a store that is there, or of None where it is not.

    Raises KeysFault where the store is empty and a file is there that an earlier hervat may have made for it.
    """
    if names.own.exists() or store is None:
        return names.own
    if store.head().size:
        return next(_fitting(names.others(), store), names.own)
    if names.earlier.exists():
        raise KeysFault(
            f"the store is empty, so nothing tells whether {names.earlier}, named as an earlier hervat did, has its keys; if it has, give "
            f"it the name {names.own}; if it is another store's, say HERVAT_KEYS={names.own} once, and keys are made there"
        )
    return names.own


def _fitting(files: list[Path], store: Store) -> Iterator[Path]:
    """Those that open a box of the store: the first or the last, one of which may be damaged."""
    boxes = store.boxes((1, store.head().size))
    return (path for path in files if any(_opens(path, position, box) for position, box in boxes.items()))


def _opens(path: Path, position: int, box: bytes) -> bool:
    try:
        NodeKeys.load(path).open(position, box)
    except KeysFault:
        return False
    return True
