"""Reading what is sent: a stream with an end, in bytes and in time.

- The room for it is reserved before it is read, and nothing is kept of what goes beyond its limit.
- What is too large is read to its end where that is near, so that a sender who is still writing gets to read the answer.
- The digest of what came is that which was signed, or nothing of it is taken.
"""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator

from litestar.types import Receive

from hervat.doors.http.problems import Declined, Fault, sentence
from hervat.doors.http.signature import Unsigned, digest_said

LARGEST_MESSAGE = 256 * 1024
LARGEST_BATCH = 16 * 1024 * 1024
PATIENCE = 60
"""Seconds within which a whole body comes."""
_DRAINED = 2 * LARGEST_BATCH


def announced(length: str, limit: int) -> int:
    """How many bytes to make room for: what is announced, or the limit where nothing is. Raises Declined."""
    if not length:
        return limit
    if not (length.isascii() and length.isdigit()):
        raise Declined(400, "content-length", "Content-Length is a whole number of bytes.")
    return min(int(length), limit)


async def read_body(receive: Receive, digest: str, limit: int) -> bytes:
    """The whole body, with the digest that the field Content-Digest says. Raises Declined."""
    try:
        said = digest_said(digest)
    except Unsigned as fault:
        raise Declined(400, "content-digest", sentence(fault)) from fault
    try:
        async with asyncio.timeout(PATIENCE):
            content = await _whole(receive, limit)
    except TimeoutError as fault:
        words = f"The body did not come within {PATIENCE} seconds; send less at once."
        raise Declined(408, "too-slow", words, headers={"Connection": "close"}) from fault
    if not hmac.compare_digest(hashlib.sha256(content).digest(), said):
        raise Declined(400, "content-digest", "The body is not the one whose digest was signed; nothing of it was taken.")
    return content


async def _whole(receive: Receive, limit: int) -> bytes:
    pieces, size = list[bytes](), 0
    async for piece in _pieces(receive):
        size += len(piece)
        if size <= limit:
            pieces.append(piece)
        elif size > _DRAINED:
            raise too_large(limit, headers={"Connection": "close"})
    if size > limit:
        raise too_large(limit)
    return b"".join(pieces)


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        event = await receive()
        if event["type"] != "http.request":
            raise Declined(400, "incomplete", "The connection ended before the body did; nothing of it was taken.")
        yield event["body"]
        if not event.get("more_body", False):
            return


def too_large(limit: int, place: str = "", headers: dict[str, str] | None = None) -> Declined:
    """The answer to what is over a limit; `place` is that of a message in its batch."""
    what = "A message" if place or limit == LARGEST_MESSAGE else "A batch"
    words = f"{what} is at most {limit} bytes; nothing of this request was taken."
    faults = [Fault(in_="body", location=place, code="too-large", detail=f"This message is over {limit} bytes.")] if place else []
    return Declined(413, "too-large", words, errors=faults, headers=headers)
