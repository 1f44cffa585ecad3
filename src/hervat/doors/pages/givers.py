"""Whom to ask for what is missing: which kind gives such a key, in which role, and which partners have that role.

Nothing here is a list of its own: it follows from the table of needs and gives, and from the partners in force at the head.
"""

from hervat.assemble import Node
from hervat.message import SOURCE
from hervat.needs import TABLE


class Givers:
    """Whom a node would ask; made anew for each page, for partners change."""

    def __init__(self, node: Node) -> None:
        self._roster = node.roster()
        self._by_sort: dict[str, str] = {}

    def of(self, key: str) -> str:
        """Who would give a key: the sender of a message that is missing, else every partner that may give such a key."""
        sort, _, rest = key.partition(":")
        if sort == "message":
            return self.sender(rest.partition("/")[0])
        if sort not in self._by_sort:
            self._by_sort[sort] = self._givers_of(sort)
        return self._by_sort[sort]

    def _givers_of(self, sort: str) -> str:
        """The partners that may give keys of a sort (the part of a key before its colon)."""
        rules = [rule for rule in TABLE.values() if any(key.startswith(f"{sort}:") for key in rule.gives)]
        roles = {role for rule in rules for role in rule.roles}
        return ", ".join(partner.name for partner in self._roster.now if roles.intersection(partner.roles))

    def sender(self, source: str) -> str:
        """The name of the organisation behind a source, the last it had where it is known no more; else the source itself."""
        named = SOURCE.fullmatch(source)
        return source if named is None else self._roster.name_of(named["oin"]) or source
