"""What a node answers, by example: messages as bytes through the real door, and the questions put to it."""

import json
from typing import Any

import pytest

from hervat.assemble import Node
from tests.rooms.messages import CORRECTION, FEEDS
from tests.rooms.nodes import ENGINES, fresh

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


def counts(node: Node, *batch: bytes) -> tuple[int, int, int]:
    answer = node.receive(batch)
    return answer["applied"], answer["held"], answer["refused"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("time", [None, "1-7-2025"])
def test_a_message_refused_for_its_time_counts_at_the_time_of_its_correction(engine: str, time: str | None) -> None:
    added = {"skn": "S1", "identity": {"set": "2", "surname": "B"}, "leading": True}
    earlier = sent("skdb", 2, "identity-added", {"skn": "S1", "identity": {"set": "3", "surname": "C"}, "leading": True})
    with fresh(engine) as node:
        assert counts(node, sent("skdb", 1, "person-registered", {"skn": "S1", "identity": IDENTITY}), earlier) == (2, 0, 0)
        assert counts(node, sent("skdb", 3, "identity-added", added, time=time)) == (0, 0, 1)
        assert counts(node, corrected("skdb", 4, 3, added, time="2025-07-02T08:00:00Z")) == (2, 0, 0)
        assert [one["set"] for one in node.person("S1")["identities"] if one["leading"]] == ["2"]
        assert node.digest()["persons"] == 1
