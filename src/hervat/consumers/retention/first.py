"""The first computation of what is due: the register folded with nothing hidden, group by group, and the law asked of each charge.

- What is hidden from every answer is looked at all the same: it is kept until it goes, and lengthens what it lengthens.
- About whom something is held is known once for all: whoever a held message names, and whoever has, or ever had, the case that it is about.
- Memory: one group of persons at a time, the keys of all, and the numbers of whoever has something held.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from hervat import kinds
from hervat.consumers.retention.gone import Gone, TooSoon
from hervat.consumers.retention.recorded import Entry, recorded
from hervat.consumers.retention.weighed import Asking, Sight, Weighed, was_due, weighed
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Row, Store
from hervat.law import retention as law
from hervat.message import Message
from hervat.register.attribution import Attribution
from hervat.register.fold import fold
from hervat.register.groups import chunks
from hervat.register.hiding import nothing
from hervat.register.reading import Reading
from hervat.register.record import Person

_AT_ONCE = 1000
Progress = Callable[[int], None]


class CaseWeighed(Struct, frozen=True, kw_only=True):
    """A case with what the law says of each charge, and how many messages are about it."""

    pn: str
    charges: tuple[Weighed, ...]
    messages: int


class PersonWeighed(Struct, frozen=True, kw_only=True):
    """A person's cases, and how many convictions abroad it has: on how long these are kept there is no rule here. `too_soon`: what was
    removed of it, and would not have been due.
    """

    cases: tuple[CaseWeighed, ...]
    abroad: int
    too_soon: tuple[TooSoon, ...] = ()


class First:
    """Works out what is due in a store as it is now; reads and writes nothing else."""

    def __init__(
        self,
        store: Store,
        keys: NodeKeys,
        complete_until: date | None,
        hidden: Mapping[int, Mapping[int, date]] = MappingProxyType({}),
        gone: Gone | None = None,
    ) -> None:
        """`complete_until`: the day before which the register is complete, whoever is asked about; None where it is not. `hidden`: the
        charges that acts hide, by position and number, each with the day of the act; `gone`: what was removed.
        """
        self._hidden = hidden
        self._gone = gone
        self._store = store
        self._reading = Reading(store, store, keys)
        self._complete_until = complete_until
        self._held, self._held_keys, self._lost, self._lost_keys = self._waiting()

    def _waiting(self) -> tuple[set[str], set[bytes], set[str], set[bytes]]:
        """The SKNs, and the keys of persons, about whom something is held; and about whom something is that was applied before."""
        skns, lost = set[str](), set[str]()
        keys, lost_keys = set[bytes](), set[bytes]()
        after = 0
        while rows := self._store.held(after, _AT_ONCE):
            after = rows[-1].position
            about = Attribution(self._reading, {}).of(rows)
            for row in rows:
                skns |= about.get(row.position, set())
                keys |= set() if row.subject is None else {row.subject}
                if row.applied_at is not None:
                    lost |= about.get(row.position, set())
                    lost_keys |= set() if row.subject is None else {row.subject}
        return skns, keys, lost, lost_keys

    def persons(self, on: date, progress: Progress = lambda done: None) -> Iterator[PersonWeighed]:
        """What the law says on a day of everybody who has an entry; `progress` is told how many messages are done."""
        for _, persons in self.groups(on, progress):
            yield from persons

    def groups(self, on: date, progress: Progress = lambda done: None) -> Iterator[tuple[int, list[PersonWeighed]]]:
        """The same group by group, each with the position with which it begins."""
        done = 0
        for rows in chunks(self._store, _AT_ONCE):
            messages = list(self._reading.messages(rows))
            group = _Group(rows, messages, self._reading)
            having = (one for one in fold(messages, hide=nothing).persons if one.cases or one.foreign_convictions)
            yield rows[0].position, [self._person(one, group, on) for one in having]
            done += len(rows)
            progress(done)

    def _person(self, person: Person, group: "_Group", on: date) -> PersonWeighed:
        law_says = Asking(self._sight(person.skns), on)
        asked = [(one, law_says.of(one)) for one in recorded(person)]
        running = [one.start for one, says in asked if says.state != "due" and one.offence.class_ == "misdrijf" and one.start is not None]
        begun = min(running, default=date.max)
        found: dict[str, list[Weighed]] = {}
        for one, says in asked:
            place = group.places[one.pn, one.charge]
            named = self._hidden.get(place, {}).get(one.charge) if self._hidden else None
            more = weighed(
                one,
                place,
                says,
                is_rested_on=any(begun < day for day in one.judged_on),
                named_on=named,
                hidden_on=named if named is not None and was_due(one, named) else None,
                counted_from=one.start,
            )
            found.setdefault(one.pn, []).append(more)
        cases = (CaseWeighed(pn=pn, charges=tuple(charges), messages=group.messages[pn]) for pn, charges in found.items())
        return PersonWeighed(cases=tuple(cases), abroad=len(person.foreign_convictions), too_soon=self._too_soon(person, asked, on))

    def _too_soon(self, person: Person, asked: Iterable[tuple[Entry, Any]], on: date) -> tuple[TooSoon, ...]:
        if not self._gone:
            return ()
        judged = [law.Later(judged_on=day, maximum=one.offence.maximum) for one, _ in asked for day in one.judged_on]
        return tuple(self._gone.too_soon(map(self._reading.person_key, person.skns), judged, on))

    def _sight(self, skns: Sequence[str]) -> Sight:
        keys = {self._reading.person_key(skn) for skn in skns} if self._held_keys else set[bytes]()
        return Sight(
            complete_until=self._complete_until,
            held=not self._held.isdisjoint(skns) or not self._held_keys.isdisjoint(keys),
            support_lost=not self._lost.isdisjoint(skns) or not self._lost_keys.isdisjoint(keys),
        )


class _Group:
    """Of one group of messages: by (case, charge) the first position that registers it, and by case how many messages are about it."""

    def __init__(self, rows: Iterable[Row], messages: Sequence[Message], reading: Reading) -> None:
        positions = {(reading.source_of(row), row.id or ""): row.position for row in rows}
        self.places: dict[tuple[str, int], int] = {}
        for one in messages:
            if isinstance(one.data, kinds.CaseRegistered | kinds.ChargesAmended):
                at = positions[one.source, one.id]
                for charge in one.data.charges:
                    named = one.data.pn, charge.charge
                    self.places[named] = min(at, self.places.get(named, at))
        given = {f"judgment {one.data.judgment}": one.data.pn for one in messages if isinstance(one.data, kinds.JudgmentGiven)}
        given |= {f"order {one.data.order}": one.data.pn for one in messages if isinstance(one.data, kinds.PenaltyOrderIssued)}
        self.messages = Counter(pn for one in messages if (pn := _case_of(one.data, given)) is not None)


def _case_of(data: Any, given: dict[str, str]) -> str | None:
    """The case that a message is about; None for what is about a person."""
    if hasattr(data, "pn"):
        pn: str = data.pn
        return pn
    for name in ("judgment", "order"):
        if hasattr(data, name):
            return given.get(f"{name} {getattr(data, name)}")
    return None
