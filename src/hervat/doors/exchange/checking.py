"""The command `partner check`: whether a partner's door, or files as it would send them, are what an exchange relies on."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from hervat.assemble import Node
from hervat.clock import SystemClock
from hervat.doors import words
from hervat.doors.exchange.conformance import Report, Trial, examined
from hervat.doors.exchange.ourselves import ourselves
from hervat.doors.files import Files
from hervat.doors.streams import show
from hervat.errors import Usage

_MOST = 20


def check_partner(arguments: Namespace) -> int:
    """Check a door or a directory, rule by rule; 1 where one is broken."""
    what = arguments.what
    reports = list(_door(arguments) if what.startswith(("http://", "https://")) else _files(Path(what)))
    show(words.as_document(msgspec.to_builtins(reports)) if arguments.json else words.lines(_lines(reports)))
    return 1 if any(report.verdict == "broken" for report in reports) else 0


def _door(arguments: Namespace) -> Iterator[Report]:
    us, clock = ourselves(arguments), SystemClock()
    with Node.opened(us.store, keys=us.keys, clock=clock) as node:
        partner = next((one for one in node.roster().now if one.address == arguments.what), None)
        if partner is None:
            raise Usage(f"no partner with the address {arguments.what} is known; hervat partner set OIN --address makes it known")
        yield from examined(Trial(arguments.what, us.identity, clock, us.table.request_seconds), node, us.oin, partner.oin)


def _files(folder: Path) -> Iterator[Report]:
    """What must hold of messages in files, which are received into a store that is thrown away again."""
    names = sorted([*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz")]) if folder.is_dir() else []
    if not names:
        raise Usage(f"{folder}: there are no files *.jsonl in it; give a directory with messages, one a line, or the address of a door")
    files = Files([str(name) for name in names])
    with _thrown_away() as node:
        answer = node.receive(files.lines())
        horizon, held = node.horizon(), list(node.held())
    yield _report("every line is a message, within the size", [str(one) for one in files.not_taken])
    refused = [f"{one['source']} {one['id']}: {one['code']} at {one['path']}: {one['reason']}" for one in answer["refusals"]]
    yield _report("no message is refused", refused)
    yield _report("no id and no number stands for two contents", [f"{answer['conflicts']} conflicts"] if answer["conflicts"] else [])
    yield _report("no message comes twice", [f"{answer['duplicates']} duplicates"] if answer["duplicates"] else [])
    gaps = [f"{gap['source']}: {gap['first']} to {gap['last']} are missing" for row in horizon for gap in _gaps(row)]
    yield _report("the numbers of each source are without a gap, from 1", gaps)
    broken = [f"{one['source']} {one['id']}: {', '.join(one['needs'])}" for one in held if one["reason"] == "gap"]
    yield _report("every chain of `previous` is whole", broken)
    yield _report("watermarks are the hash of what was sent", [row["source"] for row in horizon if row["unreconciled"]])


def _gaps(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"source": row["source"]} | gap for gap in row["gaps"]]


@contextmanager
def _thrown_away() -> Iterator[Node]:
    with TemporaryDirectory(prefix="hervat-check-") as folder, Node.opened(f"sqlite:///{folder}/check.db", writer=True) as node:
        yield node


def _report(rule: str, seen: Sequence[str]) -> Report:
    told = "; ".join([*seen[:_MOST], *([f"and {len(seen) - _MOST} more"] if len(seen) > _MOST else [])])
    return Report(rule=rule, verdict="broken" if seen else "kept", seen=told or None)


def _lines(reports: Sequence[Report]) -> Iterator[str]:
    for report in reports:
        yield f"{report.verdict:<9}  {report.rule}{'' if report.seen is None else f': {report.seen}'}"
