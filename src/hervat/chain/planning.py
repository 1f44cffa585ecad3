"""A plan of a restart, and why it is as it is.

- A phase ends when processes are whole again: those that are so within a day of the first are whole in one phase. A step belongs to the
  first phase that rests on it; one that no process rests on, to the phase in which it is done.
- Harm is since the cut, by the one reckoning of `reckoning`. A bound is looked at before it is told, and a plan is called optimal only
  where it meets it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from math import inf

from msgspec import Struct

from hervat.chain.bound import bound_of
from hervat.chain.impact import Model
from hervat.chain.overrides import NO_OVERRIDES, WHEN_MAP_SAYS, Overrides, When
from hervat.chain.parts import ChainMap, Check, EdgeKind, Stream, System
from hervat.chain.plan import Approver, GateAsked, Plan, Step, StepAct, Wait, digest
from hervat.chain.propagation import Case
from hervat.chain.reckoning import Reckoned, harm_before, harm_by, reckoned
from hervat.chain.rules import BASELINES, STRONGER, inherited
from hervat.chain.schedule import Times, at_once, ends_of, harm_of, whole_at
from hervat.chain.search import Found, improved
from hervat.chain.why import Why, whys
from hervat.chain.work import DAY_HOURS, Task, Work, Works
from hervat.errors import ensure

_CLOSE = 1e-6
_NOISE = 1e-9
_REHEARSED_HOURS = 30 * DAY_HOURS


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
    """A plan with all that explains it. `baselines` has the harm of each rule in use; `optimal` says that the bound is met.

    Harm is since the cut, that of `served` and of `why` since the work begins.
    """

    plan: Plan
    harm: float
    of_which: Reckoned
    bound: float
    optimal: bool
    baselines: dict[str, float]
    why: tuple[Why, ...]
    phases: tuple[Phase, ...]
    served: tuple[Served, ...]


def found_for(work: Work, seed: int, tries: int | None = None, first: Sequence[Sequence[int]] = ()) -> Found:
    """The best plan that the search finds, from the lists of `first` and every rule's list; of equals one of `first`."""
    return improved(work, [*first, *(rule(work) for rule in (*BASELINES.values(), *STRONGER.values(), inherited))], seed, tries)


class Planning:
    """A map, what is cut and what people say against a plan, made ready to be planned."""

    def __init__(self, model: Model, case: Case, overrides: Overrides = NO_OVERRIDES) -> None:
        self.model, self.case, self.overrides = model, case, overrides
        self._works = Works(model, case)
        self.work = overrides.on(self._works.work())

    def found(self, seed: int) -> Found:
        """The best plan that is found. What is pinned is met as near as can be; then the harm of the map decides."""
        found = found_for(self.overrides.pinning(self.work), seed)
        if self.overrides.pins:
            return found
        lists = [rule(self.work) for rule in (*BASELINES.values(), *STRONGER.values())]
        others = (Found(order, at_once, starts, harm_of(self.work, starts)) for order in lists for starts in (at_once(self.work, order),))
        best, harm = found, self.harm(found.starts)
        for one in others:
            if self.harm(one.starts) < harm - _CLOSE * max(1.0, harm):
                best, harm = one, self.harm(one.starts)
        return best

    def harm(self, starts: Times) -> float:
        """The harm of a plan since the cut."""
        return harm_by(self.model, self.case, self.work, starts)

    def bound(self, harm: float) -> float:
        """A harm since the cut below which no plan comes; `harm` is that of one. Raises BrokenInvariant where the bound is above it."""
        least = self.overrides.on(self._works.least())
        hits = self.model.network.hits(self.case, self.model.times)
        return checked_bound(harm_before(self.model, self.case, hits) + bound_of(least), harm)

    def lasting(self, hours: Mapping[str, float]) -> Work:
        """The work when each part takes other hours, by its id."""
        return self.overrides.on(self._works.work(hours))


def checked_bound(bound: float, harm: float) -> float:
    """A bound that is not above the harm of a plan, but for the last digits of the reckoning. Raises BrokenInvariant where it is."""
    ensure(
        bound <= harm + _NOISE * max(1.0, harm),
        f"the bound {bound!r} lies above the harm {harm!r} of a plan that is there, so it is none; nothing that rests on it is told",
    )
    return min(bound, harm)


def planned(chain: ChainMap, cut: Sequence[str], seed: int, overrides: Overrides = NO_OVERRIDES, when: When = WHEN_MAP_SAYS) -> Planned:
    """The plan for a map, with every step explained. Raises Usage where nothing is cut, or what was said against it cannot be."""
    model = Model(chain)
    planning = Planning(model, model.case(cut, when.days), overrides)
    return told(planning, planning.found(seed), when.begins(chain))


def price_of(held: Planned, bare: Planned) -> float:
    """What overrides cost: the harm of the plan that is held to them, less that of the plan without.

    Never below 0: a plan that is held to more breaks no edge of the map, so where it is the better of the two they cost nothing.
    """
    return round(max(0.0, held.harm - bare.harm), 3)


def told(planning: Planning, found: Found, begins: datetime) -> Planned:
    """A plan from the times that were found."""
    work, chain, harm = planning.work, planning.model.chain, planning.harm(found.starts)
    least, phases = planning.bound(harm), _phases(work, found.starts)
    parts = reckoned(planning.model, planning.case, harm)
    return Planned(
        plan=_plan(chain, work, found.starts, begins),
        harm=round(harm, 3),
        of_which=Reckoned(before=round(parts.before, 3), coming_back=round(parts.coming_back, 3), crews=round(parts.crews, 3)),
        bound=round(least, 3),
        optimal=harm - least <= _CLOSE * max(1.0, harm),
        baselines={name: round(planning.harm(at_once(work, rule(work))), 3) for name, rule in BASELINES.items()},
        why=tuple(whys(work, found.starts)),
        phases=tuple(phases),
        served=tuple(_served(work, found.starts)),
    )


def _served(work: Work, starts: Times) -> list[Served]:
    found = [
        Served(process=goal.id, due=round(goal.due, 2), whole=round(whole, 2), harm=round(goal.harm(whole), 3))
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
        its = [place for place in its if work.tasks[place].act != "drain"]
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


def _plan(chain: ChainMap, work: Work, starts: Times, begins: datetime) -> Plan:
    ends, whole = ends_of(work, starts), whole_at(work, starts)
    step_in = _steps_in(work, ends, whole, phases_of(whole))
    making = _Steps(chain, work)
    steps = [
        making.step(number, task.act, (starts[number], ends[number], step_in[number]))
        for number, task in enumerate(work.tasks)
        if task.act != "drain"
    ]
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

    def step(self, number: int, act: StepAct, when: tuple[float, float, int]) -> Step:
        """A step, from which hour until which, in which phase."""
        task = self._work.tasks[number]
        part = self._parts[task.of]
        start, end, phase = when
        waits = tuple(Wait(step=self._work.tasks[one].id, why=kind) for one, kind in self._waits(task))
        crew = self._work.crews[task.crew][0]
        made = Step(
            id=task.id,
            act=act,
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

    def _waits(self, task: Task) -> Iterator[tuple[int, EdgeKind]]:
        """The steps that one waits for; where it waits for a stream that drains and that nobody opens, those that this waits for."""
        for one, kind in task.waits:
            before = self._work.tasks[one]
            yield from ((number, kind) for number, _ in self._waits(before)) if before.act == "drain" else ((one, kind),)

    def _with_gates(self, step: Step, stream: Stream) -> Step:
        hours = {"soaked": stream.soak, "rehearsed": _REHEARSED_HOURS}
        gates = tuple(GateAsked(gate=gate, hours=hours.get(gate)) for gate in stream.gates)
        approvers = tuple(Approver(partner=one.partner, role=one.role, oin=self._oins[one.partner]) for one in stream.approvers)
        return Step(
            **{name: getattr(step, name) for name in step.__struct_fields__}
            | {"sender": self._oins[step.partner], "feed": stream.feed, "kinds": stream.kinds, "gates": gates, "approvers": approvers}
        )
