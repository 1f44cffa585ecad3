"""The record of an incident at a node: entries of the timeline put down and corrected, a file of them taken in whole, and all of it
shown.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from hervat.assemble import Node
from hervat.clock import parse_rfc3339
from hervat.considered import Considered
from hervat.errors import NotSo, Usage
from hervat.intake.inbox import Inbox
from hervat.oversight.entries import (
    CONSIDERED,
    TIMELINE_ADDED,
    TIMELINE_CORRECTED,
    Added,
    ConsideredAct,
    Corrected,
    Tie,
    TimelineEntry,
    ensure_readable,
)
from hervat.oversight.taking import Taken, Taking
from hervat.oversight.timeline import OnRecord, as_json, decisions_at, entries_at, in_time, known_to


class Recording:
    """The timeline of a node."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._store, self._keys = node.store, node.keys

    def add(self, entry: TimelineEntry, *, by: str) -> dict[str, Any]:
        """Put an entry on record; returns its position. Raises Usage where it names an entry that there is not."""
        self._ensure_there(entry)
        act = Added(entry=entry, by=by)
        ensure_readable(act)
        return {"position": self._node.decide(TIMELINE_ADDED, act)}

    def correct(self, position: int, entry: TimelineEntry, *, by: str, why: str) -> dict[str, Any]:
        """Put an entry in the place of another; returns its position. Raises NotSo for one that is not there or was corrected already."""
        self._ensure_there(entry)
        found = {one.position: one for one in entries_at(self._store, self._keys, self._node.position)}.get(position)
        if found is None:
            raise NotSo(f"no entry of the timeline is at position {position}; hervat timeline show has those there are")
        if not found.stands:
            raise NotSo(f"the entry at position {position} was corrected at position {found.corrected_by}; correct that one")
        act = Corrected(corrects=position, entry=entry, by=by, why=why)
        ensure_readable(act)
        return {"position": self._node.decide(TIMELINE_CORRECTED, act), "corrects": position}

    def take_in(self, entries: Sequence[TimelineEntry], *, by: str, ties: Sequence[Tie] = ()) -> dict[str, Any]:
        """Put all entries of a file on record, those that are not yet, and what the file says of two of them, in one transaction; returns
        how many, and where. Raises NotSo where something of it was corrected otherwise, Usage for what could not be read back.
        """
        if any(tie.earlier >= tie.later or tie.later >= len(entries) for tie in ties):
            raise Usage("what is said of two entries names one that is not there, or one that comes later")
        recorded, taken = self.entries(), Taken([], [])

        def put(inbox: Inbox) -> int:
            # All of it is settled together: the file is taken in whole or not at all.
            Taking(recorded, by, lambda kind, act: inbox.decide(kind, act, settle=False), taken).file(entries, ties)
            self._store.settle()
            return self._node.position

        self._node.admit(put)
        added = len(taken.added)
        return {"added": added, "known": len(entries) - added, "tied": len(taken.tied), "positions": taken.added}

    def consider(self, about: int, considered: Considered, *, by: str) -> dict[str, Any]:
        """Put on record what was known and weighed in a decision; returns the act's position. Raises NotSo where no decision is there."""
        if about not in {one.position for one in decisions_at(self._store, self._keys, self._node.position)}:
            raise NotSo(f"no decision is at position {about}; hervat timeline show has those there are")
        act = ConsideredAct(about=about, considered=considered, by=by)
        ensure_readable(act)
        return {"position": self._node.decide(CONSIDERED, act), "about": about}

    def show(self, position: int | None = None, known_by: str | None = None, moment: datetime | None = None) -> dict[str, Any]:
        """What was on record at a position, by when it happened; of one party, what it is said to have known at a moment, or when the
        last of that was recorded. Raises Usage for a position beyond the journal.
        """
        head = self._node.position
        if position is not None and position > head:
            raise Usage(f"--position {position}: the journal has {head} entries")
        at = head if position is None else position
        entries = entries_at(self._store, self._keys, at)
        told: dict[str, Any] = {"position": at, "known_by": known_by}
        if known_by is not None:
            entries = list(known_to(entries, known_by, moment or self._moment(entries)))
        decisions = [] if known_by is not None else decisions_at(self._store, self._keys, at)
        return told | {
            "entries": [as_json(one) for one in in_time(entries)],
            "decisions": [msgspec.to_builtins(one) for one in decisions],
            "corrected": sum(not one.stands for one in entries),
        }

    def entries(self) -> list[OnRecord]:
        """Every entry, as recorded."""
        return entries_at(self._store, self._keys, self._node.position)

    def _moment(self, entries: Sequence[OnRecord]) -> datetime:
        """When the last of some entries was recorded."""
        return max((parse_rfc3339(one.recorded_at) for one in entries), default=datetime.min.replace(tzinfo=UTC))

    def _ensure_there(self, entry: TimelineEntry) -> None:
        if entry.same_act is not None and entry.same_act not in {one.position for one in self.entries()}:
            raise Usage(f"--same-act {entry.same_act}: no entry is at that position; hervat timeline show has those there are")
