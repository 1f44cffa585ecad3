"""A run: what the acts of a journal say of the last plan that was begun. Nothing else is kept of it, so a node that was killed goes on.

- A link goes `cut`, `inbound`, `replay`, `catching-up`, `live`, and from anywhere back to `held`.
- A step is complete when it was done; a link, when it is live.
- What holds a link by hand, or isolates it, takes its approvals, statements, waivers and all that it passed: each is asked for
  anew, and two people let it go.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from hervat.chain.parts import GateName
from hervat.chain.plan import Plan, Step
from hervat.clock import parse_rfc3339
from hervat.errors import StoreFault
from hervat.intake.ceilings import Ceiling
from hervat.intake.quarantine import oin_of
from hervat.intake.switching import (
    HOLD,
    RESTART_BEGUN,
    SWITCH_ACTS,
    Isolated,
    LinkMoved,
    LinkState,
    RestartBegun,
    RestartEnded,
    read_switch,
)
from hervat.journal.acts import acts_at, acts_of
from hervat.journal.entry import read_meta
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store
from hervat.restart.acts import (
    EXERCISE,
    RUN_ACTS,
    AnyOfRun,
    Approval,
    Evidence,
    ExerciseKept,
    GateLost,
    GatePassed,
    GateWaived,
    RunAct,
    StatementKept,
    StepApproved,
    StepDone,
    StepUndone,
    read_run_act,
)

AHEAD = timedelta(minutes=5)
"""How far the clock of whoever signs for a run may be before ours."""
OPENED = ("replay", "catching-up", "live")
OPENING: tuple[GateName, ...] = ("loaded", "reconciled", "clean", "approved", "rehearsed")
"""The gates before anything of a link is let through."""
SETTLING: tuple[GateName, ...] = ("no-held", "soaked")
"""The gates between that and all of it."""
BY_HAND: tuple[GateName, ...] = ("approved", "rehearsed")
"""The gates of a link of which no feed comes here: the rest is for whoever does it to show."""


@dataclass(frozen=True, slots=True)
class At:
    """Where an act stands, and the moment of its entry."""

    position: int
    moment: datetime


@dataclass(frozen=True, slots=True)
class Stop:
    """Who held a step by hand, or isolated whose it is, and why; `second` is who decided with them."""

    at: At
    how: Literal["held", "isolated"]
    by: str
    why: str
    second: str | None

    @property
    def said(self) -> str:
        return f"{self.how} by {self.by}: {self.why}"

    @property
    def until(self) -> datetime:
        """The last moment of which a statement may still be from before this stop: after a hold a clock that is ahead counts; after an
        isolation the key says it (`approving`).
        """
        return self.at.moment + (AHEAD if self.how == "held" else timedelta(0))


@dataclass(slots=True)
class StepAt:
    """A step of a run where it stands. `state` is a link's; `since` says when it came into each; `let_through` when its ceiling last rose
    from nothing; `stopped` who held it by hand, until two people let it go; `last_stop` who held it last, whether or not
    they did; `handed_in` who brought each approval, by its position, those that a stop took too.
    """

    step: Step
    source: str | None
    state: LinkState = "cut"
    ceiling: Ceiling = HOLD
    done: At | None = None
    done_by: StepDone | None = None
    undone: tuple[At, StepUndone] | None = None
    passed: dict[str, tuple[At, Evidence]] = field(default_factory=dict)
    lost: dict[str, tuple[At, GateLost]] = field(default_factory=dict)
    waived: dict[str, tuple[At, GateWaived]] = field(default_factory=dict)
    approvals: list[tuple[At, Approval]] = field(default_factory=list)
    handed_in: dict[int, StepApproved] = field(default_factory=dict)
    statements: list[tuple[At, StatementKept]] = field(default_factory=list)
    let_through: At | None = None
    since: dict[str, At] = field(default_factory=dict)
    stopped: Stop | None = None
    last_stop: Stop | None = None

    @property
    def is_link(self) -> bool:
        return self.step.act == "open"

    @property
    def is_complete(self) -> bool:
        return self.state == "live" if self.is_link else self.done is not None

    @property
    def stopped_at(self) -> int | None:
        """The position of the act that last stopped it in this run; whoever approves it names that."""
        return None if self.last_stop is None else self.last_stop.at.position

    def asked(self, among: Iterable[GateName]) -> list[GateName]:
        """The gates that the plan asks for, of some of them; of a link without a feed here only those that can be told here."""
        wanted = {one.gate for one in self.step.gates}
        return [gate for gate in among if gate in wanted and (self.source is not None or gate in BY_HAND)]

    def hours(self, gate: str) -> float | None:
        """How many hours the plan gives a gate."""
        return next((one.hours for one in self.step.gates if one.gate == gate), None)

    def waiver(self, gate: str, now: datetime) -> GateWaived | None:
        """The waiver of a gate that counts at a moment: one of before the last stop does not, and stays to be seen."""
        at, found = self.waived.get(gate, (None, None))
        if at is None or found is None or (self.last_stop is not None and at.position < self.last_stop.at.position):
            return None
        return found if parse_rfc3339(found.until) > now else None

    def stop(self, stop: Stop) -> None:
        self.stopped = self.last_stop = stop
        self.passed, self.approvals, self.statements = {}, [], []
        if not self.is_link or self.source is None:
            self.done = self.done_by = None


class Run:
    """The run that was begun last."""

    def __init__(self, act: RestartBegun, at: At) -> None:
        self.begun, self.at = act, at
        self.plan = _plan_in(act, at)
        sources = {link.step: link.source for link in act.links}
        self.steps = {step.id: StepAt(step, sources.get(step.id)) for step in self.plan.steps}
        self.exercises: list[tuple[At, ExerciseKept]] = []
        self.ended: tuple[At, RestartEnded] | None = None

    @property
    def name(self) -> str:
        return self.begun.run

    @property
    def under_way(self) -> bool:
        return self.ended is None

    def oin(self, oin: str | None) -> str | None:
        """The organisation of the plan as it is called in this run: in an exercise another one stands for it."""
        return exercised(oin) if oin is not None and self.begun.exercise else oin

    def waits(self, one: StepAt) -> list[str]:
        """The steps that a step waits for and that are not complete."""
        return [wait.step for wait in one.step.waits_for if not self.steps[wait.step].is_complete]

    def links_of(self, source: str) -> list[StepAt]:
        return [one for one in self.steps.values() if one.source == source]

    def change(self, act: RunAct | LinkMoved | RestartEnded | Isolated, at: At) -> None:
        """Let an act that came after the begin count."""
        match act:
            case RestartEnded():
                self.ended = (at, act)
            case Isolated():
                for one in self.steps.values():
                    if one.source is not None and act.oin in (None, oin_of(one.source)):
                        one.stop(Stop(at, "isolated", act.by, act.why, act.second))
                        _move(one, "held", HOLD, at)
            case LinkMoved():
                one = self.steps[act.step]
                if act.state == "held" and act.by != BY_GATES:
                    one.stop(Stop(at, "held", act.by, act.why, act.second))
                _move(one, act.state, act.ceiling, at)
            case ExerciseKept():
                self.exercises.append((at, act))
            case StatementKept():
                made = parse_rfc3339(act.statement.made_at)
                for one in self.links_of(act.statement.source):
                    # Of two links of a source one may have been held since it was signed, and the other not.
                    if one.last_stop is None or made > one.last_stop.until:
                        one.statements.append((at, act))
            case StepApproved():
                one = self.steps[act.approval.step]
                one.approvals.append((at, act.approval))
                one.handed_in[at.position] = act
            case _:
                _of_step(self.steps[act.step], act, at)


class UnreadablePlan(StoreFault):
    """The plan of a run cannot be read; hervat restart abort ends the run, and what is closed stays closed."""


def _plan_in(act: RestartBegun, at: At) -> Plan:
    """The plan of a run; raises UnreadablePlan, with its place."""
    try:
        return msgspec.json.decode(act.plan, type=Plan)
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        words = f"entry {at.position}: the plan of the run {act.run} cannot be read ({fault}); what is closed stays closed"
        remedy = "run hervat verify, and where that finds nothing take the release that began the run, or end it with hervat restart abort"
        raise UnreadablePlan(f"{words}; {remedy}") from fault


BY_GATES = "the gates of the plan"
"""Who moves a link when nobody does."""


def _move(one: StepAt, state: LinkState, ceiling: Ceiling, at: At) -> None:
    if state in OPENED and one.state not in OPENED:
        one.let_through = at
    if state not in OPENED:
        one.let_through = None
        for gate in SETTLING:
            one.passed.pop(gate, None)
    one.state, one.ceiling, one.since[state] = state, ceiling, at


def _of_step(one: StepAt, act: GatePassed | GateLost | StepDone | StepUndone | GateWaived, at: At) -> None:
    match act:
        case GatePassed():
            one.passed[act.gate] = (at, act.evidence)
            one.lost.pop(act.gate, None)
        case GateLost():
            one.passed.pop(act.gate, None)
            one.lost[act.gate] = (at, act)
        case GateWaived():
            one.waived[act.gate] = (at, act)
        case StepDone():
            one.done, one.done_by, one.stopped, one.undone = at, act, None, None
        case StepUndone():
            one.done, one.done_by, one.undone = None, None, (at, act)


def acts_of_runs(journal: Store, keys: NodeKeys, last: int, first: int = 1) -> Iterator[tuple[At, AnyOfRun]]:
    """Every act of any run and every isolation from a position up to another, in order; those before it are not read."""
    places = (position for kind in (*SWITCH_ACTS, *RUN_ACTS) for position in journal.acts(kind, last) if position >= first)
    found = list(acts_at(journal, keys, sorted(places), read_run_act, "act of a restart"))
    entries = journal.entries_at(position for position, _ in found)
    for position, act in found:
        yield At(position, parse_rfc3339(read_meta(entries[position]).received_at)), act


def run_of(journal: Store, keys: NodeKeys, last: int) -> Run | None:
    """The run that was begun last, as the acts up to a position say; None where none was."""
    begun = journal.acts(RESTART_BEGUN, last)
    if not begun:
        return None
    run: Run | None = None
    # Those before it are over: what cannot be read of them keeps nobody from this one.
    for at, act in acts_of_runs(journal, keys, last, begun[-1]):
        if isinstance(act, RestartBegun):
            run = Run(act, at)
        elif run is not None:
            run.change(act, at)
    return run


def under_way_at(journal: Store, keys: NodeKeys, last: int) -> str | None:
    """The name of the run that was begun last and has not ended, whether or not its plan can be read; None where there is none."""
    name: str | None = None
    for _, act in acts_of(journal, keys, SWITCH_ACTS, read_run_act, "act of a restart", last):
        if isinstance(act, RestartBegun | RestartEnded):
            name = act.run if isinstance(act, RestartBegun) else None
    return name


def stopped_before(journal: Store, keys: NodeKeys, source: str, last: int) -> tuple[str, Stop] | None:
    """What of a source was stopped last up to a position, in whatever run: the step of a link that was held by hand, or the organisation
    that was isolated; None where nothing was.
    """
    links: set[str] = set()
    found: tuple[int, str, Isolated | LinkMoved] | None = None
    # What a plan said is not read: one of before may be unreadable by now.
    for position, act in acts_of(journal, keys, SWITCH_ACTS, read_switch, "act of isolation or restart", last):
        match act:
            case RestartBegun():
                links = {link.step for link in act.links if link.source == source}
            case LinkMoved(state="held") if act.step in links and act.by != BY_GATES:
                found = position, act.step, act
            case Isolated() if act.oin in (None, oin_of(source)):
                found = position, oin_of(source) or source, act
    if found is None:
        return None
    position, what, stop = found
    at = At(position, parse_rfc3339(read_meta(journal.entries_at([position])[position]).received_at))
    return what, Stop(at, "isolated" if isinstance(stop, Isolated) else "held", stop.by, stop.why, stop.second)


def exercised(oin: str) -> str:
    """The organisation that stands for another in an exercise."""
    return EXERCISE + oin[len(EXERCISE) :]


def is_of_exercise(origin: str) -> bool:
    """Whether a node by its name is one of an exercise; so is everything that it signs."""
    return origin.startswith(EXERCISE)
