"""Sorts of facts that have parts: a record with named parts, and a list of records."""

from collections.abc import Callable
from typing import Any, TypeVar

from hervat.law.value import Sort

T = TypeVar("T")


def maybe(sort: Sort[T]) -> Sort[T | None]:
    """A value of that sort, or None, which is not told and null in JSON."""
    return Sort(
        f"{sort.name}, or not told",
        lambda value: None if value is None else sort.write(value),
        lambda given: None if given is None else sort.read(given),
    )


def record(name: str, make: Callable[..., T], **parts: Sort[Any]) -> Sort[T]:
    """What `make` makes of its parts; in JSON an object with exactly these names."""

    def write(value: T) -> Any:
        return {part: sort.write(getattr(value, part)) for part, sort in parts.items()}

    def read(given: Any) -> T:
        if not isinstance(given, dict) or given.keys() != parts.keys():
            raise ValueError(f"{name}: an object with {', '.join(parts)} is wanted")
        return make(**{part: sort.read(given[part]) for part, sort in parts.items()})

    return Sort(name, write, read)


def listed(name: str, sort: Sort[T]) -> Sort[tuple[T, ...]]:
    """A list of values of one sort; it may be empty."""

    def read(given: Any) -> tuple[T, ...]:
        if not isinstance(given, list):
            raise ValueError(f"a list is wanted: {name}")
        return tuple(map(sort.read, given))

    return Sort(name, lambda values: list(map(sort.write, values)), read)
