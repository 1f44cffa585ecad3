"""The files of rules are read strictly: whatever is not sound is named by file and key."""

import re
import tomllib
from datetime import date, timedelta
from importlib import resources
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hervat.errors import LawFault
from hervat.law.book import RULES
from hervat.law.rule import Rule
from hervat.law.text import RuleText, read_rule
from hervat.law.value import TEXTS, WHOLE, Certainty

SOUND = """
[rule]
article = "Sr 1"
certainty = "quoted"
source = "a book"
title = { en = "A rule", nl = "Een regel" }
explanation = { en = "It says.", nl = "Zij zegt." }
[[text]]
version = 1
decided = { until = 2024-07-01 }
[[text]]
version = 2
decided = { from = 2024-07-01 }
[parameter.months]
about = { en = "a number of months", nl = "een aantal maanden" }
[[parameter.months.value]]
value = 72
certainty = "memory"
source = "a memory"
"""


def read(text: str) -> RuleText:
    return read_rule("law/one.toml", text, {"months": WHOLE})


def test_a_sound_file_is_read() -> None:
    found = read(SOUND)
    (held,) = found.parameters["months"].values.values
    assert (held.value.read, held.value.certainty, held.value.source) == (72, Certainty.MEMORY, "a memory")
    chosen = [held.value for on in (date(2024, 6, 30), date(2024, 7, 1)) if (held := found.versions.at(on, date(2024, 1, 1)))]
    assert chosen == [1, 2]


@pytest.mark.parametrize(
    ("instead_of", "stands", "key"),
    [
        ('article = "Sr 1"', "article = 1", "rule.article"),
        ('article = "Sr 1"', "", "rule.article"),
        ('article = "Sr 1"', 'article = "Sr 1"\nartikel = "Sr 1"', "rule.artikel"),
        ('certainty = "quoted"', 'certainty = "sure"', "rule.certainty"),
        ('en = "A rule", nl = "Een regel"', 'en = "A rule"', "rule.title.nl"),
        ("version = 1", 'version = "1"', "text[1].version"),
        ("version = 1", "version = 1\nfrom = 2024-07-01", "text[1].from"),
        ("decided = { until = 2024-07-01 }", "decided = { until = 2024-06-30 }", "text"),
        ("decided = { until = 2024-07-01 }", "decided = { until = 2024-07-02 }", "text"),
        ("decided = { until = 2024-07-01 }", "decided = { to = 2024-07-01 }", "text[1].decided.to"),
        ("decided = { until = 2024-07-01 }", "decided = { until = 2024-07-01T10:00:00 }", "text[1].decided.until"),
        ("decided = { until = 2024-07-01 }", "decided = { until = '2024-07-01' }", "text[1].decided.until"),
        ("value = 72", "value = -1", "parameter.months.value[1].value"),
        ("value = 72", "value = true", "parameter.months.value[1].value"),
        ("value = 72", "", "parameter.months.value[1].value"),
        ('source = "a memory"', "", "parameter.months.value[1].source"),
        ('source = "a memory"', 'source = "a memory"\nfacts = { until = 2024-07-01 }', "parameter.months.value"),
        ("[parameter.months]", "[parameter.years]\n[parameter.months]", "parameter.years"),
        ("months", "years", "parameter.months"),
        ("[[text]]", "[[texts]]", "text"),
        ("[rule]", "[ruling]", "rule"),
        ("[rule]", "other = 1\n[rule]", "other"),
    ],
)
def test_a_fault_is_named_by_file_and_key(instead_of: str, stands: str, key: str) -> None:
    with pytest.raises(LawFault, match=rf"^law/one\.toml: {re.escape(key)}: .*; put the file of this release back"):
        read(SOUND.replace(instead_of, stands))


def test_what_a_certainty_may_be_is_told() -> None:
    with pytest.raises(LawFault, match="one of quoted, inferred, memory, unverified is wanted"):
        read(SOUND.replace('certainty = "quoted"', 'certainty = "sure"'))


def test_what_is_no_toml_is_named_by_its_file() -> None:
    with pytest.raises(LawFault, match=r"^law/one\.toml: it is no TOML"):
        read("[rule")


def paths(table: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every key of a document."""
    if isinstance(table, dict):
        return [found for key, inner in table.items() for found in [(*path, key), *paths(inner, (*path, key))]]
    if isinstance(table, list):
        return [found for place, inner in enumerate(table) for found in paths(inner, (*path, place))]
    return []


def written(value: Any) -> str:
    """A TOML document or value on one line; enough for what stands in the files of rules."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    return value.isoformat() if isinstance(value, date) else str(value)


def document_of(rule: Rule[Any]) -> dict[str, Any]:
    return tomllib.loads(resources.files(rule.package).joinpath(rule.file).read_text("utf-8"))


def read_document(rule: Rule[Any], document: dict[str, Any]) -> RuleText:
    text = "\n".join(f"{key} = {written(value)}" for key, value in document.items())
    return read_rule(rule.file, text, {one.name: one.sort for one in rule.parameters})


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
@given(data=st.data())
def test_a_key_of_a_shipped_file_that_is_gone_or_misspelt_is_a_fault_that_names_the_file(rule: Rule[Any], data: st.DataObject) -> None:
    document = document_of(rule)
    read_document(rule, document)
    *above, last = data.draw(st.sampled_from(paths(document)))
    table: Any = document
    for key in above:
        table = table[key]
    # What has no bound, and what an option is for, may be left out; then something else holds, which the shape cannot tell.
    assume(last not in ("decided", "facts", "from", "until", "sector"))
    value = table.pop(last)
    if data.draw(st.booleans()):
        table[f"{last}x"] = value
    with pytest.raises(LawFault, match=re.escape(rule.file)):
        read_document(rule, document)


@given(data=st.data())
def test_a_bound_of_a_shipped_file_that_moves_by_a_day_leaves_a_hole_or_an_overlap(data: st.DataObject) -> None:
    bounds = [(rule, path) for rule in RULES.values() for path in paths(document_of(rule)) if path[-1] in ("from", "until")]
    rule, (*above, last) = data.draw(st.sampled_from([bound for bound in bounds if bound[1][0] != "rule"]))
    document = document_of(rule)
    table: Any = document
    for key in above:
        table = table[key]
    table[last] += timedelta(days=data.draw(st.sampled_from([-1, 1])))
    with pytest.raises(LawFault, match=re.escape(rule.file)):
        read_document(rule, document)


def test_a_list_of_options_is_as_certain_as_the_weakest_of_them() -> None:
    order = tuple(Certainty)
    for rule in RULES.values():
        for name, parameter in rule.text.parameters.items():
            for held in parameter.values.values:
                listed = held.value.json if isinstance(held.value.json, list) else []
                options = [one["certainty"] for one in listed if isinstance(one, dict)]
                weakest = max(map(order.index, map(Certainty, options)), default=order.index(held.value.certainty))
                assert order.index(held.value.certainty) == weakest, name


def test_values_of_a_list_are_read_one_by_one() -> None:
    assert TEXTS.read(["a", "b"]) == ("a", "b")
    for wrong in ("a", [1], [""], {"a": 1}):
        with pytest.raises(ValueError, match="wanted"):
            TEXTS.read(wrong)
