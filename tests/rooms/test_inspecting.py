"""The person concerned: what is recorded, for how long, who was told; and what nobody may gather from the report."""

import contextlib
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from hervat.consumers.disclosure.given import answers_to
from hervat.consumers.disclosure.listed import REQUESTED
from hervat.consumers.disclosure.requested import Supplied
from hervat.consumers.retention.first import First
from hervat.consumers.subject.inspected import INSPECTED
from hervat.errors import NotSo
from hervat.inspecting import Inspecting
from hervat.journal.entry import open_entry
from hervat.screening import screening_of
from tests.rooms.messages import BSNS, FEEDS, PNS, charge
from tests.rooms.nodes import KEPT, KEYS, fresh
from tests.rooms.requested import FINED, FULL, LIMITED, case, judgment, person, request, requested_sets
from tests.rooms.test_disclosing import NOTHING, Telling, begun

ON = date(2025, 8, 20)
PERIOD = {"from": "2025-06-01", "to": "2025-06-02"}
REPORT = {"police_report": "R1", "skn": "S1", "category": "sexual", "period": PERIOD, "authority": "x", "reported_on": "2025-08-14"}
WRONGLY = {"pn": PNS[1], "charges": [1], "code": "01", "conditional": False, "decided_on": "2025-07-04"}
MAXIMUM = {"maximum": {"years": 4}}


def report(told: Telling, on: date = ON, skn: str = "S1") -> dict[str, Any]:
    return Inspecting(told.node).report(skn, on)


def said(found: dict[str, Any]) -> dict[str, Any]:
    """Without how far the register knows, which is of all persons."""
    return {name: value for name, value in found.items() if name not in ("position", "horizon", "blind")}


def test_nothing_tells_whether_there_is_a_report_of_the_police_or_a_hidden_charge() -> None:
    enrolment = {"enrolment": "E1", "sector": "childcare", "bsn": BSNS[0], "from": "2025-06-02"}
    with fresh("memory") as node, fresh("memory") as other:
        plain, full = begun(node), begun(other)
        for told in (plain, full):
            told.tell("prk", "screening-enrolled", enrolment)
        full.tell("pol", "emergency-report", REPORT)
        full.tell("gps", "case-registered", case(PNS[1], "S1", 1))
        for told in (plain, full):
            screening_of(told.node).step(ON)
        full.tell("gps", "case-dismissed", WRONGLY)
        found = report(full)
        assert {**said(found), "signals": []} == {**said(report(plain)), "signals": []}
        kinds = [[(one["kind"], one["of"]) for one in report(told)["signals"]] for told in (plain, full)]
        assert kinds[0] == kinds[1] and len(kinds[0]) == 3
        assert PNS[1] not in json.dumps(found) and "emergency-report" not in json.dumps(said(found))


def test_a_signal_is_told_only_of_charges_that_are_shown() -> None:
    with fresh("memory") as node:
        told = begun(node)
        told.tell("prk", "screening-enrolled", {"enrolment": "E1", "sector": "childcare", "bsn": BSNS[0], "from": "2025-06-02"})
        screening_of(node).step(ON)
        assert len(report(told)["signals"]) == 3
        # On a day before it, the case is not shown.
        early = report(told, date(2025, 6, 3))
        assert (early["cases"], early["signals"]) == ([], [])


ENDINGS: list[tuple[str, list[tuple[str, str, dict[str, Any]]], str, str | None, list[str]]] = [
    ("open", [], "cannot-say", None, ["ending.lapsed_on"]),
    ("dismissed", [("gps", "case-dismissed", {**WRONGLY, "pn": PNS[0], "code": "02"})], "cannot-say", "2045-07-04", ["ending.lapsed_on"]),
    ("a code in no list", [("gps", "case-dismissed", {**WRONGLY, "pn": PNS[0], "code": "99"})], "cannot-say", None, []),
    ("convicted", [("grip", "judgment-given", judgment("J1", PNS[0]))], "no", "2045-07-03", []),
    ("acquitted", [("grip", "judgment-given", judgment("J1", PNS[0], "acquitted"))], "no", "2045-07-03", []),
    ("inadmissible", [("grip", "judgment-given", judgment("J1", PNS[0], "inadmissible"))], "cannot-say", None, ["ending.lapsed_on"]),
    (
        "a measure without a length",
        [("grip", "judgment-given", judgment("J1", PNS[0], sentences=[{"sentence": "1", "kind": "hospital-order"}]))],
        "cannot-say",
        None,
        ["sentence.custody"],
    ),
    (
        "an order that was not executed",
        [("gps", "penalty-order-issued", {"order": "O1", "pn": PNS[0], "charges": [1], "issued_on": "2025-07-03", "sentences": [FINED]})],
        "no",
        None,
        [],
    ),
]


@pytest.mark.parametrize(("messages", "over", "due_on", "missing"), [one[1:] for one in ENDINGS], ids=[one[0] for one in ENDINGS])
def test_each_entry_says_how_long_it_is_kept_or_why_that_cannot_be_said(
    messages: list[tuple[str, str, dict[str, Any]]], over: str, due_on: str | None, missing: list[str]
) -> None:
    with fresh("memory") as node:
        told = Telling(node)
        told.tell("skdb", "person-registered", person("S1", BSNS[0]))
        told.tell("gps", "case-registered", {**case(PNS[0], "S1"), "charges": [charge(1) | MAXIMUM]})
        for message in messages:
            told.tell(*message)
        (entry,) = report(told)["entries"]
        assert (entry["over"], entry["due_on"], entry["missing"]) == (over, due_on, missing)
        assert entry["kept"]["en"] and entry["kept"]["nl"]


PRISON = {"sentence": "1", "kind": "imprisonment", "years": 24}
BOTH = [{"charge": 1, "verdict": "acquitted"}, {"charge": 2, "verdict": "convicted"}]
ORDER = {"order": "O1", "pn": PNS[0], "charges": [1], "issued_on": "2025-07-03", "sentences": [FINED]}
ABROAD = {"skn": "S1", "member_state": "BE", "reference": "r", "offences": [], "sanctions": []}
ABROAD |= {"decided_on": "2025-07-19", "final_on": "2025-07-19"}
AS_DESTROYED: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "an appeal that is not judged": [
        ("grip", "judgment-given", judgment("J1", PNS[0])),
        ("grip", "appeal-lodged", {"judgment": "J1", "remedy": "appeal", "by": "defence", "lodged_on": "2025-07-10"}),
    ],
    "a conviction that tells nothing of what was imposed": [("grip", "judgment-given", judgment("J1", PNS[0], sentences=[]))],
    "an acquittal beside long custody": [("grip", "judgment-given", judgment("J1", PNS[0], verdicts=BOTH, sentences=[PRISON]))],
    "a sentence that may be custody": [
        ("grip", "judgment-given", judgment("J1", PNS[0], sentences=[{"sentence": "1", "kind": "other"}])),
    ],
    "a conviction abroad after it": [
        ("grip", "judgment-given", judgment("J1", PNS[0])),
        ("ecr", "foreign-conviction-notified", ABROAD),
    ],
    "inadmissible": [("grip", "judgment-given", judgment("J1", PNS[0], "inadmissible"))],
    "an order that was executed, and is opposed": [
        ("gps", "penalty-order-issued", ORDER),
        ("cjib", "penalty-order-executed", {"order": "O1", "executed_on": "2025-07-09"}),
        ("gps", "penalty-order-opposed", {"order": "O1", "opposed_on": "2025-07-10"}),
    ],
    "a death before it was judged": [
        ("grip", "judgment-given", judgment("J1", PNS[0])),
        ("skdb", "person-died", {"skn": "S1", "died_on": "2025-07-02"}),
    ],
}


@pytest.mark.parametrize("messages", AS_DESTROYED.values(), ids=AS_DESTROYED)
def test_for_how_long_an_entry_is_kept_is_told_as_it_is_when_it_is_destroyed(messages: list[tuple[str, str, dict[str, Any]]]) -> None:
    with fresh("memory") as node:
        told = Telling(node)
        told.tell("skdb", "person-registered", person("S1", BSNS[0]))
        told.tell("gps", "case-registered", {**case(PNS[0], "S1"), "charges": [charge(number) | MAXIMUM for number in (1, 2)]})
        for message in messages:
            told.tell(*message)
        weighed = [one for each in First(node.store, KEYS, None).persons(ON) for each_case in each.cases for one in each_case.charges]
        day = {one.charge: one.day and one.day.isoformat() for one in weighed}
        known = {one.charge: one.state != "unknown" for one in weighed}
        entries = [one for one in report(told)["entries"] if one["charge"] is not None]
        assert {one["charge"]: one["due_on"] for one in entries} == day
        # That the right to prosecute lapsed is told by no message; it is kept for its term all the same.
        assert {one["charge"]: one["over"] == "no" or one["missing"] == ["ending.lapsed_on"] for one in entries} == known


def test_a_misdrijf_that_is_judged_later_lengthens_the_term_and_that_of_a_conviction_abroad_is_not_said() -> None:
    with fresh("memory") as node:
        told = Telling(node)
        told.tell("skdb", "person-registered", person("S1", BSNS[0]))
        for number, pn in enumerate(PNS[:2], 1):
            told.tell("gps", "case-registered", {**case(pn, "S1"), "charges": [charge(1) | MAXIMUM]})
            told.tell("grip", "judgment-given", judgment(f"J{number}", pn, given_on=f"2025-07-1{number}"))
        abroad = {"skn": "S1", "member_state": "BE", "reference": "r", "decided_on": "2025-07-05", "final_on": "2025-07-05"}
        told.tell("ecr", "foreign-conviction-notified", {**abroad, "offences": [], "sanctions": []})
        entries = report(told)["entries"]
        assert [one["due_on"] for one in entries] == ["2045-07-12", "2045-07-12", None]
        assert (entries[2]["case"], entries[2]["over"]) == ("BE/r", "cannot-say") and "no rule here" in entries[2]["kept"]["en"]


def test_who_was_told_is_told_but_not_what_was_about_somebody_else_or_refused_or_is_for_the_services_to_tell() -> None:
    secret = {"article": "Bjsg 14", "purpose": "national-security", "requester": "AIVD"}
    with fresh("memory") as node:
        told = begun(node)
        told.tell("skdb", "person-registered", person("S2", BSNS[1]))
        asked = [
            ("IND by SKN", request("R1", FULL, skn="S1"), True),
            ("by BSN", request("R2", LIMITED, bsn=BSNS[0]), True),
            ("about another", request("R3", FULL, skn="S2"), False),
            ("refused", request("R4", {**FULL, "requester": "private-employer"}, skn="S1"), False),
            ("the services", request("R5", secret, skn="S1"), False),
        ]
        expected = []
        for _, data, is_told in asked:
            position = told.tell("ind", "disclosure-requested", data)
            _, at, _ = told.disclosing.give(position, NOTHING, ON, by="x")
            expected += [(at, data["article"])] if is_told else []
        assert [(one["act"], one["article"]) for one in report(told)["disclosures"]] == expected
        assert report(told)["disclosures"][0] == {
            "act": expected[0][0], "on": "2025-08-20", "to": "IND", "mandate_of": None, "article": "Bjsg 19",
            "purpose": "aliens-law", "scope": "full", "blind": True,
        }
        # What was handed out stays handed out: also when the request is corrected to be about somebody else, and whoever is merged.
        named = {"source": FEEDS["ind"], "id": "ind-1"}
        told.tell("ind", "message-corrected", {"corrects": named, "data": request("R1", FULL, skn="S2")})
        told.tell("skdb", "persons-merged", {"kept": "S2", "merged": "S1", "decided_on": "2025-07-05", "ground": "x"})
        assert len(report(told)["disclosures"]) == 3


def all_answers(told: Telling) -> dict[int, tuple[str, ...]]:
    """Every answer that was given, each with the SKNs of whomever it was about where it was."""
    found = {}
    for row in told.node.store.of_kind(REQUESTED, told.node.position):
        for at, act in answers_to(told.node.store, KEYS, row.position):
            person = told.disclosing.handed_out(at, act).person
            found[at] = () if act.outcome != "given" or person is None else person.skns
    return found


@given(messages=requested_sets(whole=True), data=st.data())
def test_told_is_every_answer_about_whoever_is_this_person_now_under_whatever_number_it_was_asked(
    messages: list[bytes], data: st.DataObject
) -> None:
    messages = data.draw(st.permutations(messages))
    with fresh("memory") as node:
        told = Telling(node)
        while messages:
            size = data.draw(st.integers(1, 8))
            node.receive(messages[:size])
            messages = messages[size:]
            for row in node.store.of_kind(REQUESTED, node.position):
                if not data.draw(st.integers(0, 2)):
                    with contextlib.suppress(NotSo):
                        told.disclosing.give(row.position, NOTHING, ON, by="x")
        answers = all_answers(told)
        for person in node.persons():
            expected = {at for at, skns in answers.items() if {*skns} & {*person.skns}}
            assert {one["act"] for one in report(told, skn=person.skn)["disclosures"]} == expected
        event(f"{sum(map(bool, answers.values()))} given of {len(answers)}")


def test_what_was_told_under_a_number_that_the_person_had_is_told() -> None:
    with fresh("memory") as node:
        told = begun(node)
        first = told.tell("ind", "disclosure-requested", request("R1", FULL, bsn=BSNS[0]))
        _, at, _ = told.disclosing.give(first, NOTHING, ON, by="x")
        named = {"source": FEEDS["skdb"], "id": "skdb-1"}
        told.tell("skdb", "message-corrected", {"corrects": named, "data": person("S1", BSNS[1])})
        told.tell("skdb", "message-corrected", {"corrects": named, "data": person("S1", BSNS[2])})
        assert [one["act"] for one in report(told)["disclosures"]] == [at]
        # Whoever has the number now was not the person then.
        told.tell("skdb", "person-registered", person("S2", BSNS[0]))
        assert report(told, skn="S2")["disclosures"] == []
        told.tell("skdb", "person-registered", person("S3", BSNS[0]))
        told.tell("skdb", "persons-merged", {"kept": "S3", "merged": "S1", "decided_on": "2025-07-05", "ground": "x"})
        assert [one["act"] for one in report(told, skn="S3")["disclosures"]] == [at]


@pytest.mark.parametrize("engine", KEPT)
def test_an_inspection_is_an_act_with_its_day_that_names_no_person(engine: str) -> None:
    with fresh(engine) as node:
        told = begun(node)
        found = Inspecting(node).inspect("S1", ON, by=None)
        (at,) = node.store.acts(INSPECTED, node.position)
        act = open_entry(KEYS, node.store.entries_at([at])[at]).payload.decode()
        assert found["act"] == at and json.loads(act) == {"act": INSPECTED, "at": at - 1, "by": None, "on": "2025-08-20", "person": 1}
        unknown = Inspecting(node).inspect("S9", ON, by="x")
        assert (unknown["known"], unknown["entries"], unknown["act"]) == (False, [], at + 1)
        assert report(told)["known"] and node.verify().ok


def test_a_mandate_is_told_with_the_disclosure() -> None:
    with fresh("memory") as node:
        told = begun(node)
        position = told.tell("ind", "disclosure-requested", request("R1", FULL, skn="S1", mandate="IND") | {"requester": "police"})
        told.disclosing.give(position, Supplied(mandate_from=date(2025, 1, 1), mandate_endless=True), ON, by="x")
        (one,) = report(told)["disclosures"]
        assert (one["to"], one["mandate_of"]) == ("police", "IND")
