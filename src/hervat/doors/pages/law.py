"""The law as the pages print it: every rule, one rule whole, and what no message can tell. All of it is made from the rules themselves."""

from datetime import date
from typing import Any

from litestar import Response, get
from litestar.exceptions import NotFoundException

from hervat.doors.lawbook import gap_told, whole
from hervat.doors.pages.desk import Asked, Desk
from hervat.law.book import RULES
from hervat.law.gaps import gaps
from hervat.law.value import Certainty

_QUOTED = Certainty.QUOTED.value


@get("/law", sync_to_thread=True)
def rules(desk: Desk, language: str) -> Response[str]:
    """Every rule by its family, with its article and how much of it is unverified."""
    families: dict[str, list[dict[str, Any]]] = {}
    for name, rule in RULES.items():
        shown = whole(rule, None)
        families.setdefault(name.partition(".")[0], []).append(shown | {"unverified": _unverified(shown), "values": _count(shown)})
    found = [gap_told(gap) for gap in gaps()]
    return desk.pages.render(language, "law.html.j2", "/law", families=families, gaps=found)


@get("/law/{name:str}", sync_to_thread=True)
def rule(request: Asked, desk: Desk, language: str, name: str) -> Response[str]:
    """One rule; `on` shows only what holds for decisions on a day. Raises NotFoundException for a rule that there is not."""
    if name not in RULES:
        raise NotFoundException
    typed = request.query_params.get("on") or ""
    on, is_wrong = None, False
    try:
        on = date.fromisoformat(typed) if typed else None
    except ValueError:
        is_wrong = True
    shown = whole(RULES[name], on)
    parameters = [one | {"values": [value | {"lines": _lines(value["value"])} for value in one["values"]]} for one in shown["parameters"]]
    values = {"rule": shown | {"parameters": parameters}, "on": typed, "wrong": is_wrong, "quoted": _QUOTED}
    return desk.pages.render(language, "rule.html.j2", f"/law/{name}", 400 if is_wrong else 200, **values)


def _lines(value: Any) -> list[Any]:
    """A value as lines: texts, or options with what, article and certainty."""
    if isinstance(value, list):
        return value
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def _count(shown: dict[str, Any]) -> int:
    return sum(len(one["values"]) for one in shown["parameters"])


def _unverified(shown: dict[str, Any]) -> int:
    return sum(value["certainty"] != _QUOTED for one in shown["parameters"] for value in one["values"])
