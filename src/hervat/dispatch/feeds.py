"""A feed as it lies in the journal, by its numbers: the digests of its messages, and the hash over them.

Digests come from the sealed boxes, so they outlive what was erased; nothing of a message is opened for them. Of what was erased by its
sender before it came there is the digest that the sender signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from threading import Lock

from hervat.journal.entry import digest_in
from hervat.journal.gone import counting, digests_gone
from hervat.journal.keys import NodeKeys
from hervat.journal.store import WHOLE, Feed, Store

_STEP = 1000


def feed_of(store: Store, source: str) -> Feed | None:
    """A feed of which something is in custody, or gone; None where nothing is."""
    return next((feed for feed in store.feeds() if feed.name == source and (feed.received or feed.highest)), None)


def digests_of(store: Store, keys: NodeKeys, feed: Feed, first: int, last: int, known_at: int | None = None) -> Iterator[tuple[int, bytes]]:
    """The numbers first..last of a feed that are in custody or gone, now or at a position, in order, each with the 32-byte digest of its
    RFC 8785 bytes.
    """
    for start in range(first, last + 1, _STEP):
        numbers = range(start, min(start + _STEP, last + 1))
        positions = store.sequence_run(feed.number, numbers[0], numbers[-1])
        if known_at is not None:
            positions = {number: position for number, position in positions.items() if position <= known_at}
        boxes = store.boxes(positions.values())
        found = {number: digest_in(keys, position, boxes[position]) for number, position in positions.items()}
        if len(found) < len(numbers):
            found |= digests_gone(store, store, keys, feed.number, [number for number in numbers if number not in found], known_at)
        yield from sorted(found.items())


def standing(store: Store, feed: Feed, numbers: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Those of some ranges of numbers, both ends included, under which a message lies here of which something is left, in the order given.
    Whoever holds one of these to be gone, with the digest it truly has, has it not.
    """
    for first, last in numbers:
        for start in range(max(first, 1), min(last, feed.highest) + 1, _STEP):
            positions = store.sequence_run(feed.number, start, min(start + _STEP - 1, last, feed.highest))
            rows = store.rows_at(positions.values())
            yield from (number for number, position in sorted(positions.items()) if rows[position].erased < WHOLE)


class SetHashes:
    """The hash over the digests of 1..through of each source, as the kind `watermark` has it, going on from where it was asked last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: dict[int, tuple[int, int, hashlib._Hash]] = {}

    def of(self, store: Store, keys: NodeKeys, feed: Feed) -> str:
        """The hash of a source as far as it is here without a gap, in hexadecimal."""
        with self._lock:
            came = _came_after_all(store, feed)
            done, known, running = self._running.get(feed.number, (0, came, hashlib.sha256()))
            if done > feed.through or known != came:
                done, running = 0, hashlib.sha256()
            running = _gone_on(running.copy(), digests_of(store, keys, feed, done + 1, feed.through))
            self._running[feed.number] = (feed.through, came, running)
            return running.hexdigest()


def _came_after_all(store: Store, feed: Feed) -> int:
    """How many of the numbers that count as gone are in custody: what lies there may have another digest than was signed."""
    gone = counting(store.gone(feed.number), store.head().size)
    return len(store.rows_by_sequence((feed.number, number) for number in gone)) if gone else 0


def set_hash(store: Store, keys: NodeKeys, feed: Feed, through: int, known_at: int | None = None) -> str:
    """The hash over the digests of 1..through, all of which are here, or were at a position, in hexadecimal."""
    return _gone_on(hashlib.sha256(), digests_of(store, keys, feed, 1, through, known_at)).hexdigest()


def _gone_on(running: hashlib._Hash, digests: Iterable[tuple[int, bytes]]) -> hashlib._Hash:
    for _, digest in digests:
        running.update(digest)
    return running
