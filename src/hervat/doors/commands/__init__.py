"""Every command by its name, and what those of two words have in common, by the first of the two."""

from hervat.doors.commands import governing, law, node, register, retention, screening
from hervat.doors.commands.saying import Command

GROUPS = law.GROUPS | governing.GROUPS | screening.GROUPS | retention.GROUPS
COMMANDS: dict[str, Command] = (
    register.COMMANDS | governing.COMMANDS | screening.COMMANDS | law.COMMANDS | retention.COMMANDS | node.COMMANDS
)
