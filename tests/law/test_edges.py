"""The edges of the law's days and numbers: the last day of the calendar, the day itself, what is read strictly, and what is said then.

Where no source is named the facts are invented.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from hervat.case import Duration
from hervat.errors import BrokenInvariant, Usage
from hervat.law.book import RULES, rule_named
from hervat.law.certificates import free_days, is_working_day, risk, term
from hervat.law.certificates.facts import BLIND, LOOKBACK_ANSWER
from hervat.law.certificates.lookback import LOOKBACK
from hervat.law.certificates.periods import years_after, years_before
from hervat.law.certificates.proposal import PROPOSAL, weigh
from hervat.law.dated import Dated, Held, Reach, Span
from hervat.law.holidays import Holidays, easter, moved, weeks_after
from hervat.law.immigration.naturalisation import NATURALISATION
from hervat.law.retention import NONE, Ending, Known, Offence, Person, misdrijf, overtreding
from hervat.law.rule import Fact, Horizon, Input, Rule, told
from hervat.law.screening import Enrolment
from hervat.law.screening.emergencies import EMERGENCY
from hervat.law.subject.correction import correction
from hervat.law.value import LENGTH, Certainty, Outcome
from tests.law import test_disclosure as disclosure
from tests.law import test_limited_set as limited
from tests.law import test_lookback as looking
from tests.law import test_naturalisation as naturalisation
from tests.law import test_proposal as proposing
from tests.law import test_screening as screening
from tests.law import test_sliding_scale as scaling
from tests.law.retained import ALL_KNOWN, ALONE, LIFE, YEARS, dismissed, judged, offence, person
from tests.law.settings import with_value

DAY = timedelta(days=1)
LAST = date.max
YES, NO, CANNOT_SAY = Outcome.YES, Outcome.NO, Outcome.CANNOT_SAY


def easter_of_lilius_and_clavius(year: int) -> date:
    """By the golden number and the epact, as Knuth has it (The Art of Computer Programming, 1.3.2, exercise 14)."""
    golden, century = year % 19 + 1, year // 100 + 1
    solar, lunar = 3 * century // 4 - 12, (8 * century + 5) // 25 - 5
    sunday = 5 * year // 4 - solar - 10
    epact = (11 * golden + 20 + lunar - solar) % 30
    if epact == 24 or (epact == 25 and golden > 11):
        epact += 1
    moon = 44 - epact
    moon += 30 if moon < 21 else 0
    moon += 7 - (sunday + moon) % 7
    return date(year, 3, 1) + timedelta(days=moon - 1)


def test_easter_is_the_same_by_two_methods_in_every_year() -> None:
    assert [year for year in range(1583, 6000) if easter(year) != easter_of_lilius_and_clavius(year)] == []


@pytest.mark.parametrize(
    ("asked_on", "last_day", "source"),
    [
        (date(2025, 9, 1), date(2025, 9, 29), "the notes on Wjsg 18-26: four weeks"),
        (date(2025, 9, 27), date(2025, 10, 27), "Algemene termijnenwet 1: from a Saturday"),
        (date(2025, 11, 27), date(2025, 12, 29), "invented: Christmas, then a weekend"),
    ],
)
def test_until_when_a_request_to_correct_must_be_answered(asked_on: date, last_day: date, source: str) -> None:
    first, last, over = (correction(asked_on, on=on) for on in (asked_on, last_day, last_day + DAY))
    assert source and [one.outcome for one in (first, last, over)] == [YES, YES, NO]
    assert [one.value and one.value.last_day for one in (first, last, over)] == [last_day] * 3
    assert [one.changes_on for one in (first, last, over)] == [last_day + DAY, last_day + DAY, None]
    assert "is due by" in last.because.says.en and "was due by" in over.because.says.en
    assert "moet er zijn" in last.because.says.nl and "moest er zijn" in over.because.says.nl


def test_a_term_on_the_last_days_of_the_calendar_ends_there() -> None:
    none = Holidays((), ())
    assert weeks_after(LAST - 14 * DAY, 4, none).counted_to == LAST
    assert weeks_after(LAST - 13 * DAY, 4, none).counted_to == LAST - 6 * DAY
    for still in ((), (Span(date(9999, 12, 20)),), (Span(date(9999, 12, 20), LAST),)):
        found = term(proposing.applied(on=date(9999, 12, 17), refusal_intended=False, stood_still=still), on=LAST)
        assert found.value is not None and found.value.last_day == LAST
        assert (found.outcome, found.changes_on) == (YES, None)
    asked = correction(LAST - 14 * DAY, on=LAST)
    assert (asked.outcome, asked.changes_on) == (YES, None)


def test_a_term_that_goes_on_again_ends_on_a_day_that_is_known() -> None:
    applied = date(2025, 9, 25)
    for until, changes_on in ((applied + 10 * DAY, applied + 34 * DAY), (applied + 11 * DAY, applied + 11 * DAY)):
        still = (Span(applied + 5 * DAY, until),)
        found = term(proposing.applied(on=applied, refusal_intended=False, stood_still=still), on=applied + 10 * DAY)
        assert found.changes_on == changes_on


@pytest.mark.parametrize(
    ("day", "en", "nl"),
    [
        (date(2025, 10, 23), "the term ends on", "de termijn eindigt op"),
        (date(2025, 10, 24), "the term ended on", "de termijn is geëindigd op"),
    ],
)
def test_a_term_says_that_it_ends_and_when_it_is_over_that_it_ended(day: date, en: str, nl: str) -> None:
    says = term(proposing.applied(refusal_intended=False), on=day).because.says
    assert (says.en, says.nl) == (f"{en} 2025-10-23", f"{nl} 2025-10-23")


def test_years_are_counted_up_to_the_ends_of_the_calendar() -> None:
    assert years_before(date(31, 5, 5), 30) == date(1, 5, 5)
    assert years_after(date(9976, 5, 5), 23) == date(9999, 5, 5)


def test_an_application_of_later_is_asked_again_on_its_day() -> None:
    assert looking.looked(looking.applied("aspect 11", on=date(2025, 10, 2)), date(2025, 10, 1)).changes_on == date(2025, 10, 2)


def test_a_month_of_birth_that_leaves_the_age_open_is_not_sure() -> None:
    assert looking.looked(looking.applied("aspect 84", birth="2002-10")).outcome is CANNOT_SAY
    assert looking.looked(looking.applied("aspect 84", birth="2002-11")).outcome is YES


def test_a_window_that_will_be_blind_is_asked_about_when_it_is() -> None:
    tomorrow, today = (proposing.worked(blind=(Span(proposing.TODAY + days * DAY),)).whole for days in (1, 0))
    assert (tomorrow.outcome, tomorrow.changes_on) == (YES, proposing.TODAY + DAY)
    assert (today.outcome, today.changes_on) == (CANNOT_SAY, None)


def test_what_is_older_weighs_in_until_the_last_day_of_the_calendar() -> None:
    entries, late = (proposing.RAPE, proposing.entry("long ago", date(9990, 1, 1))), proposing.applied(on=date(9999, 12, 1))
    found = proposing.worked(*entries, application=late, on=LAST).whole
    assert found.value is not None and (found.value.older, found.changes_on) == (("long ago",), None)


def test_where_no_purpose_is_named_none_is_said() -> None:
    found = risk(looking.applied(), on=looking.APPLIED)
    assert (found.because.says.en[-3:], found.because.says.nl[-3:]) == (": -", ": -")


JUNK = [None, True, 3, -1, 1.5, "x", "", [], {}, ["x"], [1], [{}], [[]], {"x": 1}, [{"x": 1}], ["2025-01-01"], "2025-13-01"]
INPUTS = {input.name: input for rule in RULES.values() for input in rule.inputs}


@pytest.mark.parametrize("input", INPUTS.values(), ids=INPUTS)
def test_a_fact_is_read_as_it_stands_or_refused(input: Input[Any]) -> None:
    for junk in JUNK:
        try:
            found = input.sort.read(junk)
        except ValueError as refused:
            assert str(refused)
        else:
            assert input.sort.write(found) == junk


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_a_value_of_a_rule_is_read_or_refused(rule: Rule[Any]) -> None:
    for parameter in rule.parameters:
        for junk in JUNK:
            try:
                parameter.sort.read(junk)
            except ValueError as refused:
                assert str(refused)
        for held in rule.text.parameters[parameter.name].values.values:
            assert parameter.sort.read(held.value.json) == held.value.read


def test_a_lawful_option_is_for_a_sector_that_is_known() -> None:
    sort = next(one.sort for one in RULES["screening.concerns"].parameters if one.name == "may-follow-deliver")
    option = {"what": {"en": "it goes", "nl": "het gaat"}, "article": "Wjsg 1", "certainty": "memory", "source": "invented"}
    assert [one.sector for one in sort.read([option, option | {"sector": "taxi"}])] == [None, "taxi"]
    for wrong in ({"sector": "cinema"}, {"sector": "taxi", "more": 1}, {"what": {"en": "it goes"}}, {"what": "it goes"}):
        with pytest.raises(ValueError, match="option"):
            sort.read([option | wrong])


def test_who_leaves_on_the_day_of_the_decision_has_left_and_nothing_changes() -> None:
    left = screening.asked(date(2025, 3, 3), screening.TODAY, date(2025, 9, 1), date(2025, 9, 1))
    assert (left.outcome, left.changes_on) == (NO, None)


@pytest.mark.parametrize("until", [None, screening.NONE])
def test_a_sector_or_an_end_that_is_not_told_counts_as_what_comes_first(until: Any) -> None:
    known = screening.weighed(screening.charge("Sr 242")).value
    found = screening.weighed(screening.charge("Sr 242"), Enrolment(sector=None, from_=date(2025, 3, 3), until=until)).value
    assert known is not None and found is not None and found.rank == known.rank == (0, 0, 0)


def test_a_report_of_the_first_day_of_a_procedure_is_in_time_and_a_setting_says_whether_its_use_ends_with_it() -> None:
    facts = {**screening.REPORT.facts(), **screening.PROCEDURE.facts(), **screening.USE.facts()}
    first, after = facts["procedure.from"].value, facts["procedure.until"].value + DAY
    facts["report.reported_on"] = Fact(first)
    assert EMERGENCY.apply(facts, on=first).outcome is YES
    facts["report.reported_on"] = Fact(first - DAY)
    assert EMERGENCY.apply(facts, on=first).outcome is NO
    facts["report.reported_on"] = Fact(first)
    assert EMERGENCY.apply(facts, on=after).outcome is NO
    assert with_value(EMERGENCY, "use-ends-with-procedure", False).apply(facts, on=after).outcome is YES


START = date(2005, 3, 15)


def kept(ending: Ending, who: Person = ALONE, what: Offence | None = None, on: date = date(2020, 1, 1)) -> Any:
    return misdrijf(what or offence(), ending, who, ALL_KNOWN, on=on)


@pytest.mark.parametrize(
    ("ending", "what", "who", "en"),
    [
        (Ending(by="open", lapsed_on=NONE), None, ALONE, "the term runs, and ends on no day that is known"),
        (judged(START), None, ALONE, "the term runs still, until 2025-03-15"),
        (judged(START), offence("Sr 45 jo 242"), ALONE, "the term runs still, at least until 2025-03-15"),
        (judged(START), None, person((date(2010, 1, 1), YEARS[4])), "the term runs still, until 2030-01-01"),
    ],
)
def test_a_term_that_runs_says_until_when(ending: Ending, what: Offence | None, who: Person, en: str) -> None:
    """Wjsg 4(1): 20 years with a maximum of less than six; 4(2): from the later judgment; what cannot be read may be kept for 80."""
    found = kept(ending, who, what)
    assert (found.outcome, found.because.says.en) == (NO, en)


def test_a_term_without_an_end_is_due_on_no_day() -> None:
    value = kept(Ending(by="open", lapsed_on=NONE)).value
    assert (value.not_before, value.due_on, value.ends) == (None, None, None)


def test_a_later_judgment_says_to_which_day_it_lengthens_or_to_which_two() -> None:
    for maximum, days in ((YEARS[4], "2030-01-01"), (YEARS[6], "2040-01-01"), (None, "2030-01-01 or 2040-01-01")):
        steps = kept(judged(START), person((date(2010, 1, 1), maximum))).because.steps
        assert f"a later judgment lengthens the term to {days}" in [step.says.en for step in steps]


def test_a_prescription_ends_a_term_until_that_is_over_by_itself() -> None:
    """Until the term of 20 years is over by itself; from then on the prescription is not asked for."""
    lapsed = kept(dismissed(START, date(2013, 1, 1)))
    assert (lapsed.outcome, lapsed.changes_on) == (YES, date(2025, 3, 15))


def test_how_death_ends_a_term_that_was_lengthened_is_asked_only_there() -> None:
    name = "reading-death-after-lengthening"
    long = judged(START, YEARS[21])
    plain, lengthened = (kept(one, person(died_on=date(2010, 5, 5)), offence(maximum=YEARS[30])) for one in (judged(START), long))
    assert [name in {one["name"] for one in found.document["parameters"]} for found in (plain, lengthened)] == [False, True]


def test_the_fine_of_an_overtreding_is_asked_for_between_its_two_terms() -> None:
    """Wjsg 6: five years, and ten with a heavy fine of a legal person."""
    minor = Offence(class_="overtreding", from_=date(2004, 1, 1), to=date(2004, 1, 1))
    known = Known(complete_until=date(2200, 1, 1))
    days = (date(2020, 1, 1), date(2024, 12, 31), date(2025, 1, 1))
    ending = Ending(by="judgment", judged_on=date(2020, 1, 1), custody=NONE, sentences=("fine",), fine_category=1)
    found = [overtreding(minor, ending, Person(died_on=NONE, judged_later=(), legal=True), known, on=on) for on in days]
    assert [one.outcome for one in found] == [NO, NO, YES]
    assert [one.changes_on for one in found] == [date(2025, 1, 1), date(2025, 1, 1), date(2030, 1, 1)]


@pytest.mark.parametrize("article", ["Bjsg 23", "Bjsg 24", "Bjsg 25", "Bjsg 26", "Bjsg 27"])
def test_vetting_of_staff_needs_a_consent(article: str) -> None:
    """The notes on Bjsg, text valid on 2010-05-01."""
    asked = [disclosure.request(article, "public-employer", "staff-vetting", consent=consent) for consent in (True, False)]
    assert [disclosure.asked(one).outcome for one in asked] == [YES, NO]
    assert disclosure.asked(disclosure.request(article, "public-employer", "staff-vetting")).missing == ("request.consent",)


MONTH = Duration(months=1)
LONG_AGO, LATELY = date(2019, 1, 1), date(2021, 1, 1)


@pytest.mark.parametrize(
    ("facts", "outcome", "source"),
    [
        ([naturalisation.fine(404, key=key) for key in "abcd"], YES, "several that are each below EUR 405 count not, whatever their sum"),
        ([naturalisation.fine(404, cents=99, key=key) for key in "abcd"], YES, "a cent less than EUR 405 each"),
        ([naturalisation.fine(700, key=key, offences=(naturalisation.OF_MINOR,)) for key in "ab"], YES, "of overtredingen"),
        ([naturalisation.custody(final_on=LONG_AGO, ended_on=LATELY)], NO, "invented: served until lately"),
        ([naturalisation.custody(final_on=LONG_AGO, ended_on=LATELY, conditional=Duration(days=10))], NO, "invented: a part of it was"),
        ([naturalisation.custody(final_on=LONG_AGO, ended_on=LATELY, conditional=MONTH)], YES, "invented: none of it was to be served"),
    ],
)
def test_what_stands_in_the_way_of_naturalisation(facts: list[Any], outcome: Outcome, source: str) -> None:
    assert source and naturalisation.asked(*facts).outcome is outcome


def test_before_the_first_day_of_a_text_and_when_the_next_begins() -> None:
    assert NATURALISATION.apply({}, on=date(2017, 12, 31)).changes_on == date(2018, 1, 1)
    assert NATURALISATION.apply({}, on=date(2018, 1, 1)).changes_on is None


def test_the_whole_of_an_answer_holds_as_its_outcome_says() -> None:
    found = [proposing.worked().whole, proposing.worked(proposing.RAPE).whole, proposing.worked(blind=None).whole]
    assert [(one.outcome, one.because.holds) for one in found] == [(YES, True), (NO, False), (CANNOT_SAY, None)]


def test_a_life_sentence_and_custody_of_more_than_forty_years_are_kept_for_eighty() -> None:
    """Wjsg 4(1)(c), text valid on 2020-01-01."""
    for custody, years in ((LIFE, 80), (YEARS[41], 80), (YEARS[40], 50), (YEARS[21], 50), (YEARS[20], 30)):
        found = kept(judged(START, custody), what=offence(maximum=YEARS[30]))
        assert found.value.due_on == date(START.year + years, START.month, START.day)


def test_who_was_given_something_that_counts_beside_something_light_is_in_the_limited_set() -> None:
    """Wjsg 10(3)."""
    both = limited.grown(**limited.OVERTREDING, sentences=("fine", "detention"))
    light = limited.grown(**limited.OVERTREDING, sentences=("fine", "disqualification"))
    assert [limited.asked(one, date(2022, 1, 1)).outcome for one in (both, light)] == [YES, NO]


def test_a_rule_that_is_not_here_is_named() -> None:
    with pytest.raises(Usage, match=r"no rule 'screening.cinema'; the rules are screening.concerns"):
        rule_named("screening.cinema")


def test_a_day_of_work_is_none_of_the_days_on_which_no_term_ends() -> None:
    free = (date(2025, 12, 25), date(2025, 12, 27), date(2025, 12, 28), date(2025, 4, 21))
    assert [is_working_day(day, on=proposing.TODAY) for day in (*free, date(2025, 12, 24))] == [False] * 4 + [True]
    assert free_days(date(2020, 1, 1)).certainty is Certainty.MEMORY
    with pytest.raises(BrokenInvariant, match=r"before the first text of certificate.term"):
        free_days(date(2019, 12, 31))


def test_what_is_older_weighs_in_for_its_years() -> None:
    """Twenty years from the decision, from memory: it is asked again on the day on which they are over."""
    found = proposing.worked(proposing.RAPE, proposing.entry("long ago", date(2010, 5, 5))).whole
    assert found.value is not None and (found.value.older, found.changes_on) == (("long ago",), date(2030, 5, 5))


@pytest.mark.parametrize(("birth", "on"), [("2002", date(2025, 12, 30)), ("2002-12", date(2025, 12, 30)), ("2002-02", date(2025, 2, 27))])
def test_who_may_be_born_on_the_last_day_of_a_year_or_month_may_be_young(birth: str, on: date) -> None:
    assert looking.looked(looking.applied("aspect 84", birth=birth, on=on)).outcome is CANNOT_SAY
    assert looking.looked(looking.applied("aspect 84", birth=birth, on=on + DAY)).outcome is YES


def test_what_is_counted_back_from_the_decision_is_so_on_the_last_day_as_well() -> None:
    facts = looking.applied("aspect 11", on=LAST).facts()
    found = with_value(LOOKBACK, "counted-back-from", "decision").apply(facts, on=LAST)
    assert found.value is not None and (found.value.ordinary.first, found.changes_on) == (date(9995, 12, 31), None)


def test_before_organised_crime_was_taken_out_the_shorter_term_was_for_every_purpose() -> None:
    """Until 1 September 2023 (nieuws.nl, 4 September 2023), where a setting lets it shorten a term of its own."""
    before, after = date(2023, 8, 31), date(2023, 9, 1)
    shortening = with_value(LOOKBACK, "young-shortens-own-years", True)
    application = looking.applied("profile 85", birth=looking.YOUNG, on=before).facts()
    found = [shortening.apply(application, on=on).value for on in (before, after)]
    assert [one and one.organised.first for one in found] == [date(2021, 8, 31), date(2015, 8, 31)]


GROUND = {
    "article": "Bjsg 1", "what": {"en": "a use", "nl": "een gebruik"}, "scope": "full", "receivers": ["IND"], "purposes": ["aliens-law"],
    "consent": False, "certainty": "memory", "source": "invented",
}


def test_a_receiver_stands_once_under_an_article() -> None:
    sort = next(one.sort for one in RULES["disclosure.grounds"].parameters if one.name == "grounds-full")
    assert len(sort.read([GROUND, GROUND | {"receivers": ["DUO"]}, GROUND | {"article": "Bjsg 2"}])) == 3
    for wrong in ([], {}, [GROUND, GROUND], [GROUND | {"more": 1}], [GROUND | {"scope": "half"}]):
        with pytest.raises(ValueError, match=r"\w"):
            sort.read(wrong)


def test_who_stands_in_the_way_says_until_when() -> None:
    known, open_case = naturalisation.asked(naturalisation.fine(810)), naturalisation.asked(naturalisation.charge("suspected"))
    assert known.because.steps[0].says.en.endswith(", until 2029-01-01")
    assert "until" not in open_case.because.steps[0].says.en


def test_one_heavy_offence_among_others_makes_a_decision_heavy() -> None:
    """Invented: 9 years of residence and so many months; the second scale is for a maximum of more than six years."""
    since = date(1997, 1, 1)
    light = scaling.convicted("2007-05-01", 10, key="a")
    heavy = replace(light, offences=(*light.offences, replace(light.offences[0], maximum=Duration(years=8))))
    residence = replace(scaling.PERMIT, since=since)
    scales = [scaling.working(scaling.asked(one, residence=residence)) for one in (light, heavy)]
    assert scales[0] != scales[1]


def test_the_fine_of_a_person_rests_on_that_alone() -> None:
    minor = Offence(class_="overtreding", from_=date(2004, 1, 1), to=date(2004, 1, 1))
    ending = Ending(by="judgment", judged_on=date(2019, 1, 1), custody=NONE, sentences=("fine",), fine_category=3)
    steps = {}
    for legal in (False, True):
        found = overtreding(minor, ending, Person(died_on=NONE, judged_later=(), legal=legal), ALL_KNOWN, on=date(2024, 6, 1))
        (steps[legal],) = [step for step in found.because.steps if step.rests_on[0] == "person.legal"]
        assert found.outcome is (NO if legal else YES)
    assert (steps[False].holds, steps[False].rests_on, steps[False].article) == (False, ("person.legal",), "Wjsg art. 6(b)")
    assert (steps[True].holds, len(steps[True].rests_on)) == (True, 3)


def test_a_death_after_which_the_term_ends_on_its_own_day_makes_no_difference() -> None:
    """Wjsg 4: twelve years after death, and the twenty of its own, on one day."""
    found = kept(judged(START), person(died_on=date(2013, 3, 15)))
    (step,) = [one for one in found.because.steps if one.rests_on[0] == "person.died_on"]
    assert (found.value.due_on, found.value.ends, step.holds) == (date(2025, 3, 15), "term", False)


def test_a_term_that_is_over_by_itself_asks_for_no_prescription() -> None:
    ending = Ending(by="dismissal", dismissed_on=START, position=2)
    before, then = (kept(ending, on=on) for on in (date(2025, 3, 14), date(2025, 3, 15)))
    assert (before.missing, before.changes_on) == (("ending.lapsed_on",), date(2025, 3, 15))
    assert (then.missing, then.outcome) == ((), YES)


def test_a_procedure_holds_on_its_last_day_and_not_after_for_what_was_reported_in_it() -> None:
    facts = {**screening.REPORT.facts(), **screening.PROCEDURE.facts(), **screening.USE.facts()}
    last = facts["procedure.until"].value
    found = [EMERGENCY.apply({**facts, "report.reported_on": Fact(day)}, on=last) for day in (last, last + DAY)]
    assert [(one.outcome, one.because.steps[0].holds) for one in found] == [(YES, True), (NO, False)]


def test_who_comes_on_the_day_of_the_decision_is_there_and_nothing_changes() -> None:
    came = screening.asked(screening.TODAY, None, screening.TODAY, screening.TODAY)
    assert (came.outcome, came.changes_on) == (YES, None)


def test_who_leaves_on_the_day_itself_comes_after_who_is_there() -> None:
    leaves = Enrolment(sector="childcare", from_=date(2024, 1, 1), until=screening.TODAY)
    found = screening.weighed(screening.charge("Sr 242"), leaves)
    assert found.value is not None and found.value.rank > (0, 0, 0) and found.changes_on is None


def test_all_units_of_a_length_are_read_and_no_other() -> None:
    every = {"days": 1, "weeks": 2, "months": 3, "years": 4, "hours": 5, "life": True}
    assert LENGTH.write(LENGTH.read(every)) == every
    with pytest.raises(ValueError, match="a duration is wanted"):
        LENGTH.read({**every, "decades": 1})


def test_a_receipt_tells_the_reach_of_each_value() -> None:
    found = term(proposing.applied(refusal_intended=False), on=proposing.TODAY).document["parameters"]
    assert {one["name"]: one["decided"] for one in found}["weeks"] == {"from": "2020-01-01", "until": None}
    assert {one["name"]: one["facts"] for one in found}["weeks"] == {"from": None, "until": None}


def test_a_text_that_ends_says_when_another_begins_and_after_the_last_there_is_none() -> None:
    rule = replace(RULES["certificate.risk"], versions=dict.fromkeys((1, 2), RULES["certificate.risk"].versions[1]), recurs=False)
    first, second, end = date(2020, 1, 1), date(2026, 1, 1), date(2027, 1, 1)
    held = [Held(number, Reach(Span(*days))) for number, days in ((1, (first, second)), (2, (second, end)))]
    rule.__dict__["text"] = replace(RULES["certificate.risk"].text, versions=Dated(Reach(Span(first, end)), held))
    facts = looking.applied("profile 60", on=date(2025, 1, 1)).facts()
    found = [rule.apply(facts, on=on) for on in (first - DAY, date(2025, 12, 31), second, end - DAY, end)]
    assert [one.document["rule"]["version"] for one in found] == [None, 1, 2, 2, None]
    assert [one.changes_on for one in found] == [first, second, end, end, None]
    open_ended = replace(rule)
    held = [Held(1, Reach(Span(None, second)))]
    open_ended.__dict__["text"] = replace(rule.text, versions=Dated(Reach(Span(None, second)), held))
    assert [open_ended.apply(facts, on=on).changes_on for on in (second - DAY, second)] == [second, None]


def test_a_horizon_that_lost_nothing_takes_nothing_from_an_answer() -> None:
    plain, horizon = proposing.worked().whole, Horizon(position=9)
    seen = proposing.assess(proposing.applied(), (), (), on=proposing.TODAY, horizon=horizon).whole
    assert plain.outcome is seen.outcome is YES
    assert plain == seen and plain.receipt() != seen.receipt()


def test_a_rule_whose_file_names_other_versions_is_not_applied() -> None:
    rule = replace(RULES["certificate.risk"], versions=dict.fromkeys((1, 2), RULES["certificate.risk"].versions[1]))
    with pytest.raises(BrokenInvariant, match="names other versions than its rule has"):
        rule.apply({}, on=proposing.TODAY)


def test_windows_that_are_not_the_four_are_no_answer() -> None:
    one = {"about": "A-1", "outcome": "yes", "missing": [], "unverified": [], "changes_on": None, "receipt": "0" * 64}
    window = {"first": "2025-01-01", "until": None}
    four = dict.fromkeys(("ordinary", "serious_violence", "organised", "sexual"), window)
    assert LOOKBACK_ANSWER.sort.read({**one, "value": four}).value.ordinary == Span(date(2025, 1, 1))
    for wrong in ({}, {"ordinary": window}, {**four, "other": window}, {**four, "sexual": {"first": None}}):
        with pytest.raises(ValueError, match=r"windows are|a period has"):
            LOOKBACK_ANSWER.sort.read({**one, "value": wrong})


def test_the_last_day_of_the_calendar_is_moved_nowhere() -> None:
    assert moved(LAST, Holidays(((12, 31),), ())) == LAST


def test_what_life_and_its_eighty_years_rest_on_is_told() -> None:
    found = kept(judged(START, LIFE), person(died_on=date(2010, 5, 5)), offence(maximum=YEARS[30]))
    names = {one["name"] for one in found.document["parameters"]}
    assert {name for step in found.because.steps for name in step.rests_on if name.startswith("reading")} <= names
    assert "reading-death-after-lengthening" in names


def test_a_setting_says_whether_a_blind_window_hinders() -> None:
    facts = weigh(proposing.applied(), (), on=proposing.TODAY).facts | told(BLIND, (proposing.BLIND,))
    assert PROPOSAL.apply(facts, on=proposing.TODAY).outcome is CANNOT_SAY
    assert with_value(PROPOSAL, "blind-window-hinders", False).apply(facts, on=proposing.TODAY).outcome is YES
