"""The commands that prove: `verify`, `prove` and `checkpoint`."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager

from hervat.assemble import Node
from hervat.doors import words
from hervat.doors.progress import bar
from hervat.doors.streams import show
from hervat.errors import Usage
from hervat.journal.checkpoint import read_verifier
from hervat.stores.keyless import prove_sealed, verify_tree
from hervat.stores.opening import Engine, place_of
from hervat.stores.verification import Verified

_MOST_OF_A_NOTE = 64 * 1024


def verify(arguments: Namespace) -> int:
    """Fold the journal again; 1 with the first difference."""
    witness = None if arguments.witness is None else read_checkpoint(arguments.witness)
    found = _tree(arguments, witness) if arguments.tree else _whole(arguments, witness)
    show(words.as_document(found.as_dict()) if arguments.json else words.lines(_in_words(found, tree=arguments.tree)))
    return 0 if found.ok else 1


def _whole(arguments: Namespace, witness: str | None) -> Verified:
    if arguments.public_key is not None:
        raise Usage("--public-key goes with --tree; without that the node's own keys tell who must have signed")
    with Node.opened(arguments.store, as_it_is=True) as node, bar("verifying", node.store.last_position()) as tell:
        return node.verify(witness, lambda position: tell(position, f"{position:,} entries"), helped=True)


def _tree(arguments: Namespace, witness: str | None) -> Verified:
    key = None if arguments.public_key is None else read_verifier(arguments.public_key)
    with _store_of(arguments) as store, bar("verifying", store.last_position()) as tell:
        return verify_tree(store, key, witness, lambda position: tell(position, f"{position:,} entries"))


@contextmanager
def _store_of(arguments: Namespace) -> Iterator[Engine]:
    """The store without its keys; raises Usage where there is none."""
    place = place_of(arguments.store)
    if not place.is_there():
        raise Usage(f"{place.shown}: there is no store; give another --store")
    with closing(place.open(writer=False)) as store, store.snapshot():
        yield store


def _in_words(found: Verified, *, tree: bool) -> Iterator[str]:
    if found.ok:
        seen = "" if found.witness is None else f", and the first {found.witness} are those that the witness saw"
        what = "entries, tree and checkpoint are one" if tree else "content, tree, states and counts are what the journal says"
        yield f"{found.entries} entries verified: {what}{seen}"
        if found.not_checked is not None:
            yield f"not checked: {found.not_checked}"
    else:
        yield f"not well: {found.difference}"


def prove(arguments: Namespace) -> int:
    """Print the inclusion proof of an entry; it is JSON either way, for that is what a checker reads."""
    if arguments.sealed:
        with _store_of(arguments) as store:
            print(words.as_document(prove_sealed(store, arguments.position)))
        return 0
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
        with open(path, "rb") as file:
            return file.read(_MOST_OF_A_NOTE).decode("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise Usage(f"{path}: {fault}; give a file with a checkpoint as hervat checkpoint prints it") from fault
