"""Reads messages from files, one a line: `.jsonl`, gzip-compressed or not, `-` for standard input.

Bytes are passed on as they are; what is in them is judged inside. Memory does not grow with the file. A pipe is opened once only:
who writes into it would be gone at the second time.
"""

import gzip
import os
import stat
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from io import BufferedReader
from typing import BinaryIO, cast

from hervat.errors import Usage

MOST_BYTES = 256 * 1024
_GZIP = b"\x1f\x8b"
_MARK = b"\xef\xbb\xbf"
"""The byte order mark that some programs put before UTF-8: it is of the file, and not of its first message."""


@dataclass(slots=True)
class Files:
    """The lines of some files, with what could not be taken from them (`not_taken`) and how far the reading is (`bytes_read`)."""

    paths: Sequence[str]
    not_taken: list[str] = field(default_factory=list)
    bytes_read: int = 0
    bytes_all: int = 0

    def __post_init__(self) -> None:
        """Raises Usage for a path that cannot be read, before anything of any file is taken."""
        for path in self.paths:
            if path != "-":
                self.bytes_all += _readable(path)
            elif sys.stdin is None:
                raise Usage("there is no standard input to read from; give a file")

    def lines(self) -> Iterator[bytes]:
        """Every message, without its line end; blank lines are passed over."""
        for path in self.paths:
            yield from self._lines_of("standard input" if path == "-" else path, path)

    def _lines_of(self, name: str, path: str) -> Iterator[bytes]:
        number = 0
        try:
            with nullcontext(sys.stdin.buffer) if path == "-" else open(path, "rb") as packed:
                stream = _unpacked(cast(BufferedReader, packed))
                while line := stream.readline(MOST_BYTES + 2):
                    number += 1
                    self.bytes_read += len(line)
                    message = line.removesuffix(b"\n").removesuffix(b"\r")
                    if number == 1:
                        message = message.removeprefix(_MARK)
                    if len(message) > MOST_BYTES:
                        _skip_line(stream, line)
                        self._refuse(name, number, f"is longer than the {MOST_BYTES} bytes of a message; ask its sender to split it")
                    elif message.strip():
                        yield message
        except (EOFError, gzip.BadGzipFile, zlib.error) as fault:
            self._refuse(name, number + 1, f"cannot be unpacked ({fault}); all lines before it were taken, get the file again")
        except OSError as fault:
            self._refuse(name, number + 1, f"cannot be read ({fault.strerror or fault}); all lines before it were taken")

    def _refuse(self, name: str, number: int, why: str) -> None:
        self.not_taken.append(f"{name}, line {number}: {why}")


def _readable(path: str) -> int:
    """The size of a file in bytes; of what is no file, 0."""
    try:
        about = os.stat(path)
        if stat.S_ISFIFO(about.st_mode) or stat.S_ISCHR(about.st_mode):
            return 0
        with open(path, "rb"):
            return about.st_size
    except OSError as fault:
        raise Usage(f"{path}: {fault.strerror}; nothing of any file was taken") from fault


def _unpacked(stream: BufferedReader) -> BinaryIO:
    packed = stream.peek(len(_GZIP)).startswith(_GZIP)
    return cast(BinaryIO, gzip.GzipFile(fileobj=stream) if packed else stream)


def _skip_line(stream: BinaryIO, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = stream.readline(MOST_BYTES)
