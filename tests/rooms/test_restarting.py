"""A restart goes through its gates, and by no other way: what each gate asks, what closes a link again, and what is told of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from hervat.clock import rfc3339
from hervat.dispatch.signed import Unfit
from hervat.doors.acts.restarting import GateWaiving
from hervat.errors import NotSo, StoreFault, Usage
from hervat.intake.ceilings import Ceiling
from hervat.intake.partnering import Wish
from hervat.intake.quarantine import QuarantineOpened
from hervat.restart.acts import GateWaived, StepDone, Waiving, kind_of_run_act
from hervat.restart.run import OPENED
from tests.rooms.messages import FEEDS, charge
from tests.rooms.nodes import fresh
from tests.rooms.restarted import ALL, GPS, GRIP, LINKS, SKDB, TWO, WHO, World, a_plan, a_step, gone_through

DONE = StepDone(run="", step="keys", by="a crew", evidence="x")
KINDS = ("person-registered", "persons-merged")
WAIVERS = {"by": Waiving(name="one", partner=SKDB), "second": Waiving(name="other", partner=GPS)}


@pytest.fixture
def world() -> Iterator[World]:
    with fresh("memory") as node:
        yield World(node, a_plan())


def test_a_restart_in_which_all_is_done_and_sent_completes_and_governs_nothing_more(world: World) -> None:
    world.node.receive(world.story())
    before = world.node.digest()
    gone_through(world)
    run = world.restarting.run
    assert run is not None
    assert run.ended is not None
    assert run.ended[1].outcome == "completed"
    assert set(world.states().values()) == {"live", "done"}
    assert world.node.digest() == before
    assert {row["link"] for row in world.node.horizon()} == {"live"}
    world.node.ceiling(FEEDS["gps"], Ceiling(), **WHO)


def test_nothing_is_admitted_before_the_gates_and_all_of_it_after(world: World) -> None:
    world.begin()
    story = world.story()
    world.node.receive(story)
    assert not any(world.admitted(feed) for feed in LINKS.values())
    assert {one["reason"] for one in world.node.held()} == {"ceiling"}
    world.crews_done()
    world.restarting.check(statement=world.statement("skdb"))
    assert world.missing("open-skdb").keys() == {"approved", "no-held", "soaked"}
    world.approve("open-skdb")
    assert world.states() == {"restore": "done", "keys": "done", "open-skdb": "live", "open-gps": "inbound", "open-grip": "cut"}
    assert len(world.admitted("skdb")) == 6
    assert not world.admitted("gps")


def test_a_check_lets_as_many_links_through_as_it_is_asked_and_the_next_goes_on(world: World) -> None:
    """Between two of them somebody else can close one."""
    world.plan = a_plan(("loaded", "approved"))
    world.node.receive(world.story())
    world.begin()
    for step in LINKS:
        world.approve(step)
    world.restarting.done("restore", by="a crew", evidence="x")
    world.node.decide(kind_of_run_act(DONE), msgspec.structs.replace(DONE, run=world.restarting.run.name))  # type: ignore[union-attr]
    moved = []
    while world.restarting.next is not None:
        found = world.restarting.check(most=1)["moves"]
        moved.append([one["state"] for one in found if one.get("state") in OPENED])
    assert moved[:9] == [["replay"], ["catching-up"], ["live"]] * 3
    assert not any(moved[9:])
    assert set(world.states().values()) == {"live", "done"}


@pytest.mark.parametrize(
    ("gate", "says"),
    [
        ("loaded", "has not counted its stock"),
        ("reconciled", "no statement of the partner"),
        ("clean", "2 messages of the partner lie in quarantine"),
        ("approved", f"not approved yet by it of {SKDB}, chain of {GPS}"),
        ("rehearsed", "no exercise of this very plan within"),
    ],
)
def test_each_gate_holds_by_itself_and_says_what_is_missing(gate: str, says: str) -> None:
    with fresh("memory") as node:
        world = World(node, a_plan(tuple(dict.fromkeys((gate, "approved")))))  # type: ignore[arg-type]
        node.admit(lambda inbox: inbox.quarantine(QuarantineOpened(oin=SKDB, **WHO)))
        node.receive(world.story()[:2])
        world.restarting.begin(world.plan, **TWO)
        world.crews_done()
        world.restarting.check()
        assert world.states()["open-skdb"] == "inbound"
        assert says in world.missing("open-skdb")[gate]


def test_stock_that_lies_there_and_a_claim_that_is_not_here_are_not_loaded(world: World) -> None:
    world.begin()
    world.node.receive(world.claims("skdb", stock=3))
    assert "3 decisions" in world.missing("open-skdb")["loaded"]
    world.made("skdb", "person-registered", {"skn": "S9", "identity": {"set": "1", "surname": "A"}})
    world.node.receive(world.claims("skdb"))
    assert "claims 4, and 2 are here" in world.missing("open-skdb")["loaded"]
    world.node.receive(world.sent["skdb"])
    assert "loaded" in {gate for gate, why in world.missing("open-skdb").items() if why.startswith("passed")}


def test_a_statement_of_other_content_does_not_reconcile(world: World) -> None:
    world.node.receive(world.story())
    world.begin()
    statement = world.statement("skdb")
    with pytest.raises(Unfit, match="does not fit"):
        world.restarting.check(statement=msgspec.structs.replace(statement, set_hash="0" * 64))
    world.sent["skdb"][0] = world.sent["skdb"][1]
    world.restarting.check(statement=world.statement("skdb"))
    assert "is not what is here" in world.missing("open-skdb")["reconciled"]


def test_who_may_not_approve_and_what_was_signed_for_something_else_is_refused(world: World) -> None:
    world.begin()
    good = world.approval("open-skdb", SKDB)
    for other in ({"run": "another"}, {"plan": "1" * 64}, {"node": "EXERCISE-x"}, {"role": "chain"}):
        with pytest.raises(Unfit):
            world.restarting.approve(world.approval("open-skdb", SKDB, **other))
    with pytest.raises(Unfit, match="not for board"):
        world.restarting.approve(world.approval("open-skdb", GRIP))
    with pytest.raises(Unfit, match="does not fit"):
        world.restarting.approve(msgspec.structs.replace(good, made_at="2025-09-01T00:00:00Z"))
    world.restarting.approve(good)
    world.node.set_partner(SKDB, Wish(revoke=(good.key,)), **WHO)
    assert SKDB in world.missing("open-skdb")["approved"]


def live(world: World) -> World:
    """The first two links are live, the third waits for its approvals."""
    world.begin()
    world.node.receive(world.story())
    world.crews_done()
    for step, feed in LINKS.items():
        world.restarting.check(statement=world.statement(feed))
        if step != "open-grip":
            world.approve(step)
    assert [state for step, state in world.states().items() if step in LINKS] == ["live", "live", "inbound"]
    return world


def test_a_gate_that_is_lost_closes_its_link_and_those_that_wait_for_it(world: World) -> None:
    live(world)
    world.sent["skdb"][0] = world.sent["skdb"][1]
    answer = world.restarting.check(statement=world.statement("skdb"))
    assert answer["lost"]
    assert [state for step, state in world.states().items() if step in LINKS] == ["held", "held", "held"]
    before = len(world.admitted("gps"))
    case = {"pn": "10/000009-25", "skn": "S1", "office": "x", "received_on": "2025-07-01", "charges": [charge(1)]}
    world.node.receive([world.made("gps", "case-registered", case)])
    assert len(world.admitted("gps")) == before


def test_isolation_is_one_act_and_what_it_closed_opens_by_its_gates_and_two_people(world: World) -> None:
    live(world)
    answer = world.restarting.isolate(SKDB, by="an operator", why="seen in their network")
    assert [one["step"] for one in answer["moves"]] == ["open-gps", "open-grip"]
    assert world.states()["open-skdb"] == "held"
    world.restarting.check()
    assert world.states()["open-skdb"] == "held"
    assert "of before its isolation" in world.missing("open-skdb")["clean"]
    with pytest.raises(Usage, match="two people"):
        world.restarting.done("open-skdb", by="one", evidence="x", second="One ")
    world.restarting.done("open-skdb", by="one", second="other", evidence="looked at")
    world.later(0.1)
    world.rotate()
    world.restarting.check()
    assert world.states()["open-skdb"] == "held"
    assert {"approved", "reconciled"} <= world.missing("open-skdb").keys()
    assert "clean" not in world.missing("open-skdb")
    world.restarting.check(statement=world.statement("skdb"))
    for step in ("open-skdb", "open-grip"):
        world.approve(step)
    assert set(world.states().values()) == {"done", "live"}


def closed_by_hand(world: World, how: str) -> None:
    """The first link is held, or whose it is isolated, and two people let it go on."""
    if how == "held":
        world.restarting.hold("open-skdb", **WHO)
    else:
        world.restarting.isolate(SKDB, **WHO)
        world.rotate()
    world.restarting.done("open-skdb", by="one", second="other", evidence="looked at")
    assert world.states()["open-skdb"] == "held"


@pytest.mark.parametrize("how", ["held", "isolated"])
def test_what_was_signed_before_a_hold_or_an_isolation_opens_nothing_after_it(how: str) -> None:
    with fresh("memory") as node:
        world = live(World(node, a_plan(("reconciled", "approved"))))
        run = world.restarting.run
        assert run is not None
        old = [approval for _, approval in run.steps["open-skdb"].approvals]
        world.later(1)
        early = world.approval("open-skdb", GPS)
        closed_by_hand(world, how)
        before = node.position
        for approval in old:
            with pytest.raises(Unfit, match="handed in before, at entry" if how == "held" else "was revoked at"):
                world.restarting.approve(approval)
        with pytest.raises(Unfit, match="open-skdb was held at .* sign it after that" if how == "held" else "was revoked at"):
            world.restarting.approve(early)
        assert node.position == before
        assert "no statement" in world.missing("open-skdb")["reconciled"]
        world.later(1)
        world.restarting.check(statement=world.statement("skdb"))
        assert world.states()["open-skdb"] == "held"
        world.approve("open-skdb")
        assert world.states()["open-skdb"] == "live"


def test_nobody_signs_as_the_gates_do(world: World) -> None:
    """What the gates close they open again; what people hold waits for people."""
    live(world)
    with pytest.raises(Usage, match="how the gates themselves sign"):
        world.restarting.hold("open-skdb", by=" The Gates of the plan", why="x")
    assert world.states()["open-skdb"] == "live"


@pytest.mark.parametrize("how", ["held", "isolated"])
def test_a_waiver_of_before_a_hold_or_an_isolation_is_shown_and_counts_no_more(how: str) -> None:
    with fresh("memory") as node:
        world = World(node, a_plan(("loaded", "approved")))
        world.restarting.begin(world.plan, **TWO)
        world.crews_done()
        world.approve("open-skdb")
        until = world.clock.at + timedelta(days=9)
        world.restarting.waive("open-skdb", "loaded", why="x", until=until, **WAIVERS)
        assert world.states()["open-skdb"] == "live"
        closed_by_hand(world, how)
        world.restarting.check()
        assert world.states()["open-skdb"] == "held"
        standing = world.restarting.standing()
        assert standing is not None
        assert [one["counts"] for one in standing["waivers"]] == [False]
        world.later(1)
        world.approve("open-skdb")
        world.restarting.waive("open-skdb", "loaded", why="y", until=until, **WAIVERS)
        assert world.states()["open-skdb"] == "live"


def test_a_statement_by_a_key_that_was_revoked_since_reconciles_nothing_and_another_does(world: World) -> None:
    world.begin()
    world.node.receive(world.story())
    world.restarting.check(statement=world.statement("skdb"))
    world.later(1)
    world.rotate()
    world.crews_done()
    assert "is revoked; the partner signs anew" in world.missing("open-skdb")["reconciled"]
    world.restarting.check(statement=world.statement("skdb"))
    assert "reconciled" not in world.missing("open-skdb")
    world.later(1)
    world.rotate()
    world.approve("open-skdb")
    assert world.states()["open-skdb"] == "live"


def test_of_two_links_of_a_source_what_was_stated_before_one_was_held_counts_for_the_other_alone(world: World) -> None:
    steps = [a_step(f"open-{kind}", "open", {}, ("reconciled", "approved"), feed="skdb", kinds=(kind,)) for kind in KINDS]
    world.restarting.begin(msgspec.structs.replace(world.plan, steps=tuple(steps)), **TWO)
    for step in steps:
        world.approve(step.id)
    early = world.statement("skdb")
    world.later(1)
    world.restarting.hold(steps[0].id, **WHO)
    world.restarting.done(steps[0].id, by="one", second="other", evidence="looked at")
    world.later(1)
    world.approve(steps[0].id)
    world.restarting.check(statement=early)
    assert world.states() == {steps[0].id: "held", steps[1].id: "live"}
    world.restarting.hold(steps[1].id, **WHO)
    with pytest.raises(Unfit, match=r"was held at .* reconciled anew: sign it after that"):
        world.restarting.check(statement=early)
    world.restarting.check(statement=world.statement("skdb"))
    assert world.states() == {steps[0].id: "live", steps[1].id: "held"}


def test_a_link_that_an_aborted_run_left_live_is_not_moved_by_a_step_of_the_same_id_in_another(world: World) -> None:
    live(world)
    world.restarting.abort(**WHO)
    world.restarting.isolate(SKDB, **WHO)
    world.rotate()
    other = a_plan(("approved",))
    steps = [msgspec.structs.replace(step, feed=FEEDS["gps"]) for step in other.steps if step.id == "open-skdb"]
    steps = [msgspec.structs.replace(step, waits_for=()) for step in steps]
    world.restarting.begin(msgspec.structs.replace(other, steps=tuple(steps)), **TWO)
    world.approve("open-skdb")
    assert world.states() == {"open-skdb": "live"}
    assert {row["source"]: row["link"] for row in world.node.horizon()}[FEEDS["skdb"]] in ("held", "isolated")
    before = len(world.admitted("skdb"))
    world.node.receive([world.made("skdb", "person-registered", {"skn": "S9", "identity": {"set": "1", "surname": "A"}})])
    assert len(world.admitted("skdb")) == before


def test_isolating_all_closes_an_organisation_that_nobody_knows_yet(world: World) -> None:
    world.restarting.isolate(None, by="an operator", why="x")
    world.node.set_partner("00000099000000077000", Wish(name="New", roles=("court",)), **WHO)
    raw = world.claims("grip")[0]
    world.node.receive([raw.replace(GRIP.encode(), b"00000099000000077000")])
    assert [one["reason"] for one in world.node.held()] == ["ceiling"]


def test_a_ceiling_does_not_open_by_hand_what_is_governed_or_isolated(world: World) -> None:
    world.begin()
    with pytest.raises(NotSo, match=r"governed by the run restart-\S+: its link open-gps is cut, and waits for keys, open-skdb"):
        world.node.ceiling(FEEDS["gps"], Ceiling(), **WHO)
    with pytest.raises(NotSo, match="no link of its plan opens it"):
        world.node.ceiling(FEEDS["gps"].replace("gps", "other"), Ceiling(), **WHO)
    world.node.ceiling(FEEDS["gps"], Ceiling(sequence=9), **WHO)
    world.restarting.abort(**WHO)
    with pytest.raises(NotSo, match="closed since a restart that was aborted"):
        world.node.ceiling(FEEDS["gps"], Ceiling(), **WHO)
    world.restarting.isolate(GPS, **WHO)
    with pytest.raises(NotSo, match="isolated since position"):
        world.node.ceiling(FEEDS["gps"], Ceiling(), **WHO)


def test_after_an_abort_what_was_live_stays_so_and_all_else_stays_closed(world: World) -> None:
    live(world)
    world.restarting.abort(**WHO)
    assert {row["source"]: row["link"] for row in world.node.horizon()} == {
        FEEDS["skdb"]: "live", FEEDS["gps"]: "live", FEEDS["grip"]: "held",
    }  # fmt: skip
    assert not world.admitted("grip")
    world.begin()
    assert {row["link"] for row in world.node.horizon()} == {"cut"}


def test_a_link_soaks_at_its_ceiling_and_a_refusal_begins_that_anew() -> None:
    with fresh("memory") as node:
        world = World(node, a_plan(hours=24.0))
        world.node.receive(world.story())
        gone_through(world)
        assert world.states()["open-skdb"] == "catching-up"
        world.later(10)
        late = world.made("skdb", "person-registered", {"skn": "S7", "identity": {"set": "1", "surname": "A"}})
        node.receive([late, world.made("skdb", "person-registered", {"nothing": "x"})])
        through = node.horizon()[0]["applied_through"]
        assert through == 6
        world.later(20)
        world.restarting.check()
        assert "something was refused" in world.missing("open-skdb")["soaked"]
        world.later(5)
        world.restarting.check()
        assert world.states()["open-skdb"] == "live"


def test_a_waiver_is_of_two_people_of_two_organisations_expires_and_stays_visible(world: World) -> None:
    world.restarting.begin(world.plan, **TWO)
    world.crews_done()
    soon = world.clock.at + timedelta(hours=1)
    same = {"by": WAIVERS["by"], "second": Waiving(name="other", partner=SKDB)}
    with pytest.raises(Usage, match="two organisations"):
        world.restarting.waive("open-skdb", "rehearsed", why="x", until=soon, **same)
    with pytest.raises(Usage, match="no gate approved that can be waived"):
        world.restarting.waive("open-skdb", "approved", why="x", until=soon, **WAIVERS)
    with pytest.raises(Usage, match="is past"):
        world.restarting.waive("open-skdb", "rehearsed", why="x", until=world.clock.at - timedelta(hours=1), **WAIVERS)
    for gate in ("rehearsed", "reconciled", "loaded"):
        world.restarting.waive("open-skdb", gate, why="x", until=soon, **WAIVERS)  # type: ignore[arg-type]
    world.approve("open-skdb")
    assert world.states()["open-skdb"] == "live"
    world.later(2)
    world.restarting.check()
    assert world.states()["open-skdb"] == "held"
    standing = world.restarting.standing()
    assert standing is not None
    assert {one["gate"]: one["counts"] for one in standing["waivers"]} == dict.fromkeys(("rehearsed", "reconciled", "loaded"), False)


def test_what_could_not_be_read_back_is_not_put_on_record_and_the_run_stays_readable(world: World) -> None:
    world.begin()
    before, soon, long = world.node.position, rfc3339(world.clock.at + timedelta(hours=1)), "a" * 1001
    said = {"act": "restart waive", "step": "open-skdb", "gate": "rehearsed", "of": SKDB, "second_of": GPS, "why": "x", "until": soon}
    for by, second in ((long, "other"), ("one", long), (" ", "other")):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(said | {"by": by, "second": second}, GateWaiving)
    msgspec.convert(said | {"by": "a" * 1000, "second": "other"}, GateWaiving)
    with pytest.raises(Usage, match="cannot be put on record"):
        waiving = {"by": Waiving(name=long, partner=SKDB), "second": Waiving(name="other", partner=GPS)}
        world.restarting.waive("open-skdb", "rehearsed", why="x", until=world.clock.at + timedelta(hours=1), **waiving)
    assert world.node.position == before
    assert world.states()["open-skdb"] == "cut"


def test_closing_is_done_where_the_run_cannot_be_read_and_a_later_run_can(world: World) -> None:
    """An act of a release that let it be put, and that cannot be read: what is closed is closed, and says so."""
    live(world)
    run = world.restarting.run
    assert run is not None
    waived = GateWaived(run=run.name, step="open-grip", gate="loaded", why="x", until=rfc3339(world.clock.at),
                        by=Waiving(name="a" * 1001, partner=SKDB), second=Waiving(name="b", partner=GPS))  # fmt: skip
    world.node.decide("gate-waived", waived)
    with pytest.raises(StoreFault, match="no act of a restart"):
        world.restarting.standing()
    answer = world.restarting.isolate(SKDB, by="an operator", why="seen in their network")
    assert (answer["moves"], "no act of a restart" in answer["fault"]) == ([], True)
    assert {row["source"]: row["link"] for row in world.node.horizon()}[FEEDS["skdb"]] == "held"
    world.restarting.abort(**WHO)
    world.begin()
    assert world.states()["open-skdb"] == "cut"


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": 1e12},
        {"hours": -5.0},
        {"step": {"start": -1.0}},
        {"step": {"end": 1e300}},
        {"begins": datetime(2025, 9, 1, 8)},  # noqa: DTZ001 - without a zone on purpose
        {"begins": datetime(9999, 12, 31, tzinfo=UTC)},
    ],
)
def test_a_plan_of_which_the_moments_cannot_be_told_does_not_begin(world: World, wrong: dict[str, Any]) -> None:
    plan = a_plan(hours=wrong.get("hours", 0.0))
    steps = tuple(msgspec.structs.replace(step, **wrong.get("step", {})) for step in plan.steps)
    before = world.node.position
    with pytest.raises(Usage):
        world.restarting.begin(msgspec.structs.replace(plan, steps=steps, begins=wrong.get("begins", plan.begins)), **TWO)
    assert world.node.position == before


def test_what_a_plan_does_not_ask_is_told_when_it_begins(world: World) -> None:
    assert world.restarting.begin(a_plan(hours=24.0), **TWO)["not_asked"] == {}
    world.restarting.abort(**WHO)
    answer = world.restarting.begin(a_plan(("approved", "clean", "soaked")), **TWO)
    assert answer["not_asked"] == {step: ["loaded", "reconciled", "rehearsed", "no-held", "soaked"] for step in LINKS}


def test_a_plan_that_was_edited_or_rehearsed_too_long_ago_is_not_rehearsed(world: World) -> None:
    other = a_plan(waits={"open-grip": {"open-gps": "after"}})
    assert other.hash != world.plan.hash
    with pytest.raises(Unfit, match="any edit makes a plan unrehearsed"):
        world.restarting.begin(world.plan, report=world.rehearsed(other), **TWO)
    world.restarting.begin(world.plan, report=world.rehearsed(made_at=world.clock.at - timedelta(days=15)), **TWO)
    assert "too old" in world.missing("open-skdb")["rehearsed"]
    world.restarting.check(report=world.rehearsed(passed=False))
    assert "too old" in world.missing("open-skdb")["rehearsed"]
    with pytest.raises(Unfit, match="changed"):
        world.restarting.check(report=msgspec.structs.replace(world.rehearsed(passed=False), passed=True))


@pytest.mark.parametrize("late", ["open-gps", "open-grip", None])
def test_one_edge_of_the_plan_keeps_another_link_closed(late: str | None) -> None:
    """An edge more, and the link at its end stays held for the step that nobody did."""
    waits = {} if late is None else {late: {"open-skdb": "data", "never": "needs"}}
    plan = a_plan(waits={"never": {}} | waits)
    with fresh("memory") as node:
        world = World(node, plan)
        world.node.receive(world.story())
        gone_through(world)
        closed = {step for step in LINKS if world.states()[step] != "live"}
        assert closed == {None: set(), "open-gps": {"open-gps", "open-grip"}, "open-grip": {"open-grip"}}[late]


def test_what_nobody_could_go_through_is_not_begun(world: World) -> None:
    steps = {step.id: step for step in world.plan.steps}
    one = msgspec.structs.replace(steps["open-gps"], approvers=steps["open-gps"].approvers[:1])
    plan = msgspec.structs.replace(world.plan, steps=(*(step for step in world.plan.steps if step.id != "open-gps"), one))
    with pytest.raises(Usage, match="open-gps could never be approved"):
        world.restarting.begin(plan, **TWO)
    for gates in ((), tuple(gate for gate in ALL if gate != "approved")):
        with pytest.raises(Usage, match="open-skdb is to open a link and does not ask for the gate approved"):
            world.restarting.begin(a_plan(gates), **TWO)
    assert world.restarting.run is None
    for second, says in ((None, "--second is lacking: two people begin"), (" ", "name who decides with"), ("A Test", "another person")):
        with pytest.raises(Usage, match=says):
            world.restarting.begin(world.plan, second=second, **WHO)
    assert world.restarting.run is None
    with pytest.raises(NotSo, match="makes one of its own"):
        world.restarting.begin(world.plan, exercise=True, **TWO)
    world.begin()
    with pytest.raises(NotSo, match="is under way"):
        world.begin()
    assert set(ALL) >= {gate.gate for step in world.plan.steps for gate in step.gates}
