"""What the README and the life of a message show is what comes of it."""

import re
from pathlib import Path

import pytest

from hervat.assemble import PIPELINE
from hervat.rehearsal.report import try_to_break_it
from tests.docs.showing import ROOT, Shown, Terminal, differing, pattern, shown

README = ROOT / "README.md"
LIFE = ROOT / "docs" / "life-of-a-message.md"
OPERATIONS = ROOT / "docs" / "operations.md"

# Commands that are shown and not run here, each with the reason.
NOT_RUN = {
    "make run": "sets itself up from nothing and serves until Ctrl-C",
    "make test": "is what runs this test",
}


def of_sort(path: Path, *sorts: str) -> list[Shown]:
    return [one for one in shown(path) if one.sort in sorts]


def test_what_the_readme_shows_is_so(tmp_path: Path) -> None:
    assert differing(Terminal(tmp_path), of_sort(README, "console")) == []


def test_whoever_tries_to_break_it_sees_what_the_readme_says(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.run(".venv/bin/hervat rehearse letter --scale 0.003 --directory build/letter")
    assert differing(terminal, of_sort(README, "console try")) == []


def test_the_life_of_a_message_is_as_told(tmp_path: Path) -> None:
    assert differing(Terminal(tmp_path), of_sort(LIFE, "console", "python")) == []


def test_keeping_a_node_goes_as_told(tmp_path: Path) -> None:
    assert differing(Terminal(tmp_path), of_sort(OPERATIONS, "console")) == []


def test_what_is_not_run_is_so_for_a_reason() -> None:
    commands = {one.command.partition("#")[0].strip() for one in of_sort(README, "console no-run")}
    assert commands == NOT_RUN.keys()
    assert {one.sort for path in (README, LIFE) for one in shown(path)} == {"console", "console no-run", "console try", "python"}


@pytest.mark.parametrize(
    ("output", "printed", "fits"),
    [
        ("a\n", "a\n", True),
        ("a\n", "b\n", False),
        ("a\n", "a\nb\n", False),
        ("at ... o'clock\n", "at 12 o'clock\n", True),
        ("at ... o'clock\n", "at 12\n o'clock\n", False),
        ("...\nb\n", "b\n", True),
        ("...\nb\n", "x\ny\nb\n", True),
        ("<x> 1\n<x> 2\n", "same 1\nsame 2\n", True),
        ("<x> 1\n<x> 2\n", "same 1\nother 2\n", False),
        ("a.c (\n", "abc (\n", False),
    ],
)
def test_what_varies_may_vary_and_nothing_else(output: str, printed: str, fits: bool) -> None:
    assert (re.fullmatch(pattern(output), printed) is not None) is fits


def test_the_architecture_shows_the_pipeline_as_it_is() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    rows = re.findall(r"^\| `((?:doors|intake|journal|stores|register)\.\w+)` \| (.*) \|$", text, re.M)
    assert rows == [*PIPELINE]


PAPERS = sorted(
    [*(ROOT / "docs").rglob("*.md"), *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"))]
)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_and_path_leads_somewhere(paper: Path) -> None:
    text = paper.read_text("utf-8")
    linked = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    named = re.findall(r"`((?:src|tests|tools|docs)/[\w/.-]+)`", text)
    rooms = re.findall(r"`((?:doors|intake|journal|register|rehearsal|stores)/[\w/]+\.(?:py|sql))`", text)
    lost = [target for target in linked if target and not (paper.parent / target).exists()]
    lost += [path for path in named if not (ROOT / path).exists()]
    lost += [path for path in rooms if not (ROOT / "src" / "hervat" / path).exists()]
    assert lost == []


def test_decisions_are_numbered_and_built_alike() -> None:
    papers = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(paper.name[:4]) for paper in papers] == list(range(1, len(papers) + 1))
    for paper in papers:
        text = paper.read_text("utf-8")
        assert text.startswith(f"# {int(paper.name[:4])}. "), paper.name
        assert re.findall(r"^## (.*)$", text, re.M) == ["Context", "Decision", "Consequences", "Rejected"], paper.name


def test_the_readme_shows_what_the_rehearsal_says_to_try() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    told = [line for line in try_to_break_it("build/letter") if line.startswith((".venv", "timeout", "cp"))]
    assert len(told) == 7
    assert [line for line in told if f"$ {line}\n" not in readme] == []
