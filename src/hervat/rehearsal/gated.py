"""The restart in the world with the cut: OM isolated, a plan made, exercised and begun, and gone through by its gates.

- The plan is that of the map of the letter (`chain.toml`), made in this very run, exercised by its hash and begun with that report. An
  exercise counts for thirty days; when it is too old before the last links open, another is made.
- Every evening crews report what is done, at the hour of the plan or some days later; partners hand over what is not here yet, sign what
  they sent, and approve. What opens, and when, is for the gates alone; nobody here moves a link.
- By the seed one gate does not open on its evening, and is mended a day or two later: a statement that does not fit, before a link is let
  through or after; a key that was forgotten; somebody who does not sign.
- Two people let two things be: what the courts have on paper is entered through the open link, and what is held for messages that nobody
  sent stays held. Keys, approvals and people are invented.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hervat.assemble import Node
from hervat.batch import STATEMENT, Statement
from hervat.chain.overrides import Overrides
from hervat.chain.parts import ChainMap, GateName
from hervat.chain.plan import Plan
from hervat.chain.planning import planned
from hervat.chain.reading import read_chain
from hervat.clock import rfc3339
from hervat.dispatch.identity import Identity
from hervat.dispatch.statements import EMPTY
from hervat.intake.partnering import Wish, read_public_key
from hervat.intake.quarantine import oin_of
from hervat.partner import PartnerKey
from hervat.rehearsal.days import CUT_ON, RESTART, on
from hervat.rehearsal.exercise import Exercise, LastRun
from hervat.rehearsal.feeds import GPS, GRIP, SKDB
from hervat.rehearsal.sealing import Sent
from hervat.rehearsal.world import World
from hervat.restart.acts import ExerciseReport, Waiving
from hervat.restart.approving import approve, order
from hervat.restart.reporting import signed
from hervat.restart.run import OPENED, OPENING, Run, StepAt
from hervat.restarting import Restarting

OM, JUSTID = (oin_of(feed.source) or "" for feed in (GPS, SKDB))
ROTATED: Final = "check-credentials-rotated"
"""The step of the plan at whose end OM has other keys."""
OM_LINK, COURTS_LINK = "open-om-jds", "open-courts-jds"
_BY, _SECOND, _WHY = "the rehearsal", "another of the rehearsal", "invented for the rehearsal"
_WORK: Final = timedelta(hours=20)
"""How long whoever opens a link is about it, from the evening on which all that it waits for is done."""
_WAIVED_FOR: Final = timedelta(days=30)
_canonical: Final = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True)
class Failing:
    """What goes wrong on the way with OM's link: at which gate, whether that was passed before, and in a sentence what."""

    gate: GateName
    after: bool
    what: str


FAILINGS: Final = (
    Failing("reconciled", False, "OM signs that it sent something else than what is here"),
    Failing("approved", False, "whoever approves second does not sign yet"),
    Failing("clean", False, "a key of OM from before its isolation was forgotten, and still counts"),
    Failing("reconciled", True, "when the link is let through, OM signs that it sent something else than what is here"),
)


@cache
def the_map() -> ChainMap:
    """The map of the letter's chain, which goes with the package."""
    with resources.as_file(resources.files("hervat.rehearsal").joinpath("chain.toml")) as path:
        return read_chain(path)


@cache
def the_plan() -> Plan:
    """The plan of that map, as `hervat plan` makes it."""
    return planned(the_map(), (), 1, Overrides()).plan


@cache
def _exercised(seed: int) -> ExerciseReport:
    """What an exercise of the plan found, unsigned: one seed gives one report."""
    plan = the_plan()
    with TemporaryDirectory(prefix="hervat-exercise-") as folder, Exercise(plan, seed, None, Path(folder)) as run:
        return run.report("", plan.begins)


@dataclass(slots=True)
class Record:
    """What is told of it beside the acts: the gate that did not open, since when and until which evening, with the last position of the
    journal at each; the exercises; the plan.
    """

    failing: Failing
    plan: Plan
    failed_on: datetime | None = None
    failed_at: int | None = None
    mended_on: datetime | None = None
    mended_at: int | None = None
    exercises: list[ExerciseReport] = field(default_factory=list)


class _Sender:
    """What a source made, by its sequence, and what it signs of that."""

    def __init__(self, sent: Iterator[Sent]) -> None:
        self.sent = sorted(sent, key=lambda one: one.sequence)
        self._entered = [one.entered_at for one in self.sent]
        self._hashed, self._hash = 0, hashlib.sha256()

    def made(self, now: datetime) -> int:
        """The number of the last message that it made."""
        return bisect_right(self._entered, now)

    def set_hash(self, through: int) -> str:
        """The hash over the messages up to a number, which never goes back."""
        for one in self.sent[self._hashed : through]:
            self._hash.update(hashlib.sha256(_canonical(msgspec.json.decode(one.raw))).digest())
        self._hashed = max(self._hashed, through)
        return self._hash.copy().hexdigest()


class Gated:
    """The restart at the node of a world, evening by evening."""

    def __init__(self, node: Node, world: World) -> None:
        rng = Random(f"{world.seed}/restart")
        self._node, self._restarting, self._runs = node, Restarting(node), LastRun(node)
        self._senders = {feed.source: _Sender(one for one in world.messages if one.source == feed.source) for feed in (GPS, GRIP)}
        self._identities: dict[str, Identity] = {}
        self.record = Record(rng.choice(FAILINGS), the_plan())
        self._late = {step.id: timedelta(days=rng.choice((0, 0, 0, 1, 2, 3))) for step in self.record.plan.steps}
        self._lasts = timedelta(days=rng.randint(1, 2))

    def evening(self, day: date) -> None:
        """What is done on a day, by its evening."""
        if day < CUT_ON:
            return
        if not self._identities:
            self._cut_off()
        record, begins = self.record, self.record.plan.begins.date()
        if (run := self._runs.now) is not None:
            if run.under_way:
                self._go_on(day)
        elif day >= begins - timedelta(days=1):
            if not record.exercises:
                self._exercise()
            if day >= begins:
                self._restarting.begin(record.plan, report=record.exercises[-1], by=_BY, second=_SECOND, why=_WHY)

    def _cut_off(self) -> None:
        """The organisations that will sign are known by their keys, and OM orders that it is isolated."""
        for oin in sorted({one.oin for step in self.record.plan.steps for one in step.approvers if one.oin is not None}):
            self._key(oin, "1", timedelta(days=-1))
        if self.record.failing.gate == "clean":
            self._key(OM, "forgotten", timedelta(days=-1))
            self._key(OM, "2", timedelta(days=-1))
        now, why = self._node.now(), "an intruder in its network"
        said = order(self._identities[OM], self._node.keys.origin, OM, why, now)
        self._restarting.isolate(OM, signed=said, by=_BY, why=_WHY)

    def _key(self, oin: str, id: str, since: timedelta = timedelta(0), revoke: tuple[str, ...] = ()) -> None:
        """From now on an organisation signs with another key."""
        private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{oin}/{id}".encode()).digest())
        algorithm, public = read_public_key(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        key = PartnerKey(id=id, algorithm=algorithm, public=public, valid_from=self._node.now() + since)
        self._node.set_partner(oin, Wish(keys=(key,), revoke=revoke), by=_BY, why=_WHY)
        self._identities[oin] = Identity(oin, id, private)

    def _exercise(self) -> None:
        found = _exercised(len(self.record.exercises) + 1)
        report = msgspec.structs.replace(found, node=self._node.keys.origin, made_at=rfc3339(self._node.now()))
        self.record.exercises.append(signed(report, self._node.keys, self._node.position))

    def _run(self) -> Run:
        run = self._runs.now
        if run is None:
            raise AssertionError("the restart of the rehearsal was begun")
        return run

    def _go_on(self, day: date) -> None:
        failing = self.record.failing
        if failing.after and (one := self._run().steps[OM_LINK]).state in OPENED and self._goes_wrong(one):
            self._states(one, fits=False)
        for id in self._run().steps:
            run = self._run()
            if run.under_way:
                self._work(run, run.steps[id], day)
        links = [one for one in self._run().steps.values() if one.is_link and one.state not in ("cut", "live")]
        if links and self._run().under_way:
            self._restarting.check()
            # What waits for its exercise alone has one that is too old.
            if any(one.state == "inbound" and "rehearsed" in one.asked(OPENING) and "rehearsed" not in one.passed for one in links):
                self._exercise()
                self._restarting.check(report=self.record.exercises[-1])

    def _work(self, run: Run, one: StepAt, day: date) -> None:
        """What is done for a step that nothing keeps waiting any more."""
        if one.is_complete or run.waits(one):
            return
        now = self._node.now()
        if one.source is None:
            self._by_hand(run, one, now)
        elif one.state in OPENED:
            if one.let_through is not None and "no-held" not in one.passed and now >= one.let_through.moment + _WORK:
                self._waive(one, "no-held", "what is still held was looked at: it waits for messages that nobody has, or for today's")
        elif now >= one.since["inbound"].moment + _WORK and day > on(RESTART):
            self._open(run, one)

    def _by_hand(self, run: Run, one: StepAt, now: datetime) -> None:
        """What crews do and report; and of links to others whoever must approve them."""
        step = one.step
        if now < run.plan.begins + timedelta(hours=step.end) + self._late[step.id]:
            return
        if one.done is None:
            if step.id == ROTATED:
                self._key(OM, "after-the-cut", revoke=tuple({"1", self._identities[OM].key_id}))
            self._restarting.done(step.id, by=f"the crew {step.crew} (invented)", evidence="reported in the evening")
        if one.is_link:
            self._sign(run, one, both=True)

    def _open(self, run: Run, one: StepAt) -> None:
        """What partners do before a link may open: hand over what is not here, sign what they sent, and approve."""
        wrong = self.record.failing.gate if self._goes_wrong(one) else None
        if one.step.id == COURTS_LINK and "loaded" not in one.passed:
            self._waive(one, "loaded", "what the courts have on paper is entered through the open link, for weeks to come")
        said = bool(one.statements) and not one.statements[-1][1].equal
        if wrong == "reconciled" and not said:
            self._states(one, fits=False)
        elif wrong != "reconciled" and ("loaded" not in one.passed or "reconciled" not in one.passed):
            self._states(one)
        self._sign(run, one, both=wrong != "approved")

    def _goes_wrong(self, one: StepAt) -> bool:
        """Whether this is the link of which a gate does not open, on an evening on which it does not; or it is mended."""
        record, now = self.record, self._node.now()
        if one.step.id != OM_LINK or record.mended_on is not None:
            return False
        if record.failed_on is None:
            if (one.state in OPENED) == record.failing.after:
                record.failed_on, record.failed_at = now, self._node.position
            return record.failed_on is not None
        if now < record.failed_on + self._lasts:
            return True
        record.mended_on, record.mended_at = now, self._node.position
        if record.failing.gate == "clean":
            self._node.set_partner(OM, Wish(revoke=("forgotten",)), by=_BY, why=_WHY)
        return False

    def _states(self, one: StepAt, *, fits: bool = True) -> None:
        """A partner sends what it made and is not here, and signs what that is."""
        source = one.source or ""
        sender, through = self._senders[source], self._hands_over(source)
        oin = oin_of(source) or ""
        identity = self._identities[oin]
        said = Statement(
            from_=oin, to=JUSTID, source=source, through=through, set_hash=sender.set_hash(through) if fits else EMPTY,
            made_at=rfc3339(self._node.now()), key=identity.key_id, signature="",
        )  # fmt: skip
        said = msgspec.structs.replace(said, signature=identity.signature_over(STATEMENT, said))
        self._restarting.check(statement=said)

    def _hands_over(self, source: str) -> int:
        """The number of the last message of a source; what of it is missing here, or still on its way, is sent at once."""
        sender = self._senders[source]
        through = sender.made(self._node.now())
        feed = next(feed for feed in self._node.store.feeds() if feed.name == source)
        gaps = [*self._node.store.missing(feed.number), (feed.highest + 1, through)]
        self._node.receive([sender.sent[number - 1].raw for first, last in gaps for number in range(first, last + 1)])
        return through

    def _sign(self, run: Run, one: StepAt, *, both: bool) -> None:
        there = {(approval.partner, approval.role) for _, approval in one.approvals}
        for approver in one.step.approvers if both else one.step.approvers[:1]:
            if approver.oin is not None and (approver.oin, approver.role) not in there:
                signed_for = (self._node.keys.origin, run.name, run.begun.hash, one.step.id, approver.role)
                self._restarting.approve(approve(self._identities[approver.oin], *signed_for, self._node.now(), stop=one.stopped_at))

    def _waive(self, one: StepAt, gate: GateName, why: str) -> None:
        first, second = (Waiving(name=f"{who.role} (invented)", partner=who.oin or "") for who in one.step.approvers)
        self._restarting.waive(one.step.id, gate, by=first, second=second, why=why, until=self._node.now() + _WAIVED_FOR)
