"""The acts of the backlog desk: counting what lies on paper, keying it, drawing a sample of what was keyed and checking that."""

from datetime import date
from typing import Annotated, Any

from msgspec import Meta, Struct

from hervat.assemble import Node
from hervat.backlogging import Backlog, Typed
from hervat.clock import parse_rfc3339
from hervat.doors.acts.line import Said
from hervat.kinds import StockDeclared

Moment = str
"""RFC 3339: when somebody asked for it."""
_Size = Annotated[int, Meta(ge=1)]


class StockCount(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="backlog declare"):
    """Say how much of what lies on paper."""

    source: Said
    kinds: tuple[Said, ...]
    from_: date
    until: date
    count: Annotated[int, Meta(ge=0)]
    oldest_on: date | None = None
    counted_on: date
    by: Said
    at: Moment

    def done(self, node: Node) -> dict[str, Any]:
        stock = StockDeclared(
            kinds=self.kinds,
            from_=self.from_,
            until=self.until,
            count=self.count,
            oldest_on=self.oldest_on,
            counted_on=self.counted_on,
        )
        return Backlog(node).declare(self.source, stock, by=self.by, at=parse_rfc3339(self.at))


class PaperEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="backlog enter"):
    """Key a paper."""

    source: Said
    paper: Said
    kind: Said
    data: str
    by: Said
    at: Moment

    def done(self, node: Node) -> dict[str, Any]:
        typed = Typed(self.source, self.paper, self.kind, self.data)
        return Backlog(node).enter(typed, by=self.by, at=parse_rfc3339(self.at))


class PaperSample(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="backlog sample"):
    """Draw papers of what was entered, to be keyed again beside the paper."""

    source: Said
    size: _Size
    seed: int
    by: Said
    at: Moment

    def done(self, node: Node) -> dict[str, Any]:
        return Backlog(node).sample(self.source, self.size, self.seed, by=self.by, at=parse_rfc3339(self.at))


class PaperCheck(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag="backlog check"):
    """Key a paper of a sample again, and lay that beside what was entered."""

    source: Said
    paper: Said
    kind: Said
    data: str
    by: Said
    at: Moment

    def done(self, node: Node) -> dict[str, Any]:
        typed = Typed(self.source, self.paper, self.kind, self.data)
        return Backlog(node).check(typed, by=self.by, at=parse_rfc3339(self.at))
