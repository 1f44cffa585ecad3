"""What the handlers of the door share: who signs, the writer, the store for reading, and how a request is read."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from hervat.assemble import Node
from hervat.clock import Clock
from hervat.dispatch.deliveries import Deliveries
from hervat.dispatch.feeds import SetHashes
from hervat.dispatch.reconnections import Reconnections
from hervat.doors.acts.asked import ActRequest, AnyAct
from hervat.doors.acts.line import Done, NotDone
from hervat.doors.http import body
from hervat.doors.http.batches import Exchanging, SignedBatch
from hervat.doors.http.front import ASKED_METHOD
from hervat.doors.http.nonces import Nonces
from hervat.doors.http.problems import Asked, Declined, Fault, sentence
from hervat.doors.http.queue import Parcel
from hervat.doors.http.signature import Request as Signed
from hervat.doors.http.signers import Signer, Signers, cut_off, taken_back
from hervat.doors.http.writer import Writer
from hervat.errors import NotSo, TechnicalFault

JSON = "application/json"
Value = TypeVar("Value")


class Desk:
    """What the handlers share: who signs, the writer, and the store for reading."""

    def __init__(self, url: str, keys: Path | None, clock: Clock, writer: Writer, skew: int, us: Exchanging | None) -> None:
        """Raises StoreFault where what was seen of requests cannot be kept beside the store."""
        self._url, self._keys, self._clock = url, keys, clock
        self.writer = writer
        self._us = us
        self.nonces = Nonces(writer.path.with_name(writer.path.name + ".nonces"), clock.now().timestamp())
        self._signers = Signers(lambda: writer.partners, self.nonces, clock, skew)
        self.hashes = SetHashes()
        self.deliveries = Deliveries()
        self.reconnections = Reconnections()
        self.returning: dict[str, asyncio.Lock] = {}
        self._doing: dict[str, asyncio.Lock] = {}

    async def signer(self, request: Asked, *, content: bool) -> Signer:
        """Who signed; raises Declined, also where the link with them is cut: then nothing is answered but that."""
        signer = await asyncio.to_thread(self._signers.of, _signed(request), content=content)
        declined = cut_off(self.writer.ways, signer)
        if declined is not None:
            raise declined
        return signer

    @property
    def exchanges(self) -> bool:
        """Whether this node exchanges with anybody, and so has a key with which it signs for its organisation."""
        return self._us is not None

    @property
    def us(self) -> Exchanging:
        """Who this node is to those that exchange with it; raises Declined where it exchanges with nobody."""
        if self._us is None:
            raise Declined(404, "no-exchange", "This node exchanges no batches; send messages, or ask its keeper.")
        return self._us

    async def do(self, signer: Signer, act: AnyAct) -> dict[str, Any]:
        """Have an act done by the writer for a partner; raises Declined where it is not.

        Acts come before all messages, so of each partner one waits at a time: the others get their turn between two of them.
        """
        async with self._doing.setdefault(signer.oin, asyncio.Lock()):
            declined = taken_back(self.writer.partners, signer) or cut_off(self.writer.ways, signer)
            if declined is not None:
                raise declined
            answer = await asyncio.wrap_future(self.writer.ask(ActRequest(place=self.writer.place, act=act)))
        if isinstance(answer, Done):
            return answer.answer
        if isinstance(answer, NotDone) and answer.status < TechnicalFault.exit_status:
            raise Declined(400, "not-kept", sentence(NotSo(answer.message)))
        raise Declined(503, "unavailable", "The node cannot do this at the moment; ask again later.", headers={"Retry-After": "10"})

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

    async def taken(self, signer: Signer, messages: list[bytes], *, batch: bool, signed: SignedBatch | None = None) -> bytes:
        """The answer to messages that were sent, once they are on disk; raises Declined where they were not taken."""
        loop = asyncio.get_running_loop()
        coming: asyncio.Future[bytes | Declined] = loop.create_future()

        def settle(answer: bytes | Declined) -> None:
            if not coming.done():
                coming.set_result(answer)

        def tell(answer: bytes | Declined) -> None:
            loop.call_soon_threadsafe(settle, answer)

        self.writer.queue.put(Parcel(signer, messages, batch, tell, signed))
        answer = await coming
        if isinstance(answer, Declined):
            raise answer
        return answer


async def content_of(request: Asked, limit: int) -> bytes:
    """The body, with the digest that was signed; raises Declined."""
    return await body.read_body(request.receive, request.headers.get("content-digest", ""), limit)


def ensure_type(request: Asked, allowed: tuple[str, ...]) -> str:
    """The type of what is sent; raises Declined for another one."""
    named, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.lower().replace('"', "").replace(" ", "")
    if named.strip().lower() not in allowed or charset not in ("", "charset=utf-8"):
        words = f"The content is {' or '.join(allowed)}, in UTF-8."
        raise Declined(415, "media-type", words, headers={"Accept-Post": ", ".join(allowed)})
    return named.strip().lower()


def whole_numbers(query: Mapping[str, str], known: Mapping[str, tuple[int, int, int]]) -> list[int]:
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
