"""Corrections and retractions: from custody alone, which version of a message counts (the contract, section 3, 1).

- An amendment names a message of its own source with a lower sequence, else it is refused.
- Naming a correction means the original it corrects, but in a retraction, which takes away exactly the message it names.
- Retracting the original takes all its versions; a correction, restores the version before; a retraction, undoes it.
- Of the corrections left, the one with the highest sequence is the version that counts.
- An amendment that is itself held for its ceiling or a gap has no effect; nor has a correction that was erased before it could be read.

Amendments name lower sequences, so deciding them from the highest sequence down needs no search: whatever could take one away has
been decided before it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hervat.journal.store import VOID, Row
from hervat.message import Refusal

CORRECTION, RETRACTION = "message-corrected", "message-retracted"


@dataclass(slots=True)
class Verdict:
    """What amendments make of one message: its late refusal, whether it is retracted, the position of its version."""

    refusal: Refusal | None = None
    retracted: bool = False
    version: int | None = None


def resolve(family: Iterable[Row], judge: Callable[[Row, Row], Refusal | None]) -> dict[int, Verdict]:
    """Decide a family: messages that name one another, all that are in custody. `judge(correction, original)` says what is wrong
    with the new data as data of the original's kind. Returns a verdict for every position.
    """
    rows = {row.ident: row for row in family}
    verdicts = {row.position: Verdict() for row in rows.values()}
    amendments = sorted((row for row in rows.values() if row.target in rows and row.erased != VOID), key=_sequence, reverse=True)
    for row in amendments:
        verdicts[row.position].refusal = _refusal(row, rows, judge)
    for row in amendments:
        named = rows[row.target or b""]
        verdict = verdicts[row.position]
        if verdict.refusal or verdict.retracted or not row.complete or named.admitted_at is None:
            continue
        if row.kind == RETRACTION:
            verdicts[named.position].retracted = True
        else:
            original = original_of(row, rows.get)
            if original is not None and verdicts[original.position].version is None:
                verdicts[original.position].version = row.position
    return verdicts


def _sequence(row: Row) -> int:
    return row.sequence or 0


def is_lower(named: Row, row: Row) -> bool:
    """Whether what an amendment names comes before it; what was refused for its sequence has no place at all."""
    return named.sequence is not None and named.sequence < _sequence(row)


def original_of(row: Row, find: Callable[[bytes], Row | None]) -> Row | None:
    """The message that a correction means: along corrections to what is none; None while that is not in custody."""
    while row.kind == CORRECTION and row.target is not None:
        found = find(row.target)
        if found is None or not is_lower(found, row):
            return None
        row = found
    return row


def _refusal(row: Row, rows: dict[bytes, Row], judge: Callable[[Row, Row], Refusal | None]) -> Refusal | None:
    """Why an amendment is refused now that what it names is in custody, or None."""
    field = "corrects" if row.kind == CORRECTION else "retracts"
    named = rows[row.target or b""]
    if not is_lower(named, row):
        return Refusal(
            "content",
            f"data.{field}.id",
            "the message it names has no lower sequence than its own; an amendment comes after what it amends",
        )
    if row.kind == RETRACTION:
        return None
    original = original_of(row, rows.get)
    if original is None:
        return None
    if original.kind == RETRACTION:
        return Refusal("content", "data.corrects.id", "it names a retraction; retract that retraction to undo it")
    return judge(row, original)
