"""Every act that a command does is one that a node that serves can be asked for."""

from importlib import import_module
from pkgutil import iter_modules
from typing import get_args

import hervat.doors.acts
from hervat.doors.acts.asked import AnyAct


def test_every_act_is_listed() -> None:
    modules = [import_module(f"hervat.doors.acts.{module.name}") for module in iter_modules(hervat.doors.acts.__path__)]
    structs = {one for module in modules for one in vars(module).values() if isinstance(one, type) and hasattr(one, "__struct_config__")}
    acts = {one for one in structs if one.__struct_config__.tag_field == "act" and hasattr(one, "done")}
    assert len(acts) > 20
    assert acts == set(get_args(AnyAct))
