"""The parties that the letter names: what each did while the links were cut, what of it was not known here at the end, and when it was.

- *Stock* was done and is not yet a message, *under way* is a message that did not come yet, *held* is here and not applied: never added up.
- A party has caught up when the last of that is applied; what never is, is left out.
- The bar sends nothing. What it waits for are the files that are released to it.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from hervat.assemble import Node
from hervat.clock import end_of
from hervat.rehearsal.courses import TO_THE_BAR
from hervat.rehearsal.days import CUT_ON, RESTART, on
from hervat.rehearsal.feeds import EXECUTE, GPS, GRIP, IRIS, SLACH, TULP, Feed
from hervat.rehearsal.sealing import Sent
from hervat.rehearsal.unending import ASKED
from hervat.rehearsal.world import World

_DECLARED: Final = ("watermark", "stock-declared")


def _sends(feed: Feed) -> Callable[[Sent], bool]:
    return lambda sent: sent.source == feed.source and sent.kind not in _DECLARED


def _for_the_bar(sent: Sent) -> bool:
    return sent.source == GPS.source and sent.kind == "file-released" and TO_THE_BAR.encode() in sent.raw


PARTIES: Final[tuple[tuple[str, Callable[[Sent], bool]], ...]] = (
    ("courts", _sends(GRIP)),
    ("CJIB", _sends(EXECUTE)),
    ("victim support", _sends(SLACH)),
    ("probation", _sends(IRIS)),
    ("the bar", _for_the_bar),
    ("DJI", _sends(TULP)),
)


class Life(NamedTuple):
    """Where a message first lay, and where it was first applied."""

    position: int
    applied_at: int | None


def told(world: World, node: Node) -> list[dict[str, Any]]:
    """Each party in the world with the cut, at the end of it and after."""
    lives = lives_of(node)
    last = CUT_ON + timedelta(days=world.days + ASKED[-1])
    days = [CUT_ON + timedelta(days=number) for number in range((last - CUT_ON).days + 1)]
    ends = [node.position_at(end_of(day)) for day in days]
    lost = world.never_applied.keys() | {name for name, truth in world.refused.items() if not truth.corrected}
    parties = []
    for name, is_its in PARTIES:
        its = [sent for sent in world.messages if is_its(sent) and (sent.source, sent.id) not in lost]
        parties.append({"party": name, **_party(its, lives, days, ends)})
    return parties


def lives_of(node: Node) -> dict[tuple[str, int], Life]:
    """Where each message first lay and was first applied, by its source and sequence."""
    applied = dict(node.store.lives())
    found: dict[tuple[str, int], Life] = {}
    for feed in node.store.feeds():
        for sequence, position in node.store.sequence_run(feed.number, 1, feed.highest).items():
            found[feed.name, sequence] = Life(position, applied.get(position))
    return found


def _party(its: Iterable[Sent], lives: dict[tuple[str, int], Life], days: list[date], ends: list[int]) -> dict[str, Any]:
    evening = end_of(on(RESTART - 1))
    through = ends[days.index(on(RESTART - 1))]
    done = stock = under_way = held = 0
    caught_up: int = 0
    for sent in its:
        if sent.event_at > evening:
            continue
        one = lives[sent.source, sent.sequence]
        done += sent.event_at >= end_of(CUT_ON - timedelta(days=1))
        if one.applied_at is not None and one.applied_at <= through:
            continue
        stock += sent.entered_at > evening
        under_way += sent.entered_at <= evening and one.position > through
        held += one.position <= through
        caught_up = max(caught_up, one.applied_at or 0)
    at = bisect_left(ends, caught_up)
    return {
        "done_in_the_cut": done,
        "stock": stock,
        "under_way": under_way,
        "held": held,
        "caught_up_on": days[at].isoformat() if caught_up and at < len(days) else None,
    }
