"""What the law asks and no message can tell yet: the inputs of rules, held against the fields of the kinds of messages.

An input says in which places of messages it stands, or would stand. One that a message should tell, and for which no such place exists, is
a gap: as long as it is one, whatever turns on it is cannot-say. A kind that gets the field closes the gap by itself.
"""

from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from hervat.kinds import KINDS
from hervat.law.book import RULES
from hervat.law.rule import Input, Origin
from hervat.message import Value


@dataclass(frozen=True, slots=True)
class Gap:
    """An input that no message can tell: the rules that ask for it, and the places where it would stand."""

    input: Input[Any]
    rules: tuple[str, ...]


def gaps() -> list[Gap]:
    """Every gap, by the name of the input."""
    found = {input.name: input for rule in RULES.values() for input in rule.inputs if _is_gap(input)}
    return [Gap(found[name], tuple(rule.name for rule in RULES.values() if found[name] in rule.inputs)) for name in sorted(found)]


def _is_gap(input: Input[Any]) -> bool:
    return input.origin is Origin.MESSAGE and not any(map(exists, input.told_in))


def exists(place: str) -> bool:
    """Whether a place, such as `case-registered.charges.period.from`, is a field of a kind of message."""
    kind, *path = place.split(".")
    shapes = [KINDS[kind]] if kind in KINDS else []
    for name in path:
        shapes = [inner for shape in shapes for inner in _inner(shape, name)]
    return bool(shapes)


def _inner(shape: Any, name: str) -> list[Any]:
    """The types of the field that is called `name` in messages, in whatever struct lies within a type."""
    found = []
    for struct in _structs(shape):
        named = dict(zip(struct.__struct_encode_fields__, struct.__struct_fields__, strict=True))
        if name in named:
            found.append(get_type_hints(struct, include_extras=True)[named[name]])
    return found


def _structs(shape: Any) -> list[type[Value]]:
    if isinstance(shape, type) and issubclass(shape, Value):
        return [shape]
    if get_origin(shape) in (Annotated, tuple, Union, UnionType):
        return [struct for inner in get_args(shape) for struct in _structs(inner)]
    return []
