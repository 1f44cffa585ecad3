"""The steps of the reasoning of certificates, the limited set, residence and overtredingen: on what each rests first, and whether it holds.

What is left out of a receipt, or stands in it the other way round, changes no outcome, and misleads whoever reads it. Facts are invented.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from hervat.law.certificates import risk, term
from hervat.law.certificates.objective import OBJECTIVE
from hervat.law.dated import Span
from hervat.law.immigration import Residence
from hervat.law.retention import NONE, Ending, Offence, Person, overtreding
from hervat.law.rule import Result
from hervat.law.screening import Change, Enrolment, concerns
from tests.law import test_disclosure as disclosure
from tests.law import test_limited_set as limited
from tests.law import test_lookback as looking
from tests.law import test_objective as weighing
from tests.law import test_proposal as proposing
from tests.law import test_sliding_scale as scaling
from tests.law.retained import ALL_KNOWN, person
from tests.law.settings import with_value

Steps = tuple[tuple[str, bool | None], ...]
DAY = timedelta(days=1)
STILL = (Span(date(2025, 10, 1), date(2025, 10, 2)),)
AFTERWARDS = (Span(date(2026, 10, 1), date(2026, 10, 2)),)
FINED = Ending(by="judgment", judged_on=date(2020, 1, 1), custody=NONE, sentences=("fine",), fine_category=1)
MINOR = Offence(class_="overtreding", from_=date(2004, 1, 1), to=date(2004, 1, 1))
FIRM = Person(died_on=NONE, judged_later=(), legal=True)


def termed(received: date = date(2025, 9, 25), **facts: Any) -> Result[Any]:
    return term(proposing.applied(on=received, refusal_intended=False, **facts), on=date(2025, 10, 10))


def left(one: Any, on: date) -> Result[Any]:
    return limited.asked(one, on)


def not_relevant() -> Result[Any]:
    rule = with_value(OBJECTIVE, "matrix", ["aspect 84, other: not-relevant"])
    return rule.apply(weighing.weighed_facts(weighing.entry()), on=weighing.TODAY)


def before_screening(sector: str) -> Result[Any]:
    day = date(2012, 1, 1)
    return concerns(Enrolment(sector=sector, from_=day, until=NONE), Change(on=day, known_on=day), on=day)


CASES: list[tuple[str, Callable[[], Result[Any]], Steps]] = [
    (
        "look-back: an adult",
        lambda: looking.looked(looking.applied("aspect 11")),
        (("applicant.birth", False), ("application.purposes", True), ("application.purposes", True), ("application.purposes", True)),
    ),
    (
        "look-back: a young applicant",
        lambda: looking.looked(looking.applied("aspect 11", birth=looking.YOUNG)),
        (("applicant.birth", True), ("application.purposes", True), ("application.purposes", True), ("application.purposes", True)),
    ),
    (
        "look-back: an age that is open",
        lambda: looking.looked(looking.applied("aspect 11", birth="2002")),
        (("applicant.birth", None), ("application.purposes", True), ("application.purposes", True), ("application.purposes", True)),
    ),
    ("look-back: an unknown purpose", lambda: looking.looked(looking.applied("profile 99")), (("application.purposes", None),)),
    ("risk: vulnerable people", lambda: risk(looking.applied("profile 60"), on=looking.APPLIED), (("application.purposes", True),)),
    ("term: on a day of work", lambda: termed(), (("application.on", True), ("application.on", False))),
    ("term: past a weekend", lambda: termed(date(2025, 9, 27)), (("application.on", True), ("application.on", True))),
    (
        "term: that stood still",
        lambda: termed(stood_still=STILL),
        (("application.on", True), ("application.on", True), ("application.on", False)),
    ),
    (
        "term: that will stand still",
        lambda: termed(stood_still=AFTERWARDS),
        (("application.on", True), ("application.on", False), ("application.on", False)),
    ),
    ("offence: a sex offence", lambda: weighing.offence_group(weighing.done("Sr 242"), on=weighing.TODAY), (("offence.article", True),)),
    (
        "offence: theft",
        lambda: weighing.offence_group(weighing.done("Sr 310"), on=weighing.TODAY),
        (
            ("offence.article", False),
            ("offence.article", False),
            ("offence.article", False),
            ("offence.article", False),
            ("offence.article", False),
            ("offence.article", False),
            ("offence.article", True),
        ),
    ),
    ("objective: a final acquittal", lambda: weighing.weighed(weighing.entry("acquitted", final=True)), (("entry.outcome", True),)),
    (
        "objective: an acquittal that is not final",
        lambda: weighing.weighed(weighing.entry("acquitted", final=False), weighing.Group.SEXUAL),
        (("entry.outcome", False), ("lookback.answer", True), ("application.purposes", True)),
    ),
    (
        "objective: an open case",
        lambda: weighing.weighed(weighing.entry("open", NONE)),
        (("entry.decided_on", True), ("application.purposes", None)),
    ),
    ("objective: before the window", lambda: weighing.weighed(weighing.entry(on=weighing.FIRST - DAY)), (("lookback.answer", False),)),
    (
        "objective: in one window and not in another",
        lambda: weighing.weighed(weighing.entry(on=weighing.FIRST - DAY), weighing.Group.UNKNOWN),
        (("lookback.answer", None),),
    ),
    ("objective: not relevant", lambda: not_relevant(), (("lookback.answer", True), ("application.purposes", False))),
    ("proposal: nothing is blind", lambda: proposing.worked().whole, (("lookback.answer", None), ("register.blind", False))),
    ("proposal: blind", lambda: proposing.worked(blind=(proposing.BLIND,)).whole, (("lookback.answer", None), ("register.blind", True))),
    (
        "proposal: a function that is not told",
        lambda: proposing.worked(application=proposing.applied(function=None)).whole,
        (("lookback.answer", None), ("lookback.answer", None), ("register.blind", False)),
    ),
    (
        "adult: within the window",
        lambda: left(limited.grown(), date(2025, 8, 30)),
        (("conviction.annulled", False), ("conviction.final_on", True)),
    ),
    (
        "adult: within that of another",
        lambda: left(limited.grown(other_windows_until=date(2026, 1, 1)), date(2025, 9, 1)),
        (("conviction.annulled", False), ("conviction.final_on", False), ("person.other_windows_until", True)),
    ),
    (
        "adult: over",
        lambda: left(limited.grown(), date(2025, 9, 1)),
        (("conviction.annulled", False), ("conviction.final_on", False), ("person.other_windows_until", False)),
    ),
    (
        "adult: judged abroad",
        lambda: left(limited.grown(by="foreign-conviction", misdrijf_here=True), date(2025, 8, 30)),
        (("conviction.annulled", False), ("conviction.misdrijf_here", True), ("conviction.final_on", True)),
    ),
    (
        "legal person: a fine of the third category",
        lambda: left(limited.firm(), date(2025, 8, 30)),
        (("conviction.annulled", False), ("sentence.fine_category", True), ("conviction.final_on", True)),
    ),
    (
        "legal person: of a lower one",
        lambda: left(limited.firm(fine_category=1), date(2025, 8, 30)),
        (("conviction.annulled", False), ("sentence.fine_category", False)),
    ),
    (
        "youth: old enough",
        lambda: left(limited.young(), date(2022, 8, 30)),
        (("conviction.annulled", False), ("conviction.age", True), ("sentence.kinds", True), ("conviction.final_on", True)),
    ),
    (
        "youth: a placement that goes on",
        lambda: left(limited.young(sentences=limited.PLACED, placement_ended=False), date(2022, 8, 30)),
        (("conviction.annulled", False), ("conviction.age", True), ("sentence.placement_ended", False)),
    ),
    (
        "youth: too young",
        lambda: left(limited.young(age=11), date(2022, 8, 30)),
        (("conviction.annulled", False), ("conviction.age", False)),
    ),
    (
        "grounds: for another receiver",
        lambda: disclosure.asked(disclosure.request("Bjsg 19", "DUO", "aliens-law")),
        (("request.requester", False), ("request.article", False)),
    ),
    (
        "grounds: without a consent",
        lambda: disclosure.asked(disclosure.request("Bjsg 23", "public-employer", "staff-vetting", consent=False)),
        (("request.requester", False), ("request.article", True), ("request.purpose", True), ("request.consent", False)),
    ),
    (
        "scale: another ground",
        lambda: scaling.asked(residence=Residence(ground="asylum", decision="withdrawal", since=scaling.SINCE)),
        (("residence.ground", False),),
    ),
    (
        "overtreding: a light fine of a legal person",
        lambda: overtreding(MINOR, FINED, FIRM, ALL_KNOWN, on=date(2025, 1, 1)),
        (("ending.by", True), ("sentence.kinds", False), ("person.legal", False), ("known.complete_until", True)),
    ),
    (
        "overtreding: after death",
        lambda: overtreding(MINOR, FINED, person(died_on=date(2021, 1, 1)), ALL_KNOWN, on=date(2024, 1, 1)),
        (("ending.by", True), ("sentence.kinds", False), ("person.died_on", True), ("known.complete_until", True)),
    ),
    ("screening: before it began in the sector", lambda: before_screening("childcare"), (("enrolment.sector", True),)),
    (
        "screening: before it began in another",
        lambda: before_screening("taxi"),
        (("enrolment.from", True), ("enrolment.from", True), ("enrolment.sector", True)),
    ),
]


@pytest.mark.parametrize(("ask", "steps"), [pytest.param(ask, steps, id=name) for name, ask, steps in CASES])
def test_each_step_of_the_reasoning_is_there_and_says_what_it_says(ask: Callable[[], Result[Any]], steps: Steps) -> None:
    assert tuple((step.rests_on[0], step.holds) for step in ask().because.steps) == steps
