"""What people say of a plan: when the work of coming back begins, and steps that are to be otherwise than the planner would have them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from hervat.chain.parts import ChainMap
from hervat.chain.work import Goal, Work
from hervat.errors import Usage

_AS_NEAR: Final = 1e6
HOUR_0: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When a plan begins of which nobody said when: its hours alone have a meaning."""


@dataclass(frozen=True)
class When:
    """How many days after the cut the work of coming back begins, and at which moment; else what the map says."""

    days: float | None = None
    moment: datetime | None = None

    def begins(self, chain: ChainMap) -> datetime:
        """The moment: as said, or by the map, or hour 0."""
        if self.moment is not None or chain.cut is None:
            return self.moment or HOUR_0
        return chain.cut.restart if self.days is None else chain.cut.at + timedelta(days=self.days)


WHEN_MAP_SAYS: Final = When()


@dataclass(frozen=True)
class Overrides:
    """What people say against a plan, in hours after it begins: steps that start at an hour, or as near after it as can be; steps that do
    not start before an hour; and steps after others.
    """

    pins: Mapping[str, float] = field(default_factory=dict)
    not_before: Mapping[str, float] = field(default_factory=dict)
    before: Sequence[tuple[str, str]] = ()

    @property
    def any(self) -> bool:
        """Whether anything was said."""
        return bool(self.pins or self.not_before or self.before)

    def each(self) -> Iterator[tuple[str, "Overrides"]]:
        """Each of them alone, with what was said."""
        yield from ((f"--pin {id}={hour:g}", Overrides(pins={id: hour})) for id, hour in self.pins.items())
        yield from ((f"--not-before {id}={hour:g}", Overrides(not_before={id: hour})) for id, hour in self.not_before.items())
        yield from ((f"--before {first},{then}", Overrides(before=[(first, then)])) for first, then in self.before)

    def on(self, work: Work) -> Work:
        """The same work, held to what was said. Raises Usage for a step that there is not, and for an order that cannot be."""
        numbers = {task.id: number for number, task in enumerate(work.tasks) if task.act != "drain"}
        for id in (*self.pins, *self.not_before, *(one for pair in self.before for one in pair)):
            if id not in numbers:
                raise Usage(f"there is no step {id!r}; the steps are {', '.join(numbers)}")
        tasks = list(work.tasks)
        for id in (*self.pins, *self.not_before):
            tasks[numbers[id]] = replace(tasks[numbers[id]], release=max(self.pins.get(id, 0.0), self.not_before.get(id, 0.0)))
        for first, then in self.before:
            task = tasks[numbers[then]]
            if numbers[first] not in {one for one, _ in task.waits}:
                tasks[numbers[then]] = replace(task, waits=(*task.waits, (numbers[first], "after")))
        changed = Work(tuple(tasks), work.goals, work.crews)
        if len(changed.order) < len(tasks):
            raise Usage("--before goes round in a circle with what the map says; hervat plan without it shows what each step waits for")
        return changed

    def pinning(self, work: Work) -> Work:
        """What is to be searched: every hour that a pinned step starts late weighs more than all harm."""
        if not self.pins:
            return work
        weight = _AS_NEAR * (1.0 + sum(goal.weight + sum(more for _, more in goal.more) for goal in work.goals))
        numbers = {task.id: number for number, task in enumerate(work.tasks)}
        pinned = (
            Goal(f"pin-{id}", weight, work.tasks[numbers[id]].done(hour), (numbers[id],)) for id, hour in self.pins.items()
        )
        return Work(work.tasks, (*work.goals, *pinned), work.crews)


NO_OVERRIDES: Final = Overrides()
