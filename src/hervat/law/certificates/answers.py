"""Answers of rules as facts for the next rule: what was answered, what it could not be told, what of it is unverified, and its
receipt.

A rule that rests on another rule keeps the hash of that rule's receipt in its own, so that each is computed again by itself and
both belong together.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Generic, TypeVar

from hervat.law.rule import Result
from hervat.law.value import DAY, TEXT, TEXTS, Outcome, Sort, plain

V = TypeVar("V")

_KEYS = ("about", "outcome", "value", "missing", "unverified", "changes_on", "receipt")
_HASH = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Answer(Generic[V]):
    """What a rule answered about something: `about` names it, `of` is the hash of the receipt, or what to take it of once somebody asks."""

    about: str
    outcome: Outcome
    value: V | None
    missing: tuple[str, ...]
    unverified: tuple[str, ...]
    changes_on: date | None
    of: Result[V] | str = field(repr=False)

    @cached_property
    def receipt(self) -> str:
        """SHA-256 of the receipt in hexadecimal digits."""
        return self.of if isinstance(self.of, str) else hashlib.sha256(self.of.receipt()).hexdigest()


def answer(result: Result[V], about: str) -> Answer[V]:
    """The answer of a rule, to be told to another."""
    return Answer(about, result.outcome, result.value, result.missing, result.unverified, result.changes_on, result)


def _written(one: Answer[Any]) -> dict[str, Any]:
    return {name: plain(getattr(one, name)) for name in _KEYS}


def answer_of(name: str, read: Callable[[Any], V]) -> Sort[Answer[V]]:
    """The sort of answers whose value `read` reads."""

    def reading(given: Any) -> Answer[V]:
        if not isinstance(given, dict) or given.keys() != {*_KEYS}:
            raise ValueError(f"an answer has {', '.join(sorted(_KEYS))}")
        if not _HASH.fullmatch(TEXT.read(given["receipt"])):
            raise ValueError("the receipt of an answer is SHA-256, in hexadecimal digits")
        return Answer(
            about=TEXT.read(given["about"]),
            outcome=Outcome(given["outcome"]),
            value=None if given["value"] is None else read(given["value"]),
            missing=TEXTS.read(given["missing"]),
            unverified=TEXTS.read(given["unverified"]),
            changes_on=None if given["changes_on"] is None else DAY.read(given["changes_on"]),
            of=given["receipt"],
        )

    return Sort(name, _written, reading)


def list_of(sort: Sort[V], name: str) -> Sort[tuple[V, ...]]:
    """The sort of lists of a sort."""

    def reading(given: Any) -> tuple[V, ...]:
        if not isinstance(given, list):
            raise ValueError(f"a list is wanted: {name}")
        return tuple(map(sort.read, given))

    return Sort(name, lambda values: [sort.write(value) for value in values], reading)
