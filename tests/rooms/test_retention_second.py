"""The two computations of what is due agree, whatever the history and the day; a fault in either is seen."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.consumers.retention import recompute, recorded, restated, weighed
from hervat.consumers.retention.beside import Difference
from hervat.retaining import desk_of
from tests.rooms.kept import LIGHT, Feeds, charge, histories, pn
from tests.rooms.nodes import THOROUGH, at, fresh


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    """What the law said is not remembered from before a fault, nor from under it."""
    weighed._asked.cache_clear()
    yield
    weighed._asked.cache_clear()


days = st.dates(date(2020, 1, 1), date(2090, 1, 1))


def differences(node: Node, on: date) -> list[Difference]:
    return list(desk_of(node).compared(on).differences)


@THOROUGH
@given(feeds=histories(), on=days, data=st.data())
def test_the_two_agree_on_every_history(feeds: Feeds, on: date, data: st.DataObject) -> None:
    with fresh("memory") as node:
        at(node, on).receive(data.draw(st.permutations(feeds.all)))
        if any(row["held"] for row in node.horizon()):
            event("something is held")
            assert list(desk_of(node).second(on)) == []
        else:
            compared = desk_of(node).compared(on)
            assert list(compared.differences) == []
            event(f"due: {len(compared.due)}")


ON = date(2026, 1, 1)
DONE = date(1940, 1, 1)


def one_of_each() -> Feeds:
    """For every rule a charge of a person of its own that comes due on the very day: a day more, and it would not be due."""
    feeds = Feeds()
    prison = [{"sentence": "1", "kind": "imprisonment", "years": 21}]
    life = [{"sentence": "1", "kind": "imprisonment", "life": True}]
    rows: list[tuple[str, dict[str, Any] | None, str, str, list[dict[str, Any]]]] = [
        ("Sr 310", {"years": 6}, "misdrijf", "1996-01-01", LIGHT),
        ("Sr 310", {"years": 5}, "misdrijf", "2006-01-01", []),
        ("Sr 302", {"years": 12}, "misdrijf", "1976-01-01", prison),
        ("Sr 302", {"years": 30}, "misdrijf", "1946-01-01", life),
        ("Sr 242", {"years": 12}, "misdrijf", "1946-01-01", LIGHT),
        ("Sr 250", {"years": 4}, "misdrijf", "1946-01-01", LIGHT),
        ("WVW 5", None, "overtreding", "2021-01-01", LIGHT),
        ("WVW 5", None, "overtreding", "2016-01-01", [{"sentence": "1", "kind": "community-service", "hours": 40}]),
    ]
    for number, (article, maximum, sort, on, sentences) in enumerate(rows, 1):
        feeds.person(f"S{number}")
        feeds.case(number, f"S{number}", date(1945, 1, 1), [charge(1, DONE, article, sort, maximum)])
        feeds.judgment(number, date.fromisoformat(on), {1: "acquitted" if number == 2 else "convicted"}, sentences)
    for number, (maximum, sort, died) in enumerate(
        (({"years": 6}, "misdrijf", "2006-01-01"), ({"years": 4}, "misdrijf", "2014-01-01"), (None, "overtreding", "2024-01-01")), 20
    ):
        feeds.person(f"S{number}")
        feeds.case(number, f"S{number}", DONE, [charge(1, DONE, "Sr 242" if number < 22 else "WVW 5", sort, maximum)])
        feeds.tell("skdb", "person-died", skn=f"S{number}", died_on=died)
    for number, (code, on) in enumerate((("01", "2026-01-01"), ("09", "2025-01-01"), ("02", "2006-01-01"), ("04", "2006-01-01")), 30):
        feeds.person(f"S{number}")
        feeds.case(number, f"S{number}", DONE, [charge(1, DONE, maximum={"years": 4})])
        feeds.tell("gps", "case-dismissed", pn=pn(number), charges=[1], code=code, conditional=False, decided_on=on)
    feeds.person("S40")
    for number, on in ((40, "1990-01-01"), (41, "2006-01-01")):
        feeds.case(number, "S40", DONE, [charge(1, DONE, maximum={"years": 4})])
        feeds.judgment(number, date.fromisoformat(on), {1: "convicted"}, LIGHT)
    feeds.close()
    return feeds


def node_differs() -> bool:
    with fresh("memory") as node:
        at(node, ON).receive(one_of_each().all)
        return bool(differences(node, ON))


def test_of_each_one_is_due_by_both() -> None:
    with fresh("memory") as node:
        at(node, ON).receive(one_of_each().all)
        compared = desk_of(node).compared(ON)
        assert list(compared.differences) == []
        assert len(compared.due) == 17


NUMBERS = [(room, name) for room in ("misdrijf", "overtreding") for name, value in restated.VALUES[room].items() if isinstance(value, int)]


@pytest.mark.parametrize(("room", "name"), NUMBERS)
def test_a_wrong_value_in_the_second_is_seen(room: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Custody of 21 years is beyond the first bound by one, and below the other by far.
    by = -20 if name == "longest_custody_above" else 1
    monkeypatch.setitem(restated.VALUES[room], name, restated.VALUES[room][name] + by)
    assert node_differs()


@pytest.mark.parametrize(("name", "without"), [("removing", "01"), ("removing", "09"), ("keeping", "02")])
def test_a_code_that_is_forgotten_is_seen(name: str, without: str, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = [code for code in restated.VALUES["dismissed"][name] if code != without]
    monkeypatch.setitem(restated.VALUES["dismissed"], name, codes)
    assert node_differs()


@pytest.mark.parametrize(
    ("where", "name", "value"),
    [
        (recorded, "JUDGED", ("convicted",)),
        (recorded, "IMPOSES", ()),
        (recorded, "NO_CUSTODY", ("imprisonment",)),
        (recorded, "_days_of_judging", lambda case: iter(())),
        (recompute, "_JUDGED", ("convicted",)),
        (recompute, "_IMPOSING", ()),
        (restated, "_is_heavy", lambda maximum, day: True),
        (restated, "_lengthened", lambda start, years, others, at: restated.later(start, years=years)),
        (weighed, "_by_term", lambda found, rule, sight, on: weighed._Said("running", rule, None, "x", ())),
    ],
)
def test_a_fault_in_either_is_seen(where: Any, name: str, value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(where, name, value)
    assert node_differs()
