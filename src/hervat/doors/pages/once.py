"""A button that is pressed twice does one act: a form carries a mark of its own, and what came of it is found by that mark again.

Kept in memory, for as long as these pages are served; of what was done only the position is kept. Acts that recognise themselves in the
journal need none of this.
"""

from collections import OrderedDict
from collections.abc import Callable
from secrets import token_hex
from threading import Lock
from typing import Any

import msgspec

from hervat.doors.acts.line import Act
from hervat.doors.pages.acting import Acts, NotDone

_KEPT = 1000
Where = Callable[[dict[str, Any]], int | None]


class Once:
    """Does the act of each form once."""

    def __init__(self, acts: Acts) -> None:
        self._acts = acts
        self._one = Lock()
        self._done: OrderedDict[tuple[str, int], int] = OrderedDict()

    @staticmethod
    def mark() -> str:
        """The mark of a form that is shown now."""
        return token_hex(8)

    def attempt(self, mark: str, act: Act, where: Where) -> dict[str, Any] | int | NotDone:
        """The answer to an act; only its position, which `where` finds in the answer, where this very form was sent before. What came to no
        act has none, and is tried again.
        """
        with self._one:
            key = mark, hash(msgspec.json.encode(act))
            if mark and key in self._done:
                return self._done[key]
            came = self._acts.attempt(act)
            at = None if isinstance(came, NotDone) else where(came)
            if mark and at is not None:
                self._done[key] = at
                while len(self._done) > _KEPT:
                    self._done.popitem(last=False)
            return came
