"""What the parties did by hand while the links were cut: over seeds, within its procedure, by what was known, and looked back on truly.

Most of it needs no register: what is done by hand rests on paper. A node that has taken in everything is what it is laid beside.
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hervat.assemble import Node
from hervat.clock import SteppedClock
from hervat.oversight.entries import TimelineEntry
from hervat.recording import Recording
from hervat.rehearsal import evident, gated, letter, meanwhile_report
from hervat.rehearsal.days import CUT_ON, RESTART, legal_day, on
from hervat.rehearsal.enrolments import CANARY
from hervat.rehearsal.lookback import Applied, Book, Days, Handled, differences, of_office, row
from hervat.rehearsal.meanwhile import Meanwhile, Office, procedures
from hervat.rehearsal.network import reconnected
from hervat.rehearsal.papers import Papers
from hervat.rehearsal.sealing import Sent
from hervat.rehearsal.signals import spoken
from hervat.rehearsal.world import World
from hervat.screening import screening_of
from hervat.stores.memory import MemoryStore
from tests.rooms.nodes import KEYS, PARTNERS

SCALE, BACK = 0.02, on(RESTART + 5)


def _empty(world: World) -> tuple[Node, SteppedClock]:
    clock = SteppedClock(world.messages[0].event_at)
    return Node(MemoryStore(), KEYS, PARTNERS, clock, writer=True), clock


def _worked(world: World, node: Node, until: date = BACK) -> Meanwhile:
    meanwhile = Meanwhile(node, world)
    for number in range((until - CUT_ON).days + 1):
        meanwhile.evening(CUT_ON + timedelta(days=number))
    return meanwhile


class Read(NamedTuple):
    """A message of the world as its bytes say, with the legal day on which it was made."""

    sent: Sent
    made: date
    data: dict[str, Any]


def _read(world: World) -> Iterator[Read]:
    for sent in world.messages:
        yield Read(sent, legal_day(int(sent.event_at.timestamp())), json.loads(sent.raw)["data"])


def _there_was(world: World) -> Counter[str]:
    """How much came up at each party until the links were back, counted from the bytes of what was sent."""
    found, articles, finals = Counter[str](), dict[str, set[str]](), dict[str, date]()
    read = [one for one in _read(world) if (one.sent.source, one.sent.id) not in world.refused and "-canary-" not in one.sent.id]
    for one in read:
        if one.sent.kind == "case-registered":
            articles[one.data["pn"]] = {charge["article"] for charge in one.data["charges"]}
        elif one.sent.kind == "penalty-order-final" and one.sent.source.endswith(":execute"):
            finals.setdefault(one.data["order"], one.made)
    victims = {"Sr 243", "Sr 285", "Sr 300", "Sr 302", "Sr 310", "Sr 311", "Sr 312", "Sr 350"}
    for sent, made, data in read:
        match sent.kind:
            case "penalty-order-issued":
                over = max(made, date.fromisoformat(data["issued_on"])) + timedelta(days=18)
                found["CJIB"] += CUT_ON <= over <= BACK and not finals.get(data["order"], date.max) <= over
            case "summons-issued" if articles.get(data["pn"], set()) & victims:
                hearing = date.fromisoformat(data["hearing_on"])
                ahead = max(hearing - timedelta(days=7), made + timedelta(days=1))
                found["victim support"] += CUT_ON <= ahead <= min(BACK, hearing)
            case "advice-delivered" | "supervision-started":
                found["probation"] += CUT_ON <= made <= BACK
            case "file-released" if data["to"] == "advocatuur":
                found["the bar"] += CUT_ON <= made <= BACK
            case "screening-enrolled" if date.fromisoformat(data["from"]) >= CUT_ON and made <= BACK:
                found["DUO" if data["sector"] == "childcare" else "Kiwa"] += date.fromisoformat(data["from"]) <= BACK
            case _:
                pass
    return found


@pytest.mark.parametrize("seed", range(1, 5))
def test_what_there_was_was_done_or_waited_and_nothing_was_done_outside_its_procedure(seed: int) -> None:
    world = World(seed, SCALE)
    there_was, offices = _there_was(world), _worked(world, _empty(world)[0]).offices
    for name, office in offices.items():
        assert len(office.came_up) == len(set(office.came_up)) == there_was[name] > 0
        assert office.done.keys() | office.fell_away <= set(office.came_up) and not office.done.keys() & office.fell_away
        _within(office)
    assert sum(len(one.done) for one in offices.values()) > 100
    assert all(len(one.done) < len(one.came_up) for one in offices.values()), "everywhere something waits"


def _within(office: Office) -> None:
    """By the figures of the procedure: not before it opens, on working days, in the time in which it is of use, within its capacity."""
    procedure = procedures()[office.party.procedure]
    assert office.since == CUT_ON + timedelta(hours=8 + procedure.from_) // timedelta(days=1) * timedelta(days=1)
    assert procedure.capacity is not None
    limit, per_day = procedure.capacity * SCALE, Counter(one.on for one in office.done.values())
    for matter, one in office.done.items():
        assert max(office.since, matter.on) <= one.on <= min(matter.until or BACK, BACK)
        assert one.on.isoweekday() < 6 and one.rests_on <= one.on
    for day, count in per_day.items():
        working = sum((office.since + timedelta(days=number)).isoweekday() < 6 for number in range((day - office.since).days + 1))
        assert count <= ceil(limit)
        assert sum(many for other, many in per_day.items() if other <= day) <= ceil(working * limit)
    assert len(office.done) <= len(office.came_up) * min(1.0, procedure.carries + 0.3)


@pytest.mark.parametrize("seed", [2, 3])
def test_nobody_looks_ahead(seed: int) -> None:
    """Of a world that ends on a day, everything that was done until then was done as in the world that goes on."""
    world, last = World(seed, SCALE), on(30)
    whole = _worked(world, _empty(world)[0], last)
    world.messages = [one for one in world.messages if legal_day(int(one.event_at.timestamp())) <= last]
    cut_short = _worked(world, _empty(world)[0], last)
    for name, office in whole.offices.items():
        assert (office.came_up, office.done) == (cut_short.offices[name].came_up, cut_short.offices[name].done), name
    assert sum(len(one.done) for one in whole.offices.values()) > 50


class Looked(NamedTuple):
    """A world in which everything has come, and what was looked back on at each party."""

    world: World
    meanwhile: Meanwhile
    handled: dict[str, list[Handled]]


def _looked_back(seed: int, *, settles: bool) -> Looked:
    world = World(seed, SCALE, settles=settles)
    node, clock = _empty(world)
    meanwhile, desk = _worked(world, node), screening_of(node, (CANARY,))
    for office in meanwhile.offices.values():
        office.until = BACK
    clock.set(world.messages[-1].event_at)
    node.receive(one.raw for one in world.messages)
    last = on(world.days)
    letter.close_procedures(node, last)
    desk.step(last)
    applied, book = Applied(node, spoken(world, node), Days(node, last)), Book(world, meanwhile.papers)
    handled = {name: of_office(office, applied, book) for name, office in meanwhile.offices.items()}
    handled["courts"] = list(evident.courts(world, node, applied, book))
    handled["police"] = list(evident.police(world, node, applied, book, last))
    return Looked(world, meanwhile, handled)


@pytest.fixture(scope="module", params=[(1, False), (2, True)], ids=["held for ever", "asked about"])
def looked(request: pytest.FixtureRequest) -> Looked:
    seed, settles = request.param
    return _looked_back(seed, settles=settles)


def test_what_turned_out_otherwise_is_what_the_world_knows(looked: Looked) -> None:
    for party, handled in looked.handled.items():
        assert [one for one in handled if one.done is not None and one.came is not None and one.ways != one.truth] == [], party
        assert all(one.came is None or one.came >= one.on for one in handled), party
    courts = looked.handled["courts"]
    entered = [one for one in courts if one.done is not None]
    assert 0 < len(entered) < len(courts) * 0.15, "what could wait lay on paper"
    assert all(one.on < one.done <= on(RESTART) for one in entered if one.done is not None)
    ways = Counter(way for handled in looked.handled.values() for one in handled for way in one.ways)
    assert len(ways) > 5


def test_the_fines_and_hearings_that_were_wrong_are_those_of_the_messages(looked: Looked) -> None:
    """By another hand, from the bytes: an order opposed, a case judged before its hearing; cases with a correction left out. What was noted
    is what lay there on the day of the paper, and no more.
    """
    said, amended = list(_read(looked.world)), set[str]()
    by_id = {(one.sent.source, one.sent.id): one for one in said}
    for one in said:
        for key in ("corrects", "retracts"):
            if key in one.data and (named := by_id.get((one.data[key]["source"], one.data[key]["id"]))) is not None:
                amended.add(named.data.get("pn") or named.data.get("order") or "")
    opposed = {one.data["order"]: one.data["opposed_on"] for one in said if one.sent.kind == "penalty-order-opposed"}
    withdrawn = {one.data["order"]: one.data["withdrawn_on"] for one in said if one.sent.kind == "penalty-order-withdrawn"}
    judged = {one.data["pn"]: one.data["given_on"] for one in reversed(said) if one.sent.kind == "judgment-given"}
    wrong = 0
    for name, found, way, days in (
        ("CJIB", "opposed", "a fine was collected that had been opposed", lambda data: opposed.get(data["order"])),
        ("CJIB", "withdrawn", "a fine was collected of an order that had been withdrawn", lambda data: withdrawn.get(data["order"])),
        ("victim support", "judged", "a victim was told of a hearing in a case that had been judged", lambda data: judged.get(data["pn"])),
    ):
        office = looked.meanwhile.offices[name]
        matters = [one for one in office.came_up if one not in office.fell_away]
        for matter, handled in zip(matters, looked.handled[name], strict=True):
            done, data = office.done.get(matter), by_id[matter.about].data
            if done is None or handled.came is None or amended & {data["pn"], data.get("order")}:
                continue
            day, made = days(data), by_id[matter.about].made.isoformat()
            lay, was_so = (day is not None and made <= day <= one for one in (max(made, done.rests_on.isoformat()), done.on.isoformat()))
            assert (found in done.noted.found) == lay, matter
            assert (way in handled.ways) == (was_so and not done.noted.found), (matter, handled)
            wrong += way in handled.ways
    assert wrong > 0


def test_paper_is_read_in_the_version_that_counted_by_then() -> None:
    """One order, corrected, the correction corrected and that taken back; then it is taken back itself, and that is taken back."""
    def sent(number: int, kind: str, **data: Any) -> Sent:
        at = moment_of(number)
        return Sent("s", number, f"m{number}", kind, at, at, json.dumps({"data": data}).encode())

    def order(issued_on: str) -> dict[str, Any]:
        return {"order": "o", "pn": "p", "issued_on": issued_on}

    def named(number: int) -> dict[str, str]:
        return {"source": "s", "id": f"m{number}"}

    papers = Papers([
        sent(1, "penalty-order-issued", **order("2025-07-01")),
        sent(2, "message-corrected", corrects=named(1), data=order("2025-07-02")),
        sent(3, "message-corrected", corrects=named(2), data=order("2025-07-03")),
        sent(4, "message-retracted", retracts=named(3)),
        sent(5, "message-retracted", retracts=named(1)),
        sent(6, "message-retracted", retracts=named(5)),
    ])  # fmt: skip
    lay = [papers.at(moment_of(number).date()).sheet(("s", "m1")) for number in range(7)]
    assert [None if one is None else one.on.day for one in lay] == [None, 1, 2, 3, 2, None, 2]
    assert [one.name[1] for one in papers.at(date.max).case("p")] == ["m1"] and papers.version(("s", "m1")) == ("s", "m2")
    assert not papers.is_taken_back(("s", "m1")) and papers.is_taken_back(("s", "m3"))


def moment_of(number: int) -> datetime:
    """Noon on the day that is so many days after the first of August."""
    return datetime(2025, 8, 1, 12, tzinfo=UTC) + timedelta(days=number)


def test_whoever_was_let_work_is_looked_at_for_as_long_as_nothing_could_be_told(looked: Looked) -> None:
    """By the world's own pairs: a change of a day from the enrolment on until the links were back."""
    world, let = looked.world, 0
    for name in ("DUO", "Kiwa"):
        office = looked.meanwhile.offices[name]
        matters = [one for one in office.came_up if one not in office.fell_away]
        for matter, handled in zip(matters, looked.handled[name], strict=True):
            number = world.enrolments[matter.about]
            due = [so for pair, so in world.pairs.items() if pair.enrolment == number and so.due and not so.ending]
            changed = any(so.since <= so.on <= BACK for so in due)
            told = any("of whom a signal came" in way for way in handled.ways)
            assert told == (changed and handled.done is not None), matter
            let += told
    assert let > 0


def test_a_slip_is_found_when_the_message_has_come(looked: Looked) -> None:
    """Who noted another amount, day or number than lay before them is told of, where nothing else was in the way."""
    papers, slips = looked.meanwhile.papers, 0
    for name, fields in (("CJIB", "amount_eur"), ("victim support", "hearing_on")):
        office = looked.meanwhile.offices[name]
        handled = dict(zip((one for one in office.came_up if one not in office.fell_away), looked.handled[name], strict=True))
        for matter, done in office.done.items():
            sheet = papers.at(done.on).sheet(matter.about)
            assert sheet is not None
            lay = sheet.data["sentences"][0][fields] if name == "CJIB" else sheet.data[fields]
            if done.noted.value != lay and not done.noted.found and handled[matter].came is not None:
                slips += 1
                assert handled[matter].ways, matter
    assert slips > 0


def test_a_truth_that_differs_is_told() -> None:
    day = CUT_ON
    handled = [Handled(day, day, day, ("late",), ("late",)), Handled(day, day, day, (), ()), Handled(day, None, day)]
    same = row("a party", "things", "a process", None, handled)
    other = row("a party", "things", "a process", None, [*handled, Handled(day, day, day, (), ("late",))])
    assert list(differences([same])) == [] and len(list(differences([same, other]))) == 1
    assert (same["done"], same["waited"], same["otherwise"], same["ways"]) == (2, 1, 1, {"late": 1})


def test_a_backlog_is_what_came_up_and_is_neither_done_nor_here() -> None:
    days = [CUT_ON + timedelta(days=number) for number in range(60)]
    handled = [
        Handled(days[0], days[3], days[50]),
        Handled(days[1], None, days[40]),
        Handled(days[2], None, days[55]),
        Handled(days[2], days[2], days[50]),
        Handled(days[49], None, None),
    ]
    found = row("a party", "things", "a process", None, handled)
    assert found["backlog"] == {"highest": 3, "on": days[2].isoformat(), "at_the_end_of_the_cut": 1}
    assert (found["caught_up_on"], found["never_came"], found["looked_back_on"]) == (days[55].isoformat(), 1, 2)


def _quiet(name: str, done: float, total: float) -> None:
    """Nobody watches a test."""


@pytest.mark.parametrize("comes_back", [True, False])
def test_the_report_tells_of_eleven_parties_and_the_timeline_of_their_procedures(
    comes_back: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not comes_back:
        monkeypatch.setattr(gated.Gated, "_by_hand", lambda self, run, one, now: None)
    world = World(4, 0.003)
    run = letter.run_world("cut", world, list(reconnected(world)), letter.in_files(tmp_path)("cut"), _quiet, gates=True)
    with Node.opened(run.where.url) as node:
        found = meanwhile_report.told(world, node, run)
        entries = [one.entry for one in Recording(node).entries()]
    by_name = {one["party"]: one for one in found["parties"]}
    assert [one["party"] for one in found["parties"]] == list(meanwhile_report.ORDER)
    assert found["equal"], found["differences"]
    assert all(one["done"] + one["waited"] == one["came_up"] for one in found["parties"])
    offices = [one.party.name for one in (run.meanwhile or pytest.fail("nobody worked")).offices.values()]
    for name in offices:
        one = by_name[name]
        assert (one["procedure"]["until"] is None) != comes_back
        assert one["caught_up_on"] is None or comes_back
        assert one["looked_back_on"] == one["done"] - (0 if comes_back else one["done"])
        assert one["caught_up_on"] is None or one["caught_up_on"] >= one["procedure"]["until"]
    assert by_name["Justis"]["procedure"] is None and by_name["Justis"]["waited"] == by_name["Justis"]["came_up"] > 0
    assert _on_record(entries) == {*offices, "courts", "DJI", "police"}, "nobody decided: of Justis and IND there is nothing"
    closed = {one.actor for one in entries if one.what.startswith("closed")}
    assert closed == {"courts", "DJI", "police"} | set(offices if comes_back else ())
    words = "\n".join(meanwhile_report.in_words(found))
    assert all(one in words for one in meanwhile_report.ORDER) and "equal." in words and "nobody decided" in words


def _on_record(entries: list[TimelineEntry]) -> set[str]:
    """Who opened a procedure; each entry says so, of a day on or after the cut."""
    assert {one.sort for one in entries} == {"emergency-procedure"}
    assert all(one.when >= CUT_ON.isoformat() for one in entries)
    assert all((one.same_act is None) == one.what.startswith("opened") for one in entries)
    return {one.actor for one in entries if one.same_act is None}
