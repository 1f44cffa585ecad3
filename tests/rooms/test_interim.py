"""Interim rules: one decision falls under one of them, where the register is blind and nowhere else; opened and closed by acts."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from msgspec.structs import replace

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.consumers.certificates.proposing import Proposed
from hervat.consumers.ruling import Ruling, rules_at
from hervat.errors import Usage
from hervat.interim import APART, DOES, EVERY, RISKS, InterimRule, InterimRules, Question
from hervat.law.certificates import Proposal
from tests.rooms.certified import NUMBER, ON, Said, all_of, application, case, registered, sealed
from tests.rooms.nodes import fresh

PURPOSES = ("profile 60", "aspect 84", "aspect 21")
FIRST = date(2025, 8, 1)
DAYS = [FIRST + timedelta(days=day) for day in range(6)]
SETS = [tuple(one for one, has in zip(PURPOSES, which, strict=True) if has) for which in product((True, False), repeat=3)]
QUESTIONS = [Question(some, vulnerable) for some in SETS for vulnerable in (True, False)] + [Question((one,)) for one in APART]
BY = {"by": "a test", "why": "x"}


def rule(name: str = "r", *purposes: str, does: str = "decide", **more: Any) -> InterimRule:
    told = {"authority": "a", "ground": "g", "purposes": purposes or (EVERY,), "from_": FIRST, "ask": "police" if does == "ask" else None}
    return InterimRule(name=name, does=does, **(told | more))  # type: ignore[arg-type]


@st.composite
def rules(draw: st.DrawFn, name: str) -> InterimRule:
    purposes = draw(st.lists(st.sampled_from((*PURPOSES, EVERY, *APART)), min_size=1, max_size=3, unique=True))
    risk = draw(st.sampled_from(RISKS)) if set(purposes).isdisjoint(APART) else EVERY
    begins = draw(st.sampled_from(DAYS))
    until = draw(st.sampled_from([None, *(day for day in DAYS if day >= begins)]))
    return rule(name, *purposes, risk=risk, from_=begins, until=until, does=draw(st.sampled_from(DOES)))


def covered(one: InterimRule) -> set[tuple[Question, date]]:
    return {(question, day) for question in QUESTIONS for day in DAYS if one.has(day) and one.covers(question)}


@given(one=rules("one"), other=rules("other"))
def test_two_rules_meet_where_some_decision_would_fall_under_both(one: InterimRule, other: InterimRule) -> None:
    both = covered(one) & covered(other)
    assert one.meets(other) == other.meets(one) == bool(both)
    event("meet" if both else "apart")
    if both:
        with pytest.raises(Usage, match="a decision must fall under one only"):
            InterimRules([one, other])
    else:
        known = InterimRules([one, other])
        for question, day in product(QUESTIONS, DAYS):
            expected = next((each for each in (one, other) if (question, day) in covered(each)), None)
            assert known.on(question, day) is expected


def test_an_application_that_names_nothing_falls_under_no_rule() -> None:
    assert not rule().covers(Question(()))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: rule(until=FIRST - timedelta(days=1)),
        lambda: rule(ask="police"),
        lambda: rule(does="ask", ask=None),
        lambda: rule("r", "immigration", risk="vulnerable"),
    ],
)
def test_a_rule_that_says_what_cannot_be_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="the rule r"):
        wrong()


def ruling(node: Node) -> Ruling:
    return Ruling(node.store, node.keys, node.decide)


def test_rules_are_acts_and_what_cannot_stand_is_refused_and_nothing_changes() -> None:
    with fresh("memory") as node:
        assert ruling(node).open(rule("first", "aspect 84", until=DAYS[3]), **BY) == {"position": 1}
        refused: list[tuple[Any, str]] = [
            (lambda: ruling(node).open(rule("first", "aspect 21"), **BY), "there is a rule of this name"),
            (lambda: ruling(node).open(rule("second"), **BY), "the rule first is for aspect 84 from 2025-08-01 until 2025-08-04"),
            (lambda: ruling(node).open(rule("Second", "aspect 21"), **BY), "--name: this has not the form"),
            (lambda: ruling(node).open(rule("second", "aspect 2"), **BY), "--purpose: this has not the form"),
            (lambda: ruling(node).close("nothing", DAYS[1], **BY), "there is no such interim rule; there are first"),
            (lambda: ruling(node).close("first", FIRST - timedelta(days=1), **BY), "begins on 2025-08-01"),
            (lambda: ruling(node).close("first", DAYS[4], **BY), "cannot be made longer"),
        ]
        for attempt, why in refused:
            with pytest.raises(Usage, match=why):
                attempt()
        assert node.position == 1
        ruling(node).close("first", DAYS[1], **BY)
        with pytest.raises(Usage, match="it was closed at position 2, and 2025-08-02 is its last day"):
            ruling(node).close("first", DAYS[1], **BY)
        ruling(node).open(rule("second", from_=DAYS[2]), **BY)
        assert [(one["name"], one["state"], one["opened"], one["closed"]) for one in ruling(node).listing(DAYS[1])["rules"]] == [
            ("first", "open", 1, 2),
            ("second", "coming", 3, None),
        ]
        assert [one["name"] for one in ruling(node).listing(DAYS[4], position=1)["rules"]] == ["first"]
        before = rules_at(node.store, node.keys, 1).get("first")
        assert before == replace(rule("first", "aspect 84"), until=DAYS[3])


THEFT = case(1, date(2025, 1, 1), "final")


def proposed(said: list[Said], *opened: InterimRule, until: str = "2025-08-01T00:00:00Z", on: date = ON) -> Proposed:
    with fresh("memory") as node:
        node.receive(all_of(sealed([registered(), *said], until)))
        for one in opened:
            ruling(node).open(one, **BY)
        return Certificates(node).proposed(NUMBER, on)


@pytest.mark.parametrize(
    ("opened", "carries"),
    [
        (rule(), True),
        (rule("r", "aspect 84", risk="vulnerable"), True),
        (rule("r", "aspect 84", risk="ordinary"), False),
        (rule("r", "aspect 21"), False),
        (rule("r", "immigration"), False),
        (rule(until=ON), True),
        (rule(until=ON - timedelta(days=1)), False),
        (rule(from_=ON + timedelta(days=1)), False),
    ],
)
def test_a_blind_proposal_falls_under_the_rule_that_is_for_it(opened: InterimRule, *, carries: bool) -> None:
    found = proposed([application()], opened)
    assert (found.is_blind, found.rule is not None) == (True, carries)
    assert found.proposal is (Proposal.GRANT if carries else Proposal.CANNOT_SAY)
    assert found.whole.proposal is Proposal.CANNOT_SAY


@pytest.mark.parametrize("does", DOES)
def test_what_a_rule_does_is_carried_and_only_decide_proposes(does: str) -> None:
    for said, would_be in (([application()], Proposal.GRANT), ([*THEFT, application()], Proposal.ASSESS)):
        found = proposed(said, rule(does=does))
        assert found.rule is not None and found.on_known is not None and found.on_known.proposal is would_be
        assert found.proposal is (would_be if does == "decide" else Proposal.CANNOT_SAY)


@given(opened=rules("r"), counts=st.booleans())
def test_where_nothing_is_blind_no_rule_changes_anything(opened: InterimRule, *, counts: bool) -> None:
    said = [*(THEFT if counts else []), application()]
    found = proposed(said, replace(opened, from_=FIRST, until=None), until="2025-10-02T00:00:00Z")
    assert (found.rule, found.is_blind, found.proposal) == (None, False, Proposal.ASSESS if counts else Proposal.GRANT)


def test_where_it_cannot_be_said_for_another_reason_as_well_no_rule_makes_it_said() -> None:
    found = proposed([application("profile 99")], rule())
    assert (found.rule is not None, found.is_blind, found.on_known, found.proposal) == (True, True, None, Proposal.CANNOT_SAY)
    whole = proposed([application("profile 99")], rule(), until="2025-10-02T00:00:00Z")
    assert (whole.rule, whole.is_blind, whole.proposal) == (None, False, Proposal.CANNOT_SAY)
