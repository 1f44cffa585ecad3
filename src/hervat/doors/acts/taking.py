"""Taking acts at the socket of a node that serves: lines in, answers out; who does them is its writer.

- What comes is bounded in bytes and in time, and so is how many may speak at once.
- Nothing that comes is trusted: it is an act in the form that `asked` has, or it is answered that it is none.
- Who goes before the turn of their act takes it back. Who goes later finds it in the journal.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from typing import Any

from hervat.doors.acts.asked import ActRequest, read_request
from hervat.doors.acts.line import LARGEST, ActAnswer, NotDone, answering
from hervat.doors.acts.place import is_trusted
from hervat.errors import TechnicalFault

PATIENCE = 10
"""Seconds within which a whole line comes, and within which an answer is read."""
_PARTING = 1
_MOST = 16

Ask = Callable[[ActRequest], "Future[ActAnswer]"]


@asynccontextmanager
async def taking(listener: socket.socket, ask: Ask) -> AsyncIterator[Callable[[], None]]:
    """Take acts within; what was asked before the end is answered before it is over. Gives what ends the taking of more."""
    under_way = set[asyncio.Task[None]]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        try:
            with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                # Of what breaks off nothing is kept, and there is nobody to tell.
                await _served(reader, writer, ask, among=len(under_way))
        finally:
            await _let_go(writer)

    server = await asyncio.start_unix_server(serve, sock=listener, limit=LARGEST)
    try:
        yield server.close
    finally:
        server.close()
        if under_way:
            # The answers are there; who said nothing whole by now is not waited for.
            await asyncio.wait(under_way, timeout=_PARTING)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ask: Ask, *, among: int) -> None:
    """One connection: a line, its answer."""
    peer: socket.socket = writer.get_extra_info("socket")
    if not is_trusted(peer):
        answer: ActAnswer | None = _turned_away("acts are taken from the user that this node runs as, and from root; be one of them")
    elif among > _MOST:
        answer = _turned_away(f"{_MOST} others are handing over acts at this moment; run the command again")
    else:
        async with asyncio.timeout(PATIENCE):
            line = await reader.readuntil(b"\n")
        asked = read_request(line)
        answer = asked if isinstance(asked, NotDone) else await _answered(reader, ask(asked))
    if answer is not None:
        writer.write(answering(answer))


async def _let_go(writer: asyncio.StreamWriter) -> None:
    """End a connection when what was answered is read, or is not in time."""
    writer.close()
    try:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await writer.wait_closed()
    finally:
        writer.transport.abort()


def _turned_away(why: str) -> NotDone:
    return NotDone(status=TechnicalFault.exit_status, message=why)


async def _answered(reader: asyncio.StreamReader, coming: "Future[ActAnswer]") -> ActAnswer | None:
    """The answer, once it is there; None where who asked is gone before."""
    answering = asyncio.wrap_future(coming)
    leaving = asyncio.create_task(reader.read(1))
    either: list[asyncio.Future[Any]] = [answering, leaving]
    try:
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        return answering.result() if answering.done() else None
    finally:
        # An act that waits is taken back by this, and one that is being done is not.
        answering.cancel()
        leaving.cancel()
