"""For which purpose a report by the police may be seen: that of the procedure it falls within, and no other.

- What is seen for a purpose is the register of the messages that may be seen for it: the reports of another purpose are left out before
  anything is folded, with what is held about them, so no contradiction and no count tells of them.
- A report falls within a procedure as that was known where the version that counts came in: what was closed since still covers it.
- A held retraction of a message that is not here speaks of nobody knows what, and stays.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from hervat.journal.store import Row, Store
from hervat.kinds import EmergencyReport
from hervat.procedure import EmergencyProcedure, ProcedureRoster
from hervat.register.reading import CORRECTION, Reading, Said

REPORT = "emergency-report"


def report_in(data: Mapping[str, Any]) -> EmergencyReport | None:
    """The report that data of some kind is; None where it is none."""
    try:
        return msgspec.convert(data, EmergencyReport)
    except msgspec.ValidationError:
        return None


def procedure_of(roster: ProcedureRoster, row: Row, report: EmergencyReport) -> EmergencyProcedure | None:
    """The procedure within which a report falls, as it was known where the version that counts came in."""
    return roster.at(row.version or row.position).covering(report)


class Sight:
    """What may be seen for a purpose; with None, which is the node's own operator, everything."""

    def __init__(self, reading: Reading, store: Store, roster: ProcedureRoster, purpose: str | None) -> None:
        self._reading = reading
        self._store = store
        self._roster = roster
        self._purpose = purpose

    def of(self, rows: Iterable[Row]) -> list[Row]:
        """The rows among these that may be seen, in order of position."""
        listed = sorted(rows, key=lambda row: row.position)
        if self._purpose is None:
            return listed
        about = {row.position: original for row in listed if (original := self.report_of(row)) is not None}
        if not about:
            return listed
        said = self._reading.said([*about.values(), *(row for row in listed if row.position in about)])
        return [row for row in listed if row.position not in about or self._fits(row, about[row.position], said)]

    def report_of(self, row: Row) -> Row | None:
        """The report that a message is or amends; a correction of what is not here stands for itself where it brings one."""
        original: Row | None = row
        # Some name one another in a ring.
        seen = set[int]()
        while original is not None and original.target is not None and original.position not in seen:
            seen.add(original.position)
            original = self._store.rows_by_ident([original.target]).get(original.target)
        if original is not None:
            return original if original.kind == REPORT else None
        corrects = self._reading.said([row]).get(row.position) if row.kind == CORRECTION and row.refusal is None else None
        return row if corrects is not None and report_in(corrects.data) is not None else None

    def _fits(self, row: Row, original: Row, said: Mapping[int, Said]) -> bool:
        spoken = said.get(row.position if row.kind == CORRECTION else original.position)
        report = None if spoken is None else report_in(spoken.data)
        procedure = None if report is None else procedure_of(self._roster, row if row.kind == CORRECTION else original, report)
        return procedure is not None and procedure.purpose == self._purpose
