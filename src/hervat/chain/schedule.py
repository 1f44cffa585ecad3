"""From a list of steps to times: list scheduling, and the harm that comes of it.

- *Parallel* (`at_once`): whenever a crew is free it takes, of the steps that can be done, the first in the list. No crew is idle while
  it could work.
- *Serial* (`one_by_one`): each step in the order of the list gets the earliest time at which its crew is free long enough; so a crew may be
  kept for what matters more and comes soon.

Both never start a step before those it waits for are done, and never let a crew do more at once than its size (Kolisch 1996).
"""

from bisect import insort
from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from hervat.chain.work import Work

Times = list[float]
"""When each step starts, in hours after the plan begins, by its number."""


def ends_of(work: Work, starts: Times) -> Times:
    """When each step is done: its work and what follows it."""
    return [task.done(start) for start, task in zip(starts, work.tasks, strict=True)]


def whole_at(work: Work, starts: Times) -> list[float]:
    """When each process is whole."""
    ends = ends_of(work, starts)
    return [max(ends[one] for one in goal.needs) for goal in work.goals]


def harm_of(work: Work, starts: Times) -> float:
    """The weighted tardiness of every process: its harm an hour, from when it was due until all that it needs is done.

    It is what a plan is searched by. The harm that is told of it is that of the map since the cut (`reckoning.py`); from when the plan
    begins the two are the same where no edge has a tolerance.
    """
    ends = ends_of(work, starts)
    return sum(goal.harm(max(ends[one] for one in goal.needs)) for goal in work.goals)


def at_once(work: Work, order: Sequence[int]) -> Times:
    """The times of a list, no crew idle while it could work."""
    tasks, rank = work.tasks, [0] * len(work.tasks)
    for place, number in enumerate(order):
        rank[number] = place
    unmet = [len(task.waits) for task in tasks]
    free = [size for _, size in work.crews]
    ready: list[list[tuple[int, int]]] = [[] for _ in work.crews]
    starts = [0.0] * len(tasks)
    # A number from 0 is a step that is done, below 0 a crew that is free again; steps wait for their release as if for one more step.
    events: list[tuple[float, int]] = [(tasks[number].release, len(tasks) + number) for number in range(len(tasks)) if not unmet[number]]
    heapify(events)
    while events:
        now = events[0][0]
        touched = set()
        while events and events[0][0] == now:
            _, what = heappop(events)
            if what >= len(tasks):
                number = what - len(tasks)
                heappush(ready[tasks[number].crew], (rank[number], number))
                touched.add(tasks[number].crew)
            elif what < 0:
                free[~what] += 1
                touched.add(~what)
            else:
                for after in work.successors[what]:
                    unmet[after] -= 1
                    if not unmet[after]:
                        heappush(events, (max(now, tasks[after].release), len(tasks) + after))
        for crew in sorted(touched):
            while free[crew] and ready[crew]:
                number = heappop(ready[crew])[1]
                task = tasks[number]
                starts[number] = now
                free[crew] -= 1
                heappush(events, (now + task.work, ~crew))
                heappush(events, (task.done(now), number))
    return starts


def one_by_one(work: Work, order: Sequence[int]) -> Times:
    """The times of a list, each step at the earliest place that those before it in the list leave. The list is put in an order that can
    be.
    """
    starts: Times = [0.0] * len(work.tasks)
    ends: Times = [0.0] * len(work.tasks)
    busy: list[list[list[tuple[float, float]]]] = [[[] for _ in range(size)] for _, size in work.crews]
    for number in feasible(work, order):
        task = work.tasks[number]
        from_ = max((ends[one] for one, _ in task.waits), default=0.0)
        start, unit = min((_gap(unit, max(from_, task.release), task.work), which) for which, unit in enumerate(busy[task.crew]))
        insort(busy[task.crew][unit], (start, start + task.work))
        starts[number], ends[number] = start, task.done(start)
    return starts


def _gap(unit: list[tuple[float, float]], from_: float, long: float) -> float:
    """The earliest time from `from_` on at which one of a crew has `long` hours to spare."""
    at = from_
    for begins, ends in unit:
        if begins - at >= long:
            return at
        at = max(at, ends)
    return at


def feasible(work: Work, order: Sequence[int]) -> list[int]:
    """The list, with what a step waits for brought before it."""
    found: list[int] = []
    done = [False] * len(work.tasks)
    for first in order:
        waiting = [first]
        while waiting:
            number = waiting[-1]
            before = [] if done[number] else [one for one, _ in work.tasks[number].waits if not done[one]]
            if before:
                waiting += before
                continue
            waiting.pop()
            if not done[number]:
                done[number] = True
                found.append(number)
    return found
