"""What was signed by whom, and when, where that alone decides: over two runs, by a clock ahead, by a key that was stolen."""

from datetime import timedelta

import msgspec
import pytest

from hervat.batch import STATEMENT
from hervat.clock import rfc3339
from hervat.dispatch.signed import Unfit
from hervat.restart.approving import approve
from tests.rooms.nodes import fresh
from tests.rooms.restarted import GPS, ROLES, SKDB, TWO, WHO, World, a_plan


def begun(world: World) -> World:
    """A run in which the first link waits for its statement and its approvals alone."""
    world.restarting.begin(world.plan, **TWO)
    world.crews_done()
    return world


def test_a_statement_of_before_a_hold_counts_in_no_later_run_either() -> None:
    with fresh("memory") as node:
        world = begun(World(node, a_plan(("reconciled", "approved"))))
        world.node.receive(world.story())
        early = world.statement("skdb")
        world.later(1)
        world.restarting.hold("open-skdb", **WHO)
        world.later(1)
        world.restarting.abort(**WHO)
        begun(world)
        with pytest.raises(Unfit, match=r"open-skdb was held at .* sign it after that"):
            world.restarting.check(statement=early)
        assert "no statement" in world.missing("open-skdb")["reconciled"]
        world.restarting.check(statement=world.statement("skdb"))
        world.approve("open-skdb")
        assert world.states()["open-skdb"] == "live"


def test_what_a_clock_ahead_signed_before_a_hold_opens_nothing_after_it() -> None:
    with fresh("memory") as node:
        world = begun(World(node, a_plan(("reconciled", "approved"))))
        world.node.receive(world.story())
        run = world.restarting.run
        assert run is not None
        signed_for = (node.keys.origin, run.name, run.begun.hash, "open-skdb")
        ahead = world.clock.at + timedelta(minutes=50)
        kept = [approve(world.identities[oin], *signed_for, ROLES[oin], ahead) for oin in (SKDB, GPS)]
        for approval in kept:
            with pytest.raises(Unfit, match="which is to come yet"):
                world.restarting.approve(approval)
        world.later(0.1)
        stop = world.restarting.hold("open-skdb", **WHO)["position"]
        world.restarting.done("open-skdb", by="one", second="other", evidence="looked at")
        world.later(1)
        for approval in kept:
            with pytest.raises(Unfit, match=rf"names no stop at entry {stop}, .* sign it with --stop {stop}"):
                world.restarting.approve(approval)
        world.restarting.check(statement=world.statement("skdb"))
        assert world.states()["open-skdb"] == "held"
        with pytest.raises(Unfit, match="names no stop"):
            world.restarting.approve(world.approval("open-skdb", SKDB, stop=stop + 1))
        with pytest.raises(Unfit, match=r"names a stop at entry .* was not stopped in this run"):
            world.restarting.approve(world.approval("open-gps", SKDB, stop=stop))
        world.approve("open-skdb")
        assert world.states()["open-skdb"] == "live"


def test_a_statement_of_a_clock_a_little_ahead_is_not_taken_for_one_of_after_a_hold() -> None:
    with fresh("memory") as node:
        world = begun(World(node, a_plan(("reconciled", "approved"))))
        world.node.receive(world.story())
        said = msgspec.structs.replace(world.statement("skdb"), made_at=rfc3339(world.clock.at + timedelta(minutes=4)))
        said = msgspec.structs.replace(said, signature=world.identities[SKDB].signature_over(STATEMENT, said))
        world.restarting.hold("open-skdb", **WHO)
        for _ in range(2):
            with pytest.raises(Unfit, match=r"was held at .* sign it after that, later than"):
                world.restarting.check(statement=said)
            world.later(1)
        world.restarting.check(statement=world.statement("skdb"))
        assert "reconciled" not in world.missing("open-skdb")


@pytest.mark.parametrize("whom", [GPS, None])
def test_a_stolen_key_approves_no_link_of_anybody(whom: str | None) -> None:
    with fresh("memory") as node:
        world = begun(World(node, a_plan(("reconciled", "approved"))))
        world.node.receive(world.story())
        world.restarting.check(statement=world.statement("skdb"))
        world.later(1)
        world.restarting.approve(world.approval("open-skdb", GPS))
        world.restarting.isolate(whom, **WHO)
        if whom is None:
            world.restarting.done("open-skdb", by="one", second="other", evidence="looked at")
        world.later(1)
        with pytest.raises(Unfit, match=f"{GPS} is isolated since .* its key gps-1 is of before that"):
            world.restarting.approve(world.approval("open-skdb", GPS))
        with pytest.raises(Unfit, match="its key gps-1 is of before that"):
            world.restarting.check(statement=world.statement("gps"))
        if whom is not None:
            world.restarting.approve(world.approval("open-skdb", SKDB))
        assert f"chain of {GPS}" in world.missing("open-skdb")["approved"]
        world.rotate()
        world.restarting.check(statement=world.statement("skdb"))
        world.approve("open-skdb")
        assert world.states()["open-skdb"] == "live"
