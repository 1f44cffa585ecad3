"""How sure the order of phases is: what weights and durations may be, and for which of them the order would be another.

- A draw takes each duration from between its low and its high estimate (triangular, likely the most), and each weight from half to half
  as much again; a duration without estimates is what it is. Then it is planned anew.
- The order *flips* between two processes of different phases where the later one is whole first. What flips in a draw lies within what
  is not known: it is marked as a choice for people, with in how many draws.
- The search in a draw is short. It begins with the list of the plan itself, and leaves it only for one that does less harm: so what flips
  does so by what was drawn, and not because less was tried.
- How far one weight or duration alone may be multiplied or divided before anything flips is told as well: the last of `FACTORS` that
  changes nothing, 1 where the first does. Where the next of them flips the order and lies within what a draw takes, that is a choice for
  people too (`within`).
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from math import inf
from random import Random
from typing import Final, Literal

from msgspec import Struct

from hervat.chain.parts import Estimate
from hervat.chain.planning import Planning, found_for, phases_of
from hervat.chain.propagation import estimates_of
from hervat.chain.schedule import whole_at
from hervat.chain.search import Found
from hervat.chain.work import Work

FACTORS: Final = (1.25, 1.5, 2.0, 3.0, 5.0)
DRAWS: Final = 200
_LEAST, _MOST = 0.5, 1.5
_TRIES = 40
_CLOSE = 1e-6


class Choice(Struct, frozen=True, kw_only=True):
    """Two processes of which `first` is whole before `then` in the plan, and after it in `flips` of `draws` draws: a choice for people."""

    first: str
    then: str
    flips: int
    draws: int


class Reach(Struct, frozen=True, kw_only=True):
    """How far the weight of a process, or the duration of a part, may be multiplied (`more`) or divided (`less`) and the order stays.

    `within` says that the order flips within what is not known of it.
    """

    of: str
    what: Literal["weight", "duration"]
    more: float
    less: float
    within: bool


class Doubt(Struct, frozen=True, kw_only=True):
    """The choices, the most doubtful first, and the reach of weights and durations, the shortest first."""

    draws: int
    choices: tuple[Choice, ...]
    reach: tuple[Reach, ...]


def doubted(
    planning: Planning, found: Found, seed: int, draws: int = DRAWS, step: Callable[[int, int], None] | None = None
) -> Doubt:
    """How sure the order of phases of the plan that was found is; `step` is told how many plans of how many were made."""
    doubting = _Doubting(planning, found, seed, step)
    return doubting.told(draws)


class _Doubting:
    """Plans a map again and again, and sees where the order is another."""

    def __init__(self, planning: Planning, found: Found, seed: int, step: Callable[[int, int], None] | None) -> None:
        self._planning, self._seed, self._work, self._plan = planning, seed, planning.work, found
        self._step, self._made, self._all = step, 0, 0
        whole = whole_at(self._work, self._plan.starts)
        number = phases_of(whole)
        # Of each pair of different phases, the one that is whole first in the plan comes first.
        self._pairs = [
            (one, other) if whole[one] < whole[other] else (other, one)
            for one, other in combinations(range(len(whole)), 2)
            if number[one] != number[other]
        ]

    def told(self, draws: int) -> Doubt:
        names = [goal.id for goal in self._work.goals]
        parts = [task.of for task in self._work.tasks if task.work > 0]
        self._all = draws + 2 * len(FACTORS) * (len(names) + len(parts))
        rng = Random(f"doubt/{self._seed}")
        flips = Counter[tuple[int, int]]()
        for _ in range(draws):
            flips.update(self._flipped(self._drawn(rng)))
        choices = [
            Choice(first=names[first], then=names[then], flips=count, draws=draws) for (first, then), count in flips.most_common()
        ]
        known = estimates_of(self._planning.model.chain)
        reach = [_reach(name, "weight", self._weighing(place), Estimate(_LEAST, 1.0, _MOST)) for place, name in enumerate(names)]
        reach += [_reach(of, "duration", self._lasting(of), known[of]) for of in parts]
        return Doubt(draws=draws, choices=tuple(choices), reach=tuple(sorted(reach, key=lambda one: (min(one.more, one.less), one.of))))

    def _drawn(self, rng: Random) -> Work:
        """The work with durations and weights as one draw has them."""
        known = estimates_of(self._planning.model.chain)
        work = self._planning.lasting({id: rng.triangular(one.low, one.high, one.likely) for id, one in known.items()})
        return Work(work.tasks, tuple(goal.weighing(rng.uniform(_LEAST, _MOST)) for goal in work.goals), work.crews)

    def _flipped(self, work: Work) -> list[tuple[int, int]]:
        """The pairs of which the later one is whole first when this is planned."""
        self._made += 1
        if self._step is not None:
            self._step(self._made, self._all)
        whole = whole_at(work, found_for(self._planning.overrides.pinning(work), self._seed, _TRIES, [self._plan.order]).starts)
        return [(first, then) for first, then in self._pairs if whole[then] < whole[first] - _CLOSE]

    def _weighing(self, place: int) -> Callable[[float], bool]:
        """Whether the order flips when one weight is so many times as much."""

        def flips(factor: float) -> bool:
            goals = list(self._work.goals)
            goals[place] = goals[place].weighing(factor)
            return bool(self._flipped(Work(self._work.tasks, tuple(goals), self._work.crews)))

        return flips

    def _lasting(self, of: str) -> Callable[[float], bool]:
        """Whether the order flips when one duration is so many times as much."""

        def flips(factor: float) -> bool:
            tasks = tuple(replace(task, work=task.work * factor) if task.of == of else task for task in self._work.tasks)
            return bool(self._flipped(Work(tasks, self._work.goals, self._work.crews)))

        return flips


def _reach(of: str, what: Literal["weight", "duration"], flips: Callable[[float], bool], known: Estimate) -> Reach:
    """How far one figure may move; `known` is between which figures it lies."""
    up = next((place for place, factor in enumerate(FACTORS) if flips(factor)), len(FACTORS))
    down = next((place for place, factor in enumerate(FACTORS) if flips(1 / factor)), len(FACTORS))
    held = (1.0, *FACTORS)
    beyond = (*FACTORS, inf)
    within = known.likely * beyond[up] <= known.high or known.likely / beyond[down] >= known.low
    return Reach(of=of, what=what, more=held[up], less=held[down], within=(up < len(FACTORS) or down < len(FACTORS)) and within)
