"""The content of an entry that tells of what is hidden from every answer is shown to nobody either, and that of any other is."""

from datetime import timedelta
from typing import Any

import pytest

from hervat.assemble import Node
from hervat.doors.pages.entries import entry_sheet
from hervat.doors.pages.wording import wording
from hervat.journal.store import HELD
from tests.rooms.kept import pn
from tests.rooms.messages import FEEDS, PNS
from tests.rooms.nodes import all_rows, at, fresh
from tests.rooms.requested import FINED, case, judgment, person
from tests.rooms.test_disclosing import Telling
from tests.rooms.test_retention_run import ON, RAPE, THEFT, forecast, judged, run

CODE_01 = {"pn": PNS[0], "charges": [1], "code": "01", "conditional": False, "decided_on": "2025-07-06"}


def content(node: Node, position: int) -> str:
    found: dict[str, Any] = entry_sheet(node, position, wording("en"), content=True)["content"]
    assert (found["text"] == "") == ("hidden from every answer" in found["note"])
    return str(found["text"])


def shown(node: Node) -> dict[str, bool]:
    """Whether the content of each message is shown, by its kind and place."""
    return {f"{row.kind} {row.position}": bool(content(node, row.position)) for row in all_rows(node.store)}


@pytest.mark.parametrize("engine", ["memory", "sqlite"])
def test_what_a_dismissal_hides_is_hidden_there_too_and_comes_back_with_its_retraction(engine: str) -> None:
    with fresh(engine) as node:
        told = Telling(node)
        told.tell("skdb", "person-registered", person("S1", "999990019"))
        told.tell("gps", "case-registered", case(PNS[0], "S1", 1, 2))
        told.tell("grip", "judgment-given", judgment("J1", PNS[0]))
        told.tell("grip", "judgment-final", {"judgment": "J1", "final_on": "2025-07-05"})
        order = {"order": "O1", "pn": PNS[0], "charges": [2], "issued_on": "2025-07-03", "sentences": [FINED]}
        told.tell("gps", "penalty-order-issued", order)
        named = {"source": FEEDS["gps"], "id": "gps-1"}
        told.tell("gps", "message-corrected", {"corrects": named, "data": case(PNS[0], "S1", 1, 2) | {"office": "y"}})
        assert all(shown(node).values())
        told.tell("gps", "case-dismissed", CODE_01)
        assert shown(node) == {
            "person-registered 1": True,
            "case-registered 2": False,
            "judgment-given 3": False,
            "judgment-final 4": False,
            "penalty-order-issued 5": True,
            "message-corrected 6": False,
            "case-dismissed 7": False,
        }
        told.tell("gps", "message-retracted", {"retracts": {"source": FEEDS["gps"], "id": "gps-4"}, "ground": "x"})
        assert all(shown(node).values())


def test_what_acts_of_retention_hide_is_hidden_there_too() -> None:
    with fresh("memory") as node:
        node.receive(judged(THEFT, RAPE).all)
        eve = ON - timedelta(days=1)
        assert all(shown(at(node, eve)).values())
        forecast(node, eve)
        run(node, ON)
        hidden = [row.position for row in all_rows(node.store) if row.state != HELD and not content(node, row.position)]
        told = {position: str(entry_sheet(node, position, wording("en"), content=True)) for position in hidden}
        assert len(hidden) == 2 and not any(pn(1) in one for one in told.values())
