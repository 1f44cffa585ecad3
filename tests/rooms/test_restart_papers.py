"""What was signed once opens nothing twice: old approvals, statements and waivers, by whatever key, beside what a second reading says.

A link is open where, and only where, this says so. It keeps what people did in lists of its own, reads nothing of the run, and asks of each
paper what ADR 20 asks: who signed it, when, by which key, and whether it was handed in before. Signing and handing in lie apart, so that a
paper of before a hold or an isolation may come after it, and one by a key that was revoked meanwhile too.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec import UNSET

from hervat.batch import STATEMENT, Statement
from hervat.chain.plan import Plan
from hervat.clock import parse_rfc3339, rfc3339
from hervat.dispatch.identity import Identity
from hervat.dispatch.statements import EMPTY
from hervat.errors import NotSo, Usage
from hervat.intake.partnering import Wish
from hervat.journal.entry import read_meta
from hervat.restart.acts import Approval, Waiving
from hervat.restart.approving import approve
from tests.rooms.exchanged import known_as
from tests.rooms.messages import FEEDS
from tests.rooms.nodes import fresh
from tests.rooms.restarted import BEGINS, GPS, GRIP, ROLES, SKDB, TWO, WHO, World, a_plan, a_step, oin_of

GATES = ("loaded", "reconciled", "approved")
"""No source counts its stock here, so `loaded` is only ever waived."""
OPEN = {"open-skdb": SKDB, "open-gps": GPS}
AHEAD = timedelta(minutes=5)
UNTIL = BEGINS + timedelta(days=9)
KEPT = (3.0, 0.5, 0.001, 0.0)
"""Of the papers that somebody signs at a time, how many hours their clock is ahead; the last is handed in."""
steps = st.sampled_from(sorted(OPEN))
PIECES = ("two", "waiver", SKDB, GPS, "statement")
"""What a link waits for, after it was closed by hand: two people, a waiver, two approvals, a statement."""
pieces = st.permutations(PIECES)
laters = st.sampled_from((0.01, 0.6))
how_stated = st.sampled_from(("as it is", "something else", "put right", "revoked since"))
pick = st.integers(0, 3)


def the_plan() -> Plan:
    """Two links, the second behind the first, and a step that nobody does, so that the run goes on."""
    told = (("never", "restore", {}, ()), ("open-skdb", "open", {}, GATES), ("open-gps", "open", {"open-skdb": "data"}, GATES))
    return Plan(name="papers", chain="0" * 64, begins=BEGINS, steps=tuple(a_step(*one) for one in told))


@dataclass
class Key:
    """A key of an organisation, and whether it still counts."""

    identity: Identity
    since: datetime
    revoked: bool = False


@dataclass
class Link:
    """What people did about a link, as one who stands beside it writes that down."""

    shut_at: datetime | None = None
    shut_by: int | None = None
    stated_after: datetime | None = None
    waits_for_two: bool = False
    approvals: list[Approval] = field(default_factory=list)
    seen: list[Approval] = field(default_factory=list)
    stated: tuple[Statement, bool] | None = None
    waived: dict[str, datetime] = field(default_factory=dict)
    passed: dict[str, Literal["shown", "waived"]] = field(default_factory=dict)
    is_open: bool = False

    def shut(self, at: datetime, by: int, *, held: bool) -> None:
        self.shut_at, self.shut_by = at, by
        self.stated_after = at + (AHEAD if held else timedelta(0))
        self.waits_for_two, self.is_open = True, False
        self.approvals, self.stated = [], None
        self.waived.clear()
        self.passed.clear()


class OldPapers(RuleBasedStateMachine):
    """Papers are signed, and handed in whenever; a link opens on those alone that say so anew."""

    @initialize(all_is_done=st.booleans())
    def begin(self, all_is_done: bool) -> None:
        self.opened = fresh("memory")
        self.world = World(self.opened.__enter__(), the_plan())
        self.keys = {oin: [Key(one, self.now - timedelta(days=999))] for oin, one in self.world.identities.items()}
        self.approvals: list[Approval] = []
        self.statements: list[tuple[Statement, bool]] = []
        self.isolated: dict[str, datetime] = {}
        self.links = {step: Link() for step in OPEN}
        self.begun()
        for step in OPEN if all_is_done else ():
            self.all_do_what_is_theirs(step, list(PIECES), "as it is")

    def teardown(self) -> None:
        self.opened.__exit__(None, None, None)

    def begun(self) -> None:
        # An approval names its run; a statement does not, so what shut a link in a run of before shuts out statements of before.
        self.links = {step: Link(stated_after=link.stated_after) for step, link in self.links.items()}
        self.run = str(self.world.restarting.begin(self.world.plan, **TWO)["run"])
        self.looked_at()

    @property
    def now(self) -> datetime:
        return self.world.clock.at

    def moment_of(self, answer: dict[str, Any]) -> datetime:
        """The moment of the entry of an act."""
        at = answer["position"]
        return parse_rfc3339(read_meta(self.world.node.store.entries_at([at])[at]).received_at)

    def attempt(self, what: Callable[[], Any], *, counts: bool) -> None:
        """What counts is taken, and what does not is refused in words and changes nothing."""
        before = self.world.node.position
        if counts:
            what()
        else:
            try:
                what()
            except (NotSo, Usage) as refusal:
                assert str(refusal)
            else:
                raise AssertionError("this was taken, and counts for nothing")
            assert self.world.node.position == before

    def known(self, oin: str, key_id: str, made: datetime) -> bool:
        """Whether a key counts now, and did when something was made."""
        return any(key.identity.key_id == key_id and not key.revoked and made >= key.since for key in self.keys[oin])

    def is_stolen(self, oin: str, key_id: str) -> bool:
        """Whether a key is of before its organisation was isolated; the run never ends, so nobody is let through again."""
        at = self.isolated.get(oin)
        return at is not None and not any(key.identity.key_id == key_id and key.since >= at for key in self.keys[oin])

    def hand_in(self, said: Approval) -> None:
        link, made = self.links[said.step], parse_rfc3339(said.made_at)
        content = msgspec.structs.replace(said, signature="")
        counts = (
            said.run == self.run
            and (said.partner, said.role) in ((SKDB, ROLES[SKDB]), (GPS, ROLES[GPS]))
            and self.known(said.partner, said.key, made)
            and not self.is_stolen(said.partner, said.key)
            and made <= self.now + AHEAD
            and content not in link.seen
            and (link.shut_at is None or made > link.shut_at)
            and said.stop == (UNSET if link.shut_by is None else link.shut_by)
        )
        if counts:
            link.approvals.append(said)
            link.seen.append(content)
        self.attempt(lambda: self.world.restarting.approve(said), counts=counts)
        self.looked_at()

    def state(self, said: Statement, equal: bool) -> None:
        oin, made = said.from_, parse_rfc3339(said.made_at)
        (link,) = (self.links[step] for step, whose in OPEN.items() if whose == oin)
        shut = link.stated_after
        counts = self.known(oin, said.key, made) and not self.is_stolen(oin, said.key)
        counts = counts and made <= self.now + AHEAD and (shut is None or made > shut)
        if counts:
            link.stated = (said, equal)
        self.attempt(lambda: self.world.restarting.check(statement=said), counts=counts)
        self.looked_at()

    def shows(self, link: Link, gate: str) -> bool:
        """Whether a gate would be passed now, had it never been looked at."""
        match gate:
            case "reconciled":
                stated = link.stated
                return stated is not None and stated[1] and self.known(stated[0].from_, stated[0].key, parse_rfc3339(stated[0].made_at))
            case "approved":
                made = [(one, parse_rfc3339(one.made_at)) for one in link.approvals]
                counted = [one for one, at in made if self.known(one.partner, one.key, at) and not self.is_stolen(one.partner, one.key)]
                return {one.partner for one in counted} == {SKDB, GPS}
            case _:
                return False

    def keeps(self, link: Link, gate: str) -> bool:
        """Whether a gate that was passed still is: by a waiver as long as that counts; else a key that went since takes nothing away."""
        if self.lets_be(link, gate):
            return True
        if link.passed[gate] == "waived":
            return self.shows(link, gate)
        return gate != "reconciled" or (link.stated is not None and link.stated[1])

    def kept(self, link: Link, gate: str) -> Literal["shown", "waived"]:
        """What was let be is shown once no waiver lets it be any more."""
        return link.passed[gate] if self.lets_be(link, gate) else "shown"

    def lets_be(self, link: Link, gate: str) -> bool:
        return gate in link.waived and link.waived[gate] > self.now

    def looked_at(self) -> None:
        """What a look at the gates comes to, in the order of the plan."""
        before_is_open = True
        for link in self.links.values():
            link.passed = {gate: self.kept(link, gate) for gate in link.passed if self.keeps(link, gate)}
            for gate in GATES if before_is_open else ():
                if gate not in link.passed and (self.lets_be(link, gate) or self.shows(link, gate)):
                    link.passed[gate] = "waived" if self.lets_be(link, gate) else "shown"
            link.is_open = before_is_open and not link.waits_for_two and len(link.passed) == len(GATES)
            before_is_open = link.is_open

    def signed(self, step: str, oin: str, which: int = 0, ahead: float = 0.0, role: str | None = None) -> Approval:
        """An approval by the newest key of an organisation, or one before it; `ahead` is how many hours its clock is before ours."""
        identity, at = self.keys[oin][max(-len(self.keys[oin]), -1 - which)].identity, self.now + timedelta(hours=ahead)
        run, node = self.world.restarting.run, self.world.node.keys.origin
        assert run is not None
        stop = self.links[step].shut_by
        self.approvals.append(approve(identity, node, run.name, run.begun.hash, step, role or ROLES[oin], at, stop=stop))
        return self.approvals[-1]

    def stated(self, oin: str, which: int = 0, ahead: float = 0.0, *, equal: bool = True) -> tuple[Statement, bool]:
        identity = self.keys[oin][max(-len(self.keys[oin]), -1 - which)].identity
        feed = next(FEEDS[name] for name in ("skdb", "gps") if oin_of(FEEDS[name]) == oin)
        said = Statement(
            from_=oin, to="0" * 20, source=feed, through=0, set_hash=EMPTY if equal else "0" * 64,
            made_at=rfc3339(self.now + timedelta(hours=ahead)), key=identity.key_id, signature="",
        )  # fmt: skip
        self.statements.append((msgspec.structs.replace(said, signature=identity.signature_over(STATEMENT, said)), equal))
        return self.statements[-1]

    @rule(step=steps, oin=st.sampled_from((SKDB, GPS, GRIP)), which=pick, ahead=st.sampled_from(KEPT), equal=st.booleans())
    def somebody_signs_and_keeps_it(self, step: str, oin: str, which: int, ahead: float, equal: bool) -> None:
        self.signed(step, oin, which, ahead)
        self.stated(OPEN[step], which, ahead, equal=equal)

    @rule(step=steps, oin=st.sampled_from((SKDB, GPS)))
    def an_organisation_signs_for_the_other_too(self, step: str, oin: str) -> None:
        self.hand_in(self.signed(step, oin))
        self.hand_in(self.signed(step, oin, role=ROLES[GPS if oin == SKDB else SKDB]))

    @rule(data=st.data(), otherwise=st.booleans())
    def an_approval_is_handed_in(self, data: st.DataObject, otherwise: bool) -> None:
        if self.approvals:
            said = data.draw(st.sampled_from(self.approvals))
            self.hand_in(written_otherwise(said) if otherwise else said)

    @rule(data=st.data())
    def a_statement_is_handed_in(self, data: st.DataObject) -> None:
        if self.statements:
            self.state(*data.draw(st.sampled_from(self.statements)))

    @rule(step=steps, pieces=pieces, stated=how_stated)
    def all_do_what_is_theirs(self, step: str, pieces: list[str], stated: str) -> None:
        """As on an evening of a restart, one after the other in some order: first old papers are handed in, which open nothing, then a
        new one. Everybody keeps a second, and one of a clock that is far ahead.
        """
        for piece in pieces:
            old = [one for one in self.approvals if (one.step, one.partner) == (step, piece)][-len(KEPT) :]
            for said in (*old, *map(written_otherwise, old[-1:])):
                self.hand_in(said)
            for said, equal in [one for one in self.statements if one[0].from_ == OPEN[step]][-len(KEPT) :] if piece == "statement" else ():
                self.state(said, equal)
            self.what_is_open_is_what_may_be()
            match piece:
                case "two":
                    self.go_on(step, "another")
                case "waiver":
                    self.waive(step, "loaded", 0.5 if stated == "revoked since" else 99)
                case "statement":
                    self.does_state(step, stated)
                case _:
                    self.hand_in([self.signed(step, piece, ahead=ahead) for ahead in KEPT][-1])
        self.what_is_open_is_what_may_be()
        if stated == "revoked since":
            self.time_passes(0.6)

    def does_state(self, step: str, how: str) -> None:
        """What is here, or something else; or the key goes right after it, and two people let that be for a while."""
        if how == "revoked since":
            self.waive(step, "reconciled", 0.5)
        if how == "put right":
            self.state(*self.stated(OPEN[step], equal=False))
        self.state(*[self.stated(OPEN[step], ahead=ahead, equal=how != "something else") for ahead in KEPT][-1])
        if how == "revoked since":
            self.a_key_is_revoked(OPEN[step], True)

    @rule(how=st.sampled_from(("held", None, SKDB, GPS)), step=steps, later=laters, pieces=pieces, stated=how_stated, between=st.booleans())
    def a_link_is_closed_and_they_do_so_again(
        self, how: str | None, step: str, later: float, pieces: list[str], stated: str, between: bool
    ) -> None:
        """The first link or the second before the other; keys may go between them, and go mostly of who was isolated."""
        if how == "held":
            self.a_link_is_held(step)
        else:
            self.somebody_is_isolated(how)
        self.what_is_open_is_what_may_be()
        self.time_passes(later)
        for oin in self.isolated if pieces[0] != "waiver" else ():
            self.a_key_is_revoked(oin, True)
        for one in (step, *(other for other in OPEN if other != step)):
            self.all_do_what_is_theirs(one, pieces, stated)
            for whose in (SKDB, GPS) if between else ():
                self.a_key_is_revoked(whose, True)

    @rule(step=steps, second=st.sampled_from((None, " A Crew ")))
    def go_on(self, step: str, second: str | None) -> None:
        link = self.links[step]
        counts = link.waits_for_two and second == "another"
        link.waits_for_two = link.waits_for_two and not counts
        self.attempt(lambda: self.world.restarting.done(step, by="a crew", evidence="x", second=second), counts=counts)
        self.looked_at()

    @rule(step=steps, gate=st.sampled_from(GATES), hours=st.sampled_from((-1.0, 0.5, 99)))
    def waive(self, step: str, gate: Any, hours: float) -> None:
        self.waived_by(step, gate, hours, "other", GPS)

    @rule(step=steps, gate=st.sampled_from(GATES), name=st.sampled_from(("ONE ", "other")), oin=st.sampled_from((SKDB, GPS, "0" * 20)))
    def waived_by_two_who_are_not(self, step: str, gate: Any, name: str, oin: str) -> None:
        self.waived_by(step, gate, 99, name, oin)

    def waived_by(self, step: str, gate: Any, hours: float, name: str, oin: str) -> None:
        until = self.now + timedelta(hours=hours)
        counts = gate != "approved" and name == "other" and oin == GPS and hours > 0
        if counts:
            self.links[step].waived[gate] = until
        two = {"by": Waiving(name="one", partner=SKDB), "second": Waiving(name=name, partner=oin)}
        self.attempt(functools.partial(self.world.restarting.waive, step, gate, why="x", until=until, **two), counts=counts)
        self.looked_at()

    @rule(step=steps)
    def a_link_is_held(self, step: str) -> None:
        held = self.world.restarting.hold(step, **WHO)
        self.links[step].shut(self.moment_of(held), held["position"], held=True)
        self.looked_at()

    @rule(oin=st.sampled_from((None, SKDB, GPS, GRIP)))
    def somebody_is_isolated(self, oin: str | None) -> None:
        isolated = self.world.restarting.isolate(oin, **WHO)
        at = self.moment_of(isolated)
        for step, whose in OPEN.items():
            if oin in (None, whose):
                self.isolated[whose] = at
                self.links[step].shut(at, isolated["position"], held=False)
        self.looked_at()

    @rule(oin=st.sampled_from((SKDB, GPS)), next_too=st.booleans())
    def a_key_is_revoked(self, oin: str, next_too: bool) -> None:
        last, name = self.keys[oin][-1], f"{oin[-6:]}-{len(self.keys[oin])}"
        after = Identity(oin, name, Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"1")))
        since = self.now
        keys = (known_as(after, since),) if next_too or last.revoked else ()
        revoked = () if last.revoked else (last.identity.key_id,)
        self.world.node.set_partner(oin, Wish(keys=keys, revoke=revoked), **WHO)
        last.revoked = True
        self.keys[oin] += [Key(after, since) for _ in keys]

    @rule(step=steps, how=st.sampled_from(("held before", "isolated between", "")))
    def it_is_aborted_and_begun_again(self, step: str, how: str) -> None:
        """With a link held in the first run, or its organisation isolated between the two; what was signed for the first is handed in
        again.
        """
        if how == "held before":
            self.a_link_is_held(step)
        self.world.restarting.abort(**WHO)
        if how == "isolated between":
            isolated = self.world.restarting.isolate(OPEN[step], **WHO)
            at = self.isolated[OPEN[step]] = self.moment_of(isolated)
            self.links[step].shut(at, isolated["position"], held=False)
        self.begun()
        for approval in self.approvals[-2:]:
            self.hand_in(approval)
        for statement in [one for one in self.statements if one[0].from_ == OPEN[step]][-1:]:
            self.state(*statement)

    @rule(hours=st.sampled_from((0.01, 0.6, 30)))
    def time_passes(self, hours: float) -> None:
        self.world.later(hours)
        self.world.restarting.check()
        self.looked_at()

    @invariant()
    def what_is_open_is_what_may_be(self) -> None:
        run = self.world.restarting.run
        assert run is not None
        opened = {step: (run.steps[step].state == "live", sorted(run.steps[step].passed)) for step in OPEN}
        assert opened == {step: (link.is_open, sorted(link.passed)) for step, link in self.links.items()}


def written_otherwise(said: Approval) -> Approval:
    """The same signature, with other bits where base64 has some to spare."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    spare = letters.index(said.signature[85]) ^ 1
    return msgspec.structs.replace(said, signature=f"{said.signature[:85]}{letters[spare]}==")


TestOldPapers = OldPapers.TestCase
# A step here is an evening of acts.
TestOldPapers.settings = settings(stateful_step_count=settings().stateful_step_count // 4)


@pytest.mark.parametrize("revoked", ["before the waiver ends", "after"])
def test_what_was_waived_is_asked_as_the_first_time_when_that_ends_and_then_is_shown(revoked: str) -> None:
    with fresh("memory") as node:
        world = World(node, a_plan(("reconciled", "approved"), waits={"open-skdb": {}}))
        world.restarting.begin(world.plan, **TWO)
        two = {"by": Waiving(name="one", partner=SKDB), "second": Waiving(name="other", partner=GPS)}
        for second in (Waiving(name=" ONE ", partner=GPS), Waiving(name="other", partner="0" * 20)):
            with pytest.raises(Usage, match=r"two people of two organisations|no organisation with the OIN 0+ is known"):
                world.restarting.waive("open-skdb", "reconciled", why="x", until=UNTIL, by=two["by"], second=second)
        world.restarting.waive("open-skdb", "reconciled", why="x", until=world.clock.at + timedelta(hours=1), **two)
        world.restarting.check(statement=world.statement("skdb"))
        world.approve("open-skdb")
        for which in ("before the waiver ends", "after"):
            if which == revoked:
                world.rotate()
            world.later(2)
            world.restarting.check()
        assert world.states()["open-skdb"] == ("held" if revoked == "before the waiver ends" else "live")
