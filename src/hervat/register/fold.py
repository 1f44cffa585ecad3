"""The register of a person: a pure function of the set of applied messages.

- `fold` is the whole of it. It asks neither in which order messages came nor when they were recorded; it keeps nothing.
- Facts stay bound to the SKN their message asserts, and are shown with the person who has that SKN.
- Amendments are never put in: a message comes with the data of the version that counts and the place of its original.
- It is total. What points to nothing is passed over; what contradicts is listed, not refused.

The steps, each in a module of its own: `told` (who said what, in order), `people` (who is who), `hiding` (what nobody
may see), `judgments` and `orders`, `decisions` (the outcome of each charge), `cases`, `contradictions`. What comes out
is a `record`.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from msgspec.structs import asdict, replace

from hervat import kinds
from hervat.message import Message
from hervat.register.cases import Cases
from hervat.register.contradictions import contradictions, conviction_key, identities, report_key
from hervat.register.hiding import Hidden
from hervat.register.people import People
from hervat.register.record import Case, Contradiction, ForeignConviction, Identity, Person
from hervat.register.told import Kept, Told, grouped, last_by


class Register:
    """The persons of a set of messages, sorted by the SKN they answer under."""

    def __init__(self, persons: Iterable[Person]) -> None:
        self.persons = tuple(persons)
        self._by_skn = {skn: person for person in self.persons for skn in person.skns}

    def of(self, skn: str) -> Person | None:
        """The person with this SKN, merged away or not; None for an SKN nobody registered."""
        return self._by_skn.get(skn)


def fold(messages: Iterable[Message], valid_on: date | None = None, *, hide: Callable[[Told, People], Hidden] = Hidden) -> Register:
    """The register that a set of applied messages makes: all of it, or what counts on the day `valid_on`. `hide` says what is hidden.

    Source of the rules: the contract, section 3, under 3, 5, 6, 7, 9 and 15. Raises nothing.
    """
    whole = Told(messages)
    people = People(whole)
    if not people.skns:
        # Facts are shown with a person, and there is none.
        return Register(())
    hidden = hide(whole, people)
    told = whole if valid_on is None else whole.until(valid_on)
    cases = Cases(told, whole, hidden)

    identities_of = _by_person(people, _identities(told))
    died_on = {people.person(said.data.skn): said.on for said in told.of(kinds.PersonDied)}
    cases_of = _by_person(people, cases.shown())
    convictions_of = _by_person(people, _convictions(told, people, valid_on))
    reports_of = _by_person(people, _reports(told, people, hidden))
    contradictions_of = _by_person(people, contradictions(told, people, cases, hidden))
    return Register(
        Person(
            skn=skn,
            skns=people.skns[skn],
            identities=tuple(sorted(identities_of.get(skn, ()), key=lambda one: (one.skn, one.set))),
            died_on=died_on.get(skn),
            cases=tuple(sorted(cases_of.get(skn, ()), key=_case_order)),
            foreign_convictions=tuple(sorted(convictions_of.get(skn, ()), key=_conviction_order)),
            emergency_reports=tuple(sorted(reports_of.get(skn, ()), key=_report_order)),
            contradictions=tuple(sorted(set(contradictions_of.get(skn, ())), key=_contradiction_order)),
        )
        for skn in sorted(people.skns)
    )


def _by_person(people: People, found: Iterable[tuple[str, Kept]]) -> dict[str | None, list[Kept]]:
    groups = grouped(found, lambda pair: people.person(pair[0]))
    return {person: [what for _, what in pairs] for person, pairs in groups.items()}


def _identities(told: Told) -> Iterator[tuple[str, Identity]]:
    """Every identity set. The set in which a person was registered leads, until another is said to."""
    given = identities(told)
    leads = {said.data.skn: said.data.identity.set for said in given if getattr(said.data, "leading", True)}
    for said in last_by(given, lambda said: (said.data.skn, said.data.identity.set)).values():
        skn, identity = said.data.skn, said.data.identity
        yield skn, Identity(**asdict(identity), skn=skn, leading=leads.get(skn) == identity.set)


def _convictions(told: Told, people: People, valid_on: date | None) -> Iterator[tuple[str, ForeignConviction]]:
    last = last_by(told.of(kinds.ForeignConvictionNotified), lambda said: conviction_key(said, people))
    for said in last.values():
        conviction = ForeignConviction(**asdict(said.data))
        if valid_on is not None and said.data.final_on > valid_on:
            conviction = replace(conviction, final_on=None)
        yield said.data.skn, conviction


def _reports(told: Told, people: People, hidden: Hidden) -> Iterator[tuple[str, kinds.EmergencyReport]]:
    last = last_by(told.of(kinds.EmergencyReport), lambda said: report_key(said, people))
    for said in last.values():
        if (said.data.police_report, said.data.skn) not in hidden.reports:
            yield said.data.skn, said.data


def _case_order(case: Case) -> tuple[date, str]:
    return case.registered_on, case.prosecution_number


def _conviction_order(conviction: ForeignConviction) -> tuple[date, str, str]:
    return conviction.decided_on, conviction.member_state, conviction.reference


def _report_order(report: kinds.EmergencyReport) -> tuple[date, str]:
    return report.reported_on, report.police_report


def _contradiction_order(found: Contradiction) -> tuple[str, str, str, str]:
    return found.what, found.message.source, found.message.id, found.detail
