"""The backlog desk from the command line: stock declared, keyed, read twice, forecast and sampled; and whatever ends a command, a paper is
entered once or not yet.
"""

import json
import random
import subprocess
import time
from pathlib import Path
from typing import Any

from hervat.assemble import Node
from tests.faults.processes import Ended, command, environment, examine, hervat, url
from tests.journey.site import served
from tests.loaded import Begun
from tests.rooms.test_backlog import PAPER, judgment

PERIOD = ("--from", "2025-07-17", "--until", "2025-09-25")
COUNT = ("--counted-on", "2025-09-25", "--by", "A. Smit")


def keyed(folder: Path, data: dict[str, Any], paper: str, by: str) -> tuple[str | Path, ...]:
    """The arguments with which somebody keys a paper."""
    path = folder / "keyed.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return (path, "--source", PAPER, "--paper", paper, "--kind", "judgment-given", "--by", by)


def enter(folder: Path, data: dict[str, Any], paper: str, by: str) -> Ended:
    return hervat("backlog", "enter", *keyed(folder, data, paper, by), "--json", store=folder / "s.db")


def test_from_paper_to_messages(tmp_path: Path) -> None:
    store = tmp_path / "s.db"

    def ask(*arguments: str | Path) -> Ended:
        return hervat("backlog", *arguments, "--source", PAPER, "--json", store=store)

    declared = ask("declare", "--kind", "judgment-given", *PERIOD, "--count", "3", "--oldest-on", "2025-07-18", *COUNT)
    assert (declared.status, declared.document["count"], declared.document["already"]) == (0, 3, False)
    first = enter(tmp_path, judgment(), "K1", "A. Smit")
    assert (first.status, first.document["became"]) == (0, "waits")
    again = enter(tmp_path, judgment(), "K1", "a. smit")
    assert (again.status, again.document) == (0, first.document)
    anew = enter(tmp_path, judgment(2), "K1", "a. smit")
    assert anew.status == 1 and "a second reader keys it independently" in anew.document["error"]
    other = enter(tmp_path, judgment(given_on="2025-08-02"), "K1", "B. Visser")
    assert (other.status, other.document["differs"]) == (1, [{"path": "data.given_on", "typed": "2025-08-02"}])
    told = hervat("backlog", "work", "--on", "2025-09-26", store=store).out
    assert "paper K1 differs" in told and "3 left of 3" in told and "Sv 408(1) until 2025-08-01 (unverified value: memory)" in told
    assert "the weights of harm are invented" in told
    done = enter(tmp_path, judgment(), "K1", "B. Visser")
    assert (done.status, done.document["became"]) == (0, "entered")
    assert enter(tmp_path, judgment(), "K1", "C. Bos").document["message"] == done.document["message"]
    assert enter(tmp_path, judgment(2), "K1", "C. Bos").status == 1
    assert hervat("backlog", "work", "--json", store=store).document[0]["left"] == 2
    bad = enter(tmp_path, judgment() | {"given_on": "soon"}, "K2", "A. Smit")
    assert bad.status == 1 and bad.document["error"].startswith("data.given_on: ")

    ahead = ask("forecast", "--on", "2025-09-26", "--rate", "4", "--people", "1")
    assert (ahead.status, ahead.document["person_days"], ahead.document["gone_on"]) == (0, 1, "2025-09-29")
    never = hervat("backlog", "forecast", "--source", PAPER, "--rate", "1", "--arriving", "2", store=store)
    assert never.status == 1 and "it never ends; from 3 people on it does" in never.out
    drawn = ask("sample", "--size", "5", "--by", "C. Bos")
    assert [one["paper"] for one in drawn.document["papers"]] == ["K1"]
    wrong = hervat("backlog", "check", *keyed(tmp_path, judgment() | {"court": "Assen"}, "K1", "C. Bos"), store=store)
    assert wrong.status == 1 and "differs from entry" in wrong.out and "data.court" in wrong.out
    assert "1 of 1 wrong: between 20.7% and 100.0% of all (95%, Wilson)" in hervat("backlog", "sample", "--source", PAPER, store=store).out
    counted = ask("count", "--count", "7", *COUNT)
    assert (counted.status, counted.document["kinds"]) == (0, ["judgment-given"])
    with Node.opened(url(store)) as node:
        (row,) = node.horizon()
        assert (row["source"], row["received"], row["gaps"]) == (PAPER, 3, [])
        assert [one["count"] for one in row["stock"]] == [7]
    examine(store)


def test_wrong_use_and_what_is_not_there_change_nothing(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    sound = ("--source", PAPER, "--kind", "judgment-given", *PERIOD, "--count", "3", *COUNT)
    assert hervat("backlog", "declare", *sound[:-1], " ", store=store).status == 2
    assert hervat("backlog", "declare", *sound, "--count", "-1", store=store).status == 2
    assert hervat("backlog", "declare", *sound, "--until", "2025-07-01", store=store).status == 2
    assert hervat("backlog", "enter", tmp_path / "none.json", *keyed(tmp_path, {}, "K1", "a")[1:], store=store).status == 2
    assert hervat("backlog", "enter", *keyed(tmp_path, {}, "K1", "a")[:-4], "--kind", "watermark", "--by", "a", store=store).status == 2
    assert hervat("backlog", "forecast", "--source", PAPER, "--rate", "many", store=store).status == 2
    for asked in (("count", *COUNT, "--count", "1"), ("forecast",), ("sample",), ("sample", "--size", "2", "--by", "a")):
        told = hervat("backlog", *asked, "--source", PAPER, "--json", store=store)
        assert (told.status, told.document["status"]) == (1, 1)
    with Node.opened(url(store)) as node:
        assert node.position == 0


def test_whatever_ends_a_command_a_paper_is_entered_once_or_not(tmp_path: Path) -> None:
    store, chance, became = tmp_path / "s.db", random.Random(17), 0
    for number in range(1, 9):
        for by in ("A. Smit", "B. Visser"):
            given = command("backlog", "enter", *keyed(tmp_path, judgment(number), f"K{number}", by), "--store", url(store))
            with Begun(given, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                time.sleep(chance.random() * 0.25)
                process.kill()
            became += process.returncode == 0
            assert enter(tmp_path, judgment(number), f"K{number}", by).status in (0, 1)
    assert became < 16, "nothing was broken off"
    with Node.opened(url(store)) as node:
        (row,) = node.horizon()
        assert (row["received"], row["received_through"], row["gaps"]) == (8, 8, [])
    examine(store)


def test_a_node_that_serves_does_it_as_well(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    assert enter(tmp_path, judgment(), "K1", "A. Smit").status == 0
    with served(url(store)):
        assert enter(tmp_path, judgment(), "K1", "B. Visser").document["became"] == "entered"
