"""A run of retention: what is due is hidden at once and removed later; what the breaker stops; and never more than what is due."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.consumers.retention import breaker, restated
from hervat.consumers.retention.desk import WAITING
from hervat.consumers.retention.recompute import Due, Place
from hervat.errors import NotSo
from hervat.intake.ceilings import Ceiling
from hervat.intake.partnering import Wish
from hervat.kinds import CaseDismissed
from hervat.register.fold import fold
from hervat.register.groups import chunks
from hervat.register.hiding import nothing
from hervat.register.reading import Reading
from hervat.retaining import desk_of
from tests.rooms.kept import FEEDS, LIGHT, SKNS, Feeds, charge, histories, pn
from tests.rooms.nodes import EMBEDDED, FEW, at, fresh
from tests.rooms.test_retention import weighed

ON = date(2026, 1, 1)
DAY = timedelta(days=1)
DONE, JUDGED = date(1990, 1, 1), date(1990, 6, 1)
WHO = {"by": "a test", "ground": "the law"}


@pytest.fixture
def node() -> Iterator[Node]:
    with fresh("sqlite") as opened:
        yield at(opened, ON - DAY)


THEFT, RAPE = "Sr 310", "Sr 242"


def judged(*articles: str) -> Feeds:
    """A person with a case for each article, judged on one day: of theft the term is over, of rape it is not."""
    feeds = Feeds()
    feeds.person("S1")
    for number, article in enumerate(articles, 1):
        feeds.case(number, "S1", DONE, [charge(1, DONE, article, maximum={"years": 4})])
        feeds.judgment(number, JUDGED, {1: "convicted"}, LIGHT)
    feeds.close()
    return feeds


def run(node: Node, on: date, *, dry: bool = False) -> dict[str, Any]:
    return desk_of(at(node, on)).run(on, **WHO, dry=dry)


def forecast(node: Node, on: date) -> None:
    desk_of(at(node, on)).record_forecast(on, **WHO)


def cases(node: Node, skn: str = "S1", **when: Any) -> list[str]:
    return [case["prosecution_number"] for case in node.person(skn, **when)["cases"]]


def test_what_is_due_is_hidden_at_once_and_removed_after_the_waiting_time(node: Node) -> None:
    node.receive(judged(THEFT, RAPE).all)
    forecast(node, ON - DAY)
    assert run(node, ON, dry=True)["hide"]["charges"] == {"misdrijf": 1}
    before = node.position
    hidden = run(node, ON)
    assert (hidden["stopped"], hidden["hidden_at"], hidden["removed_at"]) == ([], [before + 1], None)
    assert cases(node) == [pn(2)]
    assert cases(node, position=before) == [pn(1), pn(2)]
    digest = node.digest()
    assert run(node, ON + WAITING - DAY)["waiting"]["charges"] == {"misdrijf": 1}
    removed = run(node, ON + WAITING)
    assert removed["remove"]["charges"] == {"misdrijf": 1}
    assert len(removed["erasure"]["erased"]) == 2
    assert node.digest() == digest
    assert cases(node, position=before) == [pn(2)]
    assert node.verify().ok
    again = run(node, ON + WAITING + DAY)
    assert (again["stopped"], again["hide"]["charges"], again["remove"]["charges"]) == ([], {}, {})


def test_a_dismissal_that_hides_goes_through_the_same_gate(node: Node) -> None:
    feeds = Feeds()
    feeds.person("S1")
    feeds.case(1, "S1", DONE, [charge(1, DONE), charge(2, DONE)])
    feeds.tell("gps", "case-dismissed", pn=pn(1), charges=[1], code="01", conditional=False, decided_on="2025-12-01")
    feeds.close()
    node.receive(feeds.all)
    forecast(node, ON - DAY)
    digest = node.digest()
    assert run(node, ON)["hide"]["charges"] == {"dismissal": 1}
    assert node.digest() == digest
    found = run(node, ON + WAITING)
    assert (found["together"]["charges"], found["remove"]["charges"]) == ({"dismissal": 1}, {})
    assert node.digest() == digest
    assert [one["charge"] for one in node.person("S1")["cases"][0]["charges"]] == [2]


def test_what_comes_late_and_lengthens_the_term_brings_it_back_at_once(node: Node) -> None:
    feeds = judged(THEFT)
    node.receive(feeds.all)
    forecast(node, ON - DAY)
    run(node, ON)
    assert cases(node) == []
    digest = node.digest()
    feeds.case(2, "S1", date(2009, 1, 1), [charge(1, date(2009, 1, 1), maximum={"years": 4})])
    feeds.judgment(2, date(2009, 6, 1), {1: "convicted"}, LIGHT)
    node.receive(feeds.all)
    assert cases(node) == [pn(1), pn(2)]
    assert node.digest() != digest
    feeds.close("2300-01-01")
    node.receive(feeds.all)
    found = run(node, ON + WAITING)
    assert (found["stopped"], found["back"]["charges"], found["remove"]["charges"]) == ([], {"misdrijf": 1}, {})


def test_what_was_removed_and_would_not_have_been_due_is_named(node: Node) -> None:
    feeds = judged(THEFT)
    node.receive(feeds.all)
    forecast(node, ON - DAY)
    run(node, ON)
    run(node, ON + WAITING)
    feeds.case(2, "S1", date(1990, 1, 1), [charge(1, DONE, maximum={"years": 4})])
    for instance, day in enumerate((date(1990, 6, 1), date(2010, 6, 1)), 2):
        feeds.case(instance + 1, "S1", day, [charge(1, DONE, maximum={"years": 4})])
        feeds.judgment(instance + 1, day, {1: "convicted"}, LIGHT)
    feeds.close("2300-01-01")
    node.receive(feeds.all)
    assert run(node, ON + WAITING, dry=True)["too_soon"] == []
    feeds.case(9, "S1", date(2009, 1, 1), [charge(1, date(2009, 1, 1), maximum={"years": 4})])
    feeds.judgment(9, date(2009, 6, 1), {1: "acquitted"}, [])
    feeds.close("2301-01-01")
    node.receive(feeds.all)
    (found,) = run(node, ON + WAITING, dry=True)["too_soon"]
    assert (found["charge"], str(found["removed_on"]), str(found["would_be_due_on"])) == (1, str(ON + WAITING), "2029-06-01")


def test_what_lengthens_the_term_of_another_is_hidden_and_not_removed(node: Node) -> None:
    """The death of the person ends the lighter one first, and the other would end sooner without it."""
    feeds = Feeds()
    feeds.person("S1")
    feeds.case(1, "S1", date(1990, 1, 1), [charge(1, date(1990, 1, 1), maximum={"years": 8})])
    feeds.judgment(1, date(1990, 6, 1), {1: "convicted"}, LIGHT)
    feeds.case(2, "S1", date(2009, 1, 1), [charge(1, date(2009, 1, 1), maximum={"years": 4})])
    feeds.judgment(2, date(2009, 6, 1), {1: "convicted"}, LIGHT)
    feeds.tell("skdb", "person-died", skn="S1", died_on="2012-01-01")
    feeds.close()
    node.receive(feeds.all)
    forecast(node, date(2026, 5, 1))
    assert run(node, date(2026, 6, 1))["hide"]["charges"] == {"misdrijf": 1}
    assert cases(node) == [pn(1)]
    found = run(node, date(2026, 6, 1) + WAITING)
    assert (found["rested_on"]["charges"], found["remove"]["charges"]) == ({"misdrijf": 1}, {})


OBSTACLES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "stock": (
        "grip",
        "stock-declared",
        {"kinds": ["judgment-given"], "from": "2025-12-01", "until": "2025-12-31", "count": 1, "counted_on": "2026-01-01"},
    ),
    "held": ("grip", "judgment-final", {"judgment": "of nobody", "final_on": "2019-01-01"}),
    "unreconciled": (
        "grip",
        "watermark",
        {"through_sequence": 2, "count": 2, "complete_until": "2200-01-01T00:00:00Z", "set_hash": "0" * 64},
    ),
}


@pytest.mark.parametrize("what", [*OBSTACLES, "gaps", "link", "complete"])
def test_while_the_register_is_not_whole_nothing_is_hidden(node: Node, what: str) -> None:
    feeds = judged(THEFT)
    node.receive(feeds.all)
    forecast(node, ON - DAY)
    if what == "link":
        node.ceiling(FEEDS["grip"], Ceiling(hold=True), by="a test", why="isolation")
    elif what == "complete":
        node.set_partner(FEEDS["execute"].split(":")[3], Wish(roles=()), by="a test", why="it executes no more")
    elif what == "gaps":
        feeds.person("S2")
        feeds.person("S3")
        node.receive(feeds.sent["skdb"][-1:])
    else:
        feed, kind, data = OBSTACLES[what]
        feeds.tell(feed, kind, **data)
        node.receive(feeds.all)
    before = node.position
    found = run(node, ON)
    assert what in {one["what"] for one in found["stopped"] if one["check"] == "horizon"}
    assert node.position == before
    assert cases(node) == [pn(1)]


def test_without_a_forecast_of_an_earlier_day_nothing_goes(node: Node) -> None:
    node.receive(judged(THEFT).all)
    assert [one["what"] for one in run(node, ON)["stopped"]] == ["none"]
    forecast(node, ON)
    assert [one["what"] for one in run(node, ON)["stopped"]] == ["day"]
    assert run(node, ON + DAY)["stopped"] == []


@pytest.mark.parametrize(("more", "stopped"), [(breaker.LEAST, 0), (breaker.LEAST + 1, 1)])
def test_where_more_is_due_than_was_forecast_nothing_goes(node: Node, more: int, stopped: int) -> None:
    feeds = judged(RAPE)
    node.receive(feeds.all)
    forecast(node, ON - DAY)
    for number in range(2, 2 + more):
        feeds.case(number, "S1", DONE, [charge(1, DONE, maximum={"years": 4})])
        feeds.judgment(number, JUDGED, {1: "convicted"}, LIGHT)
    feeds.close("2300-01-01")
    node.receive(feeds.all)
    found = run(node, ON)
    assert [(one["check"], one["forecast"], one["due"]) for one in found["stopped"]] == [("forecast", 0, more)] * stopped
    assert cases(node) == [pn(1), *(pn(number) for number in range(2, 2 + more) if stopped)]


def test_where_less_is_due_than_was_forecast_nothing_goes(node: Node) -> None:
    feeds = judged(*[THEFT] * (breaker.LEAST + 1), RAPE)
    node.receive(feeds.all)
    forecast(node, ON - DAY)
    feeds.case(20, "S1", date(2009, 1, 1), [charge(1, date(2009, 1, 1), maximum={"years": 8})])
    feeds.judgment(20, date(2009, 6, 1), {1: "convicted"}, LIGHT)
    feeds.close("2300-01-01")
    node.receive(feeds.all)
    assert [(one["check"], one["due"]) for one in run(node, ON)["stopped"]] == [("forecast", 0)]


def test_a_blind_register_gives_no_forecast_to_run_on(node: Node) -> None:
    node.receive(judged(THEFT).sent["skdb"])
    with pytest.raises(NotSo, match="not complete"):
        forecast(node, ON)


def test_where_the_two_computations_differ_nothing_goes(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    node.receive(judged(THEFT, THEFT).all)
    forecast(node, ON - DAY)
    monkeypatch.setitem(restated.VALUES["misdrijf"], "other", 99)
    before = node.position
    found = run(node, ON)
    assert [(one["check"], one["second"]) for one in found["stopped"]] == [("computations", None)] * 2
    assert node.position == before
    assert cases(node) == [pn(1), pn(2)]


def kept(node: Node) -> dict[tuple[str, int], bytes]:
    """Every charge that is still in the journal, with all that its person has, whether it is shown or not."""
    reading = Reading(node.store, node.store, node.keys)
    found = {}
    for rows in chunks(node.store, 1000):
        for person in fold(list(reading.messages(rows)), hide=nothing).persons:
            found |= {(case.prosecution_number, one.charge): one for case in person.cases for one in case.charges}
    return {key: repr(one).encode() for key, one in found.items()}


def second(node: Node, on: date) -> dict[Place, Due]:
    """What is due by the second computation alone."""
    return {place: due for _, part in desk_of(node).second(on) for place, due in part.items()}


def places(node: Node) -> dict[Place, tuple[str, int]]:
    return {(one.place, one.charge): (one.pn, one.charge) for one in weighed(node).values()}


@pytest.mark.parametrize("engine", EMBEDDED)
@given(feeds=histories(), on=st.dates(date(2020, 1, 2), date(2090, 1, 1)), data=st.data())
def test_what_is_removed_is_what_the_second_computation_says_is_due_and_never_more(
    engine: str, feeds: Feeds, on: date, data: st.DataObject
) -> None:
    ensure_removed_is_due(engine, feeds, on, data)


@pytest.mark.postgres
@FEW
@given(feeds=histories(), on=st.dates(date(2020, 1, 2), date(2090, 1, 1)), data=st.data())
def test_what_is_removed_on_a_server_is_what_is_due(feeds: Feeds, on: date, data: st.DataObject) -> None:
    ensure_removed_is_due("postgres", feeds, on, data)


def ensure_removed_is_due(engine: str, feeds: Feeds, on: date, data: st.DataObject) -> None:
    with fresh(engine) as node:
        at(node, on - DAY).receive(data.draw(st.permutations(feeds.all)))
        if any(row["held"] for row in node.horizon()):
            assert run(node, on)["obstacles"]
        else:
            forecast(node, on - DAY)
            due = second(node, on)
            named, before = places(node), kept(node)
            assert run(node, on)["obstacles"] == 0
            shown = node.digest()
            assert kept(node) == before
            later = on + WAITING
            then = second(node, later)
            assert due.keys() <= then.keys()
            found = run(node, later)
            assert found["obstacles"] == 0
            may = {named[place] for place, one in then.items() if place in due and not one.is_rested_on}
            kept_with = {pn for pn, number in before if (pn, number) not in may}
            gone = {(pn, number) for pn, number in may if pn not in kept_with}
            assert kept(node) == {key: one for key, one in before.items() if key not in gone}
            if due.keys() == then.keys():
                assert node.digest() == shown
            assert engine == "memory" or node.verify().ok
            event(f"gone: {len(gone)}")
            assert {skn for skn in SKNS if node.person(skn)["known"]} == set(SKNS)


@given(feeds=histories(), on=st.dates(date(2024, 1, 2), date(2060, 1, 1)), judged_on=st.dates(date(1980, 1, 1), date(2023, 1, 1)))
def test_after_a_late_message_what_is_hidden_is_what_was_due(feeds: Feeds, on: date, judged_on: date) -> None:
    """By the second computation, which knows nothing of what hides; and before the act everything is as it was."""
    with fresh("memory") as node:
        at(node, on - DAY).receive(feeds.all)
        if any(row["held"] for row in node.horizon()):
            event("something is held")
        else:
            forecast(node, on - DAY)
            before, shown_before = node.position, _shown(node)
            run(node, on)
            assert _shown(node, before) == shown_before
            hidden = {(one.place, one.charge) for one in desk_of(node).compared(on).due}
            named = places(node)
            for skn, number in zip(SKNS, (90, 91, 92), strict=True):
                feeds.case(number, skn, judged_on, [charge(1, judged_on, maximum={"years": 6})])
                feeds.judgment(number, judged_on, {1: "convicted"}, LIGHT)
            feeds.close("2300-01-01")
            node.receive(feeds.all)
            still = {named[place] for place in hidden & second(node, on).keys()}
            assert {key for key in kept(node) if key not in _shown(node)} == still | _dismissed(node)
            event(f"hidden: {len(hidden)}, still: {len(still)}")


def _shown(node: Node, position: int | None = None) -> set[tuple[str, int]]:
    found = [node.person(skn, position=position) for skn in SKNS]
    return {(case["prosecution_number"], one["charge"]) for each in found for case in each["cases"] for one in case["charges"]}


def _dismissed(node: Node) -> set[tuple[str, int]]:
    """What a dismissal hides, whatever was decided since."""
    reading = Reading(node.store, node.store, node.keys)
    rows = [row for chunk in chunks(node.store, 1000) for row in chunk]
    said = [one.data for one in reading.messages(rows) if isinstance(one.data, CaseDismissed)]
    return {(one.pn, number) for one in said if one.code in ("01", "09") for number in one.charges}
