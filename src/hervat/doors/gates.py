"""What a node that serves does by itself while a restart is under way: `hervat restart check`, now and then.

- A look reads, in a thread of its own. Only where a run would move is the act handed over to whoever writes, as by the command; a look
  that finds nothing writes nothing.
- An act lets one link further through, and then the gates are looked at again at once: whoever closes a link waits for one of them only.
- Looks never take more than a tenth of the time: after a long one it is longer until the next.
- Who serves ends this before the door at which acts are handed over: the last is answered, and no other begins.
- Killed anywhere, the next that serves goes on: what stands follows from the acts alone.
"""

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from hervat.assemble import Node
from hervat.clock import Clock
from hervat.doors.acts.handing import decide
from hervat.doors.acts.restarting import RestartCheck
from hervat.doors.config import Config
from hervat.doors.streams import say
from hervat.errors import HervatError, NotSo
from hervat.restarting import Restarting
from hervat.stores.opening import place_of

_FIRST = 1.0
"""Seconds until the first look: whoever was killed goes on soon."""
_REST = 9.0
"""How much longer than a look took it rests at least."""
_PATIENCE = 30.0
"""Seconds that an act under way gets at the end; it is safe to end in the middle of it."""


class Gatekeeper:
    """Looks at the gates of the restart at a node, in a thread."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._clock = clock
        self._store = config.node.store
        self._keys, self._socket = (None if path is None else Path(path) for path in (config.node.keys, config.node.socket))
        self._pause = float(config.restart.look_seconds)
        self._said: str | None = None
        self._ending = Event()
        self._acting = Lock()
        self._thread = Thread(target=self._run, name="gates", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def end(self) -> None:
        """Hand over nothing more; an act that is being done is waited for, a look is not."""
        self._ending.set()
        if self._acting.acquire(timeout=_PATIENCE):
            self._acting.release()

    def stop(self) -> None:
        """Look no more."""
        self._ending.set()
        self._thread.join(_PATIENCE)

    def _run(self) -> None:
        pause = min(_FIRST, self._pause)
        while not self._ending.wait(pause):
            began = self._clock.monotonic()
            # In this very thread, which ends with the process: the interpreter waits for those of a pool, however long a look is.
            with ExitStack() as hindrances:
                hindrances.push(self._hindered)
                self._look()
            pause = max(self._pause, _REST * (self._clock.monotonic() - began))

    def _look(self) -> None:
        # A run that was ended between the look and the act is not there any more.
        with suppress(NotSo):
            while not self._ending.is_set() and self._would_move():
                with self._acting:
                    if not self._ending.is_set():
                        answer = decide(self._store, RestartCheck(most=1), keys=self._keys, given=self._socket)
                        for line in _told(answer):
                            say(line, sys.stderr)

    def _would_move(self) -> bool:
        with Node.opened(self._store, clock=self._clock, keys=self._keys) as node:
            return Restarting(node).next is not None

    def _hindered(self, kind: object, fault: BaseException | None, trace: object) -> bool:
        """Say what hindered a look, once until one succeeds; a fault of ours as well, for gates at which nobody looks would go unseen."""
        why = None if fault is None else str(fault) if isinstance(fault, HervatError) else "".join(traceback.format_exception(fault))
        if why not in (None, self._said) and not self._ending.is_set():
            say(f"hervat: the gates of the restart could not be looked at; this is tried again: {why}", sys.stderr)
        self._said = why
        return isinstance(fault, Exception)


def _told(answer: dict[str, Any]) -> Iterator[str]:
    """What the node did by itself, for whoever runs it; the gates that were passed the journal has."""
    for one in answer["moves"]:
        if one["what"] == "link-moved":
            yield f"hervat: {one['step']} is {one['state']}: {one['why']}"
        elif one["what"] == "gate-lost":
            yield f"hervat: the gate {one['gate']} of {one['step']} was lost; hervat restart show tells what is missing"
        elif one["what"] == "restart-ended":
            yield f"hervat: the run {answer['run']} is {one['outcome']}"


@contextmanager
def gatekeeping(config: Config, clock: Clock) -> Iterator[Callable[[], None]]:
    """Look at the gates within, where the configuration wants that and the store can be written; gives what ends that early."""
    if not config.restart.look_seconds or config.serve.read_only or not place_of(config.node.store).is_writable():
        yield lambda: None
        return
    keeper = Gatekeeper(config, clock)
    keeper.start()
    try:
        yield keeper.end
    finally:
        keeper.stop()
