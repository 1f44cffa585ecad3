"""What acts of retention hid is handed out no more, and is not in what is told of an earlier answer either."""

import json
from datetime import timedelta

from tests.rooms.kept import pn
from tests.rooms.nodes import fresh
from tests.rooms.requested import FULL
from tests.rooms.test_disclosing import NOTHING, Telling, asks, charges
from tests.rooms.test_retention_run import ON, RAPE, THEFT, forecast, judged, run

EVE = ON - timedelta(days=1)


def test_what_acts_of_retention_hid_since_is_in_no_difference_to_an_earlier_answer() -> None:
    """Both answers are laid beside each other as they may be read now."""
    with fresh("memory") as node:
        node.receive(judged(THEFT, RAPE).all)
        told = Telling(node, EVE)
        position = asks(told, FULL)
        told.disclosing.give(position, NOTHING, EVE, by="x")
        forecast(node, EVE)
        assert run(node, ON)["hide"]["charges"] == {"misdrijf": 1}
        found, _, since = told.disclosing.give(position, NOTHING, ON, by="x")
        assert charges(found) == [f"{pn(2)}#1"]
        assert since is not None and pn(1) not in json.dumps(since)
