"""Certificates of conduct at a node: what is known for a decision on an application, what is proposed, and the steps of its procedure.

An application is joined with the register when it is read: with every person one of whose identity sets has its BSN, in F(1..position).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec.structs import replace

from hervat.assemble import Node
from hervat.consumers.certificates.again import basis_of
from hervat.consumers.certificates.applications import REQUESTED, Requested, giving, requested
from hervat.consumers.certificates.blindness import blindness
from hervat.consumers.certificates.looked import Looked
from hervat.consumers.certificates.procedure import Procedure
from hervat.consumers.certificates.proposing import Proposed, proposed
from hervat.consumers.certificates.recorded import convictions_in, custody, doubts, entries
from hervat.consumers.certificates.steps import Deciding, Outcome, Proposing, State, Step, follow, name_of, state_of
from hervat.consumers.certificates.undecided import Undecided, undecided
from hervat.consumers.ruling import rules_at
from hervat.errors import NotSo
from hervat.journal.store import HELD, REFUSED, Row, Store
from hervat.message import Named
from hervat.register.attribution import held_about
from hervat.register.bearing import amending
from hervat.register.fold import Register
from hervat.register.purpose import Sight
from hervat.register.reading import Found, Reading, is_fact
from hervat.register.waiting import Waiting

# What the police reported directly was given for another purpose, and is never seen here.
PURPOSE = "certificate"
_NOT_OF_A_RECORD = frozenset((REQUESTED, "screening-enrolled", "screening-ended", "disclosure-requested"))


class Certificates:
    """The certificates of a node."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._index = node.keys.index_of
        self.procedure = Procedure(node.store, node.keys, node.decide)

    def proposed(self, number: str, on: date, position: int | None = None, *, source: str | None = None) -> Proposed:
        """What is proposed on an application, for a decision on a day, with the interim rules and the steps known then. Raises NotSo as
        `looked` does.
        """
        looked = self.looked(number, on, position, source=source)
        steps = (step for at, step in self.procedure.steps(looked.place) if at <= looked.position)
        return self._proposed(looked, state_of(steps))

    def _proposed(self, looked: Looked, state: State) -> Proposed:
        rules = rules_at(self._node.store, self._node.keys, looked.position)
        return proposed(looked, rules, refusal_intended=state.intended, stood_still=state.stood_still)

    def propose(self, number: str, on: date, *, source: str | None = None) -> dict[str, Any]:
        """Put in the journal what is proposed now; returns the act's position and the proposal."""
        looked, state = self._at_hand(number, on, source)
        found = self._proposed(looked, state)
        said = {"position": found.looked.position, "proposal": found.proposal, "is_blind": found.is_blind, "rule": _name_of_rule(found)}
        return self._take(looked, state, Proposing, said) | {name: said[name] for name in ("proposal", "is_blind", "rule")}

    def decide(self, number: str, outcome: Outcome, on: date, *, by: str, ground: str, source: str | None = None) -> dict[str, Any]:
        """Put in the journal what somebody decided. Raises NotSo where it may not be decided yet, or where the register is blind and no
        interim rule lets it.
        """
        looked, state = self._at_hand(number, on, source)
        found = self._proposed(looked, state)
        said = {"outcome": outcome, "by": by, "ground": ground, "position": looked.position, "proposal": found.proposal}
        _, basis = basis_of(self._node.keys, looked)
        blind = {"decided_blind": found.is_blind, "rule": _name_of_rule(found), "basis": basis}
        step = self._step(looked, state, Deciding, said | blind)
        self._followed(looked, state, step)
        _ensure_let(found, state)
        told = {"outcome": outcome, "decided_blind": found.is_blind, "rule": _name_of_rule(found)}
        return self._taken(looked, state, step) | told

    def step(self, number: str, on: date, sort: type[Step], source: str | None, said: Mapping[str, Any]) -> dict[str, Any]:
        """Put another sort of step in the journal, with what it says; returns the act's position. Raises NotSo where it may not follow."""
        looked, state = self._at_hand(number, on, source)
        return self._take(looked, state, sort, said)

    def shown(self, number: str, on: date, *, source: str | None = None) -> tuple[Proposed, State, list[tuple[int, Step]]]:
        """What is proposed on an application on a day, where its procedure stands, and its steps with the positions of their acts."""
        looked, state = self._at_hand(number, on, source)
        return self._proposed(looked, state), state, self.procedure.steps(looked.place)

    def _at_hand(self, number: str, on: date, source: str | None) -> tuple[Looked, State]:
        looked = self.looked(number, on, source=source)
        if on < looked.requested.applied_on:
            raise NotSo(f"application {number}: {on} lies before the day of the application, {looked.requested.applied_on}")
        return looked, self.procedure.state(looked.place)

    def _take(self, looked: Looked, state: State, sort: type[Step], said: Mapping[str, Any]) -> dict[str, Any]:
        return self._taken(looked, state, self._step(looked, state, sort, said))

    def _step(self, looked: Looked, state: State, sort: type[Step], said: Mapping[str, Any]) -> Step:
        place, number = looked.place, state.number
        return sort(application=place, number=number, on=looked.on, known_by=name_of(place, number), **said)

    def _taken(self, looked: Looked, state: State, step: Step) -> dict[str, Any]:
        after = self._followed(looked, state, step)
        position = self.procedure.take(step)
        return {"position": position, "application": looked.requested.number, "place": looked.place, "stage": after.stage}

    def _followed(self, looked: Looked, state: State, step: Step) -> State:
        try:
            return follow(state, step)
        except NotSo as refused:
            raise NotSo(f"application {looked.requested.number}: {refused}") from refused

    def undecided(self, on: date) -> list[Undecided]:
        """The applications on which somebody has to decide, as is known now, those whose term ends first at the top."""
        return undecided(self._node.store, self._node.keys, self.procedure, on)

    def looked(
        self, number: str, on: date, position: int | None = None, *, source: str | None = None, hidden_at: int | None = None
    ) -> Looked:
        """What is known of an application and its applicant, for a decision on a day, as known at a position or at the head; of what a
        `source` gives under that number, where one is named; `hidden_at` as in `Past.shown`. Raises NotSo where there is none, saying what
        became of it.
        """
        head = self._node.position
        last = head if position is None else min(position, head)
        place, asked, version = self.requested(number, last, source)
        key = self._index(f"bsn:{asked.bsn}")
        state, found, reading = near = self._node.past.near([key], last)
        sight = Sight(reading, state, self._node.rosters().procedures, PURPOSE)
        messages, register = self._node.past.shown(reading, sight.of(found.rows.values()), last, on, hidden_at=hidden_at)
        persons = [one for one in register.persons if any(identity.bsn == asked.bsn for identity in one.identities)]
        skns = tuple(skn for person in persons for skn in person.skns)
        held = sight.of(self._held(state, found, reading, register, skns, key))
        horizon, told = self._node.horizon_about(last, held), list(Waiting(state, self._node.store, self._node.keys).tell(held))
        partners, unsettled = self._node.roster().at(last), self._node.past.unsettled(horizon["sources"], last, skns, near)
        return Looked(
            requested=asked,
            place=place,
            told_at=version,
            on=on,
            position=last,
            skns=skns,
            entries=(*entries(persons, self._position_of, convictions_in(messages)), *doubts(persons, asked)),
            custody=custody(persons),
            blindness=blindness(horizon["sources"], told, horizon["unattributed"], partners, on, unsettled),
            horizon=horizon,
            held=told,
        )

    def requested(self, number: str, last: int, source: str | None) -> tuple[int, Requested, int]:
        """The place of an application as known at the position `last`, the application, and where the version of it that counts lies.
        Raises NotSo where there is none.
        """
        key = self._index(f"application:{number}")
        state, _, reading = self._node.past.near([key], last)
        rows = [row for row in giving(state, key) if source in (None, reading.source_of(row))]
        sources = sorted({reading.source_of(row) for row in rows if is_fact(row)})
        if len(sources) > 1:
            raise NotSo(f"application {number}: {' and '.join(sources)} each give one of this number; name one with --source")
        asked = requested(reading.messages(rows), number)
        if asked is None:
            raise NotSo(f"application {number}: {self._why_not(state, rows, last)}")
        counts = next(row for row in rows if (reading.source_of(row), row.id) == (asked.message.source, asked.message.id))
        place = next(row.position for row in rows if reading.source_of(row) == asked.source)
        in_doubt = any(row.state == HELD and not row.retracted for row in rows) or bool(amending(state, rows))
        return place, replace(asked, in_doubt=in_doubt), counts.version or counts.position

    def number_at(self, place: int, position: int) -> str | None:
        """The number of the application that the message at a place gave, as known at a position; None where it can be read no more."""
        state = self._node.past.folded_to({place}, position)
        said = Reading(state, self._node.store, self._node.keys).said(state.rows_at([place]).values()).get(place)
        number: str | None = None if said is None else said.data.get("application")
        return number

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


def _name_of_rule(found: Proposed) -> str | None:
    return None if found.rule is None else found.rule.name


def _ensure_let(found: Proposed, state: State) -> None:
    """Raises NotSo where the register is blind and the interim rule that is open does not let anybody decide, or there is none."""
    if not found.is_blind:
        return
    number, rule = found.looked.requested.number, found.rule
    if rule is None:
        raise NotSo(
            f"application {number}: the register is blind for it and no interim rule is open; hervat assess certificate {number} says "
            "where; wait, or let an authority open one with hervat interim open"
        )
    if rule.does == "wait":
        until = rule.until or "it is closed"
        raise NotSo(f"application {number}: the interim rule {rule.name} says to wait, until {until} or until nothing is blind")
    if rule.does == "ask" and not state.was_consulted(rule.ask or ""):
        raise NotSo(
            f"application {number}: the interim rule {rule.name} says to ask {rule.ask} first; say what that said with hervat certificate "
            f"consult {number} --other-source '{rule.ask}' --said WORD"
        )
