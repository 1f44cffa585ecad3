"""The commands about interim rules: `interim open`, `interim close` and `interim list`."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from hervat.assemble import Node
from hervat.clock import SystemClock, legal_day
from hervat.consumers.ruling import Ruling
from hervat.doors import words
from hervat.doors.acts.ruling import InterimClosing, InterimOpening
from hervat.doors.asking import asked_when, day, position_of
from hervat.doors.considering import decide_considered
from hervat.doors.receiving import ensure_decided
from hervat.doors.streams import show
from hervat.errors import Usage
from hervat.interim import InterimRule


def list_interim(arguments: Namespace) -> int:
    """Every interim rule that is known, or was at a position."""
    when = asked_when(arguments)
    with Node.opened(arguments.store) as node:
        seen = when if isinstance(when, datetime) else SystemClock().now()
        found = Ruling(node.store, node.keys, node.decide).listing(legal_day(seen), position_of(node, when))
    show(words.as_document(found) if arguments.json else words.lines(_listed(found)))
    return 0


def open_interim(arguments: Namespace) -> int:
    """Open an interim rule."""
    ensure_decided(arguments)
    try:
        rule = InterimRule(
            name=arguments.name,
            authority=arguments.authority,
            ground=arguments.ground,
            purposes=tuple(dict.fromkeys(arguments.purpose)),
            risk=arguments.risk,
            does=arguments.does,
            ask=arguments.ask,
            from_=day("--from", arguments.from_),
            until=None if arguments.until is None else day("--until", arguments.until),
        )
    except ValueError as fault:
        raise Usage(f"{fault}; see hervat interim open --help") from fault
    answer = decide_considered(arguments, InterimOpening(rule=rule, by=arguments.by, why=arguments.why))
    show(words.as_document(answer) if arguments.json else f"interim rule {rule.name} opened at position {answer['position']}")
    return 0


def close_interim(arguments: Namespace) -> int:
    """Close an interim rule."""
    ensure_decided(arguments)
    until = day("--until", arguments.until)
    answer = decide_considered(arguments, InterimClosing(name=arguments.name, until=until, by=arguments.by, why=arguments.why))
    told = f"interim rule {arguments.name} closed at position {answer['position']}: {until} is its last day"
    show(words.as_document(answer) if arguments.json else told)
    return 0


def _listed(found: dict[str, Any]) -> Iterator[str]:
    for one in found["rules"]:
        closed = "" if one["closed"] is None else f", closed at position {one['closed']}"
        until = one.get("until") or "no end that is known"
        yield f"{one['name']}: {one['state']}, from {one['from']} until {until} (opened at position {one['opened']}{closed})"
        yield f"  {one['authority']}: {one['ground']}"
        risk = "" if one["risk"] == "every" else f", {one['risk']}"
        asked = f" {one['ask']}" if one["does"] == "ask" else ""
        yield f"  where the register is blind, for {', '.join(one['purposes'])}{risk}: {one['does']}{asked}"
    if not found["rules"]:
        yield "no interim rule was ever opened: where the register is blind the answer is cannot-say"
