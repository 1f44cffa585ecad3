"""Maps of chains of every shape, without a cycle, for tests that search."""

from typing import Any

from hypothesis import strategies as st

from hervat.chain.parts import ChainMap
from hervat.chain.reading import chain_of

_HOURS = st.sampled_from([0.0, 1.0, 6.0, 24.0, 100.0])
_KINDS = st.sampled_from([[], ["person-registered"], ["case-registered"], ["judgment-given"], ["judgment-final"]])


@st.composite
def documents(draw: st.DrawFn, *, certain: bool = False, patient: bool = True) -> dict[str, Any]:
    """The document of a sound map: an edge leads from a later part to an earlier one. Where none is `patient`, no edge has a tolerance."""
    hours = _HOURS if certain else st.one_of(_HOURS, st.tuples(_HOURS, _HOURS, _HOURS).map(lambda three: sorted(three)))
    systems = [_system(draw, number, hours) for number in range(draw(st.integers(1, 5)))]
    names = [one["id"] for one in systems]
    streams = [_stream(draw, number, names, hours) for number in range(draw(st.integers(0, 4)))]
    # What is derived leads between streams: that of a kind that gives stands before those that need it, whatever their numbers.
    processes = [
        {
            "id": f"p{number}",
            "name": "process",
            "partner": f"o{number % 2}",
            "tolerance": draw(_HOURS),
            "harm": draw(st.sampled_from([0.0, 1.0, 50.0])),
            "to": draw(st.sampled_from(["children", "suspects"])),
            "volume": draw(st.sampled_from([0.0, 100.0])),
        }
        for number in range(draw(st.integers(1, 4)))
    ]
    edges = _edges(draw, names, [one["id"] for one in streams], [one["id"] for one in processes])
    return {
        "name": "drawn",
        "partner": [{"id": "o0", "name": "one"}, {"id": "o1", "name": "other"}],
        "crew": [{"id": "c", "name": "crew", "partner": "o0"}, {"id": "d", "name": "crew", "partner": "o1"}],
        "system": systems,
        "check": [{"id": "k", "name": "check", "partner": "o0", "crew": "c", "takes": draw(hours)}],
        "stream": streams,
        "process": processes,
        "procedure": _procedures(draw, len(processes)),
        "edge": [one if patient else one | {"tolerance": 0.0} for one in edges],
    }


def _system(draw: st.DrawFn, number: int, hours: st.SearchStrategy[Any]) -> dict[str, Any]:
    crew = draw(st.sampled_from(["c", "d"]))
    return {"id": f"s{number}", "name": "system", "partner": "o0" if crew == "c" else "o1", "crew": crew, "restore": draw(hours)}


def _stream(draw: st.DrawFn, number: int, systems: list[str], hours: st.SearchStrategy[Any]) -> dict[str, Any]:
    arriving = draw(st.sampled_from([0.0, 10.0, 240.0]))
    return {
        "id": f"f{number}",
        "name": "stream",
        "from": draw(st.sampled_from(systems)),
        "to": draw(st.sampled_from(systems)),
        "kinds": draw(_KINDS),
        "crew": "c",
        "open": draw(hours),
        "arriving": arriving,
        "backlog": draw(st.sampled_from([0.0, 50.0])) if arriving else 0.0,
        "gates": draw(st.sampled_from([[], ["soaked"]])),
        "pace": arriving * draw(st.sampled_from([1.5, 4.0])),
    }


def _procedures(draw: st.DrawFn, processes: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"e{number}",
            "name": "procedure",
            "process": f"p{draw(st.integers(0, processes - 1))}",
            "from": draw(_HOURS),
            "carries": draw(st.sampled_from([0.2, 0.7, 1.0])),
            "errors": draw(st.sampled_from([0.0, 0.1, 1.0])),
            "capacity": draw(st.sampled_from([0.0, 30.0, 1000.0])),
        }
        for number in range(draw(st.integers(0, 3)))
    ]


def _edges(draw: st.DrawFn, systems: list[str], streams: list[str], processes: list[str]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for _ in range(draw(st.integers(0, 12))):
        of = draw(st.sampled_from([*systems[1:], *streams, *processes]))
        kind = draw(st.sampled_from(["needs", "needs", "after", "trust", "data"]))
        earlier = systems[: int(of[1:])] if of in systems else systems
        if kind == "data":
            if of not in processes or not streams:
                continue
            on = draw(st.sampled_from(streams))
        elif kind == "trust":
            on = "k"
        else:
            on = draw(st.sampled_from([*earlier, *streams] if of in processes else earlier))
        found[kind, of, on] = {
            "kind": kind,
            "of": of,
            "on": on,
            "without": draw(st.sampled_from(["stops", "stops", "stale", "frozen"])),
            "tolerance": draw(_HOURS),
        }
    return list(found.values())


def chains(*, certain: bool = False, patient: bool = True) -> st.SearchStrategy[ChainMap]:
    """Sound maps."""
    return documents(certain=certain, patient=patient).map(lambda document: chain_of(document, "drawn"))


def cuts(chain: ChainMap) -> st.SearchStrategy[frozenset[str]]:
    """Some systems or streams of a map, at least one."""
    return st.sets(st.sampled_from([one.id for one in (*chain.system, *chain.stream)]), min_size=1).map(frozenset)
