"""The second computation: every pair of an enrolment and a message that must have been told of or deliberately not, from the tables alone.

- It shares nothing with the first: no fold, no walk, no decoder of messages. It stands on the store's port and on the contract, so that
  a fault in one of the two shows as a difference between them.
- It works on the keyed hashes in the rows and opens only what they do not tell: what enrolments say, and of the persons who are screened
  what is contested (sets given again, cases moved, dismissals, what was registered or decided twice).
- The persons are taken so many at a time: memory grows with the enrolments and the merges, not with the journal.

Names here: a *fact* is a message that is applied, not retracted, no amendment and not erased whole, in the version that counts; a *root*
stands for a person, the component of its SKNs.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from hervat.journal.entry import open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.store import APPLIED, WHOLE, Row, Store, pairs_of

ENROLLED = "screening-enrolled"
REGISTERED, AMENDED, DISMISSED, MOVED = "case-registered", "charges-amended", "case-dismissed", "case-reattributed"
ORDERED, JUDGED, FOREIGN = "penalty-order-issued", "judgment-given", "foreign-conviction-notified"
REGISTERED_PERSON, MERGED, SPLIT = "person-registered", "persons-merged", "persons-split"
IDENTIFYING = frozenset((REGISTERED_PERSON, "identity-added"))
OF_A_CASE = frozenset((REGISTERED, AMENDED, DISMISSED, ORDERED, "summons-issued", JUDGED))
OF_A_DECISION = frozenset(
    (
        "penalty-order-opposed",
        "penalty-order-withdrawn",
        "penalty-order-final",
        "penalty-order-executed",
        "appeal-lodged",
        "appeal-withdrawn",
        "judgment-final",
        "judgment-annulled",
        "sentence-started",
        "sentence-ended",
        "conditional-sentence-enforced",
        "pardon-granted",
    )
)
HIDING = frozenset(("01", "09"))
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_SCANNED, _BSNS = 5000, 500
_Rank = tuple[str, int, str, int]
_decode = msgspec.json.decode


class Stands(NamedTuple):
    """A pair that must have a disposition: the enrolment by its first message, the message, the version that counts, all by position;
    and the canary whose the enrolment is, if it is of one.
    """

    enrolment: int
    message: int
    version: int
    canary: str | None


@dataclass(slots=True)
class _Fact:
    """The row of a fact, and the row of the version that counts."""

    row: Row
    says: Row

    @property
    def pairs(self) -> list[tuple[bytes, bytes]]:
        return pairs_of(self.says.needs + self.says.gives)

    @property
    def gives(self) -> bytes:
        """The key of the judgment or order that it gives."""
        return self.pairs[-1][0]

    @property
    def in_part(self) -> bool:
        """Whether a part of it may have been erased."""
        return bool(self.row.erased or self.says.erased)


@dataclass(slots=True)
class _Case:
    """A case: whose it is, its charges as they are registered and of these the ones shown, what is said of it, and of which charges."""

    root: bytes | None
    registered: frozenset[bytes]
    shown: frozenset[bytes]
    named: dict[int, frozenset[bytes]]
    facts: list[_Fact]

    def says(self, fact: _Fact) -> bool:
        """Whether a fact speaks of the case as a whole, or of a charge that is registered."""
        return self._among(fact, self.registered)

    def shows(self, fact: _Fact) -> bool:
        """Whether a fact speaks of the case as a whole, or of a charge that is shown."""
        return self._among(fact, self.shown)

    def _among(self, fact: _Fact, charges: frozenset[bytes]) -> bool:
        named = self.named[fact.row.position]
        return not named or not named.isdisjoint(charges)


@dataclass(slots=True)
class _Enrolled:
    """An enrolment as it counts: its rank among those of its number, its BSN as a keyed hash."""

    rank: _Rank
    bsn: bytes
    canary: str | None
    place: int


class Recompute:
    """Works out what stands in a store as it is now; reads and writes nothing else."""

    def __init__(
        self,
        store: Store,
        keys: NodeKeys,
        *,
        canaries: Collection[str] = (),
        progress: Callable[[int], None] = lambda position: None,
    ) -> None:
        """`canaries` are holders; `progress` is told how far the rows have been read."""
        self._progress = progress
        self._store = store
        self._keys = keys
        self._index = keys.index_of
        self._canaries = frozenset(canaries)
        self._names = {feed.number: feed.name for feed in store.feeds()}
        self.enrolled: dict[bytes, _Enrolled] = {}
        self._original: dict[int, int] = {}
        self._parent: dict[bytes, bytes] = {}
        self._members: dict[bytes, list[bytes]] = {}
        self._scan()
        self._place()

    def stands(self) -> Iterator[Stands]:
        """Every pair that stands, each once."""
        by_bsn: dict[bytes, list[_Enrolled]] = {}
        for enrolment in self.enrolled.values():
            by_bsn.setdefault(enrolment.bsn, []).append(enrolment)
        bsns = iter(by_bsn)
        while some := list(islice(bsns, _BSNS)):
            persons = self._persons_with({bsn: by_bsn[bsn] for bsn in some})
            messages = self._messages_of({root for roots in persons.values() for root in roots})
            for bsn, roots in persons.items():
                for enrolment in by_bsn[bsn]:
                    for root in roots:
                        for fact in messages.get(root, ()):
                            yield Stands(enrolment.place, fact.row.position, fact.says.position, enrolment.canary)

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

    def _facts(self, rows: Iterable[Row]) -> list[_Fact]:
        counting = [row for row in rows if row.state == APPLIED and not row.retracted and row.target is None and row.erased < WHOLE]
        corrected = {row.version for row in counting if row.version is not None}
        versions = self._store.rows_at(corrected) if corrected else {}
        return [_Fact(row, row if row.version is None else versions[row.version]) for row in counting]

    def _join(self, one: bytes, other: bytes) -> None:
        """Two SKNs are one person; the members of the smaller component go over to the larger."""
        large, small = self._root(one) or one, self._root(other) or other
        if large == small:
            return
        ours, theirs = self._members.pop(large, [large]), self._members.pop(small, [small])
        if len(ours) < len(theirs):
            large, ours, theirs = small, theirs, ours
        for skn in theirs:
            self._parent[skn] = large
        self._members[large] = ours + theirs

    def _root(self, skn: bytes) -> bytes | None:
        """Who stands for the person with an SKN; None for an SKN nobody registered."""
        parent = self._parent.get(skn)
        return skn if parent == b"" else parent

    def _enrol(self, facts: Sequence[_Fact]) -> None:
        for fact, _, data in self._opened(facts):
            found = _Enrolled(
                rank=self._rank(fact, data["from"]),
                bsn=self._index(f"bsn:{data['bsn']}"),
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

    def _linked(self, links: Iterable[Iterable[int]]) -> list[_Fact]:
        """The facts at linked positions; a link may be that of a correction, or left of a version that counts no more."""
        return self._facts(self._store.rows_at({self._original.get(at, at) for linked in links for at in linked}).values())

    def _about(self, keys: Collection[bytes]) -> list[_Fact]:
        return self._linked(self._store.links(keys).values())

    def _persons_with(self, enrolled: Mapping[bytes, Collection[_Enrolled]]) -> dict[bytes, set[bytes]]:
        """The roots of the persons with each of these BSNs in an identity set that counts."""
        links = self._store.links(enrolled)
        others = {bsn: set(linked).difference(one.place for one in enrolled[bsn]) for bsn, linked in links.items()}
        saying = {fact.says.position: fact for fact in self._linked(others.values()) if fact.row.kind in IDENTIFYING}
        sets: dict[bytes, list[_Fact]] = {}
        for fact in self._about({_skn(fact) for fact in saying.values()}):
            if fact.row.kind in IDENTIFYING:
                sets.setdefault(_skn(fact), []).append(fact)
        # Where an SKN has one set, given once, the link says whose BSN it is.
        contested = {skn: self._counting(facts) for skn, facts in sets.items() if len(facts) > 1 or facts[0].in_part}
        persons: dict[bytes, set[bytes]] = {}
        for bsn, linked in others.items():
            for fact in (saying[at] for at in linked if at in saying):
                root = self._root(_skn(fact))
                if root is not None and bsn in contested.get(_skn(fact), (bsn,)):
                    persons.setdefault(bsn, set()).add(root)
        return persons

    def _counting(self, facts: Sequence[_Fact]) -> set[bytes]:
        """The BSNs, as keyed hashes, in the last of each set of one SKN."""
        last: dict[str, tuple[_Rank, str | None]] = {}
        for fact, document, data in self._opened(facts):
            identity = data.get("identity")
            if identity is not None:
                made = datetime.fromisoformat((fact.row.time or document["time"]).upper())
                rank = self._rank(fact, made.astimezone(AMSTERDAM).date().isoformat())
                if identity["set"] not in last or last[identity["set"]][0] < rank:
                    last[identity["set"]] = rank, identity.get("bsn")
        return {self._index(f"bsn:{bsn}") for _, bsn in last.values() if bsn is not None}

    def _messages_of(self, roots: Collection[bytes]) -> dict[bytes, list[_Fact]]:
        """What was said about these persons: foreign convictions, and what is shown of the cases that belong to them."""
        of: dict[bytes, list[_Fact]] = {root: [] for root in roots}
        registered = set[bytes]()
        for fact in self._about({skn for root in roots for skn in self._members.get(root, (root,))}):
            if fact.row.kind == FOREIGN and (root := self._root(_skn(fact))) in of:
                of[root].append(fact)
            elif fact.row.kind in (REGISTERED, MOVED):
                registered.add(_case(fact))
        cases = self._cases(registered)
        for root, fact in self._shown(cases, of.keys()):
            of[root].append(fact)
        return of

    def _cases(self, keys: Collection[bytes]) -> dict[bytes, _Case]:
        facts: dict[bytes, list[_Fact]] = {}
        for fact in self._about(keys):
            if (fact.row.kind in OF_A_CASE or fact.row.kind == MOVED) and _case(fact) in keys:
                facts.setdefault(_case(fact), []).append(fact)
        dismissals = [fact for of_case in facts.values() for fact in of_case if fact.row.kind == DISMISSED]
        hiding = {fact.row.position for fact, _, data in self._opened(dismissals) if data["code"] in HIDING}
        return {key: self._case(key, of_case, hiding) for key, of_case in facts.items()}

    def _case(self, key: bytes, facts: list[_Fact], hiding: Collection[int]) -> _Case:
        """A case with its charges: a charge that nobody registers now was erased, and what is said of it is said of nothing."""
        named = {fact.row.position: self._named(fact, key) for fact in facts if fact.row.kind != MOVED}
        registered = _union(named[fact.row.position] for fact in facts if fact.row.kind in (REGISTERED, AMENDED))
        hidden = _union(named[at] for at in hiding & named.keys())
        registrations = [fact for fact in facts if fact.row.kind == REGISTERED]
        moves = [fact for fact in facts if fact.row.kind == MOVED]
        holder = self._last(moves, "decided_on") if moves else self._last(registrations, "received_on")
        return _Case(
            root=self._root(_skn(holder)) if holder is not None and registrations else None,
            registered=registered,
            shown=registered - hidden,
            named=named,
            facts=[fact for fact in facts if fact.row.kind != MOVED],
        )

    def _named(self, fact: _Fact, case: bytes) -> frozenset[bytes]:
        """The charges that a message about a case names, as keyed hashes; without those that were erased from it."""
        named = {key for key, topic in fact.pairs if topic == case != key}
        if named and fact.in_part:
            opened = open_entry(self._keys, self._store.entries_at([fact.says.position])[fact.says.position])
            for _, _, data in self._opened([fact]):
                numbers = (part.partition(":")[2] for part in opened.erased if part.startswith(("charge:", "verdict:")))
                named -= {self._index(f"charge:{data['pn']}#{number}") for number in numbers}
        return frozenset(named)

    def _shown(self, cases: dict[bytes, _Case], roots: Collection[bytes]) -> Iterator[tuple[bytes, _Fact]]:
        """What is shown of the cases that belong to these persons, and of the decisions in them."""
        decisions = set[bytes]()
        for case in cases.values():
            decisions.update(fact.gives for fact in case.facts if fact.row.kind in (ORDERED, JUDGED))
            if case.root is not None and case.root in roots and case.shown:
                for fact in case.facts:
                    if case.shows(fact):
                        yield case.root, fact
        given: dict[bytes, list[_Fact]] = {}
        about: dict[bytes, list[_Fact]] = {}
        for fact in self._about(decisions):
            if fact.row.kind in (ORDERED, JUDGED):
                given.setdefault(fact.gives, []).append(fact)
            elif fact.row.kind in OF_A_DECISION:
                about.setdefault(fact.pairs[0][1], []).append(fact)
        elsewhere = {_case(fact) for key in about.keys() & given.keys() for fact in given[key]} - cases.keys()
        cases |= self._cases(elsewhere)
        for key, facts in about.items():
            decision = self._last([one for one in given.get(key, ()) if cases[_case(one)].says(one)], "given_on", "issued_on")
            if decision is None:
                continue
            case = cases[_case(decision)]
            if case.root is not None and case.root in roots and case.shown and case.shows(decision):
                for fact in facts:
                    yield case.root, fact

    # What the rows do not tell.

    def _last(self, facts: Sequence[_Fact], *dated_by: str) -> _Fact | None:
        """Of several that say the same thing the last: by day, instance, source and sequence."""
        if len(facts) < 2:
            return next(iter(facts), None)
        ranked = [
            (self._rank(fact, next(data[name] for name in dated_by if name in data), data.get("instance", 0)), fact)
            for fact, _, data in self._opened(facts)
        ]
        return max(ranked, key=lambda pair: pair[0])[1]

    def _rank(self, fact: _Fact, day: str, instance: int = 0) -> _Rank:
        return day, instance, self._names[fact.row.source], fact.row.sequence or 0

    def _opened(self, facts: Sequence[_Fact]) -> Iterator[tuple[_Fact, dict[str, Any], dict[str, Any]]]:
        """Facts with the message in which the version that counts lies, and its data; one of which the head was erased is left out."""
        entries = self._store.entries_at([fact.says.position for fact in facts])
        for fact in facts:
            left = open_entry(self._keys, entries[fact.says.position]).left
            if left is not None:
                document = _decode(left)
                yield fact, document, document["data"] if fact.says is fact.row else document["data"]["data"]


def _skn(fact: _Fact) -> bytes:
    """The key of the person that a fact binds to."""
    return fact.pairs[1 if fact.row.kind == MOVED else 0][0]


def _case(fact: _Fact) -> bytes:
    """The key of the case that a fact names."""
    return fact.pairs[1 if fact.row.kind == REGISTERED else 0][1]


def _union(sets: Iterable[frozenset[bytes]]) -> frozenset[bytes]:
    return frozenset[bytes]().union(*sets)
