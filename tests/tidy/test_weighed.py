"""Whatever decision people take, by whichever door: they are asked what was known, which options there were and which risks they accept.

What is a decision is not listed here: it is an act that goes into one with what was considered, or has a field for it. A form comes to one
where the module of its handler knows such an act.
"""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, get_args

import pytest
from litestar.handlers import HTTPRouteHandler

import hervat.doors.pages
from hervat.doors.acts.asked import AnyAct
from hervat.doors.acts.considering import Considering, DecisionAct
from hervat.doors.acts.recording import Consideration
from hervat.doors.commands import COMMANDS
from hervat.doors.commands.saying import WEIGHED as FLAGS
from hervat.doors.pages.restarting import FORMS
from hervat.doors.pages.weighed import WEIGHED

TEMPLATES = Path(hervat.doors.pages.__path__[0]) / "templates"
WITH_THEIR_OWN = {one for one in get_args(AnyAct) if "considered" in one.__struct_fields__} - {Considering, Consideration}
DECISIONS = {*get_args(DecisionAct), *WITH_THEIR_OWN}
# Acts that are no decision of a crisis, by how their commands begin. Those about persons have a ground of their own, and free text beside
# them would name whom they are about (ADR 23); the others put down what came, went or was found.
ABOUT_PERSONS = ("certificate", "custody", "disclose", "disclosure", "erase", "retention", "screening", "subject")
# Nobody is told anything else for it.
OF_THE_NODE = ("keys rotate",)
PUT_DOWN = ("backlog", "batch", "courier", "delivered", "reconnection", "restart check", "timeline")
_FORM = re.compile(r"<form[^>]*method=\"post\"[^>]*action=\"{{ link\('(?P<path>[^']*)'.*?</form>", re.DOTALL)


def commands_of(tag: str) -> list[str]:
    """The commands that do an act: it is called as they are, or by what they have in common."""
    return [name for name in COMMANDS if name == tag or name.startswith(f"{tag} ")]


@pytest.mark.parametrize("tag", sorted(str(one.__struct_config__.tag) for one in DECISIONS))
def test_every_command_by_which_people_decide_asks_what_was_considered(tag: str) -> None:
    names = commands_of(tag)
    assert names and [name for name in names if not all(one in COMMANDS[name][0] for one in FLAGS)] == []


def test_every_other_act_has_a_reason_not_to_ask() -> None:
    others = {str(one.__struct_config__.tag) for one in get_args(AnyAct)} - {str(one.__struct_config__.tag) for one in DECISIONS}
    reasons = (*ABOUT_PERSONS, *OF_THE_NODE, *PUT_DOWN, "decide considered")
    assert [tag for tag in sorted(others) if not any(f"{tag} ".startswith(f"{one} ") for one in reasons)] == []


def known_in(module: Any) -> set[Any]:
    """The acts that a module knows by name, alone or as one of several."""
    return {one for value in vars(module).values() for one in (value, *get_args(value)) if isinstance(one, type)}


def deciding() -> set[str]:
    """The addresses to which a form is sent by which people decide."""
    modules = [import_module(f"hervat.doors.pages.{module.name}") for module in iter_modules(hervat.doors.pages.__path__)]
    handlers = [(module, one) for module in modules for one in vars(module).values() if isinstance(one, HTTPRouteHandler)]
    own = [(module, one) for module, one in handlers if "POST" in one.http_methods and one.fn.__module__ == module.__name__]
    assert len(own) > 20
    return {path for module, one in own if known_in(module) & DECISIONS for path in one.paths}


def test_every_form_by_which_people_decide_asks_what_was_considered() -> None:
    addresses = {re.sub(r"\{.*", "", path) for path in deciding()}
    assert {"/quarantine/open", "/procedures/close", "/certificates/rules/open", "/restart/"} <= addresses
    found: dict[str, list[bool]] = {}
    for template in TEMPLATES.glob("*.j2"):
        for form in _FORM.finditer(template.read_text(encoding="utf-8")):
            if form["path"] in addresses:
                # A second step carries on what the first one asked.
                carried = 'type="hidden"' in form[0] and all(f"'{name}'" in form[0] for name in WEIGHED)
                found.setdefault(form["path"], []).append(carried or "{{ weighing(" in form[0])
    # Those of a restart are sent from one form.
    assert found.keys() == addresses - {"/restart/approve", "/restart/check"}
    assert [path for path, asks in found.items() if not all(asks)] == []


def test_every_form_of_a_restart_by_which_people_decide_asks_what_was_considered() -> None:
    assert [do for do, names in FORMS.items() if "by" in names and not set(WEIGHED) <= set(names)] == []
    assert [do for do, names in FORMS.items() if "by" not in names] == ["check"]
