"""What the register's record of a person is to the law of immigration."""

from typing import Any

import pytest

from hervat.case import Duration
from hervat.consumers.immigration.recorded import known
from hervat.law.immigration import Decision, Known
from tests.rooms.story import OTHER, PN, Story

PRISON = {"sentence": "1", "kind": "imprisonment", "months": 6}
SERVICE = {"sentence": "2", "kind": "community-service", "hours": 40}


def recorded(story: Story) -> Known:
    """The facts of person A; every message lies at position 7."""
    person = story.register().of("A")
    assert person is not None
    return known(person, lambda named: 7, ("court",))


def decided(story: Story) -> tuple[Decision, ...]:
    decisions = recorded(story).decisions
    assert decisions is not None
    return decisions


def begun(charges: int = 1) -> Story:
    story = Story()
    story.person("A")
    story.case(charges=charges)
    return story


def judge(story: Story, judgment: str = "j", *, pn: str = PN, sentences: tuple[dict[str, Any], ...] = (PRISON,), **more: Any) -> None:
    verdicts = [{"charge": number, "verdict": verdict} for number, verdict in more.pop("verdicts", {1: "convicted"}).items()]
    fields = {"judgment": judgment, "court": "c", "instance": 1, "pn": pn, "given_on": "2025-03-01"} | more
    story.tell("judgment-given", source="zm", **fields, verdicts=verdicts, sentences=sentences)


def test_a_person_without_anything_has_two_empty_lists_and_the_blind_sources() -> None:
    story = Story()
    story.person("A")
    assert recorded(story) == Known(decisions=(), charges=(), blind=("court",))


def test_a_conviction_is_a_decision_that_is_final_when_a_message_says_so() -> None:
    story = begun()
    judge(story, sentences=(PRISON | {"conditional": {"months": 2, "probation_years": 2}}, SERVICE))
    (before,) = decided(story)
    assert (before.key, before.by, before.final_on, before.position) == ("j", "judgment", None, 7)
    assert [(one.class_, one.maximum) for one in before.offences] == [("misdrijf", None)]
    assert [(one.kind, one.whole, one.conditional) for one in before.sentences] == [
        ("imprisonment", Duration(months=6), Duration(months=2)),
        ("community-service", Duration(hours=40), None),
    ]
    story.tell("judgment-final", source="zm", judgment="j", final_on="2025-03-20")
    (final,) = decided(story)
    assert str(final.final_on) == "2025-03-20"
    charges = recorded(story).charges
    assert charges is not None
    assert [(one.key, one.outcome, str(one.final_on)) for one in charges] == [(f"{PN}#1", "convicted", "2025-03-20")]


def test_a_judgment_of_a_higher_instance_takes_the_place_of_the_first() -> None:
    story = begun(charges=2)
    judge(story, verdicts={1: "convicted", 2: "convicted"})
    judge(story, "h", instance=2, on_appeal_of="j", given_on="2025-06-01", verdicts={1: "acquitted", 2: "acquitted"}, sentences=())
    assert decided(story) == ()


def test_of_what_still_stands_in_part_no_message_tells_what_is_left() -> None:
    story = begun(charges=2)
    judge(story, verdicts={1: "convicted", 2: "convicted"})
    judge(story, "h", instance=2, on_appeal_of="j", given_on="2025-06-01", verdicts={1: "acquitted"}, sentences=())
    (left,) = decided(story)
    assert (left.key, [(one.kind, one.whole) for one in left.sentences]) == ("j", [("other", None)])


@pytest.mark.parametrize(("verdict", "imposes"), [("discharged", True), ("guilty-without-penalty", True), ("acquitted", False)])
def test_a_measure_may_come_without_a_conviction(verdict: str, *, imposes: bool) -> None:
    story = begun()
    judge(story, verdicts={1: verdict}, sentences=({"sentence": "1", "kind": "hospital-order"},))
    assert [one.sentences[0].kind for one in decided(story)] == (["hospital-order"] if imposes else [])


def test_an_annulled_judgment_imposes_nothing() -> None:
    story = begun()
    judge(story)
    story.tell("judgment-final", source="zm", judgment="j", final_on="2025-03-20")
    story.tell("judgment-annulled", source="zm", judgment="j", decided_on="2025-09-01", ground="g")
    assert decided(story) == ()
    charges = recorded(story).charges
    assert charges is not None and [one.outcome for one in charges] == ["annulled"]


def test_what_became_of_a_sentence_is_told_with_it() -> None:
    story = begun()
    story.case(OTHER)
    judge(story)
    judge(story, "k", pn=OTHER, given_on="2025-05-01")
    story.tell("judgment-final", source="zm", judgment="j", final_on="2025-03-20")
    execution: dict[str, Any] = {"source": "zm", "judgment": "j", "sentence": "1", "enforced_by": "k"}
    story.tell("conditional-sentence-enforced", **execution, days=20, decided_on="2025-05-01")
    story.tell("conditional-sentence-enforced", **execution, days=10, decided_on="2025-05-02")
    story.tell("sentence-started", source="cjib", judgment="j", sentence="1", started_on="2025-06-01")
    story.tell("sentence-ended", source="cjib", judgment="j", sentence="1", ended_on="2025-08-01")
    story.tell("pardon-granted", source="min", judgment="j", decree="d", decided_on="2025-07-01", remits=[{"sentence": "1", "days": 5}])
    found = {one.key: one.sentences[0] for one in decided(story)}
    assert (found["j"].enforced_days, str(found["j"].ended_on), found["j"].remitted) == (30, "2025-08-01", True)
    assert (found["k"].enforced_days, found["k"].ended_on, found["k"].remitted) == (0, None, False)


def test_a_penalty_order_counts_as_one_until_something_else_is_decided() -> None:
    story = begun()
    story.order("2025-02-01")
    (ordered,) = decided(story)
    assert (ordered.key, ordered.by, ordered.final_on, ordered.sentences[0].cents) == ("o", "penalty-order", None, 10000)
    story.tell("penalty-order-withdrawn", order="o", withdrawn_on="2025-02-10", ground="g")
    assert decided(story) == ()


@pytest.mark.parametrize(
    ("sentence", "whole", "cents"),
    [
        ({"kind": "fine", "amount_eur": "810.05"}, None, 81005),
        ({"kind": "fine", "amount_eur": "810.00", "conditional": {"amount_eur": "400.00"}}, None, None),
        ({"kind": "imprisonment", "days": 10, "conditional": {"probation_years": 2}}, None, None),
        ({"kind": "imprisonment", "years": 1, "months": 6}, Duration(years=1, months=6), None),
        ({"kind": "imprisonment", "life": True}, Duration(life=True), None),
    ],
)
def test_lengths_and_amounts_are_told_only_where_clear(sentence: dict[str, Any], whole: Duration | None, cents: int | None) -> None:
    story = begun()
    judge(story, sentences=({"sentence": "1"} | sentence,))
    (found,) = decided(story)
    assert (found.sentences[0].whole, found.sentences[0].cents) == (whole, cents)


def test_a_conviction_abroad_has_no_class_no_maximum_and_a_sanction_that_may_count() -> None:
    story = Story()
    story.person("A")
    story.tell(
        "foreign-conviction-notified",
        source="ecris",
        skn="A",
        member_state="BE",
        reference="r",
        decided_on="2025-02-01",
        final_on="2025-03-01",
        offences=[{"ecris": "1502 00", "date": "2025-01-04"}],
        sanctions=[{"ecris": "1001", "months": 3}],
    )
    (found,) = decided(story)
    assert (found.key, found.by, str(found.final_on)) == ("BE/r", "foreign", "2025-03-01")
    (offence,) = found.offences
    assert (offence.class_, offence.maximum, str(offence.first), str(offence.last)) == (None, None, "2025-01-04", "2025-01-04")
    assert [(one.kind, one.whole, one.cents) for one in found.sentences] == [("other", None, None)]
