"""Reading a map of a chain, and seeing that it is sound: every id known and given once, no cycle, nothing contradicted.

A cycle is refused with the shortest one, edge by edge, so that people know which of them to talk about.
"""

import tomllib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from math import inf
from pathlib import Path
from typing import Any

import msgspec

from hervat.chain.edges import all_edges
from hervat.chain.parts import ChainMap, Edge, Hours, estimate
from hervat.errors import Usage
from hervat.needs import TABLE

_MOST = 10_000_000


def read_chain(path: Path) -> ChainMap:
    """A sound map from its file. Raises Usage, with the path in the file, for anything else."""
    try:
        if path.stat().st_size > _MOST:
            raise Usage(f"{path}: a map of more than {_MOST:,} bytes is none; divide it")
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as fault:
        raise Usage(f"{path}: cannot be read: {fault.strerror}; name the file of the map of a chain") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise Usage(f"{path}: this is no TOML: {fault}; name the file of the map of a chain, such as examples/letter/chain.toml") from fault
    return chain_of(document, str(path))


def chain_of(document: Mapping[str, Any], where: str) -> ChainMap:
    """A sound map from what a file says; `where` names it. Raises Usage."""
    try:
        chain = msgspec.convert(document, ChainMap)
    except msgspec.ValidationError as fault:
        raise Usage(f"{where}: {fault}") from fault
    wrong = next(_unsound(chain), None)
    if wrong is not None:
        raise Usage(f"{where}: {wrong}")
    return chain


def _unsound(chain: ChainMap) -> Iterator[str]:
    """What is wrong with a map, the plainest first."""
    seen: set[str] = set()
    for part in chain.parts():
        if part.id in seen:
            yield f"the id {part.id!r} is given twice; give each part an id of its own"
        seen.add(part.id)
    yield from _strangers(chain)
    yield from _numbers(chain)
    cycle = shortest_cycle(all_edges(chain))
    if cycle:
        told = "; ".join(f"{edge.of} is not without {edge.on} ({edge.kind}, {edge.confidence})" for edge in cycle)
        yield f"these {len(cycle)} edges go round in a circle, so no order is possible: {told}. Take one away, or divide a part in two"


def _strangers(chain: ChainMap) -> Iterator[str]:
    """Names of parts that are not there, or are of another sort than is asked."""
    partners, crews = {one.id for one in chain.partner}, {one.id for one in chain.crew}
    systems, checks = {one.id for one in chain.system}, {one.id for one in chain.check}
    streams, processes = {one.id for one in chain.stream}, {one.id for one in chain.process}
    named: list[tuple[str, str, str, Iterable[str], set[str]]] = []
    named += [("crew", one.id, "partner", (one.partner,), partners) for one in chain.crew]
    named += [("process", one.id, "partner", (one.partner,), partners) for one in chain.process]
    for sort, parts in (("system", chain.system), ("check", chain.check)):
        named += [(sort, one.id, "partner", (one.partner,), partners) for one in parts]
        named += [(sort, one.id, "crew", (one.crew,), crews) for one in parts]
    for stream in chain.stream:
        named += [("stream", stream.id, "from", (stream.from_,), systems), ("stream", stream.id, "to", (stream.to,), systems)]
        named += [("stream", stream.id, "crew", (stream.crew,), crews), ("stream", stream.id, "kinds", stream.kinds, set(TABLE))]
        named.append(("stream", stream.id, "approvers", (one.partner for one in stream.approvers), partners))
    named += [("procedure", one.id, "process", (one.process,), processes) for one in chain.procedure]
    named += [("published", str(one.on), "of", one.of, systems | streams | checks) for one in chain.published]
    if chain.cut is not None:
        named.append(("cut", "", "systems", chain.cut.systems, systems))
    runs = systems | streams | processes
    for edge in chain.edge:
        named.append(("edge", edge.kind, "of", (edge.of,), streams if edge.kind == "data" and edge.of not in processes else runs))
        named.append(("edge", edge.kind, "on", (edge.on,), _ends(edge, systems, streams, checks)))
    for sort, id, field, names, known in named:
        for name in names:
            if name not in known:
                yield f"{sort} {id}: {field} = {name!r} is not among what it may name: {_some(known)}"


def _ends(edge: Edge, systems: set[str], streams: set[str], checks: set[str]) -> set[str]:
    if edge.kind == "trust":
        return checks
    return streams if edge.kind == "data" else systems | streams


def _some(known: set[str]) -> str:
    listed = sorted(known)
    return ", ".join(listed[:12]) + (", ..." if len(listed) > 12 else "") or "there is none"


def _numbers(chain: ChainMap) -> Iterator[str]:
    """Durations that run backwards, links that never drain."""
    named: list[tuple[str, str, Hours]] = [(one.id, "restore", one.restore) for one in chain.system]
    named += [(one.id, "takes", one.takes) for one in chain.check] + [(one.id, "open", one.open) for one in chain.stream]
    for id, field, hours in named:
        about = estimate(hours)
        if not 0 <= about.low <= about.likely <= about.high < inf:
            yield f"{id}: {field} = {hours} is to be hours, or [low, likely, high], none below 0 or below the one before"
    for stream in chain.stream:
        if stream.backlog and stream.pace <= stream.arriving:
            yield (
                f"stream {stream.id}: at a pace of {stream.pace:g} a day, with {stream.arriving:g} arriving, its backlog of "
                f"{stream.backlog:g} never drains; give it a pace above what arrives"
            )
    if chain.cut is not None and (chain.cut.at.tzinfo is None or chain.cut.restart.tzinfo is None):
        yield "cut: at and restart are moments with a zone, such as 2025-07-18T08:00:00+02:00"
    if chain.cut is not None and chain.cut.restart < chain.cut.at:
        yield "cut: restart is not before at"


def shortest_cycle(edges: Iterable[Edge]) -> list[Edge]:
    """A cycle of the fewest edges, in order; empty where there is none. A search in breadth from every node that has both ends."""
    out: dict[str, list[Edge]] = {}
    for edge in edges:
        out.setdefault(edge.of, []).append(edge)
    best: list[Edge] = []
    for start in sorted(_in_cycles(out)):
        found = _back_to(start, out, len(best))
        if found:
            best = found
    return best


def _in_cycles(out: Mapping[str, list[Edge]]) -> set[str]:
    """The nodes that are left when those nobody waits for, or that wait for nobody, are taken away again and again."""
    left = {node: {edge.on for edge in edges} for node, edges in out.items()}
    while True:
        gone = {node for node, ends in left.items() if not any(end in left for end in ends)}
        if not gone:
            return set(left)
        left = {node: ends for node, ends in left.items() if node not in gone}


def _back_to(start: str, out: Mapping[str, list[Edge]], beat: int) -> list[Edge]:
    """The shortest way from a node back to it, if it is shorter than `beat` edges (0: any)."""
    came: dict[str, Edge] = {}
    waiting = deque([(start, 0)])
    while waiting:
        node, steps = waiting.popleft()
        if beat and steps + 1 >= beat:
            return []
        for edge in out.get(node, ()):
            if edge.on == start:
                way = [edge]
                while way[-1].of != start:
                    way.append(came[way[-1].of])
                return way[::-1]
            if edge.on not in came:
                came[edge.on] = edge
                waiting.append((edge.on, steps + 1))
    return []
