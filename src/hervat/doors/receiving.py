"""The commands that write: `receive` and `ceiling`."""

import os
import sys
from argparse import Namespace
from contextlib import ExitStack
from pathlib import Path

from hervat.assemble import Node, keys_path
from hervat.doors import words
from hervat.doors.acts.governing import CeilingChange
from hervat.doors.considering import decide_considered
from hervat.doors.files import Files
from hervat.doors.progress import bar
from hervat.doors.streams import say, show
from hervat.errors import Usage
from hervat.intake.received import Received
from hervat.stores.opening import place_of


def receive(arguments: Namespace) -> int:
    """Take messages from files; 1 where there were conflicts or something could not be taken."""
    files = Files(arguments.files)
    if arguments.receipts:
        _ensure_apart(arguments.receipts, [*arguments.files, *place_of(arguments.store).files])
    with ExitStack() as stack:
        node = stack.enter_context(Node.opened(arguments.store, writer=True, helped=True))
        if arguments.receipts:
            _ensure_apart(arguments.receipts, [keys_path(node.store)])
        tell = stack.enter_context(bar("receiving", files.bytes_all or None))

        def progress(received: Received) -> None:
            tell(files.bytes_read, f"{received.taken:,} messages")

        receipts = None
        if arguments.receipts:
            out = stack.enter_context(_new_file(arguments.receipts))

            def receipts(line: bytes) -> None:
                out.write(line + b"\n")

        answer = node.receive(files.lines(), helped=True, progress=progress, receipts=receipts)
    for line in files.not_taken:
        say(words.plain(f"hervat: not taken: {line}"), sys.stderr)
    if arguments.json:
        show(words.as_document(answer))
    else:
        show(words.lines(words.received(answer, files.not_taken)))
    return 1 if answer["conflicts"] or files.not_taken else 0


def _ensure_apart(receipts: str, others: list[str | Path]) -> None:
    """Receipts overwrite what stands in their file, so that may not be one that is read, or that will be made as part of the store."""
    if any(_same(Path(receipts), Path(other)) for other in others):
        raise Usage(f"{receipts} cannot be both read and written; choose another file for the receipts, nothing was taken")


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other) or (one.exists() and other.exists() and one.samefile(other))


def _new_file(path: str):  # type: ignore[no-untyped-def]
    try:
        return open(path, "wb")
    except OSError as fault:
        raise Usage(f"{path}: {fault.strerror}; choose another file for the receipts, nothing was taken") from fault


def ensure_decided(arguments: Namespace) -> None:
    """An act has somebody who decides, and a ground. Raises Usage."""
    if not arguments.by.strip() or not arguments.why.strip():
        raise Usage("--by and --why may not be empty: this is an act of somebody, for a reason")


def ceiling(arguments: Namespace) -> int:
    """Set the ceiling of a source."""
    given = [arguments.sequence is not None, arguments.time is not None, arguments.open, arguments.hold]
    if sum(given) != 1:
        raise Usage("give exactly one of --sequence N, --time T, --open and --hold")
    if arguments.sequence is not None and arguments.sequence < 0:
        raise Usage("--sequence is a number of a message, 0 or more")
    decided = {"source": arguments.source, "by": arguments.by, "why": arguments.why}
    try:
        act = CeilingChange(sequence=arguments.sequence, time=arguments.time, hold=arguments.hold, **decided)
    except ValueError as fault:
        raise Usage(f"--time {arguments.time}: {fault}") from fault
    ensure_decided(arguments)
    answer = decide_considered(arguments, act)
    if arguments.json:
        print(words.as_document(answer))
    else:
        print(f"ceiling set at position {answer['position']}: {answer['applied']} messages applied by it")
    return 0
