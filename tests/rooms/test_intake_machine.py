"""Everything that may happen at the door, in any order: batches, duplicates, conflicts, acts, erasures, restarts; both engines in step."""

import json
from collections import Counter
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hervat.assemble import Node
from tests.rooms.erased import Erased, as_expected, family_of, let_be, may_not, struck_whole
from tests.rooms.messages import message_sets, written_otherwise
from tests.rooms.naive import Name
from tests.rooms.nodes import (
    FEW,
    Sent,
    all_rows,
    as_values,
    balance_of,
    chosen,
    erase,
    expected,
    fresh,
    names_of,
    node_on,
    state_of,
    take,
)
from tests.rooms.steps import Act, Erasure, ceiling_acts, erasures, lane_acts, partner_acts, procedure_acts, switch_acts

ERASING = ("position", "erased", "left")


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
        self.sent = Sent()
        self.partners_stand = True
        self.partial: set[Name] = set()

    def oracle(self) -> Erased:
        return Erased(self.sent.steps)

    def _receive(self, batch: list[bytes]) -> list[str]:
        """Both take a batch and tell what the ledger says; returns what became of each message."""
        one, other = (node.receive(batch, batch=3) for node in self.nodes)
        assert one == other
        became = self.sent.add(batch)
        counts = Counter(became)
        assert [one["received"], one["duplicates"], one["conflicts"]] == [counts[sort] for sort in ("new", "duplicate", "conflict")]
        return became

    @precondition(lambda self: self.coming)
    @rule(data=st.data())
    def messages_come(self, data: st.DataObject) -> None:
        batch = data.draw(st.lists(st.sampled_from(self.coming), min_size=1, max_size=6, unique=True))
        became = self._receive(batch)
        assert not self.partners_stand or set(became) == {"new"}
        self._came(batch)

    def _came(self, batch: list[bytes]) -> None:
        self.there += batch
        self.coming = [message for message in self.coming if message not in batch]

    @precondition(lambda self: self.there)
    @rule(data=st.data())
    def a_message_comes_again(self, data: st.DataObject) -> None:
        message = data.draw(st.sampled_from(self.there))
        first, second = self._receive([message, written_otherwise(message)])
        assert second == ("conflict" if first == "conflict" else "duplicate")
        assert not self.partners_stand or first == "duplicate"

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

    def _conflicts(self, document: dict[str, Any]) -> None:
        raw = json.dumps(document).encode()
        became = self._receive([raw, raw])
        assert not self.partners_stand or became == ["conflict", "conflict"]

    @precondition(lambda self: self.coming)
    @rule(data=st.data())
    def a_message_and_its_conflict_come_in_one_batch(self, data: st.DataObject) -> None:
        message = data.draw(st.sampled_from(self.coming))
        document = read(message)
        if document["sequence"].isdecimal():
            became = self._receive([message, json.dumps(document | {"id": "another"}).encode()])
            assert not self.partners_stand or became == ["new", "conflict"]
            self._came([message])

    @rule(act=ceiling_acts)
    def a_ceiling_is_set(self, act: Act) -> None:
        self._decided(act)

    @rule(act=lane_acts)
    def a_quarantine_is_opened_or_closed_or_left(self, act: Act) -> None:
        self._decided(act)

    @rule(act=switch_acts)
    def all_or_one_is_isolated_or_a_restart_goes_on(self, act: Act) -> None:
        self._decided(act)

    @rule(act=partner_acts)
    def the_partners_change(self, act: Act) -> None:
        before = as_values(all_rows(self.nodes[0].store))
        self.partners_stand = not self._decided(act) and self.partners_stand
        assert as_values(all_rows(self.nodes[0].store)) == before

    @rule(act=procedure_acts)
    def a_procedure_is_opened_or_closed(self, act: Act) -> None:
        before = as_values(all_rows(self.nodes[0].store))
        self._decided(act)
        assert as_values(all_rows(self.nodes[0].store)) == before

    def _decided(self, act: Act) -> bool:
        """Both take an act, or neither; returns whether they did."""
        one, other = (take(node, act) for node in self.nodes)
        assert one == other
        assert (one is not None) == (self.sent.add(act) == ["act"])
        return one is not None

    @precondition(lambda self: self.there)
    @rule(erasure=erasures)
    def something_is_erased(self, erasure: Erasure) -> None:
        names, oracle = names_of(self.nodes[0].store), self.oracle()
        before = as_values(all_rows(self.nodes[0].store))
        position, part = chosen(self.nodes[0], erasure)
        one, other = (erase(node, erasure) for node in self.nodes)
        assert [one and one[field] for field in ERASING] == [other and other[field] for field in ERASING]
        if one is None:
            assert as_values(all_rows(self.nodes[0].store)) == before
            return
        struck = struck_whole(one, names, oracle)
        if erasure.skn is None and position is not None:
            family = family_of(oracle, names[position])
            assert not may_not(oracle, family, names[position])
            struck_of = family - let_be(oracle, family)
            assert struck == (struck_of - oracle.gone if part is None else set())
            self.partial |= struck_of if part is not None else set()
        # Kept other content goes with what it is in conflict with: these are acts, of which the oracle knows nothing.
        self.sent.steps.append(struck)

    @rule()
    def the_node_is_started_again(self) -> None:
        self.nodes = [node_on(node.store) for node in self.nodes]

    @invariant()
    def every_state_is_that_of_the_contract(self) -> None:
        oracle = self.oracle()
        assert as_expected(state_of(self.nodes[0]), expected(oracle), oracle, self.partial)
        assert self.nodes[0].position == len(self.sent.steps)

    @invariant()
    def received_is_applied_and_held_and_refused(self) -> None:
        balance_of(self.nodes[0])
        assert self.nodes[0].status()["conflicts"] == len(self.sent.conflicts)

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
