"""Every command by its name, and what those of two words have in common, by the first of the two."""

from hervat.doors.commands import certificates, disclosing, governing, law, node, register, screening, subject
from hervat.doors.commands.saying import Command

_TABLES = (register, governing, screening, certificates, disclosing, subject, law)
GROUPS = {name: words for table in (law, governing, screening, certificates, disclosing, subject) for name, words in table.GROUPS.items()}
COMMANDS: dict[str, Command] = {name: command for table in (*_TABLES, node) for name, command in table.COMMANDS.items()}
