"""Rotating the node's keys: other keys take over, every box is sealed anew, and the old wrap key is destroyed.

The steps, each on disk before the next; whatever ends one, the same command goes on from there (ADR 13):

1. Both keys stand in the keys file. What comes in now is sealed under the new wrap key; which key a box needs stands in it.
2. `keys-rotated` is taken into the journal: from its position on the new signing key signs.
3. The keys file says so.
4. Boxes are sealed anew, batch by batch, until none is found that is not. Meta, parts, leaf and tree are not touched.
5. `sealed-anew` is taken into the journal.
6. The keys file is written without the old wrap key. Of the old signing key it keeps what receipts of its positions need.

The index key stays; see `INDEX_STAYS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hervat.clock import Clock, rfc3339
from hervat.errors import StoreFault
from hervat.intake.inbox import Inbox
from hervat.intake.rotated import KEYS_ROTATED, SEALED_ANEW, KeysRotated, SealedAnew
from hervat.intake.terms import Rosters
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Change, Store

AT_ONCE = 2000
INDEX_STAYS = (
    "the index key is as it was: of what was erased only hashes made with it are left, and nobody can make those again with another key; "
    "if it was stolen, whoever has it and a copy of the store can still see whether a number they guess occurs in it"
)


@dataclass(frozen=True, slots=True)
class Rotated:
    """What came of it: the position of the act, whether it had been begun before, how many boxes this call sealed anew."""

    position: int
    resumed: bool
    sealed: int
    keys: NodeKeys


class Rotation:
    """A rotation in a store whose writer's place is held; `file` is the keys file, `keys` what is in it, as it is in force."""

    def __init__(self, store: Store, file: Path, keys: NodeKeys, rosters: Rosters, clock: Clock) -> None:
        self._store = store
        self._file = file
        self._keys = keys
        self._rosters = rosters
        self._clock = clock

    @property
    def keys(self) -> NodeKeys:
        """The keys as this rotation left them on disk by now."""
        return self._keys

    def done(
        self,
        *,
        by: str,
        why: str,
        stolen: bool = False,
        batch: int = AT_ONCE,
        progress: Callable[[int], None] = lambda position: None,
    ) -> Rotated:
        """Rotate, or bring to its end what was begun.

        Raises KeysFault where the keys file cannot be written or a box does not open; what was done by then stays done.
        """
        resumed = self._keys.ring.is_being_rotated
        # Also what was begun: what the journal says already may not stand in the file yet, and the file may not be on disk.
        self._put(self._keys if resumed else self._keys.renewed(rfc3339(self._clock.now())))
        if self._keys.pending is not None:
            self._take_over(by, why, stolen)
        sealed = 0
        while more := self._seal_anew(batch, progress):
            sealed += more
        position = self._end()
        return Rotated(position, resumed, sealed, self._keys)

    def _put(self, keys: NodeKeys) -> None:
        keys.put(self._file, self._keys)
        self._keys = keys

    def _take_over(self, by: str, why: str, stolen: bool) -> None:
        succession = self._keys.succession_at(self._store.head().size + 1, stolen=stolen)
        keys = self._keys.taken_over(succession)
        act = KeysRotated(succession=succession, wrap=keys.wrap_names[-1], by=by, why=why)
        self._inbox(keys).rotated(act)
        self._put(keys)

    def _inbox(self, keys: NodeKeys) -> Inbox:
        return Inbox(self._store, keys, self._rosters, self._clock)

    def _seal_anew(self, batch: int, progress: Callable[[int], None]) -> int:
        """Go through all boxes and seal anew what is not of the new key; returns how many that were."""
        last, count, keys = self._store.head().size, 0, self._keys
        for first in range(1, last + 1, batch):
            positions = range(first, min(first + batch, last + 1))
            boxes = self._store.boxes(positions)
            if len(boxes) < len(positions):
                raise StoreFault(f"entry {min({*positions} - boxes.keys())} is missing; run hervat verify, and restore a backup")
            old = {position: box for position, box in boxes.items() if not keys.is_sealed_now(box)}
            if old:
                anew = {position: keys.seal(position, keys.open(position, box)) for position, box in sorted(old.items())}
                self._store.write(Change(self._store.head(), boxes=anew))
                count += len(anew)
            progress(positions[-1])
        return count

    def _end(self) -> int:
        """Say in the journal that it is done, unless that was said, and let go of the old wrap key."""
        position = max(self._store.acts(KEYS_ROTATED, self._store.head().size))
        if not any(one > position for one in self._store.acts(SEALED_ANEW, self._store.head().size)):
            self._inbox(self._keys).rotated(SealedAnew(rotated=position, wrap=self._keys.wrap_names[-1]))
        self._put(self._keys.sealed_anew())
        return position
