"""The laws of the register of a person, by search over small worlds in which everything collides with everything.

The worlds have few persons, cases, numbers and days, so that merges loop, numbers are used twice and dates are equal; many of
their messages point to nothing. The outcome of a charge is stated here a second time, from the contract and not from the code.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import msgspec
import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hervat import kinds
from hervat.message import Message
from hervat.register.digest import digest
from hervat.register.fold import fold
from hervat.register.record import Case, Charge, Person
from tests.rooms.story import charge, said

SKNS, PNS = ("A", "B", "C", "D"), ("10/000001-25", "10/000002-25")
DAYS = tuple(f"2025-01-0{day}" for day in range(1, 6))
IDENTITY_KINDS = {"person-registered", "identity-added", "persons-merged", "persons-split", "case-reattributed"}

skns, pns, days = st.sampled_from(SKNS), st.sampled_from(PNS), st.sampled_from(DAYS)
numbers = st.sampled_from((1, 2, 3))
charges = st.lists(numbers, min_size=1, max_size=2, unique=True)
judgments, orders, sentences = st.sampled_from(("j1", "j2", "j3")), st.sampled_from(("o1", "o2")), st.sampled_from(("1", "2"))
parties = st.sampled_from(("defendant", "prosecution"))
reports = st.sampled_from((None, "PL1", "PL2"))
listed = charges.flatmap(lambda some: st.tuples(*(article(number) for number in some)))
imposed = st.lists(sentences.map(lambda number: {"sentence": number, "kind": "imprisonment", "days": 3}), max_size=1)


def article(number: int) -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(("Sr 310", "Sr 311")).map(lambda name: charge(number, article=name))


def verdicts() -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.fixed_dictionaries({"charge": numbers, "verdict": st.sampled_from(("convicted", "acquitted", "discharged"))})
    return st.lists(one, min_size=1, max_size=2, unique_by=lambda verdict: verdict["charge"])


def identity() -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({"set": st.sampled_from(("1", "2")), "surname": st.sampled_from(("Jansen", 'Öz\t\u2028\x7f"\\'))})


def sayings(codes: tuple[str, ...]) -> dict[str, dict[str, st.SearchStrategy[Any]]]:
    """What may be said of each kind; `codes` are those of dismissals."""
    ground = st.just("x")
    undoes = st.integers(1, 30).map(lambda number: {"source": "urn:a", "id": f"m{number}"})
    foreign = {"member_state": st.just("BE"), "reference": st.just("r"), "offences": st.just([]), "sanctions": st.just([])}
    remits = st.lists(sentences.map(lambda number: {"sentence": number, "days": 1}), max_size=2)
    period = st.just({"from": "2024-12-01", "to": "2024-12-01"})
    emergency = {"category": st.just("sexual"), "authority": ground, "period": period, "reported_on": days}
    return {
        "person-registered": {"skn": skns, "identity": identity()},
        "identity-added": {"skn": skns, "identity": identity(), "leading": st.booleans()},
        "persons-merged": {"kept": skns, "merged": skns, "decided_on": days, "ground": ground},
        "persons-split": {"undoes": undoes, "decided_on": days, "ground": ground},
        "person-died": {"skn": skns, "died_on": days},
        "case-registered": {
            "pn": pns,
            "skn": skns,
            "office": ground,
            "received_on": days,
            "police_report": reports,
            "charges": listed,
        },
        "charges-amended": {"pn": pns, "charges": listed},
        "cases-joined": {"pn": pns, "into": pns, "joined_on": days},
        "case-reattributed": {"pn": pns, "from": skns, "to": skns, "decided_on": days, "ground": ground},
        "case-dismissed": {
            "pn": pns,
            "charges": charges,
            "code": st.sampled_from(codes),
            "conditional": st.booleans(),
            "decided_on": days,
        },
        "penalty-order-issued": {"order": orders, "pn": pns, "charges": charges, "issued_on": days, "sentences": imposed},
        "penalty-order-opposed": {"order": orders, "opposed_on": days},
        "penalty-order-withdrawn": {"order": orders, "withdrawn_on": days, "ground": ground},
        "penalty-order-final": {"order": orders, "final_on": days},
        "penalty-order-executed": {"order": orders, "executed_on": days},
        "summons-issued": {"pn": pns, "charges": charges, "hearing_on": days},
        "judgment-given": {
            "judgment": judgments,
            "court": ground,
            "instance": st.sampled_from((1, 2, 3)),
            "pn": pns,
            "on_appeal_of": st.none() | judgments,
            "given_on": days,
            "verdicts": verdicts(),
            "sentences": imposed,
        },
        "appeal-lodged": {"judgment": judgments, "remedy": st.just("appeal"), "by": parties, "lodged_on": days},
        "appeal-withdrawn": {"judgment": judgments, "by": st.none() | parties, "withdrawn_on": days},
        "judgment-final": {"judgment": judgments, "final_on": days},
        "judgment-annulled": {"judgment": judgments, "decided_on": days, "ground": ground},
        "sentence-started": {"judgment": judgments, "sentence": sentences, "started_on": days},
        "sentence-ended": {"judgment": judgments, "sentence": sentences, "ended_on": days},
        "conditional-sentence-enforced": {
            "judgment": judgments,
            "sentence": sentences,
            "enforced_by": judgments,
            "days": st.just(5),
            "decided_on": days,
        },
        "pardon-granted": {"judgment": judgments, "decree": ground, "decided_on": days, "remits": remits},
        "foreign-conviction-notified": {"skn": skns, "decided_on": days, "final_on": days} | foreign,
        "emergency-report": {"police_report": st.sampled_from(("PL1", "PL2")), "skn": skns} | emergency,
    }


Saying = tuple[str, str, str, dict[str, Any]]
ONE_PERSON: list[Saying] = [("person-registered", "a", DAYS[0], {"skn": "A", "identity": {"set": "1", "surname": "A"}})]
ONE_CASE: list[Saying] = [
    (
        "case-registered",
        "a",
        DAYS[0],
        {"pn": pn, "skn": "A", "office": "x", "received_on": DAYS[0], "charges": [charge(1), charge(2)]},
    )
    for pn in PNS
]


def worlds(codes: tuple[str, ...] = ("02", "43", "01"), known: int = 2) -> st.SearchStrategy[list[Message]]:
    """Sets of messages. In most of them person A and two cases of A are there to begin with."""
    table = sayings(codes)
    one = st.sampled_from(sorted(table)).flatmap(
        lambda kind: st.tuples(st.just(kind), st.sampled_from(("a", "b")), days, st.fixed_dictionaries(table[kind]))
    )
    begun = st.sampled_from(([], ONE_PERSON, *[ONE_PERSON + ONE_CASE] * known))
    return st.tuples(begun, st.lists(one, max_size=28)).map(lambda parts: told([*parts[0], *parts[1]]))


def told(sayings: Iterable[Saying]) -> list[Message]:
    """The messages, numbered as they come: `m7` is the seventh of its source."""
    sequence: Counter[str] = Counter()
    messages = []
    for kind, source, on, data in sayings:
        sequence[source] += 1
        number = sequence[source]
        messages.append(said(kind, data, source=source, id=f"m{number}", sequence=number, on=on))
    return messages


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
    elsewhere = [renamed(message) for message in other]
    both = [*one, *elsewhere]
    assert list(fold(both).persons) == sorted([*fold(one).persons, *fold(elsewhere).persons], key=lambda person: person.skn)
    together = digest(fold(both).persons)
    assert together == digest([*fold(elsewhere).persons, *fold(one).persons])


def renamed(message: Message) -> Message:
    """The same message in a world that shares no name with it."""
    data = json.dumps(msgspec.to_builtins(message.data))
    for name in SKNS:
        data = data.replace(f'"{name}"', f'"{name}{name}"')
    for old, new in (("10/", "20/"), ('"j', '"jj'), ('"o1', '"oo1'), ('"o2', '"oo2'), ("urn:a", "urn:c")):
        data = data.replace(old, new)
    typed = msgspec.json.decode(data, type=kinds.KINDS[message.kind])
    return msgspec.structs.replace(message, source=message.source + "x" if message.source == "urn:b" else "urn:c", data=typed)


@given(worlds())
def test_a_fact_is_a_line_of_canonical_json(messages: list[Message]) -> None:
    for person in fold(messages).persons:
        for line in person.facts():
            assert rfc8785.dumps(json.loads(line)) == line
            assert json.loads(line)["skn"] == person.skn


# The outcome, stated again.


def place(message: Message, dated: str | None = None) -> tuple[date, int, bytes, int]:
    on = message.legal_day if dated is None else getattr(message.data, dated)
    return on, getattr(message.data, "instance", 0), message.source.encode(), message.sequence


def outcome_by_hand(messages: list[Message], pn: str, number: int) -> tuple[Any, ...] | None:
    """(outcome, outcome_on, final_on, code, id), by trying every message; None where nothing is said of the charge."""
    found: list[tuple[Any, ...]] = []
    for message in messages:
        data = message.data
        if getattr(data, "pn", None) != pn:
            continue
        if message.kind == "case-registered" and number in [one.charge for one in data.charges]:
            found.append(((0, place(message, "received_on")), "suspected", data.received_on, None, None, message))
        if message.kind == "charges-amended" and number in [one.charge for one in data.charges]:
            found.append(((0, place(message)), "suspected", message.legal_day, None, None, message))
        if message.kind == "case-dismissed" and number in data.charges:
            name = "dismissed-conditionally" if data.conditional else "dismissed"
            found.append(((1, place(message, "decided_on")), name, data.decided_on, None, data.code, message))
        if message.kind == "summons-issued" and number in data.charges:
            found.append(((1, place(message)), "summoned", message.legal_day, None, None, message))
        if message.kind == "penalty-order-issued" and number in data.charges and order_counts(messages, message):
            final_on = order_final_by_hand(messages, data.order)
            found.append(((1, place(message, "issued_on")), "penalty-order", data.issued_on, final_on, None, message))
        if message.kind == "judgment-given" and last_of(messages, message, "judgment", "given_on"):
            found += judged_by_hand(messages, message, number)
    return max(found, key=lambda one: one[0])[1:] if found else None


def judged_by_hand(messages: list[Message], message: Message, number: int) -> list[tuple[Any, ...]]:
    data = message.data
    rank = (2, place(message, "given_on"))
    annulments = [one for one in messages if one.kind == "judgment-annulled" and one.data.judgment == data.judgment]
    for verdict in data.verdicts:
        if verdict.charge == number and annulments:
            last = max(annulments, key=lambda one: place(one, "decided_on"))
            return [(rank, "annulled", last.data.decided_on, None, None, last)]
        if verdict.charge == number:
            return [(rank, verdict.verdict, data.given_on, judgment_final_by_hand(messages, data.judgment), None, message)]
    return []


def last_of(messages: list[Message], message: Message, key: str, dated: str) -> bool:
    """Whether no other message of this kind gives the same key later."""
    same = [one for one in messages if one.kind == message.kind and getattr(one.data, key) == getattr(message.data, key)]
    return all(place(one, dated) <= place(message, dated) for one in same)


def order_counts(messages: list[Message], issued: Message) -> bool:
    withdrawn = any(one.kind == "penalty-order-withdrawn" and one.data.order == issued.data.order for one in messages)
    return last_of(messages, issued, "order", "issued_on") and not withdrawn


def order_final_by_hand(messages: list[Message], order: str) -> date | None:
    return highest([one for one in messages if one.kind == "penalty-order-final" and one.data.order == order])


def judgment_final_by_hand(messages: list[Message], judgment: str) -> date | None:
    about = [one for one in messages if getattr(one.data, "judgment", None) == judgment]
    final_on = highest([one for one in about if one.kind == "judgment-final"])
    for appeal in (one.data for one in about if one.kind == "appeal-lodged"):
        withdrawn = any(
            one.data.withdrawn_on >= appeal.lodged_on and (one.data.by is None or one.data.by == appeal.by)
            for one in about
            if one.kind == "appeal-withdrawn"
        )
        if final_on is not None and appeal.lodged_on > final_on and not withdrawn:
            return None
    return final_on


def highest(finals: list[Message]) -> date | None:
    if not finals:
        return None
    found: date = max(finals, key=lambda one: (one.sequence, one.source.encode())).data.final_on
    return found


def hidden_by_hand(messages: list[Message]) -> set[tuple[str, int]]:
    naming = [one.data for one in messages if one.kind == "case-dismissed" and one.data.code == "01"]
    return {(data.pn, number) for data in naming for number in data.charges}


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


def reached(skn: str, merges: list[Message]) -> set[str]:
    found = {skn}
    for _ in SKNS:
        found |= {end for one in merges if {one.data.kept, one.data.merged} & found for end in (one.data.kept, one.data.merged)}
    return found


def answers(skns: set[str], merges: list[Message]) -> str | None:
    """Follow the latest merges for longer than any path; then one is at the end, or somewhere on the loop."""
    within = sorted((one for one in merges if one.data.kept in skns), key=lambda one: place(one, "decided_on"))
    if not within:
        return None
    leaves = {one.data.merged: one for one in within}
    skn = within[-1].data.kept
    for _ in range(20):
        skn = leaves[skn].data.kept if skn in leaves else skn
    walk = [leaves[skn]] if skn in leaves else []
    while walk and walk[-1].data.kept != skn:
        walk.append(leaves[walk[-1].data.kept])
    return max(walk, key=lambda one: place(one, "decided_on")).data.kept if walk else skn


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
    if not shared_numbers(messages):
        expected = fold(never, None if day is None else date.fromisoformat(day)).persons
        assert [unreported(person) for person in hidden] == [unreported(person) for person in expected]


def shared_numbers(messages: list[Message]) -> bool:
    """Whether a judgment or order is given in two cases: then what is hidden in one may still supersede the other."""
    kept = [one.data for one in messages if one.kind in ("judgment-given", "penalty-order-issued")]
    pairs = {(getattr(data, "judgment", None) or data.order, data.pn) for data in kept}
    return len(pairs) != len({number for number, _ in pairs})


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
@settings(max_examples=200)
def test_the_view_on_a_day_is_the_fold_of_what_is_dated_until_then(messages: list[Message], day: str) -> None:
    counted = [one for one in messages if one.kind in IDENTITY_KINDS or place(one, DATED.get(one.kind))[0].isoformat() <= day]
    assert [undated(case) for case in cases(messages, day)] == [undated(case) for case in cases(counted)]


DATED = {
    name: next((field for field in kind.__struct_fields__ if field in ("given_on", "decided_on") or field in OWN), None)
    for OWN in [
        "died_on received_on joined_on issued_on opposed_on withdrawn_on executed_on lodged_on started_on ended_on reported_on".split()
    ]
    for name, kind in kinds.KINDS.items()
} | {"penalty-order-final": "final_on", "judgment-final": "final_on"}


def undated(case: Case) -> Case:
    """Without the charges that were described only later."""
    return msgspec.structs.replace(case, charges=tuple(one for one in case.charges if one.outcome != "none"))


@given(worlds())
def test_the_view_on_the_last_day_is_the_whole(messages: list[Message]) -> None:
    assert fold(messages, date(2030, 1, 1)).persons == fold(messages).persons
