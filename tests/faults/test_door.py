"""The door when things go wrong: what is answered 202 is on disk whatever comes next, and nobody waits for what another does."""

import json
import random
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from hervat.assemble import Node
from hervat.intake.partnering import Wish
from tests.faults.processes import children, examine, hervat, url
from tests.journey.door import BATCH, COURTS, MATCHING, OM, Door, Signer, case, enter, opened, person

PROSECUTOR, MATCHER = Signer(OM), Signer(MATCHING)


def receipts_in(answer: httpx.Response) -> list[dict[str, Any]]:
    return [kept["receipt"] for kept in answer.json()["receipts"]]


class Posting:
    """Partners that post one batch after the other until the door is gone."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self.given: list[dict[str, Any]] = []

    def run(self, signer: Signer, name: str) -> None:
        for first in range(1, 100_000, 40):
            lines = [case(number, name=name, oin=signer.oin) for number in range(first, first + 40)]
            try:
                answer = self._door.send(signer, lines)
            except httpx.HTTPError:
                break
            if answer.status_code == 503:
                break
            assert answer.status_code == 202, answer.text
            self.given += receipts_in(answer)


@pytest.mark.parametrize("with_signal", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda one: one.name)
def test_whatever_ends_it_every_202_is_in_the_store(tmp_path: Path, with_signal: signal.Signals) -> None:
    store = tmp_path / "hervat.db"
    with opened(store, PROSECUTOR, MATCHER) as door, ThreadPoolExecutor(6) as threads:
        posting = Posting(door)
        under_way = [threads.submit(posting.run, signer, f"{n}") for n in range(3) for signer in (PROSECUTOR, MATCHER)]
        until = time.monotonic() + 60
        while len(posting.given) < 800:
            assert time.monotonic() < until, "it takes nothing"
            time.sleep(0.01)
        time.sleep(random.Random(int(with_signal)).random() / 2)
        status, said = door.stop(with_signal)
        for one in under_way:
            one.result()
    # Killed, Python's own keeper of what is shared between processes says that it cleaned up.
    assert status == -signal.SIGKILL if with_signal == signal.SIGKILL else (status, said) == (0, "")
    assert examine(store, posting.given) >= len(posting.given)
    again = hervat("receive", "-", "--json", store=store, stdin=case(1, name="0"))
    assert again.document["duplicates"] == 1


def test_a_graceful_stop_answers_what_was_sent(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    with opened(store, PROSECUTOR) as door, ThreadPoolExecutor(4) as threads:
        batches = [[case(number, name=f"{name}") for number in range(1, 401)] for name in range(4)]
        answers = [threads.submit(door.send, PROSECUTOR, batch) for batch in batches]
        time.sleep(0.15)
        assert door.stop() == (0, "")
        given = [receipt for answer in answers if answer.exception() is None for receipt in receipts_in(answer.result())]
    assert examine(store, given) >= len(given)


def test_a_second_writer_is_told_and_a_second_door_is_not_opened(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    with opened(store, PROSECUTOR) as door:
        told = hervat("receive", "-", "--json", store=store, stdin=case(1))
        assert told.status == 3 and f"process {door.process.pid}" in told.document["error"]
        other = hervat("serve", "--config", store.with_name("node.toml"), "--json")
        assert other.status == 3 and f"process {door.process.pid}" in other.document["error"]
        assert hervat("person", "20250001", "--json", store=store).status == 1


def test_a_request_counts_once_also_when_the_node_was_killed_in_between(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    body = b"[" + case(1) + b"]"
    with opened(store, PROSECUTOR) as door:
        port = httpx.URL(door.url).port
        fields = PROSECUTOR.fields("POST", door.url + "/messages", body, BATCH)
        first = httpx.post(door.url + "/messages", content=body, headers=fields, timeout=60)
        replayed = httpx.post(door.url + "/messages", content=body, headers=fields, timeout=60)
        assert [first.status_code, replayed.status_code] == [202, 401]
        assert replayed.json()["code"] == "replayed"
        door.stop(signal.SIGKILL)
    with opened(store, settings=f'authority = "127.0.0.1:{port}"\n') as door:
        again = httpx.post(door.url + "/messages", content=body, headers=fields | {"Host": f"127.0.0.1:{port}"})
        assert (again.status_code, again.json()["code"]) == (401, "replayed")


def test_signatures_that_do_not_count_are_told_and_nothing_is_taken(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    revoked, stranger = Signer(OM, "old"), Signer(OM, "k1")
    enter(store, PROSECUTOR, revoked)
    with Node.opened(url(store), writer=True) as node:
        node.set_partner(OM, Wish(revoke=("old",)), by="a test", why="lost")
        before = node.position
    body = b"[" + case(1) + b"]"
    with opened(store) as door:
        address = door.url + "/messages"
        fields = PROSECUTOR.fields("POST", address, body, BATCH)
        told = [
            httpx.post(address, content=body, headers={"Content-Type": BATCH}),
            door.send(stranger, [case(1)]),
            door.send(revoked, [case(1)]),
            door.send(PROSECUTOR, [case(1)], now=int(time.time()) - 1000),
            door.send(PROSECUTOR, [case(1)], now=int(time.time()) + 1000),
        ]
        assert [answer.status_code for answer in told] == [401] * 5
        codes = ["signature-needed", "signature-wrong", "key-revoked", "expired", "not-yet"]
        assert [answer.json()["code"] for answer in told] == codes
        assert all(answer.headers["www-authenticate"] and answer.headers["accept-signature"] for answer in told)
        changed = httpx.post(address, content=body.replace(b"diefstal", b"heling  "), headers=fields)
        assert (changed.status_code, changed.json()["code"]) == (400, "content-digest")
        with Node.opened(url(store)) as node:
            assert node.position == before


def test_a_slow_sender_hinders_nobody(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    with opened(store, PROSECUTOR, MATCHER) as door:
        body = b"[" + case(1, name="slow") + b"]"
        fields = PROSECUTOR.fields("POST", door.url + "/messages", body, BATCH)
        where = httpx.URL(door.url)
        with socket.create_connection((where.host, where.port or 80)) as slow:
            lines = [f"{name}: {value}" for name, value in fields.items()]
            head = [f"POST {where.path}/messages HTTP/1.1", f"Host: {where.netloc.decode()}", f"Content-Length: {len(body)}", *lines]
            slow.sendall("\r\n".join([*head, "", ""]).encode() + body[:20])
            began = time.monotonic()
            assert door.send(MATCHER, [person(1)]).status_code == 202
            assert door.send(PROSECUTOR, [case(1)]).status_code == 202
            assert door.get(PROSECUTOR, "/watermarks").status_code == 200
            assert time.monotonic() - began < 10
            slow.sendall(body[20:])
            assert slow.recv(64).startswith(b"HTTP/1.1 202")


def test_a_body_that_breaks_off_is_not_taken(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    with opened(store, PROSECUTOR) as door:
        body = b"[" + case(1) + b"]"
        fields = PROSECUTOR.fields("POST", door.url + "/messages", body, BATCH)
        where = httpx.URL(door.url)
        with socket.create_connection((where.host, where.port or 80)) as broken:
            lines = [f"{name}: {value}" for name, value in fields.items()]
            head = [f"POST {where.path}/messages HTTP/1.1", f"Host: {where.netloc.decode()}", "Content-Length: 99999", *lines]
            broken.sendall("\r\n".join([*head, "", ""]).encode() + body)
            time.sleep(0.3)
        assert door.send(PROSECUTOR, [case(2)]).status_code == 202
        assert door.stop() == (0, "")
    assert examine(store) == 2


def test_a_partner_that_sends_much_does_not_keep_another_waiting(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    court = Signer(COURTS)
    with opened(store, PROSECUTOR, court, settings="largest_queue = 3000\n") as door, ThreadPoolExecutor(12) as threads:
        batches = [[case(number, name=f"{name}") for number in range(1, 1001)] for name in range(12)]
        many = [threads.submit(door.send, PROSECUTOR, batch) for batch in batches]
        waited, number = [], 0
        while not all(one.done() for one in many):
            began, number = time.monotonic(), number + 1
            assert door.send(court, [case(number, oin=COURTS, name="few")]).status_code == 202
            waited.append(time.monotonic() - began)
        statuses = [one.result().status_code for one in many]
    assert set(statuses) <= {202, 429} and 202 in statuses
    # Who sends one message at a time is served again and again while the other one's thousands go in.
    assert len(waited) > 1


def test_the_helper_may_end_and_the_door_goes_on(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    with opened(store, PROSECUTOR) as door:
        assert door.send(PROSECUTOR, [case(1)]).status_code == 202
        for child in children(door.process.pid):
            subprocess.run(["kill", "-9", str(child)], check=False)
        time.sleep(0.5)
        answers = [door.send(PROSECUTOR, [case(number)]).status_code for number in range(2, 6)]
        assert set(answers) <= {202, 503} and answers[-1] == 202
        door.stop()
    assert examine(store) >= 3


def test_who_signs_may_end_and_the_same_is_signed_again(tmp_path: Path) -> None:
    store, lines = tmp_path / "hervat.db", [case(number) for number in range(1, 101)]
    with opened(store, PROSECUTOR) as door:
        given = receipts_in(door.send(PROSECUTOR, lines))
        helpers = children(door.process.pid)
        assert len(helpers) > 1
        for child in helpers:
            subprocess.run(["kill", "-9", str(child)], check=False)
        time.sleep(0.5)
        answers = [door.send(PROSECUTOR, lines) for _ in range(3)]
        assert {answer.status_code for answer in answers} <= {202, 503}
        assert answers[-1].status_code == 202
        assert all(receipts_in(answer) == given for answer in answers if answer.status_code == 202)
        door.stop()
    assert examine(store, given) == len(lines) + 1  # and the act by which the partner is known


def test_two_partners_at_once_and_duplicates_are_identical(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    with opened(store, PROSECUTOR, MATCHER) as door:
        numbers = range(1, 301)
        lines = {PROSECUTOR: [case(number) for number in numbers], MATCHER: [person(number, f"P{number}") for number in numbers]}
        given: dict[str, list[list[dict[str, Any]]]] = {OM: [], MATCHING: []}

        def send(signer: Signer) -> None:
            given[signer.oin] += [receipts_in(door.send(signer, lines[signer])) for _ in range(3)]

        threads = [threading.Thread(target=send, args=(signer,)) for signer in (PROSECUTOR, MATCHER) * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        door.stop()
    for answers in given.values():
        assert len(answers) == 6
        assert len({json.dumps(answer) for answer in answers}) == 1
    assert examine(store, [receipt for answers in given.values() for receipt in answers[0]]) == 602
