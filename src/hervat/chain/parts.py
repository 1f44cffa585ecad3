"""What a map of a chain is made of: partners, crews, systems, checks, streams, processes, emergency procedures, and edges of four kinds.

- Durations are hours: a number, or `[low, likely, high]` where nobody knows it better. Harm is a weight a day, of no other unit.
- Everything says on what it rests (`basis`): `published`, `likely` (from knowledge of the systems) or `invented`. Invented is never
  shown as known.
- An edge says that `of` is not without `on`, and how:
    - `needs`: cannot run without. `without` says what becomes of it then: it `stops`, it goes on `stale`, or it is `frozen`: it
      persists, and cannot change state. `tolerance` is for how long it goes on as if nothing were wrong.
    - `after`: order only, when both come back.
    - `data`: a stream may carry only when what it builds on was carried by another. Derived from needs and gives (`edges.py`), or said
      by hand.
    - `trust`: not before a check is done: credentials rotated, servers found clean.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from hervat.message import END, Text
from hervat.partner import Oin

Id = Annotated[str, Meta(pattern=rf"^[a-z0-9][a-z0-9-]{{0,63}}{END}")]
NotLess = Annotated[float, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Hours = float | tuple[float, float, float]
"""No constraint stands on these floats: msgspec 0.22 loses the length of a tuple in a union with a constrained float. `reading` looks at
it.
"""
Basis = Literal["published", "likely", "invented", "derived"]
EdgeKind = Literal["needs", "after", "data", "trust"]
Without = Literal["stops", "stale", "frozen"]
GateName = Literal["loaded", "reconciled", "clean", "approved", "soaked", "rehearsed", "no-held"]


class Estimate(Struct, frozen=True):
    """How long something takes, in hours: at best, likely, at worst."""

    low: float
    likely: float
    high: float


def estimate(hours: Hours) -> Estimate:
    """Hours as they stand in a map; a single number is as certain as it looks."""
    return Estimate(*hours) if isinstance(hours, tuple) else Estimate(hours, hours, hours)


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """What every part says: what it is called, on what that rests, and where that stands."""

    id: Id
    name: Text
    basis: Basis = "invented"
    source: Text | None = None
    note: Text | None = None


class ChainPartner(Part, frozen=True, kw_only=True):
    """An organisation; `oin` where it has a node."""

    oin: Oin | None = None


class Crew(Part, frozen=True, kw_only=True):
    """Those who can do `size` things at once."""

    partner: Id
    size: Annotated[int, Meta(ge=1, le=1000)] = 1


class System(Part, frozen=True, kw_only=True):
    """What an organisation runs; `restore` is how long its crew is about bringing it back."""

    partner: Id
    crew: Id
    restore: Hours


class Check(Part, frozen=True, kw_only=True):
    """What must be found sound before others trust it: credentials, servers."""

    partner: Id
    crew: Id
    takes: Hours


class ApproverAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which role of which organisation somebody approves that a link opens."""

    partner: Id
    role: Text


class Stream(Part, frozen=True, kw_only=True):
    """Messages of some kinds from one system to another. `feed` is the source of the contract, where it has one.

    `backlog` waits already when the link stops, `arriving` comes a day, `pace` is what can be taken a day; `open` is what the crew is
    about. `gates` must be passed before it is live, `soak` hours after it was let through.
    """

    from_: Id
    to: Id
    kinds: tuple[str, ...]
    crew: Id
    open: Hours
    feed: Text | None = None
    backlog: NotLess = 0
    arriving: NotLess = 0
    pace: NotLess = 0
    gates: tuple[GateName, ...] = ("loaded", "reconciled", "clean", "approved", "soaked", "rehearsed", "no-held")
    approvers: tuple[ApproverAsked, ...] = ()
    soak: NotLess = 24


class Process(Part, frozen=True, kw_only=True):
    """What people get of the chain. After `tolerance` hours without what it needs it does harm, `harm` a day, to `to`; `law` names a
    clock of law.
    """

    partner: Id
    tolerance: NotLess
    harm: NotLess
    to: Text
    law: Text | None = None
    volume: NotLess = 0


class Procedure(Part, frozen=True, kw_only=True):
    """An emergency procedure: from `from` hours after the cut it carries a share of a process, or `capacity` a day, and errs in a share
    of that.
    """

    process: Id
    from_: NotLess
    carries: Share
    errors: Share = 0
    capacity: NotLess | None = None


class Edge(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`of` is not without `on`; who says so, and how sure that is."""

    kind: EdgeKind
    of: Id
    on: Id
    without: Without = "stops"
    tolerance: NotLess = 0
    owner: Text | None = None
    source: Text | None = None
    confidence: Basis = "invented"
    note: Text | None = None


class Published(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was published of the order in which parts came back. Nothing is planned from it; a plan is compared with it."""

    on: date
    of: tuple[Id, ...]
    what: Text
    source: Text


class Cut(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is cut off, since when, and when the work of coming back begins."""

    at: datetime
    restart: datetime
    systems: tuple[Id, ...]


class ChainMap(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A chain as its file has it. `reading.read_chain` makes a sound one; `edges.all_edges` adds what is derived."""

    name: Text
    note: Text | None = None
    cut: Cut | None = None
    partner: tuple[ChainPartner, ...]
    crew: tuple[Crew, ...] = ()
    system: tuple[System, ...]
    check: tuple[Check, ...] = ()
    stream: tuple[Stream, ...] = ()
    process: tuple[Process, ...] = ()
    procedure: tuple[Procedure, ...] = ()
    edge: tuple[Edge, ...] = ()
    published: tuple[Published, ...] = ()

    def parts(self) -> tuple[Part, ...]:
        """Every part that has an id, in the order of the file's sorts."""
        return (*self.partner, *self.crew, *self.system, *self.check, *self.stream, *self.process, *self.procedure)
