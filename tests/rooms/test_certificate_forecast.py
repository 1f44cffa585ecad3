"""The forecast of a backlog: day by day the drain that it foretells, what is counted for it beside what people did, and what it says."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.clock import SteppedClock
from hervat.consumers.certificates.forecast import Pace, forecast, window, working_day_after
from hervat.consumers.certificates.steps import Hearing, Intending, Objecting
from hervat.errors import NotSo
from hervat.law.certificates import is_working_day
from hervat.stores.memory import MemoryStore
from tests.faults.processes import hervat
from tests.rooms.certified import all_of, application, message, registered, sealed
from tests.rooms.nodes import KEYS, PARTNERS

ON = date(2021, 11, 1)
GROUND = {"by": "a test", "ground": "g"}
DAYS = st.dates(date(2021, 1, 1), date(2026, 12, 31))
PACES = st.integers(0, 30)


def pace(arriving: int, deciding: int) -> Pace:
    return Pace(arriving=Fraction(arriving), deciding=Fraction(deciding))


def test_the_published_numbers_give_eight_and_a_half_working_days() -> None:
    found = forecast(ON, 60_000, pace(5_000, 12_000))
    assert found.working_days == Fraction(60_000, 7_000)
    assert (round(float(found.working_days or 0), 1), found.gone_on) == (8.6, date(2021, 11, 12))


@given(on=DAYS, waiting=st.integers(0, 400), arriving=PACES, deciding=PACES)
def test_it_is_the_first_working_day_at_whose_end_nothing_would_wait(on: date, waiting: int, arriving: int, deciding: int) -> None:
    found, left, day = forecast(on, waiting, pace(arriving, deciding)), waiting, on
    if waiting and deciding <= arriving:
        assert (found.working_days, found.gone_on) == (None, None)
        assert deciding + found.missing > arriving >= deciding + found.missing - 1
        assert forecast(on, waiting, pace(arriving, deciding + found.missing)).working_days is not None
        left = 0
    else:
        assert found.missing == 0
    while left > 0:
        assert found.gone_on is not None and day < found.gone_on
        day += timedelta(days=1)
        left += (arriving - deciding) * is_working_day(day, on=on)
    assert found.gone_on == (None if found.working_days is None else day)


@given(on=DAYS, waiting=st.integers(1, 10_000), arriving=PACES, deciding=PACES, times=st.integers(1, 50))
def test_it_does_not_hang_on_the_scale(on: date, waiting: int, arriving: int, deciding: int, times: int) -> None:
    one, many = (forecast(on, waiting * n, pace(arriving * n, deciding * n)) for n in (1, times))
    assert (one.working_days, one.gone_on) == (many.working_days, many.gone_on)


def test_the_calendar_ends() -> None:
    assert working_day_after(date.max - timedelta(days=3), 1) == date(9999, 12, 29)
    assert working_day_after(date.max - timedelta(days=3), 4) is None
    assert forecast(ON, 10**9, Pace(arriving=Fraction(0), deciding=Fraction(1))).gone_on is None


def test_working_days_leave_out_what_the_law_leaves_out() -> None:
    for day in ("2021-04-02", "2021-04-05", "2021-04-27", "2021-05-13", "2021-11-06", "2021-11-07", "2026-01-01"):
        assert not is_working_day(date.fromisoformat(day), on=ON)
    assert is_working_day(date(2021, 4, 6), on=ON)


@given(on=DAYS, count=st.integers(1, 40), age=st.integers(0, 60))
def test_a_window_holds_so_many_working_days_of_the_journal_and_no_more(on: date, count: int, age: int) -> None:
    begun, found = on - timedelta(days=age), window(on, count, on - timedelta(days=age))
    there = [day for n in range(1, age + 1) if is_working_day(day := on - timedelta(days=n), on=on)]
    if not there:
        assert found is None
    else:
        assert found == (there[:count][-1], on - timedelta(days=1), len(there[:count]))
        assert found[0] >= begun


ACTS = st.lists(st.sampled_from(["apply", "apply", "apply again", "grant", "refuse", "object", "sleep", "sleep"]), max_size=40)
FIRST = date(2025, 9, 25)


class Office:
    """A node at which applications come in and are decided on, and its own count of them, day by day."""

    def __init__(self) -> None:
        self.clock = SteppedClock(_morning(FIRST), timedelta(seconds=1))
        self.node = Node(MemoryStore(), KEYS, PARTNERS, self.clock, writer=True)
        self.certificates = Certificates(self.node)
        self.today, self.sent = FIRST, 0
        self.open, self.refused, self.objected = list[str](), list[str](), list[str]()
        self.came, self.went, self.waiting = Counter[date](), Counter[date](), {FIRST: 0}
        # The feeds are whole for long, so that no decision is blind.
        self.node.receive(all_of(sealed([registered()], until="2027-01-01T00:00:00Z")))

    def do(self, act: str) -> None:
        if act == "apply" or (act == "apply again" and self.open):
            number = f"A{self.sent}" if act == "apply" else self.open[-1]
            self.sent += 1
            self.node.receive([message("vog", self.sent, *application(number=number, on=FIRST)[1:])])
            self.came[self.today] += act == "apply"
            self.open += [number] if act == "apply" else []
        elif act in ("grant", "refuse") and self.open:
            self._decide(self.open.pop(0), act)
        elif act == "object" and self.refused:
            self.objected.append(self.refused.pop())
            self.certificates.step(self.objected[-1], self.today, Objecting, None, {"by": "a test"})
            self.came[self.today] += 1
        elif act == "sleep":
            self.today += timedelta(days=1)
            self.clock.set(_morning(self.today))
        self.waiting[self.today] = len(self.open) + len(self.objected)

    def _decide(self, number: str, act: str) -> None:
        self.certificates.propose(number, self.today)
        if act == "refuse":
            self.certificates.step(number, self.today, Intending, None, GROUND)
            # It is told on one day, and decided on another at the earliest.
            self.do("sleep")
            self.certificates.step(number, self.today, Hearing, None, {"by": "a test"})
            self.refused.append(number)
        self.certificates.decide(number, "granted" if act == "grant" else "refused", self.today, **GROUND)
        self.went[self.today] += 1


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(8), UTC)


@given(acts=ACTS)
def test_what_is_counted_is_what_people_did(acts: list[str]) -> None:
    office = Office()
    for act in acts:
        office.do(act)
    for on, waits in office.waiting.items():
        days = [day for n in range(1, (on - FIRST).days + 1) if is_working_day(day := on - timedelta(days=n), on=on)][:5]
        if not days:
            with pytest.raises(NotSo, match="no working day before"):
                office.certificates.forecast(on, 5)
            found, measured = office.certificates.forecast(on, 5, arriving=1, deciding=2)
            assert (found.waiting, measured, found.working_days) == (waits, None, waits)
            continue
        found, measured = office.certificates.forecast(on, 5)
        between = [days[-1] + timedelta(days=n) for n in range((on - days[-1]).days)]
        came, went = (sum(counts[day] for day in between) for counts in (office.came, office.went))
        assert measured is not None
        assert (found.waiting, measured.working_days, measured.arrived, measured.decided) == (waits, len(days), came, went)
        assert found.pace == Pace(arriving=Fraction(came, len(days)), deciding=Fraction(went, len(days)))
        assert office.certificates.forecast(on, 5, deciding=7)[0].pace == Pace(arriving=found.pace.arriving, deciding=Fraction(7))
    assert sum(office.came.values()) == sum(office.went.values()) + office.waiting[office.today]


@pytest.fixture
def waiting(tmp_path: Path) -> Path:
    store, lines = tmp_path / "s.db", tmp_path / "m.jsonl"
    lines.write_bytes(b"\n".join(all_of(sealed([registered(), application(), application(number="vog-2")]))) + b"\n")
    assert hervat("receive", lines, store=store).status == 0
    return store


def told(store: Path, *arguments: str, status: int = 0) -> dict[str, Any]:
    ended = hervat("certificate", "forecast", "--on", "2040-01-02", *arguments, "--json", store=store)
    assert ended.status == status, ended.err
    found: dict[str, Any] = ended.document
    return found


def test_the_command_says_when_or_never_in_both_languages(waiting: Path) -> None:
    found = told(waiting, "--arriving", "5", "--deciding", "7")
    assert (found["waiting"], found["working_days"], found["gone_on"], found["missing"]) == (2, 1.0, "2040-01-03", 0)
    assert found["notice"] == "unverified value: holidays (memory)"
    never = told(waiting, "--arriving", "5", status=1)
    assert (never["working_days"], never["gone_on"], never["missing"], never["deciding"]) == (None, None, 6, 0.0)
    for language, said in (("en", "the backlog never goes: 6 more must be decided"), ("nl", "op 6 meer moet per werkdag worden beslist")):
        ended = hervat("certificate", "forecast", "--on", "2040-01-02", "--arriving", "5", "--lang", language, store=waiting)
        assert ended.status == 1 and said in ended.out
    last_day = hervat("certificate", "forecast", "--on", "9999-12-31", "--arriving", "0", "--deciding", "1", store=waiting)
    assert last_day.status == 0 and "beyond the calendar" in last_day.out


@pytest.mark.parametrize(
    ("arguments", "status", "why"),
    [
        (("--over", "0"), 2, "--over is 1 working day or more"),
        (("--deciding", "-1"), 2, "0 or more"),
        (("--on", "2019-01-01"), 2, "no text of certificate.proposal"),
        (("--on", "2021-01-04"), 1, "give --arriving and --deciding"),
    ],
)
def test_wrong_use_is_named(waiting: Path, arguments: tuple[str, ...], status: int, why: str) -> None:
    ended = hervat("certificate", "forecast", *arguments, store=waiting)
    assert ended.status == status and why in ended.err
