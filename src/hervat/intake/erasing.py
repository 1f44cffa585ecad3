"""What goes when a message or a part of it is erased (the contract, section 3, 10).

- A message goes in all its versions: with what it corrects, all that amends it, and the acts that keep other content for any of these. A
  part goes in every version that has it, and those acts go whole: nobody knows in which form it is in them.
- Above a ceiling a message lies in quarantine, and its sender may still mean something else by it: it is not erased.
- Destruction is never for what lies in quarantine, and what lies there hinders none: an amendment that does is let be, as one that has not
  come yet.
- Watermarks and stock speak of nobody, and what a source is said to know hangs on them: they stay.
- An entry is never erased twice; what is asked again goes as far as there is something left.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

import msgspec

from hervat.errors import NotSo, Usage
from hervat.intake.amendments import is_lower, original_of
from hervat.intake.claims import DECLARING
from hervat.intake.folding import CONFLICT
from hervat.intake.preparing import CORRECTION
from hervat.intake.residue import Struck, part
from hervat.journal.entry import HEAD, RAW, open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.store import REFUSED, WHOLE, Row, Store


class Families:
    """The messages of a store with all their versions."""

    def __init__(self, store: Store, keys: NodeKeys) -> None:
        self._store = store
        self._keys = keys
        self._conflicts = self._conflicts_with()

    def _conflicts_with(self) -> dict[int, list[int]]:
        """The acts that keep other content, by the position of the message that it is in conflict with."""
        found: dict[int, list[int]] = {}
        for position, entry in self._store.entries_at(self._store.acts(CONFLICT, self._store.head().size)).items():
            opened = open_entry(self._keys, entry)
            if not opened.residue and any(segment.name == RAW for segment in opened.segments):
                found.setdefault(msgspec.json.decode(part(opened, HEAD))["with"], []).append(position)
        return found

    def of(self, position: int) -> list[Row]:
        """The message at a position, what it corrects and all that amends these; raises NotSo where there is no message."""
        first = self._store.rows_at([position]).get(position) if 0 < position <= self._store.head().size else None
        if first is None:
            raise NotSo(f"there is no message at position {position}; hervat prove {position} tells whether there is an act")
        found, fresh = {first.position: first}, [first]
        while fresh:
            amendments = self._store.amendments_of(row.ident for row in fresh)
            named = self._store.rows_at({one for of in amendments.values() for one in of}).values()
            near = {row.position: row for row in [*named, *(corrected for row in fresh for corrected in self._corrected(row))]}
            fresh = [row for position, row in near.items() if position not in found]
            found |= {row.position: row for row in fresh}
        return [found[one] for one in sorted(found)]

    def _corrected(self, row: Row) -> Iterator[Row]:
        """What a correction names, and that in its turn, be it refused itself; one that was refused corrects nothing."""
        if row.refusal is not None:
            return
        while row.kind == CORRECTION and row.target is not None:
            named = self._store.rows_by_ident([row.target]).get(row.target)
            if named is None or not is_lower(named, row):
                break
            yield named
            row = named

    def obstacle(self, family: Iterable[Row], asked: int | None = None) -> str | None:
        """Why a family cannot be erased, or None; `asked` is the position of the message of it that was asked for."""
        by_ident = {row.ident: row for row in family}
        for row in by_ident.values():
            if _is_let_be(row) and row.position != asked:
                continue
            if row.quarantined:
                return f"the message at position {row.position} lies in quarantine; it is released first, and then erased"
            if row.admitted_at is None:
                return f"the message at position {row.position} lies above the ceiling of its source; raise the ceiling first"
            kind = self._declares(row, by_ident)
            if kind is not None:
                return f"the message at position {row.position} is a {kind}: it speaks of nobody, and the horizon hangs on it"
        return None

    def _declares(self, row: Row, family: Mapping[bytes, Row]) -> str | None:
        """As what kind a message declares something, be it as the correction of one that was refused."""
        if row.kind != CORRECTION:
            return row.kind if row.kind in DECLARING and row.state != REFUSED else None
        original = None if row.refusal is not None else original_of(row, family.get)
        return None if original is None or original.kind not in DECLARING else original.kind

    def whole(self, family: Iterable[Row]) -> list[Struck]:
        """What there is to erase of a family."""
        rows = [row for row in family if not _is_let_be(row)]
        return [Struck(row.position) for row in rows if row.erased < WHOLE] + self._others(rows)

    def part(self, family: Iterable[Row], name: str) -> list[Struck]:
        """What there is to erase of a part in a family; raises Usage for what is no part by itself, NotSo where it is in no version."""
        if name in (HEAD, RAW):
            raise Usage(f"{name} is what holds a message together; leave out --part to erase the message")
        family = list(family)
        rows = [row for row in family if not _is_let_be(row)]
        opened = [open_entry(self._keys, entry) for entry in self._store.entries_at([row.position for row in rows]).values()]
        having = {one.meta.position: name in one.erased for one in opened if any(segment.name == name for segment in one.segments)}
        if not having:
            names = sorted({segment.name for one in opened for segment in one.segments} - {HEAD, RAW})
            raise NotSo(f"there is no part {name}; {'the parts are ' + ', '.join(names) if names else 'it has no parts of its own'}")
        left = [Struck(position, (name,)) for position, erased in sorted(having.items()) if not erased]
        self._ensure_read(family, {one.position for one in left})
        return left + self._others(rows)

    def chosen(self, bound: Set[int], mentioned: Set[int], read: Set[int]) -> tuple[list[Struck], list[dict[str, Any]]]:
        """What goes where messages at some positions are bound to a person, and what is left there, with the reason.

        A message belongs where the version that counts does; where that could not be read (`read`), where any of its versions does.
        """
        struck, left, done = list[Struck](), list[dict[str, Any]](), set[int]()
        for position in sorted(bound | mentioned):
            if position in done:
                continue
            family = self.of(position)
            done |= {row.position for row in family}
            first = min(family, key=lambda row: (row.target is not None, row.position)).position
            belongs = first in bound or (first not in read and any(row.position in bound for row in family))
            obstacle = self.obstacle(family) if belongs else "it mentions this person, and what it is about is not bound to it"
            if obstacle is None:
                struck += self.whole(family)
                left += self.let_be(family)
            else:
                left.append({"position": first, "reason": obstacle})
        return struck, left

    def let_be(self, family: Iterable[Row]) -> list[dict[str, Any]]:
        """What of a family stays while the rest is erased."""
        return [{"position": row.position, "reason": "it lies in quarantine"} for row in family if _is_let_be(row)]

    def _ensure_read(self, rows: Iterable[Row], positions: set[int]) -> None:
        """A correction of what is not here can be read later as long as it is whole, and not with a part of it gone."""
        by_ident = {row.ident: row for row in rows}
        for row in by_ident.values():
            if row.position in positions and row.refusal is None and original_of(row, by_ident.get) is None:
                raise NotSo(f"what the message at position {row.position} corrects is not in custody; erase it whole, or wait for that")

    def _others(self, rows: Iterable[Row]) -> list[Struck]:
        """The acts that keep other content for these messages."""
        return [Struck(position) for row in rows for position in self._conflicts.get(row.position, ())]


def _is_let_be(row: Row) -> bool:
    """Whether an amendment lies in quarantine: nobody may hinder the erasure of a message by naming it."""
    return bool(row.quarantined and row.target is not None)
