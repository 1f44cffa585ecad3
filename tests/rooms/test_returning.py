"""Receipts that go back by hand: whatever bundle is lost, doubled or overtaken, one is put aside only when the other side has it, and
none goes for ever.
"""

import pyrage
from hypothesis import example, given
from hypothesis import strategies as st

from hervat.clock import rfc3339
from hervat.dispatch.bundle import BundlePacked, BundleUnpacked, name_of, pack, unpack
from hervat.exchanging import receipt_of
from tests.journey.door import case
from tests.rooms.exchanged import JDS, OM, Side, acquainted
from tests.rooms.nodes import fresh

SOURCE = f"urn:nld:oin:{OM}:systeem:gps"
SECRET = pyrage.x25519.Identity.generate()


class Courier:
    """What both sides do with bundles, and the bundles that lie about."""

    def __init__(self, om: Side, jds: Side) -> None:
        self.om, self.jds = om, jds
        self.bundles: list[tuple[Side, bytes]] = []
        self.count = self.sent = 0

    def decided(self) -> None:
        self.sent += 1
        self.om.node.receive([case(self.sent, name="gps")])

    def packed(self, side: Side) -> None:
        other = self.jds if side is self.om else self.om
        to, way = other.identity.oin, side.exchange.ways.get(SOURCE, other.identity.oin)
        batch = None if way is None else side.exchange.next(side.identity, way, side.now)
        back = side.exchange.returning(to)
        self.count += 1
        name, batches = f"{self.count:032x}", [] if batch is None else [batch]
        content = pack(side.identity, to, str(SECRET.to_public()), batches, back.receipts, side.now, name, back.unpacked)
        self.bundles.append((other, content))
        if back.receipts:
            act = BundlePacked(partner=to, name=name, packed_at=rfc3339(side.now), through=back.through)
            side.exchange.keep_packed(act)

    def arrives(self, which: int) -> None:
        if not self.bundles:
            return
        side, content = self.bundles[which % len(self.bundles)]
        bundle = unpack(content, SECRET, side.node.roster().now, side.identity.oin, side.now)
        cover = bundle.cover
        if side.exchange.unpacked(name_of(cover)) is not None:
            return
        became = [(batch, side.exchange.take(batch, "hand", side.now)) for batch in bundle.batches]
        signed = tuple(receipt_of(side.identity, batch.manifest, one, side.now, None) for batch, one in became)
        for receipt in bundle.receipts:
            side.exchange.deliver(receipt, "hand")
        side.exchange.keep_unpacked(
            BundleUnpacked(
                partner=cover.from_, packed_at=cover.packed_at, signed=signed, kept=0, shown=cover.unpacked, known_by=name_of(cover)
            )
        )

    def ensure_nothing_was_put_aside_too_early(self) -> None:
        there = self.jds.digests(SOURCE)
        if there and not self.jds.exchange.returning(OM).receipts:
            assert self.om.exchange.delivered_through(SOURCE, JDS) == max(there)


EVENTS = st.lists(st.one_of(st.sampled_from(("decided", "om", "jds")), st.integers(0, 20)), min_size=6, max_size=25)


@given(EVENTS)
@example(["decided", "om", 0, "jds", "decided", "om", 2, "jds"])
@example(["decided", "om", 0, "jds", "jds", 2, "om", 3, "jds"])
def test_whatever_is_lost_or_overtaken(events: list[str | int]) -> None:
    with fresh("memory") as sender, fresh("memory") as receiver:
        courier = Courier(*acquainted(sender, receiver))
        for event in events:
            if event == "decided":
                courier.decided()
            elif isinstance(event, int):
                courier.arrives(event)
            else:
                courier.packed(courier.om if event == "om" else courier.jds)
            courier.ensure_nothing_was_put_aside_too_early()
        courier.decided()
        for side in (courier.om, courier.jds, courier.om):
            courier.packed(side)
            courier.arrives(len(courier.bundles) - 1)
        assert not courier.jds.exchange.returning(OM).receipts
        assert courier.om.exchange.delivered_through(SOURCE, JDS) == courier.sent
