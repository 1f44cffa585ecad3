"""The page of the person concerned: what is recorded about somebody, as an act; and requests to correct, taken in and ended.

Who is asked about travels in the body of a POST, and the answer is that page: it has no address. A request to correct names no person.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast, get_args

from litestar import Response, get, post

from hervat.assemble import Node
from hervat.consumers.subject.correcting import Correcting, How, Open
from hervat.doors.acts.inspecting import CorrectionAsking, CorrectionEnding, SubjectInspection
from hervat.doors.pages.acting import NotDone
from hervat.doors.pages.desk import Asked, Desk, Form, ensure_ours, see, whole
from hervat.doors.pages.done import told_of
from hervat.doors.pages.filled import Filled
from hervat.doors.pages.question import is_skn
from hervat.doors.pages.report import report_shown
from hervat.doors.pages.wording import Wording
from hervat.inspecting import Inspecting
from hervat.law.value import Outcome

PAGE = 20
HOWS = get_args(How)
_INSPECT, _ASK, _END = ("skn", "by", "on"), ("message", "charge", "wrong", "by", "on"), ("how", "message", "ground", "by", "on")
# What was looked at before leaves these to what lies in the journal.
_FIELDS = {"charge": ("charge", "concerned.no_charge"), "on": ("on", "concerned.too_early")}
_NOTHING = Filled()


@get("/concerned", sync_to_thread=True)
def concerned(request: Asked, desk: Desk, language: str) -> Response[str]:
    """The forms, and the requests to correct that are not answered, by their last day; `start` turns the page."""
    with desk.pages.node() as node:
        return _page(desk, node, language, request.query_params, _NOTHING)


def _page(
    desk: Desk,
    node: Node,
    language: str,
    asked: Mapping[str, Any],
    filled: Filled,
    status: int = HTTPStatus.OK,
    report: dict[str, Any] | None = None,
) -> Response[str]:
    words, today = desk.pages.words(language), desk.today()
    work = Correcting(node.store, node.keys, node.decide).work(today)
    start = whole(asked.get("start"))
    start = start if start < len(work) else 0
    ended = int(filled.form.partition("-")[2]) if filled.form.startswith("end-") else None
    return desk.pages.render(
        language,
        "concerned.html.j2",
        "/concerned",
        status,
        report=report,
        work=[_open(one, words) for one in work[start : start + PAGE]],
        all=len(work),
        start=start,
        previous=max(0, start - PAGE) if start else None,
        next=start + PAGE if start + PAGE < len(work) else None,
        lost=ended is not None and ended not in {one.position for one in work[start : start + PAGE]},
        hows=HOWS,
        mark=desk.once.mark(),
        today=today.isoformat(),
        filled=filled,
        done=told_of(node, whole(asked.get("done")), words),
    )


def _open(one: Open, words: Wording) -> dict[str, Any]:
    notice = one.due.document["notice"]
    return {
        "position": one.position,
        "asked": one.asked,
        "due": getattr(one.due.because.says, words.language),
        "late": one.due.outcome is Outcome.NO,
        "notice": None if notice is None else notice[words.language],
    }


@post("/concerned", sync_to_thread=True, status_code=HTTPStatus.OK)
def inspect(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """What is recorded about a person, as an act; sent twice by one button it is one act, and shown again."""
    ensure_ours(request)
    filled = Filled.of("inspect", data, _INSPECT)
    filled.need("skn", "by", "on")
    if filled.typed["skn"] and not is_skn(filled.typed["skn"]):
        filled.faults.setdefault("skn", "person.no_skn")
    on, skn = filled.day("on", desk.today()), filled.typed["skn"]
    if filled.faults or on is None:
        with desk.pages.node() as node:
            return _page(desk, node, language, {}, filled, HTTPStatus.BAD_REQUEST)
    act = SubjectInspection(skn=skn, on=on, by=filled.typed["by"])
    came = desk.once.attempt(data.get("mark", ""), act, lambda answer: int(answer["act"]))
    with desk.pages.node() as node:
        if isinstance(came, NotDone):
            filled.refuse(came, _FIELDS)
            return _page(desk, node, language, {}, filled, came.status)
        answer = came if isinstance(came, dict) else {"act": came, **Inspecting(node).report(skn, on)}
        shown = report_shown(node, answer, desk.pages.words(language))
        return _page(desk, node, language, {"done": str(answer["act"])}, _NOTHING, report=shown)


@post("/concerned/ask", sync_to_thread=True, status_code=HTTPStatus.OK)
def ask_correction(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Take in a request to correct."""
    ensure_ours(request)
    filled = Filled.of("ask", data, _ASK)
    filled.need("message", "wrong", "by", "on")
    message, charge = _number(filled, "message"), _number(filled, "charge")
    on, act = filled.day("on", desk.today()), None
    if not filled.faults and message is not None and on is not None:
        act = CorrectionAsking(message=message, charge=charge, wrong=filled.typed["wrong"], on=on, by=filled.typed["by"])
    return _attempted(desk, language, data, filled, act)


@post("/concerned/end", sync_to_thread=True, status_code=HTTPStatus.OK)
def end_correction(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """End a request to correct: by the message that corrected it, or refused on a ground."""
    ensure_ours(request)
    asked = whole(data.get("asked"))
    filled = Filled.of(f"end-{asked}", data, _END)
    filled.among("how", HOWS)
    filled.need("ground", "by", "on")
    message, how = _number(filled, "message"), filled.typed["how"]
    if how == "corrected":
        filled.need("message")
    elif message is not None:
        filled.faults.setdefault("message", "concerned.refused_by_none")
    on, act = filled.day("on", desk.today()), None
    if not filled.faults and on is not None:
        ending = {"ground": filled.typed["ground"], "by": filled.typed["by"]}
        act = CorrectionEnding(asked=asked, how=cast(How, how), message=message, on=on, **ending)
    return _attempted(desk, language, data, filled, act)


def _number(filled: Filled, name: str) -> int | None:
    """A whole number above 0 in a field; None where it is empty or wrong."""
    typed = filled.typed[name]
    if typed and not whole(typed):
        filled.faults.setdefault(name, "concerned.no_number")
    return whole(typed) or None


def _attempted(
    desk: Desk, language: str, data: Mapping[str, str], filled: Filled, act: CorrectionAsking | CorrectionEnding | None
) -> Response[str]:
    """Do an act, and go to where it is shown; or show the form again with why it was not done."""
    status: int = HTTPStatus.BAD_REQUEST
    if act is not None:
        came = desk.once.attempt(data.get("mark", ""), act, lambda answer: int(answer["position"]))
        if not isinstance(came, NotDone):
            return see(language, f"/concerned?done={came['position'] if isinstance(came, dict) else came}")
        filled.refuse(came, _FIELDS)
        status = came.status
    with desk.pages.node() as node:
        return _page(desk, node, language, data, filled, status)
