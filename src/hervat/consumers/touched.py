"""What changed since a position, and what that leads to: from where a consumer that follows the journal looks around."""

from collections.abc import Iterable

from hervat.intake.residue import ERASED, read_erased
from hervat.journal.entry import open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Row, Store


def changed(store: Store, keys: NodeKeys, after: int) -> list[int]:
    """The messages that came, were applied, turned or were erased after a position."""
    found = set(store.changed(after))
    acts = [at for at in store.acts(ERASED, store.head().size) if at > after]
    for entry in store.entries_at(acts).values():
        found.update(struck.position for struck in read_erased(open_entry(keys, entry)).entries)
    return sorted(found)


def touched(store: Store, positions: Iterable[int]) -> list[Row]:
    """The messages at some positions, and what the amendments among them name."""
    rows = store.rows_at(positions)
    fresh = list(rows.values())
    while fresh:
        named = store.rows_by_ident({row.target for row in fresh if row.target is not None})
        fresh = [row for row in named.values() if row.position not in rows]
        rows |= {row.position: row for row in fresh}
    return list(rows.values())


def versions(store: Store, rows: Iterable[Row]) -> list[Row]:
    """The rows with every amendment of them: what was so under another version is looked at as well."""
    listed = list(rows)
    found = store.amendments_of({row.ident for row in listed})
    amending = store.rows_at({position for positions in found.values() for position in positions})
    return list({row.position: row for row in (*listed, *amending.values())}.values())
