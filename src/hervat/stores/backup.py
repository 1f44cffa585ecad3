"""Backups: the journal of a store in one SQLite file, whatever engine it comes from, with a manifest beside it.

- A backup is of one committed change, however many are made meanwhile. It is made beside its place and put there when it is whole,
  the manifest first: where the file is, the manifest is.
- Its journal is proven before it is put there: every leaf is that of its entry, and the tree over them ends in the signed checkpoint.
- A backup is read as it lies, of whatever schema up to ours, and never written to. What stands in it beside the journal is not relied on:
  whoever restores folds again.
- The node's keys are in no backup.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import msgspec

from hervat.clock import Clock, rfc3339
from hervat.errors import NotSo, StoreFault, Usage
from hervat.journal.checkpoint import parse
from hervat.journal.entry import Entry
from hervat.journal.placing import sync
from hervat.journal.store import Head
from hervat.journal.tree import Frontier, leaf_hash
from hervat.stores.opening import Place
from hervat.stores.sqlite import WriterLock, is_ours
from hervat.stores.sqlite.statements import migrations, statements

VERSION = 1
_AT_ONCE = 5000
_BLOCK = 1 << 20
Progress = Callable[[int], None]


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a backup says of itself: of which journal, how far, with which root (hex) and signed checkpoint; and what its file is."""

    hervat_backup: int
    origin: str
    size: int
    root: str
    checkpoint: str
    schema: int
    made_at: str
    bytes: int
    sha256: str


def manifest_of(backup: Path) -> Path:
    """Where the manifest of a backup lies. Raises Usage for what names no file, such as `.`."""
    if not backup.name:
        raise Usage(f"{backup} is a directory, and a backup is a file; give a name in it")
    return backup.with_name(f"{backup.name}.json")


def back_up(place: Place, to: Path, clock: Clock, progress: Progress = lambda position: None) -> Manifest:
    """Put a backup of a store at `to`. Raises Usage where something is there, NotSo where there is nothing to back up."""
    if not place.is_there():
        raise Usage(f"{place.shown}: there is no store to back up; give another --store")
    said = manifest_of(to)
    with _draft_of(to) as draft:
        place.copy(draft)
        manifest = _proven(draft, clock, progress)
        sync(draft)
        written = said.with_name(f"{said.name}.new")
        written.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
        sync(written)
        written.replace(said)
        draft.rename(to)
        sync(to.parent)
    return manifest


@contextmanager
def _draft_of(to: Path) -> Iterator[Path]:
    """The name under which a backup is made, by one process at a time; what an earlier attempt left there goes."""
    draft = to.with_name(f"{to.name}.new")
    drafts = [draft.with_name(f"{draft.name}{end}") for end in ("", "-wal", "-shm", "-journal", ".lock", ".new")]
    drafts.append(to.with_name(f"{to.name}.json.new"))
    lock = WriterLock(to)
    try:
        if to.exists():
            raise Usage(f"{to} is there already, and a backup is never written over anything; give another name")
        _remove(drafts)
        try:
            yield draft
        finally:
            _remove(drafts)
    except (OSError, sqlite3.Error) as fault:
        raise StoreFault(f"{to}: {fault}; nothing was put there, see that its disk has room for all of the store") from fault
    finally:
        to.with_name(f"{to.name}.lock").unlink(missing_ok=True)
        lock.release()


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _proven(draft: Path, clock: Clock, progress: Progress) -> Manifest:
    draft.chmod(0o600)
    with closing(Backup(draft)) as made:
        if not made.head.size:
            raise NotSo("the journal is empty: there is nothing to back up yet; receive something first")
        made.roots((), progress)
        told = parse(made.head.checkpoint)
        size, digest = _measured(draft)
        return Manifest(
            hervat_backup=VERSION,
            origin=told.origin,
            size=told.size,
            root=told.root.hex(),
            checkpoint=made.head.checkpoint,
            schema=made.schema,
            made_at=rfc3339(clock.now()),
            bytes=size,
            sha256=digest,
        )


def _measured(path: Path) -> tuple[int, str]:
    """The size of a file and its SHA-256."""
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


def read_manifest(backup: Path) -> Manifest:
    """The manifest of a backup, with which its file agrees byte for byte. Raises Usage where there is none, NotSo where it does not."""
    path = manifest_of(backup)
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
        size, digest = _measured(backup)
    except msgspec.MsgspecError as fault:
        raise NotSo(f"{path} is no manifest of a backup ({fault}); nothing was restored") from fault
    except OSError as fault:
        raise Usage(f"{fault.filename}: {fault.strerror}; a backup is a file and its manifest, {path.name}, beside it") from fault
    if manifest.hervat_backup != VERSION:
        raise NotSo(f"{path} has version {manifest.hervat_backup}, this hervat reads {VERSION}; use a newer hervat, nothing was restored")
    if size != manifest.bytes:
        raise NotSo(f"{backup} is {size:,} bytes, its manifest says {manifest.bytes:,}; get it again, nothing was restored")
    if digest != manifest.sha256:
        raise NotSo(f"{backup} is not the file that its manifest was made for (SHA-256); get it again, nothing was restored")
    return manifest


class Backup:
    """The journal in a backup's file. Raises NotSo where that is no store, or of a schema that is not known here."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sql = statements()
        with ExitStack() as undo, self._damage():
            # Nothing is ever written beside it: it may lie where nobody may write.
            self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
            undo.callback(self._db.close)
            if not is_ours(self._db):
                raise NotSo(f"{path} is no backup of hervat; nothing was restored")
            self.schema = int(self._db.execute("PRAGMA user_version").fetchone()[0])
            if self.schema > migrations()[-1][0]:
                raise NotSo(f"{path} has schema {self.schema}, this hervat knows up to {migrations()[-1][0]}; use a newer hervat")
            found = self._db.execute(self._sql["journal_head"]).fetchall()
            self.head = Head(*found[0]) if found else Head()
            undo.pop_all()

    @contextmanager
    def _damage(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as fault:
            raise NotSo(f"{self._path} is damaged ({fault}); nothing was restored, take another backup") from fault

    def entries(self) -> Iterator[Entry]:
        """The whole journal, in order."""
        with self._damage():
            for row in self._db.execute(self._sql["entries"], (1, self.head.size, -1)):
                yield Entry(*row)

    def roots(self, sizes: Iterable[int], progress: Progress = lambda position: None) -> dict[int, bytes]:
        """The roots of the tree at these sizes; proves on the way that the journal is the one that its checkpoint was signed for.

        Raises NotSo where it is not.
        """
        wanted, found, frontier = set(sizes), dict[int, bytes](), Frontier()
        for entry in self.entries():
            if entry.position != frontier.size + 1 or entry.leaf != leaf_hash(entry.meta):
                raise NotSo(f"{self._path} is damaged: entry {frontier.size + 1} is missing or is not the one that was signed for")
            frontier.append(entry.leaf)
            if frontier.size in wanted:
                found[frontier.size] = frontier.root()
            if not frontier.size % _AT_ONCE:
                progress(frontier.size)
        told = parse(self.head.checkpoint) if self.head.size else None
        if told is not None and (told.size, told.root) != (frontier.size, frontier.root()):
            raise NotSo(f"{self._path} is damaged: its journal is not the one that its checkpoint was signed for")
        return found

    def close(self) -> None:
        self._db.close()
