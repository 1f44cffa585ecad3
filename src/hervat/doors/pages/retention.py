"""The page of retention: the recorded forecast, what hides and what went, what stops a run; and the buttons to look, record and run.

What is due takes long to work out: it is worked out on a button and kept, and a run is of what was looked at, or nothing goes.
"""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from litestar import Response, get, post

from hervat.assemble import Node
from hervat.consumers.removed import HIDDEN, REMOVED
from hervat.consumers.retention.acts import FORECAST, ForecastAct
from hervat.consumers.retention.desk import WAITING
from hervat.doors.acts.retention import ForecastRecord, RetentionRun
from hervat.doors.pages.acting import NotDone
from hervat.doors.pages.desk import Asked, Desk, Form, ensure_ours, see, whole
from hervat.doors.pages.done import told_of
from hervat.doors.pages.filled import Filled
from hervat.doors.pages.wording import Wording
from hervat.doors.retention import obstacle, reason
from hervat.retaining import Looked, desk_of, look_at

_LISTED = 10
_ACT = ("by", "ground", "on")
# Where on the pages is shown what stands against a run.
_SHOWN_AT = {
    "link": "/#feeds",
    "gaps": "/#transit",
    "held": "/held?source={source}",
    "stock": "/#stock",
    "unreconciled": "/#feeds",
    "complete": "/#feeds",
    "refused": "/refused",
    "conflicts": "/refused",
}
_NOTHING = Filled()


@get("/retention", sync_to_thread=True)
def retention(request: Asked, desk: Desk, language: str) -> Response[str]:
    """What the journal tells without working anything out; `done` tells what was done last."""
    with desk.pages.node() as node:
        return _page(desk, node, language, request.query_params, _NOTHING)


def _page(
    desk: Desk,
    node: Node,
    language: str,
    asked: Mapping[str, Any],
    filled: Filled,
    status: int = HTTPStatus.OK,
    looked: Looked | None = None,
) -> Response[str]:
    words, today, keeping = desk.pages.words(language), desk.today(), desk_of(node)
    last, done = keeping.last_forecast(), told_of(node, whole(asked.get("done")), words)
    # Whoever did an act sees what came of it.
    hidden = desk.hidden.of(node, keeping.hidden, fresh=done is not None)
    acts = sorted((at for kind in (FORECAST, HIDDEN, REMOVED) for at in node.store.acts(kind, node.position)), reverse=True)
    return desk.pages.render(
        language,
        "retention.html.j2",
        "/retention",
        status,
        recorded=None if last is None else {"position": last[0], "act": last[1], "coming": _by_rule(last[1])},
        against=[_against(one, language) for one in keeping.stops(today)],
        hidden=[{"on": day, "count": count, "goes": day + WAITING} for day, count in hidden.items()],
        waiting=WAITING.days,
        acts=[told_of(node, at, words) for at in acts[:_LISTED]],
        looked=None if looked is None else _looked(looked, words) | {"is_today": looked.on == today},
        mark=desk.once.mark(),
        today=today.isoformat(),
        done=done,
        nothing=asked.get("nothing") == "due",
        filled=filled,
    )


def _by_rule(act: ForecastAct) -> dict[str, int]:
    """How many charges a forecast says will come due by each rule."""
    rules = sorted({one.rule for one in act.coming})
    return {rule: sum(one.count for one in act.coming if one.rule == rule) for rule in rules}


def _against(one: Mapping[str, Any], language: str) -> dict[str, str]:
    """What stands against a run, and where it is seen."""
    at = _SHOWN_AT[one["what"]].format(source=quote(one["source"])) if one["check"] == "horizon" else "/retention#forecast"
    return {"check": str(one["check"]), "text": obstacle(one, language), "at": at}


def _looked(looked: Looked, words: Wording) -> dict[str, Any]:
    """What was worked out, for the page."""
    run, forecast = looked.run, looked.forecast
    return {
        "on": looked.on.isoformat(),
        "position": run["position"],
        "forecast": forecast,
        "unknown": [(count, reason(why, words.language)) for why, count in forecast["unknown"].items()],
        "run": run,
        "stopped": [_against(one, words.language) for one in run["stopped"]],
        "does": not run["stopped"] and bool(run["hide"]["charges"] or run["remove"]["charges"]),
    }


def _kept(desk: Desk, node: Node, on: date) -> Looked:
    """Worked out where the journal has changed: whoever presses a button asks for what is so now, and no page asks for it by itself."""
    found = desk.retention.of(node, lambda: look_at(node, on), fresh=True)
    return found if found.on == on else look_at(node, on)


@post("/retention/look", sync_to_thread=True, status_code=HTTPStatus.OK)
def look_ahead(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Work out what is due on a day, and what a run would do; nothing is done."""
    ensure_ours(request)
    filled = Filled.of("look", data, ("on",))
    filled.need("on")
    on = filled.day("on")
    with desk.pages.node() as node:
        if on is None:
            return _page(desk, node, language, {}, filled, HTTPStatus.BAD_REQUEST)
        return _page(desk, node, language, {}, filled, looked=_kept(desk, node, on))


@post("/retention/forecast", sync_to_thread=True, status_code=HTTPStatus.OK)
def record_forecast(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Put the forecast of a day in the journal, for later runs to be laid beside."""
    ensure_ours(request)
    filled, on = _decision(desk, "forecast", data)
    status: int = HTTPStatus.BAD_REQUEST
    if on is not None and not filled.faults:
        act = ForecastRecord(on=on, by=filled.typed["by"], ground=filled.typed["ground"])
        came = desk.once.attempt(data.get("mark", ""), act, lambda answer: int(answer["recorded_at"]))
        if not isinstance(came, NotDone):
            return see(language, f"/retention?done={came['recorded_at'] if isinstance(came, dict) else came}")
        filled.refuse(came, {})
        status = came.status
    with desk.pages.node() as node:
        return _page(desk, node, language, {}, filled, status)


@post("/retention/run", sync_to_thread=True, status_code=HTTPStatus.OK)
def run_retention(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Hide and remove what was looked at; where that is something else by now, or something stops it, nothing is done and it is shown."""
    ensure_ours(request)
    filled, on = _decision(desk, "run", data)
    status: int = HTTPStatus.BAD_REQUEST
    if on is not None and not filled.faults:
        act = RetentionRun(on=on, by=filled.typed["by"], ground=filled.typed["ground"], seen=data.get("seen", ""))
        came = desk.once.attempt(data.get("mark", ""), act, _ran_at)
        if not isinstance(came, NotDone):
            at = _ran_at(came) if isinstance(came, dict) else came
            if not isinstance(came, dict) or not came["stopped"]:
                return see(language, "/retention?nothing=due" if at is None else f"/retention?done={at}")
            came = NotDone("retention.is_stopped", HTTPStatus.CONFLICT)
        filled.refuse(came, {})
        status = came.status
    with desk.pages.node() as node:
        # A form of a run stands only beside what it would do.
        looked = None if on is None or filled.fault("run", "on") else _kept(desk, node, on)
        return _page(desk, node, language, {}, filled, status, looked)


def _ran_at(answer: Mapping[str, Any]) -> int | None:
    """The last act of a run; None where it did nothing."""
    if answer["stopped"]:
        return None
    hidden = answer["hidden_at"]
    return answer["removed_at"] or (hidden[-1] if hidden else None)


def _decision(desk: Desk, form: str, data: Mapping[str, str]) -> tuple[Filled, date | None]:
    """Who decides on what ground for which day: nothing goes but of today, and no forecast is recorded of a day that has not come."""
    filled = Filled.of(form, data, _ACT)
    filled.need(*_ACT)
    today = desk.today()
    on = filled.day("on", today)
    if on is not None and form == "run" and on != today:
        filled.faults.setdefault("on", "retention.not_today")
    return filled, on
