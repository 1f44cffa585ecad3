"""Folding the journal: each entry, in order of position, into rows, links and counts. The same code for what comes in now and for what
is folded again.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from hervat.batch import Manifest
from hervat.errors import ensure
from hervat.intake.admission import judge_inner
from hervat.intake.adrift import Adrift
from hervat.intake.amendments import original_of
from hervat.intake.ceilings import Ceiling, read_ceiling, write_ceiling
from hervat.intake.claims import DECLARING, Claims
from hervat.intake.holding import Holding
from hervat.intake.leaving import Leaving
from hervat.intake.missing import Missing
from hervat.intake.preparing import CORRECTION, Prepared, Preparer
from hervat.intake.quarantine import QUARANTINE_ACTS, QuarantineAct, QuarantineReleased, kind_of_quarantine, lanes_of, oin_of
from hervat.intake.residue import ERASED, ErasedAct, Read, blanked, read_again, residue_of
from hervat.intake.switching import SWITCH_ACTS, SwitchAct, kind_of_switch, switch_of
from hervat.intake.terms import JUDGING_ACTS, JudgingAct, Rosters, kind_of_judging
from hervat.intake.working import WorkingSet
from hervat.journal.acts import act_in, named_act
from hervat.journal.entry import Opened, open_entry
from hervat.journal.gone import NUMBERS_GONE, NumbersGone, read_gone
from hervat.journal.keys import NodeKeys
from hervat.journal.store import PARTS, VOID, WHOLE, Act, Change, Feed, Head, Row, Store
from hervat.message import SOURCE, Refusal
from hervat.needs import TABLE, roles_of
from hervat.partner import Partners

CEILING, CONFLICT = "ceiling-set", "conflict"
STEERING = (CEILING, ERASED, NUMBERS_GONE, *QUARANTINE_ACTS, *SWITCH_ACTS, *JUDGING_ACTS)
"""The acts on which what becomes of messages hangs."""


class CeilingAct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who set which ceiling for which source, and why."""

    source: str
    ceiling: Ceiling
    by: str
    why: str
    act: str = CEILING


class Folding:
    """The state of a node while it takes entries; `change` gives what is to be written."""

    def __init__(self, store: Store, keys: NodeKeys, rosters: Rosters, *, journal: Store | None = None) -> None:
        """Folds into `store`, and goes on from the terms in `rosters`; the entries are read from `journal` where that is another one."""
        self._store = store
        self._journal = journal or store
        self._keys = keys
        self._rosters = rosters
        self.preparer = Preparer(keys.index, rosters.now)
        self.working = WorkingSet(store)
        self._feeds = {feed.number: feed for feed in store.feeds()}
        self._numbers = {feed.name: feed.number for feed in self._feeds.values()}
        self._ceilings = {feed.number: read_ceiling(feed.ceiling) for feed in self._feeds.values()}
        self._lanes = lanes_of(self._journal, keys, store.head().folded)
        self._switch = switch_of(self._journal, keys, store.head().folded)
        self._gates = {feed.number: self._switch.gate(feed.name) for feed in self._feeds.values()}
        self.holding = Holding(self.working, self._feeds, self._reread)
        self._adrift = Adrift(self.working, self._feeds, store.adrift())
        self._corrections: dict[int, bytes] = {}
        self._claims = Claims(store, self._journal, keys)
        self._missing = Missing(store)
        self._leaving = Leaving(store, self._feeds.values(), keys.index, self._missing, self._claims, self.holding)
        # By source and sequence: the digests of what came since the last change.
        self._fresh: dict[int, dict[int, bytes]] = {}
        self._acts: list[Act] = []

    def number(self, source: str) -> int:
        """The number of a source; a new one is given where it was never seen."""
        number = self._numbers.get(source)
        if number is None:
            number = self._numbers[source] = len(self._numbers) + 1
            gate = self._gates[number] = self._switch.gate(source)
            self._feeds[number] = Feed(number, source, lane=self._lanes.lane(source), link=None if gate is None else gate.word)
            self._ceilings[number] = Ceiling()
        return number

    def feed(self, number: int) -> Feed:
        return self._feeds[number]

    def has_come(self, source: int, sequence: int) -> bool:
        """Whether a message with a place in the sequence of a source is in custody, or gone."""
        return self._missing.has_come(self._feeds[source], sequence)

    def preload(self, rows: list[Row]) -> None:
        """Read in a few questions what these rows will ask for."""
        self.working.preload(rows)

    def message(self, row: Row, prepared: Prepared) -> None:
        """A message in custody at the position of its row."""
        if prepared.correction is not None:
            self._corrections[row.position] = prepared.correction
        feed = self._feeds[row.source]
        if row.sequence is not None:
            feed.sequenced += 1
            if not self._missing.arrived(feed, row.sequence):
                self._claims.came_after_all(row.source, row.sequence)
            self._fresh.setdefault(row.source, {})[row.sequence] = prepared.digest
        if prepared.declares is not None:
            self._claims.declare(row.position, row.source, prepared.declares)
        for start in range(0, len(prepared.mentions), 16):
            self.working.link(prepared.mentions[start : start + 16], row.position, False)
        row.quarantined = feed.lane
        self.holding.take(row, self._admits(row))

    def _admits(self, row: Row) -> bool:
        """Whether quarantine, the ceiling of its source and the switch let a message through."""
        if row.quarantined or not self._ceilings[row.source].admits(row.sequence, row.time):
            return False
        gate = self._gates[row.source]
        return gate is None or gate.admits(row.kind, row.sequence, row.time)

    def _let_through(self, numbers: Iterable[int], position: int) -> None:
        """What of some sources waits and is let through now is admitted, in order of position."""
        waiting = [row for number in numbers for row in self.working.adopt(self._store.not_admitted(number)) if self._admits(row)]
        self.holding.admit(sorted(waiting, key=_position), position)

    def ceiling(self, act: CeilingAct, position: int) -> None:
        """A ceiling set at a position: what now lies under it is admitted, in order of position."""
        number = self.number(act.source)
        self._feeds[number].ceiling = write_ceiling(act.ceiling)
        self._ceilings[number] = act.ceiling
        self._let_through([number], position)
        self.decided(CEILING, position)

    def switch(self, act: SwitchAct, position: int) -> None:
        """An isolation, or what a restart decided, at a position: what it lets through is admitted, as far as ceilings do."""
        self._switch.change(act, position)
        moved = []
        for number, feed in self._feeds.items():
            gate = self._switch.gate(feed.name)
            if gate != self._gates[number]:
                self._gates[number], feed.link = gate, None if gate is None else gate.word
                moved.append(number)
        self._let_through(moved, position)
        self.decided(kind_of_switch(act), position)

    def quarantine(self, act: QuarantineAct, position: int) -> None:
        """A quarantine opened or closed at a position, or some of what lies in it let through, as far as ceilings admit it."""
        if isinstance(act, QuarantineReleased):
            self._release(act, position)
        else:
            self._lanes.change(act, position)
            for feed in self._feeds.values():
                feed.lane = self._lanes.lane(feed.name)
        self.decided(kind_of_quarantine(act), position)

    def _release(self, act: QuarantineReleased, position: int) -> None:
        numbers = [feed.number for feed in self._feeds.values() if oin_of(feed.name) == act.oin]
        inside = [row for number in numbers for row in self.working.adopt(self._store.not_admitted(number)) if row.quarantined]
        let = sorted((row for row in inside if row.position <= act.through and row.position not in act.but), key=_position)
        for row in let:
            row.quarantined = 0
            self.working.changed(row)
        self.holding.admit([row for row in let if self._admits(row)], position)
        feeds = [self._feeds[number] for number in numbers]
        self._leaving.released(feeds, lambda at: at <= act.through and at not in act.but, self._gone_at, position)

    def tells_gone(self, manifest: Manifest) -> bool:
        """Whether a manifest signs a number as erased that is neither here nor known to be so."""
        known = self._numbers.get(manifest.source)
        return self._leaving.tells_news(None if known is None else self._feeds[known], manifest)

    def gone(self, act: NumbersGone, position: int) -> None:
        """Numbers signed as erased by their sender, at a position; in quarantine they count from the act on that lets them through."""
        self._leaving.signed(self._feeds[self.number(act.manifest.source)], act, position)
        self.decided(NUMBERS_GONE, position)

    def _gone_at(self, position: int) -> NumbersGone:
        return act_in(self._opened(position), read_gone, "act about numbers that are gone")

    @property
    def partners(self) -> Partners:
        """Those in force after every entry."""
        return self._rosters.now.partners

    def judging(self, act: JudgingAct, position: int) -> None:
        """A change of partners or emergency procedures at a position: what comes after it is judged by it."""
        self._rosters.change(act, position)
        self.preparer = Preparer(self._keys.index, self._rosters.now)
        self.decided(kind_of_judging(act), position)

    def erase(self, act: ErasedAct, position: int) -> None:
        """Messages erased at a position, whole or in part: what is whole gone counts as applied. What is not in this journal is let be."""
        parts = {struck.position: struck.parts for struck in act.entries}
        rows = self.working.there(parts)
        for row in rows:
            if parts[row.position] is not None:
                row.erased = max(row.erased, PARTS)
            else:
                row.erased, row.time = VOID if self._is_void(row) else WHOLE, None
            row.refusal = blanked(row.refusal)
        self.holding.erase(rows, position)
        self.decided(ERASED, position)

    def _is_void(self, row: Row) -> bool:
        """Whether a message is a correction of something that is not here: nobody can ever read it as data of a kind."""
        return row.kind == CORRECTION and row.refusal is None and original_of(row, self.working.by_ident) is None

    def residue(self, opened: Opened) -> bytes:
        """What folding needs of a message when parts of it are erased; it is worked out while all of it is there."""
        if opened.residue:
            return opened.residue
        row = self.working.row(opened.meta.position)
        prepared = Preparer(self._keys.index, self._rosters.at(row.position)).key(opened.payload)
        original = original_of(row, self.working.by_ident) if row.kind == CORRECTION and prepared.refusal is None else None
        return residue_of(prepared, None if original is None else self._read(row, original)[0])

    def act(self, kind: str, position: int, ident: bytes) -> None:
        self._acts.append(Act(position, kind, ident))

    def decided(self, kind: str, position: int, known_by: str | None = None) -> None:
        """An act that is found by the name that it gives itself, or recognised by its position alone. No two acts have one name."""
        ident = self.preparer.hash(f"act:{position}" if known_by is None else named_act(known_by))
        ensure(known_by is None or self.act_known(ident) is None, f"another act is known by {known_by}")
        self.act(kind, position, ident)

    def act_known(self, ident: bytes) -> int | None:
        """The position of an act that is recognised by this key."""
        pending = next((act.position for act in self._acts if act.ident == ident), None)
        return pending if pending is not None else self._store.acts_by_ident([ident]).get(ident)

    def change(self, head: Head) -> Change:
        """Everything since the last call, as one change."""
        change = Change(head)
        self._adrift.settle(self.working.touched())
        self.working.flush(change)
        change.missing, change.gone = self._missing.drain(), self._leaving.drain()
        change.feeds = list(self._feeds.values())
        change.declared = self._claims.settle(self._feeds, self._fresh)
        change.acts, self._acts, self._fresh, self._corrections = self._acts, [], {}, {}
        for feed in change.feeds:
            ensure(
                feed.received == feed.applied + feed.held + feed.refused,
                f"{feed.name}: received is not applied + held + refused at position {head.size}",
            )
        return change

    def _reread(self, correction: Row, original: Row) -> Read:
        """Read a correction's data as data of the original's kind, and let it declare what it does."""
        if correction.position not in self._corrections and (opened := self._opened(correction.position)).residue:
            return read_again(opened)
        read, declares = self._read(correction, original)
        if declares is not None:
            self._claims.declare(correction.position, original.source, declares)
        return read

    def _read(self, correction: Row, original: Row) -> tuple[Read, str | None]:
        """What a correction's data is as data of the original's kind, and the JSON of what it declares."""
        source = self._feeds[original.source].name
        kind = original.kind or ""
        if kind not in TABLE or original.target is not None or kind.startswith("message-"):
            return Refusal("content", "data.corrects.id", "it names a message that is of no kind that can be corrected; send it anew"), None
        if not self._may_send(source, kind, correction.position):
            return Refusal("role", "data.corrects.id", f"its sender may not send {kind}, so it may not correct one either"), None
        procedures = self._rosters.procedures.at(correction.position)
        new = self._new_data(correction)
        data = judge_inner(kind, new, procedures, source=source, id=original.id or "", sequence=original.sequence or 0)
        if isinstance(data, Refusal):
            return data, None
        declares = msgspec.json.encode(data).decode() if kind in DECLARING else None
        return self.preparer.pack_data(kind, data, source, original.id or ""), declares

    def _may_send(self, source: str, kind: str, position: int) -> bool:
        """Whether a correction at a position may bring data of a kind: by the roles there, whenever what it corrects comes."""
        named = SOURCE.fullmatch(source)
        roles = None if named is None else self._rosters.partners.at(position).roles(named["oin"])
        return bool(roles and roles & roles_of(kind))

    def _new_data(self, correction: Row) -> Any:
        """The data that a correction brings: at hand while it is new, opened again when what it names comes later."""
        at_hand = self._corrections.get(correction.position)
        if at_hand is not None:
            return msgspec.json.decode(at_hand)
        return msgspec.json.decode(self._opened(correction.position).payload)["data"]["data"]

    def _opened(self, position: int) -> Opened:
        return open_entry(self._keys, self._journal.entries_at([position])[position])


def _position(row: Row) -> int:
    return row.position
