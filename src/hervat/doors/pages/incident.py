"""The page of the timeline: what happened (across) against when it was put on record (down), who knew it since when, and the forms for
both. The picture has a number for each mark, which leads to its row in the tables; these say all that the picture shows.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Response, get, post

from hervat.assemble import Node
from hervat.clock import end_of
from hervat.doors.acts.line import Act
from hervat.doors.acts.recording import TimelineAddition, TimelineCorrection
from hervat.doors.pages.axes import on_two_axes
from hervat.doors.pages.desk import Asked, Desk, Form, ensure_ours, see, whole
from hervat.doors.pages.done import told_of
from hervat.doors.pages.filled import Filled
from hervat.errors import Usage
from hervat.oversight.entries import SORTS, Knowing, TimelineEntry
from hervat.oversight.importing import knowing_of
from hervat.oversight.when import parse_when
from hervat.recording import Recording
from hervat.restart.run import BY_GATES

_CHOICES = tuple(dict.fromkeys(SORTS.values()))
_FIELDS = ("kind", "actor", "what", "when", "known", "certainty", "source", "by")
_NOTHING = Filled()


@get("/timeline", sync_to_thread=True)
def incident(request: Asked, desk: Desk, language: str) -> Response[str]:
    """The timeline; `known_at` is a day at whose end it is asked what was on record, `known_by` a party, `correct` an entry to correct."""
    with desk.pages.node() as node:
        return _page(desk, node, language, request.query_params, _NOTHING)


def _page(
    desk: Desk, node: Node, language: str, asked: Mapping[str, Any], filled: Filled, status: int = HTTPStatus.OK
) -> Response[str]:
    words, chosen = desk.pages.words(language), Filled.of("choose", asked, ("known_at", "known_by"))
    day, party = chosen.day("known_at"), chosen.typed["known_by"] or None
    moment = None if day is None else end_of(day)
    found = Recording(node).show(None if moment is None else node.position_at(moment), party, moment)
    shown = sorted(found["entries"], key=lambda one: one["position"])
    return desk.pages.render(
        language,
        "incident.html.j2",
        "/timeline",
        status,
        entries=shown,
        picture=on_two_axes(shown, found["decisions"], words),
        sorts=(*_CHOICES, "decision"),
        decisions=found["decisions"],
        gates=BY_GATES,
        position=found["position"],
        parties=sorted({knowing["who"] for one in shown for knowing in one["known"]}),
        choices=_CHOICES,
        correcting=_correcting(shown, whole(asked.get("correct")) or _corrected_in(filled)),
        chosen=chosen,
        mark=desk.once.mark(),
        done=told_of(node, whole(asked.get("done")), words),
        filled=filled,
    )


def _corrected_in(filled: Filled) -> int:
    """The entry that a form which was sent is about; 0 where it is about none."""
    return whole(filled.form.removeprefix("correct-")) if filled.form.startswith("correct-") else 0


def _correcting(shown: list[dict[str, Any]], position: int) -> dict[str, Any] | None:
    """The entry that is to be corrected, where it is there and stands."""
    found = next((one for one in shown if one["position"] == position and one["corrected_by"] is None), None)
    return None if found is None else found | {"knew": "; ".join(f"{one['who']} since {one['since']['text']}" for one in found["known"])}


@post("/timeline/add", sync_to_thread=True, status_code=HTTPStatus.OK)
def add_entry(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Put an entry on record."""
    ensure_ours(request)
    filled = Filled.of("add", data, _FIELDS)
    entry = _entry(filled)
    act = None if entry is None else TimelineAddition(entry=entry, by=filled.typed["by"])
    return _attempted(desk, language, data, filled, act)


@post("/timeline/correct", sync_to_thread=True, status_code=HTTPStatus.OK)
def correct_entry(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Put an entry in the place of another."""
    ensure_ours(request)
    position = whole(data.get("entry"))
    filled = Filled.of(f"correct-{position}", data, (*_FIELDS, "why"))
    filled.need("why")
    with desk.pages.node() as node:
        before = next((one.entry for one in Recording(node).entries() if one.position == position), None)
    entry = _entry(filled, before)
    if not position:
        filled.faults.setdefault("what", "incident.no_entry")
    act = None
    if entry is not None and not filled.faults:
        act = TimelineCorrection(corrects=position, entry=entry, by=filled.typed["by"], why=filled.typed["why"])
    return _attempted(desk, language, data, filled, act)


def _entry(filled: Filled, before: TimelineEntry | None = None) -> TimelineEntry | None:
    """The entry that a form has; None where something is wrong with it, which is then said at its field. A correction keeps what the form
    does not ask: the word that a source gave the sort, where that stays, and which act it is about.
    """
    filled.need("kind", "actor", "what", "when", "by")
    filled.among("kind", _CHOICES)
    filled.bearable("what")
    known = _known(filled)
    try:
        parse_when(filled.typed["when"])
    except Usage:
        filled.faults.setdefault("when", "incident.bad_when")
    if filled.faults:
        return None
    typed = filled.typed
    return TimelineEntry(
        kind=before.kind if before is not None and before.sort == typed["kind"] else typed["kind"],
        actor=typed["actor"],
        what=typed["what"],
        when=typed["when"],
        known=known,
        certainty=typed["certainty"] or None,
        source=typed["source"] or None,
        same_act=None if before is None else before.same_act,
    )


def _known(filled: Filled) -> tuple[Knowing, ...]:
    try:
        return tuple(knowing_of(one) for one in filled.typed["known"].split(";") if one.strip())
    except (Usage, msgspec.ValidationError):
        filled.faults.setdefault("known", "incident.bad_known")
        return ()


def _attempted(desk: Desk, language: str, data: Mapping[str, str], filled: Filled, act: Act | None) -> Response[str]:
    """Do an act once, and go to where it is shown; or show the form again with why it was not done."""
    tried = desk.tried_once(data.get("mark", ""), act, filled)
    if tried.done:
        return see(language, f"/timeline?done={tried.position}")
    with desk.pages.node() as node:
        return _page(desk, node, language, {}, filled, tried.status)
