"""Making batches of what lies in the journal, and seeing whether one that came is sound. `hervat.batch` says what they are.

A batch that does not hold in one place is taken in none: who it is from, whom it is for, a key that counts, every number once, and the
root.
"""

import base64
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from hervat.batch import BATCH, MOST, Gone, Manifest
from hervat.clock import rfc3339
from hervat.dispatch.feeds import feed_of
from hervat.dispatch.identity import Identity
from hervat.dispatch.signed import AHEAD, Unfit, ensure_counts, moment_of
from hervat.journal.entry import RAW, Opened, open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.store import WHOLE, Row, Store
from hervat.journal.tree import Frontier, leaf_hash
from hervat.message import SOURCE
from hervat.partner import PartnerKey, Partners

LARGEST = 2 * 1024 * 1024
"""Bytes of messages after which no other is put in a batch, so that it stays within what a door, and a node that serves, take at once."""
_AMENDING = ("message-corrected", "message-retracted")
"""Erased, these go on taking away what they took (the contract, section 3, 1 and 10), and nobody else can know what that was."""
LARGEST_MESSAGE = 256 * 1024
"""Bytes of a message at most (the contract, section 1)."""


class Batch(Struct, frozen=True):
    """A manifest and the messages beside it, by sequence, each as it came: as JSON, or what was refused and is none, or has white space
    around it, in base64 as a text.
    """

    manifest: Manifest
    messages: tuple[msgspec.Raw, ...]

    @property
    def raw(self) -> list[bytes]:
        """The bytes of each message; raises Unfit for a text that is no base64."""
        return [_uncovered(bytes(one)) for one in self.messages]

    @property
    def numbers(self) -> list[int]:
        """The sequence of each message that lies beside the manifest."""
        gone = {one.sequence for one in self.manifest.gone}
        return [number for number in range(self.manifest.first, self.manifest.last + 1) if number not in gone]


_read = msgspec.json.Decoder(Batch).decode
_encode = msgspec.json.Encoder().encode


def read_batch(content: bytes) -> Batch:
    """A batch as it is carried; raises Unfit where it is none, or too large a one."""
    try:
        batch = _read(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise Unfit(f"this is no batch: {fault}; it is a JSON object with `manifest` and `messages`", "form") from fault
    manifest = batch.manifest
    if not manifest.first <= manifest.last < manifest.first + MOST:
        raise Unfit(f"a batch has 1 to {MOST} numbers, from `first` to `last`", "form")
    numbers = [one.sequence for one in manifest.gone]
    if numbers != sorted(set(numbers)) or (numbers and not manifest.first <= numbers[0] <= numbers[-1] <= manifest.last):
        raise Unfit("`gone` names numbers of the batch, each once and in order", "form")
    if len(batch.messages) != manifest.count:
        raise Unfit(f"{len(batch.messages)} messages lie beside a manifest for {manifest.count}; send each once, in order", "numbers")
    return batch


def write_batch(batch: Batch) -> bytes:
    """A batch as it is carried."""
    return _encode(batch)


def root_of(digests: Iterable[bytes]) -> str:
    """The root over digests of 32 bytes, in hexadecimal (RFC 9162, 2.1.1)."""
    frontier = Frontier()
    frontier.extend([leaf_hash(digest) for digest in digests])
    return frontier.root().hex()


def next_batch(
    store: Store, keys: NodeKeys, identity: Identity, source: str, to: str, after: int, at: datetime, *, largest: int = LARGEST
) -> Batch | None:
    """The batch of what follows the number `after` in a feed; None where nothing does, or where the next number is not here."""
    feed = feed_of(store, source)
    if feed is None or feed.highest <= after:
        return None
    positions = store.sequence_run(feed.number, after + 1, min(after + MOST, feed.highest))
    wanted = [positions[number] for number in range(after + 1, after + MOST + 1) if number in positions]
    entries = store.entries_at(wanted)
    messages: list[msgspec.Raw] = []
    erased: dict[int, Opened] = {}
    digests: list[bytes] = []
    size = 0
    for number in range(after + 1, after + MOST + 1):
        if number not in positions or size > largest:
            break
        opened = open_entry(keys, entries[positions[number]])
        digests.append(opened.digest)
        if opened.erased:
            erased[number] = opened
        else:
            messages.append(_carried(opened))
            size += len(messages[-1])
    if not digests:
        return None
    last = after + len(digests)
    return Batch(manifest_of(identity, source, to, (after + 1, last), _gone(store, erased), digests, at), tuple(messages))


def _gone(store: Store, erased: dict[int, Opened]) -> tuple[Gone, ...]:
    """What is told of the erased, by number, in order."""
    rows = store.rows_at([opened.meta.position for opened in erased.values()])
    return tuple(
        Gone(sequence=number, digest=one.digest.hex(), id=one.meta.id, whole=_is_whole(rows[one.meta.position]))
        for number, one in erased.items()
    )


def _is_whole(row: Row) -> bool:
    """Whether nothing is left of a message, and it was none that amends another."""
    return row.erased >= WHOLE and row.kind is not None and row.kind not in _AMENDING


def _carried(opened: Opened) -> msgspec.Raw:
    """A message as it lies in a batch."""
    payload = opened.payload
    if any(segment.name == RAW for segment in opened.segments):
        try:
            msgspec.json.decode(payload, type=msgspec.Raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return _covered(payload)
        # Its digest may be over its bytes as they came, and white space around a message does not come through a list.
        if payload != payload.strip(b" \t\r\n"):
            return _covered(payload)
    return msgspec.Raw(payload)


def _covered(raw: bytes) -> msgspec.Raw:
    return msgspec.Raw(b'"%b"' % base64.b64encode(raw))


def _uncovered(raw: bytes) -> bytes:
    if not raw.startswith(b'"'):
        return raw
    try:
        return base64.b64decode(raw[1:-1], validate=True)
    except ValueError as fault:
        raise Unfit("a message that is no JSON lies in a batch in base64, as a text", "form") from fault


def manifest_of(
    identity: Identity, source: str, to: str, numbers: tuple[int, int], gone: tuple[Gone, ...], digests: Sequence[bytes], at: datetime
) -> Manifest:
    """The signed manifest of the numbers from the first to the last, with the digest of each, the gone included."""
    unsigned = Manifest(
        from_=identity.oin,
        to=to,
        source=source,
        first=numbers[0],
        last=numbers[1],
        gone=gone,
        root=root_of(digests),
        made_at=rfc3339(at),
        key=identity.key_id,
        signature="",
    )
    return msgspec.structs.replace(unsigned, signature=identity.signature_over(BATCH, unsigned))


def ensure_signed(manifest: Manifest, partners: Partners, own: str, at: datetime, *, revoked_too: bool = False) -> PartnerKey:
    """The key that signed a batch for `own`, which counts at the moment at which it was made. Raises Unfit.

    `revoked_too`: what a revoked key signed is let through as well, because it is going to be held and looked at.
    """
    if manifest.to != own:
        raise Unfit(f"this batch is for {manifest.to}, and this is {own}; nothing of it was taken, send it to whom it is for", "addressee")
    named = SOURCE.fullmatch(manifest.source)
    if named is None or named["oin"] != manifest.from_:
        raise Unfit(f"{manifest.from_} sends of its own sources alone; {manifest.source} is not one of those", "sender")
    made = moment_of(manifest.made_at, "made_at")
    if made > at + AHEAD:
        raise Unfit(f"the batch says it was made at {manifest.made_at}, which is to come yet; set the clock of the sender", "made-at")
    return ensure_counts(partners, manifest.from_, manifest.key, BATCH, manifest, manifest.signature, made, revoked_too=revoked_too)


def ensure_whole(batch: Batch, found: Sequence[tuple[str, int | None, bytes]]) -> None:
    """Raises Unfit unless the messages, each as its source, its sequence and its digest, are those that the manifest signs."""
    manifest = batch.manifest
    for number, (source, sequence, _) in zip(batch.numbers, found, strict=True):
        if source != manifest.source or sequence != number:
            lies = "another message" if sequence is None else f"number {sequence}"
            raise Unfit(f"where number {number} of {manifest.source} belongs lies {lies}; send every number once, in order", "numbers")
    gone = {one.sequence: bytes.fromhex(one.digest) for one in manifest.gone}
    by_number = gone | {number: digest for number, (_, _, digest) in zip(batch.numbers, found, strict=True)}
    if root_of(by_number[number] for number in sorted(by_number)) != manifest.root:
        raise Unfit("the messages are not those that were signed: their root differs from that of the manifest", "root")
