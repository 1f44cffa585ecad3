"""The buttons that open and close an interim rule, on the page of certificates."""

from http import HTTPStatus
from typing import Any, cast

from litestar import Response, post

from hervat.doors.acts.ruling import InterimClosing, InterimOpening
from hervat.doors.pages.certificates import certificates_page
from hervat.doors.pages.desk import Asked, Desk, Form, closing, ensure_ours, see
from hervat.doors.pages.filled import Filled, fits
from hervat.doors.pages.weighed import WEIGHED, deciding
from hervat.interim import APART, DOES, EVERY, RISKS, InterimRule, Scoped

_TEXTS = ("name", "authority", "ground", "purposes", "risk", "does", "ask", "from", "until", "by", "why")
# What was looked at before leaves these to the rules that are known.
_FIELDS = {"name": ("name", "procedures.name_taken"), "from": ("from", "interim.overlaps"), "until": ("until", "procedures.no_last_day")}


@post("/certificates/rules/open", sync_to_thread=True, status_code=HTTPStatus.OK)
def open_rule(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Open an interim rule; what is wrong is told field by field, and what was typed is kept."""
    ensure_ours(request)
    filled = Filled.of("open", data, (*_TEXTS, *WEIGHED))
    rule = _rule(filled)
    act = None if rule is None else InterimOpening(rule=rule, by=filled.typed["by"], why=filled.typed["why"])
    return _attempted(desk, language, filled, act)


def _rule(filled: Filled) -> InterimRule | None:
    """The rule that was filled in; None where something is wrong, which is told in `filled`."""
    typed, purposes = filled.typed, filled.lines("purposes")
    filled.need("name", "authority", "ground", "purposes", "from", "by", "why")
    filled.among("risk", RISKS)
    filled.among("does", DOES)
    filled.word("name")
    filled.bearable("authority")
    filled.bearable("ground")
    filled.bearable("ask")
    begins, ends = filled.day("from"), filled.day("until")
    wrong = {
        "purposes": ("interim.bad_purpose", not all(fits(one, Scoped) for one in purposes)),
        "risk": ("interim.no_risk", typed["risk"] != EVERY and not set(purposes).isdisjoint(APART)),
        "ask": ("interim.whom" if typed["does"] == "ask" else "interim.nobody", (typed["does"] == "ask") != bool(typed["ask"])),
        "until": ("procedures.ends_before", begins is not None and ends is not None and ends < begins),
    }
    for name, (text, is_wrong) in wrong.items():
        if is_wrong:
            filled.faults.setdefault(name, text)
    if filled.faults or begins is None:
        return None
    return InterimRule(
        name=typed["name"],
        authority=typed["authority"],
        ground=typed["ground"],
        purposes=purposes,
        risk=cast(Any, typed["risk"]),
        does=cast(Any, typed["does"]),
        ask=typed["ask"] or None,
        from_=begins,
        until=ends,
    )


@post("/certificates/rules/close", sync_to_thread=True, status_code=HTTPStatus.OK)
def close_rule(request: Asked, desk: Desk, language: str, data: Form) -> Response[str]:
    """Give an interim rule its last day."""
    ensure_ours(request)
    name, filled, until = closing(data)
    act = None if until is None else InterimClosing(name=name, until=until, by=filled.typed["by"], why=filled.typed["why"])
    return _attempted(desk, language, filled, act)


def _attempted(desk: Desk, language: str, filled: Filled, act: InterimOpening | InterimClosing | None) -> Response[str]:
    """Do an act, and go to where it is shown; or show the form again with why it was not done."""
    tried = desk.tried(deciding(filled, act), filled, _FIELDS)
    if tried.done:
        return see(language, f"/certificates?done={tried.position}")
    with desk.pages.node() as node:
        return certificates_page(desk, node, language, {}, filled, tried.status)
