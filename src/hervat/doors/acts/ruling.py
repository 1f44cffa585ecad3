"""The acts on interim rules, as they are asked for."""

from datetime import date
from typing import Annotated, Any

from msgspec import Meta, Struct

from hervat.assemble import Node
from hervat.consumers.ruling import Ruling
from hervat.interim import InterimRule

Said = Annotated[str, Meta(pattern=r"\S")]


class InterimOpening(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="interim open"):
    """Open an interim rule."""

    rule: InterimRule
    by: Said
    why: Said

    def done(self, node: Node) -> dict[str, Any]:
        return Ruling(node.store, node.keys, node.decide).open(self.rule, by=self.by, why=self.why)


class InterimClosing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="interim close"):
    """Give an interim rule its last day."""

    name: str
    until: date
    by: Said
    why: Said

    def done(self, node: Node) -> dict[str, Any]:
        return Ruling(node.store, node.keys, node.decide).close(self.name, self.until, by=self.by, why=self.why)
