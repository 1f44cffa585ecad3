"""The standard streams, which may be closed, full, or no longer read by anybody: none of that is a reason for a traceback."""

import os
import sys
from typing import TextIO


def open_streams() -> None:
    """Let a standard stream that was closed lead nowhere; else the next file opened, the store perhaps, would stand in its place."""
    while (place := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(place, True)
    os.close(place)
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)


def say(text: str, stream: TextIO) -> None:
    """Print to whoever can still be told; the exit status tells the others."""
    try:
        print(text, file=stream, flush=True)
    except OSError:
        let_go(stream)


def show(text: str) -> None:
    """Print the answer; where nobody reads it any more the exit status still tells it."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        let_go(sys.stdout)


def let_go(stream: TextIO) -> None:
    """Let go of a stream that cannot be written: what is still to be written to it, even at exit, would only fail again."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
