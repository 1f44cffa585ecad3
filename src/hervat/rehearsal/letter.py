"""The rehearsal `letter`: 70 days of a chain that was cut off and came back, three times over.

The same messages come to three nodes: as if there had been no cut; with the cut, and back through the gates of a plan, which the node
enforces itself (`gated.py`); and with the courts' link opened first, and nothing to hold it. At the end all three must hold the same
register, and it must be what the world itself knows to be true, charge by charge. What differs is the way there: how much was held, for
how long, and what a relay that passes messages on in order of arrival would have handed on before anybody could understand it. At the end
of every day screening takes its step; with the cut it is checked as well (`checking.py`). What it told, and how late, is in `signals.py`.
When the links are back, whoever sent what is still held is asked about it, people do what lies on their desks, and the bottlenecks are over
(`ending.py`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from hervat.assemble import Node
from hervat.clock import SteppedClock, parse_rfc3339
from hervat.emergency import Emergency
from hervat.journal.entry import read_meta
from hervat.procedure import Procedures
from hervat.rehearsal import deciding, detained, ending, gated_report, meanwhile_report, parties, signals
from hervat.rehearsal.checking import Checker, Evening, checking
from hervat.rehearsal.days import CUT_ON
from hervat.rehearsal.enrolments import CANARY
from hervat.rehearsal.gated import Gated
from hervat.rehearsal.meanwhile import Meanwhile
from hervat.rehearsal.network import Delivery, reconnected, uncut, wrong_order
from hervat.rehearsal.screened import Pair
from hervat.rehearsal.world import World
from hervat.screening import screening_of
from hervat.stores.opening import place_of

Progress = Callable[[str, float, float], None]
_AT_ONCE = 1000

WORLDS: tuple[tuple[str, Callable[[World], Iterable[Delivery]]], ...] = (
    ("uncut", uncut),
    ("cut", reconnected),
    ("wrong_order", wrong_order),
)
CHECKED = "cut"
"""The world whose screening is worked out a second time: from the cut on every evening, and in the half year before it every Sunday. A
check costs as much as a day; of the other worlds the end tells.
"""
SUNDAY = 7
EVENING = time(16, tzinfo=UTC)


@dataclass(slots=True, frozen=True)
class Where:
    """Where the store of a world is made, and its keys where they do not lie beside it."""

    url: str
    keys: Path | None = None


def in_files(directory: Path) -> Callable[[str], Where]:
    """A file for each world, in a directory that holds none of them yet."""
    directory.mkdir(parents=True, exist_ok=True)
    return lambda name: Where(f"sqlite:///{directory / name}.db")


@dataclass(slots=True)
class Waited:
    """How many messages of a source were held at the end of the day they came, for what, and the longest wait in days."""

    count: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    longest_days: float = 0.0
    longest_id: str | None = None


@dataclass(slots=True)
class Run:
    """One of the three worlds as it went."""

    name: str
    where: Where
    digest: dict[str, Any]
    horizon: list[dict[str, Any]]
    held_at_end: list[dict[str, Any]]
    refused: list[tuple[str, str]]
    balance: dict[str, int]
    duplicates: int
    drain: list[dict[str, Any]]
    waited: dict[str, Waited]
    spoken: dict[Pair, signals.Spoken]
    evenings: tuple[Evening, ...]
    record: deciding.Record | None
    custody: detained.Record | None
    restart: dict[str, Any] | None
    meanwhile: Meanwhile | None

    @property
    def store(self) -> str:
        """The address of its store, as people may see it."""
        return place_of(self.where.url).shown

    @property
    def most_held(self) -> dict[str, Any]:
        """The day at whose end most messages were held."""
        return max(self.drain, key=lambda day: day["held"], default={"day": None, "held": 0})


def run_all(
    world: World, where: Callable[[str], Where], progress: Progress, batch: int = _AT_ONCE, *, decides: bool = True
) -> dict[str, Run]:
    """Run the three worlds, each on a store of its own that is not there yet. In the one with the cut people decide, and screening is
    checked, unless `decides` is false.
    """
    with checking() if decides else nullcontext() as checker:
        checked = {CHECKED: checker}
        return {
            name: run_world(name, world, list(deliver(world)), where(name), progress, batch, checked.get(name), gates=name == CHECKED)
            for name, deliver in WORLDS
        }


def run_world(
    name: str,
    world: World,
    deliveries: list[Delivery],
    where: Where,
    progress: Progress,
    size: int = _AT_ONCE,
    checker: Checker | None = None,
    *,
    gates: bool = False,
) -> Run:
    """One world from its first day to its last; with a checker its evenings are checked, and people decide in it. With `gates` the node
    enforces the restart: OM is isolated at the cut, and nothing of the links of the plan is applied before their gates let it.
    """
    clock = SteppedClock(deliveries[0].at)
    with Node.opened(where.url, writer=True, clock=clock, keys=where.keys) as node:
        held: dict[int, str] = {}
        desk, desks, worked = screening_of(node, (CANARY,)), None, detained.Worked(node, world)
        gated, meanwhile = (Gated(node, world), Meanwhile(node, world)) if gates else (None, None)
        duplicates, done = 0, 0
        for batch in by_day(deliveries):
            clock.set(batch[-1].at)
            before = node.position
            answer = node.receive((one.raw for one in batch), batch=size)
            duplicates += answer["duplicates"]
            if gated is not None and meanwhile is not None:
                gated.evening(batch[-1].day)
                meanwhile.evening(batch[-1].day)
            if answer["held"]:
                held |= {one["position"]: _reason(one) for one in node.held(after=before)}
            desk.step(batch[-1].day)
            if desks is None and checker is not None and batch[-1].day >= CUT_ON:
                desks = deciding.Desks(node)
            if desks is not None:
                desks.evening(batch, batch[-1].day)
                worked.evening(batch[-1].day)
            if checker is not None and (batch[-1].day >= CUT_ON or batch[-1].day.isoweekday() == SUNDAY):
                checker.check(where.url, where.keys, batch[-1].day)
            done += len(batch)
            progress(name, done, len(deliveries))
        close_procedures(node, deliveries[-1].day)
        if meanwhile is not None:
            meanwhile.close(deliveries[-1].day)
        desk.step(deliveries[-1].day + timedelta(days=1))
        if desks is not None:
            desks.look_again(deliveries[-1].day + timedelta(days=1))
        if checker is not None:
            checker.check(where.url, where.keys, deliveries[-1].day + timedelta(days=1))
        progress(f"{name}: folding", done, done)
        return Run(
            name=name,
            where=where,
            digest=dict(node.digest()),
            horizon=node.horizon(),
            held_at_end=list(node.held()),
            refused=sorted(node.refused()),
            balance=_balance(node),
            duplicates=duplicates,
            drain=node.drain(),
            waited=_waited(node, held),
            spoken=signals.spoken(world, node),
            evenings=() if checker is None else checker.drain(),
            record=None if desks is None else desks.record,
            custody=None if desks is None else worked.record,
            restart=None if gated is None else gated_report.told(node, gated.record),
            meanwhile=meanwhile,
        )


def close_procedures(node: Node, until: date) -> None:
    """Every emergency procedure ends when the links are back: what was reported and became no case is nobody's from then on."""
    for procedure in Procedures.default():
        Emergency(node).close(procedure.name, until, by="the rehearsal", why="every link is open again")


def by_day(deliveries: Iterable[Delivery]) -> Iterator[list[Delivery]]:
    """Deliveries by the day on which they come."""
    for _, group in groupby(deliveries, key=lambda one: one.day):
        yield list(group)


def _reason(held: dict[str, Any]) -> str:
    """Why a message is held, as a word: the sort of the first key it misses, or gap."""
    return held["needs"][0].partition(":")[0] if held["reason"] == "needs" else str(held["reason"])


def _balance(node: Node) -> dict[str, int]:
    rows = node.horizon()
    return {key: sum(row[key] for row in rows) for key in ("received", "applied", "held", "refused")}


def _waited(node: Node, held: dict[int, str]) -> dict[str, Waited]:
    """What was held when it came, per source, with the longest wait until it was first applied."""
    waited: dict[str, Waited] = {}
    rows = node.store.rows_at(held)
    names = {feed.number: feed.name for feed in node.store.feeds()}
    moments = _moments(node, {row.position for row in rows.values()} | {row.applied_at for row in rows.values() if row.applied_at})
    for row in rows.values():
        one = waited.setdefault(names[row.source], Waited())
        one.count += 1
        one.reasons[held[row.position]] += 1
        if row.applied_at is not None:
            days = (moments[row.applied_at] - moments[row.position]) / timedelta(days=1)
            if days > one.longest_days:
                one.longest_days, one.longest_id = days, row.id
    return waited


def _moments(node: Node, positions: set[int]) -> dict[int, datetime]:
    entries = node.store.entries_at(positions)
    return {position: parse_rfc3339(read_meta(entry).received_at) for position, entry in entries.items()}


def decided(world: World, runs: dict[str, Run]) -> dict[str, Any]:
    """What came of what was decided and handed out in the world with the cut, beside the one without, when the last link had drained."""
    on = max(CUT_ON + timedelta(days=world.days + 2), date.fromisoformat(str(runs[CHECKED].drain[-1]["day"])))
    cut, uncut = runs[CHECKED].where, runs["uncut"].where
    with Node.opened(cut.url, keys=cut.keys) as node, Node.opened(uncut.url, keys=uncut.keys) as beside:
        return deciding.outcome(runs[CHECKED].record or deciding.Record(), node, beside, on)


def ended(world: World, runs: dict[str, Run]) -> dict[str, Any] | None:
    """How it ends with the cut: what lies on the desks is done on the day after the last, and the bottlenecks are over; None where nobody
    decided, or nobody was asked about what is still held.
    """
    run = runs[CHECKED]
    if run.record is None or not world.settles:
        return None
    on = date.fromisoformat(str(run.drain[-1]["day"])) + timedelta(days=1)
    with Node.opened(run.where.url, writer=True, clock=SteppedClock(datetime.combine(on, EVENING)), keys=run.where.keys) as node:
        return ending.ended(world, node, on)


def courses(world: World, runs: dict[str, Run]) -> dict[str, Any]:
    """What the cut did to the parties and to who was in custody, beside the world's own truth."""
    run = runs[CHECKED]
    with Node.opened(run.where.url, keys=run.where.keys) as node:
        return {
            "parties": parties.told(world, node),
            "meanwhile": meanwhile_report.told(world, node, run),
            "custody": detained.compared(world, node, run.custody),
        }


@dataclass(slots=True, frozen=True)
class Step:
    """One step of the human thread: what happened, and what the register made of the message about it."""

    happened_on: str
    words_nl: str
    words_en: str
    position: int
    received_on: str
    held_days: float
    held_for: str | None
    applied_position: int | None
    applied_on: str | None


def thread(world: World, run: Run) -> list[Step]:
    """The one life that is told in words, with what became of each of its messages."""
    with Node.opened(run.where.url, keys=run.where.keys) as node:
        return [_step(node, told) for told in world.thread]


def _step(node: Node, told: Any) -> Step:
    row = node.message(told.source, told.id)
    positions = {row.position} | ({row.applied_at} if row.applied_at else set())
    moments = _moments(node, positions)
    applied = moments.get(row.applied_at or 0)
    waited = (applied - moments[row.position]) / timedelta(days=1) if applied else 0.0
    held_for = None
    if row.applied_at != row.position:
        held_for = ", ".join(node.lacked(told.source, told.id))
    return Step(
        happened_on=told.on.isoformat(),
        words_nl=told.words_nl,
        words_en=told.words_en,
        position=row.position,
        received_on=moments[row.position].astimezone(UTC).date().isoformat(),
        held_days=round(waited, 1),
        held_for=held_for,
        applied_position=row.applied_at,
        applied_on=None if applied is None else applied.astimezone(UTC).date().isoformat(),
    )

