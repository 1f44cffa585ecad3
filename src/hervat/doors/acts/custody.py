"""The act of custody: what somebody found by hand."""

from datetime import date
from typing import Any

from msgspec import Struct

from hervat.assemble import Node
from hervat.consumers.custody.checked import CheckedAct, Found
from hervat.detaining import Detaining
from hervat.doors.acts.line import Said


class CustodyCheck(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="custody check"):
    """Put down what was found about a custody of which the messages do not tell enough."""

    message: int
    found: Found
    day: date | None = None
    title: Said | None = None
    on: date
    source: Said
    by: Said
    why: Said

    def done(self, node: Node) -> dict[str, Any]:
        act = CheckedAct(
            message=self.message,
            found=self.found,
            day=self.day,
            title=self.title,
            on=self.on,
            source=self.source,
            by=self.by,
            why=self.why,
        )
        return Detaining(node).check(act)
