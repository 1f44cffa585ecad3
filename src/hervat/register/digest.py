"""The digest of a register: equal exactly where every fact shown is equal.

- It is over the lines of all facts, sorted by their bytes, each with its line feed; so it is the same whatever the
  order in which messages came, whatever the engine and the batch, and whatever the order in which persons are put in.
- Persons may be put in group by group; only their lines are kept.
"""

import hashlib
from collections.abc import Iterable
from typing import TypedDict

from hervat.register.record import Person


class Digest(TypedDict):
    """`register`: SHA-256 in hexadecimal; `persons`, `facts`: how many."""

    register: str
    persons: int
    facts: int


def digest(persons: Iterable[Person]) -> Digest:
    """The digest over all facts of these persons."""
    lines: list[bytes] = []
    count = 0
    for person in persons:
        count += 1
        lines.extend(person.facts())
    lines.sort()
    hashed = hashlib.sha256()
    for line in lines:
        hashed.update(line + b"\n")
    return {"register": hashed.hexdigest(), "persons": count, "facts": len(lines)}
