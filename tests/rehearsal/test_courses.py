"""The course of cases in the letter: what its messages say, and what the report makes of it; a truth that differs turns it red."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest

from hervat.assemble import Node
from hervat.clock import SteppedClock
from hervat.process import PROCESS
from hervat.rehearsal import courses_report, detained, evident, letter, parties
from hervat.rehearsal.days import CUT_ON, FILES, LAST, RESTART, on
from hervat.rehearsal.held import Custody, Released
from hervat.rehearsal.lookback import Applied, Days
from hervat.rehearsal.network import cut
from hervat.rehearsal.world import World
from hervat.stores.memory import MemoryStore
from tests.rooms.nodes import KEYS, PARTNERS

SEED, SCALE = 3, 0.01


def spoken(world: World) -> Iterator[tuple[Any, dict[str, Any]]]:
    """What is told of the course of cases, with each message."""
    for sent in world.messages:
        if sent.kind in PROCESS:
            yield sent, json.loads(sent.raw)["data"]


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_book_knows_of_custody_what_its_messages_say(seed: int) -> None:
    """By another hand: the last title by the day of its decision, beside the release."""
    world = World(seed, 0.03)
    due: dict[str, tuple[str, str]] = {}
    released: dict[str, str] = {}
    for sent, data in spoken(world):
        if sent.kind == "custody-started" and "release_due" in data:
            due[data["pn"]] = max(due.get(data["pn"], ("", "")), (data["from"], data["release_due"]))
        elif sent.kind == "custody-prolonged":
            due[data["pn"]] = max(due.get(data["pn"], ("", "")), (data["decided_on"], data["release_due"]))
        elif sent.kind == "custody-ended":
            released[data["pn"]] = data["released_on"]
    told = {pn: (on, due[pn][1]) for pn, on in released.items() if pn in due and on != due[pn][1] and pn not in world.hidden_cases}
    assert told == {one.pn: (one.on.isoformat(), one.title_until.isoformat()) for one in world.apart}
    assert any(one.days > 0 for one in world.apart) and any(one.days < 0 for one in world.apart)
    assert {sent.kind for sent, _ in spoken(world)} == set(PROCESS)
    for one in world.apart:
        assert one.title_until >= CUT_ON or one.days < 0, "where nothing is cut everybody is released on the day"


def test_what_was_known_on_a_day_is_what_was_decided_by_then() -> None:
    days = [date(2025, 8, day) for day in range(1, 10)]
    custody = Custody("S1", days[0], {days[0]: days[3], days[2]: days[6]}, days[7])
    assert [custody.known_on(day).due for day in days[:4]] == [days[3], days[3], days[6], days[6]]
    assert (custody.known_on(days[6]).released, custody.known_on(days[7]).released) == (None, days[7])
    assert Released("pn", days[7], days[6]).days == 1
    assert Custody("S1", days[0]).due is None


def test_files_of_the_cut_are_messages_from_the_ninth_of_september_on() -> None:
    files = [(sent, data) for sent, data in spoken(World(1, 0.03)) if sent.kind == "file-released"]
    waited = [sent for sent, data in files if CUT_ON.isoformat() <= data["released_on"] < on(FILES).isoformat()]
    assert len(waited) > 10
    assert all(on(FILES) <= sent.entered_at.date() <= on(LAST + 1) for sent in waited)


class Rehearsed(NamedTuple):
    """A world with the cut, as it went; the list of custody was worked by hand meanwhile."""

    world: World
    node: Node
    record: detained.Record


@pytest.fixture(scope="module")
def rehearsed() -> Rehearsed:
    world = World(SEED, SCALE)
    deliveries = list(cut(world))
    clock = SteppedClock(deliveries[0].at)
    node = Node(MemoryStore(), KEYS, PARTNERS, clock, writer=True)
    worked = detained.Worked(node, world)
    for batch in letter.by_day(deliveries):
        clock.set(batch[-1].at)
        node.receive(one.raw for one in batch)
        worked.evening(batch[-1].day)
    return Rehearsed(world, node, worked.record)


def test_the_report_tells_of_parties_and_custody(rehearsed: Rehearsed) -> None:
    world, node, record = rehearsed
    parties_told, custody = parties.told(world, node), detained.compared(world, node, record)
    assert [one["party"] for one in parties_told] == [name for name, _ in parties.PARTIES]
    by_name = {one["party"]: one for one in parties_told}
    assert by_name["courts"]["stock"] > 50 and by_name["the bar"]["stock"] == by_name["the bar"]["done_in_the_cut"] > 0
    for flowing in ("CJIB", "probation", "DJI"):
        assert by_name[flowing]["stock"] == 0 and by_name[flowing]["held"] > 0
    assert all(one["caught_up_on"] is None or one["caught_up_on"] >= on(RESTART).isoformat() for one in parties_told)
    assert custody["equal"], custody["differences"]
    assert len(custody["lists"]) == 7 and sum(one["unknown"] for one in custody["lists"]) == custody["checks"]["made"] > 0
    assert custody["checks"]["agrees"] > 0 and custody["due_in_the_window"] > 0
    nobody = {"parties": [], "equal": True, "differences": []}
    words = "\n".join(courses_report.in_words({"parties": parties_told, "meanwhile": nobody, "custody": custody}))
    assert "held too long" in words and "caught up on" in words and "equal;" in words


def test_of_whom_nobody_knew_enough_the_prison_was_asked_or_nobody(rehearsed: Rehearsed) -> None:
    world, node, record = rehearsed
    handled = list(evident.prisons(world, node, Applied(node, {}, Days(node, on(world.days + 5))), record))
    asked = [one for one in handled if one.done is not None]
    assert len(asked) == len(record.found) > 0 and len(handled) == len(record.since)
    assert all(one.done is not None and one.done.isoweekday() == 1 and CUT_ON <= one.on <= one.done < on(RESTART) for one in asked)
    assert [one for one in asked if one.ways != one.truth] == []
    assert list(evident.prisons(world, node, Applied(node, {}, Days(node, on(world.days + 5))), None)) == []


@pytest.mark.parametrize("wrong", ["released", "title", "course"])
def test_a_truth_that_differs_is_told(rehearsed: Rehearsed, wrong: str) -> None:
    world, node, _ = rehearsed
    apart, courses = world.apart, world.courses
    pn = next(iter(world.courses.keys() & world.custodies.keys()))
    try:
        if wrong == "released":
            world.apart = [*apart, Released(pn, CUT_ON, CUT_ON + timedelta(days=1))]
        elif wrong == "title":
            world.apart = [one._replace(title_until=one.title_until + timedelta(days=1)) for one in apart] or [Released(pn, CUT_ON, CUT_ON)]
        else:
            world.courses = {**courses, pn: frozenset([("a", "b")])}
        assert not detained.compared(world, node, None)["equal"]
    finally:
        world.apart, world.courses = apart, courses
