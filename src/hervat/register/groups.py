"""Groups of messages that speak of one another: whoever folds the whole register folds it group by group, in bounded memory."""

from collections.abc import Iterator

from hervat.journal.store import Row, Store, pairs_of
from hervat.register.reading import is_fact

# Bound to a BSN or to a source, and joined to persons only when read: they give no facts.
NO_FACTS = frozenset(
    {"screening-enrolled", "screening-ended", "certificate-requested", "disclosure-requested", "stock-declared", "watermark"}
)
_AT_ONCE = 5000


class _Sets:
    """Disjoint sets with path halving (Tarjan and van Leeuwen, 1984)."""

    def __init__(self) -> None:
        self._parent: list[int] = []

    def make(self) -> int:
        self._parent.append(len(self._parent))
        return len(self._parent) - 1

    def find(self, one: int) -> int:
        parent = self._parent
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    def join(self, one: int, other: int) -> None:
        self._parent[self.find(other)] = self.find(one)


def groups(store: Store) -> Iterator[list[int]]:
    """The positions of all messages that give facts, in lists that are closed: no fact in one speaks of what is in another."""
    sets, numbers, members = _Sets(), dict[bytes, int](), list[tuple[int, int]]()
    for row in facts(store):
        topics = _topics(store, row)
        first = -1
        for topic in topics:
            number = numbers.get(topic)
            if number is None:
                number = numbers[topic] = sets.make()
            if first < 0:
                first = number
            else:
                sets.join(first, number)
        members.append((row.position, first))
    numbers.clear()
    grouped: dict[int, list[int]] = {}
    for position, number in members:
        grouped.setdefault(sets.find(number), []).append(position)
    yield from grouped.values()


def facts(store: Store) -> Iterator[Row]:
    """Every row that gives facts, in order of position."""
    after = 0
    while rows := store.applied(after, _AT_ONCE):
        yield from (row for row in rows if is_fact(row) and row.kind not in NO_FACTS)
        after = rows[-1].position


def _topics(store: Store, row: Row) -> list[bytes]:
    found = pairs_of(row.needs + row.gives)
    if row.version is not None:
        version = store.rows_at([row.version])[row.version]
        found += pairs_of(version.needs + version.gives)
    return [topic for _, topic in found]


def chunks(store: Store, size: int) -> Iterator[list[int]]:
    """Groups put together into lists of about `size` positions, to be opened in one go."""
    chunk: list[int] = []
    for group in groups(store):
        chunk += group
        if len(chunk) >= size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
