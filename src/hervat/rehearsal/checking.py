"""The check of every evening: what was told beside the second computation, in a process of its own while the next day goes on.

The process opens the store as it stands that evening before the day after it begins, so it sees what an auditor would have seen then.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from hervat.assemble import Node
from hervat.errors import HervatError, TechnicalFault
from hervat.screening import screening_of


@dataclass(slots=True, frozen=True)
class Evening:
    """An evening's check: how many changes stood, and the first difference in words, None where both computations agree."""

    on: date
    changes: int
    difference: str | None


class Checker:
    """The process that checks; one evening at a time, in order."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_check_all, args=(theirs,), name="evenings", daemon=True)
        self._process.start()
        theirs.close()
        self._under_way = False
        self._found: list[Evening] = []

    def check(self, url: str, keys: Path | None, on: date) -> None:
        """Begin the check of an evening; returns when the store may go on. Raises TechnicalFault where it cannot be checked."""
        self._wait()
        self._line.send((url, keys, on))
        self._receive()
        self._under_way = True

    def drain(self) -> tuple[Evening, ...]:
        """Every evening since the last call, in order; waits for the one under way."""
        self._wait()
        found, self._found = tuple(self._found), []
        return found

    def close(self) -> None:
        """End the process."""
        with suppress(OSError):
            self._line.send(None)
        self._line.close()
        self._process.join()

    def _wait(self) -> None:
        if self._under_way:
            self._under_way = False
            self._found.append(self._receive())

    def _receive(self) -> Any:
        try:
            found = self._line.recv()
        except EOFError as fault:
            raise TechnicalFault("the process that checks screening ended; run the rehearsal again") from fault
        if isinstance(found, HervatError):
            raise found
        return found


@contextmanager
def checking() -> Iterator[Checker]:
    """A checker, ended with what it is for."""
    checker = Checker()
    try:
        yield checker
    finally:
        checker.close()


def _check_all(line: Connection) -> None:
    """Check each evening that is asked for: an answer when the store is open, another with what was found."""
    # Ctrl-C is for who reads the report; this process ends with its line.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, BrokenPipeError):
        while (asked := line.recv()) is not None:
            _check(line, *asked)


def _check(line: Connection, url: str, keys: Path | None, on: date) -> None:
    try:
        with Node.opened(url, keys=keys) as node:
            # Of a canary whose changes are still to come nothing can be said; a step that kept one in the house is remembered.
            desk = screening_of(node)
            desk.told()
            line.send(None)
            checked = desk.check()
        line.send(Evening(on, checked.changes, checked.difference))
    except HervatError as fault:
        line.send(fault)
