"""Under which law somebody was convicted, by the values of the rule (all from memory), and what the words of a request mean.

Every conviction and every request is invented.
"""

from datetime import date

import pytest

from hervat.law.disclosure import NONE
from hervat.law.disclosure.applied import applied
from hervat.law.disclosure.wording import WORDS, Wording, given_in, wording
from hervat.law.value import Outcome

TODAY = date(2025, 10, 1)
YOUTH, ADULT = "youth", "adult"


@pytest.mark.parametrize(
    ("ages", "sentences", "law", "steps"),
    [
        ((15, 15), ("imprisonment",), YOUTH, (True,)),
        ((0, 15), (), YOUTH, (True,)),
        ((15, 16), ("imprisonment",), ADULT, (False, False, False, True)),
        ((16, 16), ("youth-detention",), YOUTH, (False, False, True, False)),
        ((16, 22), ("fine",), None, (False, False, False, False)),
        ((22, 22), ("imprisonment", "fine"), ADULT, (False, False, False, True)),
        ((22, 23), ("youth-placement",), YOUTH, (False, False, True, False)),
        ((23, 23), ("youth-detention",), ADULT, (False, True)),
        ((17, 18), ("youth-detention", "imprisonment"), None, (False, False, True, True)),
        (None, ("detention",), ADULT, (False, False, False, True)),
        (None, ("fine",), None, (False, False, False, False)),
    ],
)
def test_which_law_was_applied(ages: tuple[int, int] | None, sentences: tuple[str, ...], law: str | None, steps: tuple[bool, ...]) -> None:
    result = applied(date(2024, 1, 1), ages, sentences, on=TODAY)
    assert (result.value, result.outcome) == (law, Outcome.CANNOT_SAY if law is None else Outcome.YES)
    assert tuple(step.holds for step in result.because.steps) == steps


def test_a_sentence_that_is_not_told_is_asked_for_where_the_age_says_nothing() -> None:
    assert applied(date(2024, 1, 1), (15, 15), None, on=TODAY).value == YOUTH
    assert applied(date(2024, 1, 1), (16, 22), None, on=TODAY).missing == ("sentence.kinds",)


@pytest.mark.parametrize(
    ("requester", "purpose", "mandate", "means", "unknown"),
    [
        ("IND", "aliens-law", NONE, Wording("IND", NONE, "aliens-law"), ()),
        ("  ind ", "ALIENS-LAW", NONE, Wording("IND", NONE, "aliens-law"), ()),
        ("police", "aliens-law", "IND", Wording("police", "IND", "aliens-law"), ()),
        ("police", "aliens-law", "somebody", Wording("police", None, "aliens-law"), ("somebody",)),
        ("a neighbour", "curiosity", NONE, Wording(None, NONE, None), ("a neighbour", "curiosity")),
    ],
)
def test_what_the_words_of_a_request_mean(requester: str, purpose: str, mandate: str, means: Wording, unknown: tuple[str, ...]) -> None:
    result = wording(given_in(requester, purpose, mandate, date(2025, 9, 1), None), on=TODAY)
    assert (result.value, result.outcome) == (means, Outcome.CANNOT_SAY if unknown else Outcome.YES)
    assert result.because.says.en == (f"in no list: {', '.join(unknown)}" if unknown else "the words are known")
    assert [step.says.en for step in result.because.steps if step.holds is None] == [f"{one}: in no list" for one in unknown]


def test_words_that_mean_two_things_are_refused() -> None:
    assert WORDS.read(["IND: the service; Immigration", "police"])["immigration"] == "IND"
    with pytest.raises(ValueError, match="means two things"):
        WORDS.read(["IND: the service", "police: The  Service"])
