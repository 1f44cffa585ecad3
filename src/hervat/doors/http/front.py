"""What stands before every address of the door: what holds for all of them, whatever they answer.

- Only requests that name this machine as their host, or the name under which partners reach the door.
- A path has no slash at its end; an answer is JSON, and who cannot take that is told so.
- Nothing that is answered may be kept, framed or guessed at; the version is told with every answer.
"""

import math
from typing import cast

import msgspec
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import HttpMethod
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from hervat.doors.http.problems import PROBLEM, Problem, problem_of
from hervat.doors.pages.guard import HOSTS, header, is_http, named_host

VERSION = "1.0.0"
"""Of the interface, not of the program: what partners build on."""
BASE = "/v1"
ASKED_METHOD = "hervat.asked_method"
OPENAPI = f"{BASE}/openapi.json"

HEADERS = {
    "API-Version": VERSION,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


def is_under(scope: Scope) -> bool:
    """Whether a request is for the door."""
    return is_http(scope) and (scope["path"] == BASE or scope["path"].startswith(f"{BASE}/"))


def fronted(app: ASGIApp, authority: str | None) -> ASGIApp:
    """The door with this before it; `authority` is the name under which partners reach it, where that is another than this machine's."""
    hosts = HOSTS | ({authority.rpartition(":")[0] or authority} if authority else set())

    async def front(scope: Scope, receive: Receive, send: Send) -> None:
        if not is_http(scope):
            await app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if scope["path"] == OPENAPI:
                    headers["Access-Control-Allow-Origin"] = "*"
            await send(message)

        refusal = _refused(scope, hosts)
        if refusal is not None:
            await _say(refusal, sending)
            return
        if scope["method"] == HttpMethod.HEAD:
            # To HEAD the answer is that to GET; the server leaves the body out. What was signed is HEAD.
            asked = cast(HTTPScope, {**scope, "method": HttpMethod.GET, ASKED_METHOD: HttpMethod.HEAD.value})
            await app(asked, receive, sending)
            return
        await app(scope, receive, sending)

    return front


def _refused(scope: HTTPScope, hosts: frozenset[str]) -> Problem | None:
    if named_host(header(scope, b"host")) not in hosts:
        return problem_of(421, "misdirected", "This name is not served here; use the address that the node's keeper gave you.")
    if scope["path"].endswith("/"):
        return problem_of(404, "not-found", "An address has no slash at its end.")
    if not accepts_json(header(scope, b"accept")):
        return problem_of(406, "not-acceptable", "Answers are application/json; say so in Accept, or leave it out.")
    return None


def accepts_json(accept: str) -> bool:
    """Whether a field Accept lets JSON through (RFC 9110, 12.5.1); the most exact range decides."""
    found = (-1, 1.0 if not accept.strip() else 0.0)
    for part in accept.split(","):
        range_, *parameters = (piece.strip().lower() for piece in part.split(";"))
        exactness = {"*/*": 0, "application/*": 1, "application/json": 2}.get(range_, -1)
        quality = next((parameter[2:] for parameter in parameters if parameter.startswith("q=")), "1")
        if exactness >= found[0] and exactness >= 0:
            found = exactness, _number(quality)
    return found[1] > 0


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0


async def _say(problem: Problem, send: Send) -> None:
    body = msgspec.json.encode(problem)
    headers = [(b"content-type", PROBLEM.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
