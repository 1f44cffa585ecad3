"""Emergency procedures: while the prosecution is cut off, the police may report straight to the register, within what an authority opened.

- A procedure says who opened it and on what ground, for which sectors and categories of offences, who receives what comes of it, the one
  purpose for which that is shown, and its first and last day. `until` is the last day; without it no end is known.
- A report names its day and its category and no sector. So two procedures never cover one category on one day: what a report may be used
  for would not be known.
- `Procedures` holds at one position of the journal, `ProcedureRoster` at every position: each change is an act and holds from its own on.
"""

import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Annotated, get_args

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from hervat.errors import Usage
from hervat.kinds import Category, EmergencyReport, Sector
from hervat.message import END, Text

SECTORS: tuple[str, ...] = get_args(Sector)
CATEGORIES: tuple[str, ...] = get_args(Category)

Word = Annotated[str, Meta(pattern=rf"^[a-z0-9][a-z0-9-]{{0,63}}{END}")]
"""What people type: small letters, digits and hyphens."""


class EmergencyProcedure(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A procedure under its name. `from_` and `until` are its first and last day, in Europe/Amsterdam."""

    name: Word
    authority: Text
    ground: Text
    sectors: Annotated[tuple[Sector, ...], Meta(min_length=1)]
    categories: Annotated[tuple[Category, ...], Meta(min_length=1)]
    receivers: Annotated[tuple[Text, ...], Meta(min_length=1)]
    purpose: Word
    from_: date
    until: date | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for an end before the beginning."""
        if self.until is not None and self.until < self.from_:
            raise ValueError(f"the procedure {self.name} ends on {self.until}, before it begins on {self.from_}")

    def has(self, day: date) -> bool:
        """Whether a day lies within it."""
        return self.from_ <= day and (self.until is None or day <= self.until)

    def covers(self, report: EmergencyReport) -> bool:
        """Whether a report falls within it."""
        return report.category in self.categories and self.has(report.reported_on)

    def meets(self, other: "EmergencyProcedure") -> bool:
        """Whether some report would fall within both."""
        begins, ends = max(self.from_, other.from_), min(self.until or date.max, other.until or date.max)
        return begins <= ends and not set(self.categories).isdisjoint(other.categories)


class Procedures:
    """Every procedure that was ever opened, as it is known at one position; made once and never changed."""

    def __init__(
        self,
        procedures: Iterable[EmergencyProcedure],
        opened: Mapping[str, int] = MappingProxyType({}),
        closed: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        """`opened` and `closed` have, by name, the positions of the acts. Raises Usage for two of one name, or that cover the same."""
        self._known: dict[str, EmergencyProcedure] = {}
        for procedure in procedures:
            self.ensure_apart(procedure)
            self._known[procedure.name] = procedure
        self._opened = dict(opened)
        self._closed = dict(closed)

    @classmethod
    @cache
    def default(cls) -> "Procedures":
        """The procedure of 12 August 2025, which is known at position 0 of every journal."""
        text = resources.files("hervat").joinpath("procedures.toml").read_text(encoding="utf-8")
        return cls(msgspec.convert(tomllib.loads(text), dict[str, list[EmergencyProcedure]])["procedure"])

    def __iter__(self) -> Iterator[EmergencyProcedure]:
        """Every procedure, by its first day and its name."""
        return iter(sorted(self._known.values(), key=lambda one: (one.from_, one.name)))

    def get(self, name: str) -> EmergencyProcedure | None:
        """The procedure of this name; None where there never was one."""
        return self._known.get(name)

    def opened(self, name: str) -> int | None:
        """The position of the act that opened it; None where no act did."""
        return self._opened.get(name)

    def closed(self, name: str) -> int | None:
        """The position of the act that closed it; None where no act did."""
        return self._closed.get(name)

    def covering(self, report: EmergencyReport) -> EmergencyProcedure | None:
        """The procedure that a report falls within; None where it falls outside every one."""
        return next((one for one in self._known.values() if one.covers(report)), None)

    def nearest(self, day: date) -> EmergencyProcedure:
        """The procedure that a day is told with: the last that began on or before it, or else the first of all."""
        begun = [one for one in self if one.from_ <= day]
        return begun[-1] if begun else next(iter(self))

    def faults(self, report: EmergencyReport) -> Iterator[tuple[str, str]]:
        """Why a report falls outside every procedure: the path in its data, and a sentence."""
        of_day = [one for one in self._known.values() if one.has(report.reported_on)]
        if not of_day:
            yield "reported_on", "On this day no emergency procedure was open; send the case through the prosecution service."
        elif not any(one.covers(report) for one in of_day):
            yield "category", "No emergency procedure of this day covers this category; send the case through the prosecution service."

    def ensure_apart(self, procedure: EmergencyProcedure) -> None:
        """Raises Usage where a procedure cannot stand beside the others: one has its name, or a report could fall within both."""
        if procedure.name in self._known:
            raise Usage(f"--name {procedure.name}: there is a procedure of this name; a name never comes to mean another, give a new one")
        for other in self._known.values():
            if procedure.meets(other):
                both = sorted(set(procedure.categories) & set(other.categories))
                raise Usage(
                    f"--from {procedure.from_}: the procedure {other.name} covers {', '.join(both)} from {other.from_} "
                    f"until {other.until or 'no end that is known'}; a report must fall within one only: close that first, or begin later"
                )

    def with_opened(self, position: int, procedure: EmergencyProcedure) -> "Procedures":
        """The procedures after the act at a position that opened one."""
        return Procedures([*self._known.values(), procedure], {**self._opened, procedure.name: position}, self._closed)

    def with_closed(self, position: int, name: str, until: date) -> "Procedures":
        """The procedures after the act at a position that closed one."""
        closed = {**self._known, name: replace(self._known[name], until=until)}
        return Procedures(closed.values(), self._opened, {**self._closed, name: position})


class ProcedureRoster:
    """The procedures known at every position of the journal."""

    def __init__(self, first: Procedures) -> None:
        """`first` holds at position 0."""
        self._positions = [0]
        self._procedures = [first]

    def change(self, position: int, procedures: Procedures) -> None:
        """An act at a position beyond all others so far: what is known from then on."""
        self._positions.append(position)
        self._procedures.append(procedures)

    @property
    def now(self) -> Procedures:
        """The procedures after every act."""
        return self._procedures[-1]

    def at(self, position: int) -> Procedures:
        """The procedures known at a position: those after the last act at or before it."""
        return self._procedures[bisect_right(self._positions, position) - 1]
