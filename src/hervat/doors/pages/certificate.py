"""The page of one application for a certificate of conduct, known by its place, and the buttons of the steps that may follow.

- Nothing is filled in beforehand that could be a decision: what may follow is listed, and whoever takes a step says who it is, and why.
- A form carries how many steps were seen, and to decide what was seen of the proposal: on what nobody looked at nothing is decided.
"""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.exceptions import NotFoundException

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.consumers.certificates.applications import REQUESTED
from hervat.consumers.certificates.steps import State, may_follow
from hervat.doors.certificates import ensure_text
from hervat.doors.pages.assessed import assessed, taken
from hervat.doors.pages.desk import Asked, Desk, Form, ensure_ours, see, whole
from hervat.doors.pages.done import told_of
from hervat.doors.pages.filled import Filled
from hervat.doors.pages.stepping import FORMS, step_of
from hervat.errors import NotSo, Usage
from hervat.looking import PURPOSE, Begun
from hervat.register.reading import Reading

_NOTHING = Filled()
_OUTCOMES = {"grant": "granted", "refuse": "refused"}


class Application(NamedTuple):
    """An application as acts name it, and its place."""

    place: int
    number: str
    source: str


@get("/certificates/{place:int}", sync_to_thread=True)
def one_certificate(request: Asked, desk: Desk, language: str, place: int) -> Response[str]:
    """One application, for a decision on the day `on`; `done` tells what was done last."""
    with desk.pages.node() as node:
        return _page(desk, node, language, named(node, place), request.query_params)


@post("/certificates/{place:int}/{step:str}", sync_to_thread=True, status_code=HTTPStatus.OK)
def take_certificate_step(request: Asked, desk: Desk, language: str, place: int, step: str, data: Form) -> Response[str]:
    """Take a step on an application; what was typed wrongly, or may not follow, is told beside it and kept."""
    ensure_ours(request)
    if step not in FORMS:
        raise NotFoundException
    with desk.pages.node() as node:
        application = named(node, place)
    filled = Filled.of(step, data, FORMS[step])
    asked = {"application": application.number, "source": application.source, "place": place, "after": whole(data.get("after"))}
    act = step_of(filled, asked, data.get("view"), desk.today())
    tried = desk.tried(act, filled)
    if tried.done:
        # Whoever writes down what was done on another day stays on that day.
        day = filled.typed["on"]
        kept = "" if day == desk.today().isoformat() else f"&on={day}"
        return see(language, f"/certificates/{place}?done={tried.position}{kept}")
    with desk.pages.node() as node:
        return _page(desk, node, language, application, data, filled, tried.status)


def named(node: Node, place: int) -> Application:
    """The application that lies at a place. Raises NotFoundException where none does, or none that can be read any more."""
    row = node.store.rows_at([place]).get(place) if 1 <= place <= node.position else None
    reading = Reading(node.store, node.store, node.keys)
    said = None if row is None or row.kind != REQUESTED else reading.said([row]).get(place)
    if row is None or said is None:
        raise NotFoundException
    return Application(place, said.data["application"], reading.source_of(row))


def _page(
    desk: Desk,
    node: Node,
    language: str,
    application: Application,
    asked: Mapping[str, Any],
    filled: Filled = _NOTHING,
    status: int = HTTPStatus.OK,
) -> Response[str]:
    words, certificates = desk.pages.words(language), Certificates(node)
    today = desk.today()
    typed = asked.get("on") or ""
    on, is_wrong = _day(typed, today)
    shown: dict[str, Any] = {"found": None, "why": None, "may": (), "outcomes": (), "after": 0, "view": ""}
    steps = certificates.procedure.steps(application.place)
    several = certificates.procedures(application.number)
    if several and not steps and application.place not in (one.place for one in several):
        raise NotFoundException
    meant: dict[str, Any] = {"source": application.source, "place": application.place}
    try:
        _, requested, _ = certificates.requested(application.number, node.position, **meant)
        on = max(on, requested.applied_on)
        ensure_text(on)
        found, state, steps = certificates.shown(application.number, on, **meant)
        shown |= {"found": assessed(found, words), "after": len(steps), "view": certificates.view_of(found), "state": state}
        shown |= _may(state, on)
    except (NotSo, Usage) as fault:
        shown["why"] = str(fault)
    return desk.pages.render(
        language,
        "certificate.html.j2",
        f"/certificates/{application.place}",
        HTTPStatus.BAD_REQUEST if is_wrong and filled is _NOTHING else status,
        **shown,
        place=application.place,
        number=application.number,
        source=application.source,
        others=_others(certificates, several, application.place),
        steps=taken(steps, words),
        on=on.isoformat(),
        typed=typed,
        wrong=is_wrong and filled is _NOTHING,
        purpose=PURPOSE,
        done=told_of(node, whole(asked.get("done")), words),
        filled=filled,
    )


def _others(certificates: Certificates, several: list[Begun], place: int) -> list[dict[str, Any]]:
    """The other procedures under the same number."""
    return [one._asdict() | {"stage": certificates.procedure.state(one.place).stage} for one in several if one.place != place]


def _may(state: State, on: date) -> dict[str, Any]:
    """The forms of what may follow, and what may be decided on a day."""
    following = may_follow(state)
    too_soon = state.told is not None and on <= state.told
    outcomes = tuple(_OUTCOMES[one] for one in following if one in _OUTCOMES and not (one == "refuse" and too_soon))
    return {"may": tuple(one for one in FORMS if one in following or (one == "decide" and outcomes)), "outcomes": outcomes}


def _day(typed: str, today: date) -> tuple[date, bool]:
    """The day that was asked for, today where none was; and whether what was typed is no day."""
    try:
        return (date.fromisoformat(typed) if typed else today), False
    except ValueError:
        return today, True
