"""Doing an act: here where the writer's place is free, by the node that serves where that has it."""

import socket
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from time import sleep
from typing import Any

from hervat.assemble import Node
from hervat.doors.acts.line import LARGEST, Act, Done, Elsewhere, NotDone, asking, read_answer
from hervat.doors.acts.place import connected, socket_path
from hervat.errors import HervatError, NotSo, StoreBusy, TechnicalFault, Usage
from hervat.stores.opening import Place, place_of

_BY_STATUS: dict[int, type[HervatError]] = {error.exit_status: error for error in (NotSo, Usage, TechnicalFault)}
_PIECE = 65536
_LOST = "the journal tells whether this was done: run it again"
_TRIES, _PAUSE = 20, 0.1
"""How often, and seconds between: a node without a door that looks at its gates writes for a moment; who isolates then is not sent away."""


def decide(url: str, act: Act, *, keys: Path | None = None, given: Path | None = None, lost: str = _LOST) -> dict[str, Any]:
    """The answer to an act on the store at `url`, whoever writes to it. `keys` and `given` say where the keys and the socket are where
    that is not beside the store, `lost` what tells whether it was done where no answer comes. Raises what the act raises, and StoreBusy
    where the writer's place stays taken by somebody who takes no acts.
    """
    for _ in range(_TRIES):
        with suppress(_NobodyTakes):
            return _decided(url, act, keys, given, lost)
        sleep(_PAUSE)
    return _decided(url, act, keys, given, lost)


class _NobodyTakes(StoreBusy):
    """The writer's place is taken, and whoever has it takes no acts."""


def _decided(url: str, act: Act, keys: Path | None, given: Path | None, lost: str) -> dict[str, Any]:
    with ExitStack() as stack:
        try:
            node = stack.enter_context(Node.opened(url, writer=True, keys=keys))
        except StoreBusy as fault:
            busy = fault
        else:
            return act.done(node)
    return _handed_over(act, busy, place_of(url), socket_path(place_of(url), keys, given), lost)


def _handed_over(act: Act, busy: StoreBusy, place: Place, path: Path, lost: str) -> dict[str, Any]:
    with closing(place.open(writer=False)) as store:
        line = asking(store.writers_place, act)
    if len(line) > LARGEST:
        raise Usage(f"this has {len(line)} bytes, and a node that serves takes at most {LARGEST}; end it, or say it in fewer words")
    try:
        with connected(path) as connection:
            answered = _exchanged(connection, line)
    except (FileNotFoundError, ConnectionRefusedError):
        raise _NobodyTakes(busy.store, busy.holder, f"Nobody takes acts at {path}; HERVAT_SOCKET names another place.") from busy
    return _told(answered, path, busy, lost)


def _exchanged(connection: socket.socket, line: bytes) -> bytes:
    """What is answered to a line: a line, or less where the node ended before."""
    pieces = list[bytes]()
    # Who is turned away gets an answer before all was said.
    with suppress(BrokenPipeError):
        connection.sendall(line)
    with suppress(ConnectionResetError):
        # However long it takes: erasing writes the whole store anew.
        while piece := connection.recv(_PIECE):
            pieces.append(piece)
    return b"".join(pieces)


def _told(answered: bytes, path: Path, busy: StoreBusy, lost: str) -> dict[str, Any]:
    try:
        answer = read_answer(answered)
    except ValueError as fault:
        words = f"the node that takes acts at {path} ended before it answered; {lost}"
        raise TechnicalFault(words) from fault
    match answer:
        case Done():
            return answer.answer
        case NotDone():
            raise _BY_STATUS.get(answer.status, TechnicalFault)(answer.message)
        case Elsewhere():
            words = f"The node that takes acts at {path} writes to another store, and did nothing; HERVAT_SOCKET names another place."
            raise StoreBusy(busy.store, busy.holder, words) from busy
