"""The conveyor: prepares batches in a process of its own while the one before is being taken.

Preparing is half of the work and asks nothing of the store, so on two cores it costs none of the writer's time. The helper knows the
index key and the partners and nothing else of the node. It begins only where there is enough to do, it ignores Ctrl-C (its parent
decides), and it ends when its parent does, however that ends.
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

from hervat.errors import TechnicalFault
from hervat.intake.preparing import Prepared, Preparer

Batch = list[bytes]
_AHEAD = 3
_WORTH_IT = 3000
"""From how many messages on: a process takes a fifth of a second to begin."""

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[Prepared]).decode
_preparer: Preparer | None = None


def prepared(preparer: Preparer, batches: Iterable[Batch], *, alone: bool = False) -> Iterator[tuple[Batch, list[Prepared]]]:
    """Every batch with its messages prepared, in order; `alone` keeps it all in this process."""
    stream = iter(batches)
    first = [] if alone else list(islice(stream, _AHEAD))
    if sum(map(len, first)) < _WORTH_IT:
        for batch in (*first, *stream):
            yield batch, [preparer.prepare(raw) for raw in batch]
        return
    # A forked helper would share the writer's open database; a spawned one shares nothing.
    helper = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin, initargs=(preparer,))
    try:
        yield from _conveyed(helper, first, stream)
    except BrokenProcessPool as fault:
        raise TechnicalFault(
            "the process that prepares messages has ended; what was acknowledged is on disk, run the same command again"
        ) from fault
    finally:
        # Not without waiting: what Python itself closes at exit would race with it.
        helper.shutdown(cancel_futures=True)


def _conveyed(helper: ProcessPoolExecutor, first: list[Batch], stream: Iterator[Batch]) -> Iterator[tuple[Batch, list[Prepared]]]:
    ahead: deque[tuple[Batch, Future[bytes]]] = deque()
    # The helper begins here and is deaf to Ctrl-C from its first moment: it takes over what its parent blocks.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        ahead.extend((batch, helper.submit(_prepare, batch)) for batch in first)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    while ahead:
        batch, coming = ahead.popleft()
        ready = _unpack(coming.result())
        ahead.extend((following, helper.submit(_prepare, following)) for following in islice(stream, 1))
        yield batch, ready


def _begin(preparer: Preparer) -> None:
    """Make ready in the helper: what it prepares with, and that it outlives nobody."""
    global _preparer
    _preparer = preparer
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
