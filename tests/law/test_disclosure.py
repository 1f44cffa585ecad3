"""The grounds of disclosure, request by request, with the article of each; requests are invented."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.law.book import replay
from hervat.law.disclosure import NONE, Permission, Request, Scope, grounds
from hervat.law.rule import Result
from hervat.law.value import Outcome
from tests.law.facts import DAYS

TODAY = date(2025, 10, 1)


def request(article: str, requester: str, purpose: str, *, consent: bool | None = None) -> Request:
    return Request(
        article=article, requester=requester, purpose=purpose, requested_on=TODAY, mandate=NONE, consent=consent, position=5
    )


def asked(one: Request, on: date = TODAY) -> Result[Permission]:
    return grounds(one, on=on)


ALIENS = request("Bjsg 19", "IND", "aliens-law")
VETTING = request("Bjsg 23", "public-employer", "staff-vetting", consent=True)
MANDATED = replace(ALIENS, requester="COA", mandate="IND", mandate_from=date(2025, 1, 1), mandate_until=date(2025, 10, 2))


@pytest.mark.parametrize(
    ("one", "scope"),
    [
        (request("Wjsg 8", "court", "criminal-proceedings"), Scope.FULL),
        (request("Wjsg 8", "probation", "criminal-proceedings"), Scope.FULL),
        (request("Bjsg 11", "Schadefonds", "compensation"), Scope.LIMITED),
        (request("Bjsg 12", "mayor", "advice"), Scope.LIMITED),
        (request("Bjsg 12", "visa-authority", "emigration"), Scope.LIMITED),
        (request("Bjsg 13", "authority-of-listed-act", "listed-act"), Scope.LIMITED),
        (request("Bjsg 14", "MIVD", "national-security"), Scope.FULL),
        (request("Bjsg 15", "Bibob", "integrity-assessment"), Scope.FULL),
        (request("Bjsg 16b", "IND", "nationality-law"), Scope.FULL),
        (request("Bjsg 16d", "police", "hunting"), Scope.FULL),
        (request("Bjsg 17", "child-protection", "report"), Scope.FULL),
        (request("Bjsg 18", "prison-director", "execution"), Scope.FULL),
        (ALIENS, Scope.FULL),
        (request("Bjsg 20", "passport-authority", "passport"), Scope.FULL),
        (request("Bjsg 21", "Europol", "investigation"), Scope.FULL),
        (request("Bjsg 22", "economic-investigator", "economic-offences"), Scope.FULL),
        *((replace(VETTING, article=f"Bjsg {number}"), Scope.FULL) for number in range(23, 28)),
        (request("Bjsg 29", "chancery", "honours"), Scope.FULL),
        (request("Bjsg 30", "chancery", "honours"), Scope.FULL),
        (MANDATED, Scope.FULL),
        (replace(MANDATED, mandate_until=NONE), Scope.FULL),
    ],
)
def test_what_a_ground_opens(one: Request, scope: Scope) -> None:
    result = asked(one)
    assert result.outcome is Outcome.YES and result.value is not None
    assert (result.value.scope, result.value.article, result.value.receiver) == (scope, one.article, one.requester)
    assert result.value.mandate_of == (None if one.mandate is NONE else one.mandate)
    assert replay(result.receipt()) == result.receipt()
    assert "text of 2010-05-01" in result.because.article and f"grounds-{scope}" in result.unverified


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (replace(ALIENS, requester="AIVD"), "AIVD is no receiver under Bjsg 19"),
        (replace(ALIENS, purpose="nationality-law"), "nationality-law is no purpose of Bjsg 19"),
        (request("Bjsg 12", "mayor", "visa"), "visa is no purpose of Bjsg 12"),
        (request("Bjsg 12", "IND", "visa"), "IND is no receiver under Bjsg 12, whose receivers are mayor, visa-authority"),
        (replace(ALIENS, article=NONE), "names no article"),
        (replace(ALIENS, requester="private-employer"), "a private employer never receives"),
        (replace(VETTING, requester="private-employer"), "a private employer never receives"),
        (replace(MANDATED, mandate="private-employer"), "a private employer never receives"),
        (replace(MANDATED, requester="private-employer"), "a private employer never receives"),
        (replace(VETTING, consent=False), "signed no consent; Bjsg 28"),
        (replace(VETTING, article="Bjsg 27", consent=False), "signed no consent; Bjsg 28"),
        (replace(MANDATED, mandate_until=TODAY), "does not run on 2025-10-01"),
        (replace(MANDATED, mandate_from=date(2025, 10, 2)), "Bjsg 31"),
        (replace(MANDATED, mandate="AIVD"), "AIVD is no receiver under Bjsg 19"),
        (replace(ALIENS, requester="COA"), "COA is no receiver under Bjsg 19"),
    ],
)
def test_what_is_refused_with_the_article(one: Request, says: str) -> None:
    result = asked(one)
    assert (result.outcome, result.value, result.missing) == (Outcome.NO, None, ())
    assert says in result.because.says.en and "er wordt niets verstrekt" in result.because.says.nl


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (replace(ALIENS, article="Bjsg 99"), "Bjsg 99 is no ground that is known here"),
        (replace(ALIENS, article="Bjsg 28"), "Bjsg 28 is no ground that is known here"),
        (replace(ALIENS, article="Wjsg 10"), "Wjsg 10 is no ground that is known here"),
        (replace(ALIENS, article=None), "(request.article)"),
        (replace(ALIENS, requester=None), "(request.requester)"),
        (replace(ALIENS, purpose=None), "(request.purpose)"),
        (replace(ALIENS, mandate=None), "(request.mandate)"),
        (replace(ALIENS, requested_on=None), "(request.requested_on)"),
        (replace(VETTING, consent=None), "(request.consent)"),
        (replace(MANDATED, mandate_from=None), "(mandate.from)"),
        (replace(MANDATED, mandate_until=None), "(mandate.until)"),
        (replace(ALIENS, requested_on=TODAY + timedelta(days=1)), "after the day of the decision"),
    ],
)
def test_what_cannot_be_said_is_named(one: Request, says: str) -> None:
    result = asked(one)
    assert (result.outcome, result.value) == (Outcome.CANNOT_SAY, None)
    assert says in result.because.says.en


def test_a_mandate_runs_from_its_first_day_to_before_its_last() -> None:
    first, last = date(2025, 11, 3), date(2026, 2, 28)
    one = replace(MANDATED, mandate_from=first, mandate_until=last)
    results = [asked(one, on) for on in (first - timedelta(days=1), first, last - timedelta(days=1), last)]
    assert [result.outcome for result in results] == [Outcome.NO, Outcome.YES, Outcome.YES, Outcome.NO]
    assert [result.changes_on for result in results] == [first, last, last, None]


def test_before_the_text_that_was_read_there_is_no_answer() -> None:
    early = replace(ALIENS, requested_on=date(2010, 4, 1))
    before, first = asked(early, date(2010, 4, 30)), asked(early, date(2010, 5, 1))
    assert (before.outcome, before.changes_on, first.outcome) == (Outcome.CANNOT_SAY, date(2010, 5, 1), Outcome.YES)
    assert "no text of this rule" in before.because.says.en


ROLES = st.sampled_from(["IND", "AIVD", "Schadefonds", "public-employer", "private-employer", "a stranger"])


@given(
    article=st.sampled_from(["Bjsg 11", "Bjsg 14", "Bjsg 19", "Bjsg 23", "Bjsg 28", "x"]),
    requester=ROLES,
    purpose=st.sampled_from(["compensation", "national-security", "aliens-law", "staff-vetting", "curiosity"]),
    mandate=st.one_of(st.just(NONE), ROLES),
    days=st.tuples(DAYS, DAYS, DAYS, DAYS),
    consent=st.booleans(),
)
def test_nobody_receives_but_for_whom_the_ground_is_and_for_its_purpose(
    article: str, requester: str, purpose: str, mandate: str, days: tuple[date, date, date, date], consent: bool
) -> None:
    requested_on, on, first, until = days
    one = Request(
        article=article,
        requester=requester,
        purpose=purpose,
        requested_on=requested_on,
        mandate=mandate,
        mandate_from=first,
        mandate_until=until,
        consent=consent,
    )
    receiver = requester if mandate is NONE else mandate
    allowed = {
        ("Bjsg 11", "Schadefonds", "compensation"),
        ("Bjsg 14", "AIVD", "national-security"),
        ("Bjsg 19", "IND", "aliens-law"),
        *([("Bjsg 23", "public-employer", "staff-vetting")] if consent else []),
    }
    in_time = date(2010, 5, 1) <= on and requested_on <= on and (mandate is NONE or first <= on < until)
    expected = in_time and (article, receiver, purpose) in allowed and "private-employer" not in (requester, mandate)
    assert (grounds(one, on=on).outcome is Outcome.YES) == expected
