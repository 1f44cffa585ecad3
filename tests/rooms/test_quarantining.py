"""The quarantine of a node: who signed what lies inside, what a key signed wherever it is, and acts of two people."""

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hervat.assemble import Node
from hervat.batch import BATCH_TAKEN, BatchTaken
from hervat.errors import NotSo, Usage
from hervat.intake.partnering import Wish
from hervat.partner import PartnerKey
from hervat.quarantining import Quarantine
from hervat.rehearsal.sources import Sources
from tests.rooms.nodes import fresh

OM, GPS, PN = "00000099000000002000", "urn:nld:oin:00000099000000002000:systeem:gps", "10/000001-25"
BEFORE, AFTER = "2025-08-20T00:00:00Z", "2025-09-02T00:00:00Z"
"""Signing moments around the revocation, which is done on 1 September by the clock of the node."""
ONE, TWO = {"by": "Anna"}, {"by": "Anna", "second": "Bram"}


@pytest.fixture
def node() -> Iterator[Node]:
    with fresh("memory") as node:
        public = base64.b64encode(Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()).decode()
        keys = tuple(
            PartnerKey(id=id, algorithm="ed25519", public=public, valid_from=datetime(2020, 1, 1, tzinfo=UTC)) for id in ("old", "new")
        )
        node.set_partner(OM, Wish(keys=keys), by="a test", why="a test")
        yield node


def om() -> tuple[bytes, list[bytes]]:
    """A person, and five messages of OM: a case, a dismissal that hides it, a retraction of that, and two more cases."""
    sources = Sources(("skdb", "gps"), "2025-08-01T00:00:00Z")
    person = sources.send("skdb", "person-registered", skn="S1", identity={"set": "1", "surname": "A"})
    charge = {"charge": 1, "article": "Sr 242", "label": "x", "class": "misdrijf", "period": {"from": "2025-01-01", "to": "2025-01-01"}}
    case = {"skn": "S1", "office": "x", "received_on": "2025-02-01", "charges": [charge]}
    decided = {"code": "01", "conditional": False, "decided_on": "2025-03-01"}
    sent = [
        sources.send("gps", "case-registered", pn=PN, **case),
        sources.send("gps", "case-dismissed", pn=PN, charges=[1], **decided),
        sources.send("gps", "message-retracted", retracts=sources.named("gps", "gps-2"), ground="x"),
        *(sources.send("gps", "case-registered", pn=f"10/00000{number}-25", **case) for number in (2, 3)),
    ]
    return person, sent


def taken(node: Node, raws: list[bytes], key: str, made_at: str) -> None:
    """Messages of OM that came in one signed batch."""
    before = node.position
    node.receive(raws)
    new = list(node.store.rows_at(range(before + 1, node.position + 1)))
    numbers = [int(json.loads(raw)["sequence"]) for raw in raws]
    act = {"oin": OM, "key": key, "made_at": made_at, "source": GPS, "first": min(numbers), "last": max(numbers), "root": "0" * 64}
    node.decide(BATCH_TAKEN, BatchTaken(**act, entered=(min(new), max(new)), carried="hand"))


def revoke(node: Node) -> None:
    node.set_partner(OM, Wish(revoke=("old",)), by="a test", why="stolen")


def shown(node: Node) -> set[str]:
    return {case["prosecution_number"] for case in node.person("S1")["cases"]}


def flags(node: Node, stolen_since: datetime | None = None) -> dict[int, list[str]]:
    return {one["sequence"]: one["flags"] for one in Quarantine(node).listing(OM, stolen_since)["messages"]}


def test_what_lies_inside_is_told_with_who_signed_it(node: Node) -> None:
    person, sent = om()
    node.receive([person])
    Quarantine(node).open(OM, **ONE, why="a test")
    taken(node, sent[:1], "old", BEFORE)
    taken(node, sent[1:2], "old", AFTER)
    taken(node, sent[2:3], "new", AFTER)
    taken(node, sent[3:4], "strange", AFTER)
    node.receive(sent[4:])
    assert flags(node) == {1: [], 2: [], 3: [], 4: ["unknown-key"], 5: ["unsigned"]}
    revoke(node)
    revoked = {1: ["revoked-key", "signed-before-revocation"], 2: ["revoked-key", "signed-after-revocation"]}
    assert flags(node) == revoked | {3: [], 4: ["unknown-key"], 5: ["unsigned"]}
    stolen = datetime.fromisoformat(BEFORE) + timedelta(seconds=1)
    assert [one[-1] for one in flags(node, stolen).values()] == ["signed-before-theft", *["signed-since-theft"] * 3, "unsigned"]
    told = Quarantine(node).listing()["messages"]
    assert [one["digest"] for one in told] == [hashlib.sha256(raw).hexdigest() for raw in sent]
    assert [one["batch"] and (one["batch"]["key"], one["batch"]["carried"]) for one in told][::4] == [("old", "hand"), None]
    assert Quarantine(node).show(told[1]["position"])["message"] == json.loads(sent[1])
    assert not shown(node)


def test_what_is_named_stays_inside_until_a_release_names_a_range_without_it(node: Node) -> None:
    person, sent = om()
    node.receive([person, sent[0]])
    quarantine = Quarantine(node)
    quarantine.open(OM, **ONE, why="a test")
    taken(node, sent[1:], "old", AFTER)
    assert shown(node) == {PN}
    dismissal, retraction = (node.message(GPS, f"gps-{number}").position for number in (2, 3))
    last = node.position
    answer = quarantine.release(OM, last, [dismissal, retraction], **TWO, ground="compared")
    assert (answer["released"], answer["kept"], answer["applied"]) == (2, 2, 2)
    assert shown(node) == {PN, "10/000002-25", "10/000003-25"}
    with pytest.raises(NotSo, match="nothing of"):
        quarantine.release(OM, last, [dismissal, retraction], **TWO, ground="again")
    assert quarantine.close(OM, **TWO, why="back")["inside"] == 2
    with pytest.raises(NotSo, match="lies in quarantine"):
        node.erase_message(retraction, None, by="Anna", ground="x")
    quarantine.release(OM, last, [retraction], **TWO, ground="the dismissal is true")
    assert PN not in shown(node)
    quarantine.release(OM, last, [], **TWO, ground="and so is that it was taken back")
    assert PN in shown(node)
    assert quarantine.listing()["lanes"] == []


def test_a_forged_retraction_inside_does_not_hinder_an_erasure(node: Node) -> None:
    person, sent = om()
    node.receive([person, sent[3]])
    Quarantine(node).open(OM, **ONE, why="a test")
    forged = json.loads(sent[2])
    forged["data"]["retracts"]["id"] = "gps-4"
    taken(node, [json.dumps(forged | {"id": "gps-6", "sequence": "6"}).encode()], "old", AFTER)
    case, retraction = (node.message(GPS, f"gps-{number}").position for number in (4, 6))
    with pytest.raises(NotSo, match=f"position {retraction} lies in quarantine"):
        node.erase_message(retraction, None, by="Anna", ground="x")
    answer = node.erase_message(case, None, by="Anna", ground="x")
    assert [one["position"] for one in answer["erased"]] == [case]
    assert answer["left"] == [{"position": retraction, "reason": "it lies in quarantine"}]
    assert node.store.rows_at([retraction])[retraction].quarantined


def test_a_conflict_is_closed_by_its_sender_once_that_is_let_through(node: Node) -> None:
    person, sent = om()
    node.receive([person, *sent[:1]])
    node.receive([json.dumps(json.loads(sent[0]) | {"id": "true"}).encode()])
    Quarantine(node).open(OM, **ONE, why="a test")
    retraction = json.loads(sent[2]) | {"data": {"retracts": {"source": GPS, "id": "gps-1"}, "ground": "x"}}
    taken(node, [json.dumps(retraction).encode()], "old", AFTER)
    assert [one["open"] for one in node.conflicts()] == [True]
    Quarantine(node).release(OM, node.position, [], **TWO, ground="compared")
    assert [one["open"] for one in node.conflicts()] == [False]


def test_everything_that_a_key_signed_is_listed_wherever_it_is(node: Node) -> None:
    person, sent = om()
    node.receive([person, sent[3]])
    taken(node, sent[:1], "old", BEFORE)
    Quarantine(node).open(OM, **ONE, why="a test")
    other = json.loads(sent[1]) | {"id": "other"}
    node.receive([json.dumps(other).encode()])
    taken(node, sent[1:5], "old", AFTER)
    taken(node, [json.dumps(json.loads(sent[4]) | {"id": "gps-6", "sequence": "6"}).encode()], "new", AFTER)
    inside = Quarantine(node).listing(OM)["messages"]
    assert Quarantine(node).listing(OM, most=2)["messages"] == inside[:2]
    conflicts = [one["position"] for one in node.conflicts()]
    assert {one["sequence"]: one["conflicts"] for one in inside} == {2: conflicts, 3: [], 5: [], 6: []}
    found = Quarantine(node).suspects("old")
    told = {one["sequence"]: (one["how"], one["state"], one["reason"]) for one in found["messages"]}
    assert told == {
        1: ("new", "applied", None),
        2: ("conflict", "conflict", None),
        3: ("new", "quarantined", "quarantine"),
        4: ("duplicate", "applied", None),
        5: ("new", "quarantined", "quarantine"),
    }
    assert found["counts"] == {"applied": 2, "conflict": 1, "quarantined": 2}
    assert [one["first"] for one in found["batches"]] == [1, 2]
    with pytest.raises(NotSo, match="no batch"):
        Quarantine(node).suspects("old", "00000099000000003000")


WRONG: list[tuple[str, dict[str, Any], type[Exception], str]] = [
    ("open", {"oin": "9" * 20, "by": "A", "why": "x"}, Usage, "no organisation"),
    ("open", {"oin": OM, "by": "A", "why": "x"}, NotSo, "since position"),
    ("close", {"oin": OM, "by": "A", "second": " a ", "why": "x"}, Usage, "another person"),
    ("close", {"oin": "00000099000000003000", "by": "A", "second": "B", "why": "x"}, NotSo, "not quarantined"),
    ("release", {"oin": OM, "through": 9, "but": [], "by": "A", "second": "A", "ground": "x"}, Usage, "another person"),
    ("release", {"oin": OM, "through": 10**30, "but": [], "by": "A", "second": "B", "ground": "x"}, Usage, "--through"),
    ("release", {"oin": OM, "through": 4, "but": [2], "by": "A", "second": "B", "ground": "x"}, Usage, "--but 2"),
    ("release", {"oin": OM, "through": 1, "but": [], "by": "A", "second": "B", "ground": "x"}, NotSo, "left to let through"),
    ("show", {"position": 10**30}, NotSo, "no message lies"),
    ("show", {"position": 2}, NotSo, "no message lies"),
]


@pytest.mark.parametrize(("what", "given", "fault", "words"), WRONG)
def test_what_is_wrong_with_an_act_is_said_and_changes_nothing(
    node: Node, what: str, given: dict[str, Any], fault: type[Exception], words: str
) -> None:
    person, sent = om()
    node.receive([person])
    Quarantine(node).open(OM, **ONE, why="a test")
    taken(node, sent[:1], "old", AFTER)
    before = node.position
    with pytest.raises(fault, match=words):
        getattr(Quarantine(node), what)(**given)
    assert node.position == before
