"""The terms of Wjsg 4 and 6 and Bjsg 7, case by case, with the article of each.

The facts of every case are invented; what is expected follows from the article that its name gives, text of 2020-01-01.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from hervat.case import Duration
from hervat.law.book import replay
from hervat.law.retention import NONE, Ending, Ends, Known, Offence, Person, Term, dismissal, misdrijf, overtreding
from hervat.law.rule import Horizon, Result
from hervat.law.value import Outcome
from tests.law.retained import ALL_KNOWN, ALONE, LIFE, YEARS, dismissed, executed, judged, offence, person

TERM, LATER, DEATH, LAPSE = Ends.TERM, Ends.LATER_JUDGMENT, Ends.DEATH, Ends.PRESCRIPTION
OLD, NEW = date(2024, 6, 30), date(2024, 7, 1)
HEAVY, LIGHT = YEARS[6], YEARS[4]
START = date(2005, 3, 15)
READ = date(2020, 1, 1)

MISDRIJVEN: list[tuple[Any, ...]] = [
    ("4(1)(a): from 6 years, 30", offence(maximum=HEAVY), judged(START), ALONE, date(2035, 3, 15), TERM),
    ("4(1)(a): 72 months", offence(maximum=Duration(months=72)), judged(START), ALONE, date(2035, 3, 15), TERM),
    ("4(1)(b): less, 20", offence(maximum=Duration(years=5, months=11)), judged(START), ALONE, date(2025, 3, 15), TERM),
    ("4(1)(a): a maximum of life, 30", offence(maximum=LIFE), judged(START), ALONE, date(2035, 3, 15), TERM),
    ("4(1): from a dismissal", offence(), dismissed(START), ALONE, date(2025, 3, 15), TERM),
    ("4(1): from full execution", offence(), executed(START), ALONE, date(2025, 3, 15), TERM),
    ("4(1): an order not executed has no term", offence(), executed(None), ALONE, None, None),
    ("4(1): an open case has no term", offence(), Ending(by="open", lapsed_on=NONE), ALONE, None, None),
    ("4(1)(a): from 29 February", offence(maximum=HEAVY), judged(date(2004, 2, 29)), ALONE, date(2034, 3, 1), TERM),
    ("4(1)(b): to 29 February", offence(), judged(date(2004, 2, 29)), ALONE, date(2024, 2, 29), TERM),
    ("4(1)(a): 20 after death", offence(maximum=HEAVY), judged(START), person(died_on=date(2010, 5, 5)), date(2030, 5, 5), DEATH),
    ("4(1)(b): 12 after death", offence(), judged(START), person(died_on=date(2010, 5, 5)), date(2022, 5, 5), DEATH),
    ("4(1)(b): both on one day", offence(), judged(START), person(died_on=date(2013, 3, 15)), date(2025, 3, 15), TERM),
    ("4(1)(b): a day sooner", offence(), judged(START), person(died_on=date(2013, 3, 14)), date(2025, 3, 14), DEATH),
    ("4(1)(b): the earlier one", offence(), judged(START), person(died_on=date(2020, 1, 1)), date(2025, 3, 15), TERM),
    (
        "4(1)(b): death in an open case",
        *(offence(), Ending(by="open", lapsed_on=NONE), person(died_on=date(2010, 5, 5)), date(2022, 5, 5), DEATH),
    ),
    ("4(1)(c): prescription", offence(), dismissed(START, date(2013, 1, 1)), ALONE, date(2013, 1, 1), LAPSE),
    (
        "4(1)(c): prescription of an open case",
        *(offence(), Ending(by="open", lapsed_on=date(2013, 1, 1)), ALONE, date(2013, 1, 1), LAPSE),
    ),
    ("4(2): 30 from a later heavy one", offence(), judged(START), person((date(2010, 1, 1), HEAVY)), date(2040, 1, 1), LATER),
    ("4(2): 20 from a later light one", offence(), judged(START), person((date(2010, 1, 1), LIGHT)), date(2030, 1, 1), LATER),
    ("4(2): never shorter", offence(maximum=HEAVY), judged(START), person((date(2010, 1, 1), LIGHT)), date(2035, 3, 15), TERM),
    ("4(2): the same day is not later", offence(), judged(START), person((START, HEAVY)), date(2025, 3, 15), TERM),
    ("4(2): nor is an earlier one", offence(), judged(START), person((date(2001, 1, 1), HEAVY)), date(2025, 3, 15), TERM),
    ("4(2): on the last day of the term", offence(), judged(START), person((date(2025, 3, 14), LIGHT)), date(2045, 3, 14), LATER),
    ("4(2): not on the day it is due", offence(), judged(START), person((date(2025, 3, 15), LIGHT)), date(2025, 3, 15), TERM),
    (
        "4(2): one lengthens until the next",
        *(offence(), judged(START), person((date(2044, 1, 1), LIGHT), (date(2025, 1, 1), LIGHT)), date(2064, 1, 1), LATER),
    ),
    (
        "4(2), 4(1)(b): lengthened, and death",
        *(offence(), judged(START), person((date(2010, 1, 1), LIGHT), died_on=date(2012, 1, 1)), date(2024, 1, 1), DEATH),
    ),
    ("4(3): 20 years is not more", offence("Sr 289", LIFE), judged(START, YEARS[20]), ALONE, date(2035, 3, 15), TERM),
    (
        "4(3): a day more, 30 + 20",
        *(offence("Sr 289", LIFE), judged(START, Duration(years=20, days=1)), ALONE, date(2055, 3, 15), TERM),
    ),
    ("4(3): 40 years is not more", offence("Sr 289", LIFE), judged(START, YEARS[40]), ALONE, date(2055, 3, 15), TERM),
    ("4(3): over 40, 80", offence("Sr 289", LIFE), judged(START, YEARS[41]), ALONE, date(2085, 3, 15), TERM),
    ("4(3): life, 80", offence("Sr 289", LIFE), judged(START, LIFE), ALONE, date(2085, 3, 15), TERM),
    ("4(4): a sex offence, 80", offence("Sr 242", YEARS[12]), judged(START), ALONE, date(2085, 3, 15), TERM),
    ("4(4): the first article", offence("Sr 240b"), judged(START), ALONE, date(2085, 3, 15), TERM),
    ("4(4): the last article", offence("Sr 250"), judged(START), ALONE, date(2085, 3, 15), TERM),
    ("4(4): the article before the first", offence("Sr 240a"), judged(START), ALONE, date(2025, 3, 15), TERM),
    ("4(4): the article after the last", offence("Sr 250a"), judged(START), ALONE, date(2025, 3, 15), TERM),
    ("4(4): no sex offence of old", offence("Sr 251", LIGHT, OLD), judged(NEW), ALONE, date(2044, 7, 1), TERM),
    ("4(4): one since renumbering", offence("Sr 251", LIGHT, NEW), judged(NEW), ALONE, date(2104, 7, 1), TERM),
    ("4(4): one in both numberings", offence("Sr 242", LIGHT, OLD, NEW), judged(NEW), ALONE, date(2104, 7, 1), TERM),
    ("4(4): 80, and death", offence("Sr 242", YEARS[12]), judged(START), person(died_on=date(2010, 5, 5)), date(2030, 5, 5), DEATH),
    ("4(3): nothing was imposed", offence("Sr 289", LIFE), dismissed(START), ALONE, date(2035, 3, 15), TERM),
]


@pytest.mark.parametrize(("what", "ending", "who", "due_on", "ends"), [row[1:] for row in MISDRIJVEN], ids=[row[0] for row in MISDRIJVEN])
def test_the_term_of_a_misdrijf(what: Offence, ending: Ending, who: Person, due_on: date | None, ends: Ends | None) -> None:
    result = misdrijf(what, ending, who, ALL_KNOWN, on=READ)
    assert result.value is not None and (result.value.due_on, result.value.not_before, result.value.ends) == (due_on, due_on, ends)
    assert result.outcome is (Outcome.YES if due_on is not None and due_on <= READ else Outcome.NO)
    assert result.changes_on == due_on or result.outcome is Outcome.YES


LATE = [row[1:5] for row in MISDRIJVEN if row[4] is not None and row[4] > READ]


@pytest.mark.parametrize(("what", "ending", "who", "due_on"), LATE)
def test_a_term_is_over_on_its_day_where_the_register_is_complete_to_it(what: Offence, ending: Ending, who: Person, due_on: date) -> None:
    def asked(on: date, known: Known = ALL_KNOWN) -> Result[Term]:
        return misdrijf(what, ending, who, known, on=on)

    before, then = asked(due_on - timedelta(days=1)), asked(due_on)
    assert (before.outcome, before.changes_on, then.outcome) == (Outcome.NO, due_on, Outcome.YES)
    assert replay(then.receipt()) == then.receipt()
    assert asked(due_on, Known(complete_until=due_on)).outcome is Outcome.YES
    for blind in (Known(complete_until=due_on - timedelta(days=1)), Known(complete_until=NONE), Known()):
        assert (asked(due_on, blind).outcome, asked(due_on - timedelta(days=1), blind).outcome) == (Outcome.CANNOT_SAY, Outcome.NO)


def light(**fields: Any) -> Ending:
    return Ending(**{"by": "judgment", "judged_on": START, "sentences": (), "position": 2, **fields})


MINOR = Offence(class_="overtreding", from_=date(2004, 1, 1), to=date(2004, 1, 1))
RECENT = date(2019, 5, 31)


OVERTREDINGEN: list[tuple[Any, ...]] = [
    ("6(a): 5", light(judged_on=RECENT), ALONE, date(2024, 5, 31), TERM),
    ("6(a): from 29 February", light(judged_on=date(2016, 2, 29)), ALONE, date(2021, 3, 1), TERM),
    ("6(b): custody", light(judged_on=RECENT, sentences=("detention",)), ALONE, date(2029, 5, 31), TERM),
    (
        "6(b): community service",
        *(light(judged_on=RECENT, sentences=("disqualification", "community-service")), ALONE, date(2029, 5, 31), TERM),
    ),
    ("6(a): another", light(judged_on=RECENT, sentences=("disqualification",)), ALONE, date(2024, 5, 31), TERM),
    ("6(a): from a dismissal", light(by="dismissal", dismissed_on=RECENT, lapsed_on=NONE), ALONE, date(2024, 5, 31), TERM),
    ("6(a): from full execution", light(by="penalty-order", executed_on=RECENT), ALONE, date(2024, 5, 31), TERM),
    ("6: an order not executed has no term", light(by="penalty-order", executed_on=NONE), ALONE, None, None),
    ("6: an open case has no term", light(by="open", lapsed_on=NONE), ALONE, None, None),
    ("6(c): 2 after death", light(judged_on=RECENT), person(died_on=date(2021, 8, 9)), date(2023, 8, 9), DEATH),
    ("6(c): both on one day", light(judged_on=RECENT), person(died_on=date(2022, 5, 31)), date(2024, 5, 31), TERM),
    ("6(c): the earlier one", light(judged_on=RECENT), person(died_on=date(2024, 1, 1)), date(2024, 5, 31), TERM),
    ("6(c): death in an open case", light(by="open", lapsed_on=NONE), person(died_on=date(2021, 8, 9)), date(2023, 8, 9), DEATH),
    ("6(d): prescription", light(by="dismissal", dismissed_on=RECENT, lapsed_on=date(2022, 1, 1)), ALONE, date(2022, 1, 1), LAPSE),
    ("6: no later judgment lengthens it", light(judged_on=RECENT), person((date(2022, 1, 1), HEAVY)), date(2024, 5, 31), TERM),
]


@pytest.mark.parametrize(("ending", "who", "due_on", "ends"), [row[1:] for row in OVERTREDINGEN], ids=[row[0] for row in OVERTREDINGEN])
def test_the_term_of_an_overtreding(ending: Ending, who: Person, due_on: date | None, ends: Ends | None) -> None:
    result = overtreding(MINOR, ending, who, ALL_KNOWN, on=READ)
    assert result.value is not None and (result.value.due_on, result.value.ends, result.outcome) == (due_on, ends, Outcome.NO)
    assert all(step["article"] for step in result.document["because"]["steps"])


@pytest.mark.parametrize(("ending", "who", "due_on"), [row[1:4] for row in OVERTREDINGEN if row[3] is not None])
def test_that_of_an_overtreding_is_over_on_its_day_as_well(ending: Ending, who: Person, due_on: date) -> None:
    def asked(on: date, known: Known = ALL_KNOWN) -> Result[Term]:
        return overtreding(MINOR, ending, who, known, on=on)

    before, then = asked(due_on - timedelta(days=1)), asked(due_on)
    assert (before.outcome, before.changes_on, then.outcome) == (Outcome.NO, due_on, Outcome.YES)
    assert asked(due_on, Known(complete_until=due_on - timedelta(days=1))).outcome is Outcome.CANNOT_SAY
    assert replay(then.receipt()) == then.receipt()


@pytest.mark.parametrize(
    ("legal", "category", "on", "outcome", "missing"),
    [
        (None, None, date(2024, 5, 30), Outcome.NO, ()),
        (None, None, date(2024, 5, 31), Outcome.CANNOT_SAY, ("person.legal",)),
        (None, None, date(2029, 5, 30), Outcome.CANNOT_SAY, ("person.legal",)),
        (None, None, date(2029, 5, 31), Outcome.YES, ()),
        (False, None, date(2024, 5, 31), Outcome.YES, ()),
        (True, None, date(2024, 5, 31), Outcome.CANNOT_SAY, ("sentence.fine_category",)),
        (True, 2, date(2024, 5, 31), Outcome.YES, ()),
        (True, 3, date(2024, 5, 31), Outcome.NO, ()),
        (True, 6, date(2029, 5, 30), Outcome.NO, ()),
        (True, 3, date(2029, 5, 31), Outcome.YES, ()),
    ],
)
def test_the_fine_of_a_legal_person_is_asked_for_only_where_it_decides(
    legal: bool | None, category: int | None, on: date, outcome: Outcome, missing: tuple[str, ...]
) -> None:
    """6(b). No message tells yet whether somebody is a legal person, nor the category of a fine."""
    result = overtreding(
        MINOR,
        light(judged_on=RECENT, sentences=("fine",), fine_category=category),
        replace(ALONE, legal=legal),
        ALL_KNOWN,
        on=on,
    )
    assert (result.outcome, result.missing) == (outcome, missing)


@pytest.mark.parametrize(
    ("code", "on", "outcome", "unverified"),
    [
        ("01", OLD, Outcome.YES, set()),
        ("09", OLD, Outcome.YES, {"lawful-force-codes"}),
        ("02", OLD, Outcome.NO, {"lawful-force-codes"}),
        ("40", OLD, Outcome.NO, {"lawful-force-codes"}),
        ("41", OLD, Outcome.NO, {"lawful-force-codes"}),
        ("58", OLD, Outcome.NO, {"lawful-force-codes"}),
        ("59", OLD, Outcome.NO, {"lawful-force-codes"}),
        ("70", OLD, Outcome.NO, {"lawful-force-codes"}),
        ("04", date(2022, 6, 30), Outcome.NO, {"lawful-force-codes"}),
        ("04", date(2022, 7, 1), Outcome.CANNOT_SAY, {"lawful-force-codes", "keeping-codes-further"}),
        ("05", OLD, Outcome.NO, {"lawful-force-codes", "keeping-codes-further"}),
        ("20", OLD, Outcome.NO, {"lawful-force-codes", "keeping-codes-further"}),
        ("43", OLD, Outcome.NO, {"lawful-force-codes", "keeping-codes-further"}),
        ("57", OLD, Outcome.NO, {"lawful-force-codes", "keeping-codes-further"}),
        ("08", OLD, Outcome.CANNOT_SAY, {"lawful-force-codes", "keeping-codes-further"}),
        ("99", OLD, Outcome.CANNOT_SAY, {"lawful-force-codes", "keeping-codes-further"}),
    ],
)
def test_what_a_dismissal_leaves(code: str, on: date, outcome: Outcome, unverified: set[str]) -> None:
    """The sepot codes as the table of the law has them, and which of their numbers were not read; 08 and 99 are invented."""
    result = dismissal(Ending(by="dismissal", dismissed_on=on, dismissal_code=code), on=date(2025, 10, 1))
    assert (result.outcome, set(result.unverified)) == (outcome, {"retention.dismissal", *unverified})
    assert outcome is not Outcome.CANNOT_SAY or code in result.because.says.en


def test_what_was_not_dismissed_is_not_removed_by_this() -> None:
    assert dismissal(judged(START), on=date(2025, 10, 1)).outcome is Outcome.NO


@pytest.mark.parametrize(
    ("what", "ending", "who", "says", "missing"),
    [
        (offence("Sr 45 jo 287"), judged(START), ALONE, "whether the article is one of the sex offences", ()),
        (offence("Sr 251", LIGHT, OLD, NEW), judged(START), ALONE, "whether the article is one of the sex offences", ()),
        (offence("no article"), judged(START), ALONE, "whether the article is one of the sex offences", ()),
        (offence(), judged(START), person((date(2010, 1, 1), None)), "the maximum of a later misdrijf", ()),
        (offence(maximum=None), judged(START), ALONE, "(offence.maximum)", ("offence.maximum",)),
        (offence(), Ending(by="dismissal", dismissed_on=date(2019, 1, 1)), ALONE, "(ending.lapsed_on)", ("ending.lapsed_on",)),
        (offence(), Ending(by="judgment", judged_on=START), ALONE, "(sentence.custody)", ("sentence.custody",)),
        (offence(), judged(START), Person(judged_later=()), "(person.died_on)", ("person.died_on",)),
        (offence(), judged(START), Person(died_on=NONE), "(person.judged_later)", ("person.judged_later",)),
        (offence(), Ending(), ALONE, "(ending.by)", ("ending.by",)),
        (offence(), Ending(by="foreign-conviction"), ALONE, "no rule here on how long a conviction abroad", ()),
        (replace(offence(), class_="overtreding"), judged(START), ALONE, "that of Wjsg 6", ()),
        (replace(offence(), class_=None), judged(START), ALONE, "(offence.class)", ("offence.class",)),
        (offence(first=NEW, last=OLD), judged(START), ALONE, "ends before it begins", ()),
    ],
)
def test_what_cannot_be_said_is_named(what: Offence, ending: Ending, who: Person, says: str, missing: tuple[str, ...]) -> None:
    result = misdrijf(what, ending, who, ALL_KNOWN, on=date(2030, 1, 1))
    assert (result.outcome, result.missing) == (Outcome.CANNOT_SAY, missing)
    assert says in result.because.says.en


def test_an_overtreding_is_not_asked_by_the_other_rule_and_a_conviction_abroad_has_none() -> None:
    for what, ending in ((offence(), judged(START)), (MINOR, Ending(by="foreign-conviction"))):
        result = overtreding(what, ending, ALONE, ALL_KNOWN, on=date(2030, 1, 1))
        assert result.outcome is Outcome.CANNOT_SAY and not result.missing
        assert "Wjsg 4" in result.because.says.en or "no rule here" in result.because.says.en


@pytest.mark.parametrize("ask", [misdrijf, overtreding])
def test_before_the_text_that_was_read_there_is_no_answer(ask: Any) -> None:
    what = offence() if ask is misdrijf else MINOR
    ending = Ending(by="judgment", judged_on=START, custody=NONE, sentences=())
    before, first = (ask(what, ending, ALONE, ALL_KNOWN, on=day) for day in (date(2019, 12, 31), date(2020, 1, 1)))
    assert (before.outcome, before.changes_on) == (Outcome.CANNOT_SAY, date(2020, 1, 1))
    assert "no text of this rule" in before.because.says.en
    assert first.value is not None and "text of 2020-01-01" in first.because.article


def test_what_does_not_turn_on_what_is_unknown_is_said() -> None:
    attempted = offence("Sr 45 jo 287")
    runs = misdrijf(attempted, judged(START), ALONE, ALL_KNOWN, on=date(2025, 3, 14))
    unclear = misdrijf(attempted, judged(START), ALONE, ALL_KNOWN, on=date(2025, 3, 15))
    over = misdrijf(attempted, judged(START), ALONE, ALL_KNOWN, on=date(2085, 3, 15))
    assert [one.outcome for one in (runs, unclear, over)] == [Outcome.NO, Outcome.CANNOT_SAY, Outcome.YES]
    assert [one.changes_on for one in (runs, unclear, over)] == [date(2025, 3, 15), date(2085, 3, 15), None]
    assert runs.value == unclear.value == over.value == Term(START, date(2025, 3, 15), None, None)


def test_unverified_values_are_said_where_they_decide_and_only_there() -> None:
    def unverified(what: Offence, who: Person = ALONE, ending: Ending | None = None) -> set[str]:
        return set(misdrijf(what, ending or judged(START), who, ALL_KNOWN, on=date(2025, 1, 1)).unverified) - {"retention.misdrijf"}

    assert unverified(offence()) == {"reading-counting"}
    assert unverified(offence(), person(died_on=date(2020, 1, 1))) == {"reading-counting", "reading-death"}
    assert unverified(offence(), person((date(2010, 1, 1), LIGHT))) == {"reading-counting", "reading-later-lengthens"}
    assert unverified(offence("Sr 242")) == {"reading-counting", "reading-start-of-eighty"}
    assert unverified(offence("Sr 242", first=NEW)) == {"reading-counting", "reading-start-of-eighty", "sexual-articles"}
    assert unverified(offence("Sr 242"), person(died_on=date(2020, 1, 1))) == {
        *("reading-counting", "reading-death", "reading-start-of-eighty", "reading-death-after-lengthening")
    }
    seems_over = misdrijf(offence(), judged(START), ALONE, ALL_KNOWN, on=date(2025, 3, 15))
    assert "reading-horizon" in seems_over.unverified


def test_a_term_that_is_over_for_a_horizon_that_lost_its_support_is_not_over() -> None:
    lost = Horizon(position=7, support_lost=True)
    result = misdrijf(offence(), judged(START), ALONE, ALL_KNOWN, on=date(2030, 1, 1), horizon=lost)
    assert result.outcome is Outcome.CANNOT_SAY and "taken away" in result.because.says.en
