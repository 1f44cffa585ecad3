"""Following: screening goes along with the journal, step by step, and tells the difference with what it has told.

- A step takes everything that changed since the step before, whatever changed it: what is new, released, corrected, retracted, merged,
  split or re-attributed, and enrolments as well. Around each of these everybody is looked at who has an enrolment, as a whole, with what
  is known now; what was told about them is laid beside it, and only what differs is told.
- So coming back from a blind window is a step like any other, only larger.
- What was told is in the journal, as acts; nothing else is kept. A step and its acts commit together, so nothing is told twice.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice

import msgspec

from hervat.clock import legal_day, parse_rfc3339
from hervat.consumers.near import IDENTIFYING, BsnsOf, Near
from hervat.consumers.removed import Hiding, Removed, named_since
from hervat.consumers.screening.enrolment import Enrolment, enrolments
from hervat.consumers.screening.reports import Reports
from hervat.consumers.screening.signal import SIGNALLED, Due, Pair, Signal, SignalledAct, decide, withdraw
from hervat.journal.acts import acts_of
from hervat.journal.entry import read_meta
from hervat.journal.keys import NodeKeys
from hervat.journal.store import WHOLE, Row, Store, keys_of, pairs_of
from hervat.message import Named
from hervat.procedure import ProcedureRoster
from hervat.register.changes import Concerned, changes
from hervat.register.reading import Reading

_AT_ONCE = 2000
_read_act = msgspec.json.Decoder(SignalledAct).decode


class Told:
    """What was told, folded from the acts of screening up to a position: the last signal about each pair, how far screening went, the day
    of the last act, whether that ended its step, and the day of the last one that did.
    """

    def __init__(self) -> None:
        self.through = 0
        self.on: date | None = None
        self.whole = True
        self.whole_on: date | None = None
        self.last: dict[Pair, Signal] = {}
        self.told_at: dict[Pair, int] = {}
        self._of_message: dict[int, set[Pair]] = {}
        self._of_enrolment: dict[int, set[Pair]] = {}
        self._of_reports: set[Pair] = set()

    @classmethod
    def up_to(cls, store: Store, keys: NodeKeys, position: int) -> "Told":
        """What was told by the acts up to a position."""
        told = cls()
        for at, act in steps(store, keys, position):
            told.take(at, act)
        return told

    def take(self, at: int, act: SignalledAct) -> None:
        """Let the act at a position be told."""
        self.whole = act.through > self.through
        self.through = act.through
        self.on = act.on
        self.whole_on = act.on if self.whole else self.whole_on
        for signal in act.signals:
            self.last[signal.pair] = signal
            self.told_at[signal.pair] = at
            self._of_message.setdefault(signal.message, set()).add(signal.pair)
            self._of_enrolment.setdefault(signal.enrolment, set()).add(signal.pair)
            if signal.ending:
                self._of_reports.add(signal.pair)

    def about(self, messages: Iterable[int]) -> Iterator[Pair]:
        """The pairs in which these messages were told."""
        for message in messages:
            yield from self._of_message.get(message, ())

    def unsettled(self) -> Iterator[int]:
        """The reports of the police that the receiver holds for true and that have no case of the same person yet. How these end hangs on
        cases of others as well, and on the day; about any other it is the person's own messages that tell.
        """
        for pair in self._of_reports:
            signal = self.last[pair]
            if signal.stands and (signal.ending[0] in ("open", "orphan") or "person" in signal.ending):
                yield pair[1]

    def under(self, enrolments: Iterable[int]) -> set[Pair]:
        """The pairs that were told about these enrolments."""
        return {pair for enrolment in enrolments for pair in self._of_enrolment.get(enrolment, ())}


@dataclass(slots=True)
class Standing:
    """What is due around some enrolments as things stand: these by position, what concerns each, what was erased whole, and the
    enrolments that once were under one of the BSNs and are under another now.
    """

    enrolments: dict[int, Enrolment] = field(default_factory=dict)
    due: dict[int, list[Due]] = field(default_factory=dict)
    erased: set[int] = field(default_factory=set)
    elsewhere: set[int] = field(default_factory=set)


def steps(store: Store, keys: NodeKeys, position: int) -> Iterator[tuple[int, SignalledAct]]:
    """The acts of screening up to a position, each with its own."""
    return acts_of(store, keys, (SIGNALLED,), _read_act, "act of screening", position)


Withheld = Callable[[Due, Enrolment], bool]


class Following:
    """Works out what a step tells; reads the store and writes nothing."""

    def __init__(
        self,
        store: Store,
        keys: NodeKeys,
        told: Told,
        bsns: BsnsOf,
        roster: ProcedureRoster,
        hiding: Hiding,
        *,
        canaries: Collection[str] = (),
    ) -> None:
        """`bsns` remembers what messages tell from step to step; `hiding` says what is shown to nobody. `canaries`: the holders whose
        enrolled persons do not exist; what is signalled about them never leaves the house.
        """
        self._store = store
        self._keys = keys
        self._told = told
        self._near = Near(store, keys, bsns)
        self._canaries = frozenset(canaries)
        self._reading = Reading(store, store, keys)
        self._roster = roster
        self._names = {feed.number: feed.name for feed in store.feeds()}
        self._days: dict[int, date] = {}
        self._hiding = hiding

    def step(self, today: date, *, withheld: Withheld = lambda due, enrolment: False) -> Iterator[Signal]:
        """The signals that what changed since the last step asks for, each once. `withheld` is for rehearsing a fault of the filter.

        Whoever was told of on a report that is not settled is looked at each time.
        """
        looked_at: set[bytes] = set()
        touched = iter(sorted({*self.changed(), *self._told.unsettled()}))
        while positions := list(islice(touched, _AT_ONCE)):
            bsns = self._screened(self._near.touched(positions)) - looked_at
            looked_at |= bsns
            standing = self._standing(bsns, today)
            yield from self._differences(standing, bsns, today, withheld)

    def changed(self) -> list[int]:
        """The messages that came, were applied, turned or were erased since the last step, and those of which retention hid something."""
        through = self._told.through
        return sorted({*self._near.changed(through), *named_since(self._store, self._keys, through)})

    def _screened(self, rows: Collection[Row]) -> set[bytes]:
        """The keys of the BSNs that what changed may concern and under which somebody is or was enrolled."""
        versions = self._near.versions(rows)
        topics = {topic for row in versions for _, topic in pairs_of(row.needs + row.gives)}
        found = self._reading.around(topics)
        identifying = [row for row in self._near.versions(found.rows.values()) if self._near.kind(row) in IDENTIFYING]
        enrolling = [row for row in self._near.versions(found.rows.values()) if self._near.kind(row) == "screening-enrolled"]
        told = {enrolment for enrolment, _ in self._told.about([row.position for row in (*rows, *found.rows.values())])}
        enrolling += self._near.versions(self._store.rows_at(told).values())
        return self._enrolled(self._near.bsns_of(enrolling) | self._near.bsns_of(identifying))

    def _enrolled(self, keys: set[bytes]) -> set[bytes]:
        """Those keys of BSNs under which both somebody is enrolled and a person is known, or was told of."""
        links = self._store.links(keys)
        rows = self._store.rows_at({position for linked in links.values() for position in linked})
        kinds = {position: self._near.kind(row) for position, row in rows.items()}
        found, unknown = set[bytes](), dict[bytes, list[Row]]()
        for key, linked in links.items():
            enrolled = [position for position in linked if kinds.get(position) == "screening-enrolled"]
            if enrolled and any(kinds.get(position) in IDENTIFYING for position in linked):
                found.add(key)
            elif enrolled:
                unknown[key] = [rows[position] for position in enrolled]
        return found | self._told_under(unknown)

    def _told_under(self, enrolled: Mapping[bytes, list[Row]]) -> set[bytes]:
        """Those keys of BSNs under which an enrolment stands, or stood, of which something was told; whichever message gave it first."""
        if not self._told.last:
            return set()
        # A correction's number leads to the message that it corrects as well.
        numbers = {key: {number for row in rows for number in keys_of(row.gives)} for key, rows in enrolled.items()}
        links = self._store.links({number for some in numbers.values() for number in some})
        return {key for key, some in numbers.items() if self._told.under({at for number in some for at in links.get(number, ())})}

    def _standing(self, bsns: set[bytes], today: date) -> Standing:
        """Everybody enrolled under these BSNs, and every change in the documentation of the persons who have them."""
        found = self._reading.around(bsns)
        rows = sorted(found.rows.values(), key=lambda row: row.position)
        messages = list(self._reading.messages(rows))
        by_name = {(self._names[row.source], row.id): row for row in rows}
        standing = Standing(erased={row.position for row in rows if row.erased >= WHOLE})
        concerned = _by_bsn(changes(messages, hide=self._hiding(self._reading, rows, messages)))
        reports = Reports(self._store, self._keys, self._reading, self._roster, self._hiding, found, today)
        self._read_days({row.applied_at or row.position for row in rows})
        for enrolment in enrolments(messages):
            place = self._first(enrolment.number)
            if self._keys.index_of(f"bsn:{enrolment.bsn}") not in bsns:
                standing.elsewhere.add(place.position)
            else:
                standing.enrolments[place.position] = enrolment
                due = standing.due.setdefault(place.position, [])
                for person in concerned.get(enrolment.bsn, ()):
                    for change in person.changes:
                        due.append(self._due(place, enrolment, by_name[_place(change.message)], change.on, reports))
                    for change in person.reports:
                        row = by_name[_place(change.message)]
                        if row.position in reports.reported and enrolment.sector in reports.reported[row.position].sectors:
                            due.append(self._due(place, enrolment, row, change.on, reports))
        return standing

    def _first(self, number: str) -> Row:
        """The first message in custody that gives an enrolment as it is corrected now: by its position the enrolment is known, whatever
        comes of the message. Of what gives another number now it is not the place, so no two enrolments have one.
        """
        key = self._keys.index_of(f"enrolment:{number}")
        linked = self._store.rows_at(self._store.links([key])[key])
        versions = self._store.rows_at({row.version for row in linked.values() if row.version is not None})
        giving = [row for row in linked.values() if key in keys_of((versions[row.version] if row.version else row).gives)]
        return min((row for row in giving if row.kind == "screening-enrolled"), key=lambda row: row.position)

    def _due(self, place: Row, enrolment: Enrolment, row: Row, on: date, reports: Reports) -> Due:
        reported = reports.reported.get(row.position)
        return Due(
            enrolment=place.position,
            message=row.position,
            version=row.version or row.position,
            on=on,
            known_on=self._days[row.applied_at or row.position],
            late=place.applied_at is not None and place.applied_at <= self._told.through,
            canary=enrolment.holder in self._canaries,
            ending=() if reported is None else reported.ending,
            covered_by=tuple(reports.covered_by.get(row.position, ())),
            erased=tuple(reports.erased.get(row.position, ())),
        )

    def _read_days(self, positions: set[int]) -> None:
        """Read the legal days on which entries were received."""
        for position, entry in self._store.entries_at(positions - self._days.keys()).items():
            self._days[position] = legal_day(parse_rfc3339(read_meta(entry).received_at))

    def _differences(self, standing: Standing, bsns: set[bytes], today: date, withheld: Withheld) -> Iterator[Signal]:
        last = self._told.last
        pairs = {one.pair for due in standing.due.values() for one in due}
        for at, due in standing.due.items():
            enrolment = standing.enrolments[at]
            yield from decide([one for one in due if not withheld(one, enrolment)], enrolment, last, today)
        # Those included whose enrolment no longer stands: what gave it is linked to its BSN still.
        gave = {position for linked in self._store.links(bsns).values() for position in linked}
        for pair in sorted(self._told.under((gave | standing.enrolments.keys()) - standing.elsewhere) - pairs):
            signal = withdraw(last[pair], standing.enrolments.get(pair[0]), today)
            # What somebody erased was true when it was told; what retention removed is no documentation any more.
            erased = standing.erased.intersection(pair)
            if signal is not None and (not erased or erased <= self._removed):
                yield signal

    @cached_property
    def _removed(self) -> frozenset[int]:
        """The messages that retention removed whole."""
        return Removed(self._store, self._keys).messages()


def _by_bsn(persons: Iterable[Concerned]) -> Mapping[str, list[Concerned]]:
    found: dict[str, list[Concerned]] = {}
    for person in persons:
        for bsn in person.bsns:
            found.setdefault(bsn, []).append(person)
    return found


def _place(named: Named) -> tuple[str, str]:
    return named.source, named.id
