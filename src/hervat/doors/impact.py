"""The command `impact`: what a cut does to a chain."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hervat.chain.chance import Chance, chance
from hervat.chain.harm import Harm
from hervat.chain.impact import Impact, Model, Stopped
from hervat.chain.parts import ChainMap, Edge
from hervat.chain.reading import read_chain
from hervat.chain.weak import EdgeValue, SinglePoint, edge_values, single_points
from hervat.doors import words
from hervat.doors.streams import show
from hervat.errors import Usage

_FEW = 15
_DAY = 24.0
_SAID = {
    "en": {
        "title": "{}: what happens when {} are away, and the work of coming back begins after {:.1f} days",
        "invented": "{} of {} weights of harm are invented; so is every figure of harm that rests on them.",
        "at_best": "As if every crew had hands enough: a plan of the restart says what the crews make of it.",
        "nothing": "No process is hit.",
        "harm": "Harm {:.0f}: {:.0f} without procedures, which carry {:.0f} of it, and do {:.0f} by their errors. All whole on day {:.1f}.",
        "chance": "In {} draws of the estimates (seed {}): half at or below {:.0f}, nine in ten at or below {:.0f}; "
        "all whole by day {:.1f} and {:.1f}.",
        "processes": ("process", "how", "hit at hour", "harm from", "whole on day", "harm", "the fastest way"),
        "whom": ("done to", "harm"),
        "parts": ("system or stream", "how", "at hour", "whole on day"),
        "waiting": ("stream", "stock", "in transit", "held", "most", "gone on day"),
        "waiting_on": "What waits per stream at its end of day {}, in three layers that are never added up, and the most that ever waits:",
        "carried": ("procedure", "process", "share", "a day", "from hour", "wrong"),
        "survives": ("organisation", "goes on for hours", "then first"),
        "points": ("alone", "sort", "harm", "hit", "of which stop"),
        "values": ("edge", "harm that it costs"),
        "ever": "without end",
        "cut": "cut",
        "stale": "stale",
        "frozen": "frozen",
        "stops": "stops",
        "system": "system",
        "stream": "stream",
        "crew": "crew",
        "heads": ("Processes", "Who feels it", "What stops when", "Emergency procedures", "What each survives", "Lost alone", "Edges"),
    },
    "nl": {
        "title": "{}: wat er gebeurt als {} weg zijn, en het herstel na {:.1f} dagen begint",
        "invented": "{} van {} gewichten van schade zijn verzonnen; dus ook elk cijfer van schade dat daarop rust.",
        "at_best": "Alsof elke ploeg handen genoeg had: een herstelplan zegt wat de ploegen ervan maken.",
        "nothing": "Geen proces wordt geraakt.",
        "harm": "Schade {:.0f}: {:.0f} zonder noodprocedures, die daar {:.0f} van dragen en {:.0f} doen door hun fouten. "
        "Alles heel op dag {:.1f}.",
        "chance": "In {} trekkingen uit de ramingen (kiem {}): de helft hoogstens {:.0f}, negen van de tien hoogstens {:.0f}; "
        "alles heel op dag {:.1f} en {:.1f}.",
        "processes": ("proces", "hoe", "geraakt op uur", "schade vanaf", "heel op dag", "schade", "de snelste weg"),
        "whom": ("voor wie", "schade"),
        "parts": ("systeem of stroom", "hoe", "op uur", "heel op dag"),
        "waiting": ("stroom", "voorraad", "onderweg", "vastgehouden", "meest", "weg op dag"),
        "waiting_on": "Wat per stroom wacht aan het einde van dag {}, in drie lagen die nooit worden opgeteld, en het meeste ooit:",
        "carried": ("noodprocedure", "proces", "deel", "per dag", "vanaf uur", "fout"),
        "survives": ("organisatie", "gaat door, uren", "dan eerst"),
        "points": ("alleen", "soort", "schade", "geraakt", "waarvan staan stil"),
        "values": ("verband", "schade die het kost"),
        "ever": "zonder einde",
        "cut": "afgesneden",
        "stale": "verouderd",
        "frozen": "bevroren",
        "stops": "staat stil",
        "system": "systeem",
        "stream": "stroom",
        "crew": "ploeg",
        "heads": ("Processen", "Wie het voelt", "Wat wanneer stilvalt", "Noodprocedures", "Wat ieder overleeft", "Alleen weg", "Verbanden"),
    },
}


def impact(arguments: Namespace) -> int:
    """What a cut does, in words or as one document."""
    if arguments.draws < 0:
        raise Usage("--draws is 0 or more")
    chain = read_chain(Path(arguments.chain))
    model = Model(chain)
    case = model.case(arguments.cut, _days(arguments.days))
    found = model.impact(case)
    sure = chance(model, case, arguments.draws, arguments.seed) if arguments.draws else None
    weak = (single_points(model, case), edge_values(model, case))
    if arguments.json:
        show(words.as_document(document(chain, found) | _more(sure, *weak)))
    else:
        show(words.lines(_in_words(chain, (found, sure), weak, arguments.lang)))
    return 0


def _days(told: str | None) -> float | None:
    if told is None:
        return None
    try:
        days = float(told)
    except ValueError:
        days = -1.0
    if not 0 <= days <= 36_500:
        raise Usage(f"--for {told!r} is to be a number of days, 0 or more, such as 17 or 0.5")
    return days


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


def invented_weights(chain: ChainMap) -> tuple[int, int]:
    """How many weights of harm of a map are invented, and how many there are."""
    return sum(one.basis == "invented" for one in chain.process), len(chain.process)


def _more(sure: Chance | None, points: list[SinglePoint], values: list[EdgeValue]) -> dict[str, Any]:
    return {
        "chance": None if sure is None else {
            "draws": sure.draws,
            "seed": sure.seed,
            "harm": _ranged(*sure.harm),
            "whole_hour": _ranged(*sure.whole),
            "process_whole_hour": {id: _ranged(*one) for id, one in sure.processes.items()},
        },
        "single_points": [
            {"part": one.id, "sort": one.sort, "harm": _number(one.harm), "processes": dict(one.processes)} for one in points
        ],
        "edges": [{**_edge(one.edge), "harm": _number(one.harm)} for one in values],
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


def _in_words(
    chain: ChainMap, told: tuple[Impact, Chance | None], weak: tuple[list[SinglePoint], list[EdgeValue]], language: str
) -> Iterator[str]:
    said: dict[str, Any] = _SAID[language]
    found, sure = told
    yield said["title"].format(chain.name, ", ".join(sorted(found.case.cut)), found.case.begins / _DAY)
    yield said["invented"].format(*invented_weights(chain))
    yield said["at_best"]
    if not found.hurt:
        yield said["nothing"]
    harm = found.harm
    yield said["harm"].format(harm.net, harm.bare, harm.carried, harm.errors, found.whole / _DAY)
    if sure is not None:
        yield said["chance"].format(sure.draws, sure.seed, *sure.harm, *(one / _DAY for one in sure.whole))
    for head, columns, rows in _tables(found, weak, said):
        if rows:
            yield from ("", head, *words.table(columns, rows).splitlines())
    yield from _waiting(found, said)


def _tables(
    found: Impact, weak: tuple[list[SinglePoint], list[EdgeValue]], said: dict[str, Any]
) -> Iterator[tuple[str, tuple[str, ...], list[tuple[Any, ...]]]]:
    heads: tuple[str, ...] = said["heads"]
    points, values = weak
    yield heads[0], said["processes"], [
        (
            one.process.id,
            said[one.stopped.depth],
            f"{one.stopped.hour:.0f}",
            f"{one.harms_from:.0f}",
            f"{one.stopped.whole / _DAY:.1f}",
            f"{one.harm.net:.0f}",
            " < ".join(edge.on for edge in one.stopped.way) or said["cut"],
        )
        for one in found.hurt
    ]
    yield heads[1], said["whom"], [(to, f"{harm.net:.0f}") for to, harm in found.by_whom().items()]
    yield heads[2], said["parts"], [
        (one.id, said[one.depth], f"{one.hour:.0f}", f"{one.whole / _DAY:.1f}") for one in found.stopped if one.sort != "process"
    ]
    yield heads[3], said["carried"], [
        (one.procedure, one.process, f"{one.share:.2f}", f"{one.a_day:.0f}", f"{one.start:.0f}", f"{one.wrong:.0f}")
        for one in found.carried
    ]
    yield heads[4], said["survives"], [
        (one.partner, said["ever"] if one.hours is None else f"{one.hours:.0f}", one.first) for one in found.survives
    ]
    yield heads[5], said["points"], [
        (one.id, said[one.sort], f"{one.harm:.0f}", len(one.processes), ", ".join(id for id, depth in one.processes if depth == "stops"))
        for one in points[:_FEW]
    ]
    yield heads[6], said["values"], [
        (f"{one.edge.of} < {one.edge.on} ({one.edge.kind}, {one.edge.confidence})", f"{one.harm:.0f}") for one in values[:_FEW]
    ]


def _waiting(found: Impact, said: dict[str, Any]) -> Iterator[str]:
    """Each stream's layers on the day on which the work of coming back begins."""
    if not found.waiting:
        return
    day = max(1, round(found.case.begins / _DAY))
    rows = []
    for one in found.waiting:
        layers = one.days[day - 1] if day <= len(one.days) else (0.0, 0.0, 0.0)
        rows.append((one.stream.id, *(f"{count:.0f}" for count in layers), f"{one.most:.0f}", f"{one.flow.drained / _DAY:.1f}"))
    yield from ("", said["waiting_on"].format(day), *words.table(said["waiting"], rows).splitlines())
