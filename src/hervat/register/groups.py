"""Groups of messages that speak of one another: whoever folds the whole register folds it group by group, in bounded memory."""

from collections.abc import Iterable, Iterator

from hervat.journal.store import Row, Store, topics_of
from hervat.register.reading import is_fact

# Bound to a BSN or to a source, and joined to persons only when read: they give no facts.
NO_FACTS = frozenset(
    {"screening-enrolled", "screening-ended", "certificate-requested", "disclosure-requested", "stock-declared", "watermark"}
)


def chunks(store: Store, size: int) -> Iterator[list[Row]]:
    """Every message that gives facts, in lists that are closed: no fact in one speaks of what is in another. A list begins with at most
    `size` messages, and all that these speak of comes with them. Memory: one list, and a byte for each entry.
    """
    done, after = bytearray(store.head().size + 1), 0
    while rows := store.applied(after, size):
        after = rows[-1].position
        # What came while somebody was at work on this is not looked at.
        begun = [row for row in rows if row.position < len(done) and not done[row.position] and _gives_facts(row)]
        if begun:
            yield _closed(store, begun, done)


def _closed(store: Store, begun: list[Row], done: bytearray) -> list[Row]:
    found, topics, fresh = list[Row](), set[bytes](), begun
    while fresh:
        found += fresh
        for row in fresh:
            done[row.position] = 1
        unknown = _topics(store, fresh) - topics
        topics |= unknown
        near = {position for linked in store.links(unknown).values() for position in linked if position < len(done) and not done[position]}
        fresh = [row for row in store.rows_at(near).values() if _gives_facts(row)] if near else []
    return found


def _gives_facts(row: Row) -> bool:
    return is_fact(row) and row.kind not in NO_FACTS


def _topics(store: Store, rows: Iterable[Row]) -> set[bytes]:
    """What rows speak of, in the versions that count as well."""
    corrected = {row.version for row in rows if row.version is not None}
    versions = store.rows_at(corrected).values() if corrected else ()
    return {topic for row in (*rows, *versions) for topic in topics_of(row.needs + row.gives)}
