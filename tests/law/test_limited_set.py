"""The limited set of Wjsg 10, 11 and 12, conviction by conviction: the day on which each leaves it. Convictions are invented."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.case import Duration
from hervat.law.book import replay
from hervat.law.disclosure import NONE, Conviction, Window, adult, legal_person, youth
from hervat.law.rule import Result
from hervat.law.value import Outcome

FINAL = date(2021, 8, 31)


def fact(law: str, **more: Any) -> Conviction:
    plain: dict[str, Any] = {
        "by": "judgment",
        "class_": "misdrijf",
        "given_on": date(2021, 8, 17),
        "final_on": FINAL,
        "annulled": False,
        "sentences": ("fine",),
        "custody_executed": NONE,
        "prolonged": NONE,
        "other_windows_until": NONE,
    }
    return Conviction(law=law, **{**plain, **more})


def grown(**more: Any) -> Conviction:
    return fact("adult", **more)


def young(**more: Any) -> Conviction:
    return fact("youth", **{"age": 16, "fine_cents": 11301, "hours": 41, "all_conditional": False, "placement_ended": True, **more})


def firm(**more: Any) -> Conviction:
    return fact("legal-person", **{"class_": "overtreding", "fine_category": 3, "fine_executed": True, **more})


RULES = {"adult": adult, "youth": youth, "legal-person": legal_person}


def asked(one: Conviction, on: date) -> Result[Window]:
    return RULES[str(one.law)](one, on=on)


SERVES, LOCKED, YOUNG, PLACED = ("community-service",), ("imprisonment",), ("youth-detention",), ("youth-placement",)
OVERTREDING = {"class_": "overtreding"}
LEAVES: list[tuple[str, Conviction, date]] = [
    ("10(1): a penalty, 4", grown(), date(2025, 8, 31)),
    ("10(1): a penalty order", grown(by="penalty-order"), date(2025, 8, 31)),
    ("10(1): a hospital order", grown(sentences=("hospital-order",)), date(2025, 8, 31)),
    ("10(1): from 29 February", grown(final_on=date(2020, 2, 29)), date(2024, 2, 29)),
    ("10(1): conditional custody", grown(sentences=LOCKED), date(2025, 8, 31)),
    ("10(3): custody of a month, 8 and a month", grown(sentences=LOCKED, custody_executed=Duration(months=1)), date(2029, 10, 1)),
    ("10(3): custody of two years", grown(sentences=LOCKED, custody_executed=Duration(years=2)), date(2031, 8, 31)),
    ("10(3): custody of ten days", grown(sentences=LOCKED, custody_executed=Duration(days=10)), date(2029, 9, 10)),
    ("10(3): community service, 8 and half a year", grown(sentences=SERVES), date(2030, 3, 1)),
    ("10(3): both", grown(sentences=SERVES + LOCKED, custody_executed=Duration(years=1)), date(2031, 3, 1)),
    ("10(4): prolonged by a year", grown(prolonged=Duration(years=1)), date(2026, 8, 31)),
    ("10(3): an overtreding with custody", grown(**OVERTREDING, sentences=("detention",)), date(2029, 8, 31)),
    ("10(3): an overtreding with community service", grown(**OVERTREDING, sentences=SERVES), date(2030, 3, 1)),
    ("10(6): another runs longer", grown(other_windows_until=date(2027, 5, 5)), date(2027, 5, 5)),
    ("10(6): another ran out before", grown(other_windows_until=date(2025, 8, 30)), date(2025, 8, 31)),
    ("10(1): abroad, a misdrijf here", grown(by="foreign-conviction", misdrijf_here=True), date(2025, 8, 31)),
    ("11: a fine that was executed, 8", firm(), date(2029, 8, 31)),
    ("11: a conditional fine, 4", firm(fine_executed=False), date(2025, 8, 31)),
    ("11: a higher category", firm(fine_category=5), date(2029, 8, 31)),
    ("11: prolonged", firm(fine_executed=False, prolonged=Duration(months=6)), date(2026, 3, 1)),
    ("12: a fine, 2", young(), date(2023, 8, 31)),
    ("12: 41 hours", young(sentences=SERVES), date(2023, 8, 31)),
    ("12: a light fine and 41 hours", young(sentences=("fine", *SERVES), fine_cents=100), date(2023, 8, 31)),
    ("12: a penalty order", young(by="penalty-order", fine_cents=100), date(2023, 8, 31)),
    ("12: detention, 4 and its length", young(sentences=YOUNG, custody_executed=Duration(months=3)), date(2025, 12, 1)),
    ("12: detention that was not executed", young(sentences=YOUNG), date(2025, 8, 31)),
    ("12: a placement that has ended", young(sentences=PLACED), date(2025, 8, 31)),
    ("12: prolonged", young(prolonged=Duration(years=1)), date(2024, 8, 31)),
]


@pytest.mark.parametrize(("one", "leaves"), [row[1:] for row in LEAVES], ids=[row[0] for row in LEAVES])
def test_it_is_in_the_set_from_the_day_it_is_final_to_before_the_day_it_leaves(one: Conviction, leaves: date) -> None:
    final_on = one.final_on
    assert isinstance(final_on, date)
    days = (final_on - timedelta(days=1), final_on, leaves - timedelta(days=1), leaves)
    before, first, last, over = (asked(one, day) for day in days)
    assert [one.outcome for one in (before, first, last, over)] == [Outcome.NO, Outcome.YES, Outcome.YES, Outcome.NO]
    assert (before.changes_on, last.changes_on, over.changes_on) == (final_on, leaves, None)
    assert last.value == Window(final_on, leaves)
    assert "text of 2020-01-01" in last.because.article and replay(last.receipt()) == last.receipt()


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (grown(final_on=NONE), "it is not final"),
        (grown(annulled=True), "annulled on revision"),
        (grown(by="foreign-conviction", misdrijf_here=False), "no misdrijf here"),
        (grown(sentences=()), "no penalty"),
        (grown(**OVERTREDING), "an overtreding without custody"),
        (firm(fine_category=2), "of a lower category"),
        (firm(annulled=True), "annulled on revision"),
        (young(age=15), "too young"),
        (young(**OVERTREDING), "no misdrijf"),
        (young(fine_cents=11300), "too light"),
        (young(sentences=SERVES, hours=40), "too light"),
        (young(sentences=()), "too light"),
        (young(all_conditional=True), "all of it was conditional"),
    ],
)
def test_what_is_never_in_the_set(one: Conviction, says: str) -> None:
    result = asked(one, FINAL)
    assert (result.outcome, result.missing, result.value) == (Outcome.NO, (), None)
    assert says in result.because.says.en


def test_a_placement_keeps_it_in_as_long_as_it_has_not_ended_and_a_life_sentence_for_good() -> None:
    for one in (young(sentences=PLACED, placement_ended=False), grown(sentences=LOCKED, custody_executed=Duration(life=True))):
        result = asked(one, date(2090, 1, 1))
        assert (result.outcome, result.value, result.changes_on) == (Outcome.YES, Window(FINAL, None), None)


@pytest.mark.parametrize(
    ("one", "on", "says"),
    [
        (replace(grown(), law=None), FINAL, "(conviction.law)"),
        (grown(final_on=None), FINAL, "(conviction.final_on)"),
        (grown(annulled=None), FINAL, "(conviction.annulled)"),
        (grown(sentences=None), FINAL, "(sentence.kinds)"),
        (grown(custody_executed=None), FINAL, "(sentence.custody_executed)"),
        (grown(by="foreign-conviction"), FINAL, "(conviction.misdrijf_here)"),
        (grown(prolonged=None), date(2025, 8, 31), "(sentence.prolonged)"),
        (grown(other_windows_until=None), date(2025, 8, 31), "(person.other_windows_until)"),
        (young(age=None), FINAL, "(conviction.age)"),
        (young(sentences=PLACED, placement_ended=None), FINAL, "(sentence.placement_ended)"),
        (firm(fine_category=None), FINAL, "(sentence.fine_category)"),
        (firm(class_="misdrijf"), FINAL, "no rule here for a misdrijf of a legal person"),
        (grown(), date(2019, 12, 31), "no text of this rule"),
    ],
)
def test_what_cannot_be_said_is_named(one: Conviction, on: date, says: str) -> None:
    result = (RULES[one.law] if one.law else adult)(one, on=on)
    assert result.outcome is Outcome.CANNOT_SAY and says in result.because.says.en


@pytest.mark.parametrize("law", RULES)
def test_each_rule_leaves_what_falls_under_another_to_that(law: str) -> None:
    for other in RULES.keys() - {law}:
        result = RULES[law](fact(other), on=FINAL)
        assert result.outcome is Outcome.CANNOT_SAY and f"the rule for {law}" in result.because.says.en


def test_what_can_only_lengthen_is_not_asked_while_the_window_runs() -> None:
    assert asked(grown(prolonged=None, other_windows_until=None), date(2025, 8, 30)).outcome is Outcome.YES


def test_what_keeps_it_in_decides_whether_or_not_the_other_thing_that_could_is_told() -> None:
    """No message tells of what was prolonged: without this no conviction would ever be kept in by another (Wjsg 10(6))."""
    over, longer = date(2025, 8, 31), date(2027, 5, 5)
    kept = asked(grown(prolonged=None, other_windows_until=longer), over)
    assert (kept.outcome, kept.value, kept.changes_on, kept.missing) == (Outcome.YES, Window(FINAL, longer), longer, ())
    assert replay(kept.receipt()) == kept.receipt()
    prolonged = asked(grown(prolonged=Duration(years=1), other_windows_until=None), over)
    assert (prolonged.outcome, prolonged.value) == (Outcome.YES, Window(FINAL, date(2026, 8, 31)))
    assert asked(grown(prolonged=None, other_windows_until=longer), longer).missing == ("sentence.prolonged",)


@given(
    kinds=st.sampled_from([("fine",), SERVES, LOCKED]),
    custody=st.one_of(st.just(NONE), st.builds(Duration, months=st.integers(1, 60))),
    prolonged=st.one_of(st.just(NONE), st.builds(Duration, months=st.integers(1, 24))),
    others=st.one_of(st.just(NONE), st.dates(date(2020, 1, 1), date(2040, 1, 1))),
    final_on=st.dates(date(2010, 1, 1), date(2025, 1, 1)).filter(lambda day: day.day <= 28),
    on=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
)
def test_the_window_of_an_adult_is_that_of_wjsg_10_counted_in_months(
    kinds: tuple[str, ...], custody: Any, prolonged: Any, others: Any, final_on: date, on: date
) -> None:
    """On a day that every month has, months add up in any order."""
    months = 96 if kinds == SERVES or custody is not NONE else 48
    months += sum(length.months for length in (custody, prolonged) if length is not NONE) + 6 * (kinds == SERVES)
    total = final_on.month - 1 + months
    end = date(final_on.year + total // 12, total % 12 + 1, final_on.day)
    inside = final_on <= on and (on < end or (others is not NONE and on < others))
    one = grown(sentences=kinds, custody_executed=custody, prolonged=prolonged, other_windows_until=others, final_on=final_on)
    assert adult(one, on=on).outcome is (Outcome.YES if inside else Outcome.NO)
