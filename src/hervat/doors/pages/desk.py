"""What the handlers of the pages share: the desk, the form of a request, and the guard of what is posted."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

from litestar import Request, Response
from litestar.enums import RequestEncodingType
from litestar.exceptions import PermissionDeniedException
from litestar.params import Body

from hervat.chain.impact import Model
from hervat.clock import legal_day
from hervat.consumers.bottleneck import Bottleneck
from hervat.consumers.certificates.again import Reopened
from hervat.consumers.disclosure.desk import Work as Differing
from hervat.doors.acts.line import Act
from hervat.doors.pages.acting import Acts, NotDone
from hervat.doors.pages.applications import Open
from hervat.doors.pages.done import done_before
from hervat.doors.pages.filled import Filled
from hervat.doors.pages.guard import from_our_own_pages
from hervat.doors.pages.held import Survey
from hervat.doors.pages.once import Once
from hervat.doors.pages.rendering import Kept, Pages, address
from hervat.doors.pages.weighed import WEIGHED
from hervat.doors.pages.work import Ranks
from hervat.register.drain import Drain
from hervat.retaining import Looked

Asked = Request[Any, Any, Any]
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


class Tried(NamedTuple):
    """Whether what was attempted is done, now or before by the same button; where it lies in the journal, None where nothing had to be put
    there; and with which status the page answers.
    """

    done: bool
    position: int | None
    status: int


class Desk:
    """The pages, what does acts, and the answers that are dear to work out."""

    def __init__(self, pages: Pages, acts: Acts, model: Model | None = None) -> None:
        self.pages = pages
        self.acts = acts
        self.model = model
        self.once = Once(acts)
        self.drain = Drain()
        self.survey: Kept[Survey] = Kept(pages.clock)
        self.behind: Kept[dict[str, list[int]]] = Kept(pages.clock)
        self.bottlenecks: Kept[list[Bottleneck]] = Kept(pages.clock)
        self.procedures: Kept[dict[str, Any]] = Kept(pages.clock)
        self.undecided: Kept[Open] = Kept(pages.clock)
        self.reopened: Kept[list[Reopened]] = Kept(pages.clock)
        self.differing: Kept[tuple[date, list[Differing]]] = Kept(pages.clock)
        self.retention: Kept[Looked] = Kept(pages.clock)
        self.custody: Kept[tuple[date, dict[str, Any], dict[str, Any]]] = Kept(pages.clock)
        self.hidden: Kept[dict[date, int]] = Kept(pages.clock)
        self.ranks = Ranks()

    def today(self) -> date:
        """The legal day by the clock of the pages."""
        return legal_day(self.pages.clock.now())

    def tried(self, act: Act | None, filled: Filled, fields: Mapping[str, tuple[str, str]] = MappingProxyType({})) -> Tried:
        """Do an act, where what was filled in makes one. Why it was not done is told in `filled`; `fields` as in `Filled.refuse`."""
        if act is None:
            return Tried(False, None, HTTPStatus.BAD_REQUEST)
        came = self.acts.attempt(act)
        if not isinstance(came, NotDone):
            return Tried(True, came["position"], HTTPStatus.SEE_OTHER)
        if came.is_refusal:
            with self.pages.node() as node:
                before = done_before(node, act)
            if before is not None:
                return Tried(True, before, HTTPStatus.SEE_OTHER)
        filled.refuse(came, fields)
        return Tried(False, None, came.status)

    def tried_once(
        self, mark: str, act: Act | None, filled: Filled, fields: Mapping[str, tuple[str, str]] = MappingProxyType({})
    ) -> Tried:
        """As `tried`, for an act that would not know itself again in the journal: the form with this mark does it once."""
        if act is None:
            return Tried(False, None, HTTPStatus.BAD_REQUEST)
        came = self.once.attempt(mark, act, lambda answer: int(answer["position"]))
        if isinstance(came, NotDone):
            filled.refuse(came, fields)
            return Tried(False, None, came.status)
        return Tried(True, came["position"] if isinstance(came, dict) else came, HTTPStatus.SEE_OTHER)


def closing(data: Form) -> tuple[str, Filled, date | None]:
    """What is to be closed by a form that gives it its last day: its name, the form, and that day, None where something is wrong."""
    name = data.get("name", "")
    filled = Filled.of(f"close-{name}", data, ("until", "by", "why", *WEIGHED))
    filled.need("until", "by", "why")
    until = filled.day("until")
    return name, filled, None if filled.faults else until


def ensure_ours(request: Asked) -> None:
    """Raises PermissionDeniedException where another site made the browser ask this."""
    if not from_our_own_pages(request.scope):
        raise PermissionDeniedException


def whole(text: str | None) -> int:
    """A whole number in an address or a form; 0 where there is none."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 16 else 0


def see(language: str, path: str) -> Response[str]:
    """An act was done: another page shows it, so that asking for that again does nothing again."""
    return Response("", status_code=HTTPStatus.SEE_OTHER, media_type="text/html", headers={"Location": address(language, path)})
