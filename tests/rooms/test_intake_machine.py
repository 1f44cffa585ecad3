"""Everything that may happen at the door, in any order: batches, duplicates, conflicts, ceilings, restarts; both engines in step."""

import json
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hervat.assemble import Node
from hervat.intake.ceilings import Ceiling
from tests.rooms.messages import acts, message_sets, written_otherwise
from tests.rooms.nodes import FEW, Sent, all_rows, as_values, balance_of, expected, fresh, node_on, state_of


def read(raw: bytes) -> dict[str, Any]:
    """A message as JSON; of one that nests too deep for that, all but the attribute that does."""
    document: dict[str, Any] = json.loads(raw if b"[[[" not in raw else raw.partition(b', "more"')[0] + b"}")
    return document


class Intake(RuleBasedStateMachine):
    """A memory engine and another one are told the same; the oracle is told what the contract says counts."""

    engine = "sqlite"

    @initialize(messages=message_sets(14))
    def begin(self, messages: list[bytes]) -> None:
        self.stack = ExitStack()
        self.nodes: list[Node] = [self.stack.enter_context(fresh(engine)) for engine in ("memory", self.engine)]
        self.coming = list(messages)
        self.there: list[bytes] = []
        self.conflicts: set[bytes] = set()
        self.sent = Sent()

    def _receive(self, batch: list[bytes]) -> dict[str, Any]:
        one, other = (node.receive(batch, batch=3) for node in self.nodes)
        assert one == other
        return one

    @precondition(lambda self: self.coming)
    @rule(data=st.data())
    def messages_come(self, data: st.DataObject) -> None:
        batch = data.draw(st.lists(st.sampled_from(self.coming), min_size=1, max_size=6, unique=True))
        answer = self._receive(batch)
        assert [answer["received"], answer["duplicates"], answer["conflicts"]] == [len(batch), 0, 0]
        self.sent.add(batch)
        self.there += batch
        self.coming = [message for message in self.coming if message not in batch]

    @precondition(lambda self: self.there)
    @rule(data=st.data())
    def a_message_comes_again(self, data: st.DataObject) -> None:
        message = data.draw(st.sampled_from(self.there))
        before = self.nodes[0].position
        answer = self._receive([message, written_otherwise(message)])
        assert [answer["received"], answer["duplicates"], answer["conflicts"]] == [0, 2, 0]
        assert self.nodes[0].position == before

    @precondition(lambda self: self.there)
    @rule(data=st.data(), hour=st.sampled_from((20, 21)))
    def other_content_comes_under_the_same_id(self, data: st.DataObject, hour: int) -> None:
        document = read(data.draw(st.sampled_from(self.there)))
        self._conflicts(document | {"time": f"2025-07-02T{hour}:00:00Z"})

    @precondition(lambda self: self.there)
    @rule(data=st.data())
    def another_id_comes_at_the_same_place(self, data: st.DataObject) -> None:
        document = read(data.draw(st.sampled_from(self.there)))
        if document["sequence"].isdecimal():
            self._conflicts(document | {"id": "another"})

    @precondition(lambda self: self.coming)
    @rule(data=st.data())
    def a_message_and_its_conflict_come_in_one_batch(self, data: st.DataObject) -> None:
        message = data.draw(st.sampled_from(self.coming))
        document = read(message)
        if document["sequence"].isdecimal():
            raw = json.dumps(document | {"id": "another"}).encode()
            answer = self._receive([message, raw])
            assert [answer["received"], answer["duplicates"], answer["conflicts"]] == [1, 0, 1]
            self.sent.add([message])
            self._kept(raw)
            self.there.append(message)
            self.coming.remove(message)

    def _kept(self, raw: bytes) -> None:
        """A conflict is an act at a position of its own, the first time."""
        if raw not in self.conflicts:
            self.sent.steps.append(("", Ceiling()))
        self.conflicts.add(raw)

    def _conflicts(self, document: dict[str, Any]) -> None:
        raw = json.dumps(document).encode()
        before = self.nodes[0].position
        answer = self._receive([raw, raw])
        assert [answer["received"], answer["duplicates"], answer["conflicts"]] == [0, 0, 2]
        assert self.nodes[0].position == before + (raw not in self.conflicts)
        self._kept(raw)

    @rule(act=acts)
    def a_ceiling_is_set(self, act: tuple[str, Ceiling]) -> None:
        one, other = (node.ceiling(*act, by="a test", why="a search") for node in self.nodes)
        assert one == other
        self.sent.add(act)

    @rule()
    def the_node_is_started_again(self) -> None:
        self.nodes = [node_on(node.store) for node in self.nodes]

    @invariant()
    def every_state_is_that_of_the_contract(self) -> None:
        assert state_of(self.nodes[0]) == expected(self.sent.oracle())
        assert self.nodes[0].position == len(self.sent.steps)

    @invariant()
    def received_is_applied_and_held_and_refused(self) -> None:
        balance_of(self.nodes[0])
        assert self.nodes[0].status()["conflicts"] == len(self.conflicts)

    @invariant()
    def both_engines_keep_the_same(self) -> None:
        one, other = (node.store for node in self.nodes)
        assert as_values(all_rows(one)) == as_values(all_rows(other))
        assert one.feeds() == other.feeds()

    def teardown(self) -> None:
        verified = self.nodes[1].verify()
        self.stack.close()
        assert verified.ok, verified.difference


Intake.TestCase.settings = settings(stateful_step_count=settings().stateful_step_count // 2)
TestIntake = Intake.TestCase


class IntakeOnServer(Intake):
    """The same on PostgreSQL."""

    engine = "postgres"


IntakeOnServer.TestCase.settings = settings(FEW, stateful_step_count=settings().stateful_step_count // 2)
TestIntakeOnServer = pytest.mark.postgres(IntakeOnServer.TestCase)
