"""docs/letter.md is in its form, and what it names is there: every command runs, every page answers, every test exists."""

import ast
import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import pytest

from tests.docs.showing import ROOT, Terminal

FIELDS = ("Status", "Command", "Page", "Test", "Answer", "Not done yet")
LETTER = "hervat rehearse letter --scale 0.003"
REHEARSED = "sqlite:///build/letter/cut.db"

# What a statement of each status has, beside the status itself; the last is what it may have.
WANTED = {
    "done": ({"Command", "Page", "Test", "Answer"}, set()),
    "partly": ({"Command", "Test", "Answer", "Not done yet"}, {"Page"}),
    "not done yet": ({"Not done yet"}, set()),
}

_FIELD = re.compile(r"^- (?P<name>[A-Z][a-z ]+): (?P<value>.*(?:\n  .*)*)$", re.M)


@dataclass(frozen=True)
class Statement:
    """One statement of the letter: its number, what it says, and the fields below it in order."""

    number: int
    says: str
    fields: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        return [value for field, value in self.fields if field == name]


def statements() -> list[Statement]:
    text = (ROOT / "docs" / "letter.md").read_text("utf-8")
    pieces = re.split(r"^## L(\d+)$", text, flags=re.M)[1:]
    found = []
    for number, body in zip(pieces[::2], pieces[1::2], strict=True):
        fields = tuple((one["name"], one["value"]) for one in _FIELD.finditer(body))
        found.append(Statement(int(number), body.partition("\n- ")[0].strip(), fields))
    return found


def named(name: str) -> list[str]:
    """Every value of a field that stands in the letter as code, once."""
    values = [value for statement in statements() for value in statement.all(name)]
    assert [value for value in values if re.fullmatch(r"`[^`]+`", value) is None] == []
    return list(dict.fromkeys(value.strip("`") for value in values))


def test_every_statement_is_there_in_order() -> None:
    assert [statement.number for statement in statements()] == list(range(1, 22))


@pytest.mark.parametrize("statement", statements(), ids=lambda one: f"L{one.number}")
def test_a_statement_is_in_its_form(statement: Statement) -> None:
    names = [name for name, _ in statement.fields]
    assert statement.says
    assert names == sorted(names, key=FIELDS.index)
    (status,) = statement.all("Status")
    wanted, allowed = WANTED[status]
    assert wanted <= set(names) - {"Status"} <= wanted | allowed


@dataclass(frozen=True)
class Rehearsed:
    """A terminal beside a small rehearsal of the letter, and what that printed."""

    terminal: Terminal
    printed: str


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Rehearsed:
    terminal = Terminal(tmp_path_factory.mktemp("letter"))
    printed = terminal.run(f".venv/bin/{LETTER} --directory build/letter")
    terminal.run(f"export HERVAT_STORE={REHEARSED}")
    return Rehearsed(terminal, printed)


def test_every_command_answers(rehearsed: Rehearsed) -> None:
    # What several statements name is asked once: a rehearsal from a seed has one answer, that of the store which the others are asked of.
    commands = list(dict.fromkeys(named("Command")))
    assert LETTER in commands
    assert [command for command in commands if not command.startswith("hervat ")] == []
    failed = {}
    for command in commands:
        printed = rehearsed.printed if command == LETTER else rehearsed.terminal.run(f".venv/bin/{command}")
        if "[exit status" in printed or not printed.strip():
            failed[command] = printed
    assert failed == {}


def test_every_page_answers_in_both_languages(rehearsed: Rehearsed) -> None:
    with served(rehearsed.terminal) as address:
        for page in named("Page"):
            for path, language in ((page, "nl"), (f"/en{page}", "en")):
                with urllib.request.urlopen(address.rstrip("/") + path) as answer:
                    text = answer.read().decode()
                assert answer.status == 200
                assert f'<html lang="{language}"' in text, path


@contextmanager
def served(terminal: Terminal) -> Iterator[str]:
    """The address of the pages of a rehearsed store, served by the real command."""
    server = subprocess.Popen(
        [sys.executable, "-m", "hervat", "serve", "--port", "0", "--json"],
        cwd=terminal.folder,
        env=terminal.names,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        document = "".join(takewhile(lambda line: line != "}\n", server.stdout)) + "}"
        yield json.loads(document)["address"]
    finally:
        server.terminate()
        server.communicate(timeout=30)


def functions_of(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}


def test_every_test_is_there() -> None:
    lost = []
    for name in named("Test"):
        path, _, function = name.partition("::")
        if not (ROOT / path).is_file() or function not in functions_of(ROOT / path):
            lost.append(name)
    assert lost == []
