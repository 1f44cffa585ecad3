"""What stands before every page: whom it answers, and what it tells browsers.

- Only requests that name this machine as their host: another name that resolves here is how a strange site would read along.
- A POST must come from our own pages. Browsers say so in Sec-Fetch-Site; those that do not, in Origin. Who says neither is refused.
- No page may be framed, kept, or load or run anything but what this server gives.
"""

from typing import TypeGuard

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_REFUSED = b"This address is not served here; open the one that hervat serve printed.\n"


def guarded(app: ASGIApp) -> ASGIApp:
    """The app with the guard before it."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if not is_http(scope):
            await app(scope, receive, send)
            return
        static = scope["path"].startswith("/static/")

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers["Cache-Control"] = "no-cache" if static else "no-store"
            await send(message)

        if named_host(header(scope, b"host")) not in HOSTS:
            await _misdirected(sending)
            return
        # To HEAD the answer is that to GET; the server leaves the body out.
        await app({**scope, "method": HttpMethod.GET} if scope["method"] == HttpMethod.HEAD else scope, receive, sending)

    return guard


def is_http(scope: Scope) -> TypeGuard[HTTPScope]:
    """Whether this is a request, and not the server starting or ending."""
    return scope["type"] == ScopeType.HTTP


def header(scope: Scope, name: bytes) -> str:
    """The value of a request header, empty where it is not there."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def from_our_own_pages(scope: Scope) -> bool:
    """Whether the browser says that one of our own pages sent this request."""
    site = header(scope, b"sec-fetch-site")
    if site:
        return site == "same-origin"
    return header(scope, b"origin") == f"http://{header(scope, b'host')}"


def named_host(host: str) -> str:
    """The name in a field Host, without the port."""
    name, colon, port = host.rpartition(":")
    return name.lower() if colon and port.isdigit() else host.lower()


async def _misdirected(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(_REFUSED)).encode())]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": _REFUSED, "more_body": False})
