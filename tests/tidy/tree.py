"""The files of this repository, and its Python parsed once, for the tests beside this file."""

import ast
import subprocess
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXTS = {".py", ".sql", ".toml", ".md", ".j2", ".html", ".css", ".js", ".svg", ".json", ".yml", ".txt", ".jsonl", ""}

type_of_function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A Python file: its path from the root of the repository, and what it holds."""

    path: str
    text: str
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        """Where `node` stands, as an editor takes it."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All of the tree, walked once."""
        return list(ast.walk(self.tree))

    @cached_property
    def functions(self) -> list[type_of_function]:
        return [node for node in self.nodes if isinstance(node, type_of_function)]


@cache
def paths() -> tuple[str, ...]:
    """Every file that is, or would be, part of the repository, from its root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return tuple(path for path in sorted(set(listed)) if (ROOT / path).is_file())


@cache
def texts() -> dict[str, str]:
    """The readable files by path, without what a tool wrote and the law wrote."""
    written_elsewhere = {"LICENSE", "package-lock.json"}
    return {
        path: (ROOT / path).read_text(encoding="utf-8")
        for path in paths()
        if Path(path).suffix in TEXTS and path not in written_elsewhere
    }


@cache
def modules(*rooms: str) -> tuple[Module, ...]:
    """The Python files below `rooms` ("src", "tests", "tools")."""
    return tuple(_parsed(path) for path in texts() if path.endswith(".py") and path.split("/")[0] in rooms)


@cache
def _parsed(path: str) -> Module:
    """A file that is parsed once, in however many rooms it is looked for."""
    text = texts()[path]
    return Module(path, text, ast.parse(text, path))
