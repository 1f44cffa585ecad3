"""One suite for every engine behind the Store port: the same change written, the same answer to every question.

- `QUESTIONS` has every method of the port, asked with what is there and with what is not; a method without a question fails.
- What the port promises about writing is asked of each engine by itself.
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from hervat.errors import StoreFault
from hervat.intake.folding import STEERING
from hervat.journal.entry import Entry
from hervat.journal.store import APPLIED, HELD, REFUSED, Act, Change, Declared, Feed, Head, Near, Row, Store, Turn
from hervat.journal.tree import Tile
from hervat.stores.opening import place_of
from tests.postgres import empty_store
from tests.rooms.nodes import ENGINES, FEW, as_values, fresh, take
from tests.rooms.steps import Step, steps

ABSENT, FAR = b"absent".ljust(16), 1_000_000


class Asked:
    """What may be asked about: everything that some row, link or act of a store names, and what none does."""

    def __init__(self, store: Store) -> None:
        rows = list(store.rows_at(range(1, store.head().size + 1)).values())
        packed = [row.needs + row.gives for row in rows]
        self.positions = [*range(store.head().size + 2), FAR]
        self.idents = [ABSENT, *(ident for row in rows for ident in (row.ident, row.target, row.previous) if ident)]
        self.keys = [ABSENT, *(pack[start : start + 16] for pack in packed for start in range(0, len(pack), 16))]
        self.waited = [ABSENT, *(row.waits_on for row in rows if row.waits_on)]
        self.subjects = [ABSENT, *{row.subject for row in rows if row.subject}]
        self.sources = [*(feed.number for feed in store.feeds()), 99]
        self.places = [(source, sequence) for source in self.sources for sequence in range(12)]
        self.acts = [ABSENT, *self.idents]


def _rows(found: Any) -> Any:
    return as_values(sorted(found, key=lambda row: row.position))


def _by(found: dict[Any, Row]) -> Any:
    return {key: as_values([row]) for key, row in found.items()}


def _near(found: Near) -> Any:
    return found.links, _by(found.rows), sorted(found.entries), {ident: sorted(at) for ident, at in found.amendments.items()}


def _each(ask: Callable[..., Any], *arguments: Any) -> Any:
    """The answers to one question with every argument in turn."""
    first, *rest = arguments
    return {one: _each(lambda *more, one=one: ask(one, *more), *rest) if rest else ask(one) for one in first}


QUESTIONS: dict[str, Callable[[Store, Asked], Any]] = {
    "head": lambda store, asked: store.head(),
    "feeds": lambda store, asked: store.feeds(),
    "entries": lambda store, asked: [list(store.entries(first, last)) for first, last in ((1, FAR), (2, 3), (3, 2), (0, 1))],
    "entries_at": lambda store, asked: store.entries_at(asked.positions),
    "leaves": lambda store, asked: [list(store.leaves(first, count)) for first, count in ((0, FAR), (1, 2), (FAR, 1), (0, 0))],
    "tile": lambda store, asked: [store.tile(level, index) for level in (1, 2) for index in (0, 1)],
    "rows_at": lambda store, asked: _by(store.rows_at(asked.positions)),
    "rows_by_ident": lambda store, asked: _by(store.rows_by_ident(asked.idents)),
    "rows_by_sequence": lambda store, asked: store.rows_by_sequence(asked.places),
    "links": lambda store, asked: store.links(asked.keys),
    "near": lambda store, asked: [_near(store.near(keys)) for keys in (asked.keys, asked.waited, [])],
    "waits": lambda store, asked: sorted(store.waits()),
    "named": lambda store, asked: sorted(set(store.named())),
    "waiting": lambda store, asked: {key: sorted(found) for key, found in store.waiting(asked.waited).items()},
    "amendments_of": lambda store, asked: {key: sorted(found) for key, found in store.amendments_of(asked.idents).items()},
    "acts_by_ident": lambda store, asked: store.acts_by_ident(asked.acts),
    "acts": lambda store, asked: _each(store.acts, (*STEERING, "conflict", "nothing"), asked.positions),
    "last_message": lambda store, asked: [store.last_message(last) for last in (0, *asked.positions)],
    "held": lambda store, asked: [as_values(store.held(after, limit)) for after in asked.positions for limit in (1, 3, FAR)],
    "missing": lambda store, asked: _each(store.missing, asked.sources),
    "gone": lambda store, asked: _each(store.gone, asked.sources),
    "claims_on": lambda store, asked: {place: sorted(store.claims_on(*place), key=lambda one: one.position) for place in asked.places},
    "adrift": lambda store, asked: as_values(store.adrift()),
    "held_for_keys": lambda store, asked: [as_values(store.held_for_keys(at, limit)) for at in asked.positions for limit in (1, FAR)],
    "held_about": lambda store, asked: _rows(store.held_about(asked.subjects)),
    "changed": lambda store, asked: [store.changed(position) for position in (0, *asked.positions)],
    "about": lambda store, asked: _rows(store.about(asked.subjects)),
    "held_at": lambda store, asked: [as_values(store.held_at(position)) for position in asked.positions],
    "refused": lambda store, asked: as_values(store.refused()),
    "in_quarantine": lambda store, asked: [store.in_quarantine(source) for source in asked.sources],
    "not_admitted": lambda store, asked: [as_values(store.not_admitted(source)) for source in asked.sources],
    "applied": lambda store, asked: [as_values(store.applied(after, limit)) for after in asked.positions for limit in (1, FAR)],
    "declared": lambda store, asked: [
        list(store.declared(source, kind)) for source in asked.sources for kind in ("watermark", "stock-declared")
    ],
    "declared_at": lambda store, asked: store.declared_at(asked.positions),
    "declaring": lambda store, asked: [as_values(store.declaring(last)) for last in asked.positions],
    "of_kind": lambda store, asked: [
        as_values(store.of_kind(kind, last)) for kind in ("case-registered", "watermark", "unheard-of") for last in asked.positions
    ],
    "unchecked": lambda store, asked: sorted(store.unchecked(), key=lambda one: one.position),
    "gaps": lambda store, asked: [
        list(map(tuple, store.gaps(source, after, last)))
        for source, last in _pairs(asked.sources, asked.positions)
        for after in (0, 2)
    ],
    "contiguous": lambda store, asked: [
        store.contiguous(source, after, last) for source, last in _pairs(asked.sources, asked.positions) for after in (0, 2)
    ],
    "sequence_run": lambda store, asked: [store.sequence_run(source, first, 4) for source in asked.sources for first in (1, 3, 9)],
    "first_held": lambda store, asked: [store.first_held(source) for source in asked.sources],
    "tally": lambda store, asked: [store.tally(after) for after in asked.positions],
    "tally_at": lambda store, asked: [store.tally_at(position) for position in asked.positions],
    "lives": lambda store, asked: list(store.lives()),
    "boxes": lambda store, asked: {position: len(box) for position, box in store.boxes(asked.positions).items()},
    "all_turns": lambda store, asked: {position: sorted(found, key=_at) for position, found in store.all_turns().items()},
    "turns": lambda store, asked: {position: sorted(found, key=_at) for position, found in store.turns(asked.positions).items()},
}


def _pairs(one: list[int], other: list[int]) -> Iterator[tuple[int, int]]:
    return ((first, second) for first in one for second in other)


def _at(turn: Turn) -> int:
    return turn.at


def answers(store: Store) -> dict[str, Any]:
    asked = Asked(store)
    return {name: ask(store, asked) for name, ask in QUESTIONS.items()}


def test_every_method_of_the_port_is_asked() -> None:
    port = {name for name in vars(Store) if not name.startswith("_")}
    assert QUESTIONS.keys() | {"write", "settle", "abandon", "scrub", "unscrubbed", "close"} == port


@given(taken=steps())
def test_every_question_has_the_same_answer_in_memory_and_on_sqlite(taken: list[Step]) -> None:
    answers_are_the_same("sqlite", taken)


@pytest.mark.postgres
@given(taken=steps())
@FEW
def test_every_question_has_the_same_answer_in_memory_and_on_postgres(taken: list[Step]) -> None:
    answers_are_the_same("postgres", taken)


def answers_are_the_same(engine: str, taken: list[Step]) -> None:
    """Seals and keys of entries are random, so of these only the numbers are compared."""
    with fresh("memory") as one, fresh(engine) as other:
        for step in taken:
            take(one, step)
            take(other, step)
        first, second = answers(one.store), answers(other.store)
        for told in (first, second):
            told["head"] = told["head"].size
            told["entries"] = [[entry.position for entry in found] for found in told["entries"]]
            told["entries_at"] = sorted(told["entries_at"])
            told["leaves"] = list(map(len, told["leaves"]))
        assert first == second


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with fresh(request.param) as node:
        yield node.store


def _key(letter: str) -> bytes:
    return letter.encode() * 16


def _entries(first: int, last: int) -> list[Entry]:
    return [Entry(position, b"meta", b"parts", b"box", bytes([position]) * 32) for position in range(first, last + 1)]


def _change() -> Change:
    """Three messages and an act: one applied that lost and regained its support, one held, one refused."""
    rows = [
        Row(1, 1, "a", 1, "watermark", "t", _key("a"), gives=_key("k") + _key("t"), admitted_at=1, complete=1, state=APPLIED, applied_at=1),
        Row(2, 1, "b", 3, "case-registered", "t", _key("b"), target=_key("a"), needs=_key("k") + _key("t"), waits_on=_key("k"), state=HELD,
            quarantined=1),
        Row(3, 2, None, None, None, None, _key("c"), refusal="{}", admitted_at=3, subject=_key("s"), state=REFUSED),
    ]
    return Change(
        Head(4, b"frontier", "2025-09-01T00:00:00.000000Z", "note"),
        entries=_entries(1, 4),
        tiles=[Tile(1, 0, b"h" * 32)],
        new_rows=rows,
        links={(_key("k"), 1): True, (_key("t"), 1): False, (_key("k"), 2): False},
        missing={(1, 2): 2, (2, 5): 9},
        turns=[Turn(2, 1, HELD), Turn(3, 1, APPLIED), Turn(3, 3, REFUSED)],
        acts=[Act(4, "conflict", _key("x"))],
        declared=[Declared(1, 1, 0, "{}", None)],
        feeds=[Feed(1, "one", 2, 1, 1, 0, 1, 3, 2, None), Feed(2, "two", 1, 0, 0, 1, 0, 0, 0, '{"hold":true}', 0, 1)],
    )


def test_an_empty_store_knows_nothing(store: Store) -> None:
    told = answers(store)
    assert told["head"] == Head()
    assert not any(told[name] for name in ("feeds", "rows_at", "entries_at", "links", "waits", "turns", "declared_at", "unchecked"))


def test_what_was_written_is_what_is_read(store: Store) -> None:
    store.write(_change())
    assert store.head() == _change().head
    assert store.feeds() == _change().feeds
    assert list(store.entries(1, 9)) == list(store.entries(1, (1 << 63) - 1)) == _entries(1, 4)
    assert store.tile(1, 0) == b"h" * 32
    assert as_values(store.rows_at([3, 1, 2]).values()) and _rows(store.rows_at([1, 2, 3]).values()) == as_values(_change().new_rows)
    assert store.links([_key("k"), _key("t"), ABSENT]) == {_key("k"): {1: True, 2: False}, _key("t"): {1: False}}
    assert store.near([_key("k"), _key("t"), ABSENT]).entries == store.entries_at([1, 2])
    assert store.waiting([_key("k")]) == {_key("k"): [2]}
    assert store.amendments_of([_key("a")]) == {_key("a"): [2]}
    assert store.gaps(1, 0, 4) == store.missing(1) == [(2, 2)]
    assert [store.contiguous(1, 0, last) for last in (0, 1, 4)] == [0, 1, 1]
    assert [store.tally(after) for after in (0, 2)] == [{APPLIED: 1, HELD: 1, REFUSED: 1}, {REFUSED: 1}]
    assert [[row.position for row in store.held_at(position)] for position in (1, 2, 3)] == [[], [1, 2], [2]]
    assert store.tally_at(2) == {(1, HELD): (2, 1)}
    assert [one.position for one in store.unchecked()] == [1]
    assert store.first_held(1) == 3


def test_a_later_change_replaces_what_it_names(store: Store) -> None:
    store.write(_change())
    row = store.rows_at([2])[2]
    row.waits_on, row.state, row.applied_at, row.needs = None, APPLIED, 5, b""
    store.write(
        Change(
            Head(5, b"f", "m", "n"),
            entries=_entries(5, 5),
            changed_rows=[row],
            links={(_key("k"), 1): None, (_key("k"), 2): True},
            declared=[Declared(1, 1, 0, "{}", 1)],
            missing={(1, 2): None, (2, 5): 7, (2, 9): 9},
            feeds=[replace(_change().feeds[0], applied=2, held=0)],
        )
    )
    assert as_values(store.rows_at([2]).values()) == as_values([row])
    assert store.links([_key("k")]) == {_key("k"): {2: True}}
    assert store.waiting([_key("k")]) == {}
    assert [store.missing(source) for source in (1, 2)] == [[], [(5, 7), (9, 9)]]
    assert [row.position for row in store.applied(0, 9)] == [1, 2]
    assert store.unchecked() == []
    assert [feed.applied for feed in store.feeds()] == [2, 0]


def test_a_change_that_does_not_follow_on_is_not_written_at_all(store: Store) -> None:
    store.write(_change())
    before = answers(store)
    row = store.rows_at([2])[2]
    row.state = APPLIED
    for first in (4, 6):
        with pytest.raises(StoreFault):
            store.write(
                Change(Head(4), entries=_entries(first, 6), changed_rows=[row], links={(_key("k"), 1): None}, feeds=[Feed(3, "three")])
            )
        assert answers(store) == before


def test_what_a_reader_changes_is_its_own(store: Store) -> None:
    store.write(_change())
    before = answers(store)
    store.head().size = 99
    for row in (*store.rows_at([1, 2]).values(), *store.held(0, 9), *store.applied(0, 9), *store.rows_by_ident([_key("a")]).values()):
        row.state, row.needs = REFUSED, b"x"
    for feed in store.feeds():
        feed.received = 99
    store.links([_key("k")])[_key("k")][1] = False
    store.waiting([_key("k")])[_key("k")].append(9)
    next(iter(store.unchecked())).holds = 1
    assert answers(store) == before


@pytest.fixture(params=ENGINES[1:])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a store that outlives whoever opens it."""
    with empty_store() if request.param == "postgres" else nullcontext(f"sqlite:///{tmp_path / 'store.db'}") as found:
        yield found


def test_what_is_not_settled_is_seen_by_its_writer_alone_and_comes_whole_or_not_at_all(url: str) -> None:
    writer = place_of(url).open(writer=True)
    reader = place_of(url).open(writer=False)
    empty = answers(reader)
    writer.write(_change(), settle=False)
    assert writer.head().size == 4
    assert answers(reader) == empty
    writer.abandon()
    assert answers(writer) == empty
    writer.write(_change(), settle=False)
    writer.write(Change(Head(5), entries=_entries(5, 5)), settle=False)
    writer.settle()
    assert reader.head().size == 5
    with pytest.raises(StoreFault):
        writer.write(Change(Head(6), entries=_entries(6, 6)), settle=False)
        writer.write(Change(Head(7), entries=_entries(5, 5)), settle=False)
    writer.settle()
    assert reader.last_position() == 5
    writer.write(Change(Head(6), entries=_entries(6, 6)), settle=False)
    writer.close()
    assert reader.last_position() == 5
    reader.close()


def test_a_store_says_the_same_once_it_was_closed_and_opened_again(url: str) -> None:
    first = place_of(url).open(writer=True)
    first.write(_change())
    before = answers(first)
    first.close()
    again = place_of(url).open(writer=False)
    assert answers(again) == before
    again.close()
