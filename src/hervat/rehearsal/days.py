"""The calendar of the cut, and moments as whole seconds.

- Day 0 is 18 July 2025, when the links were cut; day 69 is 25 September, when all of them were back. Days before the
  cut are negative: what is decided after it was begun before it.
- A moment is a whole number of seconds since 1970 in UTC: a world has hundreds of thousands of them.
- A legal day is a day in Europe/Amsterdam.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

DAY: Final = 86_400
HOUR: Final = 3_600
CUT_ON: Final = date(2025, 7, 18)
CUT: Final = 0
URGENT_FROM: Final = 17  # 4 August: the first phase; the courts' own desk enters what cannot wait
EMERGENCY_FROM: Final = 25  # 12 August: the police may report straight to the register
RESTART: Final = 47  # 3 September: traffic with the register starts again
COMPLETE: Final = 52  # 8 September: the links should be complete
FILES: Final = 53  # 9 September: case files are shared with courts and lawyers again
LAST: Final = 69  # 25 September: all links are back
SHORTEST: Final = LAST + 1

_AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_MIDNIGHT = int(datetime(2025, 7, 18, tzinfo=UTC).timestamp())


def moment(day: int, second: int = 0) -> int:
    """The moment `second` seconds after midnight UTC of `day`."""
    return _MIDNIGHT + day * DAY + second


def day_of(at: int) -> int:
    """The number of the UTC day of a moment."""
    return (at - _MIDNIGHT) // DAY


@cache
def iso(day: int) -> str:
    """The date of a day, as ISO 8601."""
    return on(day).isoformat()


@cache
def on(day: int) -> date:
    """The date of a day."""
    return CUT_ON + timedelta(days=day)


@cache
def _legal_day_of_hour(hour: int) -> date:
    return datetime.fromtimestamp(hour * HOUR, _AMSTERDAM).date()


def legal_day(at: int) -> date:
    """The day in Europe/Amsterdam of a moment. Its offset is a whole number of hours, so the hour decides."""
    return _legal_day_of_hour(at // HOUR)


def written(at: int) -> str:
    """A moment as RFC 3339 in UTC."""
    second = (at - _MIDNIGHT) % DAY
    return f"{iso(day_of(at))}T{second // HOUR:02}:{second // 60 % 60:02}:{second % 60:02}Z"


def written_locally(at: int) -> str:
    """A moment as RFC 3339 with the offset of Amsterdam."""
    return datetime.fromtimestamp(at, _AMSTERDAM).isoformat()


def workday(day: int) -> int:
    """`day`, or the Monday after it where it falls in a weekend (day 0 is a Friday)."""
    return day + (0, 2, 1, 0, 0, 0, 0)[day % 7]


def workday_before(day: int) -> int:
    """`day`, or the Friday before it where it falls in a weekend."""
    return day - (0, 1, 2, 0, 0, 0, 0)[day % 7]
