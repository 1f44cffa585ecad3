"""The working set: the rows, links and waits that one step touches, read in batches and written back as one change.

- Whatever is read is kept, absences too, so that a batch asks the store a handful of questions and not thousands.
- What everybody waits for, and which messages are named by amendments, is known here as a whole: both are few, and every message
  asks for them.
- Nothing is written until `flush`; what a step leaves is one `Change` and commits whole or not at all.
- The set may outlive a batch while this process is the only writer; `trim` bounds its memory.
"""

from collections.abc import Iterable
from functools import cached_property

from hervat.journal.store import Change, Row, Store, Turn, keys_of

_LIMIT = 60_000
_NOBODY: frozenset[int] = frozenset()


class WorkingSet:
    """Rows by position and ident, links by key, waits by key, amendments by what they name; reads through to the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows: dict[int, Row] = {}
        self._idents: dict[bytes, int | None] = {}
        # Of a key that is not in `_loaded` only the links made here are known.
        self._links: dict[bytes, dict[int, bool]] = {}
        self._loaded: set[bytes] = set()
        self._amendments: dict[bytes, set[int]] = {}
        self._new: dict[int, Row] = {}
        self._changed: dict[int, Row] = {}
        self._relinked: dict[tuple[bytes, int], bool | None] = {}
        self.turns: list[Turn] = []

    @cached_property
    def _waiting(self) -> dict[bytes, set[int]]:
        """By key who waits for it. Read when a message asks for it: whoever only puts an act in the journal has no need of it."""
        found: dict[bytes, set[int]] = {}
        for key, position in self._store.waits():
            found.setdefault(key, set()).add(position)
        return found

    @cached_property
    def _named(self) -> set[bytes]:
        """The idents of the messages that amendments name."""
        return set(self._store.named())

    def preload(self, rows: Iterable[Row]) -> None:
        """Read in a few questions what these rows will ask for, and what those will that they may release: who they are, which amendments
        name them, and who gives the keys that they need.
        """
        fresh = list(rows)
        targets = {row.target for row in fresh if row.target is not None}
        idents = {row.ident for row in fresh} | {row.previous for row in fresh if row.previous is not None} | targets
        self._fetch_idents(idents)
        self._fetch_amendments(idents & self._named | targets)
        needed, released = set[bytes](), set[int]()
        while fresh:
            # The keys of many rows are cut out of one text: it takes half the time of cutting each.
            needed.update(keys_of(b"".join([row.needs for row in fresh])))
            awaited = {row.ident for row in fresh}.union(keys_of(b"".join([row.gives for row in fresh])))
            waiting = {position for key in awaited & self._waiting.keys() for position in self._waiting[key]} - released
            released |= waiting
            fresh = self.rows(waiting)
            fresh += self.rows(row.version for row in fresh if row.version is not None)
        self._fetch_links(key for key in needed if not self._given_here(key))

    def preload_links(self, keys: Iterable[bytes]) -> list[Row]:
        """Read in two questions what is linked to keys; returns those rows."""
        asked = list(keys)
        self._fetch_links(asked)
        return self.rows({position for key in asked for position in self._links[key]})

    def _fetch_amendments(self, idents: Iterable[bytes]) -> None:
        unknown = {ident for ident in idents if ident not in self._amendments}
        if unknown:
            found = self._store.amendments_of(unknown)
            fresh = [row for row in self._new.values() if row.target in unknown]
            for ident in unknown:
                self._amendments[ident] = {*found.get(ident, ()), *(row.position for row in fresh if row.target == ident)}

    def _fetch_idents(self, idents: Iterable[bytes]) -> None:
        unknown = {ident for ident in idents if ident not in self._idents}
        found = self._store.rows_by_ident(unknown) if unknown else {}
        for ident in unknown:
            row = found.get(ident)
            self._idents[ident] = None if row is None else row.position
            if row is not None:
                self._rows.setdefault(row.position, row)

    def _fetch_links(self, keys: Iterable[bytes]) -> None:
        unknown = {key for key in keys if key not in self._loaded}
        if unknown:
            found = self._store.links(unknown)
            for key in unknown:
                self._links[key] = found.get(key, {}) | self._links.get(key, {})
            self._loaded |= unknown

    def _fetch_rows(self, positions: Iterable[int]) -> None:
        unknown = {position for position in positions if position not in self._rows}
        if unknown:
            self._adopt(self._store.rows_at(unknown).values())

    def _adopt(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._rows.setdefault(row.position, row)
            self._idents[row.ident] = row.position

    def adopt(self, rows: Iterable[Row]) -> list[Row]:
        """Take in rows that the store has just given, in the state this set knows them in."""
        found = list(rows)
        self._adopt(found)
        return [self._rows[row.position] for row in found]

    def add(self, row: Row) -> None:
        """A message new in custody."""
        self._rows[row.position] = self._new[row.position] = row
        self._idents[row.ident] = row.position
        if row.target is not None:
            self._named.add(row.target)
            if row.target in self._amendments:
                self._amendments[row.target].add(row.position)

    def row(self, position: int) -> Row:
        row = self._rows.get(position)
        if row is None:
            self._fetch_rows([position])
            row = self._rows[position]
        return row

    def rows(self, positions: Iterable[int]) -> list[Row]:
        asked = list(positions)
        self._fetch_rows(asked)
        return [self._rows[position] for position in asked]

    def there(self, positions: Iterable[int]) -> list[Row]:
        """The rows among these positions; acts have none, and in a part of a journal some are not there."""
        asked = list(positions)
        self._fetch_rows(asked)
        return [self._rows[position] for position in asked if position in self._rows]

    def by_ident(self, ident: bytes) -> Row | None:
        if ident not in self._idents:
            self._fetch_idents([ident])
        position = self._idents[ident]
        return None if position is None else self.row(position)

    def amendments(self, ident: bytes) -> Iterable[int]:
        """The positions of the amendments that name a message."""
        if ident not in self._named:
            return _NOBODY
        self._fetch_amendments((ident,))
        return self._amendments[ident]

    def links(self, key: bytes) -> dict[int, bool]:
        """The positions linked to a key, each with whether it gives it now."""
        if key not in self._loaded:
            self._fetch_links([key])
        return self._links[key]

    def link(self, key: bytes, position: int, live: bool) -> bool:
        """Link a message to a key, without asking the store; returns whether that is new as far as is known here."""
        links = self._links.get(key)
        if links is None:
            self._links[key] = {position: live}
        elif links.get(position) is live:
            return False
        else:
            links[position] = live
        self._relinked[key, position] = live
        return True

    def unlink(self, key: bytes, position: int) -> None:
        if self.links(key).pop(position, None) is not None:
            self._relinked[key, position] = None

    def given(self, key: bytes) -> bool:
        return self._given_here(key) or (key not in self._loaded and any(self.links(key).values()))

    def _given_here(self, key: bytes) -> bool:
        links = self._links.get(key)
        return links is not None and True in links.values()

    def anybody_waits(self, keys: Iterable[bytes]) -> bool:
        """Whether any message waits for one of these keys."""
        return not self._waiting.keys().isdisjoint(keys)

    def waiting(self, key: bytes) -> list[int]:
        """Who waits for a key, by position."""
        found = self._waiting.get(key)
        return sorted(found) if found else []

    def wait(self, row: Row, key: bytes | None) -> None:
        """Let a row wait for one key, or for none."""
        if row.waits_on == key:
            return
        if row.waits_on is not None:
            others = self._waiting[row.waits_on]
            others.discard(row.position)
            if not others:
                del self._waiting[row.waits_on]
        if key is not None:
            self._waiting.setdefault(key, set()).add(row.position)
        row.waits_on = key
        self.changed(row)

    def changed(self, row: Row) -> None:
        if row.position not in self._new:
            self._changed[row.position] = row

    def touched(self) -> list[Row]:
        """Every row that is new or changed since the last flush."""
        return [*self._new.values(), *self._changed.values()]

    def flush(self, change: Change) -> None:
        """Move everything that was touched into a change."""
        change.new_rows = list(self._new.values())
        change.changed_rows = list(self._changed.values())
        change.links, change.turns = self._relinked, self.turns
        self._new, self._changed, self._relinked, self.turns = {}, {}, {}, []

    def trim(self) -> None:
        """Forget what is clean once there is much of it; only right after the change was written."""
        if len(self._rows) + len(self._links) > _LIMIT:
            for held in (self._rows, self._idents, self._links, self._amendments):
                held.clear()
            self._loaded.clear()
