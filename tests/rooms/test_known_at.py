"""Known at: F(1..P) asked of a whole store is what a store answers that received only the entries 1..P (the contract, section 3).

At every position. What was erased later is gone at every position as well: so the store that stopped is asked with what is left of the
entries by then, and with the state that it had.
"""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.emergency import Emergency
from hervat.intake.ceilings import Ceiling
from hervat.journal.entry import open_entry
from hervat.journal.store import Store
from tests.rooms.messages import FEEDS, SKNS
from tests.rooms.nodes import FEW, THOROUGH, fresh, node_on, take
from tests.rooms.steps import Step, steps

SEEN_ON = date(2025, 8, 15)
ASKED = (*((skn, None) for skn in SKNS), ("S1", "childcare-screening"))


class Stopped:
    """A store that stopped at some entry, with the entries as another store has them by now."""

    def __init__(self, stopped: Store, journal: Store) -> None:
        self._stopped = stopped
        self.entries = journal.entries
        self.entries_at = journal.entries_at
        self.boxes = journal.boxes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stopped, name)


def one_by_one(taken: list[Step]) -> list[Step]:
    """The same steps, each message in a batch of its own, so that there is a store for every position."""
    return [single for step in taken for single in ([[message] for message in step] if isinstance(step, list) else [step])]


def answer(node: Node, skn: str, position: int | None = None, purpose: str | None = None) -> dict[str, Any]:
    """What is known of a person, but for the moments of receipt, which differ between two stores, and what a message waits for of which
    nothing is left: a store that stopped before it was erased still names it.
    """
    told = node.person(skn, position=position, purpose=purpose)
    entries = node.store.entries_at([held["position"] for held in told["held"]])
    for held in told["held"]:
        del held["since"]
        if open_entry(node.keys, entries[held["position"]]).left is None:
            del held["needs"]
    return told


def answers(node: Node, position: int | None = None) -> dict[str, Any]:
    persons = {f"{skn} {purpose}": answer(node, skn, position, purpose) for skn, purpose in ASKED}
    rows = node.horizon(position)
    return persons | {"horizon": rows, "unsettled": node.past.unsettled(rows, node.position if position is None else position, SKNS[:1])}


@given(taken=steps(erasing=True))
@THOROUGH
def test_the_state_at_every_position_is_that_of_a_store_that_stopped_there(taken: list[Step]) -> None:
    is_that_of_stores_that_stopped("memory", taken)


@given(taken=steps(erasing=True))
@FEW
def test_the_state_at_every_position_in_a_file(taken: list[Step]) -> None:
    """A few: what the engines answer is compared in contract/test_engines.py."""
    is_that_of_stores_that_stopped("sqlite", taken)


@pytest.mark.postgres
@given(taken=steps(erasing=True))
@FEW
def test_the_state_at_every_position_on_a_server(taken: list[Step]) -> None:
    is_that_of_stores_that_stopped("postgres", taken)


def is_that_of_stores_that_stopped(engine: str, taken: list[Step]) -> None:
    with fresh(engine) as whole, fresh("memory") as part:
        for step in taken:
            take(whole, step)
        for step in one_by_one(taken):
            take(part, step)
            assert answers(whole, part.position) == answers(node_on(Stopped(part.store, whole.store)))
        assert part.position == whole.position


@given(taken=steps())
def test_the_last_position_folded_again_is_the_head(taken: list[Step]) -> None:
    with fresh("memory") as node:
        for step in taken:
            take(node, step)
        last = node.position
        at_head = answers(node)
        assert answers(node, last) == at_head
        take(node, (FEEDS["old"], Ceiling()))
        assert answers(node, last) == at_head


@given(data=st.data(), taken=steps(12))
def test_what_came_under_each_procedure_is_told_as_it_was(data: st.DataObject, taken: list[Step]) -> None:
    with fresh("memory") as whole, fresh("memory") as part:
        then: dict[int, dict[str, Any]] = {}
        for step in one_by_one(taken):
            take(part, step)
            then[part.position] = Emergency(part).listing(SEEN_ON)
        for step in taken:
            take(whole, step)
        for position in data.draw(st.sets(st.integers(1, max(whole.position, 1)), max_size=4)) & then.keys():
            assert Emergency(whole).listing(SEEN_ON, position) == then[position]


def test_a_report_that_was_refused_and_then_retracted_is_not_read_again() -> None:
    """It is no JSON that can be read, and what came before it to correct it was refused as well."""
    period = {"from": "2025-06-01", "to": "2025-06-02"}
    report = {"police_report": "R1", "skn": "S1", "category": "sexual", "period": period, "authority": "x", "reported_on": "2025-08-14"}
    first = {"source": FEEDS["pol"], "id": "pol-1"}
    said = {
        2: ("message-corrected", {"corrects": first, "data": report | {"nickname": "y"}}),
        3: ("message-retracted", {"retracts": first, "ground": "x"}),
        1: ("emergency-report", report | {"nickname": "\ud800"}),
    }
    with fresh("memory") as node:
        for number, (kind, data) in said.items():
            document = {"specversion": "1.0", "id": f"pol-{number}", "source": FEEDS["pol"], "type": f"nl.hervat.{kind}.v1"}
            document |= {"time": "2025-08-14T08:00:00Z", "sequence": str(number), "sequencetype": "Integer"}
            node.receive([json.dumps(document | {"datacontenttype": "application/json", "data": data}).encode()])
        assert node.store.rows_at([3])[3].retracted
        assert not node.person("S1", purpose="childcare-screening")["known"]
