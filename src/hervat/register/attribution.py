"""Whom a held message is about (the contract, section 3, 14): the persons it names, and the holder of its case, judgment, order or advice.

- The data of the version that counts speaks, not the data that it took the place of; of a held correction, the data it brings.
- A judgment, order or advice belongs to the case it was given in; a case to whoever the register shows it with. A case that is in custody
  and not shown belongs to everyone it was registered for or re-attributed to.
- What is about nobody may concern anyone; that is counted as it comes and goes, by `intake.adrift`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from hervat.journal.store import HELD, REFUSED, Row, Store
from hervat.needs import persons_in
from hervat.register.fold import Register
from hervat.register.reading import Found, Reading, Said

_GIVEN = {"judgment-given": "judgment", "penalty-order-issued": "order", "advice-requested": "advice"}
_HELD_BY = {"case-registered": "skn", "case-reattributed": "to"}


class Attribution:
    """`holders`: the SKNs of the person with whom each case is shown, by its number; of a case that is not in it custody is asked."""

    def __init__(self, reading: Reading, holders: Mapping[str, Collection[str]]) -> None:
        self._reading = reading
        self._holders = holders

    def of(self, rows: Iterable[Row]) -> dict[int, set[str]]:
        """The SKNs of everyone each of these held rows is about, by position."""
        said = self._reading.said(rows)
        given = self.given_in(said.values())
        holders = self._holders_of({pn for one in said.values() for pn in cases_of(one, given)})
        return {
            position: named_in(one) | {skn for pn in cases_of(one, given) for skn in holders.get(pn, ())} for position, one in said.items()
        }

    def given_in(self, said: Iterable[Said]) -> dict[str, set[str]]:
        """The numbers of the cases in which what is spoken of was given, by their keys."""
        wanted = {key for one in said for key in _decisions(one)}
        given: dict[str, set[str]] = {}
        for kind, one in self._speaking(wanted, _GIVEN):
            given.setdefault(f"{_GIVEN[kind]}:{one.data[_GIVEN[kind]]}", set()).add(one.data["pn"])
        return given

    def _holders_of(self, pns: set[str]) -> dict[str, Collection[str]]:
        found: dict[str, set[str]] = {}
        for kind, one in self._speaking({f"case:{pn}" for pn in pns - self._holders.keys()}, _HELD_BY):
            found.setdefault(one.data["pn"], set()).add(one.data[_HELD_BY[kind]])
        return {**found, **self._holders}

    def _speaking(self, topics: set[str], kinds: Collection[str]) -> Iterator[tuple[str, Said]]:
        """What is said by the messages of some kinds that speak of these topics, whether they are applied or held."""
        linked = self._reading.linked(topics) if topics else []
        rows = {row.position: row for row in linked if row.kind in kinds and row.state != REFUSED and not row.retracted}
        for position, said in self._reading.said(rows.values()).items():
            yield rows[position].kind or "", said


def held_about(reading: Reading, store: Store, found: Found, register: Register, skns: Sequence[str]) -> list[Row]:
    """The held messages about the person with these SKNs, oldest first, among what lies around it."""
    keys = {reading.person_key(skn) for skn in skns}
    rows = {row.position: row for row in found.rows.values() if row.state == HELD}
    rows |= {row.position: row for row in store.held_about(keys)}
    if not rows:
        return []
    holders = {case.prosecution_number: person.skns for person in register.persons for case in person.cases}
    about = Attribution(reading, holders).of(rows.values())
    unread = {position for position, row in rows.items() if row.refusal or position not in about}
    named = {position for position, of in about.items() if of & {*skns}} | {one for one in unread if rows[one].subject in keys}
    return [rows[position] for position in sorted(named)]


def named_in(said: Said) -> set[str]:
    """The SKNs that a message names."""
    return {*persons_in(said.data), *([] if said.subject is None else [said.subject])}


def _decisions(said: Said) -> Iterator[str]:
    return (f"{field}:{said.data[field]}" for field in _GIVEN.values() if isinstance(said.data.get(field), str))


def cases_of(said: Said, given: Mapping[str, set[str]]) -> set[str]:
    """The numbers of the cases that a message is about; `given` has those in which what is spoken of was given, by the keys of that."""
    own = {said.data["pn"]} if isinstance(said.data.get("pn"), str) else set()
    return own.union(*(given.get(key, ()) for key in _decisions(said)))
