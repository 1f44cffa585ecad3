"""Where a chain is weak: every part whose loss alone hits a process, and what each edge costs in a case."""

from collections.abc import Iterable
from typing import NamedTuple

from hervat.chain.harm import total
from hervat.chain.impact import Model
from hervat.chain.parts import Edge, Without
from hervat.chain.propagation import Case


class SinglePoint(NamedTuple):
    """A part whose loss alone, for as long as the case lasts, hits processes: which and how deep; the harm of that."""

    id: str
    sort: str
    processes: tuple[tuple[str, Without], ...]
    harm: float


class EdgeValue(NamedTuple):
    """Harm of a case less its harm without that edge: what it would have saved had it not been there."""

    edge: Edge
    harm: float


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
    """What each edge costs in a case, the dearest first; an edge that costs nothing is there with 0."""
    with_all = total(model.harms(case))
    found = [EdgeValue(edge, max(0.0, with_all - total(model.harms(case, without=edge)))) for edge in model.edges]
    return sorted(found, key=lambda one: (-one.harm, one.edge.kind, one.edge.of, one.edge.on))
