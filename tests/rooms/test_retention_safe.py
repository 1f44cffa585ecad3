"""What retention does not destroy: each a history in which it once did, or hid too little of what went."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import pytest
import rfc8785

from hervat.assemble import Node
from hervat.consumers.removed import REMOVED
from hervat.consumers.retention.desk import WAITING
from hervat.emergency import Emergency
from hervat.errors import StoreFault, Usage
from hervat.intake.partnering import Wish
from hervat.journal.store import WHOLE
from hervat.retaining import desk_of
from hervat.stores import scrubbing
from tests.rooms.kept import FEEDS, LIGHT, Feeds, charge, pn
from tests.rooms.messages import set_hash
from tests.rooms.nodes import at, fresh
from tests.rooms.test_retention import weighed
from tests.rooms.test_retention_run import DAY, ON, WHO, cases, forecast, judged, run, second

THEFT = "Sr 310"
OTHER = "00000099000000099000"
DONE, JUDGED = date(1990, 1, 1), date(1990, 6, 1)


@pytest.fixture
def node() -> Iterator[Node]:
    with fresh("memory") as opened:
        yield at(opened, ON - DAY)


def removed(node: Node, feeds: Feeds) -> dict[str, Any]:
    """What the run says that removes, after one that hid."""
    node.receive(feeds.all)
    forecast(node, ON - DAY)
    run(node, ON)
    return run(node, ON + WAITING)


def said(node: Node, feeds: Feeds, number: int = 1) -> tuple[str, str]:
    """What both computations say of a charge."""
    at(node, ON).receive(feeds.all)
    assert list(desk_of(node).compared(ON).differences) == []
    one = weighed(node)[f"{pn(number)}#1"]
    return one.state, one.why


def test_a_run_is_of_today_and_a_forecast_of_a_day_that_has_come(node: Node) -> None:
    node.receive(judged(THEFT).all)
    with pytest.raises(Usage, match="lies after today"):
        desk_of(node).record_forecast(ON, **WHO)
    for day in (ON - 2 * DAY, ON):
        with pytest.raises(Usage, match="is of today"):
            desk_of(node).run(day, **WHO, dry=False)


def test_a_forecast_is_as_old_as_its_entry(node: Node) -> None:
    node.receive(judged(THEFT).all)
    desk_of(at(node, ON)).record_forecast(ON - WAITING, **WHO)
    assert [one["what"] for one in run(node, ON)["stopped"]] == ["day"]
    assert run(node, ON + DAY)["stopped"] == []


@pytest.mark.parametrize(("withdrawn", "state"), [(False, "running"), (True, "due")])
def test_an_appeal_that_lies_leaves_a_charge_open(node: Node, withdrawn: bool, state: str) -> None:
    feeds = judged(THEFT)
    feeds.tell("grip", "appeal-lodged", judgment="j1", remedy="appeal", by="defendant", lodged_on="1990-06-10")
    if withdrawn:
        feeds.tell("grip", "appeal-withdrawn", judgment="j1", withdrawn_on="1990-07-01")
    feeds.close("2300-01-01")
    assert said(node, feeds)[0] == state


def test_what_was_refused_and_a_conflict_stop_a_run(node: Node) -> None:
    feeds = judged(THEFT)
    feeds.case(2, "S1", date(2009, 1, 1), [charge(1, date(2009, 1, 1), maximum={"years": 8})])
    refused = feeds.judgment(2, date(2009, 6, 1), {1: "convicted"}, LIGHT, chamber="3")
    feeds.close("2300-01-01")
    node.receive(feeds.all)
    forecast(node, ON - DAY)
    assert [one["what"] for one in run(node, ON)["stopped"]] == ["refused"]
    other = msgspec.json.decode(feeds.sent["gps"][0])
    other["data"]["office"] = "Breda"
    node.receive([rfc8785.dumps(other)])
    assert [one["what"] for one in run(node, ON)["stopped"]] == ["refused", "conflicts"]
    assert cases(node) == [pn(1), pn(2)]
    feeds.tell("grip", "message-retracted", retracts=refused, ground="g")
    feeds.close("2301-01-01")
    node.receive(feeds.all)
    assert [one["what"] for one in run(node, ON)["stopped"]] == ["conflicts"]


def test_a_claim_about_days_to_come_counts_up_to_when_it_was_made(node: Node) -> None:
    feeds = Feeds()
    feeds.person("S1")
    feeds.case(1, "S1", date(2006, 1, 1), [charge(1, date(2006, 1, 1), maximum={"years": 4})])
    feeds.judgment(1, date(2006, 6, 1), {1: "convicted"}, LIGHT)
    feeds.close()
    node.receive(feeds.all)
    assert desk_of(node).seen().until == ON - DAY
    assert weighed(node, date(2026, 7, 1))[f"{pn(1)}#1"].why == "blind"
    assert second(node, date(2026, 7, 1)) == {}


def test_every_organisation_that_may_tell_is_heard(node: Node) -> None:
    node.receive(judged(THEFT).all)
    node.set_partner(OTHER, Wish(name="another court", roles=("court",)), by="t", why="w")
    assert desk_of(node).seen().against == (f"no source of {OTHER}",)
    assert second(node, ON) == {}


def test_a_source_goes_on_counting_when_it_may_tell_no_more(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    feeds = judged(THEFT)
    monkeypatch.setitem(FEEDS, "other", f"urn:nld:oin:{OTHER}:systeem:other")
    claim = {"through_sequence": 0, "count": 0, "complete_until": "1995-01-01T00:00:00Z", "set_hash": set_hash([])}
    feeds.tell("other", "watermark", **claim)
    node.set_partner(OTHER, Wish(name="another court", roles=("court",)), by="t", why="w")
    node.receive(feeds.all)
    node.set_partner(OTHER, Wish(roles=()), by="t", why="merged into another")
    assert desk_of(node).seen().until == date(1995, 1, 1)
    assert second(node, ON) == {}


@pytest.mark.parametrize("what", ["judged", "died"])
def test_days_that_cannot_be_say_nothing(node: Node, what: str) -> None:
    feeds = Feeds()
    feeds.person("S1")
    feeds.case(1, "S1", date(2025, 6, 1), [charge(1, date(2025, 6, 1), maximum={"years": 4})])
    if what == "judged":
        feeds.judgment(1, date(1906, 6, 1), {1: "convicted"}, LIGHT)
    else:
        feeds.tell("skdb", "person-died", skn="S1", died_on="2002-01-01")
    feeds.close()
    assert said(node, feeds) == ("unknown", "out-of-order")


def test_what_was_removed_is_told_though_scrubbing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise StoreFault("the disk is full")

    with fresh("sqlite") as node:
        at(node, ON - DAY).receive(judged(THEFT).all)
        forecast(node, ON - DAY)
        run(node, ON)
        monkeypatch.setattr(scrubbing, "scrub", full)
        erasure = run(node, ON + WAITING)["erasure"]
        assert (erasure["scrubbed"], erasure["hindrance"], erasure["pending"]) == ("pending", "the disk is full", [erasure["position"]])
        assert len(node.store.acts(REMOVED, node.position)) == 1


def test_what_was_removed_does_not_come_back_by_another_message(node: Node) -> None:
    feeds = judged(THEFT)
    assert removed(node, feeds)["remove"]["charges"] == {"misdrijf": 1}
    feeds.case(1, "S1", DONE, [charge(1, DONE, maximum={"years": 4})])
    feeds.close("2300-01-01")
    node.receive(feeds.all)
    assert cases(node) == []
    assert run(node, ON + WAITING)["stopped"] == []


def reported(monkeypatch: pytest.MonkeyPatch, sort: str, on: str) -> Feeds:
    """A person with a report of the police, and the case that came of it."""
    monkeypatch.setitem(FEEDS, "police", "urn:nld:oin:00000099000000006000:systeem:police")
    feeds = Feeds()
    feeds.person("S1")
    report = {"police_report": "R1", "skn": "S1", "category": "sexual", "article": "Sr 245", "authority": "p", "reported_on": on}
    feeds.tell("police", "emergency-report", **report, period={"from": "2025-08-01", "to": "2025-08-02"})
    charges = [charge(1, date(2025, 8, 1), "Sr 245", sort, {"years": 8})]
    told = {"pn": pn(1), "skn": "S1", "office": "Utrecht", "received_on": "2025-09-01", "police_report": "R1"}
    feeds.tell("gps", "case-registered", **told, charges=charges)
    return feeds


def test_the_report_that_a_case_hid_goes_with_it(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    feeds = reported(monkeypatch, "misdrijf", "2025-08-20")
    feeds.tell("gps", "case-dismissed", pn=pn(1), charges=[1], code="01", conditional=False, decided_on="2025-10-01")
    feeds.close()
    assert removed(node, feeds)["remove"]["charges"] == {"dismissal": 1}
    assert node.person("S1")["emergency_reports"] == []


def test_a_report_whose_case_an_act_hides_is_listed_as_withdrawn(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    feeds = reported(monkeypatch, "overtreding", "2025-08-20")
    feeds.judgment(1, date(2025, 10, 1), {1: "convicted"}, LIGHT)
    feeds.close()
    at(node, date(2031, 1, 1)).receive(feeds.all)

    def withdrawn() -> int:
        (procedure,) = Emergency(node).listing(date(2031, 6, 1))["procedures"]
        return int(procedure["endings"]["withdrawn"])

    forecast(node, date(2031, 1, 1))
    assert withdrawn() == 0
    assert run(node, date(2031, 1, 2))["hide"]["charges"] == {"overtreding": 1}
    assert withdrawn() == 1


@pytest.mark.parametrize("kind", ["judgment", "order"])
def test_a_number_that_another_case_gives_as_well_is_left(node: Node, kind: str) -> None:
    feeds = Feeds()
    for number in (1, 2):
        feeds.person(f"S{number}")
        feeds.case(number, f"S{number}", DONE, [charge(1, DONE, maximum={"years": 4})])
    for number, day in ((1, JUDGED), (2, JUDGED + DAY)):
        if kind == "judgment":
            feeds.judgment(number, day, {1: "convicted"}, LIGHT, judgment="X")
        else:
            feeds.tell("gps", "penalty-order-issued", order="X", pn=pn(number), charges=[1], issued_on=str(day), sentences=LIGHT)
    if kind == "order":
        feeds.tell("execute", "penalty-order-executed", order="X", executed_on="1991-01-01")
    feeds.close()
    found = removed(node, feeds)
    assert (found["together"]["charges"], found["remove"]["charges"]) == ({"misdrijf": 1}, {})
    (left,) = found["left"]
    assert left["reason"].startswith("another case gives a judgment, order or advice of a number that it gives")
    # What is hidden takes the place of nothing, so that of the other case counts now.
    outcome = {"judgment": "convicted", "order": "penalty-order"}[kind]
    assert [one["outcome"] for one in node.person("S1")["cases"][0]["charges"]] == [outcome]


def test_so_is_an_advice_and_of_a_case_that_goes_all_its_process_traffic_goes(node: Node) -> None:
    feeds = Feeds()
    for number in (1, 2, 3):
        feeds.person(f"S{number}")
        feeds.case(number, f"S{number}", DONE, [charge(1, DONE, maximum={"years": 4})])
        feeds.judgment(number, JUDGED, {1: "convicted"}, LIGHT, judgment=f"J{number}")
        feeds.tell("gps", "advice-requested", pn=pn(number), advice="X" if number < 3 else "Y", about="x", due_on=str(JUDGED))
        feeds.tell("gps", "file-released", pn=pn(number), to="x", released_on=str(JUDGED))
    feeds.close()
    found = removed(node, feeds)
    assert (found["together"]["charges"], found["remove"]["charges"]) == ({"misdrijf": 2}, {"misdrijf": 1})
    assert all(one["reason"].startswith("another case gives a judgment, order or advice") for one in found["left"])
    about_it = node.store.of_kind("file-released", node.position) + node.store.of_kind("advice-requested", node.position)
    assert sum(row.erased >= WHOLE for row in about_it) == 2


def test_a_conviction_that_imposes_nothing_imposed_what_it_is_on_appeal_of(node: Node) -> None:
    life = [{"sentence": "1", "kind": "imprisonment", "life": True}]
    feeds = Feeds()
    feeds.person("S1")
    for number, sentences in ((1, life), (2, [])):
        feeds.case(number, "S1", DONE, [charge(1, DONE, "Sr 289", maximum={"life": True})])
        feeds.judgment(number, JUDGED, {1: "convicted"}, sentences)
        feeds.tell("grip", "appeal-lodged", judgment=f"j{number}", remedy="appeal", by="d", lodged_on="1990-06-05")
        appeal = {"judgment": f"h{number}", "instance": 2, "on_appeal_of": f"j{number}"}
        feeds.judgment(number, date(1991, 6, 1), {1: "convicted"}, [], **appeal)
    feeds.close()
    assert said(node, feeds) == ("running", "term")
    assert weighed(node)[f"{pn(2)}#1"].why == "not-told: sentence.custody"
    assert str(weighed(node)[f"{pn(1)}#1"].day) == "2071-06-01"


@pytest.mark.parametrize(("article", "found"), [("WvSr 242", "unknown"), ("SR 242", "running"), ("Sr 242", "running"), (THEFT, "due")])
def test_an_article_of_a_law_that_nobody_knows_is_not_read(node: Node, article: str, found: str) -> None:
    assert said(node, judged(article))[0] == found


@pytest.mark.parametrize(("kind", "state"), [("other", "unknown"), ("hospital-order", "unknown"), ("imprisonment", "running")])
def test_custody_of_another_kind_may_make_the_term_of_an_overtreding_longer(node: Node, kind: str, state: str) -> None:
    feeds = Feeds()
    feeds.person("S1")
    feeds.case(1, "S1", date(2018, 1, 1), [charge(1, date(2018, 1, 1), "WVW 5", "overtreding")])
    feeds.judgment(1, date(2018, 6, 1), {1: "convicted"}, [{"sentence": "1", "kind": kind, "days": 14}])
    feeds.close()
    assert said(node, feeds)[0] == state


def test_what_was_shown_again_and_is_hidden_again_waits_anew(node: Node) -> None:
    feeds = judged(THEFT)
    node.receive(feeds.all)
    forecast(node, ON - DAY)
    run(node, ON)
    feeds.case(2, "S1", date(2009, 1, 1), [charge(1, date(2009, 1, 1), maximum={"years": 4})])
    lengthens = feeds.judgment(2, date(2009, 6, 1), {1: "convicted"}, LIGHT)
    feeds.close("2300-01-01")
    node.receive(feeds.all)
    assert run(node, ON + WAITING)["back"]["charges"] == {"misdrijf": 1}
    feeds.tell("grip", "message-retracted", retracts=lengthens, ground="g")
    feeds.close("2301-01-01")
    node.receive(feeds.all)
    again = run(node, ON + WAITING + DAY)
    assert (again["hide"]["charges"], again["remove"]["charges"]) == ({"misdrijf": 1}, {})
    assert run(node, ON + 2 * WAITING + DAY)["remove"]["charges"] == {"misdrijf": 1}
