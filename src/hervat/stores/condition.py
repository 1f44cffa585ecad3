"""What an engine tells of how it is doing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Condition:
    """How an engine is doing: the version of the store's schema, what may be told of it, and what is wrong with what to do about that."""

    schema: int
    told: str
    bytes: int
    bad: str | None = None
    warning: str | None = None
