"""The writer's place: an advisory lock beside the store that ends with the process that holds it."""

import fcntl
import os
from pathlib import Path

from hervat.errors import StoreBusy, StoreFault


def lock_of(store: Path) -> Path:
    """The file of the lock; raises StoreFault for a store whose path leads nowhere."""
    try:
        # One store may have several names.
        real = store.resolve()
    except (OSError, RuntimeError) as fault:
        # The latter is how Python tells of links that lead in a circle, before 3.13.
        raise StoreFault(f"{store} leads nowhere: {fault}; see to the links on its path, or give another --store") from fault
    return real.with_name(real.name + ".lock")


class WriterLock:
    """Held by one process at a time; raises StoreBusy naming the process that has it, StoreFault where no lock can be made."""

    def __init__(self, store: Path) -> None:
        path = lock_of(store)
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as fault:
            raise StoreFault(
                f"{store} cannot be written: {path}: {fault.strerror}; see that its directory is there and yours to write in"
            ) from fault
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            holder = os.read(self._handle, 64).decode("ascii", "replace").strip()
            os.close(self._handle)
            raise StoreBusy(str(path).removesuffix(".lock"), f"process {holder}") from taken
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    @property
    def about(self) -> os.stat_result:
        """What the system tells of the file that is locked, whatever has its name by now."""
        return os.fstat(self._handle)

    def release(self) -> None:
        """Give up the place; the file stays."""
        os.close(self._handle)
