"""A node as it is at one moment, for whoever asks much of it: what was read or worked out once is kept."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, cast

from hervat.assemble import Node
from hervat.intake.terms import Rosters
from hervat.journal.remembered import Remembered
from hervat.journal.store import Head, Row
from hervat.stores.opening import Engine


class Resting(Node):
    """A node that learns of nothing that is written from now on, and answers as it did at `moment`; it is for reading. What is written
    changes the head, by which its user sees that there is more to know. What it gives is shared, and for nobody to change.
    """

    def __init__(self, node: Node) -> None:
        store = cast("Engine", Remembered(node.store))
        super().__init__(store, node.keys, node._partners, node._clock, writer=False)
        self._horizons: dict[int, list[dict[str, Any]]] = {}
        self._about_nobody: dict[int, dict[str, Any]] = {}

    @property
    def moment(self) -> Head:
        """Where the journal stood."""
        return self.store.head()

    @cached_property
    def _rosters(self) -> Rosters:
        return super().rosters()

    def rosters(self) -> Rosters:
        return self._rosters

    def horizon(self, position: int | None = None) -> list[dict[str, Any]]:
        settled = self.past.settled(self.position if position is None else position)
        if settled not in self._horizons:
            self._horizons[settled] = super().horizon(settled)
        return self._horizons[settled]

    def horizon_about(self, last: int, held: Sequence[Row] = ()) -> dict[str, Any]:
        if held:
            return super().horizon_about(last, held)
        settled = self.past.settled(last)
        if settled not in self._about_nobody:
            self._about_nobody[settled] = super().horizon_about(settled)
        return self._about_nobody[settled]
