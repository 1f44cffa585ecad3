"""The memory engine: dictionaries behind the Store port, for searches by the thousand and for folding a part of a journal again.

It keeps copies: what a reader changes is its own, and what a step changes is seen by nobody before `write`.
"""

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from copy import copy

from msgspec import structs

from hervat.errors import StoreFault
from hervat.journal.entry import Entry
from hervat.journal.store import APPLIED, HELD, REFUSED, Change, Declared, Feed, GoneNumber, Head, Near, Row, Turn


class MemoryStore:
    """A store that lives as long as the process."""

    def __init__(self) -> None:
        self._head = Head()
        self._feeds: dict[int, Feed] = {}
        self._entries: list[Entry] = []
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._rows: dict[int, Row] = {}
        self._idents: dict[bytes, int] = {}
        self._places: dict[tuple[int, int], int] = {}
        self._sequences: dict[int, list[int]] = {}
        self._waiting: dict[bytes, set[int]] = {}
        self._amendments: dict[bytes, set[int]] = {}
        self._links: dict[bytes, dict[int, bool]] = {}
        self._turns: dict[int, list[Turn]] = {}
        self._acts: dict[bytes, tuple[int, str]] = {}
        self._declared: dict[int, Declared] = {}
        self._missing: dict[tuple[int, int], int] = {}
        self._gone: dict[tuple[int, int, int], GoneNumber] = {}

    def head(self) -> Head:
        return copy(self._head)

    def feeds(self) -> list[Feed]:
        return [copy(self._feeds[number]) for number in sorted(self._feeds)]

    def entries(self, first: int, last: int) -> Iterator[Entry]:
        yield from map(copy, self._entries[max(first, 1) - 1 : last])

    def entries_at(self, positions: Iterable[int]) -> dict[int, Entry]:
        return {position: copy(self._entries[position - 1]) for position in positions if 0 < position <= len(self._entries)}

    def leaves(self, first: int, count: int) -> Sequence[bytes]:
        return [entry.leaf for entry in self._entries[first : first + count]]

    def tile(self, level: int, index: int) -> bytes | None:
        return self._tiles.get((level, index))

    def rows_at(self, positions: Iterable[int]) -> dict[int, Row]:
        return {position: copy(self._rows[position]) for position in positions if position in self._rows}

    def rows_by_ident(self, idents: Iterable[bytes]) -> dict[bytes, Row]:
        return {ident: copy(self._rows[self._idents[ident]]) for ident in idents if ident in self._idents}

    def rows_by_sequence(self, places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
        return {place: self._places[place] for place in places if place in self._places}

    def links(self, keys: Iterable[bytes]) -> dict[bytes, dict[int, bool]]:
        return {key: dict(self._links[key]) for key in keys if self._links.get(key)}

    def near(self, keys: Iterable[bytes]) -> Near:
        links = self.links(keys)
        rows = self.rows_at({position for linked in links.values() for position in linked})
        return Near(links, rows, self.entries_at(rows), self.amendments_of({row.ident for row in rows.values()}))

    def waits(self) -> Iterable[tuple[bytes, int]]:
        return [(key, position) for key, positions in self._waiting.items() for position in positions]

    def named(self) -> Iterable[bytes]:
        return list(self._amendments)

    def waiting(self, keys: Iterable[bytes]) -> dict[bytes, list[int]]:
        return {key: sorted(self._waiting[key]) for key in keys if self._waiting.get(key)}

    def amendments_of(self, idents: Iterable[bytes]) -> dict[bytes, list[int]]:
        return {ident: sorted(self._amendments[ident]) for ident in idents if ident in self._amendments}

    def acts_by_ident(self, idents: Iterable[bytes]) -> dict[bytes, int]:
        return {ident: self._acts[ident][0] for ident in idents if ident in self._acts}

    def acts(self, kind: str, last: int) -> list[int]:
        return sorted(position for position, of in self._acts.values() if of == kind and position <= last)

    def last_message(self, last: int) -> int:
        return max((position for position in self._rows if position <= last), default=0)

    def _select(self, after: int, state: int) -> list[Row]:
        return [copy(row) for position, row in sorted(self._rows.items()) if position > after and row.state == state]

    def held(self, after: int, limit: int) -> list[Row]:
        return self._select(after, HELD)[:limit]

    def held_for_keys(self, after: int, limit: int) -> list[Row]:
        return [row for row in self._select(after, HELD) if row.admitted_at is not None and row.complete][:limit]

    def adrift(self) -> list[Row]:
        return [row for row in self._select(0, HELD) if row.adrift]

    def held_about(self, subjects: Iterable[bytes]) -> list[Row]:
        wanted = set(subjects)
        return [row for row in self._select(0, HELD) if row.subject in wanted]

    def about(self, subjects: Iterable[bytes]) -> list[Row]:
        wanted = set(subjects)
        return [copy(row) for row in self._rows.values() if row.subject in wanted]

    def refused(self) -> Iterator[Row]:
        yield from self._select(0, REFUSED)

    def not_admitted(self, source: int) -> list[Row]:
        return [copy(row) for _, row in sorted(self._rows.items()) if row.source == source and row.admitted_at is None]

    def in_quarantine(self, source: int) -> int:
        return sum(row.quarantined for row in self._rows.values() if row.source == source and row.admitted_at is None)

    def applied(self, after: int, limit: int) -> list[Row]:
        return self._select(after, APPLIED)[:limit]

    def changed(self, after: int) -> list[int]:
        return sorted(
            position
            for position, row in self._rows.items()
            if max(position, row.applied_at or 0, *(turn.at for turn in self._turns.get(position, ()))) > after
        )

    def held_at(self, position: int) -> list[Row]:
        rows = (row for _, row in sorted(self._rows.items()) if row.position <= position)
        return [copy(row) for row in rows if self._state_at(row, position) == HELD]

    def declared(self, source: int, kind: str) -> Iterator[Declared]:
        rows = [row for row in self._select(0, APPLIED) if row.source == source and row.kind == kind and not row.retracted]
        found = [(self._declared[row.version or row.position], row.sequence or 0) for row in rows]
        for declared, _ in sorted(found, key=lambda pair: (pair[0].through or 0, pair[1]), reverse=True):
            yield copy(declared)

    def declared_at(self, positions: Iterable[int]) -> dict[int, Declared]:
        return {position: copy(self._declared[position]) for position in positions if position in self._declared}

    def declaring(self, last: int) -> list[Row]:
        kinds = ("watermark", "stock-declared")
        return [copy(row) for position, row in sorted(self._rows.items()) if position <= last and row.kind in kinds]

    def of_kind(self, kind: str, last: int) -> list[Row]:
        return [copy(row) for position, row in sorted(self._rows.items()) if position <= last and row.kind == kind]

    def unchecked(self) -> list[Declared]:
        return [copy(one) for one in self._declared.values() if one.through is not None and one.holds is None]

    def missing(self, source: int) -> list[tuple[int, int]]:
        return sorted((first, last) for (number, first), last in self._missing.items() if number == source)

    def gone(self, source: int) -> list[GoneNumber]:
        return [copy(one) for place, one in sorted(self._gone.items()) if place[0] == source]

    def claims_on(self, source: int, sequence: int) -> list[Declared]:
        of_source = (one for one in self._declared.values() if one.source == source)
        return [copy(one) for one in of_source if one.through is not None and one.through >= sequence]

    def gaps(self, source: int, after: int, last: int) -> list[tuple[int, int]]:
        found, before = [], after
        here = {number for number in self._sequences.get(source, ()) if self._places[source, number] <= last}
        for sequence in sorted(here | self._gone_at(source, last)):
            if sequence > after:
                if sequence > before + 1:
                    found.append((before + 1, sequence - 1))
                before = sequence
        return found

    def _gone_at(self, source: int, last: int) -> set[int]:
        return {one.sequence for one in self._gone.values() if one.source == source and one.since is not None and one.since <= last}

    def contiguous(self, source: int, after: int, last: int) -> int:
        gone = self._gone_at(source, last)
        while after + 1 in gone or self._places.get((source, after + 1), last + 1) <= last:
            after += 1
        return after

    def sequence_run(self, source: int, first: int, last: int) -> dict[int, int]:
        numbers = range(first, last + 1)
        return {number: self._places[source, number] for number in numbers if (source, number) in self._places}

    def boxes(self, positions: Iterable[int]) -> dict[int, bytes]:
        return {position: entry.box for position, entry in self.entries_at(positions).items()}

    def first_held(self, source: int) -> int | None:
        held = (row.sequence for row in self._rows.values() if row.source == source and row.state == HELD and row.sequence is not None)
        return min(held, default=None)

    def tally(self, after: int) -> dict[int, int]:
        return dict(Counter(row.state for position, row in self._rows.items() if position > after))

    def tally_at(self, position: int) -> dict[tuple[int, int], tuple[int, int | None]]:
        found: dict[tuple[int, int], list[int | None]] = {}
        for row in self._rows.values():
            if row.position <= position:
                found.setdefault((row.source, self._state_at(row, position)), []).append(row.sequence)
        return {
            place: (len(sequences), min((sequence for sequence in sequences if sequence is not None), default=None))
            for place, sequences in found.items()
        }

    def _state_at(self, row: Row, position: int) -> int:
        turn = max((turn for turn in self._turns.get(row.position, ()) if turn.at <= position), key=lambda turn: turn.at, default=None)
        applied = row.applied_at is not None and row.applied_at <= position
        if turn is not None:
            return APPLIED if applied and (row.applied_at or 0) > turn.at else turn.state
        return APPLIED if applied else HELD

    def lives(self) -> Iterator[tuple[int, int | None]]:
        yield from [(position, row.applied_at) for position, row in sorted(self._rows.items())]

    def all_turns(self) -> dict[int, list[Turn]]:
        return self.turns(self._turns)

    def turns(self, positions: Iterable[int]) -> dict[int, list[Turn]]:
        return {position: list(self._turns[position]) for position in positions if position in self._turns}

    def write(self, change: Change, *, settle: bool = True) -> None:
        """Nothing outlives it, so nothing is ever unsettled."""
        if change.entries and change.entries[0].position != len(self._entries) + 1:
            raise StoreFault(f"position {change.entries[0].position} does not follow on {len(self._entries)}; another writer was here")
        self._entries += map(copy, change.entries)
        for entry in change.erased_entries:
            self._entries[entry.position - 1] = copy(entry)
        for position, box in change.boxes.items():
            self._entries[position - 1] = structs.replace(self._entries[position - 1], box=box)
        self._tiles |= {(tile.level, tile.index): tile.hash for tile in change.tiles}
        for row in change.new_rows:
            self._put_new(copy(row))
        for row in change.changed_rows:
            self._put_changed(copy(row))
        for (key, position), live in change.links.items():
            if live is None:
                self._links.get(key, {}).pop(position, None)
            else:
                self._links.setdefault(key, {})[position] = live
        self._missing |= {place: last for place, last in change.missing.items() if last is not None}
        for place in [place for place, last in change.missing.items() if last is None]:
            self._missing.pop(place, None)
        self._gone |= {(one.source, one.sequence, one.at): copy(one) for one in change.gone}
        for turn in change.turns:
            self._turns.setdefault(turn.position, []).append(turn)
        self._declared |= {one.position: copy(one) for one in change.declared}
        self._acts |= {act.ident: (act.position, act.kind) for act in change.acts}
        self._feeds |= {feed.number: copy(feed) for feed in change.feeds}
        self._head = copy(change.head)

    def _put_new(self, row: Row) -> None:
        self._rows[row.position] = row
        self._idents[row.ident] = row.position
        if row.sequence is not None:
            self._places[row.source, row.sequence] = row.position
            insort(self._sequences.setdefault(row.source, []), row.sequence)
        if row.target is not None:
            self._amendments.setdefault(row.target, set()).add(row.position)
        if row.waits_on is not None:
            self._waiting.setdefault(row.waits_on, set()).add(row.position)

    def _put_changed(self, row: Row) -> None:
        before = self._rows[row.position]
        if before.waits_on is not None:
            self._waiting[before.waits_on].discard(row.position)
        if row.waits_on is not None:
            self._waiting.setdefault(row.waits_on, set()).add(row.position)
        self._rows[row.position] = row

    def settle(self) -> None:
        """Every change is as settled as it can be."""

    def abandon(self) -> None:
        """There is nothing to let go of."""

    def scrub(self, last: int) -> None:
        """There are no files."""

    def unscrubbed(self, last: int) -> None:
        """There are no files."""

    def close(self) -> None:
        """Nothing outlives it."""
