"""Certificates of conduct at a node: what is known for a decision on an application, and what is proposed on it.

An application is joined with the register when it is read: with every person one of whose identity sets has its BSN, in F(1..position).
"""

from collections.abc import Sequence
from datetime import date

from hervat.assemble import Node
from hervat.consumers.certificates.applications import Requested, requested
from hervat.consumers.certificates.blindness import blindness
from hervat.consumers.certificates.looked import Looked
from hervat.consumers.certificates.proposing import Proposed, proposed
from hervat.consumers.certificates.recorded import convictions_in, custody, entries
from hervat.consumers.ruling import rules_at
from hervat.errors import NotSo
from hervat.journal.store import HELD, REFUSED, Row, Store, keys_of
from hervat.message import Named
from hervat.register.attribution import held_about
from hervat.register.fold import Register, fold
from hervat.register.purpose import Sight
from hervat.register.reading import Found, Reading
from hervat.register.waiting import Waiting

# What the police reported directly was given for another purpose, and is never seen here.
PURPOSE = "certificate"
REQUESTED = "certificate-requested"
_NOT_OF_A_RECORD = frozenset((REQUESTED, "screening-enrolled", "screening-ended", "disclosure-requested"))


class Certificates:
    """The certificates of a node."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._index = node.keys.index_of

    def proposed(self, number: str, on: date, position: int | None = None, *, source: str | None = None) -> Proposed:
        """What is proposed on an application, for a decision on a day, with the interim rules known then. Raises NotSo as `looked` does."""
        looked = self.looked(number, on, position, source=source)
        return proposed(looked, rules_at(self._node.store, self._node.keys, looked.position))

    def looked(self, number: str, on: date, position: int | None = None, *, source: str | None = None) -> Looked:
        """What is known of an application and its applicant, for a decision on a day, as known at a position or at the head; of what a
        `source` gives under that number, where one is named. Raises NotSo where there is none, saying what became of it.
        """
        head = self._node.position
        last = head if position is None else min(position, head)
        place, asked, version = self._requested(number, last, source)
        key = self._index(f"bsn:{asked.bsn}")
        state, found, reading = self._node.past.near([key], last)
        sight = Sight(reading, state, self._node.rosters().procedures, PURPOSE)
        messages = list(reading.messages(sight.of(found.rows.values())))
        register = fold(messages, on)
        persons = [one for one in register.persons if any(identity.bsn == asked.bsn for identity in one.identities)]
        skns = tuple(skn for person in persons for skn in person.skns)
        held = sight.of(self._held(state, found, reading, register, skns, key))
        horizon, told = self._node.horizon_of(state, last, held), list(Waiting(state, self._node.store, self._node.keys).tell(held))
        partners = self._node.roster().at(last)
        return Looked(
            requested=asked,
            place=place,
            told_at=version,
            on=on,
            position=last,
            skns=skns,
            entries=entries(persons, self._position_of, convictions_in(messages), given_again=asked.given_again),
            custody=custody(persons),
            blindness=blindness(horizon["sources"], told, horizon["unattributed"], partners, on),
            horizon=horizon,
            held=told,
        )

    def _requested(self, number: str, last: int, source: str | None) -> tuple[int, Requested, int]:
        """The place of an application, the application, and where the version of it that counts lies."""
        key = self._index(f"application:{number}")
        state, found, reading = self._node.past.near([key], last)
        giving = (row for row in found.rows.values() if self._gives(state, row, key) and source in (None, reading.source_of(row)))
        rows = sorted(giving, key=lambda row: row.position)
        asked = requested(reading.messages(rows), number)
        if asked is None:
            raise NotSo(f"application {number}: {self._why_not(state, rows, last)}")
        counts = next(row for row in rows if (reading.source_of(row), row.id) == (asked.message.source, asked.message.id))
        return rows[0].position, asked, counts.version or counts.position

    def _gives(self, state: Store, row: Row, key: bytes) -> bool:
        """Whether a message gives an application as it is corrected now, whatever became of it."""
        version = row if row.version is None else state.rows_at([row.version])[row.version]
        return row.kind == REQUESTED and key in keys_of(version.gives)

    def _why_not(self, state: Store, rows: Sequence[Row], last: int) -> str:
        held = [row for row in rows if row.state == HELD and not row.retracted]
        if held:
            (told,) = Waiting(state, self._node.store, self._node.keys).tell(held[:1])
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
        return self._node.message(named.source, named.id).position
