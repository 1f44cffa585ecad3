"""Requests to correct: what may be asked, until when an answer is due, and which message may end one."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.consumers.subject.correcting import ASKED, Correcting
from hervat.errors import NotSo, Usage
from hervat.journal.entry import open_entry
from hervat.law.book import replay
from hervat.law.holidays import Holidays, moved, weeks_after
from hervat.law.subject import correction
from hervat.law.value import Outcome
from tests.rooms.messages import BSNS, FEEDS, PNS, charge
from tests.rooms.nodes import KEPT, KEYS, at, fresh
from tests.rooms.requested import FULL, case, judgment, person, request
from tests.rooms.test_disclosing import BEFORE, NOTHING, Telling, begun

ASKED_ON, ON = date(2025, 8, 20), date(2025, 8, 25)
CASE = 2
BY = {"by": "a. clerk", "ground": "g"}


def desk(told: Telling) -> Correcting:
    return Correcting(told.node.store, KEYS, told.node.decide)


def ask(told: Telling, message: int = CASE, charge: int | None = 2) -> int:
    at(told.node, ASKED_ON)
    return int(desk(told).ask(message, charge, "the article is another", ASKED_ON, by="a. clerk")["position"])


def amended(number: int = 1, feed: str = "gps") -> dict[str, str]:
    return {"source": FEEDS[feed], "id": f"{feed}-{number}"}


@pytest.mark.parametrize(
    ("asked_on", "last_day"),
    [
        (date(2025, 8, 20), date(2025, 9, 17)),
        (date(2025, 8, 23), date(2025, 9, 22)),
        (date(2025, 11, 27), date(2025, 12, 29)),
        (date(2025, 3, 24), date(2025, 4, 22)),
        (date(2026, 3, 30), date(2026, 4, 28)),
    ],
    ids=["a Wednesday", "a Saturday", "Christmas, then a weekend", "Easter Monday", "King's day"],
)
def test_an_answer_is_due_in_four_weeks_past_weekends_and_holidays(asked_on: date, last_day: date) -> None:
    found = correction(asked_on, on=asked_on)
    assert found.value is not None and found.value.last_day == last_day and found.outcome is Outcome.YES
    assert "weeks" in found.unverified and replay(found.receipt()) == found.receipt()
    assert correction(asked_on, on=last_day).outcome is Outcome.YES
    assert correction(asked_on, on=date.fromordinal(last_day.toordinal() + 1)).outcome is Outcome.NO


FREE = st.sets(st.tuples(st.integers(1, 12), st.integers(1, 28)), max_size=20)


@given(day=st.dates(date(2000, 1, 1), date(9999, 12, 31)), weeks=st.integers(0, 9), free=FREE)
def test_a_term_ends_on_a_day_on_which_one_can_answer_and_no_later_than_it_must(day: date, weeks: int, free: set[tuple[int, int]]) -> None:
    holidays = Holidays(tuple(free), (1,))
    found = weeks_after(day, weeks, holidays)
    assert found.last_day >= found.counted_to >= day
    passed = [date.fromordinal(one) for one in range(found.counted_to.toordinal(), found.last_day.toordinal())]
    assert all(one.isoweekday() > 5 or one in holidays for one in passed)
    assert found.last_day == date.max or (found.last_day.isoweekday() <= 5 and found.last_day not in holidays)
    assert moved(found.last_day, holidays) == found.last_day


def test_a_request_is_taken_in_about_a_message_and_a_charge_that_are_there() -> None:
    with fresh("memory") as node:
        told = begun(node)
        position = ask(told)
        act = open_entry(KEYS, node.store.entries_at([position])[position]).payload.decode()
        assert "S1" not in act and PNS[0] not in act
        (work,) = desk(told).work(ON)
        assert (work.position, work.asked.message, work.asked.charge, work.last_day) == (position, CASE, 2, date(2025, 9, 17))
        for nothing in (position, 99, 0):
            with pytest.raises(NotSo, match="lies no message"):
                ask(told, nothing, None)
        with pytest.raises(Usage, match="has the charges 1, 2"):
            ask(told, CASE, 3)
        with pytest.raises(Usage, match="has no charges"):
            ask(told, 1, 1)
        assert len(node.store.acts(ASKED, node.position)) == 1


def corrected(told: Telling) -> int:
    data = {**case(PNS[0], "S1"), "charges": [charge(1), charge(2, "Sr 311")]}
    return told.tell("gps", "message-corrected", {"corrects": amended(), "data": data})


def corrected_twice(told: Telling) -> int:
    corrected(told)
    data = {**case(PNS[0], "S1"), "charges": [charge(1), charge(2, "Sr 312")]}
    return told.tell("gps", "message-corrected", {"corrects": amended(2), "data": data})


def moved_to_another(told: Telling) -> int:
    told.tell("skdb", "person-registered", person("S2", BSNS[1]))
    return told.tell("gps", "case-reattributed", {"pn": PNS[0], "from": "S1", "to": "S2", "decided_on": "2025-08-21", "ground": "x"})


def of_another_case(told: Telling) -> int:
    told.tell("gps", "case-registered", case(PNS[1], "S1", 1))
    return told.tell("gps", "case-reattributed", {"pn": PNS[1], "from": "S1", "to": "S1", "decided_on": "2025-08-21", "ground": "x"})


def of_another_message(told: Telling) -> int:
    return told.tell("grip", "message-corrected", {"corrects": amended(1, "grip"), "data": judgment("J1", PNS[0], "acquitted")})


def no_amendment(told: Telling) -> int:
    return told.tell("gps", "charges-amended", {"pn": PNS[0], "charges": [charge(2, "Sr 311")]})


def retracted_itself(told: Telling) -> int:
    position = corrected(told)
    told.tell("gps", "message-retracted", {"retracts": amended(2), "ground": "x"})
    return position


RIGHT = [corrected, corrected_twice, moved_to_another]
WRONG = [of_another_case, of_another_message, no_amendment, retracted_itself, lambda told: CASE, lambda told: 99]


@pytest.mark.parametrize("engine", KEPT)
@pytest.mark.parametrize("by", RIGHT)
def test_it_is_ended_by_what_corrected_that_very_message(by: Any, engine: str) -> None:
    with fresh(engine) as node:
        told = begun(node)
        position = ask(told)
        ended = desk(told).end(position, "corrected", by(told), ON, **BY)
        assert ended["how"] == "corrected" and desk(told).work(ON) == []
        with pytest.raises(NotSo, match="no request to correct is open"):
            desk(told).end(position, "refused", None, ON, **BY)
        assert node.verify().ok


@pytest.mark.parametrize("by", WRONG)
def test_nothing_else_ends_it_as_corrected(by: Any) -> None:
    with fresh("memory") as node:
        told = begun(node)
        position = ask(told)
        with pytest.raises(NotSo, match="at position"):
            desk(told).end(position, "corrected", by(told), ON, **BY)
        assert [one.position for one in desk(told).work(ON)] == [position]


def test_two_persons_who_were_taken_for_one_are_put_right_by_the_split_of_that_very_merge() -> None:
    with fresh("memory") as node:
        told = begun(node)
        told.tell("skdb", "person-registered", person("S2", BSNS[1]))
        merged = {"kept": "S1", "merged": "S2", "decided_on": "2025-07-05", "ground": "x"}
        first, second = told.tell("skdb", "persons-merged", merged), told.tell("skdb", "persons-merged", merged)
        position = ask(told, first, None)
        undone = {"undoes": amended(4, "skdb"), "decided_on": "2025-08-21", "ground": "x"}
        assert second == first + 1 and amended(4, "skdb")["id"] == "skdb-4"
        with pytest.raises(NotSo, match="no correction, retraction, split or re-attribution"):
            desk(told).end(position, "corrected", told.tell("skdb", "persons-split", undone), ON, **BY)
        right = told.tell("skdb", "persons-split", undone | {"undoes": amended(3, "skdb")})
        assert desk(told).end(position, "corrected", right, ON, **BY)["how"] == "corrected"


def test_what_came_before_it_was_asked_for_did_not_correct_it() -> None:
    """What stood then is what is said to be wrong."""
    with fresh("memory") as node:
        told = begun(node)
        before = corrected(told)
        position = ask(told)
        with pytest.raises(NotSo, match=f"came on {BEFORE}, before the request, of {ASKED_ON}"):
            desk(told).end(position, "corrected", before, ON, **BY)
        assert [one.position for one in desk(told).work(ON)] == [position]


def test_it_is_refused_on_a_ground_and_the_most_urgent_is_first() -> None:
    with fresh("memory") as node:
        told = begun(node)
        late = int(desk(told).ask(CASE, None, "x", date(2025, 8, 22), by="x")["position"])
        soon = ask(told)
        assert [one.position for one in desk(told).work(ON)] == [soon, late]
        assert [one.due.outcome for one in desk(told).work(date(2025, 9, 18))] == [Outcome.NO, Outcome.YES]
        for how, message in (("refused", CASE), ("corrected", None)):
            with pytest.raises(Usage, match="as corrected by a message, or as refused"):
                desk(told).end(soon, how, message, ON, **BY)  # type: ignore[arg-type]
        with pytest.raises(Usage, match="lies before the day of the request"):
            desk(told).end(soon, "refused", None, date(2025, 8, 19), **BY)
        desk(told).end(soon, "refused", None, ON, **BY)
        assert [one.position for one in desk(told).work(ON)] == [late]


def test_what_was_handed_out_before_the_correction_opens_by_itself() -> None:
    with fresh("memory") as node:
        told = begun(node)
        given_to = told.tell("ind", "disclosure-requested", request("R1", FULL, skn="S1"))
        told.disclosing.give(given_to, NOTHING, ASKED_ON, by="x")
        position = ask(told)
        again = told.disclosing.desk()
        assert again.step(ON)["differences"] == 0
        desk(told).end(position, "corrected", corrected(told), ON, **BY)
        assert again.step(ON)["differences"] == 1
        (work,) = again.work(ON)
        assert [one["charge"]["article"] for one in work.differs()["came"]] == ["Sr 311"]
