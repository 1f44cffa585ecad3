"""A restart in small: a plan of five steps over three sources, the partners that sign for it, and what they send."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hervat.assemble import Node
from hervat.batch import STATEMENT, Statement
from hervat.chain.parts import GateName
from hervat.chain.plan import Approver, GateAsked, Plan, Step, Wait
from hervat.clock import SteppedClock, parse_rfc3339, rfc3339
from hervat.dispatch.identity import Identity
from hervat.dispatch.statements import EMPTY
from hervat.intake.partnering import Wish
from hervat.journal.store import Row
from hervat.message import SOURCE
from hervat.restart.acts import Approval, ExerciseReport
from hervat.restart.approving import approve
from hervat.restart.reporting import signed
from hervat.restarting import Restarting
from tests.rooms.exchanged import known_as
from tests.rooms.messages import FEEDS, STORY
from tests.rooms.nodes import all_rows

BEGINS = parse_rfc3339("2025-09-01T08:00:00Z")
WHO = {"by": "a test", "why": "a restart in small"}
TWO = WHO | {"second": "another test"}
ALL: tuple[GateName, ...] = ("loaded", "reconciled", "clean", "approved", "rehearsed", "no-held", "soaked")
SKDB, GPS, GRIP = (FEEDS[name].split(":")[3] for name in ("skdb", "gps", "grip"))
ROLES = {SKDB: "it", GPS: "chain", GRIP: "board"}
LINKS = {"open-skdb": "skdb", "open-gps": "gps", "open-grip": "grip"}


def asked(gates: tuple[GateName, ...], hours: float) -> tuple[GateAsked, ...]:
    return tuple(GateAsked(gate=gate, hours=hours if gate == "soaked" else None) for gate in gates)


def a_step(
    id: str, act: Any, waits: dict[str, Any], gates: tuple[GateName, ...] = (), hours: float = 0.0, feed: str | None = None, **more: Any
) -> Step:
    feed = FEEDS[feed or LINKS[id]] if feed or id in LINKS else None
    who = tuple(Approver(partner=role, role=role, oin=oin) for oin, role in list(ROLES.items())[:2]) if act == "open" else ()
    told = {"name": id, "partner": "om", "crew": "ict", "start": 0.0, "end": 4.0, "phase": 1 if act != "open" else 2} | more
    waiting = tuple(Wait(step=step, why=why) for step, why in waits.items())
    return Step(id=id, act=act, of=id, feed=feed, waits_for=waiting, gates=asked(gates, hours), approvers=who, **told)


def a_plan(
    gates: tuple[GateName, ...] = ALL, *, hours: float = 0.0, waits: dict[str, dict[str, Any]] | None = None, kinds: tuple[str, ...] = ()
) -> Plan:
    """Servers are restored and checked, then the links open in the order of the law; `waits` replaces what a step waits for."""
    order: dict[str, dict[str, Any]] = {
        "restore": {},
        "keys": {"restore": "after"},
        "open-skdb": {"keys": "trust"},
        "open-gps": {"keys": "trust", "open-skdb": "data"},
        "open-grip": {"open-gps": "data"},
    } | (waits or {})
    acts = {"restore": "restore", "keys": "check"}
    steps = (a_step(id, acts.get(id, "open"), on, gates if id in LINKS else (), hours, kinds=kinds) for id, on in order.items())
    return Plan(name="small", chain="0" * 64, begins=BEGINS, steps=tuple(steps))


@dataclass
class World:
    """A node with its plan, and the organisations that have keys there; those that are given have them already."""

    node: Node
    plan: Plan
    identities: dict[str, Identity] = field(default_factory=dict)
    sent: dict[str, list[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.identities:
            self.identities = first_identities()
            for oin, identity in self.identities.items():
                self.node.set_partner(oin, Wish(keys=(known_as(identity),)), **WHO)

    def rotate(self) -> None:
        """Every organisation gets another key, and that of before counts no more."""
        for oin, before in list(self.identities.items()):
            private = Ed25519PrivateKey.from_private_bytes(before.key_id.encode().ljust(32, b"1"))
            after = self.identities[oin] = Identity(oin, f"{before.key_id}-next", private)
            self.node.set_partner(oin, Wish(keys=(known_as(after, self.clock.at),), revoke=(before.key_id,)), **WHO)

    @property
    def restarting(self) -> Restarting:
        """As after a new start: the facade keeps nothing."""
        return Restarting(self.node)

    @property
    def clock(self) -> SteppedClock:
        clock = self.node._clock
        assert isinstance(clock, SteppedClock)
        return clock

    def later(self, hours: float) -> None:
        self.clock.advance(timedelta(hours=hours))

    def made(self, feed: str, kind: str, data: dict[str, Any]) -> bytes:
        """The next message of a feed; it is not sent by that."""
        before = self.sent.setdefault(feed, [])
        raw = json.dumps(
            {
                "specversion": "1.0",
                "id": f"{feed}-{len(before) + 1}",
                "source": FEEDS[feed],
                "type": f"nl.hervat.{kind}.v1",
                "time": rfc3339(BEGINS - timedelta(days=30) + timedelta(minutes=len(before))),
                "sequence": str(len(before) + 1),
                "sequencetype": "Integer",
                "datacontenttype": "application/json",
                "data": data,
            }
        ).encode()
        before.append(raw)
        return raw

    def story(self) -> list[bytes]:
        """What fits together of every feed, then the count of what lies there (none), then the claim that this is all."""
        raws = [self.made(feed, kind, data) for feed, kind, data in STORY]
        return raws + [raw for feed in LINKS.values() for raw in self.claims(feed)]

    def claims(self, feed: str, stock: int = 0) -> list[bytes]:
        counted = {"kinds": ["judgment-given"], "from": "2025-07-01", "until": "2025-07-09", "count": stock, "counted_on": "2025-08-30"}
        return [self.made(feed, "stock-declared", counted), self.watermark(feed)]

    def watermark(self, feed: str) -> bytes:
        before = self.sent.setdefault(feed, [])
        claim = {"through_sequence": len(before), "count": len(before), "complete_until": "2025-08-30T00:00:00Z"}
        return self.made(feed, "watermark", claim | {"set_hash": hash_over(before)})

    def statement(self, feed: str) -> Statement:
        """What the sender signs that it sent."""
        oin, before = oin_of(FEEDS[feed]), self.sent.get(feed, [])
        identity = self.identities[oin]
        said = Statement(
            from_=oin, to="0" * 20, source=FEEDS[feed], through=len(before), set_hash=hash_over(before), made_at=rfc3339(self.clock.at),
            key=identity.key_id, signature="",
        )  # fmt: skip
        return msgspec.structs.replace(said, signature=identity.signature_over(STATEMENT, said))

    def approval(self, step: str, oin: str, **other: Any) -> Approval:
        run = self.restarting.run
        assert run is not None
        said: dict[str, Any] = {"node": self.node.keys.origin, "run": run.name, "plan": run.begun.hash, "step": step, "role": ROLES[oin]}
        said |= {"stop": run.steps[step].stopped_at} | other
        return approve(self.identities[oin], at=self.clock.at, **said)

    def rehearsed(self, plan: Plan | None = None, *, passed: bool = True, made_at: datetime | None = None) -> ExerciseReport:
        """A report as an exercise gives it, signed by the node."""
        report = ExerciseReport(
            node=self.node.keys.origin, plan=(plan or self.plan).hash, name="small", seed=1, passed=passed,
            made_at=rfc3339(made_at or self.clock.at), minutes=1, faults=(), found={}, signature="",
        )  # fmt: skip
        return signed(report, self.node.keys, self.node.position)

    def begin(self) -> None:
        self.restarting.begin(self.plan, report=self.rehearsed(), **TWO)

    def crews_done(self) -> None:
        """Both crews of the plan report that they are done."""
        for step in ("restore", "keys"):
            self.restarting.done(step, by="a crew", evidence="x")

    def approve(self, step: str) -> None:
        for oin in (SKDB, GPS):
            self.restarting.approve(self.approval(step, oin))

    def states(self) -> dict[str, str]:
        """Where every step stands."""
        standing = self.restarting.standing()
        assert standing is not None
        return {one["id"]: one["state"] for one in standing["steps"]}

    def missing(self, step: str) -> dict[str, str]:
        """What the gates of a step miss, by gate."""
        standing = self.restarting.standing()
        assert standing is not None
        (told,) = [one for one in standing["steps"] if one["id"] == step]
        return {gate["gate"]: gate["missing"] for gate in told["gates"] if gate["missing"]}

    def admitted(self, feed: str) -> list[Row]:
        numbers = {one.name: one.number for one in self.node.store.feeds()}
        return [row for row in all_rows(self.node.store) if row.source == numbers.get(FEEDS[feed]) and row.admitted_at]


def first_identities() -> dict[str, Identity]:
    """The keys that the organisations begin with."""
    names = ((SKDB, "skdb"), (GPS, "gps"), (GRIP, "grip"))
    return {oin: Identity(oin, f"{name}-1", Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"0"))) for oin, name in names}


def hash_over(raws: list[bytes]) -> str:
    """The hash over messages as a watermark and a statement have it."""
    if not raws:
        return EMPTY
    return hashlib.sha256(b"".join(hashlib.sha256(rfc8785.dumps(json.loads(raw))).digest() for raw in raws)).hexdigest()


def oin_of(source: str) -> str:
    named = SOURCE.fullmatch(source)
    assert named is not None
    return named["oin"]


def gone_through(world: World) -> None:
    """Everything that people do and send in a restart in which all goes well."""
    world.begin()
    world.restarting.done("restore", by="a crew", evidence="it runs")
    world.restarting.done("keys", by="a crew", evidence="rotated")
    for step, feed in LINKS.items():
        world.restarting.check(statement=world.statement(feed))
        world.approve(step)
