"""The page of certificates of conduct: the open applications, and the interim rules under which is decided where the register is blind."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from litestar import Response, get

from hervat.assemble import Node
from hervat.clock import legal_day
from hervat.consumers.ruling import Ruling
from hervat.doors.pages.applications import PROPOSALS, open_applications, page_of, purpose_in
from hervat.doors.pages.desk import Asked, Desk, whole
from hervat.doors.pages.done import told_of
from hervat.doors.pages.filled import Filled
from hervat.doors.pages.wording import Wording
from hervat.interim import DOES, RISKS

NOTHING = Filled()
_STANDINGS = ("open", "coming", "closed")


@get("/certificates", sync_to_thread=True)
def certificates(request: Asked, desk: Desk, language: str) -> Response[str]:
    """The open applications; `proposal` and `start` choose and turn the page, `done` tells what was done last."""
    with desk.pages.node() as node:
        return certificates_page(desk, node, language, request.query_params)


def certificates_page(
    desk: Desk, node: Node, language: str, asked: Mapping[str, Any], filled: Filled = NOTHING, status: int = HTTPStatus.OK
) -> Response[str]:
    """The page, with a form as it was filled in."""
    words, today = desk.pages.words(language), legal_day(desk.pages.clock.now())
    done = told_of(node, whole(asked.get("done")), words)
    proposal = asked.get("proposal") if asked.get("proposal") in PROPOSALS else ""
    listed = open_applications(node, desk.undecided, today, fresh=done is not None)
    rules = Ruling(node.store, node.keys, node.decide).listing(today)["rules"]
    shown = page_of(node, listed, words, today, proposal or "", whole(asked.get("start")))
    return desk.pages.render(
        language,
        "certificates.html.j2",
        "/certificates",
        status,
        **shown,
        choices=PROPOSALS,
        proposal=proposal,
        rules=[_rule(one, words) for one in sorted(rules, key=lambda one: _STANDINGS.index(one["state"]))],
        does=DOES,
        risks=RISKS,
        today=today.isoformat(),
        done=done,
        filled=filled,
    )


def _rule(rule: dict[str, Any], words: Wording) -> dict[str, Any]:
    return rule | {"purposes": [purpose_in(words, one) for one in rule["purposes"]]}
