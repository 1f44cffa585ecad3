"""Opened again: the decisions whose proposal, computed with what is known now for the day of the decision, is not what it was then.

- Compared is what was proposed on what was known, then and now: whether to grant, and each entry that counts, is to be assessed or weighs
  in, with what became of it; and what was asked for, and for which BSN: what was granted for another is no certificate for this. That the
  register was blind, and which interim rule was open, is no difference.
- A decision that was written down on a later day than its own saw what was known by the end of its own, and is compared as of both days:
  what it could not see is found, and so is what was dated between them.
- A step looks at the applications near what changed since the step before, and tells each difference once, as an act. What is told and
  is no more so is withdrawn. What lost its support cannot be said now, and that is a difference.
- A person closes a difference, with a ground; another difference in the same decision is told again.
- Then and now are compared by a keyed hash, so an act says nothing of anybody.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Literal, get_args

import msgspec
from msgspec import Struct

from hervat.consumers.certificates.applications import REQUESTED, Requested
from hervat.consumers.certificates.looked import Looked
from hervat.consumers.certificates.proposing import on_what_is_known
from hervat.consumers.certificates.steps import Deciding
from hervat.consumers.certificates.undecided import applications_in
from hervat.consumers.near import IDENTIFYING, Near
from hervat.intake.residue import ERASED
from hervat.journal.acts import acts_of
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Row, Store, pairs_of
from hervat.law.certificates import Assessment, Proposal
from hervat.law.certificates.purposes import Group
from hervat.law.value import Outcome
from hervat.register.reading import Reading, is_fact

OPENED_AGAIN, CLOSED_AGAIN = "certificates-opened-again", "certificate-again-closed"
Verdict = Literal["no-consequence", "new-certificate-demanded", "decided-again"]
VERDICTS: tuple[str, ...] = get_args(Verdict)
_AT_ONCE = 2000
_IN_ONE = 1000
_HEAVIEST = (Group.SEXUAL, Group.SERIOUS_VIOLENCE, Group.UNKNOWN, Group.ORGANISED, Group.OTHER)
Entry = tuple[str, str, str, str]


class Difference(Struct, frozen=True, kw_only=True):
    """A decision, by the position of its act, of which something is proposed now that was not then; or is so no more. `as_of`: as of which
    day, where that is not the day of the decision.
    """

    application: int
    decision: int
    says: Literal["opened", "withdrawn"]
    before: Proposal
    now: Proposal
    basis: str
    as_of: date | None = None


class OpenedAgain(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=OPENED_AGAIN):
    """What a step tells, and how far it has looked."""

    on: date
    through: int
    differences: tuple[Difference, ...]


class ClosedAgain(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=CLOSED_AGAIN):
    """Who closed a difference, how, and on which ground."""

    application: int
    decision: int
    basis: str
    verdict: Verdict
    by: str
    ground: str


read_again: Callable[[bytes], OpenedAgain | ClosedAgain] = msgspec.json.Decoder(OpenedAgain | ClosedAgain).decode
"""Reads either of them as it lies in the journal."""


class Told:
    """What was told and what was closed, folded from the acts up to a position."""

    def __init__(self, store: Store, keys: NodeKeys, position: int) -> None:
        self.through = 0
        self.last: dict[int, Difference] = {}
        self.told_at: dict[int, int] = {}
        self._closed: dict[int, str] = {}
        for at, act in acts_of(store, keys, (OPENED_AGAIN, CLOSED_AGAIN), read_again, "act on what was opened again", position):
            if isinstance(act, ClosedAgain):
                self._closed[act.decision] = act.basis
            else:
                self.through = act.through
                for one in act.differences:
                    if one.says == "withdrawn":
                        # Closed was what is no more so; where it becomes so again, somebody looks again.
                        self._closed.pop(one.decision, None)
                    self.last[one.decision], self.told_at[one.decision] = one, at

    def is_standing(self, decision: int) -> bool:
        """Whether somebody has to look at a decision."""
        one = self.last.get(decision)
        return one is not None and one.says == "opened" and self._closed.get(decision) != one.basis

    def standing(self) -> list[Difference]:
        """The differences that somebody has to look at."""
        return [one for decision, one in self.last.items() if self.is_standing(decision)]


def counting(looked: Looked, found: Assessment) -> tuple[Entry, ...]:
    """What counts in an assessment: each entry by what it is about, how it counts, how it ended and its group, in order."""
    older = () if found.whole.value is None else found.whole.value.older
    listed = zip(looked.entries, found.groups, found.entries, strict=True)
    return tuple(
        sorted(
            (entry.about, one.outcome.value, entry.outcome or "not told", group.value or Group.UNKNOWN)
            for entry, group, one in listed
            if one.outcome is not Outcome.NO or entry.about in older
        )
    )


def basis_of(keys: NodeKeys, looked: Looked) -> tuple[Proposal, str]:
    """What is proposed on what is known, and a keyed hash of that with all that counts."""
    found, asked = on_what_is_known(looked), looked.requested
    about = [looked.place, looked.on.isoformat(), asked.bsn, asked.asked_for]
    told = json.dumps([*about, found.proposal, counting(looked, found)])
    return found.proposal, keys.index_of(f"certificate-basis:{told}").hex()


class Reopened(Struct, frozen=True, kw_only=True):
    """A difference that somebody has to look at: the decision, what counted then and counts now, and what was asked for then and is now; of
    an application that is not there any more there is neither. `of_another`: it was asked for another BSN then.
    """

    told_at: int
    difference: Difference
    number: str
    source: str
    decided: Deciding
    vulnerable: bool
    before: tuple[Entry, ...]
    now: tuple[Entry, ...]
    asked_before: tuple[str, ...]
    asked_now: tuple[str, ...]
    of_another: bool

    @property
    def appeared(self) -> tuple[Entry, ...]:
        """What counts now and did not so then."""
        return tuple(one for one in self.now if one not in self.before)

    @property
    def gone(self) -> tuple[Entry, ...]:
        """What counted then and does not so now."""
        return tuple(one for one in self.before if one not in self.now)

    @property
    def rank(self) -> tuple[int, bool, int]:
        """Of two, the one with the lower rank comes first: sex offences, serious violence, then what cannot be told apart; then where
        vulnerable people may be concerned; then the latest decision.
        """
        groups = [_HEAVIEST.index(one[3]) for one in (*self.appeared, *self.gone)]
        return min(groups, default=len(_HEAVIEST)), not self.vulnerable, -self.decided.on.toordinal()


class Around:
    """Finds the applications near what changed."""

    def __init__(self, store: Store, keys: NodeKeys) -> None:
        self._store = store
        self._keys = keys
        self._near = Near(store, keys, {})
        self._reading = Reading(store, store, keys)

    def changed(self, after: int) -> list[int]:
        """The messages that came, were applied, turned or were erased after a position."""
        return self._near.changed(after)

    def was_erased(self, after: int) -> bool:
        """Whether anything was erased after a position: then what changed does not lead to everybody it concerned."""
        return any(at > after for at in self._store.acts(ERASED, self._store.head().size))

    def at(self, places: Collection[int]) -> Iterator[tuple[int, Requested]]:
        """The applications at these places."""
        rows = [row for row in self._store.rows_at(places).values() if is_fact(row)]
        yield from applications_in(self._store, self._keys, self._reading, rows)

    def applications(self, positions: Collection[int]) -> Iterator[tuple[int, Requested]]:
        """The applications that what changed may concern, each once, with its place."""
        seen, stream = set[int](), iter(sorted(positions))
        while some := list(islice(stream, _AT_ONCE)):
            for place, asked in applications_in(self._store, self._keys, self._reading, self._requests(self._near.touched(some))):
                if place not in seen:
                    seen.add(place)
                    yield place, asked

    def _requests(self, rows: Collection[Row]) -> list[Row]:
        """The messages that give applications under the BSNs of whomever these rows may concern."""
        near, versions = self._near, self._near.versions(rows)
        found = self._reading.around({topic for row in versions for _, topic in pairs_of(row.needs + row.gives)})
        kinds = (*IDENTIFYING, REQUESTED)
        telling = [row for row in near.versions([*rows, *found.rows.values()]) if near.kind(row) in kinds]
        links = self._store.links(near.bsns_of(telling))
        # Where a correction gave an application its number, that is linked, and not the application.
        linked = near.touched(sorted({position for positions in links.values() for position in positions}))
        return [row for row in linked if row.kind == REQUESTED and is_fact(row)]


def parted(differences: list[Difference], on: date, before: int, through: int) -> Iterator[OpenedAgain]:
    """The acts of a step, of bearable size; a step that is broken off is gone on with from where the one before ended."""
    stream = iter(differences)
    some = tuple(islice(stream, _IN_ONE))
    while True:
        following = tuple(islice(stream, _IN_ONE))
        yield OpenedAgain(on=on, through=before if following else through, differences=some)
        if not following:
            return
        some = following


def difference(
    last: Mapping[int, Difference],
    place: int,
    decision: int,
    before: tuple[Proposal, str],
    now: tuple[Proposal, str],
    as_of: date | None,
) -> Difference | None:
    """What is to be told of a decision; None where nothing is, or that was told already."""
    told, differs = last.get(decision), before[1] != now[1]
    if differs and (told is None or told.says != "opened" or told.basis != now[1]):
        return Difference(application=place, decision=decision, says="opened", before=before[0], now=now[0], basis=now[1], as_of=as_of)
    if not differs and told is not None and told.says == "opened":
        return Difference(application=place, decision=decision, says="withdrawn", before=before[0], now=now[0], basis=now[1], as_of=as_of)
    return None
