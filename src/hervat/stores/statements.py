"""Reads the named statements and the numbered migrations that lie beside an engine."""

import re
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@cache
def statements_of(room: str) -> dict[str, str]:
    """The statements that lie in an engine's package, by name."""
    texts = [item.read_text("utf-8") for item in files(room).iterdir() if item.name.endswith(".sql")]
    pieces = [piece for text in texts for piece in _NAME.split(text)[1:]]
    return {name: body.strip().rstrip(";") for name, body in zip(pieces[::2], pieces[1::2], strict=True)}


@cache
def migrations_of(room: str) -> tuple[tuple[int, str], ...]:
    """The migrations of an engine's package as (number, script), in order."""
    folder = files(room).joinpath("migrations")
    found = sorted(item.name for item in folder.iterdir() if item.name.endswith(".sql"))
    return tuple((int(name[:4]), folder.joinpath(name).read_text("utf-8")) for name in found)
