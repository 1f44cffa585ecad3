"""A node that serves and looks at the gates of its restart by itself: nobody gives a command, and links open and close as the gates say."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from hervat.assemble import Node
from hervat.chain.plan import Plan
from hervat.clock import SteppedClock, SystemClock
from hervat.doors.config import Config, NodeTable, RestartTable, ServeTable
from hervat.doors.gates import gatekeeping
from hervat.intake.switching import LinkMoved, RestartEnded
from hervat.restart.acts import GateLost, GatePassed, Waiving
from hervat.restart.run import acts_of_runs
from hervat.restarting import Restarting
from tests.faults.processes import copy_store, environment
from tests.journey.door import Door, Ground, Signer, served
from tests.rooms.messages import FEEDS
from tests.rooms.restarted import GPS, LINKS, SKDB, World, a_plan, oin_of

PATIENCE = 60
SECOND = 1 / 3600
"""In hours, as a plan has them."""


@contextmanager
def restarting(ground: Ground, plan: Plan) -> Iterator[World]:
    """A run that was begun a minute ago whose crews are done and whose links are approved, at a node that does not serve yet."""
    clock = SteppedClock(SystemClock().now() - timedelta(minutes=1), timedelta(microseconds=1))
    with Node.opened(ground.url, writer=True, keys=ground.keys, clock=clock) as node:
        world = World(node, plan)
        world.begin()
        for step in ("restore", "keys"):
            world.restarting.done(step, by="a crew", evidence="it runs")
        for step in LINKS:
            world.approve(step)
        yield world


@contextmanager
def looking(ground: Ground, seconds: int) -> Iterator[Door]:
    config = ground.folder / "node.toml"
    text = f"[node]\n{ground.config}\n[serve]\nport = 0\n[screening]\ndaily = false\n[restart]\nlook_seconds = {seconds}\n"
    config.write_text(text, encoding="utf-8")
    with served(config, ground) as door:
        yield door


def decided(ground: Ground) -> list[tuple[str, ...]]:
    """What was decided in the restart, in order; without its moments and positions."""
    told: list[tuple[str, ...]] = []
    with Node.opened(ground.url, keys=ground.keys) as node:
        for _, act in acts_of_runs(node.store, node.keys, node.position):
            match act:
                case LinkMoved():
                    told.append((act.step, act.state))
                case GatePassed() | GateLost():
                    told.append((act.step, act.gate, str(act.__struct_config__.tag)))
                case RestartEnded():
                    told.append((act.outcome,))
                case _:
                    pass
    return told


def waited(ground: Ground, until: Callable[[list[tuple[str, ...]]], bool]) -> list[tuple[str, ...]]:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if until(found := decided(ground)):
            return found
        time.sleep(0.02)
    raise AssertionError(f"it did not come to this within {PATIENCE} seconds: {found}")


def test_links_open_when_messages_come_and_time_passes_whatever_is_killed_between(tmp_path: Path) -> None:
    ground, undisturbed = (Ground(tmp_path / name) for name in ("killed", "undisturbed"))
    ground.folder.mkdir()
    with restarting(ground, a_plan(("loaded", "approved", "soaked"), hours=SECOND)) as world:
        identities = {feed: world.identities[oin_of(FEEDS[feed])] for feed in LINKS.values()}
        signers = {feed: Signer(one.oin, one.key_id, one.private) for feed, one in identities.items()}
        world.story()
    copy_store(ground.folder / ground.name, undisturbed.folder / undisturbed.name)
    before = decided(ground)
    with looking(ground, 1) as door:
        for feed, signer in signers.items():
            assert door.send(signer, world.sent[feed]).status_code == 202
        waited(ground, lambda found: len(found) > len(before))
        door.process.kill()
    assert decided(ground)[-1] != ("completed",)
    with looking(ground, 1) as door:
        waited(ground, lambda found: ("open-skdb", "live") in found)
        door.process.kill()
    assert decided(ground)[-1] != ("completed",)
    with looking(ground, 1) as door:
        found = waited(ground, lambda found: found[-1] == ("completed",))
        status, said = door.stop()
    assert (status, "open-grip is live" in said, "completed" in said, "Traceback" in said) == (0, True, True, False)
    clock = SteppedClock(SystemClock().now(), timedelta(microseconds=1))
    with Node.opened(undisturbed.url, writer=True, keys=undisturbed.keys, clock=clock) as node, door.node() as killed:
        node.receive([raw for feed in signers for raw in world.sent[feed]])
        for _ in range(2 * len(LINKS)):
            if Restarting(node).next is not None:
                Restarting(node).check()
            clock.advance(timedelta(seconds=1))
        assert node.digest() == killed.digest()
        assert killed.verify().ok
    assert decided(undisturbed) == found


def test_a_waiver_that_ends_closes_what_it_had_opened_and_what_hinders_a_look_is_said_once(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    with restarting(ground, a_plan(("loaded", "approved"))) as world:
        until = world.clock.at + timedelta(seconds=1)
        by, second = Waiving(name="one", partner=SKDB), Waiving(name="other", partner=GPS)
        world.restarting.waive("open-skdb", "loaded", by=by, second=second, why="they cannot count", until=until)
        assert world.states()["open-skdb"] == "live"
        opened = decided(ground)
    with looking(ground, 0):
        time.sleep(1.5)
    assert decided(ground) == opened
    with looking(ground, 1) as door:
        aside = ground.keys.rename(tmp_path / "aside.key")
        time.sleep(2.5)
        aside.rename(ground.keys)
        found = waited(ground, lambda found: len(found) > len(opened) + 2)
        position = _position(door)
        time.sleep(1.5)
        assert _position(door) == position
        status, said = door.stop()
    assert found[len(opened) :] == [("open-skdb", "loaded", "gate-lost"), ("open-skdb", "held"), ("open-gps", "held")]
    assert (status, said.count("could not be looked at"), "the gate loaded of open-skdb was lost" in said) == (0, 1, True)


def test_who_only_reads_or_is_not_to_look_does_not(tmp_path: Path) -> None:
    def looks(config: Config) -> bool:
        with gatekeeping(config, SystemClock()):
            return "gates" in {thread.name for thread in threading.enumerate()}

    node = NodeTable(store=f"sqlite:///{tmp_path / 'hervat.db'}")
    assert looks(Config(node=node))
    assert not looks(Config(node=node, serve=ServeTable(read_only=True)))
    assert not looks(Config(node=node, restart=RestartTable(look_seconds=0)))


_LONG_LOOK = """
import sys, threading
from hervat.clock import SystemClock
from hervat.doors import gates
from hervat.doors.config import Config, NodeTable
looks = threading.Event()
gates._FIRST, gates._PATIENCE = 0.0, 0.1
gates.Gatekeeper._look = lambda self: (looks.set(), threading.Event().wait())
with gates.gatekeeping(Config(node=NodeTable(store=sys.argv[1])), SystemClock()):
    looks.wait()
"""


def test_a_look_that_takes_long_does_not_hold_up_the_stop(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'hervat.db'}"
    assert subprocess.run([sys.executable, "-c", _LONG_LOOK, store], check=False, timeout=PATIENCE).returncode == 0


_SLOW_TO_END = """
import sys, time
from hervat.doors import gates
from hervat.doors.acts import handing
from hervat.doors.cli import main
from hervat.doors.http.writer import Writer
ended = Writer.stop
Writer.stop = lambda self: (time.sleep(1), ended(self))
gates._FIRST, gates.Gatekeeper._would_move, handing._TRIES = 0.0, lambda self: True, 2
sys.exit(main(["serve", "--config", sys.argv[1]]))
"""
"""A node at which there is always something to hand over, and whose writer has much left when it ends."""


def test_a_node_that_ends_hands_over_nothing_to_a_door_that_takes_no_more(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    with restarting(ground, a_plan(("loaded", "approved"))):
        pass
    config = tmp_path / "node.toml"
    config.write_text(f"[node]\n{ground.config}\n[serve]\nport = 0\n[screening]\ndaily = false\n", encoding="utf-8")
    command = [sys.executable, "-c", _SLOW_TO_END, str(config)]
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        assert "door" in served.stdout.readline()
        time.sleep(1)
        served.terminate()
        _, said = served.communicate(timeout=PATIENCE)
    assert (served.returncode, said) == (0, "")


def _position(door: Door) -> int:
    with door.node() as node:
        return node.position
