"""The addresses of the door. Each handler: who asks, what they sent, one call, the answer."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from litestar import Litestar, Response, get, post
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp

from hervat import __version__
from hervat.clock import Clock
from hervat.dispatch.statements import signed_watermarks
from hervat.doors.acts.taking import taking
from hervat.doors.http import body, problems, wire
from hervat.doors.http.batches import Exchanging
from hervat.doors.http.desk import JSON, Desk, content_of, ensure_type, whole_numbers
from hervat.doors.http.exchange import EXCHANGE
from hervat.doors.http.front import BASE, fronted
from hervat.doors.http.openapi import document
from hervat.doors.http.problems import Asked, Declined, Fault
from hervat.doors.http.series import series_of
from hervat.doors.http.streams import MOST, messages_of, watermarks_of
from hervat.doors.http.writer import Writer
from hervat.errors import HervatError
from hervat.message import LARGEST, SOURCE

ONE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
_LARGEST_QUESTION = 1024 * 1024
_WHITE = b" \t\r\n"
_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_values = msgspec.json.Decoder(list[msgspec.Raw]).decode

@post("/messages", status_code=202, request_max_body_size=None)
async def take_messages(request: Asked, desk: Desk) -> Response[bytes]:
    """One message, or a batch of them."""
    batch = ensure_type(request, (ONE, BATCH)) == BATCH
    limit = body.LARGEST_BATCH if batch else body.LARGEST_MESSAGE
    signer = await desk.signer(request, content=True)
    with desk.room(request, signer, limit):
        messages = _messages(await content_of(request, limit), batch=batch)
        if not messages:
            return Response(msgspec.json.encode(wire.Answer(receipts=[])), status_code=202, media_type=JSON)
        return Response(await desk.taken(signer, messages, batch=batch), status_code=202, media_type=JSON)


def _messages(content: bytes, *, batch: bool) -> list[bytes]:
    """The messages in a body, each as it came; raises Declined for what is no batch, and for a message that is too large."""
    if not batch:
        return [content.strip(_WHITE)]
    try:
        found = _split(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise Declined(400, "no-batch", "The body is no JSON array of messages; nothing of it was taken.") from fault
    for index, raw in enumerate(found):
        if len(raw) > body.LARGEST_MESSAGE:
            raise body.too_large(body.LARGEST_MESSAGE, f"/{index}")
    return found


def _split(content: bytes) -> list[bytes]:
    """The values in a JSON array. A lone surrogate, which is no JSON to the decoder, is the fault of its own message, and of no other."""
    try:
        return [bytes(raw) for raw in _values(content)]
    except msgspec.DecodeError:
        masked = _ESCAPED_SURROGATE.sub(rb"\\u0020", content)
        if masked == content:
            raise
    found, at = list[bytes](), 0
    for raw in _values(masked):
        # Before a value stand white space and one of `[,`, with none of which it begins; what is masked is as long as it was.
        at = masked.index(bytes(raw), at)
        found.append(content[at : at + len(bytes(raw))])
        at += len(found[-1])
    return found


@post("/receipts", status_code=200, request_max_body_size=None)
async def ask_receipts(request: Asked, desk: Desk) -> Response[bytes]:
    """The receipts of messages, as a series."""
    ensure_type(request, (JSON,))
    signer = await desk.signer(request, content=True)
    with desk.room(request, signer, _LARGEST_QUESTION):
        content = await content_of(request, _LARGEST_QUESTION)
    try:
        question = msgspec.json.decode(content, type=wire.Question)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        flaw = Fault(in_="body", location="", code="schema", detail=str(fault) if isinstance(fault, msgspec.ValidationError) else "no JSON")
        words = "The question is an object with `messages`: 1 to 1000 of `source` and `id`."
        raise Declined(400, "no-question", words, errors=[flaw]) from fault
    found = await desk.read(signer, lambda node: series_of(node, signer.oin, question.messages))
    return Response(msgspec.json.encode(wire.SeriesAnswer(messages=found)), media_type=JSON)


@get("/streams/{stream:str}/messages")
async def pull_messages(request: Asked, desk: Desk, stream: str) -> Response[bytes]:
    """The messages of one of the asker's own sources that are in custody."""
    signer = await desk.signer(request, content=False)
    after, limit = whole_numbers(request.query_params, {"after": (0, 0, LARGEST), "limit": (100, 1, MOST)})
    source = f"urn:nld:oin:{signer.oin}:systeem:{stream}"
    found = await desk.read(signer, lambda node: messages_of(node, source, after, limit)) if SOURCE.fullmatch(source) else None
    if found is None:
        raise Declined(404, "no-stream", "You have no stream of this name here; it is the last part of a source, behind `systeem:`.")
    return Response(msgspec.json.encode(found), media_type=JSON)


@get("/watermarks")
async def tell_watermarks(request: Asked, desk: Desk) -> Response[bytes]:
    """How far each of the asker's sources is here."""
    signer = await desk.signer(request, content=False)
    whole_numbers(request.query_params, {})
    found = await desk.read(signer, lambda node: watermarks_of(node, signer.oin, desk.hashes))
    if desk.exchanges:
        found = signed_watermarks(found, desk.us.identity, signer.oin, desk.us.clock.now())
    return Response(msgspec.json.encode(found), media_type=JSON)


@get("/health")
async def tell_health(desk: Desk) -> Response[bytes]:
    """Whether messages are taken."""
    if desk.writer.failing:
        raise Declined(503, "unavailable", "Messages cannot be taken at the moment.", headers={"Retry-After": "10"})
    return Response(msgspec.json.encode(wire.Health(status="pass", version=__version__)), media_type=JSON)


@get("/openapi.json")
async def describe() -> Response[bytes]:
    """This interface, described."""
    return Response(document(), media_type=JSON)


def make_door(
    url: str,
    writer: Writer,
    acts: socket.socket,
    clock: Clock,
    *,
    keys: Path | None = None,
    skew: int = 300,
    authority: str | None = None,
    us: Exchanging | None = None,
) -> ASGIApp:
    """The door on the store at `url`, which takes acts at the socket `acts`; it begins to take when the server begins, and settles what
    waits when the server ends. `us`: who exchanges batches with others, where this node does.
    """
    desk = Desk(url, keys, clock, writer, skew, us)

    @asynccontextmanager
    async def open_door(_: Any) -> AsyncIterator[None]:
        writer.start()
        async with taking(acts, writer.ask) as take_no_more:
            try:
                yield
            finally:
                take_no_more()
                await asyncio.to_thread(writer.stop)
                desk.nonces.close()

    app = Litestar(
        [take_messages, ask_receipts, pull_messages, tell_watermarks, *EXCHANGE, tell_health, describe],
        path=BASE,
        dependencies={"desk": Provide(lambda: desk, sync_to_thread=False)},
        exception_handlers={HTTPException: problems.declined, HervatError: problems.technical, Exception: problems.ours},
        lifespan=[open_door],
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    return fronted(app, authority)
