"""Eleven organisations as processes of their own: cut off, carried by hand, killed with -9, back through the gates of a plan, and compared
with a world without a cut.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hervat.rehearsal.world import World
from tests.faults.processes import ROOT, environment
from tools import demo_chain, demo_stage


def test_the_chain_comes_back_through_its_gates_to_the_world_without_a_cut(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tools.demo_chain", "--scale", "0.004", "--directory", os.fspath(tmp_path / "chain")]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), cwd=ROOT, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = done.stdout
    assert "SAME WORLD" in told
    assert told.count("proven equal") == 5
    assert told.count("(kill -9)") == 3
    assert "the same file again is refused" in told
    assert "it comes through" in told
    assert "OM's gate `reconciled` fails: what the partner signed that it sent" in told
    assert re.search(r"equal; [1-9][0-9,]* of OM's [0-9,]+ wait behind the switch", told)
    assert "not approved yet by chief of operations" in told
    assert "the source has not counted its stock" in told
    log = (tmp_path / "chain" / "serve register.log").read_text()
    assert "open-om-jds is replay: every gate before it is passed" in log
    assert told.count("two people of two organisations let that be") == 2
    assert "verify: sound; the run is completed" in told


class Standing(demo_chain.Demo):
    """A chain in which so many messages are to go, one number for each time that somebody looks; the last for ever."""

    left: Iterator[int]
    last = 0

    def to_go(self, name: str) -> int:
        self.last = next(self.left, self.last)
        return self.last


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    with ExitStack() as undo:
        yield Standing(tmp_path_factory.mktemp("standing"), World(1, 0.001), 1, undo)


def test_who_waits_for_what_does_not_go_is_told_so(standing: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_stage, "PATIENCE", 0)
    standing.left = iter((5, 4))
    with pytest.raises(SystemExit, match="still to go is om 4"):
        standing.gone("om")
    standing.left = iter((3, 2, 1, 0))
    standing.gone("om")
