"""The page of quarantine: whose lane is open, what lies inside and who signed it; and the forms with which two people let it through."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from http import HTTPStatus
from typing import Any

from litestar import Response, get, post

from hervat.assemble import Node
from hervat.clock import AMSTERDAM
from hervat.doors.acts.considering import DecisionAct
from hervat.doors.acts.quarantining import QuarantineClosing, QuarantineOpening, QuarantineRelease
from hervat.doors.pages.desk import Asked, Desk, Form, ensure_ours, see, whole
from hervat.doors.pages.done import told_of
from hervat.doors.pages.filled import Filled
from hervat.doors.pages.weighed import WEIGHED, deciding
from hervat.doors.words import short
from hervat.quarantining import Quarantine

_LISTED = 200
# What an error of the commands begins with, and the field that it is about.
_FIELDS = {
    "but": ("but", "quarantine.not_inside"),
    "through": ("through", "quarantine.no_position"),
    "second": ("second", "quarantine.one_person"),
}
_NOTHING = Filled()


@get("/quarantine", sync_to_thread=True)
def quarantine(request: Asked, desk: Desk, language: str) -> Response[str]:
    """The lanes and what lies inside; `stolen` is the day since when a key may have been in other hands, `done` tells what was done."""
    with desk.pages.node() as node:
        return _page(desk, node, language, request.query_params, _NOTHING)


def _page(
    desk: Desk, node: Node, language: str, asked: Mapping[str, Any], filled: Filled, status: int = HTTPStatus.OK
) -> Response[str]:
    words, stolen = desk.pages.words(language), Filled.of("flags", asked, ("stolen",))
    day = stolen.day("stolen")
    found = Quarantine(node).listing(stolen_since=None if day is None else _morning(day), most=_LISTED)
    listed = [one | {"system": short(one["source"])} for one in found["messages"]]
    gone = [one | {"system": short(one["source"]), "numbers": ", ".join(map(str, one["numbers"]))} for one in found["gone"]]
    return desk.pages.render(
        language,
        "quarantine.html.j2",
        "/quarantine",
        status,
        lanes=found["lanes"],
        position=found["position"],
        listed=listed,
        gone=gone,
        more=sum(lane["inside"] for lane in found["lanes"]) - len(listed) - len(gone),
        partners=[(partner.oin, partner.name) for partner in node.roster().now],
        stolen=stolen,
        mark=desk.once.mark(),
        done=told_of(node, whole(asked.get("done")), words),
        filled=filled,
    )


def _morning(day: date) -> datetime:
    """The moment at which a legal day begins."""
    return datetime.combine(day, time(0), AMSTERDAM).astimezone(UTC)


@post("/quarantine/open", sync_to_thread=True, status_code=HTTPStatus.OK)
def open_lane(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Quarantine what comes from an organisation from now on."""
    ensure_ours(request)
    filled = Filled.of("open", data, ("oin", "by", "why", *WEIGHED))
    filled.need("oin", "by", "why")
    act = None if filled.faults else QuarantineOpening(oin=filled.typed["oin"], by=filled.typed["by"], why=filled.typed["why"])
    return _attempted(desk, language, data, filled, act)


@post("/quarantine/release", sync_to_thread=True, status_code=HTTPStatus.OK)
def release_lane(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Let through what lies inside up to a position, but for the positions that are named."""
    ensure_ours(request)
    oin, filled = _two(data, "release", ("through", "but", "ground"))
    filled.need("through", "ground")
    through, but = _positions(filled, "through"), _positions(filled, "but")
    if len(through) > 1:
        filled.faults.setdefault("through", "quarantine.no_position")
    act = None
    if not filled.faults:
        typed = filled.typed
        decided = {"by": typed["by"], "second": typed["second"], "ground": typed["ground"]}
        act = QuarantineRelease(oin=oin, through=through[0], but=but, **decided)
    return _attempted(desk, language, data, filled, act)


@post("/quarantine/close", sync_to_thread=True, status_code=HTTPStatus.OK)
def close_lane(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Quarantine no more what comes from an organisation."""
    ensure_ours(request)
    oin, filled = _two(data, "close", ("why",))
    filled.need("why")
    typed = filled.typed
    act = None if filled.faults else QuarantineClosing(oin=oin, by=typed["by"], second=typed["second"], why=typed["why"])
    return _attempted(desk, language, data, filled, act)


def _two(data: Mapping[str, str], form: str, names: tuple[str, ...]) -> tuple[str, Filled]:
    """Of which organisation a form is, and what was filled in by two people."""
    oin = data.get("oin", "")
    filled = Filled.of(f"{form}-{oin}", data, ("by", "second", *names, *WEIGHED))
    filled.need("by", "second")
    return oin, filled


def _positions(filled: Filled, name: str) -> tuple[int, ...]:
    """The positions in a field, with commas or spaces between them."""
    found = tuple(whole(one) for one in filled.typed[name].replace(",", " ").split())
    if not all(found):
        filled.faults.setdefault(name, "quarantine.no_position")
    return found


def _attempted(desk: Desk, language: str, data: Mapping[str, str], filled: Filled, act: DecisionAct | None) -> Response[str]:
    """Do an act once, and go to where it is shown; or show the form again with why it was not done."""
    tried = desk.tried_once(data.get("mark", ""), deciding(filled, act), filled, _FIELDS)
    if tried.done:
        return see(language, f"/quarantine?done={tried.position}")
    with desk.pages.node() as node:
        return _page(desk, node, language, {}, filled, tried.status)
