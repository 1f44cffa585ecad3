"""What a cut does: which part stops, goes stale or is frozen at which hour, over which way, and when it is whole again.

- Hours are hours after the cut. A part has at most one spell of each depth, from its first loss to its last return.
- Three depths, each of which includes those above it: `stale` (it goes on with what it has), `frozen` (it persists and cannot change
  state), `stops`. A `needs` edge passes what its supplier has, to the depth of its own `without` at most, and after its tolerance; a
  supplier that is back before the tolerance is over passes nothing. A `data` edge passes stale alone: what a stream carries is held.
- What was cut comes back `begins` hours after the cut at the earliest; then all come back as early as edges allow, each in its own time:
  as if every crew had hands enough. A plan says from which hour on a crew is about each part (`starts`), and nothing comes back earlier for
  that. So without a plan the harm is the least that this cut can do, and both are one reckoning.
- A stream that stopped opens when both its systems are back and what it builds on was carried. It is live when what waited is carried and
  it was watched for its soak: B/(mu - lambda), with B its backlog and all that arrived since, mu its pace and lambda what arrives. A stream
  that only held what it brought drains in the same way from when that is taken; nobody opens it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import inf
from typing import Final, NamedTuple

from hervat.chain.parts import ChainMap, Edge, Estimate, Hours, Stream, Without, estimate
from hervat.errors import Usage

DEPTHS: Final[tuple[Without, ...]] = ("stale", "frozen", "stops")
STALE: Final = 0
FROZEN: Final = 1
STOPS: Final = 2
_DAY = 24.0


class Spell(NamedTuple):
    """From which hour until which; `by` is the edge over which it came first, None for what was cut itself."""

    lost: float
    whole: float
    by: Edge | None


class Flow(NamedTuple):
    """A stream that did not carry, or carried what was held: since when, when it opened, and from when what it brings is taken.

    `before` is what waited already when it stopped.
    """

    lost: float
    opened: float
    taken: float
    drained: float
    before: float = 0.0


class Hit(NamedTuple):
    """What became of one part: a spell of each depth, None where it was not that deep; `flow` for a stream with a backlog."""

    spells: tuple[Spell, Spell | None, Spell | None]
    flow: Flow | None = None

    @property
    def lost(self) -> float:
        """The first hour at which it was not whole."""
        return self.spells[STALE].lost

    @property
    def whole(self) -> float:
        """The hour at which it is whole again."""
        return self.spells[STALE].whole

    @property
    def depth(self) -> Without:
        """The worst of it."""
        return DEPTHS[max(depth for depth, spell in enumerate(self.spells) if spell is not None)]


class Case(NamedTuple):
    """What is cut (systems or streams), and how many hours pass before the work of coming back begins."""

    cut: frozenset[str]
    begins: float


Times = Mapping[str, float]
"""How many hours each system, check and stream takes to come back, by its id."""
Starts = Mapping[str, float]
"""From which hour after the cut a crew is about each system, check and stream, by its id: what a plan says."""


class _Asked(NamedTuple):
    case: Case
    times: Times
    without: Collection[Edge]
    starts: Starts


NO_STARTS: Final[Starts] = {}


def estimates_of(chain: ChainMap) -> dict[str, Estimate]:
    """How long each part takes to come back, by its id, in the order of the file."""
    hours: dict[str, Hours] = {one.id: one.restore for one in chain.system}
    hours |= {one.id: one.takes for one in chain.check} | {one.id: one.open for one in chain.stream}
    return {id: estimate(one) for id, one in hours.items()}


def likely_times(chain: ChainMap) -> Times:
    """The likely figure of every estimate."""
    return {id: one.likely for id, one in estimates_of(chain).items()}


class Network:
    """The parts of a map that can be hit, in an order in which what they need stands before them. Made once, asked often."""

    def __init__(self, chain: ChainMap, edges: Sequence[Edge]) -> None:
        self.chain, self.edges = chain, edges
        self.streams: dict[str, Stream] = {one.id: one for one in chain.stream}
        for stream in chain.stream:
            if stream.arriving > 0 and stream.pace <= stream.arriving:
                raise Usage(
                    f"stream {stream.id}: at a pace of {stream.pace:g} a day, with {stream.arriving:g} arriving, what waits never drains; "
                    "give it a pace above what arrives"
                )
        self.order = _ordered([one.id for one in (*chain.system, *chain.stream, *chain.process)], edges)
        self._into: dict[str, list[Edge]] = {}
        for edge in edges:
            self._into.setdefault(edge.of, []).append(edge)

    def into(self, id: str, without: Collection[Edge] = ()) -> list[Edge]:
        """What a part is not without, the edges of `without` left out."""
        return [edge for edge in self._into.get(id, ()) if not without or edge not in without]

    def hits(self, case: Case, times: Times, without: Collection[Edge] = (), starts: Starts = NO_STARTS) -> dict[str, Hit]:
        """Every part that is hit, suppliers first; `without` leaves edges out, to see what they cost; `starts` is what a plan says."""
        found: dict[str, Hit] = {}
        asked = _Asked(case, times, without, starts)
        for id in self.order:
            hit = _hit(id, self, found, asked)
            if hit is not None:
                found[id] = hit
        return found


def _ordered(ids: Sequence[str], edges: Sequence[Edge]) -> tuple[str, ...]:
    """Parts with those they need before them; the map is known to have no cycle."""
    out: dict[str, list[str]] = {id: [] for id in ids}
    for edge in edges:
        if edge.on in out:
            out[edge.of].append(edge.on)
    done: dict[str, None] = {}
    for id in ids:
        waiting = [id]
        while waiting:
            top = waiting[-1]
            left = [on for on in out[top] if on not in done]
            waiting.extend(left)
            if not left:
                done[waiting.pop()] = None
    return tuple(done)


def _hit(id: str, network: Network, found: Mapping[str, Hit], asked: _Asked) -> Hit | None:
    case, times, without, starts = asked
    edges = network.into(id, without)
    passed = [passed_by(edges, found, depth) for depth in range(3)]
    cut = id in case.cut
    if not cut and not passed[STALE]:
        return None
    waits = max(_waits(edges, found, asked), default=0.0)
    stream = network.streams.get(id)
    if stream is not None:
        return _stream_hit(stream, passed, (cut, waits), asked)
    running = max(case.begins, waits, _last(passed[STOPS]), starts.get(id, 0.0)) + times[id] if cut else waits
    stale, *deeper = (_spell(ways, cut, running) for ways in passed)
    frozen, stops = (spell if ways or cut else None for spell, ways in zip(deeper, passed[FROZEN:], strict=True))
    return Hit((stale, frozen, stops))


class Way(NamedTuple):
    """What comes over one edge: from which hour until which."""

    lost: float
    whole: float
    edge: Edge


def passed_by(edges: Iterable[Edge], found: Mapping[str, Hit], depth: int) -> list[Way]:
    """What comes over the edges of a part at a depth: loss and return of each supplier that stays away for longer than it is borne."""
    ways = []
    for edge in edges:
        supplier = found.get(edge.on)
        deep = STALE if edge.kind == "data" else DEPTHS.index(edge.without)
        spell = supplier.spells[depth] if supplier is not None and edge.kind in ("needs", "data") and depth <= deep else None
        if spell is not None and spell.lost + edge.tolerance < spell.whole:
            ways.append(Way(spell.lost + edge.tolerance, spell.whole, edge))
    return ways


def _waits(edges: Iterable[Edge], found: Mapping[str, Hit], asked: _Asked) -> Iterable[float]:
    """Until when a part that is hit waits for those that come back before it, and for checks."""
    for edge in edges:
        if edge.kind == "after" and edge.on in found:
            yield found[edge.on].whole
        elif edge.kind == "trust":
            yield max(asked.case.begins, asked.starts.get(edge.on, 0.0)) + asked.times[edge.on]


def _last(ways: Iterable[Way]) -> float:
    return max((way.whole for way in ways), default=0.0)


def _spell(ways: Sequence[Way], cut: bool, at_least: float) -> Spell:
    first = min(ways, key=lambda way: way.lost, default=None)
    whole = max(at_least, _last(ways))
    if cut or first is None:
        return Spell(0.0, whole, None)
    return Spell(first.lost, whole, first.edge)


def _stream_hit(stream: Stream, passed: Sequence[list[Way]], held_up: tuple[bool, float], asked: _Asked) -> Hit:
    cut, waits = held_up
    stopped = cut or bool(passed[FROZEN])
    building = [way for way in passed[STALE] if way.edge.kind == "data"]
    lost = min([*([0.0] if cut else []), *(way.lost for way in (*passed[FROZEN], *building))], default=inf)
    opened, soak = lost, 0.0
    if stopped:
        ready = max(asked.case.begins if cut else 0.0, waits, _last(passed[FROZEN]), _last(building), asked.starts.get(stream.id, 0.0))
        opened, soak = ready + asked.times[stream.id], soak_of(stream)
    flow = None
    if lost < inf:
        taken, before = max(opened, _last(building)), stream.backlog if stopped else 0.0
        flow = Flow(lost, opened, taken, taken + drain_hours(stream, before, taken - lost), before)
    live = flow.drained + soak if flow is not None else 0.0
    stale = _spell(passed[STALE], cut, max(waits, live))
    frozen, stops = (_spell(ways, cut, live)._replace(whole=live) if ways or cut else None for ways in passed[FROZEN:])
    return Hit((stale, frozen, stops), flow)


def soak_of(stream: Stream) -> float:
    """The hours for which a stream that was opened is watched before it is live."""
    return stream.soak if "soaked" in stream.gates else 0.0


def drain_hours(stream: Stream, before: float, since: float) -> float:
    """How many hours it takes to carry what waited `before` and what arrived for `since` hours, while more arrives."""
    behind = _DAY * before + stream.arriving * since
    return behind / (stream.pace - stream.arriving) if behind else 0.0


def way_to(id: str, hits: Mapping[str, Hit]) -> tuple[Edge, ...]:
    """Over which edges a loss came first, from the part back to what was cut."""
    way: list[Edge] = []
    edge = hits[id].spells[STALE].by
    while edge is not None:
        way.append(edge)
        edge = hits[edge.on].spells[STALE].by
    return tuple(way)
