"""Putting a file in its place: whole and on disk, or not at all."""

import contextlib
import os
import secrets
from pathlib import Path


def sync(path: Path) -> None:
    """Put on disk what a file holds, or which names a directory has. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def place(path: Path, content: bytes) -> bool:
    """Make a file that its owner alone can read; False where something stands there already. Raises OSError."""
    draft = _draft(path)
    try:
        try:
            write_new(draft, content)
            # Unlike a rename a link never replaces what it finds.
            os.link(draft, path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                draft.unlink()
        sync(path.parent)
    except FileExistsError:
        return False
    return True


def replace(path: Path, content: bytes) -> None:
    """Put a file that its owner alone can read over the one that is there; whatever ends it, one of the two is there. Raises OSError."""
    # Through links: what they lead to is what is replaced.
    real = path.resolve()
    draft = _draft(real)
    try:
        write_new(draft, content)
        draft.rename(real)
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
    sync(real.parent)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet and that its owner alone can read, on media that know no links too. Raises OSError.

    Killed in the middle it leaves a part of it.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        sync(path.parent)
    except BaseException:
        path.unlink()
        raise


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}")
