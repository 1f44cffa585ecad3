"""schemathesis searches the running door from its own description, signed and not: no answer is other than described."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from requests import PreparedRequest
from requests.auth import AuthBase

from tests.journey.door import OM, Door, Signer, case, opened

PROSECUTOR = Signer(OM)
SEARCH = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Signed(AuthBase):
    """Signs a request as it goes out."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        content = body or b"" if request.method not in ("GET", "HEAD") else None
        content_type = str(request.headers.get("Content-Type", ""))
        fields = PROSECUTOR.fields(str(request.method), str(request.url), content, content_type)
        request.headers.update({name: value for name, value in fields.items() if name != "Content-Type" or content_type})
        return request


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened(tmp_path_factory.mktemp("search") / "hervat.db", PROSECUTOR) as served:
        assert served.send(PROSECUTOR, [case(1), case(2)]).status_code == 202
        yield served
        status, said = served.stop()
        assert (status, said) == (0, "")


def described(door: Door) -> Any:
    return schemathesis.openapi.from_url(door.url + "/openapi.json")


OPERATIONS = [
    ("POST", "/messages"),
    ("POST", "/receipts"),
    ("GET", "/streams/{stream}/messages"),
    ("GET", "/watermarks"),
    ("GET", "/health"),
    ("GET", "/openapi.json"),
]


def test_every_operation_is_searched(door: Door) -> None:
    found = [(one.ok().method.upper(), one.ok().path) for one in described(door).get_all_operations()]
    assert sorted(found) == sorted(OPERATIONS)
