"""The acts of whoever runs a node: who sends what, up to where it is applied, what is erased, and which emergency procedures are open."""

from datetime import date
from typing import Annotated, Any

from msgspec import Meta, Struct

from hervat.assemble import Node
from hervat.clock import parse_rfc3339
from hervat.doors.acts.line import Said
from hervat.emergency import Emergency
from hervat.intake.ceilings import Ceiling
from hervat.intake.partnering import Wish
from hervat.procedure import EmergencyProcedure

_Whole = Annotated[int, Meta(ge=0)]


class PartnerChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="partner set"):
    """Change what is known of an organisation."""

    oin: str
    wish: Wish
    by: Said
    why: Said

    def done(self, node: Node) -> dict[str, Any]:
        return node.set_partner(self.oin, self.wish, by=self.by, why=self.why)


class PartnerRemoval(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="partner remove"):
    """Know an organisation no more."""

    oin: str
    by: Said
    why: Said

    def done(self, node: Node) -> dict[str, Any]:
        return node.remove_partner(self.oin, by=self.by, why=self.why)


class CeilingChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="ceiling"):
    """Set the ceiling of a source: up to a number, up to a moment, or nothing more; with none of the three it is open."""

    source: str
    sequence: _Whole | None = None
    time: str | None = None
    hold: bool = False
    by: Said
    why: Said

    def __post_init__(self) -> None:
        """Raises ValueError for more than one of the three, and for what is no moment."""
        if (self.sequence is not None) + (self.time is not None) + self.hold > 1:
            raise ValueError("a ceiling is a number, a moment, or nothing more")
        if self.time is not None:
            parse_rfc3339(self.time)

    def done(self, node: Node) -> dict[str, Any]:
        moment = None if self.time is None else parse_rfc3339(self.time)
        ceiling = Ceiling(sequence=self.sequence, time=moment, hold=self.hold)
        return node.ceiling(self.source, ceiling, by=self.by, why=self.why)


class MessageErasure(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="erase message"):
    """Erase a message, or a part of it."""

    position: int
    part: str | None = None
    by: Said
    ground: Said

    def done(self, node: Node) -> dict[str, Any]:
        return node.erase_message(self.position, self.part, by=self.by, ground=self.ground)


class PersonErasure(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="erase person"):
    """Erase all that is bound to a person."""

    skn: str
    by: Said
    ground: Said

    def done(self, node: Node) -> dict[str, Any]:
        return node.erase_person(self.skn, by=self.by, ground=self.ground)


class Scrub(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="erase pending"):
    """Take out of the files what was erased and still lies in them."""

    def done(self, node: Node) -> dict[str, Any]:
        return node.scrub()


class ProcedureOpening(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="procedure open"):
    """Open an emergency procedure."""

    procedure: EmergencyProcedure
    by: Said
    why: Said

    def done(self, node: Node) -> dict[str, Any]:
        return Emergency(node).open(self.procedure, by=self.by, why=self.why)


class ProcedureClosing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="procedure close"):
    """Give an emergency procedure its last day."""

    name: str
    until: date
    by: Said
    why: Said

    def done(self, node: Node) -> dict[str, Any]:
        return Emergency(node).close(self.name, self.until, by=self.by, why=self.why)
