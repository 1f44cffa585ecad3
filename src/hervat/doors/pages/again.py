"""The page of what is to be opened again: decisions on certificates and answers to requests that read differently now, worst first.

Nobody can close what nobody saw: a form carries by which act the difference was told.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from litestar import Response, get, post
from litestar.exceptions import NotFoundException

from hervat.assemble import Node
from hervat.consumers.certificates.again import VERDICTS, Verdict
from hervat.consumers.disclosure.listed import REQUESTED
from hervat.consumers.screening.assessment import assessments, is_open
from hervat.disclosing import Disclosing
from hervat.doors.acts.certifying import CertificateClosing, CertificatesLookedAgain
from hervat.doors.acts.disclosing import DisclosureClosing, DisclosureStep
from hervat.doors.pages.certificate import named
from hervat.doors.pages.desk import Asked, Desk, Form, ensure_ours, see, whole
from hervat.doors.pages.differing import disclosed, reopened
from hervat.doors.pages.done import told_of
from hervat.doors.pages.filled import Filled
from hervat.register.reading import Reading
from hervat.reopening import Reopening
from hervat.screening import screening_of

PAGE = 20
_NOTHING = Filled()
_LISTS = ("certificates", "disclosures")
_AGAIN = CertificateClosing | DisclosureClosing | CertificatesLookedAgain | DisclosureStep


@get("/again", sync_to_thread=True)
def again(request: Asked, desk: Desk, language: str) -> Response[str]:
    """What waits for somebody; `certificates` and `disclosures` turn the pages of both lists, `done` tells what was done last."""
    with desk.pages.node() as node:
        return _page(desk, node, language, request.query_params)


def _page(
    desk: Desk, node: Node, language: str, asked: Mapping[str, Any], filled: Filled = _NOTHING, status: int = HTTPStatus.OK
) -> Response[str]:
    words, today = desk.pages.words(language), desk.today()
    done = told_of(node, whole(asked.get("done")), words)
    fresh = done is not None or filled is not _NOTHING
    certificates = desk.reopened.of(node, lambda: Reopening(node).listing(), fresh=fresh)
    found = desk.differing.of(node, lambda: (today, Disclosing(node).desk().work(today)), fresh=fresh)
    works = found[1] if found[0] == today else Disclosing(node).desk().work(today)
    turned = {name: whole(asked.get(name)) for name in _LISTS}
    pages = {"certificates": _part(certificates, turned["certificates"]), "disclosures": _part(works, turned["disclosures"])}
    ids = {at: row.id or "" for at, row in node.store.rows_at({one.difference.request for one in pages["disclosures"]["shown"]}).items()}
    pages["certificates"]["shown"] = [reopened(one, words) for one in pages["certificates"]["shown"]]
    pages["disclosures"]["shown"] = [disclosed(one, ids[one.difference.request], words) for one in pages["disclosures"]["shown"]]
    forms = {one["form"] for part in pages.values() for one in part["shown"]} | {f"step-{name}" for name in _LISTS}
    return desk.pages.render(
        language,
        "again.html.j2",
        "/again",
        status,
        lists=pages,
        starts={name: pages[name]["start"] for name in _LISTS},
        screening=_signals(node),
        verdicts=VERDICTS,
        today=today.isoformat(),
        done=done,
        nothing=asked.get("nothing") == "new",
        filled=filled,
        lost=[text for text in filled.typed.values() if text] if filled.form not in forms else [],
    )


def _part(listed: list[Any], start: int) -> dict[str, Any]:
    """A page of a list, from the one at `start`, counted from 0."""
    start = start if start < len(listed) else 0
    following = start + PAGE
    return {
        "all": len(listed),
        "start": start,
        "shown": listed[start:following],
        "previous": max(0, start - PAGE) if start else None,
        "next": following if following < len(listed) else None,
    }


def _signals(node: Node) -> int:
    """How many signals of screening wait for a decision."""
    decided = assessments(node.store, node.keys, node.position)
    return sum(is_open(signal, decided) for signal in screening_of(node).told().last.values())


@post("/again/certificates", sync_to_thread=True, status_code=HTTPStatus.OK)
def look_again(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Tell the decisions on certificates that would be proposed otherwise since the last time."""
    return _step(request, desk, language, data, "certificates")


@post("/again/disclosures", sync_to_thread=True, status_code=HTTPStatus.OK)
def compare_again(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Tell the answers to requests that read differently since the last time."""
    return _step(request, desk, language, data, "disclosures")


def _step(request: Asked, desk: Desk, language: str, data: Form, name: str) -> Response[str]:
    ensure_ours(request)
    filled = Filled.of(f"step-{name}", data, ("on",))
    filled.need("on")
    on = filled.day("on", desk.today())
    act = None if on is None or filled.faults else CertificatesLookedAgain(on=on) if name == "certificates" else DisclosureStep(on=on)
    return _attempted(desk, language, data, filled, act)


@post("/again/certificates/{place:int}", sync_to_thread=True, status_code=HTTPStatus.OK)
def close_certificate(request: Asked, desk: Desk, language: str, place: int, data: Form) -> Response[str]:
    """Close a decision on a certificate that was opened again."""
    ensure_ours(request)
    with desk.pages.node() as node:
        application = named(node, place)
    filled = Filled.of(f"certificate-{place}", data, ("verdict", "ground", "by"))
    filled.among("verdict", VERDICTS)
    filled.need("ground", "by")
    act = None
    if not filled.faults:
        verdict, ground, by = (filled.typed[name] for name in ("verdict", "ground", "by"))
        told: dict[str, Any] = {"by": by, "ground": ground, "source": application.source, "place": place}
        told_at = whole(data.get("told_at"))
        act = CertificateClosing(application=application.number, verdict=cast(Verdict, verdict), **told, told_at=told_at)
    return _attempted(desk, language, data, filled, act)


@post("/again/disclosures/{position:int}", sync_to_thread=True, status_code=HTTPStatus.OK)
def close_disclosure(request: Asked, desk: Desk, language: str, position: int, data: Form) -> Response[str]:
    """Close a difference in what was handed out."""
    ensure_ours(request)
    with desk.pages.node() as node:
        name, source = _request(node, position)
    filled = Filled.of(f"disclosure-{position}", data, ("ground", "by"))
    filled.need("ground", "by")
    act = None
    if not filled.faults:
        told = {"by": filled.typed["by"], "ground": filled.typed["ground"], "source": source}
        act = DisclosureClosing(request=name, **told, told_at=whole(data.get("told_at")))
    return _attempted(desk, language, data, filled, act)


def _request(node: Node, position: int) -> tuple[str, str]:
    """The id and the source of the request for disclosure at a position. Raises NotFoundException where none lies there."""
    row = node.store.rows_at([position]).get(position) if 1 <= position <= node.position else None
    if row is None or row.kind != REQUESTED or row.id is None:
        raise NotFoundException
    return row.id, Reading(node.store, node.store, node.keys).source_of(row)


def _attempted(desk: Desk, language: str, data: Form, filled: Filled, act: _AGAIN | None) -> Response[str]:
    """Do an act, and go to where it is shown; or show the form again with why it was not done."""
    turned = {name: data.get(name, "") for name in _LISTS}
    tried = desk.tried(act, filled)
    if tried.done and tried.position is None:
        return see(language, "/again?nothing=new")
    if tried.done:
        starts = "".join(f"&{name}={start}" for name in _LISTS if (start := whole(turned[name])))
        return see(language, f"/again?done={tried.position}{starts}")
    with desk.pages.node() as node:
        return _page(desk, node, language, turned, filled, tried.status)
