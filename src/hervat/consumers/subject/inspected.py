"""The acts of inspection, and of whom the person concerned is not told that they received something.

An act of inspection names no person: it names the first message that registered the person by its position, None of whom nobody registered.
"""

from datetime import date
from typing import NamedTuple

import msgspec

INSPECTED = "subject-inspected"


class InspectedAct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That somebody's record was shown to the person concerned: on what day, by whom where that is said, and on which position it rests."""

    on: date
    at: int
    person: int | None
    by: str | None
    act: str = INSPECTED


class NotTold(NamedTuple):
    """An article of which disclosures are not told to the person concerned, how sure that is, and the source."""

    article: str
    certainty: str
    source: str


NOT_TOLD = (
    NotTold("Bjsg 14", "unverified", "what the intelligence and security services got is theirs to tell; the exception was not read"),
)


def is_told(article: str) -> bool:
    """Whether a disclosure on an article is told to the person concerned."""
    return all(one.article != article for one in NOT_TOLD)
