"""The door of a node whose store is on a server: what is answered 202 is committed there, and a server that is gone is told."""

import random
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from hervat.assemble import Node
from hervat.journal.receipt import verify_receipt
from tests.faults.processes import PATIENCE, examine, hervat
from tests.faults.test_door import Posting, receipts_in
from tests.journey.door import BATCH, MATCHING, OM, Door, Ground, Signer, case, opened, person, receipt_bytes
from tests.postgres import Server

pytestmark = pytest.mark.postgres
PROSECUTOR, MATCHER = Signer(OM), Signer(MATCHING)


@pytest.fixture(scope="module")
def doomed() -> Iterator[Server]:
    """A server to be killed, over and over."""
    with closing(Server(fsync="on", full_page_writes="on")) as made:
        yield made


@pytest.fixture
def ground(doomed: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    made = Ground(tmp_path, doomed.store())
    # For who looks at the store in this process.
    monkeypatch.setenv("HERVAT_KEYS", str(made.keys))
    return made


def wait_for(posting: Posting, count: int) -> None:
    until = time.monotonic() + PATIENCE
    while len(posting.given) < count:
        assert time.monotonic() < until, "it takes nothing"
        time.sleep(0.01)


def taken_again(door: Door, line: bytes) -> httpx.Response:
    """The first answer to a message that is none of 503; nobody but the door does anything for it."""
    until = time.monotonic() + PATIENCE
    while (answer := door.send(PROSECUTOR, [line])).status_code == 503:
        assert time.monotonic() < until, "it does not go on"
        time.sleep(0.2)
    return answer


@pytest.mark.parametrize("turn", range(3))
def test_the_server_is_killed_under_the_door(doomed: Server, ground: Ground, turn: int) -> None:
    with opened(ground, PROSECUTOR, MATCHER) as door, ThreadPoolExecutor(4) as threads:
        posting = Posting(door)
        under_way = [threads.submit(posting.run, signer, f"{n}") for n in range(2) for signer in (PROSECUTOR, MATCHER)]
        wait_for(posting, 200)
        time.sleep(random.Random(turn).random() / 3)
        doomed.kill()
        try:
            for one in under_way:
                # Each partner is told 503 before long, whatever was under way.
                one.result(PATIENCE)
            told = door.send(PROSECUTOR, [case(1, name="down")])
            assert (told.status_code, told.json()["code"], int(told.headers["retry-after"]) > 0) == (503, "unavailable", True)
            assert told.headers["content-type"] == "application/problem+json"
            for path in ("/watermarks", "/streams/0/messages"):
                assert door.get(PROSECUTOR, path).status_code == 503
        finally:
            doomed.start()
        answer = taken_again(door, case(1, name="down"))
        assert (answer.status_code, answer.json()["receipts"][0]["outcome"]) == (202, "new")
        # Whatever was sent when it fell is in custody or is taken now: what has a receipt has the same one again.
        again = receipts_in(door.send(PROSECUTOR, [case(number, name="0") for number in range(1, 41)]))
        assert [one for one in again if one not in posting.given] == []
        assert door.get(PROSECUTOR, "/watermarks").status_code == 200
        given = [*posting.given, *receipts_in(answer)]
        status, said = door.stop()
        assert (status, "Traceback" in said) == (0, False)
        assert "see to the server" in said
    assert examine(ground.url, given) >= len(given)


@pytest.mark.parametrize("with_signal", [signal.SIGKILL, signal.SIGTERM], ids=lambda one: one.name)
def test_whatever_ends_the_door_every_202_is_committed(ground: Ground, with_signal: signal.Signals) -> None:
    with opened(ground, PROSECUTOR, MATCHER) as door, ThreadPoolExecutor(4) as threads:
        posting = Posting(door)
        under_way = [threads.submit(posting.run, signer, f"{n}") for n in range(2) for signer in (PROSECUTOR, MATCHER)]
        wait_for(posting, 400)
        time.sleep(random.Random(int(with_signal)).random() / 3)
        door.stop(with_signal)
        for one in under_way:
            one.result(PATIENCE)
    assert examine(ground.url, posting.given) >= len(posting.given)


def test_a_session_that_the_server_ends_costs_a_request_at_most(doomed: Server, ground: Ground) -> None:
    with opened(ground, PROSECUTOR) as door:
        (first,) = receipts_in(door.send(PROSECUTOR, [case(1)]))
        doomed.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'hervat, process %'")
        answer = taken_again(door, case(2))
        assert answer.status_code == 202
        assert receipts_in(door.send(PROSECUTOR, [case(1)])) == [first]
        with door.node() as node:
            for kept in answer.json()["receipts"]:
                verify_receipt(receipt_bytes(kept), node.keys.public_key)


def test_what_another_process_commits_meanwhile_is_not_lost(ground: Ground) -> None:
    """The door has the writer's place: who asks for it is told, and reads what is committed."""
    with opened(ground, PROSECUTOR, MATCHER) as door:
        assert door.send(PROSECUTOR, [case(1)]).status_code == 202
        told = hervat("receive", "-", "--json", store=ground.url, stdin=case(2), HERVAT_KEYS=str(ground.keys))
        assert (told.status, f"process {door.process.pid} on " in told.document["error"]) == (3, True)
        assert hervat("person", "20250001", "--json", store=ground.url, HERVAT_KEYS=str(ground.keys)).status == 1
        assert door.send(MATCHER, [person(1)]).status_code == 202
        assert hervat("person", "20250001", "--json", store=ground.url, HERVAT_KEYS=str(ground.keys)).status == 0


def test_a_request_counts_once_wherever_the_node_is_started_from(ground: Ground) -> None:
    """What the door keeps of its own lies beside the keys, not in the directory of the moment."""
    body = b"[" + case(1) + b"]"
    with opened(ground, PROSECUTOR) as door:
        port = httpx.URL(door.url).port
        fields = PROSECUTOR.fields("POST", door.url + "/messages", body, BATCH)
        assert httpx.post(door.url + "/messages", content=body, headers=fields, timeout=PATIENCE).status_code == 202
        door.stop(signal.SIGKILL)
    assert (ground.folder / f"{ground.keys.name}.nonces").exists()
    with opened(ground, settings=f'authority = "127.0.0.1:{port}"\n') as door:
        again = httpx.post(door.url + "/messages", content=body, headers=fields | {"Host": f"127.0.0.1:{port}"}, timeout=PATIENCE)
        assert (again.status_code, again.json()["code"]) == (401, "replayed")
    with Node.opened(ground.url) as node:
        assert node.position == 2
