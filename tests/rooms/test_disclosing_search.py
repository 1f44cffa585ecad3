"""What was handed out blind, searched: for any history and any blind window, found are those answers that an uncut world would not give."""

import contextlib
from datetime import date
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.consumers.disclosure.comparing import Holding
from hervat.consumers.disclosure.desk import Desk
from hervat.consumers.disclosure.given import DisclosedAct, answers_to
from hervat.consumers.disclosure.requested import Supplied
from hervat.disclosing import REQUESTED, Disclosing
from hervat.errors import NotSo
from tests.rooms.messages import FEEDS
from tests.rooms.nodes import FEW, KEYS, THOROUGH, all_rows, at, fresh, names_of, node_on, take
from tests.rooms.requested import requested_sets
from tests.rooms.steps import Step, steps

DAYS = st.sampled_from((date(2025, 7, 4), date(2025, 7, 9), date(2025, 8, 20)))
BEFORE, TODAY = date(2025, 7, 1), date(2025, 8, 21)
NOTHING = Supplied()


class Receivers:
    """What every receiver holds, by the place of its request: the lines of what was handed out or told last."""

    def __init__(self, node: Node) -> None:
        self.node = at(node, BEFORE)
        self.disclosing = Disclosing(node)
        self.desk = self.disclosing.desk()
        self.held: dict[int, tuple[str, ...]] = {}
        self.days: dict[int, date] = {}

    def anew(self, node: Node) -> None:
        """Another process: it remembers nothing."""
        self.node, self.disclosing = at(node, BEFORE), Disclosing(node)
        self.desk = self.disclosing.desk()

    def ask(self, data: st.DataObject) -> None:
        """Answer one of the requests that are here, where it can be."""
        here = [row.position for row in all_rows(self.node.store) if row.kind == REQUESTED]
        if not here:
            return
        request, on = data.draw(st.sampled_from(here)), data.draw(DAYS)
        with contextlib.suppress(NotSo):
            found, _, _ = self.disclosing.give(request, NOTHING, on, by="a test")
            self.held[request], self.days[request] = found.lines(), on

    def now(self, request: int) -> tuple[str, ...]:
        return self.disclosing.answer(request, NOTHING, self.days[request]).lines()

    def step(self) -> set[int]:
        """The requests of which something was told; none is told what it holds already."""
        before = self.node.position
        answer = self.desk.step(TODAY)
        acts = Holding.up_to(self.node.store, KEYS, self.node.position).told
        told = {request for request, (at, _) in acts.items() if at > before}
        assert len(told) == answer["differences"]
        for request in told:
            assert self.held[request] != self.now(request)
            self.held[request] = self.now(request)
        return told


@given(data=st.data(), messages=st.one_of(requested_sets(), requested_sets(whole=True)))
@THOROUGH
def test_found_are_those_that_an_uncut_world_would_answer_otherwise(data: st.DataObject, messages: list[bytes]) -> None:
    blind = data.draw(st.lists(st.sampled_from([FEEDS[name] for name in ("skdb", "gps", "grip", "cjib", "ecr")]), max_size=3))
    late = [raw for raw in messages if any(source.encode() in raw[:400] for source in blind)]
    order = [*data.draw(st.permutations([raw for raw in messages if raw not in late])), *data.draw(st.permutations(late))]
    with fresh("memory") as node, fresh("memory") as uncut:
        uncut.receive(messages)
        receivers = Receivers(node)
        while order:
            size = data.draw(st.integers(1, 8))
            receivers.node.receive(order[:size])
            order = order[size:]
            if data.draw(st.integers(0, 3)):
                receivers.ask(data)
            if not data.draw(st.integers(0, 3)):
                receivers.step()
            if not data.draw(st.integers(0, 3)):
                receivers.anew(node_on(node.store))
        node = receivers.node
        names = names_of(node.store)
        otherwise = Disclosing(uncut)
        expected = {
            request: otherwise.answer(uncut.message(*names[request]).position, NOTHING, receivers.days[request]).lines()
            for request in receivers.held
        }
        blindly = {request for request, lines in receivers.held.items() if lines != expected[request]}
        event(f"{len(blindly)} of {len(expected)}")
        assert receivers.step() == blindly
        assert receivers.held == expected
        position = node.position
        assert receivers.step() == set() and node.position == position


@pytest.mark.parametrize("erasing", [False, True])
@given(data=st.data())
@THOROUGH
def test_what_changed_leads_to_all_that_working_everything_out_again_would_find(data: st.DataObject, *, erasing: bool) -> None:
    """With ceilings, partners and erasures as well. What was erased is no difference by itself, and hides none."""
    taken: list[Step] = data.draw(steps(sets=requested_sets(), erasing=erasing))
    with fresh("memory") as node:
        receivers = Receivers(node)
        for step in taken:
            take(node, step)
            if data.draw(st.booleans()):
                receivers.ask(data)
            if not data.draw(st.integers(0, 2)):
                same_as_everything(receivers.desk, receivers.disclosing, node)


def same_as_everything(desk: Desk, disclosing: Disclosing, node: Node) -> None:
    holding = Holding.up_to(node.store, KEYS, node.position)

    def lines(request: int, act: DisclosedAct, at: int | None) -> Any:
        return disclosing.answer(request, act.supplied, act.on, at).lines()

    expected = {
        request
        for request, (_, act) in holding.given.items()
        if lines(request, act, None) != lines(request, act, holding.held(request)[0])
    }
    before = node.position
    desk.step(TODAY)
    after = Holding.up_to(node.store, KEYS, node.position)
    assert {request for request, (at, _) in after.told.items() if at > before} == expected
    assert {one.difference.request for one in desk.work(TODAY)} == after.open().keys()


@given(data=st.data(), messages=requested_sets(whole=True))
def test_every_answer_to_a_request_is_found_by_its_number(data: st.DataObject, messages: list[bytes]) -> None:
    ensure_found("sqlite", data, messages)


@pytest.mark.postgres
@FEW
@given(data=st.data(), messages=requested_sets(whole=True))
def test_every_answer_is_found_by_its_number_on_a_server(data: st.DataObject, messages: list[bytes]) -> None:
    ensure_found("postgres", data, messages)


def ensure_found(engine: str, data: st.DataObject, messages: list[bytes]) -> None:
    with fresh(engine) as node:
        node.receive(messages)
        receivers = Receivers(node)
        for _ in range(5):
            receivers.ask(data)
        for request in receivers.held:
            listed = list(answers_to(node.store, KEYS, request))
            assert [act.number for _, act in listed] == list(range(1, len(listed) + 1))
            assert {act.request for _, act in listed} == {request}
        verified = node.verify()
        assert verified.ok, verified.difference
