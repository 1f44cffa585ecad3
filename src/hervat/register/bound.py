"""Which messages are bound to a person: those that go when all that the register has of that person is to go.

- Bound are the messages that name one of its SKNs, and those of its cases, judgments and orders, held ones and hidden ones included.
- A case belongs to the `to` of its latest re-attribution. What is about a case that belongs to somebody else is not bound to this person,
  also where it names it: then it is *mentioned*.
- Enrolments, applications and requests are bound to a BSN, and no link from a person to them is kept.
"""

from collections.abc import Sequence

from hervat import kinds
from hervat.journal.store import WHOLE, Row, Store
from hervat.message import Message
from hervat.register.attribution import Attribution, cases_of, named_in
from hervat.register.hiding import hides
from hervat.register.reading import Reading, Said
from hervat.register.told import Told

_HELD_BY = {"case-registered": "skn", "case-reattributed": "to"}


class Bound:
    """`positions`: of the messages that are bound to a person; `mentioned`: of those that name it and are not; `read`: of all that could
    be read to decide it.
    """

    def __init__(self, reading: Reading, rows: Sequence[Row], messages: Sequence[Message], skns: Sequence[str]) -> None:
        self._reading = reading
        self._skns = frozenset(skns)
        keys = {reading.person_key(skn) for skn in skns}
        # One that was refused and then retracted is applied, to nothing; it may be any bytes.
        said = reading.said([row for row in rows if row.erased < WHOLE and (row.refusal is None or row.version is not None)])
        self._holders = _holders(rows, said, Told(messages))
        self._given = Attribution(reading, {}).given_in(said.values())
        self.read = frozenset(said)
        self.positions = {position for position, one in said.items() if self._is_bound(one)}
        self.positions |= {row.position for row in rows if row.position not in said and row.subject in keys and row.erased < WHOLE}
        for position, is_bound in self._splits(rows, said).items():
            (self.positions.add if is_bound else self.positions.discard)(position)
        self.mentioned = {position for position, one in said.items() if self._is_mentioned(one)} - self.positions
        # What was said before it was corrected, and is about somebody else now.
        before = reading.own([row for row in rows if row.version is not None and not row.refusal])
        about = {position for position, one in before.items() if named_in(one) & self._skns or self._is_bound(one)}
        self.mentioned |= about - self.positions

    def _is_bound(self, said: Said) -> bool:
        of = [self._holders[pn] for pn in cases_of(said, self._given) if pn in self._holders]
        return any(holders & self._skns for holders in of) if of else bool(named_in(said) & self._skns)

    def _is_mentioned(self, said: Said) -> bool:
        into = self._holders.get(said.data.get("into") or "", set())
        return bool((named_in(said) | into) & self._skns)

    def _splits(self, rows: Sequence[Row], said: dict[int, Said]) -> dict[int, bool]:
        """Of those that undo a merge that is known, whether it is bound to the person: they name the merge, and nobody."""
        merges = {(self._reading.source_of(row), row.id): row.position in self.positions for row in rows if row.kind == "persons-merged"}
        splits = {row.position: said[row.position].data["undoes"] for row in rows if row.kind == "persons-split" and row.position in said}
        named = {position: (undoes["source"], undoes["id"]) for position, undoes in splits.items()}
        return {position: merges[merge] for position, merge in named.items() if merge in merges}


def _holders(rows: Sequence[Row], said: dict[int, Said], told: Told) -> dict[str, set[str]]:
    """Whose a case is, by its number: by what is applied, or else by all that is held about it."""
    held: dict[str, set[str]] = {}
    for row in rows:
        if row.kind in _HELD_BY and row.position in said:
            data = said[row.position].data
            held.setdefault(data["pn"], set()).add(data[_HELD_BY[row.kind]])
    registered = {one.data.pn: {one.data.skn} for one in told.of(kinds.CaseRegistered)}
    moved = {one.data.pn: {one.data.to} for one in told.of(kinds.CaseReattributed)}
    return held | registered | moved


def around(reading: Reading, store: Store, skn: str) -> list[Row]:
    """All that may be bound to a person, or to somebody of whom it was thought to be the same, by position."""
    found = reading.around([reading.person_key(skn)])
    named = {row.position: row for row in store.about(found.topics)}
    # What has the person as its subject may be about a case of somebody else: whose it is, is found there.
    found = reading.around(reading.topics_of(named.values()), found)
    rows = found.rows | named
    return [rows[position] for position in sorted(rows)]


def hidden_by(reading: Reading, rows: Sequence[Row]) -> str | None:
    """What would be shown again if a message went with all its versions, or None: only its sender may bring that back."""
    dismissed = [one for one in reading.messages(rows) if isinstance(one.data, kinds.CaseDismissed) and hides(one.data)]
    # With all that is said of the case it is known which of the charges are erased themselves.
    case = reading.linked(f"case:{one.data.pn}" for one in dismissed)
    still = {(one.source, one.id) for one in reading.messages(case)}
    for one in dismissed:
        if (one.source, one.id) in still:
            return "it hides the charges that it names; erase these where they were registered, or all that is bound to the person"
    return None
