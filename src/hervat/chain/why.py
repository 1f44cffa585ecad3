"""Why each step of a plan is when it is.

- What binds a step is the step that it waited for last: by an edge, or because its crew was about that one.
- Slack is how much later a step could start and no process would be whole later than it is, or than it is due. Harm a day is what one
  day of delay of this step alone would cost, all else in the same order.
"""

from collections.abc import Sequence
from math import inf

from msgspec import Struct

from hervat.chain.schedule import Times, ends_of, harm_of, whole_at
from hervat.chain.work import DAY_HOURS, Work

_CLOSE = 1e-6


class Why(Struct, frozen=True, kw_only=True):
    """Why a step is when it is. `binding` is the step it waited for last, `by` the kind of edge or `crew`; without either it waited for
    none.

    `slack_hours` is None where no process rests on the step; `whole` are the processes that are whole when it is done.
    """

    step: str
    binding: str | None
    by: str | None
    slack_hours: float | None
    harm_a_day: float
    whole: tuple[str, ...]


def whys(work: Work, starts: Times) -> list[Why]:
    ends, whole = ends_of(work, starts), whole_at(work, starts)
    on_crew = units(work, starts)
    latest = _latest_starts(work, starts, on_crew)
    in_time, harm = in_time_of(work, starts), harm_of(work, starts)
    found = []
    for number, task in enumerate(work.tasks):
        if task.act == "drain":
            continue
        binding, by = _binding(work, number, starts, ends, on_crew)
        makes = (goal.id for goal, at in zip(work.goals, whole, strict=True) if number in goal.needs and ends[number] == at)
        slack = latest[number] - starts[number]
        found.append(
            Why(
                step=task.id,
                binding=binding,
                by=by,
                slack_hours=None if slack == inf else round(max(0.0, slack), 2),
                harm_a_day=round(harm_of(work, delayed(work, starts, on_crew, in_time, number)) - harm, 3),
                whole=tuple(makes),
            )
        )
    return found


def in_time_of(work: Work, starts: Times) -> list[int]:
    """The steps by when they start, each after those that it waits for; of those of one moment first what takes no time."""
    place = {number: at for at, number in enumerate(work.order)}
    return sorted(range(len(work.tasks)), key=lambda one: (starts[one], work.tasks[one].work > 0, place[one]))


def units(work: Work, starts: Times) -> list[int | None]:
    """For each step the one that the same hands were about just before."""
    last: list[list[tuple[float, int | None]]] = [[(-inf, None)] * size for _, size in work.crews]
    found: list[int | None] = [None] * len(work.tasks)
    for number in in_time_of(work, starts):
        task = work.tasks[number]
        if task.act == "drain":
            continue
        hands = last[task.crew]
        which = max((unit for unit in range(len(hands)) if hands[unit][0] <= starts[number] + _CLOSE), key=lambda unit: hands[unit][0])
        found[number] = hands[which][1]
        hands[which] = (starts[number] + task.work, number)
    return found


def _binding(
    work: Work, number: int, starts: Times, ends: Times, on_crew: Sequence[int | None]
) -> tuple[str, str] | tuple[None, None]:
    """The step that a step waited for last; an edge before a crew where both end together."""
    task = work.tasks[number]
    waited = [(ends[one], kind, one) for one, kind in task.waits]
    latest = max(waited, key=lambda one: one[0], default=None)
    if latest is not None and latest[0] >= starts[number] - _CLOSE:
        return work.tasks[latest[2]].id, latest[1]
    before = on_crew[number]
    if before is not None and starts[before] + work.tasks[before].work >= starts[number] - _CLOSE:
        return work.tasks[before].id, "crew"
    return None, None


def _latest_starts(work: Work, starts: Times, on_crew: Sequence[int | None]) -> list[float]:
    """How late each step can start, in the same order, and no process is whole later than it is or is due."""
    limits = [inf] * len(work.tasks)
    for goal, whole in zip(work.goals, whole_at(work, starts), strict=True):
        for one in goal.needs:
            limits[one] = min(limits[one], max(whole, goal.due))
    latest = [inf] * len(work.tasks)
    followed: dict[int, int] = {before: number for number, before in enumerate(on_crew) if before is not None}
    for number in reversed(in_time_of(work, starts)):
        task = work.tasks[number]
        over = min([limits[number], *(latest[one] for one in work.successors[number])])
        latest[number] = task.latest(over)
        if number in followed:
            latest[number] = min(latest[number], latest[followed[number]] - task.work)
    return latest


def delayed(work: Work, starts: Times, on_crew: Sequence[int | None], in_time: Sequence[int], late: int) -> Times:
    """The times when one step is a day late and everything keeps its order; `in_time` are all steps by when they start."""
    found = list(starts)
    found[late] += DAY_HOURS
    for number in in_time[in_time.index(late) + 1 :]:
        task = work.tasks[number]
        ready = max((work.tasks[one].done(found[one]) for one, _ in task.waits), default=0.0)
        before = on_crew[number]
        if before is not None:
            ready = max(ready, found[before] + work.tasks[before].work)
        found[number] = max(found[number], ready)
    return found
