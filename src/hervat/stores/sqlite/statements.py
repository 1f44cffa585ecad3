"""Reads the named statements and the numbered migrations that lie beside this module."""

import re
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@cache
def statements() -> dict[str, str]:
    """The statements of `queries.sql` by name."""
    text = files("hervat.stores.sqlite").joinpath("queries.sql").read_text("utf-8")
    pieces = _NAME.split(text)[1:]
    return {name: body.strip().rstrip(";") for name, body in zip(pieces[::2], pieces[1::2], strict=True)}


@cache
def migrations() -> tuple[tuple[int, str], ...]:
    """The migrations as (number, script), in order."""
    folder = files("hervat.stores.sqlite").joinpath("migrations")
    found = sorted(item.name for item in folder.iterdir() if item.name.endswith(".sql"))
    return tuple((int(name[:4]), folder.joinpath(name).read_text("utf-8")) for name in found)
