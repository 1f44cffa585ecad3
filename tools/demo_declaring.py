"""What a source says of itself before its link may open: that it counted what lies there and found nothing, and that it sent all."""

import hashlib
import json
from collections.abc import Sequence

import rfc8785


def all_of_it(sent: Sequence[bytes]) -> list[bytes]:
    """A count of nothing and a watermark over all that a source sent and that count, as its next two messages."""
    last = json.loads(max(sent, key=lambda raw: int(json.loads(raw)["sequence"])))
    day = last["time"][:10]
    none = {"kinds": ["case-registered"], "from": "2025-07-18", "until": day, "count": 0, "counted_on": day}
    counted = _next(last, 1, "stock-declared", none)
    digests = b"".join(hashlib.sha256(rfc8785.dumps(json.loads(raw))).digest() for raw in _in_order([*sent, counted]))
    through = int(last["sequence"]) + 1
    claim = {"through_sequence": through, "count": through, "complete_until": last["time"]}
    return [counted, _next(last, 2, "watermark", claim | {"set_hash": hashlib.sha256(digests).hexdigest()})]


def _in_order(sent: Sequence[bytes]) -> list[bytes]:
    return sorted(sent, key=lambda raw: int(json.loads(raw)["sequence"]))


def _next(last: dict[str, object], after: int, kind: str, data: dict[str, object]) -> bytes:
    sequence = int(str(last["sequence"])) + after
    id = f"all-of-it-{sequence}"
    return json.dumps(last | {"id": id, "type": f"nl.hervat.{kind}.v1", "sequence": str(sequence), "data": data}).encode()
