"""The program in a process of its own, without loading it anew each time: forked from one that has loaded it and does nothing else.

Loading takes ten times as long as most commands do. What begins is a process of its own all the same, a child of the test's: it has a
number, ends with a status, and hears every signal. A fresh interpreter is begun instead wherever one could differ: for whatever it reads
when it starts (`PYTHON...`, the language), for what is not asked here (`preexec_fn`), and where the kernel cannot give the child to us.
"""

import array
import atexit
import ctypes
import gc
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

PROGRAM = (sys.executable, "-m", "hervat")
_ROOT = Path(__file__).parents[1]
_STREAMS = 3
_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2): orphans below this process become its children."""
_READ_AT_START = ("PYTHON", "LC_", "LANG")
_SAME = {"PYTHONPATH", "PYTHONUNBUFFERED"}
"""The first leads to what is loaded already; the second is heeded here."""


class Loaded:
    """A process that has loaded the program, and forks itself for whoever asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._line, theirs = socket.socketpair()
        environment = dict(os.environ) | {"PYTHONPATH": f"{_ROOT / 'src'}:{_ROOT}"}
        with theirs:
            given = [sys.executable, "-c", "from tests.loaded import wait; wait()", str(theirs.fileno())]
            self._process = subprocess.Popen(given, env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)

    def fork(self, asked: Mapping[str, Any], streams: Sequence[int]) -> int:
        """Begin the program; returns the number of its process, which is a child of this one."""
        line = json.dumps(asked).encode()
        with self._lock:
            _adopt(True)
            try:
                rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", streams))]
                self._line.sendmsg([len(line).to_bytes(4)], rights)
                self._line.sendall(line)
                return int.from_bytes(_exactly(self._line, 4))
            finally:
                _adopt(False)

    def close(self) -> None:
        """Let it end."""
        self._line.close()
        self._process.wait()


def _adopt(on: bool) -> None:
    ctypes.CDLL(None).prctl(_SUBREAPER, int(on), 0, 0, 0)


def _exactly(line: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        part = line.recv(length - len(found))
        assert part, "the process that forks has ended"
        found += part
    return found


@cache
def loaded() -> Loaded:
    """The one of this process."""
    made = Loaded()
    atexit.register(made.close)
    return made


def _like_ours(environment: Mapping[str, str]) -> bool:
    def read(names: Mapping[str, str]) -> dict[str, str]:
        return {name: value for name, value in names.items() if name.startswith(_READ_AT_START) and name not in _SAME}

    return sys.platform == "linux" and read(environment) == read(os.environ)


class Begun(subprocess.Popen[Any]):
    """`subprocess.Popen` of a command line that begins with PROGRAM, forked where that is the same."""

    def _execute_child(self, *given: Any, **named: Any) -> None:
        whole = super()._execute_child  # type: ignore[misc]
        asked = signature(whole).bind(*given, **named).arguments
        environment = dict(os.environ if asked["env"] is None else asked["env"])
        arguments = [os.fsdecode(one) for one in asked["args"]]
        if asked["preexec_fn"] is not None or tuple(arguments[: len(PROGRAM)]) != PROGRAM or not _like_ours(environment):
            whole(*given, **named)
            return
        told = {"arguments": arguments[len(PROGRAM) :], "environment": environment, "leads": asked["start_new_session"]}
        pipes = [asked[name] for name in ("p2cread", "c2pwrite", "errwrite")]
        streams = [own if pipe == -1 else pipe for own, pipe in enumerate(pipes)]
        self.pid = loaded().fork(told | {"directory": os.fsdecode(asked["cwd"] or os.getcwd())}, streams)
        self._child_created = True
        self._close_pipe_fds(*(asked[name] for name in ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")))


def run(arguments: Sequence[Any], *, input: bytes, timeout: float, **more: Any) -> "subprocess.CompletedProcess[bytes]":
    """`subprocess.run` with all that it says kept."""
    with Begun(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more) as process:
        try:
            out, err = process.communicate(input, timeout)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def wait() -> None:
    """Load everything, then fork for each question, until nobody asks; in a fork, be the program."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as line:
        import hervat

        for module in pkgutil.walk_packages(hervat.__path__, "hervat."):
            if not module.name.endswith("__main__"):
                import_module(module.name)
        gc.freeze()  # No fork looks through it or copies it.
        asked = _asked(line)
    if asked is not None:
        _become(*asked)


def _asked(line: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """In the process that forks: None, when nobody asks any more. In a fork: what was asked of it."""
    while True:
        head, streams, _, _ = socket.recv_fds(line, 4, _STREAMS)
        if not head:
            return None
        asked = json.loads(_exactly(line, int.from_bytes(head)))
        told, tell = os.pipe()
        between = os.fork()
        if between == 0:
            child = os.fork()
            if child == 0:
                os.close(told)
                os.close(tell)
                return asked, streams
            os.write(tell, child.to_bytes(4))
            os._exit(0)
        # Not before it has ended is its child ours to give away.
        os.waitpid(between, 0)
        line.sendall(os.read(told, 4))
        for place in (told, tell, *streams):
            os.close(place)


def _become(asked: dict[str, Any], streams: list[int]) -> None:
    """What an interpreter does before it begins a module."""
    if asked["leads"]:
        os.setsid()
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    os.chdir(asked["directory"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    at_once = bool(asked["environment"].get("PYTHONUNBUFFERED"))
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stdout.reconfigure(write_through=at_once)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    sys.argv = ["hervat", *asked["arguments"]]
    try:
        runpy.run_module("hervat", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        if isinstance(ended.code, int):
            _end(ended.code)
        raise


def _end(status: int) -> None:
    """What an interpreter does at its end, but for taking apart all that was loaded: that takes as long as most commands do."""
    threading._shutdown()
    atexit._run_exitfuncs()
    with suppress(OSError):  # The interpreter meets it again, and tells it.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)

