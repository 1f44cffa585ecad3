"""What a node answers, by example: messages as bytes through the real door, and the questions put to it."""

import hashlib
import json
import multiprocessing
from typing import Any

import pytest

from hervat import assemble
from hervat.assemble import Node
from hervat.clock import SystemClock
from hervat.errors import KeysFault, StoreFault
from hervat.intake.ceilings import Ceiling
from hervat.journal.keys import NodeKeys
from tests.rooms.messages import CORRECTION, FEEDS
from tests.rooms.nodes import ENGINES, PARTNERS, fresh, node_on

IDENTITY = {"set": "1", "surname": "A"}


def sent(feed: str, sequence: int, kind: str, data: dict[str, Any], **more: Any) -> bytes:
    """A message of a feed; `more` replaces attributes."""
    return json.dumps(
        {
            "specversion": "1.0",
            "id": f"{feed}-{sequence}",
            "source": FEEDS[feed],
            "type": f"nl.hervat.{kind}.v1",
            "time": "2025-07-01T08:00:00Z",
            "sequence": str(sequence),
            "sequencetype": "Integer",
            "datacontenttype": "application/json",
            "data": data,
        }
        | more
    ).encode()


def corrected(feed: str, sequence: int, corrects: int, data: dict[str, Any], **more: Any) -> bytes:
    """A correction of the message of this feed with the sequence `corrects`."""
    named = {"source": FEEDS[feed], "id": f"{feed}-{corrects}"}
    return sent(feed, sequence, CORRECTION, {"corrects": named, "data": data}, **more)


def person(sequence: int, skn: str) -> bytes:
    return sent("skdb", sequence, "person-registered", {"skn": skn, "identity": IDENTITY})


def counts(node: Node, *batch: bytes) -> tuple[int, int, int]:
    answer = node.receive(batch)
    return answer["applied"], answer["held"], answer["refused"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("time", [None, "1-7-2025"])
def test_a_message_refused_for_its_time_counts_at_the_time_of_its_correction(engine: str, time: str | None) -> None:
    added = {"skn": "S1", "identity": {"set": "2", "surname": "B"}, "leading": True}
    earlier = sent("skdb", 2, "identity-added", {"skn": "S1", "identity": {"set": "3", "surname": "C"}, "leading": True})
    with fresh(engine) as node:
        assert counts(node, person(1, "S1"), earlier) == (2, 0, 0)
        assert counts(node, sent("skdb", 3, "identity-added", added, time=time)) == (0, 0, 1)
        assert counts(node, corrected("skdb", 4, 3, added, time="2025-07-02T08:00:00Z")) == (2, 0, 0)
        assert [one["set"] for one in node.person("S1")["identities"] if one["leading"]] == ["2"]
        assert node.digest()["persons"] == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_a_ceiling_that_could_not_be_written_leaves_nothing_behind(engine: str) -> None:
    hold = {"source": FEEDS["gps"], "ceiling": Ceiling(hold=True), "by": "a test", "why": "it fails once"}
    with fresh(engine) as node:
        counts(node, person(1, "S1"))
        counts(node_on(node.store), person(2, "S2"), person(3, "S3"))
        with pytest.raises(StoreFault):
            node.ceiling(**hold)
        assert node.ceiling(**hold)["position"] == 4
        assert counts(node, person(4, "S4")) == (1, 0, 0)
        assert [entry.position for entry in node.store.entries(1, 9)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("oldest", ["0001-01-01", "9999-12-31"])
def test_stock_of_any_day_there_is_limits_the_horizon_and_hides_it_from_nobody(engine: str, oldest: str) -> None:
    claim = {"through_sequence": 0, "count": 0, "complete_until": "2025-07-01T00:00:00Z", "set_hash": hashlib.sha256(b"").hexdigest()}
    stock = {"kinds": ["judgment-given"], "from": "0001-01-01", "until": "9999-12-31", "count": 1, "counted_on": "2025-07-01"}
    with fresh(engine) as node:
        counts(node, person(1, "S1"), sent("skdb", 2, "watermark", claim))
        assert counts(node, sent("skdb", 3, "stock-declared", stock | {"oldest_on": oldest})) == (1, 0, 0)
        (source,) = node.person("S1")["horizon"]["sources"]
        assert source["complete_until"] == min(claim["complete_until"], f"{oldest[:4]}-01-01T23:40:28Z")


@pytest.mark.parametrize("engine", ENGINES)
def test_with_the_keys_of_another_node_nothing_is_written_and_nobody_is_called_unknown(engine: str) -> None:
    hold = {"source": FEEDS["gps"], "ceiling": Ceiling(hold=True), "by": "a test", "why": "with other keys"}
    with fresh(engine) as node:
        counts(node, person(1, "S1"))
        other = Node(node.store, NodeKeys.create("another"), PARTNERS, SystemClock(), writer=True)
        for step in (lambda: other.receive([person(2, "S2")]), lambda: other.ceiling(**hold), lambda: other.person("S1")):
            with pytest.raises(KeysFault):
                step()
        assert counts(node, person(2, "S2")) == (1, 0, 0)
        assert node.position == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_whose_case_a_correction_is_about_is_known_at_a_position_before_what_it_corrects_has_come(engine: str) -> None:
    period = {"from": "2025-06-01", "to": "2025-06-01"}
    charge = {"charge": 1, "article": "Sr 310", "label": "l", "class": "misdrijf", "period": period}
    case = {"pn": "10/000001-25", "skn": "S1", "office": "x", "received_on": "2025-07-01", "charges": [charge]}
    order = {"order": "O1", "pn": "10/000001-25", "charges": [1], "issued_on": "2025-07-03", "sentences": []}
    with fresh(engine) as node:
        node.receive([person(1, "S1"), sent("gps", 1, "case-registered", case), corrected("gps", 3, 2, order)])
        then = node.person("S1")["horizon"]
        assert (then["held"], then["unattributed"]) == (1, 1), "one is held about this person, and one number is missing"
        node.receive([person(2, "S2")])
        assert node.person("S1", position=3)["horizon"] == then


@pytest.mark.parametrize("engine", ENGINES)
def test_a_refused_message_that_is_corrected_tells_whose_a_case_is(engine: str) -> None:
    """What waits for that case concerned anyone until then, and no longer does."""
    moved = {"pn": "10/000001-25", "from": "S1", "to": "S2", "decided_on": "2025-07-03", "ground": "x"}
    verdicts = [{"charge": 1, "verdict": "convicted"}]
    judgment = {"judgment": "J1", "court": "x", "instance": 1, "pn": moved["pn"], "given_on": "2025-07-03", "verdicts": verdicts}
    with fresh(engine) as node:
        refused = sent("gps", 1, "case-reattributed", moved | {"nickname": "y"})
        assert counts(node, refused, sent("grip", 1, "judgment-given", judgment | {"sentences": []})) == (0, 1, 1)
        assert node.person("S2")["horizon"]["unattributed"] == 1
        node.receive([corrected("gps", 2, 1, moved)])
        told = node.person("S2")
        assert told["horizon"]["unattributed"] == 0
        assert "grip-1" in {one["id"] for one in told["held"]}


def test_a_batch_ends_where_its_messages_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    raws = [person(number, f"S{number}") for number in range(1, 6)]
    monkeypatch.setattr(assemble, "_BATCH_BYTES", 2 * len(raws[0]))
    seen = list[int]()
    with fresh("memory") as node:
        assert node.receive(raws, progress=lambda received: seen.append(received.taken))["applied"] == 5
        assert seen == [2, 4, 5]
        node.receive([person(6, "S6"), person(7, "S7")], batch=1, progress=lambda received: seen.append(received.taken))
        assert seen[3:] == [1, 2]


@pytest.mark.parametrize(("kilobytes", "is_helped"), [(20, True), (0, False)])
def test_few_but_large_messages_are_prepared_by_a_second_process(kilobytes: int, is_helped: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    raws = [envelope(number, "a" * 1024 * kilobytes) for number in range(1, 201)]
    monkeypatch.setattr(assemble, "_BATCH_BYTES", 1_200_000)
    seen = set[bool]()
    with fresh("memory") as node:
        node.receive(raws, helped=True, progress=lambda received: seen.add(bool(multiprocessing.active_children())))
    assert seen == {is_helped}


def envelope(number: int, extra: str) -> bytes:
    """A person with an attribute that nobody knows, which is kept."""
    return json.dumps(json.loads(person(number, f"S{number}")) | {"extra": extra}).encode()
