"""The budget of a request while it connects: a machine of many addresses at which nobody answers has no more of it than one."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from hervat.clock import SystemClock
from hervat.doors.exchange.budget import Budget, connected

SECONDS = 0.5


@pytest.fixture
def silent() -> Iterator[list[Any]]:
    """Addresses of which each lets nobody in: what waits there is as much as may."""
    with ExitStack() as opened:
        places = []
        for _ in range(4):
            door = opened.enter_context(socket.socket())
            door.bind(("127.0.0.1", 0))
            door.listen(0)
            for _ in range(3):
                waiting = opened.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(door.getsockname())
            places.append(door.getsockname())
        yield places


def found_at(monkeypatch: pytest.MonkeyPatch, places: list[Any]) -> http.client.HTTPConnection:
    """A connection to a machine whose name is found at these addresses."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", place) for place in places]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    return http.client.HTTPConnection("partner.example")


def test_addresses_at_which_nobody_answers_share_one_budget(silent: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    # Where each had a wait of its own it would be the last of them that timed out, and not the request.
    with pytest.raises(TimeoutError, match="the request took more than"):
        connected(found_at(monkeypatch, silent), Budget(SystemClock(), SECONDS))


def test_the_next_address_is_tried_where_one_turns_away(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed, socket.socket() as door:
        closed.bind(("127.0.0.1", 0))
        door.bind(("127.0.0.1", 0))
        door.listen()
        connection = connected(found_at(monkeypatch, [closed.getsockname(), door.getsockname()]), Budget(SystemClock(), 60))
        connection.close()
        with pytest.raises(ConnectionRefusedError):
            connected(found_at(monkeypatch, [closed.getsockname()]), Budget(SystemClock(), 60))
        with pytest.raises(OSError, match="no address"):
            connected(found_at(monkeypatch, []), Budget(SystemClock(), 60))
