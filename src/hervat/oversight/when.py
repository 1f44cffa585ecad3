"""When something happened, as exactly as it is known and no more exactly.

- `2025-07-17T22:45`, with a zone or else in Amsterdam: an instant, to the minute or the second.
- `2025-07-16 evening`: a part of a day: night (0 to 6), morning (to 12), afternoon (to 18), evening (to 24).
- `2025-07-18`, `2025-07`, `2025`: a day, a month, a year.
- `2025-05/2025-07-16 evening`: an interval between two of these; `..` for an end that is not known: `2025-05/..`.
- `~` behind any of them: approximate, to within nothing that is said. `undated`: nobody knows. What is undated stays so and borrows no
  time.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal

from msgspec import Struct

from hervat.clock import AMSTERDAM, parse_rfc3339, rfc3339
from hervat.errors import Usage

Precision = Literal["instant", "part", "day", "month", "year", "interval", "undated"]
UNDATED: Final = "undated"
PARTS: Final = {"night": (0, 6), "morning": (6, 12), "afternoon": (12, 18), "evening": (18, 24)}
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?: (night|morning|afternoon|evening))?", re.ASCII)
_MONTH = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)
_OPEN = ".."
_EXPECTED = (
    "write an instant (2025-07-17T22:45), a part of a day (2025-07-16 evening), a day, a month or a year, an interval of two of them "
    "(A/B, with .. for an end that is not known), each with ~ behind it where it is approximate, or undated"
)


class When(Struct, frozen=True, kw_only=True):
    """A time as it was said (`text`): from `start` until before `end`, in UTC; None for an end that is not known, and for undated both."""

    text: str
    precision: Precision
    start: datetime | None = None
    end: datetime | None = None
    approximate: bool = False

    def as_json(self) -> dict[str, object]:
        """In plain values."""
        start, end = (None if one is None else rfc3339(one) for one in (self.start, self.end))
        return {"text": self.text, "precision": self.precision, "from": start, "until": end, "approximate": self.approximate}


def parse_when(text: str) -> When:
    """What a text says; raises Usage, with what was expected."""
    said = text.strip()
    if said.casefold() in ("", UNDATED):
        return When(text=UNDATED, precision="undated")
    try:
        return _interval(said) if "/" in said else _single(said)
    except (ValueError, OverflowError) as fault:
        raise Usage(f"{text!r} is no time that can be read: {_EXPECTED}") from fault


def _interval(said: str) -> When:
    first, _, last = said.removesuffix("~").partition("/")
    approximate = said.endswith("~") or first.endswith("~")
    begins = None if first == _OPEN else _single(first)
    ends = None if last == _OPEN else _single(last)
    if begins is None and ends is None:
        raise ValueError
    start, end = None if begins is None else begins.start, None if ends is None else ends.end
    if start is not None and end is not None and end <= start:
        raise Usage(f"{said!r} ends before it begins")
    return When(text=said, precision="interval", start=start, end=end, approximate=approximate)


def _single(said: str) -> When:
    text, approximate = said.removesuffix("~"), said.endswith("~")
    precision, start, end = _bounds(text)
    return When(text=said, precision=precision, start=start, end=end, approximate=approximate)


def _bounds(text: str) -> tuple[Precision, datetime, datetime]:
    if _INSTANT.fullmatch(text):
        return _instant(text)
    found = _DAY.fullmatch(text)
    if found:
        day = date.fromisoformat(found[1])
        from_, until = PARTS[found[2]] if found[2] else (0, 24)
        return "part" if found[2] else "day", _at(day, from_), _at(day, until)
    found = _MONTH.fullmatch(text)
    if not found:
        raise ValueError
    year = int(found[1])
    if found[2] is None:
        return "year", _at(date(year, 1, 1), 0), _at(date(year + 1, 1, 1), 0)
    month = int(found[2])
    return "month", _at(date(year, month, 1), 0), _at(date(year + month // 12, month % 12 + 1, 1), 0)


def _instant(text: str) -> tuple[Precision, datetime, datetime]:
    minute = text[16:17] != ":"
    zoned = text.endswith("Z") or text[-6] in "+-"
    whole = text[:16] + ":00" + text[16:] if minute else text
    at = parse_rfc3339(whole) if zoned else datetime.fromisoformat(whole).replace(tzinfo=AMSTERDAM).astimezone(UTC)
    return "instant", at, at + timedelta(minutes=1 if minute else 0, seconds=0 if minute else 1)


def _at(day: date, hour: int) -> datetime:
    """An hour of a legal day, 24 for its end, in UTC."""
    of, hour = (day + timedelta(days=1), 0) if hour == 24 else (day, hour)
    return datetime.combine(of, time(hour), AMSTERDAM).astimezone(UTC)
