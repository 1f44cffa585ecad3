"""The law as the pages print it: nothing of a rule is left out, what is unverified says so, and a day shows what holds on it."""

import html
import re

import pytest

from hervat.law.book import RULES
from hervat.law.gaps import gaps
from hervat.law.value import Certainty
from tests.journey.site import Served


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", RULES)
def test_a_page_has_all_of_its_rule(whole: Served, name: str) -> None:
    rule = RULES[name]
    for language, path in (("nl", f"/law/{name}"), ("en", f"/en/law/{name}")):
        page = text_of(whole.get(path).text)
        told = [rule.text.article, rule.text.source, getattr(rule.text.title, language), getattr(rule.text.explanation, language)]
        told += [getattr(one.words, language) for one in rule.inputs] + [one.name for one in rule.inputs]
        for parameter, one in rule.text.parameters.items():
            told += [parameter, getattr(one.about, language), *(held.value.source for held in one.values.values)]
        assert [one for one in told if flat(one) not in page] == []


def test_what_is_unverified_says_so_as_often_as_it_is(whole: Served) -> None:
    for name, rule in RULES.items():
        page = text_of(whole.get(f"/en/law/{name}").text)
        uncertain = [held.value.certainty for one in rule.text.parameters.values() for held in one.values.values]
        uncertain.append(rule.text.certainty)
        count = sum(certainty is not Certainty.QUOTED for certainty in uncertain)
        assert page.count("unverified value") >= count, name


def test_every_rule_and_every_gap_is_on_the_list(whole: Served) -> None:
    page = whole.get("/en/law").text
    assert re.findall(r'<th role="rowheader" scope="row"><a href="/en/law/([a-z.-]+)"', page) == list(RULES)
    assert [gap.input.name for gap in gaps() if f"<code>{gap.input.name}</code>" not in page] == []


def test_a_day_shows_what_holds_on_it(whole: Served) -> None:
    def ground(on: str) -> str:
        page = text_of(whole.get(f"/en/law/screening.concerns?on={on}").text)
        return page[page.index("ground-childcare") : page.index("ground-taxi")]

    assert "Wko 1.48d, 1.50" in ground("2025-09-25")
    assert "Wko 1.48d, 1.50" not in ground("2012-01-01")
    early = text_of(whole.get("/en/law/immigration.sliding-scale?on=1900-01-01").text)
    assert "No text of this rule holds for a decision on 1900-01-01." in early


def test_what_is_no_rule_or_no_day_is_told(whole: Served) -> None:
    assert whole.get("/law/nothing").status_code == 404
    wrong = whole.get("/en/law/screening.concerns?on=1+May<b>")
    assert wrong.status_code == 400
    assert "1 May<b> is no day" in text_of(wrong.text)
