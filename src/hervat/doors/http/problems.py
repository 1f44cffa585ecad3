"""What goes wrong, as the NL API Design Rules and RFC 9457 have it: one answer of `application/problem+json`, with all that is wrong.

- `code` is for programs and never changes its meaning; `detail` is for people: what is wrong, where, and what to do.
- Nothing of what was sent is repeated, for it may concern a person; `errors` points at the place.
- A fault of ours says that it is one. Its cause goes to standard error; never to the answer.
"""

import sys
import traceback
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Literal

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from hervat.errors import HervatError

PROBLEM = "application/problem+json"
Asked = Request[Any, Any, Any]


class Fault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is wrong: where in the request (`body`, `header`, `path` or `query`), the place, a code, and words."""

    in_: str = msgspec.field(name="in")
    location: str
    code: str
    detail: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer to a request that cannot be done."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    code: str
    errors: tuple[Fault, ...] = ()


class Declined(HTTPException):
    """A request that is not done; nothing of it was taken."""

    def __init__(
        self, status: int, code: str, detail: str, *, errors: Sequence[Fault] = (), headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail=detail, status_code=status, headers=headers)
        self.code = code
        self.errors = tuple(errors)


_CODES = {400: "malformed", 404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "media-type"}
_WORDS = {
    400: "The request cannot be read; see the description at /v1/openapi.json.",
    404: "There is nothing at this address; see the description at /v1/openapi.json.",
    405: "This address does not know this method; the header Allow names those it knows.",
}


def declined(request: Asked, fault: HTTPException) -> Response[bytes]:
    """The answer to what was asked wrongly."""
    if isinstance(fault, Declined):
        return answer(fault.status_code, fault.code, fault.detail, fault.errors, fault.headers)
    status = fault.status_code
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ours(request, fault)
    return answer(status, _CODES.get(status, "malformed"), _WORDS.get(status, _WORDS[400]), (), fault.headers)


def technical(_: Asked, fault: HervatError) -> Response[bytes]:
    """The store cannot be opened or read; who runs the node is told why, who asked is told to come back."""
    print(f"hervat: {fault}", file=sys.stderr, flush=True)
    return answer(503, "unavailable", "The register cannot be read at the moment; ask again later.", (), {"Retry-After": "10"})


def ours(_: Asked, fault: Exception) -> Response[bytes]:
    """Something that should not be."""
    traceback.print_exception(fault, file=sys.stderr)
    return answer(500, "internal", "This is a fault of ours; whoever runs this node can read what it was.", (), None)


def answer(
    status: int, code: str, detail: str, errors: Sequence[Fault] = (), headers: dict[str, str] | None = None
) -> Response[bytes]:
    """One problem as an answer."""
    problem = problem_of(status, code, detail, errors)
    return Response(msgspec.json.encode(problem), status_code=status, media_type=PROBLEM, headers=headers)


def problem_of(status: int, code: str, detail: str, errors: Sequence[Fault] = ()) -> Problem:
    """One problem; what it is called is what its status is called, so it has no type of its own."""
    return Problem(type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=detail, code=code, errors=tuple(errors))


def sentence(fault: Exception) -> str:
    """What a fault says, as a sentence."""
    words = str(fault)
    return f"{words[:1].upper()}{words[1:]}."
