"""What retention removed and its source registers once more is not told twice: told is only what was not there."""

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.consumers.retention.desk import WAITING
from hervat.consumers.screening.worklist import Work
from hervat.screening import screening_of, work_list_of
from tests.rooms.kept import FEEDS, LIGHT, Feeds, charge, pn
from tests.rooms.nodes import at, fresh
from tests.rooms.test_retention_run import DAY, DONE, JUDGED, ON, forecast, run

BSN = "999990019"
PRK = "urn:nld:oin:00000099000000007000:systeem:prk"
SAME, OTHER = ("case", "judgment", "final"), ("other charge", "amended")


@pytest.fixture(autouse=True)
def population() -> Iterator[None]:
    """The register of persons sends as well."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(FEEDS, "prk", PRK)
        yield


def begun() -> Feeds:
    """Somebody who is screened, with a case of which the term is over."""
    feeds = Feeds()
    feeds.tell("skdb", "person-registered", skn="S1", identity={"set": "1", "surname": "A", "bsn": BSN})
    feeds.tell("prk", "screening-enrolled", enrolment="E1", sector="childcare", bsn=BSN, from_=str(DONE - DAY))
    tell(feeds, "case")
    tell(feeds, "judgment")
    tell(feeds, "final")
    return feeds


def tell(feeds: Feeds, what: str) -> None:
    """Once more the same, or something that was not there: a second charge."""
    old, new = charge(1, DONE, maximum={"years": 4}), charge(2, DONE, "Sr 300", maximum={"years": 2})
    if what == "judgment":
        feeds.judgment(1, JUDGED, {1: "convicted"}, LIGHT)
    elif what == "final":
        feeds.tell("grip", "judgment-final", judgment="j1", final_on=str(JUDGED + 15 * DAY))
    elif what == "amended":
        feeds.tell("gps", "charges-amended", pn=pn(1), charges=[new])
    else:
        feeds.case(1, "S1", DONE, [old, new] if what == "other charge" else [old])


def receive(node: Node, feeds: Feeds, until: str) -> None:
    feeds.close(until)
    node.receive(feeds.all)


def delivered(node: Node, on: date) -> int:
    """How many signals a step delivers; both computations agree after it."""
    count = screening_of(at(node, on)).step(on)["delivered"]
    checked = screening_of(node).check()
    assert checked.ok, checked.difference
    return int(count)


def removed(node: Node, feeds: Feeds) -> None:
    at(node, ON - DAY)
    receive(node, feeds, "2200-01-01")
    assert delivered(node, ON - DAY) == 3
    forecast(node, ON - DAY)
    run(node, ON)
    assert run(node, ON + WAITING)["remove"]["charges"] == {"misdrijf": 1}
    assert delivered(node, ON + WAITING) == 0


@given(again=st.lists(st.sampled_from((*SAME, *OTHER)), min_size=1, max_size=5))
def test_what_is_told_once_more_after_its_removal_is_told_to_nobody_and_what_was_not_there_once(again: list[str]) -> None:
    with fresh("memory") as node:
        feeds, day, told = begun(), ON + WAITING, 0
        removed(node, feeds)
        for number, what in enumerate(again):
            tell(feeds, what)
            receive(node, feeds, f"{2210 + number}-01-01")
            day += DAY
            told += delivered(node, day)
        # A charge that is added to a case which nobody registers now is of nobody.
        registered = "case" in again or "other charge" in again
        assert told == again.count("other charge") + (again.count("amended") if registered else 0)
        event(f"{told} told of {len(again)}")
        listed = [one for one in work(node) if one.now is not None]
        assert [[charge.charge for charge in one.now.charges] for one in listed if one.now is not None] == [[2]] * told


def work(node: Node) -> list[Work]:
    told = screening_of(node).told()
    return list(work_list_of(node).open(told.last, told.told_at, {}))
