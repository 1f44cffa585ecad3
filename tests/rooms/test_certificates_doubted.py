"""Certificates where what is missing or in doubt hides behind something else: nothing of it is granted, and nobody decides unseen."""

from datetime import date
from typing import Any

import msgspec
import pytest
import rfc8785

from hervat.certifying import Certificates
from hervat.consumers.certificates.proposing import Proposed
from hervat.doors.public_order import assessed
from hervat.emergency import Emergency
from hervat.errors import NotSo
from hervat.inspecting import Inspecting
from hervat.intake.ceilings import Ceiling
from hervat.law.certificates import Proposal
from hervat.law.immigration.sliding_scale import SLIDING_SCALE
from hervat.procedure import EmergencyProcedure
from tests.rooms.certified import FEEDS, NUMBER, ON, OTHER_BSN, Said, all_of, application, case, message, registered, sealed, watermark
from tests.rooms.nodes import fresh

GROUND = {"by": "a test", "ground": "g"}
UNTIL = "2025-10-02T00:00:00Z"


def found(*said: Said, then: Any = lambda node, feeds: None, until: str = UNTIL) -> Proposed:
    """What is proposed, after what `then` does to the node with its feeds."""
    with fresh("memory") as node:
        feeds = sealed(said, until)
        node.receive(all_of(feeds))
        then(node, feeds)
        return Certificates(node).proposed(NUMBER, ON)


def test_blind_for_a_purpose_that_nobody_knows_is_blind_and_nobody_decides_without_a_rule() -> None:
    with fresh("memory") as node:
        node.receive(all_of(sealed([registered(), application("aspect 99")], "2025-08-01T00:00:00Z")))
        at = Certificates(node)
        told = at.propose(NUMBER, ON)
        assert (told["proposal"], told["is_blind"]) == (Proposal.CANNOT_SAY, True)
        with pytest.raises(NotSo, match="the register is blind for it, and no interim rule is open"):
            at.decide(NUMBER, "granted", ON, **GROUND)
    assert not found(registered(), application("aspect 99")).is_blind


def test_support_that_was_lost_is_blind() -> None:
    day = {"decided_on": "2025-01-01", "ground": "g"}
    merged = ("skdb", "persons-merged", {"kept": "S1", "merged": "S2", **day})
    retraction = {"retracts": {"source": FEEDS["skdb"], "id": "skdb-2"}, "ground": "g"}

    def retracted(node: Any, feeds: dict[str, list[bytes]]) -> None:
        raw = message("skdb", len(feeds["skdb"]) + 1, "message-retracted", retraction)
        node.receive([raw, watermark("skdb", [*feeds["skdb"], raw], UNTIL)])

    judged = case(1, date(2025, 1, 1), "judged", skn="S2")
    lost = found(registered(), registered("S2", OTHER_BSN), merged, *judged, application(), then=retracted)
    assert (lost.looked.horizon["support_lost"], lost.is_blind, lost.proposal) == (True, True, Proposal.CANNOT_SAY)


BEGUN = case(1, date(2025, 1, 1), "registered")[0][2]


def unsettled(node: Any, position: int | None = None) -> tuple[set[tuple[str, str]], Any, tuple[str, ...]]:
    """Why the register is blind by what does not count: for a certificate, for the sliding scale; and for disclosure."""
    spots = {(one.why, one.of) for one in Certificates(node).looked(NUMBER, ON, position).blindness.spots}
    return spots, assessed(node, "S1", SLIDING_SCALE, {}, ON, position).blind, Inspecting(node).report("S1", ON)["blind"]


@pytest.mark.parametrize(("subject", "is_doubt"), [("S1", True), (None, True), ("S9", True), ("S2", False)])
def test_what_was_refused_and_not_put_right_is_a_blind_spot_of_its_source(subject: str | None, *, is_doubt: bool) -> None:
    gps, named = FEEDS["gps"], {} if subject is None else {"subject": subject}
    with fresh("memory") as node:
        feeds = sealed([registered(), registered("S2", OTHER_BSN), application()])
        node.receive(all_of(feeds))
        whole = node.position
        bad = message("gps", 2, "case-registered", BEGUN | {"skn": subject or "S1", "extra": 1}, **named)
        node.receive([bad, watermark("gps", [*feeds["gps"], bad], UNTIL)])
        then = node.position
        doubted = ({("refused", gps)}, (gps,), [gps]) if is_doubt else (set(), (), [])
        assert unsettled(node) == doubted
        right = message("gps", 4, "message-corrected", {"corrects": {"source": gps, "id": "gps-2"}, "data": BEGUN | {"skn": "S2"}}, **named)
        node.receive([right])
        assert unsettled(node) == (set(), (), [])
        assert unsettled(node, then) == (*doubted[:2], [])
        assert unsettled(node, whole) == (set(), (), [])


@pytest.mark.parametrize(("kind", "is_doubt"), [("message-retracted", True), ("unheard-of", True), ("watermark", False)])
def test_of_what_was_refused_only_what_may_tell_of_a_record_is_one(kind: str, *, is_doubt: bool) -> None:
    with fresh("memory") as node:
        node.receive(all_of(sealed([registered(), application()])))
        assert node.receive([message("gps", 2, kind, {"extra": 1})])["refused"] == 1
        assert unsettled(node)[1] == ((FEEDS["gps"],) if is_doubt else ())


def test_what_is_in_conflict_and_not_put_right_is_a_blind_spot_of_its_source() -> None:
    gps = FEEDS["gps"]
    with fresh("memory") as node:
        feeds = sealed([registered(), application()])
        node.receive(all_of(feeds))
        assert node.receive([message("gps", 1, "case-registered", BEGUN)])["conflicts"] == 1
        then = node.position
        assert unsettled(node) == ({("conflict", gps)}, (gps,), [gps])
        node.receive([message("gps", 2, "message-retracted", {"retracts": {"source": gps, "id": "gps-1"}, "ground": "g"})])
        assert unsettled(node)[0] == {("silent", gps)}
        assert unsettled(node, then)[:2] == ({("conflict", gps)}, (gps,))


DAY = {"decided_on": "2025-01-01", "ground": "g"}
MERGE: Said = ("skdb", "persons-merged", {"kept": "S2", "merged": "S1", **DAY})


def undoing(number: int) -> dict[str, Any]:
    return {"undoes": {"source": FEEDS["skdb"], "id": f"skdb-{number}"}, **DAY}


def of(kind: str, name: str, number: int, **data: Any) -> Said:
    """An amendment, by what it names."""
    named = {"source": FEEDS[name], "id": f"{name}-{number}"}
    return name, kind, {"corrects": named, "data": data} if kind == "message-corrected" else {"retracts": named, "ground": "g"}


OTHERS = [registered(), registered("S2", OTHER_BSN)]
MOVED: Said = ("gps", "case-reattributed", {"pn": BEGUN["pn"], "from": "S1", "to": "S2", **DAY})
OWN, OF_S2 = ("gps", "case-registered", BEGUN), ("gps", "case-registered", BEGUN | {"skn": "S2"})
SPLIT: Said = ("skdb", "persons-split", undoing(3))


@pytest.mark.parametrize(
    ("said", "held", "subject"),
    [
        ([*OTHERS, OWN, MOVED], of("message-retracted", "gps", 2), "S2"),
        ([registered(), OWN, of("message-corrected", "skdb", 1, **registered(bsn=OTHER_BSN)[2])], of("message-retracted", "skdb", 2), "S1"),
        ([*OTHERS, MERGE, SPLIT, OF_S2], of("message-retracted", "skdb", 4), "S2"),
        ([*OTHERS, MERGE, SPLIT, OF_S2], of("message-corrected", "skdb", 4, **undoing(9)), "S2"),
        ([*OTHERS, MERGE, of("message-retracted", "skdb", 3), OF_S2], of("message-retracted", "skdb", 4), "S2"),
        (OTHERS, of("message-retracted", "gps", 99), "S2"),
        (OTHERS, ("gps", "case-registered", BEGUN | {"skn": "S9"}), None),
    ],
)
def test_what_is_held_is_a_blind_spot_for_whomever_it_may_bear_on(said: list[Said], held: Said, subject: str | None) -> None:
    name, kind, data = held
    with fresh("memory") as node:
        feeds = sealed([*said, application()])
        node.receive(all_of(feeds))
        whole = node.position
        assert unsettled(node) == (set(), (), [])
        node.ceiling(FEEDS[name], Ceiling(hold=True), by="a test", why="w")
        node.receive([message(name, len(feeds[name]) + 1, kind, data, **({} if subject is None else {"subject": subject}))])
        then = node.position
        source = FEEDS[name]
        assert unsettled(node) == ({("held", source)}, (source,), [source])
        node.receive([message("gps" if name == "skdb" else "skdb", 99, "watermark", {})])
        spots, scale, _ = unsettled(node, then)
        assert (spots, scale) == ({("held", source)}, (source,))
        assert unsettled(node, whole)[0] == set()


@pytest.mark.parametrize("held", [of("message-corrected", "vog", 1, **application(bsn=OTHER_BSN)[2]), application(bsn=OTHER_BSN)])
def test_what_is_held_of_the_application_itself_is_for_a_person_to_assess(held: Said) -> None:
    def then(node: Any, feeds: Any) -> None:
        assert Certificates(node).proposed(NUMBER, ON).proposal is Proposal.GRANT
        node.ceiling(FEEDS["vog"], Ceiling(hold=True), by="a test", why="w")
        node.receive([message("vog", 2, *held[1:])])

    told = found(*OTHERS, application(), then=then)
    assert (told.proposal, told.is_blind) == (Proposal.ASSESS, False)


def test_what_does_not_fit_in_a_case_is_for_a_person_to_assess() -> None:
    told = found(*OTHERS, OWN, OF_S2, application())
    assert [one.about for one in told.looked.entries] == ["what is told of a case does not fit"]
    assert told.proposal is Proposal.ASSESS


@pytest.mark.parametrize(("purpose", "proposal"), [("certificate", Proposal.ASSESS), ("screening", Proposal.GRANT)])
def test_a_report_of_the_police_for_certificates_is_for_a_person_to_assess(purpose: str, proposal: Proposal) -> None:
    police = "urn:nld:oin:00000099000000006000:systeem:bvh"
    data = {"police_report": "R1", "skn": "S1", "category": "serious-violence", "authority": "x", "reported_on": "2024-08-14"}
    period = {"period": {"from": "2024-06-01", "to": "2024-06-02"}}
    envelope = msgspec.json.decode(message("gps", 1, "emergency-report", data | period))
    raw = rfc8785.dumps(envelope | {"source": police, "id": "p-1"})
    procedure: dict[str, Any] = {"authority": "a", "ground": "g", "sectors": ("childcare",), "receivers": ("x",)}
    procedure |= {"categories": ("serious-violence",), "from_": date(2024, 8, 1), "until": date(2024, 9, 1)}

    def then(node: Any, feeds: Any) -> None:
        Emergency(node).open(EmergencyProcedure(name="p", purpose=purpose, **procedure), by="a", why="w")
        assert node.receive([raw])["applied"] == 1

    assert found(registered(), application(), then=then).proposal is proposal
