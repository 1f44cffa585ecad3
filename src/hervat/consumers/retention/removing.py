"""What goes of the journal when charges are removed: the whole of a case, once every charge of it may go.

- While one charge of a case is kept the others are hidden and stay in the journal: their sender goes on naming them, in a correction or an
  amendment of the whole case, and of what went nothing is left by which that could be known for what it is.
- With the case goes all that is about it, and the report of the police of the same person that led to it: hidden by the case, it would come
  to light without it. So a case whose report another case names that stays, stays.
- What belongs to another case, or only mentions this one, is left. So is what was retracted and speaks of a charge that nobody weighed: its
  sender may still take the retraction back.
- A case stays of which a judgment, order or advice has a number that another case gives as well: of what names the number alone nobody can
  tell whose it is. Hidden it takes the place of nothing, so the other counts from then on.
- Corrections go with what they correct, and never by what they say themselves.
"""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from hervat.consumers.retention.chosen import Choice, Chosen
from hervat.intake.erasing import Families
from hervat.intake.residue import Struck
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Row, Store
from hervat.needs import police_key
from hervat.register.people import People
from hervat.register.reading import Reading, Said, is_fact
from hervat.register.told import Told

_AT_ONCE = 1000
_GIVING = {"judgment-given": "judgment", "penalty-order-issued": "order", "advice-requested": "advice"}
_REGISTERING = ("case-registered", "charges-amended")
_KEPT = "a charge of its case is kept: it stays hidden until all of them may go"
_SHARES = "another case gives a judgment, order or advice of a number that it gives: its sources are to correct one of the two"
_NAMED = "a case that is kept names the report of the police that led to this one: it stays hidden until both may go"
Left = dict[str, Any]


class _Case(NamedTuple):
    """What is said of a case by position, with the rows; and the charges that are to go, by number."""

    rows: dict[int, Row]
    said: dict[int, Said]
    going: dict[int, Chosen]

    def registered(self) -> set[int]:
        """The numbers of its charges."""
        return {one for at, said in self.said.items() if is_fact(self.rows[at]) and _registers(self.rows[at]) for one in _named(said)}

    def reports(self) -> set[str]:
        """The numbers of the police that it names."""
        named = (said.data.get("police_report") for at, said in self.said.items() if _registers(self.rows[at]))
        return {number for number in named if isinstance(number, str)}

    def bound(self) -> set[str]:
        """The SKNs for which it was registered or to which it was moved."""
        named = (said.data.get(field) for said in self.said.values() for field in ("skn", "to"))
        return {skn for skn in named if isinstance(skn, str)}


class Going(NamedTuple):
    """What goes in one step: these charges, the keys by which they are known again, and what is struck for it."""

    charges: list[Chosen]
    keys: list[str]
    struck: list[Struck]


class Removing:
    """Works out what is to be struck; writes nothing. Memory: some cases at a time, and the numbers of all."""

    def __init__(self, store: Store, keys: NodeKeys) -> None:
        """`left` tells what is not struck, and why."""
        self._store = store
        self._index = keys.index_of
        self._reading = Reading(store, store, keys)
        self._families = Families(store, keys)
        self.left: list[Left] = []

    def sifted(self, charges: Choice) -> tuple[Choice, Choice]:
        """Of the charges that may go those that do, and those that stay for what else there is. A case is looked at with all others that
        go, whatever step it goes in.
        """
        stays, reports = dict[int, str](), dict[str, tuple[int, set[str]]]()
        for some in charges.together(_AT_ONCE):
            for pn, case in self._cases(some).items():
                number = next(iter(case.going.values())).case
                if case.registered() - case.going.keys():
                    stays[number] = _KEPT
                elif self._shares(pn, case):
                    stays[number] = _SHARES
                else:
                    reports[pn] = number, {one for one in case.reports() if any(self._reported(one))}
        while named := [pn for pn, (_, numbers) in reports.items() if numbers and self._is_named(numbers, reports)]:
            stays |= {reports.pop(pn)[0]: _NAMED for pn in named}
        goes, kept, told = Choice(), Choice(), set[int]()
        for one in charges:
            (kept if one.case in stays else goes).add(one)
            if one.case in stays and one.case not in told:
                told.add(one.case)
                self.left.append({"position": one.place, "reason": stays[one.case]})
        return goes, kept

    def steps(self, goes: Choice) -> Iterator[Going]:
        """What goes with these charges, step by step, as it lies there when a step is asked for; no step is without anything to strike."""
        for some in goes.together(_AT_ONCE):
            keys, struck = list[str](), dict[int, Struck]()
            for pn, case in self._cases(some).items():
                keys += [self._index(f"charge:{pn}#{number}").hex() for number in case.going]
                self._case(case, struck)
                self._reports(case, struck)
            if struck:
                yield Going(some, keys, [one for _, one in sorted(struck.items())])

    def _cases(self, charges: list[Chosen]) -> dict[str, _Case]:
        said = self._reading.said(self._store.rows_at({one.place for one in charges}).values())
        going: dict[str, dict[int, Chosen]] = {}
        for one in charges:
            going.setdefault(said[one.place].data["pn"], {})[one.charge] = one
        found = {}
        for pn, of in going.items():
            rows = {row.position: row for row in self._reading.linked([f"case:{pn}"])}
            own = {at: one for at, one in self._reading.said(rows.values()).items() if one.data.get("pn") == pn}
            found[pn] = _Case(rows, own, of)
        return found

    def _is_named(self, numbers: set[str], going: Collection[str]) -> bool:
        """Whether a case that does not go names one of these numbers of the police, of which there is a report."""
        naming = self._reading.linked(map(police_key, numbers))
        return any(one.data.get("pn") not in going for one in self._reading.said(filter(is_fact, naming)).values())

    def _reported(self, number: str) -> Iterator[tuple[Row, Said]]:
        rows = {one.position: one for one in self._reading.linked([f"report:{number}"])}
        for at, said in self._reading.said(rows.values()).items():
            if rows[at].kind == "emergency-report" and said.data.get("police_report") == number:
                yield rows[at], said

    def _reports(self, case: _Case, struck: dict[int, Struck]) -> None:
        """The reports of whoever the case is or was go with it: two suspects may share one number."""
        around = self._reading.around([self._index(f"person:{skn}") for skn in case.bound()]) if case.reports() else None
        if around is not None:
            people = People(Told(self._reading.messages(list(around.rows.values()))))
            persons = case.bound().union(*(people.all_of(skn) for skn in case.bound()))
            for row in [row for number in case.reports() for row, said in self._reported(number) if said.data["skn"] in persons]:
                self._whole(row, struck)

    def _case(self, case: _Case, struck: dict[int, Struck]) -> None:
        for at, one in case.said.items():
            row = case.rows[at]
            if row.target is not None:
                continue
            if not is_fact(row) and not _named(one) <= case.going.keys():
                self.left.append({"position": at, "reason": "it was retracted, and speaks of a charge that was not looked at"})
            else:
                for each in (row, *(about for about, _ in self._about(row, one).values())):
                    self._whole(each, struck)

    def _about(self, row: Row, said: Said) -> dict[int, tuple[Row, Said]]:
        """What is about a judgment, order or advice, itself included; nothing of another message."""
        name = _GIVING.get(row.kind or "")
        if name is None:
            return {}
        number = said.data[name]
        rows = {one.position: one for one in self._reading.linked([f"{name}:{number}"])}
        return {at: (rows[at], one) for at, one in self._reading.said(rows.values()).items() if one.data.get(name) == number}

    def _shares(self, pn: str, case: _Case) -> bool:
        """Whether another case gives a judgment, order or advice of a number that this one does."""
        about = (said for at, one in case.said.items() for _, said in self._about(case.rows[at], one).values())
        return any(said.data.get("pn", pn) != pn for said in about)

    def _whole(self, row: Row, struck: dict[int, Struck]) -> None:
        if row.position in struck:
            return
        family = self._families.of(row.position)
        obstacle = self._families.obstacle(family)
        if obstacle is not None:
            self.left.append({"position": min(one.position for one in family), "reason": obstacle})
        else:
            struck |= {one.position: one for one in self._families.whole(family)}


def _registers(row: Row) -> bool:
    return row.kind in _REGISTERING


def _named(said: Said) -> set[int]:
    """The numbers of the charges that a message names; none for what is about the case as a whole."""
    listed = (*said.data.get("verdicts", ()), *said.data.get("charges", ()))
    return {one["charge"] if isinstance(one, dict) else one for one in listed}
