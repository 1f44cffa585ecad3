"""What sources owe beside their claims: a claim reaches no further than it could know, and what was refused or contradicted is owed.

- A source that says it is complete until a day to come cannot know that: its claim counts up to when it was made, and up to when it came.
- What was refused is a fact that somebody meant to tell. It is owed until its sender corrects or retracts it, or somebody erases it.
- Of two messages with one id or one place nobody knows which is meant, until the sender amends the one that stands.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from hervat.clock import parse_rfc3339, rfc3339
from hervat.consumers.blind import TELL, Rows, oin_of
from hervat.intake.folding import CONFLICT
from hervat.journal.entry import open_entry, read_meta
from hervat.journal.keys import NodeKeys
from hervat.journal.store import WHOLE, Store
from hervat.partner import Roster
from hervat.register.conflicts import conflicts


def capped(rows: Rows, store: Store, keys: NodeKeys) -> list[dict[str, Any]]:
    """The rows of the horizon, in which no source is complete beyond the moment at which it said so, nor that at which it was heard."""
    numbers = {feed.name: feed.number for feed in store.feeds()}
    return [{**row} if row["complete_until"] is None else _capped({**row}, store, keys, numbers[row["source"]]) for row in rows]


def _capped(row: dict[str, Any], store: Store, keys: NodeKeys, source: int) -> dict[str, Any]:
    at = next(one.position for one in store.declared(source, "watermark") if one.holds)
    entry = store.entries_at([at])[at]
    moments = [row["complete_until"], read_meta(entry).received_at]
    left = open_entry(keys, entry).left
    if left is not None:
        moments.append(msgspec.json.decode(left)["time"])
    return row | {"complete_until": rfc3339(min(map(parse_rfc3339, moments)))}


def owed(store: Store, keys: NodeKeys, roster: Roster, position: int) -> Iterator[tuple[str, str, int]]:
    """What is owed, which source owes it, and how often: `refused` and `conflicts`, of every source that may tell or ever might."""
    names = {feed.number: feed.name for feed in store.feeds()}
    refused = Counter(names[row.source] for row in store.refused() if not row.retracted and row.erased < WHOLE)
    unsettled = Counter(one["source"] or "" for one in conflicts(store, keys, store.acts(CONFLICT, position), position) if one["open"])
    for what, counted in (("refused", refused), ("conflicts", unsettled)):
        for source, count in sorted(counted.items()):
            if not roster.ever(oin_of(source)).isdisjoint(TELL):
                yield what, source, count
