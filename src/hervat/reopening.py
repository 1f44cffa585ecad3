"""Certificates that were decided on and would be proposed otherwise with what is known now: found, told once, looked at, and closed."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.consumers.certificates.again import (
    CLOSED_AGAIN,
    OPENED_AGAIN,
    Around,
    ClosedAgain,
    Difference,
    Entry,
    Reopened,
    Told,
    Verdict,
    basis_of,
    counting,
    difference,
    parted,
)
from hervat.consumers.certificates.applications import Requested
from hervat.consumers.certificates.looked import Looked
from hervat.consumers.certificates.proposing import on_what_is_known
from hervat.consumers.certificates.steps import Deciding
from hervat.errors import NotSo
from hervat.journal.acts import recorded_on
from hervat.law.certificates import Proposal, risk
from hervat.law.certificates.risk import may_concern_vulnerable
from hervat.looking import Asked
from hervat.register.reading import Reading

Basis = tuple[Proposal, str]
_AT_ONCE = 1000


class Reopening:
    """The decisions on certificates of a node, looked at again."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._certificates = Certificates(node)

    def step(self, on: date) -> dict[str, Any]:
        """Tell the decisions that would be proposed otherwise now, of those near what changed since the last step; returns how many were
        opened and withdrawn, and the position of the last act. Where nothing changed there is none.
        """
        told, head, around = self._told(), self._node.position, Around(self._node.store, self._node.keys)
        changed, behind = around.changed(told.through), self._certificates.procedure.behind(told.through, head)
        near = dict(around.at(behind)) | dict(around.applications(changed))
        if around.was_erased(told.through):
            near |= dict(around.at({one.application for one in told.standing()} - near.keys()))
        found = list(self._differing(told, near))
        position = None
        if changed or behind:
            for act in parted(found, on, told.through, head):
                position = self._node.decide(OPENED_AGAIN, act)
        counts = {says: sum(one.says == says for one in found) for says in ("opened", "withdrawn")}
        return {"position": position, "through": head if changed or behind else told.through, **counts}

    def _told(self) -> Told:
        return Told(self._node.store, self._node.keys, self._node.position)

    def _differing(self, told: Told, near: Mapping[int, Requested]) -> Iterator[Difference]:
        """What is to be told of the last decisions on these applications; a thousand of them are looked up at once."""
        decisions = self._certificates.procedure.decisions(near)
        stream = iter(decisions.items())
        while some := list(islice(stream, _AT_ONCE)):
            written = recorded_on(self._node.store, [at for _, (at, _) in some])
            self._certificates.ahead([Asked(near[place].number, decided.on, near[place].source, place) for place, (_, decided) in some])
            for place, (at, decided) in some:
                one = self._differs(told, place, near[place], at, decided, written[at])
                if one is not None:
                    yield one

    def _differs(self, told: Told, place: int, asked: Requested, at: int, decided: Deciding, written: date) -> Difference | None:
        """What is to be told of a decision on an application. It is compared as of its own day, and first as of that on which it was
        written down, where that is a later one.
        """
        days = [written, decided.on] if written > decided.on else [decided.on]
        found = {day: both for day in days if (both := self._versions(at, decided, asked, day)) is not None}
        if not found:
            return None
        day = next((day for day, (before, now) in found.items() if before[1] != now[1]), min(found))
        return difference(told.last, place, at, *found[day], None if day == decided.on else day)

    def _versions(self, at: int, decided: Deciding, asked: Requested, day: date) -> tuple[Basis, Basis] | None:
        """What was and what is proposed on what is known as of a day; None where the application is not there any more."""
        # What acts of retention hid after the decision was known when it was taken, and is no difference.
        source, hidden_at = asked.source, decided.position
        looked = self._known(asked.number, source, day, None, hidden_at, place=decided.application)
        if looked is None:
            return None
        now = basis_of(self._node.keys, looked)
        if now[1] == decided.basis:
            return now, now
        # What was erased since is in neither. Where nothing can be looked up any more, what was told then counts.
        then = self._then(at, decided, source, day, hidden_at)
        return (decided.proposal, decided.basis) if then is None else basis_of(self._node.keys, then), now

    def _then(self, at: int, decided: Deciding, source: str, day: date, hidden_at: int) -> Looked | None:
        """What was known of an application where it was decided on, by its place: its number may have been another."""
        number = self._certificates.number_at(decided.application, at)
        place = decided.application
        return None if number is None else self._known(number, source, day, decided.position, hidden_at, place=place, asked_at=at)

    def _last_decision(self, place: int, known_at: int | None = None) -> tuple[int, Deciding] | None:
        until = self._node.position if known_at is None else known_at
        steps = self._certificates.procedure.steps(place)
        decided = [(at, one) for at, one in steps if isinstance(one, Deciding) and at <= until]
        return decided[-1] if decided else None

    def _is_standing(self, told: Told, place: int) -> bool:
        last = self._last_decision(place)
        return last is not None and told.is_standing(last[0])

    def waiting(self, known_at: int) -> list[Difference]:
        """What was told up to a position and nobody had looked at by then, but for what was decided again."""
        told = Told(self._node.store, self._node.keys, known_at)
        last = {one.application: self._last_decision(one.application, known_at) for one in told.standing()}
        return [one for one in told.standing() if (found := last[one.application]) is not None and found[0] == one.decision]

    def listing(self) -> list[Reopened]:
        """The decisions that somebody has to look at again, worst first. One that was decided again since, or whose application was erased,
        is none of them.
        """
        told = self._told()
        found = (one for each in told.standing() for one in self._reopened(told.told_at[each.decision], each))
        return sorted(found, key=lambda one: one.rank)

    def _reopened(self, at: int, one: Difference) -> Iterator[Reopened]:
        store, keys, last = self._node.store, self._node.keys, self._last_decision(one.application)
        reading, row = Reading(store, store, keys), store.rows_at([one.application])[one.application]
        said = reading.said([row]).get(row.position)
        if said is None or last is None or last[0] != one.decision:
            return
        number, source, (_, decided) = said.data["application"], reading.source_of(row), last
        head, day = self._node.position, one.as_of or decided.on
        then = self._then(one.decision, decided, source, day, head)
        now = self._known(number, source, day, None, head, place=one.application)
        either = now or then
        yield Reopened(
            told_at=at,
            difference=one,
            number=number,
            source=source,
            decided=decided,
            vulnerable=either is None or may_concern_vulnerable(risk(either.application(), on=either.on)),
            before=_counting(then),
            now=_counting(now),
            asked_before=_asked_for(then),
            asked_now=_asked_for(now),
            of_another=then is not None and now is not None and then.requested.bsn != now.requested.bsn,
        )

    def _known(
        self, number: str, source: str, on: date, position: int | None, hidden_at: int, *, place: int, asked_at: int | None = None
    ) -> Looked | None:
        """What is known of an application; None where it is not there, or not any more."""
        try:
            told: dict[str, Any] = {"source": source, "place": place, "hidden_at": hidden_at, "asked_at": asked_at}
            return self._certificates.looked(number, on, position, **told)
        except NotSo:
            return None

    def close(
        self,
        number: str,
        verdict: Verdict,
        *,
        by: str,
        ground: str,
        source: str | None = None,
        place: int | None = None,
        told_at: int | None = None,
    ) -> dict[str, Any]:
        """Put in the journal what somebody decided on a decision that was opened again. Raises NotSo where none was, where several were
        and it is left open which is meant, or where it was told anew since the act at `told_at`, where that is said.
        """
        told, named = self._told(), place
        if named is None:
            # Of several procedures of one source, the only one that waits is meant.
            several = self._certificates.procedures(number, source)
            waiting = [one.place for one in several if self._is_standing(told, one.place)]
            named = waiting[0] if len(waiting) == 1 == len({one.source for one in several}) else None
        place, _, _ = self._certificates.requested(number, self._node.position, source, named)
        last = self._last_decision(place)
        if last is None or not told.is_standing(last[0]):
            raise NotSo(f"application {number}: no decision on it waits to be looked at; hervat certificate again lists those that do")
        if told_at not in (None, told.told_at[last[0]]):
            raise NotSo(f"application {number}: it was told anew, at position {told.told_at[last[0]]}; look at that first")
        one = told.last[last[0]]
        act = ClosedAgain(application=place, decision=one.decision, basis=one.basis, verdict=verdict, by=by, ground=ground)
        return {"position": self._node.decide(CLOSED_AGAIN, act), "application": number, "decision": one.decision, "verdict": verdict}


def _asked_for(looked: Looked | None) -> tuple[str, ...]:
    return () if looked is None else looked.requested.asked_for


def _counting(looked: Looked | None) -> tuple[Entry, ...]:
    return () if looked is None else counting(looked, on_what_is_known(looked))
