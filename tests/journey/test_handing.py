"""An act waits a moment for whoever writes and takes no acts, as a node without a door that looks at its gates does."""

from pathlib import Path
from threading import Event, Thread

import pytest

from hervat.assemble import Node
from hervat.doors.acts import handing
from hervat.doors.acts.restarting import Isolating
from hervat.errors import StoreBusy

ALL = Isolating(oin=None, by="a test", why="an intruder")


def test_an_isolation_waits_for_whoever_writes_for_a_moment_and_is_told_who_writes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, opened, tried = f"sqlite:///{tmp_path / 'hervat.db'}", Event(), Event()

    def write() -> None:
        with Node.opened(url, writer=True):
            opened.set()
            tried.wait()

    monkeypatch.setattr(handing, "sleep", lambda seconds: None)
    writing = Thread(target=write)
    writing.start()
    opened.wait()
    with pytest.raises(StoreBusy, match="Nobody takes acts"):
        handing.decide(url, ALL)

    def ended(seconds: float) -> None:
        tried.set()
        writing.join()

    monkeypatch.setattr(handing, "sleep", ended)
    assert handing.decide(url, ALL)["position"] == 1
