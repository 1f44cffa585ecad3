"""Every command by its name, and what those of two words have in common, by the first of the two."""

from hervat.doors.commands import certificates, governing, law, node, register, screening
from hervat.doors.commands.saying import Command

GROUPS = law.GROUPS | governing.GROUPS | screening.GROUPS | certificates.GROUPS
COMMANDS: dict[str, Command] = (
    register.COMMANDS | governing.COMMANDS | screening.COMMANDS | certificates.COMMANDS | law.COMMANDS | node.COMMANDS
)
