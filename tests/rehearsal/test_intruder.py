"""The returning intruder: no forgery removes anything or is applied unseen; a lane that is ignored, and people who look badly, are seen."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hervat.doors.words import as_document
from hervat.intake.holding import Holding
from hervat.journal.store import Row
from hervat.rehearsal import intruder, intruder_report
from hervat.rehearsal.intruder import Returned
from hervat.rehearsal.intruding import BEYOND, KINDS, PLACES, STOLEN_KEY, World, digest_in
from hervat.rehearsal.letter import in_files
from tests.faults.processes import hervat

SCALE, SEED = 0.1, 5


def _run(path: Path, seed: int = SEED) -> dict[str, Any]:
    return intruder.run(seed, SCALE, in_files(path), lambda name, done, total: None)


def test_nothing_is_removed_or_applied_unseen_and_the_end_is_that_without_an_intruder(tmp_path: Path, costly_seed: int) -> None:
    found = _run(tmp_path, costly_seed)
    lane, compared, bare = found["with_lane"], found["compared"], found["without_lane"]
    assert found["ok"], found
    assert (lane["removed"], lane["applied_unseen"], lane["conflicts_open"]) == (0, 0, 0)
    assert set(lane["forged"]) == {*KINDS} and set(lane["forged_where"]) == {*PLACES}
    assert lane["forged"] == dict.fromkeys(KINDS, sum(lane["forged"].values()) // len(KINDS))
    assert sum(lane["became"].values()) == sum(lane["forged"].values())
    assert lane["became"].keys() == {"taken back by the true sender: applied to nothing", "turned away: the true one stood"}
    assert lane["first"]["not_on_their_list"] == lane["retracted_by_its_sender"] >= lane["forged_where"][BEYOND]
    assert (lane["left_inside"], compared["held"], compared["refused"]) == (0, 0, 0)
    assert compared["equal"] and not compared["differing"]
    assert (compared["digests"]["without_intruder"] == compared["digests"]["with_lane"]) == (not compared["under_another_id"])
    # Without the lane the same forgeries do what they were made for.
    assert all(bare["applied"][kind] for kind in KINDS[:-1]) and not bare["applied"][KINDS[-1]]
    assert bare["charges"]["no longer shown"] and bare["charges"]["under somebody else"]


def test_a_lane_that_is_ignored_for_amendments_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take = Holding.take

    def ignoring(self: Holding, row: Row, admitted: bool) -> None:
        if row.target is not None:
            row.quarantined, admitted = 0, True
        take(self, row, admitted)

    monkeypatch.setattr(Holding, "take", ignoring)
    found = _run(tmp_path)
    assert not found["ok"]
    assert found["with_lane"]["removed"] and found["with_lane"]["applied_unseen"]


def test_people_who_let_everything_through_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    let_through = Returned._let_through
    monkeypatch.setattr(Returned, "_let_through", lambda self, but, ground: let_through(self, set(), ground))
    found = _run(tmp_path)
    assert not found["ok"]
    assert found["with_lane"]["removed"] and found["with_lane"]["applied_unseen"]


def test_what_is_forged_is_known_to_the_book_alone(rehearsal_seed: int) -> None:
    world = World(rehearsal_seed, SCALE)
    true = {digest_in(raw) for raw in world.om.sent.values()}
    arriving = Counter(digest_in(raw) for batch in world.arriving for raw in batch.raws)
    assert arriving.keys() - true == world.forgeries.keys()
    assert {digest_in(world.om.sent[number]) for number in range(world.known + 1, world.true + 1)} <= arriving.keys()
    forged_in = {batch.key for batch in world.arriving for raw in batch.raws if digest_in(raw) in world.forgeries}
    assert forged_in == {STOLEN_KEY}
    for batch in world.arriving:
        assert [f'"sequence":"{batch.first + place}"'.encode() in raw for place, raw in enumerate(batch.raws)] == [True] * len(batch.raws)


def test_one_seed_gives_one_report_and_the_command_tells_it(tmp_path: Path) -> None:
    """The command in a process of its own is the second run."""
    ended = hervat("rehearse", "returning-intruder", "--scale", str(SCALE), "--seed", str(SEED), "--json", cwd=tmp_path)
    assert ended.status == 0, ended.out
    first, second = json.loads(as_document(_run(tmp_path / "first"))), ended.document
    told = "\n".join(intruder_report.in_words(second))
    for words in (
        "every person and number is synthetic",
        "those that were forged, and no other",
        "Charges that were gone at any moment: none.",
        "every forgery that came in among them",
        "every fact: equal",
        "Rehearsed as it should go.",
    ):
        assert words in told
    del first["stores"], second["stores"]
    assert first == second
