"""A map from tables in CSV: one file with a column `table`, or a file of parts (with that column) and a file of edges.

- Columns are called as the fields of a map are. Several things in one cell are divided by `|`, an approver is `partner:role`, and
  hours are a number or `low|likely|high`. The columns are divided by commas or semicolons.
- A row without an id gets one from its name, a row without a name has its id for one. A column that no table knows is named, not taken.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from hervat.chain.draft import TABLES, Draft, slug
from hervat.errors import Usage

_HOURS = frozenset(("restore", "takes", "open"))
_LISTS = frozenset(("kinds", "gates", "systems"))
_EDGE = frozenset(("kind", "of", "on"))
_UNNAMED = frozenset(("edge", "published", "cut"))


def add_tables(draft: Draft, paths: Iterable[Path]) -> None:
    """What some files say, all parts before the streams between them. Raises Usage, with file and line, for what is no row of a map."""
    order = list(TABLES)
    rows = [row for path in paths for row in _rows(path)]
    taken: set[str] = set()
    for table, told, where in sorted(rows, key=lambda row: order.index(row[0])):
        fields = {field.encode_name for field in msgspec.structs.fields(TABLES[table])}
        for column in sorted(told.keys() - fields):
            draft.unmapped.append(f"{where}: the column {column!r} ({told[column]!r}) is none of a {table}")
        draft.add(table, _filled(table, told, fields, taken, where), where)


def _rows(path: Path) -> Iterator[tuple[str, dict[str, str], str]]:
    """Every row that is not empty: its table, its cells that are not, and where it stands."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as fault:
        raise Usage(f"{path}: cannot be read: {fault.strerror}") from fault
    except UnicodeDecodeError as fault:
        raise Usage(f"{path}: it is no text in UTF-8; save it as such") from fault
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",", strict=True)
    try:
        columns = [column.strip() for column in reader.fieldnames or ()]
        if "table" not in columns and not set(columns) >= _EDGE:
            raise Usage(f"{path}, line 1: no column `table`, nor `kind`, `of` and `on` of edges; the columns are {', '.join(columns)}")
        if len(set(columns)) < len(columns):
            raise Usage(f"{path}, line 1: two columns have one name; give each a name of its own")
        reader.fieldnames = columns
        for row in reader:
            where = f"{path}, line {reader.line_num}"
            if None in row or None in row.values():
                raise Usage(f"{where}: this row has not as many cells as there are columns ({len(columns)})")
            told = {column: cell.strip() for column, cell in row.items() if cell.strip()}
            if told:
                yield _table_of(told, where), told, where
    except csv.Error as fault:
        raise Usage(f"{path}, line {reader.reader.line_num}: this is no CSV: {fault}") from fault


def _table_of(told: dict[str, str], where: str) -> str:
    table = told.pop("table", "edge")
    if table not in TABLES:
        raise Usage(f"{where}: there is no table {table!r}; there are {', '.join(TABLES)}")
    return table


def _filled(table: str, told: Mapping[str, str], fields: set[str], taken: set[str], where: str) -> dict[str, Any]:
    row: dict[str, Any] = {name: _cell(table, name, cell, where) for name, cell in told.items() if name in fields}
    if table not in _UNNAMED:
        row.setdefault("id", slug(str(row.get("name", table)), taken))
        row.setdefault("name", row["id"])
        taken.add(row["id"])
    return row


def _cell(table: str, name: str, cell: str, where: str) -> Any:
    """What a cell says: a text, or what is divided in it."""
    parts = [part.strip() for part in cell.split("|")]
    if name in _HOURS:
        try:
            hours = [float(part) for part in parts]
        except ValueError as fault:
            raise Usage(f"{where}: {name} = {cell!r} is to be hours: a number, or low|likely|high") from fault
        return hours[0] if len(hours) == 1 else hours
    if name in _LISTS or (table, name) == ("published", "of"):
        return parts
    if name == "approvers":
        return [{"partner": partner, "role": role} for partner, _, role in (part.partition(":") for part in parts)]
    return cell
