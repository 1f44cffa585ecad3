"""The state at a position: as it is stored, or folded again up to there, for the messages asked for and all that their state hangs on."""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from hervat.consumers.blind import Unsettled, may_tell
from hervat.consumers.retention.withheld import Withheld
from hervat.dispatch.feeds import set_hash
from hervat.intake.claims import read_claim
from hervat.intake.folding import CONFLICT, STEERING
from hervat.intake.refolding import KeyingAgain, Refolding
from hervat.intake.residue import ERASED
from hervat.journal.entry import Entry
from hervat.journal.gone import came_later
from hervat.journal.keys import NodeKeys
from hervat.journal.store import REFUSED, Change, Declared, Head, Row, Store
from hervat.message import Message
from hervat.partner import Partners
from hervat.register.bearing import amending, loose
from hervat.register.closure import close_over
from hervat.register.conflicts import conflicts
from hervat.register.fold import Register, fold
from hervat.register.reading import Found, Reading
from hervat.stores.memory import MemoryStore

_AT_ONCE = 1000
_REMEMBERED = 64


class _Open(NamedTuple):
    """What came and does not count at a position: the sources and subjects of what was refused, those of the subjects that are known, the
    sources of conflicts, and of what is held and may be about anyone though it names somebody.
    """

    refused: frozenset[tuple[str, bytes | None]]
    known: frozenset[bytes]
    conflicts: frozenset[str]
    loose: frozenset[str]


class _Acts(NamedTuple):
    """The acts up to a head on which the state of messages hangs, by their positions, and the last of them that erased something."""

    head: int
    steering: list[int]
    erased: int


class Past:
    """What a node was at the positions of its journal; `partners` are those at position 0."""

    def __init__(self, store: Store, keys: NodeKeys, partners: Partners) -> None:
        self._store = store
        self._keys = keys
        self._partners = partners
        self.withheld = Withheld(store, keys)
        self._open: dict[int, _Open] = {}
        self._keying = KeyingAgain(keys)
        self._acts = _Acts(0, [], 0)

    def settled(self, last: int) -> int:
        """A position at which the state of every message was what it was at `last`: the head where nothing came since on which that hangs,
        else that of the last thing up to `last` on which it does. What somebody decides or hands out is an act on which it does not.
        """
        head = self._store.head().size
        if last >= head:
            return head
        since = self._moved_at(last)
        return head if since == self._moved_at(head) else since

    def _moved_at(self, last: int) -> int:
        head = self._store.head().size
        if self._acts.head != head:
            steering = sorted(at for kind in (*STEERING, CONFLICT) for at in self._store.acts(kind, head))
            erased = self._store.acts(ERASED, head)[-1:]
            if erased and erased[0] != self._acts.erased:
                # What was erased is gone at every position.
                self._open.clear()
            self._acts = _Acts(head, steering, erased[0] if erased else 0)
        before = bisect_right(self._acts.steering, last)
        return max(self._store.last_message(last), self._acts.steering[before - 1] if before else 0)

    def around(self, skn: str, last: int) -> tuple[Store, Found, Reading]:
        """What lies around a person, in the state at a position."""
        return self.near([self._keys.index_of(f"person:{skn}")], last)

    def shown(
        self, reading: Reading, rows: Sequence[Row], last: int, valid_on: date | None = None, *, hidden_at: int | None = None
    ) -> tuple[list[Message], Register]:
        """What some rows say in the state at a position, and the register that they make, as far as it may be shown: by what acts of
        retention hide up to there, or up to `hidden_at` where that is asked.
        """
        if not rows:
            # As of most whom somebody asks about.
            return [], Register(())
        messages = list(reading.messages(rows))
        hide = self.withheld.hide(reading, rows, messages, last if hidden_at is None else hidden_at)
        return messages, fold(messages, valid_on, hide=hide)

    def near(self, topics: Collection[bytes], last: int) -> tuple[Store, Found, Reading]:
        """What lies around topics, by their keys, in the state at a position."""
        reading, last = Reading(self._store, self._store, self._keys), self.settled(last)
        found = reading.around(topics)
        if last == self._store.head().size:
            return self._store, found, reading
        about = (row.position for row in self._store.held_at(last) if row.subject in found.topics)
        memory = self.folded_to({*found.rows, *about}, last)
        reading = Reading(memory, self._store, self._keys)
        return memory, reading.around(topics), reading

    def folded_to(self, positions: set[int], last: int) -> MemoryStore:
        """The state at a position of these messages and of all that their state hangs on."""
        memory = MemoryStore()
        refolding = Refolding.of_part(self._store, memory, self._keys, self._partners, self._keying)
        wanted = close_over(self._store, positions).union(*(self._store.acts(kind, last) for kind in STEERING))
        refolding.fold(self._entries(sorted(position for position in wanted if position <= last)))
        return memory

    def _entries(self, positions: Sequence[int]) -> Iterator[Entry]:
        for start in range(0, len(positions), _AT_ONCE):
            entries = self._store.entries_at(positions[start : start + _AT_ONCE])
            yield from (entries[position] for position in sorted(entries))

    def adrift(self, last: int) -> int:
        """How many messages were held at a position and about nobody."""
        last = self.settled(last)
        if last == self._store.head().size:
            return sum(feed.adrift for feed in self._store.feeds())
        held = {row.position for row in self._store.held_at(last) if row.subject is None}
        return sum(row.adrift for row in self.folded_to(held, last).rows_at(held).values())

    def unsettled(
        self, rows: Sequence[Mapping[str, Any]], last: int, skns: Collection[str], near: tuple[Store, Found, Reading] | None = None
    ) -> Unsettled:
        """Of which sources something that does not count at a position may be about the person with these SKNs: something refused or in
        conflict, and not put right, of which that is the subject or nobody who is known; or something held. `rows`: the horizon at that
        position; `near`: what lies around the person, where that was found already.
        """
        own = {self._keys.index_of(f"person:{skn}") for skn in skns}
        state, found, _ = near or self.near(own, last)
        names, open_ones = {feed.number: feed.name for feed in self._store.feeds()}, self._open_ones(rows, last)
        others = open_ones.known - own
        return Unsettled(
            refused=frozenset(source for source, subject in open_ones.refused if subject not in others),
            conflicts=open_ones.conflicts,
            held=open_ones.loose.union(names[row.source] for row in amending(state, found.rows.values())),
        )

    def _open_ones(self, rows: Sequence[Mapping[str, Any]], last: int) -> "_Open":
        """What of that hangs on nobody in particular; worked out once for each of the last few states that were asked about."""
        moved, last = self._moved_at(last), self.settled(last)
        if moved not in self._open:
            if len(self._open) >= _REMEMBERED:
                self._open.clear()
            names, count = {feed.number: feed.name for feed in self._store.feeds()}, sum(row["refused"] for row in rows)
            refused = [row for row in self._refused(last, count) if may_tell(row.kind)] if count else []
            subjects, state = self._named_by(refused, last)
            listed = conflicts(self._store, self._keys, self._store.acts(CONFLICT, last), last)
            self._open[moved] = _Open(
                refused=frozenset((names[row.source], row.subject) for row in refused),
                known=frozenset(key for key, linked in state.links(subjects).items() if any(linked.values())),
                conflicts=frozenset(one["source"] for one in listed if one["open"]),
                loose=frozenset(names[row.source] for row in self._loose(rows, last)),
            )
        return self._open[moved]

    def _loose(self, rows: Sequence[Mapping[str, Any]], last: int) -> list[Row]:
        """What is held at a position and may be about anyone, though it names somebody."""
        held = [row for row in self._held(rows, last) if may_tell(row.kind)]
        subjects, state = self._named_by(held, last)
        return loose(state, held, subjects)

    def _named_by(self, rows: Sequence[Row], last: int) -> tuple[set[bytes], Store]:
        """Whom some rows name first, by their keys, and the state at a position of these rows and of all that names those."""
        subjects = {row.subject for row in rows if row.subject is not None}
        if last >= self._store.head().size:
            return subjects, self._store
        near = {position for linked in self._store.links(subjects).values() for position in linked}
        return subjects, self.folded_to({row.position for row in rows} | {position for position in near if position <= last}, last)

    def _held(self, rows: Sequence[Mapping[str, Any]], last: int) -> list[Row]:
        if not any(row["held"] for row in rows):
            return []
        if last < self._store.head().size:
            return self._store.held_at(last)
        held, after = list[Row](), 0
        while some := self._store.held(after, _AT_ONCE):
            held += some
            after = some[-1].position
        return held

    def _refused(self, last: int, count: int) -> list[Row]:
        """The messages that were refused at a position, `count` of them, as they were then; without those that were retracted by then."""
        rows = [row for row in self._store.refused() if row.position <= last]
        if last < self._store.head().size:
            rows = self._refused_then({row.position for row in rows}, last)
            if len(rows) < count:
                # Some were put right since.
                since = self._store.rows_at(at for at in self._store.changed(last) if at <= last).values()
                rows = self._refused_then({row.position for row in rows} | {row.position for row in since if row.refusal}, last)
        return [row for row in rows if not row.retracted]

    def _refused_then(self, positions: set[int], last: int) -> list[Row]:
        return [row for row in self.folded_to(positions, last).rows_at(positions).values() if row.state == REFUSED]

    def declared(self, position: int) -> MemoryStore:
        """What the sources declared up to a position, with what checking it gave where it could be checked by then."""
        memory = self.folded_to({row.position for row in self._store.declaring(position)}, position)
        memory.write(Change(Head(), declared=self._checked(memory, position)))
        return memory

    def _checked(self, memory: MemoryStore, position: int) -> list[Declared]:
        """Every watermark, as checking it gave at a position: a part of the messages can check none."""
        found = list[Declared]()
        for feed in self._store.feeds():
            claims = memory.claims_on(feed.number, 1)
            if claims:
                through = self._store.contiguous(feed.number, 0, position)
                stored = self._store.declared_at(one.position for one in claims)
                late = min(came_later(self._store, feed.number, position), default=through + 1)
                for one in claims:
                    reached = one.through or 0
                    if reached > through:
                        holds = None
                    elif reached < late:
                        holds = stored[one.position].holds
                    else:
                        # It speaks of a number that counted as gone then, and was checked again when its message came.
                        claimed = set_hash(self._store, self._keys, feed, reached, position)
                        holds = int(claimed == read_claim(one.content).set_hash)
                    found.append(replace(one, holds=holds))
        return found
