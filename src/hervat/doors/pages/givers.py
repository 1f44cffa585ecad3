"""Whom to ask for what is missing: which kind gives such a key, in which role, and which partners have that role.

Nothing here is a list of its own: it follows from the table of needs and gives, and from the partners in force.
"""

from functools import cache

from hervat.message import SOURCE, Partners
from hervat.needs import TABLE


@cache
def _roles_giving(sort: str) -> frozenset[str]:
    """The roles whose messages give keys of a sort (the part before the colon)."""
    return frozenset(role for rule in TABLE.values() if any(key.startswith(sort + ":") for key in rule.gives) for role in rule.roles)


class Givers:
    """Names the partners behind keys and sources."""

    def __init__(self, partners: Partners) -> None:
        self._partners = partners.all
        self._names = {partner.oin: partner.name for partner in partners.all}

    def of(self, key: str) -> str:
        """Who would give a key: the sender of a message that is missing, else every partner that may give such a key."""
        sort, _, rest = key.partition(":")
        if sort == "message":
            return self.sender(rest.partition("/")[0])
        roles = _roles_giving(sort)
        return ", ".join(partner.name for partner in self._partners if roles.intersection(partner.roles))

    def sender(self, source: str) -> str:
        """The name of the organisation behind a source; the source itself where nobody knows it."""
        named = SOURCE.fullmatch(source)
        return source if named is None else self._names.get(named["oin"], source)
