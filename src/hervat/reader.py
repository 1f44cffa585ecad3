"""Everything that may be asked of a store and changes nothing: records, horizons, what is held, digests, proofs.

`assemble.Node` is this with what may be done to a store; here stands what it says of F(1..position), at the head or before it.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from hervat.clock import Clock, end_of, legal_day, parse_rfc3339
from hervat.errors import NotSo
from hervat.intake.folding import CONFLICT
from hervat.intake.preparing import message_key
from hervat.intake.terms import Rosters, rosters_of
from hervat.journal.entry import digest_of, read_meta
from hervat.journal.keys import NodeKeys
from hervat.journal.proof import prove, prove_growth
from hervat.journal.store import HELD, Row
from hervat.partner import Partners, Roster
from hervat.past import Past
from hervat.register.affairs import affairs
from hervat.register.attribution import held_about
from hervat.register.conflicts import conflicts
from hervat.register.digest import Digest, digest
from hervat.register.drain import Drain
from hervat.register.groups import chunks
from hervat.register.horizon import horizon, in_words
from hervat.register.purpose import Sight
from hervat.register.reading import Reading
from hervat.register.record import Person
from hervat.register.waiting import Waiting
from hervat.stores.opening import Engine
from hervat.stores.verification import Verified, verify

FOLD_AT_ONCE = 2000


class Reader:
    """A store with its keys, the partners at position 0 and a clock."""

    def __init__(self, store: Engine, keys: NodeKeys, partners: Partners, clock: Clock) -> None:
        self.store = store
        self.keys = keys
        self._partners = partners
        self._clock = clock
        self.past = Past(store, keys, partners)

    def _ensure_keys_fit(self) -> None:
        self._ensure_fit(self.keys)

    def _ensure_fit(self, keys: NodeKeys) -> None:
        """With the keys of another node nobody is found, and what is written can be read with neither. Raises KeysFault."""
        last = self.position
        for entry in self.store.entries(last, last):
            digest_of(keys, entry)

    @property
    def position(self) -> int:
        return self.store.head().size

    def now(self) -> datetime:
        return self._clock.now()

    def today(self) -> date:
        """The legal day by the clock of the node."""
        return legal_day(self.now())

    def roster(self) -> Roster:
        """The partners in force at every position of the journal."""
        return self.rosters().partners

    def rosters(self) -> Rosters:
        """The terms on which messages are judged, at every position of the journal."""
        return rosters_of(self.store, self.keys, self._partners, self.position)

    def partners(self, position: int | None = None) -> list[dict[str, Any]]:
        """The organisations known at a position, or now, by OIN; `since` is the position of the act that said so."""
        roster = self.roster()
        known = roster.now if position is None else roster.at(position)
        return [partner.as_json() | {"since": known.since(partner.oin)} for partner in known]

    def position_at(self, moment: datetime) -> int:
        """The last position received at or before a moment; 0 where nothing was."""
        # Not strftime: it writes years before 1000 with fewer digits, and then text no longer sorts as time does.
        low, high, wanted = 0, self.position, f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
        while low < high:
            middle = (low + high + 1) // 2
            if read_meta(self.store.entries_at([middle])[middle]).received_at <= wanted:
                low = middle
            else:
                high = middle - 1
        return low

    def person(
        self, skn: str, *, valid_on: date | None = None, position: int | None = None, purpose: str | None = None
    ) -> dict[str, Any]:
        """What the register knows of a person in F(1..position); `known` tells whether it knows the person at all.

        With a purpose, reports by the police are seen only where their procedure has that one; without, by the node's own operator.
        """
        return self.record(skn, valid_on=valid_on, position=position, purpose=purpose)[1]

    def record(
        self,
        skn: str,
        *,
        valid_on: date | None = None,
        position: int | None = None,
        purpose: str | None = None,
        hidden_at: int | None = None,
    ) -> tuple[Person | None, dict[str, Any]]:
        """The record behind the answer of `person`, None where the person is not known, and that answer; `hidden_at` as in `Past.shown`."""
        self._ensure_keys_fit()
        head = self.position
        last = head if position is None else min(position, head)
        state, found, reading = self.past.around(skn, last)
        sight = Sight(reading, state, self.rosters().procedures, purpose)
        _, register = self.past.shown(reading, sight.of(found.rows.values()), last, valid_on, hidden_at=hidden_at)
        person = register.of(skn)
        skns = (skn,) if person is None else person.skns
        held = sight.of(held_about(reading, state, found, register, skns))
        answer = {"skn": skn, "skns": [skn]} if person is None else person.as_json()
        return person, answer | {
            "known": person is not None,
            "purpose": purpose,
            "held": list(Waiting(state, self.store, self.keys).tell(held)),
            "horizon": self.horizon_about(last, held),
            "position": last,
        }

    def horizon_about(self, last: int, held: Sequence[Row] = ()) -> dict[str, Any]:
        """The horizon of one person's answer: every source, what is held about the person, what may concern anyone."""
        rows = self.horizon(last)
        missing = sum(gap["last"] - gap["first"] + 1 for row in rows for gap in row["gaps"])
        anyone = missing + self.past.adrift(last)
        support_lost = any(row.applied_at is not None for row in held)
        return {
            "sources": rows,
            "held": len(held),
            "unattributed": anyone,
            "support_lost": support_lost,
            "text": in_words(rows, len(held), anyone, support_lost),
        }

    def horizon(self, position: int | None = None) -> list[dict[str, Any]]:
        """The horizon of every source, at the head or in F(1..position)."""
        head = self.position
        position = head if position is None else self.past.settled(position)
        if position >= head:
            return horizon(self.store, self.store, head)
        return horizon(self.store, self.past.declared(position), position)

    def held(self, after: int = 0) -> Iterator[dict[str, Any]]:
        """Everything that is held, with a position above `after`, oldest first."""
        return Waiting(self.store, self.store, self.keys).all(after)

    def refused(self) -> Iterator[tuple[str, str]]:
        """The source and id of every refused message."""
        names = {feed.number: feed.name for feed in self.store.feeds()}
        return ((names[row.source], row.id or "") for row in self.store.refused())

    def conflicts(self) -> Iterator[dict[str, Any]]:
        """Every conflict, oldest first, with what stands and whether its sender has amended that since."""
        return conflicts(self.store, self.keys, self.store.acts(CONFLICT, self.position), self.position)

    def message(self, source: str, id: str) -> Row:
        """The row of a message in custody; raises NotSo where there is none."""
        ident = self.keys.index_of(message_key(source, id))
        row = self.store.rows_by_ident([ident]).get(ident)
        if row is None:
            raise NotSo(f"no message {id} of {source} is in custody")
        return row

    def lacked(self, source: str, id: str) -> list[str]:
        """What a message lacked when it came: the keys that were not given in F(1..its position)."""
        row = self.message(source, id)
        memory = self.past.folded_to({row.position}, row.position)
        then = memory.rows_at([row.position])[row.position]
        told = Waiting(memory, self.store, self.keys).tell([then]) if then.state == HELD else iter(())
        return [need for one in told for need in one["needs"] or [one["reason"]]]

    def digest(self, progress: Callable[[int], None] = lambda done: None) -> Digest:
        """The digest of the whole register as it is shown."""
        return digest(self.persons(progress))

    def persons(self, progress: Callable[[int], None] = lambda done: None) -> Iterator[Person]:
        """Every person of the register, folded group by group; `progress` is told how many messages are done."""
        reading, done = Reading(self.store, self.store, self.keys), 0
        for rows in chunks(self.store, FOLD_AT_ONCE):
            yield from self.past.shown(reading, rows, self.position)[1].persons
            done += len(rows)
            progress(done)

    def status(self, on: date | None = None) -> dict[str, Any]:
        """The state of affairs, now or at the end of a legal day."""
        position = self.position if on is None else self.position_at(end_of(on))
        as_of = read_meta(self.store.entries_at([position])[position]).received_at if position else None
        return affairs(self.horizon(position), position=position, as_of=as_of, conflicts=len(self.store.acts(CONFLICT, position)))

    def drain(self, kept: Drain | None = None) -> list[dict[str, Any]]:
        """What was received, applied, held and refused at the end of each legal day since the first entry; none where there is none. Who
        asks again and again has it `kept`.
        """
        return (kept or Drain()).of(self.store, self._day_of, lambda day: self.position_at(end_of(day)))

    def _day_of(self, position: int) -> date:
        return legal_day(parse_rfc3339(read_meta(self.store.entries_at([position])[position]).received_at))

    def verify(
        self, witness: str | None = None, progress: Callable[[int], None] = lambda position: None, *, helped: bool = False
    ) -> Verified:
        """Fold the journal again and compare; see `stores.verification`."""
        return verify(self.store, self.keys, self._partners, witness, progress, helped=helped)

    def prove(self, position: int) -> dict[str, Any]:
        return prove(self.store, self.keys, position)

    def prove_growth(self, earlier: str) -> dict[str, Any]:
        return prove_growth(self.store, self.keys, earlier)

    def checkpoint(self) -> str:
        """The latest signed checkpoint; raises NotSo where the journal is empty."""
        head = self.store.head()
        if not head.size:
            raise NotSo("the journal is empty: there is nothing to sign yet; receive something first")
        return head.checkpoint
