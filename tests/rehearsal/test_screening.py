"""Screening in the rehearsals: every signal beside the world's own book; and a screening that is wrong turns it red."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from hervat import kinds
from hervat.consumers.screening import desk, enrolment, following, signal
from hervat.register import changes, endings
from hervat.rehearsal import letter, signals
from hervat.rehearsal.screened import Page, Pair, PairTruth, Persons
from hervat.rehearsal.thread import ENROLMENT
from hervat.rehearsal.world import World
from tests.faults.processes import hervat

SCALE = 0.004
SEED = 16  # its first lives are the hard stories, every one of them


def _quiet(name: str, done: float, total: float) -> None:
    """Nobody watches a test."""


def _screened(world: World, folder: Path, name: str = "cut") -> dict[Pair, signals.Spoken]:
    deliver = dict(letter.WORLDS)[name]
    where = letter.in_files(folder)(name)
    return letter.run_world(name, world, list(deliver(world)), where, _quiet, 1000).spoken


def test_a_world_has_every_sort_of_pair() -> None:
    world = World(SEED, 0.02)
    truth = world.pairs
    sorts = Counter((so.exists, so.due, so.over) for so in truth.values())
    assert min(sorts[sort] for sort in ((True, True, False), (True, False, True), (True, False, False), (False, False, False))) > 10
    of_change = Counter((pair.source, pair.id) for pair, so in truth.items() if so.exists)
    assert max(of_change.values()) > 1
    assert len(set(world.enrolments.values())) > len({pair.enrolment for pair in truth}) > 50
    sent = {(one.source, one.id): one.kind for one in world.messages}
    assert {sent[source, id] for source, id in of_change} <= {kind for kind, data in kinds.KINDS.items() if data in _CHANGING}
    assert all((pair.source, pair.id) not in world.never_applied for pair in truth)


_CHANGING = {*changes.CHANGING, kinds.ForeignConvictionNotified, kinds.EmergencyReport}


def test_who_is_screened_is_a_parameter_and_changes_nothing_else() -> None:
    few, many = World(SEED, 0.004, screened=0), World(SEED, 0.004, screened=300_000)
    assert many.pairs == few.pairs
    assert len(many.enrolments) - len(few.enrolments) == 1200
    assert few.truth == many.truth


def test_the_late_are_told_late_and_nobody_before_the_link_is_back(tmp_path: Path) -> None:
    world = World(SEED, SCALE)
    undisturbed = _screened(world, tmp_path / "one", "uncut")
    told = signals.counted(world, _screened(world, tmp_path / "two"), undisturbed)
    there = signals.counted(world, undisturbed, undisturbed)
    assert (there["late"], there["told_here_alone"]) == (0, 0)
    assert told["late"] > 20  # type: ignore[operator]
    assert told["late_days"]["longest"] > 45  # type: ignore[index]
    assert set(told["suppressed"]) == {"canary", "known-when-it-began", "after-it-ended", "told-on-report"}  # type: ignore[call-overload]


def test_reports_are_told_early_and_how_they_ended_is_told(tmp_path: Path) -> None:
    world = World(SEED, SCALE)
    found = {name: signals.counted(world, _screened(world, tmp_path / name, name), {})["reports"] for name in ("uncut", "cut")}
    assert set(found["cut"]["endings"]) == {"confirmed", "changed", "orphan", "withdrawn"}  # type: ignore[index]
    assert found["cut"]["early"] > 1  # type: ignore[index]
    assert found["cut"]["early_days"]["longest"] > 14  # type: ignore[index]
    endings = {so.ending for so in world.pairs.values()}
    assert {("confirmed",), ("changed", "article", "period"), ("changed", "person"), ("orphan",)} <= endings


def test_the_thread_is_told_when_its_messages_could_be_understood(tmp_path: Path) -> None:
    world = World(SEED, 0.002)
    told = {name: signals.of_enrolment(world, ENROLMENT, _screened(world, tmp_path / name, name)) for name in ("uncut", "cut")}
    of_cut, undisturbed = ({one["kind"]: one for one in told[name]} for name in ("cut", "uncut"))
    assert undisturbed["case-registered"]["told_on"] == "2025-07-25"
    for kind in ("case-registered", "judgment-given"):
        assert str(of_cut[kind]["told_on"]) >= "2025-09-03"
    assert (
        of_cut["judgment-given"]["unscreened_days"]
        == (date.fromisoformat(str(of_cut["judgment-given"]["told_on"])) - date(2025, 8, 4)).days
    )
    assert [one["position"] for one in told["cut"]] != sorted(one["position"] for one in told["cut"])


@pytest.mark.parametrize(
    ("holder", "name", "wrong"),
    [
        (enrolment.Enrolment, "over", lambda self, day: False),
        (signal, "_reason", lambda due, enrolment, told: "after-it-ended" if due.on.day == 5 else None),
        (following, "withdraw", lambda told, enrolment, today: None),
        (following, "IDENTIFYING", ("person-registered",)),
        (signal, "_told_already", lambda due, told, standing, every: None),
        (endings, "_of_charge", lambda report, charge: ()),
        (changes, "CHANGING", tuple(kind for kind in changes.CHANGING if kind is not kinds.JudgmentFinal)),
        (desk, "_parted", lambda signals: [((), True)]),
    ],
    ids=[
        "nobody ever leaves",
        "a filter withholds what is of the fifth",
        "nothing is ever withdrawn",
        "a later identity is nobody's",
        "a case is told again",
        "a report is always right",
        "a judgment that becomes final changes nothing",
        "what is found is not told",
    ],
)
def test_a_screening_that_is_wrong_differs_from_the_truth(
    holder: object, name: str, wrong: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(SEED, SCALE)
    assert not signals.differences(world, _screened(world, tmp_path / "right"))
    monkeypatch.setattr(holder, name, wrong)
    assert signals.differences(world, _screened(world, tmp_path / "wrong"))


def test_the_evening_on_which_something_is_kept_back_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that checks is not this one, so the fault is in the step alone."""
    step = following.Following.step
    keeping_back = {"withheld": lambda due, enrolment: due.on.month == 8}
    monkeypatch.setattr(following.Following, "step", lambda self, today: step(self, today, **keeping_back))
    world = World(SEED, SCALE)
    evenings = letter.run_all(world, letter.in_files(tmp_path), _quiet)["cut"].evenings
    odd = [one for one in evenings if one.difference is not None]
    assert odd
    assert all(one.on >= date(2025, 8, 1) for one in odd)
    assert "the first never told it" in (odd[0].difference or "")


def _page() -> tuple[Page, Persons]:
    page = Page()
    page.identified("A", "1", "111")
    page.identified("B", "1", "222")
    page.enrolled("e", ("prk", "1"), "111", date(2025, 7, 1), "taxi")
    page.changed(("gps", "1"), date(2025, 7, 2), pn="pn", charges=(1,))
    page.changed(("gps", "2"), date(2025, 7, 9), pn="pn", charges=(1, 2))
    return page, Persons({"pn": "A"}, {"pn": {1: False, 2: False}}, (), {})


def test_the_page_says_what_stands() -> None:
    page, persons = _page()
    assert set(page.pairs(persons)) == {Pair("e", "gps", "1"), Pair("e", "gps", "2")}
    page.ended("e", ("prk", "2"), date(2025, 7, 5))
    assert [so.due for so in page.pairs(persons).values()] == [True, False]
    page.taken_back(("prk", "2"), ("prk", "3"))
    assert [so.due for so in page.pairs(persons).values()] == [True, True]
    page.taken_back(("prk", "3"), ("prk", "4"))
    assert [so.over for so in page.pairs(persons).values()] == [False, True]
    page.identified("B", "2", "111")
    assert set(page.pairs(Persons({"pn": "B"}, persons.hidden, (), {}))) == set(page.pairs(persons))
    assert page.pairs(Persons({"pn": "B"}, persons.hidden, (), {"A": "C", "B": "C"})) == page.pairs(persons)
    assert set(page.pairs(Persons({"pn": "A"}, {"pn": {1: True, 2: False}}, (), {}))) == {Pair("e", "gps", "2")}
    assert page.pairs(Persons({"pn": "A"}, persons.hidden, {("gps", "1"), ("gps", "2")}, {})) == {}
    page.taken_back(("prk", "1"), ("prk", "5"))
    assert page.pairs(persons) == {}


@pytest.mark.parametrize(
    ("on", "until", "due", "over"),
    [(1, None, True, False), (0, None, False, False), (5, 6, True, False), (6, 6, False, True), (1, 1, False, True), (0, 1, False, False)],
)
def test_the_first_day_is_screened_and_the_last_is_not(on: int, until: int | None, due: bool, over: bool) -> None:
    first = date(2025, 7, 10)
    so = PairTruth(first.replace(day=9 + on), first, None if until is None else first.replace(day=9 + until), True)
    assert (so.due, so.over) == (due, over)
    assert not so._replace(exists=False).due


def test_the_bench_catches_up_with_everybody(tmp_path: Path) -> None:
    found = hervat("bench", "screening", "--scale", "0.002", "--json", cwd=tmp_path).document
    assert found["enrolments"] > 700
    assert found["catch_up_in_one_step"]["delivered"] > 5
