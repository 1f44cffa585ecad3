"""The acts of the record of an incident: entries put down, corrected and taken out of a file, and what was considered in a decision."""

from typing import Any

from msgspec import Struct

from hervat.assemble import Node
from hervat.considered import Considered
from hervat.doors.acts.line import Said
from hervat.oversight.entries import Position, Tie, TimelineEntry
from hervat.recording import Recording


class TimelineAddition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="timeline add"):
    """Put an entry on record."""

    entry: TimelineEntry
    by: Said

    def done(self, node: Node) -> dict[str, Any]:
        return Recording(node).add(self.entry, by=self.by)


class TimelineCorrection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="timeline correct"):
    """Put an entry in the place of another; that one stays, shown as corrected."""

    corrects: Position
    entry: TimelineEntry
    by: Said
    why: Said

    def done(self, node: Node) -> dict[str, Any]:
        return Recording(node).correct(self.corrects, self.entry, by=self.by, why=self.why)


class TimelineImport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="timeline import"):
    """Put all entries of a file on record, those that are not yet."""

    entries: tuple[TimelineEntry, ...]
    ties: tuple[Tie, ...] = ()
    by: Said

    def done(self, node: Node) -> dict[str, Any]:
        return Recording(node).take_in(self.entries, by=self.by, ties=self.ties)


class Consideration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="timeline consider"):
    """Put on record what was known and weighed in a decision."""

    about: Position
    considered: Considered
    by: Said

    def done(self, node: Node) -> dict[str, Any]:
        return Recording(node).consider(self.about, self.considered, by=self.by)


RecordingAct = TimelineAddition | TimelineCorrection | TimelineImport | Consideration
