"""The steps of the reasoning, case by case: on what each rests first, and whether it holds. A step that is left out, or says another thing,
changes no outcome; whoever reads the receipt reads something else. Every fact is invented.
"""

from datetime import date

import pytest

from hervat.law.retention import NONE, Ending
from hervat.law.rule import Result
from hervat.law.subject.correction import correction
from tests.law import test_disclosure as disclosure
from tests.law import test_naturalisation as naturalisation
from tests.law import test_retention as retention
from tests.law import test_screening as screening
from tests.law.retained import ALL_KNOWN, ALONE, LIFE, dismissed, executed, judged, offence, person

BEGAN, BEFORE, AFTER = date(2025, 3, 3), date(2024, 12, 24), date(2025, 9, 1)
ON = date(2030, 1, 1)
PLACED = (("ending.by", True), ("offence.article", False), ("offence.maximum", True))


def misdrijf(ending: Ending, who: retention.Person = ALONE, what: retention.Offence | None = None) -> Result[retention.Term]:
    return retention.misdrijf(what or offence(), ending, who, ALL_KNOWN, on=ON)


def dismissal(code: str) -> Result[str]:
    return retention.dismissal(Ending(by="dismissal", dismissed_on=BEFORE, dismissal_code=code), on=ON)


CASES: list[tuple[str, Result[object], tuple[tuple[str, bool], ...]]] = [
    (
        "screening: in the population then and now",
        screening.asked(BEGAN, None, AFTER, AFTER),
        (("enrolment.from", True), ("enrolment.from", True), ("enrolment.sector", True)),
    ),
    (
        "screening: of before, and known since",
        screening.asked(BEGAN, None, BEFORE, AFTER),
        (("enrolment.from", False), ("enrolment.from", True), ("change.known_on", False), ("enrolment.sector", True)),
    ),
    (
        "screening: of before, and known before",
        screening.asked(BEGAN, None, BEFORE, BEFORE),
        (("enrolment.from", False), ("enrolment.from", True), ("change.known_on", True), ("enrolment.sector", True)),
    ),
    (
        "screening: who has left",
        screening.asked(BEGAN, AFTER, BEGAN, BEGAN),
        (("enrolment.from", True), ("enrolment.from", False), ("enrolment.sector", True)),
    ),
    (
        "emergency: everything fits",
        screening.emergency(screening.REPORT, screening.PROCEDURE, screening.USE, on=screening.TODAY),
        (
            ("report.reported_on", True),
            ("report.category", True),
            ("use.purpose", True),
            ("use.sector", True),
            ("use.receiver", True),
            ("procedure.from", True),
        ),
    ),
    (
        "grounds: with a signed consent",
        disclosure.asked(disclosure.VETTING),
        (("request.requester", False), ("request.article", True), ("request.purpose", True), ("request.consent", True)),
    ),
    (
        "grounds: under a mandate",
        disclosure.asked(disclosure.MANDATED),
        (
            ("request.requester", False),
            ("request.mandate", False),
            ("request.article", True),
            ("request.purpose", True),
            ("request.mandate", True),
        ),
    ),
    (
        "naturalisation: custody",
        naturalisation.asked(naturalisation.custody(final_on=BEFORE)),
        (("known.decisions", True),),
    ),
    (
        "naturalisation: an open case",
        naturalisation.asked(naturalisation.charge("suspected")),
        (("known.charges", True),),
    ),
    (
        "correction: asked for later",
        correction(date(2025, 9, 2), on=date(2025, 9, 1)),
        (),
    ),
    (
        "correction: within four weeks",
        correction(date(2025, 9, 1), on=date(2025, 9, 1)),
        (("correction.asked_on", True), ("correction.asked_on", False)),
    ),
    ("retention: a term that is over", misdrijf(judged(retention.START)), (*PLACED, ("known.complete_until", True))),
    ("retention: open", misdrijf(Ending(by="open", lapsed_on=NONE)), (("ending.by", True),)),
    ("retention: an order that was not executed", misdrijf(executed(None)), (("ending.by", True),)),
    (
        "retention: lengthened",
        misdrijf(judged(retention.START), person((date(2010, 1, 1), retention.HEAVY))),
        (*PLACED, ("person.judged_later", True)),
    ),
    (
        "retention: after death",
        misdrijf(judged(retention.START), person(died_on=date(2010, 5, 5))),
        (*PLACED, ("person.died_on", True), ("known.complete_until", True)),
    ),
    ("retention: lapsed", misdrijf(dismissed(retention.START, date(2013, 1, 1))), (*PLACED, ("known.complete_until", True))),
    (
        "retention: imprisonment for life",
        misdrijf(judged(retention.START, LIFE), what=offence(maximum=retention.HEAVY)),
        (("ending.by", True), ("offence.article", False), ("sentence.custody", True)),
    ),
    ("dismissal: code 01", dismissal("01"), (("ending.dismissal_code", True),)),
    ("dismissal: code 20", dismissal("20"), (("ending.dismissal_code", False),) * 3 + (("ending.dismissal_code", True),)),
]


@pytest.mark.parametrize(("result", "steps"), [pytest.param(result, steps, id=name) for name, result, steps in CASES])
def test_each_step_of_the_reasoning_is_there_and_says_what_it_says(result: Result[object], steps: tuple[tuple[str, bool], ...]) -> None:
    assert tuple((step.rests_on[0], step.holds) for step in result.because.steps) == steps


def test_what_is_asked_for_later_is_asked_again_on_that_day() -> None:
    assert correction(date(2025, 9, 2), on=date(2025, 9, 1)).changes_on == date(2025, 9, 2)


def test_a_term_that_has_not_begun_changes_on_no_day() -> None:
    assert misdrijf(Ending(by="open", lapsed_on=NONE)).changes_on is None
