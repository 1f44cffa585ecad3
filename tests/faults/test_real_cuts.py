"""Real cuts: sender and receiver in a network of their own whose only interface goes down in mid-work and up again. For the long search."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.processes import ROOT, environment, examine
from tests.journey.chain import two
from tests.journey.door import case
from tests.rooms.exchanged import JDS

MESSAGES = 4000
OWN_NETWORK = ("unshare", "-n") if os.geteuid() == 0 else ("unshare", "-rn")


def inside(folder: Path, seed: int) -> None:
    """Within the network: serve, send, take the interface down and up, and go on until everything went."""
    import random
    import time

    from tests.faults.test_exchange import begun
    from tests.journey.chain import Member

    chance = random.Random(seed)
    om, jds = (Member.found(folder / name) for name in ("om", "jds"))
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with jds.serving() as door:
        om.knows(jds, door.url)
        sender = begun(om)
        for _ in range(3):
            time.sleep(chance.uniform(0.3, 1.5))
            subprocess.run(["ip", "link", "set", "lo", "down"], check=True)
            time.sleep(chance.uniform(0.2, 2.0))
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        sender.terminate()
        sender.wait()
        assert om.does("dispatch", "--once").status == 0
        (told,) = om.does("reconcile", JDS, "--json").document
        assert (told["equal"], told["there"]) == (True, MESSAGES)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_network_goes_down_and_comes_up_in_mid_work(tmp_path: Path, seed: int) -> None:
    om, jds = two(tmp_path)
    om.receives([case(number) for number in range(1, MESSAGES + 1)])
    script = f"from pathlib import Path; from tests.faults.test_real_cuts import inside; inside(Path({os.fspath(tmp_path)!r}), {seed})"
    named = environment() | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    done = subprocess.run([*OWN_NETWORK, sys.executable, "-c", script], capture_output=True, text=True, env=named, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    examine(om.store)
    examine(jds.store)
