"""The knowledge horizon: up to where the register knows, per source (the contract, section 3, 13).

- A watermark's claim moves `complete_until`; the highest that holds counts. A higher one that does not hold makes the source
  `unreconciled` and moves nothing.
- A source is never complete past the oldest decision in the stock that it declared last, per kind: what lies on paper is not known here.
- received = applied + held + refused, always. What its sender signed as erased before it came (`gone`) is none of these and is not missing.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec

from hervat.clock import AMSTERDAM, parse_rfc3339, rfc3339
from hervat.journal.gone import in_ranges, never_came
from hervat.journal.store import APPLIED, HELD, REFUSED, Declared, Feed, Store
from hervat.kinds import StockDeclared


class Watermark(msgspec.Struct, frozen=True):
    """What of a watermark moves the horizon."""

    complete_until: str


_stock = msgspec.json.Decoder(StockDeclared).decode


def horizon(store: Store, declared: Store, position: int) -> list[dict[str, Any]]:
    """The horizon in F(1..position) of every source that something was received from or that has a ceiling.

    `declared` knows the declarations and the ceilings as they counted then; at the head it is `store`.
    """
    at_head = position >= store.head().size
    tally = {} if at_head else store.tally_at(position)
    rows = []
    ceilings = {feed.number: (feed.ceiling, feed.lane, feed.link) for feed in declared.feeds()}
    for feed in store.feeds():
        counts = _counts(store, feed) if at_head else _counts_at(store, feed, tally, position)
        said = counts["received"] or any(one.at <= position for one in store.gone(feed.number))
        if said or ceilings[feed.number][0] is not None:
            rows.append(_row(store, declared, feed, counts, position) | {"link": _link(*ceilings[feed.number])})
    return rows


def _counts(store: Store, feed: Feed) -> dict[str, Any]:
    return {
        "received": feed.received,
        "applied": feed.applied,
        "held": feed.held,
        "refused": feed.refused,
        "through": feed.through,
        "first_held": store.first_held(feed.number) if feed.held else None,
    }


def _counts_at(store: Store, feed: Feed, tally: dict[tuple[int, int], tuple[int, int | None]], position: int) -> dict[str, Any]:
    states = {state: tally.get((feed.number, state), (0, None)) for state in (APPLIED, HELD, REFUSED)}
    return {
        "received": sum(count for count, _ in states.values()),
        "applied": states[APPLIED][0],
        "held": states[HELD][0],
        "refused": states[REFUSED][0],
        "through": store.contiguous(feed.number, 0, position),
        "first_held": states[HELD][1],
    }


def _row(store: Store, declared: Store, feed: Feed, counts: dict[str, Any], position: int) -> dict[str, Any]:
    until, unreconciled = _claimed(declared.declared(feed.number, "watermark"))
    stock = _latest_stock(declared.declared(feed.number, "stock-declared"))
    limit = min((moment for moment in (_stock_limit(one) for _, one in stock) if moment is not None), default=None)
    if until is not None and limit is not None:
        until = min(until, limit)
    through, first_held = counts["through"], counts["first_held"]
    gaps = store.missing(feed.number) if position >= store.head().size else store.gaps(feed.number, through, position)
    return {
        "source": feed.name,
        "received_through": through,
        "applied_through": through if first_held is None else min(through, first_held - 1),
        "complete_until": None if until is None else rfc3339(until),
        "stock": [_stock_line(kinds, one) for kinds, one in stock],
        "gaps": [{"first": first, "last": last} for first, last in gaps],
        "gone": [{"first": first, "last": last} for first, last in in_ranges(never_came(store, feed.number, position))],
        "held": counts["held"],
        "refused": counts["refused"],
        "applied": counts["applied"],
        "received": counts["received"],
        "unreconciled": unreconciled,
    }


def stock_declared(declared: Store, source: int) -> list[Declared]:
    """The declarations of a source that say what its stock is, in the order of the journal; those that say there is none are left out."""
    counting, seen = [], set[str]()
    for one in declared.declared(source, "stock-declared"):
        stock = _stock(one.content)
        if stock.count and not seen.issuperset(stock.kinds):
            counting.append(one)
        seen.update(stock.kinds)
    return sorted(counting, key=lambda one: one.position)


def _claimed(watermarks: Iterable[Declared]) -> tuple[datetime | None, bool]:
    """Up to when the highest claim that holds is complete, and whether a higher one does not hold."""
    unreconciled = False
    for one in watermarks:
        if one.holds:
            return parse_rfc3339(msgspec.json.decode(one.content, type=Watermark).complete_until), unreconciled
        unreconciled = True
    return None, unreconciled


def _latest_stock(declarations: Iterable[Declared]) -> list[tuple[list[str], StockDeclared]]:
    """The declarations that are the last for some kind, each with those kinds; the store gives the latest declaration first."""
    seen: set[str] = set()
    latest = []
    for one in declarations:
        stock = _stock(one.content)
        kinds = sorted(set(stock.kinds) - seen)
        seen.update(kinds)
        if kinds:
            latest.append((kinds, stock))
    return latest


def _stock_limit(stock: StockDeclared) -> datetime | None:
    """The start, in law, of the day of the oldest decision that is not yet a message; None where nothing is left."""
    if not stock.count:
        return None
    # The first day of the calendar begins outside it in UTC.
    oldest: date = max(stock.oldest_on or stock.from_, date.min + timedelta(days=1))
    return datetime.combine(oldest, time(0), AMSTERDAM)


def _stock_line(kinds: list[str], stock: StockDeclared) -> dict[str, Any]:
    oldest = None if stock.oldest_on is None else stock.oldest_on.isoformat()
    return {"kinds": kinds, "count": stock.count, "oldest_on": oldest, "counted_on": stock.counted_on.isoformat()}


def _link(ceiling: str | None, lane: int, link: str | None) -> str:
    """quarantine: what comes waits for two people; isolated, or where a restart has the link; live: open; inbound: custody only; replay:
    applied up to a ceiling.
    """
    if lane:
        return "quarantine"
    if link is not None and link != "live":
        return link
    if ceiling is None:
        return "live"
    return "inbound" if msgspec.json.decode(ceiling).get("hold") else "replay"


def in_words(rows: list[dict[str, Any]], held: int, unattributed: int, support_lost: bool) -> str:
    """The horizon of one answer in a sentence or three."""
    silent = [row for row in rows if row["complete_until"] is None]
    known = [row["complete_until"] for row in rows if row["complete_until"] is not None]
    words = []
    if known:
        words.append(f"{len(known)} of {len(rows)} sources say up to when they are complete; the earliest of those is {min(known)}.")
    else:
        words.append("No source says up to when it is complete." if rows else "Nothing has been received from any source.")
    if silent and known:
        words.append(f"{len(silent)} say nothing about it: what they know may be missing here.")
    if held:
        words.append(f"{held} messages about this person are here and not applied.")
    if unattributed:
        words.append(f"{unattributed} messages are held or missing that may concern anyone, this person too.")
    if support_lost:
        words.append("What this answer rested on was in part taken away: it cannot be read as clean.")
    return " ".join(words)
