"""On which steps of a restart each part of a map rests: the same ways as `propagation` goes, told in steps in place of hours.

A part is whole when all steps that it rests on are done; a step may begin when those of `before` are. Who reckons with other ways that a
cut goes (because a tolerance is borne or not) gives other hits.
"""

from collections.abc import Collection, Iterable, Mapping

from hervat.chain.parts import Edge, EdgeKind
from hervat.chain.propagation import FROZEN, STALE, STOPS, Hit, Network, Way, passed_by

Steps = dict[int, EdgeKind]
"""Numbers of steps, each with the kind of the edge over which a part rests on it."""


class Rests:
    """What the parts that are hit rest on. `numbers` has the number of each part that is a step; `drains` are streams that nobody opens,
    and that drain all the same.
    """

    def __init__(
        self, network: Network, cut: frozenset[str], hits: Mapping[str, Hit], numbers: Mapping[str, int], drains: Collection[str]
    ) -> None:
        self._network, self._cut, self._hits, self._numbers, self._drains = network, cut, hits, numbers, drains
        self.before: dict[int, Steps] = {}
        self._whole: dict[str, tuple[Steps, Steps, Steps]] = {}
        self._earlier: dict[int, frozenset[int]] = {}
        for id in network.order:
            if id in hits:
                self._whole[id] = self._at(id)

    def whole(self, id: str) -> Steps:
        """The steps that must be done for a part to be whole; what must be done for those is left out."""
        return self._whole[id][STALE]

    def _at(self, id: str) -> tuple[Steps, Steps, Steps]:
        edges = self._network.into(id)
        passed = [passed_by(edges, self._hits, depth) for depth in range(3)]
        waits = self._waits(edges)
        over = [self._over(ways, depth) for depth, ways in enumerate(passed)]
        if id in self._network.streams:
            return self._stream_at(id, waits, over, passed)
        if id not in self._cut:
            stale, frozen, stops = (self._least(waits | steps) for steps in over)
            return stale, frozen, stops
        own = self._step(id, waits | over[STOPS])
        stale, frozen, stops = (self._least(own | steps) for steps in over)
        return stale, frozen, stops

    def _stream_at(self, id: str, waits: Steps, over: list[Steps], passed: list[list[Way]]) -> tuple[Steps, Steps, Steps]:
        building = self._over((way for way in passed[STALE] if way.edge.kind == "data"), STALE)
        own: Steps = {}
        if id in self._cut or passed[FROZEN]:
            own = self._step(id, waits | over[FROZEN] | building)
        elif building and id in self._drains:
            own = self._step(id, building)
        return self._least(waits | over[STALE] | own), own, own

    def _step(self, id: str, before: Steps) -> Steps:
        number = self._numbers[id]
        self.before[number] = self._least(before)
        self._earlier[number] = frozenset(before).union(*(self._earlier.get(one, ()) for one in before))
        return {number: "needs"}

    def _waits(self, edges: Iterable[Edge]) -> Steps:
        found: Steps = {}
        for edge in edges:
            if edge.kind == "after" and edge.on in self._hits:
                found |= dict.fromkeys(self.whole(edge.on), "after")
            elif edge.kind == "trust" and edge.on in self._numbers:
                found[self._numbers[edge.on]] = "trust"
        return found

    def _over(self, ways: Iterable[Way], depth: int) -> Steps:
        found: Steps = {}
        for way in ways:
            for number in self._whole[way.edge.on][depth]:
                found.setdefault(number, way.edge.kind)
        return found

    def _least(self, steps: Steps) -> Steps:
        """Without those that others of them rest on."""
        earlier = frozenset[int]().union(*(self._earlier.get(one, ()) for one in steps))
        return {number: kind for number, kind in steps.items() if number not in earlier}
