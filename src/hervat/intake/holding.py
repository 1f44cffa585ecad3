"""Hold and release: which messages of those in custody are applied (the contract, section 3, 1 to 3 and 12).

A message in custody is, in this order,

- **retracted**: it counts as applied, to nothing;
- **refused**: for itself, and no correction of it counts;
- held in **quarantine**: it came while what its organisation sends is quarantined, and was not let through;
- held for the **ceiling**: its source may not go so far yet. Once admitted, always admitted;
- held for a **gap**: a message before it in its chain of `previous` is not in custody and admitted. A loop counts as complete, and a chain
  ends at a message that its sender signed as erased before it was handed over, unless that was here by then: nobody can know any more
  what came before it;
- **erased**: it counts as applied, and goes on giving its keys;
- held for its **needs**: the version that counts needs a key that no applied message gives;
- **applied**: and it gives its keys.

Applied is the least set closed under needs and gives. Adding to it is easy: a message waits for one key that it misses and is looked
at again when that key is given. Taking away is done as in DRed (Gupta, Mumick and Subrahmanian, 1993): first everything that may have
rested on what is lost is taken back, then what still has support comes back. Nothing here depends on the order of arrival.
"""

from collections import deque
from collections.abc import Callable, Iterable

from hervat.intake import amendments
from hervat.intake.preparing import read_refusal, write_refusal
from hervat.intake.residue import Read
from hervat.intake.working import WorkingSet
from hervat.journal.store import APPLIED, HELD, REFUSED, WHOLE, Feed, Row, Turn, keys_of, pairs_of, topics_of
from hervat.message import Refusal

Reread = Callable[[Row, Row], Read]


def chain_key(ident: bytes) -> bytes:
    """The key that a message gives when its chain of `previous` is complete; no message needs it but the next in the chain."""
    return ident + b"c"


class Holding:
    """Decides what becomes of messages, one step (a message, a ceiling) at a time, on a working set."""

    def __init__(self, working: WorkingSet, feeds: dict[int, Feed], reread: Reread) -> None:
        self._working = working
        self._feeds = feeds
        self._reread = reread
        self._queue: deque[int] = deque()
        self._before: dict[int, int | None] = {}
        # By the ident of each message that is gone, the first position from which that counts.
        self._gone: dict[bytes, int] = {}
        self.lost: set[int] = set()
        self.refused: list[int] = []

    def take(self, row: Row, admitted: bool) -> None:
        """A message new in custody, admitted, or else in quarantine or above the ceiling of its source."""
        self._working.add(row)
        feed = self._feeds[row.source]
        feed.received += 1
        for topic in topics_of(row.needs + row.gives):
            self._working.link(topic, row.position, False)
        if admitted and self._applies_at_once(row):
            feed.applied += 1
            return
        feed.held += 1
        self._before = {row.position: None}
        if admitted:
            self._admit(row, row.position)
        if row.target is not None or self._working.amendments(row.ident):
            self._amend(row)
        self._queue.append(row.position)
        self._settle(row.position)

    def _applies_at_once(self, row: Row) -> bool:
        """Apply a new message where nothing gives pause: it names no message and none names it, nobody waits for it or for what it gives,
        and all that it needs is given. Most are like that, and looking at one in steps comes to the same.
        """
        working, gives = self._working, keys_of(row.gives)
        if row.refusal is not None or row.previous is not None or row.target is not None or working.amendments(row.ident):
            return False
        if working.anybody_waits((row.ident, *gives)) or not all(map(working.given, keys_of(row.needs))):
            return False
        row.admitted_at = row.applied_at = position = row.position
        row.complete, row.state = 1, APPLIED
        for key in gives:
            working.link(key, position, True)
        return True

    def admit(self, rows: Iterable[Row], at: int) -> None:
        """The ceiling rose, or quarantine was left, at position `at`: these messages are admitted."""
        self._before = {}
        for row in rows:
            self._admit(row, at)
            if row.target is not None or self._working.amendments(row.ident):
                self._amend(row)
            self._queue.append(row.position)
        self._settle(at)

    def erase(self, rows: Iterable[Row], at: int) -> None:
        """These messages were erased at position `at`: they wait for nothing more."""
        self._before = {}
        for row in rows:
            self._working.changed(row)
            self._queue.append(row.position)
        self._settle(at)

    def gone(self, idents: Iterable[bytes], at: int) -> None:
        """These messages count as gone from position `at` on."""
        fresh = set(idents) - self._gone.keys()
        self.gone_before((ident, at) for ident in fresh)
        self._before = {}
        for ident in sorted(fresh):
            self._queue.extend([*self._working.waiting(ident), *self._working.waiting(chain_key(ident))])
        self._settle(at)

    def gone_before(self, since: Iterable[tuple[bytes, int]]) -> None:
        """These messages count as gone, each from a position on."""
        for ident, at in since:
            self._gone[ident] = min(at, self._gone.get(ident, at))

    def _admit(self, row: Row, at: int) -> None:
        row.admitted_at = at
        self._working.changed(row)
        self._queue.extend(self._working.waiting(row.ident))

    def _settle(self, at: int) -> None:
        while self._queue:
            self._look(self._working.row(self._queue.popleft()))
        for position, before in self._before.items():
            self._record(self._working.row(position), before, at)

    def _record(self, row: Row, before: int | None, at: int) -> None:
        """Keep what a step made of a message: its first application, and every later turn."""
        if row.state == before:
            return
        feed = self._feeds[row.source]
        _count(feed, before or HELD, -1)
        _count(feed, row.state, +1)
        first = row.state == APPLIED and row.applied_at is None
        if first:
            row.applied_at = at
            self._working.changed(row)
        if not first and not (before is None and row.state == HELD):
            self._working.turns.append(Turn(at, row.position, row.state))
        if row.state == REFUSED:
            self.refused.append(row.position)
        if before == APPLIED:
            self.lost.add(row.position)
        elif row.state == APPLIED:
            self.lost.discard(row.position)

    def _look(self, row: Row) -> None:
        """See what a message is now, and pass on what follows from it."""
        if not row.complete and row.admitted_at is not None:
            self._follow_chain(row)
        if row.retracted:
            self._become(row, APPLIED, b"", self._chain_wait(row))
        elif row.version is None and row.refusal is not None:
            self._become(row, REFUSED, b"", self._chain_wait(row))
        elif row.erased >= WHOLE:
            gives = b"" if row.target is not None else self._version(row).gives
            self._become(row, APPLIED, gives, self._chain_wait(row))
        elif not row.complete:
            self._become(row, HELD, b"", self._chain_wait(row))
        elif row.target is not None:
            self._look_at_amendment(row)
        else:
            self._look_at_needs(row)

    def _look_at_needs(self, row: Row) -> None:
        version = self._version(row)
        for key in keys_of(version.needs):
            if not self._working.given(key):
                self._become(row, HELD, b"", key)
                return
        self._become(row, APPLIED, version.gives, None)

    def _look_at_amendment(self, row: Row) -> None:
        named = self._working.by_ident(row.target or b"")
        if named is None or named.admitted_at is None:
            self._become(row, HELD, b"", row.target)
        else:
            self._become(row, APPLIED, b"", None)

    def _chain_wait(self, row: Row) -> bytes | None:
        """What a message waits for until its chain is complete: whatever it is itself, others wait for that."""
        if row.complete or row.admitted_at is None or row.previous is None:
            return None
        before = self._working.by_ident(row.previous)
        known = before is not None and before.admitted_at is not None
        return chain_key(row.previous) if known else row.previous

    def _follow_chain(self, row: Row) -> None:
        """Walk back along `previous` until what is missing, what is complete, or the message itself (a loop).

        `blocked_by` lets the walk leap over messages known to be incomplete; it names a message that was missing when it was set, so
        no leap passes over the one that has just come.
        """
        place, row.blocked_by, seen = row.previous, None, {row.ident}
        while place is not None and place not in seen:
            before = self._working.by_ident(place)
            if place in self._gone and (before is None or before.position > self._gone[place]):
                break
            if before is None or before.admitted_at is None:
                row.blocked_by = place
                self._working.changed(row)
                return
            if before.complete:
                break
            seen.add(place)
            place = before.blocked_by or before.previous
        row.complete = 1
        self._working.changed(row)
        self._queue.extend(self._working.waiting(chain_key(row.ident)))
        if row.target is not None:
            self._amend(row)

    def _amend(self, row: Row) -> None:
        """Decide the family of a message again; whoever comes out otherwise is looked at."""
        family = self._family(row)
        verdicts = amendments.resolve(family, self._misfit)
        for member in family:
            verdict = verdicts[member.position]
            refusal = member.refusal if member.target is None else _text(verdict.refusal)
            now = (refusal, int(verdict.retracted), verdict.version)
            if now != (member.refusal, member.retracted, member.version):
                member.refusal, member.retracted, member.version = now
                self._working.changed(member)
                self._withdraw(member)
                self._queue.append(member.position)

    def _family(self, row: Row) -> list[Row]:
        """All messages in custody that name one another, from any one of them."""
        found = {row.position: row}
        stack = [row]
        while stack:
            member = stack.pop()
            near = self._working.rows(self._working.amendments(member.ident))
            named = None if member.target is None else self._working.by_ident(member.target)
            for other in near if named is None else [*near, named]:
                if other.position not in found:
                    found[other.position] = other
                    stack.append(other)
        return list(found.values())

    def _misfit(self, correction: Row, original: Row) -> Refusal | None:
        """Read a correction's data as data of the original's kind and link the original to what that speaks of."""
        if correction.refusal is not None:
            return read_refusal(correction.refusal)
        if correction.needs or correction.gives:
            return None
        reread = self._reread(correction, original)
        if isinstance(reread, Refusal):
            return reread
        correction.needs, correction.gives = reread
        self._working.changed(correction)
        for topic in topics_of(correction.needs + correction.gives):
            if original.position not in self._working.links(topic):
                self._working.link(topic, original.position, False)
        return None

    def _become(self, row: Row, state: int, gives: bytes, waits_on: bytes | None) -> None:
        self._before.setdefault(row.position, row.state)
        if row.state != state:
            row.state = state
            self._working.changed(row)
        self._working.wait(row, waits_on)
        for key in keys_of(gives):
            if self._working.link(key, row.position, True):
                self._queue.extend(self._working.waiting(key))

    def _withdraw(self, row: Row) -> None:
        """Take back a message and everything applied that may rest on it, to be looked at again."""
        stack = [row]
        while stack:
            lost = stack.pop()
            if lost.state != APPLIED:
                continue
            self._before.setdefault(lost.position, lost.state)
            lost.state = HELD
            self._working.changed(lost)
            self._queue.append(lost.position)
            for key, topic in self._taken_back(lost):
                stack += [other for other in self._working.rows(self._working.links(topic)) if self._rests_on(other, key)]

    def _taken_back(self, row: Row) -> list[tuple[bytes, bytes]]:
        """End every key that a message gives, under whichever version it gave it."""
        versions = [row, *self._working.rows(member.position for member in self._family(row) if member is not row)]
        ended = []
        for key, topic in dict.fromkeys(pair for version in versions for pair in pairs_of(version.gives)):
            if self._working.links(key).get(row.position):
                if key == topic:
                    self._working.link(key, row.position, False)
                else:
                    self._working.unlink(key, row.position)
                ended.append((key, topic))
        return ended

    def _rests_on(self, row: Row, key: bytes) -> bool:
        if row.state != APPLIED or row.retracted or row.erased >= WHOLE:
            return False
        return key in keys_of(self._version(row).needs)

    def _version(self, row: Row) -> Row:
        return row if row.version is None else self._working.row(row.version)


def _count(feed: Feed, state: int, by: int) -> None:
    if state == APPLIED:
        feed.applied += by
    elif state == HELD:
        feed.held += by
    else:
        feed.refused += by


def _text(refusal: Refusal | None) -> str | None:
    return None if refusal is None else write_refusal(refusal)
