"""What was erased or sealed anew and may still lie in the files of an engine: since when, what hinders it, and the end of it.

`head.scrubbed` is the last act of either sort of which nothing is left in the files, so whatever breaks scrubbing off, the store knows.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from hervat.clock import parse_rfc3339, rfc3339
from hervat.errors import TechnicalFault
from hervat.intake.rotated import SCRUBBED_AFTER
from hervat.journal.entry import read_meta
from hervat.journal.store import Change, Hindrance, Store


@dataclass(frozen=True, slots=True)
class Pending:
    """The acts of which something may still lie in the files, the moment of the first (RFC 3339), and what hinders it."""

    positions: list[int]
    since: str
    hindrance: Hindrance


def pending(store: Store) -> Pending | None:
    """What is pending, as far as that can be seen without changing anything; None where nothing is left."""
    positions = _acts(store)
    hindrance = store.unscrubbed(positions[-1]) if positions else None
    return None if hindrance is None else _pending(store, positions, hindrance)


def scrub(store: Store, *, anew: bool) -> Pending | None:
    """Put what is stored in new places (`anew`), or only see whether what was waited for is over; keep it where nothing is left. For the
    writer.
    """
    positions = _acts(store)
    if not positions:
        return None
    hindrance = (store.scrub if anew else store.unscrubbed)(positions[-1])
    if hindrance is not None:
        return _pending(store, positions, hindrance)
    store.write(Change(replace(store.head(), scrubbed=positions[-1])))
    return None


def told(found: Pending | None, now: datetime) -> dict[str, Any]:
    """The part of an answer that says it; `pending_seconds` is how long it has been so at `now`."""
    if found is None:
        return {"scrubbed": "done", "hindrance": None, "do": None, "pending": [], "since": None, "pending_seconds": None}
    age = now - parse_rfc3339(found.since)
    return {
        "scrubbed": "pending",
        "hindrance": found.hindrance.told,
        "do": found.hindrance.do,
        "pending": found.positions,
        "since": found.since,
        "pending_seconds": max(0, int(age.total_seconds())),
    }


def told_of_fault(fault: TechnicalFault, position: int, now: datetime) -> dict[str, Any]:
    """The same where a fault stopped scrubbing after an act at a position: that was done, and the store may not even be read now."""
    return {
        "scrubbed": "pending",
        "hindrance": str(fault),
        "do": "then hervat erase --pending; the act itself is done",
        "pending": [position],
        "since": rfc3339(now),
        "pending_seconds": 0,
    }


def _acts(store: Store) -> list[int]:
    head = store.head()
    return sorted(position for kind in SCRUBBED_AFTER for position in store.acts(kind, head.size) if position > head.scrubbed)


def _pending(store: Store, positions: list[int], hindrance: Hindrance) -> Pending:
    return Pending(positions, read_meta(store.entries_at(positions[:1])[positions[0]]).received_at, hindrance)
