"""A store that is asked once for each thing: for whoever asks much of one state of it.

What was read is kept, so it is for a store that nobody writes to meanwhile, or for as long as its head stays as it was. What is asked
for many at once, ahead, costs one question; whoever asks for each of them then asks nothing.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from hervat.journal.entry import Entry
from hervat.journal.store import Feed, Head, Row, Store

Key = TypeVar("Key")
Found = TypeVar("Found")
_MOST = 200_000
"""So many things of a sort are kept, and then begun with anew."""


class _Kept(dict[Any, Any]):
    """What was found of each thing that was asked for; of what there is none, that."""

    def of(self, asked: Iterable[Key], ask: Callable[[list[Key]], dict[Key, Found]]) -> dict[Key, Found]:
        """What there is of what is asked for."""
        wanted = list(asked)
        if not wanted:
            return {}
        if len(self) > _MOST:
            self.clear()
        if fresh := [one for one in wanted if one not in self]:
            found = ask(list(dict.fromkeys(fresh)))
            self.update((one, found.get(one)) for one in fresh)
        return {one: kept for one in wanted if (kept := self[one]) is not None}


class Remembered:
    """The reading of a store. What is not remembered here is asked of the store itself."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._head, self._feeds = store.head(), store.feeds()
        self._rows, self._idents, self._links, self._entries = _Kept(), _Kept(), _Kept(), _Kept()
        self._amendments, self._named, self._about, self._acts = _Kept(), _Kept(), _Kept(), dict[str, list[int]]()
        self._messages = dict[int, int]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def head(self) -> Head:
        return self._head

    def feeds(self) -> list[Feed]:
        return self._feeds

    def entries_at(self, positions: Iterable[int]) -> dict[int, Entry]:
        return self._entries.of(positions, self._store.entries_at)

    def rows_at(self, positions: Iterable[int]) -> dict[int, Row]:
        return self._rows.of(positions, self._rows_at)

    def _rows_at(self, positions: list[int]) -> dict[int, Row]:
        found = self._store.rows_at(positions)
        self._idents.update((row.ident, row) for row in found.values())
        return found

    def rows_by_ident(self, idents: Iterable[bytes]) -> dict[bytes, Row]:
        return self._idents.of(idents, self._store.rows_by_ident)

    def links(self, keys: Iterable[bytes]) -> dict[bytes, dict[int, bool]]:
        return self._links.of(keys, self._near)

    def _near(self, keys: list[bytes]) -> dict[bytes, dict[int, bool]]:
        """Whoever asks who speaks of a key asks next for these messages, for what they say, and for what amends them."""
        near = self._store.near(keys)
        self._rows.update(near.rows)
        self._entries.update(near.entries)
        self._idents.update((row.ident, row) for row in near.rows.values())
        self._amendments.update((row.ident, near.amendments.get(row.ident)) for row in near.rows.values())
        return near.links

    def amendments_of(self, idents: Iterable[bytes]) -> dict[bytes, list[int]]:
        return self._amendments.of(idents, self._store.amendments_of)

    def acts_by_ident(self, idents: Iterable[bytes]) -> dict[bytes, int]:
        return self._named.of(idents, self._store.acts_by_ident)

    def last_message(self, last: int) -> int:
        if last not in self._messages:
            self._messages[last] = self._store.last_message(last)
        return self._messages[last]

    def acts(self, kind: str, last: int) -> list[int]:
        if kind not in self._acts:
            self._acts[kind] = self._store.acts(kind, self._head.size)
        listed = self._acts[kind]
        return listed[: bisect_right(listed, last)]

    def held_about(self, subjects: Iterable[bytes]) -> list[Row]:
        return [row for rows in self._about.of(subjects, self._held_about).values() for row in rows]

    def _held_about(self, subjects: list[bytes]) -> dict[bytes, list[Row]]:
        found: dict[bytes, list[Row]] = {}
        for row in self._store.held_about(subjects):
            found.setdefault(row.subject or b"", []).append(row)
        return found
