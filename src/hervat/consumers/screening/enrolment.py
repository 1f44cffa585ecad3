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


class Contradiction(Struct, frozen=True, kw_only=True, gc=False):
    """What contradicts an enrolment: the message and the place in it that do, and the message beside which it does not go."""

    what: str
    path: str
    message: Named
    beside: Named


class Enrolment(Struct, frozen=True, kw_only=True, gc=False):
    """One enrolment as it counts: screened are the days from `since` on and before `until`."""

    number: str
    sector: str
    bsn: str
    since: date
    until: date | None
    holder: str | None
    message: Named
    contradictions: tuple[Contradiction, ...] = ()

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
            message=_named(counts),
            contradictions=tuple(_contradictions(counts, given, ends)),
        )


def _contradictions(counts: Message, given: list[Message], ends: list[Message]) -> Iterator[Contradiction]:
    """One of each message that contradicts the one that counts."""
    for one in given:
        if one is not counts:
            yield _contradiction("enrolment-given-again", "data.enrolment", one, counts)
    for one in ends[:-1]:
        yield _contradiction("enrolment-ended-again", "data.until", one, ends[-1])
    if ends and ends[-1].data.until <= counts.data.from_:
        yield _contradiction("enrolment-ended-before-it-began", "data.until", ends[-1], counts)


def _contradiction(what: str, path: str, one: Message, beside: Message) -> Contradiction:
    return Contradiction(what=what, path=path, message=_named(one), beside=_named(beside))


def _named(one: Message) -> Named:
    return Named(source=one.source, id=one.id)
