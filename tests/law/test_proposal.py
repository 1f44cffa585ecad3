"""What is proposed on an application, and until when it must be decided: by search, then worked cases, each with its source."""

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.case import Duration
from hervat.errors import Usage
from hervat.law.book import replay
from hervat.law.certificates import Application, Entry, Proposal, assess, is_working_day, purpose, term
from hervat.law.certificates.facts import OUTCOMES
from hervat.law.certificates.proposal import Assessment
from hervat.law.certificates.term import TERM
from hervat.law.dated import Span
from hervat.law.holidays import HOLIDAYS, easter
from hervat.law.rule import Horizon
from hervat.law.screening import NONE, Offence
from hervat.law.value import Outcome

TODAY, APPLIED = date(2025, 10, 1), date(2025, 9, 25)
FIRST = date(2021, 9, 25)
DAY = timedelta(days=1)


def applied(*purposes: str, **other: Any) -> Application:
    facts = {"function": NONE, "on": APPLIED, "birth": "1980-05-05", "custody": (), "stood_still": (), "position": 7, **other}
    return Application(application="A-1", purposes=tuple(map(purpose, purposes or ("aspect 84",))), **facts)


def entry(about: str, on: Any, article: str = "Sr 310", outcome: str = "convicted", **other: Any) -> Entry:
    day = on if isinstance(on, date) else date(2025, 1, 1)
    offence = Offence(article=article, class_="misdrijf", maximum=Duration(years=4), ecris=NONE, from_=day, to=day)
    return Entry(about=about, outcome=outcome, decided_on=on, offence=offence, final=True, position=3, **other)


def worked(*entries: Entry, application: Application | None = None, blind: Any = (), on: date = TODAY) -> Assessment:
    return assess(application or applied(), entries, blind, on=on)


A_DAY_OF_CUSTODY = (Span(date(2022, 1, 1), date(2022, 1, 2)),)
THEFT, OLD_THEFT, ASSAULT = entry("theft", FIRST), entry("old theft", FIRST - DAY), entry("assault", FIRST, "Sr 300")
RAPE = entry("rape", date(1999, 1, 1), "Sr 242")
BLIND = Span(date(2025, 7, 17))
GRANT, ASSESS, CANNOT_SAY = Proposal.GRANT, Proposal.ASSESS, Proposal.CANNOT_SAY


@pytest.mark.parametrize(
    ("found", "proposal", "source"),
    [
        (worked(), GRANT, "Wjsg 35(1): nothing there"),
        (worked(OLD_THEFT), GRANT, "invented: the day before the window"),
        (worked(THEFT), ASSESS, "invented: the first day of the window; the matrix does not have it"),
        (worked(RAPE), ASSESS, "sex offences without a limit, justis.nl"),
        (worked(entry("acquitted", TODAY, "Sr 242", "acquitted")), GRANT, "Wjsg 35(3)"),
        (worked(entry("dropped", TODAY, "Sr 242", "dismissed", dismissal_code="02")), GRANT, "technical dismissals, memory"),
        (worked(entry("policy", TODAY, "Sr 242", "dismissed", dismissal_code="40")), ASSESS, "a policy dismissal is not technical"),
        (worked(entry("strange", date(2001, 1, 1), "Sr 9999")), ASSESS, "invented: an article in no list"),
        (worked(OLD_THEFT, application=applied("profile 65")), ASSESS, "invented: five years for a taxi"),
        (worked(THEFT, application=applied(birth="2003-01-01")), GRANT, "invented: two years under 23"),
        (worked(OLD_THEFT, application=applied(custody=A_DAY_OF_CUSTODY)), ASSESS, "invented: a day longer"),
        (worked(application=applied(function=None)), GRANT, "invented: nothing there, whatever the function"),
        (worked(OLD_THEFT, application=applied(function=None)), ASSESS, "invented: in the window of some functions"),
        (worked(entry("very old", date(1995, 9, 24)), application=applied(function=None)), GRANT, "invented: outside of all"),
        (worked(blind=(BLIND,)), CANNOT_SAY, "Wjsg 3(5): blind now"),
        (worked(blind=(Span(date(1990, 1, 1), date(1990, 1, 2)),)), CANNOT_SAY, "invented: a sex offence of that day would count"),
        (worked(blind=(Span(TODAY),)), CANNOT_SAY, "invented: blind from today on"),
        (worked(blind=(Span(TODAY, TODAY),)), GRANT, "invented: a period of no day"),
        (worked(blind=(Span(TODAY + DAY),)), GRANT, "invented: not blind yet"),
        (worked(THEFT, blind=(BLIND,)), CANNOT_SAY, "invented: what may be missing cannot be weighed"),
        (worked(blind=None), CANNOT_SAY, "invented: nobody said whether it is blind"),
        (assess(applied(), None, (), on=TODAY), CANNOT_SAY, "invented: nobody looked it up"),
        (worked(application=applied("profile 99")), CANNOT_SAY, "invented: an unknown profile"),
        (worked(application=applied(custody=None)), CANNOT_SAY, "invented: custody is not told"),
        (worked(on=date(2019, 12, 31), application=applied(on=date(2019, 12, 1))), CANNOT_SAY, "no text is here for that day"),
    ],
)
def test_what_is_proposed(found: Assessment, proposal: Proposal, source: str) -> None:
    assert source and found.proposal is proposal


def test_the_worked_reasoning_names_what_counts_what_must_be_assessed_and_what_weighs_in() -> None:
    ages_ago, weighs_in = entry("ages ago", date(2005, 9, 30)), entry("long ago", date(2005, 10, 1))
    found = worked(RAPE, ASSAULT, weighs_in, ages_ago, OLD_THEFT)
    value = found.whole.value
    assert value is not None
    assert (value.counting, value.to_assess, value.older) == (("rape",), ("assault",), ("long ago", "old theft"))
    assert found.whole.changes_on == TODAY + DAY
    assert {"older-weigh-years"} <= set(found.whole.unverified) and "older-weigh-years" not in worked(THEFT).whole.unverified
    says = [step.says.en for step in found.whole.because.steps]
    assert any("rape counts (receipt" in one for one in says)
    assert any("unverified value in what this rests on" in one for one in says)


def test_what_was_not_told_is_named_in_the_proposal() -> None:
    value = worked(OLD_THEFT, application=applied(function=None)).whole.value
    assert value is not None and value.not_told == ("application.function",)
    value = worked(replace(THEFT, outcome=None)).whole.value
    assert value is not None and (value.not_told, value.to_assess) == (("entry.outcome",), ("theft",))


def test_every_receipt_computes_again_and_the_last_one_has_the_hashes_of_the_others() -> None:
    found = worked(RAPE, THEFT)
    assert [replay(receipt) for receipt in found.receipts] == list(found.receipts)
    hashes = [hashlib.sha256(receipt).hexdigest() for receipt in found.receipts]
    told = {one["name"]: one["value"] for one in json.loads(found.receipts[-1])["facts"]}
    assert told["lookback.answer"]["receipt"] == hashes[0]
    assert [one["receipt"] for one in told["objective.answers"]] == hashes[3:5]


def test_an_answer_that_has_run_out_is_not_rested_on() -> None:
    """Invented: the look-back of who was young by the old edition, kept until after the edition changed."""
    facts = json.loads(worked().receipts[-1])
    told = next(one for one in facts["facts"] if one["name"] == "lookback.answer")
    for day, outcome in ((TODAY, "cannot-say"), (TODAY + DAY, "yes")):
        told["value"]["changes_on"] = day.isoformat()
        again = json.loads(replay(json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()))
        assert again["outcome"] == outcome
        assert again["changes_on"] == (None if outcome == "cannot-say" else day.isoformat())


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("receipt", "abc"),
        ("outcome", "perhaps"),
        ("value", {}),
        ("value", {"ordinary": 1, "serious_violence": 1, "organised": 1, "sexual": 1}),
        ("missing", "x"),
        ("changes_on", "soon"),
        ("other", 1),
    ],
)
def test_an_answer_that_is_not_sound_is_no_fact(key: str, wrong: Any) -> None:
    document = json.loads(worked().receipts[-1])
    next(one for one in document["facts"] if one["name"] == "lookback.answer")["value"][key] = wrong
    with pytest.raises(Usage, match="this is no receipt"):
        replay(json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())


ARTICLES = st.sampled_from(["Sr 310", "Sr 300", "Sr 242", "Sr 140", "Sr 9999"])
DAYS = st.one_of(st.dates(date(1990, 1, 1), TODAY), st.sampled_from([FIRST, FIRST - DAY]))
ENTRIES = st.lists(
    st.builds(entry, st.just("one"), DAYS, ARTICLES, st.sampled_from(OUTCOMES), dismissal_code=st.sampled_from(["02", "40"])),
    max_size=3,
)
FUNCTIONS = st.sampled_from([NONE, "judicial-officer", "driving-instructor", "police"])
PURPOSES = st.sampled_from(["aspect 84", "aspect 11", "profile 65", "profile 85", "aspect 85"])
BIRTHS = st.sampled_from(["1980-05-05", "2003-01-01", "2002"])
BLINDS = st.lists(st.builds(lambda first: Span(first, first + DAY), DAYS), max_size=1).map(tuple)


@given(entries=ENTRIES, function=FUNCTIONS, name=PURPOSES, birth=BIRTHS, missing=st.sampled_from(["function", "birth"]))
def test_what_is_granted_without_knowing_is_granted_whatever_is_told(
    entries: list[Entry], function: Any, name: str, birth: str, missing: str
) -> None:
    facts = {"function": function, "birth": birth}
    unknown = worked(*entries, application=applied(name, **{**facts, missing: None}))
    known = worked(*entries, application=applied(name, **facts))
    assert known.proposal is GRANT or unknown.proposal is not GRANT


@given(entries=ENTRIES, more=ENTRIES, blind=BLINDS, name=PURPOSES)
def test_more_in_the_register_or_a_blind_window_never_leads_to_a_grant(
    entries: list[Entry], more: list[Entry], blind: tuple[Span, ...], name: str
) -> None:
    application = applied(name)
    before, after = worked(*entries, application=application), worked(*entries, *more, application=application, blind=blind)
    assert before.proposal is GRANT or after.proposal is not GRANT
    assert (after.proposal is CANNOT_SAY) == bool(blind)


@given(entries=ENTRIES, function=FUNCTIONS, name=PURPOSES, birth=BIRTHS)
def test_granted_is_where_no_entry_could_count_stated_again(entries: list[Entry], function: Any, name: str, birth: str) -> None:
    """Stated again in days and years, for offences that are all of the ordinary look-back but for sex offences and organised crime.
    """
    own = max(
        [years for key, years in (("profile 65", 5), ("profile 85", 8), (str(function), 0)) if key == name]
        + [{"judicial-officer": 30, "driving-instructor": 5, "police": 10}.get(str(function), 0)]
    )
    young = birth == "2003-01-01" and not own
    ordinary, organised = (2 if young else own or 4), own or 4

    def could(one: Entry) -> bool:
        day, article = one.decided_on, one.offence.article
        ended = one.outcome == "acquitted" or (one.outcome == "dismissed" and one.dismissal_code == "02")
        years = {"Sr 242": 99, "Sr 9999": 99, "Sr 140": organised}.get(str(article), ordinary)
        return not ended and isinstance(day, date) and day >= date(APPLIED.year - years, APPLIED.month, APPLIED.day)

    found = worked(*entries, application=applied(name, function=function, birth=birth))
    assert found.proposal is (ASSESS if any(map(could, entries)) else GRANT)


@given(entries=ENTRIES, blind=BLINDS)
def test_a_horizon_that_lost_its_support_says_nothing(entries: list[Entry], blind: tuple[Span, ...]) -> None:
    found = assess(applied(), entries, blind, on=TODAY, horizon=Horizon(position=9, support_lost=True))
    assert found.proposal is CANNOT_SAY


def test_nothing_that_can_be_proposed_is_a_refusal() -> None:
    assert {str(one) for one in Proposal} == {"grant", "assess", "cannot-say"}


@pytest.mark.parametrize(
    ("received", "intended", "last_day", "source"),
    [
        (date(2025, 9, 25), False, date(2025, 10, 23), "Wjsg 37: four weeks"),
        (date(2025, 9, 25), True, date(2025, 11, 20), "Wjsg 37: eight weeks"),
        (date(2025, 9, 27), False, date(2025, 10, 27), "Algemene termijnenwet 1: from a Saturday"),
        (date(2025, 9, 28), False, date(2025, 10, 27), "Algemene termijnenwet 1: from a Sunday"),
        (date(2025, 11, 27), False, date(2025, 12, 29), "Christmas, then a Friday that is a holiday, then a weekend"),
        (date(2025, 12, 4), False, date(2026, 1, 2), "New Year's Day"),
        (date(2025, 3, 21), False, date(2025, 4, 22), "Good Friday to Easter Monday"),
        (date(2025, 3, 24), False, date(2025, 4, 22), "Easter Monday"),
        (date(2025, 5, 1), False, date(2025, 5, 30), "Ascension Day is a Thursday"),
        (date(2025, 5, 12), False, date(2025, 6, 10), "Whit Monday"),
        (date(2026, 3, 30), False, date(2026, 4, 28), "King's Day"),
        (date(2025, 3, 30), False, date(2025, 4, 28), "King's Day of 2025 was held on the Saturday"),
        (date(2025, 4, 7), False, date(2025, 5, 6), "Liberation Day"),
        (date(2024, 2, 1), False, date(2024, 2, 29), "invented: a leap day is a day like another"),
        (date(2023, 2, 1), False, date(2023, 3, 1), "invented: no leap day"),
        (date(2020, 1, 1), True, date(2020, 2, 26), "invented: the first day of the text"),
    ],
)
def test_until_when_must_be_decided(received: date, intended: bool, last_day: date, source: str) -> None:
    application = applied(on=received, refusal_intended=intended)
    results = [term(application, on=last_day + days * DAY) for days in (0, 1)]
    assert source and [result.outcome for result in results] == [Outcome.YES, Outcome.NO]
    assert [result.value and result.value.last_day for result in results] == [last_day, last_day]
    assert [result.changes_on for result in results] == [last_day + DAY, None]


@given(received=st.dates(date(2020, 1, 1), date(2060, 1, 1)), intended=st.booleans())
def test_a_term_ends_on_a_day_of_work_and_no_later_than_the_first(received: date, intended: bool) -> None:
    value = term(applied(on=received, refusal_intended=intended), on=max(received, date(2020, 1, 1))).value
    assert value is not None
    holidays = TERM.text.parameters["holidays"].values.values[0].value.read
    assert value.counted_to == received + (56 if intended else 28) * DAY
    free = [value.counted_to + number * DAY for number in range((value.last_day - value.counted_to).days)]
    assert all(day.weekday() in (5, 6) or day in holidays for day in free)
    assert value.last_day.weekday() not in (5, 6) and value.last_day not in holidays


@given(
    received=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    periods=st.lists(st.tuples(st.integers(-5, 60), st.integers(0, 20)), max_size=3),
    on=st.integers(0, 120),
)
def test_days_on_which_the_term_stood_still_do_not_count(received: date, periods: list[tuple[int, int]], on: int) -> None:
    """Counted day by day: the last of 28 days after the first on none of which it stood still."""
    today = received + on * DAY
    spans = tuple(Span(received + first * DAY, received + (first + days) * DAY) for first, days in periods)

    def still(day: date) -> bool:
        return day < today and any(day in span for span in spans)

    left, counted = 28 + still(received), received
    while left:
        counted += DAY
        left -= not still(counted)
    value = term(applied(on=received, refusal_intended=False, stood_still=spans), on=today).value
    assert value is not None and value.counted_to == counted
    # It ends on the first day from there on that is a working day on which it does not stand still.
    while still(counted) or not is_working_day(counted, on=today):
        counted += DAY
    assert value.last_day == counted


def test_a_term_that_is_suspended_on_the_day_to_which_a_weekend_moved_it_is_not_over() -> None:
    """It would end on Saturday 30 August 2025, and so ends on Monday; on Monday it is suspended."""
    received, monday = date(2025, 8, 2), date(2025, 9, 1)
    for resumed, last_day in ((None, date(2025, 9, 15)), (date(2025, 9, 2), date(2025, 9, 2)), (date(2025, 9, 13), date(2025, 9, 15))):
        application = applied(on=received, refusal_intended=False, stood_still=(Span(monday, resumed),))
        found = term(application, on=date(2025, 9, 15))
        assert found.value is not None and (found.value.counted_to, found.value.last_day) == (date(2025, 8, 30), last_day)
        *_, moved, still = found.because.steps
        assert [(step.article, step.holds) for step in (moved, still)] == [("Algemene termijnenwet 1, 3", True), ("Awb 4:15", True)]
    ended = term(applied(on=received, refusal_intended=False, stood_still=(Span(date(2025, 9, 2)),)), on=date(2025, 9, 15))
    assert ended.outcome is Outcome.NO and ended.value is not None and ended.value.last_day == monday


def test_while_a_term_stands_still_it_ends_a_day_later_each_day() -> None:
    application = applied(on=APPLIED, refusal_intended=False, stood_still=(Span(APPLIED + 5 * DAY),))
    first, second = (term(application, on=APPLIED + days * DAY) for days in (10, 11))
    assert first.value is not None and second.value is not None
    assert (second.value.counted_to - first.value.counted_to, first.changes_on) == (DAY, APPLIED + 11 * DAY)
    assert first.value.counted_to == APPLIED + 33 * DAY


@pytest.mark.parametrize(
    "day",
    [
        *("1954-04-18", "1981-04-19", "2000-04-23", "2008-03-23", "2011-04-24", "2019-04-21", "2024-03-31"),
        *("2025-04-20", "2026-04-05", "2038-04-25", "2049-04-18", "2285-03-22"),
    ],
)
def test_easter_is_on_its_days(day: str) -> None:
    """The earliest and latest days among them; from published tables of Easter, from memory."""
    assert easter(int(day[:4])).isoformat() == day


@given(year=st.integers(1600, 4000))
def test_easter_is_a_sunday_between_22_march_and_25_april(year: int) -> None:
    assert easter(year).isoweekday() == 7 and date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


def test_a_term_of_an_application_of_later_cannot_be_said_and_neither_can_one_without_an_intent() -> None:
    late = term(applied(on=TODAY + DAY, refusal_intended=False), on=TODAY)
    assert (late.outcome, late.changes_on) == (Outcome.CANNOT_SAY, TODAY + DAY)
    assert term(applied(), on=TODAY).missing == ("application.refusal_intended",)


def test_holidays_are_written_as_they_were_read() -> None:
    sound = ["12-25", "02-29", "Easter-2", "Easter+39"]
    assert HOLIDAYS.write(HOLIDAYS.read(sound)) == sound
    for wrong in (["Christmas"], ["13-01"], ["02-30"], ["Easter"], "12-25"):
        with pytest.raises(ValueError, match=r"\w"):
            HOLIDAYS.read(wrong)


def test_the_reasons_say_of_each_entry_whether_it_counts() -> None:
    found = worked(OLD_THEFT, RAPE, THEFT)
    holds = {step.says.en.partition(" counts")[0]: step.holds for step in found.whole.because.steps if " counts (" in step.says.en}
    assert (holds["old theft"], holds["theft"]) == (False, None)
    assert holds["rape"] is not False
