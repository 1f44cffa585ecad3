"""The commands `courier keys`, `courier pack` and `courier unpack`."""

import secrets
from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from hervat.assemble import Node
from hervat.batch import BatchReceipt
from hervat.clock import SystemClock, rfc3339
from hervat.dispatch.batches import Batch
from hervat.dispatch.bundle import LARGEST, Bundle, BundlePacked, BundleUnpacked, load_age, name_of, pack, unpack
from hervat.dispatch.returning import Returning
from hervat.doors import words
from hervat.doors.acts.exchanging import BatchHandover, PackedKeeping, ReceiptKeeping, UnpackedKeeping
from hervat.doors.acts.handing import decide
from hervat.doors.exchange.made import age_identity
from hervat.doors.exchange.ourselves import Ourselves, ourselves
from hervat.doors.streams import show
from hervat.errors import NotSo, Usage
from hervat.exchanging import Exchange, TakenBatch, receipt_of
from hervat.journal.placing import place

SIGNED_AT_ONCE = 20
"""Receipts in one act: each may tell of a thousand messages that were refused, and why."""


def make_keys(arguments: Namespace) -> int:
    """Make the age identity of a node."""
    recipient, identity = age_identity()
    _place(Path(arguments.file), identity)
    told = {"file": arguments.file, "recipient": recipient}
    after = "name the file in node.toml, [exchange] identity; partners enter the recipient: hervat partner set OIN --recipient"
    show(words.as_document(told) if arguments.json else f"{recipient}\nThe identity is in {arguments.file}; {after}")
    return 0


def pack_bundle(arguments: Namespace) -> int:
    """Pack what is to go to a partner; 1 where nothing is, or nothing but receipts that went in a bundle before."""
    us, clock = ourselves(arguments), SystemClock()
    with Node.opened(us.store, keys=us.keys, clock=clock) as node:
        partner = node.roster().now.get(arguments.to)
        if partner is None or partner.recipient is None:
            raise Usage(f"no age recipient of {arguments.to} is known; hervat partner set {arguments.to} --recipient says it")
        exchange, identity, at = Exchange(node, us.oin), us.identity, clock.now()
        batches = _batches(exchange, us, arguments.to, at)
        back = exchange.returning(arguments.to)
    _ensure_something(arguments.to, batches, back, again=arguments.again)
    name = secrets.token_hex(16)
    _place(Path(arguments.out), pack(identity, arguments.to, partner.recipient, batches, back.receipts, at, name, back.unpacked))
    if back.receipts:
        # The file comes first: receipts in a bundle of which nothing is known here go once more, and that costs nothing.
        packed = BundlePacked(partner=arguments.to, name=name, packed_at=rfc3339(at), through=back.through)
        decide(us.store, PackedKeeping(own=us.oin, packed=packed), keys=us.keys, given=us.socket)
    told = _packed(arguments.out, batches, back.receipts)
    show(words.as_document(told) if arguments.json else words.lines(_packed_lines(told)))
    return 0


def _ensure_something(partner: str, batches: Sequence[Batch], back: Returning, *, again: bool) -> None:
    """Raises NotSo where no bundle need be made."""
    if batches or back.new or (again and back.receipts):
        return
    if back.receipts:
        words = f"nothing new is to go to {partner}: no bundle was made. {len(back.receipts)} receipts went in one at {back.packed_at},"
        raise NotSo(f"{words} which it has not shown to have unpacked; if that was lost, --again packs them once more")
    raise NotSo(f"nothing is to go to {partner}: no bundle was made; hervat way list shows how far each feed is")


def _batches(exchange: Exchange, us: Ourselves, partner: str, at: datetime) -> list[Batch]:
    """What is to go, as much as one bundle holds."""
    found: list[Batch] = []
    size, identity = 0, us.identity
    for way in exchange.ways:
        if way.partner != partner or way.how == "fetch":
            continue
        after = exchange.delivered_through(way.source, partner)
        while size < LARGEST // 2 and (batch := exchange.next(identity, way, at, after=after)) is not None:
            found.append(batch)
            after = batch.manifest.last
            size += sum(map(len, batch.messages))
    return found


def _packed(out: str, batches: Sequence[Batch], receipts: Sequence[BatchReceipt]) -> dict[str, Any]:
    ranges: dict[str, list[int]] = {}
    for batch in batches:
        known = ranges.setdefault(batch.manifest.source, [batch.manifest.first, batch.manifest.last])
        known[1] = batch.manifest.last
    feeds = [{"source": source, "first": first, "last": last} for source, (first, last) in ranges.items()]
    return {"bundle": out, "feeds": feeds, "batches": len(batches), "receipts": len(receipts)}


def _packed_lines(told: dict[str, Any]) -> list[str]:
    feeds = [f"{words.short(feed['source'])}: {feed['first']} to {feed['last']}" for feed in told["feeds"]]
    return [*feeds, f"{told['batches']} batches and {told['receipts']} receipts in {told['bundle']}, which opens for nobody else"]


def _place(path: Path, content: bytes) -> None:
    try:
        if not place(path, content):
            raise Usage(f"{path}: a file is there, and it was not written over; give another name")
    except OSError as fault:
        raise Usage(f"{path}: {fault.strerror}; give another place for the file") from fault


def unpack_bundle(arguments: Namespace) -> int:
    """Take what is in a bundle; it is refused whole, with the reason, where anything of it is not in order."""
    us, clock = ourselves(arguments), SystemClock()
    at = clock.now()
    if us.table.identity is None:
        raise Usage(f"{arguments.config}: [exchange] names no identity, so nothing opens; hervat courier keys makes one")
    content = _content(Path(arguments.bundle))
    with Node.opened(us.store, keys=us.keys, clock=clock) as node:
        bundle = unpack(content, load_age(Path(us.table.identity)), node.roster().now, us.oin, at)
        exchange = Exchange(node, us.oin)
        known = exchange.unpacked(name_of(bundle.cover))
        if known is not None:
            raise NotSo(f"this bundle was unpacked before, in the act at position {known}; nothing of it was taken again")
        for batch in bundle.batches:
            exchange.ensure_takeable(batch, at)
    told = _taken(us, bundle, rfc3339(at))
    show(words.as_document(told) if arguments.json else words.lines(_unpacked_lines(told)))
    return 0


def _content(path: Path) -> bytes:
    """The file; raises Usage for one that cannot be read, NotSo for one that is too large to be a bundle."""
    try:
        size = path.stat().st_size
        if size > LARGEST + LARGEST // 100:
            raise NotSo(f"{path}: {size} bytes, and a bundle has {LARGEST} at most; have it packed in more than one")
        return path.read_bytes()
    except OSError as fault:
        raise Usage(f"{path}: {fault.strerror}; give the file of a bundle") from fault


def _taken(us: Ourselves, bundle: Bundle, at: str) -> dict[str, Any]:
    """Hand over every batch and receipt of a bundle that is whole, and say that it was unpacked."""
    identity, signed = us.identity, []
    for batch in bundle.batches:
        act = BatchHandover(own=us.oin, manifest=batch.manifest, messages=batch.messages, carried="hand", at=at)
        became = msgspec.convert(decide(us.store, act, keys=us.keys, given=us.socket), TakenBatch)
        signed.append(receipt_of(identity, batch.manifest, became, SystemClock().now(), us.table.pace))
    not_kept = list[str]()
    for receipt in bundle.receipts:
        try:
            decide(us.store, ReceiptKeeping(own=us.oin, receipt=receipt, carried="hand"), keys=us.keys, given=us.socket)
        except NotSo as fault:
            not_kept.append(str(fault))
    return {
        "partner": bundle.cover.from_,
        "position": _kept(us, bundle, signed, len(bundle.receipts) - len(not_kept)),
        "new": sum(receipt.new for receipt in signed),
        "duplicates": sum(receipt.duplicates for receipt in signed),
        "conflicts": sum(len(receipt.conflicts) for receipt in signed),
        "refused": sum(len(receipt.refused) for receipt in signed),
        "receipts": len(bundle.receipts) - len(not_kept),
        "receipts_not_kept": not_kept,
    }


def _kept(us: Ourselves, bundle: Bundle, signed: Sequence[BatchReceipt], kept: int) -> int:
    """Say that a bundle was unpacked, and what was signed for it, in as many acts as that takes; returns the position of the last, which
    alone has the name of the bundle.
    """
    cover, name, position = bundle.cover, name_of(bundle.cover), 0
    parts = [tuple(signed[start : start + SIGNED_AT_ONCE]) for start in range(0, len(signed), SIGNED_AT_ONCE)] or [()]
    for number, part in enumerate(parts, start=1):
        known_by = name if number == len(parts) else f"{name}/{number}"
        shown = cover.unpacked if number == len(parts) else ()
        unpacked = BundleUnpacked(
            partner=cover.from_, packed_at=cover.packed_at, signed=part, kept=kept, shown=shown, known_by=known_by
        )
        position = decide(us.store, UnpackedKeeping(own=us.oin, unpacked=unpacked), keys=us.keys, given=us.socket)["position"]
    return position


def _unpacked_lines(told: dict[str, Any]) -> list[str]:
    counts = f"new {told['new']}, duplicates {told['duplicates']}, conflicts {told['conflicts']}, refused {told['refused']}"
    after = "hervat courier pack puts the receipts for it in the next bundle that goes back"
    return [f"from {told['partner']}: {counts}; receipts kept {told['receipts']}; {after}", *told["receipts_not_kept"]]
