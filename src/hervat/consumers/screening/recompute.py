"""The second computation: every pair of an enrolment and a message that must have been told of or deliberately not, from the tables alone.

- It shares nothing with the first: no fold, no walk, no decoder of messages. It stands on the store's port and on the contract, so that
  a fault in one of the two shows as a difference between them.
- It works on the keyed hashes in the rows and opens only what they do not tell: what enrolments say, and of the persons who are screened
  what is contested (sets given again, cases moved, dismissals, what was registered or decided twice).
- The persons are taken so many at a time: memory grows with the enrolments and the merges, not with the journal.

Names here: a *fact* is as in `facts`; a *root* stands for a person, the component of its SKNs.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from hervat.consumers.screening.facts import (
    AMENDED,
    DISMISSED,
    ENROLLED,
    FOREIGN,
    HIDING,
    IDENTIFYING,
    JUDGED,
    MERGED,
    MOVED,
    OF_A_CASE,
    OF_A_DECISION,
    ORDERED,
    REGISTERED,
    REGISTERED_PERSON,
    REPORTED,
    SPLIT,
    Case,
    Fact,
    Rank,
    case_of,
    removed,
    skn_of,
)
from hervat.consumers.screening.reported import Reported, ReportTerms, SecondReports
from hervat.journal.entry import open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.store import APPLIED, WHOLE, Row, Store, pairs_of

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_SCANNED, _BSNS = 5000, 500
_decode = msgspec.json.decode


class Stands(NamedTuple):
    """A pair that must have a disposition: the enrolment by its first message, the message, the version that counts, all by position;
    and the canary whose the enrolment is, if it is of one. Of a report also how it may have ended, and what that hangs on; and what
    says the same of either: the cases that confirm a report, the reports that say all that a case does.
    """

    enrolment: int
    message: int
    version: int
    canary: str | None
    endings: frozenset[tuple[str, ...]] = frozenset()
    beside: frozenset[int] = frozenset()
    covered_by: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Enrolled:
    """An enrolment as it counts: its rank among those of its number, its BSN as a keyed hash."""

    rank: Rank
    bsn: bytes
    sector: str
    canary: str | None
    place: int


class Recompute:
    """Works out what stands in a store as it is now; reads and writes nothing else."""

    def __init__(
        self,
        store: Store,
        keys: NodeKeys,
        terms: ReportTerms,
        hidden: Collection[bytes],
        *,
        canaries: Collection[str] = (),
        progress: Callable[[int], None] = lambda position: None,
    ) -> None:
        """`hidden`: the keyed hashes of the charges that acts of retention hide; `canaries` are holders; `progress` is told how far the
        rows have been read.
        """
        self._progress = progress
        self._store = store
        self._keys = keys
        self._index = keys.index_of
        self._canaries = frozenset(canaries)
        self._names = {feed.number: feed.name for feed in store.feeds()}
        self.enrolled: dict[bytes, _Enrolled] = {}
        self._withheld = removed(store, keys).union(hidden)
        self._original: dict[int, int] = {}
        self._parent: dict[bytes, bytes] = {}
        self._members: dict[bytes, list[bytes]] = {}
        self._scan()
        self._place()
        self._reports = SecondReports(self, store, keys, terms)

    def stands(self) -> Iterator[Stands]:
        """Every pair that stands, each once."""
        by_bsn: dict[bytes, list[_Enrolled]] = {}
        for enrolment in self.enrolled.values():
            by_bsn.setdefault(enrolment.bsn, []).append(enrolment)
        bsns = iter(by_bsn)
        while some := list(islice(bsns, _BSNS)):
            persons = self._persons_with({bsn: by_bsn[bsn] for bsn in some})
            messages, reports = self._messages_of({root for roots in persons.values() for root in roots})
            for bsn, roots in persons.items():
                for enrolment in by_bsn[bsn]:
                    for root in roots:
                        yield from self._stand(enrolment, messages.get(root, ()), reports.get(root, ()))

    def _stand(self, enrolment: _Enrolled, facts: Iterable[Fact], reports: Collection[Reported]) -> Iterator[Stands]:
        for fact in facts:
            at = fact.row.position
            covering = frozenset(one.fact.row.position for one in reports if at in one.covered)
            yield Stands(enrolment.place, at, fact.says.position, enrolment.canary, covered_by=covering)
        for one in reports:
            if enrolment.sector in one.sectors:
                at, says = one.fact.row.position, one.fact.says.position
                yield Stands(enrolment.place, at, says, enrolment.canary, one.endings, one.beside, one.confirming)

    # Everything once: who is enrolled, and who is one person.

    def _scan(self) -> None:
        """Read every applied row: enrolments, persons, merges and splits are kept, of others only which version counts."""
        persons = set[bytes]()
        merges: dict[bytes, tuple[bytes, bytes]] = {}
        undone = set[bytes]()
        after = 0
        while rows := self._store.applied(after, _SCANNED):
            after = rows[-1].position
            self._progress(after)
            facts = self._facts(rows)
            self._original |= {fact.says.position: fact.row.position for fact in facts if fact.says is not fact.row}
            self._enrol([fact for fact in facts if fact.row.kind == ENROLLED])
            for fact in facts:
                kind = fact.row.kind
                if kind == REGISTERED_PERSON:
                    persons.add(fact.pairs[0][0])
                elif kind == MERGED:
                    kept, merged, merge = (key for key, _ in fact.pairs)
                    merges[merge] = kept, merged
                elif kind == SPLIT:
                    undone.add(fact.pairs[0][0])
        self._parent = dict.fromkeys(persons, b"")
        for kept, merged in (two for merge, two in merges.items() if merge not in undone and persons.issuperset(two)):
            self._join(kept, merged)

    def _facts(self, rows: Iterable[Row]) -> list[Fact]:
        counting = [row for row in rows if row.state == APPLIED and not row.retracted and row.target is None and row.erased < WHOLE]
        corrected = {row.version for row in counting if row.version is not None}
        versions = self._store.rows_at(corrected) if corrected else {}
        return [Fact(row, row if row.version is None else versions[row.version]) for row in counting]

    def _join(self, one: bytes, other: bytes) -> None:
        """Two SKNs are one person; the members of the smaller component go over to the larger."""
        large, small = self.root(one) or one, self.root(other) or other
        if large == small:
            return
        ours, theirs = self._members.pop(large, [large]), self._members.pop(small, [small])
        if len(ours) < len(theirs):
            large, ours, theirs = small, theirs, ours
        for skn in theirs:
            self._parent[skn] = large
        self._members[large] = ours + theirs

    def root(self, skn: bytes) -> bytes | None:
        """Who stands for the person with an SKN; None for an SKN nobody registered."""
        parent = self._parent.get(skn)
        return skn if parent == b"" else parent

    def _enrol(self, facts: Sequence[Fact]) -> None:
        for fact, _, data in self.opened(facts):
            found = _Enrolled(
                rank=self.rank(fact, data["from"]),
                bsn=self._index(f"bsn:{data['bsn']}"),
                sector=data["sector"],
                canary=data.get("holder") if data.get("holder") in self._canaries else None,
                place=fact.row.position,
            )
            key = self._index(f"enrolment:{data['enrolment']}")
            other = self.enrolled.get(key)
            if other is None or other.rank < found.rank:
                self.enrolled[key] = found

    def _place(self) -> None:
        """Give each enrolment the place by which it is known: the first message in custody that gives it, as that is corrected
        now, whatever became of it.
        """
        numbers = iter(self.enrolled)
        while some := list(islice(numbers, _SCANNED)):
            linked = self._store.links(some)
            earlier = {at for key in some for at in linked[key] if at < self.enrolled[key].place}
            rows = {at: row for at, row in self._store.rows_at(earlier).items() if row.kind == ENROLLED}
            versions = self._store.rows_at({row.version for row in rows.values() if row.version is not None})
            gave = {at: {key for key, _ in pairs_of(versions.get(row.version or at, row).gives)} for at, row in rows.items()}
            for key in some:
                enrolment = self.enrolled[key]
                enrolment.place = min([enrolment.place, *(at for at in linked[key] if key in gave.get(at, ()))])

    # For some BSNs at a time: the persons who have them, and what was said about those.

    def linked(self, links: Iterable[Iterable[int]]) -> list[Fact]:
        """The facts at linked positions; a link may be that of a correction, or left of a version that counts no more."""
        return self._facts(self._store.rows_at({self._original.get(at, at) for linked in links for at in linked}).values())

    def about(self, keys: Collection[bytes]) -> list[Fact]:
        """The facts that are linked to these keys."""
        return self.linked(self._store.links(keys).values())

    def _persons_with(self, enrolled: Mapping[bytes, Collection[_Enrolled]]) -> dict[bytes, set[bytes]]:
        """The roots of the persons with each of these BSNs in an identity set that counts."""
        links = self._store.links(enrolled)
        others = {bsn: set(linked).difference(one.place for one in enrolled[bsn]) for bsn, linked in links.items()}
        saying = {fact.says.position: fact for fact in self.linked(others.values()) if fact.row.kind in IDENTIFYING}
        sets: dict[bytes, list[Fact]] = {}
        for fact in self.about({skn_of(fact) for fact in saying.values()}):
            if fact.row.kind in IDENTIFYING:
                sets.setdefault(skn_of(fact), []).append(fact)
        # Where an SKN has one set, given once, the link says whose BSN it is.
        contested = {skn: self._counting(facts) for skn, facts in sets.items() if len(facts) > 1 or facts[0].in_part}
        persons: dict[bytes, set[bytes]] = {}
        for bsn, linked in others.items():
            for fact in (saying[at] for at in linked if at in saying):
                root = self.root(skn_of(fact))
                if root is not None and bsn in contested.get(skn_of(fact), (bsn,)):
                    persons.setdefault(bsn, set()).add(root)
        return persons

    def _counting(self, facts: Sequence[Fact]) -> set[bytes]:
        """The BSNs, as keyed hashes, in the last of each set of one SKN."""
        last: dict[str, tuple[Rank, str | None]] = {}
        for fact, document, data in self.opened(facts):
            identity = data.get("identity")
            if identity is not None:
                rank = self.rank(fact, self.day_of(fact, document))
                if identity["set"] not in last or last[identity["set"]][0] < rank:
                    last[identity["set"]] = rank, identity.get("bsn")
        return {self._index(f"bsn:{bsn}") for _, bsn in last.values() if bsn is not None}

    def _messages_of(self, roots: Collection[bytes]) -> tuple[dict[bytes, list[Fact]], dict[bytes, list[Reported]]]:
        """What was said about these persons: foreign convictions, and what is shown of the cases that belong to them; and apart what the
        police reported.
        """
        of: dict[bytes, list[Fact]] = {root: [] for root in roots}
        reported: list[Fact] = []
        registered = set[bytes]()
        for fact in self.about({skn for root in roots for skn in self._members.get(root, (root,))}):
            if fact.row.kind == FOREIGN and (root := self.root(skn_of(fact))) in of:
                of[root].append(fact)
            elif fact.row.kind in (REGISTERED, MOVED):
                registered.add(case_of(fact))
            elif fact.row.kind == REPORTED:
                reported.append(fact)
        cases = self.cases(registered)
        for root, fact in self._shown(cases, of.keys()):
            of[root].append(fact)
        reports: dict[bytes, list[Reported]] = {}
        for one in self._reports.of(reported):
            if (root := self.root(skn_of(one.fact))) is not None:
                reports.setdefault(root, []).append(one)
        return of, reports

    def cases(self, keys: Collection[bytes]) -> dict[bytes, Case]:
        """These cases, by key."""
        facts: dict[bytes, list[Fact]] = {}
        for fact in self.about(keys):
            if (fact.row.kind in OF_A_CASE or fact.row.kind == MOVED) and case_of(fact) in keys:
                facts.setdefault(case_of(fact), []).append(fact)
        dismissals = [fact for of_case in facts.values() for fact in of_case if fact.row.kind == DISMISSED]
        hiding = {fact.row.position for fact, _, data in self.opened(dismissals) if data["code"] in HIDING}
        return {key: self._case_of(key, of_case, hiding) for key, of_case in facts.items()}

    def _case_of(self, key: bytes, facts: list[Fact], hiding: Collection[int]) -> Case:
        """A case with its charges: a charge that nobody registers now was erased, and what is said of it is said of nothing."""
        named = {fact.row.position: self._named(fact, key) for fact in facts if fact.row.kind != MOVED}
        registered = _union(named[fact.row.position] for fact in facts if fact.row.kind in (REGISTERED, AMENDED))
        hidden = _union(named[at] for at in hiding & named.keys())
        registrations = [fact for fact in facts if fact.row.kind == REGISTERED]
        moves = [fact for fact in facts if fact.row.kind == MOVED]
        holder = self._last(moves, "decided_on") if moves else self._last(registrations, "received_on")
        skn = skn_of(holder) if holder is not None and registrations else None
        return Case(
            root=None if skn is None else self.root(skn),
            holder=skn,
            bound=frozenset(root for fact in (*registrations, *moves) if (root := self.root(skn_of(fact))) is not None),
            registered=registered,
            shown=registered - hidden - self._withheld,
            named=named,
            facts=[fact for fact in facts if fact.row.kind != MOVED],
        )

    def _named(self, fact: Fact, case: bytes) -> frozenset[bytes]:
        """The charges that a message about a case names, as keyed hashes; without those that were erased from it."""
        named = {key for key, topic in fact.pairs if topic == case != key}
        if named and fact.in_part:
            opened = open_entry(self._keys, self._store.entries_at([fact.says.position])[fact.says.position])
            for _, _, data in self.opened([fact]):
                numbers = (part.partition(":")[2] for part in opened.erased if part.startswith(("charge:", "verdict:")))
                named -= {self._index(f"charge:{data['pn']}#{number}") for number in numbers}
        return frozenset(named)

    def _shown(self, cases: dict[bytes, Case], roots: Collection[bytes]) -> Iterator[tuple[bytes, Fact]]:
        """What is shown of the cases that belong to these persons, and of the decisions in them."""
        decisions = set[bytes]()
        for case in cases.values():
            decisions.update(fact.gives for fact in case.facts if fact.row.kind in (ORDERED, JUDGED))
            if case.root is not None and case.root in roots and case.shown:
                for fact in case.facts:
                    if case.shows(fact):
                        yield case.root, fact
        given: dict[bytes, list[Fact]] = {}
        about: dict[bytes, list[Fact]] = {}
        for fact in self.about(decisions):
            if fact.row.kind in (ORDERED, JUDGED):
                given.setdefault(fact.gives, []).append(fact)
            elif fact.row.kind in OF_A_DECISION:
                about.setdefault(fact.pairs[0][1], []).append(fact)
        elsewhere = {case_of(fact) for key in about.keys() & given.keys() for fact in given[key]} - cases.keys()
        cases |= self.cases(elsewhere)
        for key, facts in about.items():
            decision = self._last([one for one in given.get(key, ()) if cases[case_of(one)].shows(one)], "given_on", "issued_on")
            if decision is None:
                continue
            case = cases[case_of(decision)]
            if case.root is not None and case.root in roots and case.shown:
                for fact in facts:
                    yield case.root, fact

    # What the rows do not tell.

    def _last(self, facts: Sequence[Fact], *dated_by: str) -> Fact | None:
        """Of several that say the same thing the last: by day, instance, source and sequence."""
        if len(facts) < 2:
            return next(iter(facts), None)
        ranked = [
            (self.rank(fact, next(data[name] for name in dated_by if name in data), data.get("instance", 0)), fact)
            for fact, _, data in self.opened(facts)
        ]
        return max(ranked, key=lambda pair: pair[0])[1]

    def day_of(self, fact: Fact, document: Mapping[str, Any]) -> str:
        """The legal day on which a message was made."""
        made = datetime.fromisoformat((fact.row.time or document["time"]).upper())
        return made.astimezone(AMSTERDAM).date().isoformat()

    def rank(self, fact: Fact, day: str, instance: int = 0) -> Rank:
        """Where a fact that is dated by a day stands among those that say the same; the last counts."""
        return day, instance, self._names[fact.row.source], fact.row.sequence or 0

    def opened(self, facts: Sequence[Fact]) -> Iterator[tuple[Fact, dict[str, Any], dict[str, Any]]]:
        """Facts with the message in which the version that counts lies, and its data; one of which the head was erased is left out."""
        entries = self._store.entries_at([fact.says.position for fact in facts])
        for fact in facts:
            left = open_entry(self._keys, entries[fact.says.position]).left
            if left is not None:
                document = _decode(left)
                yield fact, document, document["data"] if fact.says is fact.row else document["data"]["data"]


def _union(sets: Iterable[frozenset[bytes]]) -> frozenset[bytes]:
    return frozenset[bytes]().union(*sets)
