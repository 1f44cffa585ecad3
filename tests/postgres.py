"""A real PostgreSQL server for tests: one for each process that asks for one, begun at the first question and gone with the process.

Its programs are looked for where Debian, Homebrew and `pg_config` have them. The server does not run as root, listens on a socket in its
own directory and on the loopback interface, and syncs nothing: what tests end is processes, and never the machine.
"""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

OWNER = "hervat"
PATIENCE = 60
_OLDEST = 15
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "40",
    "autovacuum": "off",
    "lc_messages": "C",
    "restart_after_crash": "on",
}
# The server ends when its shell's input does, and that is a pipe from this process: whatever ends this one ends the server.
_UNTIL_INPUT_ENDS = '"$@" & server=$!; cat >/dev/null; kill -QUIT $server 2>/dev/null; wait $server'


def programs() -> Path:
    """The directory of the server's programs, the newest; fails where there are none."""
    told = shutil.which("pg_config")
    named = [subprocess.run([told, "--bindir"], capture_output=True, text=True, check=True).stdout.strip()] if told else []
    placed = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql@*/bin")]
    on_the_path = shutil.which("postgres")
    found = [*map(Path, named), *placed, *([Path(on_the_path).resolve().parent] if on_the_path else [])]
    whole = [path for path in found if (path / "postgres").is_file() and (path / "initdb").is_file()]
    fit = [path for path in whole if _version(path) >= _OLDEST]
    assert fit, "no PostgreSQL server, 15 or newer, is on this machine (Debian: postgresql); make test POSTGRES=0 leaves its tests out"
    return max(fit, key=_version)


@cache
def _version(path: Path) -> int:
    told = subprocess.run([path / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(told.split()[2].split(".")[0])


def _as_somebody() -> dict[str, Any]:
    """As whom to run: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    import pwd

    somebody = next(pwd.getpwnam(name) for name in ("postgres", "nobody") if name in {each.pw_name for each in pwd.getpwall()})
    return {"user": somebody.pw_uid, "group": somebody.pw_gid, "extra_groups": []}


class Server:
    """A server in a directory of its own."""

    def __init__(self, *, segment: int = 16, **settings: str) -> None:
        """`segment`: the size of the files of its log, in MiB."""
        self._programs, self._somebody = programs(), _as_somebody()
        # Not in pytest's directory: that is root's alone, and a socket's name may not be long.
        self.folder = Path(tempfile.mkdtemp(prefix="hervat-pg-"))
        if self._somebody:
            os.chown(self.folder, self._somebody["user"], self._somebody["group"])
        self.port = _free_port()
        self._settings = _SETTINGS | settings
        self._numbers = count(1)
        self._shell: subprocess.Popen[bytes] | None = None
        owned = ("--username", OWNER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C")
        self._run("initdb", "--pgdata", self.folder / "data", *owned, "--no-sync", "--data-checksums", f"--wal-segsize={segment}")
        self.start()

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments], capture_output=True, cwd=self.folder, env=_plain(), check=False, **self._somebody
        )
        assert done.returncode == 0, done.stderr.decode()

    def start(self, largest_file: int | None = None) -> None:
        """Start it and wait until it answers; `largest_file`, in KiB, lets it write none that is larger, as a full disk does."""
        set_to = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        place = ["-k", str(self.folder), "-h", "127.0.0.1", "-p", str(self.port), "-D", str(self.folder / "data")]
        # The shell counts in blocks of 512 bytes.
        limit = "" if largest_file is None else f"ulimit -f {2 * largest_file}; "
        with open(self.folder / "log", "ab") as log:
            self._shell = subprocess.Popen(
                ["/bin/sh", "-c", limit + _UNTIL_INPUT_ENDS, "sh", str(self._programs / "postgres"), *place, *set_to],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=_plain(),
                start_new_session=True,
                **self._somebody,
            )
        until = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < until, (self.folder / "log").read_text()
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.address("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """End all its processes at once, as a power cut does."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        # Stopped first, so that it starts none anew.
        os.kill(first, signal.SIGSTOP)
        for process in (*_children(first), first):
            os.kill(process, signal.SIGKILL)
        self.stop()

    def stop(self) -> None:
        """End it, if it runs."""
        if self._shell is not None and self._shell.stdin is not None:
            self._shell.stdin.close()
            self._shell.wait(PATIENCE)
            self._shell = None

    def address(self, database: str, query: str = "") -> str:
        """The address of a database, by the socket."""
        return f"postgresql://{OWNER}@/{database}?host={self.folder}&port={self.port}{query}"

    def store(self) -> str:
        """The address of an empty schema, and of a store once it was opened for writing."""
        name = f"store{next(self._numbers)}"
        self.execute(f"CREATE SCHEMA {name}")
        return self.address("postgres", f"&options=-csearch_path%3D{name}")

    def execute(self, statement: str, address: str | None = None) -> list[Any]:
        """Have a statement executed by somebody who is no part of hervat."""
        with psycopg.connect(address or self.address("postgres"), autocommit=True) as db:
            found = db.execute(statement.encode())
            return found.fetchall() if found.description else []

    def close(self) -> None:
        """End it, and take its directory away."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _plain() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LANG": "C"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _children(process: int) -> list[int]:
    """The processes that one began, from what the kernel tells of each: state, parent, ... behind its name in brackets."""
    told = {int(path.parent.name): path.read_text().rpartition(")")[2].split() for path in Path("/proc").glob("[0-9]*/stat")}
    return [child for child, (_, parent, *_) in told.items() if int(parent) == process]


@cache
def server() -> Server:
    """The server of this process."""
    made = Server()
    atexit.register(made.close)
    return made


_SPARE: list[str] = []
_TABLES = "entry, tile, head, feed, message, link, missing, gone, turn, declared, act"


@contextmanager
def empty_store() -> Iterator[str]:
    """The address of an empty store; it is emptied afterwards and used again, for making one takes longer than a short test."""
    url = _SPARE.pop() if _SPARE else server().store()
    yield url
    statements = "".join(f"DELETE FROM {table.strip()};" for table in _TABLES.split(","))
    server().execute(f"DO $$ BEGIN IF to_regclass('hervat') IS NOT NULL THEN {statements} END IF; END $$", url)
    _SPARE.append(url)


if __name__ == "__main__":
    # To try things by hand: prints an address and keeps the server until Ctrl-C.
    print(server().address("postgres"), file=sys.stderr)
    signal.pause()
