"""Certificates of conduct at a node: what is known for a decision on an application, what is proposed, and the steps of its procedure.

How an application is looked up, alone or with many, is told in `looking`. Who takes a step of an earlier day (decided on paper, and written
down later) takes it on what was known by the end of that day, and no more; the application is as it is known when it is written down.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import islice
from typing import Any

from hervat.assemble import Node
from hervat.clock import end_of
from hervat.consumers.certificates.again import basis_of
from hervat.consumers.certificates.applications import Requested
from hervat.consumers.certificates.forecast import Counting, Forecast, Measured, Pace, forecast, window
from hervat.consumers.certificates.looked import Looked
from hervat.consumers.certificates.procedure import Procedure
from hervat.consumers.certificates.proposing import Proposed, proposed
from hervat.consumers.certificates.steps import Deciding, Outcome, Proposing, State, Step, follow, name_of, state_of
from hervat.consumers.certificates.undecided import Undecided, undecided
from hervat.errors import NotSo
from hervat.interim import InterimRules
from hervat.journal.acts import recorded_on
from hervat.looking import Asked, Begun, Looking
from hervat.register.reading import Reading
from hervat.resting import Resting

_AT_ONCE = 1000


class Certificates:
    """The certificates of a node."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._known: Looking | None = None
        self.procedure = Procedure(node.store, node.keys, node.decide)

    def proposed(
        self, number: str, on: date, position: int | None = None, *, source: str | None = None, place: int | None = None
    ) -> Proposed:
        """What is proposed on an application, for a decision on a day, with the interim rules and the steps known then. Raises NotSo as
        `looked` does.
        """
        looking = self._looking()
        return self._at(looking, looking.looked(Asked(number, on, source, place), looking.up_to(position)))

    def proposed_on(self, asked: Iterable[Asked], position: int | None = None) -> Iterator[Proposed | NotSo]:
        """What is proposed on each of many applications, in their order, as `proposed` says it of one; where that raises NotSo, that. A
        thousand of them are looked up at once, as the node was then.
        """
        stream = iter(asked)
        while some := list(islice(stream, _AT_ONCE)):
            looking = self._looking()
            last = looking.up_to(position)
            looking.ahead(some, last)
            for one in some:
                try:
                    looked = looking.looked(one, last)
                except NotSo as refused:
                    yield refused
                else:
                    yield self._at(looking, looked)

    def _at(self, looking: Looking, looked: Looked) -> Proposed:
        """What is proposed with the steps that were known where it was looked up."""
        steps = (step for at, step in looking.procedure.steps(looked.place) if at <= looked.position)
        return self._by_rules(looking.rules(looked.position), looked, state_of(steps))

    def _proposed(self, looked: Looked, state: State) -> Proposed:
        looking = self._looking()
        return self._by_rules(looking.rules(looking.node.position), looked, state)

    def _by_rules(self, rules: InterimRules, looked: Looked, state: State) -> Proposed:
        return proposed(looked, rules, refusal_intended=state.intended, stood_still=state.stood_still)

    def propose(
        self, number: str, on: date, *, source: str | None = None, place: int | None = None, after: int | None = None
    ) -> dict[str, Any]:
        """Put in the journal what is proposed now; returns the act's position and the proposal. `after`: as in `step`."""
        looked, state = self._at_hand(number, on, source, place, after)
        found = self._proposed(looked, state)
        said = {"position": found.looked.position, "proposal": found.proposal, "is_blind": found.is_blind, "rule": _name_of_rule(found)}
        return self._take(looked, state, Proposing, said) | {name: said[name] for name in ("proposal", "is_blind", "rule")}

    def decide(
        self,
        number: str,
        outcome: Outcome,
        on: date,
        *,
        by: str,
        ground: str,
        source: str | None = None,
        place: int | None = None,
        after: int | None = None,
        view: str | None = None,
    ) -> dict[str, Any]:
        """Put in the journal what somebody decided. Raises NotSo where it may not be decided yet, where the register is blind and no
        interim rule lets it, or where what it turns on is not what was seen: the `view` of it, where that is told. `after`: as in `step`.
        """
        looked, state = self._at_hand(number, on, source, place, after)
        found = self._proposed(looked, state)
        said = {"outcome": outcome, "by": by, "ground": ground, "position": looked.position, "proposal": found.proposal}
        _, basis = basis_of(self._node.keys, looked)
        blind = {"decided_blind": found.is_blind, "rule": _name_of_rule(found), "basis": basis}
        step = self._step(looked, state, Deciding, said | blind)
        self._followed(looked, state, step)
        if view is not None and view != self.view_of(found):
            raise NotSo(f"application {number}: what counts, or what is proposed on it, is not what was looked at; look again first")
        _ensure_let(found, state)
        told = {"outcome": outcome, "decided_blind": found.is_blind, "rule": _name_of_rule(found)}
        return self._taken(looked, state, step) | told

    def view_of(self, found: Proposed) -> str:
        """A keyed hash of all that a decision on a proposal turns on: what is proposed, whether blind and under which rule, what counts."""
        _, basis = basis_of(self._node.keys, found.looked)
        return self._node.keys.index_of(f"certificate-view:{found.proposal} {found.is_blind} {_name_of_rule(found)} {basis}").hex()

    def step(
        self,
        number: str,
        on: date,
        sort: type[Step],
        source: str | None,
        said: Mapping[str, Any],
        after: int | None = None,
        *,
        place: int | None = None,
    ) -> dict[str, Any]:
        """Put another sort of step in the journal, with what it says; returns the act's position. Raises NotSo where it may not follow, or
        where it was to be the step `after` so many and is not, or which procedure is meant is left open.
        """
        looked, state = self._at_hand(number, on, source, place, after)
        return self._take(looked, state, sort, said)

    def shown(
        self, number: str, on: date, *, source: str | None = None, place: int | None = None
    ) -> tuple[Proposed, State, list[tuple[int, Step]]]:
        """What is proposed on an application on a day, where its procedure stands, and its steps with the positions of their acts."""
        looked, state = self._at_hand(number, on, source, place)
        return self._proposed(looked, state), state, self.procedure.steps(looked.place)

    def procedures(self, number: str, source: str | None = None) -> list[Begun]:
        """Every procedure on what is asked for under a number now, of one source or of each: each act is on one of them."""
        looking = self._looking()
        return [one for one in looking.procedures(number, looking.node.position) if source in (None, one.source)]

    def _at_hand(
        self, number: str, on: date, source: str | None, place: int | None, after: int | None = None
    ) -> tuple[Looked, State]:
        node = self._node
        looked = self.looked(number, on, node.position_at(end_of(on)), source=source, place=place, asked_at=node.position)
        if on < looked.requested.applied_on:
            raise NotSo(f"application {number}: {on} lies before the day of the application, {looked.requested.applied_on}")
        state = self.procedure.state(looked.place)
        if after not in (None, len(state.steps)):
            raise NotSo(f"application {number}: {len(state.steps)} steps were taken on it and {after} were seen; look at those first")
        return looked, state

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

    def forecast(
        self, on: date, over: int, *, arriving: int | None = None, deciding: int | None = None
    ) -> tuple[Forecast, Measured | None]:
        """When the backlog is gone, as it is at the end of a day, at the pace of the last `over` working days before it or the one that is
        told; and what was measured. Raises NotSo where the pace is not told and the journal is too young to measure it.
        """
        counting = Counting(self._node.store, self.procedure, self._node.position_at)
        days = window(on, over, self._begun_on(on))
        measured = None if days is None else counting.measured(*days)
        if measured is None and (arriving is None or deciding is None):
            raise NotSo(f"the journal has no working day before {on} over which the pace could be measured; give --arriving and --deciding")
        known = Pace(arriving=Fraction(0), deciding=Fraction(0)) if measured is None else measured.pace
        pace = Pace(
            arriving=known.arriving if arriving is None else Fraction(arriving),
            deciding=known.deciding if deciding is None else Fraction(deciding),
        )
        return forecast(on, counting.waiting(on), pace), measured

    def _begun_on(self, otherwise: date) -> date:
        """The legal day of the first entry in the journal."""
        return recorded_on(self._node.store, [1]).get(1, otherwise)

    def looked(
        self,
        number: str,
        on: date,
        position: int | None = None,
        *,
        source: str | None = None,
        place: int | None = None,
        hidden_at: int | None = None,
        asked_at: int | None = None,
    ) -> Looked:
        """What is known of an application and its applicant, for a decision on a day, as known at a position or at the head; of what a
        `source` gives under that number, or what lies at a `place`, where one is named; `hidden_at` as in `Past.shown`; `asked_at`: at
        which position the application is known, where that is another. Raises NotSo where there is none, saying what became of it, and
        where there are several and it is left open which is meant.
        """
        looking = self._looking()
        return looking.looked(Asked(number, on, source, place), looking.up_to(position), hidden_at, asked_at)

    def ahead(self, asked: Sequence[Asked]) -> None:
        """Read what looking up these applications, as they are known now, will ask for."""
        looking = self._looking()
        looking.ahead(asked, looking.node.position)

    def requested(self, number: str, last: int, source: str | None, place: int | None = None) -> tuple[int, Requested, int]:
        """As `Looking.requested`."""
        return self._looking().requested(number, source, last, place)

    def number_at(self, place: int, position: int) -> str | None:
        """The number of the application that the message at a place gave, as known at a position; None where it can be read no more."""
        state = self._node.past.folded_to({place}, position)
        said = Reading(state, self._node.store, self._node.keys).said(state.rows_at([place]).values()).get(place)
        number: str | None = None if said is None else said.data.get("application")
        return number

    def _looking(self) -> Looking:
        """What looks up applications at the node as it is now."""
        if self._known is None or self._known.node.moment != self._node.store.head():
            self._known = Looking(Resting(self._node))
        return self._known


def _name_of_rule(found: Proposed) -> str | None:
    return None if found.rule is None else found.rule.name


def _ensure_let(found: Proposed, state: State) -> None:
    """Raises NotSo where the register is blind and the interim rule that is open does not let anybody decide, or there is none."""
    if not found.is_blind:
        return
    number, rule = found.looked.requested.number, found.rule
    if rule is None:
        raise NotSo(
            f"application {number}: by what was known by the end of {found.looked.on} (position {found.looked.position}) the register is "
            f"blind for it, and no interim rule is open; hervat assess certificate {number} says where it is now; wait, or let an "
            "authority open one with hervat interim open"
        )
    if rule.does == "wait":
        until = rule.until or "it is closed"
        raise NotSo(f"application {number}: the interim rule {rule.name} says to wait, until {until} or until nothing is blind")
    if rule.does == "ask" and not state.was_consulted(rule.ask or ""):
        raise NotSo(
            f"application {number}: the interim rule {rule.name} says to ask {rule.ask} first; say what that said with hervat certificate "
            f"consult {number} --other-source '{rule.ask}' --said WORD"
        )
