"""The writer of a node that serves, where no helper can begin."""

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

import pytest

from hervat.assemble import Node
from hervat.clock import SystemClock
from hervat.doors.http.problems import Declined
from hervat.doors.http.queue import Parcel
from hervat.doors.http.signers import Signer
from hervat.doors.http.writer import Writer
from hervat.intake.partnering import Wish
from tests.faults.processes import EXAMPLES, url
from tests.journey.door import OM, case
from tests.journey.door import Signer as Organisation

PATIENCE = 60


@contextmanager
def writing(store: Path) -> Iterator[Writer]:
    with Node.opened(url(store), writer=True) as node:
        node.receive(EXAMPLES.read_bytes().splitlines())
    writer = Writer(url(store), None, SystemClock(), 1000)
    try:
        writer.start()
        yield writer
    finally:
        writer.stop()


def test_where_no_helper_can_begin_it_is_told_and_the_next_request_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: SimpleQueue[bytes | Declined] = SimpleQueue()
    signer = Organisation(OM)

    def send(sequence: int) -> bytes | Declined:
        writer.queue.put(Parcel(Signer(OM, signer.public()), [case(sequence)], True, answers.put))
        return answers.get(timeout=PATIENCE)

    def refused(self: ProcessPoolExecutor, *given: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    store = tmp_path / "s.db"
    with Node.opened(url(store), writer=True) as node:
        node.set_partner(OM, Wish(keys=(signer.public(),)), by="a test", why="to let it in")
    with writing(store) as writer:
        with monkeypatch.context() as broken:
            broken.setattr(ProcessPoolExecutor, "submit", refused)
            told = send(1)
            assert isinstance(told, Declined)
            assert told.status_code == 503
        taken = send(2)
        assert isinstance(taken, bytes)
        assert [one["outcome"] for one in json.loads(taken)["receipts"]] == ["new"]
