"""The rehearsal `purge`: faulty jobs are stopped before a row goes, the sound one goes through; a breaker that does not break is seen."""

import json
from pathlib import Path
from typing import Any

import pytest

from hervat.consumers.retention import beside, breaker
from hervat.doors.words import as_document
from hervat.rehearsal import purge
from hervat.rehearsal.letter import in_files
from hervat.rehearsal.oldrecords import ROWS
from tests.faults.processes import hervat

SCALE, SEED = 0.0001, 11


def _run(path: Path) -> dict[str, Any]:
    return purge.run(SEED, SCALE, in_files(path), lambda name, done, total: None)


def test_what_is_wrong_is_stopped_and_what_is_sound_goes_through(tmp_path: Path) -> None:
    found = _run(tmp_path)
    assert [(one["by"], one["journal_untouched"]) for one in found["stopped"]] == [
        ("computations", True),
        ("computations", True),
        ("forecast", True),
    ]
    assert found["stopped"][0]["selected"] > found["sound"]["hidden"] > found["stopped"][1]["selected"]
    assert all(one["rows_that_differ"] for one in found["stopped"])
    assert found["nothing_changed_meanwhile"]
    assert found["rows_left"] == ROWS * SCALE - found["sound"]["removed"]
    assert found["proofs"]["erased_since"] and not found["proofs"]["failed"]
    assert found["ok"]


def test_without_the_second_computation_a_faulty_job_goes_through_and_the_rehearsal_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What selects too much is then still found by the forecast; without that as well it goes through."""
    monkeypatch.setattr(beside.Beside, "_say", lambda *_: None)
    found = _run(tmp_path / "1")
    assert (found["stopped"][0]["by"], found["ok"]) == ("forecast", found["stopped"][1]["stopped"])
    monkeypatch.setattr(breaker, "LEAST", ROWS)
    found = _run(tmp_path / "2")
    assert not any(one["stopped"] for one in found["stopped"])
    assert not found["nothing_changed_meanwhile"]
    assert not found["ok"]


def test_without_the_forecast_what_a_source_told_wrongly_goes_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker, "LEAST", ROWS)
    found = _run(tmp_path)
    assert [one["stopped"] for one in found["stopped"]] == [True, True, False]
    assert not found["ok"]


def test_one_seed_gives_one_report_and_the_command_tells_it(tmp_path: Path) -> None:
    """The command in a process of its own is the second run."""
    ended = hervat("rehearse", "purge", "--scale", str(SCALE), "--seed", str(SEED), "--json", cwd=tmp_path)
    assert ended.status == 0, ended.out
    first, second = json.loads(as_document(_run(tmp_path / "first"))), ended.document
    told = "\n".join(purge.in_words(second))
    assert "every row is synthetic, but for what was published" in told
    assert "stopped by the computations" in told
    assert "stopped by the forecast" in told
    assert "Rehearsed as it should go." in told
    del first["store"], second["store"]
    assert first == second
