"""The acts of the exchange: ways and links, what came in by hand, and what a partner signed for."""

from typing import Any

import msgspec
from msgspec import Struct

from hervat.assemble import Node
from hervat.batch import RECONNECTED, BatchReceipt, Manifest, ReconnectionOffered
from hervat.clock import parse_rfc3339
from hervat.dispatch.batches import Batch
from hervat.dispatch.bundle import BundlePacked, BundleUnpacked
from hervat.dispatch.ways import How, LinkCut, LinkRestored, WayClosed, WayOpened
from hervat.doors.acts.line import Said
from hervat.exchanging import Carried, Exchange
from hervat.message import Text
from hervat.partner import Oin


class WayOpening(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="way open"):
    """Let a feed go to or from a partner; `own` is the organisation of this node."""

    own: Oin
    source: Text
    partner: Oin
    how: How
    by: Said
    why: Said

    def done(self, node: Node) -> dict[str, Any]:
        act = WayOpened(source=self.source, partner=self.partner, how=self.how, by=self.by, why=self.why)
        return Exchange(node, self.own).act(act)


class WayClosing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="way close"):
    """Let a feed go to or from a partner no more."""

    own: Oin
    source: Text
    partner: Oin
    by: Said
    why: Said

    def done(self, node: Node) -> dict[str, Any]:
        return Exchange(node, self.own).act(WayClosed(source=self.source, partner=self.partner, by=self.by, why=self.why))


class LinkChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="link"):
    """Cut the link with a partner, or let it carry again."""

    own: Oin
    partner: Oin
    carries: bool
    by: Said
    why: Said

    def done(self, node: Node) -> dict[str, Any]:
        made = LinkRestored if self.carries else LinkCut
        return Exchange(node, self.own).act(made(partner=self.partner, by=self.by, why=self.why))


class BatchHandover(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="batch"):
    """Take custody of a batch that did not come through the door; `at` is when it was handed over."""

    own: Oin
    manifest: Manifest
    messages: tuple[msgspec.Raw, ...]
    carried: Carried
    at: str

    def done(self, node: Node) -> dict[str, Any]:
        became = Exchange(node, self.own).take(Batch(self.manifest, self.messages), self.carried, parse_rfc3339(self.at))
        told: dict[str, Any] = msgspec.to_builtins(became)
        return told


class ReceiptKeeping(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="delivered"):
    """Keep what a partner signed for a batch that it took."""

    own: Oin
    receipt: BatchReceipt
    carried: Carried

    def done(self, node: Node) -> dict[str, Any]:
        return Exchange(node, self.own).deliver(self.receipt, self.carried)


class PackedKeeping(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="courier pack"):
    """Keep that receipts went in a bundle."""

    own: Oin
    packed: BundlePacked

    def done(self, node: Node) -> dict[str, Any]:
        return Exchange(node, self.own).keep_packed(self.packed)


class UnpackedKeeping(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="courier unpack"):
    """Keep that a bundle was unpacked."""

    own: Oin
    unpacked: BundleUnpacked

    def done(self, node: Node) -> dict[str, Any]:
        return Exchange(node, self.own).keep_unpacked(self.unpacked)


class ReconnectionKeeping(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="reconnection"):
    """Keep what a partner said when it came back, and what it was offered."""

    offered: ReconnectionOffered

    def done(self, node: Node) -> dict[str, Any]:
        return {"position": node.decide(RECONNECTED, self.offered)}


ExchangeAct = WayOpening | WayClosing | LinkChange | BatchHandover | ReceiptKeeping | PackedKeeping | UnpackedKeeping | ReconnectionKeeping
