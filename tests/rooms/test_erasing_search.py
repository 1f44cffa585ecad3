"""Erasure, searched: messages and parts are erased at random between the steps, and everything else is as the contract says."""

import json
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.errors import NotSo
from hervat.journal.entry import HEAD, RAW, open_entry
from hervat.journal.proof import receipt_of
from hervat.journal.receipt import verify_receipt
from hervat.message import UNKNOWN
from tests.rooms.erased import Erased, as_expected, family_of, let_be, may_not, struck_whole
from tests.rooms.messages import SKNS
from tests.rooms.naive import Name
from tests.rooms.nodes import (
    EMBEDDED,
    FEW,
    KEYS,
    Sent,
    all_rows,
    as_values,
    balance_of,
    expected,
    fresh,
    names_of,
    node_on,
    state_of,
    take,
)
from tests.rooms.steps import Step, steps
from tools import check_proof


class Searched:
    """A node, what it was told, and what was seen of it on the way."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.sent = Sent()
        self.told: list[Any] = []
        self.raws: dict[int, bytes] = {}
        self.receipts: dict[int, bytes] = {}
        self.states: dict[int, dict[int, tuple[int, int | None]]] = {}
        self.partial: set[tuple[str, str]] = set()
        self.partners_stand = True

    def take(self, step: Step) -> None:
        before = self.node.position
        take(self.node, step)
        became = self.sent.add(step)
        if not isinstance(step, list):
            self.partners_stand = self.partners_stand and not isinstance(step[1], tuple | None)
        self.told += self.sent.steps[len(self.sent.steps) - (self.node.position - before) :]
        if isinstance(step, list):
            new = [raw for raw, what in zip(step, became, strict=True) if what == "new"]
            self.raws |= dict(enumerate(new, before + 1))
            self.receipts |= {position: self.receipt(position) for position in range(before + 1, self.node.position + 1)}

    def receipt(self, position: int) -> bytes:
        entry = self.node.store.entries_at([position])[position]
        return receipt_of(self.node.keys, open_entry(self.node.keys, entry), entry.leaf)

    def oracle(self) -> Erased:
        return Erased(self.told)

    def erase(self, position: int, part: str | None) -> None:
        name, oracle = names_of(self.node.store)[position], self.oracle()
        family = family_of(oracle, name)
        before = as_values(all_rows(self.node.store))
        try:
            answer = self.node.erase_message(position, part, by="a test", ground="a search")
        except NotSo as no:
            assert as_values(all_rows(self.node.store)) == before
            assert part is not None or "hides" in str(no) or may_not(oracle, family, name), no
            return
        stays = let_be(oracle, family)
        assert {names_of(self.node.store)[one["position"]] for one in answer["left"]} == stays
        family -= stays
        if part is None:
            assert not may_not(oracle, family, name)
            assert struck_whole(answer, names_of(self.node.store), oracle) == family - oracle.gone
            self.told.append(family)
        else:
            self.partial |= family
            self.told.append(set())

    def erase_person(self, skn: str) -> None:
        """All that is bound to a person, which is whole families, and what is left of it is told; of everybody else all stays."""
        names, oracle = names_of(self.node.store), self.oracle()
        rows, known = as_values(all_rows(self.node.store)), self.node.person(skn)
        others = shown_of_others(self.node, known["skns"])
        try:
            answer = self.node.erase_person(skn, by="a test", ground="a search")
        except NotSo as no:
            assert as_values(all_rows(self.node.store)) == rows
            assert not known["known"] or "nothing is left to erase" in str(no)
            return
        assert known["known"]
        assert all(one["parts"] is None for one in answer["erased"])
        struck = struck_whole(answer, names, oracle)
        left = {one for of in answer["left"] for one in left_of(oracle, names[of["position"]])}
        assert not left & struck
        self.told.append(struck)
        still = named_by(self.node, {*known["skns"], *numbers_in(known)}) - left
        assert not still, still
        became = {row[0]: row for row in as_values(all_rows(self.node.store))}
        gone = {position for position, name in names.items() if name in struck}
        if all(became[row[0]] == row or row[0] in gone for row in rows):
            assert shown_of_others(self.node, known["skns"]) == others

    def look(self) -> None:
        oracle, rows = self.oracle(), all_rows(self.node.store)
        assert as_expected(state_of(self.node), expected(oracle), oracle, self.partial)
        balance_of(self.node)
        self.states[self.node.position] = {row.position: (row.state, row.applied_at) for row in rows}


def left_of(oracle: Erased, name: Name) -> set[Name]:
    """What is left where a message is told of: all of its family, or of an amendment in quarantine itself."""
    return let_be(oracle, {name}) or family_of(oracle, name)


def shown_of_others(node: Node, skns: list[str]) -> dict[str, Any]:
    """What is shown of everybody but one person, and not what is held: that may hang on what goes."""
    return {person.skn: person.as_json() for person in node.persons() if person.skn not in skns}


def numbers_in(known: dict[str, Any]) -> set[str]:
    """The numbers of the cases, judgments and orders that are shown with a person."""
    cases = known["cases"]
    numbers = {case["prosecution_number"] for case in cases}
    numbers |= {one["judgment"] for case in cases for one in case["judgments"]}
    return numbers | {one["order"] for case in cases for one in case["orders"]}


def named_by(node: Node, wanted: set[str]) -> set[tuple[str, str]]:
    """The messages that can be read and were not refused, and name one of these."""
    names, found = names_of(node.store), set()
    for row in all_rows(node.store):
        opened = open_entry(node.keys, node.store.entries_at([row.position])[row.position])
        if row.refusal is None and opened.left is not None and wanted & {*strings_in(json.loads(opened.left))}:
            found.add(names[row.position])
    return found


def strings_in(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict | list):
        for one in told.values() if isinstance(told, dict) else told:
            yield from strings_in(one)


def parts_of(node: Node, position: int) -> list[str | None]:
    opened = open_entry(node.keys, node.store.entries_at([position])[position])
    return [None, *(segment.name for segment in opened.segments if segment.name not in (HEAD, RAW))]


def searched(node: Node, data: st.DataObject, taken: list[Step]) -> Searched:
    """Steps with erasures between them, looked at after each."""
    whole = Searched(node)
    for step in taken:
        whole.take(step)
        whole.look()
        positions = [row.position for row in all_rows(node.store)]
        for _ in range(data.draw(st.integers(0, 2)) if positions else 0):
            if data.draw(st.integers(0, 3)):
                position = data.draw(st.sampled_from(positions))
                whole.erase(position, data.draw(st.sampled_from(parts_of(node, position))))
            else:
                whole.erase_person(data.draw(st.sampled_from(SKNS)))
            whole.look()
            if not data.draw(st.integers(0, 3)):
                whole.node = node_on(node.store)
    return whole


@pytest.mark.parametrize("engine", EMBEDDED)
@given(data=st.data(), taken=steps(7))
def test_all_else_is_as_the_contract_says(engine: str, data: st.DataObject, taken: list[Step]) -> None:
    with fresh(engine) as node:
        holds_after_erasures(searched(node, data, taken))


@pytest.mark.postgres
@given(data=st.data(), taken=steps(7))
@FEW
def test_all_else_is_as_the_contract_says_on_a_server(data: st.DataObject, taken: list[Step]) -> None:
    with fresh("postgres") as node:
        holds_after_erasures(searched(node, data, taken))


def holds_after_erasures(whole: Searched) -> None:
    node, oracle = whole.node, whole.oracle()
    gone = {position for position, name in names_of(node.store).items() if name in oracle.gone}
    if hasattr(node.store, "dump"):
        verified = node.verify()
        assert verified.ok, verified.difference
    for position, receipt in whole.receipts.items():
        assert whole.receipt(position) == receipt
        verify_receipt(receipt, KEYS.public_key)
    for position in {*gone, node.position} - {0}:
        proof = node.prove(position)
        assert check_proof.report(proof, None, b64decode(proof["public_key"])) == check_proof.GOOD
        assert position == node.position or all(segment["content"] is None for segment in proof["segments"])
    nothing_is_shown_of(node, {name for name in oracle.gone if name[0] != UNKNOWN})
    for position, states in whole.states.items():
        memory = node.past.folded_to(set(states), position)
        then = {row.position: (row.state, row.applied_at) for row in memory.rows_at(states).values()}
        assert then == {at: (state, applied if applied is None or applied <= position else None) for at, (state, applied) in states.items()}
    if whole.partners_stand:
        before = node.position
        answer = node.receive([raw for _, raw in sorted(whole.raws.items())])
        assert answer["duplicates"] == len(whole.raws)
        assert node.position == before


def nothing_is_shown_of(node: Node, gone: set[tuple[str, str]]) -> None:
    """No fact is of an erased message; and every answer can be given, also of every position."""
    named = {(one["source"], one["id"]) for person in node.persons() for one in messages_in(person.as_json())}
    assert not named & gone
    for skn in SKNS:
        for position in (None, node.position // 2, node.position - 1):
            told = node.person(skn, position=position)
            assert not {(one["source"], one["id"]) for one in messages_in(told)} & gone


def messages_in(told: Any) -> list[dict[str, str]]:
    if isinstance(told, dict):
        own = [told["message"]] if isinstance(told.get("message"), dict) else []
        return own + [one for value in told.values() for one in messages_in(value)]
    return [one for value in told for one in messages_in(value)] if isinstance(told, list) else []


@given(data=st.data(), taken=steps(7))
def test_the_rest_does_not_hang_on_the_order(data: st.DataObject, taken: list[Step]) -> None:
    """Of one set with the same erased at the end, whatever order it came in, the same is shown."""
    messages = [message for step in taken if isinstance(step, list) for message in step]
    other = data.draw(st.permutations(messages))
    chosen = data.draw(st.lists(st.sampled_from(messages), max_size=3) if messages else st.just([]))
    worlds = []
    for order in (messages, other):
        with fresh("memory") as node:
            node.receive(order)
            for message in chosen:
                document = json.loads(message) if b"[[[" not in message else {}
                row = next((row for row in all_rows(node.store) if row.id == document.get("id")), None)
                if row is not None and row.sequence is not None:
                    try:
                        node.erase_message(row.position, None, by="a test", ground="a search")
                    except NotSo:
                        continue
            worlds.append((node.digest(), {(row.source, row.id): row.state for row in all_rows(node.store) if row.sequence}))
    numbers = [world[0] for world in worlds]
    assert numbers[0] == numbers[1]


