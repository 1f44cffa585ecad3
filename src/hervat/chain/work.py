"""The work of a restart, as the planner sees it: steps with a crew, what each waits for, and the processes that are whole when theirs
are done.

- A step of a plan is: to restore a system that is cut, to open a stream that stopped, to do a check that one of these trusts, or that a
  process waits for which rests on them.
- A crew is about a step for its `work` hours. A stream is not done then: what waited drains while more arrives, and it is watched for its
  soak where it has that gate. The crew is free meanwhile. Who builds on the stream waits until it is done.
- A stream that held what it brought drains too, and nobody opens it: that is a step of the reckoning alone (`drain`), of no crew.
- A process is *due* its tolerance after it lost what it needs, counted from when the plan begins, never before: what came before no plan
  changes. Its harm an hour gets less when an emergency procedure opens.
- The hours are those of `propagation`, and so is what rests on what. Only of a tolerance of an edge no plan makes use: steps wait as if
  every supplier were away for longer than it is borne. `least` is the work by the ways that a cut goes at the very least: what is a bound
  there is one for every plan.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal

from hervat.chain.impact import Model
from hervat.chain.parts import EdgeKind, Stream
from hervat.chain.plan import StepAct
from hervat.chain.propagation import FROZEN, Case, Hit, Times, drain_hours, soak_of
from hervat.chain.rests import Rests, Steps

Act = StepAct | Literal["drain"]
DAY_HOURS: Final = 24.0
_FOR_EVER: Final = 1e12


@dataclass(slots=True, frozen=True)
class Task:
    """A step before it has a time. `waits` are the numbers of the steps before it, each with the kind of edge.

    `lag` follows its work, and `grows` for each hour between the hour `since` and the end of its work: more arrived meanwhile.
    """

    id: str
    act: Act
    of: str
    crew: int
    work: float
    lag: float
    waits: tuple[tuple[int, EdgeKind], ...] = ()
    release: float = 0.0
    grows: float = 0.0
    since: float = 0.0

    def done(self, start: float) -> float:
        """The hour at which it is done, with what follows its work, when it starts at an hour."""
        worked = start + self.work
        return worked + self.lag + (self.grows * max(0.0, worked - self.since) if self.grows else 0.0)

    def latest(self, done: float) -> float:
        """The last hour at which it can start to be done at an hour."""
        worked = done - self.lag
        return (worked if worked <= self.since else (worked + self.grows * self.since) / (1 + self.grows)) - self.work


@dataclass(slots=True, frozen=True)
class Goal:
    """A process: harm `weight` an hour from `due` hours on, until all of `needs`, numbers of steps, are done.

    `more` is harm an hour on top of that, each until an hour: until a procedure opens.
    """

    id: str
    weight: float
    due: float
    needs: tuple[int, ...]
    more: tuple[tuple[float, float], ...] = ()

    def harm(self, whole: float) -> float:
        """Harm from when the plan begins, where it is whole at an hour."""
        if whole <= self.due:
            return 0.0
        found = self.weight * (whole - self.due)
        for until, more in self.more:
            found += more * max(0.0, min(whole, until) - self.due)
        return found

    def weighing(self, factor: float) -> "Goal":
        """The same, with each of its weights so many times as much."""
        return replace(self, weight=self.weight * factor, more=tuple((until, more * factor) for until, more in self.more))


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
    def place(self) -> dict[int, int]:
        """The place of each step in that order."""
        return {number: at for at, number in enumerate(self.order)}

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


class Works:
    """The work of bringing back what is cut, in several readings; made once, asked often."""

    def __init__(self, model: Model, case: Case) -> None:
        self._model, self._case, self._streams = model, case, model.network.streams
        chain = model.chain
        # Where nothing ever comes back, every way that a cut goes is gone: no supplier is back before it is missed.
        self._hits = hits = model.network.hits(Case(case.cut, _FOR_EVER), model.times)
        opened = {one.id for one in chain.stream if one.id in hits and hits[one.id].spells[FROZEN] is not None}
        drains = [one.id for one in chain.stream if one.id in hits and one.id not in opened and one.arriving]
        self._steps: list[tuple[str, Act]] = [(one.id, "restore") for one in chain.system if one.id in case.cut]
        self._steps += [(one.id, "open") for one in chain.stream if one.id in opened]
        self._steps += [(one.id, "check") for one in chain.check]
        self._steps += [(id, "drain") for id in drains]
        self._drains = frozenset(drains)
        self._numbers = {id: number for number, (id, _) in enumerate(self._steps)}
        crews = {one.id: number for number, one in enumerate(chain.crew)}
        self._crew_of = {one.id: crews[one.crew] for one in chain.system} | dict.fromkeys(drains, len(crews))
        self._crew_of |= {one.id: crews[one.crew] for one in chain.check}
        self._crew_of |= {one.id: crews[one.crew] for one in chain.stream if one.id in opened}
        self._all = self._rests(hits)
        self._kept = self._needed(one for id in model.harms_over_time if id in hits for one in self._all.whole(id))

    def work(self, times: Times | None = None) -> Work:
        """The work that is planned; `times` replaces how long each part takes."""
        return self._work(self._hits, self._all, self._model.times if times is None else times)

    def least(self) -> Work:
        """The same steps, with harm and drains as if every crew had hands enough: no plan does less harm than a plan of this work."""
        hits = self._model.network.hits(self._case, self._model.times)
        return self._work(hits, self._rests(hits), self._model.times)

    def _rests(self, hits: Mapping[str, Hit]) -> Rests:
        return Rests(self._model.network, self._case.cut, hits, self._numbers, self._drains)

    def _work(self, hits: Mapping[str, Hit], rests: Rests, times: Times) -> Work:
        place = {number: at for at, number in enumerate(self._kept)}
        goals = [
            self._goal(id, hits[id].lost, tuple(sorted(place[one] for one in rests.whole(id))))
            for id in self._model.harms_over_time
            if id in hits
        ]
        tasks = [self._task(number, hits, times, place) for number in self._kept]
        crews = [(crew.id, crew.size) for crew in self._model.chain.crew]
        return Work(tuple(tasks), tuple(goals), (*crews, *([("", len(tasks))] if self._drains else ())))

    def _needed(self, by_goals: Iterable[int]) -> list[int]:
        """The steps, without checks that nothing waits for and drains that nothing rests on."""
        waiting = [number for number, (_, act) in enumerate(self._steps) if act in ("restore", "open")]
        waiting += by_goals
        found: set[int] = set()
        while waiting:
            number = waiting.pop()
            if number not in found:
                found.add(number)
                waiting += self._all.before.get(number, ())
        return sorted(found)

    def _task(self, number: int, hits: Mapping[str, Hit], times: Times, place: Mapping[int, int]) -> Task:
        id, act = self._steps[number]
        waits = tuple(sorted((place[one], kind) for one, kind in self._all.before.get(number, Steps()).items()))
        task = Task(f"{act}-{id}", act, id, self._crew_of[id], 0.0 if act == "drain" else times[id], 0.0, waits)
        stream = self._streams.get(id)
        return task if stream is None else self._draining(task, stream, hits.get(id))

    def _draining(self, task: Task, stream: Stream, hit: Hit | None) -> Task:
        """With what follows: what waited drains while more arrives, and it is watched. Nothing where it is not hit."""
        flow = None if hit is None else hit.flow
        if flow is None or (task.act == "open" and hit is not None and hit.spells[FROZEN] is None):
            return task
        opened = task.act == "open"
        lag = drain_hours(stream, stream.backlog, 0.0) + soak_of(stream) if opened else 0.0
        grows = stream.arriving / (stream.pace - stream.arriving) if stream.arriving else 0.0
        return replace(task, lag=lag, grows=grows, since=flow.lost - self._case.begins)

    def _goal(self, id: str, lost: float, needs: tuple[int, ...]) -> Goal:
        rates = self._model.harms_over_time[id].rates(lost)
        begins = self._case.begins
        left = [(until - begins, rate) for _, until, rate in rates if until > begins]
        due = max(0.0, rates[0][0] - begins)
        more = tuple((until, rate - after) for (until, rate), (_, after) in pairwise(left))
        return Goal(id, left[-1][1], due, needs, more)
