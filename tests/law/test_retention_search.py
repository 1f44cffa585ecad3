"""What holds for every term of a misdrijf, by search: it is Wjsg 4 stated again, and nothing that comes late undoes that it is over."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume, event, given
from hypothesis import strategies as st

from hervat.case import Duration
from hervat.law.retention import NONE, Ending, Known, Later, Offence, Person, misdrijf
from hervat.law.retention.term import Term
from hervat.law.rule import Result
from hervat.law.value import Outcome
from tests.law.retained import ALL_KNOWN, LIFE, judged, offence

WHEN = st.dates(date(1985, 1, 1), date(2045, 12, 31))
MAXIMA = st.sampled_from([Duration(years=many) for many in (1, 4, 5, 6, 9, 30)] + [Duration(months=71), Duration(months=72), LIFE])
CUSTODIES = st.one_of(st.just(NONE), st.sampled_from([Duration(years=many) for many in (1, 20, 21, 30, 40, 41)]), st.just(LIFE))
LATERS = st.lists(st.builds(Later, judged_on=WHEN, maximum=MAXIMA), max_size=4).map(tuple)
ARTICLES = st.sampled_from(["Sr 310", "Sr 242", "Sr 249", "Sr 287"])
DECIDED = st.dates(date(2020, 1, 1), date(2140, 1, 1))


def is_heavy(maximum: Duration) -> bool:
    return bool(maximum.life) or 12 * (maximum.years or 0) + (maximum.months or 0) >= 72


def first_not_before(year: int, month: int, day: int) -> date:
    """The first day whose year, month and day are not before these."""
    found = date(year, month, 1) + timedelta(days=day - 1)
    return found if found.month == month else date(year, month + 1, 1)


def plus(day: date, years: int) -> date:
    return first_not_before(day.year + years, day.month, day.day)


def stated_again(what: Offence, ending: Ending, who: Person) -> date:
    """Wjsg 4 once more, as a walk through the days: the term is the longest that began before it was over."""
    start, custody, maximum = ending.judged_on, ending.custody, what.maximum
    assert start is not None and maximum is not None and what.article is not None
    more = 0 if not isinstance(custody, Duration) else 99 if custody.life else custody.years or 0
    base = 80 if what.article in ("Sr 242", "Sr 249") or more > 40 else 20 if not is_heavy(maximum) else 50 if more > 20 else 30
    due_on = plus(start, base)
    changed = True
    while changed:
        changed = False
        for one in who.judged_later or ():
            assert one.maximum is not None
            until = plus(one.judged_on, 30 if is_heavy(one.maximum) else 20)
            if start < one.judged_on < due_on < until:
                due_on, changed = until, True
    if isinstance(who.died_on, date):
        due_on = min(due_on, plus(who.died_on, 20 if is_heavy(maximum) else 12))
    return due_on


CASES = st.tuples(
    st.builds(offence, article=ARTICLES, maximum=MAXIMA),
    st.builds(judged, WHEN, CUSTODIES),
    st.builds(Person, died_on=st.one_of(st.just(NONE), WHEN), judged_later=LATERS),
)


@given(case=CASES, on=DECIDED)
def test_the_term_is_that_of_the_rule_stated_again(case: tuple[Offence, Ending, Person], on: date) -> None:
    what, ending, who = case
    due_on = stated_again(what, ending, who)
    result = misdrijf(what, ending, who, ALL_KNOWN, on=on)
    event(f"{what.article}, {result.value and result.value.ends}")
    assert result.value is not None and result.value.due_on == due_on
    assert result.outcome is (Outcome.YES if due_on <= on else Outcome.NO)


@given(case=CASES, on=DECIDED, until=st.one_of(WHEN, DECIDED), late=st.builds(Later, judged_on=DECIDED, maximum=MAXIMA))
def test_nothing_that_comes_late_undoes_that_a_term_is_over(
    case: tuple[Offence, Ending, Person], on: date, until: date, late: Later
) -> None:
    """What the register was not complete in yet, and what the sources told before, lies on either side of one day."""
    what, ending, who = case
    assume(late.judged_on >= until)
    told = misdrijf(what, ending, who, Known(complete_until=until), on=on)
    event(told.outcome)
    after = replace(who, judged_later=(*(who.judged_later or ()), late))
    again = misdrijf(what, ending, after, ALL_KNOWN, on=on)
    assert told.outcome is not Outcome.YES or again.outcome is Outcome.YES
    assert told.outcome is not Outcome.NO or again.outcome is Outcome.NO


@given(case=CASES, on=DECIDED, data=st.data())
def test_the_order_in_which_later_judgments_came_makes_no_difference(
    case: tuple[Offence, Ending, Person], on: date, data: st.DataObject
) -> None:
    what, ending, who = case
    other = replace(who, judged_later=tuple(data.draw(st.permutations(who.judged_later or ()))))
    assert misdrijf(what, ending, who, ALL_KNOWN, on=on).value == misdrijf(what, ending, other, ALL_KNOWN, on=on).value


@given(case=CASES, on=DECIDED, unknown=st.lists(WHEN, min_size=1, max_size=2), data=st.data())
def test_where_a_later_maximum_is_not_told_whatever_it_is_agrees_with_what_is_said(
    case: tuple[Offence, Ending, Person], on: date, unknown: list[date], data: st.DataObject
) -> None:
    what, ending, who = case
    known = who.judged_later or ()

    def asked(maxima: list[Duration | None]) -> Result[Term]:
        more = tuple(Later(judged_on=day, maximum=maximum) for day, maximum in zip(unknown, maxima, strict=True))
        return misdrijf(what, ending, replace(who, judged_later=(*known, *more)), ALL_KNOWN, on=on)

    untold = asked([None] * len(unknown))
    told = asked([data.draw(MAXIMA) for _ in unknown])
    assert untold.value is not None and told.value is not None
    assert untold.outcome in (told.outcome, Outcome.CANNOT_SAY)
    assert untold.value.due_on in (told.value.due_on, None)
    assert untold.value.not_before is not None and told.value.due_on is not None and untold.value.not_before <= told.value.due_on
