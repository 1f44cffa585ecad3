"""A whole budget for a request to another node: a door that gives or takes one byte at a time must not hold a thread for ever.

Each read and each write waits for `PATIENCE` at most, and no longer than what is left of the request; a connection is used anew for the
next, with a budget of its own.
"""

import io
import socket
from http.client import HTTPConnection
from typing import Any, cast

from hervat.clock import Clock

PATIENCE = 60.0
"""Seconds after which a single read or write is waited for no more: whether it was taken is found out by sending it again."""
WHOLE = 300
"""Seconds for a request from its first byte to the last of its answer, where nothing else is set."""
_AT_ONCE = 64 * 1024


class Budget:
    """What is left of a request; begun anew for each. Raises TimeoutError where nothing is."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock, self._seconds = clock, seconds
        self.begin()

    def begin(self) -> None:
        """A request begins."""
        self._end = self._clock.monotonic() + self._seconds

    def left(self) -> float:
        """Seconds for the next read or write."""
        left = self._end - self._clock.monotonic()
        if left <= 0:
            raise TimeoutError(f"the request took more than {self._seconds} seconds")
        return min(PATIENCE, left)


class _Reader(io.RawIOBase):
    """What is read of a socket."""

    def __init__(self, reading: socket.socket, budget: Budget) -> None:
        self._socket, self._budget = reading, budget
        self._raw = reading.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int | None:
        self._socket.settimeout(self._budget.left())
        return cast(io.RawIOBase, self._raw).readinto(into)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Bounded:
    """A socket as `http.client` uses it, within a budget."""

    def __init__(self, bare: socket.socket, budget: Budget) -> None:
        self._bare, self._budget = bare, budget

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._bare, self._budget))

    def sendall(self, content: bytes) -> None:
        view = memoryview(content).cast("B")
        while view:
            self._bare.settimeout(self._budget.left())
            view = view[self._bare.send(view[:_AT_ONCE]) :]

    def close(self) -> None:
        self._bare.close()


def _reached(place: tuple[str, int], budget: Budget) -> socket.socket:
    """A socket at the first address of a machine that answers, each tried for no longer than what is left."""
    fault = OSError(f"{place[0]} has no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(*place, type=socket.SOCK_STREAM):
        left, reaching = budget.left(), socket.socket(family, kind, protocol)
        try:
            reaching.settimeout(left)
            reaching.connect(address)
            reaching.settimeout(budget.left())
        except OSError as met:
            reaching.close()
            fault = met
        else:
            return reaching
    raise fault


def connected(connection: HTTPConnection, budget: Budget) -> HTTPConnection:
    """Connect, and keep all that is read and written within a budget. Raises OSError, TimeoutError too."""
    made: Any = connection
    # The library would wait as long for each address of a machine anew.
    made._create_connection = lambda place, *_: _reached(place, budget)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    budget.left()
    bounded: Any = _Bounded(connection.sock, budget)
    connection.sock = bounded
    return connection
