"""The drain that was kept tells what one that is worked out anew does, and both what is counted of each day's end alone."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.clock import SteppedClock, end_of
from hervat.errors import StoreFault
from hervat.journal.store import STATES, Store
from hervat.register.drain import Drain
from tests.rooms.messages import message_sets
from tests.rooms.nodes import fresh, take
from tests.rooms.restarted import World, a_plan
from tests.rooms.steps import ceiling_acts


def counted(node: Node) -> list[dict[str, Any]]:
    """Each day's end by itself, from what the store tallies at a position."""
    clock, found = node._clock, []
    assert isinstance(clock, SteppedClock)
    days = [day["day"] for day in node.drain()]
    for day in days:
        tally: dict[str, int] = dict.fromkeys(STATES.values(), 0)
        for (_, state), (n, _) in node.store.tally_at(node.position_at(end_of(date.fromisoformat(day)))).items():
            tally[STATES[state]] += n
        found.append({"day": day, "received": sum(tally.values())} | tally)
    return found


@given(messages=message_sets(12).filter(bool), data=st.data())
@settings(max_examples=max(settings().max_examples // 3, 5))
def test_what_was_kept_goes_on_as_if_it_was_worked_out_anew(messages: list[bytes], data: st.DataObject) -> None:
    kept = Drain()
    with fresh("memory") as node:
        clock = node._clock
        assert isinstance(clock, SteppedClock)
        assert node.drain(kept) == []
        for _ in range(data.draw(st.integers(1, 5))):
            if data.draw(st.booleans()):
                take(node, data.draw(ceiling_acts))
            node.receive(data.draw(st.lists(st.sampled_from(messages), max_size=6)), batch=3)
            clock.advance(timedelta(hours=data.draw(st.sampled_from((0, 5, 30)))))
            if data.draw(st.booleans()):
                assert node.drain(kept) == node.drain() == counted(node)
        assert node.drain(kept) == node.drain(kept) == node.drain() == counted(node)
    with fresh("memory") as other:
        # Another journal at the same place: nothing of the first is told of it.
        other.receive(messages[:1])
        assert other.drain(kept) == other.drain()


def test_of_a_position_that_was_told_nothing_is_read_and_of_a_later_one_what_came_since() -> None:
    kept, read = Drain(), list[str]()
    with fresh("sqlite") as node:
        story = World(node, a_plan()).story()
        node.receive(story[:-1])
        node.drain(kept)
        node.store._db.set_trace_callback(read.append)  # type: ignore[attr-defined]
        node.drain(kept)
        assert not [line for line in read if "message" in line or "turn" in line]
        node.store._db.set_trace_callback(None)  # type: ignore[attr-defined]
        node.receive(story[-1:])
        node.store._db.set_trace_callback(read.append)  # type: ignore[attr-defined]
        assert node.drain(kept)[-1]["received"] == len(story)
        assert not [line for line in read if "SELECT position, applied_at FROM message" in line]
        node.drain()
        assert [line for line in read if "SELECT position, applied_at FROM message" in line]


@pytest.mark.parametrize("at", ["lives", "entries_at", "changed"])
def test_what_was_broken_off_is_not_counted_twice(at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store fails in the middle of a read, the first time or a later one; asked again, the drain is what it would have been."""
    kept = Drain()
    with fresh("sqlite") as node:
        story = World(node, a_plan()).story()
        node.receive(story[:-2])
        if at == "changed":
            node.drain(kept)
            node.receive(story[-2:])
        whole = getattr(type(node.store), at)

        def breaks(store: Store, *asked: Any) -> Any:
            found = whole(store, *asked)
            if at == "entries_at":
                raise StoreFault("the connection was lost")
            return _broken_off(found)

        monkeypatch.setattr(type(node.store), at, breaks)
        with pytest.raises(StoreFault):
            node.drain(kept)
        monkeypatch.undo()
        assert node.drain(kept) == node.drain() == counted(node)


def _broken_off(found: Iterable[Any]) -> Iterator[Any]:
    yield next(iter(found))
    raise StoreFault("the connection was lost")


def test_what_came_since_is_found_without_reading_the_tables_whole() -> None:
    with fresh("sqlite") as node:
        store: Any = node.store
        plan = [row[-1] for row in store._db.execute(f"EXPLAIN QUERY PLAN {store._sql['changed']}", {"after": 1})]
    assert not [line for line in plan if "SCAN message" in line or "SCAN turn" in line], plan
