"""The person concerned at a node: what is recorded about somebody, for how long it is kept, and who was told what of it.

- How long an entry is kept is worked out from the same facts as the register goes by when it destroys: nobody reads another day here.
- Nothing in it tells whether there is a report by the police, a hidden charge or a disclosure that is not told: what is not in it is said
  in the same words for everybody.
- A signal is told where what it was about concerns this person still and is shown in its cases, and of its charges those that are.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from hervat import case
from hervat.assemble import Node
from hervat.clock import legal_day, parse_rfc3339
from hervat.consumers.blind import blind
from hervat.consumers.contradicted import own
from hervat.consumers.disclosure.given import answers_to
from hervat.consumers.disclosure.listed import REQUESTED
from hervat.consumers.near import IDENTIFYING, Near
from hervat.consumers.retention.recorded import Entry, recorded
from hervat.consumers.subject.inspected import INSPECTED, InspectedAct, is_told
from hervat.disclosing import NO_PURPOSE, Disclosing
from hervat.journal.entry import read_meta
from hervat.journal.store import Row
from hervat.law import retention as law
from hervat.law.rule import Horizon, Result
from hervat.law.value import Outcome, Words, plain
from hervat.register.purpose import REPORT
from hervat.register.reading import Found, Reading
from hervat.register.record import Charge, Person
from hervat.screening import screening_of, work_list_of

WITHHELD = (
    Words(
        en="Reports that the police made directly under an emergency procedure are given for one purpose; whether there are any is not "
        "told here, ask the police.",
        nl="Meldingen die de politie in een noodprocedure rechtstreeks deed, zijn voor één doel gegeven; of die er zijn, staat hier niet, "
        "vraag het de politie.",
    ),
    Words(
        en="Disclosures to the intelligence and security services are not told here (unverified); ask them.",
        nl="Verstrekkingen aan de inlichtingen- en veiligheidsdiensten staan hier niet (ongeverifieerd); vraag het die diensten.",
    ),
)

_OUT_OF_ORDER = Words(
    en="the days that are recorded lie in an order that cannot be: for how long it is kept is said when they are put right",
    nl="de dagen die zijn vastgelegd, liggen in een volgorde die niet kan: hoe lang het wordt bewaard, is te zeggen als dat is hersteld",
)


class Inspecting:
    """Shows people what is recorded about them."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._reading = Reading(node.store, node.store, node.keys)

    def inspect(self, skn: str, on: date, *, by: str | None) -> dict[str, Any]:
        """The report, as an act: it is an inspection, with its day."""
        answer = self.report(skn, on)
        act = InspectedAct(on=on, at=answer["position"], person=self._registered(answer["skns"]), by=by)
        return {"act": self._node.decide(INSPECTED, act), **answer}

    def _registered(self, skns: list[str]) -> int | None:
        linked = self._reading.linked(f"person:{skn}" for skn in skns)
        return min((row.position for row in linked if row.kind == "person-registered"), default=None)

    def report(self, skn: str, on: date) -> dict[str, Any]:
        """What is recorded, kept and told about a person, as known now, on a day. Of whom nobody registered, that this is not clean."""
        person, answer = self._node.record(skn, valid_on=on, purpose=NO_PURPOSE)
        unsettled = self._node.past.unsettled(answer["horizon"]["sources"], answer["position"], answer["skns"])
        unseen = blind(answer, unsettled, self._node.roster().at(answer["position"]), on)
        about = {name: answer[name] for name in ("skn", "skns", "known", "position", "horizon")}
        about |= {"on": on.isoformat(), "blind": list(unseen), "withheld": [plain(one) for one in WITHHELD]}
        if person is None:
            return about | {"identities": [], "cases": [], "foreign_convictions": [], "entries": [], "disclosures": [], "signals": []}
        return about | {
            **{name: answer[name] for name in ("identities", "died_on", "cases", "foreign_convictions")},
            "contradictions": [msgspec.to_builtins(one) for one in own(person)],
            "entries": list(self._kept(person, answer, unseen, on)),
            "disclosures": sorted(self._disclosures(person), key=lambda one: one["act"]),
            "signals": sorted(self._signals(person), key=lambda one: (one["act"], one["of"])),
        }

    def _kept(self, person: Person, answer: dict[str, Any], unseen: tuple[str, ...], on: date) -> Iterator[dict[str, Any]]:
        """For how long each charge is kept, with how it ended, and each conviction abroad."""
        until = {row["source"]: row["complete_until"] for row in answer["horizon"]["sources"]}
        horizon = Horizon(position=answer["position"], complete_until=until, support_lost=answer["horizon"]["support_lost"])
        known = law.Known(complete_until=law.NONE if unseen else on)
        charges = {(each.prosecution_number, one.charge): one for each in person.cases for one in each.charges}
        for entry in recorded(person):
            yield _entry(entry, charges[entry.pn, entry.charge], _result(entry, known, on, horizon))
        for abroad in person.foreign_convictions:
            offence, whose = law.Offence(class_="misdrijf", from_=abroad.decided_on), law.Person(died_on=person.died_on or law.NONE)
            result = law.misdrijf(offence, law.Ending(by="foreign-conviction"), whose, known, on=on, horizon=horizon)
            yield _told(f"{abroad.member_state}/{abroad.reference}", None, result)

    def _disclosures(self, person: Person) -> Iterator[dict[str, Any]]:
        """What was disclosed about this person, as it was known to be when it was handed out."""
        disclosing = Disclosing(self._node)
        for row in self._requests(person):
            for at, act in answers_to(self._node.store, self._node.keys, row.position):
                found = disclosing.handed_out(at, act) if act.outcome == "given" and is_told(act.article) else None
                if found is None or found.person is None or found.permission is None or not {*found.person.skns} & {*person.skns}:
                    continue
                yield {
                    "act": at,
                    "on": act.on.isoformat(),
                    "to": found.permission.receiver,
                    "mandate_of": found.permission.mandate_of,
                    "article": act.article,
                    "purpose": found.permission.purpose,
                    "scope": act.scope,
                    "blind": act.blind,
                }

    def _requests(self, person: Person) -> list[Row]:
        """The requests that name a number that the person has or ever had, in any version. Every request is gone through: inspections are
        rare.
        """
        store = self._node.store
        persons, bsns = self._ever_known_by(person)
        linked = {position for positions in store.links(bsns).values() for position in positions}
        rows = store.of_kind(REQUESTED, store.head().size)
        amending = store.amendments_of({row.ident for row in rows})
        found = []
        for row in rows:
            versions = store.rows_at(amending.get(row.ident, ())).values()
            if any(one.subject in persons or one.position in linked for one in (row, *versions)):
                found.append(row)
        return found

    def _ever_known_by(self, person: Person) -> tuple[set[bytes], set[bytes]]:
        """The keys under which somebody is or was known: of SKNs, with those that were ever joined to them, and of BSNs."""
        store, keys = self._node.store, self._node.keys
        near, found, rows = Near(store, keys, {}), Found(), list[Row]()
        fresh = {keys.index_of(f"person:{skn}") for skn in person.skns}
        while fresh - found.topics:
            found = self._reading.around(fresh, found)
            rows = near.versions(found.rows.values())
            fresh = self._reading.topics_of(rows)
        return found.topics, near.bsns_of([row for row in rows if near.kind(row) in IDENTIFYING])

    def _signals(self, person: Person) -> Iterator[dict[str, Any]]:
        """The signals of screening that were delivered about this person and stand. None on a report of the police is told."""
        store, told = self._node.store, screening_of(self._node).told()
        bsns = [f"bsn:{one.bsn}" for one in person.identities if one.bsn is not None]
        enrolled = {row.position for row in self._reading.linked(bsns)}
        listed = [_plain(one) for case in person.cases for one in case.charges]
        signals = [told.last[pair] for pair in told.under(enrolled) if told.last[pair].stands]
        kinds = {row.position: row.kind for row in store.rows_at({one.message for one in signals}).values()}
        shown = [one for one in signals if kinds[one.message] != REPORT]
        for work in work_list_of(self._node).behind(shown, told.told_at):
            charges = [one for one in work.charges if _plain(one) in listed]
            if work.now is None or work.person not in person.skns or (work.charges and not charges):
                continue
            received = read_meta(store.entries_at([work.told_at])[work.told_at]).received_at
            yield {
                "act": work.told_at,
                "on": legal_day(parse_rfc3339(received)).isoformat(),
                "sector": None if work.enrolment is None else work.enrolment.sector,
                "kind": work.kind,
                "of": work.now.on.isoformat(),
                "charges": msgspec.to_builtins(charges),
            }


def _plain(charge: case.Charge) -> list[Any]:
    """A charge without what became of it."""
    return [msgspec.to_builtins(getattr(charge, field)) for field in case.Charge.__struct_fields__]


def _result(entry: Entry, known: law.Known, on: date, horizon: Horizon) -> Result[Any]:
    """What the law says of an entry: first whether a dismissal leaves anything, then its term."""
    dismissed = law.dismissal(entry.ending, on=on, horizon=horizon)
    if dismissed.outcome is not Outcome.NO:
        return dismissed
    rule = law.misdrijf if entry.offence.class_ == "misdrijf" else law.overtreding
    return rule(entry.offence, entry.ending, entry.person, known, on=on, horizon=horizon)


def _entry(entry: Entry, charge: Charge, result: Result[Any]) -> dict[str, Any]:
    told = _told(entry.pn, charge, result)
    if entry.is_in_order:
        return told
    return told | {"over": Outcome.CANNOT_SAY.value, "kept": plain(_OUT_OF_ORDER), "due_on": None, "not_before": None, "missing": []}


def _told(of: str, charge: Charge | None, result: Result[Any]) -> dict[str, Any]:
    value = result.value
    return {
        "case": of,
        "charge": None if charge is None else charge.charge,
        "article": None if charge is None else charge.article,
        "outcome": None if charge is None else charge.outcome,
        "rule": result.document["rule"]["name"],
        "over": result.outcome.value,
        "kept": plain(result.because.says),
        "due_on": plain(getattr(value, "due_on", None)),
        "not_before": plain(getattr(value, "not_before", None)),
        "missing": list(result.missing),
        "notice": result.document["notice"],
    }
