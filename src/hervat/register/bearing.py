"""What is held and may bear on a person whom it does not name.

- An amendment bears on everyone whom any version of what it amends leads to: it may give back, or take away, what they had before.
- What names only somebody whom nobody registered may be about anyone; and so may an amendment of what is not in custody, and a correction
  of a split, which may come to undo another merge.
"""

from collections.abc import Collection, Iterable, Sequence

from hervat.journal.store import HELD, Row, Store
from hervat.register.reading import CORRECTION


def amending(state: Store, rows: Iterable[Row]) -> list[Row]:
    """The held amendments of rows, such as lie around a person, and of those amendments, in a state."""
    seen, fresh = set[int](), {row.position: row for row in rows}
    held = [row for row in fresh.values() if row.state == HELD and row.target is not None]
    while fresh:
        seen |= fresh.keys()
        named = state.amendments_of({row.ident for row in fresh.values()})
        fresh = state.rows_at({position for positions in named.values() for position in positions} - seen)
        held += [row for row in fresh.values() if row.state == HELD]
    return held


def loose(state: Store, held: Sequence[Row], subjects: Collection[bytes]) -> list[Row]:
    """Those of the held messages that may be about anyone though they name somebody; `subjects`: the keys of whom they name first."""
    known = {key for key, linked in state.links(subjects).items() if any(linked.values())}
    of_nobody = [row for row in held if row.subject is not None and row.subject not in known]
    return of_nobody + [row for row in held if row.target is not None and _may_be_of_anyone(state, row)]


def _may_be_of_anyone(state: Store, row: Row) -> bool:
    kind, seen = row.kind, set[int]()
    while row.target is not None and row.position not in seen:
        seen.add(row.position)
        named = state.rows_by_ident([row.target]).get(row.target)
        if named is None:
            return True
        row = named
    return kind == CORRECTION and row.kind == "persons-split"
