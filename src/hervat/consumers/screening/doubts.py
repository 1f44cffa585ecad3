"""Enrolments at which somebody should look: what is said of one does not go together with what is said of another, or of the same.

None of it can be refused, for each of these messages is right alone; and none is left out: everybody whom an enrolment may be about is
screened under it. Told is where it is said, so that the source can correct it.

- Of one enrolment that was given or ended more than once, those that do not count, and an end that does not lie after the beginning.
- Two enrolments of one BSN in one sector that have a day in common: each change is then told under both.
- A BSN that several persons have: what is known of each of them is told.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct

from hervat.consumers.near import IDENTIFYING, bsns_in
from hervat.consumers.screening.enrolment import Enrolment
from hervat.consumers.screening.population import Population, Progress
from hervat.consumers.touched import touched
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store
from hervat.message import Named
from hervat.register.fold import fold
from hervat.register.reading import Reading, is_fact

OVERLAPS, SEVERAL_PERSONS = "enrolments-overlap", "several-persons"
_AT_ONCE = 1000


class Doubt(Struct, frozen=True, kw_only=True):
    """What is doubtful about an enrolment: the message and the place in it, and the messages `beside` which it does not go."""

    enrolment: str
    what: str
    path: str
    message: Named
    beside: tuple[Named, ...] = ()


def doubts(store: Store, keys: NodeKeys, progress: Progress = lambda done: None) -> list[Doubt]:
    """All that is doubtful about the enrolments as they are known now, in the order of their numbers. `progress` is told how many were
    read.
    """
    population = list(Population(store, keys, progress))
    found = [*_contradicting(population), *_overlapping(population), *_shared(population, store, keys)]
    return sorted(found, key=lambda one: (one.enrolment, one.what, one.message.source, one.message.id))


def _contradicting(population: Iterable[Enrolment]) -> Iterator[Doubt]:
    for enrolment in population:
        for one in enrolment.contradictions:
            yield Doubt(enrolment=enrolment.number, what=one.what, path=one.path, message=one.message, beside=(one.beside,))


def _overlapping(population: Iterable[Enrolment]) -> Iterator[Doubt]:
    by_person: dict[tuple[str, str], list[Enrolment]] = defaultdict(list)
    for enrolment in population:
        if enrolment.until is None or enrolment.until > enrolment.since:
            by_person[enrolment.sector, enrolment.bsn].append(enrolment)
    for of in by_person.values():
        running: list[Enrolment] = []
        for one in sorted(of, key=lambda one: (one.since, one.number)):
            running = [before for before in running if not before.over(one.since)]
            if running:
                beside = tuple(before.message for before in running)
                yield Doubt(enrolment=one.number, what=OVERLAPS, path="data.from", message=one.message, beside=beside)
            running.append(one)


def _shared(population: Iterable[Enrolment], store: Store, keys: NodeKeys) -> Iterator[Doubt]:
    reading, by_bsn = Reading(store, store, keys), defaultdict[str, list[Enrolment]](list)
    for enrolment in population:
        by_bsn[enrolment.bsn].append(enrolment)
    left = iter(by_bsn)
    while some := list(islice(left, _AT_ONCE)):
        for bsn in _had_by_several(some, store, reading):
            found = reading.around([keys.index_of(f"bsn:{bsn}")])
            persons = fold(reading.messages(sorted(found.rows.values(), key=lambda row: row.position))).persons
            having = [person for person in persons if any(identity.bsn == bsn for identity in person.identities)]
            if len(having) > 1:
                for one in by_bsn[bsn]:
                    yield Doubt(enrolment=one.number, what=SEVERAL_PERSONS, path="data.bsn", message=one.message)


def _had_by_several(bsns: Iterable[str], store: Store, reading: Reading) -> list[str]:
    """Of some BSNs, those that are told of more than one SKN: persons that were merged have several as well."""
    linked = reading.linked(f"bsn:{bsn}" for bsn in bsns)
    rows = [row for row in touched(store, [row.position for row in linked]) if is_fact(row) and row.kind in IDENTIFYING]
    skns = defaultdict[str, set[str]](set)
    for said in reading.said(rows).values():
        for bsn in bsns_in(said.data):
            skns[bsn].add(said.data["skn"])
    return [bsn for bsn in bsns if len(skns[bsn]) > 1]
