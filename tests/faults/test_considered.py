"""A decision is never found without what was said with it: killed anywhere, torn anywhere, both are there or neither is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

from hervat.assemble import Node
from hervat.clock import SteppedClock
from hervat.considered import Considered
from hervat.doors.acts.asked import ActRequest, AnyAct, read_request
from hervat.doors.acts.considering import Considering, DecisionAct
from hervat.doors.acts.exchanging import LinkChange, WayClosing, WayOpening
from hervat.doors.acts.governing import CeilingChange, PartnerChange, PartnerRemoval, ProcedureClosing, ProcedureOpening
from hervat.doors.acts.line import Act, asking
from hervat.doors.acts.quarantining import QuarantineClosing, QuarantineOpening, QuarantineRelease
from hervat.doors.acts.recording import Consideration
from hervat.doors.acts.restarting import GateWaiving, Isolating, RestartAborting, RestartBeginning, StepApproving, StepDoing, StepHolding
from hervat.doors.acts.ruling import InterimClosing, InterimOpening
from hervat.errors import HervatError, StoreFault, Usage
from hervat.intake.partnering import Wish
from hervat.interim import InterimRule
from hervat.oversight.timeline import DECISIONS, Decision, decisions_at
from hervat.procedure import EmergencyProcedure
from hervat.restart.run import BY_GATES
from tests.faults.processes import copy_store, url
from tests.faults.test_torn_wal import frames_of
from tests.rooms.messages import FEEDS
from tests.rooms.restarted import BEGINS, GPS, GRIP, SKDB, World, a_plan

WHO: dict[str, Any] = {"by": "a", "why": "w"}
TWO: dict[str, Any] = {"by": "a", "second": "b"}
JDS = "00000099000000016000"
DAY = date(2025, 9, 1)
Deciding = Callable[[World], Act]
RULE = InterimRule(name="r", authority="x", ground="x", purposes=("every",), does="decide", from_=DAY)
PROCEDURE = EmergencyProcedure(
    name="p", authority="x", ground="x", sectors=("childcare",), categories=("sexual",), receivers=("x",), purpose="y", from_=DAY
)


def weighed(number: int) -> Considered:
    return Considered(known=f"known {number}", options=("wait",), risks=(f"risk {number}",))


def considering(decision: DecisionAct) -> Deciding:
    return lambda world: Considering(decision=decision, considered=weighed(world.node.position))


def restarting(made: Callable[..., Act], **more: Any) -> Deciding:
    """An act of a restart, which has what was considered of its own; what is to be asked of the world is a function of it."""
    return lambda world: made(
        **{name: one(world) if callable(one) else one for name, one in more.items()}, considered=weighed(world.node.position)
    )


def releasing(world: World) -> Act:
    """Something lies in quarantine, and is let through."""
    world.node.receive([world.watermark("grip")])
    decision = QuarantineRelease(oin=GRIP, through=world.node.position, ground="w", **TWO)
    return Considering(decision=decision, considered=weighed(world.node.position))


OWN = {"own": JDS, "partner": GPS}
DECIDED: tuple[Deciding, ...] = (
    considering(PartnerChange(oin="00000099000000077000", wish=Wish(name="n", roles=()), **WHO)),
    considering(PartnerRemoval(oin="00000099000000077000", **WHO)),
    considering(CeilingChange(source=FEEDS["gps"], hold=True, **WHO)),
    considering(CeilingChange(source=FEEDS["gps"], **WHO)),
    considering(ProcedureClosing(name="childcare-2025", until=date(2025, 8, 31), **WHO)),
    considering(ProcedureOpening(procedure=PROCEDURE, **WHO)),
    considering(InterimOpening(rule=RULE, **WHO)),
    considering(InterimClosing(name="r", until=DAY, **WHO)),
    considering(WayOpening(**OWN, source=FEEDS["gps"], how="fetch", **WHO)),
    considering(LinkChange(**OWN, carries=False, **WHO)),
    considering(LinkChange(**OWN, carries=True, **WHO)),
    considering(WayClosing(**OWN, source=FEEDS["gps"], **WHO)),
    considering(QuarantineOpening(oin=GRIP, **WHO)),
    releasing,
    considering(QuarantineClosing(oin=GRIP, why="w", **TWO)),
    restarting(RestartBeginning, plan=lambda world: world.plan, second="another", **WHO),
    restarting(StepDoing, step="restore", by="a", evidence="e"),
    restarting(StepHolding, step="restore", **WHO),
    restarting(StepApproving, approval=lambda world: world.approval("open-skdb", SKDB)),
    restarting(
        GateWaiving, step="open-skdb", gate="clean", by="a", of=SKDB, second="b", second_of=GPS, why="w", until="2025-12-01T00:00:00Z"
    ),
    restarting(StepHolding, step="open-gps", **WHO),
    restarting(RestartAborting, **WHO),
    restarting(Isolating, oin=GRIP, **WHO),
)


@dataclass(frozen=True, slots=True)
class Decided:
    """A copy of a store with its whole WAL, what was decided in it, the acts that did it, and which acts came before the first."""

    store: Path
    wal: bytes
    decisions: list[Decision]
    acts: list[Act]
    before: int


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Decided:
    folder, acts, before = tmp_path_factory.mktemp("considered"), list[Act](), 0
    with Node.opened(url(folder / "hervat.db"), writer=True, clock=SteppedClock(BEGINS)) as node:
        world = World(node, a_plan())
        before = node.position
        for deciding in DECIDED:
            act = deciding(world)
            at = act.done(node)["position"]
            (found,) = [one for one in decisions_at(node.store, node.keys, node.position) if one.position == at]
            assert [one.position for one in found.considered] == [at + 1], act
            acts.append(act)
        copied = copy_store(folder / "hervat.db", folder / "copy" / "hervat.db")
        decisions = decisions_at(node.store, node.keys, node.position)
        assert node.verify().ok
    return Decided(copied, copied.with_name("hervat.db-wal").read_bytes(), decisions, acts, before)


def of_people(decisions: list[Decision], before: int) -> list[Decision]:
    return [one for one in decisions if one.position > before and one.by != BY_GATES]


def test_whatever_may_be_decided_has_with_it_what_was_said(decided: Decided) -> None:
    asked_of = {type(act.decision if isinstance(act, Considering) else act) for act in decided.acts}
    with_their_own = {one for one in get_args(AnyAct) if "considered" in one.__struct_fields__} - {Considering, Consideration}
    assert asked_of == {*get_args(DecisionAct), *with_their_own}
    people = of_people(decided.decisions, decided.before)
    assert len(people) == len(DECIDED)
    assert {one.kind for one in people} == set(DECISIONS), "each kind of decision is taken here"
    for one in people:
        (said,) = one.considered
        assert Considered(known=said.known, options=said.options, risks=said.risks) == weighed(one.position - 1)
        assert said.by and said.position == one.position + 1


def test_wherever_the_wal_is_torn_no_decision_stands_without_what_was_said_with_it(decided: Decided, tmp_path: Path) -> None:
    lengths = set()
    for end in frames_of(decided.wal):
        store = copy_store(decided.store, tmp_path / str(end) / "hervat.db")
        store.with_name("hervat.db-wal").write_bytes(decided.wal[:end])
        for found in decisions_in(store):
            assert found == decided.decisions[: len(found)]
            assert all(one.considered for one in of_people(found, decided.before))
            lengths.add(len(of_people(found, decided.before)))
    assert lengths == set(range(len(DECIDED) + 1))


def decisions_in(store: Path) -> Iterator[list[Decision]]:
    """What was decided in a store; nothing where it is so torn that it has no beginning."""
    try:
        with Node.opened(url(store)) as node:
            yield decisions_at(node.store, node.keys, node.position)
    except StoreFault:
        return


def test_where_an_act_is_refused_nothing_is_told_of_the_next(tmp_path: Path) -> None:
    with Node.opened(url(tmp_path / "hervat.db"), writer=True, clock=SteppedClock(BEGINS)) as node:
        World(node, a_plan())
        refused = Considering(decision=QuarantineClosing(oin=GRIP, why="w", **TWO), considered=weighed(1))
        too_long = Considering(decision=CeilingChange(source=FEEDS["gps"], hold=True, **WHO), considered=Considered(known="x" * 1001))
        before = node.position
        with pytest.raises(HervatError):
            refused.done(node)
        with pytest.raises(Usage):
            too_long.done(node)
        assert node.position == before
        CeilingChange(source=FEEDS["gps"], hold=True, **WHO).done(node)
        assert node.position == before + 1
        with pytest.raises(HervatError, match="no act was done"), node.inbox().telling(lambda _: ("x", weighed(1))):
            pass


def test_a_node_that_serves_reads_what_is_handed_over(decided: Decided) -> None:
    for act in decided.acts:
        request = read_request(asking("here", act))
        assert isinstance(request, ActRequest) and request.act == act
