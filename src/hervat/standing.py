"""How things stand: the bottlenecks at a position of the journal, and the entries that each figure of the state of affairs rests on.

Counted is with the enrolments as they are known now, on the day asked about.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from hervat.assemble import Node
from hervat.clock import end_of, legal_day, parse_rfc3339
from hervat.consumers.bottleneck import Bottleneck, bottleneck
from hervat.consumers.certificates.again import Told
from hervat.consumers.certificates.applications import REQUESTED, places
from hervat.consumers.certificates.procedure import Procedure, begun
from hervat.consumers.certificates.steps import DECIDED
from hervat.consumers.disclosure.comparing import Holding
from hervat.consumers.disclosure.desk import FOR_PROCEEDINGS
from hervat.consumers.screening.assessment import assessments, is_open
from hervat.consumers.screening.population import Population
from hervat.consumers.screening.signal import Signal
from hervat.intake.folding import CONFLICT
from hervat.journal.entry import read_meta
from hervat.message import SOURCE
from hervat.needs import roles_of
from hervat.register.changes import KINDS_THAT_CHANGE
from hervat.register.horizon import stock_declared
from hervat.register.reading import Reading, is_fact
from hervat.reopening import Reopening
from hervat.screening import screening_of

SECTORS = ("childcare", "taxi")
CERTIFICATES, IMMIGRATION, HEARINGS = "certificates", "immigration", "hearings"
OF_IMMIGRATION = ("Bjsg 19", "Bjsg 16b")
"""The articles under which is asked for aliens law and for nationality law."""


def bottlenecks(node: Node, on: date | None = None) -> list[Bottleneck]:
    """The bottlenecks of screening in each sector, of certificates, of immigration and of hearings, now or at the end of a legal day; none
    where nothing was received by then.
    """
    position = node.position if on is None else node.position_at(end_of(on))
    if not position:
        return []
    last = parse_rfc3339(read_meta(node.store.entries_at([position])[position]).received_at)
    return _At(node, position, last if on is None else end_of(on)).all()


class _At:
    """How things stood at a position and a moment."""

    def __init__(self, node: Node, position: int, at: datetime) -> None:
        self._node = node
        self._position = position
        self._at = at
        self._rows = node.horizon(position)
        self._needed = _needed(node, self._rows, position)

    def all(self) -> list[Bottleneck]:
        return [*self._of_screening(), self._of_certificates(), *self._of_disclosure()]

    def _bottleneck(self, name: str, affected: int, left: dict[str, tuple[str, int]]) -> Bottleneck:
        return bottleneck(name, self._needed, self._rows, self._at, affected=affected, left=left)

    def _not_come_to(self, through: int) -> int:
        """How many messages came after a position that a consumer went through."""
        store = self._node.store
        return sum(store.tally(through).values()) - sum(store.tally(self._position).values())

    def _of_screening(self) -> Iterator[Bottleneck]:
        node, told = self._node, screening_of(self._node).told_at(self._position)
        decided = assessments(node.store, node.keys, self._position)
        unassessed = _by_sector(node, (signal for signal in told.last.values() if is_open(signal, decided)))
        affected = Population(node.store, node.keys).on(legal_day(self._at))
        undecided = self._not_come_to(told.through)
        for sector in SECTORS:
            left = {"changes-told": ("undecided", undecided), "signals-assessed": ("unassessed", unassessed.get(sector, 0))}
            yield self._bottleneck(sector, affected[sector], left)

    def _of_certificates(self) -> Bottleneck:
        """Who waits for a certificate, and the decisions that would be proposed otherwise now and nobody has looked at again."""
        store, reopening = self._node.store, Reopening(self._node)
        procedure = Procedure(store, self._node.keys, self._node.decide)
        waiting = sum(1 for _ in procedure.open(self._applications(), self._position))
        told, reopened = Told(store, self._node.keys, self._position), len(reopening.waiting(self._position))
        uncompared = self._not_come_to(told.through) if store.acts(DECIDED, self._position) else 0
        uncompared += len(procedure.behind(told.through, self._position))
        left = {"changes-compared": ("uncompared", uncompared), "decisions-seen-again": ("reopened", reopened)}
        return self._bottleneck(CERTIFICATES, waiting + reopened, left)

    def _applications(self) -> Iterator[int]:
        """The places of the applications; given twice it is one."""
        store, given = self._node.store, dict[tuple[int, bytes], list[int]]()
        rows = [row for row in store.of_kind(REQUESTED, self._position) if is_fact(row)]
        versions = store.rows_at({row.version for row in rows if row.version is not None})
        for row in rows:
            given.setdefault((row.source, (versions[row.version] if row.version else row).gives[:16]), []).append(row.position)
        several = [at for positions in given.values() if len(positions) > 1 for at in positions]
        taken = begun(store, self._node.keys, several, self._position)
        for positions in given.values():
            yield from places(positions, taken)

    def _of_disclosure(self) -> Iterator[Bottleneck]:
        """What was handed out on incomplete knowledge, and what of it reads differently now and nobody has closed."""
        holding = Holding.up_to(self._node.store, self._node.keys, self._position)
        for name, articles in ((IMMIGRATION, OF_IMMIGRATION), (HEARINGS, (FOR_PROCEEDINGS,))):
            given = {request for request, (_, act) in holding.given.items() if act.article in articles}
            blind = {request for request in given if holding.given[request][1].blind}
            differing = given & holding.open().keys()
            uncompared = self._not_come_to(holding.through) + len(given & holding.behind()) if given else 0
            left = {"changes-compared": ("uncompared", uncompared), "answers-closed": ("differing", len(differing))}
            yield self._bottleneck(name, len(blind | differing), left)


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
    told, decided = screening_of(node).told_at(position), assessments(store, node.keys, position)
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
