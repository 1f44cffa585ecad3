"""Reading a journal a page at a time: what is held in memory does not grow with it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hervat.journal.entry import Entry

_PAGE = 1000


def entries_in_pages(read: Callable[[int, int, int], Sequence[Sequence[Any]]], first: int, last: int) -> Iterator[Entry]:
    """Entries from `first` to `last`; `read(first, last, limit)` gives the first rows of them, in order.

    A page begins after the last row that was found, not at a number that should come next: in a damaged file the next may be 2^60 further.
    """
    while first <= last and (rows := read(first, last, _PAGE)):
        for row in rows:
            yield Entry(*row)
        first = rows[-1][0] + 1
