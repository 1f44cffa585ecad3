"""Two dates choose, without hole and without overlap: for any tiling that is made here, and for every value of every rule."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hervat.law.book import RULES
from hervat.law.dated import Dated, Held, Reach, Span
from tests.law.facts import DAYS

SHIPPED = [
    pytest.param(dated, id=f"{rule.name} {name}")
    for rule in RULES.values()
    for name, dated in [("text", rule.text.versions), *((name, one.values) for name, one in rule.text.parameters.items())]
]


def inside(span: Span, day: date) -> bool:
    return (span.first or date.min) <= day and (span.until is None or day < span.until)


def holding(dated: Dated[Any], on: date, facts_on: date) -> list[Held[Any]]:
    return [held for held in dated.values if inside(held.reach.decided, on) and inside(held.reach.facts, facts_on)]


@pytest.mark.parametrize("dated", SHIPPED)
@given(on=DAYS, facts_on=DAYS)
def test_of_every_value_of_every_rule_exactly_one_holds_on_each_pair_of_days(dated: Dated[Any], on: date, facts_on: date) -> None:
    found = holding(dated, on, facts_on)
    assert len(found) == (inside(dated.reach.decided, on) and inside(dated.reach.facts, facts_on))
    assert dated.at(on, facts_on) is (found[0] if found else None)


def cut(span: Span, day: date) -> tuple[Span, Span] | None:
    if not (span.first or date.min) < day or (span.until is not None and day >= span.until):
        return None
    return Span(span.first, day), Span(day, span.until)


@st.composite
def tilings(draw: Callable[..., Any]) -> tuple[Reach, list[Reach]]:
    """A reach, cut up again and again along either axis, so that its pieces lie side by side by construction."""
    bounds = draw(st.sampled_from([Span(), Span(date(2011, 7, 1)), Span(None, date(2027, 1, 1)), Span(date(2011, 7, 1), date(2027, 1, 1))]))
    whole = Reach(bounds, draw(st.sampled_from([Span(), Span(date(2010, 1, 1))])))
    pieces = [whole]
    for _ in range(draw(st.integers(0, 6))):
        one = pieces.pop(draw(st.integers(0, len(pieces) - 1)))
        by_decision, day = draw(st.booleans()), draw(DAYS)
        halves = cut(one.decided if by_decision else one.facts, day)
        if halves is None:
            pieces.append(one)
        else:
            pieces += [Reach(half, one.facts) if by_decision else Reach(one.decided, half) for half in halves]
    return whole, draw(st.permutations(pieces))


def numbered(pieces: list[Reach]) -> list[Held[int]]:
    return [Held(number, reach) for number, reach in enumerate(pieces)]


@given(tiling=tilings(), on=DAYS, facts_on=DAYS)
def test_whatever_lies_side_by_side_is_taken_and_chosen_from(tiling: tuple[Reach, list[Reach]], on: date, facts_on: date) -> None:
    whole, pieces = tiling
    dated = Dated(whole, numbered(pieces))
    assert len(holding(dated, on, facts_on)) == (inside(whole.decided, on) and inside(whole.facts, facts_on))


@given(tiling=tilings(), which=st.integers(0, 6))
def test_a_piece_that_is_missing_or_there_twice_is_a_fault(tiling: tuple[Reach, list[Reach]], which: int) -> None:
    whole, pieces = tiling
    one = pieces[which % len(pieces)]
    with pytest.raises(ValueError, match=r"no value holds in a decision on .* about facts of "):
        Dated(whole, numbered([piece for piece in pieces if piece is not one]))
    with pytest.raises(ValueError, match=r"two values hold in a decision on .* about facts of "):
        Dated(whole, numbered([*pieces, one]))


@given(tiling=tilings(), on=DAYS, days=st.tuples(DAYS, DAYS).map(sorted))
def test_between_two_days_is_all_that_holds_on_some_day_between(tiling: tuple[Reach, list[Reach]], on: date, days: list[date]) -> None:
    whole, pieces = tiling
    first, last = days
    assume(inside(whole.facts, first) and inside(whole.facts, last) and inside(whole.decided, on))
    dated = Dated(whole, numbered(pieces))
    overlapping = {
        held.value
        for held in dated.values
        if inside(held.reach.decided, on)
        and (held.reach.facts.first or date.min) <= last
        and (held.reach.facts.until is None or held.reach.facts.until > first)
    }
    found = dated.between(on, first, last)
    assert found is not None and {held.value for _, held in found} == overlapping
    assert all(inside(held.reach.facts, day) and first <= day <= last for day, held in found)


@given(tiling=tilings(), on=DAYS, days=st.tuples(DAYS, DAYS))
def test_what_is_chosen_between_two_days_is_what_holds_there_and_until_when(
    tiling: tuple[Reach, list[Reach]], on: date, days: tuple[date, date]
) -> None:
    """What is known of other days of the same stretch is not asked again."""
    whole, pieces = tiling
    dated = Dated(whole, numbered(pieces))
    found, chosen = dated.between(on, *days), dated.chosen(on, *days)
    if found is None:
        assert chosen is None
    else:
        assert chosen is not None
        assert [(one.held, one.changes_on) for one in chosen] == [(held, dated.changes_on(on, day)) for day, held in found]
        assert all(dated.values[one.number] is one.held for one in chosen)


@given(tiling=tilings(), on=DAYS, facts_on=DAYS, share=st.floats(0, 1))
def test_what_holds_goes_on_holding_until_the_day_on_which_it_changes(
    tiling: tuple[Reach, list[Reach]], on: date, facts_on: date, share: float
) -> None:
    whole, pieces = tiling
    dated = Dated(whole, numbered(pieces))
    changes_on = dated.changes_on(on, facts_on)
    if changes_on is not None:
        assert changes_on > on and dated.at(changes_on, facts_on) is not dated.at(on, facts_on)
    last = date.max if changes_on is None else changes_on - timedelta(days=1)
    for later in (last, on + round(share * (last - on).days) * timedelta(days=1)):
        assert dated.at(later, facts_on) is dated.at(on, facts_on)


NEW_LAW = date(2024, 7, 1)


def test_a_text_can_reach_back_to_facts_of_before_it_was_made() -> None:
    """Made on a day, for facts from half a year before: who decided earlier decided by the old text, also about those facts."""
    back = date(2024, 1, 1)
    dated = Dated(
        Reach(),
        [
            Held("old", Reach(Span(None, NEW_LAW))),
            Held("old", Reach(Span(NEW_LAW), Span(None, back))),
            Held("new", Reach(Span(NEW_LAW), Span(back))),
        ],
    )
    chosen = {
        (on, facts_on): held.value
        for on in (date(2024, 6, 30), NEW_LAW)
        for facts_on in (date(2023, 12, 31), back)
        if (held := dated.at(on, facts_on)) is not None
    }
    assert list(chosen.values()) == ["old", "old", "old", "new"]


@pytest.mark.parametrize(
    ("reach", "why"),
    [
        (Reach(Span(date(2000, 1, 1))), "lies outside"),
        (Reach(Span(None, NEW_LAW)), "lies outside"),
        (Reach(Span(NEW_LAW, NEW_LAW)), "before it begins"),
        (Reach(Span(date(2010, 1, 1), NEW_LAW)), "no value holds"),
    ],
)
def test_what_lies_outside_or_is_empty_or_leaves_a_hole_is_a_fault(reach: Reach, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Dated(Reach(Span(date(2010, 1, 1))), [Held(1, reach)])
