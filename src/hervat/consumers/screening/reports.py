"""Reports of the police about people who are screened: under which procedure each falls, how it ended, and what it became.

- A report concerns an enrolment in a sector of the procedure that it falls within, as that was known where its version came in.
- Its case may be registered for somebody else. So the cases are looked for by the number of the police as well, wherever they belong.
- What says the same is told once: a report *covers* a case that says nothing else than it does, a case the report that it confirms.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from msgspec import Struct

from hervat.consumers.removed import Hiding
from hervat.consumers.screening.signal import Word
from hervat.journal.keys import NodeKeys
from hervat.journal.store import HELD, WHOLE, Row, Store, keys_of
from hervat.needs import police_key
from hervat.procedure import ProcedureRoster
from hervat.register.endings import Beside, Name
from hervat.register.purpose import REPORT, procedure_of, report_in
from hervat.register.reading import Found, Reading, is_fact

_CASE = "case-registered"


class Reported(Struct, frozen=True, kw_only=True):
    """A report that may be told: for which sectors, and how it ended, as in `Signal`."""

    sectors: tuple[str, ...]
    ending: tuple[Word, ...]


class Reports:
    """The reports around some persons, by position. `covered_by` has for each the registrations of cases that confirm it, and for what
    registers a case the reports that say all that it does; `erased`, for either, what has its number and was erased.
    """

    def __init__(
        self, store: Store, keys: NodeKeys, reading: Reading, roster: ProcedureRoster, hiding: Hiding, found: Found, on: date
    ) -> None:
        """Reads them as they are seen on a day; the rows in `found` may become more."""
        self._hiding = hiding
        self._store = store
        self._keys = keys
        self._reading = reading
        self._names = {feed.number: feed.name for feed in store.feeds()}
        self.reported: dict[int, Reported] = {}
        self.covered_by: dict[int, list[int]] = {}
        self.erased: dict[int, list[int]] = {}
        rows = [row for row in found.rows.values() if row.kind == REPORT and is_fact(row)]
        if rows:
            self._read(rows, roster, found, on)

    def _read(self, rows: Collection[Row], roster: ProcedureRoster, found: Found, on: date) -> None:
        said = self._reading.said(rows)
        reports = [(row, report) for row in rows if row.position in said and (report := report_in(said[row.position].data)) is not None]
        self._note_erased([row for row in rows if row.erased >= WHOLE], found)
        held = self._look_for_cases({row.position: report.police_report for row, report in reports}, found)
        listed = sorted(found.rows.values(), key=lambda row: row.position)
        messages, place = list(self._reading.messages(listed)), {self._name(row): row.position for row in listed}
        beside = Beside(messages, self._hiding(self._reading, listed, messages))
        for row, report in reports:
            name, procedure = self._name(row), procedure_of(roster, row, report)
            if procedure is not None and name in beside.reports:
                now = roster.now.get(procedure.name)
                how, differs = beside.ending(name, None if now is None else now.until, on, held)
                if how != "withdrawn":
                    self.reported[row.position] = Reported(sectors=procedure.sectors, ending=(how, *differs))
                    self.covered_by[row.position] = [place[case] for case in beside.confirming(name)]
                    for case in beside.covered(name):
                        self.covered_by.setdefault(place[case], []).append(row.position)

    def _name(self, row: Row) -> Name:
        return self._names[row.source], row.id or ""

    def _note_erased(self, reports: Iterable[Row], found: Found) -> None:
        """For each case the reports with its number of which nothing is left but the key of that."""
        given = [(row.position, set(keys_of(row.gives))) for row in reports]
        if given:
            cases = [row for row in found.rows.values() if row.kind == _CASE and is_fact(row)]
            for position, said in self._reading.said(cases).items():
                number = said.data.get("police_report")
                if number is not None:
                    key = self._keys.index_of(f"report:{number}")
                    self.erased[position] = [at for at, keys in given if key in keys]

    def _look_for_cases(self, numbers: Mapping[int, str], found: Found) -> Collection[str]:
        """Take what lies around the cases that name these numbers to what was found; gives the numbers that held ones name."""
        keys = {self._keys.index_of(police_key(number)): number for number in numbers.values()}
        links = self._store.links(keys)
        rows = self._store.rows_at({position for linked in links.values() for position in linked})
        gone = {keys[key]: [at for at in linked if rows[at].erased >= WHOLE] for key, linked in links.items()}
        self.erased |= {position: gone[number] for position, number in numbers.items() if gone.get(number)}
        self._reading.around(self._reading.topics_of(rows.values()), found)
        held = [row for row in found.rows.values() if row.kind == _CASE and row.state == HELD]
        return {number for one in self._reading.said(held).values() if (number := one.data.get("police_report"))}
