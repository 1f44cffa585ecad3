"""Sender and receiver are killed at any moment, the connection is cut half open, and whatever got custody is there once."""

import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.processes import command, environment, examine
from tests.journey.chain import Member, two
from tests.journey.door import case
from tests.rooms.exchanged import JDS

MESSAGES = 3000
ENDLESS = 1 << 40


def counts(om: Member, jds: Member) -> tuple[bool, int]:
    """Whether both sides are proven equal, and how far the register is; it serves meanwhile."""
    with jds.serving() as door:
        om.knows(jds, door.url)
        assert om.does("dispatch", "--once").status == 0
        (told,) = om.does("reconcile", JDS, "--json").document
        return bool(told["equal"]), int(told["there"])


def begun(member: Member) -> "subprocess.Popen[bytes]":
    arguments = command("dispatch", "--config", member.config)
    return subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(), cwd=member.folder)


@pytest.mark.parametrize("seed", [1])
def test_killed_at_any_moment_everything_arrives_once(tmp_path: Path, seed: int) -> None:
    om, jds = two(tmp_path)
    om.receives([case(number) for number in range(1, MESSAGES + 1)])
    chance = random.Random(seed)
    for _ in range(3):
        with jds.serving() as door:
            om.knows(jds, door.url)
            sender = begun(om)
            time.sleep(chance.uniform(0.2, 1.6))
            if chance.random() < 0.5:
                door.stop(signal.SIGKILL)
                time.sleep(chance.uniform(0, 0.3))
            sender.kill()
            sender.wait()
    assert counts(om, jds) == (True, MESSAGES)
    examine(om.store)
    examine(jds.store)


@contextmanager
def half_open(to: int, chance: random.Random) -> Iterator[int]:
    """A port that leads to another, and breaks connections off after some bytes: before the answer, in it, or in the request."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        left = [6]

        def serve() -> None:
            while True:
                try:
                    one, _ = listener.accept()
                except OSError:
                    return
                breaks = left[0] > 0
                left[0] -= 1
                threading.Thread(target=pipe, args=(one, breaks), daemon=True).start()

        def pipe(one: socket.socket, breaks: bool) -> None:
            with one, socket.create_connection(("127.0.0.1", to)) as other:
                there, back = (chance.choice((50, 3000, 300_000)), chance.choice((0, 20, 900))) if breaks else (ENDLESS, ENDLESS)
                answering = threading.Thread(target=copy, args=(other, one, [back]), daemon=True)
                answering.start()
                copy(one, other, [there])
                answering.join()

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


def copy(from_: socket.socket, to: socket.socket, left: list[int]) -> None:
    """Bytes from one to the other, until either ends or so many went."""
    with suppress(OSError):
        while left[0] > 0 and (some := from_.recv(min(65536, left[0]))):
            left[0] -= len(some)
            to.sendall(some)
    for one in (from_, to):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("seed", [1])
def test_connections_that_break_off_anywhere(tmp_path: Path, seed: int) -> None:
    om, jds = two(tmp_path)
    om.receives([case(number) for number in range(1, 1501)])
    with jds.serving() as door:
        port = int(door.url.partition("127.0.0.1:")[2].partition("/")[0])
        with half_open(port, random.Random(seed)) as through:
            om.knows(jds, f"http://127.0.0.1:{through}/v1")
            for _ in range(8):
                om.does("dispatch", "--once")
    assert counts(om, jds) == (True, 1500)
    examine(jds.store)
