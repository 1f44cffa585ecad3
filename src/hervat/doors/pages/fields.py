"""A form made from the struct of a kind, field by field; and what such a form sends, made into the data of a message.

- A field of the form is named by the path of its value, as a refusal names it: `data.charges[0].article`.
- White space at the ends of a text falls away, and what is empty is not said. An entry of a list in which nothing stands is left out, and
  those behind it move up, so that the paths of the form and of the data stay the same.
- Whatever was sent goes on into the data, also where it is none of its sort or the kind has no such field: then it is refused, not lost.
- A form takes what paper says, which is less than JSON does: no text with a line break, not `true` where a text may stand, and not a
  list of one text where that text may stand by itself.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from msgspec import inspect

from hervat.doors.pages.filled import fits
from hervat.doors.pages.wording import Wording
from hervat.kinds import KINDS

NONE = "none."
"""What precedes a path in the name of the box that says that an optional list is empty."""
_ROOT = "data"
_NAMED = re.compile(r"data((?:\.[a-z_]{1,40}|\[[0-9]{1,3}\]){1,12})")
_STEP = re.compile(r"\.([a-z_]+)|\[([0-9]+)\]")
_NUMBER = re.compile(r"\[[0-9]+\]")
_TABLES = ("outcomes", "sentences", "classes", "remedies", "categories", "sectors", "purposes", "truths")
_SORTS = {inspect.IntType: "number", inspect.DateType: "date", inspect.StrType: "text"}
_RANKS: Mapping[type, int] = {inspect.VarTupleType: 0, inspect.StrType: 1, inspect.NoneType: 3}
Node = dict[str | int, Any]
"""What was sent, as a tree: below each name or number the same, or a text that is not empty."""


@dataclass(frozen=True, slots=True)
class Item:
    """What a form shows of a value: a `field` with the sort of its input, a `choice`, a `group` of fields, or a `list` of entries.

    `needed` fields may not be left empty; `optional` ones are marked. `number` counts the entries of a list from 1 on.
    """

    what: str
    path: str
    label: str
    needed: bool
    optional: bool
    fault: str | None
    sort: str = ""
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    parts: tuple["Item", ...] = ()
    said_none: bool | None = None

    def all(self) -> Iterator["Item"]:
        """This, and all that it is made of."""
        yield self
        for part in self.parts:
            yield from part.all()


class Blank(NamedTuple):
    """What stands in a form: of each path its text, of each list how many entries it has, of each fault its text's name; and the entry that
    was asked for.
    """

    typed: Mapping[str, str] = MappingProxyType({})
    entries: Mapping[str, int] = MappingProxyType({})
    faults: Mapping[str, str] = MappingProxyType({})
    newest: str | None = None


@cache
def shape_of(kind: str) -> inspect.StructType:
    """What a kind says, field by field. Raises KeyError for an unknown kind."""
    shape = inspect.type_info(KINDS[kind])
    if not isinstance(shape, inspect.StructType):
        raise KeyError(kind)
    return shape


def shown(kind: str, filled: Blank, words: Wording) -> tuple[Item, ...]:
    """The form of a kind, with what stands in it."""
    return _Showing(kind, filled, words).struct(shape_of(kind), _ROOT, True)


def place_in(items: tuple[Item, ...], path: str) -> str | None:
    """The path of the narrowest item that a fault at `path` is about; None where the form has none."""
    known = {each.path for one in items for each in one.all()}
    while path and path not in known:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return path or None


class _Showing:
    """Walks the struct of a kind and makes what its form shows."""

    def __init__(self, kind: str, filled: Blank, words: Wording) -> None:
        self._kind = kind
        self._filled = filled
        self._words = words

    def struct(self, shape: inspect.StructType, path: str, needed: bool) -> tuple[Item, ...]:
        # Within an entry what must be said comes first: a struct has first what it has in common with others.
        fields = shape.fields if path == _ROOT else sorted(shape.fields, key=lambda one: not one.required)
        return tuple(
            self._item(one.type, f"{path}.{one.encode_name}", self._label(one.encode_name, path), needed and one.required, not one.required)
            for one in fields
        )

    def _label(self, name: str, path: str) -> str:
        within = self._kind if path == _ROOT else _NUMBER.sub("", path.rpartition(".")[2])
        own = f"{within}.{name}"
        term = self._words.term("fields", own)
        return term if term != own else self._words.term("fields", name)

    def _item(self, given: inspect.Type, path: str, label: str, needed: bool, optional: bool) -> Item:
        shape, fault = _asked(given), self._filled.faults.get(path)
        if isinstance(shape, inspect.StructType):
            return Item("group", path, label, needed, optional, fault, parts=self.struct(shape, path, needed))
        if isinstance(shape, inspect.VarTupleType):
            least = shape.min_length or 0
            needed = needed and least > 0
            parts = tuple(
                self._item(shape.item_type, f"{path}[{n}]", f"{label} {n + 1}", needed and n < least, False)
                for n in range(max(self._filled.entries.get(path, 0), 1))
            )
            said_none = NONE + path in self._filled.typed if optional else None
            return Item("list", path, label, needed, optional, fault, parts=parts, said_none=said_none)
        value, choices = self._filled.typed.get(path, ""), _choices(shape)
        if choices is not None:
            told = tuple((text, self._word(text)) for text in choices)
            return Item("choice", path, label, needed, optional, fault, value=value, choices=told)
        return Item("field", path, label, needed, optional, fault, sort=_SORTS[type(shape)], value=value)

    def _word(self, text: str) -> str:
        told = (self._words.term(table, text) for table in _TABLES)
        return next((word for word in told if word != text), text)


_TRUTH = {"true": True, "false": False}


def _asked(shape: inspect.Type) -> inspect.Type:
    """The way in which a form asks for what may be absent, or said in several ways: a list before a text before anything else."""
    if not isinstance(shape, inspect.UnionType):
        return shape
    return min(shape.types, key=lambda way: _RANKS.get(type(way), 2))


def _choices(shape: inspect.Type) -> Mapping[str, Any] | None:
    """What may be chosen, by the text that stands for it in the form; None where nothing is chosen."""
    if isinstance(shape, inspect.BoolType):
        return _TRUTH
    return {str(value): value for value in shape.values} if isinstance(shape, inspect.LiteralType) else None


@dataclass(slots=True)
class Sent:
    """A form that was sent: the data that it says, what was typed with entries moved up, how many entries each list had, what is wrong by
    path (the name of a text), and the path of the entry that was asked for.
    """

    data: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    entries: dict[str, int] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    newest: str | None = None

    @property
    def blank(self) -> Blank:
        return Blank(self.typed, self.entries, self.faults, self.newest)


def read(kind: str, sent: Mapping[str, str]) -> Sent:
    """What a form of a kind says; what is no field of such a form is left alone. `more` names a list that is to have one more entry."""
    return _Reading(sent).read(shape_of(kind))


class _Reading:
    """Walks the struct of a kind and takes what was sent for it. `was` is a path as it was sent, `path` as it is in the data."""

    def __init__(self, sent: Mapping[str, str]) -> None:
        self._tree, self._numbers = _sorted_out(sent)
        self._none = {name.removeprefix(NONE) for name in sent if name.startswith(NONE)}
        self._more = sent.get("more", "")
        self._sent = Sent()

    def read(self, shape: inspect.StructType) -> Sent:
        self._sent.data = self._struct(shape, self._tree, _ROOT, _ROOT)
        return self._sent

    def _struct(self, shape: inspect.StructType, node: Any, was: str, path: str) -> dict[str, Any]:
        given: Node = dict(node) if isinstance(node, dict) else {} if node is None else {"": node}
        data: dict[str, Any] = {}
        for one in shape.fields:
            below = f".{one.encode_name}"
            value = self._value(one.type, given.pop(one.encode_name, None), was + below, path + below, one.required)
            if value is not None:
                data[one.encode_name] = value
        return data | {str(name): _said(value) for name, value in given.items()}

    def _value(self, given: inspect.Type, node: Any, was: str, path: str, required: bool) -> Any:
        """The value at a path; None where nothing is said."""
        shape = _asked(given)
        if isinstance(shape, inspect.VarTupleType):
            return self._list(shape, node, was, path, required, _may_stand_alone(given))
        if isinstance(shape, inspect.StructType):
            return self._struct(shape, node, was, path) if required or node is not None else None
        if node is None:
            if required:
                self._sent.faults[path] = "acts.empty"
            return None
        if not isinstance(node, str):
            return _said(node)
        self._sent.typed[path] = node
        value, fault = _taken(shape, node)
        if fault is not None:
            self._sent.faults[path] = fault
        return value

    def _list(self, shape: inspect.VarTupleType, node: Any, was: str, path: str, required: bool, alone: bool) -> Any:
        self._sent.entries[path] = len(self._numbers[was]) + (was == self._more)
        if node is not None and not (isinstance(node, dict) and all(isinstance(number, int) for number in node)):
            return _said(node)
        filled = sorted((node or {}).items())
        if was == self._more:
            self._sent.newest = f"{path}[{self._sent.entries[path] - 1}]"
        if not filled and required and shape.min_length:
            filled = [(0, None)]
        values = [
            self._value(shape.item_type, below, f"{was}[{number}]", f"{path}[{n}]", True) for n, (number, below) in enumerate(filled)
        ]
        if was in self._none and not required:
            self._sent.typed[NONE + path] = "on"
            if values:
                self._sent.faults[path] = "backlog.none_and_some"
            return values
        if not values:
            return [] if required else None
        return values[0] if alone and len(values) == 1 else values


def _may_stand_alone(given: inspect.Type) -> bool:
    return isinstance(given, inspect.UnionType) and any(isinstance(one, inspect.StrType) for one in given.types)


def _taken(shape: inspect.Type, text: str) -> tuple[Any, str | None]:
    """The value that a text stands for, or the text itself and what is wrong with it."""
    choices = _choices(shape)
    if choices is not None:
        return (choices[text], None) if text in choices else (text, "acts.choose")
    if isinstance(shape, inspect.IntType):
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 17 else -1
        return (number, None) if (shape.ge or 0) <= number <= (shape.le or number) else (text, "backlog.no_number")
    if isinstance(shape, inspect.DateType):
        return text, None if fits(text, date) else "acts.bad_day"
    if isinstance(shape, inspect.StrType):
        if shape.max_length is not None and len(text) > shape.max_length:
            return text, "procedures.too_long"
        if shape.pattern is not None and not re.search(shape.pattern, text):
            return text, "backlog.bad_form"
    return text, None


def _said(node: Any) -> Any:
    """What was sent where the form has no such field, as JSON has it."""
    return {str(name): _said(value) for name, value in node.items()} if isinstance(node, dict) else node


def _sorted_out(sent: Mapping[str, str]) -> tuple[Node, dict[str, set[int]]]:
    """The tree of what was sent, and of each list the numbers of its entries, with those in which nothing stands."""
    tree: Node = {}
    numbers: dict[str, set[int]] = defaultdict(set)
    for name, text in sent.items():
        if not name.startswith((f"{_ROOT}.", f"{_ROOT}[")):
            continue
        found = _NAMED.fullmatch(name)
        steps: list[str | int] = [below or int(number) for below, number in _STEP.findall(found[1])] if found else [name]
        path = _ROOT
        for step in steps:
            if isinstance(step, int):
                numbers[path].add(step)
            path += f"[{step}]" if isinstance(step, int) else f".{step}"
        if text.strip() and not _put(tree, steps, text.strip()):
            tree[name] = text.strip()
    return tree, numbers


def _put(tree: Node, steps: list[str | int], text: str) -> bool:
    """Put a text where the steps lead; False where something stands in the way."""
    node: Any = tree
    for step in steps[:-1]:
        node = node.setdefault(step, {})
        if not isinstance(node, dict):
            return False
    return bool(node.setdefault(steps[-1], text) == text)
