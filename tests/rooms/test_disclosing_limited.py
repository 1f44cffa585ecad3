"""Whoever may have the limited set alone gathers nothing else: an answer without a conviction reads as one about somebody unknown."""

from datetime import date
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from hervat.consumers.disclosure.answer import Answer
from hervat.consumers.disclosure.handed import for_the_operator, handed_out
from hervat.consumers.disclosure.listed import REQUESTED
from hervat.disclosing import Disclosing, why_not
from tests.rooms import certified as complete
from tests.rooms.messages import BSNS, PNS
from tests.rooms.nodes import THOROUGH, at, fresh
from tests.rooms.requested import LIMITED, NOBODY, case, judgment, person, request, requested_sets
from tests.rooms.test_disclosing import BEFORE, NOTHING, ON, Telling, asks, begun


def read(found: Answer) -> dict[str, Any]:
    """What its receiver reads, without what names the request; a receipt names it as well."""
    handed = handed_out(found)
    return handed | {"request": None, "receipts": len(handed["receipts"])}


@given(messages=requested_sets(whole=True), data=st.data())
@THOROUGH
def test_an_answer_without_a_conviction_reads_as_one_about_somebody_unknown(messages: list[bytes], data: st.DataObject) -> None:
    messages = data.draw(st.permutations(messages))
    with fresh("memory") as node:
        at(node, BEFORE)
        disclosing = Disclosing(node)
        while messages:
            size = data.draw(st.integers(4, 12))
            node.receive(messages[:size])
            messages = messages[size:]
            found = [disclosing.answer(row.position, NOTHING, ON) for row in node.store.of_kind(REQUESTED, node.position)]
            empty = [one for one in found if one.is_limited and why_not(one) is None and not one.disclosed]
            for nobody in [one for one in empty if one.request is not None and one.request.skn == NOBODY]:
                for one in [each for each in empty if ground(each) == ground(nobody)]:
                    event(f"{one.how}, {'something' if one.blind != nobody.blind else 'nothing'} about the person")
                    assert one.lines() == nobody.lines()
                    assert read(one) == read(nobody)


def ground(found: Answer) -> tuple[Any, ...]:
    """On what an answer rests but for whom it is about."""
    request = found.request
    return () if request is None else (request.article, request.purpose, request.requester, request.mandate, request.consent)


def pending(told: Telling) -> None:
    told.tell("gps", "case-registered", case(PNS[0], "S1", 1))


def held(told: Telling) -> None:
    """It is moved to somebody whom nobody registered yet."""
    told.tell("gps", "case-registered", case(PNS[0], "S1", 1))
    moved = {"pn": PNS[0], "from": "S1", "to": "S7", "decided_on": "2025-07-05", "ground": "x"}
    assert told.send("gps", "case-reattributed", moved)["held"] == 1


def refused(told: Telling) -> None:
    assert told.send("gps", "case-registered", case(PNS[0], "S1"))["refused"] == 1


@pytest.mark.parametrize("what", [pending, held, refused])
def test_that_something_is_pending_held_or_refused_about_somebody_stays_here(what: Any) -> None:
    with fresh("memory") as node:
        told = Telling(node)
        told.tell("skdb", "person-registered", person("S1", BSNS[0]))
        what(told)
        known, unknown = asks(told, LIMITED), told.tell("ind", "disclosure-requested", request("R2", LIMITED, skn=NOBODY))
        answers = [told.answer(position) for position in (known, unknown)]
        assert read(answers[0]) == read(answers[1])
        assert read(answers[0])["how"] == "given" and read(answers[0])["set"] == {"convictions": []}
        assert [for_the_operator(one)["how"] for one in answers] == ["given", "unknown"]


def test_that_the_register_knows_somebody_by_now_is_no_difference_to_tell() -> None:
    with fresh("memory") as node:
        told = begun(node)
        position = told.tell("ind", "disclosure-requested", request("R1", LIMITED, skn="S2"))
        found, _, _ = told.disclosing.give(position, NOTHING, ON, by="x")
        assert found.how == "unknown"
        told.tell("skdb", "person-registered", person("S2", BSNS[1]))
        told.tell("gps", "case-registered", case(PNS[1], "S2", 1))
        assert told.disclosing.desk().step(ON)["differences"] == 0
        told.tell("grip", "judgment-given", judgment("J2", PNS[1]))
        told.tell("grip", "judgment-final", {"judgment": "J2", "final_on": "2025-07-06"})
        assert told.disclosing.desk().step(ON)["differences"] == 1


def test_a_blind_source_is_told_only_where_it_is_blind_for_anybody() -> None:
    """Every source is complete, and one has something held about the person."""
    (begun_case,) = complete.case(1, date(2025, 9, 1), "registered")
    moved = {"pn": "10/000001-25", "from": "S1", "to": "S7", "decided_on": "2025-09-20", "ground": "x"}
    raws = complete.all_of(complete.sealed([complete.registered(), begun_case, ("gps", "case-reattributed", moved)]))
    with fresh("memory") as node:
        told = Telling(node)
        assert node.receive(raws)["held"] == 1
        positions = [told.tell("ind", "disclosure-requested", request("R1", LIMITED, bsn=complete.BSN))]
        positions.append(told.tell("ind", "disclosure-requested", request("R2", LIMITED, skn=NOBODY)))
        known, unknown = (told.answer(position, on=complete.ON) for position in positions)
        assert (for_the_operator(known)["blind"], read(known)["blind"]) == ([complete.FEEDS["gps"]], [])
        assert read(known) == read(unknown)
        assert for_the_operator(known)["horizon"]["held"] == 1 and read(known)["horizon"]["held"] == 0
