"""What a fault looks like: a page in plain words, in the language of its address.

- What was asked wrongly says what to do; what cannot be read says why, in the words of the error.
- A fault of ours says that it is one. Its cause goes to standard error, where whoever runs the pages looks; never to the page.
"""

import sys
import traceback
from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from hervat.doors.pages.rendering import ABSENT, Pages, language_of
from hervat.errors import HervatError

Asked = Request[Any, Any, Any]
_TOLD = {400, 403, 404, 405, 413}


class Faults:
    """Makes pages of exceptions."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def asked(self, request: Asked, fault: HTTPException) -> Response[str]:
        """A request that cannot be answered: no such page, not this way, not from there."""
        if fault.detail == ABSENT:
            return self._page(request, HTTPStatus.SERVICE_UNAVAILABLE, what=ABSENT)
        if fault.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return self.ours(request, fault)
        status = fault.status_code
        most = _most(request) if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else 0
        page = self._page(request, status, what=str(status if status in _TOLD else 400), most=most)
        page.headers.update(fault.headers or {})
        return page

    def technical(self, request: Asked, fault: HervatError) -> Response[str]:
        """The store cannot be opened or read: its own words say why and what to do."""
        return self._page(request, HTTPStatus.SERVICE_UNAVAILABLE, what="503", detail=str(fault))

    def ours(self, request: Asked, fault: Exception) -> Response[str]:
        """Something that should not be."""
        traceback.print_exception(fault, file=sys.stderr)
        return self._page(request, HTTPStatus.INTERNAL_SERVER_ERROR, what="500")

    def _page(self, request: Asked, status: int, what: str, detail: str = "", most: int = 0) -> Response[str]:
        language = language_of(request.url.path)
        return self._pages.render(language, "fault.html.j2", "/", status, code=status, what=what, detail=detail, most=most)


def _most(request: Asked) -> int:
    """How many KiB a form may be that is sent to this address."""
    return int(request.route_handler.resolve_request_max_body_size() or 0) // 1024
