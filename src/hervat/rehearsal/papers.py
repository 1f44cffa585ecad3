"""What the offices of a world made, sheet by sheet, as it lies on paper by a day: each sheet in the version that counts by then.

- A sheet is a message as whoever made it wrote it; that it waits for a link does not keep it from being read on paper where it was made.
- It is read without the register: a second hand, by which is laid beside each other what was known on a day and what was so.
- A sheet is dated by what it tells, or where that has no day of its own by the day on which it was made.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from hervat.rehearsal.days import legal_day
from hervat.rehearsal.screened import Name
from hervat.rehearsal.sealing import Sent

Data = dict[str, Any]
CORRECTED, RETRACTED = "message-corrected", "message-retracted"
_DAYS: Final = (
    "received_on", "decided_on", "issued_on", "given_on", "opposed_on", "withdrawn_on", "final_on", "executed_on", "started_on", "ended_on",
    "lodged_on", "delivered_on", "released_on", "informed_on", "from",
)  # fmt: skip
READ: Final = (
    "case-registered", "charges-amended", "summons-issued", "case-dismissed", "penalty-order-issued", "penalty-order-opposed",
    "penalty-order-withdrawn", "penalty-order-final", "judgment-given", "advice-requested", "advice-delivered", "supervision-started",
    "file-released", "screening-enrolled", "custody-started", "custody-prolonged", "custody-ended",
)  # fmt: skip
_OF_A_CASE: Final = ("order", "judgment", "advice")


class Sheet(NamedTuple):
    """A message by its name: its kind, the day of what it tells, and that."""

    name: Name
    kind: str
    on: date
    data: Data


class View(Protocol):
    """Sheets as somebody has them before them."""

    def case(self, pn: str) -> list[Sheet]:
        """Those of a case."""

    def person(self, skn: str) -> list[Sheet]:
        """Those of every case that was registered under a number."""

    def sheet(self, name: Name) -> Sheet | None:
        """One of them; None where it is not there."""

    def changes(self, enrolment: Name) -> list[date]:
        """The days of the changes in the documentation of somebody who is screened, as far as these tell of any."""


def dated(data: Data, otherwise: date) -> date:
    """The day of what is told."""
    return next((date.fromisoformat(data[name]) for name in _DAYS if name in data), otherwise)


class Filed:
    """Sheets by their case and by the person under whose number that was registered."""

    def __init__(self) -> None:
        self._cases: dict[str, list[Name]] = defaultdict(list)
        self._persons: dict[str, list[str]] = defaultdict(list)
        self._of: dict[tuple[str, str], str] = {}
        self._skn: dict[str, str] = {}
        self._later: list[tuple[Name, Data]] = []

    def put(self, sheets: Iterable[tuple[Name, str, Data]]) -> None:
        """File all sheets; one that names an order, a judgment or advice goes with what gave that."""
        for name, kind, data in sheets:
            if "pn" not in data:
                self._later.append((name, data))
                continue
            self._cases[data["pn"]].append(name)
            for one in _OF_A_CASE:
                if one in data:
                    self._of.setdefault((one, data[one]), data["pn"])
            if kind == "case-registered":
                self._persons[data["skn"]].append(data["pn"])
                self._skn.setdefault(data["pn"], data["skn"])
        for name, data in self._later:
            pn = self.case_of(data)
            if pn is not None:
                self._cases[pn].append(name)

    def case_of(self, data: Data) -> str | None:
        """The number of the case that a sheet is about; None where nothing tells."""
        named = ((one, data[one]) for one in _OF_A_CASE if one in data)
        return data.get("pn") or next((self._of[one] for one in named if one in self._of), None)

    def skn_of(self, pn: str) -> str | None:
        """The number under which a case was registered."""
        return self._skn.get(pn)

    def of_case(self, pn: str) -> list[Name]:
        """The names of what is filed with a case."""
        return self._cases.get(pn, [])

    def of_person(self, skn: str) -> list[Name]:
        """The names of what is filed with the cases of a person."""
        return [name for pn in dict.fromkeys(self._persons.get(skn, ())) for name in self.of_case(pn)]


class _Made(NamedTuple):
    kind: str
    made: date
    data: Data
    sequence: int


class Papers:
    """The sheets that were made, of the kinds in `READ`. `unreadable`: what is so wrong that it counts only as it is corrected."""

    def __init__(self, messages: Iterable[Sent], unreadable: Collection[Name] = ()) -> None:
        self._made: dict[Name, _Made] = {}
        self._corrections: dict[Name, list[Name]] = defaultdict(list)
        self._retractions: dict[Name, list[Name]] = defaultdict(list)
        self._unreadable = frozenset(unreadable)
        corrections: dict[Name, Name] = {}
        for sent in messages:
            if sent.kind not in READ and sent.kind not in (CORRECTED, RETRACTED):
                continue
            name, data = (sent.source, sent.id), msgspec.json.decode(sent.raw)["data"]
            self._made[name] = _Made(sent.kind, legal_day(int(sent.event_at.timestamp())), data, sent.sequence)
            if sent.kind == CORRECTED and name not in self._unreadable:
                corrections[name] = (data["corrects"]["source"], data["corrects"]["id"])
            elif sent.kind == RETRACTED and name not in self._unreadable:
                self._retractions[data["retracts"]["source"], data["retracts"]["id"]].append(name)
        for name, original in corrections.items():
            # Whoever names a correction means what that corrects.
            while original in corrections:
                original = corrections[original]
            self._corrections[original].append(name)
        self.filed = Filed()
        self.filed.put(self._as_filed())

    def _as_filed(self) -> Iterator[tuple[Name, str, Data]]:
        """Every sheet under what it said first that could be read, also where it was taken back since."""
        for name, one in self._made.items():
            if one.kind in (CORRECTED, RETRACTED):
                continue
            if name not in self._unreadable:
                yield name, one.kind, one.data
            elif (version := self.version(name)) is not None:
                yield name, one.kind, self._made[version].data["data"]

    def sheets(self, by: date = date.max) -> Iterator[Sheet]:
        """All that was made by a day and counts by then, in the order in which it was made."""
        found = (self.sheet(name, by) for name in self._made)
        return (one for one in found if one is not None)

    def first(self, kind: str) -> Iterator[tuple[Sheet, date]]:
        """The sheets of a kind as they were first made, each with the day of that."""
        for name, one in self._made.items():
            if one.kind == kind and name not in self._unreadable:
                yield Sheet(name, kind, dated(one.data, one.made), one.data), one.made

    def made_on(self, name: Name) -> date:
        """The day on which a sheet was made."""
        return self._made[name].made

    def sheet(self, name: Name, by: date = date.max) -> Sheet | None:
        """A sheet in the version that counts by a day; None where it does not, or was not made by then."""
        one = self._made.get(name)
        if one is None or one.made > by or one.kind in (CORRECTED, RETRACTED) or not self._stands(name, by):
            return None
        version = self.version(name, by)
        if version is None and name in self._unreadable:
            return None
        data = one.data if version is None else self._made[version].data["data"]
        return Sheet(name, one.kind, dated(data, one.made), data)

    def version(self, name: Name, by: date = date.max) -> Name | None:
        """The correction of a sheet that counts by a day; None where it counts as it was made."""
        counting = [one for one in self._corrections.get(name, ()) if self._made[one].made <= by and self._stands(one, by)]
        return max(counting, key=lambda one: self._made[one].sequence, default=None)

    def is_taken_back(self, name: Name) -> bool:
        """Whether a sheet was taken back for good."""
        return not self._stands(name, date.max)

    def _stands(self, name: Name, by: date) -> bool:
        taken = (one for one in self._retractions.get(name, ()) if self._made[one].made <= by)
        return not any(self._stands(one, by) for one in taken)

    def at(self, by: date) -> View:
        """All of it as it lay there on a day."""
        return _Paper(self, by)


class _Paper:
    def __init__(self, papers: Papers, by: date) -> None:
        self._papers, self._by = papers, by

    def case(self, pn: str) -> list[Sheet]:
        return self._all(self._papers.filed.of_case(pn))

    def person(self, skn: str) -> list[Sheet]:
        return self._all(self._papers.filed.of_person(skn))

    def sheet(self, name: Name) -> Sheet | None:
        return self._papers.sheet(name, self._by)

    def changes(self, enrolment: Name) -> list[date]:
        """No paper tells of them."""
        return []

    def _all(self, names: Iterable[Name]) -> list[Sheet]:
        found = (self._papers.sheet(name, self._by) for name in names)
        return [one for one in found if one is not None]
