"""The work list of screening: the signals on which somebody has to decide, worst first, each with what was told and what is known now."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from hervat.case import Charge
from hervat.clock import legal_day, parse_rfc3339
from hervat.consumers.removed import Hiding
from hervat.consumers.screening.assessment import AssessedAct, is_open
from hervat.consumers.screening.enrolment import Enrolment, enrolments
from hervat.consumers.screening.signal import Pair, Signal
from hervat.journal.entry import read_meta
from hervat.journal.keys import NodeKeys
from hervat.journal.store import WHOLE, Row, Store
from hervat.kinds import EmergencyReport
from hervat.procedure import ProcedureRoster
from hervat.register.changes import Concerned, Documented, changes
from hervat.register.purpose import REPORT, report_in
from hervat.register.reading import Reading


class Work(Struct, frozen=True, kw_only=True):
    """One signal to be decided on. `told` is what its version said, and `now` what stands of it; None where it was erased, or is not
    `visible`: hidden, of somebody else by now, or reported under a procedure that is not for this enrolment.
    """

    signal: Signal
    told_at: int
    known_on: date
    enrolment: Enrolment | None
    kind: str
    told: dict[str, Any] | None
    now: Documented | None
    visible: bool
    person: str | None
    persons: int

    @property
    def charges(self) -> tuple[Charge, ...]:
        """The charges that it is about, as they are now."""
        return () if self.now is None else self.now.charges

    @property
    def report(self) -> EmergencyReport | None:
        """What the police reported, in the version that was told; None of anything else, and where it was erased."""
        return report_in(self.told) if self.kind == REPORT and self.told is not None else None

    @property
    def on(self) -> date | None:
        """The day of the change."""
        return None if self.now is None else self.now.on


class WorkList:
    """Reads what lies behind signals."""

    def __init__(self, store: Store, keys: NodeKeys, roster: ProcedureRoster, hiding: Hiding) -> None:
        """`roster` has the emergency procedures: what the police reported is read under the one that it falls within; `hiding` says what
        is shown to nobody.
        """
        self._store = store
        self._roster = roster
        self._reading = Reading(store, store, keys)
        self._index = keys.index_of
        self._hiding = hiding
        self._names = {feed.number: feed.name for feed in store.feeds()}

    def open(self, told: Mapping[Pair, Signal], at: Mapping[Pair, int], assessed: Mapping[Pair, tuple[int, AssessedAct]]) -> Iterator[Work]:
        """Every signal on which nobody has decided, in the order in which it was told."""
        return self.behind([signal for signal in told.values() if is_open(signal, assessed)], at)

    def behind(self, signals: Iterable[Signal], at: Mapping[Pair, int]) -> Iterator[Work]:
        """What lies behind these signals, enrolment by enrolment."""
        of: dict[int, list[Signal]] = {}
        for signal in signals:
            of.setdefault(signal.enrolment, []).append(signal)
        for place, some in of.items():
            yield from self._of_enrolment(place, some, at)

    def _of_enrolment(self, place: int, signals: list[Signal], at: Mapping[Pair, int]) -> Iterator[Work]:
        messages = {signal.message for signal in signals}
        rows = self._store.rows_at({place, *messages})
        said = self._reading.said([rows[place]]).get(place)
        bsn = None if said is None else said.data["bsn"]
        found = self._reading.around([self._index(f"bsn:{bsn}")]) if bsn else None
        listed = [] if found is None else sorted(found.rows.values(), key=lambda row: row.position)
        facts = list(self._reading.messages(listed))
        number = None if said is None else said.data["enrolment"]
        enrolment = next((one for one in enrolments(facts) if one.number == number), None)
        persons = [one for one in changes(facts, hide=self._hiding(self._reading, listed, facts)) if bsn in one.bsns]
        versions = self._reading.documents(signal.version for signal in signals)
        for signal in signals:
            row = rows[signal.message]
            person, change = _change(persons, self._names[row.source], row.id or "")
            told = data_of(versions.get(signal.version), corrected=signal.version != signal.message)
            visible = change is not None or row.erased >= WHOLE or bool(row.retracted and row.kind != REPORT)
            if row.kind == REPORT and not self._fits(row, told, signal.version, enrolment):
                person = change = None
                visible = row.erased >= WHOLE
            yield Work(
                signal=signal,
                told_at=at[signal.pair],
                known_on=self._known_on(row),
                enrolment=enrolment,
                kind=row.kind or "",
                told=told if visible else None,
                now=change,
                visible=visible,
                person=None if person is None else person.skn,
                persons=len(persons),
            )

    def _fits(self, row: Row, told: dict[str, Any] | None, version: int, enrolment: Enrolment | None) -> bool:
        """Whether a report may be read for an enrolment, in the version that was told and in the one that counts."""
        said = self._reading.said([row]).get(row.position)
        for at, data in ((version, told), (row.version or row.position, None if said is None else said.data)):
            report = None if data is None else report_in(data)
            procedure = None if report is None else self._roster.at(at).covering(report)
            if procedure is None or enrolment is None or enrolment.sector not in procedure.sectors:
                return False
        return True

    def _known_on(self, row: Row) -> date:
        """The legal day on which a message was first applied."""
        position = row.applied_at or row.position
        return legal_day(parse_rfc3339(read_meta(self._store.entries_at([position])[position]).received_at))


def data_of(document: dict[str, Any] | None, *, corrected: bool) -> dict[str, Any] | None:
    """The data in a message, of a correction those it brings; None where there is no message."""
    if document is None:
        return None
    data: dict[str, Any] = document["data"]["data"] if corrected else document["data"]
    return data


def _change(persons: Iterable[Concerned], source: str, id: str) -> tuple[Concerned | None, Documented | None]:
    for person in persons:
        for change in (*person.changes, *person.reports):
            if (change.message.source, change.message.id) == (source, id):
                return person, change
    return None, None
