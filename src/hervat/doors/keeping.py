"""The commands that keep a node: `init`, `backup` and `restore`."""

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import msgspec

from hervat.assemble import Node, keys_path
from hervat.clock import SystemClock, rfc3339
from hervat.doors import words
from hervat.doors.config import read_config
from hervat.doors.exchange.made import TABLE, make_exchange
from hervat.doors.progress import bar
from hervat.doors.proving import read_checkpoint
from hervat.doors.streams import say, show
from hervat.errors import StoreFault, Usage
from hervat.journal.keys import NodeKeys
from hervat.stores.backup import Manifest, back_up, manifest_of
from hervat.stores.opening import Place, place_of
from hervat.stores.restoring import MISSING, Restoring

_NODE = """\
# A node of hervat. Everything may be left out: what stands here after a # is what holds then.
# What is named by a relative path lies beside this file.

[node]
store = "sqlite:///hervat.db"
# Where the keys are. They begin beside the store; without them nothing in it can be read, so keep a copy elsewhere.
# keys = "hervat.db.key"
# Where partner, ceiling and erase hand over what they decide while the door is open; HERVAT_SOCKET tells the commands of another place.
# socket = "hervat.db.acts"

[serve]
# On the loopback interface; 0 takes one that is free.
# port = 8025
# Whether the pages only show, and nothing can be decided there.
# read_only = false

[door]
# Whether partners may send here, how far their clocks may be off, and how many messages of one of them may wait.
# enabled = true
# skew_seconds = 300
# largest_queue = 20000
# Where a proxy stands before the door, the name under which partners reach it there. Left out there is none; it looks like this.
# authority = "register.example.org"

[screening]
# Whether this node screens and checks by itself, and at which time of every day in Amsterdam.
# daily = true
# at = "05:00"
# Holders whose enrolled persons do not exist: what is of them goes all the way through and never leaves the house.
# canaries = ["lrk-000000001"]

[restart]
# Seconds between two looks at the gates of a restart that is under way; with 0 they are looked at by hervat restart check alone.
# look_seconds = 30
"""


def init(arguments: Namespace) -> int:
    """Write node.toml and keys into a directory; neither is ever written over."""
    folder = Path(arguments.directory)
    settings, keys = folder / "node.toml", folder / "hervat.db.key"
    taken = next((path for path in (settings, keys, folder / "hervat.db") if path.exists()), None)
    if taken is not None:
        raise Usage(f"{taken} is there already, and nothing is written over it; give another directory")
    if (arguments.oin is None) != (arguments.key_id is None):
        raise Usage("--oin and --key-id go together: who this node is to others, and under which id they know its key")
    made = NodeKeys.create(arguments.origin, rfc3339(SystemClock().now()))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made.save(keys)
        exchange = None if arguments.oin is None else make_exchange(folder)
        with open(settings, "x", encoding="utf-8") as file:
            file.write(_NODE if exchange is None else _NODE + TABLE.format(oin=arguments.oin, key_id=arguments.key_id))
    except OSError as fault:
        raise StoreFault(f"{fault.filename}: {fault.strerror}; give a directory that may be written") from fault
    store = read_config(settings).node.store
    told = {"settings": str(settings), "keys": str(keys), "origin": made.origin, "store": store}
    made_them = f"{settings} and {keys} are made; the node signs as {made.origin}, its store is {store}."
    lines = [made_them, "Keep a copy of the keys: hervat keys backup."]
    if exchange is not None:
        told |= {"public_key": str(exchange.public), "recipient": exchange.recipient}
        lines.append(f"Partners need {exchange.public} and the age recipient {exchange.recipient}: hervat partner set.")
    print(words.as_document(told) if arguments.json else "\n".join(lines))
    return 0


def backup(arguments: Namespace) -> int:
    """Make a backup, and remember when."""
    place, to = place_of(arguments.store), Path(arguments.backup)
    with bar("backing up", None) as tell:
        manifest = back_up(place, to, SystemClock(), lambda position: tell(position, f"{position:,} entries proven"))
    _remember(place, manifest)
    if arguments.json:
        print(words.as_document(msgspec.to_builtins(manifest) | {"file": str(to), "manifest": str(manifest_of(to)), "keys": False}))
    else:
        told = f"{to}: entries 1 to {manifest.size} of {manifest.origin}, {manifest.bytes:,} bytes; its manifest is {manifest_of(to)}"
        print(told, flush=True)
    say("hervat: the keys file is not in it; without that no backup can be read, so keep it apart from them", sys.stderr)
    return 0


def remembered(place: Place) -> Manifest | None:
    """The manifest of the last backup that was made of a store from here, or None."""
    try:
        return msgspec.json.decode(_memory(place).read_bytes(), type=Manifest)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _memory(place: Place) -> Path:
    """Beside the store, or beside the keys of one that is on a server: who only reads a store writes nothing in it."""
    keys = keys_path(place)
    return keys.with_name(f"{keys.name}.backup") if place.file is None else place.file.with_name(f"{place.file.name}.backup")


def _remember(place: Place, manifest: Manifest) -> None:
    try:
        _memory(place).write_bytes(msgspec.json.encode(manifest))
    except OSError as fault:
        say(f"hervat: {fault.filename}: {fault.strerror}; hervat doctor will not know of this backup", sys.stderr)


def restore(arguments: Namespace) -> int:
    """Restore a backup; 1 where a check says no."""
    place, source = place_of(arguments.store), Path(arguments.backup)
    witnesses = [read_checkpoint(path) for path in arguments.witness]
    restoring = Restoring.prepared(place, source, keys_path(place), witnesses)
    size = restoring.manifest.size
    with bar("restoring", size) as tell:
        witnessed = restoring.done(lambda what, position: tell(position, f"{what}: {position:,} of {size:,}"), helped=True)
    answer: dict[str, Any] = {"restored": size, "origin": restoring.manifest.origin, "made_at": restoring.manifest.made_at}
    answer |= {"checkpoint": restoring.manifest.checkpoint, "witnesses": [one.as_dict() for one in witnessed], "verified": None}
    if arguments.verify:
        with Node.opened(arguments.store) as node, bar("verifying", size) as tell:
            found = node.verify(restoring.manifest.checkpoint, lambda position: tell(position, f"{position:,} entries"), helped=True)
        answer["verified"] = found.as_dict()
    show(words.as_document(answer) if arguments.json else words.lines(_in_words(answer, place.shown)))
    return 0 if answer["verified"] is None or answer["verified"]["ok"] else 1


def _in_words(answer: dict[str, Any], shown: str) -> list[str]:
    lines = [f"{shown}: entries 1 to {answer['restored']} of {answer['origin']}, as they were backed up at {answer['made_at']}"]
    for one in answer["witnesses"]:
        if one["outcome"] == MISSING:
            lines.append(f"entries {one['missing']['first']} to {one['missing']['last']} are missing: the witness saw {one['size']}")
        else:
            lines.append(f"the witness saw {one['size']} entries: the journal {_WORDS[one['outcome']]}")
    verified = answer["verified"]
    if verified is not None:
        lines.append("verified: what is stored is what its journal folds to" if verified["ok"] else f"not well: {verified['difference']}")
    return lines


_WORDS = {"equal": "is the same", "begins with it": "begins with the same"}
