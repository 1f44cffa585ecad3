"""The writer of a node that serves: where no helper can begin, and where a link is cut while messages wait."""

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

import pytest

from hervat.assemble import Node
from hervat.clock import SystemClock
from hervat.doors.acts.asked import ActRequest
from hervat.doors.acts.exchanging import LinkChange
from hervat.doors.acts.line import Done
from hervat.doors.http.problems import Declined
from hervat.doors.http.queue import Parcel
from hervat.doors.http.signers import Signer
from hervat.doors.http.writer import Writer
from hervat.intake.partnering import Wish
from tests.faults.processes import EXAMPLES, url
from tests.journey.door import MATCHING, OM, case
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


def test_what_waits_when_its_link_is_cut_is_turned_away_and_others_are_taken(tmp_path: Path) -> None:
    store, partners = tmp_path / "s.db", {oin: Organisation(oin) for oin in (OM, MATCHING)}
    with Node.opened(url(store), writer=True) as node:
        node.receive(EXAMPLES.read_bytes().splitlines())
        for oin, signer in partners.items():
            node.set_partner(oin, Wish(keys=(signer.public(),)), by="a test", why="to let it in")
    answers: dict[str, SimpleQueue[bytes | Declined]] = {oin: SimpleQueue() for oin in partners}
    writer = Writer(url(store), None, SystemClock(), 1000)

    def send(oin: str, sequence: int) -> None:
        one = case(sequence).replace(OM.encode(), oin.encode())
        writer.queue.put(Parcel(Signer(oin, partners[oin].public()), [one], True, answers[oin].put))

    def change(carries: bool) -> int:
        act = LinkChange(own="00000099000000016000", partner=OM, carries=carries, by="a test", why="an intrusion")
        done = writer.ask(ActRequest(place=writer.place, act=act))
        if writer._thread.ident is None:
            writer.start()
        told = done.result(timeout=PATIENCE)
        assert isinstance(told, Done), told
        return int(told.answer["position"])

    try:
        send(OM, 1)
        send(MATCHING, 1)
        change(False)
        told = answers[OM].get(timeout=PATIENCE)
        assert isinstance(told, Declined)
        assert (told.status_code, told.code) == (503, "link-cut")
        assert isinstance(answers[MATCHING].get(timeout=PATIENCE), bytes)
        change(True)
        send(OM, 1)
        taken = answers[OM].get(timeout=PATIENCE)
        assert isinstance(taken, bytes)
        assert [one["outcome"] for one in json.loads(taken)["receipts"]] == ["new"]
    finally:
        writer.stop()
