"""What was erased by its sender before it was handed over: missing no more, and nothing of what exists is ever skipped by it.

The search over exchanges (`test_exchange_search`) has senders that erase; the oracle of holding knows what it does to chains.
"""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from hervat.batch import Gone
from hervat.dispatch.batches import Batch, manifest_of
from hervat.dispatch.identity import Identity
from hervat.dispatch.signed import Unfit
from hervat.intake.ceilings import Ceiling
from hervat.quarantining import Quarantine
from tests.rooms.certified import message, watermark
from tests.rooms.exchanged import JDS, OM, Side, a_key, acquainted
from tests.rooms.messages import FEEDS, charge, digest_of_raw
from tests.rooms.nodes import fresh, node_on

GPS = FEEDS["gps"]
ONE, TWO = {"by": "Anna"}, {"by": "Anna", "second": "Bram"}


def a_case(number: int, skn: str = "S1", **more: str) -> bytes:
    data = {"pn": f"10/00000{number}-25", "skn": skn, "office": "x", "received_on": "2025-07-01", "charges": [charge(1), charge(2)]}
    return message("gps", number, "case-registered", data, **more)


def person() -> bytes:
    return message("skdb", 1, "person-registered", {"skn": "S1", "identity": {"set": "1", "surname": "A"}})


CASES = [a_case(1), a_case(2, previous="gps-1"), a_case(3, previous="gps-2")]
CLAIM = watermark("gps", CASES, "2025-08-01T00:00:00Z")
SHORT, LONG = (watermark("gps", CASES[:count], "2025-07-20T00:00:00Z") for count in (1, 2))
OTHER = a_case(1, skn="S2")


@pytest.fixture
def sides() -> Iterator[tuple[Side, Side]]:
    with fresh("memory") as sender, fresh("sqlite") as receiver:
        om, jds = acquainted(sender, receiver)
        om.node.receive([*CASES, CLAIM])
        jds.node.receive([person()])
        yield om, jds


def erased(om: Side, number: int, part: str | None = None) -> None:
    (position,) = om.node.store.sequence_run(next(one.number for one in om.node.store.feeds() if one.name == GPS), number, number).values()
    om.node.erase_message(position, part, by="a", ground="b")


def goes(om: Side, jds: Side, **how: Any) -> Any:
    batch = om.next(GPS, JDS, **how)
    assert batch is not None
    return jds.exchange.take(batch, "wire", jds.now)


def row_of(side: Side) -> dict[str, Any]:
    return next(row for row in side.node.horizon() if row["source"] == GPS)


def signed_gone(om: Side, *gone: Gone, by: Identity | None = None) -> Batch:
    """A batch of nothing but numbers that are gone, the first to the last of them."""
    digests = [bytes.fromhex(one.digest) for one in gone]
    manifest = manifest_of(by or om.identity, GPS, JDS, (gone[0].sequence, gone[-1].sequence), gone, digests, om.now)
    return Batch(manifest, ())


def test_what_its_sender_erased_is_no_gap_and_what_follows_is_applied(sides: tuple[Side, Side]) -> None:
    om, jds = sides
    erased(om, 1)
    erased(om, 2)
    became = goes(om, jds)
    assert (became.new, became.duplicates) == (2, 0)
    row = row_of(jds)
    assert (row["gaps"], row["gone"], row["received_through"]) == ([], [{"first": 1, "last": 2}], 4)
    # The chain of `previous` leads to one of them, and the watermark was made of all.
    assert (row["held"], row["applied"], row["unreconciled"], row["complete_until"]) == (0, 2, False, "2025-08-01T00:00:00Z")
    answer = jds.node.person("S1")
    assert [one["prosecution_number"] for one in answer["cases"]] == ["10/000003-25"]
    assert answer["horizon"]["unattributed"] == 0
    # That it comes again is no news, and at every earlier position the answer is as it was.
    size = jds.node.position
    goes(om, jds, after=0)
    assert jds.node.position == size
    assert not [one for one in jds.node.horizon(size - 2) if one.get("gone")]
    assert jds.node.verify().ok


def test_a_batch_of_nothing_else_says_so_of_a_feed_that_was_never_seen(sides: tuple[Side, Side]) -> None:
    om, jds = sides
    jds.exchange.take(signed_gone(om, Gone(sequence=1, digest="a" * 64, whole=True)), "hand", jds.now)
    row = row_of(jds)
    assert (row["received"], row["received_through"], row["gone"]) == (0, 1, [{"first": 1, "last": 1}])
    assert jds.digests(GPS) == {1: bytes.fromhex("a" * 64)}
    assert jds.node.verify().ok


def test_of_what_was_erased_in_part_something_is_left_and_it_stays_missing(sides: tuple[Side, Side]) -> None:
    om, jds = sides
    erased(om, 2, "charge:1")
    goes(om, jds)
    row = row_of(jds)
    assert (row["gaps"], row["gone"], row["complete_until"]) == ([{"first": 2, "last": 2}], [], None)
    assert jds.node.verify().ok


@pytest.mark.parametrize("kind", ["message-retracted", "message-corrected"])
def test_an_erased_amendment_stays_missing_for_what_it_took_away_may_stand_here(sides: tuple[Side, Side], kind: str) -> None:
    om, jds = sides
    assert goes(om, jds).new == 4
    named = {"source": GPS, "id": "gps-1"}
    corrected = {"corrects": named, "data": json.loads(a_case(1, skn="S2"))["data"]}
    amendment = message("gps", 5, kind, {"retracts": named, "ground": "x"} if kind == "message-retracted" else corrected)
    om.node.receive([amendment, watermark("gps", [*CASES, CLAIM, amendment], "2025-09-01T00:00:00Z")])
    erased(om, 5)
    goes(om, jds, after=4)
    row = row_of(jds)
    assert (row["gaps"], row["gone"], row["complete_until"]) == ([{"first": 5, "last": 5}], [], "2025-08-01T00:00:00Z")
    assert jds.node.person("S1")["horizon"]["unattributed"] == 1


def test_what_is_signed_as_gone_and_no_more_stays_missing(sides: tuple[Side, Side]) -> None:
    """So a sender says it that knows only the number and the digest, of what it erased in part as well."""
    om, jds = sides
    before = jds.node.position
    jds.exchange.take(signed_gone(om, Gone(sequence=1, digest="a" * 64)), "wire", jds.now)
    assert jds.node.position == before
    goes(om, jds, after=1)
    assert row_of(jds)["gaps"] == [{"first": 1, "last": 1}]


@pytest.mark.parametrize("how", ["another key", "a key unknown", "another organisation", "a changed number"])
def test_nobody_but_its_owner_says_that_a_number_is_gone(sides: tuple[Side, Side], how: str) -> None:
    om, jds = sides
    other = Identity(OM, "om-1" if how == "another key" else "om-2", a_key("ed25519"))
    by = {"another key": other, "a key unknown": other, "another organisation": jds.identity}.get(how)
    batch = signed_gone(om, Gone(sequence=1, digest="a" * 64, whole=True), by=by)
    if how == "a changed number":
        changed = msgspec.structs.replace(batch.manifest, gone=(Gone(sequence=1, digest="a" * 64, whole=True, id="gps-2"),))
        batch = Batch(changed, ())
    before = jds.node.position
    with pytest.raises(Unfit):
        jds.exchange.take(batch, "wire", jds.now)
    assert jds.node.position == before


def test_what_comes_after_all_is_taken_and_what_was_claimed_of_it_is_checked_again(sides: tuple[Side, Side]) -> None:
    """Whoever has the key of an organisation may sign as gone what exists: it hides nothing, once the true message is sent."""
    om, jds = sides
    jds.exchange.take(signed_gone(om, Gone(sequence=1, digest="a" * 64, whole=True, id="gps-1")), "wire", jds.now)
    goes(om, jds, after=1)
    assert row_of(jds)["unreconciled"]
    became = goes(om, jds, after=0)
    assert (became.new, became.duplicates, became.conflicts) == (1, 3, ())
    row = row_of(jds)
    assert (row["unreconciled"], row["gone"], row["applied"], row["complete_until"]) == (False, [], 4, "2025-08-01T00:00:00Z")
    assert jds.digests(GPS)[1] == digest_of_raw(CASES[0])
    assert jds.node.verify().ok


def test_in_quarantine_it_waits_for_two_people_as_messages_do(sides: tuple[Side, Side]) -> None:
    om, jds = sides
    lane = Quarantine(jds.node)
    lane.open(OM, **ONE, why="an intrusion")
    jds.revoke(om)
    erased(om, 1)
    goes(om, jds)
    row = row_of(jds)
    assert (row["gaps"], row["gone"]) == ([{"first": 1, "last": 1}], [])
    listed = lane.listing(OM)
    (gone,) = listed["gone"]
    assert (gone["numbers"], gone["flags"][0], listed["lanes"][0]["inside"]) == ([1], "revoked-key", 4)
    # What is let through without it leaves the number missing; then that is let through as well.
    assert lane.release(OM, jds.node.position, [gone["position"]], **TWO, ground="x")["released"] == 3
    assert row_of(jds)["gaps"] == [{"first": 1, "last": 1}]
    assert lane.release(OM, jds.node.position, [], **TWO, ground="x")["released"] == 1
    row = row_of(jds)
    assert (row["gaps"], row["gone"], row["applied"]) == ([], [{"first": 1, "last": 1}], 3)
    assert jds.node.verify().ok


@pytest.mark.parametrize("digest", [digest_of_raw(CASES[0]).hex(), "a" * 64], ids=["its digest", "another"])
@pytest.mark.parametrize(
    "comes",
    [[CASES[0], SHORT], [SHORT, CASES[0]], [OTHER, SHORT], [SHORT, OTHER], [CASES[1], LONG, CASES[0]], [CASES[1], LONG, OTHER]],
    ids=["true", "claimed, true", "other", "claimed, other", "claimed with another, true", "claimed with another, other"],
)
def test_what_was_known_of_claims_stays_so_whatever_comes_under_a_number(
    sides: tuple[Side, Side], digest: str, comes: list[bytes]
) -> None:
    om, jds = sides
    jds.exchange.take(signed_gone(om, Gone(sequence=1, digest=digest, id="gps-1", whole=True)), "wire", jds.now)
    known = {jds.node.position: row_of(jds)}
    for raw in [*comes, message("skdb", 2, "person-registered", {"skn": "S9", "identity": {"set": "1", "surname": "B"}})]:
        jds.node.receive([raw])
        known[jds.node.position] = row_of(jds)
    for position, row in known.items():
        assert next(one for one in jds.node.horizon(position) if one["source"] == GPS) == row, position
    assert jds.node.verify().ok


def test_a_chain_does_not_end_at_a_message_that_was_here_when_its_id_was_signed_as_gone(sides: tuple[Side, Side]) -> None:
    om, jds = sides
    jds.node.receive([CASES[1]])
    jds.node.ceiling(GPS, Ceiling(hold=True), by="a", why="b")
    jds.node.receive([CASES[0]])
    jds.exchange.take(signed_gone(om, Gone(sequence=3, digest="c" * 64, id="gps-1", whole=True)), "hand", jds.now)
    assert {one["id"]: one["reason"] for one in jds.node.held()} == {"gps-1": "ceiling", "gps-2": "gap"}
    assert jds.node.verify().ok


def test_of_two_digests_signed_for_a_number_the_first_counts_also_after_a_restart(sides: tuple[Side, Side]) -> None:
    om, jds = sides
    first, second = (digest_of_raw(raw).hex() for raw in CASES[:2])
    jds.exchange.take(signed_gone(om, Gone(sequence=1, digest=first, id="gps-1", whole=True)), "wire", jds.now)
    again = Side(node_on(jds.node.store), jds.identity)
    both = (Gone(sequence=1, digest="b" * 64, id="gps-1", whole=True), Gone(sequence=2, digest=second, id="gps-2", whole=True))
    again.exchange.take(signed_gone(om, *both), "wire", again.now)
    goes(om, again, after=2)
    row = row_of(again)
    assert (row["unreconciled"], row["complete_until"]) == (False, "2025-08-01T00:00:00Z")
    assert again.node.verify().ok
