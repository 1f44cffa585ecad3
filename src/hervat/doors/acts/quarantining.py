"""The acts of quarantine that an operator asks for."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from hervat.assemble import Node
from hervat.doors.acts.line import Said
from hervat.quarantining import Quarantine

_Position = Annotated[int, Meta(ge=1)]


class QuarantineOpening(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="quarantine open"):
    """Quarantine what comes from an organisation from now on."""

    oin: str
    by: Said
    why: Said

    def done(self, node: Node) -> dict[str, Any]:
        return Quarantine(node).open(self.oin, by=self.by, why=self.why)


class QuarantineRelease(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="quarantine release"):
    """Let through what is quarantined of an organisation up to a position, but for some positions."""

    oin: str
    through: _Position
    but: tuple[_Position, ...] = ()
    by: Said
    second: Said
    ground: Said

    def done(self, node: Node) -> dict[str, Any]:
        return Quarantine(node).release(self.oin, self.through, self.but, by=self.by, second=self.second, ground=self.ground)


class QuarantineClosing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="quarantine close"):
    """Quarantine no more what comes from an organisation."""

    oin: str
    by: Said
    second: Said
    why: Said

    def done(self, node: Node) -> dict[str, Any]:
        return Quarantine(node).close(self.oin, by=self.by, second=self.second, why=self.why)
