"""The timeline at a position: what was on record then, what had been corrected by then, and the decisions that the journal itself holds.

- What is shown at P is a function of the acts up to P: what was corrected later stands there as it was.
- A decision of the journal is an act by which people let something happen or stopped it (`DECISIONS`). It happened when it was recorded.
  What was known, which options there were and which risks were taken is what was said with it; without that, nothing is made up.
- Whoever asks what a party knew at a moment gets what that party is said to have known since a time that begins no later; a time that is
  not known never begins. What was corrected since is shown as corrected: a start that moved back was known otherwise before.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from hervat.considered import Considered
from hervat.dispatch.ways import WAY_ACTS
from hervat.intake.folding import CEILING
from hervat.intake.partnering import PARTNER_ACTS
from hervat.intake.proceeding import PROCEDURE_ACTS
from hervat.intake.quarantine import QUARANTINE_ACTS
from hervat.intake.switching import SWITCH_ACTS
from hervat.journal.acts import acts_of
from hervat.journal.entry import read_meta
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store
from hervat.oversight.entries import CONSIDERED, TIMELINE_ACTS, Added, Corrected, Position, TimelineEntry, read_considered, read_timeline
from hervat.oversight.when import When, parse_when

DECISIONS: Final = (
    CEILING,
    *WAY_ACTS,
    *QUARANTINE_ACTS,
    *PARTNER_ACTS,
    *PROCEDURE_ACTS,
    *SWITCH_ACTS,
    *("step-done", "step-undone", "step-approved", "gate-waived"),
    *("interim-opened", "interim-closed"),
)
"""The kinds of acts that are decisions of a crisis. Those of a run and interim rules are acts of strangers to this room: their kinds are
named.
"""


class _Person(Struct):
    """Somebody of an organisation, or who signed for one and as what."""

    partner: str
    name: str | None = None
    role: str | None = None


class _Decided(Struct):
    """What of any decision says who took it and why."""

    by: str | _Person | None = None
    why: str | None = None
    ground: str | None = None
    evidence: str | None = None
    second: str | _Person | None = None
    approval: _Person | None = None
    considered: Considered | None = None


def _who(said: str | _Person | None) -> str | None:
    return f"{said.name or said.role} ({said.partner})" if isinstance(said, _Person) else said


_read_decided: Callable[[bytes], _Decided] = msgspec.json.Decoder(_Decided).decode


class OnRecord(Struct, frozen=True, kw_only=True):
    """An entry with its place in the journal. `corrected_by` is the position of the entry that takes its place, `corrects` of the one
    before.
    """

    position: Position
    recorded_at: str
    entry: TimelineEntry
    when: When
    by: str
    why: str | None = None
    corrects: Position | None = None
    corrected_by: Position | None = None

    @property
    def stands(self) -> bool:
        return self.corrected_by is None


class SaidOf(Struct, frozen=True, kw_only=True):
    """What was said to have been considered in a decision, by whom and where that stands: at the decision's own position in acts of
    before, which had it inside.
    """

    position: Position
    recorded_at: str
    by: str | None
    known: str
    options: tuple[str, ...]
    risks: tuple[str, ...]

    @classmethod
    def of(cls, said: Considered, position: Position, recorded_at: str, by: str | None) -> "SaidOf":
        return cls(position=position, recorded_at=recorded_at, by=by, known=said.known, options=said.options, risks=said.risks)


class Decision(Struct, frozen=True, kw_only=True):
    """A decision that the journal holds: its kind, who took it, why, and all that was said to have been considered, in the order in which
    it was recorded; none where nobody said.
    """

    position: Position
    recorded_at: str
    kind: str
    by: str | None
    second: str | None
    why: str | None
    considered: tuple[SaidOf, ...]


def entries_at(store: Store, keys: NodeKeys, position: int) -> list[OnRecord]:
    """Every entry that was on record at a position, in the order in which they were recorded."""
    acts = list(acts_of(store, keys, TIMELINE_ACTS, read_timeline, "entry of the timeline", position))
    replaced = {act.corrects: at for at, act in acts if isinstance(act, Corrected)}
    moments = _recorded(store, [at for at, _ in acts])
    return [_on_record(at, act, moments[at], replaced.get(at)) for at, act in acts]


def _on_record(at: int, act: Added | Corrected, recorded_at: str, corrected_by: int | None) -> OnRecord:
    why, corrects = (act.why, act.corrects) if isinstance(act, Corrected) else (None, None)
    return OnRecord(
        position=at,
        recorded_at=recorded_at,
        entry=act.entry,
        when=parse_when(act.entry.when),
        by=act.by,
        why=why,
        corrects=corrects,
        corrected_by=corrected_by,
    )


def decisions_at(store: Store, keys: NodeKeys, position: int, kinds: tuple[str, ...] = DECISIONS) -> list[Decision]:
    """Every decision of some kinds that the journal held at a position, in order."""
    said = list(acts_of(store, keys, (CONSIDERED,), read_considered, "what was considered", position))
    found = [(at, kind) for kind in kinds for at in store.acts(kind, position)]
    moments = _recorded(store, [*(at for at, _ in found), *(at for at, _ in said)])
    decided = dict(acts_of(store, keys, kinds, _read_decided, "decision", position))
    beside: dict[int, list[SaidOf]] = {}
    for at, act in decided.items():
        if act.considered is not None:
            beside.setdefault(at, []).append(SaidOf.of(act.considered, at, moments[at], _who(act.by or act.approval)))
    for at, one in said:
        beside.setdefault(one.about, []).append(SaidOf.of(one.considered, at, moments[at], one.by))
    return [_decision(at, kind, decided[at], moments[at], beside.get(at, [])) for at, kind in sorted(found)]


def _decision(at: int, kind: str, act: _Decided, recorded_at: str, considered: list[SaidOf]) -> Decision:
    return Decision(
        position=at,
        recorded_at=recorded_at,
        kind=kind,
        by=_who(act.by or act.approval),
        second=_who(act.second),
        why=act.why or act.ground or act.evidence,
        considered=tuple(considered),
    )


def _recorded(store: Store, positions: Iterable[int]) -> dict[int, str]:
    return {position: read_meta(entry).received_at for position, entry in store.entries_at(positions).items()}


def known_to(entries: Iterable[OnRecord], who: str, at: datetime) -> Iterator[OnRecord]:
    """What a party is said to have known at a moment: of each entry and all that took its place, the last that it is said to have known by
    then. That may be corrected since, and is then shown as corrected.
    """
    named = who.strip().casefold()
    knew: dict[int, OnRecord] = {}
    first: dict[int, int] = {}
    for one in entries:
        of = first[one.position] = one.position if one.corrects is None else first[one.corrects]
        if any(knowing.who.strip().casefold() == named and _begun(knowing.since, at) for knowing in one.entry.known):
            knew[of] = one
    yield from knew.values()


def _begun(since: str, at: datetime) -> bool:
    """Whether a time has begun; one of which the beginning is not known has when it ends."""
    when = parse_when(since)
    begins = when.start or when.end
    return begins is not None and begins <= at


def in_time(entries: Iterable[OnRecord]) -> list[OnRecord]:
    """Entries by when they happened, those that are not known last, and those of one moment as they were recorded."""
    return sorted(entries, key=_place)


def _place(one: OnRecord) -> tuple[bool, str, int]:
    start = one.when.start or one.when.end
    return start is None, "" if start is None else start.isoformat(), one.position


def as_json(one: OnRecord) -> dict[str, Any]:
    """An entry in plain values."""
    entry = one.entry
    return {
        "position": one.position,
        "recorded_at": one.recorded_at,
        "sort": entry.sort,
        "kind": entry.kind,
        "actor": entry.actor,
        "what": entry.what,
        "when": one.when.as_json(),
        "known": [{"who": knowing.who, "since": parse_when(knowing.since).as_json()} for knowing in entry.known],
        "certainty": entry.certainty,
        "source": entry.source,
        "same_act": entry.same_act,
        "by": one.by,
        "why": one.why,
        "corrects": one.corrects,
        "corrected_by": one.corrected_by,
    }

