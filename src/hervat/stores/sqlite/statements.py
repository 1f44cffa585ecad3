"""The named statements and the numbered migrations that lie beside this module."""

from hervat.stores.statements import migrations_of, statements_of

_ROOM = "hervat.stores.sqlite"


def statements() -> dict[str, str]:
    """The statements by name."""
    return statements_of(_ROOM)


def migrations() -> tuple[tuple[int, str], ...]:
    """The migrations as (number, script), in order."""
    return migrations_of(_ROOM)
