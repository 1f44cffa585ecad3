"""The work of a restart, as the planner sees it: steps with a crew, what each waits for, and the processes that are whole when theirs
are done.

- A step of a plan is: to restore a system that is cut, to do a check that somebody trusts, to open a stream that runs to, from or over
  what is cut.
- A crew is about a step for its `work` hours. A stream is not done then: its backlog drains, `24 B / (mu - lambda)` hours, and it is
  watched for its soak where it has that gate. The crew is free meanwhile. Who builds on the stream waits until it is done.
- A process is *due* its tolerance after the cut, counted from when the plan begins, never before: what came before no plan changes.
  Its emergency procedures count as open all the while.
- What is neither cut nor built on what is cut needs no step; what is needed through it is needed all the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from hervat.chain.edges import all_edges
from hervat.chain.harm import ProcessHarm
from hervat.chain.parts import ChainMap, EdgeKind, Process, Stream, estimate
from hervat.chain.plan import StepAct
from hervat.errors import Usage

DAY_HOURS = 24.0


@dataclass(slots=True, frozen=True)
class Task:
    """A step before it has a time. `waits` are the numbers of the steps before it, each with the kind of edge; `lag` follows its work."""

    id: str
    act: StepAct
    of: str
    crew: int
    work: float
    lag: float
    waits: tuple[tuple[int, EdgeKind], ...] = ()
    release: float = 0.0


@dataclass(slots=True, frozen=True)
class Goal:
    """A process: harm `weight` an hour from `due` hours on, until all of `needs`, numbers of steps, are done."""

    id: str
    weight: float
    due: float
    needs: tuple[int, ...]


@dataclass(frozen=True)
class Work:
    """All the work of a restart; `crews` are their names and sizes."""

    tasks: tuple[Task, ...]
    goals: tuple[Goal, ...]
    crews: tuple[tuple[str, int], ...] = field(default=())

    @cached_property
    def successors(self) -> list[list[int]]:
        """For each step those that wait for it."""
        found: list[list[int]] = [[] for _ in self.tasks]
        for number, task in enumerate(self.tasks):
            for before, _ in task.waits:
                found[before].append(number)
        return found

    @cached_property
    def order(self) -> list[int]:
        """The steps, each after those that it waits for; of several in the order of the map."""
        unmet = [len(task.waits) for task in self.tasks]
        ready = [number for number in range(len(self.tasks) - 1, -1, -1) if not unmet[number]]
        found = []
        while ready:
            number = ready.pop()
            found.append(number)
            for after in reversed(self.successors[number]):
                unmet[after] -= 1
                if not unmet[after]:
                    ready.append(after)
        return found

    @cached_property
    def before(self) -> list[frozenset[int]]:
        """For each step all that must be done before it, and itself."""
        found: list[frozenset[int]] = [frozenset()] * len(self.tasks)
        for number in self.order:
            found[number] = frozenset((number,)).union(*(found[one] for one, _ in self.tasks[number].waits))
        return found

    @cached_property
    def behind(self) -> list[frozenset[int]]:
        """For each goal every step that it rests on."""
        return [frozenset().union(*(self.before[one] for one in goal.needs)) for goal in self.goals]


def work_of(chain: ChainMap, cut: Iterable[str] = (), hours: Mapping[str, float] | None = None) -> Work:
    """The work of bringing back what is cut; `hours` replaces how long a crew is about a part. Raises Usage where nothing is cut."""
    systems = tuple(cut) or (() if chain.cut is None else chain.cut.systems)
    known = {system.id for system in chain.system}
    strange = next((one for one in systems if one not in known), None)
    if strange is not None:
        raise Usage(f"{strange!r} is no system of this map; its systems are {', '.join(sorted(known))}")
    if not systems:
        raise Usage("nothing is cut: say it in the map's [cut], or with --cut SYSTEM")
    return _Making(chain, frozenset(systems), hours or {}).work()


class _Making:
    """Makes the work of a map."""

    def __init__(self, chain: ChainMap, cut: frozenset[str], hours: Mapping[str, float]) -> None:
        self._chain, self._cut, self._hours = chain, cut, hours
        self._out: dict[str, list[tuple[str, EdgeKind]]] = {}
        for edge in all_edges(chain):
            self._out.setdefault(edge.of, []).append((edge.on, edge.kind))
        self._crews = {crew.id: number for number, crew in enumerate(chain.crew)}

    def work(self) -> Work:
        drafts = self._drafts()
        numbers = {draft.of: number for number, draft in enumerate(drafts)}
        tasks = tuple(replace(one, waits=tuple(sorted(self._steps(one.of, numbers).items()))) for one in drafts)
        goals = tuple(goal for process in self._chain.process if (goal := self._goal(process.id, numbers)) is not None)
        return Work(tasks, goals, tuple((crew.id, crew.size) for crew in self._chain.crew))

    def _drafts(self) -> list[Task]:
        hit = self._hit()
        drafts = [
            Task(f"restore-{one.id}", "restore", one.id, self._crews[one.crew], self._takes(one.id, one.restore), 0.0)
            for one in self._chain.system
            if one.id in self._cut
        ]
        drafts += [
            Task(f"open-{one.id}", "open", one.id, self._crews[one.crew], self._takes(one.id, one.open), lag_of(one))
            for one in self._chain.stream
            if one.id in hit
        ]
        trusted = {on for draft in drafts for on, kind in self._out.get(draft.of, ()) if kind == "trust"}
        drafts += [
            Task(f"check-{one.id}", "check", one.id, self._crews[one.crew], self._takes(one.id, one.takes), 0.0)
            for one in self._chain.check
            if one.id in trusted
        ]
        return drafts

    def _takes(self, id: str, hours: float | tuple[float, float, float]) -> float:
        return self._hours.get(id, estimate(hours).likely)

    def _hit(self) -> set[str]:
        """What is cut, and what cannot run without it."""
        users: dict[str, list[str]] = {}
        for of, ends in self._out.items():
            for on, kind in ends:
                if kind == "needs":
                    users.setdefault(on, []).append(of)
        hit, waiting = set(self._cut), list(self._cut)
        while waiting:
            for user in users.get(waiting.pop(), ()):
                if user not in hit:
                    hit.add(user)
                    waiting.append(user)
        return hit

    def _steps(self, of: str, numbers: Mapping[str, int]) -> dict[int, EdgeKind]:
        """The steps that a part waits for, through parts that need none; of two edges to one step the first that is met."""
        found: dict[int, EdgeKind] = {}
        seen = {of}
        waiting: list[tuple[str, EdgeKind]] = list(self._out.get(of, ()))
        while waiting:
            on, kind = waiting.pop(0)
            if on in numbers:
                found.setdefault(numbers[on], kind)
            elif on not in seen and kind != "after":
                seen.add(on)
                waiting += [(end, kind) for end, inner in self._out.get(on, ()) if inner != "after"]
        return found

    def _goal(self, id: str, numbers: Mapping[str, int]) -> Goal | None:
        """A process; None where nothing of what it needs is cut."""
        process = next(one for one in self._chain.process if one.id == id)
        needs = tuple(sorted(self._steps(id, numbers)))
        if not needs:
            return None
        cut = self._chain.cut
        gone = 0.0 if cut is None else (cut.restart - cut.at).total_seconds() / 3600
        return Goal(id, _weight(self._chain, process, gone), max(0.0, process.tolerance - gone), needs)


def _weight(chain: ChainMap, process: Process, gone: float) -> float:
    """Harm an hour while a process is not whole, with every emergency procedure open that the map has for it."""
    late = max([gone, process.tolerance, *(one.from_ for one in chain.procedure if one.process == process.id)])
    harm = ProcessHarm(process, chain.procedure)
    return (harm.between(0.0, late + DAY_HOURS).net - harm.between(0.0, late).net) / DAY_HOURS


def lag_of(stream: Stream) -> float:
    """The hours between what its crew does and a stream being live: its backlog drains, and it is watched."""
    drains = DAY_HOURS * stream.backlog / (stream.pace - stream.arriving) if stream.backlog else 0.0
    return drains + (stream.soak if "soaked" in stream.gates else 0.0)
