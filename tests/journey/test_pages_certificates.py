"""The page of certificates over HTTP: the open applications, a page of them at a time, and the interim rules."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from hervat.assemble import Node
from hervat.consumers.ruling import INTERIM_CLOSED, INTERIM_OPENED
from tests.faults.processes import hervat
from tests.journey.acting import act_at, done, head
from tests.journey.certified import RULE, application, blind, bsns, make_certified, place_of, today
from tests.journey.site import Served, a_server
from tests.journey.test_pages import text_of

many = a_server(make_certified, more=22)
"""The contract's story in which nothing is blind, with 22 more applications."""
many_as_is = a_server(make_certified, "module", more=22)


def listed(page: str) -> list[str]:
    return re.findall(r'href="/(?:en/)?certificates/\d+">(vog-\d+)<', page)


def test_the_open_applications_are_those_of_the_command_with_what_is_proposed(many_as_is: Served) -> None:
    known = hervat("certificate", "work", "--limit", "50", "--json", store=Path(many_as_is.url.removeprefix("sqlite:///"))).document
    numbers = [one["application"] for one in known["applications"]]
    first, second = many_as_is.get("/en/certificates").text, many_as_is.get("/certificates?start=20").text
    assert listed(first) + listed(second) == numbers and (len(listed(first)), len(numbers)) == (20, 23)
    said = text_of(first)
    assert "23 applications wait for a decision." in said and "Shown are 1 to 20 of 23" in said
    last_day = known["applications"][0]["last_day"]
    assert f"vog-1 aspect 84, aspect 86 {last_day}" in said and "received assess: a person decides not blind where it matters" in said
    assert "received grant: on the register alone" in said
    assert "ontvangen verlenen: alleen op het register" in text_of(second)


def test_a_proposal_is_chosen_within_a_page(many_as_is: Served) -> None:
    page = many_as_is.get("/en/certificates?proposal=assess").text
    assert listed(page) == ["vog-1"] and "(1)" in page and "(19)" in page
    assert 'href="/en/certificates?proposal=assess&amp;start=20#work"' in page
    further = many_as_is.get("/en/certificates?proposal=assess&start=20")
    assert listed(further.text) == [] and "None on this page has that proposal" in text_of(further.text)
    for strange in ("proposal=shot", "start=999", "start=x"):
        assert len(listed(many_as_is.get(f"/certificates?{strange}").text)) == 20


def test_what_came_since_is_on_the_page_and_stands_where_its_term_puts_it(many: Served) -> None:
    with Node.opened(many.url, writer=True) as node:
        early = application(24, bsns(40)[-1], today() - timedelta(days=400))
        assert node.receive([early])["applied"] == 1
    assert listed(many.get("/certificates?start=20").text) != []
    assert "vog-24" in listed(many.get("/certificates").text)[:2]


def test_where_the_register_is_blind_the_page_says_so_and_under_which_rule(many: Served) -> None:
    blind(many)
    said = text_of(many.get("/en/certificates").text)
    assert "received cannot say blind ; no interim rule is open for it" in said
    assert "where the register is blind, nothing is decided" in said
    position, said = done(many, many.post("/en/certificates/rules/open", RULE))
    assert act_at(many, position)[0] == INTERIM_OPENED and "The interim rule on-what-is-known was opened." in said
    assert "assess: a person decides blind ; on-what-is-known : decide on what is known" in said
    assert "cannot say blind ; no interim rule is open for it" in said, "the others are asked for something else"
    assert "Scope aspect 84, aspect 86; whether vulnerable people are concerned or not" in said
    assert "Authority Minister Ground a letter" in said and "2026-01-01 to a day that is not known yet" in said
    assert f'<a href="/en/certificates/{place_of(many)}">vog-1</a>' in many.get("/en/certificates").text


def test_a_rule_is_closed_and_what_was_done_is_not_done_twice(many: Served) -> None:
    opened, _ = done(many, many.post("/certificates/rules/open", RULE))
    closing = {"name": RULE["name"], "until": "2026-02-28", "by": "A. Smit", "why": "the links are open"}
    closed, said = done(many, many.post("/certificates/rules/close", closing))
    assert act_at(many, closed)[0] == INTERIM_CLOSED and "2026-02-28 is zijn laatste dag" in said
    before = head(many)
    for path, form, position in (("open", RULE, opened), ("close", closing, closed)):
        again = many.post(f"/certificates/rules/{path}", form)
        assert (again.status_code, again.headers["location"]) == (303, f"/certificates?done={position}")
        assert many.post(f"/certificates/rules/{path}", form | {"why": "another reason"}).status_code == 400
    assert head(many) == before


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"name": "On What"}, "Name : Give up to 64 small letters"),
        ({"authority": ""}, "Authority : Fill this in"),
        ({"ground": "x" * 1001}, "Ground : This is too long"),
        ({"purposes": " \r\n "}, "For which purposes : Fill this in"),
        ({"purposes": "aspect 84\r\nteaching"}, "For which purposes : Give one purpose a line"),
        ({"risk": ""}, "With or without vulnerable people : Choose one of these"),
        ({"purposes": "immigration", "risk": "vulnerable"}, "With or without vulnerable people : Of immigration"),
        ({"does": "guess"}, "What it says : Choose one of these"),
        ({"does": "ask"}, "Whom to ask : Say whom to ask"),
        ({"ask": "the police"}, "Whom to ask : Only a rule that says to ask"),
        ({"from": "soon"}, "First day : This is no date"),
        ({"until": "2025-12-31"}, "Last day : The last day is before the first"),
        ({"by": ""}, "Who decides : Fill this in"),
    ],
)
def test_what_is_wrong_with_a_rule_is_told_at_its_field(many_as_is: Served, wrong: dict[str, str], fault: str) -> None:
    before, typed = head(many_as_is), RULE | wrong
    answer = many_as_is.post("/en/certificates/rules/open", typed)
    assert answer.status_code == 400 and fault in text_of(answer.text)
    texts = {name: typed[name].strip() for name in ("name", "authority", "ground", "ask", "from", "until", "by", "why")}
    assert {name for name, value in texts.items() if not re.search(rf'name="{name}" type="\w+" value="{value}"', answer.text)} == set()
    assert "<option value=\"decide\" selected>" in answer.text or "does" in wrong
    assert head(many_as_is) == before


def test_two_rules_for_one_purpose_are_refused_at_the_field(many: Served) -> None:
    done(many, many.post("/certificates/rules/open", RULE))
    answer = many.post("/en/certificates/rules/open", RULE | {"name": "another"})
    assert answer.status_code == 400 and "First day : On those days another rule is for one of these purposes" in text_of(answer.text)
    early = many.post("/en/certificates/rules/close", {"name": RULE["name"], "until": "2025-12-31", "by": "a", "why": "b"})
    assert early.status_code == 400 and "begins on 2026-01-01" in text_of(early.text)
    assert '<details class="act" open>' in early.text and 'value="2025-12-31"' in early.text


def test_no_number_of_a_person_stands_on_the_page(many_as_is: Served) -> None:
    page = many_as_is.get("/certificates").text
    assert [one for one in ("999990019", "20250001", "Jansen", bsns(1)[0]) if one in page] == []
