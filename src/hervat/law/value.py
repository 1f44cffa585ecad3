"""What rules speak of: outcomes, how certain a value is, words in two languages, and sorts of values.

- `None` is *not told*; `NONE` is told that there is none: an enrolment without an end, a charge without an ECRIS code.
- A sort says how a value stands in JSON and reads it back strictly: for a receipt, and for a value in a rule's file.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum, StrEnum
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from hervat.case import Duration

T = TypeVar("T")


class Outcome(StrEnum):
    """The three answers."""

    YES = "yes"
    NO = "no"
    CANNOT_SAY = "cannot-say"


class Certainty(StrEnum):
    """How a value is known, best first: read in the source named; concluded from one; believed, not read; not looked up."""

    QUOTED = "quoted"
    INFERRED = "inferred"
    MEMORY = "memory"
    UNVERIFIED = "unverified"


class Absent(Enum):
    """Told, and there is none."""

    NONE = "none"


NONE: Literal[Absent.NONE] = Absent.NONE


class Words(NamedTuple):
    """The same in English and Dutch."""

    en: str
    nl: str


@dataclass(frozen=True, slots=True)
class Sort(Generic[T]):
    """A sort of values: its name, to JSON, and back; `read` raises ValueError, saying what it wants."""

    name: str
    write: Callable[[T], Any]
    read: Callable[[Any], T]


def _text(given: Any) -> str:
    if not isinstance(given, str) or not given:
        raise ValueError("a text is wanted")
    return given


def _yes_no(given: Any) -> bool:
    if not isinstance(given, bool):
        raise ValueError("true or false is wanted")
    return given


def _whole(given: Any) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or given < 0:
        raise ValueError("a whole number is wanted, 0 or more")
    return given


def _day(given: Any) -> date:
    return date.fromisoformat(_text(given))


def _texts(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise ValueError("a list of texts is wanted")
    return tuple(map(_text, given))


def _length(given: Any) -> Duration:
    if not isinstance(given, dict) or not given or not given.keys() <= set(Duration.__struct_fields__):
        raise ValueError(f"a duration is wanted, in {', '.join(Duration.__struct_fields__)}")
    units: dict[str, Any] = {unit: _yes_no(many) if unit == "life" else _whole(many) for unit, many in given.items()}
    return Duration(**units)


def _written_length(length: Duration) -> dict[str, Any]:
    units = {unit: getattr(length, unit) for unit in Duration.__struct_fields__}
    return {unit: many for unit, many in units.items() if many is not None}


TEXT = Sort("text", str, _text)
YES_NO = Sort("yes or no", bool, _yes_no)
WHOLE = Sort("whole number", int, _whole)
DAY = Sort("day", date.isoformat, _day)
TEXTS = Sort("texts", list, _texts)
LENGTH = Sort("length", _written_length, _length)


def choice(*names: str) -> Sort[str]:
    """One of these texts."""

    def read(given: Any) -> str:
        if given not in names:
            raise ValueError(f"one of {', '.join(names)} is wanted")
        return str(given)

    return Sort(f"one of {', '.join(names)}", str, read)


def or_none(sort: Sort[T]) -> Sort[T | Absent]:
    """A value of that sort, or `NONE`, which is null in JSON."""

    def write(value: T | Absent) -> Any:
        return None if isinstance(value, Absent) else sort.write(value)

    def read(given: Any) -> T | Absent:
        return NONE if given is None else sort.read(given)

    return Sort(f"{sort.name}, or none", write, read)


def plain(value: Any) -> Any:
    """A value of frozen dataclasses, tuples, enums and dates as JSON has it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Words):
        return value._asdict()
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
