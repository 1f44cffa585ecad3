"""The two computations beside each other, while both are at work: what one says and the other says as well is not kept.

So memory is that of what one is ahead, and of what they do not agree about; and nothing goes before both have come to their end.
"""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from hervat.consumers.retention.acts import Place
from hervat.consumers.retention.chosen import Choice
from hervat.consumers.retention.gone import TooSoon
from hervat.consumers.retention.recompute import Due

_BITS = 64


class Difference(Struct, frozen=True):
    """What one computation says is due and the other does not, or says otherwise: the charge by the position of the first message that
    registers it, and its number; and what each says, None where it says that it is not due.
    """

    position: int
    charge: int
    first: Due | None
    second: Due | None


class Beside:
    """What is due by one computation and not by the other, as far as both have come."""

    def __init__(self) -> None:
        # A charge as one number, and of what is said of it each thing once: of a faulty job there may be a million.
        self._first: dict[int, Due] = {}
        self._second: dict[int, Due] = {}
        self._said: dict[Due, Due] = {}

    def first(self, place: Place, due: Due) -> None:
        """The first computation says that a charge is due."""
        self._say(place, due, self._first, self._second)

    def second(self, place: Place, due: Due) -> None:
        """The second does."""
        self._say(place, due, self._second, self._first)

    def _say(self, place: Place, due: Due, own: dict[int, Due], other: dict[int, Due]) -> None:
        key = place[0] << _BITS | place[1]
        if other.get(key) == due:
            del other[key]
        else:
            own[key] = self._said.setdefault(due, due)

    def __len__(self) -> int:
        return len(self._first.keys() | self._second.keys())

    def __iter__(self) -> Iterator[Difference]:
        """Every difference there is, by position and number."""
        for key in sorted(self._first.keys() | self._second.keys()):
            yield Difference(key >> _BITS, key & (1 << _BITS) - 1, self._first.get(key), self._second.get(key))


class Compared(Struct, frozen=True, kw_only=True):
    """What is due by the first computation on a day, what was hidden and is shown again, what was removed and would not have been due, and
    where the second computation says something else.
    """

    on: date
    due: Choice
    back: Choice
    too_soon: list[TooSoon]
    differences: Beside
