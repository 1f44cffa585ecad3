"""What a certificate is asked for, and the values that hang on it.

- A purpose is a kind and a number, for 85 is in use twice: `profile 85` is a shooting club, `aspect 85` the care of people in need
  of help.
- Tables in the files of rules are lists of texts: `profile 85: 8` is years, `aspect 84, sexual: relevant` a cell of the matrix.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from hervat.law.value import NONE, TEXTS, WHOLE, Absent, Sort

_PURPOSE = re.compile(r"(?P<kind>profile|aspect) (?P<number>[0-9]{2})")


class Purpose(NamedTuple):
    """A screening profile or a functional aspect, by its number of two digits."""

    kind: Literal["profile", "aspect"]
    number: str

    @property
    def told(self) -> str:
        """As tables and receipts have it."""
        return f"{self.kind} {self.number}"


class Group(StrEnum):
    """What an offence is for look-back; `UNKNOWN` where it cannot be said."""

    SEXUAL = "sexual"
    SERIOUS_VIOLENCE = "serious-violence"
    ORGANISED = "organised"
    OTHER = "other"
    UNKNOWN = "unknown"


class Relevance(StrEnum):
    """Whether an offence stands in the way of a purpose; what no table says is for a person to assess."""

    RELEVANT = "relevant"
    NOT_RELEVANT = "not-relevant"
    ASSESS = "assess"


def purpose(text: str) -> Purpose:
    """The purpose that a text names. Raises ValueError."""
    found = _PURPOSE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no purpose, such as profile 85 or aspect 85")
    return Purpose("profile" if found["kind"] == "profile" else "aspect", found["number"])


def _purposes(given: Any) -> tuple[Purpose, ...]:
    return tuple(map(purpose, TEXTS.read(given)))


def _table(given: Any) -> Mapping[str, str]:
    rows = dict(_row(text) for text in TEXTS.read(given))
    if len(rows) != len(given):
        raise ValueError("a row stands in it twice")
    return MappingProxyType(rows)


def _row(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(": ")
    if not colon or not name:
        raise ValueError(f"{text!r} is no row, such as profile 85: 8")
    return name, value


def _number(text: str) -> int:
    if not re.fullmatch("[0-9]{1,3}", text):
        raise ValueError(f"{text!r} is no number of years")
    return int(text)


def _years_by_name(given: Any) -> Mapping[str, int]:
    return MappingProxyType({name: _number(value) for name, value in _table(given).items()})


def _matrix(given: Any) -> Mapping[tuple[Purpose, Group], Relevance]:
    cells = {}
    for row, value in _table(given).items():
        name, _, group = row.partition(", ")
        cells[purpose(name), Group(group)] = Relevance(value)
    return MappingProxyType(cells)


def _years(given: Any) -> int | Absent:
    return NONE if given == "unlimited" else WHOLE.read(given)


def _rows(table: Mapping[Any, Any]) -> list[str]:
    return [f"{name}: {value}" for name, value in table.items()]


PURPOSES: Sort[tuple[Purpose, ...]] = Sort("purposes", lambda purposes: [one.told for one in purposes], _purposes)
YEARS_BY_NAME: Sort[Mapping[str, int]] = Sort("years by name", _rows, _years_by_name)
MATRIX: Sort[Mapping[tuple[Purpose, Group], Relevance]] = Sort(
    "matrix", lambda cells: [f"{one.told}, {group}: {value}" for (one, group), value in cells.items()], _matrix
)
YEARS: Sort[int | Absent] = Sort("years, or unlimited", lambda years: "unlimited" if isinstance(years, Absent) else years, _years)


def relevance(matrix: Mapping[tuple[Purpose, Group], Relevance], purposes: tuple[Purpose, ...], group: Group) -> Relevance:
    """Whether an offence stands in the way of the purposes together: as soon as it does of one; only where it does of none, not at
    all.
    """
    found = {matrix.get((one, group), Relevance.ASSESS) for one in purposes}
    if Relevance.RELEVANT in found:
        return Relevance.RELEVANT
    return Relevance.NOT_RELEVANT if found == {Relevance.NOT_RELEVANT} else Relevance.ASSESS
