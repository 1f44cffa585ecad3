"""What `demo_chain.py` stands on: organisations with folders, keys and stores, commands that come to an end, and processes that go on."""

import json
import multiprocessing
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from io import StringIO
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from hervat.clock import SystemClock
from hervat.doors.cli import main

ROOT = Path(__file__).parent.parent
# Most of what a short command takes is loading: each is a process of its own, begun as a copy of one that has everything loaded.
_LOADED = multiprocessing.get_context("forkserver")
_LOADED.set_forkserver_preload(["hervat.assemble", *(f"hervat.doors.{name}" for name in ("cli", "restarting", "exchange.comparing"))])
PATIENCE = 120
"""Seconds in which nothing goes after which it is said that nothing will."""


@dataclass
class Member:
    """An organisation: its folder, the key that counts, and for one with a node where that is served."""

    folder: Path
    oin: str
    port: int = 0
    made: dict[str, Any] = field(default_factory=dict)
    key_id: str = "k1"

    @property
    def config(self) -> Path:
        return self.folder / "node.toml"

    @property
    def store(self) -> str:
        return f"sqlite:///{self.folder / 'hervat.db'}"

    @property
    def door(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def private(self) -> Path:
        """The key with which it signs."""
        return Path(self.made["public_key"]).with_name("exchange.pem")

    def set(self, **settings: str) -> None:
        """Write settings into its node.toml, in the place of what stands there."""
        lines = self.config.read_text().splitlines()
        for name, value in settings.items():
            lines = [f"{name} = {value}" if line.removeprefix("# ").startswith(f"{name} = ") else line for line in lines]
        self.config.write_text("\n".join(lines) + "\n")


class Stage:
    """The organisations on this machine, and the commands and processes of each."""

    def __init__(self, folder: Path, seed: int, undo: ExitStack) -> None:
        self.folder, self.chance, self.undo = folder, random.Random(seed), undo
        self.clock = SystemClock()
        self.began = self.clock.monotonic()
        self.members: dict[str, Member] = {}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.failures: list[str] = []

    def tell(self, words: str) -> None:
        """A line of progress."""
        print(f"{self.clock.monotonic() - self.began:6.1f} s  {words}", flush=True)

    def hervat(self, *arguments: str | Path, may_say_no: bool = False) -> Any:
        """One command to its end, in a process of its own; its JSON. Ends the demonstration where it fails."""
        given = [*map(str, arguments), "--json"]
        told, tell = _LOADED.Pipe(duplex=False)
        process = _LOADED.Process(target=_run, args=(given, tell))
        process.start()
        tell.close()
        status, out, said = 3, "", "it ended without an answer"
        with suppress(EOFError):
            status, out, said = told.recv()
        process.join()
        if status > (1 if may_say_no else 0):
            raise SystemExit(f"hervat {' '.join(given)}\nended with {status}: {said}")
        return json.loads(out)

    def each(self, what: Callable[[str], Any], names: Iterable[str]) -> None:
        """Do something at several organisations at once; each has a store of its own."""
        with ThreadPoolExecutor(os.cpu_count()) as at_once:
            list(at_once.map(what, names))

    def begin(self, name: str, *arguments: str | Path) -> "subprocess.Popen[bytes]":
        """A process that goes on until it is ended."""
        log = self.undo.enter_context((self.folder / f"{name}.log").open("ab"))
        command = [sys.executable, "-m", "hervat", *map(str, arguments)]
        self.running[name] = subprocess.Popen(command, stdout=log, stderr=log)
        return self.running[name]

    def end(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        process = self.running.pop(name)
        process.send_signal(how)
        process.wait()

    def end_all(self) -> None:
        for name in list(self.running):
            self.end(name)

    def serve(self, *names: str) -> None:
        """Serve the nodes of organisations, until their doors are open."""
        for name in names:
            self.begin(f"serve {name}", "serve", "--config", self.members[name].config)
        for name in names:
            self.until(f"the door of {name} is open", lambda name=name: _answers(self.members[name].port))  # type: ignore[misc]

    def dispatch(self, *names: str) -> None:
        for name in names:
            self.begin(f"dispatch {name}", "dispatch", "--config", self.members[name].config)

    def to_go(self, name: str) -> int:
        (way,) = self.hervat("way", "list", "--config", self.members[name].config)
        return int(way["to_go"])

    def gone(self, *names: str) -> None:
        """Wait until all is delivered: for as long as ever fewer are to go, and PATIENCE seconds more."""
        left, least, since = {name: self.to_go(name) for name in names}, sys.maxsize, self.clock.monotonic()
        while left := {name: count for name, count in left.items() if count}:
            told = ", ".join(f"{name} {count:,}" for name, count in left.items())
            if sum(left.values()) < least:
                least, since = sum(left.values()), self.clock.monotonic()
            elif self.clock.monotonic() - since > PATIENCE:
                raise SystemExit(f"nothing went for {PATIENCE} seconds, and still to go is {told}; see {self.folder}")
            self.tell(f"still to go: {told}")
            time.sleep(1)
            left = {name: self.to_go(name) for name in left}

    def until(self, what: str, is_so: Callable[[], bool]) -> None:
        """Wait until something is so, and tell it."""
        since = self.clock.monotonic()
        while not is_so():
            if self.clock.monotonic() - since > PATIENCE:
                raise SystemExit(f"waited in vain: {what}; see {self.folder}")
            time.sleep(0.1)
        self.tell(what)


def _run(given: list[str], tell: Connection) -> None:
    """A command in its process: its exit status, what it answered and what it said."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as said:
        status = main(given)
    tell.send((status, out.getvalue(), said.getvalue()))


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
