"""The commands about emergency procedures: `procedure open`, `procedure close` and `procedure list`."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from hervat.assemble import Node
from hervat.clock import SystemClock, legal_day
from hervat.doors import words
from hervat.doors.acts.governing import ProcedureClosing, ProcedureOpening
from hervat.doors.asking import asked_when, day, position_of
from hervat.doors.considering import decide_considered
from hervat.doors.receiving import ensure_decided
from hervat.doors.streams import show
from hervat.emergency import Emergency
from hervat.errors import Usage
from hervat.procedure import EmergencyProcedure


def list_procedures(arguments: Namespace) -> int:
    """Every procedure that is known, or was at a position, with what came of it."""
    when = asked_when(arguments)
    with Node.opened(arguments.store) as node:
        seen = when if isinstance(when, datetime) else SystemClock().now()
        found = Emergency(node).listing(legal_day(seen), position_of(node, when))
    show(words.as_document(found) if arguments.json else "\n".join(_listed(found)))
    return 0


def open_procedure(arguments: Namespace) -> int:
    """Open a procedure."""
    ensure_decided(arguments)
    begins = day("--from", arguments.from_)
    ends = None if arguments.until is None else day("--until", arguments.until)
    if ends is not None and ends < begins:
        raise Usage(f"--until {ends}: this is before --from {begins}; give the last day of the procedure, that one or a later one")
    procedure = EmergencyProcedure(
        name=arguments.name,
        authority=arguments.authority,
        ground=arguments.ground,
        sectors=tuple(dict.fromkeys(arguments.sector)),
        categories=tuple(dict.fromkeys(arguments.category)),
        receivers=tuple(dict.fromkeys(arguments.receiver)),
        purpose=arguments.purpose,
        from_=begins,
        until=ends,
    )
    answer = decide_considered(arguments, ProcedureOpening(procedure=procedure, by=arguments.by, why=arguments.why))
    show(words.as_document(answer) if arguments.json else f"procedure {procedure.name} opened at position {answer['position']}")
    return 0


def close_procedure(arguments: Namespace) -> int:
    """Close a procedure."""
    ensure_decided(arguments)
    until = day("--until", arguments.until)
    answer = decide_considered(arguments, ProcedureClosing(name=arguments.name, until=until, by=arguments.by, why=arguments.why))
    show(
        words.as_document(answer)
        if arguments.json
        else f"procedure {arguments.name} closed at position {answer['position']}: {until} is its last day"
    )
    return 0


def _listed(found: dict[str, Any]) -> Iterator[str]:
    for one in found["procedures"]:
        yield from _procedure(one)
    if found["erased"]:
        yield f"and {found['erased']} reports that were erased: under which procedure they came is known no more"
    patience = found["orphan_after"]
    after = f"after {patience['days']} days ({patience['certainty']} value), or when its procedure has ended"
    yield f"a report without a case is an orphan {after}"


def _procedure(one: dict[str, Any]) -> Iterator[str]:
    since = "built in" if one["opened"] is None else f"opened at position {one['opened']}"
    closed = "" if one["closed"] is None else f", closed at position {one['closed']}"
    yield f"{one['name']}: {one['state']}, from {one['from']} until {one.get('until') or 'no end that is known'} ({since}{closed})"
    yield f"  {one['authority']}: {one['ground']}"
    scope = "; ".join(", ".join(one[name]) for name in ("sectors", "categories"))
    yield f"  covers {scope}; for {', '.join(one['receivers'])}, for the purpose {one['purpose']} only"
    refused = one["refused"]
    yield f"  taken {one['taken']}{_most(one['per_day'])}"
    yield f"  refused for falling outside: {refused['day']} by their day, {refused['category']} by their category"
    yield "  ended: " + ", ".join(f"{how} {count}" for how, count in one["endings"].items())
    for told in one["changed"]:
        yield f"  changed: entry {told['position']} of {told['reported_on']}, in {', '.join(told['differs'])}"
    for told in one["orphans"]:
        yield f"  orphan: entry {told['position']} of {told['reported_on']}: no case has come; ask the prosecution service and the police"


def _most(days: list[dict[str, Any]]) -> str:
    """How many came in a day, where any did."""
    if not days:
        return ""
    most = max(days, key=lambda one: one["taken"])
    return f" on {len(days)} {'day' if len(days) == 1 else 'days'}, at most {most['taken']} on {most['day']}"
