"""A map made of what others keep. What they do not say is filled with the plainest thing, marked as invented, and named as missing.

- An organisation that nobody names is `unknown`; each organisation has one crew until somebody says otherwise.
- A duration, a weight or a tolerance that is missing is 0 and stands in the list of what is missing: no figure is made up.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from hervat.chain.parts import (
    ChainMap,
    ChainPartner,
    Check,
    Crew,
    Cut,
    Edge,
    Procedure,
    Process,
    Published,
    Stream,
    System,
)
from hervat.chain.reading import chain_of
from hervat.errors import Usage

TABLES: dict[str, type[Struct]] = {
    "partner": ChainPartner,
    "crew": Crew,
    "system": System,
    "check": Check,
    "stream": Stream,
    "process": Process,
    "procedure": Procedure,
    "edge": Edge,
    "published": Published,
    "cut": Cut,
}
_FIGURES = {
    "system": ("restore",),
    "check": ("takes",),
    "stream": ("open", "kinds"),
    "process": ("tolerance", "harm", "to"),
}
_EMPTY: dict[str, Any] = {"kinds": [], "to": "nobody said"}
UNKNOWN = "unknown"


class Imported(NamedTuple):
    """A sound map; what did not fit in it, and which figures are missing, each as a line for people."""

    chain: ChainMap
    unmapped: tuple[str, ...]
    missing: tuple[str, ...]


def slug(name: str, taken: Iterable[str]) -> str:
    """An id from a name, that none of `taken` is."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:56] or "part"
    id, number = base, 1
    while id in taken:
        number += 1
        id = f"{base}-{number}"
    return id


class Draft:
    """Rows of a map as they come in, and what of them did not fit."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.unmapped: list[str] = []
        self._missing: list[str] = []
        self._rows: dict[str, list[dict[str, Any]]] = {}

    def add(self, table: str, row: Mapping[str, Any], where: str) -> None:
        """A row of a table. Raises Usage, with where it stands, if it is none."""
        told = dict(row)
        for field in _FIGURES.get(table, ()):
            if told.get(field) in (None, [], ""):
                told[field] = _EMPTY.get(field, 0)
                self._missing.append(f"{table} {told.get('id')}: {field} ({where})")
        if table in ("crew", "system", "check", "process"):
            told.setdefault("partner", UNKNOWN)
        if table in ("system", "check"):
            told.setdefault("crew", _crew_of(told["partner"]))
        if table == "stream":
            told.setdefault("crew", self._crew_of_system(told.get("from")))
        try:
            part = msgspec.convert(told, TABLES[table], strict=False)
        except msgspec.ValidationError as fault:
            raise Usage(f"{where}: {table} {told.get('id', '')}: {fault}") from fault
        self._rows.setdefault(table, []).append(msgspec.to_builtins(part, builtin_types=()))

    def done(self, name: str) -> Imported:
        """The map. Raises Usage if it is not sound."""
        self._fill("partner", (row["partner"] for row in self._all("crew", "system", "check", "process")), lambda id: {"name": id})
        known = [row["id"] for row in self._all("partner")]
        crews = {_crew_of(id): {"name": f"ICT of {id}", "partner": id} for id in known}
        self._fill("crew", (row["crew"] for row in self._all("system", "check", "stream")), lambda id: crews.get(id))
        document: dict[str, Any] = {"partner": [], "system": [], **self._rows, "name": name}
        if "cut" in document:
            document["cut"] = document["cut"][0]
        return Imported(chain_of(document, self.where), tuple(self.unmapped), tuple(self._missing))

    def _all(self, *tables: str) -> list[dict[str, Any]]:
        return [row for table in tables for row in self._rows.get(table, ())]

    def _crew_of_system(self, id: Any) -> str:
        return next((str(row["crew"]) for row in self._all("system") if row["id"] == id), _crew_of(UNKNOWN))

    def _fill(self, table: str, named: Iterable[str], made: Any) -> None:
        """Parts that are named and that nobody described."""
        there = {row["id"] for row in self._all(table)}
        for id in dict.fromkeys(named):
            row = made(id) if id not in there else None
            if row is not None:
                self.add(table, {"id": id, **row}, self.where)
                self._missing.append(f"{table} {id}: nobody described it ({self.where})")


def _crew_of(partner: str) -> str:
    return f"ict-{partner}"[:64]
