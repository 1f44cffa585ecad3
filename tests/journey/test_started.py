"""What the other tests take for granted of the processes that they begin: a forked one is as good as a fresh one (tests/loaded.py).

And what only fresh ones show: that each module which a command loads can be the first, and that nothing hangs on the order of a set.
"""

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults.processes import EXAMPLES, ROOT, command, environment, hervat
from tests.journey.site import make_whole, served
from tests.loaded import run

COMMANDS = ROOT / "src" / "hervat" / "doors" / "commands"
STORY = (
    ("receive", EXAMPLES), ("person", "20250001"), ("held",), ("horizon",), ("digest",), ("screening", "work"),
    ("status", "--on", "2026-02-20"),
)  # fmt: skip
MOMENTS = {"recorded_at", "received_at", "since"}


def lazily() -> set[str]:
    """The modules that commands load when they are given."""
    calls = [node for path in COMMANDS.glob("*.py") for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    named = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "lazy"]
    return {str(name.value) for name in named if isinstance(name, ast.Constant)}


@pytest.mark.parametrize("module", sorted(lazily()))
def test_a_module_that_a_command_loads_can_be_the_first(module: str) -> None:
    told = subprocess.run([sys.executable, "-c", f"import hervat.doors.{module}"], capture_output=True, env=environment(), check=False)
    assert (told.returncode, told.stderr) == (0, b"")


def without_moments(told: Any) -> Any:
    """What was said, but for the moments at which two runs of it differ."""
    if isinstance(told, dict):
        return {name: without_moments(value) for name, value in told.items() if name not in MOMENTS}
    return [without_moments(one) for one in told] if isinstance(told, list) else told


def test_nothing_hangs_on_the_order_of_a_set(tmp_path: Path) -> None:
    told = []
    for seed in ("1", "2"):
        ended = [hervat(*one, "--json", store=tmp_path / f"{seed}.db", PYTHONHASHSEED=seed) for one in STORY]
        told.append([(one.status, without_moments(one.document)) for one in ended])
    assert told[0] == told[1]
    assert {status for status, _ in told[0]} == {0}


@pytest.mark.parametrize("given", [("digest", "--json"), ("nonsense",), ("person", "nobody", "--json"), ("law", "show", "nothing")])
def test_a_forked_one_says_what_a_fresh_one_says(tmp_path: Path, given: tuple[str, ...]) -> None:
    whole = command(*given)
    asked = {"input": b"", "timeout": 60, "cwd": tmp_path, "env": environment()}
    forked = run(whole, **asked)
    fresh = subprocess.run(whole, capture_output=True, check=False, **asked)
    assert (forked.returncode, forked.stdout, forked.stderr) == (fresh.returncode, fresh.stdout, fresh.stderr)
    assert forked.stdout or forked.stderr


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_forked_one_is_a_child_of_ours_and_hears_signals(tmp_path: Path, sent: signal.Signals, status: int) -> None:
    url = f"sqlite:///{tmp_path / 'hervat.db'}"
    make_whole(url)
    with served(url) as server:
        assert server.get("/").status_code == 200
        told = Path(f"/proc/{server.process.pid}")
        assert int((told / "stat").read_text().rpartition(")")[2].split()[1]) == os.getpid()
        assert b"hervat" not in (told / "cmdline").read_bytes().split(b"\0"), "it was not forked"
        assert server.stop(sent)[0] == status
