"""Terms on the calendar, by search: the first day on which so much has passed in full, from 29 February and from the end of a month too."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.case import Duration
from hervat.law.retention.calendar import NEVER, after, is_longer, is_shorter, years_after

LEAP_DAYS = st.sampled_from([date(year, 2, 29) for year in (1896, 1904, 1996, 2000, 2004, 2024, 2096)])
MONTH_ENDS = st.dates(date(1890, 2, 1), date(2100, 12, 1)).map(lambda day: day.replace(day=1) - timedelta(days=1))
ANY_DAY = st.one_of(LEAP_DAYS, MONTH_ENDS, st.dates(date(1890, 1, 1), date(2100, 12, 31)))
MONTHS = st.integers(0, 1200)


@given(day=ANY_DAY, years=st.integers(0, 100), months=MONTHS)
def test_a_term_is_over_on_the_first_day_that_is_not_before_its_date(day: date, years: int, months: int) -> None:
    """Written as three numbers, the date so many months on may not exist; the first day of the calendar not before it is the one."""
    total = day.month - 1 + months
    wanted = (day.year + years + total // 12, total % 12 + 1, day.day)
    found = after(day, Duration(years=years, months=months))
    before = found - timedelta(days=1)
    assert (found.year, found.month, found.day) >= wanted > (before.year, before.month, before.day)


@given(day=ANY_DAY, other=ANY_DAY, months=MONTHS, days=st.integers(0, 4000))
def test_a_later_day_or_a_longer_term_never_ends_sooner(day: date, other: date, months: int, days: int) -> None:
    length = Duration(months=months, days=days)
    first, second = sorted((day, other))
    assert after(first, length) <= after(second, length)
    longer, longest = (Duration(months=months + more, days=days + 1) for more in (0, 2))
    assert after(day, length) <= after(day, longer) <= after(day, longest)


@given(day=ANY_DAY, years=st.integers(1, 100))
def test_a_term_has_its_first_day_and_not_its_last_and_the_next_begins_there(day: date, years: int) -> None:
    end = years_after(day, years)
    assert day < end
    assert (end - day).days in (365 * years + leaps for leaps in range(years // 4 - 1, years // 4 + 3))
    if (day.month, day.day) != (2, 29):
        assert (end.month, end.day) == (day.month, day.day)


@given(day=ANY_DAY, weeks=st.integers(0, 500), days=st.integers(0, 4000))
def test_weeks_and_days_are_so_many_days(day: date, weeks: int, days: int) -> None:
    assert after(day, Duration(weeks=weeks, days=days)) == day + timedelta(days=7 * weeks + days)


@given(day=ANY_DAY, years=st.integers(0, 50), months=st.integers(0, 700))
def test_longer_and_shorter_exclude_each_other_and_go_by_months_where_there_are_only_months(day: date, years: int, months: int) -> None:
    length = Duration(months=months)
    assert (is_longer(length, years, day), is_shorter(length, years, day)) == (
        after(day, length) > years_after(day, years),
        after(day, length) < years_after(day, years),
    )
    if day.day <= 28:
        assert (is_longer(length, years, day), is_shorter(length, years, day)) == (months > 12 * years, months < 12 * years)


@pytest.mark.parametrize(
    ("day", "length", "end"),
    [
        (date(2004, 2, 29), Duration(years=20), date(2024, 2, 29)),
        (date(2004, 2, 29), Duration(years=30), date(2034, 3, 1)),
        (date(1880, 2, 29), Duration(years=20), date(1900, 3, 1)),
        (date(2005, 2, 28), Duration(years=3), date(2008, 2, 28)),
        (date(2024, 8, 31), Duration(months=6), date(2025, 3, 1)),
        (date(2023, 8, 31), Duration(months=6), date(2024, 3, 1)),
        (date(2023, 8, 29), Duration(months=6), date(2024, 2, 29)),
        (date(2024, 12, 31), Duration(months=11), date(2025, 12, 1)),
        (date(2024, 1, 31), Duration(months=1, days=1), date(2024, 3, 2)),
        (date(2024, 5, 5), Duration(hours=240), date(2024, 5, 5)),
        (date(2024, 5, 5), Duration(life=True), NEVER),
        (date(9990, 1, 1), Duration(years=20), NEVER),
        (date(9999, 12, 1), Duration(days=400), NEVER),
    ],
)
def test_the_ends_of_some_terms(day: date, length: Duration, end: date) -> None:
    """Invented, around 29 February, the ends of months, and the end of the calendar."""
    assert after(day, length) == end
