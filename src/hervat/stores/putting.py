"""Putting a whole journal into an empty store, whatever engine it comes from and goes to."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from hervat.journal.entry import Entry
from hervat.journal.store import Change, Head, Store
from hervat.journal.tree import Frontier

_AT_ONCE = 5000


def put_journal(
    head: Head, entries: Iterable[Entry], into: Store, progress: Callable[[int], None] = lambda position: None
) -> None:
    """Write a journal into an empty store, unsettled, with the tree's tiles beside it and nothing folded yet."""
    frontier, waiting = Frontier(), list[Entry]()

    def write() -> None:
        tiles = frontier.extend([entry.leaf for entry in waiting])
        into.write(Change(replace(head, folded=0), entries=waiting[:], tiles=tiles), settle=False)
        waiting.clear()
        progress(frontier.size)

    for entry in entries:
        waiting.append(entry)
        if len(waiting) == _AT_ONCE:
            write()
    write()
