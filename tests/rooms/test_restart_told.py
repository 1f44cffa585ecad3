"""What is told of a restart: what lacks, as data and in both languages; who decided with whom; the forecast; a plan that cannot be read."""

import json
import string
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from hervat.clock import parse_rfc3339
from hervat.errors import NotSo, StoreFault, Usage
from hervat.intake.switching import RESTART_BEGUN, RestartBegun
from hervat.register.waiting import Waiting
from hervat.restart import facts, gates
from hervat.restart.acts import StepUndone
from hervat.restart.facts import Facts
from hervat.restart.lacking import SENTENCES, Lack, sentence
from hervat.restart.run import SETTLING
from tests.rooms.messages import charge
from tests.rooms.nodes import fresh
from tests.rooms.restarted import LINKS, SKDB, WHO, World, a_plan, gone_through


@pytest.fixture
def world() -> Iterator[World]:
    with fresh("memory") as node:
        yield World(node, a_plan())


def told(world: World) -> dict[str, Any]:
    standing = world.restarting.standing()
    assert standing is not None
    return standing


def step(world: World, id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in told(world)["steps"] if one["id"] == id)
    return found


def test_every_lack_has_a_sentence_in_both_languages_with_the_same_values() -> None:
    fields = {
        language: {code: {name for _, name, _, _ in string.Formatter().parse(text) if name} for code, text in sentences.items()}
        for language, sentences in SENTENCES.items()
    }
    assert fields["en"] == fields["nl"]
    assert all(SENTENCES["en"][code] != text for code, text in SENTENCES["nl"].items())


def test_what_is_told_as_missing_is_the_sentence_of_what_is_told_as_data(world: World) -> None:
    world.begin()
    seen = set()
    for moment in ("begun", "sent", "through"):
        if moment == "sent":
            world.node.receive(world.story())
        if moment == "through":
            world.crews_done()
        for one in told(world)["steps"]:
            if one["next_is"] is not None:
                assert one["next"] == sentence(msgspec.convert(one["next_is"], Lack))
            for gate in (gate for gate in one["gates"] if gate["missing"]):
                lacks = msgspec.convert(gate["lacks"], Lack)
                seen.add(lacks.code)
                assert (gate["missing"], gate["missing"] == sentence(lacks, "nl")) == (sentence(lacks), False)
    assert {"stock-not-counted", "no-statement", "not-approved", "nothing-let-through", "to-be-looked-at"} <= seen
    assert json.dumps(told(world))


def test_of_one_and_of_more_is_said_as_such() -> None:
    said = [sentence(Lack(code="quarantined", values={"n": n}), "nl") for n in (1, 2)]
    assert [one.split(";")[0] for one in said] == [
        "1 bericht van de partner ligt in quarantaine",
        "2 berichten van de partner liggen in quarantaine",
    ]


def test_a_gate_that_was_lost_says_why_as_data(world: World) -> None:
    world.node.receive(world.story())
    world.begin()
    world.crews_done()
    world.restarting.check(statement=world.statement("skdb"))
    world.sent["skdb"][0] = world.sent["skdb"][1]
    assert world.restarting.check(statement=world.statement("skdb"))["lost"]
    lost = next(gate["lost"] for gate in step(world, "open-skdb")["gates"] if gate["gate"] == "reconciled")
    assert lost["lacks"]["code"] == "statement-differs"
    assert lost["why"] == sentence(msgspec.convert(lost["lacks"], Lack))


def test_who_decided_with_whom_is_told_and_one_person_is_not_two(world: World) -> None:
    world.begin()
    world.restarting.done("restore", by="a crew", evidence="x")
    for act in (
        lambda: world.restarting.hold("open-skdb", by="Anna", second=" anna", why="x"),
        lambda: world.restarting.isolate(SKDB, by="Anna", second="ANNA", why="x"),
        lambda: world.restarting.abort(by="Anna", second="Anna", why="x"),
    ):
        with pytest.raises(Usage, match="--second must be another"):
            act()
    world.restarting.hold("restore", by="Anna", second="Bram", why="it broke")
    undone = step(world, "restore")["undone"]
    assert {"by": "Anna", "second": "Bram", "reason": "it broke"}.items() <= undone.items()
    world.restarting.hold("open-skdb", by="Anna", why="x")
    stopped = step(world, "open-skdb")["stopped"]
    assert {"how": "held", "by": "Anna", "second": None, "why": "held by Anna: x"}.items() <= stopped.items()
    world.restarting.isolate(SKDB, by="Anna", second="Bram", why="seen there")
    (isolated,) = told(world)["isolated"]
    assert {"oin": SKDB, "by": "Anna", "second": "Bram", "why": "seen there"}.items() <= isolated.items()
    world.rotate()
    world.restarting.approve(world.approval("open-skdb", SKDB), by="Anna", second="Bram", why="seen and signed")
    world.restarting.abort(by="Anna", second="Bram", why="enough")
    assert {"by": "Anna", "second": "Bram", "why": "enough", "outcome": "aborted"}.items() <= told(world)["ended"].items()


def test_what_nobody_said_is_not_in_the_act() -> None:
    said = StepUndone(run="r", step="s", by="a", why="b")
    assert msgspec.json.decode(msgspec.json.encode(said)) == {"act": "step-undone", "run": "r", "step": "s", "by": "a", "why": "b"}


def test_the_forecast_is_of_the_last_day_and_says_where_it_never_ends(world: World) -> None:
    world.begin()
    world.node.receive(world.story())
    forecast = told(world)["forecast"]
    assert forecast["days_left"] is forecast["drained_at"] is None
    world.later(48)
    world.crews_done()
    world.restarting.check(statement=world.statement("skdb"))
    world.approve("open-skdb")
    forecast = told(world)["forecast"]
    assert forecast["last_day"]["applied"] > forecast["last_day"]["came"] == 0
    assert forecast["days_left"] > 0
    assert parse_rfc3339(forecast["drained_at"]) > world.clock.at


def test_when_all_is_through_nothing_is_left(world: World) -> None:
    world.node.receive(world.story())
    gone_through(world)
    assert set(world.states().values()) == {"live", "done"}
    forecast = told(world)["forecast"]
    assert (forecast["days_left"], forecast["held"], len(LINKS)) == (0.0, 0, 3)


def test_a_plan_in_the_journal_that_cannot_be_read_is_told_with_its_place(world: World) -> None:
    act = RestartBegun(
        run="r", hash="0" * 64, plan=msgspec.Raw(b'{"name":"x"}'), governs=(), links=(), exercise=False, by="a", why="b"
    )
    position = world.node.decide(RESTART_BEGUN, act)
    with pytest.raises(StoreFault, match=f"entry {position}: the plan of the run r cannot be read .*missing.*; .*hervat verify"):
        world.restarting.standing()
    with pytest.raises(StoreFault, match="cannot be read"):
        world.restarting.check()
    before = world.node.position
    assert world.restarting.isolate(SKDB, by="Anna", why="seen there")["position"] == before + 1, "whoever isolates is not hindered by it"
    with pytest.raises(NotSo, match="the run r is under way"):
        world.begin()
    world.restarting.abort(by="Anna", why="it cannot be read")
    with pytest.raises(NotSo, match="no restart is under way"):
        world.restarting.abort(by="Anna", why="again")
    world.begin()
    assert told(world)["plan"]["name"] == "small", "another run needs nothing of one that is over"


def test_what_is_held_is_not_read_to_show_links_that_are_closed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.begin()
    world.node.receive(world.story())
    read: list[object] = []
    monkeypatch.setattr(Facts, "_held_for", lambda self, given: iter(read.append(self) or ()))
    found = step(world, "open-skdb")["gates"]
    assert not read
    assert [gate["lacks"]["code"] for gate in found if gate["gate"] in SETTLING] == ["nothing-let-through"] * 2


def read_by_twos(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What waits is read two messages at a time; gives how many were, each time."""
    read: list[int] = []
    tell = Waiting.tell
    monkeypatch.setattr(facts, "_FEW", 2)
    monkeypatch.setattr(Waiting, "tell", lambda self, rows: (read.append(len(rows)), tell(self, rows))[1])
    return read


def test_of_what_is_held_for_a_link_so_much_is_read_as_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "MOST_HELD", 3)
    told = read_by_twos(monkeypatch)
    with fresh("memory") as node:
        world = World(node, a_plan(("approved", "no-held")))
        cases = [world.made("gps", "case-registered", case(n)) for n in range(9)]
        appeal = {"judgment": "J", "remedy": "appeal", "by": "x", "lodged_on": "2025-08-01"}
        node.receive([*cases, world.made("grip", "appeal-lodged", appeal)])
        world.begin()
        world.crews_done()
        world.approve("open-skdb")
        told.clear()
        assert "more than 3 messages, the first at position 4" in world.missing("open-skdb")["no-held"]
        assert sum(told) == 4, "of nine"
        persons = ({"skn": f"S{n}", "identity": {"set": "1", "surname": "A"}} for n in range(7))
        node.receive([world.made("skdb", "person-registered", person) for person in persons])
        assert world.states()["open-skdb"] == "replay"
        world.restarting.hold("open-skdb", **WHO)
        world.restarting.done("open-skdb", by="one", second="other", evidence="x")
        world.later(1)
        world.approve("open-skdb")
        found = world.missing("open-skdb")["no-held"]
        assert found.startswith("3 messages, the first at position 11,"), "two cases, and an appeal"


def case(number: int) -> dict[str, object]:
    return {"pn": f"10/00000{number}-25", "skn": f"S{number}", "office": "x", "received_on": "2025-07-01", "charges": [charge(1)]}


def test_no_more_is_opened_than_a_look_may_where_nothing_of_it_is_the_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """A judgment says only inside whether it waits for an appeal or, as each of these, for a charge."""
    monkeypatch.setattr(gates, "MOST_LOOKED_AT", 4)
    opened = read_by_twos(monkeypatch)
    with fresh("memory") as node:
        world = World(node, a_plan(("approved", "no-held"), kinds=("appeal-lodged",)))
        node.receive([world.made("grip", "judgment-given", judgment(n)) for n in range(9)])
        world.begin()
        world.crews_done()
        opened.clear()
        world.approve("open-skdb")
        assert world.states()["open-skdb"] == "replay"
        opened.clear()
        found = world.missing("open-skdb")["no-held"]
        assert found.startswith("of more than 4 messages that may be held") and "oldest 4 were looked at, and 0 are" in found
        assert sum(opened) == 6, "the four, and a page to see that there are more"
        monkeypatch.setattr(gates, "MOST_LOOKED_AT", 9)
        world.restarting.check()
        assert world.states()["open-skdb"] == "live"


def judgment(number: int) -> dict[str, object]:
    verdict = {"charge": 1, "verdict": "convicted"}
    named = {"judgment": f"J{number}", "court": "x", "instance": 1, "pn": f"10/{number:06}-25", "given_on": "2025-08-01"}
    return named | {"verdicts": [verdict], "sentences": []}
