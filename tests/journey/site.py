"""Real servers of the pages on real stores, for the tests beside this file.

- *whole*: the contract's examples, all of them applied.
- *broken off*: half of them in a drawn order, over four days; with refusals, a ceiling, 150 cases whose person is missing, and a
  person with a hostile name. Of everything a page can show there is some.
"""

import json
import random
import re
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest

from hervat.assemble import Node
from hervat.clock import FixedClock, SteppedClock
from hervat.intake.ceilings import Ceiling
from hervat.screening import screening_of
from tests.faults.processes import copy_store
from tests.loaded import PROGRAM, Begun

DATA = Path(__file__).parents[1] / "contract" / "data"
SKDB, GPS = (f"urn:nld:oin:0000009900000000{number}000:systeem:{name}" for number, name in ((1, "other-skdb"), (2, "other-gps")))
IN_TIME = FixedClock(datetime(2026, 2, 28, 12, tzinfo=UTC))
HOSTILE = "<script>document.title='taken'</script>"
OURS = {"Sec-Fetch-Site": "same-origin"}


def examples() -> list[bytes]:
    return (DATA / "examples.jsonl").read_bytes().splitlines()


def refused() -> list[bytes]:
    """What is refused whatever else came, of known senders and of an unknown one."""
    lines = [json.loads(line) for line in (DATA / "broken.jsonl").read_bytes().splitlines()]
    return [json.dumps({k: v for k, v in line.items() if k != "expect"}).encode() for line in lines[:12]]


def message(source: str, sequence: int, kind: str, data: dict[str, Any]) -> bytes:
    name = source.rpartition(":")[2]
    envelope = {"specversion": "1.0", "id": f"{name}-{sequence}", "source": source, "type": f"nl.hervat.{kind}.v1"}
    told = {"time": "2025-08-01T08:00:00Z", "sequence": str(sequence), "sequencetype": "Integer"}
    return json.dumps(envelope | told | {"datacontenttype": "application/json", "data": data}).encode()


def person(sequence: int, skn: str, surname: str) -> bytes:
    return message(SKDB, sequence, "person-registered", {"skn": skn, "identity": {"set": "1", "surname": surname}})


def case(sequence: int, skn: str) -> bytes:
    period = {"from": "2025-07-01", "to": "2025-07-01"}
    charge = {"charge": 1, "article": "Sr 310", "label": "diefstal", "class": "misdrijf", "period": period}
    data = {"pn": f"16/{sequence:06d}-25", "skn": skn, "office": "Utrecht", "received_on": "2025-07-20", "charges": [charge]}
    return message(GPS, sequence, "case-registered", data)


def make_whole(url: str) -> None:
    with Node.opened(url, writer=True) as node:
        node.receive(examples())


def receive_in_time(url: str, raws: Sequence[bytes]) -> dict[str, Any]:
    """Receive as the register did in the story: before anybody there decides or asks anything."""
    with Node.opened(url, writer=True, clock=IN_TIME) as node:
        return node.receive(raws)


def make_screened(url: str) -> None:
    """The contract's story, screened while its person worked in childcare: nine signals wait for a decision."""
    make_whole(url)
    with Node.opened(url, writer=True) as node:
        screening_of(node).step(date(2026, 2, 20))


def make_broken_off(url: str) -> None:
    lines = examples()
    random.Random(3).shuffle(lines)
    clock = SteppedClock(datetime(2025, 9, 1, 8, tzinfo=UTC), timedelta(milliseconds=5))
    with Node.opened(url, writer=True, clock=clock) as node:
        node.receive([person(1, "HOSTILE-1", HOSTILE), *(case(number, f"P{number // 3}") for number in range(1, 151))])
        for day in range(3):
            clock.advance(timedelta(days=1))
            node.receive(lines[day * 9 : day * 9 + 9])
        node.receive(refused())
        node.ceiling(GPS, Ceiling(sequence=150), by="a test", why="to see it")
        node.receive([case(number, "P1") for number in (151, 152, 153, 154, 157)])


class Served:
    """A server: where it is, on which store, and how it ended."""

    def __init__(self, url: str, address: str, process: "subprocess.Popen[str]") -> None:
        self.url = url
        self.address = address
        self.process = process

    def get(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(self.address + path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path: str, form: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> httpx.Response:
        return httpx.post(self.address + path, data=form or {}, headers=OURS if headers is None else headers)

    def stop(self, with_signal: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """End it; returns its exit status and what it said on standard error."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        _, said = self.process.communicate(timeout=20)
        return self.process.returncode, said


@contextmanager
def served(url: str, *more: str) -> Iterator[Served]:
    """`hervat serve` in a process of its own, on a port that is free, ended as an operator ends it."""
    process = start(["serve", "--store", url, "--port", "0", *more])
    first = process.stdout.readline() if process.stdout is not None else ""
    found = re.search(r"http://[0-9.]+:[0-9]+", first)
    assert found is not None, f"the server did not say where it is: {first!r}, {process.communicate()[1]}"
    server = Served(url, found[0], process)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def served_as_is(url: str) -> Iterator[Served]:
    """A server for many tests together, none of which may change anything: that none did is seen at the end."""
    with Node.opened(url) as node:
        before = node.position
    with served(url) as server:
        yield server
    with Node.opened(url) as node:
        assert node.position == before, "a test that changes something asks for a server of its own"


def a_server(make: Callable[..., None], scope: Literal["function", "module", "session"] = "function", **told: Any) -> Any:
    """A fixture: a server on a store that `make` made. One of a wider scope than a test is for tests that change nothing."""

    @pytest.fixture(scope=scope)
    def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
        path = tmp_path_factory.mktemp("served") / "s.db"
        copy_store(_made(tmp_path_factory.mktemp, make, **told), path)
        with (served if scope == "function" else served_as_is)(f"sqlite:///{path}") as server:
            yield server

    return server


@cache
def _made(folder: Callable[[str], Path], make: Callable[..., None], **told: Any) -> Path:
    """A store that `make` made, to be copied: the same one each time in this process."""
    path = folder("made") / "s.db"
    make(f"sqlite:///{path}", **told)
    return path


def start(arguments: Sequence[str]) -> "subprocess.Popen[str]":
    """The command line as a process."""
    return Begun([*PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
