"""What one call of receive came to, counted the way the contract says: at the end of the call, not along the way."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from hervat.intake.inbox import Taken
from hervat.intake.preparing import read_refusal
from hervat.journal.store import APPLIED, HELD, REFUSED, Row, Store, Turn

MOST = 1000
"""How many refusals are listed; of more only the number is told, for a file of any size must fit in memory."""


class Received:
    """Counts from the moment it is made; `answer` gives the document of `hervat receive`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._start = store.head().size
        self._applied = _applied(store)
        self.new = self.duplicates = self.conflicts = 0
        self._refused: list[int] = []

    @property
    def taken(self) -> int:
        """How many messages were seen, whatever became of them."""
        return self.new + self.duplicates + self.conflicts

    def count(self, taken: Iterable[Taken], refused: Iterable[int]) -> None:
        """Add a batch, with the positions of the messages that it saw refused."""
        sorts = Counter([one.sort for one in taken])
        self.new += sorts["new"]
        self.duplicates += sorts["duplicate"]
        self.conflicts += sorts["conflict"]
        self._refused += list(refused)[: MOST - len(self._refused)]

    def answer(self, lost: set[int]) -> dict[str, Any]:
        """The answer, with the positions of what was applied at some time in this call and is so no more."""
        store = self._store
        tally = store.tally(self._start)
        gone = [row for row in self._applied_at_start(lost) if row.state != APPLIED]
        refused = [row for row in store.rows_at(self._refused).values() if row.state == REFUSED]
        return {
            "received": self.new,
            "duplicates": self.duplicates,
            "conflicts": self.conflicts,
            "applied": _applied(store) - self._applied + len(gone),
            "held": tally.get(HELD, 0),
            "reheld": sum(row.state == HELD for row in gone),
            "refused": tally.get(REFUSED, 0),
            "gaps": [
                {"source": feed.name, "first": first, "last": last}
                for feed in store.feeds()
                for first, last in store.missing(feed.number)
            ],
            "refusals": list(self._refusals(refused)),
        }

    def _applied_at_start(self, lost: set[int]) -> list[Row]:
        positions = [position for position in lost if position <= self._start]
        turns = self._store.turns(positions)
        return [row for row in self._store.rows_at(positions).values() if _was_applied(row, turns.get(row.position, []), self._start)]

    def _refusals(self, rows: Iterable[Row]) -> Iterable[dict[str, Any]]:
        names = {feed.number: feed.name for feed in self._store.feeds()}
        for row in sorted(rows, key=lambda row: row.position):
            refusal = read_refusal(row.refusal or "")
            told = {"code": refusal.code, "path": refusal.path, "reason": refusal.reason}
            yield {"source": names[row.source], "id": row.id} | told


def _applied(store: Store) -> int:
    return sum(feed.applied for feed in store.feeds())


def _was_applied(row: Row, turns: list[Turn], position: int) -> bool:
    """Whether a message was applied in F(1..position), from its first application and its turns."""
    last = max((turn for turn in turns if turn.at <= position), key=lambda turn: turn.at, default=None)
    first = row.applied_at is not None and row.applied_at <= position
    if last is None:
        return first
    return (first and (row.applied_at or 0) > last.at) or last.state == APPLIED
