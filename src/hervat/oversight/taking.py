"""Taking in a file of the timeline: each of its entries once, and what it says of two of them.

- An entry is known again by its content, whoever put it down and whether it was corrected since or not.
- A tie that is said of entries which are on record already is put down by a correction: nothing is written over. Said again, it is there.
- Where somebody corrected otherwise what the file corrects or ties, it is not taken: a person decides.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from hervat.errors import NotSo
from hervat.oversight.entries import TIMELINE_ADDED, TIMELINE_CORRECTED, Added, Corrected, Tie, TimelineAct, TimelineEntry, ensure_readable
from hervat.oversight.timeline import OnRecord

Put = Callable[[str, TimelineAct], int]
"""Puts an act in the journal, by its kind, and gives its position."""
_BY_HAND = "nothing was taken; hervat timeline correct puts right what stands"


class Taken(NamedTuple):
    """The positions of the entries that were put down, and of the corrections that only tie what was there."""

    added: list[int]
    tied: list[int]


class _Version(NamedTuple):
    position: int
    entry: TimelineEntry


class _Place(NamedTuple):
    """A version of an entry: all versions of that, in order, and the number of this one among them."""

    versions: list[_Version]
    number: int

    @property
    def position(self) -> int:
        return self.versions[self.number].position

    @property
    def standing(self) -> _Version:
        return self.versions[-1]

    @property
    def since(self) -> list[_Version]:
        """This version, and all that took its place."""
        return self.versions[self.number :]


class Taking:
    """What is on record, by its content, while a file is taken in."""

    def __init__(self, recorded: Sequence[OnRecord], by: str, put: Put, taken: Taken) -> None:
        """`recorded` is all that is on record, in order; what is put down is told in `taken`."""
        self._by, self._put, self._taken = by, put, taken
        self._places: dict[str, _Place] = {}
        versions_of: dict[int, list[_Version]] = {}
        for one in recorded:
            versions = versions_of[one.position] = [] if one.corrects is None else versions_of[one.corrects]
            self._keep(versions, one.position, one.entry)

    def file(self, entries: Sequence[TimelineEntry], ties: Sequence[Tie]) -> None:
        """Put on record what is not yet. Raises NotSo for what was corrected otherwise, Usage for what could not be read back; what was put
        before that is to be undone.
        """
        acts = {tie.later: entries[tie.earlier] for tie in ties if tie.why is None}
        corrections = {tie.later: tie for tie in ties if tie.why is not None}
        for number, entry in enumerate(entries):
            tie = corrections.get(number)
            if tie is None:
                self._add(entry, acts.get(number))
            else:
                self._correct(entries[tie.earlier], entry, acts.get(number), tie.why or "")

    def _add(self, entry: TimelineEntry, of: TimelineEntry | None) -> None:
        if _name(entry) in self._places:
            self._tie(entry, of)
            return
        act = Added(entry=self._of(entry, of), by=self._by, known_by=entry.name)
        ensure_readable(act)
        position = self._put(TIMELINE_ADDED, act)
        self._taken.added.append(position)
        self._keep([], position, act.entry)

    def _correct(self, before: TimelineEntry, entry: TimelineEntry, of: TimelineEntry | None, why: str) -> None:
        """Put an entry in the place of another of the file."""
        place, there = self._places[_name(before)], self._places.get(_name(entry))
        if there is not None and there.versions is place.versions and there.number > place.number:
            self._tie(entry, of)
            return
        if there is not None:
            raise NotSo(f"the entry at position {there.position} takes not the place of that at position {place.position}; {_BY_HAND}")
        if _name(place.standing.entry) != _name(before):
            raise NotSo(f"the entry at position {place.position} was corrected otherwise at position {place.standing.position}; {_BY_HAND}")
        self._taken.added.append(self._corrected(place.versions, self._of(entry, of), why))

    def _tie(self, entry: TimelineEntry, of: TimelineEntry | None) -> None:
        """Say of what stands that it is another moment of an act, where nothing since says so."""
        if of is None:
            return
        place, other = self._places[_name(entry)], self._places[_name(of)]
        positions = {one.position for one in other.versions}
        if any(one.entry.same_act in positions for one in place.since):
            return
        standing = place.standing
        if standing.entry.same_act is not None or other.versions is place.versions:
            what = "itself" if other.versions is place.versions else f"the act at position {standing.entry.same_act} already"
            raise NotSo(f"the entry at position {standing.position} is a moment of {what}; {_BY_HAND}")
        why = f"another moment of the act at position {other.position}"
        self._taken.tied.append(self._corrected(place.versions, self._of(standing.entry, of), why))

    def _corrected(self, versions: list[_Version], entry: TimelineEntry, why: str) -> int:
        act = Corrected(corrects=versions[-1].position, entry=entry, by=self._by, why=why)
        ensure_readable(act)
        position = self._put(TIMELINE_CORRECTED, act)
        self._keep(versions, position, entry)
        return position

    def _keep(self, versions: list[_Version], position: int, entry: TimelineEntry) -> None:
        """A version that says no more than which act it is of is no other content: the first with a content is where it is found."""
        versions.append(_Version(position, entry))
        before = self._places.get(_name(entry))
        if before is None or before.versions is not versions:
            self._places[_name(entry)] = _Place(versions, len(versions) - 1)

    def _of(self, entry: TimelineEntry, of: TimelineEntry | None) -> TimelineEntry:
        return entry if of is None else msgspec.structs.replace(entry, same_act=self._places[_name(of)].position)


def _name(entry: TimelineEntry) -> str:
    """The name of a content, as a file has it: positions are of a journal."""
    return msgspec.structs.replace(entry, same_act=None).name
