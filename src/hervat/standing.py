"""How things stand: the bottlenecks of screening at a position of the journal, and the entries that each figure of the state of affairs
rests on.

Counted is with the enrolments as they are known now, on the day asked about.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from hervat.assemble import Node
from hervat.clock import end_of, legal_day, parse_rfc3339
from hervat.consumers.bottleneck import Bottleneck, bottleneck
from hervat.consumers.screening.assessment import assessments, is_open
from hervat.consumers.screening.population import Population
from hervat.consumers.screening.signal import Signal
from hervat.intake.folding import CONFLICT
from hervat.journal.entry import read_meta
from hervat.message import SOURCE
from hervat.needs import roles_of
from hervat.register.changes import KINDS_THAT_CHANGE
from hervat.register.horizon import stock_declared
from hervat.register.reading import Reading

SECTORS = ("childcare", "taxi")


def bottlenecks(node: Node, on: date | None = None) -> list[Bottleneck]:
    """The bottlenecks of childcare and of the taxi trade, now or at the end of a legal day; none where nothing was received by then."""
    position = node.position if on is None else node.position_at(end_of(on))
    if not position:
        return []
    last = parse_rfc3339(read_meta(node.store.entries_at([position])[position]).received_at)
    at = last if on is None else end_of(on)
    rows = node.horizon(position)
    told = node.screening().told_at(position)
    decided = assessments(node.store, node.keys, position)
    unassessed = _by_sector(node, (signal for signal in told.last.values() if is_open(signal, decided)))
    undecided = sum(node.store.tally(told.through).values()) - sum(node.store.tally(position).values())
    affected = Population(node.store, node.keys).on(legal_day(at))
    needed = _needed(node, rows, position)
    return [
        bottleneck(sector, needed, rows, at, affected=affected[sector], undecided=undecided, unassessed=unassessed.get(sector, 0))
        for sector in SECTORS
    ]


def entries_behind(node: Node, position: int) -> dict[str, list[int]]:
    """The entries behind each figure of the state of affairs at a position, in order: the declarations of `stock`, what came next after
    each number that is missing (`in_transit`), what is `held` and what was `refused` (as is known now), the `conflicts`, and the acts that
    told the signals on which nobody has decided (`unassessed`).
    """
    store = node.store
    declared = store if position >= node.position else node.past.declared(position)
    feeds = store.feeds()
    stock = [one.position for feed in feeds for one in stock_declared(declared, feed.number)]
    numbers = {feed.name: feed.number for feed in feeds}
    gaps = [(numbers[row["source"]], gap["last"] + 1) for row in node.horizon(position) for gap in row["gaps"]]
    behind_gaps = [at for number, sequence in gaps for at in store.sequence_run(number, sequence, sequence).values()]
    told, decided = node.screening().told_at(position), assessments(store, node.keys, position)
    return {
        "stock": sorted(stock),
        "in_transit": sorted(behind_gaps),
        "held": sorted(row.position for row in store.held_at(position)),
        "refused": [row.position for row in store.refused() if row.position <= position],
        "conflicts": store.acts(CONFLICT, position),
        "unassessed": sorted({told.told_at[pair] for pair, signal in told.last.items() if is_open(signal, decided)}),
    }


def _needed(node: Node, rows: Iterable[dict[str, Any]], position: int) -> set[str]:
    """The sources that may change somebody's documentation, by the roles of their organisations at a position."""
    roles = frozenset().union(*map(roles_of, KINDS_THAT_CHANGE))
    partners = node.roster().at(position)
    named = {row["source"]: SOURCE.fullmatch(row["source"]) for row in rows}
    return {source for source, match in named.items() if match is not None and (partners.roles(match["oin"]) or frozenset()) & roles}


def _by_sector(node: Node, signals: Iterable[Signal]) -> dict[str, int]:
    counts: dict[int, int] = {}
    for signal in signals:
        counts[signal.enrolment] = counts.get(signal.enrolment, 0) + 1
    found: dict[str, int] = {}
    rows = node.store.rows_at(counts).values()
    for position, said in Reading(node.store, node.store, node.keys).said(rows).items():
        sector = said.data["sector"]
        found[sector] = found.get(sector, 0) + counts[position]
    return found
