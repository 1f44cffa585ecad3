"""Applications: what is asked for, by whom, on which day; bound to a BSN, and joined with persons when they are read.

- An application is known by its source and number. Of several messages that give one the last counts (by its day, then sequence); that
  there are more is said, and nothing is granted on it without a person who looks.
- Its place is the position of the first message in custody that gives its number as that is corrected now, whatever becomes of the message;
  of those on which steps were taken, where there are any: a correction that gives a number to another message as well takes no step away.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from msgspec import Struct

from hervat import kinds
from hervat.journal.store import Row, Store, keys_of
from hervat.law.certificates import Purpose, purpose
from hervat.message import Message, Named

REQUESTED = "certificate-requested"


class Requested(Struct, frozen=True, kw_only=True):
    """An application as it counts. `purposes` is None where one of them has not the form of a profile or an aspect; `in_doubt`: something
    is held that gives it as well, or amends it.
    """

    number: str
    source: str
    bsn: str
    birth: str
    purposes: tuple[Purpose, ...] | None
    asked_for: tuple[str, ...]
    applied_on: date
    message: Named
    given_again: bool = False
    in_doubt: bool = False


def requested(messages: Iterable[Message], number: str) -> Requested | None:
    """The application of a number in a set of applied messages; None where there is none. Raises nothing."""
    given = [one for one in messages if isinstance(one.data, kinds.CertificateRequested) and one.data.application == number]
    if not given:
        return None
    counts = max(given, key=lambda one: (one.data.applied_on, one.source, one.sequence))
    asked_for = tuple(f"{one.kind} {one.number}" for one in counts.data.purposes)
    return Requested(
        number=number,
        source=counts.source,
        bsn=counts.data.bsn,
        birth=counts.data.birth,
        purposes=_purposes(asked_for),
        asked_for=asked_for,
        applied_on=counts.data.applied_on,
        message=Named(source=counts.source, id=counts.id),
        given_again=len(given) > 1,
    )


def places(given: Sequence[int], begun: Collection[int]) -> list[int]:
    """The places of an application that messages at some positions give, in order; `begun`: those on which steps were taken. There is one,
    except where numbers that had a procedure each were corrected into one.
    """
    return [position for position in given if position in begun] or list(given[:1])


def giving(state: Store, key: bytes) -> list[Row]:
    """The messages that give the application with this key as they are corrected now, in order of position."""
    rows = state.rows_at(state.links([key]).get(key, ()))
    versions = state.rows_at({row.version for row in rows.values() if row.version is not None})
    given = [row for row in rows.values() if key in keys_of((versions[row.version] if row.version else row).gives)]
    return sorted((row for row in given if row.kind == REQUESTED), key=lambda row: row.position)


def _purposes(asked_for: tuple[str, ...]) -> tuple[Purpose, ...] | None:
    try:
        return tuple(map(purpose, asked_for))
    except ValueError:
        return None
