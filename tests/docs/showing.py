"""What the papers show: blocks that are run in order, and their output held against what stands there.

- A block ```console shows commands (lines that begin with "$ ") with what each prints. Where a command ends with another
  status than 0, the last line says so: [exit status 1].
- A block ```python is run as it stands; the block ```output after it shows what it prints.
- In what is shown, `...` within a line stands for what differs each time, a line of `...` alone for any lines, and <name>
  for something that differs each time but is the same wherever that name stands.
- `.venv/bin/hervat` and `.venv/bin/python` are the Python that runs the tests, with the code of this checkout. A line that is a command of
  hervat alone, of which a shell makes nothing else, is forked from a process that has loaded it (tests/loaded.py).
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.loaded import PROGRAM, Begun

ROOT = Path(__file__).parents[2]

_BLOCK = re.compile(r"^```(?P<sort>[a-z][a-z -]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_OURS = re.compile(r"\.venv/bin/(?P<name>hervat|python)\b")
_HERVAT = ".venv/bin/hervat "
_EXPORT = re.compile(r"export (?P<name>[A-Z_]+)=(?P<value>\S+)")
_SHELL = re.compile(r"[^\w\s./:=,@+\"'-]")
"""What a shell may make something else of, also within double quotes."""
_VARYING = re.compile(r"(\.\.\.|<[a-z]+>)")


@dataclass(frozen=True)
class Shown:
    """A command or a piece of Python, and what the paper says it prints."""

    sort: str
    command: str
    output: str
    line: int


def shown(path: Path) -> Iterator[Shown]:
    """Everything that a paper shows, in order; `sort` is the block's."""
    text = path.read_text("utf-8")
    waiting: Shown | None = None
    for block in _BLOCK.finditer(text):
        sort, line = block["sort"], text.count("\n", 0, block.start()) + 1
        if sort == "output" and waiting is not None:
            yield Shown("python", waiting.command, block["text"], waiting.line)
            waiting = None
        elif sort == "python":
            waiting = Shown("python", block["text"], "", line)
        elif sort.startswith("console"):
            yield from _commands(sort, block["text"], line)


def _commands(sort: str, text: str, line: int) -> Iterator[Shown]:
    command, printed, began = "", list[str](), line
    for number, each in enumerate(text.splitlines(), line + 1):
        if not each.startswith("$ "):
            printed.append(each + "\n")
            continue
        if command:
            yield Shown(sort, command, "".join(printed), began)
        command, printed, began = each[2:], [], number
    yield Shown(sort, command, "".join(printed), began)


def pattern(output: str) -> str:
    """What is shown as a regular expression."""
    named: set[str] = set()

    def varying(piece: str) -> str:
        if piece == "...":
            return r"[^\n]*?"
        if not piece.startswith("<"):
            return re.escape(piece)
        name = piece[1:-1]
        if name in named:
            return f"(?P={name})"
        named.add(name)
        return rf"(?P<{name}>\S+)"

    lines = []
    for each in output.splitlines():
        if each == "...":
            lines.append(r"(?:[^\n]*\n)*?")
        else:
            lines.append("".join(varying(piece) for piece in _VARYING.split(each)) + r"\n")
    return "".join(lines)


@dataclass
class Terminal:
    """A directory like a checkout after `make`, in which commands are run one after another."""

    folder: Path
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for room in ("tests", "tools"):
            (self.folder / room).symlink_to(ROOT / room)
        self.names = {key: value for key, value in os.environ.items() if not key.startswith("HERVAT_")}
        self.names["PYTHONPATH"] = str(ROOT / "src")

    def run(self, command: str) -> str:
        """What a command prints on both channels, with its exit status behind it where that is not 0."""
        named = _EXPORT.fullmatch(command)
        if named is not None:
            self.names[named["name"]] = named["value"]
            return ""
        if command.startswith(_HERVAT) and _SHELL.search(command) is None:
            return self._printed([*PROGRAM, *shlex.split(command.removeprefix(_HERVAT))])
        python = shlex.quote(sys.executable)
        # Both in one go: the Python that is put in may itself lie in a .venv.
        real = _OURS.sub(lambda found: python if found["name"] == "python" else f"{python} -m hervat", command)
        return self._printed(["bash", "-c", real])

    def run_python(self, text: str) -> str:
        """What a piece of Python prints."""
        return self._printed([sys.executable, "-c", text])

    def _printed(self, arguments: list[str]) -> str:
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with Begun(arguments, cwd=self.folder, env=self.names, text=True, **streams) as process:
            try:
                printed, _ = process.communicate(timeout=300)
            except BaseException:
                process.kill()
                raise
        return str(printed) + (f"[exit status {process.returncode}]\n" if process.returncode else "")


def differing(terminal: Terminal, all_shown: list[Shown]) -> list[str]:
    """Run all in order; where something else was printed than is shown: the line, what was shown and what was printed."""
    found = []
    shown_so_far, printed_so_far = "", ""
    for one in all_shown:
        printed = terminal.run_python(one.command) if one.sort == "python" else terminal.run(one.command)
        if re.fullmatch(pattern(one.output), printed) is None:
            found.append(f"line {one.line}: {one.command}\nshown:\n{one.output}\nprinted:\n{printed}")
        shown_so_far, printed_so_far = shown_so_far + one.output, printed_so_far + printed
    if not found and re.fullmatch(pattern(shown_so_far), printed_so_far) is None:
        found.append("what has one name in several places is not the same everywhere")
    return found
