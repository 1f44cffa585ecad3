"""Reports of the police about people who are screened: under which procedure each falls, how it ended, and what it became.

- A report concerns an enrolment in a sector of the procedure that it falls within, as that was known where its version came in.
- Its case may be registered for somebody else. So the cases are looked for by the number of the police as well, wherever they belong.
"""

from collections.abc import Collection, Iterable
from datetime import date

from msgspec import Struct

from hervat.consumers.screening.signal import Word
from hervat.journal.keys import NodeKeys
from hervat.journal.store import HELD, Store
from hervat.needs import police_key
from hervat.procedure import ProcedureRoster
from hervat.register.endings import Beside, Name
from hervat.register.purpose import REPORT, procedure_of, report_in
from hervat.register.reading import Found, Reading, is_fact

_CASE = "case-registered"


class Reported(Struct, frozen=True, kw_only=True):
    """A report that may be told: to whom, how it ended (as in `Signal`), and the messages that register the cases of its person."""

    sectors: tuple[str, ...]
    ending: tuple[Word, ...]
    regular: tuple[Name, ...]


class Reports:
    """Reads the reports around some persons, with the cases that name their numbers."""

    def __init__(self, store: Store, keys: NodeKeys, reading: Reading, roster: ProcedureRoster) -> None:
        self._store = store
        self._keys = keys
        self._reading = reading
        self._roster = roster
        self._names = {feed.number: feed.name for feed in store.feeds()}

    def among(self, found: Found, on: date) -> dict[Name, Reported]:
        """The reports among what lies around some persons, by source and id, with how each ended as it is seen on a day. The rows in
        `found` may become more.
        """
        rows = [row for row in found.rows.values() if row.kind == REPORT and is_fact(row)]
        if not rows:
            return {}
        said = self._reading.said(rows)
        reports = [(row, report) for row in rows if row.position in said and (report := report_in(said[row.position].data)) is not None]
        held = self._look_for_cases({report.police_report for _, report in reports}, found)
        beside = Beside(self._reading.messages(sorted(found.rows.values(), key=lambda row: row.position)))
        listed = {}
        for row, report in reports:
            name, procedure = (self._names[row.source], row.id or ""), procedure_of(self._roster, row, report)
            if procedure is not None and name in beside.reports:
                now = self._roster.now.get(procedure.name)
                how, differs = beside.ending(name, None if now is None else now.until, on, held)
                if how != "withdrawn":
                    listed[name] = Reported(sectors=procedure.sectors, ending=(how, *differs), regular=tuple(beside.regular(name)))
        return listed

    def _look_for_cases(self, numbers: Iterable[str], found: Found) -> Collection[str]:
        """Take what lies around the cases that name these numbers to what was found; gives the numbers that held ones name."""
        links = self._store.links([self._keys.index_of(police_key(number)) for number in numbers])
        rows = self._store.rows_at({position for linked in links.values() for position in linked})
        self._reading.around(self._reading.topics_of(rows.values()), found)
        held = [row for row in found.rows.values() if row.kind == _CASE and row.state == HELD]
        return {number for one in self._reading.said(held).values() if (number := one.data.get("police_report"))}
