"""The acts of the person concerned: shown what is recorded, and asking that it is corrected."""

from datetime import date
from typing import Any

from msgspec import Struct

from hervat.assemble import Node
from hervat.consumers.subject.correcting import Correcting, How
from hervat.doors.acts.days import ensure_come
from hervat.doors.acts.line import Said
from hervat.inspecting import Inspecting


class SubjectInspection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="subject report"):
    """Show what is recorded about a person."""

    skn: str
    on: date
    by: str | None = None

    def done(self, node: Node) -> dict[str, Any]:
        ensure_come(node, self.on)
        return Inspecting(node).inspect(self.skn, self.on, by=self.by)


class CorrectionAsking(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="subject correction ask"):
    """Take in that somebody asks for a correction."""

    message: int
    charge: int | None = None
    wrong: Said
    on: date
    by: Said

    def done(self, node: Node) -> dict[str, Any]:
        ensure_come(node, self.on)
        return Correcting(node.store, node.keys, node.decide).ask(self.message, self.charge, self.wrong, self.on, by=self.by)


class CorrectionEnding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="subject correction end"):
    """Answer that somebody asked for a correction."""

    asked: int
    how: How
    message: int | None = None
    on: date
    by: Said
    ground: Said

    def done(self, node: Node) -> dict[str, Any]:
        ensure_come(node, self.on)
        correcting = Correcting(node.store, node.keys, node.decide)
        return correcting.end(self.asked, self.how, self.message, self.on, by=self.by, ground=self.ground)
