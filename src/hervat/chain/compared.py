"""A plan beside what was published of the order in which parts came back. Nothing was planned from that."""

from collections.abc import Iterator
from itertools import combinations

from msgspec import Struct

from hervat.chain.parts import ChainMap
from hervat.chain.plan import Plan

_CLOSE = 1e-6


class Pair(Struct, frozen=True, kw_only=True):
    """Two parts of which one was published to come back on an earlier day than the other."""

    first: str
    then: str


class Compared(Struct, frozen=True, kw_only=True):
    """The pairs that the plan has in the order that was published, in another, or at one moment; and parts that it has no step for."""

    same: tuple[Pair, ...]
    other: tuple[Pair, ...]
    together: tuple[Pair, ...]
    absent: tuple[str, ...]


def compared(chain: ChainMap, plan: Plan) -> Compared:
    """A plan beside the published order of its map."""
    ends = {step.of: step.end for step in plan.steps}
    same, other, together = list[Pair](), list[Pair](), list[Pair]()
    for pair in dict.fromkeys(_pairs(chain)):
        if pair.first not in ends or pair.then not in ends:
            continue
        apart = ends[pair.then] - ends[pair.first]
        (together if abs(apart) <= _CLOSE else same if apart > 0 else other).append(pair)
    absent = dict.fromkeys(of for one in chain.published for of in one.of if of not in ends)
    return Compared(same=tuple(same), other=tuple(other), together=tuple(together), absent=tuple(absent))


def _pairs(chain: ChainMap) -> Iterator[Pair]:
    """Every two parts that were published on two days; of a part that was published twice the last day counts."""
    on = {of: one.on for one in sorted(chain.published, key=lambda one: one.on) for of in one.of}
    for one, other in combinations(on, 2):
        if on[one] != on[other]:
            first, then = sorted((one, other), key=lambda of: on[of])
            yield Pair(first=first, then=then)
