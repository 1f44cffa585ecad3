"""Applications: what is asked for, by whom, on which day; bound to a BSN, and joined with persons when they are read.

Of several messages that give one application the last counts (by its day, then source, then sequence); that there are more is said, and
nothing is granted on it without a person who looks.
"""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from hervat import kinds
from hervat.law.certificates import Purpose, purpose
from hervat.message import Message, Named


class Requested(Struct, frozen=True, kw_only=True):
    """An application as it counts. `purposes` is None where one of them has not the form of a profile or an aspect."""

    number: str
    bsn: str
    birth: str
    purposes: tuple[Purpose, ...] | None
    asked_for: tuple[str, ...]
    applied_on: date
    message: Named
    given_again: bool = False


def requested(messages: Iterable[Message], number: str) -> Requested | None:
    """The application of a number in a set of applied messages; None where there is none. Raises nothing."""
    given = [one for one in messages if isinstance(one.data, kinds.CertificateRequested) and one.data.application == number]
    if not given:
        return None
    counts = max(given, key=lambda one: (one.data.applied_on, one.source, one.sequence))
    asked_for = tuple(f"{one.kind} {one.number}" for one in counts.data.purposes)
    return Requested(
        number=number,
        bsn=counts.data.bsn,
        birth=counts.data.birth,
        purposes=_purposes(asked_for),
        asked_for=asked_for,
        applied_on=counts.data.applied_on,
        message=Named(source=counts.source, id=counts.id),
        given_again=len(given) > 1,
    )


def _purposes(asked_for: tuple[str, ...]) -> tuple[Purpose, ...] | None:
    try:
        return tuple(map(purpose, asked_for))
    except ValueError:
        return None
