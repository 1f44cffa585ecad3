"""The one place where parts are plugged together. `PIPELINE` is the main path; `Node` is a store that may be asked (`reader`), and
what may be done to it.

Whoever wants to know how a message becomes a fact reads `PIPELINE` from top to bottom and opens each module once.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from hervat.clock import Clock, SystemClock, rfc3339
from hervat.errors import KeysFault, NotSo, StoreFault, TechnicalFault, Usage
from hervat.intake.ceilings import Ceiling
from hervat.intake.conveyor import prepared
from hervat.intake.erasing import Families
from hervat.intake.inbox import Inbox, ParcelOf, Taken, Telling
from hervat.intake.partnering import PartnerRemoved, PartnerSet, Wish, fulfilled
from hervat.intake.received import Received
from hervat.intake.refolding import Refolding
from hervat.intake.residue import Struck
from hervat.intake.rotated import in_force
from hervat.intake.rotating import Rotated, Rotation
from hervat.intake.terms import JudgingAct
from hervat.journal.entry import open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.proof import receipt_of
from hervat.message import SOURCE
from hervat.partner import Partners
from hervat.past import Past
from hervat.reader import Reader
from hervat.register.bound import Bound, around, hidden_by
from hervat.register.fold import fold
from hervat.register.reading import Reading
from hervat.restart.governing import ensure_by_hand, ensure_fits
from hervat.stores import scrubbing
from hervat.stores.opening import Engine, Place, place_of

PIPELINE = (
    ("doors.cli", "bytes and who sent them, nothing else"),
    ("intake.admission", "judge: envelope, role, schema, content; never raises"),
    ("intake.inbox", "recognise duplicates and conflicts; take custody"),
    ("journal.append", "position, segments sealed, leaf, signed head"),
    ("intake.folding", "row, links, counts, declarations"),
    ("intake.holding", "amendments, then quarantine, ceiling, gap and needs: applied, or held with its reason"),
    ("stores.sqlite", "entries, what they changed and the head in one transaction; or stores.postgres"),
    ("register.reading", "the messages around a person, in the versions that count"),
    ("register.fold", "facts: a pure function of that set"),
)


BATCH = 1000
SHARE, MOST = 8, 64_000
"""Settled together is an eighth of what is in custody already, and never more than `MOST` messages: the keys of messages lie all over
the store, and so a page is written about once for each message, however large the store is.
"""
_GROUP_BYTES = 64 * 1024 * 1024
_BATCH_BYTES = 16 * 1024 * 1024
"""A batch ends where it is as large as one over HTTP may be, for several lie ready at once."""
LOOK_AGAIN = 60.0
"""Seconds."""


class Node(Reader):
    """A store that may be asked, and what may be done to it. Opened for reading, or by the one writer."""

    def __init__(
        self,
        store: Engine,
        keys: NodeKeys,
        partners: Partners,
        clock: Clock,
        *,
        writer: bool,
        file: Path | None = None,
        own: Path | None = None,
    ) -> None:
        """`file` is the keys file, where there is one: without it keys cannot be rotated. `own`: the one that would be this store's alone,
        where nobody said which it is.
        """
        super().__init__(store, keys, partners, clock)
        self._file = file
        self._own = own
        self._writer = writer
        self._inbox: Inbox | None = None
        self._looked = clock.monotonic()

    @classmethod
    @contextmanager
    def opened(
        cls,
        url: str,
        *,
        writer: bool = False,
        as_it_is: bool = False,
        helped: bool = False,
        clock: Clock | None = None,
        keys: Path | None = None,
    ) -> Iterator["Node"]:
        """Open the store at a URL and close it again; a new one, with keys of its own beside it, is made when there is none.

        A node opened for reading answers from the last change at its opening, whoever writes meanwhile; `as_it_is` opens a store that
        is only to be verified. `helped` lets a second process help where everything must be folded again, as in `receive`. Raises Usage
        for a URL that names no store, StoreBusy where another process writes, StoreFault and KeysFault where the files are damaged or do
        not belong together.
        """
        place = place_of(url)
        store = place.open(writer=writer)
        with closing(store), ExitStack() as seen:
            clock, file = clock or SystemClock(), keys_path(store, keys)
            node_keys = node_keys_for(file, new=not store.last_position(), clock=clock)
            if not writer:
                node_keys = seen.enter_context(_seen(store, file, node_keys))
            partners = Partners.default()
            if not as_it_is:
                head = store.head()
                if head.folded < head.size and not writer:
                    raise StoreFault(f"{place.shown}: what stands beside the journal is to be folded again; any writing command does that")
                if head.folded < head.size:
                    Refolding.catch_up(store, node_keys, partners, helped=helped)
                if writer:
                    # It may be over by now: then nobody need ask for it.
                    scrubbing.scrub(store, anew=False)
            own = store.keys_own if _said(keys) is None else None
            yield cls(store, in_force(store, node_keys), partners, clock, writer=writer, file=file, own=own)

    def inbox(self) -> Inbox:
        """The door for writing; raises Usage on a node that was opened for reading."""
        if not self._writer:
            raise Usage("this node was opened for reading; open it as the writer to change it")
        if self._inbox is None:
            self._go_by_the_file()
            self._inbox = Inbox(self.store, self.keys, self.rosters(), self._clock)
        return self._inbox

    def _go_by_the_file(self) -> None:
        """Go by the keys that are in the file by now: a fault may have come after a rotation put them there, and another process may have
        rotated where the writer's place was lost. Raises KeysFault for what does not fit.
        """
        # Whatever ended a rotation: who signs is as the journal says.
        now = in_force(self.store, self.keys if self._file is None else NodeKeys.load_settled(self._file))
        self._ensure_fit(now)
        if now.ring != self.keys.ring:
            self._go_by(now)

    def _go_by(self, keys: NodeKeys) -> None:
        self._inbox, self.keys = None, keys
        self.past = Past(self.store, keys, self._partners)

    @contextmanager
    def _step(self) -> Iterator[Inbox]:
        """The inbox for one step, which is taken whole or not at all, with all that is not settled."""
        try:
            yield self.inbox()
        except BaseException:
            # What is in memory ran ahead of what is on disk: the next step begins from the disk again.
            self._inbox = None
            self.store.abandon()
            raise

    def receive(
        self,
        lines: Iterable[bytes],
        *,
        batch: int = BATCH,
        together: int = MOST,
        helped: bool = False,
        progress: Callable[[Received], None] = lambda received: None,
        receipts: Callable[[bytes], None] | None = None,
    ) -> dict[str, Any]:
        """Take raw messages, batch by batch, settled `together` or fewer at a time; returns the answer of `hervat receive`.

        `helped` lets a second process prepare messages; its caller's main module must be one that can be imported again.
        """
        received = Received(self.store)
        inbox, batches = self.inbox(), _batches(lines, batch)
        unsettled: list[Taken] = []
        size, enough = 0, self.position // SHARE
        try:
            for raw, ready in prepared(inbox.preparer, batches, alone=not helped):
                with self._step() as inbox:
                    taken = inbox.take(raw, ready, settle=False)
                received.count(taken, inbox.drain_refused())
                unsettled += taken
                size += sum(map(len, raw))
                if len(unsettled) >= min(enough, together) or size > _GROUP_BYTES:
                    self._settle(unsettled, receipts)
                    size, enough = 0, self.position // SHARE
                progress(received)
        finally:
            # Also where the stream broke off: what was taken of it is sound.
            self._settle(unsettled, receipts)
        return received.answer(inbox.lost)

    def take(self, parcels: Iterable[ParcelOf]) -> tuple[list[list[Taken]], set[int]]:
        """Take parcels of messages prepared elsewhere, and settle them together: all of it is on disk on return, none where it raises.
        Returns what became of each parcel, and the positions of all messages that were refused.
        """
        with self._step() as inbox:
            taken = [inbox.take_parcel(*parcel) for parcel in parcels]
            refused = set(inbox.drain_refused())
            # Nobody counts here: what `receive` tells at its end would only grow.
            inbox.lost.clear()
            self.store.settle()
        return taken, refused

    def _settle(self, unsettled: list[Taken], receipts: Callable[[bytes], None] | None) -> None:
        """Put on disk what was taken, and only then tell of it."""
        if self._inbox is None:
            return
        with self._step():
            self.store.settle()
        # None is told twice, also where the telling is broken off.
        settled, unsettled[:] = unsettled[:], []
        if receipts is not None:
            for start in range(0, len(settled), BATCH):
                for line in self._receipts(settled[start : start + BATCH]):
                    receipts(line)

    def _receipts(self, taken: list[Taken]) -> Iterator[bytes]:
        # What was in conflict did not come into custody; the receipt of what stands says nothing about it.
        taken = [one for one in taken if one.sort != "conflict"]
        entries = self.store.entries_at({one.position for one in taken})
        for one in taken:
            entry = entries[one.position]
            yield receipt_of(self.keys, open_entry(self.keys, entry), entry.leaf)

    def ceiling(self, source: str, ceiling: Ceiling, *, by: str, why: str) -> dict[str, Any]:
        """Set a ceiling; returns the act's position and what it let through. Raises NotSo where a restart or an isolation says how far the
        source is open, and Usage for a source of no partner of whom anything is known here.
        """
        named = SOURCE.fullmatch(source)
        if named is None or not (self.roster().now.get(named["oin"]) or source in {feed.name for feed in self.store.feeds()}):
            raise Usage(f"{source!r} is no source of a known partner; give it as urn:nld:oin:<20 characters>:systeem:<name>")
        ensure_by_hand(self.store, self.keys, source, ceiling)
        return self.admit(lambda inbox: inbox.ceiling(source, ceiling, by=by, why=why))

    def admit(self, act: Callable[[Inbox], int]) -> dict[str, Any]:
        """Do an act that may let messages through; returns its position and what it let through."""
        received = Received(self.store)
        with self._step() as inbox:
            position = act(inbox)
        answer = received.answer(inbox.lost)
        return {"position": position, "applied": answer["applied"], "reheld": answer["reheld"]}

    def set_partner(self, oin: str, wish: Wish, *, by: str, why: str) -> dict[str, Any]:
        """Change what is known of an organisation; returns the act's position. Raises Usage for a wish that cannot be fulfilled."""
        ensure_fits(oin, self.keys.origin)
        partner = fulfilled(self.roster().now.get(oin), oin, wish, at=self._clock.now(), why=why)
        return self.change_terms(PartnerSet(**msgspec.structs.asdict(partner), by=by, why=why))

    def remove_partner(self, oin: str, *, by: str, why: str) -> dict[str, Any]:
        """Know an organisation no more; returns the act's position. Raises Usage for one that is not known."""
        if self.roster().now.get(oin) is None:
            raise Usage(f"no organisation with the OIN {oin} is known; hervat partner list shows those that are")
        return self.change_terms(PartnerRemoved(oin=oin, by=by, why=why))

    def change_terms(self, act: JudgingAct) -> dict[str, Any]:
        """Let an act that was found sound hold; returns its position."""
        with self._step() as inbox:
            return {"position": inbox.judging(act)}

    def erase_message(self, position: int, part: str | None, *, by: str, ground: str) -> dict[str, Any]:
        """Erase a message, or a part of it, in all its versions; returns the answer of `hervat erase`.

        Raises NotSo where it cannot be erased or nothing is left to erase, Usage for a part that cannot go by itself.
        """
        families = Families(self.store, self.keys)
        family = families.of(position)
        reading = Reading(self.store, self.store, self.keys)
        obstacle = families.obstacle(family, position) or (hidden_by(reading, family) if part is None else None)
        if obstacle is not None:
            raise NotSo(f"{obstacle}; nothing was erased")
        struck = families.whole(family) if part is None else families.part(family, part)
        return self.strike(struck, families.let_be(family), by=by, ground=ground)

    def erase_person(self, skn: str, *, by: str, ground: str) -> dict[str, Any]:
        """Erase all that is bound to a person; what is `left`, and why, is told. Raises NotSo for a person nobody knows."""
        reading = Reading(self.store, self.store, self.keys)
        rows = around(reading, self.store, skn)
        messages = list(reading.messages(rows))
        person = fold(messages).of(skn)
        if person is None:
            raise NotSo(f"no person {skn} is known; what is held or was refused about nobody is erased by its position")
        bound = Bound(reading, rows, messages, person.skns)
        struck, left = Families(self.store, self.keys).chosen(bound.positions, bound.mentioned, bound.read)
        return self.strike(struck, left, by=by, ground=ground)

    def strike(self, struck: Sequence[Struck], left: list[Any], *, by: str, ground: str) -> dict[str, Any]:
        """Erase what was found to go, in one step, also from the files; raises NotSo where that is nothing. What is `left` is told."""
        if not struck:
            why = "".join(f"; position {one['position']} is left: {one['reason']}" for one in left)
            raise NotSo(f"nothing is left to erase there{why}")
        position = self.strike_out(struck, by=by, ground=ground)
        return {"position": position, "erased": msgspec.to_builtins(struck), "left": left} | self.scrub_after(position)

    def strike_out(self, struck: Sequence[Struck], *, by: str, ground: str, told: Telling | None = None) -> int:
        """Erase what was found to go, in one step, and leave the files to whoever is done with all steps (`scrub_after`); returns the
        position of the act. `told`: of `Inbox.erase`.
        """
        with self._step() as inbox:
            return inbox.erase(struck, by=by, ground=ground, told=told)

    def decide(self, kind: str, act: msgspec.Struct) -> int:
        """Put in the journal what another room decided; returns the act's position."""
        with self._step() as inbox:
            return inbox.decide(kind, act)

    def rotate(self, *, by: str, why: str, stolen: bool = False) -> Rotated:
        """Let other keys take over, or bring to its end what was begun; this node goes on with them, whatever ends it in the middle.

        Raises NotSo where nothing is sealed yet or the keys file may be another store's too, KeysFault where it cannot be written or a box
        does not open.
        """
        if not self.position:
            raise NotSo("the journal is empty: nothing is sealed with these keys yet")
        if self._file is None:
            raise KeysFault("the keys of this node lie in no file, so no others can take over")
        if self._own not in (None, self._file):
            raise NotSo(
                f"the keys were found in {self._file}, which another store may use as well: the one that this was copied or moved from; "
                f"copy it to {self._own} first, and where a node serves this store begin it anew: then it is this store's alone"
            )
        # Begun anew it sees whether the keys fit that are in the file by now.
        self._inbox = None
        self.inbox()
        rotation = Rotation(self.store, self._file, self.keys, self.rosters(), self._clock)
        try:
            return rotation.done(by=by, why=why, stolen=stolen)
        except BaseException:
            self.store.abandon()
            raise
        finally:
            self._go_by(rotation.keys)
            # A fault may have come after the file was there. Where that cannot be seen now, the next step looks before it does anything.
            with suppress(TechnicalFault):
                self._go_by_the_file()

    def scrub(self, *, anew: bool = True) -> dict[str, Any]:
        """Take out of the files what was erased or sealed anew and may still lie in them, or without `anew` only see whether what hindered
        that is over; tells whether that is done, since when it is not, and what hinders it.
        """
        before = self.store.head()
        found = scrubbing.scrub(self.store, anew=anew)
        if self.store.head() != before:
            # What it knows of the head is from before.
            self._inbox = None
        return scrubbing.told(found, self._clock.now())

    def scrub_after(self, position: int) -> dict[str, Any]:
        """Scrub after the act at a position: a fault in it takes nothing of that back, and who asked is told of both."""
        try:
            return self.scrub()
        except TechnicalFault as fault:
            return scrubbing.told_of_fault(fault, position, self._clock.now())

    def look_again(self) -> None:
        """See now and then whether what hindered scrubbing is over: for whoever has the writer's place for long."""
        if self._clock.monotonic() - self._looked >= LOOK_AGAIN:
            self._looked = self._clock.monotonic()
            self.scrub(anew=False)

    def not_scrubbed(self) -> scrubbing.Pending | None:
        """The acts of which something may still lie in the files, since when, and what hinders that it goes."""
        return scrubbing.pending(self.store)


def _batches(lines: Iterable[bytes], most: int) -> Iterator[list[bytes]]:
    """Messages in batches of so many, fewer where they are large."""
    batch, size = list[bytes](), 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if len(batch) == most or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def keys_path(store: Engine | Place, keys: Path | None = None) -> Path:
    """Where the keys of a node are: at the path given, at HERVAT_KEYS, or beside the store."""
    return _said(keys) or store.keys_beside


def _said(keys: Path | None) -> Path | None:
    """Where the keys are, if anybody said so."""
    told = os.environ.get("HERVAT_KEYS")
    return keys or (Path(told) if told else None)


@contextmanager
def _seen(store: Engine, file: Path, keys: NodeKeys) -> Iterator[NodeKeys]:
    """A store as it is, and the keys that open what is in it: none that a rotation let go of, or made, between looking at the two."""
    while True:
        with store.snapshot():
            # Only at its first question is it fixed what is seen.
            store.head()
            now = NodeKeys.load(file)
            if now.ring == keys.ring:
                yield keys
                return
        keys = now


def node_keys_for(path: Path, *, new: bool, clock: Clock) -> NodeKeys:
    """The keys of a node, from its keys file.

    They are made for a store in which nothing is yet, and for no other: with new keys nothing of an old one can be read.
    """
    return NodeKeys.load_or_create(path, rfc3339(clock.now())) if new else NodeKeys.load(path)
