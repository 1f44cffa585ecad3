"""The wrong name: everything that rested on it is opened again, and nothing else; a consumer that compares wrongly is seen."""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hervat import reopening
from hervat.consumers.certificates.again import difference
from hervat.consumers.disclosure.answer import Answer
from hervat.doors.words import as_document
from hervat.rehearsal import misnaming, wrongname, wrongname_report
from hervat.rehearsal.letter import in_files
from hervat.rehearsal.misnaming import KINDS, UNTOUCHED, World
from tests.faults.processes import hervat

SCALE, SEED = 0.015, 4


def _run(path: Path, seed: int = SEED) -> dict[str, Any]:
    return wrongname.run(seed, SCALE, in_files(path), lambda name, done, total: None)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The report of the first seed."""
    return _run(tmp_path_factory.mktemp("once"))


def test_what_rested_on_the_wrong_name_is_opened_again_and_nothing_else(once: dict[str, Any]) -> None:
    _as_it_should_go(once)


def test_so_it_is_in_another_world(tmp_path: Path) -> None:
    _as_it_should_go(_run(tmp_path, 9))


def _as_it_should_go(found: dict[str, Any]) -> None:
    compared = found["compared"]
    assert found["ok"], compared
    assert (compared["missing"], compared["not_asked_for"], compared["told_once_more"]) == ([], [], [])
    assert compared["charges"]["equal"] and compared["charges"]["compared"] > 20
    assert set(found["world"]["mistakes"]) == {*KINDS} - {UNTOUCHED}
    assert found["told"]["certificate: opened"] and found["told"]["disclosure: told"] and found["told"]["screening: withdrawn"]
    assert all(found["while_wrong"].values())
    for one in found["persons"]:
        assert one["days"] == (date.fromisoformat(one["until"]) - date.fromisoformat(one["since"])).days > 0
        assert all(deed["again_on"] in (None, one["until"]) for deed in one["meanwhile"])
    again = Counter(deed["what"] for one in found["persons"] for deed in one["meanwhile"] if deed["again_on"] is not None)
    harm = found["while_wrong"]
    assert again["certificate"] == harm["certificates refused"] + harm["certificates granted"]
    assert again["extract"] == harm["extracts handed out"]


def test_a_consumer_of_certificates_that_compares_proposals_alone_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def alone(last: Any, place: int, decision: int, before: Any, now: Any, as_of: Any) -> Any:
        return difference(last, place, decision, (before[0], before[0].value), (now[0], now[0].value), as_of)

    monkeypatch.setattr(reopening, "difference", alone)
    found = _run(tmp_path)
    assert not found["ok"]
    assert found["compared"]["missing"] and all(" certificate " in one for one in found["compared"]["missing"])
    assert found["compared"]["charges"]["equal"]


def test_a_consumer_of_disclosures_that_compares_outcomes_alone_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answer, "lines", lambda self: (self.how,))
    found = _run(tmp_path)
    assert not found["ok"]
    assert found["compared"]["missing"] and all(" disclosure " in one for one in found["compared"]["missing"])


def test_a_consumer_that_looks_at_more_than_changed_and_tells_it_again_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reopening.Told, "standing", lambda self: [])
    monkeypatch.setattr(reopening.Around, "changed", lambda self, after: self._near.changed(0))
    monkeypatch.setattr(reopening, "difference", lambda last, *about: difference({}, *about))
    found = _run(tmp_path)
    assert not found["ok"]
    assert found["compared"]["not_asked_for"] and found["compared"]["told_once_more"]


@given(seed=st.integers(0, 2**32))
@settings(deadline=None, max_examples=10)
def test_at_the_end_the_book_says_what_is_true_and_what_is_open_rested_on_something_else(seed: int) -> None:
    world = World(seed, 0.01)
    book = world.book
    assert not book.kept
    for one in (*book.decided.values(), *book.answered.values()):
        assert book.view(one.skn, one.on) == book.view(one.skn, one.on, told=False)
    for decision in book.decided.values():
        assert decision.opened == decision.wrongly
    assert len({day.on for day in world.days}) == misnaming.DAYS
    assert not Counter((day.on, one) for day in world.days for one in day.tellings) - Counter(
        {(day.on, one): 1 for day in world.days for one in day.tellings}
    )


def test_one_seed_gives_one_report_and_the_command_tells_it(once: dict[str, Any], tmp_path: Path) -> None:
    """The command in a process of its own is the second run."""
    ended = hervat("rehearse", "wrong-name", "--scale", str(SCALE), "--seed", str(SEED), "--json", cwd=tmp_path)
    assert ended.status == 0, ended.out
    first, second = json.loads(as_document(once)), ended.document
    told = "\n".join(wrongname_report.in_words(second))
    for words in (
        "every person and number is synthetic",
        "two persons merged, and split",
        "opened again 2025-",
        "told once more: none",
        "told rightly from the start: equal",
        "Rehearsed as it should go.",
    ):
        assert words in told
    del first["stores"], second["stores"]
    assert first == second
