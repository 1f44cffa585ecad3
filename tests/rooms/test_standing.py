"""The bottlenecks of a node: open while it is blind and while anything differs that nobody looked at; over by evidence, and open again."""

from collections.abc import Iterator
from datetime import date

import pytest

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.consumers.bottleneck import Bottleneck
from hervat.consumers.disclosure.requested import Supplied
from hervat.consumers.ruling import Ruling
from hervat.disclosing import Disclosing
from hervat.intake.ceilings import Ceiling
from hervat.interim import InterimRule
from hervat.reopening import Reopening
from hervat.screening import screening_of
from hervat.standing import bottlenecks
from tests.rooms.certified import BSN, FEEDS, NUMBER, Said, application, case, message, registered, sealed
from tests.rooms.nodes import fresh

ON = date(2025, 9, 1)
EVERY = {"childcare", "taxi", "certificates", "immigration", "hearings"}
WHO = {"by": "a test", "ground": "a test"}
MORE = {"prk": 7, "indigo": 9, "iris": 12}
SOURCES = {name: f"urn:nld:oin:00000099{number:09d}000:systeem:{name}" for name, number in MORE.items()}


@pytest.fixture
def node() -> Iterator[Node]:
    with fresh("memory") as node:
        yield node


def asked(name: str, kind: str, data: dict[str, object]) -> bytes:
    FEEDS.setdefault(name, SOURCES[name])
    return message(name, 1, kind, data)


def requests() -> list[bytes]:
    told = {"skn": "S1", "requested_on": ON.isoformat()}
    of_ind = {"request": "ind-1", "article": "Bjsg 19", "purpose": "Vreemdelingenwet 2000", "requester": "IND"}
    of_probation = {"request": "ext-1", "article": "Wjsg 8", "purpose": "zitting", "requester": "Reclassering Nederland"}
    enrolment = {"enrolment": "E1", "sector": "childcare", "bsn": BSN, "from": "2025-01-01", "holder": "h"}
    return [
        asked("indigo", "disclosure-requested", of_ind | told),
        asked("iris", "disclosure-requested", of_probation | told),
        asked("prk", "screening-enrolled", enrolment),
    ]


def open_ones(node: Node) -> dict[str, Bottleneck]:
    return {one.name: one for one in bottlenecks(node) if one.is_open}


def against(one: Bottleneck) -> set[str]:
    return {condition.name for condition in one.conditions if not condition.holds}


def look_again(node: Node) -> None:
    screening_of(node).step(ON)
    Reopening(node).step(ON)
    Disclosing(node).desk().step(ON)


def test_they_are_over_when_everything_was_seen_again_and_not_before(node: Node) -> None:
    rule = InterimRule(name="go-on", authority="a", ground="g", purposes=("every",), does="decide", from_=date(2025, 7, 18))
    world: list[Said] = [registered(), *case(1, date(2025, 6, 1), "final"), application("aspect 84", on=date(2025, 8, 28))]
    feeds = sealed(world, "2025-09-02T00:00:00Z")
    court = feeds.pop("grip")
    # Of the court's feed only its mark is here, which tells that something is missing.
    node.receive([raw for feed in feeds.values() for raw in feed] + requests() + court[-1:])
    assert {*open_ones(node)} == EVERY
    Ruling(node.store, node.keys, node.decide).open(rule, by="a test", why="a test")
    certificates, disclosing = Certificates(node), Disclosing(node)
    certificates.propose(NUMBER, ON)
    # What is known is a suspicion; somebody grants it, blind.
    assert certificates.decide(NUMBER, "granted", ON, **WHO)["decided_blind"]
    for name in ("ind-1", "ext-1"):
        found, _, _ = disclosing.give(disclosing.request(name).position, Supplied(), ON, by="a test")
        assert (found.how, bool(found.blind)) == ("given", True)
    node.receive(court[:-1])
    assert {name: against(one) for name, one in open_ones(node).items()} == {
        "childcare": {"changes-told"},
        "taxi": {"changes-told"},
        "certificates": {"changes-compared"},
        "immigration": {"changes-compared"},
        "hearings": {"changes-compared"},
    }
    look_again(node)
    assert {name: against(one) for name, one in open_ones(node).items()} == {
        "childcare": {"signals-assessed"},
        "certificates": {"decisions-seen-again"},
        "immigration": {"answers-closed"},
        "hearings": {"answers-closed"},
    }
    desk = screening_of(node)
    for signal in [one for one in desk.told().last.values() if one.stands]:
        desk.assess(signal.enrolment, signal.message, "no-consequence", **WHO)
    Reopening(node).close(NUMBER, "no-consequence", **WHO)
    for name in ("ind-1", "ext-1"):
        disclosing.desk().close(disclosing.request(name).position, **WHO)
    assert open_ones(node) == {}
    # It opens again by itself.
    node.ceiling(FEEDS["gps"], Ceiling(hold=True), by="a test", why="a test")
    assert {name: against(one) for name, one in open_ones(node).items()} == {name: {"sources-live"} for name in EVERY}
