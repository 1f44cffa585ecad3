"""The list of requests, a part at a time: every request once, the newest first, and never more of the journal than is said."""

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.consumers.disclosure import listed
from hervat.consumers.disclosure.given import Seen
from hervat.consumers.disclosure.listed import Listed, Which, newest
from hervat.disclosing import Disclosing
from hervat.errors import NotSo
from tests.rooms.messages import FEEDS
from tests.rooms.nodes import KEYS, fresh
from tests.rooms.requested import FULL
from tests.rooms.test_disclosing import NOTHING, ON, Telling, asks, begun


def walked(told: Telling, which: Which, many: int) -> Iterator[Listed]:
    before: int | None = told.node.position + 1
    while before is not None:
        part = newest(told.node.store, KEYS, before, which, many)
        assert len(part.listed) <= many and (part.before is None or part.before < before)
        yield from part.listed
        before = part.before


TURNS = st.lists(st.sampled_from(("ask", "answer", "retract", "other")), max_size=12)


@given(turns=TURNS, many=st.integers(1, 4), at_once=st.integers(1, 5))
def test_every_request_is_met_once_whatever_the_size_of_a_part(turns: list[str], many: int, at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patched, fresh("memory") as node:
        patched.setattr(listed, "_AT_ONCE", at_once)
        patched.setattr(listed, "_MOST", 2 * at_once)
        told, standing, answered, every = begun(node), list[int](), set[int](), list[int]()
        for turn in turns:
            if turn == "ask":
                every.append(asks(told, FULL))
                standing.append(every[-1])
            elif turn == "answer" and standing:
                told.disclosing.give(standing[0], NOTHING, ON, by="j")
                answered.add(standing[0])
            elif turn == "retract" and standing:
                row = node.store.rows_at([standing.pop()]).popitem()[1]
                told.tell("ind", "message-retracted", {"retracts": {"source": FEEDS["ind"], "id": row.id}, "ground": "g"})
            else:
                told.tell("gps", "case-registered", {"pn": f"10/{node.position:06d}-25", "skn": "S1", "office": "x", **RECEIVED})
        expected: dict[Which, set[int]] = {"all": set(every), "answered": answered, "waiting": set(standing) - answered}
        for which, positions in expected.items():
            met = list(walked(told, which, many))
            assert [one.row.position for one in met] == sorted(positions, reverse=True)
            assert [(one.row.position in answered, one.row.position in standing) for one in met] == [
                (one.last is not None, one.stands) for one in met
            ]
            assert all(one.data is not None and one.data.article == FULL["article"] for one in met)


RECEIVED = {"received_on": "2025-07-03", "charges": [{"charge": 1, "article": "Sr 310", "label": "l", "class": "misdrijf",
            "period": {"from": "2025-07-01", "to": "2025-07-01"}}]}  # fmt: skip


def test_what_was_looked_at_is_what_is_handed_out_or_nothing_is() -> None:
    with fresh("memory") as node:
        told = begun(node)
        request = asks(told, FULL)
        seen = listed_seen(told, request, ON)
        told.tell("gps", "case-registered", {"pn": "10/000009-25", "skn": "S1", "office": "x", **RECEIVED})
        before = node.position
        with pytest.raises(NotSo, match="not what you looked at"):
            told.disclosing.give(request, NOTHING, ON, by="j", seen=seen)
        assert node.position == before
        fresh_seen = listed_seen(told, request, ON)
        told.disclosing.give(request, NOTHING, ON, by="j", seen=fresh_seen)
        with pytest.raises(NotSo, match=f"others than you looked at: its last answer is at position {before + 1}"):
            told.disclosing.give(request, NOTHING, ON, by="j", seen=fresh_seen)


def listed_seen(told: Telling, request: int, on: date) -> Seen:
    disclosing = Disclosing(told.node)
    return Seen(number=1, hash=disclosing.hash_of(disclosing.answer(request, NOTHING, on)))
