"""Years between two days, and sums of custody: half-open, 29 February, month ends, and comparing without saying how long a month is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.case import Duration
from hervat.law.immigration.lengths import NORM, YEARS, Length, full_years, length_of, years_later

LEAP = [date(2000, 2, 29), date(2020, 2, 29), date(1996, 2, 29)]
ENDS = [date(2001, 1, 31), date(2001, 2, 28), date(2000, 12, 31), date(2000, 3, 1), date(2003, 3, 1)]
DAYS = st.one_of(st.sampled_from([*LEAP, *ENDS]), st.dates(date(1950, 1, 1), date(2060, 12, 31)))
ONE = timedelta(days=1)


@given(first=DAYS, years=st.integers(0, 40))
def test_a_term_of_years_is_half_open(first: date, years: int) -> None:
    """The day before its end has not so many full years behind it; its end has."""
    end = years_later(first, years)
    assert full_years(first, end) == years
    assert years == 0 or full_years(first, end - ONE) == years - 1


@given(first=DAYS, until=DAYS)
def test_the_full_years_are_the_most_that_fit(first: date, until: date) -> None:
    years = full_years(first, until)
    counted = [many for many in range(1, 120) if years_later(first, many) <= until]
    assert years == max(counted, default=0)


@given(first=DAYS, later=DAYS, years=st.integers(0, 40))
def test_who_began_later_is_done_no_sooner(first: date, later: date, years: int) -> None:
    assert years_later(min(first, later), years) <= years_later(max(first, later), years)


@given(first=DAYS, some=st.integers(0, 20), more=st.integers(0, 20))
def test_a_term_that_does_not_begin_on_29_february_can_be_cut_in_two(first: date, some: int, more: int) -> None:
    if (first.month, first.day) != (2, 29):
        assert years_later(years_later(first, some), more) == years_later(first, some + more)


@pytest.mark.parametrize(
    ("first", "years", "end"),
    [
        (date(2000, 2, 29), 1, date(2001, 3, 1)),
        (date(2000, 2, 29), 4, date(2004, 2, 29)),
        (date(2000, 2, 28), 1, date(2001, 2, 28)),
        (date(2001, 2, 28), 3, date(2004, 2, 28)),
        (date(2000, 3, 1), 7, date(2007, 3, 1)),
        (date(2000, 12, 31), 1, date(2001, 12, 31)),
        (date(2000, 1, 1), 0, date(2000, 1, 1)),
        (date(9998, 6, 1), 5, date.max),
    ],
)
def test_terms_around_29_february_and_the_end_of_the_year(first: date, years: int, end: date) -> None:
    assert years_later(first, years) == end


def test_nobody_has_years_of_residence_before_it_began() -> None:
    assert full_years(date(2010, 1, 1), date(2009, 12, 31)) == full_years(date(2010, 1, 1), date(2000, 1, 1)) == 0


LENGTHS = st.builds(Length, st.integers(-60, 60), st.integers(-400, 400), st.integers(0, 480), st.booleans())


@given(one=LENGTHS, other=LENGTHS, month=st.integers(28, 31), hours=st.integers(1, 8))
def test_a_sum_is_as_long_as_its_parts(one: Length, other: Length, month: int, hours: int) -> None:
    both = one + other
    assert both.units(month, hours) == one.units(month, hours) + other.units(month, hours)
    assert both.endless == (one.endless or other.endless)
    back = both - other
    assert (back.months, back.days, back.hours) == (one.months, one.days, one.hours)


@pytest.mark.parametrize(
    ("duration", "length"),
    [
        (Duration(years=1, months=6), Length(18)),
        (Duration(weeks=2, days=3), Length(0, 17)),
        (Duration(hours=120), Length(0, 0, 120)),
        (Duration(life=True), Length(endless=True)),
    ],
)
def test_a_duration_keeps_months_days_and_hours_apart(duration: Duration, length: Length) -> None:
    assert length_of(duration) == length


def test_a_norm_is_read_from_words_and_said_in_both_languages() -> None:
    norm = NORM.read("4 months 2 weeks")
    assert norm == Length(4, 14)
    assert norm.words == ("4 months 14 days", "4 maanden 14 dagen")
    assert Length(1, 1, 1).words == ("1 month 1 day 1 hour of community service", "1 maand 1 dag 1 uur taakstraf")
    assert (Length().words.nl, Length(endless=True).words.en) == ("niets", "no end that is known")
    assert NORM.read("1 year 1 day") == Length(12, 1)


@pytest.mark.parametrize("wrong", ["", "4", "months", "4 moons", "4  months", "0 days", "4 months?", 4, None])
def test_what_is_no_norm_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"wanted|no length"):
        NORM.read(wrong)


@pytest.mark.parametrize("wrong", [[], ["3"], ["0", "3", "3"], ["0", "x"], [0, 3], "0", ["0", "-1"]])
def test_rows_of_years_begin_at_0_and_go_up(wrong: object) -> None:
    assert YEARS.read(["0", "3", "15"]) == (0, 3, 15)
    with pytest.raises(ValueError, match=r"wanted|begin at 0"):
        YEARS.read(wrong)
