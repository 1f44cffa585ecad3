"""The page of custody: who comes due, by the clock of each, with how far is known; checks by hand; and what messages say of them later.

A day that has passed is shown as unknown, for nobody here was told of a release or a prolongation.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, cast

from litestar import Response, get, post

from hervat.assemble import Node
from hervat.clock import legal_day
from hervat.consumers.custody.checked import FOUND, Found
from hervat.consumers.custody.worklist import STATES, WITHIN
from hervat.detaining import Detaining
from hervat.doors.acts.custody import CustodyCheck
from hervat.doors.pages.acting import NotDone
from hervat.doors.pages.desk import Asked, Desk, Form, ensure_ours, see, whole
from hervat.doors.pages.detained import compared_in_words, horizon_in_words, length_in_words, named_in_words, state_in_words
from hervat.doors.pages.done import told_of
from hervat.doors.pages.filled import Filled
from hervat.doors.pages.wording import Wording

PAGE = 20
_BACK = timedelta(days=365)
_SHOWN = 100
_NOTHING = Filled()
_FIELDS = ("found", "day", "title", "source", "on", "by", "why")


@get("/custody", sync_to_thread=True)
def custody(request: Asked, desk: Desk, language: str) -> Response[str]:
    """The work list; `start` turns the page, `done` tells what was done last."""
    with desk.pages.node() as node:
        return _page(desk, node, language, request.query_params)


def _page(
    desk: Desk, node: Node, language: str, asked: Mapping[str, Any], filled: Filled = _NOTHING, status: int = HTTPStatus.OK
) -> Response[str]:
    words, today = desk.pages.words(language), legal_day(desk.pages.clock.now())
    done = told_of(node, whole(asked.get("done")), words)
    fresh = done is not None or filled is not _NOTHING
    on, due, beside = desk.custody.of(node, lambda: _looked(node, today), fresh=fresh)
    if on != today:
        _, due, beside = _looked(node, today)
    listed = due["due"]
    start = whole(asked.get("start"))
    start = start if start < len(listed) else 0
    shown = [_due(one, words) for one in listed[start : start + PAGE]]
    return desk.pages.render(
        language,
        "custody.html.j2",
        "/custody",
        status,
        horizon=list(horizon_in_words(due["horizon"], words)),
        position=due["position"],
        within=due["within"],
        counts={state: sum(one["state"] == state for one in listed) for state in STATES},
        work=shown,
        all=len(listed),
        start=start,
        previous=max(0, start - PAGE) if start else None,
        next=start + PAGE if start + PAGE < len(listed) else None,
        released=[_due(one, words) for one in due["released_by_hand"]],
        since=beside["since"],
        checks=[{"name": named_in_words(one, words), "text": compared_in_words(one, words), **one} for one in beside["checks"][:_SHOWN]],
        more=max(0, len(beside["checks"]) - _SHOWN),
        lost=beside["lost"],
        lengths={name: _lengths(beside[name], words) for name in ("held_too_long", "released_too_early")},
        founds=FOUND,
        mark=desk.once.mark(),
        today=today.isoformat(),
        filled=filled,
        typed=[text for text in filled.typed.values() if text] if filled.form not in {one["form"] for one in shown} else [],
        done=done,
    )


def _looked(node: Node, today: date) -> tuple[date, dict[str, Any], dict[str, Any]]:
    """For a day, who comes due and what differs."""
    detaining = Detaining(node)
    return today, detaining.due(today, WITHIN.days), detaining.differences(today - _BACK, today)


def _due(one: dict[str, Any], words: Wording) -> dict[str, Any]:
    return one | {"form": f"check-{one['place']}", "name": named_in_words(one, words), "text": state_in_words(one, words)}


def _lengths(found: dict[str, Any], words: Wording) -> dict[str, Any]:
    each = [{"place": one["place"], "text": length_in_words(one, words)} for one in found["each"][:_SHOWN]]
    return found | {"each": each, "more": max(0, len(found["each"]) - _SHOWN)}


@post("/custody/{place:int}", sync_to_thread=True, status_code=HTTPStatus.OK)
def check_custody(request: Asked, desk: Desk, language: str, place: int, data: Form) -> Response[str]:
    """Put down what was found by hand; sent twice by one button it is one act."""
    ensure_ours(request)
    filled = Filled.of(f"check-{place}", data, _FIELDS)
    filled.among("found", FOUND)
    filled.need("source", "on", "by", "why", "title" if filled.typed["found"] == "held" else "day")
    day, on, status = filled.day("day"), filled.day("on"), int(HTTPStatus.BAD_REQUEST)
    if not filled.faults and on is not None:
        found = cast(Found, filled.typed["found"])
        act = CustodyCheck(
            message=place,
            found=found,
            day=None if found == "held" else day,
            title=filled.typed["title"] if found == "held" else None,
            on=on,
            source=filled.typed["source"],
            by=filled.typed["by"],
            why=filled.typed["why"],
        )
        came = desk.once.attempt(data.get("mark", ""), act, lambda answer: int(answer["position"]))
        if not isinstance(came, NotDone):
            return see(language, f"/custody?done={came['position'] if isinstance(came, dict) else came}")
        filled.refuse(came, {})
        status = came.status
    with desk.pages.node() as node:
        return _page(desk, node, language, data, filled, status)
