"""Naturalisation and public order: the policy as it was read, worked cases at the edges of its amounts and years, and laws over all cases.

The amounts and the five years are those of the notes on the law (quoted); the cases are invented.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.case import Duration
from hervat.law.book import replay
from hervat.law.immigration import Application, Charge, Decision, Known, Offence, Sentence, naturalisation
from hervat.law.immigration.lengths import years_later
from hervat.law.immigration.naturalisation import NATURALISATION, InTheWay, Obstacle
from hervat.law.rule import Horizon, Result
from hervat.law.value import Outcome
from tests.law.facts import CHARGES, DECISIONS
from tests.law.settings import with_value

TODAY = date(2025, 10, 1)
APPLIED = date(2025, 6, 2)
EDGE = date(2020, 6, 2)
ONE = timedelta(days=1)
FREE, IN_THE_WAY, PERHAPS = Outcome.YES, Outcome.NO, Outcome.CANNOT_SAY
MONTH = Duration(months=1)


def decision(
    *sentences: Sentence, final_on: date | None = date(2024, 1, 1), by: str = "judgment", class_: str | None = "misdrijf", key: str = "d"
) -> Decision:
    return Decision(key=key, by=by, final_on=final_on, offences=(Offence(class_=class_),), sentences=sentences)


def fine(euro: int | None, *, cents: int = 0, **rest: object) -> Decision:
    amount = None if euro is None else 100 * euro + cents
    return replace(decision(Sentence(kind="fine", cents=amount)), **rest)  # type: ignore[arg-type]


def custody(*, final_on: date, ended_on: date | None = None, conditional: Duration | None = None) -> Decision:
    return decision(Sentence(kind="imprisonment", whole=MONTH, conditional=conditional, ended_on=ended_on), final_on=final_on)


def charge(outcome: str, *, class_: str | None = "misdrijf", final_on: date | None = None) -> Charge:
    return Charge(key="c#1", class_=class_, outcome=outcome, final_on=final_on)


def asked(
    *facts: Decision | Charge, applied_on: date = APPLIED, on: date = TODAY, blind: tuple[str, ...] = ()
) -> Result[InTheWay]:
    decisions = tuple(one for one in facts if isinstance(one, Decision))
    charges = tuple(one for one in facts if isinstance(one, Charge))
    return naturalisation(Application(applied_on=applied_on), Known(decisions=decisions, charges=charges, blind=blind), on=on)


def obstacles(result: Result[InTheWay]) -> list[Obstacle]:
    assert result.value is not None
    return [one.obstacle for one in result.value.standing]


OF_MINOR = Offence(class_="overtreding")
CASES = [
    ((), FREE, [], "nothing is known"),
    # Open cases.
    ((charge("suspected"),), IN_THE_WAY, [Obstacle.OPEN_CASE], "a suspicion"),
    ((charge("summoned"),), IN_THE_WAY, [Obstacle.OPEN_CASE], "a summons"),
    ((charge("acquitted"),), IN_THE_WAY, [Obstacle.OPEN_CASE], "an acquittal that is not final"),
    ((charge("acquitted", final_on=date(2025, 1, 1)),), FREE, [], "a final acquittal"),
    ((charge("acquitted", final_on=TODAY),), FREE, [], "an acquittal final on the day of the decision"),
    ((charge("acquitted", final_on=TODAY + ONE),), IN_THE_WAY, [Obstacle.OPEN_CASE], "an acquittal final a day later"),
    ((charge("convicted"),), IN_THE_WAY, [Obstacle.OPEN_CASE], "a conviction that is not final"),
    ((charge("dismissed"),), FREE, [], "a dismissal without condition"),
    ((charge("dismissed-conditionally"),), PERHAPS, [Obstacle.OPEN_CASE], "a conditional dismissal"),
    ((charge("annulled", final_on=date(2025, 1, 1)),), PERHAPS, [Obstacle.OPEN_CASE], "an annulled judgment"),
    ((charge("suspected", class_="overtreding"),), FREE, [], "an overtreding"),
    ((charge("suspected", class_=None),), PERHAPS, [Obstacle.OPEN_CASE], "a class that is not told"),
    # Custody and measures: any length; conditional counts; five years.
    ((custody(final_on=date(2024, 1, 1)),), IN_THE_WAY, [Obstacle.CUSTODY], "custody"),
    ((custody(final_on=date(2024, 1, 1), conditional=MONTH),), IN_THE_WAY, [Obstacle.CUSTODY], "conditional custody"),
    ((custody(final_on=EDGE + ONE, conditional=MONTH),), IN_THE_WAY, [Obstacle.CUSTODY], "a day less than five years"),
    ((custody(final_on=EDGE, conditional=MONTH),), FREE, [], "five full years before the application"),
    ((custody(final_on=date(2015, 1, 1), ended_on=EDGE + ONE),), IN_THE_WAY, [Obstacle.CUSTODY], "ended within five years"),
    ((custody(final_on=date(2015, 1, 1), ended_on=EDGE),), FREE, [], "ended five full years before"),
    ((custody(final_on=date(2015, 1, 1)),), PERHAPS, [Obstacle.CUSTODY], "no end of custody is told"),
    ((custody(final_on=TODAY),), IN_THE_WAY, [Obstacle.CUSTODY], "after the application"),
    ((decision(Sentence(kind="hospital-order")),), IN_THE_WAY, [Obstacle.CUSTODY], "a measure"),
    ((decision(Sentence(kind="imprisonment", whole=MONTH), by="foreign", class_=None),), IN_THE_WAY, [Obstacle.CUSTODY], "abroad"),
    ((decision(Sentence(kind="imprisonment", whole=MONTH, remitted=True)),), IN_THE_WAY, [Obstacle.CUSTODY], "a pardon does not help"),
    # Community service of any length, and other penalties.
    ((decision(Sentence(kind="community-service", whole=Duration(hours=1))),), IN_THE_WAY, [Obstacle.OTHER_PENALTY], "one hour"),
    ((decision(Sentence(kind="disqualification")),), IN_THE_WAY, [Obstacle.OTHER_PENALTY], "another penalty"),
    ((decision(Sentence(kind="disqualification"), final_on=EDGE),), FREE, [], "another penalty, five years ago"),
    ((decision(Sentence(kind="other")),), PERHAPS, [Obstacle.OTHER_PENALTY], "what messages only call other"),
    # Fines.
    ((fine(810),), IN_THE_WAY, [Obstacle.FINE], "EUR 810"),
    ((fine(809, cents=99),), FREE, [], "a cent less"),
    ((fine(5000, offences=(OF_MINOR,)),), FREE, [], "for an overtreding"),
    ((fine(810, offences=(OF_MINOR, Offence(class_="misdrijf"))),), PERHAPS, [Obstacle.FINE], "for an overtreding as well"),
    ((fine(None),), PERHAPS, [Obstacle.FINE], "an amount that is not told"),
    ((fine(810, final_on=EDGE),), FREE, [], "five years ago"),
    ((fine(810, final_on=None),), FREE, [], "a fine that is not final stands in the way by its charge, and not by itself"),
    ((fine(810, by="penalty-order"),), IN_THE_WAY, [Obstacle.ORDER], "a penalty order of EUR 810"),
    ((fine(809, cents=99, by="penalty-order"),), FREE, [], "a penalty order of a cent less"),
    # Several.
    ((fine(405, key="a"), fine(405, key="b"), fine(405, key="c")), IN_THE_WAY, [Obstacle.SEVERAL], "three of EUR 405"),
    ((fine(405, key="a"), fine(405, key="b"), fine(404, key="c")), FREE, [], "one of them below EUR 405"),
    ((fine(607, cents=50, key="a"), fine(607, cents=50, key="b", by="penalty-order")), IN_THE_WAY, [Obstacle.SEVERAL], "EUR 1215 in two"),
    ((fine(607, cents=50, key="a"), fine(607, cents=49, key="b")), FREE, [], "a cent less than EUR 1215"),
    ((fine(700, key="a"), fine(700, key="b", final_on=EDGE)), FREE, [], "one of them five years ago"),
    ((fine(700, key="a"), fine(700, key="b", offences=(Offence(),))), PERHAPS, [Obstacle.SEVERAL], "one of a class that is not told"),
    # Unlawful gain.
    ((decision(Sentence(kind="unlawful-gain", cents=81000)),), IN_THE_WAY, [Obstacle.GAIN], "EUR 810 of gain"),
    ((decision(Sentence(kind="unlawful-gain", cents=80999)),), FREE, [], "a cent less of gain"),
    ((decision(Sentence(kind="unlawful-gain")),), PERHAPS, [Obstacle.GAIN], "gain that is not told"),
    # What is certain goes before what is not.
    ((fine(None), charge("suspected")), IN_THE_WAY, [Obstacle.OPEN_CASE, Obstacle.FINE], "one certain, one not"),
]


@pytest.mark.parametrize(("facts", "outcome", "found"), [pytest.param(f, o, s, id=why) for f, o, s, why in CASES])
def test_worked_cases(facts: tuple[Decision | Charge, ...], outcome: Outcome, found: list[Obstacle]) -> None:
    result = asked(*facts)
    assert (result.outcome, obstacles(result)) == (outcome, found)
    assert replay(result.receipt()) == result.receipt()
    assert len(result.because.steps) == len(found) and all("d" in step.says.en for step in result.because.steps)


@pytest.mark.parametrize(
    ("on", "years", "unverified"),
    [(date(2018, 4, 30), 4, True), (date(2018, 5, 1), 5, True), (date(2018, 12, 31), 5, True), (date(2019, 1, 1), 5, False)],
)
def test_the_years_went_from_four_to_five_in_2018(on: date, years: int, *, unverified: bool) -> None:
    edge = years_later(on, 0).replace(year=on.year - years)
    ago = decision(Sentence(kind="disqualification"), final_on=edge)
    assert asked(ago, applied_on=on, on=on).outcome is Outcome.YES
    within = asked(replace(ago, final_on=edge + ONE), applied_on=on, on=on)
    assert within.outcome is Outcome.NO
    assert ("window-years" in within.unverified) is unverified


def test_a_sanction_on_29_february_is_free_on_1_march() -> None:
    sanction = decision(Sentence(kind="disqualification"), final_on=date(2020, 2, 29))
    answers = [asked(sanction, applied_on=day, on=day) for day in (date(2025, 2, 28), date(2025, 3, 1))]
    assert [answer.outcome for answer in answers] == [Outcome.NO, Outcome.YES]
    assert answers[0].changes_on == date(2025, 3, 1)


def test_a_decision_that_becomes_final_later_is_asked_again_on_that_day() -> None:
    later = decision(Sentence(kind="disqualification"), final_on=TODAY + ONE)
    assert asked(later).changes_on == TODAY + ONE
    assert asked(later, on=TODAY + ONE).outcome is Outcome.NO
    acquitted = charge("acquitted", final_on=TODAY + ONE)
    assert asked(acquitted).changes_on == TODAY + ONE
    assert asked(acquitted, on=TODAY + ONE).outcome is Outcome.YES
    assert asked(later, charge("acquitted", final_on=TODAY + 2 * ONE)).changes_on == TODAY + ONE


def test_the_answer_is_asked_again_when_the_years_change() -> None:
    assert asked(custody(final_on=date(2016, 1, 1)), applied_on=date(2018, 4, 30), on=date(2018, 4, 30)).changes_on == date(2018, 5, 1)


def test_a_conviction_abroad_counts_as_the_value_says() -> None:
    """The shipped value has one side."""
    known = Known(decisions=(replace(decision(Sentence(kind="disqualification")), by="foreign"),), charges=(), blind=())
    facts = {**Application(applied_on=APPLIED).facts(), **known.facts()}
    counting, not_counting = (with_value(NATURALISATION, "foreign-counts", value).apply(facts, on=TODAY) for value in (True, False))
    assert (counting.outcome, not_counting.outcome) == (Outcome.NO, Outcome.YES)


def test_what_may_stand_in_the_way_is_said_as_what_may() -> None:
    def said(one: Decision) -> str:
        return " ".join(step.says.en for step in asked(one).because.steps)

    assert "or may be" not in said(fine(810))
    assert "or may be" in said(fine(None))


def test_only_what_decides_from_memory_is_named() -> None:
    own = {"immigration.naturalisation", "outcomes-that-end", "outcomes-that-may-end"}
    assert set(asked(fine(810)).unverified) == {"immigration.naturalisation"}
    assert set(asked(charge("suspected")).unverified) == own
    between = fine(810, final_on=EDGE + ONE)
    assert set(asked(between).unverified) == {"immigration.naturalisation", "window-before-application"}
    served = custody(final_on=date(2015, 1, 1), ended_on=date(2024, 1, 1))
    assert set(asked(served).unverified) == {"immigration.naturalisation", "execution-counts"}


def test_several_stand_in_the_way_until_the_rest_is_too_little() -> None:
    days = [date(2022, 1, 1), date(2023, 1, 1), date(2024, 1, 1), date(2025, 1, 1)]
    result = asked(*(fine(500, key=f"d{day.year}", final_on=day) for day in days))
    assert result.value is not None
    assert [(one.key, one.until) for one in result.value.standing] == [("d2022, d2023, d2024, d2025", date(2028, 1, 1))]


def test_a_blind_register_says_neither_yes_nor_no() -> None:
    for facts in ((), (fine(810),)):
        result = asked(*facts, blind=("court",))
        assert result.outcome is Outcome.CANNOT_SAY and "not complete up to 2025-10-01 are court" in result.because.says.en
        assert result.value == asked(*facts).value


@pytest.mark.parametrize(
    ("known", "missing"),
    [
        (Known(decisions=(), blind=()), ("known.charges",)),
        (Known(charges=(), blind=()), ("known.decisions",)),
        (Known(charges=(), decisions=()), ("known.blind",)),
    ],
)
def test_what_is_not_told_is_named(known: Known, missing: tuple[str, ...]) -> None:
    result = naturalisation(Application(applied_on=APPLIED), known, on=TODAY)
    assert (result.outcome, result.missing) == (Outcome.CANNOT_SAY, missing)


def test_an_application_of_later_and_a_day_before_the_text_are_not_answered() -> None:
    assert asked(applied_on=TODAY + ONE).changes_on == TODAY + ONE
    assert asked(applied_on=TODAY + ONE).outcome is Outcome.CANNOT_SAY
    before = asked(on=date(2017, 12, 31), applied_on=date(2017, 1, 1))
    assert (before.outcome, before.changes_on) == (Outcome.CANNOT_SAY, date(2018, 1, 1))
    lost = naturalisation(
        Application(applied_on=APPLIED),
        Known(charges=(), decisions=(), blind=()),
        on=TODAY,
        horizon=Horizon(position=3, support_lost=True),
    )
    assert lost.outcome is Outcome.CANNOT_SAY


FACTS = st.lists(st.one_of(DECISIONS, CHARGES), max_size=4)


@given(facts=FACTS, more=st.one_of(DECISIONS, CHARGES))
def test_one_more_fact_never_leaves_the_way_freer(facts: list[Decision | Charge], more: Decision | Charge) -> None:
    order = (Outcome.YES, Outcome.CANNOT_SAY, Outcome.NO)
    assert order.index(asked(*facts).outcome) <= order.index(asked(*facts, more).outcome)


@given(facts=FACTS)
def test_what_stands_in_the_way_says_the_outcome(facts: list[Decision | Charge]) -> None:
    result = asked(*facts)
    assert result.value is not None
    certain = [one.certain for one in result.value.standing]
    assert result.outcome is (Outcome.NO if any(certain) else Outcome.CANNOT_SAY if certain else Outcome.YES)
    assert all(one.until is None or one.until > APPLIED for one in result.value.standing)


@given(final_on=st.dates(date(2014, 1, 1), TODAY), applied_on=st.dates(date(2018, 6, 1), TODAY))
def test_five_full_years_and_not_a_day_less(final_on: date, applied_on: date) -> None:
    result = asked(decision(Sentence(kind="disqualification"), final_on=final_on), applied_on=applied_on)
    assert (result.outcome is Outcome.NO) == (applied_on < years_later(final_on, 5))
