"""The restart of a node: a plan begun, its gates looked at, links moved as they say; isolation, approvals, waivers, and what is told of it.

- Everything is an act, and what stands follows from the acts alone: whoever is killed between two of them goes on from there.
- Nothing here opens a link but its gates (`check`). Closing needs no gate: one act isolates, holds or aborts.
- An exercise runs on a store of its own, of a node whose name says so, with organisations that no other node knows.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hervat.assemble import Node
from hervat.batch import Statement
from hervat.chain.parts import GateName
from hervat.chain.plan import Plan, Step, ensure_steps
from hervat.clock import parse_rfc3339, rfc3339
from hervat.considered import Considered
from hervat.consumers.backlog.ledger import Ledger
from hervat.dispatch.signed import Unfit
from hervat.dispatch.statements import is_the_same
from hervat.errors import NotSo, StoreFault, Usage, ensure
from hervat.intake.inbox import Inbox
from hervat.intake.quarantine import oin_of
from hervat.intake.switching import (
    HOLD,
    GovernedLink,
    Isolated,
    LinkMoved,
    RestartBegun,
    RestartEnded,
    SignedBy,
    SwitchAct,
    read_switch,
    switch_of,
)
from hervat.journal.acts import acts_at
from hervat.journal.entry import read_meta
from hervat.journal.store import APPLIED, STATES
from hervat.message import SOURCE
from hervat.oversight.entries import said_of_decision
from hervat.register.drain import Drain
from hervat.restart.acts import (
    Approval,
    ExerciseKept,
    ExerciseReport,
    GateWaived,
    IsolationOrder,
    RunAct,
    StatementKept,
    StepApproved,
    StepDone,
    StepUndone,
    Waiving,
    ensure_readable,
    kind_of_run_act,
)
from hervat.restart.approving import ensure_approves, ensure_ordered, ensure_states, faults_of
from hervat.restart.facts import Facts, Keyed
from hervat.restart.gates import Asking, Verdict, judge
from hervat.restart.moving import Judge, Move, next_move
from hervat.restart.reporting import ensure_own
from hervat.restart.run import (
    BY_GATES,
    OPENED,
    OPENING,
    SETTLING,
    At,
    Run,
    StepAt,
    exercised,
    is_of_exercise,
    run_of,
    stopped_before,
    under_way_at,
)
from hervat.restart.told import told_of

_DAY = timedelta(hours=24)
_NONE = "no restart is under way; hervat restart begin PLAN begins one"
_MOST_MOVES = 50
"""For each step, in one look: a link goes through five states and seven gates, and may be closed once."""
_LONGEST = 1000
"""Characters of a name, as `message.Text` has it."""
NOT_WAIVED = ("approved",)
"""What two organisations are to sign no two people let be."""


class Restarting:
    """The restart at one node."""

    def __init__(self, node: Node) -> None:
        self._node = node

    @property
    def run(self) -> Run | None:
        """The run that was begun last, ended or not."""
        return run_of(self._node.store, self._node.keys, self._node.position)

    def begin(
        self,
        plan: Plan,
        *,
        by: str,
        why: str,
        exercise: bool = False,
        report: ExerciseReport | None = None,
        second: str | None = None,
        considered: Considered | None = None,
    ) -> dict[str, Any]:
        """Begin a run of a plan: what it governs is closed by this act. Returns the act's position and what `check` found. Raises NotSo
        where a run is under way, or an exercise and a node do not belong together; Usage for a plan that could not be gone through, or
        by which one person opens a link, and where one person alone begins for real. `not_asked` has, for each link, the gates that the
        plan does not ask for.
        """
        links = self.governed(plan, exercise=exercise)
        ensure_named(by, second)
        if not exercise and (second is None or not second.strip()):
            words = "two people begin a restart for real, for it closes all that its plan governs"
            raise Usage(f"--second is lacking: {words}; name who decides with {by}; nothing was begun")
        if report is not None:
            ensure_own(report, self._node.keys, plan.hash)
        written = _written(plan)
        name = f"{'exercise' if exercise else 'restart'}-{self._node.position + 1}-{plan.hash[:12]}"
        act = RestartBegun(
            run=name,
            hash=plan.hash,
            plan=written,
            governs=tuple(sorted({oin for link in links if (oin := oin_of(link.source)) is not None})),
            links=links,
            exercise=exercise,
            by=by,
            why=why,
            second=second,
        )
        begun = self._switch(act, considered)
        return {"run": name, "plan": plan.hash, "not_asked": _not_asked(plan)} | begun | {"moves": self.check(report=report)["moves"]}

    def governed(self, plan: Plan, *, exercise: bool = False) -> tuple[GovernedLink, ...]:
        """The links that a run of a plan would govern; nothing is written. Raises what `begin` does where none can be begun now."""
        if (other := self._under_way_name()) is not None:
            raise NotSo(f"the run {other} is under way; hervat restart abort ends it, and what is not live stays closed")
        self._ensure_belongs(exercise)
        return tuple(_links(plan, exercise))

    def _ensure_belongs(self, exercise: bool) -> None:
        of_exercise = is_of_exercise(self._node.keys.origin)
        if exercise and not of_exercise:
            raise NotSo("an exercise is not run on the store of a node; hervat restart exercise PLAN makes one of its own")
        if of_exercise and not exercise:
            raise NotSo(f"{self._node.keys.origin} is of an exercise: nothing real is begun on its store")

    @property
    def next(self) -> Move | None:
        """What `check` would do first, by what is known now; None where nothing moves or no run is under way. Nothing is written."""
        run = self.run
        if run is None or not run.under_way:
            return None
        facts = self._facts()
        return next_move(run, facts, self._judge(run, facts))

    def check(
        self, *, statement: Statement | None = None, report: ExerciseReport | None = None, most: int | None = None
    ) -> dict[str, Any]:
        """Look at every gate, and move what may be moved or must be closed; what is handed in is kept first. With `most`, so many links are
        let further through and then no more, however many could. Returns the run, its moves and whether a gate was lost. Raises NotSo where
        no run is under way, Unfit for a statement or report that does not count.
        """
        run = self._under_way()
        if statement is not None:
            self._keep_statement(run, statement)
        if report is not None:
            ensure_own(report, self._node.keys, run.begun.hash)
            self._put(ExerciseKept(run=run.name, report=report))
        moves = self._advance(opens=True, most=most)
        return {"run": run.name, "position": self._node.position, "moves": moves, "lost": any(one["what"] == "gate-lost" for one in moves)}

    def _keep_statement(self, run: Run, statement: Statement) -> None:
        node = self._node
        before = stopped_before(node.store, node.keys, statement.source, run.at.position)
        ensure_states(statement, run, node.roster().now, self._isolated_at, before, node.now())
        equal = is_the_same(node.store, node.keys, statement)
        self._put(StatementKept(run=run.name, statement=statement, equal=equal))

    def _isolated_at(self, oin: str) -> datetime | None:
        since = switch_of(self._node.store, self._node.keys, self._node.position).isolated_since(oin)
        return self._at(since).moment if since else None

    def approve(
        self,
        approval: Approval,
        *,
        by: str | None = None,
        why: str | None = None,
        second: str | None = None,
        considered: Considered | None = None,
    ) -> dict[str, Any]:
        """Keep what an organisation signed to approve a step, and check; `by` is who hands it in. Raises Unfit where it does not count for
        this run at this node.
        """
        run = self._under_way()
        ensure_named(by, second)
        ensure_approves(approval, run, self._node.keys.origin, self._node.roster().now, self._isolated_at, self._node.now())
        act = StepApproved(approval=approval, by=by, why=why, second=second)
        return self._and_check(act, considered, by or f"{approval.role} ({approval.partner})")

    def done(
        self, step: str, *, by: str, evidence: str, second: str | None = None, considered: Considered | None = None
    ) -> dict[str, Any]:
        """Say that a step was done by hand, or let two people let a link go on that was held or isolated. Raises NotSo where it waits for
        others, Usage where it is not for people to do.
        """
        run = self._under_way()
        run.plan.step(step)
        one = run.steps[step]
        if one.source is not None and one.stopped is None:
            raise Usage(f"{step} opens by its gates alone; hervat restart show tells which are missing")
        if one.stopped is not None and (second is None or second.strip().casefold() == by.strip().casefold()):
            raise Usage(f"{step} was {one.stopped.said}; two people let it go on: --by and --second, of different persons")
        ensure_named(by, second)
        if (waits := run.waits(one)) and one.source is None:
            raise NotSo(f"{step} waits for {', '.join(waits)}; nothing was put down as done")
        return self._and_check(StepDone(run=run.name, step=step, by=by, evidence=evidence, second=second), considered, by)

    def waive(
        self,
        step: str,
        gate: GateName,
        *,
        by: Waiving,
        second: Waiving,
        why: str,
        until: datetime,
        considered: Considered | None = None,
    ) -> dict[str, Any]:
        """Let two people of two organisations let a gate be until a moment, and check. Raises Usage where they are not two of two known
        organisations, the gate is not asked or cannot be waived, or the moment is past.
        """
        run = self._under_way()
        run.plan.step(step)
        if gate in NOT_WAIVED or gate not in run.steps[step].asked((gate,)):
            raise Usage(f"{step} has no gate {gate} that can be waived; what organisations are to sign is not, nor what a step waits for")
        if by.partner == second.partner or by.name.strip().casefold() == second.name.strip().casefold():
            raise Usage("a gate is waived by two people of two organisations; name another for the second")
        unknown = [one.partner for one in (by, second) if self._node.roster().now.get(one.partner) is None]
        if unknown:
            raise Usage(f"no organisation with the OIN {unknown[0]} is known; hervat partner list shows those that are")
        if until <= self._node.now():
            raise Usage(f"--until {rfc3339(until)} is past; a waiver counts until a moment to come")
        act = GateWaived(run=run.name, step=step, gate=gate, by=by, second=second, why=why, until=rfc3339(until))
        return self._and_check(act, considered, f"{by.name} ({by.partner})")

    def hold(
        self, step: str, *, by: str, why: str, second: str | None = None, considered: Considered | None = None
    ) -> dict[str, Any]:
        """Hold a link, or say that a step is done no more; what waits for it is closed as well. It opens again by all its gates, after two
        people let it go on. Raises NotSo where there is nothing to hold.
        """
        run = self._under_way()
        run.plan.step(step)
        ensure_named(by, second)
        if run.steps[step].is_link:
            act = LinkMoved(run=run.name, step=step, state="held", ceiling=HOLD, by=by, why=why, second=second)
            return self._switch(act, considered) | self._after_closing()
        if run.steps[step].done is None:
            raise NotSo(f"{step} is not done; there is nothing to hold")
        undone = self._put(StepUndone(run=run.name, step=step, by=by, why=why, second=second), considered, by)
        return {"position": undone} | self._after_closing()

    def isolate(
        self,
        oin: str | None,
        *,
        by: str,
        why: str,
        signed: IsolationOrder | None = None,
        second: str | None = None,
        considered: Considered | None = None,
    ) -> dict[str, Any]:
        """Cut off an organisation, or with None all: nothing of it is admitted from this act on. `signed` is the order of an organisation,
        without which it is the operator's own. Raises Usage for an organisation that nobody knows, Unfit for an order that does not count.
        """
        ensure_named(by, second)
        came = {oin_of(feed.name) for feed in self._node.store.feeds()}
        if oin is not None and self._node.roster().name_of(oin) is None and oin not in came:
            raise Usage(f"no organisation with the OIN {oin} is known; hervat partner list shows those that are")
        if signed is not None:
            if signed.oin != oin:
                raise Unfit(f"the order is to isolate {signed.oin or 'all'}, not {oin or 'all'}; nothing was isolated", "addressee")
            ensure_ordered(signed, self._node.keys.origin, self._node.roster().now)
        who = None if signed is None else SignedBy(**{name: getattr(signed, name) for name in SignedBy.__struct_fields__})
        act = Isolated(oin=oin, by=by, why=why if signed is None else signed.why, signed=who, second=second)
        return self._switch(act, considered) | self._after_closing()

    def abort(self, *, by: str, why: str, second: str | None = None, considered: Considered | None = None) -> dict[str, Any]:
        """End a run that is under way. What is live stays so; all else that it governs stays closed until another run opens it."""
        name = self._under_way_name()
        if name is None:
            raise NotSo(_NONE)
        ensure_named(by, second)
        ended = RestartEnded(run=name, outcome="aborted", frees=(), by=by, why=why, second=second)
        return self._switch(ended, considered)

    def standing(self, drain: Drain | None = None) -> dict[str, Any] | None:
        """Everything that is shown of the run that was begun last, with who is isolated; None where none was ever begun and nobody is. Who
        asks again and again has the `drain` kept.
        """
        node, run = self._node, self.run
        switch = switch_of(node.store, node.keys, node.position)
        places = {*switch.isolated.values(), *((switch.all_since,) if switch.all_since else ())}
        acts = dict(acts_at(node.store, node.keys, sorted(places), read_switch, "isolation"))
        isolated = [
            {"oin": oin, "name": node.roster().name_of(oin), "since": since} | _isolation(acts[since])
            for oin, since in sorted(switch.isolated.items())
        ]
        told = {"node": node.keys.origin, "position": node.position, "isolated": isolated, "all_isolated_since": switch.all_since or None}
        if switch.all_since:
            told |= {"all_isolated": _isolation(acts[switch.all_since])}
        if run is None:
            return told | {"run": None} if isolated or switch.all_since else None
        facts = self._facts()
        return told | told_of(run, facts, self._judge(run, facts), self._arrivals()) | {"burn_down": node.drain(drain)[-60:]}

    def _under_way(self) -> Run:
        run = self.run
        if run is None or not run.under_way:
            raise NotSo(_NONE)
        return run

    def _under_way_name(self) -> str | None:
        return under_way_at(self._node.store, self._node.keys, self._node.position)

    def _and_check(self, act: RunAct, considered: Considered | None, by: str) -> dict[str, Any]:
        return {"position": self._put(act, considered, by), "moves": self.check()["moves"]}

    def _put(self, act: RunAct, considered: Considered | None = None, by: str = "") -> int:
        ensure_readable(act)
        with self._node.inbox().telling(said_of_decision(considered, by)):
            return self._node.decide(kind_of_run_act(act), act)

    def _switch(self, act: SwitchAct, considered: Considered | None = None) -> dict[str, Any]:
        ensure_readable(act)

        def put(inbox: Inbox) -> int:
            return inbox.switch(act)

        with self._node.inbox().telling(said_of_decision(considered, act.by)):
            return self._node.admit(put)

    def _advance(self, *, opens: bool, most: int | None = None) -> list[dict[str, Any]]:
        """Move a run as far as its gates let it; each move is an act on disk before the next is thought of."""
        moves: list[dict[str, Any]] = []
        let_through = 0
        facts: Facts | None = None
        judged: Judge | None = None
        run = self.run
        while run is not None and run.under_way:
            if facts is None or judged is None:
                facts = self._facts()
            judged = self._judge(run, facts)
            act = next_move(run, facts, judged, opens=opens)
            if act is None:
                break
            ensure(len(moves) < _MOST_MOVES * len(run.steps), f"the run {run.name} goes round in a circle at {act}")
            moves.append(self._moved(act))
            run.change(act, self._at(moves[-1]["position"]))
            if isinstance(act, LinkMoved):
                facts = None
                let_through += act.state in OPENED
                if let_through == most:
                    break
        return moves

    def _after_closing(self) -> dict[str, Any]:
        """What else closes by an act that closed something. That act is on disk by then: where the run cannot be read, `fault` says why
        what waits for it could not be told, and the act has been done all the same.
        """
        try:
            return {"moves": self._advance(opens=False)}
        except StoreFault as fault:
            return {"moves": [], "fault": str(fault)}

    def _at(self, position: int) -> At:
        entry = self._node.store.entries_at([position])[position]
        return At(position, parse_rfc3339(read_meta(entry).received_at))

    def _moved(self, act: Move) -> dict[str, Any]:
        what = str(act.__struct_config__.tag)
        if isinstance(act, LinkMoved):
            return {"what": what, "step": act.step, "state": act.state, "why": act.why} | self._switch(act)
        if isinstance(act, RestartEnded):
            return {"what": what, "outcome": act.outcome} | self._switch(act)
        return {"what": what, "step": act.step, "gate": act.gate, "position": self._put(act)}

    def _facts(self) -> Facts:
        node, ledger = self._node, Ledger(self._node.store, self._node.keys)

        def keyed(source: str) -> Sequence[Keyed]:
            return [Keyed(one.position, one.keyed.kind, one.keyed.dated) for one in ledger.entered(source)]

        return Facts(node.store, node.keys, node.roster().now, keyed, node.now())

    def _judge(self, run: Run, facts: Facts) -> Judge:
        node = self._node
        switch = switch_of(node.store, node.keys, node.position)
        isolated = {*switch.isolated.values(), *((switch.all_since,) if switch.all_since else ())}
        moments = {at: read_meta(entry).received_at for at, entry in node.store.entries_at(isolated).items()}
        asking = Asking(facts, switch, moments)

        def by(one: StepAt, gate: GateName, again: bool) -> Verdict:
            return judge(asking, run, one, gate, again=again)

        return by

    def _arrivals(self) -> Any:
        """How much of each source came and was applied in the last 24 hours."""
        node = self._node
        then = node.store.tally_at(node.position_at(node.now() - _DAY))
        feeds = {feed.number: feed for feed in node.store.feeds()}

        def of(number: int) -> tuple[int, int]:
            feed = feeds.get(number)
            if feed is None:
                return 0, 0
            before: Mapping[int, int] = {state: then.get((number, state), (0, None))[0] for state in STATES}
            return feed.received - sum(before.values()), feed.applied - before[APPLIED]

        return of


def ensure_named(by: str | None, second: str | None) -> None:
    """Raises Usage where a name is longer than is kept, who decides with somebody is the same person, or is called as the gates are: what
    those close they may open.
    """
    for flag, name in (("--by", by), ("--second", second)):
        if name is not None and len(name) > _LONGEST:
            raise Usage(f"{flag} has {len(name)} characters, and a name at most {_LONGEST}; say who it is in fewer")
    if by is not None and by.strip().casefold() == BY_GATES:
        raise Usage(f"--by {by!r} is how the gates themselves sign; say who decides")
    if by is not None and second is not None and by.strip().casefold() == second.strip().casefold():
        raise Usage("--second must be another person than who decides; leave it out where nobody decides with them, and one is enough")


def _isolation(act: SwitchAct) -> dict[str, Any]:
    """Who isolated, with whom, and why; `signed_by` is the organisation that ordered it."""
    if not isinstance(act, Isolated):
        return {}
    return {"by": act.by, "second": act.second, "why": act.why, "signed_by": None if act.signed is None else act.signed.partner}


def _links(plan: Plan, exercise: bool) -> list[GovernedLink]:
    """The links of a plan whose feed comes here; raises Usage for a plan that could not be gone through."""
    ensure_steps(plan, f"the plan {plan.name}")
    if not plan.steps:
        raise Usage(f"the plan {plan.name} has no steps; there is nothing to begin")
    links = []
    for step in plan.steps:
        _ensure_passable(step, exercise)
        if step.act != "open" or step.feed is None:
            continue
        named = SOURCE.fullmatch(step.feed)
        if named is None:
            raise Usage(f"the step {step.id}: {step.feed!r} is no source; give it as urn:nld:oin:<20 characters>:systeem:<name>")
        source = step.feed.replace(named["oin"], exercised(named["oin"]), 1) if exercise else step.feed
        links.append(GovernedLink(step=step.id, source=source, kinds=step.kinds))
    return links


def _written(plan: Plan) -> msgspec.Raw:
    """A plan as it stands in an act; raises Usage where it could not be read again, such as of hours that lead to no moment."""
    try:
        written = msgspec.json.encode(plan)
        msgspec.json.decode(written, type=Plan)
    except (msgspec.MsgspecError, UnicodeError) as fault:
        raise Usage(f"the plan {plan.name}: {fault}; nothing was begun") from fault
    return msgspec.Raw(written)


def _ensure_passable(step: Step, exercise: bool) -> None:
    asked = {one.gate for one in step.gates}
    if step.act != "open" and asked:
        raise Usage(f"the step {step.id} is no link and asks for the gate {min(asked)}; gates stand before links")
    if "approved" in asked and (why := faults_of(step)) is not None:
        raise Usage(f"the step {step.id} could never be approved: {why}")
    if not exercise and step.act == "open" and step.feed is not None and "approved" not in asked:
        words = "is to open a link and does not ask for the gate approved, so whoever begins the plan would open it alone"
        raise Usage(f"the step {step.id} {words}; put the gate and its approvers into the map, and make the plan anew")


def _not_asked(plan: Plan) -> dict[str, list[GateName]]:
    """For each link of a plan, the gates that it does not ask for; a `soaked` of no hours asks nothing."""
    asked = {step.id: {one.gate for one in step.gates if one.gate != "soaked" or one.hours} for step in plan.steps if step.act == "open"}
    lacking = {step: [gate for gate in (*OPENING, *SETTLING) if gate not in gates] for step, gates in asked.items()}
    return {step: gates for step, gates in lacking.items() if gates}
