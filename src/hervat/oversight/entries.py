"""Entries of the timeline, as acts: what somebody put on record, when it happened, and who knew it since when.

- An entry is never written over. A correction is an entry of its own that names, by position, the one that it takes the place of; that
  one stays and is shown as corrected, and who asks what was on record before the correction finds it as it was.
- The word that a source gives a sort stays beside the sort that it is put under here; the table says which under which.
- An entry names no person; organisations and functions are enough.
"""

import hashlib
from collections.abc import Callable
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from hervat.considered import Considered
from hervat.errors import Usage
from hervat.oversight.when import parse_when

TIMELINE_ADDED, TIMELINE_CORRECTED, CONSIDERED = "timeline-added", "timeline-corrected", "considered"
Sort = Literal["signal", "fact", "risk", "measure", "emergency-procedure"]
SORTS: Final[dict[str, Sort]] = {
    "signal": "signal",
    "fact": "fact",
    "risk": "risk",
    "measure": "measure",
    "emergency-procedure": "emergency-procedure",
    "warning": "signal",
    "detection": "signal",
    "isolation": "measure",
    "recovery": "measure",
    "workaround": "emergency-procedure",
    "impact": "fact",
    "finding": "fact",
    "data loss": "fact",
    "investigation": "fact",
}
"""The words for what an entry is, each with the sort that it is put under."""
Said = Annotated[str, Meta(pattern=r"\S", max_length=4000)]
Position = Annotated[int, Meta(ge=1)]


class Knowing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who knew it, and since when, written as `when.parse_when` reads it."""

    who: Said
    since: Said


class TimelineEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is put on record. `when` and each `since` are written as `when.parse_when` reads them; `same_act` names, by position, an
    entry about another moment of the same act, such as its decision.
    """

    kind: Said
    actor: Said
    what: Said
    when: Said
    known: tuple[Knowing, ...] = ()
    certainty: str | None = None
    source: str | None = None
    same_act: Position | None = None

    @property
    def sort(self) -> Sort:
        """The sort that its word is put under."""
        return SORTS[self.kind]

    @property
    def name(self) -> str:
        """By which it is known when it comes again."""
        return f"timeline:{hashlib.sha256(msgspec.json.encode(self, order='sorted')).hexdigest()}"


class Tie(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file says of two of its entries, by their places in it from 0: that the later is about another moment of the act of the
    earlier, or, with a `why`, that it takes its place.
    """

    later: Annotated[int, Meta(ge=1)]
    earlier: Annotated[int, Meta(ge=0)]
    why: Said | None = None


class Added(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=TIMELINE_ADDED):
    """An entry, and who put it on record; `known_by` is its name where it came out of a file."""

    entry: TimelineEntry
    by: Said
    known_by: str | None = None


class Corrected(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=TIMELINE_CORRECTED):
    """An entry that takes the place of another, named by its position; who says so, and why."""

    corrects: Position
    entry: TimelineEntry
    by: Said
    why: Said


class ConsideredAct(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=CONSIDERED):
    """What whoever decided had before them; `about` is the position of the act that they decided on. It is put down with that act, in
    one change, or later.
    """

    about: Position
    considered: Considered
    by: Said


def said_of_decision(considered: Considered | None, by: str) -> Callable[[int], tuple[str, ConsideredAct]] | None:
    """Makes of the position of a decision the act that says what was considered in it; None where nobody said. Raises Usage where that
    could not be read back: what cannot be kept beside a decision must not leave it standing alone.
    """
    if considered is None or considered == Considered():
        return None
    ensure_readable(ConsideredAct(about=1, considered=considered, by=by))
    return lambda position: (CONSIDERED, ConsideredAct(about=position, considered=considered, by=by))


TimelineAct = Added | Corrected
TIMELINE_ACTS = (TIMELINE_ADDED, TIMELINE_CORRECTED)
read_timeline: Callable[[bytes], TimelineAct] = msgspec.json.Decoder(TimelineAct).decode
read_considered: Callable[[bytes], ConsideredAct] = msgspec.json.Decoder(ConsideredAct).decode


def ensure_readable(act: TimelineAct | ConsideredAct) -> None:
    """Raises Usage for an act that could not be read back. What is in the journal stays there: one such act, and nobody reads the timeline
    any more.
    """
    try:
        msgspec.json.decode(msgspec.json.encode(act), type=type(act))
    except msgspec.ValidationError as fault:
        raise Usage(f"this cannot be put on record, and was not: {fault}") from fault
    if isinstance(act, ConsideredAct):
        return
    if act.entry.kind not in SORTS:
        raise Usage(f"the kind {act.entry.kind!r} is not known; kinds are {', '.join(SORTS)}")
    for said in (act.entry.when, *(knowing.since for knowing in act.entry.known)):
        parse_when(said)
