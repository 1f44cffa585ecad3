"""The nonces of requests that came, each remembered for as long as its request could be sent again.

- A nonce is written to a file, beside the store or on a server beside the keys, and synced before its request is answered: neither a
  restart nor a power cut makes an old request new again.
- What is past its time goes, from memory and, now and then, from the file; so both are as large as the window is long.
- One partner has room for `MOST` at once. Only who signs well is remembered, so nobody else can fill that room.
"""

import hashlib
import os
from pathlib import Path
from threading import Lock

from hervat.errors import StoreFault

MOST = 100_000
_SWEEP = 30.0
_SPARE = 10_000


class Nonces:
    """What was seen; raises StoreFault where the file cannot be written."""

    def __init__(self, path: Path, now: float) -> None:
        """`now` is in seconds since 1970, as every moment here."""
        self._path = path
        self._lock = Lock()
        self._seen: dict[str, dict[str, float]] = {}
        self._lines = 0
        self._swept = now
        self._read(now)
        self._file = self._rewritten()

    def close(self) -> None:
        os.close(self._file)

    def remember(self, oin: str, nonce: str, until: float, now: float) -> bool | None:
        """Whether the nonce is new; it is on disk then. None where the partner has no room for another."""
        name = hashlib.sha256(f"{oin}\0{nonce}".encode()).hexdigest()[:32]
        with self._lock:
            self._sweep(now)
            seen = self._seen.setdefault(oin, {})
            if seen.get(name, now) > now:
                return False
            if len(seen) >= MOST:
                return None
            self._write(self._file, f"{until:.0f} {oin} {name}\n")
            os.fdatasync(self._file)
            seen[name] = until
            self._lines += 1
        return True

    def _sweep(self, now: float) -> None:
        if now < self._swept + _SWEEP:
            return
        self._swept = now
        for oin, seen in self._seen.items():
            self._seen[oin] = {name: until for name, until in seen.items() if until > now}
        if self._lines > 2 * sum(map(len, self._seen.values())) + _SPARE:
            os.close(self._file)
            self._file = self._rewritten()

    def _read(self, now: float) -> None:
        """What an earlier run left; a line that was cut off belongs to a request that was not answered."""
        if not self._path.exists():
            return
        for line in self._path.read_text(encoding="ascii", errors="replace").splitlines():
            until, _, named = line.partition(" ")
            oin, _, name = named.partition(" ")
            if until.isdigit() and len(name) == 32 and float(until) > now:
                self._seen.setdefault(oin, {})[name] = float(until)

    def _rewritten(self) -> int:
        """The file with what is remembered and nothing else, put in its place whole and open for what comes."""
        draft = self._path.with_name(self._path.name + ".new")
        try:
            file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
            lines = [f"{until:.0f} {oin} {name}\n" for oin, seen in self._seen.items() for name, until in seen.items()]
            self._write(file, "".join(lines))
            os.fsync(file)
            draft.rename(self._path)
        except OSError as fault:
            raise StoreFault(f"{self._path}: {fault.strerror}; the door keeps there which requests it has seen") from fault
        self._lines = len(lines)
        return file

    def _write(self, file: int, text: str) -> None:
        left = text.encode("ascii")
        while left:
            left = left[os.write(file, left) :]
