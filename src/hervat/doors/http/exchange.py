"""The addresses of the exchange: signed batches both ways, receipts for them, statements about whole feeds, and coming back after a cut."""

import asyncio
from fractions import Fraction
from math import ceil
from typing import TypeVar

import msgspec
from litestar import Response, get, post

from hervat.assemble import Node
from hervat.batch import BatchReceipt, FeedOffer, Offer, Reconnecting, ReconnectionOffered, Returning
from hervat.dispatch.batches import read_batch, write_batch
from hervat.dispatch.drain import hours_to_drain, in_hours, warning_of
from hervat.dispatch.feeds import digests_of, feed_of
from hervat.dispatch.reconnections import MOST
from hervat.dispatch.signed import Unfit
from hervat.dispatch.statements import state
from hervat.doors.acts.exchanging import ReceiptKeeping, ReconnectionKeeping
from hervat.doors.http import body, wire
from hervat.doors.http.batches import SignedBatch, declined
from hervat.doors.http.desk import JSON, Desk, content_of, ensure_type, whole_numbers
from hervat.doors.http.problems import Asked, Declined, Fault
from hervat.doors.http.signers import Signer
from hervat.exchanging import Exchange
from hervat.intake.quarantine import lanes_of
from hervat.message import LARGEST, SOURCE

_LARGEST_SAID = 1024 * 1024
DIGESTS = 1000
PACE = 2000
"""Messages a second that one that comes back is offered where nothing else is said."""
Said = TypeVar("Said")


class _From(msgspec.Struct, rename={"from_": "from"}):
    """Of what somebody signed, who it says that was."""

    from_: str


class _Of(msgspec.Struct):
    source: str


class _Manifested(msgspec.Struct):
    manifest: _From


class _Feeds(msgspec.Struct):
    feeds: list[_Of]


@post("/batches", status_code=202, request_max_body_size=None)
async def take_batch(request: Asked, desk: Desk) -> Response[bytes]:
    """A signed batch, whole or not at all."""
    ensure_type(request, (JSON,))
    signer = await desk.signer(request, content=True)
    us = desk.us
    with desk.room(request, signer, body.LARGEST_BATCH):
        content = await content_of(request, body.LARGEST_BATCH)
        if _read(content, _Manifested, "batch-form").manifest.from_ != signer.oin:
            raise Declined(403, "batch-sender", "Who signs the request is who made the batch; nothing of it was taken.")
        try:
            batch = read_batch(content)
            messages = batch.raw
        except Unfit as fault:
            raise declined(fault) from fault
        for index, one in enumerate(messages):
            if len(one) > body.LARGEST_MESSAGE:
                raise body.too_large(body.LARGEST_MESSAGE, f"/messages/{index}")
        answer = await desk.taken(signer, messages, batch=True, signed=SignedBatch(batch, us))
        return Response(answer, status_code=202, media_type=JSON)


@get("/batches/{stream:str}")
async def fetch_batch(request: Asked, desk: Desk, stream: str) -> Response[bytes]:
    """The batch that follows a number, or what was signed for, of a feed of ours that goes to who asks; 204 where nothing does."""
    signer = await desk.signer(request, content=False)
    (number,) = whole_numbers(request.query_params, {"after": (0, 0, LARGEST)})
    after = number if "after" in request.query_params else None
    source = _source(desk, signer.oin, stream)
    found = await desk.read(signer, lambda node: _next(node, desk, source, signer.oin, after))
    return Response(b"" if found is None else found, status_code=204 if found is None else 200, media_type=JSON)


def _next(node: Node, desk: Desk, source: str, to: str, after: int | None) -> bytes | None:
    us = desk.us
    way = desk.writer.ways.get(source, to)
    if way is None:
        return None
    batch = Exchange(node, us.identity.oin, desk.deliveries).next(us.identity, way, us.clock.now(), after=after)
    return None if batch is None else write_batch(batch)


def _source(desk: Desk, oin: str, stream: str) -> str:
    """The feed of ours of a name that goes to a partner; raises Declined where there is none."""
    source = f"urn:nld:oin:{desk.us.identity.oin}:systeem:{stream}"
    if not SOURCE.fullmatch(source) or desk.writer.ways.get(source, oin) is None:
        raise Declined(404, "no-stream", "No feed of this name goes from here to you; the keeper of this node opens a way.")
    return source


@post("/deliveries", status_code=201, request_max_body_size=None)
async def take_receipt(request: Asked, desk: Desk) -> Response[bytes]:
    """The receipt of who fetched a batch."""
    ensure_type(request, (JSON,))
    signer = await desk.signer(request, content=True)
    own = desk.us.identity.oin
    with desk.room(request, signer, _LARGEST_SAID):
        content = await content_of(request, _LARGEST_SAID)
        if _read(content, _From).from_ != signer.oin:
            raise Declined(403, "batch-sender", "Who signs the request is who signed the receipt; it was not kept.")
        receipt = _read(content, BatchReceipt)
        kept = await desk.do(signer, ReceiptKeeping(own=own, receipt=receipt, carried="wire"))
    return Response(msgspec.json.encode(wire.KeptAt(position=kept["position"])), status_code=201, media_type=JSON)


@get("/statements/{stream:str}")
async def tell_statement(request: Asked, desk: Desk, stream: str) -> Response[bytes]:
    """What this node says it sent of a feed, as a whole."""
    signer = await desk.signer(request, content=False)
    whole_numbers(request.query_params, {})
    us, source = desk.us, _source(desk, signer.oin, stream)

    def stated(node: Node) -> bytes:
        return msgspec.json.encode(state(node.store, node.keys, desk.hashes, us.identity, source, signer.oin, us.clock.now()))

    return Response(await desk.read(signer, stated), media_type=JSON)


@get("/statements/{stream:str}/digests")
async def tell_digests(request: Asked, desk: Desk, stream: str) -> Response[bytes]:
    """The digests of a feed by number, up to a thousand."""
    signer = await desk.signer(request, content=False)
    (after,) = whole_numbers(request.query_params, {"after": (0, 0, LARGEST)})
    source = _source(desk, signer.oin, stream)

    def told(node: Node) -> wire.DigestsAnswer:
        feed = feed_of(node.store, source)
        found = [] if feed is None else list(digests_of(node.store, node.keys, feed, after + 1, min(after + DIGESTS, feed.highest)))
        more = feed is not None and feed.highest > after + DIGESTS
        return wire.DigestsAnswer(
            source=source,
            digests=[wire.Numbered(sequence=number, digest=digest.hex()) for number, digest in found],
            next=after + DIGESTS if more else None,
        )

    return Response(msgspec.json.encode(await desk.read(signer, told)), media_type=JSON)


@post("/reconnections", status_code=200, request_max_body_size=None)
async def offer_reconnection(request: Asked, desk: Desk) -> Response[bytes]:
    """What is missing of the feeds of one that comes back, and at which pace it may send."""
    ensure_type(request, (JSON,))
    signer = await desk.signer(request, content=True)
    us = desk.us
    with desk.room(request, signer, _LARGEST_SAID):
        content = await content_of(request, _LARGEST_SAID)
        _ensure_own(content, signer.oin)
        said, pace = _read(content, Reconnecting), us.pace or PACE
        async with desk.returning.setdefault(signer.oin, asyncio.Lock()):
            offer = await desk.read(signer, lambda node: _offer(node, said, pace))
            offered = ReconnectionOffered(partner=signer.oin, said=said, pace=pace, backlog=offer.backlog, hours=offer.hours)
            position = await _kept(desk, signer, offered)
    return Response(msgspec.json.encode(msgspec.structs.replace(offer, position=position)), media_type=JSON)


async def _kept(desk: Desk, signer: Signer, offered: ReconnectionOffered) -> int:
    """The position of the act that says what was offered, an earlier one where that says the same; raises Declined where one partner has so
    many that another must wait.
    """
    before, at = desk.reconnections, desk.us.clock.now()
    await desk.read(signer, lambda node: before.catch_up(node.store, node.keys, node.position))
    known = before.same(offered)
    if known is not None:
        return known
    wait = before.wait(signer.oin, at)
    if wait:
        words = f"You came back {MOST} times within an hour, each time with something else; what you were told then still holds."
        raise Declined(429, "too-many-requests", words, headers={"Retry-After": str(ceil(wait.total_seconds()))})
    kept = await desk.do(signer, ReconnectionKeeping(offered=offered))
    return int(kept["position"])


def _ensure_own(content: bytes, oin: str) -> None:
    """Raises Declined where a feed that is named is of another organisation."""
    foreign = [
        Fault(in_="body", location=f"/feeds/{index}/source", code="source-not-yours", detail="The source is of another organisation.")
        for index, feed in enumerate(_read(content, _Feeds).feeds)
        if (named := SOURCE.fullmatch(feed.source)) is None or named["oin"] != oin
    ]
    if foreign:
        raise Declined(403, "source-not-yours", "Each organisation comes back with its own feeds alone.", errors=foreign)


def _offer(node: Node, said: Reconnecting, pace: int) -> Offer:
    """What one that comes back is offered."""
    feeds, lanes = tuple(_feed_offer(node, feed) for feed in said.feeds), lanes_of(node.store, node.keys, node.position)
    backlog = sum(one.to_come for one in feeds) + sum(one.stock for one in said.feeds)
    arriving = Fraction(sum(one.arriving_per_1000_seconds for one in said.feeds), 1000)
    return Offer(
        position=0,
        feeds=feeds,
        pace=pace,
        lane="quarantine" if any(lanes.lane(one.source) for one in said.feeds) else "open",
        backlog=backlog,
        hours=in_hours(hours_to_drain(backlog, pace, arriving)),
        warning=warning_of(pace, arriving),
    )


def _feed_offer(node: Node, feed: Returning) -> FeedOffer:
    known = feed_of(node.store, feed.source)
    if known is None:
        return FeedOffer(source=feed.source, received_through=0, first_missing=1, to_come=feed.highest)
    missing = node.store.missing(known.number)
    to_come = max(0, feed.highest - known.highest) + sum(last - first + 1 for first, last in missing)
    return FeedOffer(
        source=feed.source, received_through=known.through, first_missing=known.through + 1, gaps=tuple(missing), to_come=to_come
    )


def _read(content: bytes, sort: type[Said], code: str = "no-question") -> Said:
    """What somebody says in JSON; raises Declined where it is not of its sort. Whose it is, is read first, and then the rest."""
    try:
        return msgspec.json.decode(content, type=sort)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        flaw = Fault(in_="body", location="", code="schema", detail=str(fault) if isinstance(fault, msgspec.ValidationError) else "no JSON")
        raise Declined(400, code, "The body is not as described; nothing was done.", errors=[flaw]) from fault


EXCHANGE = [take_batch, fetch_batch, take_receipt, tell_statement, tell_digests, offer_reconnection]
"""The handlers."""
