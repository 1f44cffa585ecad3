"""The sliding scale (Vb 3.86): the table as it was read, worked cases, and laws that no case may break.

The example of the work instruction of IND stands by itself. The worked cases are invented; what each reads, a row of the table or a
sentence of the notes on the law, is said above it.
"""

import csv
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.case import Duration
from hervat.law.book import replay
from hervat.law.immigration import Decision, Known, Offence, Residence, Sentence, sliding_scale
from hervat.law.immigration.facts import GROUNDS, KINDS_OF_DECISION
from hervat.law.immigration.lengths import NORM, Length, years_later
from hervat.law.immigration.sliding_scale import NORMS, ROWS, SLIDING_SCALE, NoRule, Working
from hervat.law.rule import Horizon, Result
from hervat.law.value import Certainty, Outcome
from tests.law.facts import DECISIONS

TODAY = date(2025, 10, 1)
SINCE = date(2000, 1, 1)
SIX, EIGHT, MONTH = Duration(years=6), Duration(years=8), Duration(months=1)
TABLE = Path(__file__).parent / "vb386.csv"
PERMIT = Residence(ground="regular", decision="withdrawal", since=SINCE)
REACHED = Outcome.YES
NOT = Outcome.NO
PERHAPS = Outcome.CANNOT_SAY


def convicted(
    done: str,
    months: int = 0,
    *,
    key: str = "",
    to: str | None = None,
    maximum: Duration | None = SIX,
    class_: str | None = "misdrijf",
    by: str = "judgment",
    final_on: date | None = date(2014, 1, 1),
    sentences: tuple[Sentence, ...] | None = None,
) -> Decision:
    """A final conviction to some months of imprisonment, for one misdrijf with a maximum of six years, unless something else is said."""
    day = date.fromisoformat(done)
    offence = Offence(class_=class_, maximum=maximum, first=day, last=day if to is None else date.fromisoformat(to))
    imposed = (Sentence(kind="imprisonment", whole=Duration(months=months)),) if sentences is None else sentences
    return Decision(key=key or done, by=by, final_on=final_on, offences=(offence,), sentences=imposed)


def beside(decision: Decision, done: str = "2001-01-01", class_: str = "misdrijf") -> Decision:
    """The same, with another offence in it."""
    day = date.fromisoformat(done)
    return replace(decision, offences=(*decision.offences, Offence(class_=class_, maximum=SIX, first=day, last=day)))


def prison(whole: Duration | None, conditional: Duration | None = None, *, enforced: int = 0, remitted: bool = False) -> Sentence:
    return Sentence(kind="imprisonment", whole=whole, conditional=conditional, enforced_days=enforced, remitted=remitted)


def service(hours: int, conditional: int | None = None) -> Sentence:
    part = None if conditional is None else Duration(hours=conditional)
    return Sentence(kind="community-service", whole=Duration(hours=hours), conditional=part)


def asked(*decisions: Decision, residence: Residence = PERMIT, blind: tuple[str, ...] = (), on: date = TODAY) -> Result[Working | NoRule]:
    return sliding_scale(residence, Known(decisions=decisions, blind=blind), on=on)


def working(result: Result[Working | NoRule]) -> Working:
    assert isinstance(result.value, Working)
    return result.value


EXAMPLE = (convicted("2007-05-01", 1), convicted("2007-07-01", 1), convicted("2007-09-01", 36), convicted("2013-01-01", 1))


def test_the_example_of_the_work_instruction() -> None:
    result = asked(*EXAMPLE)
    assert result.outcome is Outcome.YES
    reached = working(result).points[-1]
    assert (reached.on, reached.years, reached.row_from, reached.scale) == (date(2007, 9, 1), 7, 7, 3)
    assert (reached.total, reached.norm, reached.misdrijven) == (Length(38), Length(8), 3)
    assert [step.holds for step in result.because.steps] == [False, False, True]
    assert result.because.steps[-1].says == (
        "2007-09-01: 7 full years of residence, misdrijven 3, scale 3: 38 months against 8 months",
        "2007-09-01: 7 volle jaren verblijf, misdrijven 3, schaal 3: 38 maanden tegen 8 maanden",
    )
    assert "individual weighing by a person always follows" in result.because.says.en
    assert result.because.article == "Vb 3.86" and replay(result.receipt()) == result.receipt()


@given(order=st.permutations(EXAMPLE))
def test_the_order_in_which_decisions_are_told_says_nothing(order: list[Decision]) -> None:
    assert asked(*order).value == asked(*EXAMPLE).value


def test_the_table_is_the_one_that_was_read() -> None:
    """Cell by cell against a copy of the table in the notes on the law; its only unsure cells are not quoted."""
    rows = list(csv.DictReader(TABLE.read_text("utf-8").splitlines()))
    columns = ("scale1_max_penalty_le_6y", "scale2_max_penalty_gt_6y", "scale3_at_least_3_misdrijven")
    assert len(rows) * 3 == len(NORMS)
    (bounds,) = SLIDING_SCALE.text.parameters[ROWS.name].values.values
    assert [str(years) for years in bounds.value.read] == [row["residence_from_years"] for row in rows]
    assert [row["residence_to_years"] for row in rows] == [row["residence_from_years"] for row in rows[1:]] + [""]
    for row in rows:
        for scale, column in enumerate(columns, 1):
            (held,) = SLIDING_SCALE.text.parameters[NORMS[scale, int(row["residence_from_years"])].name].values.values
            assert held.value.read == NORM.read(row[column].removesuffix("?"))
            told = row["certainty"].split()[0]
            unsure = "last cell cut" in row["certainty"] and scale == 3
            assert held.value.certainty == (Certainty.INFERRED if unsure else Certainty(told))


def test_norms_go_up_with_residence_and_down_with_the_scale() -> None:
    """What the two reckonings rest on: less custody, a later day and a lighter scale never reach more."""
    norms = {key: SLIDING_SCALE.text.parameters[one.name].values.values[0].value.read.units(30, 1) for key, one in NORMS.items()}
    rows = sorted({row for _, row in norms})
    assert all(norms[scale, row] <= norms[scale, after] for scale in (1, 2, 3) for row, after in pairwise(rows))
    assert all(norms[1, row] >= norms[2, row] >= norms[3, row] for row in rows)


def cell(scale: int, years: int) -> Length:
    found = SLIDING_SCALE.text.parameters[NORMS[scale, years].name].values.values[0].value.read
    assert isinstance(found, Length)
    return found


@given(scale=st.integers(1, 3), row=st.sampled_from([0, 3, 4, 5, 6, 7, 8, 9, 10, 15]), short=st.booleans(), early=st.booleans())
def test_every_cell_holds_from_its_first_day_and_from_its_norm_on(scale: int, row: int, *, short: bool, early: bool) -> None:
    """One offence on the first day of a row, or the day before, with custody of the norm of that day, or a day short of it."""
    since = date(2000, 2, 29)
    on = years_later(since, row) - timedelta(days=early)
    rows = [0, 3, 4, 5, 6, 7, 8, 9, 10, 15]
    held = max((years for years in rows if years_later(since, years) <= on), default=0)
    norm = cell(scale, held)
    whole = Duration(months=norm.months or None, days=norm.days or None)
    less = Duration(days=1) if short else None
    offence = Offence(class_="misdrijf", maximum=EIGHT if scale == 2 else SIX, first=on, last=on)
    judgment = Decision(
        key="one",
        by="judgment",
        final_on=TODAY,
        offences=(offence,) * (3 if scale == 3 else 1),
        sentences=(prison(whole, less),),
    )
    result = asked(judgment, residence=replace(PERMIT, since=since))
    assert result.outcome is (Outcome.NO if short else Outcome.YES)
    # A day short of one day is no custody at all; then nothing counts the offences, and the scale says nothing.
    point = working(result).points[-1]
    assert (point.row_from, point.norm) == (held, norm)
    assert ("reached-when-equal" in result.unverified) is not short


CASES = [
    # No custody, no norm: invented.
    ((), NOT, "nothing"),
    ((convicted("2003-01-01", sentences=(Sentence(kind="fine", cents=500000),)),), NOT, "a fine is no custody"),
    # The rows, by the day of the offence: table.
    ((convicted("2002-12-31", 1),), REACHED, "the day before three years: one day is enough"),
    ((convicted("2003-01-01", 4),), NOT, "three years: four months of five"),
    ((convicted("2003-01-01", 5),), REACHED, "three years: exactly five months"),
    ((convicted("2003-12-31", 6),), REACHED, "the last day of the fourth year: six months of five"),
    ((convicted("2004-01-01", 6),), NOT, "four years: six months of seven"),
    ((convicted("2015-01-01", 64, final_on=TODAY),), NOT, "fifteen years: 64 of 65 months, a value that was not read"),
    ((convicted("2014-12-31", 40, final_on=TODAY),), REACHED, "the day before fifteen years: 40 months"),
    # Before residence began: the first row. Invented.
    ((convicted("1999-06-01", 1),), REACHED, "before the permit there is no residence"),
    # The scales: table.
    ((convicted("2005-01-01", 12, maximum=EIGHT),), REACHED, "scale 2, five years: twelve months"),
    ((convicted("2005-01-01", 12),), NOT, "scale 1, five years: twelve of fifteen months"),
    ((convicted("2005-01-01", 12, maximum=Duration(years=6, days=1)),), REACHED, "a maximum just above six years is of scale 2"),
    ((convicted("2005-01-01", 12, maximum=None),), PERHAPS, "a maximum that is not told, where it decides"),
    ((convicted("2005-01-01", 11, maximum=None),), NOT, "a maximum that is not told, where it does not"),
    ((convicted("2005-01-01", 15, maximum=None),), REACHED, "enough for the first scale is enough"),
    ((convicted("2005-01-01", 2), convicted("2005-02-01", 2), convicted("2005-03-01", 2)), REACHED, "scale 3, five years: six months"),
    ((convicted("2005-01-01", 3), convicted("2005-02-01", 3)), NOT, "two misdrijven are no three"),
    ((convicted("2005-01-01", 2), convicted("2005-02-01", 2), convicted("2005-03-01", 1)), NOT, "scale 3, five of six months"),
    # Only final convictions: notes on the law.
    ((convicted("2005-01-01", 20, final_on=None),), NOT, "not final"),
    ((convicted("2005-01-01", 20, final_on=TODAY),), REACHED, "final on the day of the decision"),
    ((convicted("2005-01-01", 20, final_on=TODAY + timedelta(days=1)),), NOT, "final a day later"),
    # Only misdrijven: notes on the law.
    ((convicted("2001-01-01", 1, class_="overtreding"),), NOT, "an overtreding"),
    ((convicted("2001-01-01", 1, class_=None),), PERHAPS, "a class that is not told"),
    # Unconditional: notes on the law; a part that was carried out after all: from memory.
    ((convicted("2003-01-01", sentences=(prison(Duration(months=6), Duration(months=2)),)),), NOT, "four unconditional months of five"),
    ((convicted("2003-01-01", sentences=(prison(Duration(months=7), Duration(months=2)),)),), REACHED, "five unconditional months"),
    ((convicted("2003-01-01", sentences=(prison(Duration(months=9), Duration(months=9)),)),), NOT, "wholly conditional"),
    ((convicted("2001-01-01", sentences=(prison(MONTH, MONTH, enforced=30),)),), REACHED, "carried out after all"),
    ((convicted("2001-01-01", sentences=(prison(Duration(months=1), Duration(months=2)),)),), PERHAPS, "more conditional than whole"),
    (
        (convicted("2001-01-01", sentences=(prison(MONTH, Duration(days=31)), prison(Duration(days=1)))),),
        REACHED,
        "a part that may be more than the whole takes nothing from another sentence",
    ),
    ((convicted("2001-01-01", sentences=(prison(None),)),), PERHAPS, "a length that is not told"),
    ((convicted("2001-01-01", sentences=(prison(Duration(months=1), remitted=True),)),), PERHAPS, "a pardon"),
    # Community service: two hours are one day, from the notes.
    ((convicted("2003-01-01", sentences=(service(300),)),), REACHED, "300 hours are 150 days, five months of thirty days"),
    ((convicted("2003-01-01", sentences=(service(299),)),), NOT, "299 hours are half a day less"),
    ((convicted("2001-01-01", sentences=(service(2),)),), REACHED, "two hours are one day"),
    ((convicted("2001-01-01", sentences=(service(1),)),), NOT, "one hour is half a day"),
    ((convicted("2001-01-01", 0, sentences=(service(40, 40),)),), NOT, "conditional community service"),
    ((convicted("2003-01-01", sentences=(prison(Duration(months=4)), service(60))),), REACHED, "four months and 60 hours together"),
    ((convicted("2003-01-01", sentences=(prison(Duration(months=4)), service(58))),), NOT, "four months and 58 hours together"),
    # Life, and measures without a length. Invented.
    ((convicted("2020-01-01", final_on=TODAY, sentences=(prison(Duration(life=True)),)),), REACHED, "life"),
    ((convicted("2001-01-01", sentences=(Sentence(kind="hospital-order"),)),), PERHAPS, "a hospital order has no length"),
    ((convicted("2001-01-01", sentences=(Sentence(kind="disqualification", whole=Duration(years=5)),)),), NOT, "no custody"),
    # Whether they count was not read.
    ((convicted("2001-01-01", by="penalty-order", sentences=(service(40),)),), PERHAPS, "community service in a penalty order"),
    ((convicted("2001-01-01", 1, by="foreign"),), PERHAPS, "a conviction abroad"),
    # What lies in one judgment.
    ((beside(convicted("2001-01-01", 1), class_="overtreding"),), PERHAPS, "one sentence for a misdrijf and an overtreding"),
    ((beside(convicted("2002-06-01", 2), done="2003-06-01"),), PERHAPS, "one sentence for what was done before and after three years"),
    ((beside(convicted("2002-06-01", 2), done="2002-07-01"),), REACHED, "one sentence for what was done before three years"),
    # The days of the offences.
    ((convicted("2002-12-30", 2, to="2003-01-02"),), PERHAPS, "done before and after three years"),
    ((convicted("2002-12-30", 2, to="2002-12-31"),), REACHED, "done before three years"),
    ((convicted("2012-01-01", 10), convicted("2003-01-01", 4)), NOT, "what is done later does not count for an earlier day"),
]


@pytest.mark.parametrize(("decisions", "outcome"), [pytest.param(d, o, id=why) for d, o, why in CASES])
def test_worked_cases(decisions: tuple[Decision, ...], outcome: Outcome) -> None:
    result = asked(*decisions)
    assert result.outcome is outcome
    assert replay(result.receipt()) == result.receipt()
    assert bool(working(result).unclear) or outcome is not Outcome.CANNOT_SAY


def test_a_value_that_was_not_read_is_named_where_it_decides_and_nowhere_else() -> None:
    own = {"immigration.sliding-scale", "scale-grounds", "scale-decisions", "decisions-that-count", "custody-kinds", "service-kinds"}
    plain = set(asked(convicted("2005-01-01", 16)).unverified)
    assert plain == own
    above_fifteen = asked(convicted("2015-01-01", 70, final_on=TODAY))
    assert set(above_fifteen.unverified) - own == {"scale-1-from-15-years"}
    assert "unverified value" in above_fifteen.document["notice"]["en"]
    cut_off = asked(*(convicted(f"2010-0{month}-01", 5) for month in (1, 2, 3)))
    assert (cut_off.outcome, set(cut_off.unverified) - own) == (Outcome.YES, {"scale-3-from-10-years"})
    exactly = asked(convicted("2003-01-01", 5))
    assert set(exactly.unverified) - own == {"reached-when-equal"}
    in_hours = asked(convicted("2003-01-01", sentences=(service(300),)))
    assert set(in_hours.unverified) - own == {"service-hours-a-day", "days-in-a-month", "reached-when-equal"}
    many_hours = asked(convicted("2003-01-01", sentences=(service(480),)))
    assert set(many_hours.unverified) - own == {"service-hours-a-day"}


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("kind", KINDS_OF_DECISION)
def test_what_has_a_test_of_its_own_never_gets_the_sliding_scale(ground: str, kind: str) -> None:
    result = asked(convicted("2001-01-01", 60), residence=Residence(ground=ground, decision=kind, since=SINCE))
    here = ground == "regular" and kind != "first-admission"
    assert isinstance(result.value, Working if here else NoRule)
    assert result.outcome is (Outcome.YES if here else Outcome.CANNOT_SAY)
    assert here or result.because.says.en.startswith("no rule here for the test ")
    assert here or [fact["name"] for fact in result.document["facts"]] == ["residence.decision", "residence.ground"]


def test_the_test_that_would_be_asked_is_named_as_one_that_was_not_read() -> None:
    named = {}
    for ground in GROUNDS:
        result = asked(residence=Residence(ground=ground, decision="first-admission"))
        assert isinstance(result.value, NoRule) and any(name.startswith("test-") for name in result.unverified)
        named[ground] = result.value.article
    assert named == {"regular": "Vb 3.77", "asylum": "not looked up", "eu-citizen": "Vb 8.22", "long-term-resident": "not looked up"}


def test_a_blind_register_says_neither_yes_nor_no_and_shows_what_it_knows() -> None:
    for decisions in (EXAMPLE, ()):
        result = asked(*decisions, blind=("court",))
        assert result.outcome is Outcome.CANNOT_SAY and "not complete up to 2025-10-01 are court" in result.because.says.en
        assert result.value == asked(*decisions).value
    lost = sliding_scale(PERMIT, Known(decisions=EXAMPLE, blind=()), on=TODAY, horizon=Horizon(position=9, support_lost=True))
    assert lost.outcome is Outcome.CANNOT_SAY


def test_without_a_list_of_decisions_nothing_is_said_and_an_empty_list_is_none() -> None:
    assert sliding_scale(PERMIT, Known(blind=()), on=TODAY).missing == ("known.decisions",)
    assert asked().outcome is Outcome.NO
    assert asked(residence=replace(PERMIT, since=None)).missing == ("residence.since",)


def test_before_the_text_there_is_no_rule_and_the_day_on_which_it_begins_is_named() -> None:
    before = asked(*EXAMPLE, on=date(2012, 6, 30))
    assert (before.outcome, before.changes_on) == (Outcome.CANNOT_SAY, date(2012, 7, 1))
    assert "there is no text of this rule here" in before.because.says.en
    assert before.value is None


def test_what_becomes_final_tomorrow_changes_the_answer_then() -> None:
    result = asked(convicted("2005-01-01", 20, final_on=TODAY + timedelta(days=1)))
    assert result.changes_on == TODAY + timedelta(days=1)


@given(decisions=st.lists(DECISIONS, max_size=5), more=DECISIONS, since=st.dates(date(1990, 1, 1), date(2024, 1, 1)))
def test_one_more_decision_never_lets_a_norm_be_reached_less(decisions: list[Decision], more: Decision, since: date) -> None:
    order = (Outcome.NO, Outcome.CANNOT_SAY, Outcome.YES)
    residence = replace(PERMIT, since=since)
    fewer, all_of_them = asked(*decisions, residence=residence), asked(*decisions, more, residence=residence)
    assert order.index(fewer.outcome) <= order.index(all_of_them.outcome)


@given(decisions=st.lists(DECISIONS, max_size=5), earlier=st.dates(date(1990, 1, 1), date(2024, 1, 1)), days=st.integers(0, 9000))
def test_longer_residence_never_lets_a_norm_be_reached_sooner(decisions: list[Decision], earlier: date, days: int) -> None:
    order = (Outcome.NO, Outcome.CANNOT_SAY, Outcome.YES)
    long, short = (asked(*decisions, residence=replace(PERMIT, since=day)) for day in (earlier, earlier + timedelta(days=days)))
    assert order.index(long.outcome) <= order.index(short.outcome)
