"""The check: what was told is laid beside the second computation, pair by pair.

- Changes = delivered + suppressed with a reason + pending. *Pending* is only what a step may still tell: a pair near which something
  changed after the last one. Right after a step nothing is.
- What the receiver holds for true must stand; what was erased is not taken back, and says nothing.
- A canary is somebody who does not exist. Each must have changes, all of them must have gone through, and none may have left the house.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from hervat.consumers.screening.following import Told
from hervat.consumers.screening.recompute import Recompute, Stands
from hervat.consumers.screening.reported import ReportTerms, Seen
from hervat.consumers.screening.signal import CASE_CAME_FIRST, TOLD_ON_REPORT, Pair, Signal
from hervat.journal.entry import open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.store import WHOLE, Row, Store, pairs_of
from hervat.procedure import ProcedureRoster
from hervat.register.endings import PATIENCES

CANARY = "canary"
_ERASED, _HIDDEN, _REMOVED = "erased", "retention-hidden", "retention-removed"
Hidden = Callable[[], Collection[bytes]]
"""The keyed hashes of the charges that acts of retention hide as things stand."""


@dataclass(slots=True)
class Checked:
    """The outcome. `changes` stand now; `pending` of them were not told yet, `to_withdraw` is told and stands no longer, each since
    something changed after position `through`; `differences` have no such excuse, and `difference` says the first in words.
    """

    position: int
    through: int
    changes: int = 0
    delivered: int = 0
    suppressed: int = 0
    pending: int = 0
    to_withdraw: int = 0
    canaries: dict[str, int] = field(default_factory=dict)
    differences: int = 0
    difference: str | None = None
    _first: tuple[int, int] | None = None

    @property
    def ok(self) -> bool:
        return not self.differences

    @property
    def first(self) -> Pair | None:
        """The first pair that differs; (0, 0) where it is a canary that proves nothing."""
        return None if self._first is None else (self._first[1], self._first[0])

    @property
    def is_about_nobody(self) -> bool:
        """Whether nobody is screened and nobody ever was told of, so that there is nothing to say."""
        return self.ok and not (self.changes or self.delivered or self.suppressed or self.pending or self.to_withdraw)

    def as_dict(self) -> dict[str, Any]:
        names = ("position", "through", "changes", "delivered", "suppressed", "pending", "to_withdraw", "canaries", "differences")
        return {"ok": self.ok} | {name: getattr(self, name) for name in (*names, "difference")}

    def differs(self, pair: Pair, words: str) -> None:
        """Count a difference, and keep its words where it is the first by the position of the message, then of the enrolment."""
        self.differences += 1
        place = pair[1], pair[0]
        if self._first is None or place < self._first:
            self._first, self.difference = place, words


class Check:
    """Compares what was told with what stands in a store as it is now; writes nothing."""

    def __init__(
        self, store: Store, keys: NodeKeys, told: Told, roster: ProcedureRoster, hidden: Hidden, *, canaries: Collection[str] = ()
    ) -> None:
        self._hidden = hidden
        self._store = store
        self._keys = keys
        self._told = told
        self._roster = roster
        self._canaries = canaries
        self._names = {feed.number: feed.name for feed in store.feeds()}
        self._near: set[int] | None = None

    def run(self, progress: Callable[[int], None] = lambda position: None) -> Checked:
        """The comparison; `progress` is told how far the journal has been read."""
        checked = Checked(self._store.head().size, self._told.through)
        checked.canaries = dict.fromkeys(sorted(self._canaries), 0)
        second = Recompute(self._store, self._keys, self._terms(), self._hidden(), canaries=self._canaries, progress=progress)
        seen = set[Pair]()
        for stands in second.stands():
            pair = stands.enrolment, stands.message
            seen.add(pair)
            checked.changes += 1
            self._weigh(checked, pair, stands)
        self._weigh_told(checked, seen)
        for name, through in checked.canaries.items():
            if not through and checked.ok:
                checked.differs((0, 0), f"canary {name}: no change of it went through, so it proves nothing; see to its enrolment")
        return checked

    def _terms(self) -> ReportTerms:
        """Endings are seen as the last whole step saw them; where a step was broken off, as that saw them or as it will be seen."""
        told = self._told
        seen = [Seen(told.on or date.min, self._roster.at(told.through))]
        if not told.whole:
            seen += [Seen(told.on or date.min, self._roster.now), Seen(told.whole_on or date.min, self._roster.at(told.through))]
        return ReportTerms(self._roster, {day: patience.days for day, patience in PATIENCES}, tuple(seen))

    def _weigh(self, checked: Checked, pair: Pair, stands: Stands) -> None:
        told = self._told.last.get(pair)
        ended = told is not None and told.stands and stands.endings and told.ending not in stands.endings
        if told is None or told.version != stands.version or (not told.stands and told.reason is None) or ended:
            if self._may_be_pending({*pair, *stands.beside}):
                checked.pending += 1
            else:
                checked.differs(pair, f"{self._named(pair)}: {self._should(stands)}, {self._was(told)}")
        elif told.reason in (TOLD_ON_REPORT, CASE_CAME_FIRST) and not self._said_otherwise(pair, stands, told):
            if self._may_be_pending({*pair, *stands.beside, *stands.covered_by}):
                checked.pending += 1
            else:
                checked.differs(pair, f"{self._named(pair)}: {self._was(told)}, and nothing that stands says the same")
        elif told.stands:
            checked.delivered += 1
        else:
            checked.suppressed += 1
        if stands.canary is not None and told is not None:
            if told.reason == CANARY:
                checked.canaries[stands.canary] += 1
            else:
                checked.differs(pair, f"{self._named(pair)}: it is of canary {stands.canary}, {self._was(told)}")

    def _said_otherwise(self, pair: Pair, stands: Stands, told: Signal) -> bool:
        """Whether the receiver knows of a case from a report, or of a report from a case: one that stands, or did when it was erased."""
        under = {each[1] for each in self._told.under([pair[0]]) if self._told.last[each].stands}
        if not stands.covered_by.isdisjoint(under):
            return True
        erased = {at: row for at, row in self._store.rows_at(under).items() if row.erased >= WHOLE}
        number = self._number(told.version) if erased else None
        if number is None:
            return False
        report, cases = self._keys.index_of(f"report:{number}"), self._keys.index_of(f"police-report:{number}")
        linked = self._store.links([cases])[cases]
        return any(at in linked or report in {key for key, _ in pairs_of(row.gives)} for at, row in erased.items())

    def _number(self, version: int) -> str | None:
        """The number of the police in a version of a report or of what registers a case; None where it says none or is erased."""
        left = open_entry(self._keys, self._store.entries_at([version])[version]).left
        data = {} if left is None else msgspec.json.decode(left)["data"]
        number: str | None = data.get("police_report", data.get("data", {}).get("police_report"))
        return number

    def _weigh_told(self, checked: Checked, standing: Collection[Pair]) -> None:
        """What the receiver holds for true and does not stand."""
        left = [pair for pair, told in self._told.last.items() if told.stands and pair not in standing]
        rows = self._store.rows_at({position for pair in left for position in pair})
        removed = self._struck(self._acts(_REMOVED, 0, "erased"), whole=True) if left else set()
        for pair in left:
            if any(rows[position].erased >= WHOLE and position not in removed for position in pair):
                continue
            if self._may_be_pending(pair):
                checked.to_withdraw += 1
            else:
                was = self._was(self._told.last[pair])
                checked.differs(pair, f"{self._named(pair)}: the second computation says that it does not stand, {was}")

    def _named(self, pair: Pair) -> str:
        rows = self._store.rows_at(pair)
        enrolment, message = (f"{self._names[rows[at].source]} {rows[at].id} (position {at})" for at in pair)
        return f"the change {message} for the enrolment {enrolment}"

    def _should(self, stands: Stands) -> str:
        return f"the second computation says that it stands in the version at position {stands.version}"

    def _was(self, told: Signal | None) -> str:
        if told is None:
            return "the first never told it"
        at = self._told.told_at[told.enrolment, told.message]
        if told.says == "withdrawn":
            return f"the first withdrew it in the act at position {at}"
        how = "delivered" if told.stands else f"suppressed ({told.reason})"
        return f"the first {how} it in the version at position {told.version} in the act at position {at}"

    def _may_be_pending(self, places: Collection[int]) -> bool:
        """Whether something changed near any of these messages since the last step."""
        if self._near is None:
            self._near = self._around_what_changed()
        return not self._near.isdisjoint(places)

    def _around_what_changed(self) -> set[int]:
        """Every message that is connected, from topic to topic, with one that changed after the last step."""
        rows = self._store.rows_at(self._changed())
        found, fresh, topics = dict(rows), list(rows.values()), set[bytes]()
        while fresh:
            amended = self._store.rows_by_ident({row.target for row in fresh if row.target is not None}).values()
            amending = self._store.amendments_of({row.ident for row in fresh}).values()
            new = {topic for row in fresh for _, topic in pairs_of(row.needs + row.gives)} - topics
            topics |= new
            linked = self._store.links(new).values()
            positions = {row.position for row in amended}.union(*amending, *linked) - found.keys()
            more: dict[int, Row] = self._store.rows_at(positions)
            found |= more
            fresh = list(more.values())
        return set(found)

    def _changed(self) -> set[int]:
        """What came, was applied or turned since the last step, was erased, or names what retention hid."""
        through = self._told.through
        erased = [at for at in self._store.acts(_ERASED, self._store.head().size) if at > through]
        named = {one["position"] for charges in self._acts(_HIDDEN, through, "charges") for one in charges}
        return {*self._store.changed(through), *self._struck(erased), *named}

    def _acts(self, kind: str, after: int, field: str) -> list[Any]:
        """What the acts of a kind after a position say in a field."""
        positions = [at for at in self._store.acts(kind, self._store.head().size) if at > after]
        entries = self._store.entries_at(positions)
        return [msgspec.json.decode(open_entry(self._keys, entries[at]).payload)[field] for at in positions]

    def _struck(self, acts: Collection[int], *, whole: bool = False) -> set[int]:
        """The messages that acts of erasing struck; or with `whole`, only those of which they left no part."""
        read = (msgspec.json.decode(open_entry(self._keys, entry).payload) for entry in self._store.entries_at(acts).values())
        return {one["position"] for act in read for one in act["entries"] if not whole or one["parts"] is None}
