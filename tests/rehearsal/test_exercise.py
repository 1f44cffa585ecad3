"""Exercises of a plan: whatever is injected they come through the same gates to the same world, and nothing of them passes for real."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hervat.chain.impact import Model
from hervat.chain.planning import Planning, found_for, told
from hervat.chain.reading import read_chain
from hervat.clock import parse_rfc3339
from hervat.dispatch.signed import Unfit
from hervat.errors import NotSo, Usage
from hervat.intake.partnering import Wish
from hervat.rehearsal.exercise import FAULTS, Exercise, exercise
from hervat.restart.reporting import ensure_own
from hervat.restart.run import exercised
from hervat.restarting import Restarting
from tests.rooms.nodes import KEYS, fresh
from tests.rooms.restarted import ALL, GPS, SKDB, TWO, WHO, World, a_plan

AT = parse_rfc3339("2025-09-01T00:00:00Z")


@given(seed=st.integers(0, 2**16), faults=st.lists(st.sampled_from(FAULTS), unique=True), gates=st.lists(st.sampled_from(ALL), unique=True))
@settings(max_examples=max(settings().max_examples // 5, 10), deadline=None)
def test_whatever_is_injected_it_comes_through_by_its_gates(seed: int, faults: list[str], gates: list[str]) -> None:
    report = exercise(a_plan(tuple(gates), hours=3.0), seed, KEYS, 1, AT, tuple(faults))  # type: ignore[arg-type]
    assert report.passed, report.found
    ensure_own(report, KEYS, a_plan(tuple(gates), hours=3.0).hash)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_plan_of_the_letter_comes_through_with_links_of_which_no_feed_comes_here(seed: int) -> None:
    model = Model(read_chain(Path(__file__).parents[2] / "examples" / "letter" / "chain.toml"))
    planning = Planning(model, model.case())
    plan = told(planning, found_for(planning.work, 1, 20), AT).plan
    assert [step.id for step in plan.steps if step.act == "open" and step.feed is None]
    report = exercise(plan, seed, KEYS, 1, AT)
    assert report.passed, report.found
    assert report.found["steps"].keys() == {step.id for step in plan.steps}


def test_one_seed_gives_one_report_and_every_gate_is_there() -> None:
    one, other = (exercise(a_plan(), 7, KEYS, 1, AT) for _ in range(2))
    assert one == other
    assert len(one.faults) == 4


def test_a_plan_that_ends_nowhere_does_not_come_through(tmp_path: Path) -> None:
    """What waits for approvals that never come is told as not passed."""
    stuck = Exercise(a_plan(), 1, (), tmp_path)
    stuck.drawn.refuses = dict.fromkeys(stuck.cast.identities, float("inf"))
    report = stuck.report("x", AT)
    assert not report.passed
    assert not report.found["completed"]


def test_nothing_of_an_exercise_counts_at_a_real_node_and_its_store_is_for_nothing_real(tmp_path: Path) -> None:
    done = Exercise(a_plan(), 3, (), tmp_path)
    report = done.report(KEYS.origin, AT)
    assert report.passed
    with fresh("memory") as node:
        answer = node.receive(done.came)
        assert (answer["applied"], answer["held"]) == (0, 0)
        assert {feed.name for feed in node.store.feeds()} == {"unknown"}
        with pytest.raises(Usage, match="of an exercise"):
            node.set_partner(exercised(GPS), Wish(name="x", roles=()), **WHO)
        world = World(node, a_plan())
        world.begin()
        (_, approval), *_ = done.run.steps["open-skdb"].approvals
        with pytest.raises(Unfit, match="this approves run exercise-"):
            world.restarting.approve(approval)
        assert exercised(SKDB) == approval.partner
    with pytest.raises(NotSo, match="nothing real is begun"):
        Restarting(done.node).begin(a_plan(), **TWO)
    assert done.run.begun.exercise
    assert "EXERCISE" in done.node.checkpoint()


def test_a_report_that_was_changed_or_is_of_another_node_is_told_from_one_that_counts() -> None:
    report = exercise(a_plan(), 5, KEYS, 1, AT)
    ensure_own(report, KEYS)
    for other in ({"passed": not report.passed}, {"plan": "0" * 64}, {"node": "another"}):
        with pytest.raises(Unfit):
            ensure_own(msgspec.structs.replace(report, **other), KEYS)
