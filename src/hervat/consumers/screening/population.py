"""The population: who is enrolled, and how many are screened on a day, in each sector."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice

from hervat.consumers.screening.enrolment import Enrolment, enrolments
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Row, Store, pairs_of
from hervat.register.reading import Reading, is_fact

ENROLLING = ("screening-enrolled", "screening-ended")
_AT_ONCE = 5000
Progress = Callable[[int], None]


class Population:
    """Every enrolment in force, by its number, as it is known now."""

    def __init__(self, store: Store, keys: NodeKeys, progress: Progress = lambda done: None) -> None:
        """`progress` is told how many were read."""
        reading = Reading(store, store, keys)
        self._known: dict[str, Enrolment] = {}
        for rows in _paged(store):
            facts = sorted((row for row in rows if is_fact(row) and row.kind in ENROLLING), key=lambda row: row.position)
            self._known |= {one.number: one for one in enrolments(reading.messages(facts))}
            progress(len(self._known))

    def __iter__(self) -> Iterator[Enrolment]:
        """In the order of their numbers."""
        return (one for _, one in sorted(self._known.items()))

    def on(self, day: date) -> dict[str, int]:
        """How many are screened in each sector on a day."""
        counts = {"childcare": 0, "taxi": 0}
        for enrolment in self._known.values():
            if enrolment.screens(day):
                counts[enrolment.sector] += 1
        return counts


def _paged(store: Store) -> Iterator[list[Row]]:
    """All messages about enrolments, so many at a time, each with all that speak of the same enrolment."""
    # An enrolment is one or two messages. What ends it may come much later, so those that were given go first, and bring it along.
    given = (row for row in _applied(store) if row.kind == "screening-enrolled")
    while some := list(islice(given, _AT_ONCE)):
        versions = store.rows_at({row.version for row in some if row.version is not None}).values()
        topics = {topic for row in (*some, *versions) for _, topic in pairs_of(row.gives)}
        linked = store.links(topics).values()
        yield list(store.rows_at({position for positions in linked for position in positions}).values())


def _applied(store: Store) -> Iterator[Row]:
    after = 0
    while rows := store.applied(after, _AT_ONCE):
        yield from rows
        after = rows[-1].position
