"""What sources declare about themselves: watermarks checked against what is in custody, and stock (the contract, section 3, 13).

A watermark's claim holds when 1..through_sequence are in custody and its `set_hash` is the SHA-256 over the concatenated SHA-256
digests of their RFC 8785 bytes, by sequence. What is in custody stays, so a claim is checked once, as soon as it can be. The digests
come from the sealed boxes and outlive an erasure. For what was erased by its sender before it came stands the digest that the sender
signed; where it comes after all, what spoke of it is checked again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from hervat.journal.entry import digest_in
from hervat.journal.gone import digests_gone
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Declared, Feed, Store

DECLARING = ("watermark", "stock-declared")
_STEP = 1000
_REMEMBERED = 100_000


class Claim(msgspec.Struct, frozen=True):
    """What of a watermark is checked; a stock declaration has neither."""

    set_hash: str | None = None
    through_sequence: int | None = None


read_claim = msgspec.json.Decoder(Claim).decode


class Claims:
    """The watermarks that cannot be checked yet, and a running hash per source."""

    def __init__(self, store: Store, journal: Store, keys: NodeKeys) -> None:
        self._store = store
        self._journal = journal
        self._keys = keys
        self._open: dict[int, Declared] = {one.position: one for one in store.unchecked()}
        self._declared: dict[int, Declared] = {}
        self._running: dict[int, tuple[int, hashlib._Hash]] = {}
        # By source and sequence: digests that a claim to come will ask for, so that no box has to be opened for them again.
        self._digests: dict[int, dict[int, bytes]] = {}
        # By source and sequence: the digests of what is gone, of which the store may not know yet.
        self._gone: dict[int, dict[int, bytes]] = {}

    def declare(self, position: int, source: int, content: str) -> None:
        """A declaration has come into custody, in a message or in a correction."""
        declared = Declared(position, source, read_claim(content).through_sequence, content)
        self._declared[position] = declared
        if declared.through is not None:
            self._open[position] = declared

    def gone(self, source: int, sequence: int, digest: bytes) -> None:
        """A number counts as gone from now on, with the digest that was signed."""
        self._gone.setdefault(source, {}).setdefault(sequence, digest)

    def came_after_all(self, source: int, sequence: int) -> None:
        """A message has come under a number that counts as gone."""
        self._running.pop(source, None)
        for claim in self._store.claims_on(source, sequence):
            known = self._declared.get(claim.position) or self._open.get(claim.position) or claim
            known.holds = None
            self._declared[known.position] = self._open[known.position] = known

    def settle(self, feeds: Mapping[int, Feed], fresh: Mapping[int, Mapping[int, bytes]]) -> list[Declared]:
        """Check every claim that can be checked now; `fresh` has the digests of messages that the store does not have yet."""
        self._remember(fresh)
        ready = [one for one in self._open.values() if (one.through or 0) <= feeds[one.source].through]
        for declared in sorted(ready, key=lambda one: one.through or 0):
            found = self._hash(declared.source, declared.through or 0)
            declared.holds = int(found == read_claim(declared.content).set_hash)
            self._declared[declared.position] = declared
            del self._open[declared.position]
        settled, self._declared = list(self._declared.values()), {}
        return settled

    def _remember(self, fresh: Mapping[int, Mapping[int, bytes]]) -> None:
        """Keep the digests that have just come: those the store does not have yet in any case, the others while there is room."""
        if sum(map(len, self._digests.values())) > _REMEMBERED:
            self._digests.clear()
        for source, digests in fresh.items():
            self._digests.setdefault(source, {}).update(digests)

    def _hash(self, source: int, through: int) -> str:
        """The set hash of 1..through, going on from the last one asked for where that is lower."""
        done, running = self._running.get(source, (0, hashlib.sha256()))
        if done > through:
            done, running = 0, hashlib.sha256()
        for first in range(done + 1, through + 1, _STEP):
            for digest in self._digests_of(source, range(first, min(first + _STEP, through + 1))):
                running.update(digest)
        self._running[source] = (through, running)
        return running.hexdigest()

    def _signed_as_gone(self, source: int, sequences: list[int]) -> dict[int, bytes]:
        fresh = self._gone.get(source, {})
        stored = digests_gone(self._store, self._journal, self._keys, source, [one for one in sequences if one not in fresh])
        return stored | {one: fresh[one] for one in sequences if one in fresh}

    def _digests_of(self, source: int, sequences: range) -> list[bytes]:
        """The digests at these places, remembered or out of their boxes."""
        known = self._digests.get(source, {})
        if not known.keys() >= set(sequences):
            positions = self._store.sequence_run(source, sequences[0], sequences[-1])
            boxes = self._journal.boxes(positions.values())
            opened = {sequence: digest_in(self._keys, position, boxes[position]) for sequence, position in positions.items()}
            known = opened | known
            left = [sequence for sequence in sequences if sequence not in known]
            known |= self._signed_as_gone(source, left) if left else {}
        found = [known[sequence] for sequence in sequences]
        for sequence in sequences:
            self._digests.get(source, {}).pop(sequence, None)
        return found
