"""The desk of retention at one node: what is due, and when what is not due yet will be."""

from datetime import date
from typing import Any

from hervat.consumers.blind import Complete, Rows, complete
from hervat.consumers.retention.first import First, Progress
from hervat.consumers.retention.forecast import Forecast
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store
from hervat.partner import Partners
from hervat.register.horizon import horizon


class Desk:
    """Retention at one node."""

    def __init__(self, store: Store, keys: NodeKeys, partners: Partners) -> None:
        """`partners` are those in force now: they tell which sources may know of a judgment."""
        self._store = store
        self._keys = keys
        self._partners = partners

    def rows(self) -> Rows:
        """The horizon of every source."""
        return horizon(self._store, self._store, self._store.head().size)

    def seen(self) -> Complete:
        """Up to when the register is complete, and what stands against saying so."""
        rows = self.rows()
        missing = sum(gap["last"] - gap["first"] + 1 for row in rows for gap in row["gaps"])
        return complete(rows, missing + sum(feed.adrift for feed in self._store.feeds()), self._partners)

    def forecast(self, on: date, years: int, progress: Progress = lambda done: None) -> dict[str, Any]:
        """How many charges come due in each of so many years from a day, and what cannot be said. `progress` is told of messages."""
        seen = self.seen()
        found = Forecast(on, years).count(First(self._store, self._keys, seen.until).persons(on, progress))
        return {"position": self._store.head().size, "complete_until": seen.until, "blind": seen.against, **found.as_dict()}
