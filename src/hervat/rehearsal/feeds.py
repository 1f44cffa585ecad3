"""The partners' feeds, and in which order their links return.

- One feed is one source with one sequence. Organisations are the test organisations of the contract (OIN 00000099...).
- Only two feeds stood still: OM's, whose link was cut, and the courts', whose registries work in systems on OM's side.
  The others flowed on and overtook.
- The order of return is data: a feed returns after those whose keys its messages need.
"""

from typing import Final, NamedTuple

from hervat.rehearsal.days import COMPLETE, CUT, LAST, RESTART


class Feed(NamedTuple):
    """One feed: its short name (also the beginning of its ids), its source, and every how many days it says how far
    it is complete."""

    name: str
    source: str
    watermark_every: int


def _feed(name: str, number: int, watermark_every: int = 7) -> Feed:
    return Feed(name, f"urn:nld:oin:00000099{number:09}000:systeem:{name}", watermark_every)


SKDB: Final = _feed("skdb", 1, 1)
GPS: Final = _feed("gps", 2, 1)
GRIP: Final = _feed("grip", 3, 1)
EXECUTE: Final = _feed("execute", 4, 1)
GRATIE: Final = _feed("gratie", 5)
BVH: Final = _feed("bvh", 6)
PRK: Final = _feed("prk", 7)
VOG: Final = _feed("vog", 8)
INDIGO: Final = _feed("indigo", 9)
ECRIS: Final = _feed("ecris", 10)
TAXI: Final = _feed("taxi", 11)
IRIS: Final = _feed("iris", 12)
SLACH: Final = _feed("slach", 13)
TULP: Final = _feed("tulp", 15, 1)

FEEDS: Final = (SKDB, GPS, GRIP, EXECUTE, TULP, GRATIE, BVH, PRK, TAXI, ECRIS, VOG, INDIGO, IRIS, SLACH)


class Opening(NamedTuple):
    """When a link stood still, opened, and had sent all that waited (numbers of days, at eight in the morning)."""

    feed: Feed
    closed: int
    opens: int
    drained: int


RETURN_ORDER: Final = tuple(feed.source for feed in FEEDS)
IN_ORDER: Final = (Opening(GPS, CUT, RESTART, LAST), Opening(GRIP, RESTART, COMPLETE, COMPLETE + 3))
WRONG_ORDER: Final = (Opening(GRIP, RESTART, RESTART, RESTART), Opening(GPS, CUT, COMPLETE, LAST + COMPLETE - RESTART))
RECONNECTED: Final = (Opening(GPS, CUT, RESTART, RESTART + 1),)
"""The one link that is not there: every other is open, and the register holds what its own gates do not let through."""
