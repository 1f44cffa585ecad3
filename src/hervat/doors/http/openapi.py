"""The description of the door: OpenAPI 3.1, with the schemas of what is really read and written, and examples from the contract.

A message is described as far as the door itself judges it: everything else of it is judged in custody, and a refusal is told in the
answer. `hervat schema` prints the schema of each kind.
"""

import re
from functools import cache
from importlib import resources
from inspect import cleandoc

import msgspec

from hervat.batch import WatermarksAnswer
from hervat.doors.http import wire
from hervat.doors.http.describing import REF, SIGNED_CONTENT, Described, number, operation
from hervat.doors.http.front import BASE, VERSION
from hervat.doors.http.openapi_exchange import ANSWERS, TAGS, exchange_paths
from hervat.doors.http.problems import Problem
from hervat.doors.http.streams import MOST
from hervat.message import LARGEST, SOURCE

_ANSWERS = (wire.Answer, wire.Question, wire.SeriesAnswer, wire.StreamAnswer, WatermarksAnswer, wire.Health, Problem, *ANSWERS)
_ABOUT = """\
The door through which organisations of a criminal justice chain send messages to a node of hervat, and read what became of them. All
persons and numbers in the examples are invented.

Each request is signed (RFC 9421) with a key that the node's keeper has entered for your organisation; how is told in docs/partners.md,
and `tools/send.py` does it. Whatever is answered 202 is on disk; whatever is answered otherwise was not taken, and may be sent again."""
_CONTACT = {"name": "The keeper of this node", "url": "https://register.example/contact", "email": "keeper@register.example"}


@cache
def document() -> bytes:
    """The description, as JSON."""
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "hervat: the partners' door",
                "version": VERSION,
                "description": _ABOUT,
                "contact": _CONTACT,
                "license": {"name": "European Union Public Licence 1.2", "identifier": "EUPL-1.2"},
            },
            "servers": [{"url": BASE, "description": "this node"}],
            "tags": [{"name": name, "description": words} for name, words in _TAGS.items()],
            "paths": _paths(),
            "components": {"schemas": _schemas(), "securitySchemes": _SCHEMES, "headers": {"API-Version": _VERSION_TOLD}},
        }
    )


_TAGS = {
    "messages": "sending messages",
    "receipts": "what became of them",
    "streams": "comparing what is here",
    "node": "the node itself",
} | TAGS
_VERSION_TOLD = {"description": "The whole version of this interface.", "required": True, "schema": {"type": "string", "example": VERSION}}
_SCHEMES = {
    "signatureInput": {
        "type": "apiKey",
        "in": "header",
        "name": "Signature-Input",
        "description": (
            'RFC 9421: sig=("@method" "@authority" "@path" "@query" "content-type" "content-digest");created=...;expires=...;nonce="...";'
            'keyid="<OIN>/<key>". The last two components where there is content. Keys are Ed25519 or ECDSA on P-256.'
        ),
    },
    "signature": {"type": "apiKey", "in": "header", "name": "Signature", "description": "RFC 9421: sig=:<base64 of the signature>:"},
    "contentDigest": {"type": "apiKey", "in": "header", "name": "Content-Digest", "description": "RFC 9530: sha-256=:<base64>:"},
}


def _schemas() -> Described:
    _, schemas = msgspec.json.schema_components(_ANSWERS, ref_template=REF)
    receipt = {"type": "object", "description": "A custody receipt: RFC 8785 JSON, signed by the node.", "example": _receipt()}
    schemas["Kept"]["properties"]["receipt"] = receipt
    schemas["Series"]["properties"]["custody"] = receipt
    schemas["Batch"]["properties"]["messages"]["items"] = {"description": "A message, as it came; what is no JSON, in base64 as a text."}
    schemas["Sent"]["properties"]["message"] = {"type": "object", "description": "The message, as it lies in custody."}
    pattern = f"^{re.sub('[?]P<[a-z]+>', '', SOURCE.pattern)}$"
    message = {
        "type": "object",
        "description": "A CloudEvent in the NL GOV profile. The source is the signer's own; the rest is judged in custody.",
        "required": ["source"],
        "properties": {"source": {"type": "string", "pattern": pattern}},
    }
    for schema in schemas.values():
        schema["description"] = cleandoc(schema["description"])
    return dict(sorted((schemas | {"Message": message}).items()))


def _receipt() -> Described:
    return {
        "id": "gps-000001",
        "leaf": "5f" * 32,
        "origin": "register.example/node-1",
        "position": 5,
        "receipt": "custody",
        "received_at": "2026-01-05T08:00:00.000000Z",
        "signature": "c2lnbmF0dXJl" * 7 + "c2k=",
        "source": "urn:nld:oin:00000099000000002000:systeem:gps",
        "v": 1,
    }


@cache
def _example() -> Described:
    """A message of the contract's examples."""
    text = resources.files("hervat.doors.http").joinpath("example.json").read_text(encoding="utf-8")
    message: Described = msgspec.json.decode(text)
    return message


def _paths() -> Described:
    return {
        "/messages": {"post": _take_messages()},
        "/receipts": {"post": _ask_receipts()},
        "/streams/{stream}/messages": {"get": _pull_messages()},
        "/watermarks": {
            "get": operation("tellWatermarks", "streams", "How far each of your sources is here", WatermarksAnswer, (400, 401))
        },
        **exchange_paths(),
        "/health": {"get": operation("tellHealth", "node", "Whether messages are taken", wire.Health, (), signed=False)},
        "/openapi.json": {"get": _describe()},
    }


def _take_messages() -> Described:
    message = _example()
    one = {"schema": {"$ref": REF.format(name="Message")}, "examples": {"case": {"summary": "a case is registered", "value": message}}}
    many = {
        "schema": {"type": "array", "items": {"$ref": REF.format(name="Message")}},
        "examples": {"batch": {"summary": "a batch of one", "value": [message]}},
    }
    content = {"application/cloudevents+json": one, "application/cloudevents-batch+json": many}
    kept = {"source": message["source"], "id": message["id"], "outcome": "new", "state": "held", "receipt": _receipt()}
    made = operation(
        "takeMessages", "messages", "Send one message or a batch", wire.Answer, (400, 401, 403, 408, 413, 415, 429), status=202
    )
    made["responses"]["202"]["content"]["application/json"]["examples"] = {"kept": {"value": {"receipts": [kept]}}}
    return made | {"security": SIGNED_CONTENT, "requestBody": {"required": True, "content": content}}


def _ask_receipts() -> Described:
    message = _example()
    asked = {"messages": [{"source": message["source"], "id": message["id"]}]}
    body = {"schema": {"$ref": REF.format(name="Question")}, "examples": {"one": {"value": asked}}}
    made = operation(
        "askReceipts", "receipts", "What became of your messages, as a series", wire.SeriesAnswer, (400, 401, 408, 413, 415, 429)
    )
    return made | {"security": SIGNED_CONTENT, "requestBody": {"required": True, "content": {"application/json": body}}}


def _pull_messages() -> Described:
    made = operation("pullMessages", "streams", "Your messages that are in custody", wire.StreamAnswer, (400, 401, 404))
    return made | {
        "parameters": [
            {
                "name": "stream",
                "in": "path",
                "required": True,
                "description": "The last part of one of your sources, behind `systeem:`.",
                "schema": {"type": "string", "pattern": "^[0-9A-Za-z._~:-]{1,128}$"},
                "example": "gps",
            },
            number("after", 0, LARGEST, 0, "Only messages with a sequence above this one."),
            number("limit", 1, MOST, 100, "At most so many."),
        ]
    }


def _describe() -> Described:
    made = operation("describe", "node", "This description", wire.Health, (), signed=False)
    made["responses"]["200"]["content"]["application/json"] = {"schema": {"type": "object"}}
    return made
