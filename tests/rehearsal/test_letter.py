"""The letter, over seeds: the same world three ways, the world's own truth, nothing lost; and a register that is wrong turns it red."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hervat.assemble import Node
from hervat.consumers.screening.worklist import WorkList
from hervat.intake import switching
from hervat.register import decisions, judgments
from hervat.rehearsal import beside, gated, letter
from hervat.rehearsal.gated_report import came_back
from hervat.rehearsal.network import reconnected
from hervat.rehearsal.report import document, in_words
from hervat.rehearsal.thread import SKN
from hervat.rehearsal.world import World
from hervat.restart import gates
from hervat.standing import bottlenecks

SCALE, SMALL, TINY = 0.004, 0.002, 0.0005
SHARED = 7
"""The seed of a world that is rehearsed once for several tests."""


def _quiet(name: str, done: float, total: float) -> None:
    """Nobody watches a test."""


def _rehearsed(seed: int, folder: Path, scale: float = SCALE, *, decides: bool = False) -> tuple[World, dict[str, letter.Run]]:
    world = World(seed, scale, settles=decides)
    return world, letter.run_all(world, letter.in_files(folder), _quiet, decides=decides)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, dict[str, letter.Run]]:
    """The world that is looked at only, and its runs."""
    return _rehearsed(SHARED, tmp_path_factory.mktemp("shared"))


def _reported(world: World, runs: dict[str, letter.Run]) -> dict[str, Any]:
    cut = runs["cut"]
    told = beside.compare(world, cut), letter.thread(world, cut), letter.decided(world, runs)
    end = letter.ended(world, runs)
    return document(world, runs, *told, letter.courses(world, runs), end)


def test_same_world_and_its_own_truth(rehearsal_seed: int, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """In every fifth world people decide, every evening screening is checked, and all is worked off: that takes long. The others are half
    as large.
    """
    decides = rehearsal_seed % 5 == 1
    if rehearsal_seed == SHARED:
        _hold(*request.getfixturevalue("shared"))
    else:
        _hold(*_rehearsed(rehearsal_seed, tmp_path, SCALE if decides else SMALL, decides=decides), decides=decides)


@pytest.mark.long
def test_same_world_and_its_own_truth_in_every_world_at_its_size(rehearsal_seed: int, tmp_path: Path) -> None:
    _hold(*_rehearsed(rehearsal_seed, tmp_path))


def _hold(world: World, runs: dict[str, letter.Run], *, decides: bool = False) -> None:
    compared = beside.compare(world, runs["cut"])
    found = _reported(world, runs)
    assert found["same_world"], {name: run.digest for name, run in runs.items()}
    assert found["truth"]["differences"] == []
    assert found["truth"]["held_otherwise"] == []
    assert found["truth"]["refused_otherwise"] == []
    assert found["screening"]["differences"] == {"uncut": [], "cut": [], "wrong_order": []}
    assert found["screening"]["same_in_all"]
    assert found["screening"]["due"] >= 5  # those of the thread at least
    assert (found["screening"]["evenings_checked"] > 70) == decides
    assert found["screening"]["odd_evenings"] == []
    assert found["custody"]["differences"] == []
    assert found["meanwhile"]["differences"] == []
    by_rule = {one["party"]: one["done"] for one in found["meanwhile"]["parties"]}
    assert (by_rule["Justis"] > 0) == (by_rule["IND"] > 0) == decides
    assert found["ok"]
    assert found["restart"]["broken"] == []
    assert found["restart"]["failing"]["waited"] == [gated.COURTS_LINK]
    decided = found["decided"]
    assert decided["certificates"]["equal"]
    assert (decided["certificates"]["decided"] > 0) == (decided["handed"]["given"] > 0) == decides
    assert (found["ended"] is not None) == decides
    if decides:
        _all_is_worked_off(found, runs["cut"])
    assert compared.charges > 100
    for run in runs.values():
        for row in run.horizon:
            assert row["received"] == row["applied"] + row["held"] + row["refused"], row
        assert run.balance["received"] == len(world.messages)
    keyed = [{(one["source"], one["id"], one["reason"], *one["needs"]) for one in run.held_at_end} for run in runs.values()]
    assert keyed[0] == keyed[1] == keyed[2]


def _all_is_worked_off(found: dict[str, Any], cut: letter.Run) -> None:
    """Every bottleneck was there when the last link was back, and is over by evidence; a node that is opened anew says the same."""
    ended = found["ended"]
    assert cut.held_at_end == []
    assert ended["asked_about"] == found["world"]["settled"]
    assert sum(ended["done"]["signals"].values()) > 0
    assert [one["open"] for one in ended["bottlenecks"]] == [False] * 5
    back = [one["when_links_were_back"] for one in ended["bottlenecks"]]
    assert back[0]["open"] and all(one["open"] == bool(one["against"]) for one in back)
    assert not ended["asked_about"] or all({"horizon-now", "nothing-held"} <= one["against"].keys() for one in back)
    with Node.opened(cut.store) as node:
        assert [one.is_open for one in bottlenecks(node)] == [False] * 5
        assert list(node.held()) == []


@pytest.mark.parametrize("left", ["a signal", "a message that is held"])
def test_what_is_left_keeps_a_bottleneck_open(left: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One signal on which nobody decides, or one message that nobody asks about: the report is not all right."""
    if left == "a signal":
        whole = WorkList.open
        monkeypatch.setattr(WorkList, "open", lambda self, *told: [*whole(self, *told)][1:])
        world, against = World(2, TINY, settles=True), "signals-assessed"
    else:
        world, against = World(2, TINY, settles=True), "nothing-held"
        case = next(one for one in world.messages if one.kind == "case-registered")
        document = json.loads(case.raw)
        document |= {"id": "nobody-asks", "sequence": str(1 + sum(one.source == case.source for one in world.messages))}
        document["data"] |= {"pn": "10/999999-25", "skn": "99999999"}
        world.messages.append(case._replace(id="nobody-asks", raw=json.dumps(document).encode(), event_at=world.messages[-1].event_at))
    runs = letter.run_all(world, letter.in_files(tmp_path), _quiet)
    found = _reported(world, runs)
    assert not found["ok"]
    assert any(against in one["against"] for one in found["ended"]["bottlenecks"][:2])
    assert "OPEN" in "\n".join(in_words(found))


def test_the_thread_is_held_until_its_link_may_open_and_told(shared: tuple[World, dict[str, letter.Run]]) -> None:
    world, runs = shared
    found = _reported(world, runs)
    judged = max(found["thread"], key=lambda step: step["held_days"])
    assert judged["held_for"] == "ceiling"
    assert judged["held_days"] > 31
    live = {one["step"]: one["moved"][-1]["at"][:10] for one in found["restart"]["links"]}
    assert live[gated.OM_LINK] <= judged["applied_on"] <= live[gated.COURTS_LINK]
    words = "\n".join(in_words(found))
    assert f"held {judged['held_days']:.0f} days below the ceiling of the restart" in words
    ungated = next(step for step in letter.thread(world, runs["wrong_order"]) if step.held_for)
    assert (ungated.held_for or "").startswith("charge:")
    with Node.opened(runs["cut"].store) as node:
        blind = node.person(SKN, position=min(step["applied_position"] for step in found["thread"] if step["held_for"]) - 1)
        seeing = node.person(SKN)
    assert blind["cases"] == []
    assert [one["id"] for one in blind["held"]]
    assert seeing["cases"][0]["charges"][0]["outcome"] == "convicted"


def test_the_wrong_order_holds_more_for_what_it_needs_and_ends_the_same(shared: tuple[World, dict[str, letter.Run]]) -> None:
    _, runs = shared
    held = {name: sum((one.reasons for one in run.waited.values()), Counter()) for name, run in runs.items()}
    assert held["cut"]["ceiling"] > 0 == held["wrong_order"]["ceiling"]
    assert held["wrong_order"].total() > held["cut"].total() - held["cut"]["ceiling"]
    assert runs["wrong_order"].digest == runs["cut"].digest


def test_a_restart_that_does_not_come_through_is_told_and_keeps_its_links_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who never signs: of OM nothing is applied any more, nor of the courts, and the worlds are not the same."""
    monkeypatch.setattr(gated, "FAILINGS", [one for one in gated.FAILINGS if one.gate == "approved"])
    monkeypatch.setattr(gated.Gated, "_goes_wrong", lambda self, one: True)
    world, runs = _rehearsed(2, tmp_path)
    found = _reported(world, runs)
    assert not found["ok"] and not found["same_world"]
    assert found["restart"]["outcome"] is None
    assert {one["step"] for one in found["restart"]["steps"] if one["actual"] is None} == {gated.OM_LINK, gated.COURTS_LINK}
    assert {one["reason"] for one in runs["cut"].held_at_end} >= {"ceiling"}
    assert found["restart"]["broken"] == []
    assert "NOT completed" in "\n".join(in_words(found))


def _met(asking: object, run: object, one: object, again: bool) -> gates.Verdict:
    return gates.Verdict(True, {})


@pytest.mark.parametrize(
    ("fault", "failing"),
    [
        ("none", gated.FAILINGS[0]),
        ("the switch lets all through", gated.FAILINGS[0]),
        *(("the gate is always met", one) for one in gated.FAILINGS if one.gate != "approved"),
    ],
    ids=lambda one: one if isinstance(one, str) else f"{one.gate}{' again' if one.after else ''}",
)
def test_a_node_that_does_not_keep_its_gates_turns_the_verdict_red(
    fault: str, failing: gated.Failing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The node says of itself that all was completed; its own acts, and what the rehearsal made fail, say otherwise."""
    monkeypatch.setattr(gated, "FAILINGS", [failing])
    if fault == "the switch lets all through":
        monkeypatch.setattr(switching.Gate, "admits", lambda self, kind, sequence, time: True)
    elif fault == "the gate is always met":
        monkeypatch.setitem(gates._GATES, failing.gate, _met)
    world = World(3, TINY)
    restart = letter.run_world("cut", world, list(reconnected(world)), letter.in_files(tmp_path)("cut"), _quiet, gates=True).restart
    assert restart is not None and restart["outcome"] == "completed"
    assert came_back(restart) == (fault == "none") == (restart["broken"] == []), restart["broken"]


@pytest.mark.parametrize(
    ("module", "name", "wrong"),
    [
        (decisions, "PROSECUTION", 3),
        (decisions, "JUDGMENT", 0),
        (judgments, "_finals", lambda told, appeals: {}),
    ],
    ids=["a decision of the prosecution beats a judgment", "a judgment never counts", "nothing is ever final"],
)
def test_a_register_with_a_wrong_rule_differs_from_the_truth(
    module: object, name: str, wrong: object, shared: tuple[World, dict[str, letter.Run]], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, runs = shared
    assert beside.compare(world, runs["cut"]).equal
    monkeypatch.setattr(module, name, wrong)
    assert beside.compare(world, runs["cut"]).differences
