"""A door that gives, or takes, one byte at a time: a request to it has an end, and nothing of `dispatch` is held by it."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from time import sleep

import pytest

from hervat.clock import SystemClock
from hervat.dispatch.identity import Identity
from hervat.doors.exchange.client import PartnerDoor, Unreachable
from tests.journey.chain import two
from tests.journey.door import case
from tests.rooms.exchanged import JDS, OM, a_key, acquainted
from tests.rooms.messages import FEEDS
from tests.rooms.nodes import fresh

Door = Callable[[socket.socket], None]
BODY = b" " * 2000
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY)
STEP = 0.02
"""Seconds between two bytes: a whole answer takes a hundred times as long as a request may, and no single read takes long."""


def drips(content: bytes) -> Door:
    def door(taken: socket.socket) -> None:
        taken.recv(64 * 1024)
        for index in range(len(content)):
            taken.sendall(content[index : index + 1])
            sleep(STEP)

    return door


def gives_the_head_and_drips(taken: socket.socket) -> None:
    taken.recv(64 * 1024)
    taken.sendall(HEAD)
    for _ in BODY:
        taken.sendall(b" ")
        sleep(STEP)


def sips(taken: socket.socket) -> None:
    while taken.recv(16):
        sleep(STEP)


@contextmanager
def standing(door: Door) -> Iterator[tuple[str, Event]]:
    """The address of a door, and what is set once somebody who came there has gone before the answer was whole."""
    left = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    taken, _ = server.accept()
                    taken.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                    Thread(target=_served, args=(door, taken, left), daemon=True).start()

        Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1", left


def _served(door: Door, taken: socket.socket, left: Event) -> None:
    try:
        with taken:
            door(taken)
    except OSError:
        left.set()


@pytest.mark.parametrize("door", [drips(HEAD + BODY), gives_the_head_and_drips])
def test_an_answer_that_drips_is_waited_for_no_longer_than_a_request_may_take(door: Door) -> None:
    with standing(door) as (address, left):
        partner = PartnerDoor(address, Identity(OM, "k", a_key("ed25519")), SystemClock(), 0.3)
        with pytest.raises(Unreachable, match="no answer in time"):
            partner.statement("gps")
        assert left.wait(20)


def test_a_batch_that_is_taken_byte_by_byte_is_not_pushed_for_ever() -> None:
    with fresh("memory") as sender, fresh("memory") as receiver, standing(sips) as (address, _):
        om, _ = acquainted(sender, receiver)
        om.node.receive([case(number, name="gps", label="x" * 900) for number in range(1, 1001)])
        batch = om.next(FEEDS["gps"], JDS)
        assert batch is not None
        with pytest.raises(Unreachable, match="no answer in time"):
            PartnerDoor(address, om.identity, SystemClock(), 0.5).send(batch)


def test_dispatch_goes_on_after_a_door_that_drips(tmp_path: Path) -> None:
    om, jds = two(tmp_path)
    om.configure("request_seconds = 1\n")
    om.receives([case(1)])
    with standing(drips(HEAD + BODY)) as (address, _):
        om.knows(jds, address)
        went = om.does("dispatch", "--once", "--json")
        assert (went.status, went.document[0]["left"]) == (1, 1)
        assert "no answer in time" in went.document[0]["last"]
