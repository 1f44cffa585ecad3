"""The writer's place: an advisory lock beside the store that ends with the process that holds it."""

import fcntl
import os
from pathlib import Path

from hervat.errors import StoreBusy


class WriterLock:
    """Held by one process at a time; raises StoreBusy naming the process that has it."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            holder = os.read(self._handle, 64).decode("ascii", "replace").strip() or "unknown"
            os.close(self._handle)
            raise StoreBusy(
                f"another process (pid {holder}) is writing to this store ({path} is locked); wait until it is done, or stop it"
            ) from taken
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Give up the place; the file stays."""
        os.close(self._handle)
