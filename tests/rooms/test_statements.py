"""Statements that are not believed, and differences that are found however far the other side says that it goes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
import pytest

from hervat.batch import STATEMENT, Statement, WatermarksAnswer
from hervat.clock import parse_rfc3339, rfc3339
from hervat.dispatch.feeds import SetHashes
from hervat.dispatch.signed import Unfit
from hervat.dispatch.statements import differences, ensure_stated, ensure_told, signed_watermarks, state
from hervat.doors.http.streams import watermarks_of
from hervat.intake.partnering import Wish
from hervat.message import LARGEST
from tests.journey.door import case
from tests.rooms.exchanged import JDS, OM, Side, acquainted
from tests.rooms.messages import FEEDS
from tests.rooms.nodes import fresh

SOURCE = FEEDS["gps"]


@pytest.fixture
def sides() -> Iterator[tuple[Side, Side]]:
    with fresh("memory") as sender, fresh("memory") as receiver:
        om, jds = acquainted(sender, receiver)
        om.node.receive([case(number, name="gps") for number in range(1, 5)])
        yield om, jds


def stated(om: Side) -> Statement:
    return state(om.node.store, om.node.keys, SetHashes(), om.identity, SOURCE, JDS, om.now)


def refused(jds: Side, statement: Statement, at: datetime) -> str:
    with pytest.raises(Unfit) as fault:
        ensure_stated(statement, jds.node.roster().now, OM, JDS, at)
    return fault.value.code


def test_a_statement_that_was_kept_and_comes_again_counts_no_more(sides: tuple[Side, Side]) -> None:
    om, jds = sides
    statement = stated(om)
    made = parse_rfc3339(statement.made_at)
    ensure_stated(statement, jds.node.roster().now, OM, JDS, made + timedelta(minutes=59))
    assert refused(jds, statement, made + timedelta(minutes=61)) == "made-at"
    assert refused(jds, statement, made - timedelta(minutes=61)) == "made-at"


def test_a_statement_by_a_key_that_had_ended(sides: tuple[Side, Side]) -> None:
    om, jds = sides
    statement = stated(om)
    made = parse_rfc3339(statement.made_at)
    known = jds.node.roster().now.get(OM)
    assert known is not None
    ended = msgspec.structs.replace(known.keys[0], id="ended", valid_from=made - timedelta(days=1), valid_until=made)
    jds.node.set_partner(OM, Wish(keys=(ended,)), **jds.said)
    for at, code in ((made, "key"), (made - timedelta(seconds=1), "")):
        unsigned = msgspec.structs.replace(statement, key="ended", made_at=rfc3339(at))
        said = msgspec.structs.replace(unsigned, signature=om.identity.signature_over(STATEMENT, unsigned))
        if code:
            assert refused(jds, said, made) == code
        else:
            ensure_stated(said, jds.node.roster().now, OM, JDS, made)


def test_differences_end_where_both_sides_do(sides: tuple[Side, Side]) -> None:
    om, _ = sides
    ours = om.digests(SOURCE)
    theirs = [(1, ours[1]), (3, bytes(32)), (4, ours[4]), (9, bytes(32))]
    found = [(one.sequence, one.what) for one in differences(om.node.store, om.node.keys, SOURCE, LARGEST, theirs)]
    assert found == [(2, "missing-there"), (3, "other-content"), (9, "missing-here")]
    assert [one.sequence for one in differences(om.node.store, om.node.keys, SOURCE, 2, theirs)] == [2]


def marked(om: Side, jds: Side) -> WatermarksAnswer:
    """What the register signs of OM's feeds, of which it has three messages of four."""
    jds.node.receive([case(number, name="gps") for number in (1, 2, 4)])
    return signed_watermarks(watermarks_of(jds.node, OM, SetHashes()), jds.identity, OM, jds.now)


def test_watermarks_are_believed_as_they_were_signed_and_no_others(sides: tuple[Side, Side]) -> None:
    om, jds = sides
    answer = marked(om, jds)
    partners, at = om.node.roster().now, jds.now
    ensure_told(msgspec.json.decode(msgspec.json.encode(answer), type=WatermarksAnswer), partners, JDS, OM, at)
    one = answer.watermarks[0]
    for changed in (
        {"watermarks": []},
        *({"watermarks": [msgspec.structs.replace(one, **{name: 9})]} for name in ("received_through", "highest", "received", "held")),
        {"watermarks": [msgspec.structs.replace(one, set_hash="0" * 64)]},
        {"watermarks": [msgspec.structs.replace(one, gaps=[])]},
        {"watermarks": [msgspec.structs.replace(one, gone=one.gaps, gaps=[])]},
        {"position": answer.position + 1},
        {"to": JDS},
        {"from_": OM},
        {"made_at": rfc3339(at + timedelta(minutes=1))},
        {"key": "another"},
        {"signature": None},
        {"signature": "AAAA"},
    ):
        with pytest.raises(Unfit):
            ensure_told(msgspec.structs.replace(answer, **changed), partners, JDS, OM, at)
    with pytest.raises(Unfit):
        ensure_told(answer, partners, JDS, OM, at + timedelta(minutes=61))
    om.revoke(jds)
    with pytest.raises(Unfit):
        ensure_told(answer, om.node.roster().now, JDS, OM, at)
