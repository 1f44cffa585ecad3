"""How an operation of the door is described: its answers, its problems, and how it is signed."""

from typing import Any

from hervat.doors.http.problems import PROBLEM

Described = dict[str, Any]
REF = "#/components/schemas/{name}"
TELLS = {
    202: "In custody: what became of each message, in order, with its custody receipt.",
    200: "What was asked for.",
    400: "The request cannot be read, or a message in it cannot be attributed. Nothing was taken.",
    401: "The request is not signed by a partner's key in force, or came before. Nothing was taken.",
    403: "A source is of another organisation than the signer, or what is handed over is not for this one. Nothing was taken.",
    404: "There is nothing of that name that is yours.",
    406: "The answer is application/json, which Accept does not let through.",
    408: "The body did not come in time. Nothing was taken.",
    413: "A message is over 256 KiB, or the batch over 16 MiB. Nothing was taken.",
    415: "The content is of another type, or compressed. Nothing was taken.",
    429: "More of yours is under way than there is room for, or you came too often. Nothing was taken; Retry-After says when to come back.",
    201: "Kept in the journal, at the position that is told.",
    503: "The node cannot do this at the moment. Nothing was taken; Retry-After says when to come back.",
}
SIGNED: list[Described] = [{"signatureInput": [], "signature": []}]
SIGNED_CONTENT: list[Described] = [{"signatureInput": [], "signature": [], "contentDigest": []}]

def number(name: str, least: int, most: int, default: int, words: str) -> Described:
    schema = {"type": "integer", "minimum": least, "maximum": most, "default": default}
    return {"name": name, "in": "query", "description": words, "schema": schema}


def operation(
    name: str, tag: str, summary: str, answer: type, problems: tuple[int, ...], *, status: int = 200, signed: bool = True
) -> Described:
    """An operation with all its answers; those that any of them may give are added."""
    headers = {"API-Version": {"$ref": "#/components/headers/API-Version"}}
    body = {"application/json": {"schema": {"$ref": REF.format(name=answer.__name__)}}}
    answers: Described = {str(status): {"description": TELLS[status], "headers": headers, "content": body}}
    for problem in sorted({*problems, 406, 503}):
        content = {PROBLEM: {"schema": {"$ref": REF.format(name="Problem")}}}
        answers[str(problem)] = {"description": TELLS[problem], "headers": headers, "content": content}
    return {"operationId": name, "tags": [tag], "summary": summary, "security": SIGNED if signed else [], "responses": answers}
