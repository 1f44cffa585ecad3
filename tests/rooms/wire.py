"""Messages told to a node one by one, each source numbering its own; nothing is asked of what becomes of them."""

import json
from collections import Counter
from typing import Any

from hervat.assemble import Node
from tests.rooms.messages import FEEDS, charge


class Wire:
    """The sources of the chain, and the node that they send to."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self._sent: Counter[str] = Counter()

    def lose(self, feed: str, count: int = 1) -> None:
        """Let messages of a source be missing."""
        self._sent[feed] += count

    def tell(self, feed: str, kind: str, *, time: str = "2025-07-01T08:00:00Z", **data: Any) -> int:
        """Send a message and give its position. `from_` may be written with its underscore."""
        self._sent[feed] += 1
        number = self._sent[feed]
        document = {
            "specversion": "1.0",
            "id": f"{feed}-{number}",
            "source": FEEDS[feed],
            "type": f"nl.hervat.{kind}.v1",
            "time": time,
            "sequence": str(number),
            "sequencetype": "Integer",
            "datacontenttype": "application/json",
            "data": {name.rstrip("_"): value for name, value in data.items()},
        }
        answer = self.node.receive([json.dumps(document).encode()])
        assert (answer["received"], answer["refused"]) == (1, 0), answer
        return self.node.position

    def person(self, skn: str, bsn: str | None = None) -> int:
        return self.tell("skdb", "person-registered", skn=skn, identity={"set": "1", "surname": skn} | ({"bsn": bsn} if bsn else {}))

    def case(self, pn: str, skn: str, *numbers: int) -> int:
        charges = [charge(number) for number in numbers or (1,)]
        return self.tell("gps", "case-registered", pn=pn, skn=skn, office="x", received_on="2025-07-01", charges=charges)

    def correct(self, feed: str, id: str, **data: Any) -> int:
        named = {"source": FEEDS[feed], "id": id}
        return self.tell(feed, "message-corrected", corrects=named, data={name.rstrip("_"): value for name, value in data.items()})

    def retract(self, feed: str, id: str) -> int:
        return self.tell(feed, "message-retracted", retracts={"source": FEEDS[feed], "id": id}, ground="x")
