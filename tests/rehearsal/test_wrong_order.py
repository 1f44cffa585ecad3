"""The wrong order: what a relay refuses and loses, and what a register that holds does not; and a relay that never gives up, which is
seen.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hervat.rehearsal import wrongorder
from hervat.rehearsal.letter import in_files
from hervat.rehearsal.network import Delivery, uncut, wrong_order
from hervat.rehearsal.relay import Relay
from hervat.rehearsal.world import World
from tests.faults.processes import hervat

SCALE, SEED = 0.003, 2025


@pytest.fixture(scope="module")
def world() -> World:
    return World(SEED, SCALE, screened=200)


def _run(world: World, path: Path, **more: Any) -> dict[str, Any]:
    return wrongorder.run(world, in_files(path), lambda name, done, total: None, **more)


@pytest.fixture(scope="module")
def once(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The report of the first seed."""
    return _run(world, tmp_path_factory.mktemp("once"))


def test_where_messages_are_held_the_order_changes_nothing_but_the_waiting(once: dict[str, Any]) -> None:
    assert once["ok"] and once["same_world"]
    held = [once["ways"][name]["held_on_arrival"] for name in wrongorder.STORES[:3]]
    assert held == sorted(held) and held[0] < held[1] < held[2]


def test_a_relay_loses_what_the_receiver_could_not_take(once: dict[str, Any]) -> None:
    right, wrong = (once["ways"][name] for name in wrongorder.STORES[3:])
    assert wrong["lost"] > 0 and wrong["refused_on_arrival"] > wrong["lost"]
    assert wrong["charges"]["otherwise"] > 0 and sum(wrong["lost_by_feed"].values()) == wrong["lost"]
    assert sum(wrong["charges"]["sorts"].values()) == wrong["charges"]["otherwise"]
    assert right["came"] == wrong["came"]


def test_a_relay_that_never_gives_up_loses_nothing_and_the_report_says_that_it_did_not_go_as_it_should(
    world: World, tmp_path: Path
) -> None:
    found = _run(world, tmp_path, patience=timedelta(days=400))
    told = found["ways"][wrongorder.STORES[-1]]
    assert (told["lost"], told["signals"]["never_told"]) == (0, 0)
    assert told["refused_on_arrival"] > 0
    # What it refused for what it is, it does not have; what puts that right later names nothing there.
    assert told["charges"]["otherwise"] <= told["still_offered"]
    assert not found["ok"]


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 40))
def test_what_a_relay_hands_on_was_understood_when_it_was_and_all_else_is_accounted_for(world: World, rng: Any, days: int) -> None:
    deliveries = list(wrong_order(world))[:900]
    moments = sorted(one.at for one in deliveries)
    rng.shuffle(deliveries)
    shuffled = [one._replace(at=at) for one, at in zip(deliveries, moments, strict=True)]
    patience = timedelta(days=days)
    relayed = Relay(patience).carry(shuffled)
    came = {(one.source, one.raw) for one in shuffled}
    assert len(came) == len(relayed.taken) + len(relayed.lost | relayed.offered | relayed.unsound)
    again = Relay(timedelta(0)).carry(relayed.taken)
    assert not again.refused and len(again.taken) == len(relayed.taken)
    firsts: dict[bytes, Delivery] = {}
    for one in shuffled:
        firsts.setdefault(one.raw, one)
    assert all(one.at - firsts[one.raw].at <= patience for one in relayed.taken if one.raw in firsts)


def test_without_a_cut_a_relay_loses_what_a_feed_sent_out_of_turn_alone(world: World) -> None:
    relayed = Relay(timedelta(days=400)).carry(uncut(world))
    assert relayed.lost <= world.never_applied.keys()


def test_the_command_tells_it_side_by_side(tmp_path: Path) -> None:
    told = hervat("rehearse", "wrong-order", "--scale", str(SCALE), "--directory", str(tmp_path / "kept"))
    assert told.status == 0, told.err
    assert "relay, wrong" in told.out and "As it should go." in told.out
    assert (tmp_path / "kept" / "relayed_wrong_order.db").exists()
