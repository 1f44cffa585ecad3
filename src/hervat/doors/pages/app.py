"""The addresses of the pages, and what a fault looks like.

- Every address exists twice: Dutch without a prefix, English under /en.
- Whatever goes wrong is a page in plain words; see `faults`.
"""

from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from threading import Lock

from litestar import Litestar, Response, Router, get, post
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.static_files import create_static_files_router
from litestar.types import ASGIApp

from hervat.chain.impact import Model
from hervat.clock import Clock
from hervat.doors.pages import entries, held
from hervat.doors.pages.acting import Acts
from hervat.doors.pages.again import again, close_certificate, close_disclosure, compare_again, look_again
from hervat.doors.pages.backlog import backlog, check_paper, count_stock, draw_sample, enter_paper
from hervat.doors.pages.certificate import one_certificate, take_certificate_step
from hervat.doors.pages.certificates import certificates
from hervat.doors.pages.chain import chain
from hervat.doors.pages.concerned import ask_correction, concerned, end_correction, inspect
from hervat.doors.pages.custody import check_custody, custody
from hervat.doors.pages.desk import Asked, Desk, Form, ensure_ours, whole
from hervat.doors.pages.disclosures import answer_disclosure, disclosures, one_disclosure
from hervat.doors.pages.faults import Faults
from hervat.doors.pages.guard import guarded
from hervat.doors.pages.incident import add_entry, correct_entry, incident
from hervat.doors.pages.law import rule, rules
from hervat.doors.pages.partners import one_partner, partner_receipts, partners
from hervat.doors.pages.procedures import close_one, open_one, procedures
from hervat.doors.pages.quarantine import close_lane, open_lane, quarantine, release_lane
from hervat.doors.pages.question import EMPTY, read_question
from hervat.doors.pages.record import person_page
from hervat.doors.pages.rendering import STATIC, Pages, address
from hervat.doors.pages.restart import approve_restart, begin_restart, check_restart, decide_restart, restart
from hervat.doors.pages.retention import look_ahead, record_forecast, retention, run_retention
from hervat.doors.pages.ruling import close_rule, open_rule
from hervat.doors.pages.screening import decide_signal, one_signal, take_step, work_list
from hervat.doors.pages.state import state_of_affairs
from hervat.doors.pages.wording import LANGUAGES
from hervat.errors import HervatError
from hervat.standing import bottlenecks, entries_behind

_LARGEST_QUESTION = 64 * 1024


@get("/", sync_to_thread=True)
def affairs(request: Asked, desk: Desk, language: str) -> Response[str]:
    """The state of affairs. A page that refreshes itself says what it shows, and is told where nothing is new."""
    pages = desk.pages
    with pages.node() as node:
        seen = request.query_params.get("seen")
        if request.headers.get("HX-Request") and seen == str(node.position):
            return Response("", status_code=HTTPStatus.NO_CONTENT, media_type="text/html")
        drain = node.drain(desk.drain)
        found = desk.bottlenecks.of(node, lambda: bottlenecks(node))
        behind = desk.behind.of(node, lambda: entries_behind(node, node.position))
        shown = state_of_affairs(node, drain, found, behind, pages.words(language), pages.clock.now())
    still = request.query_params.get("refresh") == "off"
    return pages.render(language, "affairs.html.j2", "/", still=still, **shown)


@get("/held", sync_to_thread=True)
def held_list(request: Asked, desk: Desk, language: str) -> Response[str]:
    """What is held; `reason`, `source` and `after` choose and turn the page."""
    pages, asked = desk.pages, request.query_params
    words = pages.words(language)
    reason, source = asked.get("reason") or None, asked.get("source") or None
    with pages.node() as node:
        found = desk.survey.of(node, lambda: held.survey(node))
        sources = [feed.name for feed in node.store.feeds()]
        unknown = (reason is not None and reason not in held.REASONS) or (source is not None and source not in sources)
        if unknown:
            reason = source = None
        listed = held.page_of(node, words, reason=reason, source=source, after=whole(asked.get("after")))
        shown = held.overview(node, found, words)
    fitting = sum(
        count for (one, name), count in found.by_reason.items() if reason in (None, one) and source in (None, name)
    )
    chosen = {"reason": reason, "source": source, "unknown": unknown, "fitting": fitting}
    choices = {"reasons": held.REASONS, "sources": sorted({name for _, name in found.by_reason})}
    return pages.render(language, "held.html.j2", "/held", chosen=chosen, choices=choices, listed=listed, **shown)


@get("/refused", sync_to_thread=True)
def refused_list(request: Asked, desk: Desk, language: str) -> Response[str]:
    """What was refused, and why."""
    with desk.pages.node() as node:
        count = sum(feed.refused for feed in node.store.feeds())
        listed = entries.refused_page(node, whole(request.query_params.get("after")))
        conflicts = entries.open_conflicts(node)
    return desk.pages.render(language, "refused.html.j2", "/refused", count=count, listed=listed, conflicts=conflicts)


@get("/person", sync_to_thread=False)
def person_form(desk: Desk, language: str) -> Response[str]:
    """The form, empty."""
    return desk.pages.render(language, "person.html.j2", "/person", question=EMPTY, found=None)


@post("/person", sync_to_thread=True, status_code=HTTPStatus.OK)
def person_found(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """What the register knows of a person, or what is wrong with the question."""
    ensure_ours(request)
    pages, question = desk.pages, read_question(data)
    if question.faults:
        return pages.render(language, "person.html.j2", "/person", HTTPStatus.BAD_REQUEST, question=question, found=None)
    with pages.node() as node:
        found = person_page(node, question, pages.words(language))
    return pages.render(language, "person.html.j2", "/person", question=question, found=found)


@get("/entry/{position:int}", sync_to_thread=True)
def entry(desk: Desk, language: str, position: int) -> Response[str]:
    """One entry, without its content."""
    return _entry(desk, language, position, content=False)


@post("/entry/{position:int}", sync_to_thread=True, status_code=HTTPStatus.OK)
def entry_content(request: Asked, desk: Desk, language: str, position: int) -> Response[str]:
    """One entry with its content."""
    ensure_ours(request)
    return _entry(desk, language, position, content=True)


def _entry(desk: Desk, language: str, position: int, *, content: bool) -> Response[str]:
    pages = desk.pages
    with pages.node() as node:
        head = node.position
        if not 1 <= position <= head:
            raise NotFoundException
        sheet = entries.entry_sheet(node, position, pages.words(language), content=content)
    return pages.render(language, "entry.html.j2", f"/entry/{position}", position=position, **sheet)


def make_app(
    url: str,
    clock: Clock,
    keys: Path | None = None,
    socket: Path | None = None,
    *,
    read_only: bool = False,
    model: Model | None = None,
) -> ASGIApp:
    """The pages on the store at `url`. `keys` and `socket` say where those are when they do not lie beside it; with `read_only` no act is
    done from the pages. `model` is the map of the chain, where there is one.
    """
    acts = Acts(url, keys, socket, read_only, Lock())
    pages = Pages(url, clock, keys, acts.hindrance)
    desk = Desk(pages, acts, model)
    handlers: list[HTTPRouteHandler] = [affairs, held_list, refused_list, person_form, person_found, entry, entry_content]
    handlers += [work_list, one_signal, decide_signal, take_step, procedures, open_one, close_one, rules, rule]
    handlers += [certificates, open_rule, close_rule, one_certificate, take_certificate_step]
    handlers += [again, look_again, compare_again, close_certificate, close_disclosure]
    handlers += [disclosures, one_disclosure, answer_disclosure, concerned, inspect, ask_correction, end_correction]
    handlers += [custody, check_custody, partners, one_partner, partner_receipts]
    handlers += [retention, look_ahead, record_forecast, run_retention, quarantine, open_lane, release_lane, close_lane]
    handlers += [backlog, count_stock, enter_paper, draw_sample, check_paper]
    handlers += [incident, add_entry, correct_entry, chain]
    handlers += [restart, decide_restart, approve_restart, check_restart, begin_restart]
    routers = [_in_language(language, handlers) for language in LANGUAGES]
    static = create_static_files_router("/static", directories=[STATIC], include_in_schema=False)
    faults = Faults(pages)
    app = Litestar(
        [*routers, static],
        dependencies={"desk": Provide(lambda: desk, sync_to_thread=False)},
        exception_handlers={HTTPException: faults.asked, HervatError: faults.technical, Exception: faults.ours},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=_LARGEST_QUESTION,
    )
    return guarded(app)


def _in_language(language: str, handlers: Sequence[HTTPRouteHandler]) -> Router:
    """The handlers under the addresses of one language."""
    return Router(
        address(language, "/"), route_handlers=handlers, dependencies={"language": Provide(lambda: language, sync_to_thread=False)}
    )
