"""The exchange of a node with its partners: the ways, what goes out, what comes in, and what each side said of it.

Here the rooms meet that know one another only by the journal: intake, which takes what comes in, and dispatch, which makes and reads
batches.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any, Literal
from weakref import WeakKeyDictionary

import msgspec
from msgspec import Struct

from hervat import kinds
from hervat.assemble import Node
from hervat.batch import BATCH_TAKEN, DELIVERED, RECEIPT, BatchReceipt, BatchTaken, Delivered, Manifest, RefusedThere
from hervat.clock import rfc3339
from hervat.dispatch.batches import LARGEST, LARGEST_MESSAGE, Batch, ensure_signed, ensure_whole, next_batch, root_of
from hervat.dispatch.bundle import PACKED, UNPACKED, BundlePacked, BundleUnpacked
from hervat.dispatch.deliveries import Deliveries, ensure_said
from hervat.dispatch.feeds import digests_of, feed_of
from hervat.dispatch.identity import Identity
from hervat.dispatch.returning import Returning, returning
from hervat.dispatch.signed import Unfit
from hervat.dispatch.ways import Way, WayAct, Ways
from hervat.errors import Usage
from hervat.intake.envelope import ATTRIBUTES
from hervat.intake.inbox import Coming, Taken
from hervat.intake.preparing import Prepared, Preparer, read_refusal
from hervat.intake.quarantine import lanes_of
from hervat.journal.acts import acts_named
from hervat.journal.store import REFUSED, Feed, Store
from hervat.message import SOURCE

Carried = Literal["wire", "hand"]
# A node that serves keeps a receipt for each batch that goes: it reads those before it once, not for each.
_READ: "WeakKeyDictionary[Node, Deliveries]" = WeakKeyDictionary()
_STEP, _INDEX = re.compile(r"(?=[.\[])"), re.compile(r"\[[0-9]+\]")
_SHAPES = [one for one in vars(kinds).values() if isinstance(one, type) and issubclass(one, Struct)]
_NAMES = {"data", *ATTRIBUTES, *(name for shape in _SHAPES for name in shape.__struct_encode_fields__)}


class TakenBatch(Struct, frozen=True, kw_only=True):
    """What became of a batch: the root over the leaves that stand for its messages, counts, and what was refused."""

    entries: str
    new: int
    duplicates: int
    conflicts: tuple[int, ...]
    refused: tuple[RefusedThere, ...]
    position: int


def coming_of(manifest: Manifest, carried: Carried) -> Coming:
    """What says how the messages of a batch came."""

    def told(taken: Sequence[Taken]) -> tuple[str, msgspec.Struct] | None:
        new = [one.position for one in taken if one.sort == "new"]
        if not new and not any(one.sort == "conflict" and not one.again for one in taken):
            return None
        return BATCH_TAKEN, BatchTaken(
            oin=manifest.from_,
            key=manifest.key,
            made_at=manifest.made_at,
            source=manifest.source,
            first=manifest.first,
            last=manifest.last,
            root=manifest.root,
            entered=(new[0], new[-1]) if new else (0, 0),
            carried=carried,
        )

    return Coming(told, manifest)


def ensure_as_signed(batch: Batch, prepared: Sequence[Prepared]) -> None:
    """Raises Unfit unless what was prepared are the messages that the manifest signs."""
    ensure_whole(batch, [(one.source, one.sequence, one.digest) for one in prepared])


@dataclass(slots=True, frozen=True)
class Entered:
    """What stands in the journal for a batch that is on disk: the leaf at each position, and why what is refused is so."""

    leaves: Mapping[int, bytes]
    refused: Mapping[int, str]


def entered_of(store: Store, taken: Sequence[Taken], refused: Collection[int]) -> Entered:
    """What stands for messages that came together; `refused` are the positions of all that were refused in the step that took them."""
    new = [one.position for one in taken if one.sort == "new"]
    # They came together, so they stand together: one question for all, and nothing is read of them but their leaves.
    leaves = dict(zip(range(new[0], new[-1] + 1), store.leaves(new[0] - 1, new[-1] + 1 - new[0]), strict=True)) if new else {}
    others = store.entries_at({one.position for one in taken} - leaves.keys())
    asked = {one.position for one in taken if one.sort == "duplicate" or one.position in refused}
    whys = {row.position: row.refusal for row in store.rows_at(asked).values() if row.state == REFUSED and row.refusal is not None}
    return Entered(leaves | {position: entry.leaf for position, entry in others.items()}, whys)


def what_became(batch: Batch, taken: Sequence[Taken], entered: Entered, position: int) -> TakenBatch:
    """What became of a batch that is on disk."""
    conflicts, refused = [], []
    for number, one in zip(batch.numbers, taken, strict=True):
        if one.sort == "conflict":
            conflicts.append(number)
        elif one.position in entered.refused:
            why = read_refusal(entered.refused[one.position])
            refused.append(RefusedThere(sequence=number, code=why.code, path=_named(why.path), reason=why.reason))
    return TakenBatch(
        entries=root_of(entered.leaves[one.position] for one in taken),
        new=sum(one.sort == "new" for one in taken),
        duplicates=sum(one.sort == "duplicate" for one in taken),
        conflicts=tuple(conflicts),
        refused=tuple(refused),
        position=position,
    )


def _named(path: str) -> str:
    """A path in a message as far as its names are ours: another name is content, and a receipt stands in journals from which nothing of a
    message may be left when it is erased.
    """
    parts = _STEP.split(path)
    return "".join(takewhile(lambda part: _INDEX.fullmatch(part) or part.removeprefix(".") in _NAMES, parts))


def receipt_of(identity: Identity, manifest: Manifest, became: TakenBatch, at: datetime, pace: int | None) -> BatchReceipt:
    """What this node signs of a batch that is on disk."""
    unsigned = BatchReceipt(
        from_=identity.oin,
        to=manifest.from_,
        source=manifest.source,
        first=manifest.first,
        last=manifest.last,
        root=manifest.root,
        received_at=rfc3339(at),
        pace=pace,
        key=identity.key_id,
        signature="",
        **msgspec.structs.asdict(became),
    )
    return msgspec.structs.replace(unsigned, signature=identity.signature_over(RECEIPT, unsigned))


def _messages(batch: Batch) -> list[bytes]:
    """The bytes of each message; raises Unfit where one is no message by its size, as at a door."""
    raw = batch.raw
    for number, one in zip(batch.numbers, raw, strict=True):
        if len(one) > LARGEST_MESSAGE:
            raise Unfit(f"message {number} of {batch.manifest.source} has {len(one)} bytes, and {LARGEST_MESSAGE} is the most", "form")
    return raw


class Exchange:
    """The exchange of one node; `own` is the OIN of its organisation. `deliveries` are those that are known from before, of the same
    journal; without them what was read before by way of the same node.
    """

    def __init__(self, node: Node, own: str, deliveries: Deliveries | None = None) -> None:
        self._node = node
        self._own = own
        self._known = deliveries or _READ.setdefault(node, Deliveries())

    @property
    def ways(self) -> Ways:
        """The ways and links now."""
        return Ways.of(self._node.store, self._node.keys, self._node.position)

    def act(self, act: WayAct) -> dict[str, Any]:
        """Open or close a way, cut or restore a link; returns the act's position. Raises Usage where that cannot be."""
        if self._node.roster().now.get(act.partner) is None:
            raise Usage(f"no organisation with the OIN {act.partner} is known; hervat partner set makes it known")
        self.ways.ensure_fits(act, self._own)
        return {"position": self._node.decide(str(act.__struct_config__.tag), act)}

    def next(self, identity: Identity, way: Way, at: datetime, *, after: int | None = None, largest: int = LARGEST) -> Batch | None:
        """The next batch to go a way: what follows what was delivered, or the number `after`; None where nothing does."""
        start = self.delivered_through(way.source, way.partner) if after is None else after
        return next_batch(self._node.store, self._node.keys, identity, way.source, way.partner, start, at, largest=largest)

    @property
    def _deliveries(self) -> Deliveries:
        self._known.catch_up(self._node.store, self._node.keys, self._node.position)
        return self._known

    def delivered_through(self, source: str, partner: str) -> int:
        """Up to which number a partner said that it has a feed."""
        return self._deliveries.track(source, partner).through

    def left(self, way: Way) -> int:
        """How many messages of a feed of ours, as far as it is here without a gap, are still to go a way."""
        feed = feed_of(self._node.store, way.source)
        return 0 if feed is None else max(0, feed.through - self.delivered_through(way.source, way.partner))

    def deliver(self, receipt: BatchReceipt, carried: Carried) -> dict[str, Any]:
        """Keep what a partner signed; returns the act's position, or that of a later one where as much was signed before. Raises Unfit for
        what is no receipt of theirs for what lies here.
        """
        # First who says it, and of how much: what nobody signed costs no look at the feed.
        ensure_said(receipt, self._node.roster().now)
        self._ensure_ours(receipt)
        track = self._deliveries.track(receipt.source, receipt.from_)
        if track.has(receipt):
            return {"position": track.position}
        return {"position": self._node.decide(DELIVERED, Delivered(receipt=receipt, carried=carried))}

    def _ensure_ours(self, receipt: BatchReceipt) -> None:
        """A receipt is for what lies here under the same numbers, whoever carried it."""
        if receipt.to != self._own:
            raise Unfit(f"this receipt is for {receipt.to}, and this is {self._own}; it was not kept", "addressee")
        named = SOURCE.fullmatch(receipt.source)
        if named is None or named["oin"] != self._own:
            raise Unfit(f"{receipt.source} is no feed of {self._own}; the receipt of {receipt.from_} was not kept", "sender")
        feed = feed_of(self._node.store, receipt.source)
        here = [] if feed is None else list(digests_of(self._node.store, self._node.keys, feed, receipt.first, receipt.last))
        if [number for number, _ in here] != list(range(receipt.first, receipt.last + 1)):
            raise Unfit(f"{receipt.source} has no messages {receipt.first} to {receipt.last} here; the receipt was not kept", "numbers")
        if root_of(digest for _, digest in here) != receipt.root:
            raise Unfit(f"the receipt of {receipt.from_} is for other messages {receipt.first} to {receipt.last}; it was not kept", "root")
        silent = len(here) - receipt.new - receipt.duplicates - len(receipt.conflicts)
        if feed is not None and silent > 0 and silent > self._erased(feed, receipt):
            raise Unfit(f"the receipt of {receipt.from_} does not say of every message what became of it; it was not kept", "numbers")

    def _erased(self, feed: Feed, receipt: BatchReceipt) -> int:
        """How many of the messages of a receipt are erased, in whole or in part: of those that were so before they went it says nothing."""
        positions = self._node.store.sequence_run(feed.number, receipt.first, receipt.last)
        return sum(row.erased > 0 for row in self._node.store.rows_at(positions.values()).values())

    def take(self, batch: Batch, carried: Carried, at: datetime) -> TakenBatch:
        """Take custody of a batch, whole or not at all. Raises Unfit."""
        self._ensure_signed(batch.manifest, at)
        raw = _messages(batch)
        prepared = [self._node.inbox().preparer.prepare(one) for one in raw]
        ensure_as_signed(batch, prepared)
        (taken,), refused = self._node.take([(raw, prepared, coming_of(batch.manifest, carried))])
        return what_became(batch, taken, entered_of(self._node.store, taken, refused), self._node.position)

    def ensure_takeable(self, batch: Batch, at: datetime) -> None:
        """Raises Unfit for a batch that would not be taken; nothing is."""
        self._ensure_signed(batch.manifest, at)
        preparer = Preparer(self._node.keys.index, self._node.rosters().now)
        ensure_as_signed(batch, [preparer.prepare(one) for one in _messages(batch)])

    def _ensure_signed(self, manifest: Manifest, at: datetime) -> None:
        """What a revoked key signed is taken where it goes into quarantine, and nowhere else."""
        node = self._node
        inside = bool(lanes_of(node.store, node.keys, node.position).lane(manifest.source))
        ensure_signed(manifest, node.roster().now, self._own, at, revoked_too=inside)

    def unpacked(self, name: str) -> int | None:
        """The position of the act that unpacked a bundle, by the name that `bundle.name_of` gives; None where none did."""
        return acts_named(self._node.store, self._node.keys, [name]).get(name)

    def keep_unpacked(self, act: BundleUnpacked) -> dict[str, Any]:
        """Keep that a bundle was unpacked; returns the act's position."""
        known = self.unpacked(act.known_by)
        return {"position": self._node.decide(UNPACKED, act) if known is None else known}

    def keep_packed(self, act: BundlePacked) -> dict[str, Any]:
        """Keep that receipts went in a bundle; returns the act's position."""
        return {"position": self._node.decide(PACKED, act)}

    def returning(self, partner: str) -> Returning:
        """What was signed for the batches that came from a partner by hand, and is to go back."""
        return returning(self._node.store, self._node.keys, partner, self._node.position)

    def standing(self) -> list[dict[str, Any]]:
        """Every way, with how far it is: what is here, what went, what is still to go, and what was refused or in conflict there."""
        ways, feeds, deliveries = self.ways, {feed.name: feed for feed in self._node.store.feeds()}, self._deliveries
        told = []
        for way in ways:
            feed, track = feeds.get(way.source), deliveries.track(way.source, way.partner)
            here = 0 if feed is None else feed.through
            told.append(
                {
                    "partner": way.partner,
                    "source": way.source,
                    "how": way.how,
                    "since": way.since,
                    "cut_since": ways.cut_since(way.partner),
                    "here": here,
                    "delivered": None if way.how == "fetch" else track.through,
                    "to_go": None if way.how == "fetch" else max(0, here - track.through),
                    "refused": msgspec.to_builtins([track.refused[number] for number in sorted(track.refused)]),
                    "conflicts": sorted(track.conflicts),
                    "last_receipt": track.position or None,
                }
            )
        return told
