"""What goes of the journal when charges are removed: the whole of a case where no charge of it is kept, or else what speaks of them.

- A judgment, order, dismissal or summons goes whole, with all that is about it, where none of the charges it names is kept. Where one is,
  the verdicts on the others go, and a message that names charges by number alone is left, and told.
- What belongs to another case, or only mentions this one, is left. So is what was retracted and speaks of a charge that nobody weighed: its
  sender may still take the retraction back.
- Corrections go with what they correct, and never by what they say themselves.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from hervat.errors import NotSo
from hervat.intake.erasing import Families
from hervat.intake.residue import Struck
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Row, Store
from hervat.register.reading import Reading, Said, is_fact

_DECISIONS = {"judgment-given": "judgment", "penalty-order-issued": "order"}
_REGISTERING = ("case-registered", "charges-amended")
Left = dict[str, Any]


class Removing:
    """Works out what is to be struck; writes nothing."""

    def __init__(self, store: Store, keys: NodeKeys) -> None:
        self._store = store
        self._reading = Reading(store, store, keys)
        self._families = Families(store, keys)
        self._parts: dict[int, set[str] | None] = {}
        self.left: list[Left] = []

    def struck(self, charges: Iterable[tuple[int, int]]) -> list[Struck]:
        """What goes with these charges, each by the position of a message that registers it and its number; what is `left` is told."""
        places = list(charges)
        said = self._reading.said(self._store.rows_at({at for at, _ in places}).values())
        numbers: dict[str, set[int]] = {}
        for at, number in places:
            numbers.setdefault(said[at].data["pn"], set()).add(number)
        for pn, gone in numbers.items():
            self._case(pn, gone)
        return [Struck(at, None if parts is None else tuple(sorted(parts))) for at, parts in sorted(self._parts.items())]

    def _case(self, pn: str, gone: set[int]) -> None:
        rows = {row.position: row for row in self._reading.linked([f"case:{pn}"])}
        said = {at: one for at, one in self._reading.said(rows.values()).items() if one.data.get("pn") == pn}
        registered = {number for at, one in said.items() if is_fact(rows[at]) for number in _registered(rows[at], one)}
        kept = registered - gone
        for at, one in said.items():
            row, named = rows[at], _named(rows[at], one)
            if row.target is not None:
                continue
            if not is_fact(row) and not named <= gone:
                self.left.append({"position": at, "reason": "it was retracted, and speaks of a charge that was not looked at"})
            elif not kept or (named and row.kind not in _REGISTERING and kept.isdisjoint(named)):
                self._whole(row)
                self._about(row, one, pn)
            elif row.kind in _REGISTERING:
                self._some(row, {f"charge:{number}" for number in gone & named})
            elif row.kind == "judgment-given":
                self._some(row, {f"verdict:{number}" for number in gone & named})
            elif not gone.isdisjoint(named):
                self.left.append({"position": at, "reason": "it names a charge that is kept as well"})

    def _about(self, row: Row, said: Said, pn: str) -> None:
        """What is about a judgment or order goes with it, where no other case has one of that number."""
        name = _DECISIONS.get(row.kind or "")
        if name is None:
            return
        number = said.data[name]
        rows = {one.position: one for one in self._reading.linked([f"{name}:{number}"])}
        about = {at: one for at, one in self._reading.said(rows.values()).items() if one.data.get(name) == number}
        if all(one.data.get("pn", pn) == pn for one in about.values()):
            for at in about:
                self._whole(rows[at])

    def _whole(self, row: Row) -> None:
        if self._parts.get(row.position, set()) is not None:
            family = self._families.of(row.position)
            if self._may(family):
                self._strike(self._families.whole(family))

    def _some(self, row: Row, names: Collection[str]) -> None:
        family = self._families.of(row.position) if names else []
        if names and self._may(family):
            for name in sorted(names):
                try:
                    self._strike(self._families.part(family, name))
                except NotSo as no:
                    self.left.append({"position": row.position, "reason": str(no)})

    def _may(self, family: Collection[Row]) -> bool:
        obstacle = self._families.obstacle(family)
        if obstacle is not None:
            self.left.append({"position": min(row.position for row in family), "reason": obstacle})
        return obstacle is None

    def _strike(self, struck: Iterable[Struck]) -> None:
        for one in struck:
            before = self._parts.setdefault(one.position, set())
            if one.parts is None or before is None:
                self._parts[one.position] = None
            else:
                before.update(one.parts)


def _registered(row: Row, said: Said) -> Iterator[int]:
    if row.kind in _REGISTERING:
        yield from (one["charge"] for one in said.data.get("charges", ()))


def _named(row: Row, said: Said) -> set[int]:
    """The numbers of the charges that a message names; none for what is about the case as a whole."""
    if row.kind == "judgment-given":
        return {one["charge"] for one in said.data.get("verdicts", ())}
    return {one["charge"] if isinstance(one, dict) else one for one in said.data.get("charges", ())}
