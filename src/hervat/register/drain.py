"""The drain over time: how much was received, applied, held and refused at the end of each legal day."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from hervat.journal.store import APPLIED, HELD, REFUSED, STATES, Store, Turn

PositionAt = Callable[[date], int]


def drain(store: Store, first: date, last: date, position_at: PositionAt) -> list[dict[str, Any]]:
    """Counts at the end of each day from `first` to `last`; `position_at(day)` is the last position of that day."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    ends = [position_at(day) for day in days]
    changes = {state: [0] * (len(days) + 1) for state in (APPLIED, HELD, REFUSED)}
    turns = store.all_turns()
    for position, applied_at in store.lives():
        state = None
        for at, becomes in _life(position, applied_at, turns.get(position, ())):
            day = bisect_left(ends, at)
            if state is not None:
                changes[state][day] -= 1
            changes[becomes][day] += 1
            state = becomes
    return list(_running(days, changes))


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
