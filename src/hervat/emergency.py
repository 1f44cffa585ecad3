"""The emergency procedures of a node: opened, closed, and looked back on: how much came under each, what was refused, and how it ended.

What is told names no person: a report is told by its position, and its entry says the rest to whoever may see it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import msgspec

from hervat.assemble import BATCH, Node
from hervat.clock import legal_day, parse_rfc3339
from hervat.errors import StoreFault
from hervat.intake.preparing import read_refusal
from hervat.intake.proceeding import closing, opening
from hervat.journal.entry import open_entry, read_meta
from hervat.journal.store import HELD, WHOLE, Row, Store
from hervat.kinds import EmergencyReport
from hervat.needs import police_key
from hervat.procedure import EmergencyProcedure, Procedures
from hervat.register.endings import Ending, Name, endings, patience_on
from hervat.register.purpose import REPORT, procedure_of, report_in
from hervat.register.reading import CORRECTION, Reading, is_fact

_CASE = "case-registered"
_OUTSIDE = {"data.reported_on": "day", "data.category": "category", "data.data.reported_on": "day", "data.data.category": "category"}
ENDINGS = ("confirmed", "changed", "withdrawn", "orphan", "open", "held")


class Emergency:
    """The procedures of a node."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def open(self, procedure: EmergencyProcedure, *, by: str, why: str) -> dict[str, Any]:
        """Open a procedure; returns the act's position. Raises Usage for one that cannot be opened."""
        return self._node.change_terms(opening(self._known(), procedure, by=by, why=why))

    def close(self, name: str, until: date, *, by: str, why: str) -> dict[str, Any]:
        """Give a procedure its last day; returns the act's position. Raises Usage for one that cannot be closed so."""
        return self._node.change_terms(closing(self._known(), name, until, by=by, why=why))

    def _known(self) -> Procedures:
        return self._node.rosters().procedures.now

    def listing(self, on: date, position: int | None = None) -> dict[str, Any]:
        """Every procedure known at a position, or now, with what came of it as it is seen on the day `on`."""
        last = self._node.position if position is None else min(position, self._node.position)
        return _Listing(self._node, last, on).answer()


class _Listing:
    """What came under the procedures in F(1..last)."""

    def __init__(self, node: Node, last: int, on: date) -> None:
        self._node = node
        self._last = last
        self._on = on
        self._roster = node.rosters().procedures
        self._known = self._roster.at(last)
        self._topics = _topics(node, last)
        self._state = self._state_at()
        self._reading = Reading(self._state, node.store, node.keys)
        self._names = {feed.number: feed.name for feed in self._state.feeds()}

    def _state_at(self) -> Store:
        if self._last == self._node.position:
            return self._node.store
        store = self._node.store
        around = Reading(store, store, self._node.keys).around(self._topics).rows
        spoken = (row.position for kind in (REPORT, CORRECTION) for row in store.of_kind(kind, self._last))
        return self._node.past.folded_to({*around, *spoken}, self._last)

    def answer(self) -> dict[str, Any]:
        rows = self._state.of_kind(REPORT, self._last)
        taken = [row for row in rows if not _is_refused(row)]
        fallen = {row.position: within for row in taken if (within := self._within(row)) is not None}
        ended = self._ended(row for row in taken if row.position in fallen)
        days = self._days(fallen)
        refused, unread = self._refused([*rows, *self._state.of_kind(CORRECTION, self._last)])
        listed = [
            self._procedure(one, [row for row in taken if fallen.get(row.position) == one.name], ended, days, refused[one.name])
            for one in self._known
        ]
        patience = patience_on(self._on)
        return {
            "position": self._last,
            "on": self._on,
            "procedures": listed,
            "erased": sum(row.position not in fallen for row in taken) + unread,
            "orphan_after": patience._asdict(),
        }

    def _within(self, row: Row) -> str | None:
        """The name of the procedure a report was taken under; None where it can be read no more."""
        report = self._report(row)
        procedure = None if report is None else procedure_of(self._roster, row, report)
        return None if procedure is None else procedure.name

    def _report(self, row: Row) -> EmergencyReport | None:
        said = self._reading.said([row]).get(row.position)
        return None if said is None else report_in(said.data)

    def _name(self, row: Row) -> Name:
        return self._names[row.source], row.id or ""

    def _ended(self, rows: Iterable[Row]) -> dict[int, Ending | None]:
        """How each report ended, by position; None for what is held."""
        listed = list(rows)
        facts = {self._name(row): row for row in listed if is_fact(row)}
        ends = {name: self._until(row) for name, row in facts.items()}
        around = self._reading.around(self._topics).rows.values()
        held = {one.data.get("police_report") for one in self._reading.said(row for row in around if _is_held_case(row)).values()}
        rows_around = [row for row in around if row.position <= self._last]
        messages = list(self._reading.messages(rows_around))
        hide = self._node.past.withheld.hide(self._reading, rows_around, messages, self._last)
        found = endings(messages, ends, self._on, {number for number in held if number}, hide=hide)
        by_position: dict[int, Ending | None] = {facts[name].position: ending for name, ending in found.items()}
        rest = {row.position: Ending("withdrawn") if row.retracted else None for row in listed if row.position not in by_position}
        return by_position | rest

    def _until(self, row: Row) -> date | None:
        procedure = self._known.get(self._within(row) or "")
        return None if procedure is None else procedure.until

    def _days(self, positions: Iterable[int]) -> dict[int, date]:
        """The legal day on which each came in."""
        entries = self._node.store.entries_at(positions)
        return {position: legal_day(parse_rfc3339(read_meta(entry).received_at)) for position, entry in entries.items()}

    def _refused(self, rows: Iterable[Row]) -> tuple[dict[str, Counter[str]], int]:
        """What was refused for falling outside, by the procedure it is nearest to; and how many refused reports can be read no more."""
        found: dict[str, Counter[str]] = {one.name: Counter() for one in self._known}
        unread = 0
        for row in rows:
            refusal = read_refusal(row.refusal or "") if _is_refused(row) else None
            if refusal is None or (refusal.code != "content" and not row.erased):
                continue
            if row.erased:
                unread += row.kind == REPORT
            elif refusal.path in _OUTSIDE:
                near = self._roster.at(row.position).nearest(self._day_in(row))
                found[near.name][_OUTSIDE[refusal.path]] += 1
        return found, unread

    def _day_in(self, row: Row) -> date:
        """The day of a report that was refused for its content, and so has the form of one."""
        data = msgspec.json.decode(open_entry(self._node.keys, self._node.store.entries_at([row.position])[row.position]).payload)["data"]
        report = report_in(data["data"] if row.kind == CORRECTION else data)
        if report is None:
            raise StoreFault(f"entry {row.position}: it was refused as a report and has not the form of one; run hervat verify")
        return report.reported_on

    def _procedure(
        self, one: EmergencyProcedure, taken: list[Row], ended: dict[int, Ending | None], days: dict[int, date], refused: Counter[str]
    ) -> dict[str, Any]:
        per_day = Counter(days[row.position] for row in taken)
        how = {row.position: ending.how if (ending := ended[row.position]) is not None else "held" for row in taken}
        counts = Counter(how.values())
        said: dict[str, Any] = msgspec.to_builtins(one)
        changed = [(row, ending) for row in taken if (ending := ended[row.position]) is not None and ending.how == "changed"]
        return said | {
            "opened": self._known.opened(one.name),
            "closed": self._known.closed(one.name),
            "state": self._state_of(one),
            "taken": len(taken),
            "per_day": [{"day": day, "taken": count} for day, count in sorted(per_day.items())],
            "refused": {name: refused[name] for name in ("day", "category")},
            "endings": {name: counts[name] for name in ENDINGS},
            "changed": [self._told(row) | {"differs": [*ending.differs]} for row, ending in changed],
            "orphans": [self._told(row) for row in taken if how[row.position] == "orphan"],
        }

    def _state_of(self, one: EmergencyProcedure) -> str:
        if self._on < one.from_:
            return "coming"
        return "open" if one.has(self._on) else "closed"

    def _told(self, row: Row) -> dict[str, Any]:
        report = self._report(row)
        return {"position": row.position, "source": self._names[row.source], "id": row.id, "reported_on": report and report.reported_on}


def _is_refused(row: Row) -> bool:
    """Whether a message was refused and no correction makes it count; also where it was retracted since."""
    return row.refusal is not None and row.version is None


def _is_held_case(row: Row) -> bool:
    return row.kind == _CASE and row.state == HELD


def _topics(node: Node, last: int) -> set[bytes]:
    """The persons whom reports name, and the cases that name the number of a report, with their persons, in any version."""
    reading = Reading(node.store, node.store, node.keys)
    numbers, persons = set[str](), set[str]()
    for data in _data_of(node, [*node.store.of_kind(REPORT, last), *node.store.of_kind(CORRECTION, last)]):
        report = report_in(data)
        if report is not None:
            numbers.add(report.police_report)
            persons.add(report.skn)
    cases = reading.topics_of(reading.linked(map(police_key, numbers)))
    return cases.union(map(reading.person_key, persons))


def _data_of(node: Node, rows: list[Row]) -> Iterator[dict[str, Any]]:
    """What rows say, of a correction what it brings; what was refused by itself, or erased, is passed over."""
    reading = Reading(node.store, node.store, node.keys)
    readable = [row for row in rows if row.refusal is None and row.erased < WHOLE]
    for start in range(0, len(readable), BATCH):
        part = readable[start : start + BATCH]
        documents = reading.documents(row.position for row in part)
        for row in part:
            data = documents.get(row.position, {}).get("data", {})
            yield data["data"] if row.kind == CORRECTION and data else data
