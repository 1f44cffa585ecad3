"""The rehearsal `interim`: the same cut under two interim rules, and what each of them did to the people who had asked for a certificate.

- The messages are those of the letter's world, and the rule is open from the day of the cut on, for every purpose. Every evening somebody
  decides what may be decided, the oldest first: grants where nothing counts, and else intends to refuse and decides two weeks later.
- What is held and names nobody may be about any applicant: one such message keeps the register blind for all of them. So the senders are
  asked about all that is held, in the week after the links are back, and then whoever had to wait is decided on. It goes on, every source
  saying each evening that nothing came, until the last view was heard or not given. Nobody asks about what was refused: whom that may be
  about goes on waiting, where the rule says so.
- Looked at again is what has come back since, on the day after the last evening. *Later different* is a decision that would be proposed
  otherwise by then, *too lenient* a grant on which a person would have to decide, *too strict* a refusal where nothing counts.
- A day is counted from the day of the application. Weights of harm are invented (`WEIGHTS`): they make two rules comparable, and prove
  nothing.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.clock import SteppedClock, rfc3339
from hervat.consumers.certificates.steps import Hearing, Intending, Outcome, State
from hervat.consumers.ruling import Ruling
from hervat.errors import NotSo
from hervat.interim import Does, InterimRule, Risk
from hervat.law.certificates import Proposal
from hervat.rehearsal.days import CUT_ON
from hervat.rehearsal.letter import Progress, Where, by_day
from hervat.rehearsal.network import Delivery, cut
from hervat.rehearsal.world import World
from hervat.reopening import Reopening
from hervat.stores.opening import place_of

BY, GROUND = "the rehearsal", "invented for the rehearsal"
VIEW: Final = timedelta(days=14)
RULES: Final[Mapping[str, tuple[tuple[Does, Risk], ...]]] = {
    "decide": (("decide", "every"),),
    "wait": (("wait", "every"),),
    "wait-where-vulnerable": (("wait", "vulnerable"), ("decide", "ordinary")),
}
"""What may be compared: what each does, and for which risk."""
WEIGHTS: Final = {"a day waited": 1, "too lenient": 100, "too lenient, where vulnerable people are concerned": 400, "too strict": 50}
"""Invented: how much harm each is, beside a day that somebody waits."""
_REQUESTED = b"nl.hervat.certificate-requested.v1"
_CANONICAL: Final = msgspec.json.Encoder(order="sorted")


@dataclass(slots=True)
class Asked:
    """An application as the rehearsal knows it: its number and source, the day of it, and how and when it was decided."""

    number: str
    source: str
    on: date
    decided_on: date | None = None
    outcome: Outcome | None = None
    blind: bool = False


@dataclass(slots=True)
class Office:
    """Who decides at a node under a rule, evening by evening."""

    node: Node
    rule: str
    asked: dict[tuple[str, str], Asked] = field(default_factory=dict)
    rules: list[InterimRule] = field(default_factory=list)
    intended: dict[tuple[str, str], date] = field(default_factory=dict)

    def open(self) -> None:
        """Let the rule be open from the day of the cut on."""
        ruling = Ruling(self.node.store, self.node.keys, self.node.decide)
        for does, risk in RULES[self.rule]:
            rule = InterimRule(
                name=f"{does}-{risk}", authority="invented", ground=GROUND, purposes=("every",), does=does, risk=risk, from_=CUT_ON
            )
            ruling.open(rule, by=BY, why=GROUND)
            self.rules.append(rule)

    def evening(self, batch: Iterable[Delivery], on: date) -> None:
        """Take in what was asked today, and decide what may be decided of all that waits."""
        for came in batch:
            if _REQUESTED in came.raw:
                data = msgspec.json.decode(came.raw)["data"]
                asked = Asked(data["application"], came.source, date.fromisoformat(data["applied_on"]))
                self.asked.setdefault((came.source, asked.number), asked)
        certificates = Certificates(self.node)
        for place, one in self.asked.items():
            if one.decided_on is None and self.intended.get(place, on) <= on >= one.on:
                try:
                    self._decide(certificates, place, one, on)
                except NotSo:
                    # Blind, and the rule says to wait; or it is held.
                    continue

    def _decide(self, certificates: Certificates, place: tuple[str, str], one: Asked, on: date) -> None:
        found, state, _ = certificates.shown(one.number, on, source=one.source)
        if found.is_blind and (found.rule is None or found.rule.does == "wait"):
            return
        grants = found.working.proposal is Proposal.GRANT
        certificates.propose(one.number, on, source=one.source)
        if not grants and place not in self.intended:
            certificates.step(one.number, on, Intending, one.source, {"by": BY, "ground": GROUND})
            self.intended[place] = on + VIEW
            return
        if not grants:
            self._heard(certificates, state, one, on)
        outcome: Outcome = "granted" if grants else "refused"
        told = certificates.decide(one.number, outcome, on, by=BY, ground=GROUND, source=one.source)
        one.decided_on, one.outcome, one.blind = on, outcome, told["decided_blind"]

    def _heard(self, certificates: Certificates, state: State, one: Asked, on: date) -> None:
        if state.stage != "heard":
            certificates.step(one.number, on, Hearing, one.source, {"by": BY, "none_by": on})


class Quiet:
    """The sources after the last message of a world: all they say is that nothing came."""

    def __init__(self, world: World) -> None:
        self._sent: dict[str, int] = {}
        self._hashes: dict[str, hashlib._Hash] = {}
        for sent in sorted(world.messages, key=lambda sent: (sent.source, sent.sequence)):
            self._take(sent.source, msgspec.json.decode(sent.raw))

    def _take(self, source: str, envelope: Any) -> bytes:
        raw = _CANONICAL.encode(envelope)
        self._sent[source] = int(envelope["sequence"])
        self._hashes.setdefault(source, hashlib.sha256()).update(hashlib.sha256(raw).digest())
        return raw

    def evening(self, at: datetime) -> list[bytes]:
        """What each says at a moment."""
        return [self._take(source, self._claim(source, rfc3339(at))) for source in sorted(self._sent)]

    def _claim(self, source: str, at: str) -> dict[str, Any]:
        count = self._sent[source]
        data = {"through_sequence": count, "count": count, "complete_until": at, "set_hash": self._hashes[source].hexdigest()}
        made = {"source": source, "id": f"quiet-{count + 1}", "type": "nl.hervat.watermark.v1", "time": at, "sequence": str(count + 1)}
        return {"specversion": "1.0", "sequencetype": "Integer", "datacontenttype": "application/json", "data": data, **made}


def run(seed: int, scale: float, where: Callable[[str], Where], progress: Progress, *, rules: tuple[str, str]) -> dict[str, Any]:
    """The world under each of both rules, one after the other, and what came of it side by side."""
    world = World(seed, scale, settles=True)
    deliveries = list(cut(world))
    places = [where(name) for name in ("interim_first", "interim_second")]
    found = [_under(rule, deliveries, Quiet(world), place, progress) for rule, place in zip(rules, places, strict=True)]
    same = found[0]["applications"] == found[1]["applications"] == sum(found[0][name] for name in ("decided", "waiting"))
    return {
        "scenario": "interim",
        "seed": seed,
        "scale": scale,
        "synthetic": True,
        "ok": same and all(one["as_it_says"] for one in found),
        "invented": {"weights": WEIGHTS, "view_days": VIEW.days},
        "rules": found,
        "stores": [place_of(place.url).shown for place in places],
    }


def _under(rule: str, deliveries: list[Delivery], quiet: Quiet, where: Where, progress: Progress) -> dict[str, Any]:
    clock, done = SteppedClock(deliveries[0].at), 0
    with Node.opened(where.url, writer=True, clock=clock, keys=where.keys) as node:
        office = Office(node, rule)
        for batch in by_day(deliveries):
            clock.set(batch[-1].at)
            node.receive(one.raw for one in batch)
            if batch[-1].day >= CUT_ON:
                if not office.rules:
                    office.open()
                office.evening(batch, batch[-1].day)
            done += len(batch)
            progress(rule, done, len(deliveries))
        last, at = deliveries[-1].day, deliveries[-1].at
        while any(day > last for day in office.intended.values()):
            last, at = last + timedelta(days=1), at + timedelta(days=1)
            clock.set(at)
            node.receive(quiet.evening(at))
            office.evening((), last)
        Reopening(node).step(last + timedelta(days=1))
        return _told(rule, node, office, last)


def _parted(asked: Iterable[Asked]) -> tuple[list[Asked], list[Asked]]:
    """Those who were decided on, and those who wait."""
    decided = [one for one in asked if one.decided_on is not None]
    return decided, [one for one in asked if one.decided_on is None]


def _waits_for_what_was_refused(node: Node, one: Asked, on: date) -> bool:
    """Whether nothing else keeps the register blind for somebody than what was refused and not put right."""
    return {spot.why for spot in Certificates(node).proposed(one.number, on, source=one.source).looked.blindness.spots} == {"refused"}


def _told(rule: str, node: Node, office: Office, last: date) -> dict[str, Any]:
    """What came of a rule by the last day; harm by the invented weights."""
    asked = [*office.asked.values()]
    decided, waiting = _parted(asked)
    on_refused = sum(_waits_for_what_was_refused(node, one, last) for one in waiting)
    days = sorted(((one.decided_on or last) - one.on).days for one in asked)
    again = Counter[str]()
    listed = Reopening(node).listing()
    for one in listed:
        if one.decided.outcome == "granted" and one.difference.now is not Proposal.GRANT:
            again["too lenient, where vulnerable people are concerned" if one.vulnerable else "too lenient"] += 1
        elif one.decided.outcome == "refused" and one.difference.now is Proposal.GRANT:
            again["too strict"] += 1
    amounts = {"a day waited": sum(days), **{name: again[name] for name in WEIGHTS if name != "a day waited"}}
    harm = {name: amount * WEIGHTS[name] for name, amount in amounts.items()}
    return {
        "rule": rule,
        "applications": len(asked),
        "decided": len(decided),
        "granted": sum(one.outcome == "granted" for one in decided),
        "refused": sum(one.outcome == "refused" for one in decided),
        "blind": sum(one.blind for one in decided),
        "waiting": len(waiting),
        "waiting_for_refused": on_refused,
        "later_different": len(listed),
        "amounts": amounts,
        "days_waited": {"mean": round(sum(days) / len(days), 1) if days else 0.0, "longest": max(days, default=0)},
        "harm": harm | {"in all": sum(harm.values())},
        "as_it_says": {(one.source, one.number) for one in listed} <= {(one.source, one.number) for one in decided}
        and len(waiting) == on_refused
        and not (rule == "wait" and any(one.blind for one in decided)),
    }


def in_words(found: dict[str, Any]) -> Iterator[str]:
    """The report for a person to read, line by line."""
    first, second = found["rules"]
    yield f"Two interim rules on the same cut, seed {found['seed']}, scale {found['scale']}: every person and message is invented."
    yield ""
    yield f"{'':<52}{first['rule']:>22}{second['rule']:>22}"
    for name, title in _TITLES:
        yield f"{title:<52}{first[name]:>22}{second[name]:>22}"
    for name, title in (("mean", "days waited, mean"), ("longest", "days waited, longest")):
        yield f"{title:<52}{first['days_waited'][name]:>22}{second['days_waited'][name]:>22}"
    yield ""
    yield "Harm, by weights that are invented:"
    for name in (*WEIGHTS, "in all"):
        weight = f" ({WEIGHTS[name]} each)" if name in WEIGHTS else ""
        yield f"  {name + weight:<50}{first['harm'][name]:>22}{second['harm'][name]:>22}"
    yield "Which of the two does less harm hangs on these weights: choose your own before you choose a rule."
    yield "Rehearsed as it should go." if found["ok"] else "NOT AS IT SHOULD GO."


_TITLES = (
    ("applications", "applications since the cut"),
    ("decided", "decided under it"),
    ("blind", "  of these blind"),
    ("granted", "  granted"),
    ("refused", "  refused"),
    ("waiting", "waiting on the last day"),
    ("waiting_for_refused", "  of these for what was refused, and not put right"),
    ("later_different", "decided, and different by the end"),
)
