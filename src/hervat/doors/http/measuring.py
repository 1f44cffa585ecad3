"""The bench of the door: the national file in signed batches over real sockets, beside `receive` of the same lines.

- The server is a process of its own; this one plays the partners, on several connections at once.
- A batch has messages of one organisation. Batches are filled and sent in the order of the file, so both see about the same order.
- The same once more in signed batches, by feed and in order, each answered with one receipt.
- The baselines: the same lines, as they lie in the batches, received from a list; without receipts, and with a receipt for each, which
  is what every 202 carries.
"""

import hashlib
import http.client
import json
import secrets
import statistics
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import local
from typing import Any, NamedTuple

import msgspec
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hervat.assemble import Node
from hervat.clock import Clock
from hervat.dispatch.batches import Batch, manifest_of, write_batch
from hervat.dispatch.identity import Identity
from hervat.doors.exchange.made import KEY, TABLE, make_exchange
from hervat.doors.http.signature import Request, content_digest, sign
from hervat.errors import TechnicalFault
from hervat.intake.partnering import Wish, read_public_key
from hervat.message import SOURCE
from hervat.partner import PartnerKey
from hervat.stores.baseline import Ground

BATCH = 500
_CONNECTIONS = 8
_RUNS = 3
_TO = "00000099000000016000"
_TYPE = "application/cloudevents-batch+json"


class _Posted(NamedTuple):
    """A request that is made ready: who sends it, where to, of which type, and its body."""

    oin: str
    path: str
    sort: str
    body: bytes


def measure_http(lines: Sequence[bytes], ground: Ground, clock: Clock) -> dict[str, Any]:
    """Messages a second through the door and from a list, interleaved, the median of three runs each."""
    private = Ed25519PrivateKey.generate()
    batches = list(_batches(lines))
    in_order = [raw for _, batch in batches for raw in batch]
    posted = [_Posted(oin, "/v1/messages", _TYPE, b"[" + b",".join(batch) + b"]") for oin, batch in batches]
    by_feed = _by_feed(lines)
    feeds = [raw for _, batch in by_feed for raw in batch]
    signed = [_signed_batch(source, batch, private, clock) for source, batch in by_feed]
    timed: dict[str, list[float]] = {"http": [], "receive": [], "receive_with_receipts": [], "signed_batches": [], "receive_by_feed": []}
    for _ in range(_RUNS):
        timed["receive"].append(_received(in_order, ground, "plain", clock, receipts=False))
        timed["receive_with_receipts"].append(_received(in_order, ground, "receipts", clock, receipts=True))
        timed["http"].append(_sent(posted, len(in_order), private, ground, clock))
        ground.clear()
        timed["receive_by_feed"].append(_received(feeds, ground, "feeds", clock, receipts=False))
        timed["signed_batches"].append(_sent(signed, len(feeds), private, ground, clock))
        ground.clear()
    median = {name: statistics.median(rates) for name, rates in timed.items()}
    return {
        "messages": len(in_order),
        "batches": len(batches),
        "connections": _CONNECTIONS,
        "messages_a_second": {name: round(rate) for name, rate in median.items()},
        "all_runs": {name: [round(rate) for rate in rates] for name, rates in timed.items()},
        "of_receive": round(median["http"] / median["receive"], 2),
        "of_receive_with_receipts": round(median["http"] / median["receive_with_receipts"], 2),
        "signed_batches_of_receive_by_feed": round(median["signed_batches"] / median["receive_by_feed"], 2),
    }


def _batches(lines: Iterable[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """Batches of one organisation each, in the order in which they are full."""
    filling: dict[str, list[bytes]] = {}
    for raw in lines:
        found = SOURCE.search(raw.decode())
        oin = "" if found is None else found["oin"]
        filling.setdefault(oin, []).append(raw)
        if len(filling[oin]) == BATCH:
            yield oin, filling.pop(oin)
    yield from filling.items()


def _by_feed(lines: Iterable[bytes]) -> list[tuple[str, list[bytes]]]:
    """Every feed in order of its numbers, each once, in batches as they would be signed, taken in turns."""
    found: dict[str, dict[int, bytes]] = {}
    for raw in lines:
        named = json.loads(raw)
        found.setdefault(named["source"], {})[int(named["sequence"])] = raw
    whole = {source: [numbered[number] for number in sorted(numbered)] for source, numbered in found.items()}
    longest = max(map(len, whole.values()))
    starts = range(0, longest, BATCH)
    return [(source, feed[start : start + BATCH]) for start in starts for source, feed in whole.items() if start < len(feed)]


def _signed_batch(source: str, batch: Sequence[bytes], private: Ed25519PrivateKey, clock: Clock) -> _Posted:
    oin, first = source.split(":")[3], int(json.loads(batch[0])["sequence"])
    digests = [hashlib.sha256(rfc8785.dumps(json.loads(raw))).digest() for raw in batch]
    identity = Identity(oin, "bench", private)
    made = manifest_of(identity, source, _TO, (first, first + len(batch) - 1), (), digests, clock.now())
    return _Posted(oin, "/v1/batches", "application/json", write_batch(Batch(made, tuple(map(msgspec.Raw, batch)))))


def _received(lines: Sequence[bytes], ground: Ground, name: str, clock: Clock, *, receipts: bool) -> float:
    kept: list[bytes] = []
    with Node.opened(ground.store(name), writer=True, keys=ground.folder / f"{name}.key") as node:
        began = clock.monotonic()
        node.receive(lines, helped=True, receipts=kept.append if receipts else None)
        return len(lines) / (clock.monotonic() - began)


def _sent(posted: Sequence[_Posted], count: int, private: Ed25519PrivateKey, ground: Ground, clock: Clock) -> float:
    """Messages a second, `count` of them in all, of requests that are sent over several connections."""
    store, keys = ground.store("http"), ground.folder / "http.key"
    with Node.opened(store, writer=True, keys=keys) as node:
        _give_keys(node, {one.oin for one in posted}, private, clock)
    config = ground.folder / "node.toml"
    if not (ground.folder / KEY).exists():
        make_exchange(ground.folder)
    node_table = f"[node]\nstore = {json.dumps(store)}\nkeys = {json.dumps(str(keys))}\n[serve]\nport = 0\n"
    config.write_text(node_table + TABLE.format(oin=_TO, key_id="bench"), encoding="utf-8")
    with _served(config) as authority, ThreadPoolExecutor(_CONNECTIONS) as connections:
        sender = _Sender(authority, private, clock)
        began = clock.monotonic()
        statuses = list(connections.map(sender.post, posted))
        took = clock.monotonic() - began
    if set(statuses) != {202}:
        raise TechnicalFault(f"the door answered {sorted(set(statuses))}, and 202 was to come of it")
    return count / took


def _give_keys(node: Node, oins: Iterable[str], private: Ed25519PrivateKey, clock: Clock) -> None:
    """Each organisation gets the same key: what is measured is one signature a request."""
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    algorithm, public = read_public_key(pem)
    key = PartnerKey(id="bench", algorithm=algorithm, public=public, valid_from=clock.now() - timedelta(days=1))
    for oin in sorted(oins):
        node.set_partner(oin, Wish(keys=(key,)), by="bench", why="to measure")


@contextmanager
def _served(config: Path) -> Iterator[str]:
    """`hervat serve` on a configuration, in a process of its own; its authority."""
    command = [sys.executable, "-m", "hervat", "serve", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own command line
        try:
            first = "" if server.stdout is None else server.stdout.readline()
            yield first.partition("http://")[2].partition("/")[0]
        finally:
            server.terminate()


class _Sender:
    """Partners that sign and post, each thread on a connection of its own."""

    def __init__(self, authority: str, private: Ed25519PrivateKey, clock: Clock) -> None:
        self._authority, self._private, self._clock = authority, private, clock
        self._own = local()

    def post(self, one: _Posted) -> int:
        """Post a batch; the status of the answer, which is read to its end."""
        if not hasattr(self._own, "connection"):
            self._own.connection = http.client.HTTPConnection(self._authority)
        now = int(self._clock.now().timestamp())
        fields = {"content-type": one.sort, "content-digest": content_digest(one.body)}
        request = Request("POST", self._authority, one.path, "", fields)
        signed = sign(request, Identity(one.oin, "bench", self._private), created=now, expires=now + 60, nonce=secrets.token_urlsafe(16))
        connection: http.client.HTTPConnection = self._own.connection
        connection.request("POST", one.path, one.body, fields | signed)
        answer = connection.getresponse()
        answer.read()
        return answer.status
