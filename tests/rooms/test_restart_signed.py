"""What was signed by whom, and when, where that alone decides: over two runs, by a clock ahead, by a key that was stolen."""

import pytest

from hervat.dispatch.signed import Unfit
from tests.rooms.nodes import fresh
from tests.rooms.restarted import TWO, WHO, World, a_plan


def begun(world: World) -> World:
    """A run in which the first link waits for its statement and its approvals alone."""
    world.restarting.begin(world.plan, **TWO)
    for step in ("restore", "keys"):
        world.restarting.done(step, by="a crew", evidence="x")
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
