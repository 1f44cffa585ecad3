"""Where a chain is weak: every part whose loss alone hits a process, and what each edge costs in a case."""

from collections.abc import Iterable, Mapping
from itertools import combinations
from math import comb
from typing import Final, NamedTuple

from hervat.chain.harm import total
from hervat.chain.impact import Model
from hervat.chain.parts import Edge, Without
from hervat.chain.propagation import Case, Hit

MOST_PAIRS: Final = 5_000
_NOISE: Final = 1e-9


class SinglePoint(NamedTuple):
    """A part whose loss alone, for as long as the case lasts, hits processes: which and how deep; the harm of that."""

    id: str
    sort: str
    processes: tuple[tuple[str, Without], ...]
    harm: float


class EdgeValue(NamedTuple):
    """What an edge costs in a case: the harm of the case less its harm without that edge, `alone`.

    Where another edge holds up the same, an edge may cost nothing alone. `together` is the most that it costs when one other edge is taken
    away first, and `other` is that one; None where no other makes it dearer, and everywhere if that was not looked at.
    """

    edge: Edge
    alone: float
    together: float
    other: Edge | None

    @property
    def dearest(self) -> float:
        """The more of the two."""
        return max(self.alone, self.together)


def single_points(model: Model, case: Case) -> list[SinglePoint]:
    """Every system, stream and crew whose loss alone makes some process do harm, the worst first.

    The loss of a crew is the loss of every system that only that crew brings back, as nobody else has hands for them.
    """
    found = []
    for sort, id, cut in _alone(model):
        hits = model.network.hits(Case(cut, case.begins), model.times)
        harms = model.harms_of(hits)
        processes = tuple((process, hits[process].depth) for process, harm in harms.items() if harm.bare > 0)
        if processes:
            found.append(SinglePoint(id, sort, processes, total(harms)))
    return sorted(found, key=lambda one: (-one.harm, one.id))


def _alone(model: Model) -> Iterable[tuple[str, str, frozenset[str]]]:
    chain = model.chain
    yield from (("system", one.id, frozenset((one.id,))) for one in chain.system)
    yield from (("stream", one.id, frozenset((one.id,))) for one in chain.stream)
    yield from (("crew", crew.id, frozenset(one.id for one in chain.system if one.crew == crew.id)) for crew in chain.crew)


def edge_values(model: Model, case: Case) -> list[EdgeValue]:
    """What each edge costs in a case, alone and together with another, the dearest first; an edge that costs nothing is there with 0.

    Every pair of edges on which the case hangs is taken away; where there are more of them than `MOST_PAIRS`, each edge alone.
    """
    hits = model.network.hits(case, model.times)
    with_all = total(model.harms_of(hits))
    saved = {edge: max(0.0, with_all - total(model.harms(case, without=(edge,)))) for edge in model.edges}
    dearest: dict[Edge, tuple[float, Edge]] = {}
    for one, other in combinations(_on_the_way(model, hits), 2) if pairs_of(model, case) <= MOST_PAIRS else ():
        both = with_all - total(model.harms(case, without=(one, other)))
        for edge, first in ((one, other), (other, one)):
            more = both - saved[first]
            if more > max(saved[edge], dearest.get(edge, (0.0, edge))[0]) + _NOISE * max(1.0, with_all):
                dearest[edge] = (more, first)
    found = [EdgeValue(edge, alone, *dearest.get(edge, (alone, None))) for edge, alone in saved.items()]
    return sorted(found, key=lambda one: (-one.dearest, -one.alone, one.edge.kind, one.edge.of, one.edge.on))


def pairs_of(model: Model, case: Case) -> int:
    """How many pairs of edges a case hangs on."""
    return comb(len(_on_the_way(model, model.network.hits(case, model.times))), 2)


def _on_the_way(model: Model, hits: Mapping[str, Hit]) -> list[Edge]:
    """The edges over which something comes in a case, or that hold a return up: no other costs anything."""
    return [edge for edge in model.edges if edge.of in hits and (edge.on in hits or edge.kind == "trust")]
