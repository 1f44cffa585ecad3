"""How sure the harm of a case is: the same reckoning over many draws of the estimates of a map, by a seed."""

from collections.abc import Sequence
from math import ceil
from random import Random
from typing import NamedTuple

from hervat.chain.harm import total
from hervat.chain.impact import Model
from hervat.chain.parts import Estimate
from hervat.chain.propagation import Case, estimates_of


class Range(NamedTuple):
    """What half of the draws stay at or below, and nine in ten."""

    p50: float
    p90: float


class Chance(NamedTuple):
    """Ranges over the draws: of the harm, of the hour at which all is whole, and of that hour by process."""

    draws: int
    seed: int
    harm: Range
    whole: Range
    processes: dict[str, Range]


def chance(model: Model, case: Case, draws: int, seed: int) -> Chance:
    """Every estimate drawn from a triangle of low, likely and high, each on its own. Weights and tolerances stand as they are."""
    random = Random(seed)
    estimates = estimates_of(model.chain)
    harms: list[float] = []
    ends: list[float] = []
    wholes: dict[str, list[float]] = {}
    for _ in range(draws):
        hits = model.network.hits(case, {id: _drawn(random, one) for id, one in estimates.items()})
        harms.append(total(model.harms_of(hits)))
        ends.append(max((hit.whole for hit in hits.values()), default=0.0))
        for process in model.chain.process:
            if process.id in hits:
                wholes.setdefault(process.id, []).append(hits[process.id].whole)
    return Chance(draws, seed, _range(harms), _range(ends), {id: _range(found) for id, found in wholes.items()})


def _drawn(random: Random, one: Estimate) -> float:
    return random.triangular(one.low, one.high, one.likely) if one.low < one.high else one.likely


def _range(found: Sequence[float]) -> Range:
    ordered = sorted(found)
    return Range(*(ordered[ceil(share * len(ordered)) - 1] for share in (0.5, 0.9)))
