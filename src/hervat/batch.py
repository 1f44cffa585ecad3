"""Batches: what one node hands to another of one feed, and what is said of it by both.

- A batch is the messages `first` to `last` of one source, every number once, in order. What of them was erased is `gone`: its number
  and its digest are there, it is not.
- Its root is that of the tree of RFC 9162 over the SHA-256 digests of the RFC 8785 bytes of its messages, by sequence. The sender signs
  once, over what says the root; each message is proven by it, however it was carried.
- Who took it says so once, in a receipt that names the root and the root over the leaves that stand in its journal for the messages.
- What was signed is the RFC 8785 JSON without `signature`, behind a word for its sort and a zero byte.
- Acts name no person: sources, numbers, hashes and organisations.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from hervat.message import END, Count, Text, Whole
from hervat.partner import KeyId, Oin

Hash = Annotated[str, Meta(pattern=rf"^[0-9a-f]{{64}}{END}")]
"""32 bytes in hexadecimal."""
Instant = Annotated[str, Meta(pattern=rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9:.]+Z{END}", max_length=40)]
"""RFC 3339 in UTC."""
MOST = 1000
"""Messages in a batch at most."""

BATCH, RECEIPT, STATEMENT, WATERMARKS = "hervat/batch/1", "hervat/batch-receipt/1", "hervat/statement/1", "hervat/watermarks/1"
"""The words before what is signed."""
BATCH_TAKEN, DELIVERED, RECONNECTED = "batch-taken", "batch-delivered", "reconnection-offered"


class Gone(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A message that was erased before it was handed over: its number, the digest it had, and its id where it had one that can be relied
    on.

    `whole` is said of one of which nothing is left and which amended nothing. Where it is not said, something may be left that says
    something still, or the message may have taken back or corrected another: its number stays missing.
    """

    sequence: Whole
    digest: Hash
    id: Annotated[str, Meta(min_length=1, max_length=128)] | None = None
    whole: bool = False


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """What a sender signs of a batch: from whom to whom, which numbers of which source, their root, when, and with which of its keys."""

    v: Literal[1] = 1
    from_: Oin
    to: Oin
    source: Text
    first: Whole
    last: Whole
    gone: tuple[Gone, ...] = ()
    root: Hash
    made_at: Instant
    key: KeyId
    signature: str

    @property
    def count(self) -> int:
        """How many messages lie beside it."""
        return self.last - self.first + 1 - len(self.gone)


class RefusedThere(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message that was taken into custody and refused: its number, and why; `path` has names of fields alone, and nothing else of the
    message.
    """

    sequence: Whole
    code: str
    path: str
    reason: str


class BatchReceipt(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """What a receiver signs once a batch is on disk. `from_` is the receiver, `to` the sender.

    `entries` is the root over the leaves in the receiver's journal that stand for the messages, in their order; `conflicts` are the numbers
    at which something else stands there. `pace` is how many messages a second it likes to have at most.
    """

    v: Literal[1] = 1
    from_: Oin
    to: Oin
    source: Text
    first: Whole
    last: Whole
    root: Hash
    entries: Hash
    new: Count
    duplicates: Count
    conflicts: tuple[Whole, ...] = ()
    refused: tuple[RefusedThere, ...] = ()
    position: Count
    received_at: Instant
    pace: Whole | None = None
    key: KeyId
    signature: str


class BatchTaken(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=BATCH_TAKEN):
    """By which batch messages came into custody, or were kept as conflicts: those that were new stand at the positions `entered[0]` to
    `entered[1]`, 0 and 0 where none was. `carried` tells how: by wire, or by hand.
    """

    oin: Oin
    key: KeyId
    made_at: Instant
    source: Text
    first: Whole
    last: Whole
    root: Hash
    entered: tuple[Count, Count]
    carried: Literal["wire", "hand"]


class Delivered(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=DELIVERED):
    """That another took custody of a batch, in its own words."""

    receipt: BatchReceipt
    carried: Literal["wire", "hand"]


class Statement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """What a sender signs about a feed as a whole: that it sent the numbers 1 to `through`, and the hash over them as the kind
    `watermark` has it in `set_hash`. Equal counts with other content differ in it.
    """

    v: Literal[1] = 1
    from_: Oin
    to: Oin
    source: Text
    through: Count
    set_hash: Hash
    made_at: Instant
    key: KeyId
    signature: str


class Gap(Struct, frozen=True, kw_only=True):
    """A range of sequence numbers, both ends included."""

    first: int
    last: int


class Watermark(Struct, frozen=True, kw_only=True):
    """How far a source is in custody, and the hash over 1..received_through as the kind `watermark` has it in `set_hash`. `gaps` are
    missing below the highest that is here. `gone` are the numbers that were signed as erased before they came: they are not missing, and
    their digests are in the hash as they were signed.
    """

    source: str
    received_through: int
    set_hash: Hash
    highest: int
    gaps: list[Gap]
    gone: list[Gap] = []
    received: int
    applied: int
    held: int
    refused: int


class WatermarksAnswer(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """The sources of who asks (`to`), at one position of the journal, signed as a statement is: by which organisation, when and with which
    of its keys. A node that exchanges with nobody signs for none, and these are null.
    """

    position: int
    watermarks: list[Watermark]
    from_: Oin | None = None
    to: Oin | None = None
    made_at: Instant | None = None
    key: KeyId | None = None
    signature: str | None = None


class Returning(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A feed of one that comes back: its head, how many decisions of it are no messages yet (`stock`), and how many messages a second it
    gets new, in thousandths.
    """

    source: Text
    highest: Count
    stock: Count = 0
    arriving_per_1000_seconds: Count = 0


class Reconnecting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one that comes back says of its feeds."""

    feeds: Annotated[tuple[Returning, ...], Meta(min_length=1, max_length=100)]


class FeedOffer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of a feed: the first number that is missing here, the ranges that are missing below the highest here, and what is to come."""

    source: Text
    received_through: Count
    first_missing: Whole
    gaps: tuple[tuple[Whole, Whole], ...] = ()
    to_come: Count


class Offer(Struct, frozen=True, kw_only=True):
    """The answer to one that comes back: what is missing, at which pace it may send, and when it will have caught up.

    `backlog` counts messages that are to come and stock; `hours` is `backlog / (pace - arriving)`, and null where it never drains.
    """

    position: Count
    feeds: tuple[FeedOffer, ...]
    pace: Whole
    lane: Literal["open", "quarantine"]
    backlog: Count
    hours: str | None
    warning: str | None


class ReconnectionOffered(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=RECONNECTED):
    """What a partner said when it came back, and what it was offered."""

    partner: Oin
    said: Reconnecting
    pace: Whole
    backlog: Count
    hours: str | None
