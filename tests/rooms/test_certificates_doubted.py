"""Certificates where what is missing or in doubt hides behind something else: nothing of it is granted, and nobody decides unseen."""

from datetime import date
from typing import Any

import pytest

from hervat.certifying import Certificates
from hervat.consumers.certificates.proposing import Proposed
from hervat.errors import NotSo
from hervat.law.certificates import Proposal
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
        with pytest.raises(NotSo, match="the register is blind for it and no interim rule is open"):
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
