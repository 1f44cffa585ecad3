"""Requests for disclosure answered: what is handed out, what is not, and what the act says of it."""

import json
from datetime import date
from typing import Any

import pytest

from hervat.assemble import Node
from hervat.consumers.disclosure.answer import Answer
from hervat.consumers.disclosure.given import answers_to
from hervat.consumers.disclosure.handed import for_the_operator, handed_out
from hervat.consumers.disclosure.requested import Supplied
from hervat.disclosing import Disclosing
from hervat.errors import NotSo, Usage
from hervat.inspecting import Inspecting
from hervat.journal.entry import open_entry
from hervat.law.book import replay
from tests.rooms.messages import BSNS, FEEDS, PNS, charge
from tests.rooms.nodes import KEYS, at, fresh
from tests.rooms.requested import FINED, FULL, LIMITED, PROCEEDINGS, case, judgment, person, request

BEFORE, ON = date(2025, 7, 1), date(2025, 8, 20)
NOTHING = Supplied()


class Telling:
    """Messages told to a node, each source numbering its own."""

    def __init__(self, node: Node, day: date = BEFORE) -> None:
        self.node, self.counts = at(node, day), dict[str, int]()
        self.disclosing = Disclosing(node)

    def tell(self, feed: str, kind: str, data: dict[str, Any]) -> int:
        answer = self.send(feed, kind, data)
        assert (answer["applied"], answer["refused"]) == (1, 0), answer
        return self.node.position

    def send(self, feed: str, kind: str, data: dict[str, Any]) -> dict[str, Any]:
        """Whatever becomes of it."""
        number = self.counts[feed] = self.counts.get(feed, 0) + 1
        document = {"specversion": "1.0", "id": f"{feed}-{number}", "source": FEEDS[feed], "type": f"nl.hervat.{kind}.v1"}
        document |= {"time": "2025-07-01T08:00:00Z", "sequence": str(number), "sequencetype": "Integer"}
        return self.node.receive([json.dumps({**document, "datacontenttype": "application/json", "data": data}).encode()])

    def answer(self, position: int, supplied: Supplied = NOTHING, on: date = ON) -> Answer:
        return self.disclosing.answer(position, supplied, on)


def begun(node: Node) -> Telling:
    """Person S1 with a case of two charges: of the first convicted, and final."""
    told = Telling(node)
    told.tell("skdb", "person-registered", person("S1", BSNS[0]))
    told.tell("gps", "case-registered", case(PNS[0], "S1", 1, 2))
    told.tell("grip", "judgment-given", judgment("J1", PNS[0]))
    told.tell("grip", "judgment-final", {"judgment": "J1", "final_on": "2025-07-05"})
    return told


def asks(told: Telling, ground: dict[str, str], **more: Any) -> int:
    who = {} if "bsn" in more else {"skn": "S1"}
    return told.tell("ind", "disclosure-requested", request(f"R{told.counts.get('ind', 0) + 1}", ground, **who, **more))


def charges(found: Answer) -> list[str]:
    handed = found.set()
    assert handed is not None
    return [f"{one['prosecution_number']}#{charge['charge']}" for one in handed["cases"] for charge in one["charges"]]


def test_the_full_set_is_the_record_without_what_is_hidden_and_what_the_police_told_for_another_purpose() -> None:
    with fresh("memory") as node:
        told = begun(node)
        told.tell("gps", "case-registered", case(PNS[1], "S1", 1))
        told.tell("gps", "case-dismissed", {"pn": PNS[1], "charges": [1], "code": "01", "conditional": False, "decided_on": "2025-07-04"})
        period = {"from": "2025-06-01", "to": "2025-06-02"}
        report = {"police_report": "R1", "skn": "S1", "category": "sexual", "period": period, "authority": "x", "reported_on": "2025-08-14"}
        told.tell("pol", "emergency-report", report)
        found = told.answer(asks(told, FULL))
        assert (found.how, found.scope, charges(found)) == ("given", "full", [f"{PNS[0]}#1", f"{PNS[0]}#2"])
        out = json.dumps(handed_out(found))
        assert PNS[1] not in out and "emergency" not in out and "sexual" not in out
        assert handed_out(found)["horizon"]["sources"] and handed_out(found)["blind"]


def test_what_is_decided_after_the_day_of_the_answer_is_not_in_it() -> None:
    with fresh("memory") as node:
        told = begun(node)
        found = told.answer(asks(told, FULL), on=date(2025, 7, 4))
        handed = found.set()
        assert handed is not None and handed["cases"][0]["charges"][0]["final_on"] is None


def test_in_the_limited_set_are_the_convictions_that_the_rules_put_there_and_no_others() -> None:
    with fresh("memory") as node:
        told = begun(node)
        told.tell("skdb", "person-registered", person("S2", BSNS[1], "2006-01-01"))
        told.tell("gps", "case-registered", case(PNS[1], "S2", 1))
        told.tell("grip", "judgment-given", judgment("J2", PNS[1]))
        told.tell("grip", "judgment-final", {"judgment": "J2", "final_on": "2025-07-06"})
        grown, young = told.answer(asks(told, LIMITED)), told.answer(asks(told, LIMITED, bsn=BSNS[1]))
        handed = grown.set()
        assert handed is not None and [one["key"] for one in handed["convictions"]] == [f"{PNS[0]}#1"]
        assert handed["convictions"][0]["until"] == "2029-07-05" and grown.withheld == ()
        # Nineteen, with a fine: adults' law or that for youth. It is withheld, and not even a receipt tells the receiver of it.
        assert young.set() == {"convictions": []}
        withheld = for_the_operator(young)["withheld"]
        assert [one["key"] for one in withheld] == [f"{PNS[1]}#1"] and "neither age nor sentence" in withheld[0]["because"]["en"]
        assert PNS[1] not in json.dumps(handed_out(young)) and len(handed_out(young)["receipts"]) == 2
        receipts = handed_out(grown)["receipts"]
        assert len(receipts) == 4 and all(replay(one.encode()).decode() == one for one in receipts)


def test_a_conviction_whose_window_is_over_is_kept_in_by_that_of_another() -> None:
    """Wjsg 10(6); withheld it would be where no other window runs, for nobody tells that it was not prolonged."""
    with fresh("memory") as node:
        told = begun(node)
        done = charge(1) | {"period": {"from": "2019-02-01", "to": "2019-02-01"}}
        old = case(PNS[1], "S1", 1) | {"received_on": "2019-03-01", "charges": [done]}
        told.tell("gps", "case-registered", old)
        told.tell("grip", "judgment-given", judgment("J2", PNS[1], given_on="2020-01-01"))
        told.tell("grip", "judgment-final", {"judgment": "J2", "final_on": "2020-01-15"})
        position = asks(told, LIMITED)
        handed = told.answer(position).set()
        assert handed is not None
        assert {one["key"]: one["until"] for one in handed["convictions"]} == {f"{PNS[0]}#1": "2029-07-05", f"{PNS[1]}#1": "2029-07-05"}
        told.tell("grip", "judgment-annulled", {"judgment": "J1", "decided_on": "2025-08-01", "ground": "x"})
        assert [one.candidate.key for one in told.answer(position).withheld] == [f"{PNS[1]}#1"]


@pytest.mark.parametrize(
    ("verdict", "final", "expected"), [("acquitted", True, 0), ("convicted", False, 0), ("convicted", True, 1), ("discharged", True, 0)]
)
def test_only_final_convictions_are_in_it(verdict: str, final: bool, expected: int) -> None:
    with fresh("memory") as node:
        told = Telling(node)
        told.tell("skdb", "person-registered", person("S1", BSNS[0]))
        told.tell("gps", "case-registered", case(PNS[0], "S1", 1))
        told.tell("grip", "judgment-given", judgment("J1", PNS[0], verdict))
        if final:
            told.tell("grip", "judgment-final", {"judgment": "J1", "final_on": "2025-07-05"})
        found = told.answer(asks(told, LIMITED))
        assert (len(found.disclosed), found.withheld) == (expected, ())


def test_of_what_still_stands_in_part_the_conviction_is_withheld() -> None:
    both = [{"charge": number, "verdict": "convicted"} for number in (1, 2)]
    with fresh("memory") as node:
        told = Telling(node)
        told.tell("skdb", "person-registered", person("S1", BSNS[0]))
        told.tell("gps", "case-registered", case(PNS[0], "S1", 1, 2))
        told.tell("grip", "judgment-given", judgment("J1", PNS[0], verdicts=both))
        told.tell("grip", "judgment-final", {"judgment": "J1", "final_on": "2025-07-05"})
        position = asks(told, LIMITED)
        assert len(told.answer(position).disclosed) == 2
        hidden = {"pn": PNS[0], "charges": [2], "code": "01", "conditional": False, "decided_on": "2025-07-06"}
        told.tell("gps", "case-dismissed", hidden)
        assert len(told.answer(position).disclosed) == 1
        told.tell("grip", "appeal-lodged", {"judgment": "J1", "remedy": "appeal", "by": "x", "lodged_on": "2025-07-05"})
        higher = judgment("J2", PNS[0], "acquitted", instance=2, on_appeal_of="J1", given_on="2025-07-20", sentences=[])
        told.tell("grip", "judgment-given", higher)
        assert told.answer(position).disclosed == ()


def test_several_persons_with_the_number_are_told_apart_by_nobody_here() -> None:
    with fresh("memory") as node:
        told = begun(node)
        position = asks(told, FULL, bsn=BSNS[0])
        assert told.answer(position).how == "given"
        told.tell("skdb", "person-registered", person("S2", BSNS[0]))
        found, before = told.answer(position), node.position
        assert (found.how, found.persons, found.set()) == ("several", 2, None)
        with pytest.raises(NotSo, match="2 persons have the number of the request: nothing is disclosed"):
            told.disclosing.give(position, NOTHING, ON, by="x")
        assert node.position == before
        told.tell("skdb", "persons-merged", {"kept": "S2", "merged": "S1", "decided_on": "2025-07-05", "ground": "x"})
        assert charges(told.answer(position)) == [f"{PNS[0]}#1", f"{PNS[0]}#2"]


def test_nobody_under_the_number_is_an_answer_and_not_a_clean_one() -> None:
    with fresh("memory") as node:
        told = begun(node)
        for position in (asks(told, FULL, bsn=BSNS[2]), told.tell("ind", "disclosure-requested", request("Q", FULL, skn="S9"))):
            found, at, since = told.disclosing.give(position, NOTHING, ON, by="x")
            assert (found.how, since) == ("unknown", None)
            assert [(place, act.outcome, act.blind) for place, act in answers_to(node.store, KEYS, position)] == [(at, "unknown", True)]
            assert "not clean" in handed_out(found)["because"]["en"] and handed_out(found)["horizon"]["sources"]


@pytest.mark.parametrize(
    ("more", "supplied", "how", "missing"),
    [
        ({"requester": "Stichting X"}, NOTHING, "cannot-say", ["request.requester"]),
        ({"requester": "Stichting X"}, Supplied(role="IND"), "given", []),
        ({"requester": "Stichting X"}, Supplied(role="private-employer"), "refused", []),
        ({"requester": "private-employer"}, NOTHING, "refused", []),
        ({"requester": "  immigratie- EN naturalisatiedienst "}, NOTHING, "given", []),
        ({"purpose": "curiosity"}, NOTHING, "cannot-say", ["request.purpose"]),
        ({"purpose": "curiosity"}, Supplied(purpose="aliens-law"), "given", []),
        ({"purpose": "passport"}, NOTHING, "refused", []),
        ({"article": "Bjsg 99"}, NOTHING, "cannot-say", []),
        ({"mandate": True}, NOTHING, "cannot-say", ["request.mandate"]),
        ({"mandate": "COA"}, NOTHING, "cannot-say", ["request.mandate"]),
        ({"mandate": False}, NOTHING, "given", []),
        ({"requester": "police", "mandate": "IND"}, NOTHING, "cannot-say", ["mandate.from"]),
        (
            {"requester": "police", "mandate": "IND"},
            Supplied(mandate_from=date(2025, 1, 1), mandate_endless=True),
            "given",
            [],
        ),
        (
            {"requester": "police", "mandate": "IND"},
            Supplied(mandate_from=date(2025, 1, 1), mandate_until=ON),
            "refused",
            [],
        ),
        ({"article": "Bjsg 23", "requester": "public-employer", "purpose": "staff-vetting"}, NOTHING, "cannot-say", ["request.consent"]),
        (
            {"article": "Bjsg 23", "requester": "public-employer", "purpose": "staff-vetting", "consent": "see the file"},
            NOTHING,
            "cannot-say",
            ["request.consent"],
        ),
        (
            {"article": "Bjsg 23", "requester": "public-employer", "purpose": "staff-vetting", "consent": "see the file"},
            Supplied(consent=True),
            "given",
            [],
        ),
        ({"article": "Bjsg 23", "requester": "public-employer", "purpose": "staff-vetting", "consent": False}, NOTHING, "refused", []),
    ],
)
def test_what_is_not_told_is_never_guessed(more: dict[str, Any], supplied: Supplied, how: str, missing: list[str]) -> None:
    with fresh("memory") as node:
        told = begun(node)
        position = asks(told, FULL, **more)
        found, before = told.answer(position, supplied), node.position
        assert (found.how, found.missing(), found.set() is not None) == (how, missing, how == "given")
        if how == "cannot-say":
            with pytest.raises(NotSo, match="it cannot be said"):
                told.disclosing.give(position, supplied, ON, by="x")
            assert node.position == before
        else:
            told.disclosing.give(position, supplied, ON, by="x")
            ((_, act),) = answers_to(node.store, KEYS, position)
            assert (act.outcome, act.supplied) == (how, supplied)


def test_the_same_request_answered_again_is_another_act_and_the_difference_is_told() -> None:
    with fresh("sqlite") as node:
        told = begun(node)
        position, other = asks(told, FULL), asks(told, PROCEEDINGS, requester="OM")
        told.disclosing.give(position, NOTHING, ON, by="x")
        told.disclosing.give(other, NOTHING, ON, by="x")
        _, _, same = told.disclosing.give(position, NOTHING, ON, by="y")
        assert same is not None and (same["same"], same["by"], same["differs"]["came"]) == (True, "x", [])
        told.tell("gps", "charges-amended", {"pn": PNS[0], "charges": [charge(2, "Sr 311")]})
        _, at, since = told.disclosing.give(position, NOTHING, ON, by="z")
        assert since is not None and not since["same"]
        assert [one["charge"]["article"] for one in since["differs"]["came"]] == ["Sr 311"]
        assert [one["charge"]["article"] for one in since["differs"]["gone"]] == ["Sr 310"]
        listed = list(answers_to(node.store, KEYS, position))
        assert [(act.number, act.by) for _, act in listed] == [(1, "x"), (2, "y"), (3, "z")] and listed[-1][0] == at
        assert len(list(answers_to(node.store, KEYS, other))) == 1
        verified = node.verify()
        assert verified.ok, verified.difference


def test_an_act_names_no_person_and_says_on_what_it_rests() -> None:
    with fresh("memory") as node:
        told = begun(node)
        position = asks(told, LIMITED, bsn=BSNS[0])
        found, at, _ = told.disclosing.give(position, NOTHING, ON, by="somebody")
        said = open_entry(KEYS, node.store.entries_at([at])[at]).payload.decode()
        assert not [one for one in ("S1", BSNS[0], PNS[0], "J1", "1980") if one in said]
        act = json.loads(said)
        assert (act["request"], act["at"], act["on"], act["scope"], act["article"]) == (position, at - 1, str(ON), "limited", "Bjsg 11")
        assert act["hash"] == told.disclosing.hash_of(found) != told.disclosing.hash_of(told.answer(asks(told, FULL)))


def test_a_hearing_stands_on_the_face_of_an_extract() -> None:
    with fresh("memory") as node:
        told = begun(node)
        for day in ("2025-09-09", "2025-08-20", "2025-08-19"):
            told.tell("gps", "summons-issued", {"pn": PNS[0], "charges": [2], "hearing_on": day})
        told.tell("grip", "judgment-given", judgment("J2", PNS[0], sentences=[FINED | {"kind": "imprisonment"}]))
        found = told.answer(asks(told, PROCEEDINGS))
        assert [str(one.hearing_on) for one in found.hearings] == ["2025-08-20", "2025-09-09"] and not found.custody
        assert handed_out(found)["hearings"][0] == {"hearing_on": "2025-08-20", "case": PNS[0]}
        assert told.answer(asks(told, FULL)).hearings == ()
        told.tell("grip", "hearing-scheduled", {"pn": PNS[0], "court": "x", "on": "2025-08-31"})
        told.tell("dji", "custody-started", {"skn": "S9", "pn": PNS[0], "from": "2025-08-01"})
        scheduled = told.answer(asks(told, PROCEEDINGS))
        assert [str(one.hearing_on) for one in scheduled.hearings] == ["2025-08-20", "2025-08-31", "2025-09-09"] and not scheduled.custody
        told.tell("dji", "custody-started", {"skn": "S1", "pn": PNS[0], "from": "2025-08-02"})
        assert told.answer(asks(told, PROCEEDINGS)).custody
        told.tell("dji", "custody-ended", {"pn": PNS[0], "released_on": "2025-08-03"})
        again = told.answer(asks(told, PROCEEDINGS))
        assert not again.custody
        # The course of a case is no judicial documentation: nothing of it is handed out, and what was handed out reads the same.
        assert again.lines() == found.lines() and "process" not in str(again.set())


def test_a_request_is_found_by_its_own_id_and_by_that_of_its_message() -> None:
    with fresh("memory") as node:
        told = begun(node)
        position = asks(told, FULL)
        assert told.disclosing.request("R1").position == position == told.disclosing.request("ind-1", FEEDS["ind"]).position
        other = told.tell("ind", "disclosure-requested", request("R1", FULL, skn="S2"))
        with pytest.raises(Usage, match="one of 2 requests: ind-1 of urn"):
            told.disclosing.request("R1")
        assert told.disclosing.request("ind-2").position == other
        for unknown in ("R9", "gps-1"):
            with pytest.raises(NotSo, match="no request for disclosure"):
                told.disclosing.request(unknown)
        retraction = {"retracts": {"source": FEEDS["ind"], "id": "ind-1"}, "ground": "x"}
        told.tell("ind", "message-retracted", retraction)
        with pytest.raises(NotSo, match="does not stand"):
            told.disclosing.give(position, NOTHING, ON, by="x")


def extract(told: Telling, skn: str, bsn: str, pn: str, hearing: str | None, *, locked: bool) -> int:
    """An extract about somebody with a case, of which the verdict comes later."""
    number = skn.removeprefix("S")
    told.tell("skdb", "person-registered", person(skn, bsn))
    told.tell("gps", "case-registered", case(pn, skn, 1, 2))
    if hearing is not None:
        told.tell("gps", "summons-issued", {"pn": pn, "charges": [2], "hearing_on": hearing})
    if locked:
        prison = {"sentence": "1", "kind": "imprisonment", "months": 2}
        of_second = [{"charge": 2, "verdict": "convicted"}]
        told.tell("grip", "judgment-given", judgment(f"P{number}", pn, sentences=[prison], verdicts=of_second))
        told.tell("grip", "judgment-final", {"judgment": f"P{number}", "final_on": "2025-07-05"})
        told.tell("cjib", "sentence-started", {"judgment": f"P{number}", "sentence": "1", "started_on": "2025-07-06"})
    position = told.tell("ind", "disclosure-requested", request(f"X{number}", PROCEEDINGS, skn=skn))
    told.disclosing.give(position, NOTHING, ON, by="x")
    return position


def test_extracts_that_read_differently_are_told_to_court_and_prosecution_the_nearest_hearing_first_and_then_custody() -> None:
    with fresh("memory") as node:
        told = Telling(node)
        late = extract(told, "S1", BSNS[0], PNS[0], "2025-09-30", locked=False)
        soon = extract(told, "S2", BSNS[1], PNS[1], "2025-09-01", locked=False)
        free = extract(told, "S3", BSNS[2], PNS[2], None, locked=False)
        locked = extract(told, "S4", "999990032", "10/000004-25", None, locked=True)
        desk = told.disclosing.desk()
        desk.step(ON)
        assert desk.work(ON) == []
        for number, pn in enumerate((*PNS, "10/000004-25"), 1):
            told.tell("grip", "judgment-given", judgment(f"J{number}", pn))
        assert desk.step(ON)["differences"] == 4
        work = desk.work(ON)
        assert [one.difference.request for one in work] == [soon, late, locked, free]
        assert {one.difference.to for one in work} == {("court", "OM")}
        assert [(str(one.hearing_on), one.custody) for one in work[1:3]] == [("2025-09-30", False), ("None", True)]
        # The hearing of September is over by October.
        assert [one.difference.request for one in desk.work(date(2025, 9, 15))] == [late, locked, soon, free]
        (_, came) = ((fact["charge"]["outcome"] for fact in work[0].differs()[sort] if "charge" in fact) for sort in ("gone", "came"))
        assert list(came) == ["convicted"]


def test_a_difference_is_told_once_and_closed_by_a_person_on_a_ground() -> None:
    with fresh("memory") as node:
        told = begun(node)
        position, refused = asks(told, FULL), asks(told, FULL, requester="private-employer")
        for one in (position, refused):
            told.disclosing.give(one, NOTHING, ON, by="x")
        desk = told.disclosing.desk()
        with pytest.raises(NotSo, match="no difference in the request"):
            desk.close(position, by="x", ground="g")
        amended = {"pn": PNS[0], "charges": [charge(2, "Sr 311")]}
        told.tell("gps", "charges-amended", amended)
        assert desk.step(ON)["differences"] == 1
        assert [(one.difference.request, one.difference.to) for one in desk.work(ON)] == [(position, ("IND",))]
        assert (desk.step(ON)["position"], told.disclosing.desk().step(ON)["position"]) == (None, None)
        desk.close(position, by="x", ground="g")
        assert desk.work(ON) == []
        # It turns back: what the receiver was told last is no longer so.
        told.tell("gps", "message-retracted", {"retracts": {"source": FEEDS["gps"], "id": "gps-2"}, "ground": "x"})
        assert desk.step(ON)["differences"] == 1
        (work,) = desk.work(ON)
        assert [one["charge"]["article"] for one in work.differs()["came"]] == ["Sr 310"]
        # Who is answered anew holds what it was answered.
        told.disclosing.give(position, NOTHING, ON, by="y")
        assert desk.work(ON) == [] and desk.step(ON)["position"] is None


@pytest.mark.parametrize(
    ("more", "supplied", "says"),
    [
        ({"requester": "private-employer"}, Supplied(role="court"), "--role"),
        ({"purpose": "passport"}, Supplied(purpose="aliens-law"), "--purpose"),
        ({"requester": "police", "mandate": "COA"}, Supplied(purpose="aliens-law"), "--purpose"),
        ({"requester": "police", "mandate": "private-employer"}, Supplied(mandate_of="IND"), "--mandate-of"),
        ({"consent": False}, Supplied(consent=True), "--consent"),
        ({"requester": "Stichting X"}, Supplied(mandate_of="IND"), "names no mandate"),
        ({"requester": "Stichting X", "mandate": False}, Supplied(mandate_endless=True), "names no mandate"),
    ],
)
def test_what_whoever_answers_tells_never_takes_the_place_of_what_the_request_says(
    more: dict[str, Any], supplied: Supplied, says: str
) -> None:
    with fresh("memory") as node:
        told = begun(node)
        before, position = node.position, asks(told, FULL, **more)
        for tell in (lambda: told.disclosing.give(position, supplied, ON, by="x"), lambda: told.disclosing.looked(position, supplied, ON)):
            with pytest.raises(Usage, match=says):
                tell()
        assert node.position == before + 1
        # An act of before that stands in the journal is read on, and what the request says counts.
        assert told.answer(position, supplied).how == told.answer(position, NOTHING).how


def test_a_contradiction_that_speaks_of_anybody_else_is_in_no_disclosure() -> None:
    with fresh("memory") as node:
        told = begun(node)
        told.tell("skdb", "person-registered", person("S2", BSNS[1]))
        for skn, number in (("S2", PNS[1]), ("S2", PNS[0]), ("S1", PNS[1]), ("S2", PNS[1])):
            told.tell("gps", "case-registered", case(number, skn, 1))
        told.tell("gps", "case-registered", case(PNS[0], "S1", 1))
        position = asks(told, FULL)
        found = told.answer(position).set()
        assert found is not None
        shown = {one["prosecution_number"] for one in found["cases"]}
        assert {one["detail"] for one in node.person("S1")["contradictions"]} == {f"case {pn} was registered again" for pn in PNS[:2]}
        assert shown == {PNS[0]} and {one["detail"] for one in found["contradictions"]} == {f"case {PNS[0]} was registered again"}
        reported = Inspecting(node).report("S1", ON)["contradictions"]
        assert reported == found["contradictions"]


def test_without_a_ground_any_more_nobody_is_told_and_somebody_looks() -> None:
    with fresh("memory") as node:
        told = begun(node)
        position = asks(told, FULL, requester="police", mandate="IND")
        until = Supplied(mandate_from=date(2025, 1, 1), mandate_until=date(2025, 9, 1))
        told.disclosing.give(position, until, ON, by="x")
        told.tell("gps", "charges-amended", {"pn": PNS[0], "charges": [charge(2, "Sr 311")]})
        told.disclosing.desk().step(date(2025, 9, 1))
        (work,) = told.disclosing.desk().work(date(2025, 9, 1))
        assert work.difference.to == ()


def test_what_was_erased_is_no_difference_and_hides_none() -> None:
    with fresh("memory") as node:
        told = begun(node)
        position = asks(told, FULL)
        told.disclosing.give(position, NOTHING, ON, by="x")
        desk = told.disclosing.desk()
        node.erase_message(3, None, by="x", ground="g")
        assert desk.step(ON)["differences"] == 0
        told.tell("gps", "charges-amended", {"pn": PNS[0], "charges": [charge(2, "Sr 311")]})
        assert desk.step(ON)["differences"] == 1


@pytest.mark.parametrize("whom", ["S1", None])
def test_a_request_that_was_wrong_itself_is_found_too(whom: str | None) -> None:
    """Corrected to be about somebody else, it was somebody else's record that was handed out; retracted, nobody's should have been."""
    with fresh("memory") as node:
        told = begun(node)
        told.tell("skdb", "person-registered", person("S2", BSNS[1]))
        position = told.tell("ind", "disclosure-requested", request("R1", FULL, skn="S2"))
        told.disclosing.give(position, NOTHING, ON, by="x")
        desk = told.disclosing.desk()
        desk.step(ON)
        named = {"source": FEEDS["ind"], "id": "ind-1"}
        if whom is None:
            told.tell("ind", "message-retracted", {"retracts": named, "ground": "x"})
        else:
            told.tell("ind", "message-corrected", {"corrects": named, "data": request("R1", FULL, skn=whom)})
        assert desk.step(ON)["differences"] == 1
        (work,) = desk.work(ON)
        assert (work.before.how, work.now.how) == ("given", "no-request" if whom is None else "given")
        assert work.difference.to == (() if whom is None else ("IND",))
        assert work.differs()["gone"]


def test_what_stood_under_another_version_is_looked_at_as_well() -> None:
    """A case corrected to another number of somebody else, and then retracted by its first name: nothing else leads to whom it was of."""
    with fresh("memory") as node:
        told = Telling(node)
        for number, skn in enumerate(("S1", "S2")):
            told.tell("skdb", "person-registered", person(skn, BSNS[number]))
        told.tell("gps", "case-registered", case(PNS[0], "S1", 1))
        named = {"source": FEEDS["gps"], "id": "gps-1"}
        told.tell("gps", "message-corrected", {"corrects": named, "data": case(PNS[1], "S2", 1)})
        position = told.tell("ind", "disclosure-requested", request("R1", FULL, skn="S2"))
        found, _, _ = told.disclosing.give(position, NOTHING, ON, by="x")
        assert charges(found) == [f"{PNS[1]}#1"]
        desk = told.disclosing.desk()
        desk.step(ON)
        told.tell("gps", "message-retracted", {"retracts": named, "ground": "x"})
        assert desk.step(ON)["differences"] == 1
