"""The conveyor: does a piece of work in a process of its own, batch by batch, while what it gave before is being taken.

Preparing messages, or opening and keying those that are folded again, is half of what they cost and asks nothing of the store, so on two
cores it costs none of the writer's time. The helper knows its work and nothing else of the node. It begins only where there is enough
to do, it ignores Ctrl-C (its parent decides), and it ends when its parent does, however that ends.
"""

import os
import signal
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from functools import partial
from itertools import islice
from multiprocessing import get_context, parent_process
from threading import Lock, Thread
from typing import Any, Generic, TypeVar

import msgspec

from hervat.cycles import look_seldom
from hervat.errors import TechnicalFault
from hervat.intake.preparing import Prepared, Preparer

_AHEAD = 3
_FAR_AHEAD = 8
"""How many batches of messages: while what was taken is put on disk, the helper goes on."""
_WORTH_IT = 3000
"""From how many messages on: a process takes a fifth of a second to begin."""
_USUAL = 1024
"""Bytes of a message; most have fewer."""

Given = TypeVar("Given")
Done = TypeVar("Done")
_pack = msgspec.msgpack.Encoder().encode


class HelperEnded(TechnicalFault):
    """The process that helps this one has ended; what was acknowledged is on disk, run the same command again."""


class Work(ABC, Generic[Given, Done]):
    """What a helper does with a batch. It is sent to the helper once, and what it gives comes back packed."""

    @abstractmethod
    def done(self, batch: Given) -> Done:
        """Do a batch; what is raised reaches whoever asks for the batch."""

    @abstractmethod
    def unpacked(self, packed: bytes) -> Done:
        """What was done, from MessagePack."""


class Preparing(Work[list[bytes], list[Prepared]]):
    """The work of receiving: messages are prepared."""

    def __init__(self, preparer: Preparer) -> None:
        self._preparer = preparer

    def done(self, batch: list[bytes]) -> list[Prepared]:
        return [self._preparer.prepare(raw) for raw in batch]

    def unpacked(self, packed: bytes) -> list[Prepared]:
        return _unpack_prepared(packed)


_unpack_prepared = msgspec.msgpack.Decoder(list[Prepared]).decode


class Coming(Generic[Done]):
    """A batch that is being done."""

    def __init__(self, coming: "Future[bytes]", unpacked: Callable[[bytes], Done]) -> None:
        self._coming = coming
        self._unpacked = unpacked
        # Ctrl-C while the future is asked would leave its lock taken, and the thread that ends the helper would wait for that lock. This
        # one nobody else takes; and of a future that is done nobody wants the lock any more.
        self._there = Lock()
        self._there.acquire()
        coming.add_done_callback(lambda _: self._there.release())

    @property
    def is_there(self) -> bool:
        """Whether nobody has to wait for it."""
        return self._coming.done()

    def done(self) -> Done:
        """The batch, done; waits for it. Raises HelperEnded where the helper has ended, and what the work raised."""
        with self._there:
            pass
        try:
            return self._unpacked(self._coming.result())
        except BrokenProcessPool as fault:
            raise HelperEnded from fault


class Helper(Generic[Given, Done]):
    """The process that does the work."""

    def __init__(self, work: Work[Given, Done]) -> None:
        self._work = work
        # A forked helper would share the writer's open database; a spawned one shares nothing.
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin, initargs=(work,))

    def send(self, batch: Given) -> Coming[Done]:
        """Have a batch done, after those that were sent before it. Raises HelperEnded where there is no helper, or none can begin."""
        # The helper begins here and is deaf to Ctrl-C from its first moment: it takes over what its parent blocks.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return Coming(self._pool.submit(_do, batch), self._work.unpacked)
        except (BrokenProcessPool, OSError) as fault:
            raise HelperEnded from fault
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def close(self) -> None:
        """End it. Not without waiting: what Python itself closes at exit would race with it."""
        self._pool.shutdown(cancel_futures=True)


def conveyed(
    work: Work[Given, Done], batches: Iterable[Given], size: Callable[[Given], int], *, alone: bool, further: int = 0
) -> Generator[tuple[Given, Callable[[], Done]], None, None]:
    """Every batch with what gives it done, in order; `size` says how much is in one, `alone` keeps it all in this process. A helper is
    given some batches ahead, and so many `further`.

    Where reading the batches raises a technical fault, it is raised after what came before it.
    """
    stream = _Reading(batches)
    first = [] if alone or (os.cpu_count() or 1) < 2 else stream.next(_AHEAD)
    if sum(map(size, first)) < _WORTH_IT:
        yield from ((batch, partial(work.done, batch)) for batch in first)
        while batches_left := stream.next(1):
            yield from ((batch, partial(work.done, batch)) for batch in batches_left)
    else:
        helper = Helper(work)
        try:
            ahead = deque((batch, helper.send(batch)) for batch in [*first, *stream.next(further)])
            while ahead:
                batch, coming = ahead.popleft()
                ahead.extend((following, helper.send(following)) for following in stream.next(1))
                yield batch, coming.done
        finally:
            helper.close()
    stream.end()


class _Reading(Generic[Given]):
    """Batches that are read ahead."""

    def __init__(self, batches: Iterable[Given]) -> None:
        self._batches = iter(batches)
        self._fault: TechnicalFault | None = None

    def next(self, count: int) -> list[Given]:
        """The next batches, fewer where there are no more or where one cannot be read."""
        read: list[Given] = []
        try:
            if self._fault is None:
                for batch in islice(self._batches, count):
                    read.append(batch)  # noqa: PERF402 - what was read before a fault is kept
        except TechnicalFault as fault:
            self._fault = fault
        return read

    def end(self) -> None:
        """Raise what kept a batch from being read."""
        if self._fault is not None:
            raise self._fault


def _weight(batch: list[bytes]) -> int:
    """How many messages it is work for: a large one is as much as several."""
    return max(len(batch), sum(map(len, batch)) // _USUAL)


def prepared(preparer: Preparer, batches: Iterable[list[bytes]], *, alone: bool = False) -> Iterator[tuple[list[bytes], list[Prepared]]]:
    """Every batch with its messages prepared, in order; `alone` keeps it all in this process."""
    with closing(conveyed(Preparing(preparer), batches, _weight, alone=alone, further=_FAR_AHEAD - _AHEAD)) as coming:
        for batch, done in coming:
            yield batch, done()


def _begin(work: Work[Any, Any]) -> None:
    """Make ready in the helper: what it does, and that it outlives nobody."""
    global _work
    _work = work
    look_seldom()
    Thread(target=_end_with_parent, daemon=True).start()


_work: Work[Any, Any] | None = None


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _do(batch: Any) -> bytes:
    if _work is None:
        raise TechnicalFault("a process was to work before it was told at what")
    return _pack(_work.done(batch))
