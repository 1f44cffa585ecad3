"""How sure the order of phases is: what weights and durations may be, and for which of them the order would be another.

- A draw takes each duration from between its low and its high estimate (triangular, likely the most), and each weight from half to half
  as much again; a duration without estimates is what it is. Then it is planned anew.
- The order *flips* between two processes of different phases where the later one is whole first. What flips in a draw lies within what
  is not known: it is marked as a choice for people, with in how many draws.
- How far one weight alone may be multiplied or divided before anything flips is told as well: `holds_to` is the last of `FACTORS` that
  changes nothing, 1 where the first does.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from random import Random
from typing import Final

from msgspec import Struct

from hervat.chain.parts import ChainMap, estimate
from hervat.chain.planning import Overrides, found_for, phases_of, whole_at
from hervat.chain.work import Work, work_of

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
    """How far the weight of a process, or the duration of a part, may be multiplied (`more`) or divided (`less`) and the order stays."""

    of: str
    what: str
    more: float
    less: float


class Doubt(Struct, frozen=True, kw_only=True):
    """The choices, the most doubtful first, and the reach of weights and durations, the shortest first."""

    draws: int
    choices: tuple[Choice, ...]
    reach: tuple[Reach, ...]


def doubted(
    chain: ChainMap, cut: Sequence[str], overrides: Overrides, seed: int, draws: int = DRAWS, step: Callable[[int, int], None] | None = None
) -> Doubt:
    """How sure the order of phases of a map's plan is; `step` is told how many plans of how many were made."""
    doubting = _Doubting(chain, cut, overrides, seed, step)
    return doubting.told(draws)


class _Doubting:
    """Plans a map again and again, and sees where the order is another."""

    def __init__(
        self, chain: ChainMap, cut: Sequence[str], overrides: Overrides, seed: int, step: Callable[[int, int], None] | None
    ) -> None:
        self._chain, self._cut, self._overrides, self._seed = chain, cut, overrides, seed
        self._work = overrides.on(work_of(chain, cut))
        self._step, self._made, self._all = step, 0, 0
        whole = whole_at(self._work, found_for(self._work, seed, _TRIES).starts)
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
        reach = [
            Reach(of=name, what="weight", more=self._holds(place, up=True), less=self._holds(place, up=False))
            for place, name in enumerate(names)
        ]
        reach += [Reach(of=of, what="duration", more=self._lasts(of, up=True), less=self._lasts(of, up=False)) for of in parts]
        return Doubt(draws=draws, choices=tuple(choices), reach=tuple(sorted(reach, key=lambda one: (min(one.more, one.less), one.of))))

    def _drawn(self, rng: Random) -> Work:
        """The work with durations and weights as one draw has them."""
        hours: dict[str, float] = {}
        named = [(one.id, one.restore) for one in self._chain.system] + [(one.id, one.takes) for one in self._chain.check]
        for id, about in [*named, *((one.id, one.open) for one in self._chain.stream)]:
            known = estimate(about)
            hours[id] = rng.triangular(known.low, known.high, known.likely)
        work = self._overrides.on(work_of(self._chain, self._cut, hours))
        return Work(work.tasks, tuple(replace(goal, weight=goal.weight * rng.uniform(_LEAST, _MOST)) for goal in work.goals), work.crews)

    def _flipped(self, work: Work) -> list[tuple[int, int]]:
        """The pairs of which the later one is whole first when this is planned."""
        self._made += 1
        if self._step is not None:
            self._step(self._made, self._all)
        whole = whole_at(work, found_for(work, self._seed, _TRIES).starts)
        return [(first, then) for first, then in self._pairs if whole[then] < whole[first] - _CLOSE]

    def _holds(self, place: int, *, up: bool) -> float:
        """How far one weight may move."""

        def changed(factor: float) -> Work:
            goals = list(self._work.goals)
            goals[place] = replace(goals[place], weight=goals[place].weight * factor)
            return Work(self._work.tasks, tuple(goals), self._work.crews)

        return self._reach(changed, up=up)

    def _lasts(self, of: str, *, up: bool) -> float:
        """How far the duration of one part may move."""

        def changed(factor: float) -> Work:
            tasks = tuple(replace(task, work=task.work * factor) if task.of == of else task for task in self._work.tasks)
            return Work(tasks, self._work.goals, self._work.crews)

        return self._reach(changed, up=up)

    def _reach(self, changed: Callable[[float], Work], *, up: bool) -> float:
        held = 1.0
        for factor in FACTORS:
            if self._flipped(changed(factor if up else 1 / factor)):
                break
            held = factor
        return held
