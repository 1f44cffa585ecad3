"""The time of the day's screening: once every legal day, whatever the clock, the hour and the season."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hervat.clock import AMSTERDAM, legal_day
from hervat.doors.daily import due

MOMENTS = st.integers(0, 20 * 365 * 24 * 60).map(lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
HOURS = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@given(MOMENTS, HOURS, st.none() | st.integers(0, 400))
def test_a_day_is_done_once_and_none_is_done_before_its_time(now: datetime, at: time, ago: int | None) -> None:
    today = legal_day(now)
    last = None if ago is None else today - timedelta(days=ago)
    moment = due(now, at, last)
    assert moment.astimezone(AMSTERDAM).date() == moment.date() == (today + timedelta(days=1) if last == today else today)
    assert due(moment, at, last) == moment
    assert due(moment, at, legal_day(moment)).date() == moment.date() + timedelta(days=1)


@given(MOMENTS, HOURS, st.integers(1, 5))
def test_looking_now_and_then_does_every_day_once(begun: datetime, at: time, days: int) -> None:
    done: list[date] = []
    now, last = begun, None
    while now < begun + timedelta(days=days):
        if now >= due(now, at, last):
            last = legal_day(now)
            done.append(last)
        now += timedelta(minutes=20)
    assert done == sorted(set(done))
    assert days - 1 <= len(done) <= days + 1


def test_in_the_night_in_which_the_clock_is_put_on_the_day_has_its_time() -> None:
    # 02:30 does not come on 29 March 2026.
    assert due(datetime(2026, 3, 29, 0, 0, tzinfo=UTC), time(2, 30), None).astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
