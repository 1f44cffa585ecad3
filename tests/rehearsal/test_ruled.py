"""The rehearsal `interim`: two rules on the same cut, side by side; the same seed gives the same report."""

from pathlib import Path
from typing import Any

import pytest

from hervat.doors.commands import node
from hervat.rehearsal import ruled
from hervat.rehearsal.letter import in_files
from hervat.rehearsal.world import World
from tests.faults.processes import hervat

SCALE = 0.003


def _run(path: Path, seed: int, *rules: str) -> dict[str, Any]:
    first, second = rules
    found = ruled.run(seed, SCALE, in_files(path), lambda name, done, total: None, rules=(first, second))
    return {name: value for name, value in found.items() if name != "stores"}


@pytest.mark.parametrize(("seed", "rules"), [(1, ("decide", "wait")), (9, ("wait-where-vulnerable", "wait"))])
def test_what_is_decided_at_once_waits_less_and_is_different_more_often(tmp_path: Path, seed: int, rules: tuple[str, str]) -> None:
    found = _run(tmp_path, seed, *rules)
    sooner, wait = found["rules"]
    assert found["ok"] and sooner["applications"] == wait["applications"] > 10
    assert sooner["blind"] > 0 == wait["blind"]
    assert sooner["days_waited"]["mean"] < wait["days_waited"]["mean"]
    assert sooner["later_different"] > wait["later_different"]
    if "wait-where-vulnerable" in rules:
        assert sooner["amounts"]["too lenient, where vulnerable people are concerned"] == 0
    for one in (sooner, wait):
        # When the register is whole again nobody goes on waiting, whatever the rule was, but for what was refused.
        assert one["decided"] == one["granted"] + one["refused"] and one["decided"] + one["waiting"] == one["applications"]
        assert one["waiting"] == one["waiting_for_refused"] < one["decided"]
        assert sum(one["amounts"][name] for name in one["amounts"] if name != "a day waited") <= one["later_different"]
        assert one["harm"]["in all"] == sum(one["amounts"][name] * weight for name, weight in found["invented"]["weights"].items())
    words = "\n".join(ruled.in_words(found))
    assert "weights that are invented" in words and rules[0] in words and "Rehearsed as it should go." in words


def test_what_stays_held_keeps_everybody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody asks the senders, the horizon never catches up, and who is to wait is decided on by nobody."""
    monkeypatch.setattr(ruled, "World", lambda seed, scale, *, settles: World(seed, scale, settles=not settles))
    decide, wait = (found := _run(tmp_path, 1, "decide", "wait"))["rules"]
    assert (wait["decided"], wait["waiting"]) == (0, wait["applications"]) and decide["waiting"] == 0
    assert not found["ok"] and "NOT AS IT SHOULD GO." in "\n".join(ruled.in_words(found))


def test_the_same_rule_twice_is_the_same_twice(tmp_path: Path) -> None:
    first, second = _run(tmp_path, 5, "decide", "decide")["rules"]
    assert first == second and first["later_different"] > 0


def test_the_command_names_the_rules_that_there_are() -> None:
    assert {*node.RULES} == ruled.RULES.keys()
    wrong = hervat("rehearse", "letter", "--interim", "wait")
    assert wrong.status == 2 and "go with hervat rehearse interim" in wrong.err
    assert hervat("rehearse", "interim", "--against", "hope").status == 2
