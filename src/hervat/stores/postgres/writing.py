"""Writing one change: what is new is copied into its place, what has changed is brought in one go and put in its place by one statement."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple
from operator import attrgetter
from typing import Any

from msgspec import structs

from hervat.journal.store import Change, Row
from hervat.stores.postgres.connection import Connection

_LEFT = attrgetter("parts", "box", "position")
_COLUMNS = Row.__struct_fields__
_CHANGED = attrgetter(*_COLUMNS[_COLUMNS.index("needs") :], "position")

# The types of the columns that are copied, in the order of the statements.
_ENTRY_TYPES = ("int8", "bytea", "bytea", "bytea", "bytea")
_ROW_TYPES = (
    *("int8", "int4", "text", "int8", "text", "text", "bytea", "bytea", "bytea", "bytea", "bytea", "bytea", "text", "int8"),
    *("int2", "bytea", "bytea", "int2", "int8", "int2", "int8", "bytea", "int2", "int2", "int2"),
)
_CHANGED_TYPES = (*_ROW_TYPES[_COLUMNS.index("needs") :], "int8")
_LINK_TYPES = ("bytea", "int8", "bool")
_TURN_TYPES = ("int8", "int8", "int2")


def put(connection: Connection, change: Change) -> None:
    """Put a change in its place, within the transaction that is under way."""
    _copy(connection, "put_entry", _ENTRY_TYPES, map(structs.astuple, change.entries))
    _each(connection, "erase_entry", list(map(_LEFT, change.erased_entries)))
    _each(connection, "seal_entry", [(box, position) for position, box in change.boxes.items()])
    _each(connection, "put_tile", [(tile.level, tile.index, tile.hash) for tile in change.tiles])
    _each(connection, "put_feed", list(map(astuple, change.feeds)))
    _copy(connection, "put_row", _ROW_TYPES, map(structs.astuple, change.new_rows))
    if change.changed_rows:
        _copy(connection, "stage_row", _CHANGED_TYPES, map(_CHANGED, change.changed_rows))
        connection.ask("change_row")
        connection.ask("empty_staging_row")
    _put_links(connection, change)
    _each(connection, "put_missing", [(*place, last) for place, last in change.missing.items() if last is not None])
    _each(connection, "drop_missing", [place for place, last in change.missing.items() if last is None])
    _each(connection, "put_gone", list(map(astuple, change.gone)))
    _copy(connection, "put_turn", _TURN_TYPES, map(astuple, change.turns))
    _each(connection, "put_declared", list(map(astuple, change.declared)))
    _each(connection, "put_act", [(act.position, act.kind, act.ident) for act in change.acts])
    connection.ask("put_head", *astuple(change.head))


def _put_links(connection: Connection, change: Change) -> None:
    """Links of messages that are new are new themselves; of the others nobody knows whether they are there."""
    fresh = {row.position for row in change.new_rows}
    new, other = [], []
    for (key, position), live in change.links.items():
        if position not in fresh:
            other.append((key, position, live))
        elif live is not None:
            new.append((key, position, live))
    # In the order of the index, which is then gone through once.
    _copy(connection, "put_link", _LINK_TYPES, sorted(new))
    if other:
        _copy(connection, "stage_link", _LINK_TYPES, sorted(other))
        connection.ask("change_link")
        connection.ask("drop_link")
        connection.ask("empty_staging_link")


def _copy(connection: Connection, name: str, types: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    first = next(stream := iter(rows), None)
    if first is None:
        return
    with connection.db.cursor() as cursor, cursor.copy(connection.sql[name]) as copy:
        copy.set_types(types)
        copy.write_row(first)
        for row in stream:
            copy.write_row(row)


def _each(connection: Connection, name: str, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        connection.db.cursor().executemany(connection.sql[name], rows)
