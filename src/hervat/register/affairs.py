"""The state of affairs: per feed and in all, the backlog in its three layers, each counted apart.

- **stock**: decided, not yet a message: on paper, or in a system that is closed; the source declares it.
- **in transit**: sent and not here: the numbers that are missing below the highest seen.
- **held**: here and not applied.
"""

from collections.abc import Sequence
from typing import Any

LAYERS = ("stock", "in_transit", "held")


def affairs(rows: Sequence[dict[str, Any]], *, position: int, as_of: str | None, conflicts: int) -> dict[str, Any]:
    """The state of affairs from the horizon of every source; `as_of` is the moment of the last entry it rests on."""
    feeds = [row | {"backlog": _backlog(row)} for row in rows]
    return {
        "position": position,
        "as_of": as_of,
        "feeds": feeds,
        "backlog": {layer: sum(feed["backlog"][layer] for feed in feeds) for layer in LAYERS},
        "received": sum(row["received"] for row in rows),
        "applied": sum(row["applied"] for row in rows),
        "refused": sum(row["refused"] for row in rows),
        "conflicts": conflicts,
        "unreconciled": [row["source"] for row in rows if row["unreconciled"]],
        "silent": [row["source"] for row in rows if row["complete_until"] is None],
    }


def _backlog(row: dict[str, Any]) -> dict[str, int]:
    return {
        "stock": sum(one["count"] for one in row["stock"]),
        "in_transit": sum(gap["last"] - gap["first"] + 1 for gap in row["gaps"]),
        "held": row["held"],
    }
