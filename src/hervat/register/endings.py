"""How the reports of the police end: a pure function of the applied messages, the last day of each procedure, and the day asked about.

- **confirmed**: a case with its number is registered for the same person, with a charge of the same article and period.
- **changed**: there is such a case, but the person, the article or the period differ. A case of somebody else counts only where that person
  has no report of that number: two suspects may share one.
- **withdrawn**: its case is hidden. (A report that was retracted is no applied message, and is not asked about.)
- **orphan**: there is no case, and the procedure has ended or the patience with it has. **open**: there is none yet.
- A case that is here and held is on its way: its report stays open.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Literal, NamedTuple

from hervat import kinds
from hervat.message import Message
from hervat.register.cases import Cases
from hervat.register.hiding import Hidden
from hervat.register.people import People
from hervat.register.record import Case, Charge
from hervat.register.told import Told

Name = tuple[str, str]
Hide = Callable[[Told, People], Hidden]
How = Literal["confirmed", "changed", "withdrawn", "orphan", "open"]
What = Literal["person", "article", "period"]


class Patience(NamedTuple):
    """How many days after its day a report without a case is an orphan; how sure that is, and where it comes from."""

    days: int
    certainty: str
    source: str


# Unverified: no text that was read says when a report without a case should be looked into.
PATIENCES = ((date(2025, 8, 12), Patience(90, "unverified", "invented: longer than the links were cut")),)


class Ending(NamedTuple):
    """How a report ended, and what differs where it changed: person, article, period."""

    how: How
    differs: tuple[What, ...] = ()


def patience_on(day: date) -> Patience:
    """The patience with reports of a day: the last that was set on or before it, or else the first."""
    return max((one for one in PATIENCES if one[0] <= day), default=PATIENCES[0])[1]


def endings(
    messages: Iterable[Message], ends: Mapping[Name, date | None], on: date, held: Collection[str] = (), *, hide: Hide = Hidden
) -> dict[Name, Ending]:
    """How each report among the messages ended that is in `ends`, by source and id, as it is seen on the day `on`.

    `ends` has the last day of the procedure of each, None where no end is known; `held` the numbers held cases name; `hide` says what is
    hidden. Raises nothing.
    """
    beside = Beside(messages, hide)
    return {name: beside.ending(name, until, on, held) for name, until in ends.items() if name in beside.reports}


class Beside:
    """Reports beside the cases that name their numbers, in a set of applied messages; `reports` has them by source and id."""

    def __init__(self, messages: Iterable[Message], hide: Hide = Hidden) -> None:
        """`hide` says what is hidden; without it, what a dismissal hides."""
        told = Told(messages)
        self._people = People(told)
        self._hidden = hide(told, self._people)
        self.reports = {(said.source, said.id): said.data for said in told.of(kinds.EmergencyReport)}
        self._registrations: dict[str, list[Name]] = {}
        for said in told.of(kinds.CaseRegistered):
            self._registrations.setdefault(said.data.pn, []).append((said.source, said.id))
        self._cases: dict[str, list[tuple[str, Case]]] = {}
        for skn, case in Cases(told, told, self._hidden).shown():
            if case.police_report is not None:
                self._cases.setdefault(case.police_report, []).append((self._person(skn), case))
        self._reported = {(one.police_report, self._person(one.skn)) for one in self.reports.values()}

    def ending(self, name: Name, last: date | None, on: date, held: Collection[str] = ()) -> Ending:
        """How a report ended as it is seen on the day `on`; `last` is the last day of its procedure, where one is known."""
        report = self.reports[name]
        if (report.police_report, report.skn) in self._hidden.reports:
            return Ending("withdrawn")
        found = list(self._differences(report))
        if found:
            differs = min(found, key=lambda one: (len(one), one))
            return Ending("changed", differs) if differs else Ending("confirmed")
        waited = on - report.reported_on > timedelta(patience_on(report.reported_on).days)
        late = waited or (last is not None and last < on)
        return Ending("orphan" if late and report.police_report not in held else "open")

    def confirming(self, name: Name) -> Iterator[Name]:
        """The messages that register the cases of the same person in which there is what was reported."""
        report = self.reports[name]
        for case in self._own(report):
            if not all(_of_charge(report, charge) for charge in case.charges):
                yield from self._registrations[case.prosecution_number]

    def covered(self, name: Name) -> Iterator[Name]:
        """The messages that register the cases of the same person in which there is nothing but what was reported."""
        report = self.reports[name]
        for case in self._own(report):
            if report.article is not None and not any(_of_charge(report, charge) for charge in case.charges):
                yield from self._registrations[case.prosecution_number]

    def _own(self, report: kinds.EmergencyReport) -> list[Case]:
        person = self._person(report.skn)
        return [case for holder, case in self._cases.get(report.police_report, ()) if holder == person]

    def _person(self, skn: str) -> str:
        """Who has an SKN; of somebody whose registration was erased there is only that."""
        return self._people.person(skn) or skn

    def _differences(self, report: kinds.EmergencyReport) -> Iterator[tuple[What, ...]]:
        """What differs between a report and each charge that may be what became of it; those of the same person, if there are any."""
        number, own = report.police_report, self._own(report)
        others = [case for holder, case in self._cases.get(number, ()) if (number, holder) not in self._reported]
        person: tuple[What, ...] = () if own else ("person",)
        for case in own or others:
            for charge in case.charges:
                yield person + _of_charge(report, charge)


def _of_charge(report: kinds.EmergencyReport, charge: Charge) -> tuple[What, ...]:
    article: tuple[What, ...] = () if report.article in (None, charge.article) else ("article",)
    period: tuple[What, ...] = () if report.period == charge.period else ("period",)
    return article + period
