"""The letter, over seeds: the same world three ways, the world's own truth, nothing lost; and a register that is wrong turns it red."""

from pathlib import Path
from typing import Any

import pytest

from hervat.assemble import Node
from hervat.register import decisions, judgments
from hervat.rehearsal import beside, letter
from hervat.rehearsal.report import document, in_words
from hervat.rehearsal.thread import SKN
from hervat.rehearsal.world import World

SCALE = 0.004


def _quiet(name: str, done: float, total: float) -> None:
    """Nobody watches a test."""


def _rehearsed(seed: int, folder: Path, *, decides: bool = False) -> tuple[World, dict[str, letter.Run]]:
    world = World(seed, SCALE)
    return world, letter.run_all(world, letter.in_files(folder), _quiet, decides=decides)


def _reported(world: World, runs: dict[str, letter.Run]) -> dict[str, Any]:
    cut = runs["cut"]
    told = beside.compare(world, cut), letter.thread(world, cut), letter.decided(world, runs), letter.courses(world, runs)
    return document(world, runs, *told)


def test_same_world_and_its_own_truth(rehearsal_seed: int, tmp_path: Path) -> None:
    """In every fifth world people decide, and every evening screening is checked: that takes long."""
    decides = rehearsal_seed % 5 == 1
    world, runs = _rehearsed(rehearsal_seed, tmp_path, decides=decides)
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
    assert found["ok"]
    decided = found["decided"]
    assert decided["certificates"]["equal"]
    assert (decided["certificates"]["decided"] > 0) == (decided["handed"]["given"] > 0) == decides
    assert compared.charges > 200
    for run in runs.values():
        for row in run.horizon:
            assert row["received"] == row["applied"] + row["held"] + row["refused"], row
        assert run.balance["received"] == len(world.messages)
    keyed = [{(one["source"], one["id"], one["reason"], *one["needs"]) for one in run.held_at_end} for run in runs.values()]
    assert keyed[0] == keyed[1] == keyed[2]


def test_the_thread_is_held_for_lack_of_its_case_and_told(tmp_path: Path) -> None:
    world, runs = _rehearsed(7, tmp_path)
    found = _reported(world, runs)
    judged = next(step for step in found["thread"] if step["held_for"])
    assert judged["held_for"].startswith("charge:")
    assert judged["held_days"] == pytest.approx(31, abs=1)
    words = "\n".join(in_words(found))
    assert "held 31 days for lack of charge:" in words
    with Node.opened(runs["cut"].store) as node:
        blind = node.person(SKN, position=judged["applied_position"] - 1)
        seeing = node.person(SKN)
    assert blind["cases"] == []
    assert [one["id"] for one in blind["held"]]
    assert seeing["cases"][0]["charges"][0]["outcome"] == "convicted"


def test_the_wrong_order_holds_more_and_ends_the_same(tmp_path: Path) -> None:
    _, runs = _rehearsed(11, tmp_path)
    assert runs["wrong_order"].most_held["held"] > runs["cut"].most_held["held"]
    assert runs["wrong_order"].digest == runs["cut"].digest


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
    module: object, name: str, wrong: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, runs = _rehearsed(3, tmp_path)
    assert beside.compare(world, runs["cut"]).equal
    monkeypatch.setattr(module, name, wrong)
    assert beside.compare(world, runs["cut"]).differences
