"""A served node in the middle of a restart, and what its partners sign for it meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from hervat.assemble import Node
from hervat.chain.plan import Plan
from hervat.clock import SteppedClock
from hervat.journal.keys import NodeKeys
from hervat.restart.acts import EXERCISE
from hervat.restarting import Restarting
from tests.journey.site import Served
from tests.rooms.restarted import BEGINS, WHO, World, a_plan, a_step, first_identities


def _clock(ago: timedelta = timedelta(0)) -> SteppedClock:
    return SteppedClock(datetime.now(UTC) - ago, timedelta(milliseconds=1))


def make_begun(url: str) -> None:
    """A run of the small plan was begun, and everything has been sent; nobody has done anything yet."""
    with Node.opened(url, writer=True, clock=_clock(timedelta(hours=3))) as node:
        world = World(node, a_plan())
        world.begin()
        world.node.receive(world.story())


def make_ready(url: str) -> None:
    """Organisations with their keys are known; nothing was begun, and nothing has come."""
    with Node.opened(url, writer=True, clock=_clock(timedelta(hours=3))) as node:
        World(node, a_plan())


def make_exercised(url: str) -> None:
    """A run of the same plan as an exercise, on the store of a node whose name says so."""
    NodeKeys.create(f"{EXERCISE}-small-1").save(Path(f"{url.removeprefix('sqlite:///')}.key"))
    with Node.opened(url, writer=True, clock=_clock(timedelta(hours=3))) as node:
        Restarting(node).begin(a_plan(), exercise=True, **WHO)


def make_unfed(url: str) -> None:
    """A run of a plan with one link, of which no feed comes here: it is approved, and then done by hand."""
    link = a_step("open-bar", "open", {}, ("approved", "loaded"), phase=1)
    with Node.opened(url, writer=True, clock=_clock(timedelta(hours=3))) as node:
        World(node, Plan(name="unfed", chain="0" * 64, begins=BEGINS, steps=(link,))).begin()


@contextmanager
def world_of(server: Served, *, writer: bool = False, identities: Any = None) -> Iterator[World]:
    """The world behind a served store, for what is signed for it, or with `writer` done to it elsewhere."""
    with Node.opened(server.url, writer=writer, clock=_clock()) as node:
        world = World(node, a_plan(), identities=identities or first_identities())
        world.story()
        yield world


def plan_and_report(server: Served, **told: Any) -> tuple[str, str]:
    """The small plan as it is written, and the report of its exercise that this node signed; `told` as `World.rehearsed` has it."""
    with world_of(server) as world:
        plan, report = msgspec.json.encode(world.plan), msgspec.json.encode(world.rehearsed(**told))
        return msgspec.json.format(plan, indent=2).decode(), report.decode()


def send_all(server: Served) -> None:
    """Every partner sends what it has."""
    with world_of(server, writer=True) as world:
        world.node.receive([raw for raws in world.sent.values() for raw in raws])


def approval(server: Served, step: str, oin: str, **told: Any) -> str:
    """What an organisation signs to approve a step, as it is handed in."""
    with world_of(server, **told) as world:
        return msgspec.json.encode(world.approval(step, oin)).decode()


def statement(server: Served, feed: str, *, wrong: bool = False, **told: Any) -> str:
    """What a partner signs that it sent of a feed; `wrong` has it say something else."""
    with world_of(server, **told) as world:
        if wrong:
            world.sent[feed][0] = world.sent[feed][1]
        return msgspec.json.encode(world.statement(feed)).decode()


def states(server: Served) -> dict[str, str]:
    """Where every step stands."""
    with world_of(server) as world:
        return world.states()


