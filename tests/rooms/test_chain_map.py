"""A map of a chain: what is refused and in which words, the shortest cycle, and what follows from needs and gives."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.chain.edges import all_edges, derived_edges
from hervat.chain.parts import Edge
from hervat.chain.plan import Plan, Step, Wait, digest, ensure_steps
from hervat.chain.reading import chain_of, shortest_cycle
from hervat.clock import parse_rfc3339
from hervat.errors import Usage


def a_map(**more: Any) -> dict[str, Any]:
    """Two organisations and their streams to a register; `more` replaces or adds tables."""
    return {
        "name": "small",
        "partner": [{"id": "om", "name": "OM"}, {"id": "courts", "name": "Courts"}],
        "crew": [{"id": "ict", "name": "ICT", "partner": "om"}],
        "system": [{"id": id, "name": id, "partner": "om", "crew": "ict", "restore": [1, 2, 4]} for id in ("gps", "berber", "jds")],
        "stream": [
            {"id": "om-jds", "name": "OM", "from": "gps", "to": "jds", "kinds": ["case-registered"], "crew": "ict", "open": 2},
            {"id": "courts-jds", "name": "Courts", "from": "berber", "to": "jds", "kinds": ["judgment-given"], "crew": "ict", "open": 2},
        ],
        **more,
    }


def test_the_courts_stream_waits_for_that_of_the_prosecution_and_nobody_wrote_that_down() -> None:
    chain = chain_of(a_map(), "map")
    data = [(edge.of, edge.on) for edge in derived_edges(chain) if edge.kind == "data"]
    assert data == [("courts-jds", "om-jds")]
    assert not chain.edge


def test_an_order_that_contradicts_what_follows_is_a_cycle_of_two() -> None:
    with pytest.raises(Usage, match=r"2 edges go round in a circle.*om-jds is not without courts-jds.*after"):
        chain_of(a_map(edge=[{"kind": "after", "of": "om-jds", "on": "courts-jds"}]), "map")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"partner": [{"id": "om", "name": "OM"}, {"id": "om", "name": "OM"}]}, "'om' is given twice"),
        ({"edge": [{"kind": "needs", "of": "om-jds", "on": "nowhere"}]}, "on = 'nowhere' is not among"),
        ({"edge": [{"kind": "trust", "of": "om-jds", "on": "gps"}]}, "on = 'gps' is not among what it may name: there is none"),
        ({"edge": [{"kind": "rumour", "of": "om-jds", "on": "gps"}]}, r"\$.edge\[0\].kind"),
        ({"system": [{"id": "gps", "name": "GPS", "partner": "om", "crew": "ict", "restore": [4, 2, 8]}], "stream": []}, "each not less"),
        ({"cut": {"at": "2025-07-18T08:00:00", "restart": "2025-08-04T08:00:00Z", "systems": ["gps"]}}, "moments with a zone"),
        ({"crew": [{"id": "ict", "name": "ICT", "partner": "om", "size": 0}]}, r"\$.crew\[0\].size"),
        ({"colour": "red"}, "unknown field `colour`"),
    ],
)
def test_what_is_unsound_is_refused_with_its_place(more: dict[str, Any], says: str) -> None:
    with pytest.raises(Usage, match=says):
        chain_of(a_map(**more), "map")


def test_a_backlog_that_never_drains_is_refused() -> None:
    slow = a_map()
    slow["stream"][0] |= {"backlog": 3000, "arriving": 300, "pace": 300}
    with pytest.raises(Usage, match=r"om-jds: at a pace of 300 a day.*never drains"):
        chain_of(slow, "map")


@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20))
def test_the_shortest_cycle_is_one_and_no_walk_is_shorter(pairs: set[tuple[int, int]]) -> None:
    edges = [Edge(kind="needs", of=f"n{one}", on=f"n{other}") for one, other in sorted(pairs)]
    found = shortest_cycle(edges)
    reached = {node: {node} for node in range(8)}
    length = 0
    while length < 9 and not (length and any(node in ends for node, ends in reached.items())):
        reached = {node: {b for end in ends for a, b in pairs if a == end} for node, ends in reached.items()}
        length += 1
    assert len(found) == (length if length < 9 else 0)
    assert all(edge in edges for edge in found)
    assert all(one.on == other.of for one, other in zip(found, found[1:] + found[:1], strict=True))


def a_plan(*waits: tuple[str, str]) -> Plan:
    """Three steps, and which waits for which."""
    steps = tuple(
        Step(
            id=id,
            act="restore",
            of=id,
            name=id,
            partner="om",
            crew="ict",
            start=0.0,
            end=1.0,
            phase=1,
            waits_for=tuple(Wait(step=on, why="needs") for of, on in waits if of == id),
        )
        for id in ("a", "b", "c")
    )
    return Plan(name="small", chain="0" * 64, begins=parse_rfc3339("2025-08-04T08:00:00Z"), steps=steps)


def test_a_plan_is_known_by_its_hash_and_one_edge_makes_another() -> None:
    plan = a_plan(("b", "a"))
    assert plan.hash == digest(a_plan(("b", "a")))
    assert plan.hash != a_plan(("b", "c")).hash


@pytest.mark.parametrize(
    ("waits", "says"),
    [((("a", "d"),), "waits for 'd', which is no step"), ((("a", "b"), ("b", "a")), "a, b wait for each other"), ((("c", "c"),), "c wait")],
)
def test_steps_that_no_order_has_are_refused(waits: tuple[tuple[str, str], ...], says: str) -> None:
    with pytest.raises(Usage, match=says):
        ensure_steps(a_plan(*waits), "plan")


def test_what_was_written_down_stands_where_it_is_also_derived() -> None:
    chain = chain_of(a_map(edge=[{"kind": "data", "of": "courts-jds", "on": "om-jds", "confidence": "likely"}]), "map")
    assert [edge.confidence for edge in all_edges(chain) if edge.kind == "data"] == ["likely"]
