"""The applications on which somebody has to decide, those whose term ends first at the top.

An application that was objected on has no term that a rule here tells: it stands before all others.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

from msgspec import Struct

from hervat.consumers.certificates.applications import REQUESTED, Requested, giving, places, requested
from hervat.consumers.certificates.procedure import Procedure, begun
from hervat.consumers.certificates.steps import State
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Row, Store
from hervat.kinds import CertificateRequested
from hervat.law.certificates import Application, term
from hervat.law.dated import Span
from hervat.register.reading import Reading, is_fact

_AT_ONCE = 1000


class Undecided(Struct, frozen=True, kw_only=True):
    """An application on which somebody has to decide, and the last day for it; None where no rule here tells it."""

    place: int
    requested: Requested
    state: State
    last_day: date | None

    @property
    def rank(self) -> tuple[date, int]:
        """Of two, the one with the lower rank comes first."""
        return self.last_day or date.min, self.place


def undecided(store: Store, keys: NodeKeys, procedure: Procedure, on: date) -> list[Undecided]:
    """All of them, as is known now, on a day."""
    rows = {row.position: row for row in store.of_kind(REQUESTED, store.head().size) if is_fact(row)}
    reading, found, terms = Reading(store, store, keys), dict[int, Undecided](), _Terms(on)
    for some in _parted(procedure.open(rows)):
        untouched = {place for place, has_steps in some if not has_steps}
        for place, asked in applications_in(store, keys, reading, [rows[position] for position, _ in some]):
            if place not in found:
                state = State() if place in untouched else procedure.state(place)
                if state.is_open:
                    found[place] = Undecided(place=place, requested=asked, state=state, last_day=terms.last_day(asked.applied_on, state))
    return sorted(found.values(), key=lambda one: one.rank)


class _Terms:
    """The last days of terms on a day; most applications of a day have the same."""

    def __init__(self, on: date) -> None:
        self._on = on
        self._known: dict[tuple[date, bool, tuple[Span, ...]], date | None] = {}

    def last_day(self, applied_on: date, state: State) -> date | None:
        """The last day on which an application can be decided in time; None of one that was decided on before, and objected to."""
        if state.decision is not None:
            return None
        key = (applied_on, state.intended, state.stood_still)
        if key not in self._known:
            facts = Application(application="", on=applied_on, refusal_intended=state.intended, stood_still=state.stood_still)
            deadline = term(facts, on=max(self._on, applied_on)).value
            self._known[key] = None if deadline is None else deadline.last_day
        return self._known[key]


def applications_in(store: Store, keys: NodeKeys, reading: Reading, rows: list[Row]) -> Iterator[tuple[int, Requested]]:
    """The applications that messages give, each with its place; one that has several, with each of them."""
    given = [one for one in reading.messages(rows) if isinstance(one.data, CertificateRequested)]
    key_of = {one.data.application: keys.index_of(f"application:{one.data.application}") for one in given}
    links = store.links(key_of.values())
    lies_at = {(reading.source_of(row), row.id or ""): row.position for row in rows}
    for message in given:
        number, at, of_one = message.data.application, [lies_at[message.source, message.id]], [message]
        if len(links.get(key_of[number], ())) > 1:
            of_source = [row for row in giving(store, key_of[number]) if reading.source_of(row) == message.source]
            at, of_one = [row.position for row in of_source], list(reading.messages(of_source))
            at = places(at, begun(store, keys, at, store.head().size))
        asked = requested(of_one, number)
        if asked is not None:
            yield from ((place, asked) for place in at)


def _parted(places: Iterable[tuple[int, bool]]) -> Iterator[list[tuple[int, bool]]]:
    stream = iter(places)
    while some := list(islice(stream, _AT_ONCE)):
        yield some
