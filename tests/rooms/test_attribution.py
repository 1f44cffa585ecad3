"""Whom a held message is about, against the contract read slowly (section 3, 14), and what may concern anyone."""

from typing import Any

import pytest
from hypothesis import given

from hervat.needs import persons_in
from tests.rooms.certified import message
from tests.rooms.messages import CORRECTION, FEEDS, RETRACTION, SKNS, charge, message_sets
from tests.rooms.naive import Naive
from tests.rooms.nodes import THOROUGH, Sent, fresh, take
from tests.rooms.steps import Step, steps

Name = tuple[str, str]
CASES = {"case-registered": "skn", "case-reattributed": "to"}
GIVEN = {"judgment-given": "judgment", "penalty-order-issued": "order"}


def said(oracle: Naive, name: Name) -> dict[str, Any]:
    """The data of the version that counts, with its own `subject`; of a correction, the data it brings."""
    message, version = oracle.messages[name], oracle.version.get(name)
    own = message if version is None else oracle.messages[version]
    data = own.document["data"]
    if own.kind == CORRECTION:
        data = data["data"]
    return data | {"subject": message.subject}


def standing(oracle: Naive) -> dict[Name, dict[str, Any]]:
    """Every message that is applied to something, or held."""
    names = (name for name in oracle.messages if name not in oracle.retracted and oracle.state(name) != "refused")
    return {name: said(oracle, name) for name in names}


def cases_of(oracle: Naive, data: dict[str, Any]) -> set[str]:
    """The numbers of the cases that a message names, or in which its judgment or order was given."""
    found = {data["pn"]} if isinstance(data.get("pn"), str) else set()
    for name, other in standing(oracle).items():
        field = GIVEN.get(oracle.messages[name].kind or "")
        if field and data.get(field) == other[field]:
            found.add(other["pn"])
    return found


def candidates(oracle: Naive, pn: str) -> set[str]:
    """Everyone a case in custody was registered for or re-attributed to."""
    kinds = {name: CASES.get(oracle.messages[name].kind or "") for name in oracle.messages}
    return {data[kinds[name]] for name, data in standing(oracle).items() if kinds[name] and data["pn"] == pn}


def named(data: dict[str, Any]) -> set[str]:
    return {*persons_in(data), *([data["subject"]] if data["subject"] else [])}


def held_names(oracle: Naive) -> list[Name]:
    return [name for name in oracle.messages if oracle.state(name) not in ("applied", "refused")]


@given(taken=steps())
@THOROUGH
def test_what_is_held_about_a_person_is_told_with_that_person_and_no_other(taken: list[Step]) -> None:
    sent = Sent()
    with fresh("memory") as node:
        for step in taken:
            take(node, step)
            sent.add(step)
        oracle = sent.oracle()
        answers = {skn: node.person(skn) for skn in SKNS}
        holder = {case["prosecution_number"]: {*told["skns"]} for told in answers.values() for case in told.get("cases", ())}
        about = {}
        for name in held_names(oracle):
            data = said(oracle, name)
            resolved = (holder.get(pn) or candidates(oracle, pn) for pn in cases_of(oracle, data))
            about[name] = named(data).union(*resolved)
        for told in answers.values():
            assert {(one["source"], one["id"]) for one in told["held"]} == {
                name for name, skns in about.items() if skns & {*told["skns"]}
            }
            assert told["horizon"]["held"] == len(told["held"])


@given(taken=steps())
def test_what_is_about_nobody_may_concern_anyone(taken: list[Step]) -> None:
    sent = Sent()
    with fresh("memory") as node:
        for step in taken:
            take(node, step)
            sent.add(step)
        oracle = sent.oracle()
        loose = 0
        for name in held_names(oracle):
            data = said(oracle, name)
            loose += not named(data).union(*(candidates(oracle, pn) for pn in cases_of(oracle, data)))
        missing = sum(gap["last"] - gap["first"] + 1 for row in node.horizon() for gap in row["gaps"])
        assert {node.person(skn)["horizon"]["unattributed"] for skn in SKNS} == {loose + missing}


@given(messages=message_sets(12))
def test_support_that_was_lost_is_told(messages: list[bytes]) -> None:
    """Retractions come last: what they take away was applied before, and the answer about its person says so."""
    last = [message for message in messages if f".{RETRACTION}.".encode() in message]
    with fresh("memory") as node:
        node.receive([message for message in messages if message not in last])
        node.receive(last)
        for told in map(node.person, SKNS):
            assert told["horizon"]["support_lost"] == any(one["was_applied"] for one in told["held"])


@pytest.mark.parametrize("first", [True, False])
def test_a_case_that_a_correction_of_a_correction_registers_is_somebodys(first: bool) -> None:
    def case(number: int) -> dict[str, Any]:
        return {"pn": f"10/00000{number}-25", "skn": "S1", "office": "x", "received_on": "2025-07-01", "charges": [charge(1)]}

    def corrected(sequence: int) -> bytes:
        named = {"source": FEEDS["gps"], "id": f"gps-{sequence - 1}"}
        return message("gps", sequence, "message-corrected", {"corrects": named, "data": case(sequence)})

    summons = message("gps", 4, "summons-issued", {"pn": case(3)["pn"], "charges": [9], "hearing_on": "2025-08-01"})
    person = message("skdb", 1, "person-registered", {"skn": "S1", "identity": {"set": "1", "surname": "A"}})
    coming = [person, message("gps", 1, "case-registered", case(1)), corrected(2), corrected(3)]
    with fresh("memory") as node:
        for raw in [summons, *coming] if first else [*coming, summons]:
            node.receive([raw])
        told = node.person("S1")
        assert ([one["id"] for one in told["held"]], told["horizon"]["unattributed"]) == (["gps-4"], 0)
