"""Folding again what the journal holds: the whole of it into an empty store (rebuild, verify), or a person's part of it up to a
position into memory (`known-at`). The same code folds what comes in, so the outcome is F of those entries.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice

import msgspec

from hervat.intake.folding import CEILING, CONFLICT, CeilingAct, Folding
from hervat.intake.preparing import Prepared
from hervat.intake.residue import ERASED, ident_of_conflict, part, prepared_again, read_erased
from hervat.intake.terms import JUDGING_ACTS, read_judging, rosters_of
from hervat.journal.entry import ACT, HEAD, Entry, Opened, open_entry
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Change, Feed, Head, Row, Store
from hervat.partner import Partners

_BATCH = 1000
Opener = Callable[[NodeKeys, Entry], Opened]


class Refolding:
    """Folds entries of `journal` into `into`, an empty store; the numbers of the sources are given anew or taken over.

    `partners` are those at position 0; every change of the terms after what is folded already is among the entries.
    """

    def __init__(self, journal: Store, into: Store, keys: NodeKeys, partners: Partners, *, opener: Opener = open_entry) -> None:
        self._journal = journal
        self._into = into
        self._keys = keys
        self._partners = partners
        self._opener = opener
        self._head: Head | None = None
        self._folding = Folding(into, keys, rosters_of(journal, keys, partners, into.head().folded), journal=journal)

    @classmethod
    def of_part(cls, journal: Store, into: Store, keys: NodeKeys, partners: Partners) -> "Refolding":
        """For folding some of the entries: sources keep their numbers."""
        into.write(Change(Head(), feeds=[Feed(feed.number, feed.name) for feed in journal.feeds()]))
        return cls(journal, into, keys, partners)

    @classmethod
    def catch_up(cls, store: Store, keys: NodeKeys, partners: Partners, *, opener: Opener = open_entry) -> None:
        """Fold what a store has in its journal and not yet beside it, whole or not at all."""
        refolding = cls(store, store, keys, partners, opener=opener)
        refolding._head = head = store.head()
        try:
            refolding.fold(store.entries(head.folded + 1, head.size))
            store.settle()
        except BaseException:
            store.abandon()
            raise

    def fold(self, entries: Iterable[Entry]) -> None:
        """Fold entries, given in order of position."""
        stream = iter(entries)
        while batch := list(islice(stream, _BATCH)):
            self._fold_batch([self._opener(self._keys, entry) for entry in batch])

    def _fold_batch(self, batch: list[Opened]) -> None:
        prepared: list[tuple[Opened, Prepared | None, Row | None]] = []
        for opened in batch:
            if opened.meta.sort == ACT:
                if opened.meta.kind == CEILING:
                    # Sources are numbered in the order in which the journal first names them, in acts as in messages.
                    self._folding.number(_ceiling(opened).source)
                elif opened.meta.kind in JUDGING_ACTS:
                    # At once: the messages after it in this batch are judged by it.
                    self._folding.judging(read_judging(opened), opened.meta.position)
                prepared.append((opened, None, None))
                continue
            keyed = prepared_again(opened) if opened.residue else self._folding.preparer.key(opened.payload)
            prepared.append((opened, keyed, keyed.row(opened.meta.position, self._folding.number(keyed.source))))
        self._folding.preload([row for _, _, row in prepared if row is not None])
        for opened, one, row in prepared:
            if one is not None and row is not None:
                self._folding.message(row, one)
            else:
                self._act(opened)
        self._write(batch[-1].meta.position)

    def _act(self, opened: Opened) -> None:
        position = opened.meta.position
        if opened.meta.kind == CEILING:
            self._write(position - 1)
            self._folding.ceiling(_ceiling(opened), position)
        elif opened.meta.kind == CONFLICT:
            self._folding.act(CONFLICT, position, ident_of_conflict(opened, self._keys.index))
        elif opened.meta.kind == ERASED:
            self._folding.erase(read_erased(opened), position)
        elif opened.meta.kind not in JUDGING_ACTS:
            # What other rooms decided: it stands in the journal, and nothing of intake hangs on it.
            self._folding.decided(opened.meta.kind or "", position)

    def _write(self, position: int) -> None:
        head = Head(position, folded=position) if self._head is None else replace(self._head, folded=position)
        self._into.write(self._folding.change(head), settle=self._head is None)
        self._folding.working.trim()


def _ceiling(opened: Opened) -> CeilingAct:
    return msgspec.json.decode(part(opened, HEAD), type=CeilingAct)
