"""The rules of screening, held against what they say in words: four cases, the order of severity, the use of emergency reports."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hervat.case import Duration
from hervat.law.rule import Result
from hervat.law.screening import NONE, Change, Enrolment, Offence, Procedure, Report, Use, concerns, emergency, severity
from hervat.law.screening.population import Case, Concern, Follow
from hervat.law.screening.ranking import Severity, Weight
from hervat.law.value import Outcome
from tests.law.facts import DAYS

TODAY = date(2025, 10, 1)
SINCE_2018 = st.one_of(DAYS, st.dates(date(2025, 1, 1), date(2026, 1, 1))).filter(lambda day: day >= date(2018, 3, 1))


def present(enrolled: tuple[date, date | None], day: date) -> bool:
    first, until = enrolled
    return first <= day and (until is None or day < until)


@given(
    sector=st.sampled_from(["childcare", "taxi"]),
    first=SINCE_2018,
    until=st.one_of(st.none(), SINCE_2018),
    changed_on=SINCE_2018,
    known_on=SINCE_2018,
    on=SINCE_2018,
)
def test_the_four_cases_are_complete_and_exclude_each_other(
    sector: str, first: date, until: date | None, changed_on: date, known_on: date, on: date
) -> None:
    assume(changed_on <= on)
    result = concerns(Enrolment(sector=sector, from_=first, until=until or NONE), Change(on=changed_on, known_on=known_on), on=on)
    value = result.value
    assert value is not None and result.missing == ()
    then, now = present((first, until), changed_on), present((first, until), on)
    is_case = {Case.IN_IN: then and now, Case.IN_OUT: then and not now, Case.OUT_IN: not then and now, Case.OUT_OUT: not (then or now)}
    assert [case for case, holds in is_case.items() if holds] == [value.case]
    tells = (then and now) or (now and known_on >= first)
    assert (result.outcome is Outcome.YES) == tells == (value.follow is Follow.DELIVER)
    assert (value.follow is Follow.AUTHORITY) == (then and not now)
    assert value.covered == (known_on < first if value.case is Case.OUT_IN else None)
    assert value.options and all(one.sector in (None, sector) for one in value.options)


def asked(first: date, until: date | None, changed_on: date, known_on: date, on: date = TODAY) -> Result[Concern]:
    return concerns(Enrolment(sector="childcare", from_=first, until=until or NONE), Change(on=changed_on, known_on=known_on), on=on)


def test_what_was_known_before_the_enrolment_began_was_covered_and_what_became_known_later_was_not() -> None:
    began, before = date(2025, 3, 3), date(2024, 12, 24)
    known_before, known_after = (asked(began, None, before, known_on) for known_on in (date(2025, 3, 2), date(2025, 9, 30)))
    assert known_before.value is not None and known_after.value is not None
    assert (known_before.outcome, known_before.value.covered, known_before.value.follow) == (Outcome.NO, True, Follow.NOBODY)
    assert (known_after.outcome, known_after.value.covered, known_after.value.follow) == (Outcome.YES, False, Follow.DELIVER)


def test_what_became_known_on_the_first_day_of_the_enrolment_was_not_covered() -> None:
    value = asked(date(2025, 3, 3), None, date(2024, 12, 24), date(2025, 3, 3)).value
    assert value is not None and (value.covered, value.follow) == (False, Follow.DELIVER)


def test_an_answer_changes_when_somebody_leaves_or_comes() -> None:
    leaves = date(2026, 8, 30)
    assert asked(date(2025, 3, 3), leaves, date(2025, 8, 1), TODAY).changes_on == leaves
    assert asked(date(2026, 1, 5), leaves, date(2025, 8, 1), TODAY).changes_on == date(2026, 1, 5)
    assert asked(date(2025, 3, 3), None, date(2025, 8, 1), TODAY).changes_on is None


@pytest.mark.parametrize(("sector", "began"), [("taxi", date(2011, 7, 1)), ("childcare", date(2013, 3, 1))])
def test_there_is_no_signal_on_a_day_before_screening_began(sector: str, began: date) -> None:
    enrolment, change = Enrolment(sector=sector, from_=date(2009, 1, 1), until=NONE), Change(on=date(2010, 1, 1), known_on=date(2010, 1, 1))
    before, after = (concerns(enrolment, change, on=day) for day in (began - timedelta(days=1), began))
    assert before.outcome is not Outcome.YES and before.changes_on == began
    assert after.outcome is Outcome.YES


def test_a_change_of_after_the_decision_cannot_be_judged_yet() -> None:
    result = asked(date(2025, 3, 3), None, TODAY + timedelta(days=1), TODAY)
    assert (result.outcome, result.changes_on) == (Outcome.CANNOT_SAY, TODAY + timedelta(days=1))


NOW = Enrolment(sector="childcare", from_=date(2025, 3, 3), until=NONE)
OLD, NEW = date(2024, 6, 30), date(2024, 7, 1)
EIGHT_YEARS = Duration(years=8)


def charge(
    article: str,
    *,
    class_: str = "misdrijf",
    maximum: Duration | None = EIGHT_YEARS,
    ecris: str | None = None,
    first: date = OLD,
    last: date | None = None,
    forced: bool | None = None,
) -> Offence:
    return Offence(
        article=article,
        class_=class_,
        maximum=maximum,
        ecris=ecris or NONE,
        category=NONE,
        from_=first,
        to=last or first,
        forced_prostitution=forced,
    )


def weighed(offence: Offence, enrolment: Enrolment = NOW) -> Result[Severity]:
    return severity(offence, enrolment, on=TODAY)


@pytest.mark.parametrize(
    ("offence", "weight"),
    [
        (charge("Sr 242"), Weight.SEXUAL),
        (charge("Sr 240b lid 2"), Weight.SEXUAL),
        (charge("Sr 250"), Weight.SEXUAL),
        (charge("Sr 240"), Weight.ASSESS),
        (charge("Sr 240", first=NEW), Weight.SEXUAL),
        (charge("Sr 251"), Weight.ASSESS),
        (charge("Sr 251", first=NEW), Weight.SEXUAL),
        (charge("Sr 254", first=NEW), Weight.SEXUAL),
        (charge("Sr 254c", first=NEW), Weight.ASSESS),
        (charge("Sr 242", first=OLD, last=NEW), Weight.SEXUAL),
        (charge("Sr 251", first=OLD, last=NEW), Weight.ASSESS),
        (charge("Sr 310", ecris="1001 00"), Weight.SEXUAL),
        (charge("Sr 302"), Weight.SERIOUS_VIOLENCE),
        (charge("Sr 302", maximum=Duration(life=True)), Weight.SERIOUS_VIOLENCE),
        (charge("Sr 302", maximum=Duration(years=6)), Weight.OTHER),
        (charge("Sr 302", maximum=Duration(years=6, days=1)), Weight.SERIOUS_VIOLENCE),
        (charge("Sr 302", maximum=Duration(years=5, months=13)), Weight.SERIOUS_VIOLENCE),
        (charge("Sr 302", maximum=Duration(years=7, months=0)), Weight.SERIOUS_VIOLENCE),
        (charge("Sr 302", maximum=None), Weight.ASSESS),
        (charge("Sr 310", maximum=None), Weight.OTHER),
        (charge("Sr 310", class_="overtreding"), Weight.OVERTREDING),
        (charge("Sr 9999"), Weight.ASSESS),
        (charge("Sr 45 jo 287"), Weight.ASSESS),
        (charge("Sr 273f"), Weight.ASSESS),
        (charge("Sr 273f", forced=True), Weight.SEXUAL),
        (charge("Sr 273f", forced=False), Weight.SERIOUS_VIOLENCE),
        (charge("Sr 273f", ecris="0402 00"), Weight.SEXUAL),
        (charge("Sr 273f", ecris="0401 00"), Weight.SERIOUS_VIOLENCE),
        (Offence(category="sexual"), Weight.SEXUAL),
        (Offence(category="serious-violence"), Weight.SERIOUS_VIOLENCE),
        (Offence(category=NONE, article=NONE, ecris="1001 00", from_=OLD, to=OLD), Weight.SEXUAL),
        (Offence(category=NONE, article=NONE, ecris="1502 00", from_=OLD, to=OLD), Weight.OTHER),
        (Offence(category=NONE, article=NONE, ecris="0801 00", from_=OLD, to=OLD), Weight.ASSESS),
        (Offence(category=NONE, article=NONE, ecris=NONE, from_=OLD, to=OLD), Weight.ASSESS),
        (Offence(), Weight.ASSESS),
    ],
)
def test_what_an_offence_weighs(offence: Offence, weight: Weight) -> None:
    result = weighed(offence)
    assert result.value is not None and result.value.weight is weight
    heavy = weight in (Weight.SEXUAL, Weight.SERIOUS_VIOLENCE)
    assert result.outcome is (Outcome.YES if heavy else Outcome.CANNOT_SAY if weight is Weight.ASSESS else Outcome.NO)


def test_what_is_missing_is_named_and_comes_before_what_is_known_to_be_light() -> None:
    result = weighed(charge("Sr 302", maximum=None))
    assert result.missing == ("offence.maximum",)
    light = weighed(charge("Sr 310"))
    assert result.value is not None and light.value is not None and result.value.rank < light.value.rank


def test_the_quoted_numbers_of_old_are_told_apart_from_those_that_were_not_read() -> None:
    assert "sexual-articles" not in weighed(charge("Sr 242")).unverified
    assert "sexual-articles" in weighed(charge("Sr 242", first=NEW)).unverified


def test_the_order_is_weight_then_sector_then_who_is_there() -> None:
    taxi = Enrolment(sector="taxi", from_=date(2025, 3, 3), until=NONE)
    left = Enrolment(sector="childcare", from_=date(2024, 1, 1), until=date(2025, 9, 1))
    left_before = Enrolment(sector="childcare", from_=date(2024, 1, 1), until=date(2025, 2, 1))
    leaves = Enrolment(sector="childcare", from_=date(2024, 1, 1), until=date(2025, 12, 1))
    articles, enrolments = ("Sr 242", "Sr 302", "Sr 9999", "Sr 310"), (NOW, left, left_before, taxi)
    worst_first = [(charge(article), enrolment) for article in articles for enrolment in enrolments]
    ranks = [result.value.rank for offence, enrolment in worst_first if (result := weighed(offence, enrolment)).value is not None]
    assert len(ranks) == len(worst_first)
    assert all(earlier < later for earlier, later in pairwise(ranks))
    there = weighed(charge("Sr 242"), leaves)
    assert there.value is not None and there.value.rank == (0, 0, 0) and there.changes_on == date(2025, 12, 1)


def test_what_is_not_told_of_a_charge_is_not_taken_for_none() -> None:
    result = weighed(Offence(article="Sr 310", class_="misdrijf", category=NONE, from_=OLD, to=OLD))
    assert (result.outcome, result.missing) == (Outcome.CANNOT_SAY, ("offence.ecris",))
    assert result.value is not None and result.value.weight is Weight.ASSESS


PROCEDURE = Procedure(
    purpose="continuous-screening",
    sectors=("childcare", "taxi"),
    categories=("serious-violence", "sexual"),
    receivers=("Justis",),
    from_=date(2025, 8, 12),
    until=date(2025, 10, 3),
    position=3,
)
REPORT = Report(category="sexual", reported_on=date(2025, 8, 13), position=9)
USE = Use(purpose="continuous-screening", sector="childcare", receiver="Justis")


def test_a_report_may_be_used_for_its_purpose_until_the_last_day_of_its_procedure() -> None:
    last = date(2025, 10, 3)
    results = [emergency(REPORT, PROCEDURE, USE, on=last + timedelta(days=days)) for days in (-1, 0, 1)]
    assert [result.outcome for result in results] == [Outcome.YES, Outcome.YES, Outcome.NO]
    assert [result.changes_on for result in results] == [date(2025, 10, 4), date(2025, 10, 4), None]
    assert [one["position"] for one in results[0].document["facts"] if one["name"] == "procedure.purpose"] == [3]


def test_a_procedure_without_an_end_that_is_known_is_open() -> None:
    result = emergency(REPORT, replace(PROCEDURE, until=NONE), USE, on=date(2035, 1, 1))
    assert (result.outcome, result.changes_on) == (Outcome.YES, None) and result.because.steps[-1].holds is True


def test_before_the_procedure_began_whether_a_use_ends_with_it_is_not_asked() -> None:
    result = emergency(REPORT, PROCEDURE, USE, on=date(2025, 8, 11))
    assert result.outcome is Outcome.NO and result.changes_on == date(2025, 8, 12)
    assert result.because.steps[-1].rests_on == ("procedure.from", "procedure.until")
    assert result.document["parameters"] == [one for one in result.document["parameters"] if one["name"] == "purpose-binds"]


@given(
    purpose=st.sampled_from(["continuous-screening", "detention"]),
    sector=st.sampled_from(["childcare", "taxi"]),
    receiver=st.sampled_from(["Justis", "employer"]),
    category=st.sampled_from(["serious-violence", "sexual"]),
    reported_on=DAYS,
    on=DAYS,
    sectors=st.sets(st.sampled_from(["childcare", "taxi"]), min_size=1),
    categories=st.sets(st.sampled_from(["serious-violence", "sexual"]), min_size=1),
)
def test_a_report_may_be_used_where_everything_fits_and_nowhere_else(
    purpose: str, sector: str, receiver: str, category: str, reported_on: date, on: date, sectors: set[str], categories: set[str]
) -> None:
    procedure = Procedure(
        purpose="continuous-screening",
        sectors=tuple(sorted(sectors)),
        categories=tuple(sorted(categories)),
        receivers=("Justis",),
        from_=date(2025, 8, 12),
        until=date(2026, 10, 3),
    )
    report, use = Report(category=category, reported_on=reported_on), Use(purpose=purpose, sector=sector, receiver=receiver)
    result = emergency(report, procedure, use, on=on)
    in_time = all(date(2025, 8, 12) <= day <= date(2026, 10, 3) for day in (reported_on, on))
    fits = purpose == "continuous-screening" and sector in sectors and receiver == "Justis" and category in categories
    assert result.outcome is (Outcome.YES if in_time and fits else Outcome.NO)


@pytest.mark.parametrize(
    ("use", "failed"),
    [
        (Use(purpose="detention", sector="childcare", receiver="Justis"), "purpose"),
        (Use(purpose="continuous-screening", sector="childcare", receiver="the employer"), "receiver"),
    ],
)
def test_another_use_is_refused_with_the_reason(use: Use, failed: str) -> None:
    result = emergency(REPORT, PROCEDURE, use, on=TODAY)
    assert result.outcome is Outcome.NO and failed in result.because.says.en
    assert [step.holds for step in result.because.steps][-1] is False
