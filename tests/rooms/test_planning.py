"""Plans: no edge is broken, no crew does more than it can, no rule is better, no plan comes below the bound, and the same seed is the
same plan.
"""

from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hervat.chain import doubt, planning, rules, schedule
from hervat.chain.bound import bound_of, whole_at_least
from hervat.chain.compared import compared
from hervat.chain.plan import ensure_steps, read_plan, write_plan
from hervat.chain.planning import Overrides, found_for, planned, told, whole_at
from hervat.chain.reading import chain_of
from hervat.chain.work import Goal, Task, Work, work_of
from hervat.errors import Usage
from hervat.rehearsal.chains import SEEDS, instance
from tests.rooms.test_chain_map import a_map

NO = Overrides({}, ())
RULES = {**rules.BASELINES, **rules.STRONGER, "inherited": rules.inherited}
CLOSE = 1e-6


@st.composite
def works(draw: st.DrawFn) -> Work:
    """Small works of every shape: steps that wait for earlier ones, crews of one to three, lags, releases, processes."""
    rng = draw(st.randoms(use_true_random=False))
    crews = tuple((f"crew-{number}", rng.randint(1, 3)) for number in range(rng.randint(1, 3)))
    tasks = []
    for number in range(rng.randint(1, 12)):
        waits = sorted(set(rng.choices(range(number), k=rng.randint(0, 2)))) if number else []
        tasks.append(
            Task(
                f"t{number}",
                "restore",
                f"s{number}",
                rng.randrange(len(crews)),
                rng.choice((0.0, 1.0, 2.5, 7.0)),
                rng.choice((0.0, 0.0, 3.0)),
                tuple((one, "needs") for one in waits),
                rng.choice((0.0, 0.0, 5.0)),
            )
        )
    goals = []
    for number in range(rng.randint(1, 4)):
        needs = tuple(sorted(set(rng.choices(range(len(tasks)), k=2))))
        goals.append(Goal(f"g{number}", rng.choice((0.0, 0.5, 3.0)), rng.choice((0.0, 4.0, 20.0)), needs))
    return Work(tuple(tasks), tuple(goals), crews)


def sound(work: Work, starts: list[float]) -> None:
    """No step begins before what it waits for is done or it is released, and no crew is about more at once than its size."""
    ends = schedule.ends_of(work, starts)
    for number, task in enumerate(work.tasks):
        assert starts[number] >= task.release - CLOSE
        assert all(ends[one] <= starts[number] + CLOSE for one, _ in task.waits)
    for crew, (_, size) in enumerate(work.crews):
        its = [number for number, task in enumerate(work.tasks) if task.crew == crew and task.work > 0]
        for moment in {starts[number] for number in its}:
            assert sum(starts[one] <= moment + CLOSE < starts[one] + work.tasks[one].work - CLOSE for one in its) <= size


@settings(max_examples=150, deadline=None)
@given(works(), st.randoms(use_true_random=False))
def test_whatever_the_list_no_edge_is_broken_and_no_crew_does_too_much(work: Work, rng: Random) -> None:
    order = list(range(len(work.tasks)))
    rng.shuffle(order)
    for scheduling in (schedule.at_once, schedule.one_by_one):
        sound(work, scheduling(work, order))
    assert sorted(schedule.feasible(work, order)) == sorted(order)


@settings(max_examples=100, deadline=None)
@given(works(), st.integers(0, 3))
def test_a_plan_is_never_worse_than_a_rule_nor_below_the_bound_and_a_seed_is_a_plan(work: Work, seed: int) -> None:
    found = found_for(work, seed, 60)
    sound(work, found.starts)
    assert abs(schedule.harm_of(work, found.starts) - found.harm) <= CLOSE
    for rule in RULES.values():
        for scheduling in (schedule.at_once, schedule.one_by_one):
            assert found.harm <= schedule.harm_of(work, scheduling(work, rule(work))) + CLOSE
    assert bound_of(work) <= found.harm + CLOSE
    assert all(least <= at + CLOSE for least, at in zip(whole_at_least(work), whole_at(work, found.starts), strict=True))
    assert found_for(work, seed, 60).starts == found.starts


@settings(max_examples=60, deadline=None)
@given(works(), st.integers(0, 2))
def test_one_more_in_a_crew_never_makes_the_bound_worse(work: Work, crew: int) -> None:
    crews = tuple((name, size + (place == crew % len(work.crews))) for place, (name, size) in enumerate(work.crews))
    assert bound_of(Work(work.tasks, work.goals, crews)) <= bound_of(work) + CLOSE


def brute(work: Work) -> float:
    """The least harm over every list, scheduled one by one: all active schedules, among which one is best."""
    return min(schedule.harm_of(work, schedule.one_by_one(work, order)) for order in permutations(range(len(work.tasks))))


@settings(max_examples=40, deadline=None)
@given(works().filter(lambda work: len(work.tasks) <= 6))
def test_beside_every_list_there_is_the_bound_is_below_and_the_plan_is_close(work: Work) -> None:
    least = brute(work)
    assert bound_of(work) <= least + CLOSE
    assert found_for(work, 1, 400).harm <= 1.25 * least + CLOSE


@pytest.mark.parametrize("seed", SEEDS[:6])
def test_on_the_fixed_chains_no_rule_is_better(seed: int) -> None:
    work = instance(seed)
    found = found_for(work, 1, 120)
    sound(work, found.starts)
    assert found.harm <= min(schedule.harm_of(work, schedule.at_once(work, rule(work))) for rule in RULES.values()) + CLOSE
    assert bound_of(work) <= found.harm + CLOSE


def a_cut_map(**more: Any) -> Any:
    """The small map with both feeds cut, and two processes that live on them."""
    made = a_map(
        cut={"at": "2025-07-18T08:00:00+02:00", "restart": "2025-08-04T08:00:00+02:00", "systems": ["gps", "berber"]},
        process=[
            {"id": "screening", "name": "Screening", "partner": "om", "tolerance": 24, "harm": 100, "to": "children"},
            {"id": "hearings", "name": "Hearings", "partner": "courts", "tolerance": 24, "harm": 10, "to": "suspects"},
        ],
        edge=[
            {"kind": "data", "of": "screening", "on": "om-jds"},
            {"kind": "data", "of": "hearings", "on": "courts-jds"},
        ],
        published=[
            {"on": "2025-09-03", "of": ["om-jds"], "what": "traffic restarts", "source": "a letter"},
            {"on": "2025-09-08", "of": ["courts-jds"], "what": "traffic complete", "source": "a letter"},
        ],
    )
    return chain_of(made | more, "map")


def test_the_courts_come_after_the_prosecution_and_each_step_says_why() -> None:
    found = planned(a_cut_map(), (), 1, NO)
    steps = {step.id: step for step in found.plan.steps}
    whys = {why.step: why for why in found.why}
    assert steps["open-om-jds"].end <= steps["open-courts-jds"].start
    assert whys["open-courts-jds"].binding == "open-om-jds" and whys["open-courts-jds"].by == "data"
    assert whys["open-om-jds"].whole == ("screening",)
    assert [phase.whole for phase in found.phases] == [("screening",), ("hearings",)]
    assert found.optimal and found.harm == pytest.approx(found.bound)
    told_beside = compared(a_cut_map(), found.plan)
    assert [(pair.first, pair.then) for pair in told_beside.same] == [("om-jds", "courts-jds")]
    assert not told_beside.other and not told_beside.absent


def test_a_day_of_delay_costs_what_it_is_said_to_cost() -> None:
    found = planned(a_cut_map(), (), 1, NO)
    why = {one.step: one for one in found.why}["restore-gps"]
    later = planned(a_cut_map(), (), 1, Overrides({"restore-gps": 24.0}, ()))
    assert why.slack_hours == 0
    assert later.harm <= found.harm + why.harm_a_day + CLOSE


@settings(max_examples=60, deadline=None)
@given(works(), st.integers(0, 11))
def test_within_its_slack_a_step_makes_no_process_later_than_it_is_due(work: Work, which: int) -> None:
    found = found_for(work, 1, 30)
    number = which % len(work.tasks)
    why = planning._whys(work, found.starts)[number]
    on_crew = planning._units(work, found.starts)
    delayed = planning._delayed(work, found.starts, on_crew, planning._in_time(work, found.starts), number)
    sound(work, delayed)
    assert why.harm_a_day >= -CLOSE
    if why.slack_hours is None or why.slack_hours >= 24:
        assert why.harm_a_day <= CLOSE


def test_what_is_said_against_a_plan_is_held_to_and_priced() -> None:
    bare = planned(a_cut_map(), (), 1, NO)
    held = planned(a_cut_map(), (), 1, Overrides({}, [("restore-berber", "restore-gps")]))
    steps = {step.id: step for step in held.plan.steps}
    assert steps["restore-berber"].end <= steps["restore-gps"].start
    assert held.harm > bare.harm and held.plan.hash != bare.plan.hash
    with pytest.raises(Usage, match="goes round in a circle"):
        planned(a_cut_map(), (), 1, Overrides({}, [("open-courts-jds", "open-om-jds")]))
    with pytest.raises(Usage, match="there is no step 'restore-nothing'"):
        planned(a_cut_map(), (), 1, Overrides({"restore-nothing": 1.0}, ()))


@pytest.mark.parametrize(("cut", "says"), [(("nowhere",), "no system of this map"), ((), "nothing is cut")])
def test_a_cut_that_cannot_be_is_refused(cut: tuple[str, ...], says: str) -> None:
    chain = chain_of(a_map(), "map")
    with pytest.raises(Usage, match=says):
        work_of(chain, cut)


def test_only_what_is_cut_or_rests_on_it_gets_a_step() -> None:
    work = work_of(a_cut_map(), ("berber",))
    assert {task.id for task in work.tasks} == {"restore-berber", "open-courts-jds"}
    assert [goal.id for goal in work.goals] == ["hearings"]


def test_a_plan_in_a_file_is_the_same_plan(tmp_path: Path) -> None:
    plan = planned(a_cut_map(), (), 1, NO).plan
    write_plan(plan, tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json").hash == plan.hash
    ensure_steps(plan, "plan")
    (tmp_path / "plan.json").write_bytes(b"\xff{")
    with pytest.raises(Usage, match="this is no plan"):
        read_plan(tmp_path / "plan.json")


def test_where_the_order_rests_on_a_weight_it_is_a_choice_for_people() -> None:
    even = [
        {"id": "one", "name": "One", "partner": "om", "tolerance": 0, "harm": 100, "to": "people"},
        {"id": "two", "name": "Two", "partner": "om", "tolerance": 0, "harm": 101, "to": "people"},
    ]
    edges = [{"kind": "needs", "of": "one", "on": "gps"}, {"kind": "needs", "of": "two", "on": "berber"}]
    systems = [{"id": id, "name": id, "partner": "om", "crew": "ict", "restore": [30, 40, 50]} for id in ("gps", "berber")]
    chain = a_cut_map(process=even, edge=edges, system=systems, stream=[], published=[])
    found = doubt.doubted(chain, (), NO, 1, 100)
    assert [(choice.first, choice.then) for choice in found.choices] == [("two", "one")]
    assert 20 < found.choices[0].flips < 80
    assert {reach.of: min(reach.more, reach.less) for reach in found.reach if reach.what == "weight"} == {"one": 1.0, "two": 1.0}


def test_where_the_order_follows_from_information_no_draw_flips_it() -> None:
    found = doubt.doubted(a_cut_map(), (), NO, 1, 60)
    assert found.choices == ()
    assert all(reach.more == reach.less == doubt.FACTORS[-1] for reach in found.reach if reach.what == "weight")


def test_phases_are_apart_by_more_than_a_day() -> None:
    assert planning.phases_of([0.0, 10.0, 24.0, 25.0, 60.0]) == [1, 1, 1, 2, 3]
    assert planning.phases_of([60.0, 0.0]) == [2, 1]


def test_where_nothing_is_late_any_plan_is_optimal() -> None:
    work = Work((Task("a", "restore", "gps", 0, 1.0, 0.0),), (Goal("g", 5.0, 100.0, (0,)),), (("ict", 1),))
    found = told(a_cut_map(), work, found_for(work, 1, 10))
    assert found.optimal and found.harm == 0
