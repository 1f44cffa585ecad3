"""An exercise: a plan run through the same gates by partners that do not exist, on a store of its own, with faults drawn from a seed.

- The store is a new one in a folder of its own, of a node that is called `EXERCISE-...`, and goes with it. Only the signed report stays.
- It comes through when the run completes, the register is that of a world in which the same messages came at once, and nothing is held.
- Hours are those of the exercise: what people and crews take by the plan, and what the faults add.
"""

from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hervat.assemble import Node
from hervat.chain.plan import Plan
from hervat.clock import SteppedClock, rfc3339
from hervat.intake.quarantine import oin_of
from hervat.journal.keys import NodeKeys
from hervat.partner import Partners
from hervat.rehearsal.exercised import Cast, Sender
from hervat.restart.acts import EXERCISE, ExerciseReport
from hervat.restart.approving import approve
from hervat.restart.reporting import signed
from hervat.restart.run import OPENED, Run, StepAt
from hervat.restarting import Restarting
from hervat.stores.sqlite import SQLiteStore

FAULTS = (
    "duplicates", "other-order", "loss", "late-paper", "a-partner-refuses", "a-gate-times-out", "a-crew-is-ill", "exploit-moves-back",
)  # fmt: skip
_WHO = "exercise"
_TICKS = 400


@dataclass
class _Drawn:
    """The faults of one exercise, and whom each befalls: hours to wait, by step, source or organisation."""

    names: tuple[str, ...]
    ill: dict[str, float] = field(default_factory=dict)
    refuses: dict[str, float] = field(default_factory=dict)
    exploited: str | None = None
    broken: str | None = None


class LastRun:
    """The run that was begun last at a node, read again only where the journal grew."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._read: tuple[int, Run | None] = (0, None)

    @property
    def now(self) -> Run | None:
        position = self._node.position
        if self._read[0] != position:
            self._read = (position, Restarting(self._node).run)
        return self._read[1]


def exercise(plan: Plan, seed: int, keys: NodeKeys, position: int, at: datetime, faults: tuple[str, ...] | None = None) -> ExerciseReport:
    """Run an exercise of a plan; the report is signed with the keys of the node that will run it, and made `at` its moment.

    `faults` are injected, or some that the seed draws. Raises Usage for a plan that could not be begun.
    """
    with TemporaryDirectory(prefix="hervat-exercise-") as folder, Exercise(plan, seed, faults, Path(folder)) as run:
        return signed(run.report(keys.origin, at), keys, position)


class Exercise(ExitStack):
    """One exercise, hour by hour, on stores in a folder."""

    def __init__(self, plan: Plan, seed: int, faults: tuple[str, ...] | None, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.plan, self.seed, self.rng = plan, seed, Random(seed)
        self.clock = SteppedClock(plan.begins, timedelta(microseconds=1))
        keys = NodeKeys.create(f"{EXERCISE}-{plan.hash[:12]}-{seed}")
        self.node = self._opened("exercise.db", keys, Partners(()))
        self.restarting = Restarting(self.node)
        self.restarting.begin(plan, exercise=True, by=_WHO, why=_WHO)
        self._runs = LastRun(self.node)
        run = self.run
        asked = [oin for one in run.steps.values() for approver in one.step.approvers if (oin := run.oin(approver.oin)) is not None]
        self.cast = Cast(self.node, [one for one in run.steps.values() if one.is_link], asked, self.rng)
        self.hours = max((step.end for step in plan.steps), default=1.0)
        self.drawn = self._draw(tuple(sorted(self.rng.sample(FAULTS, 4))) if faults is None else faults)
        self.began: dict[str, float] = {}
        self.done_at: dict[str, int] = {}
        self.found: dict[str, int] = {"duplicates": 0, "gates_lost": 0, "moves": 0}
        self.came: list[bytes] = []

    def _opened(self, name: str, keys: NodeKeys, partners: Partners) -> Node:
        store = self.enter_context(closing(SQLiteStore(self.folder / name, writer=True, durable=False)))
        return Node(store, keys, partners, self.clock, writer=True)

    @property
    def run(self) -> Run:
        run = self._runs.now
        if run is None:
            raise AssertionError("an exercise has begun its run")
        return run

    def _draw(self, names: tuple[str, ...]) -> _Drawn:
        rng, drawn, run = self.rng, _Drawn(names), self.run
        steps, sources = sorted(run.steps), sorted(self.cast.senders)
        if "a-crew-is-ill" in names and steps:
            drawn.ill[rng.choice(steps)] = self.hours * rng.uniform(0.1, 0.5)
        if "a-partner-refuses" in names and self.cast.identities:
            drawn.refuses[rng.choice(sorted(self.cast.identities))] = self.hours * rng.uniform(0.5, 1.5)
        if "exploit-moves-back" in names and sources:
            drawn.exploited = oin_of(rng.choice(sources))
        if "a-gate-times-out" in names and sources:
            drawn.broken = rng.choice(sources)
        return drawn

    def report(self, node: str, at: datetime) -> ExerciseReport:
        """Go through it, and say what came of it; unsigned."""
        self._send()
        tick, hour = max(1.0, self.hours / 50), 0.0
        for _ in range(_TICKS):
            if not self.run.under_way:
                break
            hour += tick
            self.clock.advance(timedelta(hours=tick))
            self._hour(hour)
        run, same, held = self.run, self._is_the_same(), sum(feed.held for feed in self.node.store.feeds())
        completed = run.ended is not None and run.ended[1].outcome == "completed"
        sound = self.node.verify().ok
        told = {
            "completed": completed, "same_world": same, "held": held, "sound": sound, "hours": round(hour),
            "planned_hours": round(self.hours), "messages": len(self.came), "steps": self.done_at, **self.found,
        }  # fmt: skip
        return ExerciseReport(
            node=node, plan=self.plan.hash, name=self.plan.name, seed=self.seed, passed=completed and same and not held and sound,
            made_at=rfc3339(at), minutes=round(hour * 60), faults=self.drawn.names, found=told, signature="",
        )  # fmt: skip

    def _send(self) -> None:
        """All partners send what they have; some of it is lost on its way, and some lies on paper still."""
        now = self.node.now()
        self.cast.story(now - timedelta(days=30))
        for sender in self.cast.senders.values():
            if "late-paper" in self.drawn.names:
                sender.paper = self.rng.randint(0, 2)
            raws = [*sender.sent]
            raws += sender.counts(sender.paper, now)
            if "other-order" in self.drawn.names:
                self.rng.shuffle(raws)
            if "loss" in self.drawn.names:
                sender.lost = [raw for raw in raws if self.rng.random() < 0.3]
            sender.comes_at = self.hours * self.rng.uniform(0.2, 0.8)
            self._receive([raw for raw in raws if raw not in sender.lost])

    def _receive(self, raws: list[bytes]) -> None:
        twice = [raw for raw in raws if "duplicates" in self.drawn.names and self.rng.random() < 0.3]
        self.found["duplicates"] += self.node.receive([*raws, *twice])["duplicates"]
        self.came += raws

    def _hour(self, hour: float) -> None:
        """What partners, people and crews do in an hour of an exercise, and then the gates."""
        for sender in self.cast.senders.values():
            if hour >= sender.comes_at:
                self._catch_up(sender)
        for one in self.run.steps.values():
            self._work(one, hour)
        self._look()
        for one in self.run.steps.values():
            if one.is_complete:
                self.done_at.setdefault(one.step.id, round(hour))
            self._befalls(one)

    def _catch_up(self, sender: Sender) -> None:
        """What was lost is sent again, and what lay on paper is no more there."""
        if sender.lost:
            self._receive(sender.lost)
            sender.lost = []
        if sender.paper:
            sender.paper = 0
            self._receive(sender.counts(0, self.node.now()))

    def _work(self, one: StepAt, hour: float) -> None:
        run, step = self.run, one.step
        if one.is_complete or run.waits(one):
            return
        began = self.began.setdefault(step.id, hour)
        over = began + (step.end - step.start) + self.drawn.ill.get(step.id, 0.0)
        if one.source is None:
            if one.done is None and hour >= over:
                self._count(self.restarting.done(step.id, by="crew", evidence="exercise"))
            if one.is_link and hour >= over:
                self._sign(one, hour)
            return
        if one.stopped is not None:
            self._count(self.restarting.done(step.id, by="one", second="other", evidence="exercise"))
        if hour < over or one.state in OPENED:
            return
        sender = self.cast.senders[one.source]
        if not sender.lost and (len(sender.sent) != sender.stated or not one.statements):
            sender.stated = len(sender.sent)
            self._count(self.restarting.check(statement=self.cast.statement(sender)))
        self._sign(one, hour)

    def _sign(self, one: StepAt, hour: float) -> None:
        run, there = self.run, {(approval.partner, approval.role, approval.key) for _, approval in one.approvals}
        for approver in one.step.approvers:
            oin = run.oin(approver.oin)
            if oin is None or hour < self.drawn.refuses.get(oin, 0.0):
                continue
            identity = self.cast.identities[oin]
            if (oin, approver.role, identity.key_id) not in there and run.under_way:
                signed_for = (self.node.keys.origin, run.name, run.begun.hash, one.step.id, approver.role)
                self._count(self.restarting.approve(approve(identity, *signed_for, self.node.now(), stop=one.stopped_at)))

    def _befalls(self, one: StepAt) -> None:
        """What goes wrong once a link is let through: something is refused while it soaks, or its partner was intruded after all."""
        if one.source is None or one.state not in OPENED or not self.run.under_way:
            return
        if one.source == self.drawn.broken:
            self.drawn.broken = None
            sender = self.cast.senders[one.source]
            self._receive([sender.make("person-registered", {"exercise": 1}, self.node.now())])
        oin = oin_of(one.source)
        if oin == self.drawn.exploited:
            self.drawn.exploited = None
            self._count(self.restarting.isolate(oin, by=_WHO, why=_WHO))
            self.clock.advance(timedelta(minutes=1))
            self.cast.rotate(oin or "")

    def _look(self) -> None:
        if self.run.under_way:
            self._count(self.restarting.check())

    def _count(self, answer: dict[str, Any]) -> None:
        moves = answer["moves"]
        self.found["moves"] += len(moves)
        self.found["gates_lost"] += sum(one["what"] == "gate-lost" for one in moves)

    def _is_the_same(self) -> bool:
        """Whether the register is that of a world in which the same messages came at once, in order."""
        plain = self._opened("plain.db", self.node.keys, Partners(self.node.roster().now))
        plain.receive([raw for sender in self.cast.senders.values() for raw in sender.sent])
        return plain.digest() == self.node.digest()
