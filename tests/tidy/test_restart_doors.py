"""What people do in a restart is asked alike on the page and by the command: what one door lets be left out the other does too."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hervat.doors import restarting as commands
from hervat.doors.acts.restarting import RestartAct
from hervat.doors.cli import parser
from hervat.doors.pages import beginning
from hervat.doors.pages.filled import Filled
from hervat.doors.pages.restarting import FORMS, act_of
from hervat.doors.pages.weighed import WEIGHED
from hervat.errors import HervatError
from tests.rooms.nodes import fresh
from tests.rooms.restarted import GPS, SKDB, World, a_plan

LINK, STEP = "open-skdb", "restore"
SAID = {"by": "Anna", "second": "Bert", "why": "it is so"}
UNTIL = "2030-01-01T00:00:00Z"
ASKED: dict[str, dict[str, str]] = {
    "hold": SAID,
    "isolate": SAID | {"oin": SKDB},
    "isolate-all": SAID,
    "abort": SAID,
    "approve": SAID,
    "done": {"by": "Anna", "second": "Bert", "evidence": "it runs"},
    "waive": SAID | {"gate": "loaded", "of": SKDB, "second_of": GPS, "until": UNTIL},
    "begin": SAID,
}
"""What each asks of people, beside what was considered, and what is handed in; the page asks for `sure` as well, to be clicked."""
_PARSER = parser()
PLACED = ("oin", "gate")
"""What stands in a command by its place, and so is never left out."""


def variants() -> Iterator[tuple[str, dict[str, str]]]:
    """Everything said; then one left out, one empty, one too long; and one person, or one organisation, twice."""
    for do, said in ASKED.items():
        yield do, said
        for name in said.keys() - {*PLACED}:
            yield do, {other: text for other, text in said.items() if other != name}
            # A field that nobody fills in comes empty with its form; an empty word of a command is refused.
            yield from [(do, said | {name: "  "})] if name != "second" else ()
            yield do, said | {name: "x" * 1001}
        yield do, said | {"second": " ANNA "}
        yield do, said | {"by": "The gates of the plan"}
    yield "waive", ASKED["waive"] | {"second_of": SKDB}


def the_world(node: Any, do: str) -> World:
    """Where an act could be done; each is as every other."""
    world = World(node, a_plan())
    if do != "begin":
        world.begin()
    return world


def hand_out(do: str, tmp_path: Path) -> None:
    """Write what is handed in."""
    with fresh("memory") as node:
        world = the_world(node, do)
        (tmp_path / "plan.json").write_bytes(msgspec.json.encode(world.plan))
        if do == "approve":
            (tmp_path / "approval.json").write_bytes(msgspec.json.encode(world.approval(LINK, SKDB)))


def by_command(do: str, said: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RestartAct | None:
    """The act that a command hands over; None where it is refused."""
    acts: list[RestartAct] = []

    def handed_over(url: str, act: RestartAct) -> dict[str, Any]:
        acts.append(act)
        raise HervatError("that is all that was wanted")

    monkeypatch.setattr(commands, "decide", handed_over)
    first = {
        "isolate": ["isolate", said.get("oin", "")], "isolate-all": ["isolate", "all"], "abort": ["restart", "abort"],
        "waive": ["restart", "waive", LINK, said.get("gate", "")], "done": ["restart", "done", STEP], "hold": ["restart", "hold", LINK],
        "approve": ["restart", "approve", LINK, "--approval", str(tmp_path / "approval.json")],
        "begin": ["restart", "begin", str(tmp_path / "plan.json")],
    }[do]  # fmt: skip
    more = [word for name, text in said.items() if name not in PLACED for word in (f"--{name.replace('_', '-')}", text)]
    try:
        arguments: Namespace = _PARSER.parse_args([*first, *more])
        arguments.run(arguments)
    except (HervatError, SystemExit):
        return acts[0] if acts else None
    raise AssertionError("a command that hands over nothing")


def by_page(do: str, said: dict[str, str], tmp_path: Path) -> RestartAct | None:
    """The act that a form comes to; None where it is refused."""
    typed = {**said, "sure": "on", "until": said.get("until", "").removesuffix(":00Z")}
    if do == "begin":
        return beginning.act_of(Filled.of(do, typed | {"plan": (tmp_path / "plan.json").read_text()}, FORMS[do]))
    if do == "approve":
        typed["approval"] = (tmp_path / "approval.json").read_text()
    step = {"done": STEP, "isolate": "", "isolate-all": "", "abort": ""}.get(do, LINK)
    return act_of(do, step, Filled.of(do, typed, FORMS[do]), ("loaded",), two=False)


def became(do: str, act: RestartAct | None) -> bool:
    """Whether there is an act, and it was done at a node."""
    if act is None:
        return False
    with fresh("memory") as node:
        try:
            act.done(the_world(node, do).node)
        except HervatError:
            return False
    return True


@pytest.mark.parametrize("do", sorted(ASKED))
def test_the_page_and_the_command_ask_the_same(do: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_out(do, tmp_path)
    found: list[bool] = []
    for said in (said for which, said in variants() if which == do):
        found += [became(do, by_page(do, said, tmp_path))]
        assert found[-1] == became(do, by_command(do, said, tmp_path, monkeypatch)), (do, said, found[-1])
    assert found[0]
    assert not all(found)


def test_every_form_of_a_restart_is_looked_at_with_all_that_it_asks() -> None:
    """`check` hands in what others signed, and asks nobody anything."""
    assert ASKED.keys() == FORMS.keys() - {"check"}
    handed = {"sure", "approval", "plan", "report", "after", *WEIGHED}
    assert {do: set(said) for do, said in ASKED.items()} == {do: set(FORMS[do]) - handed for do in ASKED}
