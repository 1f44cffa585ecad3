"""How far back a certificate looks: days and periods by search, then worked cases, each with its source or said to be invented."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hervat.errors import Usage
from hervat.law.book import replay
from hervat.law.certificates import Application, lookback, purpose
from hervat.law.certificates.facts import Windows
from hervat.law.certificates.lookback import LOOKBACK
from hervat.law.certificates.periods import days_within, lengthened, overlap, years_after, years_before
from hervat.law.certificates.purposes import MATRIX, PURPOSES, YEARS, YEARS_BY_NAME
from hervat.law.dated import Span
from hervat.law.rule import Result
from hervat.law.value import NONE, Outcome
from tests.law.settings import with_value

LEAP_DAYS = [date(2000, 2, 29), date(2020, 2, 29), date(2024, 2, 29)]
DAYS = st.one_of(st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.sampled_from([*LEAP_DAYS, date(2023, 2, 28), date(2023, 3, 1)]))
YEARS_BACK = st.integers(0, 30)
NEAR = st.dates(date(2023, 12, 1), date(2024, 4, 1))
SPANS = st.tuples(NEAR, st.one_of(st.none(), NEAR)).map(lambda days: Span(days[0], days[1] and max(days)))


def has(year: int, month: int, day: int) -> bool:
    return day <= monthrange(year, month)[1]


@given(day=DAYS, years=YEARS_BACK)
def test_years_before_is_the_day_of_that_name_or_the_last_of_february(day: date, years: int) -> None:
    before = years_before(day, years)
    named = has(day.year - years, day.month, day.day)
    assert (before.year, before.month, before.day) == (day.year - years, day.month, day.day if named else 28)


@given(day=DAYS, later=DAYS, years=YEARS_BACK)
def test_counting_years_keeps_the_order_of_days(day: date, later: date, years: int) -> None:
    assume(day <= later)
    assert years_before(day, years) <= years_before(later, years)
    assert years_after(day, years) <= years_after(later, years)
    assert years_before(years_after(day, years), years) in (day, day + timedelta(days=1))


@pytest.mark.parametrize(
    ("counted", "day", "years", "found"),
    [
        (years_before, date(2024, 2, 29), 4, date(2020, 2, 29)),
        (years_before, date(2024, 2, 29), 5, date(2019, 2, 28)),
        (years_before, date(2025, 3, 1), 4, date(2021, 3, 1)),
        (years_before, date(2024, 12, 31), 30, date(1994, 12, 31)),
        (years_before, date(3, 5, 5), 30, date.min),
        (years_after, date(2004, 2, 29), 23, date(2027, 3, 1)),
        (years_after, date(2004, 2, 29), 4, date(2008, 2, 29)),
        (years_after, date(9990, 5, 5), 23, date.max),
    ],
)
def test_years_at_the_edges(counted: Callable[[date, int], date], day: date, years: int, found: date) -> None:
    """Invented, but for 29 February, for which the rule's notes say how it is read."""
    assert counted(day, years) == found


def inside(periods: list[Span], day: date) -> bool:
    return any(day in one for one in periods)


@given(periods=st.lists(SPANS, max_size=4), first=NEAR, until=NEAR)
def test_days_are_counted_one_by_one_and_overlapping_custody_once(periods: list[Span], first: date, until: date) -> None:
    each = [first + timedelta(days=number) for number in range(max(0, (until - first).days))]
    assert days_within(periods, first, until) == sum(inside(periods, day) for day in each)


@given(periods=st.lists(SPANS, max_size=4), first=NEAR, length=st.integers(0, 60))
def test_a_window_is_lengthened_by_the_custody_in_it(periods: list[Span], first: date, length: int) -> None:
    until = first + timedelta(days=length)
    once = lengthened(first, until, periods, again=False)
    assert (first - once).days == days_within(periods, first, until)
    again = lengthened(first, until, periods, again=True)
    assert again <= once <= first
    free = (until - again).days - days_within(periods, again, until)
    assert free == length or length == 0
    # It is the shortest such window: with one day fewer, fewer days are free.
    shorter = again + timedelta(days=1)
    assert again == first or (until - shorter).days - days_within(periods, shorter, until) <= length


@given(one=SPANS, other=SPANS, day=NEAR)
def test_two_periods_overlap_where_they_have_a_day_in_common(one: Span, other: Span, day: date) -> None:
    each = [date(2023, 12, 1) + timedelta(days=number) for number in range(200)]
    assert overlap(one, other) == overlap(other, one) == any(day in one and day in other for day in each)


APPLIED, BIRTH_OF_AN_ADULT = date(2025, 10, 1), "1980-05-05"


def applied(*purposes: str, **other: Any) -> Application:
    facts = {"function": NONE, "on": APPLIED, "birth": BIRTH_OF_AN_ADULT, "custody": (), **other}
    return Application(application="A-1", purposes=tuple(map(purpose, purposes)), **facts)


def looked(application: Application, on: date | None = None) -> Result[Windows]:
    return lookback(application, on=on or application.on or APPLIED)


def windows(application: Application, on: date | None = None) -> Windows:
    value = looked(application, on).value
    assert value is not None
    return value


JUSTIS = "terugkijktermijnen, justis.nl"
YOUNG = "2003-01-01"


@pytest.mark.parametrize(
    ("application", "first", "source"),
    [
        (applied("aspect 11"), date(2021, 10, 1), JUSTIS),
        (applied("aspect 85"), date(2021, 10, 1), "85 as an aspect is care: the usual four years"),
        (applied("profile 85"), date(2017, 10, 1), f"{JUSTIS}: shooting club 8"),
        (applied("profile 65"), date(2020, 10, 1), f"{JUSTIS}: taxi driver 5"),
        (applied("profile 70"), date(2020, 10, 1), f"{JUSTIS}: taxi operator 5"),
        (applied("profile 25"), date(2015, 10, 1), f"{JUSTIS}: BOA 10"),
        (applied("profile 80"), date(2015, 10, 1), f"{JUSTIS}: sworn interpreters 10"),
        (applied("aspect 62", function="road-haulage-operator"), date(2020, 10, 1), f"{JUSTIS}: road haulage 5"),
        (applied("aspect 11", function="judicial-officer"), date(1995, 10, 1), f"{JUSTIS}, older copy: 30"),
        (applied("aspect 11", function="dji-head-office"), date(2021, 10, 1), f"{JUSTIS}, older copy: 4"),
        (applied("aspect 11", function="dji-institution"), date(1995, 10, 1), f"{JUSTIS}, older copy: 30"),
        (applied("profile 65", "profile 85"), date(2017, 10, 1), "invented: of several the longest"),
        (applied("profile 85", function="driving-instructor"), date(2017, 10, 1), "invented: of several the longest"),
        (applied("aspect 84", birth=YOUNG), date(2023, 10, 1), f"{JUSTIS}: under 23, 2"),
        (applied("aspect 84", birth="2002-10-01"), date(2021, 10, 1), "invented: 23 on the day itself is not under 23"),
        (applied("aspect 84", birth="2002-10-02"), date(2023, 10, 1), "invented: 23 tomorrow is under 23"),
        (applied("profile 65", birth=YOUNG), date(2020, 10, 1), "setting: the shorter term does not replace a term of its own"),
        (applied("aspect 84", birth="2002"), date(2021, 10, 1), "invented: a year that leaves it open, the longest"),
        (applied("aspect 84", birth="2003"), date(2023, 10, 1), "invented: a year that does not leave it open"),
        (applied("aspect 84", birth="2002-11"), date(2023, 10, 1), "invented: a month that does not leave it open"),
        (applied("aspect 84", birth="2002-10"), date(2021, 10, 1), "invented: a month that leaves it open"),
        (applied("aspect 84", birth="2001-02-28", on=date(2024, 2, 28)), date(2020, 2, 28), "invented: 23 on 28 February"),
        (applied("aspect 84", birth="2004-02-29", on=date(2027, 2, 28)), date(2025, 2, 28), "invented: born on 29 February"),
        (applied("aspect 84", birth="2004-02-29", on=date(2027, 3, 1)), date(2023, 3, 1), "invented: born on 29 February"),
        (applied("aspect 11", on=date(2024, 2, 29)), date(2020, 2, 29), "invented: a leap day before a leap day"),
        (applied("profile 65", on=date(2024, 2, 29)), date(2019, 2, 28), "invented: a leap day before a year without"),
    ],
)
def test_the_first_day_that_counts(application: Application, first: date, source: str) -> None:
    assert source and windows(application).ordinary == Span(first)


def custody(*spans: tuple[date, date | None]) -> tuple[Span, ...]:
    return tuple(Span(*one) for one in spans)


@pytest.mark.parametrize(
    ("spans", "first", "source"),
    [
        (custody((date(2022, 1, 1), date(2022, 3, 1))), date(2021, 8, 3), f"{JUSTIS}: 59 days of custody inside"),
        (custody((date(2020, 1, 1), date(2021, 10, 1))), date(2021, 10, 1), "invented: all of it before the window"),
        (custody((date(2020, 1, 1), date(2021, 10, 2))), date(2019, 12, 31), "invented: one day inside reaches past all of it"),
        (custody((date(2025, 9, 1), None)), date(2021, 9, 1), "invented: still in custody, 30 days"),
        (
            custody((date(2022, 1, 1), date(2022, 1, 11)), (date(2022, 1, 6), date(2022, 1, 16))),
            date(2021, 9, 16),
            "invented: what overlaps lengthens once",
        ),
        (custody((date(2022, 1, 1), date(2022, 1, 1))), date(2021, 10, 1), "invented: no day"),
        (custody((date(2026, 1, 1), None)), date(2021, 10, 1), "invented: after the application"),
    ],
)
def test_custody_lengthens(spans: tuple[Span, ...], first: date, source: str) -> None:
    assert source and windows(applied("aspect 11", custody=spans)).ordinary == Span(first)


def test_a_setting_says_whether_custody_in_what_was_added_lengthens_again() -> None:
    application = applied("aspect 11", custody=custody((date(2020, 1, 1), date(2021, 10, 2))))
    once = with_value(LOOKBACK, "custody-lengthens-again", False).apply(application.facts(), on=APPLIED).value
    assert once is not None and once.ordinary.first == date(2021, 9, 30)


@pytest.mark.parametrize(
    ("on", "birth", "purposes", "years"),
    [
        (APPLIED, YOUNG, ["aspect 84"], (2, 4, 4)),
        (date(2023, 8, 31), "2003-01-01", ["aspect 84"], (2, 4, 2)),
        (date(2023, 9, 1), "2003-01-01", ["aspect 84"], (2, 4, 4)),
        (APPLIED, YOUNG, ["profile 85"], (8, 8, 8)),
        (APPLIED, BIRTH_OF_AN_ADULT, ["aspect 84"], (4, 4, 4)),
    ],
)
def test_the_shorter_look_back_of_the_young_is_not_for_everything(
    on: date, birth: str, purposes: list[str], years: tuple[int, int, int]
) -> None:
    """Organised crime since 1 September 2023: nieuws.nl, 4 September 2023; serious violence: justis.nl, the four years inferred."""
    found = windows(applied(*purposes, birth=birth, on=on))
    assert [found.ordinary.first, found.serious_violence.first, found.organised.first] == [years_before(on, many) for many in years]
    assert found.sexual == Span()


def test_the_edition_in_force_at_the_decision_holds_for_an_application_that_is_undecided() -> None:
    application = applied("aspect 84", birth=YOUNG, on=date(2023, 8, 1))
    before, after = (looked(application, on) for on in (date(2023, 8, 31), date(2023, 9, 1)))
    assert before.value is not None and before.value.organised.first == date(2021, 8, 1)
    assert before.changes_on == date(2023, 9, 1)
    assert after.value is not None and after.value.organised.first == date(2019, 8, 1)


def test_settings_say_which_day_fixes_the_age_and_from_which_day_is_counted_back() -> None:
    application, decided = applied("aspect 84", birth="2002-10-05"), date(2025, 10, 4)
    by_decision = with_value(LOOKBACK, "young-on", "decision")
    young, older = (by_decision.apply(application.facts(), on=day) for day in (decided, decided + timedelta(days=1)))
    assert young.value is not None and young.value.ordinary.first == date(2023, 10, 1) and young.changes_on == date(2025, 10, 5)
    assert older.value is not None and older.value.ordinary.first == date(2021, 10, 1) and older.changes_on is None
    counted = with_value(LOOKBACK, "counted-back-from", "decision").apply(application.facts(), on=decided)
    assert counted.value is not None and counted.value.ordinary.first == date(2023, 10, 4)
    assert counted.changes_on == decided + timedelta(days=1)
    shortening = with_value(LOOKBACK, "young-shortens-own-years", True)
    shortened = shortening.apply(applied("profile 85", birth=YOUNG).facts(), on=APPLIED).value
    assert shortened is not None and shortened.ordinary.first == date(2023, 10, 1)
    assert shortened.serious_violence.first == shortened.organised.first == date(2017, 10, 1)


NAMES = st.sampled_from(["aspect 11", "profile 85", "aspect 85", "profile 25", "profile 65"])
PURPOSE_NAMES = st.lists(NAMES, min_size=1, max_size=3)
FUNCTIONS = st.sampled_from([NONE, "judicial-officer", "driving-instructor", "dji-head-office", "police"])


@given(
    names=PURPOSE_NAMES,
    function=FUNCTIONS,
    birth=st.sampled_from([YOUNG, BIRTH_OF_AN_ADULT, "2002"]),
    missing=st.sampled_from(["function", "birth"]),
    spans=st.lists(SPANS, max_size=2).map(tuple),
)
def test_what_is_not_told_gets_the_longest_window_that_it_could_be_and_is_never_sure(
    names: list[str], function: Any, birth: str, missing: str, spans: tuple[Span, ...]
) -> None:
    application = {"function": function, "birth": birth, "custody": spans}
    known, unknown = looked(applied(*names, **application)), looked(applied(*names, **{**application, missing: None}))
    assert known.value is not None and unknown.value is not None
    assert unknown.outcome is Outcome.CANNOT_SAY and len(unknown.missing) == 1
    for one, other in zip(
        (unknown.value.ordinary, unknown.value.serious_violence, unknown.value.organised, unknown.value.sexual),
        (known.value.ordinary, known.value.serious_violence, known.value.organised, known.value.sexual),
        strict=True,
    ):
        assert one.edges[0] <= other.edges[0]


def test_an_open_age_is_not_sure_and_one_that_is_not_open_is() -> None:
    assert looked(applied("aspect 84", birth="2002")).outcome is Outcome.CANNOT_SAY
    assert looked(applied("aspect 84", birth="2003")).outcome is Outcome.YES


@pytest.mark.parametrize(
    ("application", "named"),
    [
        (applied("profile 99"), "profile 99"),
        (applied("aspect 25"), "aspect 25"),
        (applied("profile 84"), "profile 84"),
        (applied("profile 85", "aspect 99"), "aspect 99"),
        (applied("aspect 11", function="astronaut"), "astronaut"),
        (applied(), "no profile and no aspect"),
        (applied("aspect 11", on=date(2025, 10, 2)), "after the decision"),
    ],
)
def test_what_no_table_has_is_named_and_gets_no_window(application: Application, named: str) -> None:
    result = looked(application, APPLIED)
    assert (result.outcome, result.value) == (Outcome.CANNOT_SAY, None)
    assert named in result.because.says.en


def test_a_day_before_every_text_has_none_and_says_when_there_is_one() -> None:
    result = looked(applied("aspect 11", on=date(2019, 12, 31)))
    assert (result.outcome, result.value, result.changes_on) == (Outcome.CANNOT_SAY, None, date(2020, 1, 1))
    assert "there is no text of this rule here" in result.because.says.en


@pytest.mark.parametrize("birth", ["2002-13", "2002-02-30", "02", "2002-1", "soon", "", "20020101", 2002])
def test_a_birth_that_is_no_day_month_or_year_is_not_replayed(birth: Any) -> None:
    receipt = looked(applied("aspect 84", birth="2003-01-01")).receipt()
    assert replay(receipt) == receipt
    wrong = f'"{birth}"' if isinstance(birth, str) else str(birth)
    with pytest.raises(Usage, match=r"this is no receipt"):
        replay(receipt.replace(b'"2003-01-01"', wrong.encode()))


@pytest.mark.parametrize(
    ("sort", "wrong"),
    [
        (PURPOSES, ["85"]),
        (PURPOSES, ["profile 8"]),
        (PURPOSES, "profile 85"),
        (YEARS_BY_NAME, ["profile 85"]),
        (YEARS_BY_NAME, ["profile 85: many"]),
        (YEARS_BY_NAME, ["profile 85: 8", "profile 85: 9"]),
        (YEARS_BY_NAME, [": 8"]),
        (MATRIX, ["aspect 84: relevant"]),
        (MATRIX, ["aspect 84, sexual: perhaps"]),
        (MATRIX, ["aspect, sexual: relevant"]),
        (YEARS, "always"),
        (YEARS, -1),
    ],
)
def test_a_table_that_is_not_sound_is_refused(sort: Any, wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        sort.read(wrong)


@pytest.mark.parametrize(
    ("sort", "sound"),
    [
        (PURPOSES, ["profile 85", "aspect 85"]),
        (YEARS_BY_NAME, ["profile 85: 8", "police: 10"]),
        (MATRIX, ["aspect 84, sexual: relevant", "profile 06, other: not-relevant"]),
        (YEARS, "unlimited"),
        (YEARS, 4),
    ],
)
def test_a_sound_table_is_written_as_it_was_read(sort: Any, sound: Any) -> None:
    assert sort.write(sort.read(sound)) == sound


def test_numbers_that_were_not_read_and_settings_are_told_where_they_decide() -> None:
    assert "purposes-not-read" in looked(applied("aspect 85")).unverified
    assert "purposes-not-read" not in looked(applied("profile 85")).unverified
    assert {"young-on", "counted-back-from"} <= set(looked(applied("aspect 84", birth=YOUNG)).unverified)
    held = custody((date(2022, 1, 1), date(2022, 3, 1)))
    assert "custody-lengthens-again" in looked(applied("aspect 84", custody=held)).unverified
    assert "custody-lengthens-again" not in looked(applied("aspect 84")).unverified
    assert "years-young-serious-violence" in looked(applied("aspect 84", birth=YOUNG)).unverified
    assert "years-young-serious-violence" not in looked(applied("aspect 84")).unverified
