"""The acts of disclosure: a request answered, what reads differently by now told, and such a difference closed."""

from datetime import date
from typing import Any

from msgspec import Struct

from hervat.assemble import Node
from hervat.consumers.disclosure.given import Seen
from hervat.consumers.disclosure.handed import for_the_operator, handed_out
from hervat.consumers.disclosure.requested import Supplied
from hervat.disclosing import Disclosing
from hervat.doors.acts.days import ensure_come
from hervat.doors.acts.line import Said


class DisclosureGiving(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="disclose"):
    """Answer a request for disclosure, by its own id or that of its message; as it was looked at, where that is said."""

    request: str
    source: str | None = None
    supplied: Supplied
    on: date
    by: Said
    seen: Seen | None = None

    def done(self, node: Node) -> dict[str, Any]:
        ensure_come(node, self.on)
        disclosing = Disclosing(node)
        row = disclosing.request(self.request, self.source)
        found, position, since = disclosing.give(row.position, self.supplied, self.on, by=self.by, seen=self.seen)
        return {"act": position, "before": since, "disclosure": handed_out(found), "operator": for_the_operator(found)}


class DisclosureStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="disclosure again"):
    """Tell what was handed out and reads differently by now."""

    on: date

    def done(self, node: Node) -> dict[str, Any]:
        ensure_come(node, self.on)
        return Disclosing(node).desk().step(self.on)


class DisclosureClosing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="disclosure close"):
    """Close the difference in a request, as it was `told_at` a position, where that is said."""

    request: str
    source: str | None = None
    by: Said
    ground: Said
    told_at: int | None = None

    def done(self, node: Node) -> dict[str, Any]:
        disclosing = Disclosing(node)
        row = disclosing.request(self.request, self.source)
        return disclosing.desk().close(row.position, by=self.by, ground=self.ground, told_at=self.told_at)
