"""What is known for decisions on applications for certificates, at one moment of a node: looked up one by one, or for many at once.

An application is joined with the register when it is read: with every person one of whose identity sets has its BSN, in F(1..position).
Many are looked up as one is. What they need is only read before, in one question for all of them, so each finds it read.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import NamedTuple

from msgspec.structs import replace

from hervat.consumers.blind import Unsettled
from hervat.consumers.certificates.applications import REQUESTED, Requested, giving, places, requested
from hervat.consumers.certificates.blindness import Blindness, blindness
from hervat.consumers.certificates.looked import Looked
from hervat.consumers.certificates.procedure import Procedure, begun
from hervat.consumers.certificates.recorded import convictions_in, custody, doubts, entries
from hervat.consumers.certificates.steps import name_of
from hervat.consumers.ruling import rules_at
from hervat.errors import NotSo
from hervat.interim import InterimRules
from hervat.journal.acts import acts_named
from hervat.journal.store import HELD, REFUSED, Row, Store
from hervat.message import Named
from hervat.register.attribution import held_about
from hervat.register.bearing import amending
from hervat.register.fold import Register
from hervat.register.purpose import Sight
from hervat.register.reading import Found, Reading, is_fact
from hervat.register.waiting import Waiting
from hervat.resting import Resting

# What the police reported directly was given for another purpose, and is never seen here.
PURPOSE = "certificate"
_NOT_OF_A_RECORD = frozenset((REQUESTED, "screening-enrolled", "screening-ended", "disclosure-requested"))


class Asked(NamedTuple):
    """An application to be looked up: its number, the day of the decision, and the source that gives it and its place, where named."""

    number: str
    on: date
    source: str | None = None
    place: int | None = None


class Begun(NamedTuple):
    """A procedure on an application: the source that gives its number, and its place."""

    source: str
    place: int


class Looking:
    """Looks up applications at a node."""

    def __init__(self, node: Resting) -> None:
        self.node = node
        self.procedure = Procedure(node.store, node.keys, node.decide)
        self._index = node.keys.index_of
        self._reading = Reading(node.store, node.store, node.keys)
        self._requested: dict[tuple[str, str | None, int | None, int], tuple[int, Requested, int]] = {}
        self._rules: dict[int, InterimRules] = {}
        self._blindness: dict[tuple[int, date, frozenset[str], Unsettled], Blindness] = {}

    def up_to(self, position: int | None) -> int:
        """A position, or the head where that comes first or none is asked for."""
        head = self.node.position
        return head if position is None else min(position, head)

    def ahead(self, asked: Sequence[Asked], last: int) -> None:
        """Read what looking up these applications at a position will ask for."""
        store, keys, reading = self.node.store, self.node.keys, self._reading
        if self.node.past.settled(last) < self.node.position:
            # What counted then, and does no more, is folded again for each.
            return
        given = reading.around(self._index(f"application:{one.number}") for one in asked)
        store.entries_at({row.version or row.position for row in given.rows.values()})
        amending(store, given.rows.values())
        self._requested.clear()
        for one in asked:
            # Of one that is not there it is said when it is asked for.
            with suppress(NotSo):
                self._requested[one.number, one.source, one.place, last] = self.requested(one.number, one.source, last, one.place)
        acts_named(store, keys, {name_of(place, 1) for place, _, _ in self._requested.values()})
        found = reading.around({self._index(f"bsn:{asked.bsn}") for _, asked, _ in self._requested.values()})
        store.entries_at({row.version or row.position for row in found.rows.values() if row.kind not in _NOT_OF_A_RECORD})
        amending(store, found.rows.values())
        store.held_about(found.topics)

    def rules(self, last: int) -> InterimRules:
        """The interim rules known at a position."""
        if last not in self._rules:
            self._rules[last] = rules_at(self.node.store, self.node.keys, last)
        return self._rules[last]

    def looked(self, asked: Asked, last: int, hidden_at: int | None = None, asked_at: int | None = None) -> Looked:
        """What is known of an application and its applicant, as in `Certificates.looked`."""
        node, (number, on, source, at), given_at = self.node, asked, last if asked_at is None else asked_at
        known = self._requested.get((number, source, at, given_at))
        place, application, version = known or self.requested(number, source, given_at, at)
        key = self._index(f"bsn:{application.bsn}")
        state, found, reading = near = node.past.near([key], last)
        sight = Sight(reading, state, node.rosters().procedures, PURPOSE)
        of_record = sight.of(row for row in found.rows.values() if row.kind not in _NOT_OF_A_RECORD)
        messages, register = node.past.shown(reading, of_record, last, on, hidden_at=hidden_at)
        persons = [one for one in register.persons if any(identity.bsn == application.bsn for identity in one.identities)]
        skns = tuple(skn for person in persons for skn in person.skns)
        held = sight.of(self._held(state, found, reading, register, skns, key))
        told = list(Waiting(state, node.store, node.keys).tell(held)) if held else []
        unsettled = node.past.unsettled(node.horizon(last), last, skns, near)
        return Looked(
            requested=application,
            place=place,
            told_at=version,
            on=on,
            position=last,
            skns=skns,
            entries=(*entries(persons, self._position_of, convictions_in(messages)), *doubts(persons, application)),
            custody=custody(persons),
            blindness=self._blind(last, on, frozenset(one["source"] for one in told), unsettled),
            horizon=node.horizon_about(last, held),
            held=told,
        )

    def _blind(self, last: int, on: date, about: frozenset[str], unsettled: Unsettled) -> Blindness:
        """Where the register is blind for somebody about whom these sources have something held, or unsettled."""
        place = last, on, about, unsettled
        if place not in self._blindness:
            horizon, partners = self.node.horizon_about(last), self.node.roster().at(last)
            self._blindness[place] = blindness(horizon["sources"], about, horizon["unattributed"], partners, on, unsettled)
        return self._blindness[place]

    def requested(self, number: str, source: str | None, last: int, place: int | None = None) -> tuple[int, Requested, int]:
        """The place of an application as known at the position `last`, the application, and where the version of it that counts lies.
        Raises NotSo where there is none, and where there are several and what is named leaves open which is meant.
        """
        state, reading, rows = self._given(number, source, last)
        several = self._begun(reading, rows, last)
        if not several:
            raise NotSo(f"application {number}: {self._why_not(state, rows, last)}")
        meant = _meant(number, several, place)
        rows = [row for row in rows if reading.source_of(row) == meant.source]
        found = requested(reading.messages(rows), number)
        if found is None:
            raise NotSo(f"application {number}: {self._why_not(state, rows, last)}")
        counts = next(row for row in rows if row.id == found.message.id)
        in_doubt = any(row.state == HELD and not row.retracted for row in rows) or bool(amending(state, rows))
        return meant.place, replace(found, in_doubt=in_doubt), counts.version or counts.position

    def procedures(self, number: str, last: int) -> list[Begun]:
        """The procedures on what was asked for under a number, as known at a position: of each source that gives it one, and several where
        numbers that had a procedure each were corrected into one.
        """
        _, reading, rows = self._given(number, None, last)
        return self._begun(reading, rows, last)

    def _given(self, number: str, source: str | None, last: int) -> tuple[Store, Reading, list[Row]]:
        key = self._index(f"application:{number}")
        state, reading = self._state([key], last)
        return state, reading, [row for row in giving(state, key) if source in (None, reading.source_of(row))]

    def _begun(self, reading: Reading, rows: Sequence[Row], last: int) -> list[Begun]:
        given: dict[str, list[int]] = {source: [] for source in sorted({reading.source_of(row) for row in rows if is_fact(row)})}
        for row in rows:
            given.get(reading.source_of(row), []).append(row.position)
        found = {
            source: places(at, begun(self.node.store, self.node.keys, at, last)) if len(at) > 1 else at for source, at in given.items()
        }
        return [Begun(source, place) for source, at in found.items() for place in at]

    def _state(self, topics: list[bytes], last: int) -> tuple[Store, Reading]:
        """The state at a position, of what lies around topics."""
        if last == self.node.position:
            return self.node.store, self._reading
        state, _, reading = self.node.past.near(topics, last)
        return state, reading

    def _why_not(self, state: Store, rows: Sequence[Row], last: int) -> str:
        held = [row for row in rows if row.state == HELD and not row.retracted]
        if held:
            (told,) = Waiting(state, self.node.store, self.node.keys).tell(held[:1])
            needs = f" {', '.join(told['needs'])}" if told["needs"] else ""
            return f"it is here and held ({told['reason']}{needs}) at position {told['position']}; it can be assessed once that is over"
        if any(row.retracted for row in rows):
            return f"it was retracted by its sender, as known at position {last}; there is nothing to decide on"
        if any(row.state == REFUSED for row in rows):
            return f"it was refused, as known at position {last}; its sender must correct it"
        return f"there is none of this number at position {last}; hervat held and the receipt of its message tell whether it came"

    def _held(
        self, state: Store, found: Found, reading: Reading, register: Register, skns: Sequence[str], bsn: bytes
    ) -> list[Row]:
        """What is held about the applicant: about a person who has the BSN, or naming the BSN itself in what may be a record."""
        rows = {row.position: row for row in held_about(reading, state, found, register, skns)}
        naming = state.rows_at(state.links([bsn]).get(bsn, ())).values()
        rows |= {row.position: row for row in naming if row.state == HELD and row.kind not in _NOT_OF_A_RECORD}
        return [rows[position] for position in sorted(rows)]

    def _position_of(self, named: Named) -> int:
        return self.node.message(named.source, named.id).position


def _meant(number: str, several: Sequence[Begun], place: int | None) -> Begun:
    """The procedure that is meant. Raises NotSo where that is left open, or none lies at the place that is named."""
    at = " and ".join(f"place {one.place} ({one.source})" for one in several)
    if place is not None:
        for one in several:
            if one.place == place:
                return one
        raise NotSo(f"application {number}: its procedure is not at place {place} but at {at}; name that with --place")
    sources = list(dict.fromkeys(one.source for one in several))
    if len(sources) > 1:
        raise NotSo(f"application {number}: {' and '.join(sources)} each give one of this number; name one with --source")
    if len(several) > 1:
        raise NotSo(f"application {number}: there are several procedures on it, at {at}; name one with --place")
    return several[0]
