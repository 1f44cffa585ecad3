"""There is no way round the gates, and no moment at which a restart that is killed does not go on: searched."""

import functools
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hervat.assemble import Node
from hervat.errors import HervatError
from hervat.intake.ceilings import Ceiling
from hervat.intake.partnering import Wish
from hervat.intake.quarantine import oin_of
from hervat.intake.refolding import Refolding
from hervat.intake.switching import LINK_MOVED, switch_of
from hervat.journal.append import signed_head
from hervat.journal.entry import read_meta
from hervat.journal.store import Change, Head, Row
from hervat.journal.tree import Frontier
from hervat.restart.acts import Waiving
from hervat.restart.run import OPENED, OPENING, Run, acts_of_runs, run_of
from hervat.restarting import Restarting
from hervat.stores.memory import MemoryStore
from tests.rooms.messages import FEEDS, message_sets
from tests.rooms.nodes import KEYS, PARTNERS, all_rows, fresh, lane_act, node_on, take
from tests.rooms.restarted import ALL, GPS, GRIP, LINKS, SKDB, TWO, WHO, World, a_plan
from tests.rooms.steps import Act, lane_acts, partner_acts

GENERIC = ("message-corrected", "message-retracted", "stock-declared", "watermark", None)
some_gates = st.lists(st.sampled_from(ALL), unique=True).map(lambda gates: tuple(dict.fromkeys((*gates, "approved"))))
"""For real no link opens without approval."""


def may_be_admitted(run: Run, row: Row, source: str, oin: str | None) -> bool:
    """Whether a run as it was at a position lets a message through, by where its links stood then."""
    links = [one for one in run.links_of(source) if not one.step.kinds or row.kind in one.step.kinds or row.kind in GENERIC]
    if not links:
        return oin not in run.begun.governs
    through = [one.state in OPENED and one.ceiling.admits(row.sequence, row.time) for one in links]
    return any(through) if row.kind in GENERIC else all(through)


class NoWayRound(RuleBasedStateMachine):
    """Whatever is tried, nothing of a link that is not let through is admitted above its ceiling."""

    @initialize(messages=message_sets(12, whole=True), gates=some_gates, kinds=st.sampled_from(((), ("case-registered", "judgment-given"))))
    def begin(self, messages: list[bytes], gates: tuple[Any, ...], kinds: tuple[str, ...]) -> None:
        self.opened = fresh("memory")
        self.world = World(self.opened.__enter__(), a_plan(gates, kinds=kinds))
        self.world.restarting.begin(self.world.plan, **TWO)
        self.coming = messages
        self.looked: set[int] = set()
        self.opened_at: set[int] = set()

    def teardown(self) -> None:
        assert self.node.store.head().size
        self.opened.__exit__(None, None, None)

    @property
    def node(self) -> Node:
        return self.world.node

    def tried(self, what: Callable[[], Any]) -> None:
        """Something that may be refused, and then is refused in words."""
        try:
            what()
        except HervatError as refusal:
            assert str(refusal)

    @rule(data=st.data())
    def messages_come(self, data: st.DataObject) -> None:
        self.node.receive(data.draw(st.lists(st.sampled_from(self.coming), max_size=6)))

    @rule(data=st.data())
    def they_come_of_a_source_that_nobody_saw(self, data: st.DataObject) -> None:
        raw = data.draw(st.sampled_from(self.coming))
        self.node.receive([raw.replace(b":systeem:", b":systeem:new-")])

    @rule(data=st.data())
    def they_come_as_a_parcel_as_a_courier_or_the_door_brings_them(self, data: st.DataObject) -> None:
        raws = data.draw(st.lists(st.sampled_from(self.coming), max_size=4))
        self.node.take([(raws, [self.node.inbox().preparer.prepare(raw) for raw in raws], None)])

    @rule(feed=st.sampled_from(("skdb", "gps", "grip")), ceiling=st.sampled_from((Ceiling(), Ceiling(sequence=9), Ceiling(hold=True))))
    def a_ceiling_is_set_by_hand(self, feed: str, ceiling: Ceiling) -> None:
        self.tried(lambda: self.node.ceiling(FEEDS[feed], ceiling, **WHO))

    @rule(act=lane_acts)
    def quarantine(self, act: Any) -> None:
        self.node.admit(lambda inbox: inbox.quarantine(lane_act(*act)))

    @rule(act=partner_acts)
    def a_partner_gets_other_roles(self, act: Act) -> None:
        self.tried(lambda: take(self.node, act))

    @rule(oin=st.sampled_from((SKDB, GPS)))
    def a_key_is_revoked(self, oin: str) -> None:
        self.tried(lambda: self.node.set_partner(oin, Wish(revoke=(self.world.identities[oin].key_id,)), **WHO))

    @rule()
    def everybody_gets_another_key(self) -> None:
        self.tried(self.world.rotate)

    @rule(step=st.sampled_from(("restore", "keys", *LINKS)), second=st.sampled_from((None, "another")))
    def a_step_is_done(self, step: str, second: str | None) -> None:
        self.tried(lambda: self.world.restarting.done(step, by="a crew", evidence="x", second=second))

    @rule(step=st.sampled_from(sorted(LINKS)), oin=st.sampled_from((SKDB, GPS, GRIP)))
    def somebody_approves(self, step: str, oin: str) -> None:
        self.tried(lambda: self.world.restarting.approve(self.world.approval(step, oin)))

    @rule(feed=st.sampled_from(sorted(LINKS.values())))
    def a_feed_is_counted_claimed_and_stated(self, feed: str) -> None:
        self.node.receive(self.world.claims(feed))
        self.tried(lambda: self.world.restarting.check(statement=self.world.statement(feed)))

    @rule(step=st.sampled_from(sorted(LINKS)), gate=st.sampled_from(ALL))
    def a_gate_is_waived(self, step: str, gate: Any) -> None:
        two = {"by": Waiving(name="one", partner=SKDB), "second": Waiving(name="other", partner=GPS)}
        until = self.world.clock.at + timedelta(minutes=1)
        self.tried(lambda: self.world.restarting.waive(step, gate, why="x", until=until, **two))

    @rule()
    def a_report_comes_in(self) -> None:
        self.tried(lambda: self.world.restarting.check(report=self.world.rehearsed()))

    @rule(step=st.sampled_from(("restore", "keys", *LINKS)))
    def something_is_held(self, step: str) -> None:
        self.tried(lambda: self.world.restarting.hold(step, **WHO))

    @rule(oin=st.sampled_from((None, SKDB, GPS, GRIP)))
    def somebody_is_isolated(self, oin: str | None) -> None:
        self.world.restarting.isolate(oin, **WHO)

    @rule()
    def it_is_aborted_and_begun_again(self) -> None:
        self.tried(lambda: self.world.restarting.abort(**WHO))
        self.tried(lambda: self.world.restarting.begin(self.world.plan, **TWO))

    @rule(hours=st.sampled_from((0.01, 30)))
    def time_passes(self, hours: float) -> None:
        self.world.later(hours)
        self.tried(self.world.restarting.check)

    @rule()
    def the_node_is_started_again(self) -> None:
        clock = self.world.clock
        self.world.node = node_on(self.node.store)
        self.world.clock.set(clock.at)

    @invariant()
    def nothing_was_admitted_above_its_ceiling(self) -> None:
        store, names = self.node.store, {feed.number: feed.name for feed in self.node.store.feeds()}
        for row in all_rows(store):
            at = row.admitted_at
            if at is None or row.position in self.looked or names[row.source] == "unknown":
                continue
            self.looked.add(row.position)
            source, oin = names[row.source], oin_of(names[row.source])
            run = run_of(store, self.node.keys, at)
            assert run is not None
            if run.under_way:
                assert may_be_admitted(run, row, source, oin), (source, row)
                # Whoever is isolated has nothing admitted but by a link that was let through since.
                assert not switch_of(store, self.node.keys, at).isolated_since(oin) or run.links_of(source), (source, row)

    @invariant()
    def every_link_that_was_let_through_had_passed_its_gates(self) -> None:
        store, keys = self.node.store, self.node.keys
        moved = [at.position for at, act in acts_of_runs(store, keys, self.node.position) if getattr(act, "state", None) == "replay"]
        assert set(moved) <= set(store.acts(LINK_MOVED, self.node.position))
        for position in {*moved} - self.opened_at:
            self.opened_at.add(position)
            before, after = run_of(store, keys, position - 1), run_of(store, keys, position)
            assert before is not None
            assert after is not None
            (step,) = [step for step, one in after.steps.items() if one.let_through and one.let_through.position == position]
            one = before.steps[step]
            assert all(gate in one.passed for gate in one.asked(OPENING))
            assert not before.waits(one)
            assert one.stopped is None


NoWayRound.TestCase.settings = settings(stateful_step_count=settings().stateful_step_count)
TestNoWayRound = NoWayRound.TestCase


def until(store: MemoryStore, last: int) -> Node:
    """A node on what a journal held when it had so many entries: as after a kill at that moment."""
    entries = list(store.entries(1, last))
    frontier = Frontier()
    tiles = frontier.extend([entry.leaf for entry in entries])
    received_at = read_meta(entries[-1]).received_at
    head = Head(last, frontier.to_bytes(), received_at, signed_head(KEYS, frontier))
    killed = MemoryStore()
    killed.write(Change(replace(head, folded=0), entries=entries, tiles=tiles))
    Refolding.catch_up(killed, KEYS, PARTNERS)
    return node_on(killed)


def shape_of(world: World) -> Any:
    """Where all stands, without positions and moments."""
    standing = world.restarting.standing()
    assert standing is not None
    steps = [(one["id"], one["state"], one["counts"], [gate["passed"] is not None for gate in one["gates"]]) for one in standing["steps"]]
    return steps, standing["ended"] and standing["ended"]["outcome"], world.node.horizon(), world.node.digest()


def commands(world: World) -> list[tuple[Callable[[], Any], Callable[[Run], bool]]]:
    """What people do, in order, each with how the run tells that it is done already."""

    def approved(step: str, oin: str, run: Run) -> bool:
        return any(one.partner == oin for _, one in run.steps[step].approvals)

    def rehearsed() -> None:
        world.restarting.check(report=world.rehearsed())

    told: list[tuple[Callable[[], Any], Callable[[Run], bool]]] = [(rehearsed, lambda run: bool(run.exercises))]
    for step in ("restore", "keys"):
        do = functools.partial(lambda step: world.restarting.done(step, by="a crew", evidence="x"), step)
        told.append((do, functools.partial(lambda step, run: run.steps[step].done is not None, step)))
    for step, feed in LINKS.items():
        state = functools.partial(lambda feed: world.restarting.check(statement=world.statement(feed)), feed)
        told.append((state, functools.partial(lambda step, run: bool(run.steps[step].statements), step)))
        for oin in (SKDB, GPS):
            sign = functools.partial(lambda step, oin: world.restarting.approve(world.approval(step, oin)), step, oin)
            told.append((sign, functools.partial(approved, step, oin)))
    return told


def go_on(world: World) -> None:
    """Do what is not done yet, and look at the gates."""
    run = world.restarting.run
    if run is None:
        world.restarting.begin(world.plan, **TWO)
    for do, is_done in commands(world):
        run = world.restarting.run
        assert run is not None
        if run.under_way and not is_done(run):
            do()
    if (run := world.restarting.run) is not None and run.under_way:
        world.restarting.check()


@given(seed=st.integers(0, 2**16), gates=some_gates, closed=st.booleans())
@settings(max_examples=max(settings().max_examples // 10, 5))
def test_killed_at_any_step_it_goes_on_to_the_same_end(seed: int, gates: tuple[Any, ...], closed: bool) -> None:
    with fresh("memory") as node:
        world = World(node, a_plan(gates))
        story = world.story()
        if closed:
            world.restarting.isolate(None, **WHO)
            world.rotate()
        else:
            node.receive(story[:5])
        begun = node.position
        world.restarting.begin(world.plan, **TWO)
        node.receive(story)
        received = node.position
        go_on(world)
        whole = shape_of(world)
        assert whole[1] == "completed"
        places = range(received, node.position + 1)
        for last in random.Random(seed).sample(places, min(4, len(places))):
            again = World.__new__(World)
            again.__dict__.update(world.__dict__)
            again.node = until(node.store, last)  # type: ignore[arg-type]
            again.clock.set(world.clock.at)
            assert begun < last
            go_on(again)
            assert shape_of(again) == whole


some_waits = st.lists(st.tuples(st.sampled_from(sorted(LINKS)), st.sampled_from(("restore", "keys", *LINKS))), max_size=4)


@given(gates=some_gates, waits=some_waits)
def test_no_gate_keeps_a_plan_from_its_end_whose_steps_can_all_be_done(gates: tuple[Any, ...], waits: list[tuple[str, str]]) -> None:
    order = ["restore", "keys", *LINKS]
    after = {step: {} for step in LINKS} | {"keys": {"restore": "after"}}
    for step, other in waits:
        if order.index(other) < order.index(step):
            after[step][other] = "after"
    with fresh("memory") as node, fresh("memory") as plain:
        world = World(node, a_plan(gates, waits=after))
        world.restarting.begin(world.plan, **TWO)
        story = world.story()
        node.receive(story)
        plain.receive(story)
        for _ in range(2):
            go_on(world)
        run = world.restarting.run
        assert run is not None
        assert run.ended is not None
        assert node.digest() == plain.digest()


def test_the_facade_keeps_nothing() -> None:
    """All that stands of a run stands in the journal: the object that acts has a node, and nothing else."""
    with fresh("memory") as node:
        assert vars(Restarting(node)) == {"_node": node}
