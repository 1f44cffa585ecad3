"""Every command by its name, and what those of two words have in common, by the first of the two."""

from hervat.doors.commands import (
    backlog,
    certificates,
    chain,
    custody,
    disclosing,
    exchange,
    governing,
    law,
    node,
    planning,
    quarantining,
    recording,
    register,
    restarting,
    retention,
    screening,
    subject,
)
from hervat.doors.commands.saying import Command

_FAMILIES = (
    governing,
    exchange,
    quarantining,
    restarting,
    screening,
    certificates,
    disclosing,
    custody,
    subject,
    retention,
    backlog,
    chain,
    planning,
    recording,
    law,
)
GROUPS = {name: words for family in (law, *_FAMILIES) for name, words in family.GROUPS.items()}
COMMANDS: dict[str, Command] = {name: told for family in (register, *_FAMILIES, node) for name, told in family.COMMANDS.items()}
