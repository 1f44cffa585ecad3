"""Whom to ask for what is missing: which kind gives such a key, in which role, and which partners have that role.

Nothing here is a list of its own: it follows from the table of needs and gives, and from the list of partners.
"""

import tomllib
from functools import cache
from importlib import resources

import msgspec

from hervat.message import SOURCE
from hervat.needs import TABLE
from hervat.partner import Partner


@cache
def _partners() -> tuple[Partner, ...]:
    """The organisations by name: those that hold where no other configuration is given."""
    text = resources.files("hervat").joinpath("partners.toml").read_text(encoding="utf-8")
    return tuple(msgspec.convert(tomllib.loads(text)["partner"], list[Partner]))


@cache
def _givers_of(sort: str) -> str:
    """The partners that may give keys of a sort (the part of a key before its colon)."""
    rules = [rule for rule in TABLE.values() if any(key.startswith(f"{sort}:") for key in rule.gives)]
    roles = {role for rule in rules for role in rule.roles}
    return ", ".join(partner.name for partner in _partners() if roles.intersection(partner.roles))


def giver_of(key: str) -> str:
    """Who would give a key: the sender of a message that is missing, else every partner that may give such a key."""
    sort, _, rest = key.partition(":")
    return sender_of(rest.partition("/")[0]) if sort == "message" else _givers_of(sort)


@cache
def sender_of(source: str) -> str:
    """The name of the organisation behind a source; the source itself where nobody knows it."""
    named = SOURCE.fullmatch(source)
    names = {partner.oin: partner.name for partner in _partners()}
    return source if named is None else names.get(named["oin"], source)
