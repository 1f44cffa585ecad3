"""Every command by its name, and what those of two words have in common, by the first of the two."""

from hervat.doors.commands import disclosing, governing, law, node, register, screening, subject
from hervat.doors.commands.saying import Command

GROUPS = law.GROUPS | governing.GROUPS | screening.GROUPS | disclosing.GROUPS | subject.GROUPS
COMMANDS: dict[str, Command] = {
    **(register.COMMANDS | disclosing.COMMANDS | subject.COMMANDS),
    **(governing.COMMANDS | screening.COMMANDS | law.COMMANDS | node.COMMANDS),
}
