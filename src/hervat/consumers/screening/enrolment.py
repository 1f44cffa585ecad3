"""Enrolments: who is screened, in which sector, from which day until which; bound to a BSN, and joined with persons when they are read.

- Of several messages that give one enrolment the last counts (by its first day, then source, then sequence), the others contradict it; so
  do several that end it, of which the one with the latest day counts.
- An enrolment that ends before it begins, or on that day, is contradictory: it screens nobody, and says so.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from msgspec import Struct

from hervat import kinds
from hervat.message import Message, Named
from hervat.register.told import grouped


class Enrolment(Struct, frozen=True, kw_only=True, gc=False):
    """One enrolment as it counts: screened are the days from `since` on and before `until`."""

    number: str
    sector: str
    bsn: str
    since: date
    until: date | None
    holder: str | None
    message: Named
    contradictions: tuple[str, ...] = ()

    def screens(self, day: date) -> bool:
        """Whether somebody is screened under it on a day."""
        return self.since <= day and not self.over(day)

    def over(self, day: date) -> bool:
        """Whether it has ended on a day."""
        return self.until is not None and self.until <= day


def enrolments(messages: Iterable[Message]) -> Iterator[Enrolment]:
    """The enrolments in a set of applied messages, in the order of their numbers. Raises nothing."""
    listed = list(messages)
    begun = grouped((one for one in listed if isinstance(one.data, kinds.ScreeningEnrolled)), lambda one: one.data.enrolment)
    ended = grouped((one for one in listed if isinstance(one.data, kinds.ScreeningEnded)), lambda one: one.data.enrolment)
    for number, given in sorted(begun.items()):
        counts = max(given, key=lambda one: (one.data.from_, one.source, one.sequence))
        ends = sorted(ended.get(number, ()), key=lambda one: (one.data.until, one.source, one.sequence))
        until = ends[-1].data.until if ends else None
        yield Enrolment(
            number=number,
            sector=counts.data.sector,
            bsn=counts.data.bsn,
            since=counts.data.from_,
            until=until,
            holder=counts.data.holder,
            message=Named(source=counts.source, id=counts.id),
            contradictions=tuple(_contradictions(given, ends, counts.data.from_)),
        )


def _contradictions(given: list[Message], ends: list[Message], since: date) -> Iterator[str]:
    if len(given) > 1:
        yield "enrolment-given-again"
    if len(ends) > 1:
        yield "enrolment-ended-again"
    if ends and ends[-1].data.until <= since:
        yield "enrolment-ended-before-it-began"
