"""Plans: no edge is broken, no crew does more than it can, no rule is better, no plan comes below the bound, and the same seed is the
same plan.
"""

from itertools import permutations
from math import isclose
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hervat.chain import doubt, rules, schedule
from hervat.chain import planning as explained
from hervat.chain.bound import bound_of, whole_at_least
from hervat.chain.compared import compared
from hervat.chain.harm import total
from hervat.chain.impact import Model
from hervat.chain.overrides import HOUR_0, Overrides, When
from hervat.chain.parts import ChainMap, Estimate
from hervat.chain.plan import ensure_steps, read_plan, write_plan
from hervat.chain.planning import Planning, checked_bound, found_for, planned
from hervat.chain.propagation import Case
from hervat.chain.reading import chain_of
from hervat.chain.reckoning import harm_before, hits_of
from hervat.chain.why import delayed, in_time_of, units, whys
from hervat.chain.work import Goal, Task, Work
from hervat.errors import BrokenInvariant, Usage
from hervat.rehearsal.chains import SEEDS, instance
from tests.rooms.chained import chains, cuts
from tests.rooms.test_chain_map import a_map

NO = Overrides()
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
                rng.choice((0.0, 0.0, 0.5)),
                rng.choice((-4.0, 2.0)),
            )
        )
    goals = []
    for number in range(rng.randint(1, 4)):
        needs = tuple(sorted(set(rng.choices(range(len(tasks)), k=2))))
        more = rng.choice(((), ((6.0, 2.0),)))
        goals.append(Goal(f"g{number}", rng.choice((0.0, 0.5, 3.0)), rng.choice((0.0, 4.0, 20.0)), needs, more))
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
    assert all(least <= at + CLOSE for least, at in zip(whole_at_least(work), schedule.whole_at(work, found.starts), strict=True))
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
    later = planned(a_cut_map(), (), 1, Overrides(not_before={"restore-gps": 24.0}))
    assert why.slack_hours == 0
    assert later.harm <= found.harm + why.harm_a_day + CLOSE


@settings(max_examples=60, deadline=None)
@given(works(), st.integers(0, 11))
def test_within_its_slack_a_step_makes_no_process_later_than_it_is_due(work: Work, which: int) -> None:
    found = found_for(work, 1, 30)
    number = which % len(work.tasks)
    why = whys(work, found.starts)[number]
    late = delayed(work, found.starts, units(work, found.starts), in_time_of(work, found.starts), number)
    sound(work, late)
    assert why.harm_a_day >= -CLOSE
    if why.slack_hours is None or why.slack_hours >= 24:
        assert why.harm_a_day <= CLOSE


def test_what_is_said_against_a_plan_is_held_to_and_priced() -> None:
    bare = planned(a_cut_map(), (), 1, NO)
    held = planned(a_cut_map(), (), 1, Overrides(before=[("restore-berber", "restore-gps")]))
    steps = {step.id: step for step in held.plan.steps}
    assert steps["restore-berber"].end <= steps["restore-gps"].start
    assert held.harm > bare.harm and held.plan.hash != bare.plan.hash
    with pytest.raises(Usage, match="goes round in a circle"):
        planned(a_cut_map(), (), 1, Overrides(before=[("open-courts-jds", "open-om-jds")]))
    with pytest.raises(Usage, match="there is no step 'restore-nothing'"):
        planned(a_cut_map(), (), 1, Overrides(pins={"restore-nothing": 1.0}))


@pytest.mark.parametrize(("cut", "says"), [(("nowhere",), "no system or stream of the map"), ((), "says nothing of a cut")])
def test_a_cut_that_cannot_be_is_refused(cut: tuple[str, ...], says: str) -> None:
    chain = chain_of(a_map(), "map")
    with pytest.raises(Usage, match=says):
        planned(chain, cut, 1)


def test_only_what_is_cut_or_rests_on_it_gets_a_step() -> None:
    model = Model(a_cut_map())
    work = Planning(model, model.case(("berber",))).work
    assert {task.id for task in work.tasks} == {"restore-berber", "open-courts-jds"}
    assert [goal.id for goal in work.goals] == ["hearings"]


@settings(max_examples=60, deadline=None)
@given(works(), st.data())
def test_an_edge_that_a_plan_keeps_already_leaves_it_possible(work: Work, data: st.DataObject) -> None:
    found = found_for(work, 1, 30)
    ends = schedule.ends_of(work, found.starts)
    steps = range(len(work.tasks))
    kept = [(one, other) for one in steps for other in steps if one != other and ends[one] < found.starts[other]]
    assume(kept)
    first, then = data.draw(st.sampled_from(kept))
    changed = Overrides(before=[(work.tasks[first].id, work.tasks[then].id)]).on(work)
    sound(changed, found.starts)
    sound(changed, found_for(changed, 1, 30).starts)


def test_a_check_that_only_a_process_or_a_part_without_a_step_trusts_is_done_first() -> None:
    check = [{"id": one, "name": one, "partner": "om", "crew": "ict", "takes": 500} for one in ("clean", "other", "nobody")]
    system = [{"id": id, "name": id, "partner": "om", "crew": "ict", "restore": 10} for id in ("gps", "berber", "jds", "portal")]
    edge = [
        {"kind": "needs", "of": "screening", "on": "gps"},
        {"kind": "trust", "of": "screening", "on": "clean"},
        {"kind": "needs", "of": "hearings", "on": "portal"},
        {"kind": "needs", "of": "portal", "on": "gps"},
        {"kind": "trust", "of": "portal", "on": "other"},
        {"kind": "trust", "of": "jds", "on": "nobody"},
    ]
    found = planned(a_cut_map(check=check, system=system, edge=edge, stream=[], published=[]), (), 1, NO)
    ends = {step.id: step.end for step in found.plan.steps}
    whole = {one.process: one.whole for one in found.served}
    assert {id for id in ends if id.startswith("check-")} == {"check-clean", "check-other"}
    assert whole["screening"] >= ends["check-clean"] and whole["hearings"] >= ends["check-other"]


def test_overrides_cost_what_the_plan_is_worse_for_them_and_never_less_than_nothing() -> None:
    bare = planned(a_cut_map(), (), 1, NO)
    held = planned(a_cut_map(), (), 1, Overrides(not_before={"restore-gps": 48.0}))
    assert explained.price_of(held, bare) == pytest.approx(held.harm - bare.harm) and held.harm > bare.harm
    assert explained.price_of(bare, held) == 0


def _many(count: int) -> Any:
    """A map on which a short search finds another plan than a long one: many systems, one crew, many processes."""
    rng = Random("many")
    systems = [
        {"id": f"s{one}", "name": f"s{one}", "partner": "om", "crew": "ict", "restore": rng.randint(3, 60)} for one in range(count)
    ]
    processes, edges = [], []
    for one in range(count):
        processes.append(
            {"id": f"p{one}", "name": f"p{one}", "partner": "om", "tolerance": 0, "harm": rng.randint(1, 400), "to": "people"}
        )
        edges += [{"kind": "needs", "of": f"p{one}", "on": f"s{on}"} for on in rng.sample(range(count), 3)]
    cut = {"at": "2025-07-18T08:00:00+02:00", "restart": "2025-08-04T08:00:00+02:00", "systems": [one["id"] for one in systems]}
    return a_cut_map(system=systems, stream=[], process=processes, edge=edges, cut=cut, published=[])


def doubted(chain: ChainMap, draws: int) -> doubt.Doubt:
    """How sure the order of a map's plan is."""
    planning = Planning(Model(chain), Model(chain).case())
    return doubt.doubted(planning, planning.found(1), 1, draws)


def test_doubt_is_about_the_plan_that_is_shown_and_flips_by_nothing_but_what_was_drawn() -> None:
    chain = _many(18)
    whole = {one.process: one.whole for one in planned(chain, (), 1, NO).served}
    planning = Planning(Model(chain), Model(chain).case())
    doubting = doubt._Doubting(planning, planning.found(1), 1, None)
    names = [goal.id for goal in doubting._work.goals]
    assert doubting._pairs and all(whole[names[first]] < whole[names[then]] for first, then in doubting._pairs)
    assert doubting._flipped(doubting._work) == []


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
    found = doubted(chain, 100)
    assert [(choice.first, choice.then) for choice in found.choices] == [("two", "one")]
    assert 20 < found.choices[0].flips < 80
    assert {reach.of: min(reach.more, reach.less) for reach in found.reach if reach.what == "weight"} == {"one": 1.0, "two": 1.0}
    assert all(reach.within for reach in found.reach if reach.what == "weight")


@pytest.mark.parametrize(("at", "within"), [(1.25, True), (1.5, True), (2.0, False)])
def test_a_flip_is_a_choice_for_people_where_it_lies_within_what_is_not_known(at: float, within: bool) -> None:
    up = doubt._reach("one", "weight", lambda factor: factor >= at, Estimate(0.5, 1.0, 1.5))
    assert up.within is within and up.more == max(factor for factor in (1.0, *doubt.FACTORS) if factor < at) and up.less == 5.0
    down = doubt._reach("one", "duration", lambda factor: factor <= 1 / at, Estimate(30.0, 40.0, 50.0))
    assert down.within is (at == 1.25) and down.more == 5.0
    assert not doubt._reach("one", "weight", lambda factor: False, Estimate(0.5, 1.0, 1.5)).within


def test_where_the_order_follows_from_information_no_draw_flips_it() -> None:
    found = doubted(a_cut_map(), 60)
    assert found.choices == ()
    assert all(reach.more == reach.less == doubt.FACTORS[-1] for reach in found.reach if reach.what == "weight")


def test_phases_are_apart_by_more_than_a_day() -> None:
    assert explained.phases_of([0.0, 10.0, 24.0, 25.0, 60.0]) == [1, 1, 1, 2, 3]
    assert explained.phases_of([60.0, 0.0]) == [2, 1]


def test_where_nothing_is_late_any_plan_is_optimal() -> None:
    process = [{"id": "screening", "name": "Screening", "partner": "om", "tolerance": 100_000, "harm": 100, "to": "children"}]
    edge = [{"kind": "data", "of": "screening", "on": "om-jds"}]
    found = planned(a_cut_map(process=process, edge=edge), (), 1)
    assert found.optimal and found.harm == found.bound == 0


def in_case(chain: ChainMap, data: st.DataObject, days: tuple[float, ...] = (0.0, 3.0, 17.0)) -> tuple[Model, Case]:
    """A map made ready, and some of it cut."""
    model = Model(chain)
    return model, model.case(data.draw(cuts(chain)), data.draw(st.sampled_from(days)))


@settings(max_examples=150, deadline=None)
@given(chains(), st.data(), st.integers(0, 3))
def test_a_plan_never_does_less_harm_than_if_every_crew_had_hands_enough_nor_more_than_a_rule(
    chain: ChainMap, data: st.DataObject, seed: int
) -> None:
    model, case = in_case(chain, data)
    planning = Planning(model, case)
    starts = found_for(planning.work, seed, 40).starts
    sound(planning.work, starts)
    harm, enough = planning.harm(starts), total(model.harms(case))
    assert enough <= harm + CLOSE * max(1.0, harm)
    assert planning.bound(harm) <= harm


@settings(max_examples=150, deadline=None)
@given(chains(patient=False), st.data())
def test_with_hands_enough_the_plan_does_the_harm_of_the_impact(chain: ChainMap, data: st.DataObject) -> None:
    many = replace(chain, crew=tuple(replace(crew, size=200) for crew in chain.crew))
    model, case = in_case(many, data, (3.0, 17.0))
    planning = Planning(model, case)
    harm = planning.harm(found_for(planning.work, 1, 20).starts)
    assert isclose(harm, total(model.harms(case)), rel_tol=1e-9, abs_tol=CLOSE)
    assert isclose(planning.bound(harm), harm, rel_tol=1e-9, abs_tol=CLOSE)


@settings(max_examples=150, deadline=None)
@given(chains(patient=False), st.data(), st.randoms(use_true_random=False))
def test_where_no_edge_is_patient_the_planner_reckons_as_the_map_does(chain: ChainMap, data: st.DataObject, rng: Random) -> None:
    # What is back in the hour in which it was cut is not missed, whatever the edge: so nothing is here.
    model, case = in_case(chain, data, (3.0, 17.0))
    planning = Planning(model, case)
    order = list(range(len(planning.work.tasks)))
    rng.shuffle(order)
    starts = schedule.one_by_one(planning.work, order)
    before = harm_before(model, case, hits_of(model, case, planning.work, starts))
    harm = schedule.harm_of(planning.work, starts)
    assert isclose(before + harm, planning.harm(starts), rel_tol=1e-9, abs_tol=CLOSE)


@settings(max_examples=60, deadline=None)
@given(chains(), st.data())
def test_on_small_maps_the_bound_is_not_above_the_best_of_all_orders(chain: ChainMap, data: st.DataObject) -> None:
    model, case = in_case(chain, data)
    planning = Planning(model, case)
    assume(len(planning.work.tasks) <= 5)
    orders = permutations(range(len(planning.work.tasks)))
    best = min(planning.harm(schedule.one_by_one(planning.work, order)) for order in orders)
    assert planning.bound(planning.harm(found_for(planning.work, 1, 60).starts)) <= best + CLOSE * max(1.0, best)


def test_a_bound_above_the_harm_of_a_plan_is_an_error_and_not_hidden() -> None:
    assert checked_bound(99.0, 100.0) == 99.0 and checked_bound(100.0 + 1e-8, 100.0) == 100.0
    with pytest.raises(BrokenInvariant, match="lies above the harm"):
        checked_bound(100.001, 100.0)
    with pytest.raises(BrokenInvariant, match="lies above the harm"):
        checked_bound(0.001, 0.0)


def test_a_pinned_step_starts_at_its_hour_even_where_its_crew_would_be_about_another() -> None:
    """A crew of one, a long step that matters much, and a short one that is to start in the middle of it."""
    system = [{"id": id, "name": id, "partner": "om", "crew": "ict", "restore": hours} for id, hours in (("gps", 40), ("berber", 2))]
    edge = [{"kind": "needs", "of": "screening", "on": "gps"}, {"kind": "needs", "of": "hearings", "on": "berber"}]
    crew = [{"id": "ict", "name": "ICT", "partner": "om"}]
    chain = a_cut_map(system=system, edge=edge, crew=crew, stream=[], published=[])
    at = {step.id: step.start for step in planned(chain, (), 1, Overrides(pins={"restore-berber": 30.0})).plan.steps}
    assert at == {"restore-berber": 30.0, "restore-gps": 32.0}
    later = {step.id: step.start for step in planned(chain, (), 1, Overrides(not_before={"restore-berber": 30.0})).plan.steps}
    assert later == {"restore-gps": 0.0, "restore-berber": 40.0}
    near = planned(a_cut_map(), (), 1, Overrides(pins={"open-courts-jds": 1.0}))
    bare = planned(a_cut_map(), (), 1)
    starts = [{step.id: step.start for step in one.plan.steps}["open-courts-jds"] for one in (near, bare)]
    assert starts[0] <= starts[1] + CLOSE


def test_a_map_that_says_nothing_of_a_cut_is_planned_when_it_is_said() -> None:
    made = {key: value for key, value in a_map().items() if key != "cut"}
    found = planned(chain_of(made, "map"), ("gps",), 1, when=When(days=17.0))
    assert found.plan.steps[0].id == "restore-gps" and found.plan.begins == HOUR_0
