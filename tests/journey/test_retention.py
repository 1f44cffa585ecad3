"""`hervat retention` in real processes: what is due, forecast."""

from datetime import date
from pathlib import Path

import pytest

from tests.faults.processes import EXAMPLES, hervat, write_lines
from tests.rooms.kept import Feeds, charge

DONE, JUDGED = date(1990, 1, 1), date(1990, 6, 1)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A register in which one misdrijf and one overtreding are due, and one misdrijf will be in 2020."""
    feeds = Feeds()
    feeds.person("S1")
    for number, (sort, maximum) in enumerate((("misdrijf", 4), ("overtreding", None), ("misdrijf", 6)), 1):
        feeds.case(number, "S1", DONE, [charge(1, DONE, sort=sort, maximum=maximum and {"years": maximum})])
        feeds.judgment(number, JUDGED, {1: "convicted"}, [])
    feeds.close()
    write_lines(tmp_path / "old.jsonl", feeds.all)
    assert hervat("receive", tmp_path / "old.jsonl", store=tmp_path / "s.db").status == 0
    return tmp_path / "s.db"


def test_the_forecast_tells_what_comes_due_and_when(old: Path) -> None:
    ended = hervat("retention", "forecast", "--on", "2020-01-01", "--years", "3", store=old)
    assert ended.status == 0
    assert "due now: 1 misdrijf, 1 overtreding (4 messages with them)" in ended.out
    assert "from 2020-01-01 until 2021-01-01: 1 misdrijf (2 messages)" in ended.out
    in_dutch = hervat("retention", "forecast", "--on", "2020-01-01", "--lang", "nl", store=old)
    assert "nu te vernietigen: 1 misdrijf, 1 overtreding (4 berichten daarbij)" in in_dutch.out


def test_where_sources_are_silent_nothing_is_due(tmp_path: Path) -> None:
    assert hervat("receive", EXAMPLES, store=tmp_path / "s.db").status == 0
    found = hervat("retention", "forecast", "--on", "2090-01-01", "--json", store=tmp_path / "s.db").document
    assert found["due"] == {"charges": {}, "messages": 0}
    assert found["unknown"]["blind"]
    assert found["blind"]


@pytest.mark.parametrize("given", [("--on", "2020-13-01"), ("--years", "0"), ("--years", "101")])
def test_what_cannot_be_is_refused(old: Path, given: tuple[str, ...]) -> None:
    assert hervat("retention", "forecast", *given, store=old).status == 2
