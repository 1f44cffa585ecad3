"""What every test stands on: how long Hypothesis searches, how many seeds a rehearsal gets, what the end tells.

- HYPOTHESIS_PROFILE: `default` (modest, searches elsewhere every time), `ci` (the same examples every time; chosen by
  CI=true), `long` (ten times as many examples).
- REHEARSAL_SEEDS: a test that asks for `rehearsal_seed` runs once for each seed from 1 up to this number; one that asks for `costly_seed`,
  for a fifth of them.
"""

import gc
import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

SOFT_LENGTH = 300

# What runs in the background is deaf to Ctrl-C, and so would be every process that a test begins.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A rehearsal or a real process takes longer than Hypothesis's deadline on a busy machine, and that says nothing.
settings.register_profile(
    "default", max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", parent=settings.get_profile("default"), derandomize=True, print_blob=True)
settings.register_profile("long", parent=settings.get_profile("default"), max_examples=500, stateful_step_count=80)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    seeds = int(os.environ.get("REHEARSAL_SEEDS", "20"))
    for name, last in (("rehearsal_seed", seeds), ("costly_seed", seeds // 5)):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, range(1, last + 1))


def pytest_collection_finish() -> None:
    """What is there before the first test stays until the last: looking through it again and again for what may go takes a tenth of all."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell, without failing, which files are on their way to the hard limit of tests/tidy."""
    root = Path(__file__).parent.parent
    files = [path for room in ("src", "tests", "tools") for path in sorted((root / room).rglob("*.py"))]
    lengths = {path.relative_to(root): path.read_text(encoding="utf-8").count("\n") for path in files}
    for path, length in lengths.items():
        if length > SOFT_LENGTH:
            terminalreporter.write_line(f"{path}: {length} lines; over {SOFT_LENGTH} is where to look for a seam")
