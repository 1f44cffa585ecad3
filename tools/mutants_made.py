"""Where `hervat.law` can be made wrong in one place, and how: in its code, and among the values in the files beside its rules.

- In code: a comparison that takes or leaves its bound, or is turned round; `and` for `or`; a number that is one more or less; true for
  false; plus for minus and the like; a `not` that is gone; `min` for `max` and `any` for `all`; a condition turned round; a return of
  nothing; a call, a sum or a raise that is left out.
- In a file of values: a number one more or less, a day one later or earlier, true for false.
- Words for people (`Words`, the texts of files), docstrings, annotations and the options of dataclasses are left as they are.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
SWAPPED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
}
CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}

# What of a file of values is gone by: comments, texts, names. Then days, numbers, and true or false.
_TOKEN = re.compile(
    r'#[^\n]*|"""(?s:.*?)"""|"[^"\n]*"|[A-Za-z_][\w-]*(?=\s*[=.\]])'
    r"|(?P<day>\d{4}-\d\d-\d\d)|(?P<number>-?\b\d+\b)|(?P<truth>\btrue\b|\bfalse\b)"
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file that is wrong in one place: its path from the root, the number of the place in it, its line and the lines of its statement.

    `runs`: whether the place is in a function, and so is run by tests; else it is run when its module is imported.
    """

    path: str
    number: int
    line: int
    lines: range
    runs: bool
    change: str
    about: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in a tree: what is done to it, and how."""

    node: ast.expr | ast.stmt
    within: tuple[str, ...]
    runs: bool
    lines: range
    change: str
    make: Callable[[], None]


def _put(owner: Any, field: str, value: object) -> Callable[[], None]:
    """What puts a value in a field of a node, or in a place of a list."""
    return lambda: setattr(owner, field, value)


def _put_at(places: list[Any], at: int, value: object) -> Callable[[], None]:
    return lambda: places.__setitem__(at, value)


class _Walk:
    """All places of a tree, in the order of the text."""

    def __init__(self, tree: ast.Module) -> None:
        self.found: list[_Place] = []
        self._within: tuple[str, ...] = ()
        self._runs = False
        self._lines = range(0)
        self._block(tree.body)

    def _add(self, node: ast.expr | ast.stmt, change: str, make: Callable[[], None]) -> None:
        self.found.append(_Place(node, self._within, self._runs, self._lines, change, make))

    def _block(self, statements: list[ast.stmt]) -> None:
        before = self._lines
        for number, statement in enumerate(statements):
            inner = getattr(statement, "body", None) or getattr(statement, "cases", None)
            last = statement.lineno if inner else statement.end_lineno or statement.lineno
            self._lines = range(statement.lineno, last + 1)
            called = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
            if called or isinstance(statement, ast.AugAssign | ast.Raise):
                self._add(statement, "left out", _put_at(statements, number, ast.copy_location(ast.Pass(), statement)))
            self._statement(statement)
        self._lines = before

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                if isinstance(node, ast.FunctionDef):
                    self._fields(node.args)
                before = self._within, self._runs
                self._within, self._runs = (*self._within, name), self._runs or isinstance(node, ast.FunctionDef)
                self._block(node.body)
                self._within, self._runs = before
            case ast.AnnAssign(value=value):
                self._any(value)
            case ast.Expr(value=ast.Constant()):
                return
            case ast.Return(value=value) if value is not None and not (isinstance(value, ast.Constant) and value.value is None):
                self._add(node, "returns None", _put(node, "value", ast.copy_location(ast.Constant(None), value)))
                self._any(value)
            case _:
                self._tested(node)
                self._fields(node)

    def _fields(self, node: ast.AST) -> None:
        for _, value in ast.iter_fields(node):
            for one in value if isinstance(value, list) else [value]:
                if not isinstance(one, ast.stmt):
                    self._any(one)
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                self._block(value)

    def _any(self, node: object) -> None:
        """What lies within a statement. Annotations of arguments and patterns are gone by, and so are words for people."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Words":
            return
        if isinstance(node, ast.AST) and not isinstance(node, ast.arg | ast.pattern):
            self._expression(node)
            self._tested(node)
            self._fields(node)

    def _expression(self, node: ast.AST) -> None:
        match node:
            case ast.Compare(ops=ops):
                for at, op in enumerate(ops):
                    new = FLIPPED[type(op)]
                    self._add(node, f"{type(op).__name__} -> {new.__name__}", _put_at(ops, at, new()))
            case ast.BoolOp(op=ast.And()):
                self._add(node, "and -> or", _put(node, "op", ast.Or()))
            case ast.BoolOp():
                self._add(node, "or -> and", _put(node, "op", ast.And()))
            case ast.Constant(value=bool(value)):
                self._add(node, f"{value} -> {not value}", _put(node, "value", not value))
            case ast.Constant(value=int(value)):
                for other in (value + 1, value - 1):
                    self._add(node, f"{value} -> {other}", _put(node, "value", other))
            case ast.BinOp(op=op) if type(op) in SWAPPED and not any(map(_is_text, (node.left, node.right))):
                other_op = SWAPPED[type(op)]
                self._add(node, f"{type(op).__name__} -> {other_op.__name__}", _put(node, "op", other_op()))
            case ast.UnaryOp(op=ast.Not()):
                self._add(node, "not left out", _put(node, "operand", _turned(node.operand)))
            case ast.Call(func=ast.Name(id=name) as func) if name in CALLED:
                self._add(node, f"{name} -> {CALLED[name]}", _put(func, "id", CALLED[name]))

    def _tested(self, node: ast.AST) -> None:
        """A condition that is turned round; one that compares or joins is changed within."""
        told = (ast.Compare, ast.BoolOp, ast.UnaryOp)
        if isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(node.test, told):
            self._add(node.test, "turned round", _put(node, "test", _turned(node.test)))
        if isinstance(node, ast.comprehension):
            for at, test in enumerate(node.ifs):
                if not isinstance(test, told):
                    self._add(test, "turned round", _put_at(node.ifs, at, _turned(test)))



def _turned(test: ast.expr) -> ast.expr:
    return ast.copy_location(ast.UnaryOp(ast.Not(), test), test)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _of_code(path: str, text: str) -> Iterator[Mutant]:
    for number, place in enumerate(_Walk(ast.parse(text)).found):
        about = f"{'.'.join(place.within)}: {' '.join(ast.unparse(place.node).split())}"
        yield Mutant(path, number, place.node.lineno, place.lines, place.runs, place.change, about)


def _of_values(path: str, text: str) -> Iterator[Mutant]:
    for number, (found, other) in enumerate(_values(text)):
        line = text.count("\n", 0, found.start()) + 1
        table = text.rfind("\n[", 0, found.start()) + 1
        about = f"{text[table : text.find(chr(10), table)]} {text.splitlines()[line - 1]}"
        yield Mutant(path, number, line, range(line, line + 1), False, f"{found[0]} -> {other}", about)


def _values(text: str) -> Iterator[tuple[re.Match[str], str]]:
    for found in _TOKEN.finditer(text):
        if found["day"]:
            day = date.fromisoformat(found["day"])
            yield from ((found, (day + timedelta(days=days)).isoformat()) for days in (1, -1))
        elif found["number"]:
            yield from ((found, str(int(found["number"]) + more)) for more in (1, -1))
        elif found["truth"]:
            yield found, "false" if found["truth"] == "true" else "true"


def mutants(root: Path, below: str) -> list[Mutant]:
    """Every mutant of the code and the values below a folder, or of one file."""
    folder = root / below
    files = sorted(path for path in ([folder] if folder.is_file() else folder.rglob("*")) if path.suffix in (".py", ".toml"))
    found: list[Mutant] = []
    for path in files:
        make = _of_code if path.suffix == ".py" else _of_values
        found += make(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
    return found


def wrong_code(text: str, number: int) -> ast.Module:
    """The code that is wrong in its place of this number."""
    tree = ast.parse(text)
    _Walk(tree).found[number].make()
    return ast.fix_missing_locations(tree)


def wrong_values(text: str, number: int) -> str:
    """The file of values that is wrong in its place of this number."""
    found, other = list(_values(text))[number]
    return text[: found.start()] + other + text[found.end() :]
