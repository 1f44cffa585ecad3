"""Nodes for searches: engines that cost nothing to open, and what is looked at in them after every step."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from msgspec.structs import astuple, replace

from hervat.assemble import Node
from hervat.batch import Gone, Manifest
from hervat.clock import SteppedClock
from hervat.emergency import Emergency
from hervat.errors import NotSo, Usage
from hervat.intake.admission import Judged, judge
from hervat.intake.ceilings import Ceiling
from hervat.intake.partnering import Wish
from hervat.intake.quarantine import QuarantineAct, QuarantineClosed, QuarantineOpened, QuarantineReleased
from hervat.intake.switching import SwitchAct
from hervat.intake.terms import Terms
from hervat.journal.entry import HEAD, RAW, open_entry
from hervat.journal.gone import NumbersGone
from hervat.journal.keys import NodeKeys
from hervat.journal.store import HELD, STATES, Row, Store
from hervat.message import SOURCE, UNKNOWN
from hervat.partner import Partner, Partners
from hervat.procedure import EmergencyProcedure, Procedures
from hervat.stores.memory import MemoryStore
from hervat.stores.postgres import PostgresStore
from hervat.stores.sqlite import SQLiteStore
from tests.postgres import empty_store
from tests.rooms.naive import Naive
from tests.rooms.steps import Act, Erasure, Lane, Leaving, Step

KEYS = NodeKeys.create("searched")
PARTNERS = Partners.default()
EMBEDDED = ("memory", "sqlite")
ENGINES = (*EMBEDDED, pytest.param("postgres", marks=pytest.mark.postgres))
KEPT = ENGINES[1:]
"""Those of which something is left to be verified."""
THOROUGH = settings(max_examples=3 * settings().max_examples)
"""For the searches that stand nearest to the contract; a set that goes wrong in a new way is rare."""
HALF = settings(max_examples=settings().max_examples // 2)
"""For what is asked at every position."""
FEW = settings(max_examples=settings().max_examples // 5)
"""For the same searches on a server, where every question is a journey."""


def node_on(store: Store) -> Node:
    clock = SteppedClock(datetime(2025, 9, 1, tzinfo=UTC), timedelta(seconds=1))
    return Node(store, KEYS, PARTNERS, clock, writer=True)


def at(node: Node, day: date) -> Node:
    """The node, with its clock on noon of a day."""
    clock = node._clock
    assert isinstance(clock, SteppedClock)
    clock.set(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    return node


@contextmanager
def fresh(engine: str) -> Iterator[Node]:
    """A node on an empty store."""
    if engine == "memory":
        yield node_on(MemoryStore())
        return
    if engine == "postgres":
        with empty_store() as url, closing(PostgresStore(url, writer=True)) as server:
            yield node_on(server)
        return
    with TemporaryDirectory(prefix="hervat-test-") as folder:
        store = SQLiteStore(Path(folder) / "store.db", writer=True, durable=False)
        try:
            yield node_on(store)
        finally:
            store.close()


def take(node: Node, step: Step) -> dict[str, Any] | None:
    """What the node answers; None where it does not let the act be: a ceiling or removal of nobody, an erasure of nothing, a procedure
    beside one that covers the same.
    """
    if isinstance(step, list):
        return node.receive(step, batch=max(len(step), 1))
    if isinstance(step, Erasure):
        return erase(node, step)
    name, said = step
    try:
        if isinstance(said, Ceiling):
            return open_by_hand(node, name) if said == Ceiling() else node.ceiling(name, said, by="a test", why="a search")
        if isinstance(said, Lane):
            return node.admit(lambda inbox: inbox.quarantine(lane_act(name, said)))
        if isinstance(said, Leaving):
            return node.admit(lambda inbox: inbox.gone(gone_act(name, said)))
        if isinstance(said, SwitchAct):
            return node.admit(lambda inbox: inbox.switch(said))
        if isinstance(said, EmergencyProcedure):
            return Emergency(node).open(said, by="a test", why="a search")
        if isinstance(said, date):
            return Emergency(node).close(name, said, by="a test", why="a search")
        if said is None:
            return node.remove_partner(name, by="a test", why="a search")
        return node.set_partner(name, Wish(name="x", roles=said), by="a test", why="a search")
    except Usage:
        return None


def open_by_hand(node: Node, source: str) -> dict[str, Any] | None:
    """What the node answers where it lets a source be named at all; where a restart or isolation governs that, the act is put in all the
    same: a node refuses it, and what it then admits hangs on both.
    """
    named = SOURCE.fullmatch(source)
    if named is None or not (node.roster().now.get(named["oin"]) or source in {feed.name for feed in node.store.feeds()}):
        return None
    return node.admit(lambda inbox: inbox.ceiling(source, Ceiling(), by="a test", why="a search"))


def lane_act(oin: str, said: Lane) -> QuarantineAct:
    """The act that a step of a lane is."""
    if said.opens is None:
        but = tuple(sorted(said.but))
        return QuarantineReleased(oin=oin, through=said.through, but=but, by="a test", second="another", ground="a search")
    if said.opens:
        return QuarantineOpened(oin=oin, by="a test", why="a search")
    return QuarantineClosed(oin=oin, by="a test", second="another", why="a search")


def gone_act(source: str, said: Leaving) -> NumbersGone:
    """The act that a step of leaving is; nobody looks at the signature again."""
    gone = tuple(Gone(sequence=number, digest=f"{number:064x}", id=id, whole=True) for number, id in said.gone)
    return NumbersGone(
        manifest=Manifest(
            from_=source.split(":")[3], to="00000099000000016000", source=source, first=1, last=9, gone=gone, root="0" * 64,
            made_at="2025-07-01T00:00:00Z", key="k", signature="",
        )
    )  # fmt: skip


def erase(node: Node, step: Erasure) -> dict[str, Any] | None:
    """The node's answer, or None where there is nothing to erase or it may not be."""
    who = {"by": "a test", "ground": "a search"}
    try:
        if step.skn is not None:
            return node.erase_person(step.skn, **who)
        position, part = chosen(node, step)
        return None if position is None else node.erase_message(position, part, **who)
    except NotSo:
        return None


def chosen(node: Node, step: Erasure) -> tuple[int | None, str | None]:
    """The position and the part that an erasure of a message means."""
    positions = [row.position for row in all_rows(node.store)]
    if not positions:
        return None, None
    position = positions[step.message % len(positions)]
    opened = open_entry(node.keys, node.store.entries_at([position])[position])
    parts = [None, *(segment.name for segment in opened.segments if segment.name not in (HEAD, RAW))]
    return position, parts[step.part % len(parts)]


def all_rows(store: Store) -> list[Row]:
    found = store.rows_at(range(1, store.head().size + 1))
    return [found[position] for position in sorted(found)]


def names_of(store: Store) -> dict[int, tuple[str, str]]:
    """The source and id of every message in custody, by position."""
    feeds = {feed.number: feed.name for feed in store.feeds()}
    return {row.position: (feeds[row.source], row.id or "") for row in all_rows(store)}


def state_of(node: Node) -> dict[tuple[str, str], Any]:
    """applied, refused, or why it is held and for what, of every message."""
    names = names_of(node.store)
    states: dict[tuple[str, str], Any] = {names[row.position]: STATES[row.state] for row in all_rows(node.store) if row.state != HELD}
    return states | {(one["source"], one["id"]): (one["reason"], one["needs"]) for one in node.held()}


class Sent:
    """What a node was sent, in order of position, for the oracle: every message once, every conflict once, and every act that may be.

    It keeps its own lists of partners and emergency procedures, by which it judges what comes.
    """

    def __init__(self) -> None:
        self.steps: list[Judged | Act] = []
        self.conflicts: set[tuple[Any, ...]] = set()
        self._partners = {partner.oin: partner for partner in PARTNERS}
        self._procedures = {procedure.name: procedure for procedure in Procedures.default()}
        self._closed: set[str] = set()
        self._feeds: set[str] = set()
        self._digests: dict[tuple[str, Any], bytes] = {}
        self._places: set[tuple[str, int]] = set()

    def add(self, step: Step) -> list[str]:
        """What must become of each message of a step, or of an act: new, duplicate, conflict, act; nothing where it may not be."""
        if isinstance(step, list):
            terms = Terms(Partners(self._partners.values()), Procedures(self._procedures.values()))
            return [self._message(judge(raw, terms)) for raw in step]
        if not self._may(*step):
            return []
        name, said = step
        if isinstance(said, Ceiling | Leaving):
            self._feeds.add(name)
        elif isinstance(said, Lane | SwitchAct):
            pass
        elif isinstance(said, EmergencyProcedure):
            self._procedures[name] = said
        elif isinstance(said, date):
            self._procedures[name] = replace(self._procedures[name], until=said)
            self._closed.add(name)
        elif said is None:
            del self._partners[name]
        else:
            self._partners[name] = Partner("x", name, said)
        self.steps.append(step)
        return ["act"]

    def _may(self, name: str, said: Any) -> bool:
        if isinstance(said, EmergencyProcedure | date):
            return self._may_proceed(name, said)
        if isinstance(said, Lane | Leaving | SwitchAct):
            return True
        named = SOURCE.fullmatch(name)
        if named is None:
            return said is not None or name in self._partners
        return named["oin"] in self._partners or name in self._feeds

    def _may_proceed(self, name: str, said: EmergencyProcedure | date) -> bool:
        known = self._procedures.get(name)
        if isinstance(said, date):
            return known is not None and name not in self._closed and said in days_of(known)
        taken = {(category, day) for one in self._procedures.values() for category in one.categories for day in days_of(one)}
        return known is None and not taken & {(category, day) for category in said.categories for day in days_of(said)}

    def _message(self, judged: Judged) -> str:
        known = judged.source != UNKNOWN
        name, place = (judged.source, judged.id if known else judged.digest), (judged.source, judged.sequence or 0)
        if name in self._digests or (known and judged.sequence and place in self._places):
            return "duplicate" if self._digests.get(name) == judged.digest else self._conflict((*name, judged.sequence, judged.digest))
        self._digests[name] = judged.digest
        self._places |= {place} if known and judged.sequence else set()
        self._feeds.add(judged.source)
        self.steps.append(judged)
        return "new"

    def _conflict(self, told: tuple[Any, ...]) -> str:
        """A conflict is an act at a position of its own, the first time."""
        if told not in self.conflicts:
            self.steps.append(("", Ceiling()))
        self.conflicts.add(told)
        return "conflict"

    def oracle(self, position: int | None = None) -> Naive:
        return Naive(self.steps[:position])


def days_of(procedure: EmergencyProcedure) -> set[date]:
    """The days of a procedure among those on which anything happens here."""
    days = {date(2025, 8, day) for day in range(1, 32)}
    return {day for day in days if procedure.from_ <= day <= (procedure.until or day)}


def expected(oracle: Naive) -> dict[tuple[str, str], Any]:
    """What `state_of` must give."""
    return {name: _told(oracle, name) for name in oracle.messages}


def _told(oracle: Naive, name: tuple[str, str]) -> Any:
    state = oracle.state(name)
    if state in ("ceiling", "quarantine"):
        return state, []
    if state == "gap":
        return "gap", [_break_of(oracle, name)]
    return ("needs", oracle.missing(name)) if state == "needs" else state


def _break_of(oracle: Naive, name: tuple[str, str]) -> str:
    while name in oracle.admitted:
        name = (name[0], oracle._previous(name) or "")
    return f"message:{name[0]}/{name[1]}"


def balance_of(node: Node) -> None:
    """received = applied + held + refused, counted again from the rows, for every source."""
    rows = all_rows(node.store)
    for feed in node.store.feeds():
        counted = [sum(row.source == feed.number and row.state == state for row in rows) for state in STATES]
        assert [feed.applied, feed.held, feed.refused] == counted
        assert feed.received == sum(counted)


def as_values(rows: Iterable[Row]) -> list[tuple[Any, ...]]:
    return [astuple(row) for row in rows]


def both_engines_keep_the_same(taken: Iterable[Step]) -> None:
    """After every step memory and a file hold the same rows and feeds, and the file folded again gives them once more."""
    with fresh("memory") as one, fresh("sqlite") as other:
        for step in taken:
            take(one, step)
            take(other, step)
            assert as_values(all_rows(one.store)) == as_values(all_rows(other.store))
            assert one.store.feeds() == other.store.feeds()
        assert one.horizon() == other.horizon()
        verified = other.verify()
        assert verified.ok, verified.difference


def is_that_of_the_oracle(taken: Iterable[Step], also: Callable[[Node], None] = lambda node: None) -> None:
    """After every step every state is that of the slow oracle, counts are those of the rows, and what was admitted once still is; `also`
    looks at the node then.
    """
    sent, admitted = Sent(), set[int]()
    with fresh("memory") as node:
        for step in taken:
            take(node, step)
            sent.add(step)
            assert state_of(node) == expected(sent.oracle())
            also(node)
            balance_of(node)
            now = {row.position for row in all_rows(node.store) if row.admitted_at}
            assert admitted <= now
            admitted = now
        applied_at_the_least_position(node, sent)


def applied_at_the_least_position(node: Node, sent: Sent) -> None:
    """Each message is applied at the least position at which the oracle, which looks at the whole set anew, applies it."""
    names, least = names_of(node.store), dict[Any, int]()
    for position in range(1, node.position + 1):
        for name in sent.oracle(position).applied:
            least.setdefault(name, position)
    assert {names[row.position]: row.applied_at for row in all_rows(node.store) if row.applied_at} == least
