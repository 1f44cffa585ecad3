"""Edges of a map, with those that nobody need write down.

- A stream needs both systems that it runs between.
- `data`: derived from needs and gives (`needs.TABLE`). A stream whose kinds need a sort of key that it does not give itself waits for every
  stream to the same system that gives it. Where it gives that sort itself, what lacks a key of others is held message by message.
- Amendments name messages of their own source, and a split a merge of its own: these sorts never make an edge.
"""

from collections.abc import Iterator

from hervat.chain.parts import ChainMap, Edge, Stream
from hervat.needs import TABLE

_OWN = frozenset(("message", "merge"))


def sorts_of(templates: tuple[str, ...]) -> frozenset[str]:
    """The sorts of some keys or templates of keys: what stands before the colon."""
    return frozenset(template.partition(":")[0] for template in templates)


def sorts_given(stream: Stream) -> frozenset[str]:
    """The sorts of keys that what a stream carries gives."""
    return frozenset().union(*(sorts_of(TABLE[kind].gives) for kind in stream.kinds))


def sorts_needed(stream: Stream) -> frozenset[str]:
    """The sorts of keys that what a stream carries needs and it does not give itself."""
    needed = frozenset[str]().union(*(sorts_of(TABLE[kind].needs + TABLE[kind].on_appeal) for kind in stream.kinds))
    return needed - sorts_given(stream) - _OWN


def derived_edges(chain: ChainMap) -> Iterator[Edge]:
    """What follows from the streams of a map: the systems that each needs, and the streams whose information it builds on."""
    for stream in chain.stream:
        for system in dict.fromkeys((stream.from_, stream.to)):
            yield Edge(kind="needs", of=stream.id, on=system, confidence="derived", note="a stream runs between two systems")
        needed = sorts_needed(stream)
        for other in chain.stream:
            given = sorted(needed & sorts_given(other))
            if other.to == stream.to and other.id != stream.id and given:
                yield Edge(kind="data", of=stream.id, on=other.id, confidence="derived", note=f"it gives {', '.join(given)}")


def all_edges(chain: ChainMap) -> tuple[Edge, ...]:
    """The edges of a map and those that are derived, each once; what was written down stands where both say it."""
    found = {(edge.kind, edge.of, edge.on): edge for edge in (*derived_edges(chain), *chain.edge)}
    return tuple(found.values())
