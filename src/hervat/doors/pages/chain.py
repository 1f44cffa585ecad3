"""The page of the chain: its map in layers, what a cut does to it, and beside that what waits here by the feeds that the map names."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from litestar import Response, get

from hervat.chain.impact import Impact, Model
from hervat.chain.propagation import Case
from hervat.doors.impact_in_words import invented_weights
from hervat.doors.pages.desk import Asked, Desk
from hervat.doors.pages.layered import BOX_HEIGHT, BOX_WIDTH, drawn
from hervat.doors.pages.wording import Wording

_DAY = 24.0
_SORTS = ("system", "stream", "process")
_MOST_DAYS = 3650


@get("/chain", sync_to_thread=True)
def chain(request: Asked, desk: Desk, language: str) -> Response[str]:
    """The map; `cut` is a part that is cut instead of what the map says, `days` how long before the work of coming back begins."""
    model, words, asked = desk.model, desk.pages.words(language), request.query_params
    if model is None:
        return desk.pages.render(language, "chain.html.j2", "/chain", chain=None)
    with desk.pages.node() as node:
        here = {feed["source"]: feed["backlog"] for feed in node.status()["feeds"]}
    wrong, found = _asked(model, asked.get("cut") or "", asked.get("days") or "", words)
    return desk.pages.render(
        language,
        "chain.html.j2",
        "/chain",
        HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK,
        chain=model.chain,
        invented=invented_weights(model.chain),
        choices=[part.id for part in (*model.chain.system, *model.chain.stream)],
        asked={"cut": asked.get("cut") or "", "days": asked.get("days") or ""},
        wrong=wrong,
        picture=_picture(model, found),
        parts=_parts(model, found, here),
        impact=None if found is None else _impact(found),
    )


def _asked(model: Model, cut: str, days: str, words: Wording) -> tuple[str | None, Impact | None]:
    """What is wrong with a question, or what happens in the case that was asked for; neither where the map says nothing of a cut."""
    try:
        number = float(days) if days else None
    except ValueError:
        number = -1.0
    if number is not None and not 0 <= number <= _MOST_DAYS:
        return words("chain.no_days", typed=days), None
    known = {part.id for part in (*model.chain.system, *model.chain.stream)}
    if cut and cut not in known:
        return words("chain.no_part", typed=cut), None
    if not cut and model.chain.cut is None:
        return None, None
    case: Case = model.case((cut,) if cut else (), number)
    return None, model.impact(case)


def _states(found: Impact | None) -> dict[str, str]:
    """What is so with each part that is not whole: it is cut, or how deep it is hit."""
    if found is None:
        return {}
    return {one.id: "cut" if one.id in found.case.cut else one.depth for one in found.stopped}


def _picture(model: Model, found: Impact | None) -> dict[str, Any]:
    states, names = _states(found), {part.id: part.name for part in model.chain.parts()}
    needs: dict[str, list[str]] = {}
    for edge in model.edges:
        if edge.kind in ("needs", "data"):
            needs.setdefault(edge.of, []).append(edge.on)
    made = drawn(model.network.order, needs)
    return {
        "width": made.width,
        "height": made.height,
        "box": {"width": BOX_WIDTH, "height": BOX_HEIGHT},
        "boxes": [{**box._asdict(), "name": names[box.id], "state": states.get(box.id, "whole")} for box in made.boxes],
        "curves": [{"d": d, "hit": of in states and on in states} for of, on, d in made.curves],
    }


def _parts(model: Model, found: Impact | None, here: Mapping[str, Mapping[str, int]]) -> list[dict[str, Any]]:
    """Every part as the table has it: what it needs, what becomes of it, and what of it waits here."""
    stopped = {} if found is None else {one.id: one for one in found.stopped}
    states, feeds = _states(found), {stream.id: stream.feed for stream in model.chain.stream}
    needs: dict[str, list[str]] = {}
    for edge in model.edges:
        if edge.kind in ("needs", "data"):
            needs.setdefault(edge.of, []).append(edge.on)
    rows = []
    for sort in _SORTS:
        for part in getattr(model.chain, sort):
            one = stopped.get(part.id)
            rows.append({
                "id": part.id,
                "name": part.name,
                "sort": sort,
                "basis": part.basis,
                "needs": needs.get(part.id, []),
                "state": states.get(part.id, "whole"),
                "hour": None if one is None else round(one.hour),
                "whole": None if one is None else f"{one.whole / _DAY:.1f}",
                "way": [] if one is None else [edge.on for edge in one.way],
                "here": here.get(feeds.get(part.id) or ""),
            })
    return rows


def _impact(found: Impact) -> dict[str, Any]:
    harm = found.harm
    return {
        "cut": sorted(found.case.cut),
        "begins": f"{found.case.begins / _DAY:g}",
        "whole": f"{found.whole / _DAY:.1f}",
        "harm": {"net": round(harm.net), "bare": round(harm.bare), "carried": round(harm.carried), "errors": round(harm.errors)},
        "processes": [
            {
                "id": one.process.id,
                "name": one.process.name,
                "to": one.process.to,
                "state": one.stopped.depth,
                "from": round(one.harms_from),
                "whole": f"{one.stopped.whole / _DAY:.1f}",
                "harm": round(one.harm.net),
                "carried": round(one.harm.carried),
                "basis": one.process.basis,
                "law": one.process.law,
            }
            for one in found.hurt
        ],
    }
