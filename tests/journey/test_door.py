"""Messages through the door: what each request is answered, and what is in the store afterwards."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import rfc8785

from hervat.journal.receipt import verify_receipt
from tests.faults.processes import digest_of, examine, hervat
from tests.journey.door import BATCH, COURTS, MATCHING, OM, ONE, Door, Ground, Signer, case, opened, person, receipt_bytes
from tests.journey.site import examples
from tests.postgres import server

MATCHER, PROSECUTOR, COURT = Signer(MATCHING), Signer(OM), Signer(COURTS)
KIB = 1024


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def door(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("door")
    with opened(Ground(folder, server().store() if request.param == "postgres" else None), MATCHER, PROSECUTOR, COURT) as served:
        yield served


def position(door: Door) -> int:
    with door.node() as node:
        return node.position


def test_each_message_gets_its_receipt_in_order_and_the_same_bytes_when_it_comes_again(door: Door) -> None:
    lines = [case(number, name="order") for number in (3, 1, 2)]
    first = door.send(PROSECUTOR, lines)
    assert (first.status_code, first.headers["content-type"]) == (202, "application/json")
    kept = first.json()["receipts"]
    assert [one["id"] for one in kept] == ["m-3", "m-1", "m-2"]
    assert {(one["outcome"], one["state"]) for one in kept} == {("new", "held")}
    with door.node() as node:
        said = [verify_receipt(receipt_bytes(one), node.keys.public_key) for one in kept]
    assert [one["position"] for one in said] == sorted(one["position"] for one in said)
    again = door.send(PROSECUTOR, lines).json()["receipts"]
    assert [receipt_bytes(one) for one in again] == [receipt_bytes(one) for one in kept]
    assert {one["outcome"] for one in again} == {"duplicate"}
    # To the byte within the answer as well: nothing wrote the receipt anew.
    assert receipt_bytes(kept[0]) in first.content


def test_one_message_and_an_empty_batch(door: Door) -> None:
    one = door.send_one(PROSECUTOR, case(1, name="single"))
    assert (one.status_code, len(one.json()["receipts"])) == (202, 1)
    none = door.send(PROSECUTOR, [])
    assert (none.status_code, none.json()) == (202, {"receipts": []})


def test_a_conflict_names_the_message_that_stands(door: Door) -> None:
    (first,) = door.send(PROSECUTOR, [case(1, name="conflict")]).json()["receipts"]
    (other,) = door.send(PROSECUTOR, [case(1, name="conflict", label="heling")]).json()["receipts"]
    assert (other["outcome"], other["first"]) == ("conflict", first["receipt"]["position"])
    assert "state" not in other
    assert other["receipt"]["position"] > first["receipt"]["position"]
    (again,) = door.send(PROSECUTOR, [case(1, name="conflict", label="heling")]).json()["receipts"]
    assert again == other


def test_what_a_known_sender_may_not_send_is_in_custody_and_told_as_refused(door: Door) -> None:
    wrong_role = case(1, oin=COURTS, name="role")
    no_sequence = json.dumps({k: v for k, v in json.loads(case(2, oin=COURTS, name="role")).items() if k != "sequence"}).encode()
    wrong_schema = case(3, name="schema").replace(b"Sr 310", b"")
    kept = [*door.send(COURT, [wrong_role, no_sequence]).json()["receipts"], *door.send(PROSECUTOR, [wrong_schema]).json()["receipts"]]
    assert [one["state"] for one in kept] == ["refused"] * 3
    assert [(one["refusal"]["code"], one["refusal"]["path"]) for one in kept] == [
        ("role", "type"),
        ("envelope", "sequence"),
        ("schema", "data.charges[0].article"),
    ]
    assert all(one["receipt"]["position"] for one in kept)


@pytest.mark.parametrize("line", [b"{}", b"[]", b"3", b"{", b"", b'{"source": "gps"}', b"\xff", b'"\\ud800"'], ids=repr)
def test_what_cannot_be_attributed_is_400_and_nothing_is_taken(door: Door, line: bytes) -> None:
    before = position(door)
    alone = door.send_one(PROSECUTOR, line)
    among = door.send(PROSECUTOR, [case(1, name="among"), line or b"null"])
    assert (alone.status_code, among.status_code) == (400, 400)
    assert alone.headers["content-type"] == "application/problem+json"
    assert position(door) == before


def test_a_lone_surrogate_is_the_fault_of_its_own_message(door: Door) -> None:
    """In a batch as alone: what stands beside it is taken, to the byte, and it is in custody and refused."""
    beside = [case(1, name="beside"), case(3, name="beside", label=r"\ud800 []{}," + "\U0001f600")]
    lines = [beside[0], case(2, name="beside", label="LONE").replace(b"LONE", b"\\uDC00,"), beside[1]]
    kept = door.post(PROSECUTOR, "/messages", b" [ " + b" ,\n".join(lines) + b" ]", BATCH).json()["receipts"]
    assert [one["state"] for one in kept] == ["held", "refused", "held"]
    assert kept[1]["refusal"]["path"] == "data.charges[0].label"
    alone = [door.send_one(PROSECUTOR, line).json()["receipts"][0] for line in lines]
    assert [(one["outcome"], one["receipt"]) for one in alone] == [("duplicate", one["receipt"]) for one in kept]


def test_a_batch_with_messages_of_others_is_403_with_every_place_and_nothing_is_taken(door: Door) -> None:
    before = position(door)
    lines = [case(1, name="mine"), case(1, oin=COURTS), case(2, name="mine"), case(1, oin="9" * 20)]
    answer = door.send(PROSECUTOR, lines)
    assert (answer.status_code, answer.json()["code"]) == (403, "source-not-yours")
    assert [fault["location"] for fault in answer.json()["errors"]] == ["/1/source", "/3/source"]
    # Neither a known nor an unknown organisation is told apart from the other.
    assert len({json.dumps(fault | {"location": ""}) for fault in answer.json()["errors"]}) == 1
    assert position(door) == before


def padded(sequence: int, size: int) -> bytes:
    """A message of exactly so many bytes."""
    line = json.loads(case(sequence, name="size"))
    bare = len(json.dumps(line | {"padding": ""}))
    return json.dumps(line | {"padding": "x" * (size - bare)}).encode()


def test_a_message_may_be_as_large_as_the_limit_and_no_larger(door: Door) -> None:
    before = position(door)
    for answer in (door.send_one(PROSECUTOR, padded(1, 256 * KIB + 1)), door.send(PROSECUTOR, [case(9), padded(1, 256 * KIB + 1)])):
        assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert position(door) == before
    assert door.send_one(PROSECUTOR, padded(1, 256 * KIB)).status_code == 202
    assert door.send(PROSECUTOR, [padded(2, 256 * KIB)]).status_code == 202


def test_a_batch_over_16_mib_is_413_also_where_its_length_is_not_said(door: Door) -> None:
    before = position(door)
    body = b"[" + b",".join([padded(1, 256 * KIB)] * 65) + b"]"
    assert door.post(PROSECUTOR, "/messages", body, BATCH).status_code == 413
    url = door.url + "/messages"
    fields = PROSECUTOR.fields("POST", url, body, BATCH)
    pieces = (body[start : start + 65536] for start in range(0, len(body), 65536))
    assert httpx.post(url, content=pieces, headers=fields, timeout=60).status_code == 413
    assert position(door) == before


@pytest.mark.parametrize("content_type", ["application/json", "", "application/cloudevents+json; charset=latin-1", "text/plain"])
def test_another_type_is_415(door: Door, content_type: str) -> None:
    answer = door.post(PROSECUTOR, "/messages", case(1), content_type)
    assert (answer.status_code, answer.headers["accept-post"]) == (415, f"{ONE}, {BATCH}")


def test_the_examples_through_the_door_give_the_register_of_the_file(tmp_path: Path) -> None:
    lines = examples()
    oins = sorted({json.loads(line)["source"].split(":")[3] for line in lines})
    signers = {oin: Signer(oin) for oin in oins}
    with opened(tmp_path / "hervat.db", *signers.values()) as door:
        for oin, signer in signers.items():
            answer = door.send(signer, [line for line in lines if json.loads(line)["source"].split(":")[3] == oin])
            assert answer.status_code == 202
        pages = door.get(None, "/../en")
        assert pages.status_code == 200 and "State of affairs" in pages.text
        assert door.stop() == (0, "")
    hervat("receive", "-", store=tmp_path / "file.db", stdin=b"\n".join(lines))
    assert digest_of(tmp_path / "hervat.db") == digest_of(tmp_path / "file.db")
    assert examine(tmp_path / "hervat.db") == len(lines) + len(signers)


def test_receipts_are_a_series_and_of_the_asker_alone(door: Door) -> None:
    source = f"urn:nld:oin:{OM}:systeem:series"
    door.send(PROSECUTOR, [case(1, name="series", skn="SERIES-1")])
    (held,) = door.ask(PROSECUTOR, [(source, "m-1")])
    assert (held["status"], held["state"], held["reason"], held["turns"]) == (200, "held", "needs", [])
    assert "person:SERIES-1" in held["needs"]
    (registered,) = door.send(MATCHER, [person(1, "SERIES-1")]).json()["receipts"]
    (applied,) = door.ask(PROSECUTOR, [(source, "m-1")])
    assert applied["custody"] == held["custody"]
    assert applied["turns"] == [
        {"receipt": "applied", "position": registered["receipt"]["position"], "at": registered["receipt"]["received_at"]}
    ]
    absent = door.ask(PROSECUTOR, [(f"urn:nld:oin:{MATCHING}:systeem:skdb", "m-1"), (source, "m-2"), ("nonsense", "m-1")])
    assert [one.keys() for one in absent] == [{"source", "id", "status"}] * 3
    assert {one["status"] for one in absent} == {404}


def test_held_again_applied_again_and_refused_are_told_in_order(door: Door) -> None:
    skdb = f"urn:nld:oin:{MATCHING}:systeem:skdb"

    def about(sequence: int, kind: str, target: int) -> bytes:
        base = json.loads(person(sequence))
        named = {"source": skdb, "id": f"m-{target}"}
        return json.dumps(base | {"type": f"nl.hervat.{kind}.v1", "data": {"retracts": named, "ground": "a test"}}).encode()

    source = f"urn:nld:oin:{OM}:systeem:again"
    door.send(MATCHER, [person(11, "AGAIN-1")])
    door.send(PROSECUTOR, [case(1, name="again", skn="AGAIN-1")])
    door.send(MATCHER, [about(12, "message-retracted", 11)])
    door.send(MATCHER, [about(13, "message-retracted", 12)])
    (series,) = door.ask(PROSECUTOR, [(source, "m-1")])
    assert [turn["receipt"] for turn in series["turns"]] == ["applied", "held-again", "applied-again"]
    positions = [turn["position"] for turn in series["turns"]]
    assert positions == sorted(positions) and series["state"] == "applied"
    (refused,) = door.ask(COURT, [(f"urn:nld:oin:{COURTS}:systeem:refused", "m-1")])
    assert refused["status"] == 404
    door.send(COURT, [case(1, oin=COURTS, name="refused")])
    (refused,) = door.ask(COURT, [(f"urn:nld:oin:{COURTS}:systeem:refused", "m-1")])
    assert [(turn["receipt"], turn["refusal"]["code"]) for turn in refused["turns"]] == [("refused", "role")]


NO_QUESTIONS = [b"", b"[]", b"{}", b'{"messages": []}', b'{"messages": [{"source": 1, "id": "x"}]}', b'{"x": 1}']


@pytest.mark.parametrize("body", NO_QUESTIONS, ids=repr)
def test_a_question_about_receipts_that_is_none_is_400(door: Door, body: bytes) -> None:
    answer = door.post(PROSECUTOR, "/receipts", body, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "no-question")
    assert len(answer.json()["errors"]) == 1


def test_a_sender_pulls_what_is_in_custody_of_its_own_streams(door: Door) -> None:
    lines = {number: case(number, name="pull") for number in (1, 2, 4, 7)}
    door.send(PROSECUTOR, list(lines.values()))
    door.send(PROSECUTOR, [case(8, name="pull").replace(b"Sr 310", b"")])
    first = door.get(PROSECUTOR, "/streams/pull/messages?limit=3").json()
    assert [one["sequence"] for one in first["messages"]] == [1, 2, 4]
    assert [one["message"] for one in first["messages"]] == [json.loads(lines[number]) for number in (1, 2, 4)]
    rest = door.get(PROSECUTOR, f"/streams/pull/messages?limit=3&after={first['next']}").json()
    assert ([one["sequence"] for one in rest["messages"]], rest["next"]) == ([7, 8], None)
    assert "message" not in rest["messages"][1] and rest["messages"][1]["raw"]
    for signer, stream in ((COURT, "pull"), (PROSECUTOR, "nothing"), (PROSECUTOR, "no%20name")):
        assert door.get(signer, f"/streams/{stream}/messages").status_code == 404
    wrong = door.get(PROSECUTOR, "/streams/pull/messages?limit=501&after=-1&afer=2")
    assert wrong.status_code == 400
    assert {fault["location"] for fault in wrong.json()["errors"]} == {"limit", "after", "afer"}


def test_watermarks_tell_how_far_each_source_of_the_asker_is_here(door: Door) -> None:
    lines = [case(number, name="marks") for number in (1, 2, 3, 5)]
    door.send(PROSECUTOR, lines)

    def of(name: str) -> dict[str, object]:
        told = door.get(PROSECUTOR, "/watermarks").json()
        assert {one["source"].split(":")[3] for one in told["watermarks"]} == {OM}
        return next(one for one in told["watermarks"] if one["source"].endswith(f":{name}"))

    def set_hash(raws: list[bytes]) -> str:
        return hashlib.sha256(b"".join(hashlib.sha256(rfc8785.dumps(json.loads(raw))).digest() for raw in raws)).hexdigest()

    first = of("marks")
    assert (first["received_through"], first["highest"], first["gaps"]) == (3, 5, [{"first": 4, "last": 4}])
    assert first["set_hash"] == set_hash(lines[:3])
    door.send(PROSECUTOR, [case(4, name="marks")])
    then = of("marks")
    assert (then["received_through"], then["gaps"], then["received"]) == (5, [], 5)
    assert then["set_hash"] == set_hash([case(number, name="marks") for number in range(1, 6)])
