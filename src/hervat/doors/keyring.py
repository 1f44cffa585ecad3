"""The commands about the node's keys: `keys show`, `keys backup`, `keys restore` and `keys rotate`. None of them prints a secret."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from hervat.assemble import keys_path
from hervat.clock import SystemClock, rfc3339
from hervat.doors import words
from hervat.doors.acts.handing import decide
from hervat.doors.acts.rotating import KeyRotation
from hervat.doors.passphrase import is_wanted, passphrase
from hervat.doors.progress import bar
from hervat.doors.receiving import ensure_decided
from hervat.doors.streams import say, show
from hervat.errors import KeysFault, NotSo, Usage, ensure
from hervat.intake.rotating import INDEX_STAYS
from hervat.journal.checkpoint import verifier_of
from hervat.journal.copies import read_copy, sealed_copy
from hervat.journal.keys import NodeKeys
from hervat.journal.placing import place, write_new
from hervat.journal.ring import write_ring
from hervat.journal.store import Head
from hervat.stores.backup import Backup
from hervat.stores.fitting import closed_boxes
from hervat.stores.opening import Engine, Place, place_of

_AT_ONCE = 2000
UNDER_WAY = "a rotation of the keys is under way; hervat keys rotate brings it to its end"
_FIT = "it is good for reading this store, and every backup of it made since the keys were last rotated, and not for"
AFTER_IT = (
    "copies of the keys from before open nothing in this store any more: make a new one (hervat keys backup)",
    "backups of the store from before open with the copy of the keys of then alone: make a new one (hervat backup), and let both go by age",
    "partners check what is signed from now on with the new public key; both keys vouch for it in the act",
)
STOLEN = (
    "whoever has the old signing key can make checkpoints and receipts of before that look real: those alone prove something that partners",
    "had in hand before the theft; give partners the new public key by another way, and tell them not to trust the old one",
    "whoever has the old keys and a copy of the store from before reads all that is in it",
)


class Copied(msgspec.Struct, frozen=True):
    """What is remembered of the last copy of the keys: which keys, when, where to, and whether under a passphrase."""

    keys: str
    made_at: str
    to: str
    sealed: bool


def show_keys(arguments: Namespace) -> int:
    """The public part of the keys."""
    path = keys_path(place_of(arguments.store))
    keys = NodeKeys.load(path)
    told = _told(keys, path)
    show(words.as_document(told) if arguments.json else "\n".join(_shown(told)))
    return 0


def _told(keys: NodeKeys, path: Path) -> dict[str, Any]:
    copied = remembered_copy(path)
    return {
        "origin": keys.origin,
        "file": str(path),
        "keys": keys.ring.material,
        "public_key": verifier_of(keys.origin, keys.public_key),
        "signing": [
            {
                "public_key": verifier_of(keys.origin, signer.public_key),
                "since": signer.since,
                "made_at": signer.made_at or None,
                "stolen": any(one.succession is not None and one.succession.stolen for one in keys.signers[number : number + 1]),
            }
            for number, signer in enumerate(keys.signers, 1)
        ],
        "wrap": [{"name": name, "made_at": wrap.made_at or None} for name, wrap in zip(keys.wrap_names, keys.ring.wraps, strict=True)],
        "index": {"made_at": keys.ring.made_at or None},
        "rotating": keys.ring.is_being_rotated,
        "copied": None if copied is None else msgspec.to_builtins(copied),
    }


def _shown(told: dict[str, Any]) -> Iterator[str]:
    def made(one: dict[str, Any]) -> str:
        return f"made {one['made_at']}" if one["made_at"] else "made before that was written down"

    yield f"origin: {told['origin']}"
    yield f"file: {told['file']}, its keys together are {told['keys']}"
    for one in told["signing"]:
        since = "nothing yet" if one["since"] is None else f"from position {one['since']}" if one["since"] else "from the beginning"
        yield f"signs {since}: {one['public_key']} ({made(one)}{', stolen' if one['stolen'] else ''})"
    for one in told["wrap"]:
        yield f"wrap key: {one['name']} ({made(one)})"
    yield f"index key: {made(told['index'])}, and never another"
    copied = told["copied"]
    if copied is None:
        yield "copy: none was made from here"
    else:
        yield f"copy: made {copied['made_at']} to {copied['to']}, {'of these keys' if copied['keys'] == told['keys'] else 'of other keys'}"
    if told["rotating"]:
        yield UNDER_WAY


def back_up_keys(arguments: Namespace) -> int:
    """Put a copy of the keys apart, under a passphrase where one is given."""
    path, to = keys_path(place_of(arguments.store)), Path(arguments.copy)
    keys, now = NodeKeys.load(path), rfc3339(SystemClock().now())
    if keys.ring.is_being_rotated:
        raise Usage(f"{UNDER_WAY}; a copy made in the middle of it would soon be of no use")
    sealed = is_wanted(arguments)
    if to.exists():
        raise Usage(f"{to} is there already, and keys are never written over anything; give another name")
    secret = passphrase(arguments.passphrase_file, new=True) if sealed else ""
    try:
        write_new(to, sealed_copy(keys, secret, now) if sealed else write_ring(keys.ring))
    except FileExistsError as fault:
        raise Usage(f"{to} was made by somebody else meanwhile; nothing was written, give another name") from fault
    ensure(read_copy(to.read_bytes(), to, lambda: secret).ring == keys.ring, f"{to} does not hold the keys that were written to it")
    _remember(path, Copied(keys.ring.material, now, str(to.absolute()), sealed))
    answer = {"origin": keys.origin, "keys": keys.ring.material, "file": str(to), "sealed": sealed}
    how = "sealed under the passphrase, which is nowhere in it" if sealed else "not sealed: whoever has this file has the keys"
    line = f"{to}: the keys of {keys.origin}, {how};\n{_FIT} what comes after the next rotation: make another copy then"
    show(words.as_document(answer) if arguments.json else line)
    say("hervat: keep it where no backup of the store is kept: the two together are the register", sys.stderr)
    return 0


def restore_keys(arguments: Namespace) -> int:
    """Put a copy in the place of the keys that are gone; 1 where some boxes do not open with it."""
    place_there, source = place_of(arguments.store), Path(arguments.copy)
    try:
        content = source.read_bytes()
    except OSError as fault:
        raise Usage(f"{source}: {fault.strerror}; give the file that hervat keys backup made") from fault
    keys = read_copy(content, source, lambda: passphrase(arguments.passphrase_file))
    to = keys_path(place_there)
    entries, closed = _tried(keys, place_there, arguments.against)
    if not place(to, write_ring(keys.ring)):
        if _holds(to, keys):
            raise NotSo(f"{to} holds these very keys already; nothing was done")
        raise Usage(f"{to} is there and holds something else, and keys are never written over; move it away yourself if it is not needed")
    answer = {"origin": keys.origin, "keys": keys.ring.material, "file": str(to), "boxes": entries, "closed": closed}
    line = f"{to}: the keys of {keys.origin}; they signed the checkpoint of {entries} entries, and open {entries - closed} of their boxes"
    show(words.as_document(answer) if arguments.json else line)
    if closed:
        say("hervat: the others are damaged, or of before a rotation; run hervat verify, it names the first", sys.stderr)
    return 1 if closed else 0


def _holds(path: Path, keys: NodeKeys) -> bool:
    try:
        return NodeKeys.load(path).ring == keys.ring
    except KeysFault:
        return False


def _tried(keys: NodeKeys, where: Place, against: str | None) -> tuple[int, int]:
    """How many boxes there were to try the keys on, and how many do not open. Raises KeysFault for keys that do not fit."""
    if against is not None:
        with closing(Backup(Path(against))) as backup:
            head = _with_entries(backup.head, against)
            return head.size, closed_boxes(keys, head, ((entry.position, entry.box) for entry in backup.entries()), against)
    if not where.is_there():
        raise Usage(f"{where.shown}: there is no store to try these keys on; give a backup of it, --against BACKUP, or another --store")
    with closing(where.open(writer=False)) as store, store.snapshot():
        head = _with_entries(store.head(), where.shown)
        return head.size, closed_boxes(keys, head, _boxes(store, head.size), where.shown)


def _with_entries(head: Head, shown: str) -> Head:
    if not head.size:
        raise Usage(f"{shown} has no entries, so any keys fit it; give a backup to try them on, --against BACKUP")
    return head


def _boxes(store: Engine, size: int) -> Iterator[tuple[int, bytes]]:
    for first in range(1, size + 1, _AT_ONCE):
        yield from sorted(store.boxes(range(first, min(first + _AT_ONCE, size + 1))).items())


def rotate_keys(arguments: Namespace) -> int:
    """Let other keys take over, here or by the node that serves; 1 where what the old ones opened still lies in the files."""
    ensure_decided(arguments)
    where = place_of(arguments.store)
    if not where.is_there():
        raise Usage(f"{where.shown}: there is no store; keys that nothing is sealed with are begun anew with hervat init")
    with bar("sealing anew", None) as tell:
        tell(0, "sealing anew")
        act = KeyRotation(by=arguments.by, why=arguments.why, stolen=arguments.stolen)
        # Where it was done, the same again would rotate anew.
        answer = decide(arguments.store, act, lost="hervat keys show tells whether it is done")
    show(words.as_document(answer) if arguments.json else "\n".join(_rotated(answer, stolen=arguments.stolen)))
    return 0 if answer["scrubbed"] == "done" else 1


def _rotated(answer: dict[str, Any], *, stolen: bool) -> Iterator[str]:
    begun = "what was begun before is done: rotated" if answer["resumed"] else "rotated"
    yield f"{begun} at position {answer['position']}; from there on the node signs with {answer['public_key']}"
    yield f"{answer['sealed']} boxes sealed anew; the old wrap key is destroyed, the old signing key signs receipts of before alone"
    yield INDEX_STAYS
    if answer["scrubbed"] == "done":
        yield "no old box is left in the files"
    else:
        yield f"old boxes may still lie in the files: {answer['hindrance']}; {answer['do']}"
    yield from (*AFTER_IT, *(STOLEN if stolen else ()))


def remembered_copy(path: Path) -> Copied | None:
    """What is remembered of the last copy that was made of a keys file from here, or None."""
    try:
        return msgspec.json.decode(_memory(path).read_bytes(), type=Copied)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _memory(path: Path) -> Path:
    return path.with_name(f"{path.name}.copied")


def _remember(path: Path, copied: Copied) -> None:
    try:
        _memory(path).write_bytes(msgspec.json.encode(copied))
    except OSError as fault:
        say(f"hervat: {fault.filename}: {fault.strerror}; hervat doctor will not know of this copy", sys.stderr)
