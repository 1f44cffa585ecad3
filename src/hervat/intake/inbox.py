"""Taking custody: bytes in, a durable position or an error out, nothing between.

- Each message of a batch is judged for itself, recognised or taken into the journal, and folded; the batch, what it changed and the
  head commit in one change.
- A message with the source and id of one in custody is a **duplicate** where its RFC 8785 bytes are equal: it is not stored again and
  its receipt is the first one's, byte for byte. Where they differ it is a **conflict**, as is another id at a place in the sequence that
  is taken: the first stands, the other is kept once as an act and shown. Where something of the first was erased, the act keeps no content.
- A refused message is in custody too. What cannot be attributed to a known sender is kept under the source `unknown`.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, cast

import msgspec

from hervat.batch import Manifest
from hervat.clock import Clock
from hervat.errors import ensure
from hervat.intake.ceilings import Ceiling
from hervat.intake.folding import CEILING, CONFLICT, CeilingAct, Folding
from hervat.intake.preparing import Prepared, Preparer, conflict_key
from hervat.intake.quarantine import QuarantineAct, kind_of_quarantine
from hervat.intake.residue import ERASED, ErasedAct, Struck, residue_of_conflict
from hervat.intake.rotated import RotationAct
from hervat.intake.rotated import kind_of as rotation_kind_of
from hervat.intake.switching import SwitchAct, kind_of_switch
from hervat.intake.terms import JudgingAct, Rosters, kind_of_judging
from hervat.journal.append import Appending
from hervat.journal.entry import ACT, HEAD, RAW, Draft, Entry, digest_of, draft_of, erase_parts, open_entry
from hervat.journal.gone import NUMBERS_GONE, NumbersGone
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Row, Store
from hervat.partner import Partners

_ACT_JSON = msgspec.json.Encoder(order="sorted").encode

Telling = Callable[[int], tuple[str, msgspec.Struct]]
"""Makes of the position of an act another one, by its kind, that tells of it."""


class Taken(msgspec.Struct, frozen=True, gc=False):
    """What became of one message at the door: new in custody, a duplicate, or a conflict, and the position that answers for it.

    Of a conflict that is the act; `first` is the message that stands, and `again` tells that the same was kept before.
    """

    sort: Literal["new", "duplicate", "conflict"]
    position: int
    first: int | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Coming:
    """How messages came: `told` makes of what became of them an act, by its kind, that says so, or None where nothing of it is new; the
    `manifest` that their sender signed says which are gone.
    """

    told: Callable[[Sequence[Taken]], tuple[str, msgspec.Struct] | None]
    manifest: Manifest


ParcelOf = tuple[Sequence[bytes], Sequence[Prepared], Coming | None]
"""Messages that came together, each prepared, and how they came."""


class Inbox:
    """The writer's side of a node: takes batches and acts. One at a time per store."""

    def __init__(self, store: Store, keys: NodeKeys, rosters: Rosters, clock: Clock) -> None:
        self._store = store
        self._keys = keys
        self._appending = Appending(keys, store.head(), clock)
        self._folding = Folding(store, keys, rosters)
        self._digests: dict[int, bytes] = {}
        self._told: Telling | None = None

    @property
    def lost(self) -> set[int]:
        """Positions of messages that were applied and are so no more."""
        return self._folding.holding.lost

    def drain_refused(self) -> list[int]:
        """The positions of what was refused since the last call."""
        holding = self._folding.holding
        refused, holding.refused = holding.refused, []
        return refused

    def receive(self, batch: Sequence[bytes]) -> list[Taken]:
        """Take a batch of raw messages; on return all of it is on disk. Raises StoreFault, and then nothing of it is."""
        return self.take(batch, [self.preparer.prepare(raw) for raw in batch])

    def take(self, batch: Sequence[bytes], prepared: Sequence[Prepared], *, settle: bool = True) -> list[Taken]:
        """Take a batch that was prepared elsewhere; without `settle` it is not on disk yet, and nobody may be told of it."""
        self._appending.begin()
        rows = [one.row(0, self._folding.number(one.source)) for one in prepared]
        self._folding.preload(rows)
        places = self._places(rows)
        self._digests = self._known_digests(rows)
        taken = [self._take(raw, one, row, places) for raw, one, row in zip(batch, prepared, rows, strict=True)]
        self._commit(settle=settle)
        return taken

    def take_parcel(self, batch: Sequence[bytes], prepared: Sequence[Prepared], coming: Coming | None) -> list[Taken]:
        """Take messages that came together, and behind them the acts that say how, and which are gone; none of it is on disk yet."""
        taken = self.take(batch, prepared, settle=False)
        if coming is not None:
            told = coming.told(taken)
            if told is not None:
                self.decide(*told, settle=False)
            if self._folding.tells_gone(coming.manifest):
                self.gone(NumbersGone(manifest=coming.manifest), settle=False)
        return taken

    def gone(self, act: NumbersGone, *, settle: bool = True) -> int:
        """Say as an act what a sender signed as erased before it was handed over; returns its position. Without `settle` it is not on disk
        yet, and nobody may be told of it.
        """
        position = self._decided(NUMBERS_GONE, act)
        self._folding.gone(act, position)
        self._commit(settle=settle)
        return position

    @property
    def preparer(self) -> Preparer:
        return self._folding.preparer

    @property
    def partners(self) -> Partners:
        """Those in force."""
        return self._folding.partners

    def _places(self, rows: Iterable[Row]) -> dict[tuple[int, int], int]:
        """Who is in custody at the places of these: the store is asked for those that are known to be taken."""
        has_come = self._folding.has_come
        return self._store.rows_by_sequence(
            {(row.source, row.sequence) for row in rows if row.sequence is not None and has_come(row.source, row.sequence)}
        )

    def _known_digests(self, rows: Iterable[Row]) -> dict[int, bytes]:
        """The digests of the messages in custody that some of these may be duplicates of."""
        working = self._folding.working
        known = {found.position for row in rows if (found := working.by_ident(row.ident)) is not None}
        return {position: digest_of(self._keys, entry) for position, entry in self._store.entries_at(known).items()}

    def _take(self, raw: bytes, prepared: Prepared, row: Row, places: dict[tuple[int, int], int]) -> Taken:
        known = self._folding.working.by_ident(row.ident)
        if known is not None:
            if self._digests[known.position] == prepared.digest:
                return Taken("duplicate", known.position)
            return self._conflict(raw, prepared, known.position)
        if row.sequence is not None:
            other = places.get((row.source, row.sequence))
            if other is not None:
                return self._conflict(raw, prepared, other)
        ensure(prepared.draft is not None, "a message was to be taken that was not sealed")
        row.position = self._appending.append(cast("Draft", prepared.draft))
        if row.sequence is not None:
            places[row.source, row.sequence] = row.position
        self._digests[row.position] = prepared.digest
        self._folding.message(row, prepared)
        return Taken("new", row.position)

    def _conflict(self, raw: bytes, prepared: Prepared, with_position: int) -> Taken:
        """Keep the other content once, as an act; the first in custody stands."""
        named = {"id": prepared.id, "sequence": prepared.sequence, "source": prepared.source}
        ident = self.preparer.hash(conflict_key(prepared.source, prepared.id, prepared.sequence, prepared.digest))
        known = self._folding.act_known(ident)
        if known is not None:
            return Taken("conflict", known, with_position, again=True)
        told = {"act": CONFLICT, "with": with_position}
        if self._folding.working.row(with_position).erased:
            segments = [(HEAD, _ACT_JSON(told | {"ident": ident.hex()}))]
        else:
            segments = [(HEAD, _ACT_JSON(told | named)), (RAW, raw)]
        position = self._act(CONFLICT, segments, prepared.digest)
        self._folding.act(CONFLICT, position, ident)
        return Taken("conflict", position, with_position)

    def _act(self, kind: str, segments: Sequence[tuple[str, bytes]], digest: bytes) -> int:
        draft = draft_of(segments, digest, sort=ACT, source=None, id=None, sequence=None, kind=kind)
        return self._appending.append(draft)

    @contextmanager
    def telling(self, told: Telling | None) -> Iterator[None]:
        """While this lasts, the first act that somebody decided goes to the journal with what is `told` of it, in one change; with None it
        goes alone. Raises BrokenInvariant where no act was done.
        """
        self._told = told
        try:
            yield
            ensure(self._told is None, "something was to be told of an act, and no act was done")
        finally:
            self._told = None

    def ceiling(self, source: str, ceiling: Ceiling, *, by: str, why: str) -> int:
        """Set the ceiling of a source as an act; returns its position."""
        act = CeilingAct(source, ceiling, by, why)
        position = self._decided(CEILING, act)
        self._folding.ceiling(act, position)
        return self._done(position)

    def quarantine(self, act: QuarantineAct) -> int:
        """Open or close a quarantine, or let through what lies in it, as an act; returns its position."""
        position = self._decided(kind_of_quarantine(act), act)
        self._folding.quarantine(act, position)
        return self._done(position)

    def switch(self, act: SwitchAct) -> int:
        """Isolate, or begin, move or end what a restart governs, as an act; returns its position."""
        position = self._decided(kind_of_switch(act), act)
        self._folding.switch(act, position)
        return self._done(position)

    def judging(self, act: JudgingAct) -> int:
        """Change the partners or the emergency procedures as an act; returns its position."""
        position = self._decided(kind_of_judging(act), act)
        self._folding.judging(act, position)
        return self._done(position)

    def rotated(self, act: RotationAct) -> int:
        """Say of the node's keys what an act says; returns its position."""
        kind = rotation_kind_of(act)
        position = self._decided(kind, act)
        self._folding.decided(kind, position)
        self._commit()
        return position

    def erase(self, struck: Sequence[Struck], *, by: str, ground: str, told: Telling | None = None) -> int:
        """Erase entries, whole or in part, as an act; returns its position. In the change that takes it they can no longer be read, and
        what is `told` of it is put in the journal.
        """
        act = ErasedAct(by=by, ground=ground, entries=tuple(struck))
        position = self._decided(ERASED, act)
        left = self._left(struck)
        self._folding.erase(act, position)
        if told is not None:
            kind, beside = told(position)
            self._folding.decided(kind, self._decided(kind, beside))
        self._commit(erased=left)
        return position

    def _left(self, struck: Sequence[Struck]) -> list[Entry]:
        """What is left of entries."""
        entries = self._store.entries_at([one.position for one in struck])
        left = []
        for one in struck:
            opened = open_entry(self._keys, entries[one.position])
            is_act = opened.meta.sort == ACT
            residue = residue_of_conflict(opened, self._keys.index) if is_act else self._folding.residue(opened)
            left.append(erase_parts(self._keys, entries[one.position], one.parts, residue))
        return left

    def decide(self, kind: str, act: msgspec.Struct, *, settle: bool = True) -> int:
        """Put on disk what another room decided, as an act; returns its position. One with a field `known_by` is found by that name.

        Without `settle` it is not on disk yet, and nobody may be told of it.
        """
        position = self._decided(kind, act)
        self._folding.decided(kind, position, getattr(act, "known_by", None))
        return self._done(position, settle=settle)

    def _done(self, position: int, *, settle: bool = True) -> int:
        """Commit an act that was folded, and in the same change what is told of it; returns its position."""
        if self._told is not None:
            kind, beside = self._told(position)
            self._folding.decided(kind, self._decided(kind, beside))
            self._told = None
        self._commit(settle=settle)
        return position

    def _decided(self, kind: str, act: msgspec.Struct) -> int:
        """Append what somebody decided."""
        self._appending.begin()
        content = _ACT_JSON(act)
        return self._act(kind, [(HEAD, content)], hashlib.sha256(content).digest())

    def _commit(self, *, settle: bool = True, erased: Sequence[Entry] = ()) -> None:
        head, entries, tiles = self._appending.finish()
        change = self._folding.change(head)
        change.entries, change.tiles, change.erased_entries = entries, tiles, list(erased)
        if entries:
            self._store.write(change, settle=settle)
            self._folding.working.trim()
