"""The door of another node, as one sees it that exchanges with it: signed requests on one connection, and what is answered."""

import http.client
import secrets
from dataclasses import dataclass
from email.message import Message
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from hervat.batch import BatchReceipt, Offer, Reconnecting, Statement, WatermarksAnswer
from hervat.clock import Clock
from hervat.dispatch.batches import Batch, read_batch, write_batch
from hervat.dispatch.identity import Identity
from hervat.doors.exchange.budget import WHOLE, Budget, connected
from hervat.doors.http import wire
from hervat.doors.http.problems import Problem
from hervat.doors.http.signature import Request, content_digest, sign
from hervat.errors import NotSo, TechnicalFault

JSON = "application/json"
LIFETIME = 60
_LARGEST_ANSWER = 16 * 1024 * 1024
Said = TypeVar("Said")


class Unreachable(TechnicalFault):
    """The door of a partner gave no answer, or there can be none at its address; what was under way is sent again, and comes back as a
    duplicate where it was taken.
    """


@dataclass(eq=False)
class Later(Exception):
    """The door takes nothing at this moment, and says after how many seconds to come back."""

    seconds: float
    code: str
    words: str


class Refused(NotSo):
    """The door does not take this as it is; `code` says why to a program."""

    def __init__(self, message: str | None = None, status: int = 400, code: str = "") -> None:
        self.status, self.code = status, code
        super().__init__(message)


class Lying(wire.Numbered, frozen=True, kw_only=True):
    """What lies there under a number: a message, or where it is `gone` the word of its sender that there is none any more."""

    gone: bool = False


class Digests(msgspec.Struct, frozen=True):
    """What is read of messages in custody: the number and the digest of each, and behind which number those that follow lie."""

    messages: list[Lying]
    next: int | None


class PartnerDoor:
    """The door at an address. It keeps a connection open, and opens another where that broke; used by one thread.

    `whole`: the seconds that a request may take, from its first byte to the last of its answer.
    """

    def __init__(self, address: str, identity: Identity, clock: Clock, whole: float = WHOLE) -> None:
        try:
            parts = urlsplit(address)
        except ValueError as fault:
            raise Unreachable(f"{address}: {fault}; hervat partner set OIN --address says where the partner's door is") from fault
        self._tls, self._authority = parts.scheme == "https", parts.netloc.lower()
        self._base = parts.path.rstrip("/") or "/v1"
        self._address, self._identity, self._clock, self._whole = address, identity, clock, whole
        self._budget = Budget(clock, whole)
        self._connection: http.client.HTTPConnection | None = None

    def another(self) -> "PartnerDoor":
        """The same door, with a connection of its own."""
        return PartnerDoor(self._address, self._identity, self._clock, self._whole)

    def send(self, batch: Batch) -> BatchReceipt:
        """Hand over a batch; returns what the other side signs. Raises Later, Refused and Unreachable."""
        return self._read(self._asked("POST", "/batches", write_batch(batch)), BatchReceipt)

    def fetch(self, stream: str) -> Batch | None:
        """The batch behind all that we signed for of a feed of the other side; None where nothing follows. Raises also Unfit."""
        body = self._asked("GET", f"/batches/{stream}")
        return read_batch(body) if body else None

    def deliver(self, receipt: BatchReceipt) -> None:
        """Hand over the receipt of a batch that was fetched."""
        self._asked("POST", "/deliveries", msgspec.json.encode(receipt))

    def statement(self, stream: str) -> Statement:
        """What the other side says it sent of a feed."""
        return self._read(self._asked("GET", f"/statements/{stream}"), Statement)

    def digests(self, stream: str, after: int) -> wire.DigestsAnswer:
        """The digests of a feed of the other side behind a number."""
        return self._read(self._asked("GET", f"/statements/{stream}/digests", query=f"after={after}"), wire.DigestsAnswer)

    def watermarks(self) -> WatermarksAnswer:
        """How far our own feeds are there, as it is signed."""
        return self._read(self._asked("GET", "/watermarks"), WatermarksAnswer)

    def messages(self, stream: str, after: int, limit: int = 500) -> Digests:
        """The digests of our own messages that are in custody there, behind a number, as many as `limit` at most."""
        return self._read(self._asked("GET", f"/streams/{stream}/messages", query=f"after={after}&limit={limit}"), Digests)

    def reconnect(self, said: Reconnecting) -> Offer:
        """Say that we come back, and be told what is missing."""
        return self._read(self._asked("POST", "/reconnections", msgspec.json.encode(said)), Offer)

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _asked(self, method: str, path: str, content: bytes | None = None, query: str = "") -> bytes:
        fields = {} if content is None else {"content-type": JSON, "content-digest": content_digest(content)}
        whole = f"{self._base}{path}"
        now = int(self._clock.now().timestamp())
        request = Request(method, self._authority, whole, query, fields)
        signed = sign(request, self._identity, created=now, expires=now + LIFETIME, nonce=secrets.token_urlsafe(16))
        headers = fields | signed | {"Host": self._authority, "Accept": JSON}
        try:
            status, told, body = self._exchanged(method, whole + (f"?{query}" if query else ""), content, headers)
        except (OSError, http.client.HTTPException, ValueError, OverflowError) as fault:
            # The last two: a name that cannot be one of a machine, and a port that is none.
            self.close()
            why = "no answer in time" if isinstance(fault, TimeoutError) else str(fault) or type(fault).__name__
            raise Unreachable(f"{self._authority}: {why}; see that the partner's door is open and the address is right") from fault
        if status in (200, 201, 202, 204):
            return body
        raise self._told(status, told, body)

    def _exchanged(self, method: str, target: str, content: bytes | None, headers: dict[str, str]) -> tuple[int, Message, bytes]:
        self._budget.begin()
        # One that the other side closed would be opened again by itself, without a budget.
        if self._connection is None or self._connection.sock is None:
            made = http.client.HTTPSConnection if self._tls else http.client.HTTPConnection
            self._connection = connected(made(self._authority), self._budget)
        self._connection.request(method, target, content, headers)
        answer = self._connection.getresponse()
        body = answer.read(_LARGEST_ANSWER + 1)
        if len(body) > _LARGEST_ANSWER:
            raise http.client.HTTPException(f"an answer of more than {_LARGEST_ANSWER} bytes")
        return answer.status, answer.headers, body

    def _told(self, status: int, headers: Message, body: bytes) -> Exception:
        try:
            problem = msgspec.json.decode(body, type=Problem)
            code, words = problem.code, problem.detail
        except (msgspec.MsgspecError, UnicodeDecodeError):
            code, words = "", f"{self._authority} answered {status} and did not say why."
        if status in (408, 429, 500, 502, 503, 504):
            after = headers.get("Retry-After") or ""
            return Later(float(after) if after.isascii() and after.isdigit() else 10.0, code, words)
        return Refused(f"{words} ({status} {code})", status, code)

    def _read(self, body: bytes, sort: type[Said]) -> Said:
        try:
            return msgspec.json.decode(body, type=sort)
        except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
            raise Unreachable(f"{self._authority} answered what is not as described ({fault}); see which version it runs") from fault
