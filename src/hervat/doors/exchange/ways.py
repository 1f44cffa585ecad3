"""The commands `way list`, `way open`, `way close`, `link cut` and `link restore`."""

from argparse import Namespace
from typing import Any

from hervat.assemble import Node
from hervat.doors import words
from hervat.doors.acts.considering import DecisionAct
from hervat.doors.acts.exchanging import LinkChange, WayClosing, WayOpening
from hervat.doors.considering import decide_considered
from hervat.doors.exchange.ourselves import Ourselves, ourselves
from hervat.doors.receiving import ensure_decided
from hervat.doors.streams import show
from hervat.exchanging import Exchange

_HOW = {"push": "to them", "fetched": "fetched by them", "fetch": "fetched from them"}


def list_ways(arguments: Namespace) -> int:
    """Every way, with how far it is."""
    us = ourselves(arguments)
    with Node.opened(us.store, keys=us.keys) as node:
        known = Exchange(node, us.oin).standing()
    show(words.as_document(known) if arguments.json else _table(known))
    return 0


def _table(known: list[dict[str, Any]]) -> str:
    head = ("partner", "feed", "how", "here", "delivered", "to go", "refused there", "conflicts", "link")
    rows = [
        (
            one["partner"],
            words.short(one["source"]),
            _HOW[one["how"]],
            one["here"],
            one["delivered"],
            one["to_go"],
            len(one["refused"]),
            len(one["conflicts"]),
            "carries" if one["cut_since"] is None else f"cut at position {one['cut_since']}",
        )
        for one in known
    ]
    return words.table(head, rows)


def open_way(arguments: Namespace) -> int:
    """Let a feed go to or come from a partner."""
    us = _decided(arguments)
    told = {"source": arguments.source, "partner": arguments.partner, "by": arguments.by, "why": arguments.why}
    return _done(arguments, us, WayOpening(own=us.oin, how=arguments.how, **told), "way opened")


def close_way(arguments: Namespace) -> int:
    """Let it go no more."""
    us = _decided(arguments)
    told = {"source": arguments.source, "partner": arguments.partner, "by": arguments.by, "why": arguments.why}
    return _done(arguments, us, WayClosing(own=us.oin, **told), "way closed")


def cut_link(arguments: Namespace) -> int:
    """Cut the link with a partner."""
    us = _decided(arguments)
    act = LinkChange(own=us.oin, partner=arguments.partner, carries=False, by=arguments.by, why=arguments.why)
    return _done(arguments, us, act, f"link with {arguments.partner} cut")


def restore_link(arguments: Namespace) -> int:
    """Let the link with a partner carry again."""
    us = _decided(arguments)
    act = LinkChange(own=us.oin, partner=arguments.partner, carries=True, by=arguments.by, why=arguments.why)
    return _done(arguments, us, act, f"link with {arguments.partner} restored")


def _decided(arguments: Namespace) -> Ourselves:
    ensure_decided(arguments)
    return ourselves(arguments)


def _done(arguments: Namespace, us: Ourselves, act: DecisionAct, told: str) -> int:
    answer = decide_considered(arguments, act, url=us.store, keys=us.keys, given=us.socket)
    show(words.as_document(answer) if arguments.json else f"{told} at position {answer['position']}")
    return 0
