"""What stays of an erased message in its box, sealed under the node's wrap key: what folding the journal again needs of it.

- The content is gone, so nothing can be judged or keyed anew. The residue holds what came of judging and keying it: keyed hashes, the
  moment its sender gave it, and of a refusal everything but the path, in which a sender may have put anything.
- A correction is read late, as data of the kind of the message it corrects. What that gave is here; where it was never read, nothing is,
  and then it has no effect for ever.
- The form is frozen like that of an entry: fields are added, never taken away or given another meaning.
"""

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from hervat.errors import StoreFault
from hervat.intake.preparing import Prepared, conflict_key, read_refusal, write_refusal
from hervat.journal.acts import act_in
from hervat.journal.entry import HEAD, Opened
from hervat.journal.keys import IndexKey
from hervat.message import Refusal

ERASED = "erased"
_PLACES = frozenset(("data.corrects.id", "data.retracts.id"))

Read = tuple[bytes, bytes] | Refusal
"""What a correction's data needs and gives as data of the original's kind, or why it cannot be that."""


class Struck(Struct, frozen=True, forbid_unknown_fields=True):
    """What is erased of one entry: these parts, or the whole (None)."""

    position: int
    parts: tuple[str, ...] | None = None


class ErasedAct(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=ERASED):
    """Who erased what, and on what ground."""

    by: str
    ground: str
    entries: tuple[Struck, ...]


class _Residue(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="kebab"):
    """`read_needs` and `read_gives`, or `read_refusal`: what reading a correction gave; none of them where it was never read. `kind` is
    another than in the meta where a later hervat knew it. An act has its ident alone.
    """

    ident: bytes
    kind: str | None = None
    time: str | None = None
    previous: bytes | None = None
    target: bytes | None = None
    subject: bytes | None = None
    about: bytes = b""
    needs: bytes = b""
    gives: bytes = b""
    mentions: bytes = b""
    refusal: str | None = None
    read_needs: bytes | None = None
    read_gives: bytes | None = None
    read_refusal: str | None = None


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(_Residue).decode
_read_act = msgspec.json.Decoder(ErasedAct).decode


def residue_of(prepared: Prepared, read: Read | None) -> bytes:
    """The residue of a message that was judged and keyed, with what reading it late gave, if it was read."""
    refused = read if isinstance(read, Refusal) else None
    needs, gives = read if isinstance(read, tuple) else (None, None)
    return _pack(
        _Residue(
            ident=prepared.ident,
            kind=prepared.kind,
            time=prepared.time,
            previous=prepared.previous,
            target=prepared.target,
            subject=prepared.subject,
            about=prepared.about,
            needs=prepared.needs,
            gives=prepared.gives,
            mentions=prepared.mentions,
            refusal=blanked(prepared.refusal),
            read_needs=needs,
            read_gives=gives,
            read_refusal=None if refused is None else blanked(write_refusal(refused)),
        )
    )


def blanked(refusal: str | None) -> str | None:
    """A refusal without its path, but where that says nothing of the content."""
    told = None if refusal is None else read_refusal(refusal)
    return refusal if told is None or told.path in _PLACES else write_refusal(replace(told, path=""))


def _residue(opened: Opened) -> _Residue:
    try:
        return _unpack(opened.residue)
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise StoreFault(f"entry {opened.meta.position}: what stands for its erased parts cannot be read; run hervat verify") from fault


def prepared_again(opened: Opened) -> Prepared:
    """A message as it was judged and keyed before parts of it were erased."""
    residue, meta = _residue(opened), opened.meta
    return Prepared(
        meta.source or "",
        meta.id,
        meta.sequence,
        residue.kind or meta.kind,
        residue.time,
        opened.digest,
        residue.ident,
        previous=residue.previous,
        target=residue.target,
        subject=residue.subject,
        about=residue.about,
        needs=residue.needs,
        gives=residue.gives,
        mentions=residue.mentions,
        refusal=residue.refusal,
    )


def read_again(opened: Opened) -> Read:
    """What reading a correction gave before parts of it were erased."""
    residue = _residue(opened)
    if residue.read_refusal is not None:
        return read_refusal(residue.read_refusal)
    if residue.read_needs is None or residue.read_gives is None:
        raise StoreFault(f"entry {opened.meta.position}: it was erased before it was read, and now counts; run hervat verify")
    return residue.read_needs, residue.read_gives


def ident_of_conflict(opened: Opened, index: IndexKey) -> bytes:
    """The key under which the content kept by the act of a conflict is recognised."""
    if opened.residue:
        return _residue(opened).ident
    told = msgspec.json.decode(part(opened, HEAD))
    if "ident" in told:
        return bytes.fromhex(told["ident"])
    return index.of(conflict_key(told["source"], told["id"], told["sequence"], opened.digest))


def residue_of_conflict(opened: Opened, index: IndexKey) -> bytes:
    """The residue of the act of a conflict."""
    return _pack(_Residue(ident=ident_of_conflict(opened, index)))


def read_erased(opened: Opened) -> ErasedAct:
    """An act of erasing as it lies in the journal; raises StoreFault where something else lies there."""
    return act_in(opened, _read_act, "act of erasing")


def part(opened: Opened, name: str) -> bytes:
    """The content of a part, empty where it was erased."""
    return next((segment.content for segment in opened.segments if segment.name == name), None) or b""
