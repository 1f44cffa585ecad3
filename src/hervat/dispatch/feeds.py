"""A feed as it lies in the journal, by its numbers: the digests of its messages, and the hash over them.

Digests come from the sealed boxes, so they outlive what was erased; nothing of a message is opened for them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from threading import Lock

from hervat.journal.entry import digest_in
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Feed, Store

_STEP = 1000


def feed_of(store: Store, source: str) -> Feed | None:
    """A feed of which something is in custody; None where nothing is."""
    return next((feed for feed in store.feeds() if feed.name == source and feed.received), None)


def digests_of(store: Store, keys: NodeKeys, feed: Feed, first: int, last: int) -> Iterator[tuple[int, bytes]]:
    """The numbers first..last of a feed that are in custody, in order, each with the 32-byte SHA-256 digest of its RFC 8785 bytes."""
    for start in range(first, last + 1, _STEP):
        positions = store.sequence_run(feed.number, start, min(start + _STEP - 1, last))
        boxes = store.boxes(positions.values())
        for number, position in sorted(positions.items()):
            yield number, digest_in(keys, position, boxes[position])


class SetHashes:
    """The hash over the digests of 1..through of each source, as the kind `watermark` has it, going on from where it was asked last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: dict[int, tuple[int, hashlib._Hash]] = {}

    def of(self, store: Store, keys: NodeKeys, feed: Feed) -> str:
        """The hash of a source as far as it is here without a gap, in hexadecimal."""
        with self._lock:
            done, running = self._running.get(feed.number, (0, hashlib.sha256()))
            if done > feed.through:
                done, running = 0, hashlib.sha256()
            running = _gone_on(running.copy(), digests_of(store, keys, feed, done + 1, feed.through))
            self._running[feed.number] = (feed.through, running)
            return running.hexdigest()


def set_hash(store: Store, keys: NodeKeys, feed: Feed, through: int) -> str:
    """The hash over the digests of 1..through, all of which are here, in hexadecimal."""
    return _gone_on(hashlib.sha256(), digests_of(store, keys, feed, 1, through)).hexdigest()


def _gone_on(running: hashlib._Hash, digests: Iterable[tuple[int, bytes]]) -> hashlib._Hash:
    for _, digest in digests:
        running.update(digest)
    return running
