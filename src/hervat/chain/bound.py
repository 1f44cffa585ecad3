"""What no plan can be better than: a lower bound of the harm, to show beside what was found.

- Alone: a process is not whole before its longest way is done, nor before any crew has done, of what lies behind it, the steps that cannot
  begin before some hour: that hour, their work over the size of the crew, and the shortest way that is left after them. The same holds of
  the start of a step.
- Together: of some processes, the last to be whole is not so before any crew has done all that any of them needs of it. Of that, too, only
  those steps are taken that cannot begin before some hour and after which some way is left: that hour, their work over the size of the
  crew, and that way. The least over all orders, by dynamic programming over sets (Held and Karp 1962), for groups of twelve, of many
  processes eight.
- Each process is counted in one group; so the sum is a bound.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from hervat.chain.work import Work

_GROUP, _SMALLER, _MANY = 12, 8, 36


def bound_of(work: Work) -> float:
    """A harm below which no plan of this work comes."""
    heads = _heads(work)
    after = [_after(work, goal.needs, heads) for goal in work.goals]
    alone = [_alone(work, heads, after[goal]) for goal in range(len(work.goals))]
    ranked = sorted(range(len(work.goals)), key=lambda goal: (-work.goals[goal].weight, goal))
    size = _GROUP if len(ranked) <= _MANY else _SMALLER
    groups = [ranked[at : at + size] for at in range(0, len(ranked), size)]
    return sum(_together(work, group, alone, _last(work, group, min(alone[goal] for goal in group), heads, after)) for group in groups)


def whole_at_least(work: Work) -> list[float]:
    """For each process the hour before which no plan makes it whole."""
    heads = _heads(work)
    return [_alone(work, heads, _after(work, goal.needs, heads)) for goal in work.goals]


def _heads(work: Work) -> list[float]:
    """When each step can start at the earliest: after its longest way, and after what each crew must have done before it."""
    heads = [0.0] * len(work.tasks)
    for number in work.order:
        task = work.tasks[number]
        before = max((work.tasks[one].done(heads[one]) for one, _ in task.waits), default=0.0)
        heads[number] = max(task.release, before)
        if len(work.before[number]) > 2:
            heads[number] = max(heads[number], _crews(work, heads, _after(work, [one for one, _ in task.waits], heads)))
    return heads


def _after(work: Work, ends: Collection[int], heads: Sequence[float]) -> dict[int, float]:
    """For each step that must be done for `ends` the hours between the end of its work and all of them being done, at least."""
    behind = frozenset[int]().union(*(work.before[one] for one in ends))
    found: dict[int, float] = {}
    for number in sorted(behind, key=work.place.__getitem__, reverse=True):
        task = work.tasks[number]
        later = (work.tasks[one].work + found[one] for one in work.successors[number] if one in behind)
        found[number] = task.done(heads[number]) - heads[number] - task.work + max(later, default=0.0)
    return found


def _alone(work: Work, heads: Sequence[float], after: Mapping[int, float]) -> float:
    least = max((heads[one] + work.tasks[one].work + left for one, left in after.items()), default=0.0)
    return max(least, _crews(work, heads, after))


def _crews(work: Work, heads: Sequence[float], after: Mapping[int, float]) -> float:
    """The hour before which no crew has done all of some steps, and what is left after them."""
    least = 0.0
    its: dict[int, list[int]] = {}
    for one in after:
        its.setdefault(work.tasks[one].crew, []).append(one)
    for crew, steps in its.items():
        hours, tail = 0.0, float("inf")
        for one in sorted(steps, key=lambda one: -heads[one]):
            hours += work.tasks[one].work
            tail = min(tail, after[one])
            least = max(least, heads[one] + hours / work.crews[crew][1] + tail)
    return least


def _last(work: Work, group: Sequence[int], above: float, heads: Sequence[float], after: Sequence[Mapping[int, float]]) -> list[float]:
    """For each set of some processes, as bits, the hour before which the last of them is not whole; only what is `above` an hour."""
    sets = 1 << len(group)
    last = [0.0] * sets
    users: dict[int, int] = {}
    tails: dict[int, float] = {}
    for place, goal in enumerate(group):
        for one, left in after[goal].items():
            users[one] = users.get(one, 0) | 1 << place
            tails[one] = min(tails.get(one, left), left)
    for crew, (_, size) in enumerate(work.crews):
        its = [one for one in users if work.tasks[one].crew == crew and work.tasks[one].work > 0]
        for head in _levels(heads[one] for one in its):
            for tail in _levels(tails[one] for one in its if heads[one] >= head):
                chosen = [one for one in its if heads[one] >= head and tails[one] >= tail]
                if head + sum(work.tasks[one].work for one in chosen) / size + tail > above:
                    _raise(last, {one: users[one] for one in chosen}, work, (head + tail, size))
    return last


def _levels(hours: Iterable[float]) -> list[float]:
    """The least of some hours, and those at a third and two thirds of them."""
    ordered = sorted(hours)
    return sorted({ordered[len(ordered) * part // 3] for part in range(3)}) if ordered else []


def _raise(last: list[float], users: Mapping[int, int], work: Work, about: tuple[float, int]) -> None:
    """Raise what is known of each set by some steps of one crew: how long it is about those that any process of the set needs."""
    apart, size = about
    without = [0.0] * len(last)
    for one, its in users.items():
        without[its] += work.tasks[one].work
    bit = 1
    while bit < len(last):
        for one in range(len(last)):
            if one & bit:
                without[one] += without[one ^ bit]
        bit <<= 1
    full = len(last) - 1
    for one in range(1, len(last)):
        hours = without[full] - without[full ^ one]
        if hours > 0:
            last[one] = max(last[one], apart + hours / size)


def _together(work: Work, group: Sequence[int], alone: Sequence[float], last: Sequence[float]) -> float:
    """The least harm of some processes, by when the last of each set of them is whole."""
    least = [0.0] + [float("inf")] * (len(last) - 1)
    for chosen in range(1, len(last)):
        for place, goal in enumerate(group):
            if chosen >> place & 1:
                harm = work.goals[goal].harm(max(alone[goal], last[chosen]))
                least[chosen] = min(least[chosen], least[chosen ^ (1 << place)] + harm)
    return least[-1]
