"""Whether the door of a partner does what an exchange relies on: a rule, a request, and what must come of it. Nothing of what is tried
may be taken, but for one batch that was delivered before and comes again.
"""

import http.client
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hervat.assemble import Node
from hervat.batch import BATCH, BatchReceipt, Manifest, WatermarksAnswer
from hervat.clock import Clock, rfc3339
from hervat.dispatch.batches import Batch, root_of, write_batch
from hervat.dispatch.deliveries import ensure_said
from hervat.dispatch.identity import Identity
from hervat.dispatch.signed import Unfit
from hervat.dispatch.statements import ensure_told
from hervat.dispatch.ways import Way
from hervat.doors.exchange.budget import WHOLE, Budget, connected
from hervat.doors.exchange.client import Unreachable
from hervat.doors.http.front import HEADERS
from hervat.doors.http.signature import Request, content_digest, sign
from hervat.exchanging import Exchange

JSON = "application/json"
PROBLEM = "application/problem+json"
Verdict = Literal["kept", "broken", "not tried"]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a rule: whether it was kept, and what was seen where it was not."""

    rule: str
    verdict: Verdict
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status, its fields in lower case, its body."""

    status: int
    fields: Mapping[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """What a problem says to a program; empty where it is none."""
        try:
            found = msgspec.json.decode(self.body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return ""
        return str(found.get("code", "")) if isinstance(found, dict) else ""


class Trial:
    """Requests to a door, well signed and otherwise."""

    def __init__(self, address: str, identity: Identity, clock: Clock, whole: float = WHOLE) -> None:
        parts = urlsplit(address)
        self._tls, self._authority, self._base = parts.scheme == "https", parts.netloc.lower(), parts.path.rstrip("/") or "/v1"
        self.identity, self.clock, self.whole = identity, clock, whole

    def asked(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        *,
        query: str = "",
        by: Identity | None = None,
        unsigned: bool = False,
        age: int = 0,
        nonce: str | None = None,
        digest_of: bytes | None = None,
        sort: str = JSON,
    ) -> Answer:
        """The answer to one request; raises Unreachable. `age`: seconds since it was signed; `digest_of`: what the digest is made of."""
        whole = f"{self._base}{path}"
        signed_for = content if digest_of is None else digest_of
        fields = {} if signed_for is None else {"content-type": sort, "content-digest": content_digest(signed_for)}
        created = int(self.clock.now().timestamp()) - age
        request = Request(method, self._authority, whole, query, fields)
        signed = sign(request, by or self.identity, created=created, expires=created + 60, nonce=nonce or secrets.token_urlsafe(16))
        headers = fields | ({} if unsigned else signed) | {"Host": self._authority, "Accept": JSON}
        made = http.client.HTTPSConnection if self._tls else http.client.HTTPConnection
        connection = made(self._authority)
        try:
            connected(connection, Budget(self.clock, self.whole))
            connection.request(method, whole + (f"?{query}" if query else ""), content, headers)
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        except (OSError, http.client.HTTPException) as fault:
            raise Unreachable(f"{self._authority}: {fault}; see that the partner's door is open and the address is right") from fault
        finally:
            connection.close()


def examined(trial: Trial, node: Node, own: str, partner: str) -> Iterator[Report]:
    """Every rule, tried."""
    for rule, is_kept in _RULES:
        seen = is_kept(trial)
        yield Report(rule=rule, verdict="kept" if seen is None else "broken", seen=seen)
    yield _report("how far our feeds are there is signed, for us and about now", _marked(trial, node, own, partner))
    yield from _batches(trial, node, own, partner)


def _expects(status: int, code: str = "", **asked: Any) -> Callable[[Trial], str | None]:
    """A rule about one request: its status, a problem where it is one, and its code."""

    def is_kept(trial: Trial) -> str | None:
        answer = trial.asked(**asked)
        if answer.status != status:
            return f"answered {answer.status} {answer.code}, and {status} was to come"
        if status >= 400 and not answer.fields.get("content-type", "").startswith(PROBLEM):
            return f"{status} is told as {answer.fields.get('content-type')}, and not as {PROBLEM}"
        return f"the code is {answer.code!r}, and {code!r} was to come" if code and answer.code != code else None

    return is_kept


def _security(trial: Trial) -> str | None:
    fields = trial.asked("GET", "/health", unsigned=True).fields
    missing = [name for name, value in HEADERS.items() if name != "API-Version" and fields.get(name.lower()) != value]
    if "api-version" not in fields:
        missing.append("API-Version")
    return f"missing or other: {', '.join(missing)}" if missing else None


def _described(trial: Trial) -> str | None:
    answer = trial.asked("GET", "/openapi.json", unsigned=True)
    try:
        found = msgspec.json.decode(answer.body)
        version, paths = str(found["openapi"]), found["paths"]
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, TypeError):
        return "there is no OpenAPI document"
    missing = [path for path in ("/messages", "/batches", "/receipts", "/watermarks", "/reconnections") if path not in paths]
    if not version.startswith("3.1"):
        return f"it is OpenAPI {version}, and 3.1 was to come"
    return f"it does not describe {', '.join(missing)}" if missing else None


def _by_nobody(trial: Trial) -> str | None:
    stranger = Identity(trial.identity.oin, trial.identity.key_id, Ed25519PrivateKey.generate())
    return _expects(401, method="GET", path="/watermarks", by=stranger)(trial)


def _says_how_to_sign(trial: Trial) -> str | None:
    fields = trial.asked("GET", "/watermarks", unsigned=True).fields
    return None if "accept-signature" in fields else "a 401 does not say which signature would do (Accept-Signature)"


def _replayed(trial: Trial) -> str | None:
    nonce = secrets.token_urlsafe(16)
    trial.asked("GET", "/watermarks", nonce=nonce)
    return _expects(401, "replayed", method="GET", path="/watermarks", nonce=nonce)(trial)


_RULES: tuple[tuple[str, Callable[[Trial], str | None]], ...] = (
    ("the door says that it is well", _expects(200, method="GET", path="/health", unsigned=True)),
    ("the door is described in OpenAPI 3.1", _described),
    ("security headers and the version are in every answer", _security),
    ("who signs is let in", _expects(200, method="GET", path="/watermarks")),
    ("without a signature nothing is answered", _expects(401, method="GET", path="/watermarks", unsigned=True)),
    ("a 401 says which signature would do", _says_how_to_sign),
    ("a signature by another key does not count", _by_nobody),
    ("a signature that has expired does not count", _expects(401, "expired", method="GET", path="/watermarks", age=4000)),
    ("a request counts once", _replayed),
    ("a body that is not what was signed is not taken", _expects(400, method="POST", path="/batches", content=b"{}", digest_of=b"[]")),
    ("a body that is no batch is not taken", _expects(400, method="POST", path="/batches", content=b"{}")),
    ("a body of another type is not taken", _expects(415, method="POST", path="/batches", content=b"{}", sort="text/plain")),
    ("a feed that does not go to us is not there", _expects(404, method="GET", path="/batches/none-of-this-name")),
    ("an address has no slash at its end", _expects(404, method="GET", path="/watermarks/")),
    ("another method is told so", _expects(405, method="DELETE", path="/watermarks")),
    ("a query that is not known is told", _expects(400, method="GET", path="/watermarks", query="unknown=1")),
)


def _batches(trial: Trial, node: Node, own: str, partner: str) -> Iterator[Report]:
    """The rules about batches: none is half taken, and what comes again is a duplicate."""
    source = f"urn:nld:oin:{own}:systeem:conformance"
    one = msgspec.Raw(b'{"source":"%b"}' % source.encode())
    foreign = _signed_batch(trial, source, "00000099000000099999", one)
    is_kept = _expects(403, "batch-addressee", method="POST", path="/batches", content=foreign)
    yield _report("a batch for somebody else is not taken", is_kept(trial))
    changed = _signed_batch(trial, source, partner, one)
    is_kept = _expects(400, method="POST", path="/batches", content=changed)
    yield _report("a batch with a message that was not signed is not taken", is_kept(trial))
    exchange = Exchange(node, own)
    ours = [way for way in exchange.ways if way.partner == partner and way.how == "push"]
    ways = [way for way in ours if exchange.delivered_through(way.source, partner)]
    rule = "a batch that comes again is a duplicate, with a receipt that is signed"
    if ways:
        yield _report(rule, _again(trial, exchange, node, ways[0]))
    else:
        yield Report(rule=rule, verdict="not tried", seen="no batch was delivered there yet")


def _marked(trial: Trial, node: Node, own: str, partner: str) -> str | None:
    answer = trial.asked("GET", "/watermarks")
    try:
        found = msgspec.json.decode(answer.body, type=WatermarksAnswer)
        ensure_told(found, node.roster().now, partner, own, trial.clock.now())
    except (msgspec.MsgspecError, UnicodeDecodeError, Unfit) as fault:
        return f"answered {answer.status} with nothing that counts: {fault}"
    return None


def _report(rule: str, seen: str | None) -> Report:
    return Report(rule=rule, verdict="kept" if seen is None else "broken", seen=seen)


def _signed_batch(trial: Trial, source: str, to: str, one: msgspec.Raw) -> bytes:
    """A batch of one message whose root is that of another."""
    identity = trial.identity
    unsigned = Manifest(
        from_=identity.oin,
        to=to,
        source=source,
        first=1,
        last=1,
        root=root_of([bytes(32)]),
        made_at=rfc3339(trial.clock.now()),
        key=identity.key_id,
        signature="",
    )
    return write_batch(Batch(msgspec.structs.replace(unsigned, signature=identity.signature_over(BATCH, unsigned)), (one,)))


def _again(trial: Trial, exchange: Exchange, node: Node, way: Way) -> str | None:
    """The first batch of a feed once more."""
    batch = exchange.next(trial.identity, way, trial.clock.now(), after=0)
    if batch is None:
        return "there is no first batch here"
    answer = trial.asked("POST", "/batches", write_batch(batch))
    try:
        receipt = msgspec.json.decode(answer.body, type=BatchReceipt)
        ensure_said(receipt, node.roster().now)
    except (msgspec.MsgspecError, UnicodeDecodeError, Unfit) as fault:
        return f"answered {answer.status} with no receipt that counts: {fault}"
    if receipt.root != batch.manifest.root or receipt.from_ != way.partner:
        return "the receipt is for another batch, or by somebody else"
    if receipt.new or receipt.duplicates + len(receipt.conflicts) != batch.manifest.count:
        return f"of {batch.manifest.count} messages that were there, {receipt.new} were taken as new"
    return None
