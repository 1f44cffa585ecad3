"""The command `impact`: what a cut does to a chain."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from hervat.chain.chance import Chance, chance
from hervat.chain.harm import Harm
from hervat.chain.impact import Impact, Model, Stopped
from hervat.chain.parts import ChainMap, Edge
from hervat.chain.planning import Planning
from hervat.chain.reading import read_chain
from hervat.chain.reckoning import Reckoned, reckoned
from hervat.chain.weak import MOST_PAIRS, edge_values, pairs_of, single_points
from hervat.doors import words
from hervat.doors.impact_in_words import Weak, in_words, invented_weights
from hervat.doors.streams import show
from hervat.doors.when import days_of
from hervat.errors import Usage


def impact(arguments: Namespace) -> int:
    """What a cut does, in words or as one document."""
    if arguments.draws < 0:
        raise Usage("--draws is 0 or more")
    chain = read_chain(Path(arguments.chain))
    model = Model(chain)
    case = model.case(arguments.cut, days_of(arguments.days))
    found = model.impact(case)
    sure = chance(model, case, arguments.draws, arguments.seed) if arguments.draws else None
    weak = Weak(single_points(model, case), edge_values(model, case), pairs_of(model, case))
    planning = Planning(model, case)
    planned = reckoned(model, case, planning.harm(planning.found(arguments.seed).starts))
    if arguments.json:
        show(words.as_document(document(chain, found) | _more(sure, weak, planned)))
    else:
        show(words.lines(in_words(chain, (found, sure, planned), weak, arguments.lang)))
    return 0


def document(chain: ChainMap, found: Impact) -> dict[str, Any]:
    """What a cut does, as programs read it; hours are hours after the cut."""
    invented, weights = invented_weights(chain)
    return {
        "chain": chain.name,
        "cut": sorted(found.case.cut),
        "begins_hour": found.case.begins,
        "invented_weights": invented,
        "weights": weights,
        "whole_hour": _number(found.whole),
        "harm": _harm(found.harm),
        "harm_by_whom": {to: _harm(harm) for to, harm in found.by_whom().items()},
        "processes": [
            {
                **_stopped(one.stopped),
                "name": one.process.name,
                "harms_from_hour": _number(one.harms_from),
                "to": one.process.to,
                "law": one.process.law,
                "basis": one.process.basis,
                "harm": _harm(one.harm),
            }
            for one in found.hurt
        ],
        "parts": [_stopped(one) for one in found.stopped if one.sort != "process"],
        "waiting": [
            {
                "stream": one.stream.id,
                "opens_hour": _number(one.flow.opened),
                "taken_from_hour": _number(one.flow.taken),
                "drained_hour": _number(one.flow.drained),
                "most": _number(one.most),
                "days": [{layer: _number(count) for layer, count in day._asdict().items()} for day in one.days],
            }
            for one in found.waiting
        ],
        "procedures": [{key: _plain(value) for key, value in one._asdict().items()} for one in found.carried],
        "survives": [{key: _plain(value) for key, value in one._asdict().items()} for one in found.survives],
    }


def _more(sure: Chance | None, weak: Weak, planned: Reckoned) -> dict[str, Any]:
    return {
        "harm_by_plan": {"net": _number(planned.harm), **{name: _number(getattr(planned, name)) for name in planned.__struct_fields__}},
        "chance": None if sure is None else {
            "draws": sure.draws,
            "seed": sure.seed,
            "harm": _ranged(*sure.harm),
            "whole_hour": _ranged(*sure.whole),
            "process_whole_hour": {id: _ranged(*one) for id, one in sure.processes.items()},
        },
        "single_points": [
            {"part": one.id, "sort": one.sort, "harm": _number(one.harm), "processes": dict(one.processes)} for one in weak.points
        ],
        "pairs_looked_at": weak.pairs <= MOST_PAIRS,
        "edges": [
            {
                **_edge(one.edge),
                "harm": _number(one.alone),
                "harm_together": _number(one.together),
                "other": None if one.other is None else _edge(one.other),
            }
            for one in weak.values
        ],
    }


def _ranged(p50: float, p90: float) -> dict[str, float]:
    return {"p50": _number(p50), "p90": _number(p90)}


def _stopped(one: Stopped) -> dict[str, Any]:
    return {
        "id": one.id,
        "sort": one.sort,
        "how": one.depth,
        "hour": _number(one.hour),
        "whole_hour": _number(one.whole),
        "way": [_edge(edge) for edge in one.way],
    }


def _edge(edge: Edge) -> dict[str, Any]:
    return {"kind": edge.kind, "of": edge.of, "on": edge.on, "confidence": edge.confidence}


def _harm(harm: Harm) -> dict[str, float]:
    return {"net": _number(harm.net), **{key: _number(value) for key, value in harm._asdict().items()}}


def _number(value: float) -> float:
    return round(value, 3)


def _plain(value: Any) -> Any:
    return _number(value) if isinstance(value, float) else value
