"""The conveyor: prepares batches in a process of its own while the one before is being taken.

Preparing is half of the work and asks nothing of the store, so on two cores it costs none of the writer's time. The helper knows the
index key, the partners and the emergency procedures, and nothing else of the node. It begins only where there is enough to do, it ignores
Ctrl-C (its parent decides), and it ends when its parent does, however that ends.
"""

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context, parent_process
from threading import Thread

import msgspec

from hervat.cycles import look_seldom
from hervat.errors import TechnicalFault
from hervat.intake.preparing import Prepared, Preparer

Batch = list[bytes]
_AHEAD = 3
_WORTH_IT = 3000
"""From how many messages on: a process takes a fifth of a second to begin."""

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[Prepared]).decode
_preparer: Preparer | None = None


class HelperEnded(TechnicalFault):
    """The process that prepares messages has ended; what was acknowledged is on disk, run the same command again."""


def prepared(preparer: Preparer, batches: Iterable[Batch], *, alone: bool = False) -> Iterator[tuple[Batch, list[Prepared]]]:
    """Every batch with its messages prepared, in order; `alone` keeps it all in this process."""
    stream = iter(batches)
    first = [] if alone else list(islice(stream, _AHEAD))
    if sum(map(len, first)) < _WORTH_IT:
        for batch in (*first, *stream):
            yield batch, [preparer.prepare(raw) for raw in batch]
        return
    helper = Helper(preparer)
    try:
        yield from _conveyed(helper, first, stream)
    finally:
        helper.close()


class Coming:
    """A batch that is being prepared."""

    def __init__(self, coming: "Future[bytes]") -> None:
        self._coming = coming

    @property
    def is_there(self) -> bool:
        """Whether nobody has to wait for it."""
        return self._coming.done()

    def prepared(self) -> list[Prepared]:
        """The messages, prepared; waits for them. Raises TechnicalFault where the helper has ended."""
        try:
            return _unpack(self._coming.result())
        except BrokenProcessPool as fault:
            raise HelperEnded from fault


class Helper:
    """The process that prepares."""

    def __init__(self, preparer: Preparer) -> None:
        # A forked helper would share the writer's open database; a spawned one shares nothing.
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin, initargs=(preparer,))

    def send(self, batch: Batch) -> Coming:
        """Have a batch prepared, after those that were sent before it. Raises HelperEnded where there is no helper any more."""
        # The helper begins here and is deaf to Ctrl-C from its first moment: it takes over what its parent blocks.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return Coming(self._pool.submit(_prepare, batch))
        except BrokenProcessPool as fault:
            raise HelperEnded from fault
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def close(self) -> None:
        """End it. Not without waiting: what Python itself closes at exit would race with it."""
        self._pool.shutdown(cancel_futures=True)


def _conveyed(helper: Helper, first: list[Batch], stream: Iterator[Batch]) -> Iterator[tuple[Batch, list[Prepared]]]:
    ahead = deque((batch, helper.send(batch)) for batch in first)
    while ahead:
        batch, coming = ahead.popleft()
        ready = coming.prepared()
        ahead.extend((following, helper.send(following)) for following in islice(stream, 1))
        yield batch, ready


def _begin(preparer: Preparer) -> None:
    """Make ready in the helper: what it prepares with, and that it outlives nobody."""
    global _preparer
    _preparer = preparer
    look_seldom()
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _prepare(batch: Batch) -> bytes:
    if _preparer is None:
        raise TechnicalFault("a process was to prepare messages before it was told with what")
    return _pack([_preparer.prepare(raw) for raw in batch])
