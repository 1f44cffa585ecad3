"""The page of emergency procedures: what was opened and closed, what came of it, and the buttons to open one and to close one."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from litestar import Response, get, post

from hervat.assemble import Node
from hervat.clock import legal_day
from hervat.doors.acts.governing import ProcedureClosing, ProcedureOpening
from hervat.doors.pages.desk import Asked, Desk, Form, closing, ensure_ours, see, whole
from hervat.doors.pages.done import told_of
from hervat.doors.pages.filled import Filled
from hervat.doors.pages.weighed import WEIGHED, deciding
from hervat.doors.words import short
from hervat.emergency import ENDINGS, Emergency
from hervat.procedure import CATEGORIES, SECTORS, EmergencyProcedure

_TEXTS = ("name", "authority", "ground", "receivers", "purpose", "from", "until", "by", "why")
_BOXES = (*(f"sector-{one}" for one in SECTORS), *(f"category-{one}" for one in CATEGORIES))
# What was looked at before leaves these to the procedures that are known.
_FIELDS = {"name": ("name", "procedures.name_taken"), "from": ("from", "procedures.overlaps"), "until": ("until", "procedures.no_last_day")}
_LISTED = 100
_NOTHING = Filled()


@get("/procedures", sync_to_thread=True)
def procedures(request: Asked, desk: Desk, language: str) -> Response[str]:
    """Every emergency procedure with what came of it; `done` tells what was done last."""
    with desk.pages.node() as node:
        return _page(desk, node, language, request.query_params)


def _page(
    desk: Desk, node: Node, language: str, asked: Mapping[str, Any], filled: Filled = _NOTHING, status: int = HTTPStatus.OK
) -> Response[str]:
    today, words = legal_day(desk.pages.clock.now()), desk.pages.words(language)
    done = told_of(node, whole(asked.get("done")), words)
    # Whoever did an act sees what came of it, however long that takes.
    found = desk.procedures.of(node, lambda: Emergency(node).listing(today), fresh=done is not None)
    if found["on"] != today:
        found = Emergency(node).listing(today)
    return desk.pages.render(
        language,
        "procedures.html.j2",
        "/procedures",
        status,
        listed=[_shown(one) for one in sorted(found["procedures"], key=_order)],
        erased=found["erased"],
        patience=found["orphan_after"],
        endings=ENDINGS,
        sectors=SECTORS,
        categories=CATEGORIES,
        today=today.isoformat(),
        done=done,
        filled=filled,
    )


def _order(one: dict[str, Any]) -> tuple[bool, str]:
    """What is open comes first, then what is coming, and what is closed last."""
    return one["state"] == "closed", one["from"]


def _shown(one: dict[str, Any]) -> dict[str, Any]:
    """A procedure with its load, and its reports that somebody must look at, no more than a page of each."""
    days = [{"day": each["day"].isoformat(), "taken": each["taken"]} for each in one["per_day"]]
    lists = {name: [each | {"system": short(each["source"])} for each in one[name]] for name in ("orphans", "changed")}
    return one | {
        "per_day": days[-_LISTED:],
        "most": max(days, key=lambda each: cast(int, each["taken"]), default=None),
        "days": len(days),
        **{name: listed[:_LISTED] for name, listed in lists.items()},
        **{f"more_{name}": max(0, len(listed) - _LISTED) for name, listed in lists.items()},
    }


@post("/procedures/open", sync_to_thread=True, status_code=HTTPStatus.OK)
def open_one(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Open a procedure; what is wrong is told field by field, and what was typed is kept."""
    ensure_ours(request)
    filled = Filled.of("open", data, (*_TEXTS, *_BOXES, *WEIGHED))
    procedure = _procedure(filled)
    act = None
    if procedure is not None:
        act = ProcedureOpening(procedure=procedure, by=filled.typed["by"], why=filled.typed["why"])
    return _attempted(desk, language, filled, act)


def _procedure(filled: Filled) -> EmergencyProcedure | None:
    """The procedure that was filled in; None where something is wrong, which is told in `filled`."""
    filled.need("name", "authority", "ground", "receivers", "purpose", "from", "by", "why")
    typed = filled.typed
    filled.word("name", "purpose")
    receivers = filled.lines("receivers")
    for name, texts in (("authority", ()), ("ground", ()), ("receivers", receivers)):
        filled.bearable(name, *texts)
    sectors, categories = _boxes(filled, "sector", SECTORS), _boxes(filled, "category", CATEGORIES)
    begins, ends = filled.day("from"), filled.day("until")
    if begins is not None and ends is not None and ends < begins:
        filled.faults.setdefault("until", "procedures.ends_before")
    if filled.faults or begins is None:
        return None
    return EmergencyProcedure(
        name=typed["name"],
        authority=typed["authority"],
        ground=typed["ground"],
        sectors=cast(Any, sectors),
        categories=cast(Any, categories),
        receivers=receivers,
        purpose=typed["purpose"],
        from_=begins,
        until=ends,
    )


def _boxes(filled: Filled, name: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    """What was ticked; at least one must be."""
    ticked = tuple(one for one in choices if filled.typed[f"{name}-{one}"])
    if not ticked:
        filled.faults.setdefault(f"{name}-{choices[0]}", "procedures.tick")
    return ticked


@post("/procedures/close", sync_to_thread=True, status_code=HTTPStatus.OK)
def close_one(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Give a procedure its last day."""
    ensure_ours(request)
    name, filled, until = closing(data)
    act = None if until is None else ProcedureClosing(name=name, until=until, by=filled.typed["by"], why=filled.typed["why"])
    return _attempted(desk, language, filled, act)


def _attempted(desk: Desk, language: str, filled: Filled, act: ProcedureOpening | ProcedureClosing | None) -> Response[str]:
    """Do an act, and go to where it is shown; or show the form again with why it was not done."""
    tried = desk.tried(deciding(filled, act), filled, _FIELDS)
    if tried.done:
        return see(language, f"/procedures?done={tried.position}")
    with desk.pages.node() as node:
        return _page(desk, node, language, {}, filled, tried.status)
