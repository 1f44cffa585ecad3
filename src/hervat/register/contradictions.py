"""What was applied and does not fit the rest, told to every person it concerns.

- A person, identity set, case, judgment, order, foreign conviction or emergency report that was given again: named is
  the message that does not count.
- A sentence number that the judgment does not have; `from` that was not the holder; an appeal from a judgment in
  another case; a date of death that differs from the one shown; an advice that was asked for again; custody of somebody
  else than the person of the case. Who is named there is not told of it: nobody is led to a case of another.
- Nothing is listed about a case, judgment or order that is not shown, so a hidden charge leaves no trace here.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import chain
from typing import Any

from hervat import kinds, process
from hervat.register.cases import Cases
from hervat.register.hiding import Hidden
from hervat.register.people import People
from hervat.register.record import Contradiction
from hervat.register.told import Said, Told, last_by

Found = Iterator[tuple[str, Contradiction]]


def contradictions(told: Told, people: People, cases: Cases, hidden: Hidden) -> Found:
    """Every contradiction with an SKN of a person it concerns."""
    yield from _persons(told, people)
    yield from _known_by_person(told, people, hidden)
    yield from _cases(told, people, cases)
    yield from _judgments(cases)
    yield from _orders(cases)
    yield from _sentences(told, cases)
    yield from _process(told, people, cases)


def _persons(told: Told, people: People) -> Found:
    again = set()
    for said in _superseded(told.of(kinds.PersonRegistered), lambda said: said.data.skn):
        again.add((said.source, said.id))
        yield said.data.skn, _found("person-given-again", said, f"person {said.data.skn} was registered again")
    for set_ in _superseded(identities(told), lambda said: (said.data.skn, said.data.identity.set)):
        if (set_.source, set_.id) not in again:
            detail = f"identity set {set_.data.identity.set} of {set_.data.skn} was given again"
            yield set_.data.skn, _found("identity-given-again", set_, detail)
    died = {people.person(said.data.skn): said.on for said in told.of(kinds.PersonDied)}
    for death in told.of(kinds.PersonDied):
        if death.on != died[people.person(death.data.skn)]:
            yield death.data.skn, _found("death-differs", death, "another date of death counts")


def _known_by_person(told: Told, people: People, hidden: Hidden) -> Found:
    for said in _superseded(told.of(kinds.ForeignConvictionNotified), lambda said: conviction_key(said, people)):
        detail = f"conviction {said.data.member_state}/{said.data.reference} was notified again"
        yield said.data.skn, _found("foreign-conviction-given-again", said, detail)
    for report in _superseded(told.of(kinds.EmergencyReport), lambda said: report_key(said, people)):
        if (report.data.police_report, report.data.skn) not in hidden.reports:
            detail = f"emergency report {report.data.police_report} was given again"
            yield report.data.skn, _found("emergency-report-given-again", report, detail)


def _cases(told: Told, people: People, cases: Cases) -> Found:
    for said in _superseded(told.of(kinds.CaseRegistered), lambda said: said.data.pn):
        if said.data.pn in cases.registered:
            found = _found("case-given-again", said, f"case {said.data.pn} was registered again")
            yield from _to_all((cases.holders[said.data.pn], said.data.skn), found)
    holders = {pn: said.data.skn for pn, said in cases.registered.items()}
    for move in told.of(kinds.CaseReattributed):
        pn, giver = move.data.pn, move.data.from_
        if pn not in holders:
            continue
        if people.person(giver) != people.person(holders[pn]):
            detail = f"case {pn} was taken from {giver}, but belonged to {holders[pn]}"
            yield cases.holders[pn], _found("holder-differs", move, detail)
        holders[pn] = move.data.to


def _judgments(cases: Cases) -> Found:
    given = cases.judgments.given
    for said in _superseded(cases.judgments.told, lambda said: said.data.judgment):
        found = _found("judgment-given-again", said, f"judgment {said.data.judgment} was given again")
        yield from _to_holders((given[said.data.judgment].data.pn, said.data.pn), cases, found)
    for said in given.values():
        appealed = given.get(said.data.on_appeal_of or "")
        if appealed is not None and appealed.data.pn != said.data.pn:
            detail = f"appeal was from {appealed.data.judgment}, which is in case {appealed.data.pn}"
            yield from _to_holders((said.data.pn,), cases, _found("appeal-in-another-case", said, detail))


def _orders(cases: Cases) -> Found:
    issued = cases.orders.issued
    for said in _superseded(cases.orders.told, lambda said: said.data.order):
        found = _found("order-given-again", said, f"order {said.data.order} was issued again")
        yield from _to_holders((issued[said.data.order].data.pn, said.data.pn), cases, found)


def _sentences(told: Told, cases: Cases) -> Found:
    one_each = told.among(kinds.SentenceStarted, kinds.SentenceEnded, kinds.ConditionalSentenceEnforced, process.SupervisionStarted)
    named: Iterable[tuple[Said[Any], str]] = chain(
        ((said, said.data.sentence) for said in one_each),
        ((pardon, one.sentence) for pardon in told.of(kinds.PardonGranted) for one in pardon.data.remits),
    )
    for said, sentence in named:
        judgment = cases.judgments.given.get(said.data.judgment)
        if judgment is not None and all(sentence != known.sentence for known in judgment.data.sentences):
            begins = "supervision on " if type(said.data) is process.SupervisionStarted else ""
            found = _found("sentence-unknown", said, f"{begins}judgment {said.data.judgment} has no sentence {sentence}")
            yield from _to_holders((judgment.data.pn,), cases, found)


def _process(told: Told, people: People, cases: Cases) -> Found:
    for said in _superseded(cases.process.requests, lambda said: said.data.advice):
        found = _found("advice-given-again", said, f"advice {said.data.advice} was requested again")
        yield from _to_holders((cases.process.requested[said.data.advice].data.pn, said.data.pn), cases, found)
    for custody in told.of(process.CustodyStarted):
        pn, skn = custody.data.pn, custody.data.skn
        if pn in cases.holders and people.person(skn) != people.person(cases.holders[pn]):
            detail = f"custody in case {pn} is of {skn}, but the case is of {cases.holders[pn]}"
            yield cases.holders[pn], _found("custody-of-another", custody, detail)


def identities(told: Told) -> list[Said[Any]]:
    """Every message that gives an identity set, in the canonical order. From some the set was erased."""
    return [said for said in told.among(kinds.PersonRegistered, kinds.IdentityAdded) if said.data.identity is not None]


def conviction_key(said: Said[kinds.ForeignConvictionNotified], people: People) -> Hashable:
    """One reference may name two persons convicted together, so the person is part of the key."""
    return people.person(said.data.skn), said.data.member_state, said.data.reference


def report_key(said: Said[kinds.EmergencyReport], people: People) -> Hashable:
    """One police report may name two suspects, so the person is part of the key."""
    return people.person(said.data.skn), said.data.police_report


def _superseded(said: Iterable[Said[Any]], key: Callable[[Said[Any]], Hashable]) -> Iterator[Said[Any]]:
    """All but the one that counts for each key."""
    said = list(said)
    last = last_by(said, key)
    return (one for one in said if last[key(one)] is not one)


def _found(what: str, said: Said[Any], detail: str) -> Contradiction:
    return Contradiction(what=what, message=said.named, detail=detail)


def _to_all(skns: Iterable[str], found: Contradiction) -> Found:
    return ((skn, found) for skn in skns)


def _to_holders(pns: Iterable[str], cases: Cases, found: Contradiction) -> Found:
    return ((cases.holders[pn], found) for pn in pns if pn in cases.holders)
