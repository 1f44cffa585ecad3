"""The clock: moments as text and back, legal days, and clocks that only move when they are moved."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.clock import FixedClock, SteppedClock, SystemClock, legal_day, parse_rfc3339, rfc3339

NOON = datetime(2025, 7, 18, 12, tzinfo=UTC)

zones = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(
    NOON.replace(year=2, tzinfo=None), NOON.replace(year=9998, tzinfo=None), timezones=zones
)


@given(moments)
def test_a_moment_survives_being_written(moment: datetime) -> None:
    written = rfc3339(moment)
    assert written.endswith("Z")
    assert parse_rfc3339(written) == moment
    assert parse_rfc3339(moment.isoformat()) == moment


@given(moments)
def test_every_moment_that_is_read_has_a_legal_day(moment: datetime) -> None:
    assert abs(legal_day(moment) - moment.astimezone(UTC).date()) <= timedelta(days=1)


def test_microseconds_are_written_when_there_are_any() -> None:
    assert rfc3339(NOON) == "2025-07-18T12:00:00Z"
    assert rfc3339(NOON.replace(microsecond=120)) == "2025-07-18T12:00:00.000120Z"
    assert parse_rfc3339("2025-07-18t14:00:00.1234567+02:00") == NOON.replace(microsecond=123456)


@pytest.mark.parametrize(
    "text",
    [
        *("", "2025-07-18", "2025-07-18T12:00:00", "2025-07-18 12:00:00Z", "2025-07-18T12:00Z", "20250718T120000Z"),
        *("2025-W29-5T12:00:00Z", "2025-02-29T12:00:00Z", "2025-07-18T24:00:00Z", "2025-06-30T23:59:60Z"),
        *("2025-07-18T12:00:00+0200", "2025-07-18T12:00:00+24:00", "2025-07-18T12:00:00.Z", "2025-07-18T12:00:00Z\n"),
        *("0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "٢٠٢٥-07-18T12:00:00Z"),
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"moment|day"):
        parse_rfc3339(text)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2025-07-18T21:59:59Z", date(2025, 7, 18)),
        ("2025-07-18T22:00:00Z", date(2025, 7, 19)),
        ("2025-12-31T22:59:59Z", date(2025, 12, 31)),
        ("2025-12-31T23:00:00Z", date(2026, 1, 1)),
    ],
)
def test_a_legal_day_is_a_day_in_amsterdam_summer_and_winter(moment: str, day: date) -> None:
    assert legal_day(parse_rfc3339(moment)) == day


def test_a_moment_without_a_zone_is_none() -> None:
    for ask in (rfc3339, legal_day):
        with pytest.raises(ValueError, match="without a zone"):
            ask(NOON.replace(tzinfo=None))


def test_clocks_tell_utc_and_move_as_they_should() -> None:
    amsterdam = FixedClock(NOON.astimezone(timezone(timedelta(hours=2))))
    assert (amsterdam.now(), amsterdam.now().utcoffset()) == (NOON, timedelta(0))

    stepped = SteppedClock(NOON, step=timedelta(seconds=1))
    assert [stepped.now(), stepped.now()] == [NOON, NOON + timedelta(seconds=1)]
    assert stepped.monotonic() == 2.0
    stepped.set(NOON - timedelta(days=1))
    assert (stepped.now(), stepped.monotonic()) == (NOON - timedelta(days=1), 3.0)
    with pytest.raises(ValueError, match="not moved back"):
        stepped.advance(timedelta(seconds=-1))

    system = SystemClock()
    assert system.now().utcoffset() == timedelta(0)
    assert system.monotonic() <= system.monotonic()
