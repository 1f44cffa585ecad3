"""The commands `reconcile` and `reconnect`: what each side has, and what it says of that."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import msgspec
from msgspec import Struct

from hervat.assemble import Node
from hervat.batch import Reconnecting, Returning, Watermark
from hervat.clock import SystemClock
from hervat.dispatch.feeds import feed_of, set_hash, standing
from hervat.dispatch.statements import Difference, differences, ensure_stated, ensure_told, is_the_same
from hervat.dispatch.ways import Way
from hervat.doors import words
from hervat.doors.exchange.client import Later, PartnerDoor
from hervat.doors.exchange.ourselves import Ourselves, ourselves
from hervat.doors.streams import show
from hervat.errors import TechnicalFault, Usage
from hervat.exchanging import Exchange
from hervat.journal.gone import in_ranges, never_came
from hervat.journal.store import Feed

MOST_TOLD = 1000
"""Differences of a feed that are named unless all are asked for; they are all counted."""


class _Differing(Struct, frozen=True):
    """The differences of a feed that are named, and how many there are in all."""

    named: list[dict[str, Any]]
    count: int


_NONE = _Differing([], 0)


def reconcile(arguments: Namespace) -> int:
    """Compare every way with a partner, in both directions; 1 where anything differs."""
    us, clock = ourselves(arguments), SystemClock()
    with Node.opened(us.store, keys=us.keys, clock=clock) as node, closing(_door(node, us, arguments.partner)) as door:
        ways = _ways(node, us, arguments.partner)
        try:
            told = [_compared(node, us, door, way, MOST_TOLD if not arguments.all else None) for way in ways]
        except Later as fault:
            raise TechnicalFault(f"{arguments.partner} takes no questions now: {fault.words}") from fault
    show(words.as_document(told) if arguments.json else words.lines(_lines(told)))
    return 0 if all(one["equal"] for one in told) else 1


def _door(node: Node, us: Ourselves, oin: str) -> PartnerDoor:
    partner = node.roster().now.get(oin)
    if partner is None or partner.address is None:
        raise Usage(f"no address of {oin} is known; hervat partner set {oin} --address says where its door is")
    return PartnerDoor(partner.address, us.identity, SystemClock(), us.table.request_seconds)


def _ways(node: Node, us: Ourselves, partner: str) -> list[Way]:
    ways = [way for way in Exchange(node, us.oin).ways if way.partner == partner]
    if not ways:
        raise Usage(f"there is no way to or from {partner}; hervat way open opens one")
    return ways


def _compared(node: Node, us: Ourselves, door: PartnerDoor, way: Way, most: int | None) -> dict[str, Any]:
    theirs = way.how == "fetch"
    found = _what_they_sent(node, us, door, way, most) if theirs else _what_they_have(node, us, door, way, most)
    return {"source": way.source, "how": way.how} | found


def _what_they_sent(node: Node, us: Ourselves, door: PartnerDoor, way: Way, most: int | None) -> dict[str, Any]:
    """What the partner signs that it sent, beside what is here."""
    name = words.short(way.source)
    statement = door.statement(name)
    ensure_stated(statement, node.roster().now, way.partner, us.oin, SystemClock().now())
    equal = statement.source == way.source and is_the_same(node.store, node.keys, statement)
    theirs = () if equal else _their_digests(door, name)
    differing = _NONE if equal else _told(differences(node.store, node.keys, way.source, statement.through, theirs), most)
    told = _answer(node, way.source, equal, statement.through, differing) | {"statement": msgspec.to_builtins(statement)}
    feed = feed_of(node.store, way.source)
    gone = [] if feed is None else in_ranges(never_came(node.store, feed.number, node.position))
    return told | {"gone": [{"first": first, "last": last} for first, last in gone]}


def _their_digests(door: PartnerDoor, name: str) -> Iterator[tuple[int, bytes]]:
    after: int | None = 0
    while after is not None:
        told = door.digests(name, after)
        yield from ((one.sequence, bytes.fromhex(one.digest)) for one in told.digests)
        after = _onward(after, told.next)


def _what_they_have(node: Node, us: Ourselves, door: PartnerDoor, way: Way, most: int | None) -> dict[str, Any]:
    """What the partner has of a feed of ours, beside what was sent; `gone` is what was erased here, and never went there."""
    told = door.watermarks()
    ensure_told(told, node.roster().now, way.partner, us.oin, SystemClock().now())
    there = next((one for one in told.watermarks if one.source == way.source), None)
    if there is None:
        feed = feed_of(node.store, way.source)
        return _answer(node, way.source, feed is None or not feed.through, 0, _NONE) | {"gone": []}
    return _beside(node, way, there, door, most)


def _beside(node: Node, way: Way, there: Watermark, door: PartnerDoor, most: int | None) -> dict[str, Any]:
    """A feed of ours beside what the partner has of it. What it holds to be gone and lies here whole, it has not."""
    feed = feed_of(node.store, way.source)
    through = 0 if feed is None else feed.through
    said = [(gap.first, gap.last) for gap in there.gone]
    wrongly = frozenset() if feed is None else frozenset(standing(node.store, feed, said))
    numbers = (number for first, last in said for number in range(max(first, 1), min(last, through) + 1) if number not in wrongly)
    gone = {"gone": [{"first": first, "last": last} for first, last in in_ranges(numbers)]}
    if feed is not None and not wrongly and _is_what_we_have(node, feed, there):
        return _answer(node, way.source, there.received_through == through, there.received_through, _NONE) | gone
    name = words.short(way.source)
    highest = max(through, there.highest)
    theirs = ((number, digest) for number, digest in _ours_there(door, name) if number not in wrongly)
    differing = _told(differences(node.store, node.keys, way.source, highest, theirs), most)
    return _answer(node, way.source, not differing.count, there.received_through, differing) | gone


def _is_what_we_have(node: Node, feed: Feed, there: Watermark) -> bool:
    """Whether what is there without a gap is what was sent, digest by digest, by one hash."""
    if there.gaps or there.received_through > feed.through:
        return False
    return set_hash(node.store, node.keys, feed, there.received_through) == there.set_hash


def _ours_there(door: PartnerDoor, name: str) -> Iterator[tuple[int, bytes]]:
    after: int | None = 0
    while after is not None:
        told = door.messages(name, after)
        yield from ((one.sequence, bytes.fromhex(one.digest)) for one in told.messages)
        after = _onward(after, told.next)


def _onward(after: int, told: int | None) -> int | None:
    """Behind which number to go on; None at the end, which is also where the other side would begin again."""
    return told if told is not None and told > after else None


def _answer(node: Node, source: str, equal: bool, there: int, differing: _Differing) -> dict[str, Any]:
    feed = feed_of(node.store, source)
    here = 0 if feed is None else feed.through
    return {"equal": equal, "here": here, "there": there, "differences": differing.named, "differing": differing.count}


def _told(found: Iterator[Difference], most: int | None) -> _Differing:
    """The first differences, as many as are named, and the count of all."""
    named, count = list[dict[str, Any]](), 0
    for count, one in enumerate(found, start=1):
        if most is None or count <= most:
            named.append(msgspec.to_builtins(one))
    return _Differing(named, count)


def _lines(told: list[dict[str, Any]]) -> Iterator[str]:
    for one in told:
        name, here, there = words.short(one["source"]), one["here"], one["there"]
        sent, has = (there, here) if one["how"] == "fetch" else (here, there)
        verdict = "equal" if one["equal"] else "NOT EQUAL" if one["differences"] else "not all there yet"
        yield f"{name}: {verdict}; sent 1 to {sent}, taken 1 to {has}"
        for gone in one["gone"]:
            yield f"  numbers {gone['first']} to {gone['last']}: erased by their sender before they went; nothing is to be sent again"
        for other in one["differences"]:
            yield f"  number {other['sequence']}: {other['what'].replace('-', ' ')}"
        if (more := one["differing"] - len(one["differences"])) > 0:
            yield f"  and {more} more, {one['differing']} in all; hervat reconcile --all names every one"


def reconnect(arguments: Namespace) -> int:
    """Say to a partner that we come back, and tell what it offers; 1 where the backlog never drains."""
    us = ourselves(arguments)
    stock, arriving = _numbers("--stock", arguments.stock), _numbers("--arriving", arguments.arriving)
    with Node.opened(us.store, keys=us.keys) as node, closing(_door(node, us, arguments.partner)) as door:
        ways = [way for way in _ways(node, us, arguments.partner) if way.how != "fetch"]
        foreign = sorted({*stock, *arriving} - {way.source for way in ways})
        if foreign or not ways:
            raise Usage(f"{foreign[0] if foreign else 'no feed'} goes to {arguments.partner}; hervat way list shows those that do")
        feeds = tuple(_returning(node, way.source, stock, arriving) for way in ways)
        try:
            offer = door.reconnect(Reconnecting(feeds=feeds))
        except Later as fault:
            raise TechnicalFault(f"{arguments.partner} takes nobody back now: {fault.words}") from fault
    told = msgspec.to_builtins(offer)
    show(words.as_document(told) if arguments.json else words.lines(_offered(told)))
    return 0 if offer.hours is not None else 1


def _returning(node: Node, source: str, stock: dict[str, int], arriving: dict[str, int]) -> Returning:
    feed = feed_of(node.store, source)
    highest = 0 if feed is None else feed.through
    return Returning(source=source, highest=highest, stock=stock.get(source, 0), arriving_per_1000_seconds=arriving.get(source, 0))


def _numbers(flag: str, given: Sequence[str]) -> dict[str, int]:
    found = {}
    for one in given:
        source, _, number = one.rpartition("=")
        if not source or not (number.isascii() and number.isdigit()):
            raise Usage(f"{flag} {one}: give it as SOURCE=NUMBER")
        found[source] = int(number)
    return found


def _offered(told: dict[str, Any]) -> Iterator[str]:
    for feed in told["feeds"]:
        gaps = "".join(f", and {first} to {last}" for first, last in feed.get("gaps", []))
        yield f"{words.short(feed['source'])}: there through {feed['received_through']}; missing from {feed['first_missing']}{gaps}"
    hours = "never" if told["hours"] is None else f"in {told['hours']} hours"
    yield f"{told['backlog']} to come, at {told['pace']} a second at most: caught up {hours}; in the {told['lane']} lane"
    if told["warning"] is not None:
        yield f"WARNING: {told['warning']}"
