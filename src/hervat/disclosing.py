"""The disclosures of a node: a request found, answered in the state at a position, and handed out as an act.

What is answered on an earlier day (handed out on paper, and written down later) rests on what was known by the end of that day, and no
more; the request is as it is known when it is written down.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from hervat.assemble import Node
from hervat.clock import end_of
from hervat.consumers.blind import blind
from hervat.consumers.contradicted import own
from hervat.consumers.disclosure.answer import Answer, How, Unseen, differing, hashed
from hervat.consumers.disclosure.desk import FOR_PROCEEDINGS, Desk
from hervat.consumers.disclosure.given import DISCLOSED, DisclosedAct, Seen, answers_to, name_of
from hervat.consumers.disclosure.hearings import hearings, in_custody
from hervat.consumers.disclosure.limited import weighed
from hervat.consumers.disclosure.listed import REQUESTED
from hervat.consumers.disclosure.requested import Supplied, asked, ensure_untold
from hervat.errors import NotSo, Usage, ensure
from hervat.journal.store import APPLIED, STATES, Row, Store
from hervat.kinds import DisclosureRequested
from hervat.law import disclosure as law
from hervat.law.rule import Horizon
from hervat.law.value import Outcome
from hervat.register.reading import Reading
from hervat.register.record import Person

NO_PURPOSE = ""
"""No emergency procedure has this purpose, so under it no report by the police is seen."""


class Disclosing:
    """Answers requests for disclosure at one node."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def desk(self) -> Desk:
        """The desk that finds what was handed out and reads differently now; its steps are acts, and need the writer."""
        return Desk(self._node.store, self._node.keys, self._node.decide, self.answer)

    def request(self, name: str, source: str | None = None) -> Row:
        """The request that is meant, by its own id or by that of its message. Raises NotSo where there is none, Usage for several."""
        store, reading = self._node.store, Reading(self._node.store, self._node.store, self._node.keys)
        rows = {row.position: row for row in reading.linked([f"request:{name}"])}
        sources = [feed.name for feed in store.feeds()] if source is None else [source]
        idents = [self._node.keys.index_of(f"message:{one}/{name}") for one in sources]
        rows |= {row.position: row for row in store.rows_by_ident(idents).values()}
        found = [row for row in rows.values() if row.kind == REQUESTED and source in (None, reading.source_of(row))]
        if not found:
            raise NotSo(f"no request for disclosure {name}{'' if source is None else f' of {source}'} is in custody")
        if len(found) > 1:
            named = ", ".join(f"{row.id} of {reading.source_of(row)}" for row in sorted(found, key=lambda row: row.position))
            raise Usage(f"{name} may be one of {len(found)} requests: {named}; say which with the id of the message and --source")
        return found[0]

    def answer(
        self,
        request: int,
        supplied: Supplied,
        on: date,
        position: int | None = None,
        hidden_at: int | None = None,
        asked_at: int | None = None,
    ) -> Answer:
        """The answer to the request at a position, in a decision on a day, with what is known in F(1..position); `hidden_at` as in
        `Past.shown`; `asked_at`: at which position the request is known, where that is another. Raises NotSo.
        """
        last = self._node.position if position is None else min(position, self._node.position)
        data = self._said(request, last if asked_at is None else asked_at)
        if data is None:
            return Answer(how="no-request", on=on, position=last)
        read = asked(data, supplied, request, on)
        ground = law.grounds(read.request, on=on)
        found = Answer(how="refused", on=on, position=last, request=data, asked=read, ground=ground)
        if ground.outcome is not Outcome.YES or ground.value is None:
            return msgspec.structs.replace(found, how="refused" if ground.outcome is Outcome.NO else "cannot-say")
        skns = self._persons(data, last)
        if len(skns) != 1:
            horizon = {"horizon": self._node.horizon_about(last), "held": [], "position": last, "known": False}
            unseen = self._blind(horizon, on, [] if data.skn is None else [data.skn])
            how: How = "several" if skns else "unknown"
            anybody = self._of_anybody(last, on)
            return msgspec.structs.replace(found, how=how, persons=len(skns), answer=horizon, blind=unseen, of_anybody=anybody)
        return self._about(found, skns[0], ground.value, last, hidden_at)

    def on(self, request: int, supplied: Supplied, on: date) -> Answer:
        """The answer on a day, with what was known by the end of it."""
        return self.answer(request, supplied, on, self._node.position_at(end_of(on)), asked_at=self._node.position)

    def looked(self, request: int, supplied: Supplied, on: date, position: int | None = None) -> Answer:
        """The answer for somebody who supplies now, as known at a position or else by the end of the day. Raises Usage where the request
        says already what is supplied.
        """
        found = self.on(request, supplied, on) if position is None else self.answer(request, supplied, on, position)
        if found.request is not None and found.asked is not None:
            ensure_untold(found.request, found.asked, supplied)
        return found

    def _blind(self, answer: dict[str, Any], on: date, skns: Sequence[str]) -> tuple[str, ...]:
        """The sources that may know what is not known here of the person with these SKNs."""
        last = answer["position"]
        unsettled = self._node.past.unsettled(answer["horizon"]["sources"], last, skns)
        return blind(answer, unsettled, self._node.roster().at(last), on)

    def _of_anybody(self, last: int, on: date) -> Unseen:
        """What the register does not know, whoever is asked about."""
        horizon = self._node.horizon_about(last)
        return Unseen(horizon=horizon, blind=self._blind({"horizon": horizon, "held": [], "position": last}, on, ()))

    def _said(self, request: int, last: int) -> DisclosureRequested | None:
        """What the request says at a position; None where it does not stand."""
        state: Store = self._node.store if last == self._node.position else self._node.past.folded_to({request}, last)
        row = state.rows_at([request]).get(request)
        if row is None or row.state != APPLIED or row.retracted:
            return None
        said = Reading(state, self._node.store, self._node.keys).said([row]).get(request)
        return None if said is None else msgspec.convert(said.data, DisclosureRequested)

    def _persons(self, data: DisclosureRequested, last: int) -> list[str]:
        """The persons that a request is about at a position, by the SKN each answers under."""
        name = f"person:{data.skn}" if data.bsn is None else f"bsn:{data.bsn}"
        _, found, reading = self._node.past.near([self._node.keys.index_of(name)], last)
        _, register = self._node.past.shown(reading, sorted(found.rows.values(), key=lambda row: row.position), last)
        if data.bsn is None:
            person = register.of(data.skn or "")
            return [] if person is None else [person.skn]
        return [one.skn for one in register.persons if any(identity.bsn == data.bsn for identity in one.identities)]

    def _about(self, found: Answer, skn: str, permission: law.Permission, last: int, hidden_at: int | None) -> Answer:
        person, answer = self._node.record(skn, valid_on=found.on, position=last, purpose=NO_PURPOSE, hidden_at=hidden_at)
        ensure(person is not None, "a person that was found by a number is not known")
        unseen = self._blind(answer, found.on, answer["skns"])
        known = msgspec.structs.replace(found, how="given", persons=1, answer=answer, blind=unseen)
        if person is None:
            return known
        documented = person.without_process()
        known = msgspec.structs.replace(known, person=msgspec.structs.replace(documented, contradictions=own(documented)))
        if permission.scope is law.Scope.FULL:
            return self._with_hearings(known, person, last) if permission.article == FOR_PROCEEDINGS else known
        until = {row["source"]: row["complete_until"] for row in answer["horizon"]["sources"]}
        horizon = Horizon(position=last, complete_until=until)
        anybody = self._of_anybody(last, found.on)
        convictions = weighed(person, lambda named: self._node.message(named.source, named.id).position, found.on, horizon)
        return msgspec.structs.replace(known, weighed=tuple(convictions), of_anybody=anybody)

    def _with_hearings(self, found: Answer, person: Person, last: int) -> Answer:
        _, around, reading = self._node.past.around(person.skn, last)
        messages = reading.messages(sorted(around.rows.values(), key=lambda row: row.position))
        return msgspec.structs.replace(found, hearings=tuple(hearings(person, messages, found.on)), custody=in_custody(person))

    def give(
        self, request: int, supplied: Supplied, on: date, *, by: str, seen: Seen | None = None
    ) -> tuple[Answer, int, dict[str, Any] | None]:
        """Answer a request as an act: the answer, the position of the act, and how it differs from what was answered before, if so.

        Raises NotSo where nothing can be answered: something that decides is not told, or several persons have the number; and where `seen`
        is something else than what would be handed out. Usage as `looked`.
        """
        found = self.looked(request, supplied, on)
        if (why := why_not(found)) is not None:
            raise NotSo(why if found.how != "no-request" else f"{why}{self._state_of(request)}")
        before = list(answers_to(self._node.store, self._node.keys, request))
        if seen is not None and seen.number != len(before) + 1:
            last = f"its last answer is at position {before[-1][0]}" if before else "nobody answered it yet"
            raise NotSo(f"the answers to the request at position {request} are others than you looked at: {last}; look again")
        if seen is not None and seen.hash != self.hash_of(found):
            raise NotSo("what would be handed out is not what you looked at: look at it as it is now, and answer then")
        act = DisclosedAct(
            known_by=name_of(request, len(before) + 1),
            request=request,
            number=len(before) + 1,
            on=on,
            by=by,
            at=found.position,
            outcome="given" if found.how == "given" else "refused" if found.how == "refused" else "unknown",
            scope=None if found.scope is None else found.scope.value,
            article=found.request.article if found.request is not None else "",
            hash=self.hash_of(found),
            blind=bool(found.blind),
            supplied=supplied,
        )
        position = self._node.decide(DISCLOSED, act)
        return found, position, self._since(found, before)

    def hash_of(self, found: Answer) -> str:
        """The hash of what is handed out, under the node's index key."""
        return self._node.keys.index_of(hashed(found.lines())).hex()

    def handed_out(self, at: int, act: DisclosedAct) -> Answer:
        """What was handed out by the act at a position, as far as it may still be read: without what acts of retention hid since."""
        return self.answer(act.request, act.supplied, act.on, act.at, hidden_at=self._node.position, asked_at=at)

    def _since(self, found: Answer, before: Sequence[tuple[int, DisclosedAct]]) -> dict[str, Any] | None:
        if not before:
            return None
        at, act = before[-1]
        earlier = self.handed_out(at, act)
        told = {"position": at, "on": act.on.isoformat(), "by": act.by, "same": act.hash == self.hash_of(found)}
        return told | {"differs": differing(earlier.lines(), found.lines())}

    def _state_of(self, request: int) -> str:
        row = self._node.store.rows_at([request])[request]
        return "retracted" if row.retracted else STATES[row.state]


def why_not(found: Answer) -> str | None:
    """Why an answer cannot be given to anybody; None where it can."""
    if found.how == "no-request":
        return f"the request does not stand at position {found.position}; it is "
    if found.how == "several":
        return f"{found.persons} persons have the number of the request: nothing is disclosed; find out who is meant, and let it ask by SKN"
    if found.how == "cannot-say" and found.ground is not None and found.asked is not None:
        says = [found.ground.because.says.en, *([found.asked.wording.because.says.en] if found.ground.missing else [])]
        return f"it cannot be said whether anything may be disclosed: {'; '.join(says)}"
    limited = found.scope is law.Scope.LIMITED and found.answer is not None
    if limited and found.answer is not None and found.answer["horizon"]["support_lost"]:
        return "part of what the record rested on was taken away: the limited set cannot be said, and that is not clean; see hervat held"
    return None
