"""Two dates choose: the day of the decision and the day of the facts.

- A span is half-open: its first day counts, its `until` does not; without a first day it begins at the beginning of the calendar.
- A reach is a rectangle: the decisions it holds for, and the facts. A policy rule that holds for every application still undecided spans
  all facts and some decisions; an article that was given another number on a day spans some facts and all decisions; a text that reaches
  back to facts before it was made has a first decision that is later than its first fact.
- `Dated` values lie side by side without hole or overlap within the reach of the whole; both are faults, found when they are read.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
_KEPT = 512
"""So many choices of a value are kept: whoever decides on many people decides on one day, about facts of a few thousand."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `first` up to and without `until`; None is no bound."""

    first: date | None = None
    until: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.until is None or day < self.until)

    @property
    def edges(self) -> tuple[date, date | None]:
        """Its first day, and where it ends."""
        return self.first or date.min, self.until


@dataclass(frozen=True, slots=True)
class Reach:
    """The days of decision and the days of facts for which something holds."""

    decided: Span = Span()
    facts: Span = Span()

    def has(self, on: date, facts_on: date) -> bool:
        """Whether it holds for facts of a day in a decision on a day."""
        return on in self.decided and facts_on in self.facts


@dataclass(frozen=True, slots=True)
class Held(Generic[T]):
    """A value and its reach."""

    value: T
    reach: Reach


class Chosen(NamedTuple, Generic[T]):
    """What holds: its number among the values, itself, and the first day of decision on which something else does."""

    number: int
    held: Held[T]
    changes_on: date | None


class Dated(Generic[T]):
    """Values that lie side by side: for every pair of days within `reach` exactly one."""

    def __init__(self, reach: Reach, values: Iterable[Held[T]]) -> None:
        """Raises ValueError, naming the days, where no value holds, where two do, or where one lies outside."""
        self.reach = reach
        self.values = tuple(values)
        decided = _starts(reach.decided, (held.reach.decided for held in self.values))
        facts = _starts(reach.facts, (held.reach.facts for held in self.values))
        # Between two starts nothing begins or ends, so the first day of each stretch speaks for all of it.
        for on in decided:
            for facts_on in facts:
                count = sum(held.reach.has(on, facts_on) for held in self.values)
                if count != 1:
                    what = "two values hold" if count else "no value holds"
                    raise ValueError(f"{what} in a decision on {on} about facts of {facts_on}")
        self._facts = sorted(set(_edges((reach.facts, *(held.reach.facts for held in self.values)))))
        self._choices = lru_cache(maxsize=_KEPT)(self._choose)

    def chosen(self, on: date, first: date, last: date) -> tuple[Chosen[T], ...] | None:
        """All that holds for some day of the facts from `first` to `last`, as of the first such day; None where nothing does on one."""
        return self._choices(on, self._stretch(first), self._stretch(last))

    def _stretch(self, day: date) -> date:
        """The first day of a stretch of the facts: for all of its days the same holds."""
        before = bisect_right(self._facts, day)
        return self._facts[before - 1] if before else date.min

    def _choose(self, on: date, first: date, last: date) -> tuple[Chosen[T], ...] | None:
        found = self.between(on, first, last)
        if found is None:
            return None
        numbers = {id(held): number for number, held in enumerate(self.values)}
        return tuple(Chosen(numbers[id(held)], held, self.changes_on(on, day)) for day, held in found)

    def at(self, on: date, facts_on: date) -> Held[T] | None:
        """What holds for facts of a day in a decision on a day; None outside the reach of the whole."""
        return next((held for held in self.values if held.reach.has(on, facts_on)), None)

    def between(self, on: date, first: date, last: date) -> tuple[tuple[date, Held[T]], ...] | None:
        """All that holds for some day of the facts from `first` to `last`, each with the first such day; None where nothing does on one."""
        days = sorted({first, last, *(d for d in _edges(held.reach.facts for held in self.values) if first < d < last)})
        found = [(day, self.at(on, day)) for day in days]
        chosen: dict[int, tuple[date, Held[T]]] = {}
        for day, held in found:
            if held is None:
                return None
            chosen.setdefault(id(held), (day, held))
        return tuple(chosen.values())

    def changes_on(self, on: date, facts_on: date) -> date | None:
        """The first day of decision after `on` on which something else holds for the same facts; None where there is none."""
        now = self.at(on, facts_on)
        later = sorted(day for day in _edges((self.reach.decided, *(held.reach.decided for held in self.values))) if day > on)
        return next((day for day in later if self.at(day, facts_on) is not now), None)


def _edges(spans: Iterable[Span]) -> Iterator[date]:
    for span in spans:
        yield from (day for day in span.edges if day is not None)


def _starts(whole: Span, parts: Iterable[Span]) -> list[date]:
    """The first days of all stretches of `whole`. Raises ValueError for a part that is empty or lies outside."""
    first, until = whole.edges
    starts = {first}
    for part in parts:
        begins, ends = part.edges
        if begins < first or (until is not None and (ends is None or ends > until)):
            raise ValueError(f"what holds from {part.first} until {part.until} lies outside {whole.first} until {whole.until}")
        if ends is not None and ends <= begins:
            raise ValueError(f"what holds from {part.first} ends on {part.until}, before it begins")
        starts |= {begins} if ends is None or ends == until else {begins, ends}
    return sorted(starts)
