"""The requests for disclosure in a journal, the newest first, a part of them at a time.

- Never all of them: so many positions are looked at for one part, and it tells where to go on.
- A request waits where it stands and nobody answered it. Whether somebody did is found by the name of the first answer.
"""

from collections.abc import Iterator
from typing import Literal

import msgspec
from msgspec import Struct

from hervat.consumers.disclosure.given import DisclosedAct, answers_to, name_of
from hervat.journal.acts import acts_named
from hervat.journal.keys import NodeKeys
from hervat.journal.store import REFUSED, Row, Store
from hervat.kinds import DisclosureRequested
from hervat.register.reading import Reading, is_fact

REQUESTED = "disclosure-requested"
Which = Literal["waiting", "answered", "all"]
_AT_ONCE, _MOST = 5_000, 50_000


class Listed(Struct, frozen=True, kw_only=True):
    """A request: its row, what it says where that can be read, and the last answer to it with the position of its act."""

    row: Row
    data: DisclosureRequested | None
    last: tuple[int, DisclosedAct] | None

    @property
    def stands(self) -> bool:
        """Whether it is applied and was not taken back."""
        return is_fact(self.row)


class Part(Struct, frozen=True, kw_only=True):
    """Some requests, the newest first, and the position before which to go on; None where the journal begins."""

    listed: tuple[Listed, ...]
    before: int | None


def newest(store: Store, keys: NodeKeys, before: int, which: Which, many: int) -> Part:
    """So many requests below a position, or fewer where so much of the journal was looked at."""
    found, lowest = list[Row](), max(before - _MOST, 1)
    for row in _requests(store, keys, before, lowest, which):
        found.append(row)
        if len(found) == many:
            break
    left = found[-1].position if len(found) == many else lowest
    said = Reading(store, store, keys).said([row for row in found if row.state != REFUSED])
    listed = [_listed(store, keys, row, said[row.position].data if row.position in said else None) for row in found]
    return Part(listed=tuple(listed), before=left if left > 1 else None)


def _requests(store: Store, keys: NodeKeys, before: int, lowest: int, which: Which) -> Iterator[Row]:
    while before > lowest:
        first = max(before - _AT_ONCE, lowest)
        rows = [row for row in store.rows_at(range(first, before)).values() if row.kind == REQUESTED]
        answered = acts_named(store, keys, [name_of(row.position, 1) for row in rows])
        for row in sorted(rows, key=lambda row: -row.position):
            is_answered = name_of(row.position, 1) in answered
            if which == "all" or (is_answered if which == "answered" else is_fact(row) and not is_answered):
                yield row
        before = first


def _listed(store: Store, keys: NodeKeys, row: Row, data: object) -> Listed:
    answers = list(answers_to(store, keys, row.position))
    told = None if data is None else msgspec.convert(data, DisclosureRequested)
    return Listed(row=row, data=told, last=answers[-1] if answers else None)
