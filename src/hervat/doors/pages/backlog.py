"""The page of the backlog: what lies on paper and what of it was keyed, in the order of working; and the buttons to count, to key, to draw
a sample and to check it. What somebody keyed is shown to nobody but in that person's own form.

A paper is keyed field by field, once its kind is chosen, or as JSON. The form with fields of `enter` is named `enter-fields` and sends no
`data`; it may be sent to be shown again with one more entry in a list, and then nothing is entered.
"""

import json
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from http import HTTPStatus
from typing import Any

from litestar import Response, get, post

from hervat.assemble import Node
from hervat.backlogging import ENTERABLE, Backlog
from hervat.clock import legal_day, rfc3339
from hervat.doors.acts.backlog import PaperCheck, PaperEntry, PaperSample, StockCount
from hervat.doors.pages.acting import NotDone
from hervat.doors.pages.desk import Asked, Desk, Form, ensure_ours, see, whole
from hervat.doors.pages.done import told_of
from hervat.doors.pages.fields import Blank, Item, Sent, place_in, read, shown
from hervat.doors.pages.filled import Filled
from hervat.doors.pages.wording import Wording
from hervat.doors.words import short
from hervat.errors import NotSo

_COUNTED = ("source", "kinds", "from", "until", "count", "oldest_on", "counted_on", "by")
_HEAD = ("source", "paper", "kind", "by")
_KEYED = (*_HEAD, "data")
_FIELDS = "-fields"
_AT = re.compile(r"(?P<path>data[^\s:]*): ")
_DRAWN = ("source", "size", "seed", "by")
_LISTED = 100
_NOTHING = Filled()


@get("/backlog", sync_to_thread=True)
def backlog(request: Asked, desk: Desk, language: str) -> Response[str]:
    """What waits, worst first; `people` says how many key, for the forecast; `done` tells what was done last."""
    with desk.pages.node() as node:
        return _page(desk, node, language, request.query_params)


def _page(
    desk: Desk,
    node: Node,
    language: str,
    asked: Mapping[str, Any],
    filled: Filled = _NOTHING,
    status: int = HTTPStatus.OK,
    differs: Mapping[str, Any] | None = None,
    sent: Sent | None = None,
) -> Response[str]:
    words, today, paperwork = desk.pages.words(language), legal_day(desk.pages.clock.now()), Backlog(node)
    listed, people = paperwork.work(today), whole(asked.get("people")) or 1
    sources = [feed.name for feed in paperwork.sources()]
    return desk.pages.render(
        language,
        "backlog.html.j2",
        "/backlog",
        status,
        stock=[one | {"system": short(one["source"])} for one in listed if one["what"] == "stock"][:_LISTED],
        papers=[one | {"system": short(one["source"])} for one in listed if one["what"] == "paper"][:_LISTED],
        more=sum(one["what"] == "paper" for one in listed) - _LISTED,
        forecasts=[_forecast(paperwork, source, today, people) for source in sources],
        people=people,
        samples=[one for source in sources if (one := _sample(paperwork, source)) is not None],
        kinds=ENTERABLE,
        known=sources,
        today=today.isoformat(),
        done=told_of(node, whole(asked.get("done")), words),
        filled=filled,
        differs=differs,
        forms={form: _form(form, asked, filled, sent, words) for form in ("enter", "check")},
    )


def _form(form: str, asked: Mapping[str, Any], filled: Filled, sent: Sent | None, words: Wording) -> dict[str, Any] | None:
    """The fields of the kind that was chosen, with what was typed in them and what is wrong; None where no kind was."""
    if filled.form == form + _FIELDS and sent is not None:
        kind, blank = filled.typed["kind"], sent.blank._replace(faults=filled.faults)
    else:
        kind, blank = asked.get(form, ""), Blank()
    if kind not in ENTERABLE:
        return None
    items = shown(kind, blank, words)
    newest = [each for one in items for each in one.all() if each.path == blank.newest]
    begin = next((each.path for one in newest for each in one.all() if not each.parts), None)
    return {"kind": kind, "shown": items, "names": dict(_named(items)), "begin": begin}


def _named(items: tuple[Item, ...], within: str = "") -> Iterator[tuple[str, str]]:
    """The path of each item of a form, and what it is called with what it lies within."""
    for one in items:
        yield one.path, within + one.label
        yield from _named(one.parts, f"{within}{one.label}, " if one.what == "group" else within)


def _forecast(paperwork: Backlog, source: str, today: Any, people: int) -> dict[str, Any]:
    """The forecast of a source; without a pace where nothing was entered to measure it from."""
    try:
        return paperwork.forecast(source, today, people=people) | {"system": short(source), "measured": True}
    except NotSo:
        left = paperwork.forecast(source, today, people=people, rate=Fraction(1), arriving=Fraction(0))["left"]
        return {"source": source, "system": short(source), "left": left, "measured": False}


def _sample(paperwork: Backlog, source: str) -> dict[str, Any] | None:
    """The last sample of a source with its error rate in hundredths; None where none was drawn."""
    try:
        found = paperwork.shown_sample(source)
    except NotSo:
        return None
    bounds = {name: f"{100 * found['rate'][name]:.1f}" for name in ("low", "high")}
    return found | {"system": short(source), "rate": found["rate"] | bounds}


@post("/backlog/count", sync_to_thread=True, status_code=HTTPStatus.OK)
def count_stock(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Say how much lies on paper, the first time or again."""
    ensure_ours(request)
    filled = Filled.of("count", data, _COUNTED)
    filled.need("source", "kinds", "from", "until", "count", "counted_on", "by")
    kinds, begins, until, counted_on = filled.lines("kinds"), filled.day("from"), filled.day("until"), filled.day("counted_on")
    oldest, count = filled.day("oldest_on"), _number(filled, "count")
    if begins is not None and until is not None and until < begins:
        filled.faults.setdefault("until", "procedures.ends_before")
    act = None
    if not filled.faults and begins is not None and until is not None and counted_on is not None and count is not None:
        act = StockCount(
            source=filled.typed["source"],
            kinds=kinds,
            from_=begins,
            until=until,
            count=count,
            oldest_on=oldest,
            counted_on=counted_on,
            by=filled.typed["by"],
            at=_now(desk),
        )
    return _attempted(desk, language, filled, act)


@post("/backlog/enter", sync_to_thread=True, status_code=HTTPStatus.OK)
def enter_paper(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Key a paper; where readers differ the fields that do are shown beside what this one keyed."""
    ensure_ours(request)
    return _key(desk, language, "enter", data, PaperEntry)


@post("/backlog/sample", sync_to_thread=True, status_code=HTTPStatus.OK)
def draw_sample(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Draw papers of what was entered."""
    ensure_ours(request)
    filled = Filled.of("sample", data, _DRAWN)
    filled.need(*_DRAWN)
    size, seed = _number(filled, "size", least=1), _number(filled, "seed")
    act = None
    if not filled.faults and size is not None and seed is not None:
        act = PaperSample(source=filled.typed["source"], size=size, seed=seed, by=filled.typed["by"], at=_now(desk))
    return _attempted(desk, language, filled, act)


@post("/backlog/check", sync_to_thread=True, status_code=HTTPStatus.OK)
def check_paper(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Key a paper of the sample again; where it differs from what was entered that is shown."""
    ensure_ours(request)
    return _key(desk, language, "check", data, PaperCheck)


def _key(desk: Desk, language: str, form: str, given: Form, act: type[PaperEntry | PaperCheck]) -> Response[str]:
    """What was keyed of a paper, as JSON or field by field; or the same form again with one more entry in a list."""
    if "data" in given:
        filled = Filled.of(form, given, _KEYED)
        filled.need(*_KEYED)
        filled.among("kind", ENTERABLE)
        return _attempted(desk, language, filled, None if filled.faults else act(**filled.typed, at=_now(desk)))
    filled = Filled.of(form + _FIELDS, given, _HEAD)
    if filled.typed["kind"] not in ENTERABLE:
        # There are no fields to show it in again.
        as_sent = json.dumps({name: text for name, text in given.items() if name not in _HEAD}, ensure_ascii=False)
        return _key(desk, language, form, {**given, "data": as_sent}, act)
    sent = read(filled.typed["kind"], given)
    if "more" in given:
        with desk.pages.node() as node:
            return _page(desk, node, language, {}, filled, sent=sent)
    filled.need(*_HEAD)
    filled.faults |= sent.faults
    keyed = None if filled.faults else act(**filled.typed, data=json.dumps(sent.data), at=_now(desk))
    return _attempted(desk, language, filled, keyed, sent)


def _number(filled: Filled, name: str, least: int = 0) -> int | None:
    """A whole number in a field; None where it is none, which is told in `filled`."""
    text = filled.typed[name]
    if text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least:
        return int(text)
    filled.faults.setdefault(name, "backlog.no_number")
    return None


def _now(desk: Desk) -> str:
    return rfc3339(desk.pages.clock.now())


def _attempted(
    desk: Desk, language: str, filled: Filled, act: StockCount | PaperEntry | PaperSample | PaperCheck | None, sent: Sent | None = None
) -> Response[str]:
    """Do an act, and go to where it is shown; or show the form again with why it was not done, or with what differs."""
    status: int = HTTPStatus.BAD_REQUEST
    differs = None
    if act is not None:
        came = desk.acts.attempt(act)
        if isinstance(came, NotDone):
            filled.refuse(came, {})
            _point(filled, came, sent, desk.pages.words(language))
            status = came.status
        elif not came.get("differs"):
            again = "" if sent is None else f"&{filled.form.removesuffix(_FIELDS)}={filled.typed['kind']}"
            return see(language, f"/backlog?done={came.get('act') or came['position']}{again}")
        else:
            differs, status = came | {"form": filled.form.removesuffix(_FIELDS)}, HTTPStatus.CONFLICT
    with desk.pages.node() as node:
        return _page(desk, node, language, {}, filled, status, differs, sent)


def _point(filled: Filled, came: NotDone, sent: Sent | None, words: Wording) -> None:
    """Say at which field of a form the fault is for which what was keyed is refused."""
    at = _AT.match(came.detail)
    if sent is not None and at is not None:
        place = place_in(shown(filled.typed["kind"], sent.blank, words), at["path"])
        if place is not None:
            filled.faults.setdefault(place, "backlog.refused_here")
