"""What a cut costs: harm by process and by those it is done to, what procedures carry, the backlog of each stream, what each survives."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from hervat.chain.edges import all_edges
from hervat.chain.harm import Harm, ProcessHarm, harms_over_time, share_carried
from hervat.chain.parts import ChainMap, Edge, Process, Stream, Without
from hervat.chain.propagation import NO_STARTS, Case, Flow, Hit, Network, Starts, Times, likely_times, way_to
from hervat.errors import Usage

_DAY = 24.0


class Stopped(NamedTuple):
    """A part that a cut hits: when, how deep, until when, and over which way it came first."""

    id: str
    sort: str
    depth: Without
    hour: float
    whole: float
    way: tuple[Edge, ...]


class Hurt(NamedTuple):
    """A process that a cut hits; it does harm from `harms_from` on, where it is hit for so long."""

    process: Process
    stopped: Stopped
    harms_from: float
    harm: Harm


class Layers(NamedTuple):
    """Where what a stream did not bring yet lies: not sent as its system is away, sent and not here, here and held. Never added up."""

    stock: float
    in_transit: float
    held: float


class Waiting(NamedTuple):
    """The backlog of a stream: at its largest, when it drains, and its layers at the end of each day."""

    stream: Stream
    flow: Flow
    most: float
    days: tuple[Layers, ...]


class Carried(NamedTuple):
    """What an emergency procedure does of a process: its share, how many a day, from which hour until which, how many of them wrong."""

    procedure: str
    process: str
    share: float
    a_day: float
    start: float
    end: float
    wrong: float


class Survives(NamedTuple):
    """For how many hours an organisation goes on without harm; None where it does no harm at all. `first` is the process that does it."""

    partner: str
    hours: float | None
    first: str | None


class Impact(NamedTuple):
    """All of it."""

    case: Case
    stopped: tuple[Stopped, ...]
    hurt: tuple[Hurt, ...]
    waiting: tuple[Waiting, ...]
    carried: tuple[Carried, ...]
    survives: tuple[Survives, ...]

    @property
    def harm(self) -> Harm:
        """Harm of all processes together."""
        return summed(one.harm for one in self.hurt)

    @property
    def whole(self) -> float:
        """The hour at which the last part is whole again."""
        return max((one.whole for one in self.stopped), default=0.0)

    def by_whom(self) -> dict[str, Harm]:
        """Harm by those to whom it is done, the most first."""
        found: dict[str, Harm] = {}
        for one in self.hurt:
            found[one.process.to] = found.get(one.process.to, Harm()).and_(one.harm)
        return dict(sorted(found.items(), key=lambda pair: -pair[1].net))


class Model:
    """A map made ready to be asked what happens in a case."""

    def __init__(self, chain: ChainMap) -> None:
        self.chain = chain
        self.edges = all_edges(chain)
        self.network = Network(chain, self.edges)
        self.times = likely_times(chain)
        self.harms_over_time: dict[str, ProcessHarm] = harms_over_time(chain)

    def case(self, cut: Iterable[str] = (), days: float | None = None) -> Case:
        """What is asked, or what the map itself says is cut. Raises Usage for what is no system or stream, or if none is named."""
        named = frozenset(cut) or frozenset(self.chain.cut.systems if self.chain.cut is not None else ())
        known = {one.id for one in (*self.chain.system, *self.chain.stream)}
        if not named:
            raise Usage(f"the map says nothing of a cut; name a system with --cut: {', '.join(sorted(known))}")
        strange = sorted(named - known)
        if strange:
            raise Usage(f"--cut {strange[0]}: this is no system or stream of the map; it has {', '.join(sorted(known))}")
        if days is None:
            stood = self.chain.cut
            days = (stood.restart - stood.at).total_seconds() / 3600 / _DAY if stood is not None else 1.0
        return Case(named, days * _DAY)

    def harms(
        self, case: Case, times: Times | None = None, without: Collection[Edge] = (), starts: Starts = NO_STARTS
    ) -> dict[str, Harm]:
        """Harm of each process that is hit; `without` leaves edges out; `starts` is what a plan says of when crews are about parts."""
        hits = self.network.hits(case, self.times if times is None else times, without, starts)
        return self.harms_of(hits)

    def harms_of(self, hits: Mapping[str, Hit]) -> dict[str, Harm]:
        """Harm of each process among those hit."""
        return {id: self.harms_over_time[id].between(hit.lost, hit.whole) for id, hit in hits.items() if id in self.harms_over_time}

    def impact(self, case: Case) -> Impact:
        """What happens, with the likely figure of every estimate."""
        hits = self.network.hits(case, self.times)
        harms = self.harms_of(hits)
        stopped = {one.id: one for one in _stopped(self.chain, hits)}
        hurt = [
            Hurt(process, stopped[process.id], stopped[process.id].hour + process.tolerance, harms[process.id])
            for process in self.chain.process
            if process.id in hits
        ]
        hurt.sort(key=lambda one: -one.harm.net)
        return Impact(
            case,
            tuple(sorted(stopped.values(), key=lambda one: (one.hour, -one.whole))),
            tuple(hurt),
            tuple(_waiting(self.chain, hits)),
            tuple(_carried(self.chain, hits)),
            tuple(_survives(self.chain, hurt)),
        )


def summed(harms: Iterable[Harm]) -> Harm:
    """Harms together."""
    found = Harm()
    for harm in harms:
        found = found.and_(harm)
    return found


def _stopped(chain: ChainMap, hits: Mapping[str, Hit]) -> Iterable[Stopped]:
    for sort, parts in (("system", chain.system), ("stream", chain.stream), ("process", chain.process)):
        for part in parts:
            hit = hits.get(part.id)
            if hit is not None:
                yield Stopped(part.id, sort, hit.depth, hit.lost, hit.whole, way_to(part.id, hits))


def _waiting(chain: ChainMap, hits: Mapping[str, Hit]) -> Iterable[Waiting]:
    for stream in chain.stream:
        hit = hits.get(stream.id)
        if hit is not None and hit.flow is not None and hit.flow.drained > hit.flow.lost and (stream.arriving or hit.flow.before):
            away = hits[stream.from_].spells[2] if stream.from_ in hits else None
            back = away.whole if away is not None else 0.0
            days = range(1, int(hit.flow.drained // _DAY) + 2)
            layers = tuple(layers_at(stream, hit.flow, back, day * _DAY) for day in days)
            most = hit.flow.before + stream.arriving * (hit.flow.taken - hit.flow.lost) / _DAY
            yield Waiting(stream, hit.flow, most, layers)


def layers_at(stream: Stream, flow: Flow, back: float, hour: float) -> Layers:
    """Where what waits lies at an hour; `back` is when the system that it comes from is there again. Exact: every rate is constant.

    What waited before, and arrives while that system is away, is stock. From when it is back until the link opens, all that waits is sent
    and not here. Then it comes at the stream's pace, and is held until what it builds on was carried.
    """
    if not flow.lost < hour < flow.drained:
        return Layers(0.0, 0.0, 0.0)
    come = flow.before + stream.arriving * (hour - flow.lost) / _DAY
    if hour < flow.opened:
        return Layers(come, 0.0, 0.0) if hour < back else Layers(0.0, come, 0.0)
    in_transit = max(0.0, come - stream.pace * (hour - flow.opened) / _DAY) if flow.opened > flow.lost else 0.0
    applied = stream.pace * max(0.0, hour - flow.taken) / _DAY
    return Layers(0.0, in_transit, max(0.0, come - in_transit - applied))


def _carried(chain: ChainMap, hits: Mapping[str, Hit]) -> Iterable[Carried]:
    processes = {one.id: one for one in chain.process}
    for one in chain.procedure:
        hit, process = hits.get(one.process), processes[one.process]
        start = max(one.from_, hit.lost + process.tolerance) if hit is not None else 0.0
        if hit is not None and hit.whole > start:
            share = share_carried(one, process.volume)
            a_day = share * process.volume
            yield Carried(one.id, process.id, share, a_day, start, hit.whole, a_day * (hit.whole - start) / _DAY * one.errors)


def _survives(chain: ChainMap, hurt: Iterable[Hurt]) -> Iterable[Survives]:
    first: dict[str, Hurt] = {}
    for one in hurt:
        known = first.get(one.process.partner)
        if one.harm.bare > 0 and (known is None or one.harms_from < known.harms_from):
            first[one.process.partner] = one
    for partner in chain.partner:
        found = first.get(partner.id)
        if found is not None:
            yield Survives(partner.id, found.harms_from, found.process.id)
        elif any(process.partner == partner.id for process in chain.process):
            yield Survives(partner.id, None, None)
