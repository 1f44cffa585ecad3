"""Receipts that are not believed, and that what may not be told twice grows nothing; and a message that no list carries as it is."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.batch import MOST, RECEIPT, BatchReceipt, RefusedThere
from hervat.clock import parse_rfc3339, rfc3339
from hervat.dispatch.batches import read_batch, root_of, write_batch
from hervat.dispatch.deliveries import Track
from hervat.dispatch.feeds import feed_of
from hervat.dispatch.signed import Unfit
from hervat.exchanging import Exchange, receipt_of
from hervat.intake.partnering import Wish
from hervat.message import LARGEST
from tests.journey.door import case
from tests.rooms.exchanged import JDS, OM, Side, acquainted
from tests.rooms.messages import FEEDS
from tests.rooms.nodes import fresh

SOURCE = FEEDS["gps"]


@pytest.fixture
def sides() -> Iterator[tuple[Side, Side]]:
    with fresh("memory") as sender, fresh("memory") as receiver:
        om, jds = acquainted(sender, receiver)
        om.node.receive([case(number, name="gps") for number in range(1, 7)])
        yield om, jds


def signed(jds: Side, receipt: BatchReceipt, **changes: Any) -> BatchReceipt:
    """A receipt that says something else, signed by who may sign it."""
    unsigned = msgspec.structs.replace(receipt, **changes)
    return msgspec.structs.replace(unsigned, signature=jds.identity.signature_over(RECEIPT, unsigned))


def taken(om: Side, jds: Side) -> BatchReceipt:
    batch = om.next(SOURCE, JDS, after=0)
    assert batch is not None
    return receipt_of(jds.identity, batch.manifest, jds.exchange.take(batch, "wire", jds.now), jds.now, None)


REFUSED = RefusedThere(sequence=1, code="schema", path="", reason="x")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"last": LARGEST}, "form"),
        ({"last": MOST + 1}, "form"),
        ({"first": 1000, "last": 999, "root": root_of([])}, "form"),
        ({"source": "anything", "first": 1, "last": 1, "new": 1}, "sender"),
        ({"source": f"urn:nld:oin:{JDS}:systeem:own"}, "sender"),
        ({"last": 7}, "numbers"),
        ({"conflicts": (7,)}, "numbers"),
        ({"conflicts": (1, 1)}, "numbers"),
        ({"refused": (msgspec.structs.replace(REFUSED, sequence=7),)}, "numbers"),
        ({"refused": (REFUSED, REFUSED)}, "numbers"),
        ({"new": 7}, "numbers"),
        ({"new": 5}, "numbers"),
        ({"received_at": "2025-99-01T00:00:00Z"}, "made-at"),
        ({"received_at": "2025-06-30T23:59:59Z"}, "key"),
        ({"to": JDS}, "addressee"),
    ],
)
def test_a_receipt_that_is_signed_and_says_what_cannot_be(sides: tuple[Side, Side], changes: dict[str, Any], code: str) -> None:
    om, jds = sides
    receipt = taken(om, jds)
    before = om.node.position
    with pytest.raises(Unfit) as refused:
        om.exchange.deliver(signed(jds, receipt, **changes), "wire")
    assert (refused.value.code, om.node.position) == (code, before)
    assert om.exchange.delivered_through(SOURCE, JDS) == 0
    om.exchange.deliver(receipt, "wire")
    assert om.exchange.delivered_through(SOURCE, JDS) == 6


def test_a_receipt_by_a_key_that_had_ended(sides: tuple[Side, Side]) -> None:
    om, jds = sides
    receipt = taken(om, jds)
    known = om.node.roster().now.get(JDS)
    assert known is not None
    until = parse_rfc3339(receipt.received_at)
    ended = msgspec.structs.replace(known.keys[0], id="ended", valid_from=until - timedelta(days=1), valid_until=until)
    om.node.set_partner(JDS, Wish(keys=(ended,)), **om.said)
    with pytest.raises(Unfit, match="does not count"):
        om.exchange.deliver(signed(jds, receipt, key="ended"), "wire")
    om.exchange.deliver(signed(jds, receipt, key="ended", received_at=rfc3339(until - timedelta(hours=1))), "wire")


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 9)), max_size=60))
def test_what_was_said_before_is_kept_no_second_time(ranges: list[tuple[int, int]]) -> None:
    track, told = Track(), set[int]()
    for position, (first, more) in enumerate(ranges, start=1):
        receipt = BatchReceipt(
            from_=JDS, to=OM, source=SOURCE, first=first, last=first + more, root="0" * 64, entries="0" * 64, new=0, duplicates=0,
            position=1, received_at="2025-07-01T00:00:00Z", key="k", signature="",
        )  # fmt: skip
        numbers = {*range(first, first + more + 1)}
        assert track.has(receipt) == (numbers <= told)
        track.add(receipt, position)
        told |= numbers
        assert track.through == next(number for number in range(99) if number + 1 not in told)


@pytest.mark.parametrize("around", [b" %b", b"%b\n", b"\t%b\r\n "])
def test_a_refused_message_with_white_space_around_it_holds_nothing_up(sides: tuple[Side, Side], around: bytes) -> None:
    om, jds = sides
    twice = case(7, name="gps").replace(b'"id"', b'"subject":"x","subject":"x","id"', 1)
    om.node.receive([around.replace(b"%b", twice), case(8, name="gps")])
    batch = om.next(SOURCE, JDS)
    assert batch is not None
    became = jds.exchange.take(read_batch(write_batch(batch)), "wire", jds.now)
    assert (became.new, [one.sequence for one in became.refused]) == (8, [7])
    assert om.digests(SOURCE) == jds.digests(SOURCE)
    om.node.receive([case(9, name="gps")])
    more = om.next(SOURCE, JDS)
    assert more is not None
    again = jds.exchange.take(read_batch(write_batch(more)), "wire", jds.now)
    assert (again.new, again.duplicates, again.refused) == (1, 8, became.refused)
    store, feed = jds.node.store, feed_of(jds.node.store, SOURCE)
    assert feed is not None
    at = store.sequence_run(feed.number, 1, 9)
    assert again.entries == root_of(store.leaves(at[number] - 1, 1)[0] for number in range(1, 10))
    assert became.entries == root_of(store.leaves(at[number] - 1, 1)[0] for number in range(1, 9))


def test_one_who_remembers_says_the_same_as_one_who_reads_it_all(sides: tuple[Side, Side]) -> None:
    om, jds = sides
    receipt, whole = taken(om, jds), om.digests(SOURCE)
    remembering = Exchange(om.node, OM)
    for number in (2, 1, 6, 4, 3):
        one = signed(jds, receipt, first=number, last=number, root=root_of([whole[number]]), new=1)
        assert Exchange(om.node, OM).deliver(one, "wire")["position"] == om.node.position
        assert remembering.delivered_through(SOURCE, JDS) == om.exchange.delivered_through(SOURCE, JDS)
    assert om.exchange.delivered_through(SOURCE, JDS) == 4
    before = om.node.position
    assert Exchange(om.node, OM).deliver(signed(jds, receipt, first=2, last=4, root=root_of([whole[n] for n in (2, 3, 4)]), new=3), "wire")
    assert om.node.position == before


@pytest.mark.parametrize(
    ("was", "becomes", "path"),
    [
        (b'"data": {', b'"data": {"J. Jansen 999990019": 1, ', "data"),
        (b'"charges": [{', b'"charges": [{"jansen": 1, ', "data.charges[0]"),
        (b'"office"', b'"office2"', "data"),
        (b'"time": "2', b'"time": "x', "time"),
    ],
)
def test_a_receipt_tells_nothing_of_what_a_message_says(sides: tuple[Side, Side], was: bytes, becomes: bytes, path: str) -> None:
    om, jds = sides
    plain = json.dumps(json.loads(case(7, name="gps"))).encode()
    assert was in plain
    om.node.receive([plain.replace(was, becomes, 1)])
    (refused,) = taken(om, jds).refused
    assert (refused.sequence, refused.path) == (7, path)
    assert b"ansen" not in msgspec.json.encode(refused)


def test_of_what_was_erased_before_it_went_a_receipt_says_nothing(sides: tuple[Side, Side]) -> None:
    om, jds = sides
    (row,) = [row for row in om.node.store.rows_at(range(1, om.node.position + 1)).values() if row.sequence == 3]
    om.node.erase_message(row.position, None, by="a", ground="b")
    receipt = taken(om, jds)
    assert (receipt.new, receipt.last) == (5, 6)
    with pytest.raises(Unfit, match="of every message"):
        om.exchange.deliver(signed(jds, receipt, new=4), "wire")
    om.exchange.deliver(receipt, "wire")
    assert om.exchange.delivered_through(SOURCE, JDS) == 6
