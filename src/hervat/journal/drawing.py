"""Random bytes in pieces of one size, each given out once."""

import os
from collections import deque

_AT_ONCE = 512


class Drawing:
    """Draws pieces from the system many at a time, for asking it costs more than sealing with what it gives."""

    __slots__ = ("_pieces", "_size")

    def __init__(self, size: int) -> None:
        self._size = size
        self._pieces = deque[bytes]()
        # A child must not use again what its parent will use.
        os.register_at_fork(after_in_child=self._pieces.clear)

    def piece(self) -> bytes:
        """Random bytes that are given out once."""
        while True:
            try:
                # To take one is one step for every thread, so no two get the same.
                return self._pieces.pop()
            except IndexError:
                random = os.urandom(self._size * _AT_ONCE)
                self._pieces.extend(random[start : start + self._size] for start in range(0, len(random), self._size))
