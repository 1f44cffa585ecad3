"""Rules that make a list of steps: the four that are in use, and inherited urgency.

- `tiers`: what recovery orchestrators do. Each part has the tier of the heaviest process that uses it; tier by tier.
- `topological`: an order that can be, as the map has it.
- `due`: earliest due date, of the processes that use a part.
- `tardiness`: apparent tardiness cost (Vepsalainen and Morton 1987), with the weight and the due date of those.
- `inherited`: every step has the urgency of all that waits behind it. The process with the most harm an hour of work that is still to be
  done for it goes first, with all that it rests on; then the next, of what is left. Where a step is for many, they share it.
"""

from collections.abc import Callable, Collection, Sequence
from math import exp, inf

from hervat.chain.work import Goal, Work

Rule = Callable[[Work], list[int]]
Users = Sequence[Sequence[Goal]]
"""For each step the processes whose urgency it has."""
_TIERS = 5
_LEAST_HOURS = 1e-9
_LOOK_AHEAD = 2.0


def own(work: Work) -> Users:
    """For each step the processes that use it themselves."""
    return _users(work, [goal.needs for goal in work.goals])


def behind(work: Work) -> Users:
    """For each step the processes that rest on it, through others too."""
    return _users(work, work.behind)


def _users(work: Work, steps: Sequence[Collection[int]]) -> Users:
    found: list[list[Goal]] = [[] for _ in work.tasks]
    for goal, its in zip(work.goals, steps, strict=True):
        for one in its:
            found[one].append(goal)
    return found


def _sorted(work: Work, key: Callable[[int], float]) -> list[int]:
    return sorted(range(len(work.tasks)), key=lambda number: (key(number), number))


def tiers(work: Work, users: Users) -> list[int]:
    """Tier by tier: five of them, by the heaviest process that uses a part; what none uses comes last."""
    weights = sorted({goal.weight for goal in work.goals}, reverse=True)
    tier = {weight: place * _TIERS // len(weights) for place, weight in enumerate(weights)}
    return _sorted(work, lambda number: min((tier[goal.weight] for goal in users[number]), default=_TIERS))


def due(work: Work, users: Users) -> list[int]:
    """Earliest due date first; what no process uses comes last."""
    return _sorted(work, lambda number: min((goal.due for goal in users[number]), default=inf))


def tardiness(work: Work, users: Users) -> list[int]:
    """Apparent tardiness cost, the highest first."""
    mean = sum(task.work for task in work.tasks) / max(1, len(work.tasks)) or 1.0

    def cost(number: int) -> float:
        hours = max(work.tasks[number].work, _LEAST_HOURS)
        return -sum(goal.weight / hours * exp(-max(0.0, goal.due - hours) / (_LOOK_AHEAD * mean)) for goal in users[number])

    return _sorted(work, cost)


BASELINES: dict[str, Rule] = {
    "tiers": lambda work: tiers(work, own(work)),
    "topological": lambda work: list(work.order),
    "due": lambda work: due(work, own(work)),
    "tardiness": lambda work: tardiness(work, own(work)),
}
"""The rules in their usual form: a part has the urgency of those who use it themselves."""
STRONGER: dict[str, Rule] = {
    "tiers inherited": lambda work: tiers(work, behind(work)),
    "due inherited": lambda work: due(work, behind(work)),
    "tardiness inherited": lambda work: tardiness(work, behind(work)),
}
"""The same rules, given what inherited urgency gives: a part has the urgency of all that rests on it."""


def tails(work: Work) -> list[float]:
    """For each step the hours of the longest way from its start to the end of anything behind it."""
    found = [0.0] * len(work.tasks)
    for number in reversed(work.order):
        task = work.tasks[number]
        found[number] = task.work + task.lag + max((found[one] for one in work.successors[number]), default=0.0)
    return found


def for_goals(work: Work, goals: Sequence[int]) -> list[int]:
    """The list that serves processes in an order: for each what it rests on and is not in it yet, the longest way first."""
    tail = tails(work)
    found: list[int] = []
    listed: set[int] = set()
    for goal in goals:
        more = sorted(work.behind[goal] - listed, key=lambda number: (-tail[number], number))
        found += more
        listed.update(more)
    return found + sorted(set(range(len(work.tasks))) - listed, key=lambda number: (-tail[number], number))


def by_density(work: Work) -> list[int]:
    """The processes in the order of the harm an hour that all work still to be done for each would end."""
    left, listed, found = set(range(len(work.goals))), set[int](), list[int]()
    while left:
        best = max(left, key=lambda goal: (_density(work, goal, listed), -goal))
        found.append(best)
        left.remove(best)
        listed |= work.behind[best]
    return found


def _density(work: Work, goal: int, listed: set[int]) -> float:
    """Harm an hour, over the hours that the busiest crew would still be about it."""
    hours = [0.0] * len(work.crews)
    for number in work.behind[goal] - listed:
        task = work.tasks[number]
        hours[task.crew] += task.work / work.crews[task.crew][1]
    return work.goals[goal].weight / max(max(hours, default=0.0), _LEAST_HOURS)


def inherited(work: Work) -> list[int]:
    """The list by inherited urgency."""
    return for_goals(work, by_density(work))
