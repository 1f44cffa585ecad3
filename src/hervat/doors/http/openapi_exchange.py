"""The part of the description that is about the exchange of batches; all examples are invented."""

from hervat.batch import BatchReceipt, Offer, Reconnecting, Statement
from hervat.dispatch.batches import Batch
from hervat.doors.http import wire
from hervat.doors.http.describing import REF, SIGNED_CONTENT, Described, number, operation
from hervat.message import LARGEST

ANSWERS = (Batch, BatchReceipt, Statement, Reconnecting, Offer, wire.KeptAt, wire.DigestsAnswer)
TAGS = {"exchange": "signed batches, whole feeds, and coming back after a cut; where the node exchanges with you"}
_SOURCE = "urn:nld:oin:00000099000000002000:systeem:gps"
_BODY = (400, 401, 403, 404, 408, 413, 415, 429)
_STREAM: Described = {
    "name": "stream",
    "in": "path",
    "required": True,
    "description": "The last part of a feed of this node, behind `systeem:`, that goes to you.",
    "schema": {"type": "string", "pattern": "^[0-9A-Za-z._~:-]{1,128}$"},
    "example": "register",
}
_AFTER = number("after", 0, LARGEST, 0, "What follows this sequence number.")


def exchange_paths() -> Described:
    """The addresses of the exchange."""
    fetched = operation("fetchBatch", "exchange", "The next batch of a feed of this node", Batch, (400, 401, 404))
    fetched["responses"]["204"] = {"description": "Nothing follows.", "headers": fetched["responses"]["200"]["headers"]}
    stated = operation("tellStatement", "exchange", "What this node says it sent of a feed, as a whole", Statement, (400, 401, 404))
    told = operation("tellDigests", "exchange", "The digests of a feed by number", wire.DigestsAnswer, (400, 401, 404))
    behind = _AFTER | {"schema": {key: value for key, value in _AFTER["schema"].items() if key != "default"}}
    behind["description"] = "What follows this sequence number; without it, what follows all that you signed for."
    return {
        "/batches": {"post": _sent("takeBatch", "Hand over a signed batch", Batch, BatchReceipt, 202)},
        "/batches/{stream}": {"get": fetched | {"parameters": [_STREAM, behind]}},
        "/deliveries": {"post": _sent("takeReceipt", "Hand over the receipt of a batch that you fetched", BatchReceipt, wire.KeptAt, 201)},
        "/statements/{stream}": {"get": stated | {"parameters": [_STREAM]}},
        "/statements/{stream}/digests": {"get": told | {"parameters": [_STREAM, _AFTER]}},
        "/reconnections": {"post": _reconnected()},
    }


def _sent(name: str, summary: str, body: type, answer: type, status: int) -> Described:
    made = operation(name, "exchange", summary, answer, _BODY, status=status)
    content = {"application/json": {"schema": {"$ref": REF.format(name=body.__name__)}}}
    return made | {"security": SIGNED_CONTENT, "requestBody": {"required": True, "content": content}}


def _reconnected() -> Described:
    made = _sent("offerReconnection", "Say that you come back, and be told what is missing", Reconnecting, Offer, 200)
    said = {"feeds": [{"source": _SOURCE, "highest": 24500, "stock": 3000, "arriving_per_1000_seconds": 40}]}
    made["requestBody"]["content"]["application/json"]["examples"] = {"returning": {"value": said}}
    return made
