"""The questions of the Store port that every SQL engine answers in the same words: a statement by its name, and what its rows are.

What differs stands with each engine: how a statement is run, how many keys it takes at once, and which rows come a page at a time.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from hervat.journal.entry import Entry
from hervat.journal.store import Declared, Feed, GoneNumber, Near, Row, Turn
from hervat.stores.paging import entries_in_pages


class AskedInSql(ABC):
    """A store that is asked by the names of statements; `queries.sql` of its engine has them."""

    @abstractmethod
    def _read(self, name: str, *values: Any) -> list[Any]:
        """The rows of a statement."""

    @abstractmethod
    def _many(self, name: str, values: Iterable[Any], *more: Any) -> Iterator[Any]:
        """The rows of a statement for each of many keys."""

    def feeds(self) -> list[Feed]:
        return [Feed(*row) for row in self._read("feeds")]

    def last_position(self) -> int:
        """The highest position in the journal, whatever the head says."""
        return int(self._read("last_position")[0][0])

    def entries(self, first: int, last: int) -> Iterator[Entry]:
        return entries_in_pages(partial(self._read, "entries"), first, last)

    def entries_at(self, positions: Iterable[int]) -> dict[int, Entry]:
        return {row[0]: Entry(*row) for row in self._many("entries_at", positions)}

    def leaves(self, first: int, count: int) -> Sequence[bytes]:
        return [row[0] for row in self._read("leaves", first + 1, first + count)]

    def tile(self, level: int, index: int) -> bytes | None:
        found = self._read("tile", level, index)
        return found[0][0] if found else None

    def rows_at(self, positions: Iterable[int]) -> dict[int, Row]:
        return {row[0]: Row(*row) for row in self._many("rows_at", positions)}

    def rows_by_ident(self, idents: Iterable[bytes]) -> dict[bytes, Row]:
        return {row.ident: row for row in (Row(*found) for found in self._many("rows_by_ident", idents))}

    def near(self, keys: Iterable[bytes]) -> Near:
        found = Near({}, {}, {}, {})
        for key, position, live, amendment, meta, parts, box, leaf, *message in self._many("near", keys):
            found.links.setdefault(key, {})[position] = bool(live)
            if position not in found.rows:
                found.rows[position] = Row(*message)
                found.entries[position] = Entry(position, meta, parts, box, leaf)
            if amendment is not None:
                amendments = found.amendments.setdefault(found.rows[position].ident, [])
                # A message comes once for each of these keys that it speaks of.
                if amendment not in amendments:
                    amendments.append(amendment)
        return found

    def _grouped(self, name: str, keys: Iterable[bytes]) -> dict[bytes, list[int]]:
        found: dict[bytes, list[int]] = {}
        for key, position in self._many(name, keys):
            found.setdefault(key, []).append(position)
        return found

    def waits(self) -> Iterable[tuple[bytes, int]]:
        return self._read("waits")

    def named(self) -> Iterable[bytes]:
        return [row[0] for row in self._read("named")]

    def waiting(self, keys: Iterable[bytes]) -> dict[bytes, list[int]]:
        return self._grouped("waiting", keys)

    def amendments_of(self, idents: Iterable[bytes]) -> dict[bytes, list[int]]:
        return self._grouped("amendments_of", idents)

    def acts_by_ident(self, idents: Iterable[bytes]) -> dict[bytes, int]:
        return dict(self._many("acts_by_ident", idents))

    def acts(self, kind: str, last: int) -> list[int]:
        return [row[0] for row in self._read("acts", kind, last)]

    def last_message(self, last: int) -> int:
        return int(self._read("last_message", last)[0][0])

    def held(self, after: int, limit: int) -> list[Row]:
        return [Row(*row) for row in self._read("held", after, limit)]

    def held_for_keys(self, after: int, limit: int) -> list[Row]:
        return [Row(*row) for row in self._read("held_for_keys", after, limit)]

    def adrift(self) -> list[Row]:
        return [Row(*row) for row in self._read("adrift")]

    def held_about(self, subjects: Iterable[bytes]) -> list[Row]:
        return [Row(*row) for row in self._many("held_about", subjects)]

    def about(self, subjects: Iterable[bytes]) -> list[Row]:
        return [Row(*row) for row in self._many("about", subjects)]

    def not_admitted(self, source: int) -> list[Row]:
        return [Row(*row) for row in self._read("not_admitted", source)]

    def in_quarantine(self, source: int) -> int:
        return int(self._read("in_quarantine", source)[0][0])

    def applied(self, after: int, limit: int) -> list[Row]:
        return [Row(*row) for row in self._read("applied", after, limit)]

    def declared_at(self, positions: Iterable[int]) -> dict[int, Declared]:
        return {row[0]: Declared(*row) for row in self._many("declared_at", positions)}

    def declaring(self, last: int) -> list[Row]:
        return [Row(*row) for row in self._read("declaring", last)]

    def of_kind(self, kind: str, last: int) -> list[Row]:
        return [Row(*row) for row in self._read("of_kind", kind, last)]

    def unchecked(self) -> list[Declared]:
        return [Declared(*row) for row in self._read("unchecked")]

    def missing(self, source: int) -> list[tuple[int, int]]:
        return self._read("missing", source)

    def gone(self, source: int) -> list[GoneNumber]:
        return [GoneNumber(*row) for row in self._read("gone", source)]

    def claims_on(self, source: int, sequence: int) -> list[Declared]:
        return [Declared(*row) for row in self._read("claims_on", source, sequence)]

    def sequence_run(self, source: int, first: int, last: int) -> dict[int, int]:
        return dict(self._read("sequence_run", source, first, last))

    def boxes(self, positions: Iterable[int]) -> dict[int, bytes]:
        return dict(self._many("boxes", positions))

    def first_held(self, source: int) -> int | None:
        found: int | None = self._read("first_held", source)[0][0]
        return found

    def tally(self, after: int) -> dict[int, int]:
        return dict(self._read("tally", after))

    def all_turns(self) -> dict[int, list[Turn]]:
        found: dict[int, list[Turn]] = {}
        for row in self._read("all_turns"):
            found.setdefault(row[1], []).append(Turn(*row))
        return found

    def turns(self, positions: Iterable[int]) -> dict[int, list[Turn]]:
        found: dict[int, list[Turn]] = {}
        for at, position, state in self._many("turns", positions):
            found.setdefault(position, []).append(Turn(at, position, state))
        return found
