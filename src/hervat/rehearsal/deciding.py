"""Who decides while the register is blind: certificates under an interim rule, judicial data handed out, and what of it is seen again.

- From the cut on every application and every request is answered on the evening of the day it comes, by an invented rule of an invented
  authority: decide on what is known, and open again later. Somebody grants where nothing counts, and intends to refuse where something
  does; that is decided when the applicant has had two weeks to say something, or lies open at the end.
- When everything is back it is told what would be otherwise by now, and laid beside the world without a cut: the same application, on the
  same day, where nothing was ever missing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import msgspec

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.consumers.bottleneck import Bottleneck
from hervat.consumers.certificates.again import Reopened, counting
from hervat.consumers.certificates.looked import Looked
from hervat.consumers.certificates.proposing import on_what_is_known
from hervat.consumers.certificates.steps import Deciding, Hearing, Intending, Outcome
from hervat.consumers.disclosure.desk import Work
from hervat.consumers.disclosure.requested import Supplied
from hervat.consumers.ruling import Ruling
from hervat.disclosing import Disclosing
from hervat.errors import NotSo
from hervat.interim import InterimRule
from hervat.law.certificates import Proposal
from hervat.rehearsal.days import CUT_ON
from hervat.rehearsal.network import Delivery
from hervat.reopening import Reopening
from hervat.standing import bottlenecks

BY, GROUND = "the rehearsal", "invented for the rehearsal"
RULE = InterimRule(
    name="decide-and-open-again",
    authority="an invented authority",
    ground=GROUND,
    purposes=("every",),
    does="decide",
    from_=CUT_ON,
)
VIEW = timedelta(days=14)
_CERTIFICATE, _DISCLOSURE = "certificate-requested", "disclosure-requested"


@dataclass(slots=True)
class Decided:
    """A certificate decided on: the application, the day, what was decided, and whether that was blind."""

    application: str
    source: str
    on: date
    outcome: str
    blind: bool


@dataclass(slots=True)
class Handed:
    """A request answered: the day, how, whether a source was blind, and the position of the act."""

    request: str
    on: date
    how: str
    blind: bool
    position: int


@dataclass(slots=True)
class Record:
    """What was decided and handed out, and how much could not be answered."""

    decided: list[Decided] = field(default_factory=list)
    handed: list[Handed] = field(default_factory=list)
    unanswered: int = 0


class Desks:
    """The desks of a world in which people decide; made on the day on which the links are cut."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._certificates = Certificates(node)
        self._disclosing = Disclosing(node)
        self._desk = self._disclosing.desk()
        self.record = Record()
        self._intended: dict[date, list[tuple[str, str]]] = {}
        Ruling(node.store, node.keys, node.decide).open(RULE, by=BY, why=GROUND)

    def evening(self, batch: Iterable[Delivery], on: date) -> None:
        """Answer what came today."""
        for number, source in self._intended.pop(on, ()):
            try:
                self._decide_intended(number, source, on)
            except NotSo:
                self.record.unanswered += 1
        for source, kind, data in _asked(batch):
            try:
                if kind == _CERTIFICATE:
                    self._decide(str(data["application"]), source, on)
                else:
                    self._hand_out(str(data["request"]), source, on)
            except NotSo:
                # It is held, or several persons have the number: nobody can answer it today.
                self.record.unanswered += 1

    def look_again(self, on: date) -> None:
        """Tell what would be proposed, or would read, otherwise by now."""
        Reopening(self._node).step(on)
        self._desk.step(on)

    def _decide(self, number: str, source: str, on: date) -> None:
        found, state, _ = self._certificates.shown(number, on, source=source)
        if state.decision is not None:
            return
        self._certificates.propose(number, on, source=source)
        if found.working.proposal is Proposal.GRANT:
            self._end(number, source, on, "granted")
        elif not state.intended:
            self._certificates.step(number, on, Intending, source, {"by": BY, "ground": GROUND})
            self._intended.setdefault(on + VIEW, []).append((number, source))

    def _decide_intended(self, number: str, source: str, on: date) -> None:
        found, state, _ = self._certificates.shown(number, on, source=source)
        if state.decision is not None:
            return
        self._certificates.step(number, on, Hearing, source, {"by": BY, "none_by": on})
        self._certificates.propose(number, on, source=source)
        self._end(number, source, on, "granted" if found.working.proposal is Proposal.GRANT else "refused")

    def _end(self, number: str, source: str, on: date, outcome: Outcome) -> None:
        told = self._certificates.decide(number, outcome, on, by=BY, ground=GROUND, source=source)
        self.record.decided.append(Decided(number, source, on, outcome, told["decided_blind"]))

    def _hand_out(self, request: str, source: str, on: date) -> None:
        row = self._disclosing.request(request, source)
        found, position, _ = self._disclosing.give(row.position, Supplied(), on, by=BY)
        self.record.handed.append(Handed(request, on, found.how, bool(found.blind), position))


def outcome(record: Record, node: Node, beside: Node, on: date) -> dict[str, Any]:
    """What came of it at the node of a world with a cut, `beside` that of the world without one: what was decided and handed out blind,
    what must be seen again, whether that is what the other world says, and the bottlenecks on the last day.
    """
    reopened = {(one.source, one.number): one for one in Reopening(node).listing()}
    expected, unsupported = _expected(record, node, beside)
    work = Disclosing(node).desk().work(on)
    return {
        "rule": msgspec.to_builtins(RULE),
        "unanswered": record.unanswered,
        "certificates": {
            "decided": len(record.decided),
            "blind": sum(one.blind for one in record.decided),
            "granted_blind": sum(one.blind and one.outcome == "granted" for one in record.decided),
            "again": [_again(one) for one in reopened.values()],
            "support_lost": len(unsupported),
            "equal": expected - unsupported == reopened.keys() - unsupported,
        },
        "handed": {
            "answers": len(record.handed),
            "given": sum(one.how == "given" for one in record.handed),
            "blind": sum(one.blind for one in record.handed),
            "again": [_differs(one) for one in work],
        },
        "bottlenecks": [_bottleneck(one) for one in bottlenecks(node, on)],
    }


def _expected(record: Record, node: Node, beside: Node) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """The applications of which something else would have been said, or counted, on that day where nothing was missing; and those of people
    of whom, in either world, something was applied and has lost what it rested on. Whether it ever was hangs on the order in which messages
    came, and that is another in each world: of these nothing is compared.
    """
    certificates, whole = Certificates(node), Certificates(beside)
    expected, unsupported = set[tuple[str, str]](), set[tuple[str, str]]()
    for one in record.decided:
        place, _, _ = certificates.requested(one.application, node.position, one.source)
        (decided,) = (step for _, step in certificates.procedure.steps(place) if isinstance(step, Deciding))
        then = certificates.looked(one.application, one.on, decided.position, source=one.source)
        now, uncut = (each.looked(one.application, one.on, source=one.source) for each in (certificates, whole))
        if now.horizon["support_lost"] or uncut.horizon["support_lost"]:
            unsupported.add((one.source, one.application))
        if _said(then) != _said(uncut):
            expected.add((one.source, one.application))
    return expected, unsupported


def _said(looked: Looked) -> tuple[Proposal, Any, str, tuple[str, ...]]:
    found, asked = on_what_is_known(looked), looked.requested
    return found.proposal, counting(looked, found), asked.bsn, asked.asked_for


def _again(one: Reopened) -> dict[str, Any]:
    return {
        "application": one.number,
        "on": one.decided.on.isoformat(),
        "decided": one.decided.outcome,
        "blind": one.decided.decided_blind,
        "before": one.difference.before.value,
        "now": one.difference.now.value,
        "appeared": len(one.appeared),
        "gone": len(one.gone),
    }


def _differs(one: Work) -> dict[str, Any]:
    told, given = one.difference, one.given
    return {"act": told.disclosed, "article": given.article, "on": given.on.isoformat(), "blind": given.blind, "to": list(told.to)}


def _bottleneck(one: Bottleneck) -> dict[str, Any]:
    against = {condition.name: list(condition.against) for condition in one.conditions if not condition.holds}
    return {"name": one.name, "open": one.is_open, "affected": one.affected, "against": against}


def _asked(batch: Iterable[Delivery]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What was asked in messages: their source, kind and data."""
    for one in batch:
        if _CERTIFICATE.encode() in one.raw or _DISCLOSURE.encode() in one.raw:
            document = msgspec.json.decode(one.raw)
            kind = document["type"].split(".")[2]
            if kind in (_CERTIFICATE, _DISCLOSURE):
                yield one.source, kind, document["data"]
