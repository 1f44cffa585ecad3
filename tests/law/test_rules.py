"""What holds for every rule, by search: replaying, missing inputs, gaps, and until when an answer holds."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from hervat.errors import Usage
from hervat.law.book import RULES, replay, rule_named
from hervat.law.gaps import exists, gaps
from hervat.law.rule import Horizon, Origin, Result, Rule
from hervat.law.value import Certainty, Outcome
from tests.law.facts import DAYS, HORIZONS, facts, told, values

every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)


@every_rule
@given(data=st.data())
def test_a_receipt_computes_again_to_the_same_bytes(rule: Rule[Any], data: st.DataObject) -> None:
    result = rule.apply(data.draw(facts(rule)), on=data.draw(DAYS), horizon=data.draw(HORIZONS))
    event(result.outcome)
    assert replay(result.receipt()) == result.receipt()


@every_rule
@given(data=st.data())
def test_the_answer_rests_on_what_was_asked_for_and_on_nothing_else(rule: Rule[Any], data: st.DataObject) -> None:
    given_facts, on = data.draw(facts(rule)), data.draw(DAYS)
    result = rule.apply(given_facts, on=on)
    used = {one["name"] for one in result.document["facts"]}
    others = data.draw(facts(rule))
    elsewise = {name: fact for name, fact in others.items() if name not in used and name not in result.missing}
    kept = {name: fact for name, fact in given_facts.items() if name in used}
    assert rule.apply({**elsewise, **kept}, on=on).receipt() == result.receipt()


@every_rule
@given(data=st.data())
def test_another_value_or_position_of_a_fact_that_was_used_is_another_receipt(rule: Rule[Any], data: st.DataObject) -> None:
    given_facts, on = data.draw(facts(rule)), data.draw(DAYS)
    receipt = rule.apply(given_facts, on=on)
    for one in receipt.document["facts"]:
        input = next(input for input in rule.inputs if input.name == one["name"])
        other = data.draw(told(input))
        assume(other != given_facts[input.name])
        assert rule.apply({**given_facts, input.name: other}, on=on).receipt() != receipt.receipt()


@every_rule
@given(data=st.data())
def test_without_an_input_that_was_used_it_cannot_say_and_names_it(rule: Rule[Any], data: st.DataObject) -> None:
    given_facts, on = data.draw(facts(rule)), data.draw(DAYS)
    for one in rule.apply(given_facts, on=on).document["facts"]:
        name = one["name"]
        without = rule.apply({other: fact for other, fact in given_facts.items() if other != name}, on=on)
        assert without.outcome is Outcome.CANNOT_SAY
        assert name in without.missing
        assert f"({name})" in without.because.says.en and f"({name})" in without.because.says.nl


@every_rule
@given(data=st.data())
def test_what_an_answer_says_of_itself_is_so(rule: Rule[Any], data: st.DataObject) -> None:
    """Of one answer: what is missing in it, what of it is not verified, and until when it holds."""
    given_facts, (on, later) = data.draw(facts(rule)), sorted((data.draw(DAYS), data.draw(DAYS)))
    result = rule.apply(given_facts, on=on)
    assert result.changes_on is None or result.changes_on > on
    if result.changes_on is not None:
        # A day that comes after is the last one before: no example is thrown away.
        later = min(later, date.fromordinal(result.changes_on.toordinal() - 1))
    then = rule.apply(given_facts, on=later)
    assert (then.outcome, then.value, then.missing, then.unverified) == (result.outcome, result.value, result.missing, result.unverified)
    for one in (result, then):
        yes_and_no_are_never_said_where_something_asked_for_is_missing(one)
        what_is_not_quoted_and_decided_is_named_in_both_languages(rule, one)


def yes_and_no_are_never_said_where_something_asked_for_is_missing(result: Result[Any]) -> None:
    assert result.outcome is Outcome.CANNOT_SAY or not result.missing


def what_is_not_quoted_and_decided_is_named_in_both_languages(rule: Rule[Any], result: Result[Any]) -> None:
    parameters = {one["name"] for one in result.document["parameters"] if one["certainty"] != Certainty.QUOTED}
    own = {rule.name} if rule.text.certainty is not Certainty.QUOTED else set()
    assert set(result.unverified) == parameters | own
    notice = result.document["notice"]
    assert (notice is None) == (not result.unverified)
    if notice is not None:
        assert notice["en"].startswith("unverified value: ") and notice["nl"].startswith("ongeverifieerde waarde: ")
        assert all(name in notice[language] for name in result.unverified for language in ("en", "nl"))


def deciding(rule: Rule[Any], data: st.DataObject, names: list[str]) -> None:
    """Where two values of one of these inputs lead to two outcomes, without it the outcome is cannot-say, for that input."""
    given_facts, on, name = data.draw(facts(rule, all_told=True)), data.draw(DAYS), data.draw(st.sampled_from(names))
    input = next(input for input in rule.inputs if input.name == name)
    position = given_facts[name].position
    outcomes = {
        rule.apply({**given_facts, name: replace(given_facts[name], value=value, position=position)}, on=on).outcome
        for value in data.draw(st.lists(values(input), min_size=2, max_size=4))
    }
    without = rule.apply({other: fact for other, fact in given_facts.items() if other != name}, on=on)
    event(f"{name} decides: {len(outcomes) > 1}")
    assert len(outcomes) == 1 or (without.outcome is Outcome.CANNOT_SAY and name in without.missing)


@every_rule
@given(data=st.data())
def test_where_an_input_could_decide_its_absence_does_not(rule: Rule[Any], data: st.DataObject) -> None:
    deciding(rule, data, [input.name for input in rule.inputs])


@pytest.mark.parametrize("gap", gaps(), ids=lambda gap: gap.input.name)
@given(data=st.data())
def test_what_turns_on_a_gap_is_cannot_say(gap: Any, data: st.DataObject) -> None:
    for name in gap.rules:
        deciding(RULES[name], data, [gap.input.name])


GAPS = [
    "application.function",
    "conviction.law",
    "conviction.misdrijf_here",
    "ending.lapsed_on",
    "mandate.from",
    "mandate.until",
    "offence.forced_prostitution",
    "person.legal",
    "sentence.fine_category",
    "sentence.prolonged",
]


def test_an_input_that_one_kind_of_message_has_and_another_has_not_is_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = rule_named("screening.concerns")
    told = replace(rule.inputs[0], name="told", origin=Origin.MESSAGE, told_in=("case-registered.weather", "case-registered.pn"))
    inputs = (told, replace(told, name="untold", told_in=("case-registered.weather",)))
    monkeypatch.setattr("hervat.law.gaps.RULES", {rule.name: replace(rule, inputs=inputs)})
    assert [(gap.input.name, gap.rules) for gap in gaps()] == [("untold", (rule.name,))]


def test_a_gap_is_an_input_for_which_no_kind_of_message_has_a_field() -> None:
    assert [gap.input.name for gap in gaps()] == GAPS
    inputs = {input.name: input for rule in RULES.values() for input in rule.inputs}
    told_by_messages = [input for input in inputs.values() if input.origin is Origin.MESSAGE]
    assert all(input.told_in for input in told_by_messages)
    assert all(not input.told_in for input in inputs.values() if input.origin is not Origin.MESSAGE)
    closed = [input.name for input in told_by_messages if any(map(exists, input.told_in))]
    assert sorted([*closed, *GAPS]) == sorted(input.name for input in told_by_messages)


def test_a_place_is_a_field_by_its_name_in_messages() -> None:
    assert exists("case-registered.charges.period.from") and exists("case-registered.charges.class")
    assert exists("screening-enrolled.from") and exists("foreign-conviction-notified.offences.date")
    assert not exists("case-registered.charges.class_") and not exists("case-registered.charge.class")
    assert not exists("no-kind.from") and not exists("screening-enrolled.from.day")


@every_rule
@given(data=st.data())
def test_a_horizon_that_lost_its_support_is_never_clean(rule: Rule[Any], data: st.DataObject) -> None:
    result = rule.apply(data.draw(facts(rule)), on=data.draw(DAYS), horizon=Horizon(position=7, support_lost=True))
    assert result.outcome is Outcome.CANNOT_SAY


@every_rule
def test_each_value_that_a_rule_uses_is_in_its_file_and_each_fact_in_its_inputs(rule: Rule[Any]) -> None:
    assert list(rule.text.parameters) == [parameter.name for parameter in rule.parameters]
    assert len({input.name for input in rule.inputs}) == len(rule.inputs)
    assert rule.dated_by in rule.inputs
    assert all(text.strip() for text in (*rule.text.title, *rule.text.explanation))


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"form":"other"}',
        b'{"form":"hervat-law-receipt/1"}',
        b'{"form":"hervat-law-receipt/1","rule":{"name":"x"}}',
    ],
)
def test_what_is_no_receipt_is_not_replayed(said: bytes) -> None:
    with pytest.raises(Usage):
        replay(said)


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = document.keys() if isinstance(document, dict) else range(len(document)) if isinstance(document, list) else ()
    return [found for key in keys for found in [(*path, key), *places(document[key], (*path, key))]]


@every_rule
@given(data=st.data())
def test_whatever_stands_in_a_receipt_it_is_computed_again_or_refused(rule: Rule[Any], data: st.DataObject) -> None:
    receipt = rule.apply(data.draw(facts(rule)), on=data.draw(DAYS), horizon=data.draw(HORIZONS)).receipt()
    document = json.loads(receipt)
    *above, last = data.draw(st.sampled_from(places(document)))
    table = document
    for key in above:
        table = table[key]
    table[last] = data.draw(st.sampled_from([None, True, -1, 1.5, "", "x", "\ud800", "2025-01-01", [], ["x", 1], {}, {"name": []}]))
    try:
        again = replay(json.dumps(document, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode())
    except Usage as refused:
        assert "this is no receipt" in str(refused) or "there is no rule" in str(refused)
    else:
        assert json.loads(again)["form"] == document["form"]


def test_a_receipt_that_was_changed_does_not_replay_to_itself() -> None:
    rule = rule_named("screening.concerns")
    receipt = rule.apply({}, on=date(2025, 9, 25)).receipt()
    changed = receipt.replace(b'"outcome":"cannot-say"', b'"outcome":"no"')
    assert changed != receipt and replay(changed) == receipt
