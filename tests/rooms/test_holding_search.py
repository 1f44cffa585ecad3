"""Hold and release, searched: against the slow oracle after every batch, in any order, on both engines (the contract, section 3)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.journal.store import APPLIED, HELD, REFUSED
from tests.rooms.messages import message_sets
from tests.rooms.nodes import (
    EMBEDDED,
    FEW,
    THOROUGH,
    Sent,
    all_rows,
    balance_of,
    both_engines_keep_the_same,
    expected,
    fresh,
    names_of,
    node_on,
    state_of,
    take,
)
from tests.rooms.steps import Step, partner_acts, procedure_acts, steps


@pytest.mark.parametrize("engine", EMBEDDED)
@given(taken=steps())
@THOROUGH
def test_every_state_reason_and_missing_key_is_that_of_the_contract(engine: str, taken: list[Step]) -> None:
    states_are_those_of_the_contract(engine, taken)


@pytest.mark.postgres
@given(taken=steps())
@FEW
def test_every_state_reason_and_missing_key_on_a_server(taken: list[Step]) -> None:
    states_are_those_of_the_contract("postgres", taken)


def states_are_those_of_the_contract(engine: str, taken: list[Step]) -> None:
    sent = Sent()
    with fresh(engine) as node:
        for step in taken:
            take(node, step)
            sent.add(step)
            assert state_of(node) == expected(sent.oracle())
            balance_of(node)


@given(taken=steps())
@THOROUGH
def test_a_message_is_applied_at_the_least_position_at_which_it_is(taken: list[Step]) -> None:
    sent = Sent()
    with fresh("memory") as node:
        for step in taken:
            take(node, step)
            sent.add(step)
        names = names_of(node.store)
        least: dict[Any, int] = {}
        for position in range(1, node.position + 1):
            for name in sent.oracle(position).applied:
                least.setdefault(name, position)
        assert {names[row.position]: row.applied_at for row in all_rows(node.store) if row.applied_at} == least


def world_of(node: Node) -> tuple[Any, ...]:
    """All that does not depend on the order of arrival: facts, states with reasons, refusals, and what each source is said to know."""
    horizon = {row["source"]: row for row in node.horizon()}
    names = names_of(node.store)
    refusals = {names[row.position]: row.refusal for row in all_rows(node.store)}
    return node.digest(), state_of(node), refusals, horizon


def received_in_calls(engine: str, messages: list[bytes], sizes: list[int]) -> Any:
    """Every call has an inbox of its own, as a process has that was started again."""
    left = list(messages)
    with fresh(engine) as first:
        node = first
        for size in [*sizes, len(messages)]:
            node = node_on(first.store)
            node.receive(left[:size], batch=1 + size % 3)
            left = left[size:]
        return world_of(node)


@pytest.mark.parametrize("engine", EMBEDDED)
@given(data=st.data(), messages=message_sets(12))
@THOROUGH
def test_any_order_any_batching_and_several_calls_give_the_same_world(engine: str, data: st.DataObject, messages: list[bytes]) -> None:
    worlds_are_the_same(engine, data, messages)


@pytest.mark.postgres
@given(data=st.data(), messages=message_sets(12))
@FEW
def test_any_order_any_batching_and_several_calls_on_a_server(data: st.DataObject, messages: list[bytes]) -> None:
    worlds_are_the_same("postgres", data, messages)


def worlds_are_the_same(engine: str, data: st.DataObject, messages: list[bytes]) -> None:
    other = data.draw(st.permutations(messages))
    sizes = data.draw(st.lists(st.integers(1, 8), max_size=4))
    again = data.draw(st.lists(st.sampled_from(messages), max_size=2)) if messages else []
    assert received_in_calls(engine, messages, []) == received_in_calls(engine, [*other, *again], sizes)


@given(data=st.data(), messages=message_sets(12))
@THOROUGH
def test_any_order_between_two_changes_of_the_terms_gives_the_same_world(data: st.DataObject, messages: list[bytes]) -> None:
    changes = data.draw(st.lists(st.one_of(partner_acts, procedure_acts), min_size=1, max_size=3))
    drawn = data.draw(st.permutations(messages))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(drawn)), min_size=len(changes), max_size=len(changes))))
    parts = [drawn[start:end] for start, end in zip([0, *cuts], [*cuts, len(drawn)], strict=True)]
    worlds = []
    for each_in_its_own_order in (False, True):
        with fresh("memory") as node:
            for part, change in zip(parts, [*changes, None], strict=True):
                take(node, data.draw(st.permutations(part)) if each_in_its_own_order else part)
                if change is not None:
                    take(node, change)
            worlds.append(world_of(node))
    assert worlds[0] == worlds[1]


@given(data=st.data(), messages=message_sets(10))
@THOROUGH
def test_a_set_with_messages_missing_is_one_world_and_completed_it_is_another(data: st.DataObject, messages: list[bytes]) -> None:
    missing = data.draw(st.sets(st.sampled_from(messages))) if messages else set()
    there = [message for message in messages if message not in missing]
    other = data.draw(st.permutations(there))
    assert received_in_calls("memory", there, []) == received_in_calls("memory", other, [3])
    assert received_in_calls("memory", messages, []) == received_in_calls("memory", [*other, *missing], [len(other)])


@given(messages=message_sets(12, dangling=False))
def test_nothing_is_held_for_a_gap_in_a_set_that_is_complete(messages: list[bytes]) -> None:
    with fresh("memory") as node:
        node.receive(messages)
        assert "gap" not in [one["reason"] for one in node.held()]


@given(taken=steps())
def test_the_counts_of_receive_are_those_of_the_states_before_and_after(taken: list[Step]) -> None:
    with fresh("memory") as node:
        for step in taken:
            before = {row.position: row.state for row in all_rows(node.store)}
            answer = take(node, step) or {}
            after = {row.position: row.state for row in all_rows(node.store)}
            new = [state for position, state in after.items() if position not in before]
            assert answer.get("applied", 0) == sum(state == APPLIED != before.get(position) for position, state in after.items())
            assert answer.get("reheld", 0) == sum(state == HELD and before.get(position) == APPLIED for position, state in after.items())
            if isinstance(step, list):
                assert [answer["received"], answer["held"], answer["refused"]] == [len(new), new.count(HELD), new.count(REFUSED)]


@given(taken=steps())
def test_both_engines_keep_the_same_and_folding_again_gives_it_once_more(taken: list[Step]) -> None:
    both_engines_keep_the_same(taken)
