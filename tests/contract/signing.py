"""For schemathesis: signs each request as it goes out, with the key that HERVAT_TEST_KEY and HERVAT_TEST_KEYID name."""

import os
import secrets
import time
from pathlib import Path

import schemathesis
from requests import PreparedRequest
from requests.auth import AuthBase

from tools.send import read_key, signed


class Signed(AuthBase):
    """The fields of a signed request."""

    def __init__(self) -> None:
        self._key, self._keyid = read_key(Path(os.environ["HERVAT_TEST_KEY"])), os.environ["HERVAT_TEST_KEYID"]

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        content = None if request.method in ("GET", "HEAD") else body or b""
        content_type = str(request.headers.get("Content-Type", ""))
        made = {"now": int(time.time()), "nonce": secrets.token_urlsafe(16)}
        fields = signed(self._key, self._keyid, str(request.method), str(request.url), content, content_type, **made)
        if content_type == "":
            fields.pop("Content-Type", None)
        request.headers.update(fields)
        return request


if "HERVAT_TEST_KEY" in os.environ:
    schemathesis.auth.set_from_requests(Signed())
