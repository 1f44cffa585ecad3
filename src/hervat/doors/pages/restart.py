"""The page of the restart: whether it is real or an exercise, where it stands, what waits for whom, and the forms with which people decide.

One form is shown at a time: `do` names it and `step` what it is about. All of it works without script.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotFoundException
from litestar.params import Body

from hervat.assemble import Node
from hervat.clock import parse_rfc3339
from hervat.doors.acts.restarting import RestartAct, RestartCheck
from hervat.doors.pages import beginning, gantt, svg
from hervat.doors.pages.acting import NotDone
from hervat.doors.pages.awaiting import Awaiting
from hervat.doors.pages.desk import Asked, Desk, Form, ensure_ours, see, whole
from hervat.doors.pages.done import told_of
from hervat.doors.pages.filled import Filled
from hervat.doors.pages.phases import WAIVABLE, Shown
from hervat.doors.pages.restarted import followed
from hervat.doors.pages.restarting import FORMS, HANDED, OF_STEP, act_of
from hervat.doors.pages.wording import Wording
from hervat.intake.quarantine import oin_of
from hervat.restart.run import is_of_exercise
from hervat.restarting import Restarting

Parts = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]
_DAYS = 30
_NEXT = 12
_ON_TIME = timedelta(hours=1)
_NOTHING = Filled()
# What an error of the commands begins with, and the field that it is about.
_FIELDS = {"second": ("second", "quarantine.one_person"), "until": ("until", "restart.past")}


@get("/restart", sync_to_thread=True)
def restart(request: Asked, desk: Desk, language: str) -> Response[str]:
    """The run that was begun last; `do` and `step` choose a form, `done` tells what was done, `looked` that nothing came of a look. A page
    that is shown says which position it has `seen`, and is told when there is something newer.
    """
    with desk.pages.node() as node:
        if request.headers.get("HX-Request"):
            if request.query_params.get("seen") == str(node.position):
                return Response("", status_code=HTTPStatus.NO_CONTENT, media_type="text/html")
            return desk.pages.render(language, "restart_newer.html.j2", "/restart", position=node.position)
        return _page(desk, node, language, request.query_params, _NOTHING)


def _page(
    desk: Desk,
    node: Node,
    language: str,
    asked: Mapping[str, Any],
    filled: Filled,
    status: int = HTTPStatus.OK,
    begins: Mapping[str, Any] | None = None,
) -> Response[str]:
    """The page; `begins` is what a run that is not begun yet would be."""
    words, told = desk.pages.words(language), Restarting(node).standing(desk.drain)
    now, done = desk.pages.clock.now(), whole(asked.get("done"))
    exercise = is_of_exercise(node.keys.origin) or bool(told and told.get("exercise"))
    shown = _told(node, told, words, now) if told is not None and told["run"] is not None else None
    return desk.pages.render(
        language,
        "restart.html.j2",
        "/restart",
        status,
        mode="exercise" if exercise else "real",
        node=node.keys.origin,
        position=node.position,
        now=words.moment(_text(now)),
        isolated=[] if told is None else told["isolated"],
        all_isolated=None if told is None else _all_isolated(told),
        run=None if shown is None else told,
        shown=shown,
        form=_form(node, told, words, asked, filled, hindered=desk.acts.hindrance() is not None),
        begins=begins,
        begins_here=not is_of_exercise(node.keys.origin),
        mark=desk.once.mark(),
        done=told_of(node, done, words),
        followed=followed(node, done, words) if done else [],
        looked=bool(asked.get("looked")),
        filled=filled,
    )


def _all_isolated(told: Mapping[str, Any]) -> dict[str, Any] | None:
    since = told["all_isolated_since"]
    return None if since is None else {**told["all_isolated"], "since": since}


def _told(node: Node, told: Mapping[str, Any], words: Wording, now: datetime) -> dict[str, Any]:
    """What of a run the page shows beside its standing."""
    roster = node.roster()
    view = Shown(told, words, roster)
    todo = Awaiting(told, words, view).listed()
    until = now if told["ended"] is None else parse_rfc3339(told["ended"]["at"])
    begins, begun = parse_rfc3339(told["plan"]["begins"]), parse_rfc3339(told["begun"]["at"])
    known = {one["id"]: one for one in told["steps"]}
    phases = view.phases({one["step"] for one in todo})
    return {
        "phases": phases,
        "todo": todo[:_NEXT],
        "more": max(0, len(todo) - _NEXT),
        "steps": len(known),
        "complete": sum(one["complete"] for one in told["steps"]),
        "phase": next((one["phase"] for one in phases if not one["complete"]), phases[-1]["phase"] if phases else 0),
        "links": {state: n for state, n in told["links"].items() if n},
        "lost": [(step, gate) for phase in phases for step in phase["steps"] for gate in step["gates"] if gate["lost"]],
        "waived": [one for phase in phases for step in phase["steps"] for one in step["waivers"] if one["counts"]],
        "gantt": gantt.drawn(told["steps"], begins, begun, until),
        "late": None if abs(begun - begins) < _ON_TIME else words.age(abs(begun - begins)),
        "early": begun < begins,
        "table": [_times(one, known, begins, begun) for one in told["steps"]],
        "burn": _burn(told["burn_down"]),
    }


def _times(step: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], begins: datetime, begun: datetime) -> dict[str, Any]:
    start, over = gantt.spell_of(step, known, begun)
    planned = {name: _text(parse_rfc3339(step["planned"][name]) + (begun - begins)) for name in ("start", "end")}
    late = None if over is None else round((over - parse_rfc3339(planned["end"])).total_seconds() / 3600, 1)
    return {"id": step["id"], "planned": planned, "start": start and _text(start), "end": over and _text(over), "late": late}


def _burn(whole_drain: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What was held at the end of each of the last days, as bars."""
    days = whole_drain[-_DAYS:]
    if not days:
        return None
    held = [day["held"] for day in days]
    ends = {"first": days[0]["day"], "last": days[-1]["day"], "held": held[-1]}
    return {"days": days, "bars": svg.bars(held, max(held)), "top": max(held)} | ends


def _text(moment: datetime) -> str:
    return moment.isoformat()


def _form(
    node: Node, told: Mapping[str, Any] | None, words: Wording, asked: Mapping[str, Any], filled: Filled, *, hindered: bool
) -> dict[str, Any] | None:
    """The form that was asked for, or that was sent and is shown again; None where there is none, or no such form where things stand."""
    do, step = filled.form or asked.get("do") or "", asked.get("step") or ""
    if do not in FORMS or hindered:
        return None
    found: dict[str, Any] = {"do": do, "step": step}
    partners = [(one.oin, one.name) for one in node.roster().now]
    if do in ("isolate", "isolate-all"):
        came = sorted({oin_of(feed.name) or "" for feed in node.store.feeds()} - {oin for oin, _ in partners} - {""})
        return found | {"partners": [*partners, *((oin, oin) for oin in came)], "oin": asked.get("oin") or ""}
    under_way = told is not None and told["run"] is not None and told["ended"] is None
    if do == "begin":
        return None if under_way or is_of_exercise(node.keys.origin) else found
    if told is None or not under_way:
        return None
    if do not in OF_STEP:
        return found
    view = Shown(told, words, node.roster())
    step_shown = next((one for phase in view.phases(set()) for one in phase["steps"] if one["id"] == step), None)
    if step_shown is None:
        return None
    return found | {"about": step_shown, "partners": partners, "gates": view.waivable(step_shown), "gate": asked.get("gate") or ""}


@post("/restart/{do:str}", sync_to_thread=True, status_code=HTTPStatus.OK)
def decide_restart(request: Asked, desk: Desk, language: str, do: str, data: Form) -> Response[str]:
    """Do what a form asks."""
    ensure_ours(request)
    if do not in FORMS or do in HANDED:
        raise NotFoundException
    return _attempted(desk, language, do, data)


@post("/restart/approve", sync_to_thread=True, status_code=HTTPStatus.OK)
def approve_restart(request: Asked, desk: Desk, language: str, data: Parts) -> Response[str]:
    """Hand in what an organisation signed to approve a step."""
    ensure_ours(request)
    return _attempted(desk, language, "approve", _handed(data, "approve"))


@post("/restart/check", sync_to_thread=True, status_code=HTTPStatus.OK)
def check_restart(request: Asked, desk: Desk, language: str, data: Parts) -> Response[str]:
    """Look at the gates, with what is handed in."""
    ensure_ours(request)
    return _attempted(desk, language, "check", _handed(data, "check"))


@post("/restart/begin", sync_to_thread=True, status_code=HTTPStatus.OK, request_max_body_size=beginning.LARGEST_FORM)
def begin_restart(request: Asked, desk: Desk, language: str, data: Parts) -> Response[str]:
    """Show what a plan is; with `press` begin, begin it; with `change`, show what was filled in again."""
    ensure_ours(request)
    press, filled = data.get("press"), beginning.filled_of(data)
    if press == "change":
        with desk.pages.node() as node:
            return _page(desk, node, language, {}, filled)
    act = beginning.act_of(filled)
    with desk.pages.node() as node:
        begins = None if act is None else beginning.shown(node, act, filled, desk.pages.words(language))
        last, begun = beginning.last_begun(node)
    if press == "begin" and act is not None:
        if last != whole(filled.typed["after"]):
            # It was sent before, whatever became of the run since; or somebody else began one.
            if begun is not None and beginning.is_begun_by(act, begun):
                return see(language, f"/restart?done={last}")
            filled.refused, begins = NotDone("restart.begun_since", HTTPStatus.CONFLICT), None
        elif filled.typed["sure"] != "on":
            filled.faults.setdefault("sure", "restart.not_sure")
        elif begins is not None:
            came = desk.once.attempt(str(data.get("mark", "")), act, lambda answer: int(answer["position"]))
            if not isinstance(came, NotDone):
                return see(language, f"/restart?done={came if isinstance(came, int) else came['position']}")
            filled.refuse(came, _FIELDS)
            begins = None
    status = filled.refused.status if filled.refused else HTTPStatus.BAD_REQUEST if filled.faults else HTTPStatus.OK
    with desk.pages.node() as node:
        return _page(desk, node, language, {}, filled, status, begins)


def _handed(data: Mapping[str, Any], do: str) -> dict[str, str]:
    """The fields of a form with files: what was typed stands, and where nothing was, what lies in the file."""
    typed = {name: value for name, value in data.items() if isinstance(value, str)}
    for name in HANDED[do]:
        upload = data.get(f"{name}_file")
        if not typed.get(name, "").strip() and isinstance(upload, UploadFile):
            typed[name] = upload.file.read().decode("utf-8", "replace")
    return typed


def _attempted(desk: Desk, language: str, do: str, data: Mapping[str, str]) -> Response[str]:
    """Do an act once, and go to where it is shown; or show the form again with why it was not done."""
    step = data.get("step", "") if do in OF_STEP else ""
    filled = Filled.of(do, data, FORMS[do])
    gates, two = _asked_of(desk, step)
    act = act_of(do, step, filled, gates, two=two)
    status: int = HTTPStatus.BAD_REQUEST
    if act is not None:
        came = desk.once.attempt(data.get("mark", ""), act, lambda answer: _place(act, answer))
        if not isinstance(came, NotDone):
            at = came if isinstance(came, int) else _place(act, came)
            return see(language, "/restart?looked=1" if at is None else f"/restart?done={at}")
        filled.refuse(came, _FIELDS)
        status = came.status
    with desk.pages.node() as node:
        return _page(desk, node, language, {"step": step}, filled, status)


def _asked_of(desk: Desk, step: str) -> tuple[list[str], bool]:
    """The gates of a step that may be let be, and whether only two people let it go on."""
    if not step:
        return [], False
    with desk.pages.node() as node:
        run = Restarting(node).run
    one = None if run is None else run.steps.get(step)
    return ([], False) if one is None else (list(one.asked(WAIVABLE)), one.stopped is not None)


def _place(act: RestartAct, answer: Mapping[str, Any]) -> int | None:
    """Where what was done lies in the journal; None where a look came to nothing."""
    if not isinstance(act, RestartCheck):
        return int(answer["position"])
    moved = [int(one["position"]) for one in answer["moves"] if "position" in one]
    kept = act.statement is not None or act.report is not None
    return min(moved) - 1 if moved and kept else min(moved, default=int(answer["position"]) if kept else None)
