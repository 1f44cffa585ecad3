"""The rules of the house for its code. Each test names what breaks the rule, so that the mending is plain."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePath

from tests.tidy.tree import ROOT, Module, modules, paths, texts, type_of_function

LONGEST_FILE = 500
LONGEST_FUNCTION = 70
NINE_IN_TEN = 30

CLOCKS = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {
        *("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"),
        *("process_time", "process_time_ns", "localtime", "gmtime", "ctime", "strftime"),
    },
}
CLOCKS_IN_SQL = re.compile(r"current_(time|date|timestamp)\b|\bunixepoch\s*\(\s*\)|'now'|\bnow\s*\(\s*\)", re.I)
SQL = re.compile(
    r"\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|DROP\s+TABLE\s|ALTER\s+TABLE\s"
    r"|CREATE\s+(UNIQUE\s+|TEMP\s+)?(TABLE|INDEX|TRIGGER|VIEW)\s|PRAGMA\s)",
    re.I,
)
TOP_FOLDERS = {".ci", "docs", "examples", "requirements", "src", "tests", "tools"}
LEAVINGS = {".log", ".tmp", ".bak", ".orig", ".pid"}
NAMELESS_ROOMS = {"utils", "util", "common", "helpers", "helper", "misc", "shared", "lib"}

# The column "not" of the glossary, where a word is wrong wherever it stands ("fine" and "share" have right uses too).
NOT_OUR_WORDS = re.compile(
    r"(^|_)(criminal_?records?|irrevocable|roll_?outs?|work_?arounds?|traffic|case_numbers?)(_|$)|^alerts?$"
)


def length(node: type_of_function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def snake(identifier: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", identifier).lower()


def identifiers(module: Module) -> Iterator[tuple[str, ast.AST]]:
    """Every name that `module` gives to something: functions, classes, arguments, variables, attributes."""
    for node in module.nodes:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, node
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name, node
            case _:
                continue


def test_the_walk_finds_the_house() -> None:
    assert len(modules("src")) > 30
    assert any(path.endswith(".sql") for path in texts())


def test_files_are_short() -> None:
    kinds = {".py", ".sql", ".css", ".j2", ".js"}
    written = {path: text.count("\n") for path, text in texts().items() if PurePath(path).suffix in kinds}
    assert {path: lines for path, lines in written.items() if lines > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    everywhere = modules("src", "tests", "tools")
    assert [m.at(f) for m in everywhere for f in m.functions if length(f) > LONGEST_FUNCTION] == []
    lengths = sorted(length(f) for m in modules("src", "tools") for f in m.functions)
    assert lengths[int(len(lengths) * 0.9)] <= NINE_IN_TEN


def test_no_except_catches_everything() -> None:
    def broad(node: ast.ExceptHandler) -> bool:
        if isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None:
            return False  # it undoes what was begun and lets the fault go on
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        return any(c is None or getattr(c, "id", "") in ("Exception", "BaseException") for c in caught)

    handlers = [(m, n) for m in modules("src", "tools") for n in m.nodes if isinstance(n, ast.ExceptHandler)]
    assert [m.at(node) for m, node in handlers if broad(node)] == []


def test_only_the_clock_reads_a_clock() -> None:
    def reads(node: ast.AST) -> bool:
        match node:
            case ast.Attribute(attr=attr, value=ast.Name(id=owner)) | ast.Attribute(
                attr=attr, value=ast.Attribute(attr=owner)
            ):
                return attr in CLOCKS.get(owner, ())
            case ast.ImportFrom(module="time", names=names):
                return any(name.name in CLOCKS["time"] for name in names)
            case _:
                return False

    inside = [m for m in modules("src", "tools") if m.path != "src/hervat/clock.py"]
    assert [m.at(node) for m in inside for node in m.nodes if reads(node)] == []
    statements = {path: text for path, text in texts().items() if path.endswith(".sql")}
    assert [path for path, text in statements.items() if CLOCKS_IN_SQL.search(text)] == []


def test_sql_stands_in_stores_only() -> None:
    def strings(module: Module) -> Iterator[ast.Constant]:
        return (n for n in module.nodes if isinstance(n, ast.Constant) and isinstance(n.value, str))

    outside = [m for m in modules("src") if not m.path.startswith("src/hervat/stores/")]
    assert [m.at(s) for m in outside for s in strings(m) if SQL.match(str(s.value))] == []
    files = [path for path in texts() if path.endswith(".sql")]
    assert [path for path in files if not path.startswith("src/hervat/stores/")] == []


def test_a_condition_that_must_hold_is_ensured_not_asserted() -> None:
    asserts = [m.at(n) for m in modules("src", "tools") for n in m.nodes if isinstance(n, ast.Assert)]
    assert asserts == []


def test_no_function_is_a_promise() -> None:
    """A body that is empty or only raises NotImplementedError.

    A Protocol is a shape and has none; a body that has nothing to do says so in its docstring.
    """

    def shapes(module: Module) -> set[type_of_function]:
        classes = [n for n in module.nodes if isinstance(n, ast.ClassDef)]
        ports = [c for c in classes if any(ast.unparse(base).startswith("Protocol") for base in c.bases)]
        return {f for port in ports for f in port.body if isinstance(f, type_of_function)}

    def empty(function: type_of_function) -> bool:
        done = function.body[1:] if ast.get_docstring(function) else function.body
        if any(isinstance(s, ast.Raise) and "NotImplemented" in ast.dump(s) for s in done):
            return True
        idle = [isinstance(s, ast.Pass) or (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant)) for s in done]
        return all(idle) and not ast.get_docstring(function)

    promises = [m.at(f) for m in modules("src", "tools") for f in {*m.functions} - shapes(m) if empty(f)]
    assert promises == []


def test_every_module_says_what_it_does() -> None:
    silent = [m.path for m in modules("src", "tests", "tools") if m.text.strip() and not ast.get_docstring(m.tree)]
    assert silent == []


def test_nothing_that_a_run_left_is_part_of_the_repository() -> None:
    """Who tries a node out does so in folders that the repository knows nothing of."""
    folders = {path.split("/")[0] for path in paths() if "/" in path}
    assert folders == TOP_FOLDERS
    assert [path for path in paths() if PurePath(path).suffix in LEAVINGS] == []


def test_every_room_is_a_package_with_a_name_that_says_something() -> None:
    everywhere = modules("src", "tests", "tools")
    assert [m.path for m in everywhere if NAMELESS_ROOMS & set(PurePath(m.path).with_suffix("").parts)] == []
    rooms = {PurePath(m.path).parent for m in modules("src") if m.path.startswith("src/hervat/")}
    assert [str(room) for room in sorted(rooms) if not (ROOT / room / "__init__.py").is_file()] == []


def test_identifiers_keep_to_the_glossary() -> None:
    named = [(m, name, node) for m in modules("src", "tools") for name, node in identifiers(m)]
    assert [f"{m.at(node)} {name}" for m, name, node in named if NOT_OUR_WORDS.search(snake(name))] == []


def test_tests_use_the_real_thing_and_never_give_up_silently() -> None:
    giving_up = re.compile(r"\b(skip|skipif|skipTest|xfail|importorskip)\b")
    found = []
    for module in modules("tests"):
        for node in module.nodes:
            match node:
                case ast.Import(names=names) | ast.ImportFrom(names=names) if "mock" in ast.unparse(node):
                    found.append(f"{module.at(node)} {[name.name for name in names]}")
                case ast.Attribute(attr=attr) if giving_up.fullmatch(attr):
                    found.append(f"{module.at(node)} {attr}")
                case ast.FunctionDef(name=name) if name.startswith("test_"):
                    found += [f"{module.at(r)} early return" for r in returns(node)]
                case _:
                    continue
    assert found == []


def returns(function: ast.FunctionDef) -> Iterator[ast.Return]:
    """The returns of `function` itself, not those of functions within it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return):
            yield node
        if not isinstance(node, type_of_function | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))
