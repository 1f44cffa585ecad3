"""The drain over time: how much was received, applied, held and refused at the end of each legal day."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from threading import Lock
from typing import Any

from hervat.journal.store import APPLIED, HELD, REFUSED, STATES, Store, Turn

PositionAt = Callable[[date], int]


class Drain:
    """The drain, kept up to the position at which it was last asked: what that position gave is told again, and of a later one only what
    came since is read. Several threads may ask.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._begin()

    def _begin(self) -> None:
        self._until, self._leaf = 0, b""
        self._days: list[date] = []
        self._ends: list[int] = []
        self._changes: dict[int, list[int]] = {state: [] for state in (APPLIED, HELD, REFUSED)}

    def of(self, store: Store, day_of: Callable[[int], date], position_at: PositionAt) -> list[dict[str, Any]]:
        """Counts at the end of each legal day since the first entry; none where there is none. `day_of` tells the day of a position,
        `position_at` the last position of a day.
        """
        with self._lock:
            head = store.head().size
            # Another journal may lie there by now.
            if head < self._until or (self._until and store.entries_at([self._until])[self._until].leaf != self._leaf):
                self._begin()
            if head > self._until:
                try:
                    self._go_on(store, head, day_of, position_at)
                except BaseException:
                    # What was counted of it by then would be counted again.
                    self._begin()
                    raise
            return list(_running(self._days, self._changes))

    def _go_on(self, store: Store, head: int, day_of: Callable[[int], date], position_at: PositionAt) -> None:
        """Count what came up to a head."""
        self._reach(day_of(1), day_of(head), position_at)
        for position, applied_at, turns in self._lives(store):
            self._count(_life(position, applied_at, turns), head)
        self._until, self._leaf = head, store.entries_at([head])[head].leaf

    def _reach(self, first: date, last: date, position_at: PositionAt) -> None:
        """Have every day up to a last one; the one that was the last may have gone on."""
        known = len(self._days)
        self._days += [first + timedelta(days=number) for number in range(known, (last - first).days + 1)]
        open_from = max(known - 1, 0)
        self._ends[open_from:] = [position_at(day) for day in self._days[open_from:]]
        for by_day in self._changes.values():
            by_day += [0] * (len(self._days) - known)

    def _lives(self, store: Store) -> Iterable[tuple[int, int | None, Sequence[Turn]]]:
        """What became of the messages of which something is new: the position, where it was first applied, its turns."""
        if not self._until:
            turns = store.all_turns()
            return ((position, applied_at, turns.get(position, ())) for position, applied_at in store.lives())
        changed = store.changed(self._until)
        rows, turns = store.rows_at(changed), store.turns(changed)
        return ((position, rows[position].applied_at, turns.get(position, ())) for position in changed)

    def _count(self, life: Sequence[tuple[int, int]], head: int) -> None:
        state = None
        for at, becomes in life:
            # Beyond the head lies what was written since it was read: that is for the next time.
            if self._until < at <= head:
                day = bisect_left(self._ends, at)
                if state is not None:
                    self._changes[state][day] -= 1
                self._changes[becomes][day] += 1
            state = becomes


def _life(position: int, applied_at: int | None, turns: Sequence[Turn]) -> list[tuple[int, int]]:
    """The states a message has been in, each with the position from which; the first is held, or what it was at once."""
    events = [(turn.at, turn.state) for turn in turns]
    if applied_at is not None:
        events.append((applied_at, APPLIED))
    events.sort()
    return events if events and events[0][0] == position else [(position, HELD), *events]


def _running(days: Sequence[date], changes: dict[int, list[int]]) -> Iterator[dict[str, Any]]:
    totals = dict.fromkeys(changes, 0)
    for index, day in enumerate(days):
        for state, by_day in changes.items():
            totals[state] += by_day[index]
        told = {STATES[state]: total for state, total in totals.items()}
        yield {"day": day.isoformat(), "received": sum(totals.values())} | told
