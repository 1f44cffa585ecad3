"""The filter: what it withheld is found, all of it and nothing else, and told worst first; and what is not replayed stays found."""

import itertools
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hervat.case import Charge
from hervat.consumers.screening.desk import Desk
from hervat.law.screening.ranking import Weight
from hervat.rehearsal import filtering, letter
from hervat.rehearsal.world import World
from tests.faults.processes import hervat

SCALE = 0.002
GRAVEST = [weight.value for weight in Weight]
SEED = 16  # its first lives are the hard stories, every one of them


def _quiet(name: str, done: float, total: float) -> None:
    """Nobody watches a test."""


def _run(folder: Path, seed: int = SEED) -> dict[str, Any]:
    return filtering.run(World(seed, SCALE), letter.in_files(folder), _quiet)


@pytest.mark.parametrize("seed", [SEED, 32, 1])
def test_what_is_withheld_is_found_and_told(seed: int, tmp_path: Path) -> None:
    found = _run(tmp_path, seed)
    assert found["ok"], found
    assert found["found"]["all_that_were_withheld"]
    assert found["found"]["signals"] == found["withheld"]["due_at_the_end"] <= found["replay"]["signals"]
    told = found["replay"]["worst_first"]
    persons = [person for person, _ in itertools.groupby(one["person"] for one in told)]
    assert len(persons) == len(set(persons))
    gravest = [min(GRAVEST.index(weight) for one in of for weight in one["weights"] or ["sexual"]) for of in _by_person(told)]
    assert gravest == sorted(gravest)
    second = found["second_computation"]
    assert second["days"] == 0
    assert "the first never told it" in second["difference"]


def _by_person(told: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [list(of) for _, of in itertools.groupby(told, key=lambda one: one["person"])]


def test_where_nothing_is_withheld_nothing_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filtering, "_minor", lambda charge: False)
    found = _run(tmp_path)
    assert (found["withheld"]["signals"], found["found"]["signals"], found["replay"]["signals"]) == (0, 0, 0)
    assert found["differences"] == []
    assert (found["ok"], found["second_computation"]["found_on"]) == (False, None)


def test_what_is_not_replayed_is_still_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    step = Desk.step
    monkeypatch.setattr(Desk, "step", lambda self, today, again=False, **more: step(self, today, **more))
    found = _run(tmp_path)
    assert found["replay"]["signals"] == 0
    assert len(found["differences"]) == 20
    assert not found["ok"]


def test_the_filter_lets_through_what_is_grave() -> None:
    for article, sort, maximum, minor in (
        ("Sr 302", "misdrijf", {"years": 8}, False),
        ("Sr 266", "misdrijf", {"months": 3}, True),
        ("WVW 107", "overtreding", None, True),
        ("Sr 310", "misdrijf", None, False),
    ):
        told = {"charge": 1, "article": article, "label": "x", "class": sort, "period": {"from": "2025-01-01", "to": "2025-01-01"}}
        assert filtering._minor(_charge(told | ({"maximum": maximum} if maximum else {}))) is minor


def _charge(told: dict[str, Any]) -> Charge:
    return msgspec.convert(told, Charge)


def test_the_command_tells_it(tmp_path: Path) -> None:
    ended = hervat("rehearse", "filter", "--scale", "0.004", "--seed", str(SEED), cwd=tmp_path)
    assert ended.status == 0
    assert "every person and number is synthetic, but for what was published" in ended.out
    assert "nothing is missing any more" in ended.out
