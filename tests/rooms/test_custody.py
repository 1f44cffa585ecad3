"""Custody at a node: who comes due, what is unknown, checks by hand, and what messages say of them when they catch up."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.consumers.custody.checked import CHECKED, CheckedAct
from hervat.detaining import Detaining
from hervat.errors import NotSo, Usage
from hervat.intake.ceilings import Ceiling
from hervat.journal.entry import open_entry
from tests.rooms.messages import CORRECTION, FEEDS, PNS, RETRACTION, Part, charge, message_sets
from tests.rooms.nodes import fresh
from tests.rooms.wire import Wire

ON = date(2025, 8, 20)


def day(after: int) -> str:
    return str(ON + timedelta(days=after))


@pytest.fixture
def wire() -> Iterator[Wire]:
    """Persons S1 and S2, each with a case."""
    with fresh("memory") as node:
        told = Wire(node)
        for number in (1, 2):
            told.person(f"S{number}")
            told.case(PNS[number - 1], f"S{number}")
        yield told


def started(wire: Wire, number: int = 1, since: int = -20, due: int | None = 5, **more: Any) -> int:
    until = {} if due is None else {"release_due": day(due)}
    return wire.tell("dji", "custody-started", **{"skn": f"S{number}", "pn": PNS[number - 1], "from_": day(since)} | until | more)


def due(wire: Wire, within: int = 14, on: date = ON) -> dict[str, Any]:
    return Detaining(wire.node).due(on, within)


def states(wire: Wire, within: int = 14, on: date = ON) -> list[tuple[str, str | None, str]]:
    return [(one["skn"], one["clock"], one["state"]) for one in due(wire, within, on)["due"]]


def check(wire: Wire, message: int, found: Any, what: int | str, on: date = ON) -> int:
    told = {"title": what} if isinstance(what, str) else {"day": date.fromisoformat(day(what))}
    act = CheckedAct(message=message, found=found, on=on, source="the prison's book", by="j. jansen", why="nothing comes in", **told)
    position: int = Detaining(wire.node).check(act)["position"]
    return position


def differences(wire: Wire, since: int = -60, until: int = 60) -> dict[str, Any]:
    return Detaining(wire.node).differences(date.fromisoformat(day(since)), date.fromisoformat(day(until)))


def said(wire: Wire) -> list[tuple[str, str | None, int | None]]:
    return [(one["says"], one["what"], one["days"]) for one in differences(wire)["checks"]]


def counted(wire: Wire) -> list[tuple[int, int]]:
    """Held too long and released too early: how many, and how many days."""
    found = differences(wire)
    return [(found[name]["releases"], found[name]["days"]) for name in ("held_too_long", "released_too_early")]


# The list.


def test_the_list_is_by_the_clock_of_each_and_a_day_that_passed_is_unknown(wire: Wire) -> None:
    started(wire, 1, due=3)
    started(wire, 2, due=-1)
    assert states(wire) == [("S2", day(-1), "unknown"), ("S1", day(3), "due")]
    assert states(wire, within=2) == [("S2", day(-1), "unknown")]
    wire.tell("grip", "custody-prolonged", pn=PNS[1], decided_on=day(-2), release_due=day(9))
    assert states(wire) == [("S1", day(3), "due"), ("S2", day(9), "due")]
    wire.tell("dji", "custody-ended", pn=PNS[0], released_on=day(-3))
    assert states(wire) == [("S2", day(9), "due")]


def test_the_day_itself_is_due_and_the_next_unknown(wire: Wire) -> None:
    started(wire, due=0)
    assert states(wire) == [("S1", day(0), "due")]
    assert states(wire, on=ON + timedelta(days=1)) == [("S1", day(0), "unknown")]


def test_of_whom_no_day_was_told_is_listed_last(wire: Wire) -> None:
    started(wire, 1, due=None)
    started(wire, 2, due=14)
    assert states(wire) == [("S2", day(14), "due"), ("S1", None, "no-day")]


def test_as_of_an_earlier_day_what_is_dated_later_does_not_count(wire: Wire) -> None:
    started(wire, due=5)
    wire.tell("grip", "custody-prolonged", pn=PNS[0], decided_on=day(4), release_due=day(9))
    assert states(wire, on=ON + timedelta(days=3)) == [("S1", day(5), "due")]
    assert states(wire, on=ON + timedelta(days=4)) == [("S1", day(9), "due")]


def test_what_is_hidden_is_not_listed_and_what_moved_is_with_whom_it_moved_to(wire: Wire) -> None:
    started(wire, 1)
    wire.tell("gps", "case-reattributed", pn=PNS[0], from_="S1", to="S2", decided_on=day(-1), ground="x")
    (one,) = due(wire)["due"]
    assert (one["skn"], one["person"], one["of_another"]) == ("S1", "S2", True)
    wire.tell("gps", "case-dismissed", pn=PNS[0], charges=[1], code="01", conditional=False, decided_on=day(-1))
    assert due(wire)["due"] == []


def test_what_is_held_about_a_case_that_is_hidden_tells_nothing_of_it(wire: Wire) -> None:
    wire.tell("dji", "custody-started", skn="S2", pn=PNS[1], from_=day(-9), release_due=day(30))
    wire.node.ceiling(FEEDS["dji"], Ceiling(hold=True), by="x", why="x")
    started(wire, 1)
    assert states(wire) == [("S1", day(5), "due")]
    wire.tell("gps", "case-dismissed", pn=PNS[0], charges=[1], code="01", conditional=False, decided_on=day(-1))
    assert states(wire) == []


def test_custody_of_which_the_case_is_not_here_is_listed_from_what_is_held(wire: Wire) -> None:
    place = started(wire, 1, pn=PNS[2])
    wire.tell("grip", "custody-prolonged", pn=PNS[2], decided_on=day(-1), release_due=day(8))
    (one,) = due(wire)["due"]
    assert (one["clock"], one["waits"], one["person"], one["skn"], one["place"]) == (day(8), True, None, "S1", place)
    assert {(it["kind"], *it["needs"]) for it in one["held"]} == {
        ("custody-started", f"case:{PNS[2]}"),
        ("custody-prolonged", f"case:{PNS[2]}"),
    }
    wire.case(PNS[2], "S1")
    (one,) = due(wire)["due"]
    assert (one["clock"], one["waits"], one["person"], one["held"]) == (day(8), False, "S1", [])


def test_custody_that_waits_in_a_case_that_is_here_is_listed_and_a_release_that_waits_is_told(wire: Wire) -> None:
    started(wire, 1, due=3)
    wire.node.ceiling(FEEDS["dji"], Ceiling(hold=True), by="x", why="x")
    started(wire, 2, due=4)
    wire.tell("dji", "custody-ended", pn=PNS[0], released_on=day(-1))
    first, second = due(wire)["due"]
    assert (first["skn"], first["waits"], [one["kind"] for one in first["held"]]) == ("S1", False, ["custody-ended"])
    assert (second["skn"], second["waits"], second["person"]) == ("S2", True, "S2")


def test_the_horizon_names_who_may_know_more(wire: Wire) -> None:
    assert due(wire)["horizon"]["blind"] == [f"no source for custody-{name}" for name in ("started", "prolonged", "ended")]
    started(wire)
    wire.tell("grip", "custody-prolonged", pn=PNS[0], decided_on=day(-1), release_due=day(8))
    assert due(wire)["horizon"]["blind"] == [FEEDS["dji"], FEEDS["grip"]]
    assert due(wire)["horizon"]["complete_until"] is None


# Checks by hand.


def test_what_was_found_by_hand_moves_the_clock_until_messages_speak(wire: Wire) -> None:
    place = started(wire, due=-2)
    check(wire, place, "held", "gevangenhouding")
    assert states(wire) == [("S1", day(-2), "unknown")] and due(wire)["due"][0]["check"]["title"] == "gevangenhouding"
    at = check(wire, place, "prolonged", 6)
    (one,) = due(wire)["due"]
    assert (one["clock"], one["state"], one["by_hand"], one["check"]["position"]) == (day(6), "due", True, at)
    assert states(wire, on=ON - timedelta(days=1)) == [("S1", day(-2), "unknown")], "it was found later"
    check(wire, place, "released", -1)
    assert states(wire) == []
    assert [one["skn"] for one in due(wire)["released_by_hand"]] == ["S1"]
    wire.tell("grip", "custody-prolonged", pn=PNS[0], decided_on=day(-3), release_due=day(2))
    (one,) = due(wire)["due"]
    assert (one["clock"], one["by_hand"], due(wire)["released_by_hand"]) == (day(2), False, [])
    assert said(wire) == [("differs", "not-released", None)]


def test_a_check_names_no_person_and_rewrites_nothing(wire: Wire) -> None:
    place = started(wire)
    digest, before = wire.node.digest(), wire.node.person("S1")["cases"]
    at = check(wire, place, "prolonged", 9)
    opened = open_entry(wire.node.keys, wire.node.store.entries_at([at])[at])
    assert opened.meta.kind == CHECKED and "S1" not in opened.payload.decode() and PNS[0] not in opened.payload.decode()
    assert (wire.node.digest(), wire.node.person("S1")["cases"]) == (digest, before)


@pytest.mark.parametrize(
    ("found", "what", "on", "error"),
    [
        ("released", -30, ON, "before the day on which custody began"),
        ("released", 1, ON, "still to come"),
        ("prolonged", 5, date(2025, 9, 3), "--on 2025-09-03 is still to come"),
        ("released", "a title", ON, "has a day|have a day"),
        ("held", 3, ON, "has none"),
    ],
)
def test_a_finding_that_cannot_be_is_no_act(wire: Wire, found: str, what: int | str, on: date, error: str) -> None:
    place = started(wire)
    with pytest.raises(Usage, match=error):
        check(wire, place, found, what, on)
    assert wire.node.position == place


def test_only_a_custody_that_goes_on_is_checked(wire: Wire) -> None:
    place = started(wire)
    wire.tell("dji", "custody-ended", pn=PNS[0], released_on=day(-3))
    for at in (place, 1, 9999):
        with pytest.raises(NotSo, match="no custody that goes on"):
            check(wire, at, "prolonged", 5)


# What messages say later.


def test_a_release_found_by_hand_is_compared_with_what_messages_say(wire: Wire) -> None:
    place = started(wire, due=-4)
    check(wire, place, "released", -4)
    assert said(wire) == [("waits", None, None)]
    wire.tell("dji", "custody-ended", pn=PNS[0], released_on=day(-4))
    assert said(wire) == [("agrees", None, None)]
    wire.correct("dji", "dji-2", pn=PNS[0], released_on=day(-1))
    assert said(wire) == [("differs", "other-day", 3)]


def test_a_prolongation_and_custody_found_by_hand_are_compared_too(wire: Wire) -> None:
    first, second = started(wire, 1, due=-4), started(wire, 2, due=-4)
    check(wire, first, "prolonged", 6)
    check(wire, second, "held", "x")
    assert said(wire) == [("waits", None, None)] * 2
    wire.tell("grip", "custody-prolonged", pn=PNS[0], decided_on=day(-6), release_due=day(8))
    wire.tell("dji", "custody-ended", pn=PNS[1], released_on=day(-3))
    assert said(wire) == [("differs", "was-released", 3), ("differs", "other-due", 2)]
    wire.correct("grip", "grip-1", pn=PNS[0], decided_on=day(-6), release_due=day(6))
    wire.correct("dji", "dji-3", pn=PNS[1], released_on=day(0))
    assert said(wire) == [("agrees", None, None)] * 2


def test_a_prolongation_of_later_does_not_make_what_was_found_wrong(wire: Wire) -> None:
    check(wire, started(wire, due=-4), "prolonged", 6)
    wire.tell("grip", "custody-prolonged", pn=PNS[0], decided_on=day(-6), release_due=day(6))
    wire.tell("grip", "custody-prolonged", pn=PNS[0], decided_on=day(4), release_due=day(30))
    assert said(wire) == [("agrees", None, None)]


def test_a_check_of_custody_that_was_taken_back_is_told(wire: Wire) -> None:
    at = check(wire, started(wire), "prolonged", 6)
    wire.retract("dji", "dji-1")
    assert (differences(wire)["checks"], differences(wire)["lost"]) == ([], [at])


def test_too_long_and_too_early_are_counted_by_the_title_that_is_told_in_the_end(wire: Wire) -> None:
    started(wire, 1, due=-10)
    wire.tell("dji", "custody-ended", pn=PNS[0], released_on=day(-10))
    assert counted(wire) == [(0, 0), (0, 0)]
    # A prolongation that was not known where somebody was released comes in.
    wire.tell("grip", "custody-prolonged", pn=PNS[0], decided_on=day(-12), release_due=day(-3))
    assert counted(wire) == [(0, 0), (1, 7)]
    place = started(wire, 2, due=-9)
    check(wire, place, "released", -4)
    found = differences(wire)["held_too_long"]
    assert (found["releases"], found["days"], found["each"][0]["by_hand"]) == (1, 5, True)
    wire.tell("dji", "custody-ended", pn=PNS[1], released_on=day(-7))
    assert counted(wire) == [(1, 2), (1, 7)]
    assert Detaining(wire.node).differences(ON, ON)["held_too_long"]["releases"] == 0


# Any order.

_STORY: tuple[Part, ...] = (
    ("skdb", "person-registered", {"skn": "S1", "identity": {"set": "1", "surname": "A"}}),
    ("gps", "case-registered", {"pn": PNS[0], "skn": "S1", "office": "x", "received_on": "2025-07-01", "charges": [charge(1)]}),
    ("dji", "custody-started", {"skn": "S1", "pn": PNS[0], "from": "2025-07-02", "release_due": "2025-07-05"}),
    ("grip", "custody-prolonged", {"pn": PNS[0], "decided_on": "2025-07-04", "release_due": "2025-07-08"}),
    ("dji", "custody-ended", {"pn": PNS[0], "released_on": "2025-07-08"}),
    ("gps", "case-dismissed", {"pn": PNS[0], "charges": [1], "code": "01", "conditional": False, "decided_on": "2025-07-06"}),
    ("gps", "case-reattributed", {"pn": PNS[0], "from": "S1", "to": "S2", "decided_on": "2025-07-06", "ground": "x"}),
)
_OF_CUSTODY = st.sampled_from((
    ("dji", "custody-started"), ("dji", "custody-started"), ("dji", "custody-ended"), ("grip", "custody-prolonged"),
    ("dji", CORRECTION), ("dji", RETRACTION), ("grip", CORRECTION), ("skdb", "person-registered"), ("gps", "case-registered"),
    ("gps", "case-dismissed"),
))  # fmt: skip


def custodies(node: Node) -> list[str]:
    """Every custody, without what hangs on where it lies."""
    found = Detaining(node).custodies()
    return sorted(repr((one.case, one.person, one.spell, one.waits, one.of_another)) for one in found)


@given(message_sets(8, story=_STORY, fresh=_OF_CUSTODY), st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_custody_does_not_hang_on_the_order_of_arrival(raws: list[bytes], random: Any) -> None:
    with fresh("memory") as one, fresh("memory") as other:
        one.receive(raws)
        other.receive(random.sample(raws, len(raws)), batch=1)
        assert custodies(one) == custodies(other)
        shown = {case["prosecution_number"] for person in one.persons() for case in person.as_json()["cases"]}
        assert all(custody.case in shown for custody in Detaining(one).custodies() if not custody.waits)
        told = sum(len(custody.messages) for custody in Detaining(one).custodies() if not custody.waits)
        listed = [it for person in one.persons() for case in person.cases for it in case.process]
        assert told == sum(it.kind.startswith("custody-") for it in listed)
