"""How the same messages arrive: without a cut, with it, with the links opened in the wrong order, and where the register holds them itself.

- `uncut` delivers each message when it happened, once, in the order of cause and effect.
- `cut` delivers it when it was made, or when the link that it waited behind let it through: what waited goes first in,
  first out, at a pace at which the backlog and what is added meanwhile are gone on the day the link is drained.
- `wrong_order` is the same day with the courts' link opened before OM's. OM's link opens as many days later, and drains
  at the same pace; chance delays and repeats the same messages by as much.
- `reconnected` lets no link wait for another: all of OM's backlog comes within a day of the morning on which OM is connected again, in
  whatever order, and what the courts enter comes when they do. What is applied when is for the gates of the register (`gated.py`).
- Feeds overtake each other; some messages of one feed overtake each other, and some are sent twice, to the byte.
- All of them deliver the same set of messages, and chance delays and repeats nothing beyond the last evening of the world.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from hervat.rehearsal.days import DAY, HOUR, legal_day, moment
from hervat.rehearsal.feeds import IN_ORDER, RECONNECTED, WRONG_ORDER, Opening
from hervat.rehearsal.rates import DUPLICATES, OUT_OF_ORDER

if TYPE_CHECKING:
    from hervat.rehearsal.world import World

MORNING = 6 * HOUR
SHORTEST_DELAY = 600
LONGEST_DELAY = 3 * DAY
LATEST_REPEAT = 5 * DAY


class Delivery(NamedTuple):
    """One arrival: the legal day, the moment (UTC), the bytes, and whose feed brought them."""

    day: date
    at: datetime
    raw: bytes
    source: str


def uncut(world: "World") -> Iterator[Delivery]:
    """The world in which no link was ever cut."""
    for sent in world.messages:
        yield Delivery(legal_day(int(sent.event_at.timestamp())), sent.event_at, sent.raw, sent.source)


def cut(world: "World") -> Iterator[Delivery]:
    """What happened: OM cut off on 18 July, its link opened on 3 September, the courts' on 8 September."""
    return _arriving(world, IN_ORDER)


def wrong_order(world: "World") -> Iterator[Delivery]:
    """The courts' link opened on 3 September, OM's on 8 September."""
    return _arriving(world, WRONG_ORDER)


def reconnected(world: "World") -> Iterator[Delivery]:
    """OM cut off on 18 July; what waited comes in whatever order from 3 September on, and nothing else waits on the way."""
    return _arriving(world, RECONNECTED, shuffled=True)


def _arriving(world: "World", openings: tuple[Opening, ...], *, shuffled: bool = False) -> Iterator[Delivery]:
    rng, order = Random(f"{world.seed}/network"), Random(f"{world.seed}/reconnected")
    by_source = {opening.feed.source: opening for opening in openings}
    undisturbed = {(step.source, step.id) for step in world.thread}
    arrivals: list[tuple[int, int]] = []
    last = int(max(sent.entered_at for sent in world.messages).timestamp())
    for number, sent in enumerate(world.messages):
        at = int(sent.entered_at.timestamp())
        if sent.source in by_source:
            at = _let_through(at, by_source[sent.source], order if shuffled else None)
        late, again = rng.random() < OUT_OF_ORDER.value, rng.random() < DUPLICATES.value
        if late and (sent.source, sent.id) not in undisturbed:
            at = max(at, min(last, at + int(SHORTEST_DELAY * (LONGEST_DELAY / SHORTEST_DELAY) ** rng.random())))
        arrivals.append((at, number))
        if again:
            arrivals.append((max(at, min(last, at + rng.randint(1, LATEST_REPEAT))), number))
    arrivals.sort()
    for at, number in arrivals:
        sent = world.messages[number]
        yield Delivery(legal_day(at), datetime.fromtimestamp(at, UTC), sent.raw, sent.source)


def _let_through(at: int, opening: Opening, order: Random | None) -> int:
    """When a message made at `at` passes the link: what waited drains evenly between opening and the day it is drained; with an `order`
    as that says, and what is made from the opening on waits no more.
    """
    closed, opens, drained = (moment(day, MORNING) for day in (opening.closed, opening.opens, opening.drained))
    if order is not None:
        return opens + order.randrange(drained - opens) if closed <= at < opens else at
    if not closed <= at < drained:
        return at
    return opens + (at - closed) * (drained - opens) // (drained - closed)
