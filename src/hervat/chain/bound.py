"""What no plan can be better than: a lower bound of the harm, to show beside what was found.

- Alone: a process is not whole before its longest way is done, nor before any crew has done, of what lies behind it, the steps that cannot
  begin before some hour: that hour, their work over the size of the crew, and the shortest way that is left after them.
- Together: of some processes, in whatever order they become whole, the first so many are not so before a crew has done all that any of them
  needs of it. The least over all orders, by dynamic programming over sets (Held and Karp 1962), for groups of twelve, of many processes
  eight.
- Each process is counted in one group, and each group by the crew that says most; so the sum is a bound.
"""

from collections.abc import Sequence

from hervat.chain.work import Work

_GROUP, _SMALLER, _MANY = 12, 8, 36


def bound_of(work: Work) -> float:
    """A harm below which no plan of this work comes."""
    alone = whole_at_least(work)
    ranked = sorted(range(len(work.goals)), key=lambda goal: (-work.goals[goal].weight, goal))
    size = _GROUP if len(ranked) <= _MANY else _SMALLER
    groups = [ranked[at : at + size] for at in range(0, len(ranked), size)]
    return sum(max(_together(work, group, alone, crew) for crew in range(len(work.crews))) for group in groups)


def whole_at_least(work: Work) -> list[float]:
    """For each process the hour before which no plan makes it whole."""
    heads = _heads(work)
    return [_alone(work, goal, heads) for goal in range(len(work.goals))]


def _heads(work: Work) -> list[float]:
    """When each step could start if every crew were large enough."""
    heads = [0.0] * len(work.tasks)
    for number in work.order:
        before = (work.tasks[one].done(heads[one]) for one, _ in work.tasks[number].waits)
        heads[number] = max(work.tasks[number].release, max(before, default=0.0))
    return heads


def _after(work: Work, goal: int, heads: Sequence[float]) -> dict[int, float]:
    """For each step behind a process the hours between the end of its work and the process being whole, at least."""
    behind = work.behind[goal]
    found: dict[int, float] = {}
    for number in reversed(work.order):
        if number in behind:
            later = (work.tasks[one].work + found[one] for one in work.successors[number] if one in behind)
            task = work.tasks[number]
            found[number] = task.done(heads[number]) - heads[number] - task.work + max(later, default=0.0)
    return found


def _alone(work: Work, goal: int, heads: Sequence[float]) -> float:
    after = _after(work, goal, heads)
    least = max((heads[one] + work.tasks[one].work + after[one] for one in after), default=0.0)
    for crew, (_, size) in enumerate(work.crews):
        its = sorted((one for one in after if work.tasks[one].crew == crew), key=lambda one: -heads[one])
        hours, tail = 0.0, float("inf")
        for one in its:
            hours += work.tasks[one].work
            tail = min(tail, after[one])
            least = max(least, heads[one] + hours / size + tail)
    return least


def _together(work: Work, group: Sequence[int], alone: Sequence[float], crew: int) -> float:
    """The least harm of some processes by what one crew has to do for them."""
    size = work.crews[crew][1]
    its = [frozenset(one for one in work.behind[goal] if work.tasks[one].crew == crew) for goal in group]
    hours = [0.0] * (1 << len(group))
    least = [0.0] + [float("inf")] * ((1 << len(group)) - 1)
    unions: list[frozenset[int]] = [frozenset()] * (1 << len(group))
    for chosen in range(1, 1 << len(group)):
        low = (chosen & -chosen).bit_length() - 1
        rest = chosen & (chosen - 1)
        more = its[low] - unions[rest]
        unions[chosen] = unions[rest] | more
        hours[chosen] = hours[rest] + sum(work.tasks[one].work for one in more)
        done = hours[chosen] / size
        for place, goal in enumerate(group):
            if chosen >> place & 1:
                harm = work.goals[goal].harm(max(alone[goal], done))
                least[chosen] = min(least[chosen], least[chosen ^ (1 << place)] + harm)
    return least[-1]
