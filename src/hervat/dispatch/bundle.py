"""Bundles: batches and receipts as one file, for carrying by hand while there is no network.

- A bundle is encrypted for whom it is addressed to, in the format of age (age-encryption.org/v1); the program `age` opens it as well.
- Inside lie frames: the length of each in decimal, a line feed, its bytes. The first is the *cover*, signed by whoever packed it, which
  names every other by its SHA-256; then come batches and receipts, as they go by wire.
- A bundle has a name of its own. Who unpacked it knows that name, and unpacks it no second time.
- The cover names the bundles of whom it is for that its packer unpacked. So it is known which receipts came across, and need go no more.
- Nothing of a bundle is taken before all of it was seen to be whole: who it is from, whom it is for, every hash, every signature.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pyrage
from msgspec import Meta, Struct

from hervat.batch import BatchReceipt, Hash, Instant
from hervat.clock import rfc3339
from hervat.dispatch.batches import Batch, read_batch, write_batch
from hervat.dispatch.identity import Identity
from hervat.dispatch.signed import AHEAD, Unfit, ensure_counts, moment_of
from hervat.errors import KeysFault
from hervat.message import Count, Whole
from hervat.partner import KeyId, Oin, Partners

BUNDLE = "hervat/bundle/1"
PACKED, UNPACKED = "bundle-packed", "bundle-unpacked"
LARGEST = 256 * 1024 * 1024
"""Bytes of a bundle, opened; what does not fit goes in the next."""
MOST_FRAMES = 100_000
MOST_SHOWN = 100
"""Bundles that a cover names as unpacked: the last ones. Each had all that was not shown to be there as it was packed."""
_LONGEST_FRAME = 16 * 1024 * 1024
_canonical = msgspec.json.Encoder(order="sorted").encode


BundleName = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]


class Content(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frame of a bundle: what it is, and the SHA-256 of its bytes."""

    what: Literal["batch", "receipt"]
    sha256: Hash


class Cover(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """What is signed of a bundle: its name, from whom to whom, when it was packed, every frame behind it, and which bundles of whom it is
    for were `unpacked` by whom it is from.
    """

    v: Literal[1] = 1
    name: BundleName
    from_: Oin
    to: Oin
    packed_at: Instant
    contents: tuple[Content, ...]
    unpacked: Annotated[tuple[BundleName, ...], Meta(max_length=MOST_SHOWN)] = ()
    key: KeyId
    signature: str


class BundleUnpacked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=UNPACKED):
    """That a bundle was unpacked here, and what was signed for each batch in it, in several acts where there are many. It is found by its
    name, which the last of these has, and unpacked no second time. `shown` are the bundles of ours that its cover names as unpacked there.
    """

    partner: Oin
    packed_at: Instant
    signed: tuple[BatchReceipt, ...]
    kept: Count
    shown: tuple[BundleName, ...] = ()
    known_by: str


class BundlePacked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=PACKED):
    """That receipts went in a bundle: all that was signed up to the act at the position `through`, but what was shown to be there."""

    partner: Oin
    name: BundleName
    packed_at: Instant
    through: Whole


class Bundle(Struct, frozen=True):
    """A bundle that was opened and seen to be whole."""

    cover: Cover
    batches: tuple[Batch, ...]
    receipts: tuple[BatchReceipt, ...]


def name_of(cover: Cover) -> str:
    """By which name the act that unpacked a bundle is found."""
    return f"bundle:{cover.from_}/{cover.name}"


def pack(
    identity: Identity,
    to: str,
    recipient: str,
    batches: Sequence[Batch],
    receipts: Sequence[BatchReceipt],
    at: datetime,
    name: str,
    unpacked: tuple[str, ...] = (),
) -> bytes:
    """The bytes of a bundle for `to`, whose age recipient is given; `name` is 16 random bytes in hexadecimal, `unpacked` names the
    bundles of `to` that were unpacked here. Raises Unfit for a recipient that is none.
    """
    frames = [("batch", write_batch(batch)) for batch in batches] + [("receipt", _canonical(receipt)) for receipt in receipts]
    contents = tuple(Content(what=what, sha256=hashlib.sha256(frame).hexdigest()) for what, frame in frames)  # type: ignore[arg-type]
    unsigned = Cover(
        name=name,
        from_=identity.oin,
        to=to,
        packed_at=rfc3339(at),
        contents=contents,
        unpacked=unpacked,
        key=identity.key_id,
        signature="",
    )
    cover = msgspec.structs.replace(unsigned, signature=identity.signature_over(BUNDLE, unsigned))
    plain = b"".join(b"%d\n%b" % (len(frame), frame) for frame in [_canonical(cover), *(frame for _, frame in frames)])
    try:
        sealed: bytes = pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(recipient)])
    except pyrage.RecipientError as fault:
        words = f"{recipient} is no age recipient ({fault}), so no bundle was made; hervat partner set {to} --recipient says it anew"
        raise Unfit(words, "addressee") from fault
    return sealed


def load_age(path: Path) -> pyrage.x25519.Identity:
    """The age identity in a file, as age-keygen writes it; raises KeysFault where there is none."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise KeysFault(f"{path}: the age identity cannot be read ({fault}); name the file in node.toml, [exchange] identity") from fault
    secrets = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    try:
        return pyrage.x25519.Identity.from_str(secrets[0])
    except (IndexError, pyrage.IdentityError) as fault:
        raise KeysFault(f"{path}: there is no age identity (AGE-SECRET-KEY-1...) in it; age-keygen makes one") from fault


def unpack(content: bytes, secret: pyrage.x25519.Identity, partners: Partners, own: str, at: datetime) -> Bundle:
    """Open a bundle and see that it is whole, and for us. Raises Unfit, and then nothing of it may be taken."""
    try:
        plain = pyrage.decrypt(content, [secret])
    except pyrage.DecryptError as fault:
        words = f"the file does not open ({fault}): it is no bundle, it was damaged or cut short, or it is encrypted for somebody else"
        raise Unfit(words, "form") from fault
    if len(plain) > LARGEST:
        raise Unfit(f"the bundle has {len(plain)} bytes, and {LARGEST} is the most; have it packed in more than one", "form")
    frames = list(_frames(plain))
    cover = _cover(frames, partners, own, at)
    return _opened(cover, frames[1:])


def _frames(plain: bytes) -> Iterator[bytes]:
    place = count = 0
    while place < len(plain):
        end = plain.find(b"\n", place, place + 20)
        length = plain[place:end] if end > place else b""
        if not length.isdigit() or int(length) > _LONGEST_FRAME or end + 1 + int(length) > len(plain):
            raise Unfit(f"the bundle is cut short, or no bundle, at byte {place}", "form")
        if count == MOST_FRAMES:
            raise Unfit(f"the bundle has more than {MOST_FRAMES} parts; have it packed in more than one", "form")
        place, count = end + 1 + int(length), count + 1
        yield plain[end + 1 : place]


def _cover(frames: Sequence[bytes], partners: Partners, own: str, at: datetime) -> Cover:
    try:
        cover = msgspec.json.decode(frames[0] if frames else b"", type=Cover)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise Unfit(f"what opens is no bundle: {fault}", "form") from fault
    if cover.to != own:
        raise Unfit(f"this bundle is for {cover.to}, and this is {own}; nothing of it was taken, bring it where it belongs", "addressee")
    packed = moment_of(cover.packed_at, "packed_at")
    # By a key that was revoked since, it is opened: its batches may go into quarantine, and its receipts say for themselves whether they
    # count.
    ensure_counts(partners, cover.from_, cover.key, BUNDLE, cover, cover.signature, packed, revoked_too=True)
    if packed > at + AHEAD:
        raise Unfit(f"the bundle says it was packed at {cover.packed_at}, which is to come yet; set the clock of who packed it", "made-at")
    return cover


def _opened(cover: Cover, frames: Sequence[bytes]) -> Bundle:
    if [hashlib.sha256(frame).hexdigest() for frame in frames] != [content.sha256 for content in cover.contents]:
        raise Unfit("what lies in the bundle is not what its cover names", "root")
    batches, receipts = [], []
    for content, frame in zip(cover.contents, frames, strict=True):
        if content.what == "batch":
            batches.append(read_batch(frame))
        else:
            try:
                receipts.append(msgspec.json.decode(frame, type=BatchReceipt))
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
                raise Unfit(f"a receipt in the bundle cannot be read: {fault}", "form") from fault
    for one in batches:
        if one.manifest.from_ != cover.from_:
            raise Unfit(f"a batch in the bundle is of {one.manifest.from_}, and the bundle is of {cover.from_}", "sender")
    return Bundle(cover, tuple(batches), tuple(receipts))
