"""The commands about quarantine: what lies inside and who signed it, and letting it through."""

import json
from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from hervat.assemble import Node
from hervat.clock import parse_rfc3339
from hervat.doors import words
from hervat.doors.acts.quarantining import QuarantineClosing, QuarantineOpening, QuarantineRelease
from hervat.doors.considering import decide_considered
from hervat.doors.streams import show
from hervat.errors import Usage
from hervat.quarantining import Flag, Quarantine

_FLAGS: dict[Flag, str] = {
    "unsigned": "by no batch that anybody signed",
    "unknown-key": "by a key that is not known",
    "revoked-key": "BY A REVOKED KEY",
    "signed-before-revocation": "signed, it says, before that was revoked",
    "signed-after-revocation": "signed after that was revoked",
    "signed-before-theft": "signed, it says, before the theft",
    "signed-since-theft": "signed since the theft",
}


def list_quarantine(arguments: Namespace) -> int:
    """What lies inside, with the batch it came by and what is to be known of who signed that."""
    since = _moment(arguments.stolen_since)
    with Node.opened(arguments.store) as node:
        found = Quarantine(node).listing(arguments.oin, since)
    show(words.as_document(found) if arguments.json else "\n".join(_listed(found)))
    return 0


def show_quarantined(arguments: Namespace) -> int:
    """One message that lies inside, with all that it says."""
    since = _moment(arguments.stolen_since)
    with Node.opened(arguments.store) as node:
        found = Quarantine(node).show(arguments.position, since)
    if arguments.json:
        show(words.as_document(found))
        return 0
    why = found["refusal"]
    says = words.plain(f"refused: {why['reason']}") if why else words.plain(json.dumps(found["message"], ensure_ascii=False))
    show("\n".join([_line(found), f"  digest {found['digest']}, in custody since {found['received_at']}", f"  {says}"]))
    return 0


def list_suspects(arguments: Namespace) -> int:
    """Everything that came by a batch which a key signed, wherever it is."""
    with Node.opened(arguments.store) as node:
        found = Quarantine(node).suspects(arguments.key, arguments.oin)
    show(words.as_document(found) if arguments.json else "\n".join(_suspects(found)))
    return 0


def open_quarantine(arguments: Namespace) -> int:
    """Quarantine what comes from an organisation from now on."""
    _ensure_said(arguments, "by", "why")
    answer = decide_considered(arguments, QuarantineOpening(oin=arguments.oin, by=arguments.by, why=arguments.why))
    said = f"opened at position {answer['position']}: what comes from {arguments.oin} from now on waits for two people"
    show(words.as_document(answer) if arguments.json else said)
    return 0


def release_quarantined(arguments: Namespace) -> int:
    """Let through what lies inside up to a position, but for some positions."""
    _ensure_said(arguments, "by", "second", "ground")
    if min([arguments.through, *arguments.but]) < 1:
        raise Usage("--through and --but are positions of the journal, 1 or more; nothing was let through")
    decided = {"by": arguments.by, "second": arguments.second, "ground": arguments.ground}
    act = QuarantineRelease(oin=arguments.oin, through=arguments.through, but=tuple(arguments.but), **decided)
    answer = decide_considered(arguments, act)
    came = f"{answer['released']} messages let through at position {answer['position']}, {answer['kept']} kept inside"
    show(words.as_document(answer) if arguments.json else f"{came}; {answer['applied']} applied by it")
    return 0


def close_quarantine(arguments: Namespace) -> int:
    """Quarantine no more what comes from an organisation."""
    _ensure_said(arguments, "by", "second", "why")
    act = QuarantineClosing(oin=arguments.oin, by=arguments.by, second=arguments.second, why=arguments.why)
    answer = decide_considered(arguments, act)
    said = f"closed at position {answer['position']}; {answer['inside']} messages stay inside until they are let through"
    show(words.as_document(answer) if arguments.json else said)
    return 0


def _ensure_said(arguments: Namespace, *names: str) -> None:
    """An act has somebody who decides, and a ground. Raises Usage."""
    empty = next((name for name in names if not getattr(arguments, name).strip()), None)
    if empty is not None:
        raise Usage(f"--{empty} may not be empty: this is an act of people, for a reason")


def _moment(text: str | None) -> datetime | None:
    try:
        return None if text is None else parse_rfc3339(text)
    except ValueError as fault:
        raise Usage(f"--stolen-since {text}: {fault}") from fault


def _listed(found: dict[str, Any]) -> Iterator[str]:
    if not found["lanes"]:
        yield "nothing lies in quarantine, and no lane is open"
    for lane in found["lanes"]:
        state = "closed" if lane["opened"] is None else f"open since position {lane['opened']}"
        yield words.plain(f"{lane['oin']} {lane['name'] or ''}: {state}; {lane['inside']} messages inside")
    yield from (_line(one) for one in found["messages"])
    yield from (_gone_line(one) for one in found["gone"])


def _gone_line(one: dict[str, Any]) -> str:
    flags = ", ".join(_FLAGS[flag] for flag in one["flags"]) or "nothing against who signed it"
    what = f"{words.short(one['source'])} {', '.join(map(str, one['numbers']))}  signed as erased by its sender before it came"
    return words.plain(f"{one['position']}  {what}, key {one['key']}, signed {one['made_at']}: {flags}")


def _line(one: dict[str, Any]) -> str:
    batch = one["batch"]
    by = "" if batch is None else f" by {batch['carried']}, key {batch['key']}, signed {batch['made_at']}"
    flags = ", ".join(_FLAGS[flag] for flag in one["flags"]) or "nothing against who signed it"
    what = f"{words.short(one['source'])} {one['id']}  {one['kind']}  {one['state']}"
    others = "".join(f", entry {at} has other content under its number or id" for at in one["conflicts"])
    return words.plain(f"{one['position']}  {what}{by}: {flags}{others}")


def _suspects(found: dict[str, Any]) -> Iterator[str]:
    counts = ", ".join(f"{state} {count}" for state, count in sorted(found["counts"].items()))
    yield words.plain(f"{len(found['batches'])} batches were signed with {found['key']}; what they brought: {counts}")
    for one in found["messages"]:
        at = "" if one["position"] is None else f"position {one['position']}"
        applied = "" if one["applied_at"] is None else f", applied at {one['applied_at']}"
        reason = "" if one["reason"] is None else f" ({one['reason']})"
        yield words.plain(f"{one['sequence']}  {at}  {one['id'] or ''}  {one['kind'] or ''}  {one['state']}{reason}{applied}; {one['how']}")
