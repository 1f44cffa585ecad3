"""What a cut does: more of it never does less, nothing is hit that it does not reach, and backlog is never made nor lost."""

from collections.abc import Iterator
from math import isclose
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hervat.chain.chance import chance
from hervat.chain.harm import ProcessHarm, total
from hervat.chain.impact import Model, layers_at
from hervat.chain.parts import ChainMap, Procedure, Process
from hervat.chain.propagation import Case, Network, estimates_of
from hervat.chain.reading import chain_of, read_chain
from hervat.chain.weak import edge_values, single_points
from hervat.errors import Usage
from tests.rooms.chained import chains, cuts, documents

DAYS = st.sampled_from([0.0, 0.5, 3.0, 17.0])
LETTER = Path(__file__).parents[2] / "examples/letter/chain.toml"


def at_most(less: float, more: float) -> bool:
    """That a sum is no more than another, but for the last digits of the reckoning."""
    return less <= more + 1e-6 * max(1.0, abs(more))


@given(chains(), st.data(), DAYS, DAYS)
def test_more_cut_or_longer_never_does_less(chain: ChainMap, data: st.DataObject, days: float, more_days: float) -> None:
    model = Model(chain)
    cut, more = data.draw(cuts(chain)), data.draw(cuts(chain))
    harm = total(model.harms(model.case(cut, days)))
    assert at_most(harm, total(model.harms(model.case(cut | more, days))))
    assert at_most(harm, total(model.harms(model.case(cut, days + more_days))))


@given(documents(), st.data(), DAYS)
def test_more_tolerance_never_does_more(document: dict[str, Any], data: st.DataObject, days: float) -> None:
    chain = chain_of(document, "drawn")
    model = Model(chain)
    cut = data.draw(cuts(chain))
    harm = total(model.harms(model.case(cut, days)))
    for tables in ("process", "edge"):
        for row in document[tables]:
            row["tolerance"] += data.draw(st.sampled_from([0.0, 3.0, 1000.0]))
    patient = Model(chain_of(document, "drawn"))
    assert at_most(total(patient.harms(patient.case(cut, days))), harm)


@given(chains(), st.data(), DAYS)
def test_what_does_not_reach_the_cut_is_not_hit_and_the_way_leads_to_it(chain: ChainMap, data: st.DataObject, days: float) -> None:
    model = Model(chain)
    case = model.case(data.draw(cuts(chain)), days)
    reached = set(case.cut)
    while True:
        more = {edge.of for edge in model.edges if edge.kind in ("needs", "data") and edge.on in reached} - reached
        if not more:
            break
        reached |= more
    found = model.impact(case)
    assert {one.id for one in found.stopped} <= reached
    for one in found.stopped:
        ends = [one.id, *(edge.on for edge in one.way)]
        assert [edge.of for edge in one.way] == ends[:-1] and ends[-1] in case.cut
        assert isclose(one.hour, sum(edge.tolerance for edge in one.way)) and one.hour <= one.whole
    assert at_most(abs(total({one.process.id: one.harm for one in found.hurt}) - found.harm.net), 1e-6 * max(1.0, found.harm.bare))


@given(chains(), st.data(), DAYS)
def test_without_edges_nothing_is_hit_but_the_cut(chain: ChainMap, data: st.DataObject, days: float) -> None:
    cut = data.draw(cuts(chain))
    model = Model(chain)
    assert Network(chain, ()).hits(Case(cut, days * 24), model.times).keys() == cut


@given(chains(), st.data(), DAYS)
def test_an_edge_is_worth_what_the_map_without_it_saves(chain: ChainMap, data: st.DataObject, days: float) -> None:
    model = Model(chain)
    case = model.case(data.draw(cuts(chain)), days)
    harm = total(model.harms(case))
    for value in edge_values(model, case):
        hits = Network(chain, [edge for edge in model.edges if edge != value.edge]).hits(case, model.times)
        assert value.alone >= 0 and isclose(value.alone, harm - total(model.harms_of(hits)), rel_tol=1e-6, abs_tol=1e-6)


@settings(max_examples=40, deadline=None)
@given(chains(), st.data(), DAYS)
def test_an_edge_together_costs_the_most_that_it_saves_once_another_is_gone(chain: ChainMap, data: st.DataObject, days: float) -> None:
    model = Model(chain)
    case = model.case(data.draw(cuts(chain)), days)
    harm = total(model.harms(case))
    for value in edge_values(model, case):
        assert value.together >= value.alone >= 0 and at_most(value.together, harm)
        more = [
            total(model.harms(case, without=(other,))) - total(model.harms(case, without=(other, value.edge)))
            for other in model.edges
            if other != value.edge
        ]
        assert isclose(value.together, max([value.alone, *more]), rel_tol=1e-6, abs_tol=1e-6)
        assert (value.other is None) is (value.together == value.alone)


@given(chains(certain=True), st.data(), DAYS, st.integers(0, 9))
def test_where_all_is_certain_so_is_the_harm(chain: ChainMap, data: st.DataObject, days: float, seed: int) -> None:
    model = Model(chain)
    case = model.case(data.draw(cuts(chain)), days)
    found, sure = model.impact(case), chance(model, case, 3, seed)
    harm = total({one.process.id: one.harm for one in found.hurt})
    assert sure.harm == (harm, harm) or (isclose(sure.harm.p50, harm) and isclose(sure.harm.p90, harm))
    assert sure.whole == (found.whole, found.whole)


@given(chains(), st.data(), DAYS)
def test_the_same_seed_is_the_same_chance_and_the_range_is_one(chain: ChainMap, data: st.DataObject, days: float) -> None:
    model = Model(chain)
    case = model.case(data.draw(cuts(chain)), days)
    sure = chance(model, case, 20, 7)
    assert sure == chance(Model(chain), case, 20, 7)
    low, high = (
        total(model.harms(case, times))
        for times in ({id: getattr(one, end) for id, one in estimates_of(chain).items()} for end in ("low", "high"))
    )
    assert at_most(low, sure.harm.p50) and at_most(sure.harm.p50, sure.harm.p90) and at_most(sure.harm.p90, high)




@given(chains(), st.data(), DAYS)
def test_layers_are_what_came_less_what_was_taken(chain: ChainMap, data: st.DataObject, days: float) -> None:
    model = Model(chain)
    found = model.impact(model.case(data.draw(cuts(chain)), days))
    for one in found.waiting:
        stream, flow = one.stream, one.flow
        for hour in (flow.lost + 1, flow.opened, flow.taken, (flow.taken + flow.drained) / 2, flow.drained - 0.01, flow.drained + 1):
            layers = layers_at(stream, flow, flow.opened, hour)
            came = flow.before + stream.arriving * (hour - flow.lost) / 24
            taken = stream.pace * max(0.0, hour - flow.taken) / 24
            if flow.lost < hour < flow.drained:
                assert isclose(sum(layers), max(0.0, came - taken), abs_tol=1e-6 * max(1.0, came)), (hour, flow)
            else:
                assert sum(layers) == 0
            assert min(layers) >= 0 and sum(layers) <= one.most + 1e-6 * max(1.0, one.most)
        assert sum(layers_at(stream, flow, 0, flow.drained - 1e-6)) < 1


@given(chains(), DAYS)
def test_a_single_point_is_one_and_none_is_left_out(chain: ChainMap, days: float) -> None:
    model = Model(chain)
    case = Case(frozenset((chain.system[0].id,)), days * 24)
    points = {(one.sort, one.id): one for one in single_points(model, case)}
    for system in chain.system:
        harm = total(model.harms(Case(frozenset((system.id,)), case.begins)))
        assert harm == 0 or isclose(points["system", system.id].harm, harm)
    assert all(one.processes for one in points.values())
    assert [one.harm for one in points.values()] == sorted((one.harm for one in points.values()), reverse=True)


def hours_of_harm(process: Process, procedures: list[Procedure], lost: float, whole: float) -> Iterator[float]:
    """Harm hour by hour, said anew: from the least that err, until the whole is carried."""
    for hour in range(int(lost + process.tolerance), int(whole)):
        free, rate = 1.0, 0.0
        for one in sorted(procedures, key=lambda one: one.errors):
            if hour >= one.from_:
                share = one.carries if one.capacity is None or not process.volume else min(one.carries, one.capacity / process.volume)
                rate += min(free, share) * one.errors
                free -= min(free, share)
        yield process.harm / 24 * (free + rate)


@given(chains(), st.integers(0, 200), st.integers(0, 300))
def test_harm_is_that_of_every_hour(chain: ChainMap, lost: int, hours: int) -> None:
    for process in chain.process:
        procedures = [one for one in chain.procedure if one.process == process.id]
        harm = ProcessHarm(process, chain.procedure).between(lost, lost + hours)
        assert isclose(harm.net, sum(hours_of_harm(process, procedures, lost, lost + hours)), abs_tol=1e-6)


def test_what_never_drains_is_refused() -> None:
    chain = read_chain(LETTER)
    slow = replace(chain, stream=tuple(replace(one, pace=one.arriving, backlog=0) for one in chain.stream))
    with pytest.raises(Usage, match="what waits never drains"):
        Model(slow)


def test_the_letter_hits_the_courts_over_the_hosting_and_holds_what_they_decided_as_stock() -> None:
    model = Model(read_chain(LETTER))
    found = model.impact(model.case())
    stopped = {one.id: one for one in found.stopped}
    assert [(edge.of, edge.on) for edge in stopped["courts-registry"].way] == [("courts-registry", "gps")]
    assert stopped["cameras"].depth == "frozen" and stopped["screening-childcare"].depth == "stale"
    waiting = {one.stream.id: one for one in found.waiting}
    on_day_17 = waiting["courts-jds"].days[16]
    assert on_day_17.stock == 17 * 1050 and on_day_17.held == 0
    # The courts' link is opened, twelve hours of work, when that of the prosecution is live: drained, and watched for a day.
    assert waiting["courts-jds"].flow.taken == waiting["om-jds"].flow.drained + 24 + 12
    assert waiting["cjib-jds"].days[16].held == 17 * 500
    assert not [edge for edge in model.chain.edge if edge.kind == "after"]
    assert {one.partner for one in found.survives if one.hours is not None} >= {"rechtspraak", "justis", "dji", "ind", "cjib"}


def test_a_cut_of_nothing_known_says_what_there_is() -> None:
    model = Model(replace(read_chain(LETTER), cut=None))
    with pytest.raises(Usage, match="the map says nothing of a cut"):
        model.case()
    with pytest.raises(Usage, match="--cut gsp: this is no system or stream"):
        model.case(("gsp",))


def held_up() -> ChainMap:
    """Two systems that are cut, of which one waits for a check and the other for the first; a process that does one harm an hour."""
    system = {"name": "system", "partner": "o", "crew": "c"}
    edges = (("trust", "a", "k"), ("after", "b", "a"), ("needs", "p", "b"))
    document = {
        "name": "held up",
        "partner": [{"id": "o", "name": "one"}],
        "crew": [{"id": "c", "name": "crew", "partner": "o"}],
        "system": [{"id": "a", "restore": [1, 2, 4], **system}, {"id": "b", "restore": 2, **system}],
        "check": [{"id": "k", "name": "check", "partner": "o", "crew": "c", "takes": 10}],
        "process": [{"id": "p", "name": "process", "partner": "o", "tolerance": 0, "harm": 24, "to": "suspects"}],
        "edge": [{"kind": kind, "of": of, "on": on} for kind, of, on in edges],
    }
    return chain_of(document, "held up")


def test_a_check_and_an_order_hold_a_return_up_and_each_edge_has_its_price() -> None:
    model = Model(held_up())
    case = model.case(("a", "b"), 1.0)
    found = model.impact(case)
    assert {one.id: one.whole for one in found.stopped} == {"a": 36.0, "b": 38.0, "p": 38.0}
    prices = {one.edge.of: one.alone for one in edge_values(model, case)}
    assert prices == {"p": 38.0, "b": 12.0, "a": 10.0}
    assert [(one.id, one.sort, one.harm) for one in single_points(model, case)] == [("c", "crew", 38.0), ("b", "system", 26.0)]


def test_draws_lie_within_the_estimates() -> None:
    model = Model(held_up())
    case = model.case(("a", "b"), 1.0)
    assert all(37.0 <= one <= 40.0 for seed in range(20) for one in chance(model, case, 1, seed).whole)
    assert len({chance(model, case, 1, seed).whole for seed in range(20)}) > 10
