"""What the receiver knew: the signals that stood when some acts had been told, each with its place, its kind and when it was told."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from hervat.consumers.screening.following import Told
from hervat.consumers.screening.signal import Pair
from hervat.journal.entry import read_meta
from hervat.journal.store import Row, Store

_AT_ONCE = 5000


def known(store: Store, told: Told) -> Iterator[dict[str, Any]]:
    """What the receiver held for true, in the order of the messages."""
    names = {feed.number: feed.name for feed in store.feeds()}
    pairs = iter(sorted((pair for pair, last in told.last.items() if last.stands), key=lambda pair: (pair[1], pair[0])))
    while some := list(islice(pairs, _AT_ONCE)):
        rows = store.rows_at({position for pair in some for position in pair})
        moments = {at: read_meta(entry).received_at for at, entry in store.entries_at({told.told_at[pair] for pair in some}).items()}
        for pair in some:
            yield _one(told, pair, rows, names) | {"told_at": told.told_at[pair], "told_on": moments[told.told_at[pair]]}


def counted(told: Told) -> dict[str, int]:
    """How many of the changes that were ever told of are delivered and stand, suppressed, and withdrawn."""
    counts = {"delivered": 0, "suppressed": 0, "withdrawn": 0}
    for last in told.last.values():
        counts["delivered" if last.stands else "withdrawn" if last.says == "withdrawn" else "suppressed"] += 1
    return counts


def _one(told: Told, pair: Pair, rows: Mapping[int, Row], names: Mapping[int, str]) -> dict[str, Any]:
    last = told.last[pair]
    enrolment, message = (rows[position] for position in pair)
    return {
        "enrolment": {"position": enrolment.position, "source": names[enrolment.source], "id": enrolment.id},
        "message": {"position": message.position, "source": names[message.source], "id": message.id},
        "kind": message.kind,
        "version": last.version,
        "says": last.says,
        "case": last.case,
        "days": last.days,
        "ending": last.ending,
    }
