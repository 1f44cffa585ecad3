"""What a cut does to a chain, in words."""

from collections.abc import Iterator
from math import inf
from typing import Any, NamedTuple

from hervat.chain.chance import Chance
from hervat.chain.impact import Impact
from hervat.chain.parts import ChainMap, Edge
from hervat.chain.reckoning import Reckoned
from hervat.chain.weak import MOST_PAIRS, EdgeValue, SinglePoint
from hervat.doors import words

_FEW = 15
_DAY = 24.0
_SAID = {
    "en": {
        "title": "{}: what happens when {} are away, and the work of coming back begins after {:.1f} days",
        "invented": "{} of {} weights of harm are invented; so is every figure of harm that rests on them.",
        "nothing": "No process is hit.",
        "harm": "Harm {:.0f} if every crew had hands enough, the least that this cut can do: {:.0f} before the work of coming back begins, "
        "{:.0f} while all comes back. All whole on day {:.1f}.",
        "plan": "Harm {:.0f} with the crews that there are, by the plan of hervat plan: {:.0f} more. "
        "Everything below is with hands enough.",
        "procedures": "Without emergency procedures it were {:.0f}; they carry {:.0f} of that, and do {:.0f} by their errors.",
        "chance": "In {} draws of the estimates (seed {}): half at or below {:.0f}, nine in ten at or below {:.0f}; "
        "all whole by day {:.1f} and {:.1f}.",
        "processes": ("process", "how", "hit at hour", "harm from", "whole on day", "harm", "the fastest way"),
        "whom": ("done to", "harm"),
        "parts": ("system or stream", "how", "at hour", "whole on day"),
        "waiting": ("stream", "stock", "in transit", "held", "most", "gone on day"),
        "waiting_on": "What waits per stream at its end of day {}, in three layers that are never added up, and the most that ever waits:",
        "carried": ("procedure", "process", "share", "a day", "from hour", "wrong"),
        "survives": ("organisation", "goes on for", "then this does harm first", "to", "until day"),
        "days": "{:.1f} days",
        "points": ("alone", "sort", "harm", "hit", "of which stop"),
        "values": ("edge", "harm that it costs alone", "if another is gone too", "that other"),
        "values_are": "An edge that costs nothing alone is not worthless where another holds up the same: the third column is what it "
        "costs once that other is taken away.",
        "not_looked": "The {:,} pairs of edges were not looked at, for they are more than {:,}: an edge that costs nothing alone may yet "
        "cost much where another holds up the same.",
        "ever": "to the end: no harm",
        "cut": "cut",
        "stale": "stale",
        "frozen": "frozen",
        "stops": "stops",
        "system": "system",
        "stream": "stream",
        "crew": "crew",
        "heads": (
            "Processes",
            "Who feels it",
            "What stops when",
            "Emergency procedures",
            "How long each organisation goes on without harm",
            "Lost alone",
            "What each edge costs",
        ),
    },
    "nl": {
        "title": "{}: wat er gebeurt als {} weg zijn, en het herstel na {:.1f} dagen begint",
        "invented": "{} van {} gewichten van schade zijn verzonnen; dus ook elk cijfer van schade dat daarop rust.",
        "nothing": "Geen proces wordt geraakt.",
        "harm": "Schade {:.0f} als elke ploeg handen genoeg had, het minste dat dit kan doen: {:.0f} voordat het herstel begint, "
        "{:.0f} tijdens het herstel. Alles heel op dag {:.1f}.",
        "plan": "Schade {:.0f} met de ploegen die er zijn, volgens het plan van hervat plan: {:.0f} meer. "
        "Alles hieronder is met handen genoeg.",
        "procedures": "Zonder noodprocedures was het {:.0f}; zij dragen daarvan {:.0f}, en doen {:.0f} door hun fouten.",
        "chance": "In {} trekkingen uit de ramingen (kiem {}): de helft hoogstens {:.0f}, negen van de tien hoogstens {:.0f}; "
        "alles heel op dag {:.1f} en {:.1f}.",
        "processes": ("proces", "hoe", "geraakt op uur", "schade vanaf", "heel op dag", "schade", "de snelste weg"),
        "whom": ("voor wie", "schade"),
        "parts": ("systeem of stroom", "hoe", "op uur", "heel op dag"),
        "waiting": ("stroom", "voorraad", "onderweg", "vastgehouden", "meest", "weg op dag"),
        "waiting_on": "Wat per stroom wacht aan het einde van dag {}, in drie lagen die nooit worden opgeteld, en het meeste ooit:",
        "carried": ("noodprocedure", "proces", "deel", "per dag", "vanaf uur", "fout"),
        "survives": ("organisatie", "gaat door", "dan doet dit als eerste schade", "aan", "tot dag"),
        "days": "{:.1f} dagen",
        "points": ("alleen", "soort", "schade", "geraakt", "waarvan staan stil"),
        "values": ("verband", "schade die het alleen kost", "als een ander ook weg is", "dat andere"),
        "values_are": "Een verband dat alleen niets kost is niet waardeloos als een ander hetzelfde ophoudt: de derde kolom is wat het "
        "kost zodra dat andere is weggenomen.",
        "not_looked": "De {:,} paren van verbanden zijn niet bekeken, want dat zijn er meer dan {:,}: een verband dat alleen niets kost "
        "kan toch veel kosten waar een ander hetzelfde ophoudt.",
        "ever": "tot het einde: geen schade",
        "cut": "afgesneden",
        "stale": "verouderd",
        "frozen": "bevroren",
        "stops": "staat stil",
        "system": "systeem",
        "stream": "stroom",
        "crew": "ploeg",
        "heads": (
            "Processen",
            "Wie het voelt",
            "Wat wanneer stilvalt",
            "Noodprocedures",
            "Hoe lang elke organisatie doorgaat zonder schade",
            "Alleen weg",
            "Wat elk verband kost",
        ),
    },
}


class Weak(NamedTuple):
    """Where a chain is weak, and how many pairs of edges a case hangs on."""

    points: list[SinglePoint]
    values: list[EdgeValue]
    pairs: int


def invented_weights(chain: ChainMap) -> tuple[int, int]:
    """How many weights of harm of a map are invented, and how many there are."""
    return sum(one.basis == "invented" for one in chain.process), len(chain.process)


def in_words(chain: ChainMap, told: tuple[Impact, Chance | None, Reckoned], weak: Weak, language: str) -> Iterator[str]:
    """What a cut does, line by line, in a language."""
    said: dict[str, Any] = _SAID[language]
    found, sure, planned = told
    yield said["title"].format(chain.name, ", ".join(sorted(found.case.cut)), found.case.begins / _DAY)
    yield said["invented"].format(*invented_weights(chain))
    if not found.hurt:
        yield said["nothing"]
    harm = found.harm
    yield said["harm"].format(harm.net, planned.before, planned.coming_back, found.whole / _DAY)
    yield said["plan"].format(planned.harm, planned.crews)
    yield said["procedures"].format(harm.bare, harm.carried, harm.errors)
    if sure is not None:
        yield said["chance"].format(sure.draws, sure.seed, *sure.harm, *(one / _DAY for one in sure.whole))
    for head, columns, rows in _tables(chain, found, weak, said):
        if rows:
            yield from ("", head, *words.table(columns, rows).splitlines())
    yield said["values_are"] if weak.pairs <= MOST_PAIRS else said["not_looked"].format(weak.pairs, MOST_PAIRS)
    yield from _waiting(found, said)


def _tables(
    chain: ChainMap, found: Impact, weak: Weak, said: dict[str, Any]
) -> Iterator[tuple[str, tuple[str, ...], list[tuple[Any, ...]]]]:
    heads: tuple[str, ...] = said["heads"]
    names, hurt = {part.id: part.name for part in chain.parts()}, {one.process.id: one for one in found.hurt}
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
        (names[one.partner], said["ever"], "", "", "")
        if one.hours is None or one.first is None
        else (
            names[one.partner],
            said["days"].format(one.hours / _DAY),
            f"{one.first}: {names[one.first]}",
            hurt[one.first].process.to,
            f"{hurt[one.first].stopped.whole / _DAY:.1f}",
        )
        for one in sorted(found.survives, key=lambda one: inf if one.hours is None else one.hours)
    ]
    yield heads[5], said["points"], [
        (one.id, said[one.sort], f"{one.harm:.0f}", len(one.processes), ", ".join(id for id, depth in one.processes if depth == "stops"))
        for one in weak.points[:_FEW]
    ]
    yield heads[6], said["values"], [
        (_arrow(one.edge), f"{one.alone:.0f}", f"{one.together:.0f}", "" if one.other is None else _arrow(one.other))
        for one in weak.values[:_FEW]
        if one.dearest
    ]


def _arrow(edge: Edge) -> str:
    return f"{edge.of} < {edge.on} ({edge.kind}, {edge.confidence})"


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
