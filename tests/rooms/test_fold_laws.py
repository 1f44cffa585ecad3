"""The laws of the register of a person, by search over small worlds in which everything collides with everything."""

import json
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import msgspec
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from hervat import kinds
from hervat.message import Message
from hervat.process import PROCESS
from hervat.register.digest import digest
from hervat.register.fold import fold
from hervat.register.record import Case, Charge, Person
from tests.rooms.by_hand import answers, hidden_by_hand, outcome_by_hand, place, process_by_hand, reached
from tests.rooms.collisions import DAYS, PNS, SKNS, days, numbers, orders, pns, skns, worlds
from tests.rooms.story import said

BINDING = {"person-registered", "identity-added", "persons-merged", "persons-split", "case-reattributed"}


def lines(persons: Iterable[Person]) -> list[bytes]:
    return sorted(line for person in persons for line in person.facts())


def without(messages: Iterable[Message], drop: Callable[[Message], bool]) -> list[Message]:
    return [message for message in messages if not drop(message)]


def extra(kind: str, data: dict[str, Any], number: int = 99) -> Message:
    return said(kind, data, source="a", id=f"m{number}", sequence=number, on=DAYS[2])


# Any order, any part.


@given(worlds(), st.randoms(use_true_random=False), st.none() | days)
@settings(max_examples=300)
def test_the_order_of_the_messages_does_not_matter(messages: list[Message], random: Any, day: str | None) -> None:
    valid_on = None if day is None else date.fromisoformat(day)
    before = fold(messages, valid_on).persons
    shuffled = random.sample(messages, len(messages))
    assert fold(shuffled, valid_on).persons == before
    assert digest(fold(shuffled, valid_on).persons) == digest(reversed(before))


@given(worlds(), st.data())
def test_any_part_of_a_set_can_be_folded(messages: list[Message], data: st.DataObject) -> None:
    part = [message for message in messages if data.draw(st.booleans())]
    known = {message.data.skn for message in part if message.kind == "person-registered"}
    assert sorted(skn for person in fold(part).persons for skn in person.skns) == sorted(known)


@given(worlds(), worlds())
def test_persons_who_have_nothing_in_common_do_not_meet(one: list[Message], other: list[Message]) -> None:
    apart = [renamed(message) for message in other]
    both = [*one, *apart]
    assert list(fold(both).persons) == sorted([*fold(one).persons, *fold(apart).persons], key=lambda person: person.skn)
    together = digest(fold(both).persons)
    assert together == digest([*fold(apart).persons, *fold(one).persons])


def renamed(message: Message) -> Message:
    """The same message in a world that shares no name with it."""
    data = elsewhere(msgspec.to_builtins(message.data))
    typed = msgspec.convert(data, kinds.KINDS[message.kind])
    return msgspec.structs.replace(message, source=elsewhere(message.source), data=typed)


def elsewhere(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: elsewhere(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [elsewhere(inner) for inner in value]
    if value in PNS:
        return value.replace("10/", "20/")
    return f"{value}2" if value in (*SKNS, "j1", "j2", "j3", "o1", "o2", "v1", "v2", "urn:a", "urn:b") else value


@given(worlds())
def test_a_fact_is_a_line_of_canonical_json(messages: list[Message]) -> None:
    for person in fold(messages).persons:
        for line in person.facts():
            assert rfc8785.dumps(json.loads(line)) == line
            assert json.loads(line)["skn"] == person.skn


# The outcome, stated again.


@given(worlds())
@settings(max_examples=400)
def test_the_outcome_of_every_charge_is_that_of_the_rule_stated_again(messages: list[Message]) -> None:
    hidden = hidden_by_hand(messages)
    shown = {(case.prosecution_number, one.charge): one for case in cases(messages) for one in case.charges}
    described = {
        (message.data.pn, one.charge)
        for message in messages
        if message.kind in ("case-registered", "charges-amended")
        for one in message.data.charges
    }
    of_shown_cases = {key for key in described - hidden if key[0] in {case.prosecution_number for case in cases(messages)}}
    assert set(shown) == of_shown_cases
    for (pn, number), one in shown.items():
        assert flat(one) == outcome_by_hand(messages, pn, number)


def cases(messages: list[Message], day: str | None = None) -> list[Case]:
    persons = fold(messages, None if day is None else date.fromisoformat(day)).persons
    return [case for person in persons for case in person.cases]


def flat(one: Charge) -> tuple[Any, ...]:
    return one.outcome, one.outcome_on, one.final_on, one.code, (one.message.source, one.message.id)


@given(worlds())
@settings(max_examples=300)
def test_the_process_traffic_of_every_case_is_what_is_told_of_it_and_decides_nothing(messages: list[Message]) -> None:
    listed = {case.prosecution_number: [(one.message.source, one.message.id) for one in case.process] for case in cases(messages)}
    assert listed == {pn: process_by_hand(messages, pn) for pn in listed}
    plain = fold(without(messages, lambda one: one.kind in PROCESS)).persons
    assert [unprocessed(person) for person in fold(messages).persons] == [unprocessed(person) for person in plain]


def unprocessed(person: Person) -> Person:
    others = tuple(one for one in person.contradictions if one.what not in ("custody-of-another", "advice-given-again"))
    others = tuple(one for one in others if not one.detail.startswith("supervision"))
    return msgspec.structs.replace(person.without_process(), contradictions=others)


@given(worlds(codes=("02", "43")), orders, days)
def test_a_withdrawn_order_decides_as_if_it_had_never_been(messages: list[Message], order: str, day: str) -> None:
    withdrawal = extra("penalty-order-withdrawn", {"order": order, "withdrawn_on": day, "ground": "x"})
    never = without(messages, lambda one: getattr(one.data, "order", None) == order)
    decided = [[flat(charge) for charge in case.charges] for case in cases([*messages, withdrawal])]
    assert decided == [[flat(charge) for charge in case.charges] for case in cases(never)]


# Persons.


@given(worlds())
def test_persons_are_the_components_of_what_no_split_undoes(messages: list[Message]) -> None:
    known = {one.data.skn for one in messages if one.kind == "person-registered"}
    undone = {(one.data.undoes.source, one.data.undoes.id) for one in messages if one.kind == "persons-split"}
    merges = [one for one in messages if one.kind == "persons-merged" and (one.source, one.id) not in undone]
    joined = [one for one in merges if {one.data.kept, one.data.merged} <= known]
    register = fold(messages)
    for skn in known:
        person = register.of(skn)
        assert person is not None
        assert set(person.skns) == reached(skn, joined)
        assert person.skn == answers(set(person.skns), joined) or len(person.skns) == 1


@given(worlds(), skns, skns, days, days)
def test_a_merge_and_its_split_are_as_if_they_had_never_been(
    messages: list[Message], kept: str, merged: str, merged_on: str, split_on: str
) -> None:
    merge = extra("persons-merged", {"kept": kept, "merged": merged, "decided_on": merged_on, "ground": "x"}, 98)
    undoes = {"source": merge.source, "id": merge.id}
    split = extra("persons-split", {"undoes": undoes, "decided_on": split_on, "ground": "x"})
    assert fold([*messages, merge, split]).persons == fold(messages).persons


# Hiding.


@given(worlds(codes=("02",)), pns, st.none() | days)
@settings(max_examples=200)
def test_a_case_hidden_whole_leaves_no_trace(messages: list[Message], pn: str, day: str | None) -> None:
    hiding = {"pn": pn, "charges": [1, 2, 3], "code": "01", "conditional": False, "decided_on": DAYS[4]}
    never = without(messages, lambda one: getattr(one.data, "pn", None) == pn)
    hidden = fold([*messages, extra("case-dismissed", hiding)], None if day is None else date.fromisoformat(day)).persons
    assert not [line for line in lines(hidden) if pn.encode() in line]
    expected = fold(never, None if day is None else date.fromisoformat(day)).persons
    assert [unreported(person) for person in hidden] == [unreported(person) for person in expected]


def unreported(person: Person) -> Person:
    """Without emergency reports, for one of a hidden case is hidden and would not be without the case."""
    others = tuple(one for one in person.contradictions if one.what != "emergency-report-given-again")
    return msgspec.structs.replace(person, emergency_reports=(), contradictions=others, cases=tuple(unjoined(person.cases)))


def unjoined(cases: Iterable[Case]) -> list[Case]:
    return [msgspec.structs.replace(case, joined_into=None) for case in cases]


@given(worlds(codes=("02",)), pns, numbers)
def test_a_hidden_charge_changes_no_other_charge(messages: list[Message], pn: str, number: int) -> None:
    hiding = {"pn": pn, "charges": [number], "code": "01", "conditional": False, "decided_on": DAYS[0]}
    shown = {(case.prosecution_number, flat(one)) for case in cases(messages) for one in case.charges if one.charge != number}
    hidden = cases([*messages, extra("case-dismissed", hiding)])
    assert {(case.prosecution_number, flat(one)) for case in hidden for one in case.charges if one.charge != number} >= {
        key for key in shown if key[0] == pn
    }
    assert all(one.charge != number for case in hidden if case.prosecution_number == pn for one in case.charges)


# The view on a day.


@given(worlds(codes=("02", "43")), days)
@settings(max_examples=300)
def test_the_view_on_a_day_is_the_fold_of_what_is_dated_until_then(messages: list[Message], day: str) -> None:
    counted = [one for one in messages if one.kind in BINDING or place(one, dated_by(one))[0].isoformat() <= day]
    view, alone = fold(messages, date.fromisoformat(day)).persons, fold(counted).persons
    assert [caseless(person) for person in view] == [caseless(person) for person in alone]
    for person, other in zip(view, alone, strict=True):
        for case, same in zip(person.cases, other.cases, strict=True):
            numbers = {one.charge for one in same.charges}
            assert tuple(one for one in case.charges if one.charge in numbers) == same.charges
            assert all(one.outcome != "suspected" for one in case.charges if one.charge not in numbers)
            assert msgspec.structs.replace(case, charges=()) == msgspec.structs.replace(same, charges=())


def dated_by(message: Message) -> str | None:
    """The field with the date of a kind; that of a hearing decides nothing, nor that on which something is due."""
    if message.kind in ("custody-started", "supervision-started"):
        return "from_"
    return next((name for name in message.data.__struct_fields__ if name.endswith("_on") and name not in ("hearing_on", "due_on")), None)


def caseless(person: Person) -> Person:
    convictions = tuple(msgspec.structs.replace(one, final_on=None) for one in person.foreign_convictions)
    return msgspec.structs.replace(person, cases=(), foreign_convictions=convictions)


@given(worlds())
def test_the_view_on_the_last_day_is_the_whole(messages: list[Message]) -> None:
    assert fold(messages, date(2030, 1, 1)).persons == fold(messages).persons
