"""Receipts are canonical JSON."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from hervat.law.articles import ARTICLES, article
from hervat.law.book import RULES
from hervat.law.receipt import canonical
from hervat.law.rule import Rule
from tests.law.facts import DAYS, HORIZONS, facts

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
NAMES = st.text(st.characters(max_codepoint=127), max_size=4)
DOCUMENTS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)


@given(document=st.dictionaries(NAMES, DOCUMENTS, max_size=3))
def test_canonical_is_what_another_implementation_of_rfc_8785_makes(document: dict[str, Any]) -> None:
    assert canonical(document) == rfc8785.dumps(document)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
@given(data=st.data())
def test_every_receipt_is_rfc_8785(rule: Rule[Any], data: st.DataObject) -> None:
    receipt = rule.apply(data.draw(facts(rule)), on=data.draw(DAYS), horizon=data.draw(HORIZONS)).receipt()
    assert rfc8785.dumps(json.loads(receipt)) == receipt


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
@given(data=st.data())
def test_a_step_rests_only_on_what_the_receipt_has(rule: Rule[Any], data: st.DataObject) -> None:
    document = rule.apply(data.draw(facts(rule)), on=data.draw(DAYS)).document
    there = {one["name"] for one in (*document["facts"], *document["parameters"])} | set(document["missing"])
    for step in document["because"]["steps"]:
        assert step["article"]
        assert set(step["rests_on"]) <= there | {input.name for input in rule.inputs}
        assert set(step["rests_on"]) & there


def test_articles_are_read_in_the_order_of_the_law() -> None:
    listed = ARTICLES.read(["Sr 240b-250", "Sr 254"])
    assert ARTICLES.write(listed) == ["Sr 240b-250", "Sr 254"]
    inside = ["Sr 240b", "Sr 240c", "Sr 248a lid 2", "Sr 250(1)", "Sr 254"]
    outside = ["Sr 240", "Sr 240a", "Sr 250a", "Sr 253", "Sr 254a", "WVW 245"]
    assert [text for text in inside + outside if (one := article(text)) is not None and one in listed] == inside
    assert article("SR 240b") == article("sr 240b") == article("Sr 240b") is not None
    assert [text for text in ("XYZ 240", "Sr", "Sr 45 jo 287", "240b", "Sr 310/311", "") if article(text) is not None] == []
    for wrong in (["Sr 250-240b"], ["240"], "Sr 240"):
        with pytest.raises(ValueError, match=r"wanted|no article"):
            ARTICLES.read(wrong)
