"""`hervat doctor`: what an operator wants to know of a node before going home."""

import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from hervat.assemble import Node, keys_path
from hervat.clock import Clock, SystemClock, parse_rfc3339
from hervat.errors import HervatError
from hervat.stores.opening import place_of

_FREE = 1 << 30
_OLD = timedelta(days=7)


def examine(url: str, clock: Clock | None = None) -> dict[str, Any]:
    """Findings, each with what was looked at, what was found, whether that is well, and what to do if not."""
    clock = clock or SystemClock()
    place = place_of(url)
    findings = [] if place.file is None else [_disk(place.file.absolute().parent)]
    try:
        if not place.is_there():
            told = f"{place.file or place.shown} is not there yet"
            findings.append(_finding("store", told, False, "receive something, or give another --store"))
            return _all(findings)
        with Node.opened(url) as node:
            findings += [_keys(node), _clock(node, clock), _held(node, clock), _balance(node), _conflicts(node), _erased(node)]
    except HervatError as fault:
        findings.append(_finding("store", str(fault), False, "run hervat verify"))
    return _all(findings)


def _all(findings: list[dict[str, Any]]) -> dict[str, Any]:
    return {"ok": all(one["ok"] for one in findings), "findings": findings}


def _finding(what: str, found: str, ok: bool, do: str) -> dict[str, Any]:
    return {"what": what, "found": found, "ok": ok, "do": "" if ok else do}


def _disk(folder: Path) -> dict[str, Any]:
    there = next(one for one in (folder, *folder.parents) if one.is_dir())
    free = shutil.disk_usage(there).free
    return _finding("disk", f"{free / (1 << 30):.1f} GiB free in {there}", free > _FREE, "make room: a full disk takes no messages")


def _keys(node: Node) -> dict[str, Any]:
    path = keys_path(node.store)
    mode = os.stat(path).st_mode & 0o077
    found = f"{path}, {'readable by its owner alone' if not mode else 'readable by others'}"
    return _finding("keys", found, not mode, f"chmod 600 {path}; and keep a copy elsewhere, without it nothing can be read")


def _clock(node: Node, clock: Clock) -> dict[str, Any]:
    last = node.store.head().received_at
    if not last:
        return _finding("clock", "nothing received yet", True, "")
    ahead = parse_rfc3339(last) - clock.now()
    ok = ahead < timedelta(minutes=1)
    return _finding("clock", f"last entry at {last}", ok, "the journal is ahead of this machine's clock: set the clock")


def _held(node: Node, clock: Clock) -> dict[str, Any]:
    oldest = next(node.held(), None)
    if oldest is None:
        return _finding("held", "nothing is held", True, "")
    age = clock.now() - parse_rfc3339(oldest["since"])
    found = f"oldest is position {oldest['position']}, {oldest['reason']}, for {age.days} days"
    return _finding("held", found, age < _OLD, "hervat held tells what it waits for; ask the sender of that")


def _balance(node: Node) -> dict[str, Any]:
    feeds = node.store.feeds()
    off = [feed.name for feed in feeds if feed.received != feed.applied + feed.held + feed.refused]
    found = f"received = applied + held + refused for {len(feeds) - len(off)} of {len(feeds)} sources"
    return _finding("balance", found, not off, "run hervat verify: the counts of a source do not add up")


def _erased(node: Node) -> dict[str, Any]:
    pending = node.not_scrubbed()
    found = f"what was erased at position {pending[0]} may still lie in the files" if pending else "nothing erased is left in the files"
    return _finding("erased", found, not pending, "end what reads from this store, then run hervat erase --pending")


def _conflicts(node: Node) -> dict[str, Any]:
    count = node.status()["conflicts"]
    return _finding("conflicts", f"{count} conflicts", not count, "their senders must say which content is right and correct it")
