"""What the state of a message hangs on: the messages it amends or is amended by, those before it in its chain, those around its keys."""

from hervat.journal.store import Row, Store, about_of, pairs_of


def close_over(store: Store, positions: set[int]) -> set[int]:
    """These positions and all that their state hangs on, whatever is known of it by now."""
    closed: set[int] = set()
    topics: set[bytes] = set()
    fresh = set(positions)
    while fresh:
        closed |= fresh
        rows = list(store.rows_at(fresh).values())
        asked = {topic for row in rows for topic in _topics(row)} - topics
        topics |= asked
        near = {position for linked in store.links(asked).values() for position in linked}
        fresh = (near | _named(store, rows)) - closed
    return closed


def _topics(row: Row) -> list[bytes]:
    """What a message speaks of, by its keys and by what it is about: of a correction that is known before what it corrects has come."""
    return [topic for _, topic in pairs_of(row.needs + row.gives)] + about_of(row.about)


def _named(store: Store, rows: list[Row]) -> set[int]:
    """Those that these rows name, as what they amend or follow, and those that amend them."""
    idents = {ident for row in rows for ident in (row.target, row.previous) if ident is not None}
    amendments = store.amendments_of({row.ident for row in rows})
    named = {row.position for row in store.rows_by_ident(idents).values()}
    return named | {position for found in amendments.values() for position in found}
