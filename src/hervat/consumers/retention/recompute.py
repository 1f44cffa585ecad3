"""The second computation of what is due: from the tables and the entries alone, with nothing of the register, the law or the first.

- It reads every applied message once, as JSON, part by part (`parts.py`), and keeps of each what the terms turn on. What belongs to one
  person lies in one part, so whatever the parts, it says the same; memory is that of a part, and not of the register.
- It says that nothing is due where anything is held, wherever it came from, and where a source that may tell of somebody's record has not
  said up to when it is complete: so it is asked only of a register that is whole.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec

from hervat.consumers.retention.parts import AT_ONCE, Part, Parts, Said, legal_day
from hervat.consumers.retention.restated import VALUES, Ended, Plain, due
from hervat.journal.entry import open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.store import WHOLE, Feed, Store

_encode = msgspec.json.Encoder(order="sorted").encode
_JUDGED = ("convicted", "acquitted", "discharged", "guilty-without-penalty")
_IMPOSING = ("convicted", "discharged", "guilty-without-penalty")

Place = tuple[int, int]
"""An entry: the position of the first message that registers the charge, and its number."""


class Due(NamedTuple):
    """By which rule an entry is due and since when, and whether it still lengthens the term of another of the same person."""

    rule: str
    since: date | None
    is_rested_on: bool


_Judged = tuple[date, Plain | None, set[tuple[int, int]]]


def hidden(store: Store, keys: NodeKeys) -> frozenset[bytes]:
    """The keyed hashes of the charges that acts of retention name and that were due on the day of the last act that does, by all that is
    known now, whatever is held.
    """
    named = _named(store, keys)
    if not any(row.erased < WHOLE for row in store.rows_at(named).values()):
        return frozenset()
    parts, places = Parts(store, keys), sorted(named)
    found = set[bytes]()
    for start in range(0, len(places), AT_ONCE):
        due = _Persons(parts.around(places[start : start + AT_ONCE])).named_and_due(named)
        found.update(keys.index_of(f"charge:{pn}#{number}") for pn, number in due)
    return frozenset(found)


def _named(store: Store, keys: NodeKeys) -> dict[int, dict[int, date]]:
    """What acts named to be hidden: by the position of a message the charges, each with the day of the last act."""
    named: dict[int, dict[int, date]] = defaultdict(dict)
    positions = list(store.acts("retention-hidden", store.head().size))
    entries = store.entries_at(positions)
    for act in (msgspec.json.decode(open_entry(keys, entries[at]).payload) for at in positions):
        for one in act["charges"]:
            named[one["position"]][one["charge"]] = date.fromisoformat(act["on"])
    return named


class Second:
    """Works out what is due in a store as it is now; reads and writes nothing else."""

    def __init__(
        self,
        store: Store,
        keys: NodeKeys,
        roles: Mapping[str, Collection[str]],
        ever: Callable[[str], Collection[str]],
        progress: Callable[[int], None] = lambda position: None,
    ) -> None:
        """`roles` are those of every organisation by its OIN, `ever` tells those that one has or had; `progress` is told how far it is."""
        self._store = store
        self._keys = keys
        self._roles = {oin: frozenset(of) for oin, of in roles.items()}
        self._ever = ever
        self._progress = progress

    def due(self, on: date, at_once: int = AT_ONCE) -> Iterator[tuple[int, dict[Place, Due]]]:
        """Every entry that is due on a day, part by part, each with the position up to which it has begun; nothing hangs on `at_once`."""
        until = self._complete_until()
        if until is not None:
            for begun, part in Parts(self._store, self._keys, self._progress).all(at_once):
                yield begun, dict(_Persons(part).due(on, until))

    # Up to when the register is complete.

    def _complete_until(self) -> date | None:
        feeds = [feed for feed in self._store.feeds() if feed.received or feed.ceiling is not None]
        organisations = {feed.name.split(":")[3] for feed in feeds if feed.received and feed.name.count(":") > 3}
        heard = frozenset[str]().union(*(self._roles.get(oin, ()) for oin in organisations))
        wanted = list(VALUES["tells"].values())
        telling = frozenset[str]().union(*wanted)
        unheard = any(heard.isdisjoint(one) for one in wanted)
        silent = any(not roles.isdisjoint(telling) for oin, roles in self._roles.items() if oin not in organisations)
        if unheard or silent or any(feed.held for feed in feeds):
            return None
        told = [oin for oin in organisations if not telling.isdisjoint(self._ever(oin))]
        days = [self._told_until(feed) for feed in feeds if any(f":{oin}:" in feed.name for oin in told)]
        until = [day for day in days if day is not None]
        return min(until) if len(until) == len(days) else None

    def _told_until(self, feed: Feed) -> date | None:
        marks = iter(self._store.declared(feed.number, "watermark"))
        highest = next(marks, None)
        if highest is None or not highest.holds or self._store.missing(feed.number):
            return None
        entry = self._store.entries_at([highest.position])[highest.position]
        said = open_entry(self._keys, entry)
        # Nobody is complete beyond the moment at which they say so, nor beyond that at which they were heard.
        until = min(legal_day(msgspec.json.decode(highest.content)["complete_until"]), legal_day(said.meta.received_at))
        if said.left is not None:
            until = min(until, legal_day(msgspec.json.decode(said.left)["time"]))
        seen = set[str]()
        for one in self._store.declared(feed.number, "stock-declared"):
            stock = msgspec.json.decode(one.content)
            if stock["count"] and not seen.issuperset(stock["kinds"]):
                until = min(until, date.fromisoformat(stock.get("oldest_on") or stock["from"]))
            seen.update(stock["kinds"])
        return until


class _Case:
    """A case: its charges by number with the position that first registered each, and what was decided of each, in order."""

    def __init__(self) -> None:
        self.skn: str | None = None
        self.registered_on = date.min
        self.charges: dict[int, Plain] = {}
        self.places: dict[int, int] = {}
        self.last: dict[int, tuple[tuple[int, Any], str, Said | None]] = {}
        self.judged: list[tuple[int, date]] = []

    def describe(self, said: Said) -> None:
        for number, one in said.data["charges"]:
            self.charges[number] = one
            self.places[number] = min(said.position, self.places.get(number, said.position))

    def decide(self, number: int, stage: int, what: str, said: Said | None, rank: Any) -> None:
        before = self.last.get(number)
        if before is None or before[0] < (stage, rank):
            self.last[number] = (stage, rank), what, said


class _Persons:
    """Everybody with their cases, put together from the facts."""

    def __init__(self, facts: Part) -> None:
        self._of = facts
        self._person = self._joined()
        self._cases: dict[str, _Case] = defaultdict(_Case)
        self._opposed = {said.data["order"] for said in facts["penalty-order-opposed"]}
        self._executed = {said.data["order"]: date.fromisoformat(said.data["executed_on"]) for said in facts["penalty-order-executed"]}
        self._register()
        self._prosecute()
        self._judge()

    def _joined(self) -> dict[str, str]:
        """For each SKN that was registered one that stands for the person."""
        person = {said.data["skn"]: said.data["skn"] for said in self._of["person-registered"]}
        undone = {(said.data["undoes"]["source"], said.data["undoes"]["id"]) for said in self._of["persons-split"]}
        members = {skn: [skn] for skn in person}
        for merge in self._of["persons-merged"]:
            kept, merged = (person.get(merge.data[name]) for name in ("kept", "merged"))
            if merge.name in undone or kept is None or merged is None or kept == merged:
                continue
            for skn in members[merged]:
                person[skn] = kept
            members[kept] += members.pop(merged)
        return person

    def _register(self) -> None:
        for said in self._of["case-registered"]:
            case = self._cases[said.data["pn"]]
            case.skn, case.registered_on = said.data["skn"], date.fromisoformat(said.data["received_on"])
        for said in self._of["case-reattributed"]:
            if said.data["pn"] in self._cases:
                self._cases[said.data["pn"]].skn = said.data["to"]
        for said in (*self._of["case-registered"], *self._of["charges-amended"]):
            case = self._cases[said.data["pn"]]
            case.describe(said)
            for number, _ in said.data["charges"]:
                case.decide(number, 0, "open", None, said.rank)

    def _prosecute(self) -> None:
        for said in self._of["case-dismissed"]:
            self._decided(said, "dismissal")
        for said in self._of["summons-issued"]:
            self._decided(said, "open")
        withdrawn = {said.data["order"] for said in self._of["penalty-order-withdrawn"]}
        for order, said in {said.data["order"]: said for said in self._of["penalty-order-issued"]}.items():
            if order in withdrawn:
                continue
            self._decided(said, "open" if order in self._opposed else "order")
            if order in self._executed:
                self._cases[said.data["pn"]].judged += [(number, self._executed[order]) for number in said.data["charges"]]

    def _decided(self, said: Said, what: str) -> None:
        for number in said.data["charges"]:
            self._cases[said.data["pn"]].decide(number, 1, what, said, said.rank)

    def _judge(self) -> None:
        annulled = {said.data["judgment"] for said in self._of["judgment-annulled"]}
        self._given = {said.data["judgment"]: said for said in self._of["judgment-given"]}
        # An appeal that lies is judged by another judgment of the same case that stands.
        judged = {(said.data.get("on_appeal_of"), said.data["pn"]) for number, said in self._given.items() if number not in annulled}
        appealed = {one.data["judgment"] for one in self._of["appeal-lodged"] if not self._is_withdrawn(one)}
        for number, said in self._given.items():
            case = self._cases[said.data["pn"]]
            for one in said.data.get("verdicts", ()):
                ends = number not in annulled and one["verdict"] in _JUDGED
                lies = number in appealed and (number, said.data["pn"]) not in judged
                what = "open" if not ends or lies else "judgment" if one["verdict"] in _IMPOSING else "acquittal"
                case.decide(one["charge"], 2, what, said, said.rank)
                if ends:
                    case.judged.append((one["charge"], date.fromisoformat(said.data["given_on"])))

    def _is_withdrawn(self, lodged: Said) -> bool:
        """Whether an appeal was withdrawn, by whoever lodged it or for everybody, on its day or later."""
        return any(
            one.data["judgment"] == lodged.data["judgment"]
            and one.data["withdrawn_on"] >= lodged.data["lodged_on"]
            and one.data.get("by") in (None, lodged.data["by"])
            for one in self._of["appeal-withdrawn"]
        )

    def due(self, on: date, until: date) -> Iterator[tuple[Place, Due]]:
        """Every entry that is due."""
        for cases, died, abroad in self._each():
            yield from self._due_of(list(cases.values()), died, abroad, on, until)

    def _each(self) -> Iterator[tuple[dict[str, _Case], date | None, list[date]]]:
        """Each person's cases by number, the day of its death, and those of its convictions abroad."""
        died = {self._person.get(said.data["skn"]): date.fromisoformat(said.data["died_on"]) for said in self._of["person-died"]}
        abroad: dict[str | None, list[date]] = defaultdict(list)
        for said in self._of["foreign-conviction-notified"]:
            abroad[self._person.get(said.data["skn"])].append(date.fromisoformat(said.data["decided_on"]))
        cases: dict[str, dict[str, _Case]] = defaultdict(dict)
        for pn, case in self._cases.items():
            person = None if case.skn is None else self._person.get(case.skn)
            if person is not None:
                cases[person][pn] = case
        for person, of in cases.items():
            yield of, died.get(person), abroad[person]

    def named_and_due(self, named: Mapping[int, Mapping[int, date]]) -> Iterator[tuple[str, int]]:
        """Of the charges that messages at some positions register, each with a day, those that were due on it: prosecution number and
        charge. Of several days of one the latest counts.
        """
        asked: dict[str, dict[int, date]] = defaultdict(dict)
        for said in (*self._of["case-registered"], *self._of["charges-amended"]):
            for number, day in named.get(said.position, {}).items():
                of_case = asked[said.data["pn"]]
                of_case[number] = max(day, of_case.get(number, day))
        for cases, died, abroad in self._each():
            if not asked.keys().isdisjoint(cases):
                ended = self._ended(list(cases.values()), died, abroad)
                yield from (
                    (pn, number)
                    for pn in cases.keys() & asked.keys()
                    for number in asked[pn].keys() & cases[pn].charges.keys()
                    if due(ended(cases[pn], number), asked[pn][number], date.max) is not None
                )

    def _due_of(self, cases: list[_Case], died: date | None, abroad: list[date], on: date, until: date) -> Iterator[tuple[Place, Due]]:
        ended = self._ended(cases, died, abroad)
        said = dict[int, tuple[str, date | None] | None]()
        found: list[tuple[_Case, int, tuple[str, date | None] | None]] = []
        # The first day on which one began to run that is not due: what was judged after it may lengthen it.
        begun = date.max
        for case in cases:
            for number in case.charges:
                one = ended(case, number)
                if id(one) not in said:
                    said[id(one)] = due(one, on, until)
                    if said[id(one)] is None and one.charge["class"] == "misdrijf" and one.start is not None:
                        begun = min(begun, one.start)
                found.append((case, number, said[id(one)]))
        for case, number, is_due in found:
            if is_due is not None:
                rested_on = any(begun < day for day in ended.judged_on(case, number))
                yield (case.places[number], number), Due(*is_due, rested_on)

    def _ended(self, cases: list[_Case], died: date | None, abroad: list[date]) -> "_Endings":
        return _Endings(cases, died, abroad, self._executed, self._imposed)

    def _imposed(self, said: Said, convicts: bool) -> Sequence[Plain] | None:
        """What a judgment imposed; where it convicts and says nothing of that, what the one did on which it is an appeal, else None."""
        sentences: Sequence[Plain] = said.data.get("sentences") or ()
        if not convicts:
            return sentences
        seen = set[str]()
        while not sentences:
            seen.add(said.data["judgment"])
            before = self._given.get(said.data.get("on_appeal_of") or "")
            if before is None or before.data["pn"] != said.data["pn"] or before.data["judgment"] in seen:
                return None
            said, sentences = before, before.data.get("sentences") or ()
        return sentences


class _Endings:
    """How each charge of a person ended: one value for all of a case that ended alike."""

    def __init__(
        self,
        cases: list[_Case],
        died: date | None,
        abroad: list[date],
        executed: Mapping[str, date],
        imposed: Callable[[Said, bool], Sequence[Plain] | None],
    ) -> None:
        """`executed`: the day of each order that was; `imposed`: what a judgment did, on a charge of which it convicts or not."""
        self._judged = _judged(cases)
        self._own: dict[tuple[int, int], list[int]] = defaultdict(list)
        for at, (_, _, of) in enumerate(self._judged):
            for one in of:
                self._own[one].append(at)
        self._died = died
        self._abroad = abroad
        self._executed = executed
        self._imposed = imposed
        self._known: dict[tuple[Any, ...], Ended] = {}
        self._convicted: dict[int, set[int]] = {}

    def judged_on(self, case: _Case, number: int) -> list[date]:
        """The days on which a charge was judged itself, where it is a misdrijf."""
        return [self._judged[at][0] for at in self._own.get((id(case), number), ())]

    def __call__(self, case: _Case, number: int) -> Ended:
        _, what, said = case.last[number]
        convicts = said is not None and what == "judgment" and number in self._convicted_by(said)
        alone = tuple(at for at in self._own.get((id(case), number), ()) if len(self._judged[at][2]) == 1)
        alike = id(case), id(case.charges[number]), what, id(said), convicts, alone
        found = self._known.get(alike)
        if found is None:
            others = [(day, maximum) for at, (day, maximum, _) in enumerate(self._judged) if at not in alone]
            found = self._known[alike] = self._of(case, number, convicts, others)
        return found

    def _convicted_by(self, said: Said) -> set[int]:
        if id(said) not in self._convicted:
            verdicts = said.data.get("verdicts", ())
            self._convicted[id(said)] = {one["charge"] for one in verdicts if one["verdict"] == "convicted"}
        return self._convicted[id(said)]

    def _of(self, case: _Case, number: int, convicts: bool, others: list[tuple[date, Plain | None]]) -> Ended:
        _, what, said = case.last[number]
        sentences: Sequence[Plain] | None = ()
        start, code, by = None, None, None if what == "open" else what
        if said is not None and what == "dismissal":
            start, code = date.fromisoformat(said.data["decided_on"]), said.data["code"]
        elif said is not None and what == "order":
            start, sentences = self._executed.get(said.data["order"]), said.data.get("sentences", ())
        elif said is not None and what in ("judgment", "acquittal"):
            start, by = date.fromisoformat(said.data["given_on"]), "judgment"
            sentences = self._imposed(said, convicts) if what == "judgment" else ()
        known = None if start is not None and any(day > start for day in self._abroad) else others
        return Ended(case.charges[number], by, start, code, sentences, known, self._died, case.registered_on)


def _judged(cases: list[_Case]) -> list[_Judged]:
    """The misdrijven that were judged, by day and maximum, each with the charges of which that is said."""
    found: dict[tuple[date, bytes], _Judged] = {}
    for case in cases:
        told = dict[int, bytes]()
        for number, day in case.judged:
            charge = case.charges.get(number)
            if charge is not None and charge["class"] == "misdrijf":
                maximum = charge.get("maximum")
                if id(charge) not in told:
                    told[id(charge)] = _encode(maximum)
                found.setdefault((day, told[id(charge)]), (day, maximum, set()))[2].add((id(case), number))
    return list(found.values())
