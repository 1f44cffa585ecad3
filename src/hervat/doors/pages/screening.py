"""The pages of screening: the work list, one signal, and the buttons: a step is taken, a person decides on a signal.

Nothing is filled in beforehand that could be a decision: what may follow is listed, and whoever decides chooses, says who it is, and why.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast, get_args

from litestar import Response, get, post
from litestar.exceptions import NotFoundException

from hervat.assemble import Node
from hervat.clock import legal_day
from hervat.consumers.screening.assessment import VERDICTS, Verdict
from hervat.consumers.screening.daily import last_check
from hervat.consumers.screening.signal import Word
from hervat.doors.acts.screening import ScreeningStep, SignalDecision
from hervat.doors.pages.desk import Asked, Desk, Form, ensure_ours, see, whole
from hervat.doors.pages.done import told_of
from hervat.doors.pages.filled import Filled
from hervat.doors.pages.work import Work
from hervat.screening import screening_of
from hervat.standing import SECTORS

_DECISION = ("verdict", "by", "ground")
_STEP = ("on", "canaries")
_NOTHING = Filled()


@get("/screening", sync_to_thread=True)
def work_list(request: Asked, desk: Desk, language: str) -> Response[str]:
    """The signals on which somebody has to decide; `sector` and `start` choose and turn the page, `done` tells what was done last."""
    with desk.pages.node() as node:
        return _list(desk, node, language, request.query_params)


def _list(
    desk: Desk, node: Node, language: str, asked: Mapping[str, Any], filled: Filled = _NOTHING, status: int = HTTPStatus.OK
) -> Response[str]:
    words, today = desk.pages.words(language), legal_day(desk.pages.clock.now())
    sector = asked.get("sector") if asked.get("sector") in SECTORS else ""
    work = Work(node, words, today)
    shown = work.page(desk.ranks, sector or "", whole(asked.get("start")))
    return desk.pages.render(
        language,
        "screening.html.j2",
        "/screening",
        status,
        **shown,
        sector=sector,
        position=node.position,
        through=work.told.through,
        check=_last_check(node),
        today=today.isoformat(),
        done=told_of(node, whole(asked.get("done")), words),
        nothing=asked.get("nothing") == "new",
        filled=filled,
        verdicts=VERDICTS,
    )


def _last_check(node: Node) -> dict[str, Any] | None:
    found = last_check(node.store, node.keys)
    if found is None:
        return None
    position, check = found
    return {"on": check.on.isoformat(), "position": position, "differences": check.differences, "changes": check.changes}


@get("/screening/{enrolment:int}/{message:int}", sync_to_thread=True)
def one_signal(request: Asked, desk: Desk, language: str, enrolment: int, message: int) -> Response[str]:
    """One signal, with what was decided on it."""
    with desk.pages.node() as node:
        return _signal(desk, node, language, (enrolment, message), request.query_params)


def _signal(
    desk: Desk,
    node: Node,
    language: str,
    pair: tuple[int, int],
    asked: Mapping[str, Any],
    filled: Filled = _NOTHING,
    status: int = HTTPStatus.OK,
) -> Response[str]:
    """Raises NotFoundException where nothing was told about the pair."""
    words = desk.pages.words(language)
    work = Work(node, words, legal_day(desk.pages.clock.now()))
    signal = work.told.last.get(pair)
    if signal is None:
        raise NotFoundException
    (card,) = work.cards([signal])
    place = {"sector": asked.get("sector") if asked.get("sector") in SECTORS else "", "start": whole(asked.get("start"))}
    path = f"/screening/{signal.enrolment}/{signal.message}"
    return desk.pages.render(language, "signal.html.j2", path, status, one=card, filled=filled, verdicts=VERDICTS, **place)


@post("/screening/decide", sync_to_thread=True, status_code=HTTPStatus.OK)
def decide_signal(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Somebody decides on a signal; what was typed wrongly, or cannot be decided, is told beside it and kept."""
    ensure_ours(request)
    pair = whole(data.get("enrolment")), whole(data.get("message"))
    filled = Filled.of(f"{pair[0]}-{pair[1]}", data, _DECISION)
    filled.among("verdict", VERDICTS)
    filled.need("by", "ground")
    act = None
    if not filled.faults:
        verdict, by, ground = (filled.typed[name] for name in _DECISION)
        act = SignalDecision(
            enrolment=pair[0],
            message=pair[1],
            verdict=cast(Verdict, verdict),
            by=by,
            ground=ground,
            version=whole(data.get("version")),
            ending=_ending(data.get("ending")),
        )
    tried = desk.tried(act, filled)
    if tried.done:
        return see(language, f"/screening?done={tried.position}{_place(data)}")
    with desk.pages.node() as node:
        if pair not in screening_of(node).told().last:
            return _list(desk, node, language, data, filled, tried.status)
        return _signal(desk, node, language, pair, data, filled, tried.status)


def _ending(typed: str | None) -> tuple[Word, ...]:
    """The words of an ending that a form carries; what is no word of one is none, and so is no ending that was told."""
    return tuple(cast(Word, word) for word in (typed or "").split() if word in get_args(Word))


def _place(data: Mapping[str, str]) -> str:
    """Where in the work somebody was, to go on there."""
    sector = f"&sector={data['sector']}" if data.get("sector") in SECTORS else ""
    start = whole(data.get("start"))
    return f"{sector}&start={start}" if start else sector


@post("/screening/step", sync_to_thread=True, status_code=HTTPStatus.OK)
def take_step(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Tell what changed since the last step."""
    ensure_ours(request)
    filled = Filled.of("step", data, _STEP)
    filled.need("on")
    on = filled.day("on")
    tried = desk.tried(None if on is None else ScreeningStep(on=on, canaries=tuple(filled.typed["canaries"].split())), filled)
    if tried.done:
        return see(language, "/screening?nothing=new" if tried.position is None else f"/screening?done={tried.position}")
    with desk.pages.node() as node:
        return _list(desk, node, language, data, filled, tried.status)
