"""Eleven organisations as processes of their own: cut off, carried by hand, killed with -9, back, and compared with a world without a
cut.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.faults.processes import ROOT, environment


def test_the_chain_comes_back_to_the_world_without_a_cut(tmp_path: Path) -> None:
    demo, folder = os.fspath(ROOT / "tools" / "demo_chain.py"), os.fspath(tmp_path / "chain")
    command = [sys.executable, demo, "--scale", "0.004", "--directory", folder]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SAME WORLD" in done.stdout
    assert done.stdout.count("proven equal") == 5
    assert "the same file again is refused" in done.stdout
    assert "killed in mid-drain" in done.stdout
