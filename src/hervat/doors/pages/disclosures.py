"""The pages of disclosure: the requests, what the law says of one and what would be handed out, and the button to answer it.

- A request is named by its position. The page of one names nobody; whoever wants to know whom it is about asks for the person.
- What is not told in words that the law knows, whoever answers tells; nothing of it is filled in. What is given must be what was looked at.
"""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Any, cast, get_args

from litestar import Response, get, post
from litestar.exceptions import NotFoundException

from hervat.assemble import Node
from hervat.consumers.disclosure.answer import Answer
from hervat.consumers.disclosure.given import Seen, answers_to
from hervat.consumers.disclosure.listed import REQUESTED, Listed, Which, newest
from hervat.consumers.disclosure.requested import Supplied
from hervat.disclosing import Disclosing, why_not
from hervat.doors.acts.disclosing import DisclosureGiving
from hervat.doors.pages.acting import NotDone
from hervat.doors.pages.desk import Asked, Desk, Form, ensure_ours, see, whole
from hervat.doors.pages.disclosing import answer_shown
from hervat.doors.pages.done import told_of
from hervat.doors.pages.filled import Filled
from hervat.doors.words import short
from hervat.law import disclosure as law
from hervat.law.book import RULES
from hervat.law.value import NONE
from hervat.register.reading import Reading

PAGE = 20
FORM = "give"
_SUPPLIED = ("role", "purpose", "mandate_of", "mandate_from", "mandate_until", "mandate_endless", "consent")
_CONSENT = ("yes", "no")
_NOTHING = Filled()


@get("/disclosures", sync_to_thread=True)
def disclosures(request: Asked, desk: Desk, language: str) -> Response[str]:
    """The requests, the newest first; `which` chooses those that wait, those answered, or all, and `before` turns the page."""
    asked = request.query_params
    which = cast(Which, asked.get("which") if asked.get("which") in get_args(Which) else "waiting")
    with desk.pages.node() as node:
        start = min(whole(asked.get("before")), node.position) or node.position + 1
        part = newest(node.store, node.keys, start, which, PAGE)
        listed = [_row(one) for one in part.listed]
    shown: dict[str, Any] = {"listed": listed, "before": part.before, "which": which, "choices": get_args(Which), "first": start}
    return desk.pages.render(language, "disclosures.html.j2", "/disclosures", **shown)


def _row(one: Listed) -> dict[str, Any]:
    return {
        "position": one.row.position,
        "data": one.data,
        "stands": one.stands,
        "last": None if one.last is None else {"at": one.last[0], "act": one.last[1]},
    }


@get("/disclosures/{position:int}", sync_to_thread=True)
def one_disclosure(request: Asked, desk: Desk, language: str, position: int) -> Response[str]:
    """One request, with what the answer to it would be today."""
    with desk.pages.node() as node:
        done = told_of(node, whole(request.query_params.get("done")), desk.pages.words(language))
        return _page(desk, node, language, position, _NOTHING, done=done)


@post("/disclosures/{position:int}", sync_to_thread=True, status_code=HTTPStatus.OK)
def answer_disclosure(request: Asked, desk: Desk, language: str, position: int, data: Form) -> Response[str]:
    """Look at what the answer would be with what is told of the request, or give it."""
    ensure_ours(request)
    filled = Filled.of(FORM, data, ("by", "on", *_SUPPLIED))
    filled.need("on")
    supplied = _supplied(filled)
    on = filled.day("on", desk.today() if data.get("do") == "give" else date.max)
    status: int = HTTPStatus.OK
    if data.get("do") == "give":
        filled.need("by")
        status = HTTPStatus.BAD_REQUEST
        if not filled.faults and on is not None:
            with desk.pages.node() as node:
                act = _act(node, position, supplied, on, data)
            came = desk.once.attempt(data.get("mark", ""), act, lambda answer: int(answer["act"]))
            if not isinstance(came, NotDone):
                at = came["act"] if isinstance(came, dict) else came
                return see(language, f"/disclosures/{position}?done={at}")
            filled.refuse(came, {})
            status = came.status
    elif filled.faults:
        status = HTTPStatus.BAD_REQUEST
    with desk.pages.node() as node:
        return _page(desk, node, language, position, filled, supplied, on, status)


def _supplied(filled: Filled) -> Supplied:
    """What was told of the request; a word that is none of the law's is told as a fault."""
    typed, (roles, purposes) = filled.typed, known_words()
    for name, choices in (("role", roles), ("mandate_of", roles), ("purpose", purposes), ("consent", _CONSENT)):
        if typed[name]:
            filled.among(name, choices)
    first, until = filled.day("mandate_from"), filled.day("mandate_until")
    if until is not None and typed["mandate_endless"]:
        filled.faults.setdefault("mandate_until", "disclosures.both_ends")
    said = {name: typed[name] or None for name in ("role", "purpose", "mandate_of") if name not in filled.faults}
    consent = typed["consent"] == "yes" if typed["consent"] in _CONSENT else None
    return Supplied(**said, mandate_from=first, mandate_until=until, mandate_endless=bool(typed["mandate_endless"]), consent=consent)


def _act(node: Node, position: int, supplied: Supplied, on: date, data: Mapping[str, str]) -> DisclosureGiving:
    """The answer as an act. Raises NotFoundException where no request lies at the position."""
    row = _request(node, position)
    source = Reading(node.store, node.store, node.keys).source_of(row)
    seen = Seen(number=whole(data.get("number")), hash=data.get("seen", ""))
    return DisclosureGiving(request=row.id or "", source=source, supplied=supplied, on=on, by=data["by"].strip(), seen=seen)


def _request(node: Node, position: int) -> Any:
    row = node.store.rows_at([position]).get(position)
    if row is None or row.kind != REQUESTED:
        raise NotFoundException
    return row


def known_words() -> tuple[list[str], list[str]]:
    """The words of the law for who asks and what for."""
    parameters = RULES["disclosure.wording"].text.parameters
    requesters, purposes = (
        sorted({means for held in parameters[name].values.values for means in held.value.read.values()}, key=str.casefold)
        for name in ("requesters", "purposes")
    )
    return requesters, purposes


def _page(
    desk: Desk,
    node: Node,
    language: str,
    position: int,
    filled: Filled,
    supplied: Supplied | None = None,
    on: date | None = None,
    status: int = HTTPStatus.OK,
    done: dict[str, Any] | None = None,
) -> Response[str]:
    """Raises NotFoundException where no request lies at the position."""
    row, words, today = _request(node, position), desk.pages.words(language), desk.today()
    disclosing, reading = Disclosing(node), Reading(node.store, node.store, node.keys)
    found = disclosing.on(position, supplied or Supplied(), on or today)
    before = list(answers_to(node.store, node.keys, position))
    roles, purposes = known_words()
    return desk.pages.render(
        language,
        "disclosure.html.j2",
        f"/disclosures/{position}",
        status,
        position=position,
        at=row,
        source=short(reading.source_of(row)),
        data=found.request,
        one=answer_shown(node, found, words),
        can_give=why_not(found) is None,
        asks=_untold(found),
        before=[{"at": at, "act": act} for at, act in reversed(before)],
        number=len(before) + 1,
        seen=disclosing.hash_of(found),
        mark=desk.once.mark(),
        today=today.isoformat(),
        roles=roles,
        purposes=purposes,
        filled=filled,
        done=done,
        named_by=(row.id or "", "--source", reading.source_of(row)),
    )


def _untold(found: Answer) -> list[str]:
    """What whoever answers may have to tell of the request: what its words do not say, or the law does not know them in."""
    if found.asked is None or found.request is None or found.how == "several":
        return []
    read = found.asked.wording.value or law.Wording(None, None, None)
    asks = [name for name, told in (("role", read.requester), ("purpose", read.purpose), ("mandate_of", read.mandate)) if told is None]
    if read.mandate is not NONE:
        asks += ["mandate_from", "mandate_until", "mandate_endless"]
    if not isinstance(found.request.consent, bool) and ("request.consent" in found.missing() or found.asked.request.consent is not None):
        asks.append("consent")
    return asks
