"""The second computation of the reports of the police: which concern whom, how each may have ended, and what it became.

It stands on what `recompute` stands on. The emergency procedures and the patience with a report are terms that both computations are given.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from hervat.consumers.screening.facts import AMENDED, REGISTERED, REPORTED, Case, Fact, case_of, skn_of
from hervat.journal.keys import NodeKeys
from hervat.journal.store import HELD, Store
from hervat.procedure import EmergencyProcedure, ProcedureRoster, Procedures

if TYPE_CHECKING:
    from hervat.consumers.screening.recompute import Recompute


class Seen(NamedTuple):
    """How endings may have been seen: on a day, with the procedures as they were known."""

    on: date
    known: Procedures


class ReportTerms(NamedTuple):
    """The terms of reports: the procedures at every position, the days of patience with a report of a day, and how its ending was seen."""

    roster: ProcedureRoster
    patience: Mapping[date, int]
    seen: tuple[Seen, ...]


@dataclass(slots=True)
class Reported:
    """A report: the sectors that it concerns, how it may have ended, all that its ending hangs on, and the registrations of cases that
    confirm it, and of those that say nothing else.
    """

    fact: Fact
    sectors: tuple[str, ...]
    endings: frozenset[tuple[str, ...]]
    beside: frozenset[int]
    confirming: frozenset[int]
    covered: frozenset[int]


@dataclass(slots=True)
class _Named:
    """A case that names a number, as it counts: whose it is, the messages that register it, and its charges that are shown."""

    person: bytes
    regular: frozenset[int]
    charges: list[dict[str, Any]]


class SecondReports:
    """Works out reports for `Recompute`."""

    def __init__(self, second: "Recompute", store: Store, keys: NodeKeys, terms: ReportTerms) -> None:
        self._second = second
        self._store = store
        self._index = keys.index_of
        self._terms = terms

    def of(self, facts: Sequence[Fact]) -> Iterator[Reported]:
        """What becomes of each report that falls within a procedure and is not hidden."""
        for fact, _, report in self._second.opened(facts):
            day = date.fromisoformat(report["reported_on"])
            for one in self._terms.roster.at(fact.says.position):
                if report["category"] in one.categories and one.has(day) and (found := self._one(fact, report, one)) is not None:
                    yield found

    def _one(self, fact: Fact, report: dict[str, Any], procedure: EmergencyProcedure) -> Reported | None:
        number, person = report["police_report"], self._person(skn_of(fact))
        linked = {at for places in self._store.links([self._index(f"police-report:{number}")]).values() for at in places}
        facts = [one for one in self._second.linked([linked]) if one.row.kind == REGISTERED]
        cases = self._second.cases({case_of(one) for one in facts})
        if any(self._hides(case, number, person) for case in cases.values()):
            return None
        named = [one for case in cases.values() if (one := self._named(case, number)) is not None]
        own = [one for one in named if one.person == person]
        reported = self._persons_reported(number)
        found = [
            (() if own else ("person",)) + _differs(report, charge)
            for one in own or [one for one in named if one.person not in reported]
            for charge in one.charges
        ]
        if found:
            least = min(found, key=lambda differs: (len(differs), differs))
            endings = {("changed", *least) if least else ("confirmed",)}
        else:
            held = self._is_held(number, linked)
            endings = {("orphan",) if not held and self._late(report, procedure.name, seen) else ("open",) for seen in self._terms.seen}
        return Reported(
            fact=fact,
            sectors=procedure.sectors,
            endings=frozenset(endings),
            confirming=_registering(one for one in own if not all(_differs(report, charge) for charge in one.charges)),
            covered=_registering(one for one in own if "article" in report and not any(_differs(report, charge) for charge in one.charges)),
            beside=frozenset(linked.union(one.row.position for case in cases.values() for one in case.facts)),
        )

    def _person(self, skn: bytes) -> bytes:
        return self._second.root(skn) or skn

    def _hides(self, case: Case, number: str, person: bytes) -> bool:
        """Whether a case of which nothing is shown takes the report with it that led to it."""
        if not case.registered or case.shown or person not in case.bound:
            return False
        return any(data.get("police_report") == number for _, data in self._registrations(case))

    def _registrations(self, case: Case) -> list[tuple[Fact, dict[str, Any]]]:
        """The registrations of a case, the one that counts last."""
        listed = [(fact, data) for fact, _, data in self._second.opened([one for one in case.facts if one.row.kind == REGISTERED])]
        return sorted(listed, key=lambda pair: self._second.rank(pair[0], pair[1]["received_on"]))

    def _named(self, case: Case, number: str) -> _Named | None:
        """A case that is shown and names a number as it counts; None for any other."""
        registrations = self._registrations(case)
        if not case.shown or case.holder is None or not registrations or registrations[-1][1].get("police_report") != number:
            return None
        amended = [(fact, document, data) for fact, document, data in self._second.opened(case.facts) if fact.row.kind == AMENDED]
        amended.sort(key=lambda one: self._second.rank(one[0], self._second.day_of(one[0], one[1])))
        charges: dict[bytes, dict[str, Any]] = {}
        for data in [*(data for _, data in registrations), *(data for _, _, data in amended)]:
            charges |= {self._index(f"charge:{data['pn']}#{one['charge']}"): one for one in data["charges"]}
        return _Named(
            person=self._person(case.holder),
            regular=frozenset(fact.row.position for fact, _ in registrations),
            charges=[one for key, one in charges.items() if key in case.shown],
        )

    def _persons_reported(self, number: str) -> set[bytes]:
        """Those about whom there is a report with a number."""
        reports = [one for one in self._second.about([self._index(f"report:{number}")]) if one.row.kind == REPORTED]
        return {self._person(skn_of(fact)) for fact, _, data in self._second.opened(reports) if data["police_report"] == number}

    def _is_held(self, number: str, linked: Collection[int]) -> bool:
        """Whether a case that names a number is here and held."""
        rows = list(self._store.rows_at(linked).values())
        rows += self._store.rows_by_ident([row.target for row in rows if row.target is not None]).values()
        held = [row for row in rows if row.kind == REGISTERED and row.state == HELD]
        versions = self._store.rows_at([row.version for row in held if row.version is not None])
        facts = [Fact(row, row if row.version is None else versions[row.version]) for row in held]
        return any(data.get("police_report") == number for _, _, data in self._second.opened(facts))

    def _late(self, report: Mapping[str, Any], procedure: str, seen: Seen) -> bool:
        """Whether a report without a case has waited too long on a day, or its procedure is over."""
        reported_on, now = date.fromisoformat(report["reported_on"]), seen.known.get(procedure)
        patience = self._terms.patience
        days = patience[max((day for day in patience if day <= reported_on), default=min(patience))]
        ended = now is not None and now.until is not None and now.until < seen.on
        return ended or (seen.on - reported_on).days > days


def _registering(cases: Iterable[_Named]) -> frozenset[int]:
    return frozenset[int]().union(*(one.regular for one in cases))


def _differs(report: Mapping[str, Any], charge: Mapping[str, Any]) -> tuple[str, ...]:
    """What differs between a report and a charge."""
    article = report.get("article") not in (None, charge["article"])
    period = _days(report["period"]) != _days(charge["period"])
    return (("article",) if article else ()) + (("period",) if period else ())


def _days(period: Mapping[str, str | None]) -> tuple[str | None, ...]:
    return period.get("from"), period.get("to")
