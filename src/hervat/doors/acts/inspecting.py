"""The act of inspection: the person concerned is shown what is recorded."""

from datetime import date
from typing import Any

from msgspec import Struct

from hervat.assemble import Node
from hervat.inspecting import Inspecting


class SubjectInspection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="subject report"):
    """Show what is recorded about a person."""

    skn: str
    on: date
    by: str | None = None

    def done(self, node: Node) -> dict[str, Any]:
        return Inspecting(node).inspect(self.skn, self.on, by=self.by)
