"""The procedures of a node: what came under each is told whole, whatever became of it; and what may be seen for which purpose."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.emergency import ENDINGS, Emergency
from hervat.errors import Usage
from hervat.intake.admission import judge
from hervat.intake.ceilings import Ceiling
from hervat.intake.terms import JUDGING_ACTS, Terms
from hervat.kinds import EmergencyReport
from hervat.partner import Partners
from hervat.procedure import CATEGORIES, EmergencyProcedure, ProcedureRoster, Procedures
from hervat.register.purpose import REPORT
from hervat.rehearsal.days import EMERGENCY_FROM, on
from tests.contract.strategies import envelope
from tests.rooms.messages import DAYS_OF_REPORTS, FEEDS, SKNS
from tests.rooms.nodes import all_rows, days_of, fresh, take
from tests.rooms.steps import Step, openings, procedure_acts, steps

NOW, BY = date(2025, 8, 20), {"by": "a test", "why": "a search"}
ORIGINAL = {"police_report": "R1", "skn": "S1", "category": "sexual", "authority": "x", "reported_on": "2025-08-14"}
ORIGINAL |= {"period": {"from": "2025-06-01", "to": "2025-06-02"}}


def sent(feed: str, kind: str, data: dict[str, Any], sequence: int = 1) -> bytes:
    own = {"source": FEEDS[feed], "id": f"{feed}-{sequence}", "sequence": str(sequence)}
    return json.dumps(envelope("watermark", {}) | own | {"type": f"nl.hervat.{kind}.v1", "data": data}).encode()


def person(skn: str = "S1", sequence: int = 1) -> bytes:
    return sent("skdb", "person-registered", {"skn": skn, "identity": {"set": "1", "surname": "A"}}, sequence)


def case(**other: Any) -> bytes:
    charge = {"charge": 1, "article": "Sr 302", "label": "l", "class": "misdrijf", "period": ORIGINAL["period"]}
    told = {"pn": "10/000001-25", "skn": "S1", "office": "x", "received_on": "2025-07-01", "police_report": "R1", "charges": [charge]}
    return sent("gps", "case-registered", told | other)


# What is refused.


@given(st.lists(openings, max_size=3), st.sampled_from(DAYS_OF_REPORTS), st.sampled_from(CATEGORIES))
def test_a_report_is_refused_exactly_where_no_procedure_has_its_day_and_category(drawn: Any, day: str, category: str) -> None:
    known: list[EmergencyProcedure] = []
    for _, procedure in drawn:
        try:
            known = list(Procedures([*known, procedure]))
        except Usage:
            continue
    raw = sent("pol", "emergency-report", ORIGINAL | {"reported_on": day, "category": category})
    refusal = judge(raw, Terms(Partners.default(), Procedures(known))).refusal
    of_day = [one for one in known if date.fromisoformat(day) in days_of(one)]
    wanted = "data.reported_on" if not of_day else None if any(category in one.categories for one in of_day) else "data.category"
    assert (refusal.path if refusal else None) == wanted
    assert refusal is None or (refusal.code == "content" and day not in refusal.reason)


@given(st.lists(procedure_acts, max_size=6))
def test_no_report_ever_falls_within_two_procedures(taken: list[Any]) -> None:
    with fresh("memory") as node:
        for act in taken:
            take(node, act)
        known = node.rosters().procedures.now
        days = [date(2025, 8, day) for day in range(1, 32)]
        pairs = [(category, day) for one in known for category in one.categories for day in days if day in days_of(one)]
        assert len(pairs) == len(set(pairs))


def test_the_built_in_procedure_is_that_of_the_letter_and_of_the_rehearsal() -> None:
    (built_in,) = Procedures.default()
    assert (built_in.from_, built_in.until) == (date(2025, 8, 12), None) == (on(EMERGENCY_FROM), None)
    assert (built_in.sectors, built_in.categories) == (("childcare",), ("serious-violence", "sexual"))
    assert "26643 nr. 1379" in built_in.ground


def test_the_roster_has_the_procedures_of_every_position() -> None:
    roster, report = ProcedureRoster(Procedures.default()), the_report()
    roster.change(3, roster.now.with_closed(3, "childcare-2025", date(2025, 8, 13)))
    assert [roster.at(position).covering(report) is None for position in (0, 2, 3, 9)] == [False, False, True, True]
    assert [roster.at(position).closed("childcare-2025") for position in (2, 3)] == [None, 3]


def the_report() -> EmergencyReport:
    found = judge(sent("pol", "emergency-report", ORIGINAL), Terms.default()).data
    assert isinstance(found, EmergencyReport)
    return found


def test_the_acts_that_change_how_messages_are_judged_are_named_once() -> None:
    assert JUDGING_ACTS == ("partner-set", "partner-removed", "procedure-opened", "procedure-closed")


def test_a_correction_is_judged_by_the_procedures_at_its_own_position() -> None:
    correction = {"corrects": {"source": FEEDS["pol"], "id": "pol-1"}, "data": ORIGINAL | {"reported_on": "2025-08-15"}}
    for first in (True, False):
        with fresh("memory") as node:
            messages = [sent("pol", "emergency-report", ORIGINAL), sent("pol", "message-corrected", correction, 2)]
            Emergency(node).close("childcare-2025", date(2025, 8, 14), **BY)
            answer = node.receive([person(), *(messages if first else messages[::-1])])
            assert [(one["id"], one["path"]) for one in answer["refusals"]] == [("pol-2", "data.data.reported_on")]


# What is told.


@given(data=st.data(), taken=steps(12))
def test_every_report_in_custody_is_told_once(data: st.DataObject, taken: list[Step]) -> None:
    with fresh("memory") as node:
        for step in taken:
            take(node, step)
        sent = [row for row in all_rows(node.store) if row.kind == REPORT]
        reports = [row for row in sent if row.refusal is None or row.version is not None]
        whole = Emergency(node).listing(NOW)
        assert (sum(one["taken"] for one in whole["procedures"]), whole["erased"]) == (len(reports), 0)
        chosen = data.draw(st.lists(st.sampled_from(reports), unique_by=lambda row: row.position)) if reports else []
        for row in chosen:
            if row.admitted_at is not None:
                node.erase_message(row.position, None, by="a test", ground="a search")
        told = Emergency(node).listing(NOW)
        assert told["erased"] == sum(row.admitted_at is not None for row in chosen)
        assert sum(one["taken"] for one in told["procedures"]) + told["erased"] == len(reports)
        for one in told["procedures"]:
            assert sum(one["endings"].values()) == sum(day["taken"] for day in one["per_day"]) == one["taken"]
            assert (len(one["changed"]), len(one["orphans"])) == (one["endings"]["changed"], one["endings"]["orphan"])


def ended(node: Node, seen_on: date = NOW) -> dict[str, int]:
    (one,) = Emergency(node).listing(seen_on)["procedures"]
    return {how: count for how, count in one["endings"].items() if count}


def test_a_report_is_followed_until_it_ends() -> None:
    report = sent("pol", "emergency-report", ORIGINAL)
    with fresh("memory") as node:
        node.receive([report])
        assert ended(node) == {"held": 1}
        node.receive([person()])
        assert ended(node) == {"open": 1}
        Emergency(node).close("childcare-2025", date(2025, 8, 19), **BY)
        assert ended(node) == {"orphan": 1}
        node.ceiling(FEEDS["gps"], Ceiling(hold=True), **BY)
        node.receive([case()])
        assert ended(node) == {"open": 1}, "its case is here, and held"
        node.ceiling(FEEDS["gps"], Ceiling(), **BY)
        assert ended(node) == {"confirmed": 1}
        hiding = {"pn": "10/000001-25", "charges": [1], "code": "01", "conditional": False, "decided_on": "2025-08-18"}
        node.receive([sent("gps", "case-dismissed", hiding, 2)])
        assert ended(node) == {"withdrawn": 1}
        found = [Emergency(node).listing(NOW, position)["procedures"][0]["endings"] for position in range(node.position + 1)]
        assert [next((how for how in ENDINGS if one[how]), None) for one in found] == [
            None, "held", "open", "orphan", "orphan", "open", "confirmed", "withdrawn"
        ]  # fmt: skip


def test_a_retracted_report_is_withdrawn_and_one_for_another_is_changed() -> None:
    with fresh("memory") as node:
        node.receive([person(), person("S2", 2), sent("pol", "emergency-report", ORIGINAL), case(skn="S2")])
        (one,) = Emergency(node).listing(NOW)["procedures"]
        assert [(told["position"], told["differs"]) for told in one["changed"]] == [(3, ["person"])]
        retraction = {"retracts": {"source": FEEDS["pol"], "id": "pol-1"}, "ground": "of another"}
        node.receive([sent("pol", "message-retracted", retraction, 2)])
        assert ended(node) == {"withdrawn": 1}


# What is seen, and for which purpose.


def seen(node: Node, skn: str, purpose: str | None) -> list[Any]:
    told = node.person(skn, purpose=purpose)
    return told["emergency_reports"] if told["known"] else []


@given(taken=steps(12))
def test_a_report_is_seen_for_one_purpose_and_leaves_no_trace_for_another(taken: list[Step]) -> None:
    with fresh("memory") as node:
        for step in taken:
            take(node, step)
        purposes = [one.purpose for one in node.rosters().procedures.now]
        for skn in SKNS:
            all_seen = [one for purpose in purposes for one in seen(node, skn, purpose)]
            assert [one for one in seen(node, skn, None) if one not in all_seen] == []
            other = node.person(skn, purpose="another")
            assert REPORT not in {one["kind"] for one in other["held"]}
            assert other["horizon"]["held"] == len(other["held"])
            if other["known"]:
                assert other["emergency_reports"] == []
                assert "emergency-report-given-again" not in {one["what"] for one in other["contradictions"]}


def test_what_was_closed_since_is_seen_for_its_purpose_still() -> None:
    with fresh("memory") as node:
        node.receive([person(), sent("pol", "emergency-report", ORIGINAL)])
        Emergency(node).close("childcare-2025", date(2025, 8, 12), **BY)
        asked = {"sectors": ("taxi",), "categories": ("sexual",), "receivers": ("x",), "purpose": "taxi-screening"}
        Emergency(node).open(EmergencyProcedure(name="t", authority="x", ground="x", from_=date(2025, 8, 13), **asked), **BY)
        assert [len(seen(node, "S1", purpose)) for purpose in ("childcare-screening", "taxi-screening")] == [1, 0]
        assert [one["taken"] for one in Emergency(node).listing(NOW)["procedures"]] == [1, 0]


@pytest.mark.parametrize("first", ["retraction", "correction", "none"])
def test_a_held_amendment_of_a_report_is_no_trace_of_it_either(first: str) -> None:
    named = {"source": FEEDS["pol"], "id": "pol-1"}
    retraction = sent("pol", "message-retracted", {"retracts": named, "ground": "x"}, 2)
    correction = sent("pol", "message-corrected", {"corrects": named, "data": ORIGINAL | {"article": "Sr 302"}}, 3)
    chosen = {"retraction": [retraction], "correction": [correction], "none": []}[first]
    with fresh("memory") as node:
        node.receive([person()])
        node.ceiling(FEEDS["pol"], Ceiling(hold=True), **BY)
        node.receive([*chosen, sent("pol", "emergency-report", ORIGINAL | {"skn": "S1"})])
        told = {purpose: node.person("S1", purpose=purpose) for purpose in (None, "childcare-screening", "another")}
        assert REPORT in {one["kind"] for one in told[None]["held"]}
        assert told["childcare-screening"]["held"] == told[None]["held"]
        assert told["another"]["held"] == []
