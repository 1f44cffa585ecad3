"""Of which group an offence is, and whether an entry counts: by search, and by worked cases, each with its source or invented."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.case import Duration
from hervat.law.certificates import Application, Entry, Purpose, objective, offence_group, purpose
from hervat.law.certificates.answers import Answer
from hervat.law.certificates.facts import GROUP, LOOKBACK_ANSWER, OUTCOMES, Weighed, Windows
from hervat.law.certificates.objective import OBJECTIVE
from hervat.law.certificates.purposes import Group, Relevance, relevance
from hervat.law.dated import Span
from hervat.law.rule import Result, told
from hervat.law.screening import NONE, Offence
from hervat.law.value import Outcome
from tests.law.settings import with_value

TODAY, OLD, NEW = date(2025, 10, 1), date(2024, 6, 30), date(2024, 7, 1)
EIGHT_YEARS = Duration(years=8)


def done(article: Any, first: date = OLD, last: date | None = None, **other: Any) -> Offence:
    facts = {"class_": "misdrijf", "maximum": EIGHT_YEARS, "ecris": NONE, **other}
    return Offence(article=article, from_=first, to=last or first, **facts)


WJSG, JUSTIS = "Wjsg 4(4)", "terugkijktermijnen, justis.nl"


@pytest.mark.parametrize(
    ("offence", "group", "source"),
    [
        (done("Sr 242"), Group.SEXUAL, WJSG),
        (done("Sr 240b"), Group.SEXUAL, WJSG),
        (done("Sr 250"), Group.SEXUAL, WJSG),
        (done("Sr 240"), Group.UNKNOWN, f"{WJSG}: the run begins at 240b"),
        (done("Sr 251"), Group.UNKNOWN, f"{WJSG}: the run ends at 250"),
        (done("Sr 240", NEW), Group.SEXUAL, "Stb. 2024, 59, inferred"),
        (done("Sr 251", NEW), Group.SEXUAL, "Stb. 2024, 59, inferred"),
        (done("Sr 242", OLD, NEW), Group.SEXUAL, "invented: a sex offence by both texts"),
        (done("Sr 251", OLD, NEW), Group.UNKNOWN, "invented: a sex offence by one of two texts"),
        (done("Sr 242", NEW, OLD), Group.UNKNOWN, "invented: it ends before it begins"),
        (done("Sr 250a"), Group.SEXUAL, "memory"),
        (done("Sr 310", ecris="1001 00"), Group.SEXUAL, "memory: the ECRIS code says more than the article"),
        (done(NONE, ecris="1001 00"), Group.SEXUAL, "memory"),
        (done(NONE, ecris="1502 00"), Group.OTHER, "memory"),
        (done(NONE, ecris="0801 00"), Group.UNKNOWN, "invented"),
        (done(NONE), Group.UNKNOWN, "invented"),
        (done("Sr 273f", forced_prostitution=True), Group.SEXUAL, "memory"),
        (done("Sr 273f", forced_prostitution=False), Group.SERIOUS_VIOLENCE, "memory"),
        (done("Sr 273f", ecris="0401 00"), Group.SERIOUS_VIOLENCE, "Annex to Decision 2009/316/JHA"),
        (done("Sr 302"), Group.SERIOUS_VIOLENCE, JUSTIS),
        (done("Sr 302", maximum=Duration(years=6)), Group.OTHER, f"{JUSTIS}: over six years"),
        (done("Sr 302", maximum=Duration(years=6, days=1)), Group.SERIOUS_VIOLENCE, f"{JUSTIS}: over six years"),
        (done("Sr 287", maximum=Duration(life=True)), Group.SERIOUS_VIOLENCE, JUSTIS),
        (done("Sr 140"), Group.ORGANISED, "made for this register"),
        (done("Opiumwet 11b"), Group.ORGANISED, "made for this register"),
        (done("Sr 310"), Group.OTHER, "memory"),
        (done("WVW 8", class_="overtreding"), Group.OTHER, "memory"),
        (done("Sr 9999"), Group.UNKNOWN, "invented"),
        (done("Sr 140a"), Group.UNKNOWN, "terrorist offences: their term was not retrieved"),
        (done("Sr 45 jo 287"), Group.UNKNOWN, "invented: it cannot be read as one article"),
    ],
)
def test_of_which_group_an_offence_is(offence: Offence, group: Group, source: str) -> None:
    result = offence_group(offence, on=TODAY)
    assert source and result.value is group and result.missing == ()
    outcomes = {Group.OTHER: Outcome.NO, Group.UNKNOWN: Outcome.CANNOT_SAY}
    assert result.outcome is outcomes.get(group, Outcome.YES)


@pytest.mark.parametrize(
    ("offence", "missing"),
    [
        (Offence(), "offence.from"),
        (done("Sr 302", maximum=None), "offence.maximum"),
        (done("Sr 310", ecris=None), "offence.ecris"),
        (done("Sr 310", class_=None), "offence.class"),
        (done("Sr 273f"), "offence.forced_prostitution"),
    ],
)
def test_what_is_not_told_of_an_offence_is_named(offence: Offence, missing: str) -> None:
    result = offence_group(offence, on=TODAY)
    assert result.outcome is Outcome.CANNOT_SAY and result.missing == (missing,)


FIRST, SERIOUS, ORGANISED = date(2023, 10, 1), date(2021, 10, 1), date(2022, 10, 1)
WINDOWS = Windows(ordinary=Span(FIRST), serious_violence=Span(SERIOUS), organised=Span(ORGANISED), sexual=Span())


def answered(windows: Windows | None) -> Answer[Windows]:
    return Answer("A-1", Outcome.YES, windows, (), (), None, "0" * 64)


def entry(outcome: str = "convicted", on: Any = date(2024, 1, 1), offence: Offence | None = None, **other: Any) -> Entry:
    return Entry(about="10/123456-24, 1", outcome=outcome, decided_on=on, offence=offence or done("Sr 310"), **other)


def weighed(one: Entry, group: Group | None = Group.OTHER, *purposes: str, windows: Windows | None = WINDOWS) -> Result[Weighed]:
    application = Application(application="A-1", purposes=tuple(map(purpose, purposes or ("aspect 84",))))
    return objective(one, group, application, answered(windows), on=TODAY)


DAY = timedelta(days=1)
ASSESS, COUNTS, NOT = Outcome.CANNOT_SAY, Outcome.YES, Outcome.NO


@pytest.mark.parametrize(
    ("one", "group", "outcome", "decided_by", "source"),
    [
        (entry("acquitted", final=True), Group.SEXUAL, NOT, "outcome", "Wjsg 35(3)"),
        (entry("acquitted", final=False), Group.SEXUAL, COUNTS, "purpose", "Wjsg 35(3): only a final one"),
        (entry("discharged", final=True), Group.OTHER, ASSESS, "purpose", "Wjsg 35(3): a discharge is no acquittal"),
        (entry("dismissed", dismissal_code="02"), Group.SEXUAL, NOT, "outcome", "technical: normally does not count, memory"),
        (entry("dismissed", dismissal_code="40"), Group.SEXUAL, COUNTS, "purpose", "policy, no technical ground"),
        (entry("dismissed", dismissal_code="99"), Group.OTHER, ASSESS, "purpose", "invented: an unknown code is not technical"),
        (entry(on=FIRST), Group.OTHER, ASSESS, "purpose", "invented: the first day of the window"),
        (entry(on=FIRST - DAY), Group.OTHER, NOT, "window", "invented: the day before the window"),
        (entry(on=FIRST - DAY), Group.SERIOUS_VIOLENCE, ASSESS, "purpose", "invented: its own window is longer"),
        (entry(on=SERIOUS), Group.SERIOUS_VIOLENCE, ASSESS, "purpose", "invented: the first day of its window"),
        (entry(on=SERIOUS - DAY), Group.SERIOUS_VIOLENCE, NOT, "window", "invented: the day before it"),
        (entry(on=ORGANISED), Group.ORGANISED, ASSESS, "purpose", "invented: the first day of its window"),
        (entry(on=ORGANISED - DAY), Group.ORGANISED, NOT, "window", "invented: the day before it"),
        (entry(on=date(1970, 1, 1)), Group.SEXUAL, COUNTS, "purpose", f"{JUSTIS}: without a limit"),
        (entry(on=FIRST), Group.UNKNOWN, ASSESS, "purpose", "invented: it lies in every window"),
        (entry(on=FIRST - DAY), Group.UNKNOWN, ASSESS, "window", "invented: it lies in some windows"),
        (entry("open", NONE, done("Sr 310", FIRST - DAY, FIRST)), Group.OTHER, ASSESS, "purpose", "setting: open lies inside"),
        (entry("open", NONE, done("Sr 310", FIRST - DAY)), Group.OTHER, ASSESS, "purpose", "setting: however old"),
        (entry(on=FIRST, offence=done("Sr 310", date(2000, 1, 1))), Group.OTHER, ASSESS, "purpose", "the decision dates it"),
    ],
)
def test_whether_an_entry_counts(one: Entry, group: Group, outcome: Outcome, decided_by: str, source: str) -> None:
    result = weighed(one, group)
    assert source and (result.outcome, result.missing) == (outcome, ())
    assert result.value is not None and result.value.decided_by == decided_by


@pytest.mark.parametrize(
    ("purposes", "outcome"),
    [
        (["aspect 85"], COUNTS),
        (["profile 85"], ASSESS),
        (["profile 85", "aspect 85"], COUNTS),
        (["aspect 11"], ASSESS),
        (["profile 99"], ASSESS),
    ],
)
def test_the_key_of_a_purpose_is_its_kind_and_its_number(purposes: list[str], outcome: Outcome) -> None:
    """A sex offence for the care of people in need of help (aspect 85), and for a shooting club (profile 85)."""
    assert weighed(entry(), Group.SEXUAL, *purposes).outcome is outcome


@given(
    outcome=st.sampled_from(OUTCOMES),
    code=st.sampled_from(["01", "02", "40", "99"]),
    group=st.sampled_from(Group),
    final=st.booleans(),
)
def test_only_a_final_acquittal_and_a_technical_dismissal_do_not_count_by_how_it_ended(
    outcome: str, code: str, group: Group, final: bool
) -> None:
    result = weighed(entry(outcome, dismissal_code=code, final=final), group)
    ended = (outcome == "acquitted" and final) or (outcome == "dismissed" and code in ("01", "02"))
    assert (result.outcome is NOT) == ended


def test_settings_say_what_a_technical_dismissal_is_and_what_dates_an_entry() -> None:
    application = Application(application="A-1", purposes=(purpose("aspect 84"),))
    technical = entry("dismissed", dismissal_code="02")
    facts = {**application.facts(), **technical.facts()}
    assert with_value(OBJECTIVE, "technical-dismissal-is", "assess").apply(facts, on=TODAY).outcome is ASSESS
    late = entry(on=FIRST, offence=done("Sr 310", FIRST - DAY))
    by_offence = with_value(OBJECTIVE, "entry-dated-by", "offence")
    facts = {name: fact for name, fact in weighed_facts(late).items() if name != "entry.decided_on"}
    assert by_offence.apply(facts, on=TODAY).outcome is NOT
    by_offence = with_value(OBJECTIVE, "entry-without-decision-is", "dated-by-offence")
    for day, outcome in ((FIRST, ASSESS), (FIRST - DAY, NOT)):
        still_open = entry("open", NONE, done("Sr 310", date(2020, 1, 1), day))
        assert by_offence.apply(weighed_facts(still_open), on=TODAY).outcome is outcome


def weighed_facts(one: Entry) -> dict[str, Any]:
    """The facts of `weighed`, to apply another setting to."""
    application = Application(application="A-1", purposes=(purpose("aspect 84"),))
    return {**application.facts(), **one.facts(), **told(GROUP, Group.OTHER), **told(LOOKBACK_ANSWER, answered(WINDOWS))}


def test_an_offence_that_the_matrix_has_as_not_relevant_does_not_count() -> None:
    """Invented: the shipped matrix has no such cell."""
    rule = with_value(OBJECTIVE, "matrix", ["aspect 84, other: not-relevant"])
    result = rule.apply(weighed_facts(entry()), on=TODAY)
    assert result.outcome is NOT and result.value is not None and result.value.decided_by == "purpose"
    assert "matrix" in result.unverified


PURPOSES = [Purpose("profile", "85"), Purpose("aspect", "85"), Purpose("aspect", "84")]


@given(
    row=st.dictionaries(st.sampled_from(PURPOSES), st.sampled_from(Relevance)),
    purposes=st.lists(st.sampled_from(PURPOSES), min_size=1, max_size=3).map(tuple),
    group=st.sampled_from(Group),
)
def test_one_purpose_is_enough_to_count_and_all_are_needed_not_to(
    row: dict[Purpose, Relevance], purposes: tuple[Purpose, ...], group: Group
) -> None:
    cells = [row.get(one) for one in purposes]
    elsewhere = {(one, other): Relevance.RELEVANT for one in PURPOSES for other in Group if other is not group}
    found = relevance({**elsewhere, **{(one, group): value for one, value in row.items()}}, purposes, group)
    assert (found is Relevance.RELEVANT) == (Relevance.RELEVANT in cells)
    assert (found is Relevance.NOT_RELEVANT) == all(cell is Relevance.NOT_RELEVANT for cell in cells)


@given(group=st.sampled_from(Group), day=st.dates(date(2015, 1, 1), TODAY))
def test_an_unknown_group_never_makes_an_entry_count_less(group: Group, day: date) -> None:
    known, unknown = weighed(entry(on=day), group, "aspect 11"), weighed(entry(on=day), Group.UNKNOWN, "aspect 11")
    assert unknown.outcome is not NOT
    assert known.value is not None and known.value.day == day


@pytest.mark.parametrize(
    ("one", "group", "windows", "missing"),
    [
        (Entry(about="x"), Group.OTHER, WINDOWS, ("entry.outcome",)),
        (entry("acquitted"), Group.OTHER, WINDOWS, ("entry.final",)),
        (entry("dismissed"), Group.OTHER, WINDOWS, ("entry.dismissal_code",)),
        (replace(entry(), decided_on=None), Group.OTHER, WINDOWS, ("entry.decided_on",)),
        (entry(), None, WINDOWS, ("offence.group",)),
        (entry(), Group.OTHER, None, ()),
    ],
)
def test_what_is_not_told_of_an_entry_is_for_a_person(
    one: Entry, group: Group | None, windows: Windows | None, missing: tuple[str, ...]
) -> None:
    result = weighed(one, group, windows=windows)
    assert (result.outcome, result.missing) == (ASSESS, missing)
