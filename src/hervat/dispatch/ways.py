"""Ways: which feed goes to whom, and how; and which links are cut. Acts of an operator; the latest about the same counts.

- A feed of our own is *pushed* to a partner, or *fetched* by it. A feed of a partner is *fetched by us* where somebody says so (`fetch`).
- A whole feed goes a way, with all its numbers: who may not see all of it gets a feed of its own.
- A link that is cut carries nothing, in either direction, and its attempts do not count; nothing on it becomes terminal.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec
from msgspec import Struct

from hervat.errors import Usage
from hervat.journal.acts import acts_of
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store
from hervat.message import SOURCE, Text
from hervat.partner import Oin

WAY_OPENED, WAY_CLOSED, LINK_CUT, LINK_RESTORED = "way-opened", "way-closed", "link-cut", "link-restored"
How = Literal["push", "fetched", "fetch"]


class WayOpened(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=WAY_OPENED):
    """Who let a feed go to or from a partner, how, and why."""

    source: Text
    partner: Oin
    how: How
    by: str
    why: str


class WayClosed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=WAY_CLOSED):
    """Who ended that, and why."""

    source: Text
    partner: Oin
    by: str
    why: str


class LinkCut(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=LINK_CUT):
    """Who cut the link with a partner, and why."""

    partner: Oin
    by: str
    why: str


class LinkRestored(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=LINK_RESTORED):
    """Who let the link with a partner carry again, and why."""

    partner: Oin
    by: str
    why: str


WayAct = WayOpened | WayClosed | LinkCut | LinkRestored
WAY_ACTS = (WAY_OPENED, WAY_CLOSED, LINK_CUT, LINK_RESTORED)
_read = msgspec.json.Decoder(WayAct).decode


class Way(Struct, frozen=True, kw_only=True):
    """A feed that goes to or comes from a partner; `since` is the position of the act that said so."""

    source: str
    partner: str
    how: How
    since: int


class Ways:
    """The ways and links as the acts up to a position leave them."""

    def __init__(self, acts: Iterable[tuple[int, WayAct]]) -> None:
        self._ways: dict[tuple[str, str], Way] = {}
        self._cut: dict[str, int] = {}
        for position, act in acts:
            match act:
                case WayOpened():
                    self._ways[act.source, act.partner] = Way(source=act.source, partner=act.partner, how=act.how, since=position)
                case WayClosed():
                    self._ways.pop((act.source, act.partner), None)
                case LinkCut():
                    self._cut[act.partner] = position
                case LinkRestored():
                    self._cut.pop(act.partner, None)

    @classmethod
    def of(cls, journal: Store, keys: NodeKeys, last: int) -> "Ways":
        """Those of a journal up to a position."""
        return cls(acts_of(journal, keys, WAY_ACTS, _read, "act about ways", last))

    def __iter__(self):  # type: ignore[no-untyped-def]
        """Every way, by partner and source."""
        return iter(sorted(self._ways.values(), key=lambda way: (way.partner, way.source)))

    def get(self, source: str, partner: str) -> Way | None:
        """The way of a feed to or from a partner; None where there is none."""
        return self._ways.get((source, partner))

    def cut_since(self, partner: str) -> int | None:
        """The position of the act that cut the link with a partner; None where it carries."""
        return self._cut.get(partner)

    def ensure_fits(self, act: WayAct, own: str) -> None:
        """Raises Usage for an act that changes nothing or cannot be; `own` is the OIN of this organisation."""
        match act:
            case WayOpened():
                _ensure_source(act, own)
                known = self.get(act.source, act.partner)
                if known is not None and known.how == act.how:
                    raise Usage(f"that way is open since position {known.since}; hervat way list shows all of them")
            case WayClosed() if self.get(act.source, act.partner) is None:
                raise Usage(f"there is no way for {act.source} with {act.partner}; hervat way list shows those there are")
            case LinkCut() if act.partner in self._cut:
                raise Usage(f"the link with {act.partner} is cut since position {self._cut[act.partner]}")
            case LinkRestored() if act.partner not in self._cut:
                raise Usage(f"the link with {act.partner} is not cut")


def _ensure_source(act: WayOpened, own: str) -> None:
    named = SOURCE.fullmatch(act.source)
    if named is None:
        raise Usage(f"{act.source!r} is no source; give it as urn:nld:oin:<20 characters>:systeem:<name>")
    if act.partner == own:
        raise Usage(f"{own} is this organisation itself; a way goes to another")
    owner = act.partner if act.how == "fetch" else own
    if named["oin"] != owner:
        whose = "of the partner" if act.how == "fetch" else f"of this organisation ({own})"
        raise Usage(f"{act.source} is not a feed {whose}; a way that is {act.how} is for one of those")
