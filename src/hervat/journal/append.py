"""Appending to the journal: gapless positions, a growing tree, a signed head.

- A position is given to a draft, and is real when the change that carries it has been written; until then nobody is told.
- Moments of receipt never run backwards along the journal, whatever the clock does: `known-at` looks them up by halving.
"""

from hervat.clock import Clock
from hervat.journal.checkpoint import Checkpoint, sign
from hervat.journal.entry import Draft, Entry, enter
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Head
from hervat.journal.tree import Frontier, Tile

MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
"""How moments are written in the journal: text sorts as time does."""


class Appending:
    """Seals drafts into entries after a head; `finish` gives the new head with what is to be written beside it."""

    def __init__(self, keys: NodeKeys, head: Head, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock
        self._frontier = Frontier.from_bytes(head.frontier) if head.frontier else Frontier()
        self._drafts: list[tuple[int, str, Draft]] = []
        self.size = head.size
        self.received_at = head.received_at
        self._scrubbed = head.scrubbed

    def begin(self) -> str:
        """Read the clock for the entries to come."""
        now = self._clock.now().strftime(MOMENT)
        self.received_at = max(self.received_at, now)
        return self.received_at

    def append(self, draft: Draft) -> int:
        """Give a draft its position."""
        self.size += 1
        self._drafts.append((self.size, self.received_at, draft))
        return self.size

    def finish(self) -> tuple[Head, list[Entry], list[Tile]]:
        """The head over everything appended, signed; the entries since the last call; the subtrees they completed."""
        entries = [enter(self._keys, *placed) for placed in self._drafts]
        self._drafts = []
        tiles = self._frontier.extend([entry.leaf for entry in entries])
        note = signed_head(self._keys, self._frontier)
        head = Head(self.size, self._frontier.to_bytes(), self.received_at, note, folded=self.size, scrubbed=self._scrubbed)
        return head, entries, tiles


def signed_head(keys: NodeKeys, frontier: Frontier) -> str:
    """The signed checkpoint over a tree; Ed25519 is deterministic, so the same tree gives the same bytes."""
    return sign(Checkpoint(keys.origin, frontier.size, frontier.root()), keys)
