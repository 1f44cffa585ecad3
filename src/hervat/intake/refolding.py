"""Folding again what the journal holds: the whole of it into an empty store (rebuild, verify), or a person's part of it up to a
position into memory (`known-at`). The same code folds what comes in, so the outcome is F of those entries.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice

import msgspec

from hervat.errors import TechnicalFault
from hervat.intake.conveyor import HelperEnded, Work, conveyed
from hervat.intake.folding import CEILING, CONFLICT, CeilingAct, Folding
from hervat.intake.preparing import Prepared, Preparer
from hervat.intake.quarantine import QUARANTINE_ACTS, read_quarantine_act
from hervat.intake.residue import ERASED, ident_of_conflict, part, prepared_again, read_erased
from hervat.intake.switching import SWITCH_ACTS, read_switch_act
from hervat.intake.terms import JUDGING_ACTS, read_judging, rosters_of
from hervat.journal.acts import act_in, name_of_act
from hervat.journal.entry import ACT, HEAD, Entry, Opened, open_entry
from hervat.journal.gone import NUMBERS_GONE, NumbersGone, read_gone
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Change, Feed, Head, Row, Store
from hervat.partner import Partners

_BATCH = 1000
_MOST_KNOWN = 10_000
"""Entries that are kept open at most, for folding parts of a journal again."""
Opener = Callable[[NodeKeys, Entry], Opened]
"""`open_entry` or `check`: one that another process can be told of."""


class Sheaf:
    """Entries to be folded, and the preparer of the moment at which they were read."""

    __slots__ = ("entries", "preparer")

    def __init__(self, preparer: Preparer, entries: list[Entry]) -> None:
        self.preparer = preparer
        self.entries = entries

    def __len__(self) -> int:
        return len(self.entries)

    def __reduce__(self) -> "tuple[Callable[[Preparer, list[_Plain]], Sheaf], tuple[Preparer, list[_Plain]]]":
        # Thousands of objects would take several times as long on their way as what is in them.
        return _sheaf, (self.preparer, [(entry.position, entry.meta, entry.parts, entry.box, entry.leaf) for entry in self.entries])


_Plain = tuple[int, bytes, bytes, bytes, bytes]


def _sheaf(preparer: Preparer, plain: "list[_Plain]") -> Sheaf:
    return Sheaf(preparer, [Entry(*each) for each in plain])


class Keying(Work[Sheaf, list[Prepared | None]]):
    """The work of folding again that asks no store: entries are opened, and messages judged and keyed; an act is left to the folding."""

    def __init__(self, keys: NodeKeys, opener: Opener) -> None:
        self._keys = keys
        self.opener = opener

    def done(self, batch: Sheaf) -> list[Prepared | None]:
        return [self._one(entry, batch.preparer) for entry in batch.entries]

    def _one(self, entry: Entry, preparer: Preparer) -> Prepared | None:
        opened = self.opener(self._keys, entry)
        return None if opened.meta.sort == ACT else key_again(opened, preparer)

    def unpacked(self, packed: bytes) -> list[Prepared | None]:
        return _unpack(packed)


_unpack = msgspec.msgpack.Decoder(list[Prepared | None]).decode


class KeyingAgain(Keying):
    """The same for parts of one journal that are folded again and again: what was found of an entry is found again, as long as the entry is
    what it was and is judged on the same terms.
    """

    def __init__(self, keys: NodeKeys) -> None:
        super().__init__(keys, self.open)
        self._opened: dict[int, tuple[Entry, Opened]] = {}
        self._prepared: dict[int, tuple[Entry, Prepared | None]] = {}
        self._preparer: Preparer | None = None

    def open(self, keys: NodeKeys, entry: Entry) -> Opened:
        """The entry, opened; it is opened once."""
        known = self._opened.get(entry.position)
        if known is None or known[0] != entry:
            if len(self._opened) >= _MOST_KNOWN:
                self._opened.clear()
            known = self._opened[entry.position] = entry, open_entry(keys, entry)
        return known[1]

    def done(self, batch: Sheaf) -> list[Prepared | None]:
        if self._preparer is None or not self._preparer.judges_as(batch.preparer) or len(self._prepared) >= _MOST_KNOWN:
            self._prepared.clear()
            self._preparer = batch.preparer
        return super().done(batch)

    def _one(self, entry: Entry, preparer: Preparer) -> Prepared | None:
        known = self._prepared.get(entry.position)
        if known is None or known[0] != entry:
            known = self._prepared[entry.position] = entry, super()._one(entry, preparer)
        return known[1]


def key_again(opened: Opened, preparer: Preparer) -> Prepared:
    """A message that lies in the journal as it is judged and keyed there, or was before parts of it were erased."""
    return prepared_again(opened) if opened.residue else preparer.key(opened.payload)


class Watch:
    """Is told how folding goes on, and may raise what ends it."""

    def comes(self, entries: Sequence[Entry]) -> None:
        """These are next, and not folded yet."""

    def opened(self, position: int) -> None:
        """Everything up to here could be opened."""


class Refolding:
    """Folds entries of `journal` into `into`, an empty store; the numbers of the sources are given anew or taken over.

    `partners` are those at position 0; every change of the terms after what is folded already is among the entries. `helped` lets a
    second process open and key them; its caller's main module must be one that can be imported again.
    """

    def __init__(
        self,
        journal: Store,
        into: Store,
        keys: NodeKeys,
        partners: Partners,
        *,
        opener: Opener = open_entry,
        keying: Keying | None = None,
        helped: bool = False,
        watch: Watch | None = None,
    ) -> None:
        self._into = into
        self._keys = keys
        self._keying = keying or Keying(keys, opener)
        self._opener = self._keying.opener
        self._helped = helped
        self._watch = watch or Watch()
        self._head: Head | None = None
        self._folding = Folding(into, keys, rosters_of(journal, keys, partners, into.head().folded), journal=journal)

    @classmethod
    def of_part(cls, journal: Store, into: Store, keys: NodeKeys, partners: Partners, keying: Keying) -> "Refolding":
        """For folding some of the entries: sources keep their numbers."""
        into.write(Change(Head(), feeds=[Feed(feed.number, feed.name) for feed in journal.feeds()]))
        return cls(journal, into, keys, partners, keying=keying)

    @classmethod
    def catch_up(
        cls, store: Store, keys: NodeKeys, partners: Partners, *, opener: Opener = open_entry, helped: bool = False
    ) -> None:
        """Fold what a store has in its journal and not yet beside it, whole or not at all."""
        refolding = cls(store, store, keys, partners, opener=opener, helped=helped)
        refolding._head = head = store.head()
        try:
            refolding.fold(store.entries(head.folded + 1, head.size))
            store.settle()
        except BaseException:
            store.abandon()
            raise

    def fold(self, entries: Iterable[Entry]) -> None:
        """Fold entries, given in order of position; nothing is settled. Raises HelperEnded where a second process helps and has ended."""
        alone = not self._helped
        with closing(conveyed(self._keying, self._sheaves(iter(entries)), len, alone=alone)) as coming:
            for sheaf, keyed in coming:
                self._watch.comes(sheaf.entries)
                self._fold_sheaf(sheaf, self._keyed(sheaf, keyed))

    def _sheaves(self, stream: Iterator[Entry]) -> Iterator[Sheaf]:
        while entries := list(islice(stream, _BATCH)):
            yield Sheaf(self._folding.preparer, entries)

    def _keyed(self, sheaf: Sheaf, keyed: Callable[[], list[Prepared | None]]) -> list[Prepared | None]:
        """What was keyed of a sheaf; where something is wrong in it, nothing, after a look at each entry for the first that is wrong."""
        try:
            done = keyed()
        except HelperEnded:
            raise
        except TechnicalFault:
            for entry in sheaf.entries:
                self._opener(self._keys, entry)
                self._watch.opened(entry.position)
            return [None] * len(sheaf.entries)
        self._watch.opened(sheaf.entries[-1].position)
        return done

    def _fold_sheaf(self, sheaf: Sheaf, keyed: list[Prepared | None]) -> None:
        folded: list[tuple[Prepared, Row] | Opened] = []
        preparer, fits = sheaf.preparer, True
        for entry, one in zip(sheaf.entries, keyed, strict=True):
            if self._folding.preparer is not preparer:
                preparer, fits = self._folding.preparer, sheaf.preparer.judges_as(self._folding.preparer)
            # What was keyed on other terms than are in force by now is keyed again.
            found = one if one is not None and fits else self._opened(entry)
            if isinstance(found, Opened):
                self._steer(found)
                folded.append(found)
            else:
                folded.append((found, found.row(entry.position, self._folding.number(found.source))))
        self._folding.preload([each[1] for each in folded if not isinstance(each, Opened)])
        for each in folded:
            if isinstance(each, Opened):
                self._act(each)
            else:
                self._folding.message(each[1], each[0])
        self._write(sheaf.entries[-1].position)

    def _opened(self, entry: Entry) -> Prepared | Opened:
        """A message, keyed here; an act, opened."""
        opened = self._opener(self._keys, entry)
        return opened if opened.meta.sort == ACT else key_again(opened, self._folding.preparer)

    def _steer(self, opened: Opened) -> None:
        """What of an act what comes after it in its sheaf must know."""
        if opened.meta.kind == CEILING:
            # Sources are numbered in the order in which the journal first names them, in acts as in messages.
            self._folding.number(_ceiling(opened).source)
        elif opened.meta.kind == NUMBERS_GONE:
            self._folding.number(_gone(opened).manifest.source)
        elif opened.meta.kind in JUDGING_ACTS:
            self._folding.judging(read_judging(opened), opened.meta.position)

    def _act(self, opened: Opened) -> None:
        position = opened.meta.position
        if opened.meta.kind == CEILING:
            self._write(position - 1)
            self._folding.ceiling(_ceiling(opened), position)
        elif opened.meta.kind in QUARANTINE_ACTS:
            self._write(position - 1)
            self._folding.quarantine(read_quarantine_act(opened), position)
        elif opened.meta.kind in SWITCH_ACTS:
            self._write(position - 1)
            self._folding.switch(read_switch_act(opened), position)
        elif opened.meta.kind == NUMBERS_GONE:
            self._folding.gone(_gone(opened), position)
        elif opened.meta.kind == CONFLICT:
            self._folding.act(CONFLICT, position, ident_of_conflict(opened, self._keys.index))
        elif opened.meta.kind == ERASED:
            self._folding.erase(read_erased(opened), position)
        elif opened.meta.kind not in JUDGING_ACTS:
            # What other rooms decided: it stands in the journal, and nothing of intake hangs on it.
            self._folding.decided(opened.meta.kind or "", position, name_of_act(opened))

    def _write(self, position: int) -> None:
        head = Head(position, folded=position) if self._head is None else replace(self._head, folded=position)
        self._into.write(self._folding.change(head), settle=False)
        self._folding.working.trim()


def _gone(opened: Opened) -> NumbersGone:
    return act_in(opened, read_gone, "act about numbers that are gone")


def _ceiling(opened: Opened) -> CeilingAct:
    return msgspec.json.decode(part(opened, HEAD), type=CeilingAct)
