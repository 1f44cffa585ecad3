"""Local search from good lists to better ones: first over the order of the processes, then over the list of steps itself.

- It begins with every list that it is given, both ways of scheduling each; so what it finds is never worse than any of them.
- A move over processes serves one earlier or later, with all that it rests on.
- A move over steps looks at what kept a late process late: the way back from its last step over what each step waited for. Where a step
  waited for its crew alone, it is put before the one that the crew was about.
- A list is taken where it is not worse than the one some moves before (late acceptance, Burke and Bykov 2017).
- It ends early where no process could be whole earlier: nothing that it would try could be better.
- How much is tried is counted in lists that are scheduled, not in seconds, and chance comes from a seed: the same input gives the same
  plan.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

from hervat.chain.bound import whole_at_least
from hervat.chain.rules import by_density, for_goals
from hervat.chain.schedule import Times, at_once, ends_of, harm_of, one_by_one
from hervat.chain.work import Work

Scheduling = Callable[[Work, Sequence[int]], Times]
_MEMORY = 12
_LARGE = 260
_EFFORT, _MOST, _LEAST = 1_600_000, 8_000, 400
_OVER_GOALS = 0.4
_CLOSE = 1e-9


@dataclass(slots=True)
class Found:
    """A list, how it is scheduled, its times, and their harm."""

    order: list[int]
    scheduling: Scheduling
    starts: Times
    harm: float


def effort(work: Work) -> int:
    """How many lists are tried: fewer where there is more to schedule."""
    return max(_LEAST, min(_MOST, _EFFORT // max(1, len(work.tasks))))


def improved(work: Work, lists: Iterable[Sequence[int]], seed: int, tries: int | None = None) -> Found:
    """The best of some lists and of what a search from them finds."""
    search = _Search(work, Random(f"plan/{seed}"), effort(work) if tries is None else tries)
    for order in lists:
        search.begin(order)
    search.over_goals()
    search.over_steps()
    return search.best


class _Search:
    """A search that is under way; `best` is what it found so far."""

    best: Found

    def __init__(self, work: Work, rng: Random, tries: int) -> None:
        self._work, self._rng, self._left, self._tries = work, rng, tries, tries
        self._scheduling: Scheduling = at_once
        self._least = sum(goal.harm(whole) for goal, whole in zip(work.goals, whole_at_least(work), strict=True))

    def begin(self, order: Sequence[int]) -> None:
        """Look at a list that is given, scheduled in both ways."""
        for scheduling in (at_once, one_by_one):
            starts = scheduling(self._work, order)
            found = Found(list(order), scheduling, starts, harm_of(self._work, starts))
            if not hasattr(self, "best") or found.harm < self.best.harm - _CLOSE:
                self._take(found)

    def _try(self, order: list[int]) -> Found:
        self._left -= 1
        starts = self._scheduling(self._work, order)
        found = Found(order, self._scheduling, starts, harm_of(self._work, starts))
        if found.harm < self.best.harm - _CLOSE:
            self._take(found)
        return found

    def _take(self, found: Found) -> None:
        self.best = found
        if found.harm <= self._least + _CLOSE:
            self._left = 0

    def over_goals(self) -> None:
        """Serve processes in other orders."""
        goals = by_density(self._work)
        if len(goals) < 2:
            return
        until = self._tries * (1 - _OVER_GOALS)
        for scheduling in (at_once,) if len(self._work.tasks) > _LARGE else (at_once, one_by_one):
            self._scheduling = scheduling
            stop = self._left - (self._left - until) / (2 if scheduling is at_once and len(self._work.tasks) <= _LARGE else 1)
            current, memory = self._try(for_goals(self._work, goals)), [float("inf")] * _MEMORY
            served, turn = list(goals), 0
            while self._left > stop:
                moved = list(served)
                moved.insert(self._rng.randrange(len(moved)), moved.pop(self._rng.randrange(len(moved))))
                found = self._try(for_goals(self._work, moved))
                if found.harm <= current.harm or found.harm <= memory[turn % _MEMORY]:
                    served, current = moved, found
                memory[turn % _MEMORY] = current.harm
                turn += 1

    def over_steps(self) -> None:
        """Put steps on which late processes waited before those that kept their crew."""
        self._scheduling = self.best.scheduling
        current, memory, turn = self.best, [self.best.harm] * _MEMORY, 0
        while self._left > 0:
            move = self._move(current)
            if move is None:
                return
            found = self._try(move)
            if found.harm <= current.harm or found.harm <= memory[turn % _MEMORY]:
                current = found
            memory[turn % _MEMORY] = current.harm
            turn += 1

    def _move(self, current: Found) -> list[int] | None:
        """Another list; None where no process is late, or none of them because of a crew."""
        pairs = self._kept_waiting(current)
        if not pairs:
            return None
        number, blocker = pairs[self._rng.randrange(len(pairs))]
        order = list(current.order)
        order.remove(number)
        order.insert(order.index(blocker), number)
        return order

    def _kept_waiting(self, current: Found) -> list[tuple[int, int]]:
        """Steps on the way to a late process, chosen by its harm, that waited for their crew, each with one that the crew was about."""
        work, ends = self._work, ends_of(self._work, current.starts)
        late = [goal.harm(max(ends[one] for one in goal.needs)) for goal in work.goals]
        if not any(late):
            return []
        goal = self._rng.choices(range(len(late)), late)[0]
        place = {number: at for at, number in enumerate(current.order)}
        number = max(work.goals[goal].needs, key=lambda one: ends[one])
        pairs = []
        while True:
            task, start = work.tasks[number], current.starts[number]
            ready = max((ends[one] for one, _ in task.waits), default=task.release)
            if start > ready + _CLOSE:
                pairs += [(number, one) for one in self._crew_at(current, task.crew, ready, start) if place[one] < place[number]]
            if not task.waits:
                return pairs
            number = max((one for one, _ in task.waits), key=lambda one: ends[one])

    def _crew_at(self, current: Found, crew: int, ready: float, start: float) -> list[int]:
        """What a crew was about between two moments."""
        tasks = self._work.tasks
        return [
            one
            for one, began in enumerate(current.starts)
            if tasks[one].crew == crew and began < start - _CLOSE and began + tasks[one].work > ready + _CLOSE
        ]
