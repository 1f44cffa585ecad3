"""Restoring: a backup's journal into a store that is not there or has nothing in it, and everything beside the journal folded again.

- Every entry is opened with the node's keys and proven against its leaf on the way: a backup that was damaged, or is another node's, ends
  the restoring.
- A store is restored whole or not at all, whatever ends it: in one transaction, and a file is put in its place at the end.
- A checkpoint kept elsewhere tells whether the backup begins with what it saw, or what is missing: the entries after the backup's last.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from glob import escape
from pathlib import Path
from typing import Any

from hervat.errors import KeysFault, NotSo, StoreFault, Usage
from hervat.intake.refolding import Refolding
from hervat.intake.rotated import ensure_not_from_later
from hervat.journal.checkpoint import verify_own
from hervat.journal.entry import check
from hervat.journal.keys import NodeKeys
from hervat.journal.placing import sync
from hervat.partner import Partners
from hervat.stores.backup import Backup, Manifest, manifest_of, read_manifest
from hervat.stores.opening import Engine, FilePlace, Place
from hervat.stores.putting import put_journal
from hervat.stores.sqlite import WriterLock
from hervat.stores.verification import read_witness

EQUAL, BEGINS_WITH, MISSING = "equal", "begins with it", "missing"


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What a checkpoint says of a restored journal: it is what was seen (`equal`), it begins with that, or entries are `missing`."""

    size: int
    outcome: str
    missing: tuple[int, int] | None = None

    def as_dict(self) -> dict[str, Any]:
        missing = None if self.missing is None else {"first": self.missing[0], "last": self.missing[1]}
        return {"size": self.size, "outcome": self.outcome, "missing": missing}


@dataclass(frozen=True, slots=True)
class Restoring:
    """A restoring that may be done: the backup and its manifest are one, the keys are those of its node, the place is free."""

    place: Place
    backup: Path
    manifest: Manifest
    keys: NodeKeys
    witnesses: Sequence[tuple[int, bytes]]

    @classmethod
    def prepared(cls, place: Place, backup: Path, keys: Path, witnesses: Sequence[str]) -> "Restoring":
        """Raises Usage for a place that is taken or a witness that is none, KeysFault for other keys, NotSo for an unsound backup."""
        _ensure_free(place)
        manifest = read_manifest(backup)
        node_keys = _keys_of(manifest, keys)
        signed = verify_own(manifest.checkpoint, node_keys)
        if (signed.size, signed.root.hex()) != (manifest.size, manifest.root):
            # What a witness saw is compared with this size: who changed it could make a rewritten journal look like a shorter one.
            raise NotSo(f"{manifest_of(backup)} says another size or root than the checkpoint in it; get both again, nothing was restored")
        return cls(place, backup, manifest, node_keys, [read_witness(text, node_keys) for text in witnesses])

    def done(self, progress: Callable[[str, int], None], *, helped: bool = False) -> list[Witnessed]:
        """Restore, and tell what the witnesses say; raises NotSo, and nothing is restored, where one of them saw something else."""
        with closing(Backup(self.backup)) as journal:
            if journal.head.checkpoint != self.manifest.checkpoint:
                raise NotSo(f"{self.backup} and its manifest are of different checkpoints; get both again, nothing was restored")
            sizes = {size for size, _ in self.witnesses}
            roots = journal.roots(sizes, lambda position: progress("proving", position))
            witnessed = [self._judged(size, root, roots) for size, root in self.witnesses]
            with _ground(self.place) as store:
                _ensure_empty(self.place, store)
                try:
                    put_journal(journal.head, journal.entries(), store, lambda position: progress("restoring", position))
                    Refolding.catch_up(store, self.keys, Partners.default(), opener=check, helped=helped)
                except BaseException:
                    store.abandon()
                    raise
        return witnessed

    def _judged(self, size: int, root: bytes, roots: dict[int, bytes]) -> Witnessed:
        here = self.manifest.size
        if size > here:
            return Witnessed(size, MISSING, (here + 1, size))
        if size and roots[size] != root:
            raise NotSo(f"the first {size} entries are not those that the witness saw: the journal was rewritten; nothing was restored")
        return Witnessed(size, EQUAL if size == here else BEGINS_WITH)


def _keys_of(manifest: Manifest, path: Path) -> NodeKeys:
    try:
        keys = NodeKeys.load(path)
    except KeysFault as fault:
        raise KeysFault(f"{fault}; a backup has no keys in it, those of {manifest.origin} are needed to restore this one") from fault
    if keys.origin != manifest.origin:
        raise KeysFault(f"the backup is of {manifest.origin}, the keys file {path} is that of {keys.origin}; put the right one there")
    ensure_not_from_later(keys, manifest.size)
    return keys


def _ensure_free(place: Place) -> None:
    if place.is_there():
        with closing(place.open(writer=False)) as store:
            _ensure_empty(place, store)
    elif place.file is not None and (log := place.file.with_name(f"{place.file.name}-wal")).exists():
        # It would be read as the log of what is put beside it.
        raise Usage(f"{log} is left of another store; move it away, or give another --store")


def _ensure_empty(place: Place, store: Engine) -> None:
    last = store.last_position()
    if last:
        raise Usage(f"{place.shown} holds {last} entries, and nothing is ever restored over a store; give another --store")


@contextmanager
def _ground(place: Place) -> Iterator[Engine]:
    """The store to restore into. A file that is not there yet is made under another name and put in its place at the end."""
    if not isinstance(place, FilePlace) or place.is_there():
        with closing(place.open(writer=True)) as store:
            yield store
        return
    draft = replace(place, file=place.file.with_name(f"{place.file.name}.restoring"))
    place.file.parent.mkdir(parents=True, exist_ok=True)
    try:
        _clear(draft)
        with closing(draft.open(writer=True)) as store:
            yield store
        _put(draft.file, place.file)
    finally:
        _clear(draft)


def _clear(draft: FilePlace) -> None:
    """Take away what another restoring left behind, if none is under way."""
    lock = WriterLock(draft.file)
    try:
        # Its logs, its lock, and what it was itself made from: whatever begins with its name is nobody's.
        for path in draft.file.parent.glob(f"{escape(draft.file.name)}*"):
            path.unlink()
    finally:
        lock.release()


def _put(draft: Path, file: Path) -> None:
    if draft.with_name(f"{draft.name}-wal").exists():
        raise StoreFault(f"{file}: its disk has no room to restore all of the backup; nothing was restored, make room and try again")
    lock = WriterLock(file)
    try:
        if file.exists():
            raise Usage(f"{file} was made by somebody else meanwhile; nothing was restored")
        draft.rename(file)
        sync(file.parent)
    finally:
        lock.release()
