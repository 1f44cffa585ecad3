"""The acts of retention that an operator asks for."""

from datetime import date
from typing import Any

from msgspec import Struct

from hervat.assemble import Node
from hervat.doors.acts.line import Said
from hervat.retaining import desk_of


class ForecastRecord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="retention forecast"):
    """Put in the journal what will come due, for runs to be laid beside."""

    on: date
    by: Said
    ground: Said

    def done(self, node: Node) -> dict[str, Any]:
        return desk_of(node).record_forecast(self.on, by=self.by, ground=self.ground)


class RetentionRun(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="retention run"):
    """Hide what is due, and remove what was hidden for long enough; only what was looked at, where the plan of a dry run is named."""

    on: date
    by: Said
    ground: Said
    seen: str | None = None

    def done(self, node: Node) -> dict[str, Any]:
        return desk_of(node).run(self.on, by=self.by, ground=self.ground, dry=False, seen=self.seen)
