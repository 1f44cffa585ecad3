"""What a node that serves does by itself every day: `hervat screening day`, in a process of its own.

- Once every legal day, at a time in Amsterdam; where the node did not serve at that time, as soon as it does. Which days are done the
  journal tells, so that a node that is begun again does not do one twice.
- What could not be done is tried again; what differs is said where the node writes its errors, and lies in the journal.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from threading import Event, Thread

from hervat.assemble import Node
from hervat.clock import AMSTERDAM, Clock, legal_day
from hervat.consumers.screening.daily import last_check
from hervat.doors.config import Config
from hervat.doors.streams import say
from hervat.errors import HervatError
from hervat.stores.opening import place_of

_AGAIN = timedelta(minutes=10)
_LOOK = 30.0
"""Seconds after which the clock is looked at again: it may have been set, and the machine may have slept."""
_ANSWERED = (0, 1)


def due(now: datetime, at: time, last: date | None) -> datetime:
    """The moment from which on the next day is to be done, where `last` is the last one that was; it may be over already."""
    today = legal_day(now)
    day = today if last is None or last < today else today + timedelta(days=1)
    return datetime.combine(day, at, AMSTERDAM)


class Daily:
    """Waits for the time of every day, in a thread."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._at = time.fromisoformat(config.screening.at)
        self._ending = Event()
        self._child: subprocess.Popen[str] | None = None
        self._thread = Thread(target=self._run, name="daily", daemon=True)

    def start(self) -> None:
        """Begin to wait."""
        self._thread.start()

    def end(self) -> None:
        """Begin nothing more; what is under way is broken off, and loses nothing."""
        self._ending.set()
        if self._child is not None:
            self._child.terminate()

    def stop(self) -> None:
        """End it."""
        self.end()
        self._thread.join()

    def _run(self) -> None:
        last, again = self._last(), datetime.min.replace(tzinfo=AMSTERDAM)
        while not self._ending.is_set():
            now = self._clock.now()
            if now >= max(due(now, self._at, last), again):
                if self._done(legal_day(now)):
                    last = legal_day(now)
                else:
                    again = now + _AGAIN
            self._ending.wait(_LOOK)

    def _last(self) -> date | None:
        """The last day that the journal has a check of; where it cannot be read the command will say so."""
        keys = self._config.node.keys
        try:
            with Node.opened(self._config.node.store, clock=self._clock, keys=None if keys is None else Path(keys)) as node:
                found = last_check(node.store, node.keys)
        except HervatError:
            return None
        return None if found is None else found[1].on

    def _done(self, day: date) -> bool:
        """Do a day; whether there is nothing more to do about it."""
        command = [sys.executable, "-m", "hervat", "screening", "day", "--on", day.isoformat(), "--store", self._config.node.store]
        command += [word for holder in self._config.screening.canaries for word in ("--canary", holder)]
        environment, pipe = self._environment(), subprocess.PIPE
        child = subprocess.Popen(command, env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True)  # noqa: S603 - our own command line
        self._child = child
        if self._ending.is_set():
            child.terminate()
        told, _ = child.communicate()
        status = child.returncode
        if status and not self._ending.is_set():
            say(f"hervat: the screening of {day} did not come out well (status {status}): {told.strip()}", sys.stderr)
        return status in _ANSWERED

    def _environment(self) -> dict[str, str]:
        node = self._config.node
        told = {"HERVAT_KEYS": node.keys, "HERVAT_SOCKET": node.socket}
        return {**os.environ, **{name: value for name, value in told.items() if value is not None}}


@contextmanager
def daily(config: Config, clock: Clock) -> Iterator[Callable[[], None]]:
    """Do every day within, where the configuration wants that and the store can be written; gives what ends it before the door does."""
    if not config.screening.daily or config.serve.read_only or not place_of(config.node.store).is_writable():
        yield lambda: None
        return
    waiting = Daily(config, clock)
    waiting.start()
    try:
        yield waiting.end
    finally:
        waiting.stop()
