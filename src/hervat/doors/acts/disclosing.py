"""The acts of disclosure: a request answered."""

from datetime import date
from typing import Annotated, Any

from msgspec import Meta, Struct

from hervat.assemble import Node
from hervat.consumers.disclosure.handed import for_the_operator, handed_out
from hervat.consumers.disclosure.requested import Supplied
from hervat.disclosing import Disclosing

_Said = Annotated[str, Meta(pattern=r"\S")]


class DisclosureGiving(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="disclose"):
    """Answer a request for disclosure, by its own id or that of its message."""

    request: str
    source: str | None = None
    supplied: Supplied
    on: date
    by: _Said

    def done(self, node: Node) -> dict[str, Any]:
        disclosing = Disclosing(node)
        row = disclosing.request(self.request, self.source)
        found, position, since = disclosing.give(row.position, self.supplied, self.on, by=self.by)
        return {"act": position, "before": since, "disclosure": handed_out(found), "operator": for_the_operator(found)}
