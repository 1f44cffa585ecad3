"""Persons: how they are numbered, and the identities under which they are known.

- An SKN numbers a person in the criminal justice chain; a BSN numbers a citizen, and is never used in its place.
- A birth date may be known by its year or month alone: `1980`, `1980-05`, `1980-05-17`.
- Identity sets are keyed (skn, set): one person may have several.
"""

from datetime import date
from operator import mul
from typing import Annotated

from msgspec import Meta

from hervat.message import END, Text, Value

Skn = Annotated[str, Meta(pattern=f"^[0-9A-Za-z-]{{1,32}}{END}")]
Bsn = Annotated[str, Meta(pattern=f"^[0-9]{{9}}{END}")]
PartialDate = Annotated[str, Meta(pattern=f"^[0-9]{{4}}(-[0-9]{{2}}(-[0-9]{{2}})?)?{END}")]

_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


class Identity(Value, frozen=True, kw_only=True):
    """One identity set of a person, as the matching authority established it. `birth` is a date that may be partial."""

    set: Text
    surname: Text
    prefix: Text | None = None
    given_names: Text | None = None
    birth: PartialDate | None = None
    birth_place: Text | None = None
    birth_country: Text | None = None
    sex: Text | None = None
    nationalities: tuple[Text, ...] | None = None
    bsn: Bsn | None = None
    address: Text | None = None


def passes_eleven_test(number: str) -> bool:
    """Whether nine digits may be a BSN: 9a + 8b + 7c + ... + 2h - i is a multiple of eleven, and they are not all zero.

    Source: Regeling voorwaarden en proef burgerservicenummer; the test is that of the older fiscal number.
    """
    if len(number) != 9 or not (number.isascii() and number.isdigit()) or number == "000000000":
        return False
    weighed: int = sum(map(mul, _WEIGHTS, map(int, number)))
    return weighed % 11 == 0


def is_partial_date(text: str) -> bool:
    """Whether a text of the form of `PartialDate` names a year, month or day that exists."""
    try:
        date.fromisoformat(text + "0000-01-01"[len(text) :])
    except ValueError:
        return False
    return True
