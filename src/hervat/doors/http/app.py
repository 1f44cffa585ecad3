"""The addresses of the door. Each handler: who asks, what they sent, one call, the answer."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from litestar import Litestar, Response, get, post
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp

from hervat import __version__
from hervat.assemble import Node
from hervat.clock import Clock
from hervat.doors.acts.taking import taking
from hervat.doors.http import body, problems, wire
from hervat.doors.http.front import ASKED_METHOD, BASE, fronted
from hervat.doors.http.nonces import Nonces
from hervat.doors.http.openapi import document
from hervat.doors.http.problems import Asked, Declined, Fault
from hervat.doors.http.queue import Parcel
from hervat.doors.http.series import series_of
from hervat.doors.http.signature import Request as Signed
from hervat.doors.http.signers import Signer, Signers, taken_back
from hervat.doors.http.streams import MOST, SetHashes, messages_of, watermarks_of
from hervat.doors.http.writer import Writer
from hervat.errors import HervatError
from hervat.message import LARGEST, SOURCE

ONE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
JSON = "application/json"
_LARGEST_QUESTION = 1024 * 1024
_WHITE = b" \t\r\n"
Value = TypeVar("Value")


class Desk:
    """What the handlers share: who signs, the writer, and the store for reading."""

    def __init__(self, url: str, keys: Path | None, clock: Clock, writer: Writer, skew: int) -> None:
        """Raises StoreFault where what was seen of requests cannot be kept beside the store."""
        self._url, self._keys, self._clock = url, keys, clock
        self.writer = writer
        self.nonces = Nonces(writer.path.with_name(writer.path.name + ".nonces"), clock.now().timestamp())
        self._signers = Signers(lambda: writer.partners, self.nonces, clock, skew)
        self.hashes = SetHashes()

    async def signer(self, request: Asked, *, content: bool) -> Signer:
        """Who signed; raises Declined."""
        return await asyncio.to_thread(self._signers.of, _signed(request), content=content)

    @contextmanager
    def room(self, request: Asked, signer: Signer, limit: int) -> Iterator[None]:
        """Room for a body, as long as it is needed; raises Declined."""
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            raise Declined(415, "content-encoding", "Send the content as it is, not compressed.")
        with self.writer.queue.room(signer.oin, body.announced(request.headers.get("content-length", ""), limit)):
            yield

    async def read(self, signer: Signer, question: Callable[[Node], Value]) -> Value:
        """Ask the store, opened for reading; raises Declined where it says that what was signed counts no more."""

        def asked() -> Value:
            with Node.opened(self._url, clock=self._clock, keys=self._keys) as node:
                # What a server has may be newer than what the writer knows, which may have lost its place there and another have written.
                declined = taken_back(node.roster().now, signer)
                if declined is not None:
                    raise declined
                return question(node)

        return await asyncio.to_thread(asked)

    async def taken(self, signer: Signer, messages: list[bytes], *, batch: bool) -> bytes:
        """The answer to messages that were sent, once they are on disk; raises Declined where they were not taken."""
        loop = asyncio.get_running_loop()
        coming: asyncio.Future[bytes | Declined] = loop.create_future()

        def settle(answer: bytes | Declined) -> None:
            if not coming.done():
                coming.set_result(answer)

        def tell(answer: bytes | Declined) -> None:
            loop.call_soon_threadsafe(settle, answer)

        self.writer.queue.put(Parcel(signer, messages, batch, tell))
        answer = await coming
        if isinstance(answer, Declined):
            raise answer
        return answer


@post("/messages", status_code=202, request_max_body_size=None)
async def take_messages(request: Asked, desk: Desk) -> Response[bytes]:
    """One message, or a batch of them."""
    batch = _ensure_type(request, (ONE, BATCH)) == BATCH
    limit = body.LARGEST_BATCH if batch else body.LARGEST_MESSAGE
    signer = await desk.signer(request, content=True)
    with desk.room(request, signer, limit):
        messages = _messages(await _content(request, limit), batch=batch)
        if not messages:
            return Response(msgspec.json.encode(wire.Answer(receipts=[])), status_code=202, media_type=JSON)
        return Response(await desk.taken(signer, messages, batch=batch), status_code=202, media_type=JSON)


def _messages(content: bytes, *, batch: bool) -> list[bytes]:
    """The messages in a body, each as it came; raises Declined for what is no batch, and for a message that is too large."""
    if not batch:
        return [content.strip(_WHITE)]
    try:
        found = [bytes(raw) for raw in msgspec.json.decode(content, type=list[msgspec.Raw])]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise Declined(400, "no-batch", "The body is no JSON array of messages; nothing of it was taken.") from fault
    for index, raw in enumerate(found):
        if len(raw) > body.LARGEST_MESSAGE:
            raise body.too_large(body.LARGEST_MESSAGE, f"/{index}")
    return found


@post("/receipts", status_code=200, request_max_body_size=None)
async def ask_receipts(request: Asked, desk: Desk) -> Response[bytes]:
    """The receipts of messages, as a series."""
    _ensure_type(request, (JSON,))
    signer = await desk.signer(request, content=True)
    with desk.room(request, signer, _LARGEST_QUESTION):
        content = await _content(request, _LARGEST_QUESTION)
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
    after, limit = _whole_numbers(request.query_params, {"after": (0, 0, LARGEST), "limit": (100, 1, MOST)})
    source = f"urn:nld:oin:{signer.oin}:systeem:{stream}"
    found = await desk.read(signer, lambda node: messages_of(node, source, after, limit)) if SOURCE.fullmatch(source) else None
    if found is None:
        raise Declined(404, "no-stream", "You have no stream of this name here; it is the last part of a source, behind `systeem:`.")
    return Response(msgspec.json.encode(found), media_type=JSON)


@get("/watermarks")
async def tell_watermarks(request: Asked, desk: Desk) -> Response[bytes]:
    """How far each of the asker's sources is here."""
    signer = await desk.signer(request, content=False)
    _whole_numbers(request.query_params, {})
    found = await desk.read(signer, lambda node: watermarks_of(node, signer.oin, desk.hashes))
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


async def _content(request: Asked, limit: int) -> bytes:
    """The body, with the digest that was signed; raises Declined."""
    return await body.read_body(request.receive, request.headers.get("content-digest", ""), limit)


def _ensure_type(request: Asked, allowed: tuple[str, ...]) -> str:
    """The type of what is sent; raises Declined for another one."""
    named, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.lower().replace('"', "").replace(" ", "")
    if named.strip().lower() not in allowed or charset not in ("", "charset=utf-8"):
        words = f"The content is {' or '.join(allowed)}, in UTF-8."
        raise Declined(415, "media-type", words, headers={"Accept-Post": ", ".join(allowed)})
    return named.strip().lower()


def _whole_numbers(query: Mapping[str, str], known: Mapping[str, tuple[int, int, int]]) -> list[int]:
    """The query: for each name its value, or the first of (default, least, most). Raises Declined with everything that is wrong with it."""
    words = "There is no such parameter."
    faults = [Fault(in_="query", location=name, code="unknown", detail=words) for name in query if name not in known]
    found = []
    for name, (default, least, most) in known.items():
        text = query.get(name, str(default))
        sound = text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most
        found.append(int(text) if sound else default)
        if not sound:
            faults.append(Fault(in_="query", location=name, code="out-of-range", detail=f"A whole number from {least} to {most}."))
    if faults:
        raise Declined(400, "query", "The query is not as described; nothing was looked up.", errors=faults)
    return found


def _signed(request: Asked) -> Signed:
    """What of a request can be covered by a signature."""
    fields: dict[str, str] = {}
    for name, value in request.scope["headers"]:
        text = value.decode("latin-1").strip()
        key = name.decode("latin-1").lower()
        fields[key] = f"{fields[key]}, {text}" if key in fields else text
    authority = fields.get("host", "").lower().removesuffix(":80").removesuffix(":443")
    path = request.scope["raw_path"].decode("latin-1").partition("?")[0]
    method = str(request.scope.get(ASKED_METHOD, request.scope["method"]))
    return Signed(method, authority, path, request.scope["query_string"].decode("latin-1"), fields)


def make_door(
    url: str, writer: Writer, acts: socket.socket, clock: Clock, *, keys: Path | None = None, skew: int = 300, authority: str | None = None
) -> ASGIApp:
    """The door on the store at `url`, which takes acts at the socket `acts`; it begins to take when the server begins, and settles what
    waits when the server ends.
    """
    desk = Desk(url, keys, clock, writer, skew)

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
        [take_messages, ask_receipts, pull_messages, tell_watermarks, tell_health, describe],
        path=BASE,
        dependencies={"desk": Provide(lambda: desk, sync_to_thread=False)},
        exception_handlers={HTTPException: problems.declined, HervatError: problems.technical, Exception: problems.ours},
        lifespan=[open_door],
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    return fronted(app, authority)
