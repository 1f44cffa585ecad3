"""What a partner may see of its own sources: the messages in custody, and how far each source is here.

With both a sender compares: the numbers that are missing are its to send again, and where the hash over 1..n is not its own, the
digests tell which message differs. Nothing of anybody else is read for it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

import msgspec

from hervat.assemble import Node
from hervat.batch import Gap, Watermark, WatermarksAnswer
from hervat.dispatch.feeds import SetHashes, feed_of
from hervat.doors.http.wire import Sent, StreamAnswer
from hervat.errors import StoreFault
from hervat.journal.entry import RAW, Entry, open_entry, read_meta
from hervat.journal.gone import counting, digests_gone, in_ranges, never_came
from hervat.journal.store import Feed
from hervat.message import SOURCE

MOST = 500
_STEP = 1000
_SLICE = 8 * 1024 * 1024


def messages_of(node: Node, source: str, after: int, limit: int) -> StreamAnswer | None:
    """Messages of a source with a sequence above `after`, by sequence; None where nothing of that source is here.

    There may be fewer than `limit`, so that an answer stays small: `next` says whether more follow.
    """
    feed = feed_of(node.store, source)
    if feed is None:
        return None
    found: list[Sent] = []
    size = 0
    for one, length in _run(node, feed, after, limit + 1):
        if len(found) == limit or size > _SLICE:
            return StreamAnswer(source=source, messages=found, next=found[-1].sequence)
        found.append(one)
        size += length
    return StreamAnswer(source=source, messages=found, next=None)


def _run(node: Node, feed: Feed, after: int, most: int) -> Iterator[tuple[Sent, int]]:
    """Up to `most` messages above a sequence, in order, over the gaps between them, each with how long what lies here of it is."""
    count, gone = 0, _gone(node, feed, after)
    for first in range(after + 1, feed.highest + 1, _STEP):
        last = min(first + _STEP - 1, feed.highest)
        positions = node.store.sequence_run(feed.number, first, last)
        for sequence in sorted(positions.keys() | {number for number in gone if first <= number <= last}):
            if count == most:
                return
            count += 1
            if sequence in positions:
                entry = node.store.entries_at([positions[sequence]])[positions[sequence]]
                yield _sent(node, sequence, entry), len(entry.parts)
            else:
                yield gone[sequence], 0


def _gone(node: Node, feed: Feed, after: int) -> dict[int, Sent]:
    """What was signed as erased above a sequence, as it is told."""
    store, known = node.store, counting(node.store.gone(feed.number), node.position)
    digests = digests_gone(store, store, node.keys, feed.number, (number for number in known if number > after))
    acts = store.entries_at({known[number].at for number in digests})
    return {
        number: Sent(
            sequence=number,
            position=known[number].at,
            received_at=read_meta(acts[known[number].at]).received_at,
            digest=digest.hex(),
            gone=True,
        )
        for number, digest in digests.items()
    }


def _sent(node: Node, sequence: int, entry: Entry) -> Sent:
    opened = open_entry(node.keys, entry)
    meta, message, raw = opened.meta, None, None
    try:
        if any(segment.name == RAW for segment in opened.segments):
            raw = base64.b64encode(opened.payload).decode()
        else:
            message = msgspec.Raw(opened.payload)
    except StoreFault:
        # A part of it was erased: that it was here is told, what it said is not.
        message = raw = None
    return Sent(
        sequence=sequence, position=meta.position, received_at=meta.received_at, digest=opened.digest.hex(), message=message, raw=raw
    )


def watermarks_of(node: Node, oin: str, hashes: SetHashes) -> WatermarksAnswer:
    """How far each source of an organisation is here."""
    head = node.position
    own = [
        feed
        for feed in node.store.feeds()
        if (feed.received or feed.highest) and (named := SOURCE.fullmatch(feed.name)) and named["oin"] == oin
    ]
    return WatermarksAnswer(position=head, watermarks=[_watermark(node, feed, head, hashes) for feed in own])


def _watermark(node: Node, feed: Feed, head: int, hashes: SetHashes) -> Watermark:
    gaps = [] if feed.through == feed.highest else node.store.gaps(feed.number, feed.through, head)
    return Watermark(
        source=feed.name,
        received_through=feed.through,
        set_hash=hashes.of(node.store, node.keys, feed),
        highest=feed.highest,
        gaps=[Gap(first=first, last=last) for first, last in gaps],
        gone=[Gap(first=first, last=last) for first, last in in_ranges(never_came(node.store, feed.number, head))],
        received=feed.received,
        applied=feed.applied,
        held=feed.held,
        refused=feed.refused,
    )
