"""When the work of coming back begins, as somebody typed it: after so many days, or at a moment."""

from datetime import datetime

from hervat.clock import parse_rfc3339
from hervat.errors import Usage

_MOST = 36_500


def days_of(typed: str | None) -> float | None:
    """Days, of `--for`; None where nothing was typed. Raises Usage."""
    if typed is None:
        return None
    try:
        days = float(typed)
    except ValueError:
        days = -1.0
    if not 0 <= days <= _MOST:
        raise Usage(f"--for {typed!r} is to be a number of days, 0 or more, such as 17 or 0.5")
    return days


def moment_of(typed: str | None) -> datetime | None:
    """A moment, of `--begins`; None where nothing was typed. Raises Usage."""
    if typed is None:
        return None
    try:
        return parse_rfc3339(typed)
    except ValueError as fault:
        raise Usage(f"--begins {typed!r} is to be a moment with a zone, such as 2025-08-04T08:00:00+02:00") from fault
