"""A rule of which one value is another: for settings and tables of which the shipped file has only one side."""

from dataclasses import replace
from typing import Any, TypeVar

from hervat.law.dated import Dated, Held
from hervat.law.rule import Rule

V = TypeVar("V")


def with_value(rule: Rule[V], name: str, value: Any) -> Rule[V]:
    """The rule with `value`, as its file would have it, for the parameter `name`."""
    parameter = rule.text.parameters[name]
    sort = next(one.sort for one in rule.parameters if one.name == name)
    held = parameter.values.values[0].value
    reach = parameter.values.reach
    other = replace(parameter, values=Dated(reach, [Held(replace(held, json=value, read=sort.read(value)), reach)]))
    found = replace(rule)
    found.__dict__["text"] = replace(rule.text, parameters={**rule.text.parameters, name: other})
    return found
