"""A plan of a restart, and why it is as it is.

- A phase ends when processes are whole again: those that are so within a day of the first are whole in one phase. A step belongs to the
  first phase that rests on it; one that no process rests on, to the phase in which it is done.
- What binds a step is the step that it waited for last: by an edge, or because its crew was about that one.
- Slack is how much later a step could start and no process would be whole later than it is, or than it is due. Harm a day is what one
  day of delay of this step alone would cost, all else in the same order.
- A plan is called optimal only where the bound is met.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from msgspec import Struct

from hervat.chain.bound import bound_of
from hervat.chain.parts import ChainMap, Check, Stream, System
from hervat.chain.plan import Approver, GateAsked, Plan, Step, Wait, digest
from hervat.chain.rules import BASELINES, STRONGER, inherited
from hervat.chain.schedule import Times, at_once, ends_of, harm_of
from hervat.chain.search import Found, improved
from hervat.chain.work import DAY_HOURS, Work, work_of
from hervat.errors import Usage

_CLOSE = 1e-6
_REHEARSED_HOURS = 30 * DAY_HOURS


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


class Phase(Struct, frozen=True, kw_only=True):
    """A phase: its number, between which hours, which processes are whole at its end, and which links go live in it."""

    number: int
    begins: float
    ends: float
    whole: tuple[str, ...]
    live: tuple[str, ...]


class Served(Struct, frozen=True, kw_only=True):
    """A process: from which hour on it does harm, when it is whole, and the harm of the plan until then."""

    process: str
    due: float
    whole: float
    harm: float


class Planned(Struct, frozen=True, kw_only=True):
    """A plan with all that explains it. `baselines` has the harm of each rule in use; `optimal` says that the bound is met."""

    plan: Plan
    harm: float
    bound: float
    optimal: bool
    baselines: dict[str, float]
    why: tuple[Why, ...]
    phases: tuple[Phase, ...]
    served: tuple[Served, ...]


@dataclass(frozen=True)
class Overrides:
    """What people say against a plan: steps not before an hour, and steps after others."""

    pins: Mapping[str, float]
    before: Sequence[tuple[str, str]]

    @property
    def any(self) -> bool:
        return bool(self.pins or self.before)

    def on(self, work: Work) -> Work:
        """The same work, held to what was said. Raises Usage for a step that there is not, and for an order that cannot be."""
        numbers = {task.id: number for number, task in enumerate(work.tasks)}
        for id in (*self.pins, *(one for pair in self.before for one in pair)):
            if id not in numbers:
                raise Usage(f"there is no step {id!r}; the steps are {', '.join(numbers)}")
        tasks = list(work.tasks)
        for id, hour in self.pins.items():
            tasks[numbers[id]] = replace(tasks[numbers[id]], release=hour)
        for first, then in self.before:
            task = tasks[numbers[then]]
            if numbers[first] not in {one for one, _ in task.waits}:
                tasks[numbers[then]] = replace(task, waits=(*task.waits, (numbers[first], "after")))
        changed = Work(tuple(tasks), work.goals, work.crews)
        if len(changed.order) < len(tasks):
            raise Usage("--before goes round in a circle with what the map says; hervat plan without it shows what each step waits for")
        return changed


def found_for(work: Work, seed: int, tries: int | None = None) -> Found:
    """The best plan that the search finds, from every rule's list."""
    return improved(work, [rule(work) for rule in (*BASELINES.values(), *STRONGER.values(), inherited)], seed, tries)


def planned(chain: ChainMap, cut: Sequence[str], seed: int, overrides: Overrides) -> Planned:
    """The plan for a map, with every step explained. Raises Usage where nothing is cut, or what was said against it cannot be."""
    work = overrides.on(work_of(chain, cut))
    found = found_for(work, seed)
    return told(chain, work, found)


def told(chain: ChainMap, work: Work, found: Found) -> Planned:
    """A plan from the times that were found."""
    least = min(bound_of(work), found.harm)
    phases = _phases(work, found.starts)
    return Planned(
        plan=_plan(chain, work, found.starts, phases),
        harm=round(found.harm, 3),
        bound=round(least, 3),
        optimal=found.harm - least <= _CLOSE * max(1.0, found.harm),
        baselines={name: round(harm_of(work, at_once(work, rule(work))), 3) for name, rule in BASELINES.items()},
        why=tuple(_whys(work, found.starts)),
        phases=tuple(phases),
        served=tuple(_served(work, found.starts)),
    )


def whole_at(work: Work, starts: Times) -> list[float]:
    """When each process is whole."""
    ends = ends_of(work, starts)
    return [max(ends[one] for one in goal.needs) for goal in work.goals]


def _served(work: Work, starts: Times) -> list[Served]:
    found = [
        Served(process=goal.id, due=round(goal.due, 2), whole=round(whole, 2), harm=round(goal.weight * max(0.0, whole - goal.due), 3))
        for goal, whole in zip(work.goals, whole_at(work, starts), strict=True)
    ]
    return sorted(found, key=lambda one: (one.whole, one.process))


def phases_of(whole: Sequence[float]) -> list[int]:
    """The phase in which each process is whole, from 1; by when each is."""
    found = [0] * len(whole)
    number, first = 0, -inf
    for place in sorted(range(len(whole)), key=lambda one: (whole[one], one)):
        if whole[place] > first + DAY_HOURS:
            number, first = number + 1, whole[place]
        found[place] = number
    return found


def _phases(work: Work, starts: Times) -> list[Phase]:
    whole, ends = whole_at(work, starts), ends_of(work, starts)
    number_of = phases_of(whole)
    step_in = _steps_in(work, ends, whole, number_of)
    phases = []
    for number in range(1, max(number_of, default=1) + 1):
        its = [place for place, one in enumerate(step_in) if one == number]
        live = tuple(work.tasks[place].of for place in its if work.tasks[place].act == "open")
        goals = tuple(goal.id for goal, one in zip(work.goals, number_of, strict=True) if one == number)
        begins, over = min((starts[place] for place in its), default=0.0), max((ends[place] for place in its), default=0.0)
        phases.append(Phase(number=number, begins=round(begins, 2), ends=round(over, 2), whole=goals, live=live))
    return phases


def _steps_in(work: Work, ends: Times, whole: Sequence[float], number_of: Sequence[int]) -> list[int]:
    """The phase of each step."""
    numbers = range(1, max(number_of, default=0) + 1)
    over = [max(end for end, one in zip(whole, number_of, strict=True) if one == number) for number in numbers]
    found = []
    for place, end in enumerate(ends):
        serves = [number for number, behind in zip(number_of, work.behind, strict=True) if place in behind]
        by_time = next((number for number, last in enumerate(over, 1) if end <= last), max(1, len(over)))
        found.append(min(serves, default=by_time))
    return found


def _plan(chain: ChainMap, work: Work, starts: Times, phases: Sequence[Phase]) -> Plan:
    ends, whole = ends_of(work, starts), whole_at(work, starts)
    step_in = _steps_in(work, ends, whole, phases_of(whole))
    making = _Steps(chain, work)
    steps = [making.step(number, starts[number], ends[number], step_in[number]) for number in range(len(work.tasks))]
    begins = None if chain.cut is None else chain.cut.restart
    if begins is None:
        raise Usage("the map does not say when the work of coming back begins; give it a [cut] with at, restart and systems")
    return Plan(
        name=chain.name, chain=digest(chain), begins=begins, steps=tuple(sorted(steps, key=lambda one: (one.start, one.end, one.id)))
    )


class _Steps:
    """Makes the steps of a plan from those that the planner has."""

    def __init__(self, chain: ChainMap, work: Work) -> None:
        self._work, self._oins = work, {partner.id: partner.oin for partner in chain.partner}
        self._systems = {one.id: one for one in chain.system}
        parts: list[System | Stream | Check] = [*chain.system, *chain.stream, *chain.check]
        self._parts = {one.id: one for one in parts}

    def step(self, number: int, start: float, end: float, phase: int) -> Step:
        task = self._work.tasks[number]
        part = self._parts[task.of]
        waits = tuple(Wait(step=self._work.tasks[one].id, why=kind) for one, kind in task.waits)
        crew = self._work.crews[task.crew][0]
        made = Step(
            id=task.id,
            act=task.act,
            of=task.of,
            name=part.name,
            partner=self._systems[part.from_].partner if isinstance(part, Stream) else part.partner,
            crew=crew,
            start=round(start, 2),
            end=round(end, 2),
            phase=phase,
            waits_for=waits,
        )
        return self._with_gates(made, part) if isinstance(part, Stream) else made

    def _with_gates(self, step: Step, stream: Stream) -> Step:
        hours = {"soaked": stream.soak, "rehearsed": _REHEARSED_HOURS}
        gates = tuple(GateAsked(gate=gate, hours=hours.get(gate)) for gate in stream.gates)
        approvers = tuple(Approver(partner=one.partner, role=one.role, oin=self._oins[one.partner]) for one in stream.approvers)
        return Step(
            **{name: getattr(step, name) for name in step.__struct_fields__}
            | {"sender": self._oins[step.partner], "feed": stream.feed, "kinds": stream.kinds, "gates": gates, "approvers": approvers}
        )


def _whys(work: Work, starts: Times) -> list[Why]:
    ends, whole = ends_of(work, starts), whole_at(work, starts)
    on_crew = _units(work, starts)
    latest = _latest_starts(work, starts, on_crew)
    in_time, harm = _in_time(work, starts), harm_of(work, starts)
    found = []
    for number, task in enumerate(work.tasks):
        binding, by = _binding(work, number, starts, ends, on_crew)
        makes = (goal.id for goal, at in zip(work.goals, whole, strict=True) if number in goal.needs and ends[number] == at)
        slack = latest[number] - starts[number]
        found.append(
            Why(
                step=task.id,
                binding=binding,
                by=by,
                slack_hours=None if slack == inf else round(max(0.0, slack), 2),
                harm_a_day=round(harm_of(work, _delayed(work, starts, on_crew, in_time, number)) - harm, 3),
                whole=tuple(makes),
            )
        )
    return found


def _in_time(work: Work, starts: Times) -> list[int]:
    """The steps by when they start, each after those that it waits for; of those of one moment first what takes no time."""
    place = {number: at for at, number in enumerate(work.order)}
    return sorted(range(len(work.tasks)), key=lambda one: (starts[one], work.tasks[one].work > 0, place[one]))


def _units(work: Work, starts: Times) -> list[int | None]:
    """For each step the one that the same hands were about just before."""
    last: list[list[tuple[float, int | None]]] = [[(-inf, None)] * size for _, size in work.crews]
    found: list[int | None] = [None] * len(work.tasks)
    for number in _in_time(work, starts):
        task = work.tasks[number]
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
    for number in reversed(_in_time(work, starts)):
        task = work.tasks[number]
        over = min([limits[number], *(latest[one] for one in work.successors[number])])
        latest[number] = over - task.work - task.lag
        if number in followed:
            latest[number] = min(latest[number], latest[followed[number]] - task.work)
    return latest


def _delayed(work: Work, starts: Times, on_crew: Sequence[int | None], in_time: Sequence[int], late: int) -> Times:
    """The times when one step is a day late and everything keeps its order; `in_time` are all steps by when they start."""
    found = list(starts)
    found[late] += DAY_HOURS
    for number in in_time[in_time.index(late) + 1 :]:
        task = work.tasks[number]
        ready = max((found[one] + work.tasks[one].work + work.tasks[one].lag for one, _ in task.waits), default=0.0)
        before = on_crew[number]
        if before is not None:
            ready = max(ready, found[before] + work.tasks[before].work)
        found[number] = max(found[number], ready)
    return found
