"""The commands that prove: `verify`, `prove` and `checkpoint`."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from hervat.assemble import Node
from hervat.doors import words
from hervat.doors.progress import bar
from hervat.doors.streams import show
from hervat.errors import Usage
from hervat.stores.verification import Verified


def verify(arguments: Namespace) -> int:
    """Fold the journal again; 1 with the first difference."""
    witness = None if arguments.witness is None else read_checkpoint(arguments.witness)
    with Node.opened(arguments.store, as_it_is=True) as node, bar("verifying", node.store.last_position()) as tell:
        found = node.verify(witness, lambda position: tell(position, f"{position:,} entries"))
    show(words.as_document(found.as_dict()) if arguments.json else words.lines(_in_words(found)))
    return 0 if found.ok else 1


def _in_words(found: Verified) -> Iterator[str]:
    if found.ok:
        seen = "" if found.witness is None else f", and the first {found.witness} are those that the witness saw"
        yield f"{found.entries} entries verified: content, tree, states and counts are what the journal says{seen}"
        if found.not_checked is not None:
            yield f"not checked: {found.not_checked}"
    else:
        yield f"not well: {found.difference}"


def prove(arguments: Namespace) -> int:
    """Print the inclusion proof of an entry; it is JSON either way, for that is what a checker reads."""
    with Node.opened(arguments.store) as node:
        print(words.as_document(node.prove(arguments.position)))
    return 0


def checkpoint(arguments: Namespace) -> int:
    """Print the signed checkpoint as a note, or the proof that the journal begins with what an earlier one saw (JSON either way)."""
    if arguments.since is not None:
        earlier = read_checkpoint(arguments.since)
        with Node.opened(arguments.store) as node:
            print(words.as_document(node.prove_growth(earlier)))
        return 0
    with Node.opened(arguments.store) as node:
        note = node.checkpoint()
        size = node.position
    print(words.as_document({"checkpoint": note, "size": size}) if arguments.json else note, end="\n" if arguments.json else "")
    return 0


def read_checkpoint(path: str) -> str:
    """The text of a file with a checkpoint; raises Usage."""
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise Usage(f"{path}: {fault}; give a file with a checkpoint as hervat checkpoint prints it") from fault
