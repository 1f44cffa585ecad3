"""Where requests wait to be taken: a line for each partner, and turns between the lines.

- Each partner has its own room, in messages and in bytes; bytes are reserved before a body is read. So what one partner sends never
  takes the place of another's, and memory has an end. Who has no room is told 429 and to come back.
- Each turn takes from every line: a partner with much to send waits for itself, one with little hardly waits.
- Acts of an operator wait in a line of their own, which comes before all others.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition

from hervat.doors.acts.asked import Asked
from hervat.doors.http.batches import SignedBatch
from hervat.doors.http.problems import Declined
from hervat.doors.http.signers import Signer

LARGEST_BYTES = 32 * 1024 * 1024
"""Of the bodies of one partner that are being read, or wait: two of the largest batches."""


@dataclass(slots=True, eq=False)
class Parcel:
    """The messages of one request, which is a batch or one message; `answer` is called with the body of the answer or why there is none.

    `signed` is the batch that was signed as a whole, where they came in one.
    """

    signer: Signer
    messages: list[bytes]
    batch: bool
    answer: Callable[[bytes | Declined], None]
    signed: SignedBatch | None = None

    @property
    def oin(self) -> str:
        return self.signer.oin


class Queue:
    """The lines; used by the threads that serve requests and by the one that writes."""

    def __init__(self, largest: int) -> None:
        """`largest`: messages that may wait of one partner; a single request may have more where nothing else of it waits."""
        self._largest = largest
        self._changed = Condition()
        self._lines: dict[str, deque[Parcel]] = {}
        self._bytes: dict[str, int] = {}
        self._acts: deque[Asked] = deque()
        self._closed = False

    @contextmanager
    def room(self, oin: str, size: int) -> Iterator[None]:
        """Room for the bytes of a request, from before it is read until it is answered; raises Declined."""
        with self._changed:
            held = self._bytes.get(oin, 0)
            if held + size > LARGEST_BYTES:
                raise _full()
            self._bytes[oin] = held + size
        try:
            yield
        finally:
            with self._changed:
                self._bytes[oin] -= size

    def put(self, parcel: Parcel) -> None:
        """Let a parcel wait; raises Declined where its partner has too much waiting, or nothing is taken any more."""
        with self._changed:
            if self._closed:
                raise stopping()
            line = self._lines.setdefault(parcel.oin, deque())
            waiting = sum(len(one.messages) for one in line)
            if line and waiting + len(parcel.messages) > self._largest:
                raise _full()
            line.append(parcel)
            self._changed.notify()

    def ask(self, asked: Asked) -> None:
        """Let an act wait; raises Declined where nothing is taken any more."""
        with self._changed:
            if self._closed:
                raise stopping()
            self._acts.append(asked)
            self._changed.notify()

    def acts(self) -> list[Asked]:
        """The acts that wait, in the order in which they came; they wait no more."""
        with self._changed:
            found = [*self._acts]
            self._acts.clear()
            return found

    @property
    def is_over(self) -> bool:
        """Whether it was closed and nothing waits."""
        with self._changed:
            return self._closed and not (self._acts or any(self._lines.values()))

    def take(self, most: int, *, wait: float = 0) -> list[Parcel]:
        """About `most` messages, in turns from every line, at least one parcel of each; none where there is nothing within `wait` seconds,
        an act waits, or it was closed.
        """
        with self._changed:
            if wait and not (self._closed or self._acts or any(self._lines.values())):
                self._changed.wait(wait)
            lines = [line for line in self._lines.values() if line]
            return [parcel for line in lines for parcel in _share(line, most // len(lines))]

    def close(self) -> None:
        """Take no more in; what waits can still be taken out."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def _share(line: deque[Parcel], most: int) -> Iterator[Parcel]:
    """Parcels from the head of a line: one, and more while they are within the share."""
    count = 0
    while line and (not count or count + len(line[0].messages) <= most):
        parcel = line.popleft()
        count += max(1, len(parcel.messages))
        yield parcel


def _full() -> Declined:
    words = "More of your messages wait to be taken than there is room for; send this again after what is under way was answered."
    return Declined(429, "too-many-requests", words, headers={"Retry-After": "1"})


def stopping() -> Declined:
    """The answer where nothing more is taken."""
    return Declined(503, "stopping", "This node is stopping and takes nothing more; send this again later.", headers={"Retry-After": "10"})
