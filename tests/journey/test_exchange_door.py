"""The addresses of the exchange at a door that serves, asked by a partner that signs well and says what is not so."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from hervat.batch import BATCH, RECEIPT, BatchReceipt, Manifest, Reconnecting, ReconnectionOffered, Returning
from hervat.clock import SystemClock, rfc3339
from hervat.dispatch.batches import root_of
from hervat.dispatch.reconnections import MOST
from hervat.doors.acts.exchanging import ReconnectionKeeping
from hervat.doors.acts.line import Done
from hervat.doors.http.desk import Desk
from hervat.doors.http.problems import Declined
from hervat.doors.http.signers import Signer as Known
from hervat.doors.http.writer import Writer
from hervat.message import LARGEST
from tests.faults.processes import examine
from tests.journey.chain import FEED, Member, two
from tests.journey.door import Door, Signer, case, now
from tests.rooms.exchanged import JDS, OM, known_as

JSON = "application/json"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Member, Signer, Door]]:
    """OM with a feed that goes to the register, and serves; who asks is the register."""
    om, jds = two(tmp_path_factory.mktemp("served"))
    om.receives([case(number) for number in range(1, 6)])
    with om.serving() as door:
        yield jds, Signer(JDS, private=jds.private), door


def receipt(jds: Member, **changes: Any) -> bytes:
    told: dict[str, Any] = {"source": FEED, "first": 1, "last": 5, "root": "0" * 64, "entries": "0" * 64, "new": 5, "duplicates": 0}
    told |= {"position": 9, "received_at": rfc3339(now())} | changes
    unsigned = BatchReceipt(from_=JDS, to=OM, key="k1", signature="", **told)
    return msgspec.json.encode(msgspec.structs.replace(unsigned, signature=jds.identity.signature_over(RECEIPT, unsigned)))


def test_receipts_that_are_none_are_refused_and_the_door_goes_on(served: tuple[Member, Signer, Door]) -> None:
    jds, signer, door = served
    before = examine(door.store)
    nothing = {"first": 9, "last": 8, "root": root_of([])}
    for changes in ({}, {"last": LARGEST}, nothing, {"source": "x"}, {"received_at": "2025-99-01T00:00:00Z"}):
        answer = door.post(signer, "/deliveries", receipt(jds, **changes), JSON)
        assert (answer.status_code, answer.json()["code"]) == (400, "not-kept"), answer.text
    assert door.get(signer, "/watermarks").status_code == 200
    assert examine(door.store) == before


def test_what_lies_in_a_batch_as_a_text_and_is_no_base64(served: tuple[Member, Signer, Door]) -> None:
    jds, signer, door = served
    source = f"urn:nld:oin:{JDS}:systeem:x"
    unsigned = Manifest(
        from_=JDS, to=OM, source=source, first=1, last=1, root="0" * 64, made_at=rfc3339(now()), key="k1", signature=""
    )
    manifest = msgspec.structs.replace(unsigned, signature=jds.identity.signature_over(BATCH, unsigned))
    content = json.dumps({"manifest": msgspec.to_builtins(manifest), "messages": ["no base64!"]}).encode()
    answer = door.post(signer, "/batches", content, JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "batch-form"), answer.text


def test_who_comes_back_again_and_again_does_not_fill_the_journal(served: tuple[Member, Signer, Door]) -> None:
    _, signer, door = served

    def back(highest: int) -> httpx.Response:
        said = {"feeds": [{"source": f"urn:nld:oin:{JDS}:systeem:x", "highest": highest}]}
        return door.post(signer, "/reconnections", json.dumps(said).encode(), JSON)

    before = examine(door.store)
    answers = [back(1) for _ in range(MOST + 2)]
    assert {(one.status_code, one.json()["position"]) for one in answers} == {(200, answers[0].json()["position"])}
    assert examine(door.store) == before + 1
    assert {back(highest).status_code for highest in range(2, MOST + 1)} == {200}
    full = back(MOST + 1)
    assert (full.status_code, full.json()["code"]) == (429, "too-many-requests")
    assert 0 < int(full.headers["retry-after"]) <= 3600
    assert back(MOST).json()["feeds"][0]["to_come"] == MOST
    assert examine(door.store) == before + MOST


def test_of_each_partner_one_act_waits_at_a_time(tmp_path: Path) -> None:
    om, jds = two(tmp_path)
    writer = Writer(om.url, None, SystemClock(), 100)
    try:
        desk = Desk(om.url, None, SystemClock(), writer, 60, None)
        signers = [Known(oin, known_as(jds.identity)) for oin in (JDS, OM)]
        said = Reconnecting(feeds=(Returning(source=FEED, highest=1),))
        offered = ReconnectionOffered(partner=JDS, said=said, pace=1, backlog=0, hours=None)

        async def asked() -> tuple[int, int]:
            tasks = [asyncio.create_task(desk.do(signers[0], ReconnectionKeeping(offered=offered))) for _ in range(5)]
            await asyncio.sleep(0)
            waiting = writer.queue.acts()
            for one in waiting:
                one.coming.set_result(Done(answer={}))
            await tasks[0]
            await asyncio.sleep(0)
            after = writer.queue.acts()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            return len(waiting), len(after)

        # A browser of another test may have a loop of its own in this thread.
        with ThreadPoolExecutor(1) as apart:
            assert apart.submit(asyncio.run, asked()).result() == (1, 1)
            with pytest.raises(Declined, match="does not fit"):
                apart.submit(asyncio.run, desk.do(signers[1], ReconnectionKeeping(offered=offered))).result()
    finally:
        writer.stop()
