"""The backlog of certificates: its forecast, two orders of working it away, and that what is lost or counted wrongly is seen."""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.consumers.certificates.forecast import Counting
from hervat.doors.words import as_document
from hervat.law.certificates import is_working_day
from hervat.rehearsal import justis, justis_report, outage
from hervat.rehearsal.justis import Waiting
from hervat.rehearsal.letter import in_files
from hervat.rehearsal.outage import Applicant
from tests.faults.processes import hervat

SCALE, SEED = 0.001, 4
"""Of this seed somebody applies on the last day who is refused, which is on no day but a later one."""


def _run(path: Path, scale: float = SCALE, seed: int = SEED) -> dict[str, Any]:
    return justis.run(seed, scale, in_files(path), lambda name, done, total: None)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The report of the first seed."""
    return _run(tmp_path_factory.mktemp("once"))


def test_the_forecast_is_the_published_one_and_both_orders_come_to_the_same_end(once: dict[str, Any]) -> None:
    _as_published(once, 1)


def test_so_it_is_at_another_scale(tmp_path: Path) -> None:
    _as_published(_run(tmp_path, 0.002, 5), 2)


def test_who_is_refused_after_the_last_day_is_decided_on_as_well(once: dict[str, Any]) -> None:
    last, closing = once["policies"]["first_come"]["days"][-2:]
    assert (last["day"], last["waiting"], closing["decided"], closing["waiting"]) == ("2021-11-19", 1, 1, 0)


def _as_published(found: dict[str, Any], unit: int) -> None:
    assert found["ok"], found
    forecast = found["forecast"]
    assert (forecast["working_days"], forecast["gone_on"], forecast["at_the_end_of"]) == (8.6, "2021-11-12", "2021-11-01")
    assert (forecast["waiting"], forecast["arriving"], forecast["deciding"]) == (60 * unit, 5 * unit, 12 * unit)
    assert found["same_decided_and_same_outcomes"]
    for one in found["policies"].values():
        received = decided = 0
        for day in one["days"]:
            received, decided = received + day["received"], decided + day["decided"]
            assert received == decided + day["waiting"] and day["balanced"]
            assert not (day["decided"] and "2021-10-15" <= day["day"] <= "2021-11-01")
        assert received == found["received"]
        assert abs(one["working_days"] - 9) <= 2
    first, postponed = found["policies"]["first_come"], found["policies"]["postponed"]
    assert postponed["mean_days"]["simple"] < first["mean_days"]["simple"]
    assert postponed["mean_days"]["complex"] > first["mean_days"]["complex"]
    assert postponed["longest_days"]["complex"] > first["longest_days"]["complex"]


def test_an_order_in_which_somebody_is_never_helped_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(justis.POLICIES, "postponed", lambda waiting: [one for one in waiting if not one.is_complex])
    found = _run(tmp_path)
    assert (found["ok"], found["same_decided_and_same_outcomes"], found["balanced"]) == (False, False, True)
    assert found["policies"]["postponed"]["gone_on"] is None


def test_a_count_that_misses_one_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = Counting.waiting
    monkeypatch.setattr(Counting, "waiting", lambda self, on: max(waiting(self, on) - 1, 0))
    found = _run(tmp_path)
    assert (found["ok"], found["balanced"]) == (False, False)
    assert found["forecast"]["working_days"] != 8.6


@given(kinds=st.lists(st.sampled_from(["grant", "assess", "cannot-say"])))
def test_an_order_helps_everybody_and_among_equals_who_came_first(kinds: list[str]) -> None:
    waiting = [Waiting(Applicant(f"v{number}", date(2021, 11, 1), False), kind, date(2021, 11, 2)) for number, kind in enumerate(kinds)]
    for policy in justis.POLICIES.values():
        order = policy(waiting)
        assert Counter(id(one) for one in order) == Counter(id(one) for one in waiting)
        for sort in (False, True):
            numbers = [int(one.applicant.number[1:]) for one in order if one.is_complex is sort]
            assert numbers == sorted(numbers)
    assert [one.is_complex for one in justis.postponed(waiting)] == sorted(one.is_complex for one in waiting)


@given(seed=st.integers(0, 2**32), scale=st.sampled_from([0.0001, 0.001, 0.002]))
def test_the_published_numbers_hold_at_any_scale(seed: int, scale: float) -> None:
    (*every, closing), unit = outage.days(seed, scale), outage.thousands(scale)
    assert all(is_working_day(day.on, on=day.on) and len(day.applicants) == 5 * unit for day in every)
    assert is_working_day(closing.on, on=closing.on) and not closing.applicants
    out = [day for day in every if outage.OUT <= day.on <= outage.LAST_OUT]
    assert sum(len(day.applicants) for day in out) == 60 * unit
    published = list(outage.PUBLISHED.values())
    assert [number / 1000 for number in published] == [outage.ARRIVING, outage.WAITING, outage.DECIDING]


def test_one_seed_gives_one_report_and_the_command_tells_it(once: dict[str, Any], tmp_path: Path) -> None:
    """The command in a process of its own is the second run."""
    ended = hervat("rehearse", "justis", "--scale", str(SCALE), "--seed", str(SEED), "--json", cwd=tmp_path)
    assert ended.status == 0, ended.out
    first, second = json.loads(as_document(once)), ended.document
    told = "\n".join(justis_report.in_words(second))
    for words in ("synthetic, but for what was published", "gone in 8.6 working days, on 2021-11-12", "invented: 12%", "a working day:"):
        assert words in told
    assert "Rehearsed as it should go." in told
    for each in (first, second):
        for one in each["policies"].values():
            del one["store"]
    assert first == second
