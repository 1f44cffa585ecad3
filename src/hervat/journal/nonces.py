"""Nonces for boxes: random, twelve bytes, each given out once."""

import os
from collections import deque

NONCE = 12
_AT_ONCE = 512
_nonces = deque[bytes]()
# A child must not use again what its parent will use.
os.register_at_fork(after_in_child=_nonces.clear)


def fresh_nonce() -> bytes:
    """Twelve random bytes that are given out once; drawn from the system many at a time, for asking it costs more than sealing."""
    while True:
        try:
            # To take one is one step for every thread, so no two get the same.
            return _nonces.pop()
        except IndexError:
            random = os.urandom(NONCE * _AT_ONCE)
            _nonces.extend(random[start : start + NONCE] for start in range(0, len(random), NONCE))
