"""The contract's own examples: the story in many orders, and each broken message in a fresh store."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hervat.assemble import Node
from tests.rooms.nodes import EMBEDDED, ENGINES, FEW, fresh, node_on

DATA = Path(__file__).parent / "data"
STORY = (DATA / "examples.jsonl").read_bytes().splitlines()
EXPECTED = json.loads((DATA / "examples.expected.json").read_text(encoding="utf-8"))
BROKEN = [json.loads(line) for line in (DATA / "broken.jsonl").read_text(encoding="utf-8").splitlines()]


def charges_of(case: dict[str, Any]) -> dict[str, list[Any]]:
    told = ("outcome", "outcome_on", "final_on")
    return {
        str(charge["charge"]): [charge[name] for name in told] + ([charge["code"]] if charge["code"] else [])
        for charge in case["charges"]
    }


def in_short(person: dict[str, Any]) -> dict[str, Any]:
    """A person in the shape of examples.expected.json."""
    counted = ("identities", "foreign_convictions", "contradictions")
    cases = {
        case["prosecution_number"]: {name: case[name] for name in ("registered_on", "joined_into")} | {"charges": charges_of(case)}
        for case in person["cases"]
    }
    reports = [report["police_report"] for report in person["emergency_reports"]]
    told = {"died_on": person["died_on"], "emergency_reports": reports, "cases": cases}
    return told | {name: len(person[name]) for name in counted}


def is_as_expected(node: Node) -> None:
    assert list(node.held()) == EXPECTED["held"]
    assert node.digest()["persons"] == EXPECTED["digest"]["persons"]
    assert {skn: in_short(node.person(skn)) for skn in EXPECTED["persons"]} == EXPECTED["persons"]
    horizon = {row["source"]: row for row in node.horizon()}
    for source, expected in EXPECTED["horizon"].items():
        assert {name: horizon[source][name] for name in expected} == expected


@pytest.mark.parametrize("engine", EMBEDDED)
@given(order=st.permutations(STORY), batch=st.integers(1, len(STORY)))
@example(order=STORY, batch=len(STORY))
@example(order=STORY, batch=1)
@example(order=STORY[::-1], batch=7)
@settings(max_examples=settings().max_examples // 2)
def test_the_story_in_any_order_is_the_same_register(engine: str, order: list[bytes], batch: int) -> None:
    the_story_is_the_same(engine, order, batch)


@pytest.mark.postgres
@given(order=st.permutations(STORY), batch=st.integers(1, len(STORY)))
@example(order=STORY, batch=len(STORY))
@example(order=STORY[::-1], batch=7)
@FEW
def test_the_story_in_any_order_on_a_server(order: list[bytes], batch: int) -> None:
    the_story_is_the_same("postgres", order, batch)


def the_story_is_the_same(engine: str, order: list[bytes], batch: int) -> None:
    with fresh(engine) as node:
        assert node.receive(order, batch=batch) == EXPECTED["receive"]
        is_as_expected(node)
        digest = node.digest()
    with fresh("memory") as other:
        other.receive(STORY)
        assert other.digest() == digest


@given(order=st.permutations(STORY), calls=st.integers(2, 9))
@settings(max_examples=settings().max_examples // 2)
def test_the_story_in_several_calls_and_once_more(order: list[bytes], calls: int) -> None:
    with fresh("memory") as node:
        answers = [node_on(node.store).receive(order[call::calls]) for call in range(calls)]
        assert sum(answer["applied"] - answer["reheld"] for answer in answers) == len(STORY)
        is_as_expected(node)
        again = node_on(node.store).receive(order)
        assert again == EXPECTED["receive"] | {"received": 0, "applied": 0, "duplicates": len(STORY)}
        is_as_expected(node)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("broken", BROKEN, ids=[f"{index}-{line['id'] or 'empty'}" for index, line in enumerate(BROKEN, 1)])
def test_a_broken_message_comes_out_as_it_says(engine: str, broken: dict[str, Any]) -> None:
    expect = broken["expect"]
    message = json.dumps({name: value for name, value in broken.items() if name != "expect"}).encode()
    with fresh(engine) as node:
        answer = node.receive([message])
        assert [answer["received"], answer["applied"], answer[expect["outcome"]]] == [1, 0, 1]
        if expect["outcome"] == "refused":
            assert [refusal["path"] for refusal in answer["refusals"]] == [expect["path"]]
            assert list(node.held()) == []
        else:
            assert [(one["reason"], one["needs"]) for one in node.held()] == [(expect["reason"], expect["needs"])]
            assert answer["refusals"] == []
