"""The sources of a small synthetic world: each sends gapless messages, and says now and then up to when it sent everything."""

import hashlib
from collections.abc import Collection
from typing import Any

import msgspec

from hervat.rehearsal.feeds import FEEDS

_OF: dict[str, str] = {feed.name: feed.source for feed in FEEDS}
_encode = msgspec.json.Encoder(order="sorted").encode


class Sources:
    """Some of the sources that there are, each with how much it sent and the digests of that; `time` is when they make what they send."""

    def __init__(self, names: Collection[str], time: str) -> None:
        self.time = time
        self.sequence = dict.fromkeys(names, 0)
        self._hashes = {name: hashlib.sha256() for name in names}

    def named(self, feed: str, id: str) -> dict[str, str]:
        """How a message is named by another."""
        return {"source": _OF[feed], "id": id}

    def send(self, feed: str, kind: str, **data: Any) -> bytes:
        """The next message of a source."""
        self.sequence[feed] += 1
        number = self.sequence[feed]
        envelope = {
            "specversion": "1.0",
            "id": f"{feed}-{number}",
            "source": _OF[feed],
            "type": f"nl.hervat.{kind}.v1",
            "time": self.time,
            "sequence": str(number),
            "sequencetype": "Integer",
            "datacontenttype": "application/json",
            "data": data,
        }
        raw = _encode(envelope)
        self._hashes[feed].update(hashlib.sha256(raw).digest())
        return raw

    def marks(self, complete_until: str, names: Collection[str]) -> list[bytes]:
        """What these sources say: that up to a moment they sent everything. Keys are sorted and numbers whole: it is RFC 8785."""
        told = {name: (self.sequence[name], self._hashes[name].hexdigest()) for name in names}
        return [
            self.send(name, "watermark", through_sequence=sent, count=sent, complete_until=complete_until, set_hash=digest)
            for name, (sent, digest) in told.items()
        ]
