"""What is due, charge by charge, of a register as it stands: recorded, forecast, and nothing where the register is blind."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.consumers.retention.first import First
from hervat.consumers.retention.weighed import Weighed
from hervat.retaining import desk_of
from tests.rooms.kept import LIGHT, Feeds, charge, histories, pn
from tests.rooms.nodes import at, fresh

ON = date(2026, 1, 1)
DONE = date(1990, 1, 1)
JUDGED = date(1990, 6, 1)


def weighed(node: Node, on: date = ON) -> dict[str, Weighed]:
    """What the law says of every charge, by `case number#charge`."""
    desk = desk_of(node)
    persons = First(node.store, node.keys, desk.seen().until).persons(on)
    return {f"{one.pn}#{one.charge}": one for person in persons for case in person.cases for one in case.charges}


def told(feeds: Feeds, on: date = ON) -> dict[str, tuple[str, str, str | None, str]]:
    with fresh("memory") as node:
        at(node, on).receive(feeds.all)
        return {key: (one.state, one.rule, one.day and str(one.day), one.why) for key, one in weighed(node, on).items()}


def judged_once(maximum: dict[str, Any] | None = None, article: str = "Sr 310", sentences: list[dict[str, Any]] | None = None) -> Feeds:
    feeds = Feeds()
    feeds.person("S1")
    feeds.case(1, "S1", DONE, [charge(1, DONE, article, maximum=maximum or {"years": 4})])
    feeds.judgment(1, JUDGED, {1: "convicted"}, LIGHT if sentences is None else sentences)
    return feeds


@pytest.mark.parametrize(
    ("feeds", "found"),
    [
        pytest.param(judged_once(), ("due", "misdrijf", "2010-06-01", "term"), id="other"),
        pytest.param(judged_once({"years": 6}), ("due", "misdrijf", "2020-06-01", "term"), id="heavy"),
        pytest.param(judged_once(article="Sr 242"), ("running", "misdrijf", "2070-06-01", "term"), id="sexual"),
        pytest.param(judged_once(article="Sr 45 jo 287"), ("unknown", "misdrijf", None, "unclear"), id="article that cannot be read"),
        pytest.param(
            judged_once({"years": 12}, sentences=[{"sentence": "1", "kind": "imprisonment", "years": 21}]),
            ("running", "misdrijf", "2040-06-01", "term"),
            id="long custody",
        ),
        pytest.param(
            judged_once({"years": 12}, sentences=[{"sentence": "1", "kind": "hospital-order"}]),
            ("unknown", "misdrijf", None, "not-told: sentence.custody"),
            id="custody of unknown length",
        ),
    ],
)
def test_a_judged_misdrijf_is_kept_for_its_term(feeds: Feeds, found: tuple[str, ...]) -> None:
    feeds.close()
    assert told(feeds) == {f"{pn(1)}#1": found}


def test_a_later_judged_misdrijf_of_the_same_person_lengthens_the_term() -> None:
    feeds = judged_once()
    feeds.case(2, "S1", date(2009, 1, 1), [charge(1, date(2009, 1, 1), maximum={"years": 8})])
    feeds.judgment(2, date(2009, 6, 1), {1: "acquitted"}, [])
    feeds.close()
    assert told(feeds)[f"{pn(1)}#1"] == ("running", "misdrijf", "2039-06-01", "later-judgment")


def test_after_a_conviction_abroad_nothing_is_said() -> None:
    feeds = judged_once()
    abroad = {"skn": "S1", "member_state": "BE", "reference": "r", "decided_on": "2000-01-01", "final_on": "2000-02-01"}
    feeds.tell("ecris", "foreign-conviction-notified", **abroad, offences=[], sanctions=[])
    feeds.close()
    assert told(feeds)[f"{pn(1)}#1"][0::3] == ("unknown", "not-told: person.judged_later")


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("01", ("due", "dismissal", "2024-01-01", "dismissal")),
        ("09", ("due", "dismissal", "2024-01-01", "dismissal")),
        ("02", ("running", "misdrijf", "2044-01-01", "term")),
        ("99", ("unknown", "dismissal", None, "unknown-code")),
    ],
)
def test_a_dismissal_is_asked_first(code: str, found: tuple[str, ...]) -> None:
    feeds = Feeds()
    feeds.person("S1")
    feeds.case(1, "S1", DONE, [charge(1, DONE, maximum={"years": 4})])
    feeds.tell("gps", "case-dismissed", pn=pn(1), charges=[1], code=code, conditional=False, decided_on="2024-01-01")
    feeds.close()
    assert told(feeds) == {f"{pn(1)}#1": found}


@pytest.mark.parametrize(("until", "state"), [("2010-05-31", "unknown"), ("2010-06-01", "due")])
def test_it_is_due_only_where_everything_is_known_up_to_the_day_on_which_the_term_ended(until: str, state: str) -> None:
    feeds = judged_once()
    feeds.close(until)
    assert told(feeds)[f"{pn(1)}#1"][0] == state


@given(feeds=histories(), data=st.data(), on=st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_with_anything_missing_nothing_is_due(feeds: Feeds, data: st.DataObject, on: date) -> None:
    missing = data.draw(st.sets(st.sampled_from(range(len(feeds.all))), min_size=1, max_size=3))
    with fresh("memory") as node:
        node.receive(data.draw(st.permutations([raw for at, raw in enumerate(feeds.all) if at not in missing])))
        assert not any(one.state == "due" for one in weighed(node, on).values())


@pytest.mark.parametrize(("subject", "why"), [("S1", "held"), ("S2", "term")])
def test_who_has_something_held_has_nothing_due(subject: str, why: str) -> None:
    feeds = judged_once()
    feeds.person("S2")
    feeds.close()
    feeds.tell("grip", "judgment-final", subject=subject, judgment="of nobody", final_on="2019-01-01")
    assert told(feeds)[f"{pn(1)}#1"][3] == why


def test_what_lost_its_support_is_not_due() -> None:
    feeds = judged_once()
    second = feeds.case(2, "S1", DONE, [charge(1, DONE)])
    verdict = [{"charge": 1, "verdict": "acquitted"}]
    given = {"judgment": "k", "court": "c", "instance": 1, "pn": pn(2), "given_on": str(JUDGED), "verdicts": verdict, "sentences": []}
    feeds.tell("grip", "judgment-given", subject="S1", **given)
    feeds.close()
    with fresh("memory") as node:
        node.receive(feeds.all)
        assert weighed(node)[f"{pn(1)}#1"].state == "due"
        feeds.tell("gps", "message-retracted", retracts=second, ground="g")
        node.receive(feeds.all)
        assert weighed(node)[f"{pn(1)}#1"].why == "support-lost"


def test_the_forecast_counts_each_charge_once() -> None:
    feeds = judged_once({"years": 6})
    feeds.case(2, "S1", DONE, [charge(1, DONE, article="Sr 242", maximum={"years": 4})])
    feeds.judgment(2, JUDGED, {1: "convicted"}, LIGHT)
    feeds.case(3, "S1", DONE, [charge(1, DONE, article="WVW 5", sort="overtreding")])
    feeds.judgment(3, JUDGED, {1: "convicted"}, LIGHT)
    feeds.case(4, "S1", DONE, [charge(1, DONE)])
    feeds.close()
    with fresh("memory") as node:
        node.receive(feeds.all)
        found = desk_of(node).forecast(date(2020, 1, 1), 2)
    assert found["due"] == {"charges": {"overtreding": 1}, "messages": 2}
    assert [(str(one["from"]), one["charges"], one["messages"]) for one in found["coming"]] == [
        ("2020-01-01", {"misdrijf": 1}, 2),
        ("2021-01-01", {}, 0),
    ]
    assert (found["later"], found["no_end"], found["unknown"]) == ({"misdrijf": 1}, {"misdrijf": 1}, {})
