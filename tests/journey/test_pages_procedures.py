"""The page of emergency procedures over HTTP: opening and closing, and what is told where something is wrong."""

import re

import pytest

from hervat.intake.proceeding import PROCEDURE_CLOSED, PROCEDURE_OPENED
from tests.journey.acting import CLOSING, OPENING, act_at, done, head
from tests.journey.site import Served
from tests.journey.test_pages import text_of


def test_a_procedure_is_opened_and_closed_and_each_is_an_act(screened: Served) -> None:
    opened, said = done(screened, screened.post("/procedures/open", OPENING))
    assert act_at(screened, opened)[0] == PROCEDURE_OPENED and "De noodprocedure taxi-2020 is geopend" in said
    assert "Kiwa, Justis" in said and "2020-01-01 t/m 2020-03-01" in said
    closed, said = done(screened, screened.post("/procedures/close", CLOSING))
    assert act_at(screened, closed)[0] == PROCEDURE_CLOSED and "2025-09-30 is haar laatste dag" in said
    before = head(screened)
    for path, form, position in (("/procedures/open", OPENING, opened), ("/procedures/close", CLOSING, closed)):
        again = screened.post(path, form)
        assert (again.status_code, again.headers["location"]) == (303, f"/procedures?done={position}")
        other = screened.post(path, form | {"why": "another reason"})
        assert other.status_code == 400 and "Er is niets gedaan" in text_of(other.text)
    assert head(screened) == before


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"name": "Taxi 2020"}, "Name : Give up to 64 small letters"),
        ({"authority": ""}, "Authority : Fill this in"),
        ({"ground": "x" * 1001}, "Ground : This is too long"),
        ({"sector-taxi": ""}, "Sectors : Choose at least one"),
        ({"category-sexual": ""}, "Categories : Choose at least one"),
        ({"receivers": " \r\n "}, "Receivers : Fill this in"),
        ({"purpose": "no purpose"}, "Purpose : Give up to 64"),
        ({"from": "soon"}, "First day : This is no date"),
        ({"until": "2019-12-31"}, "Last day : The last day is before the first"),
        ({"by": ""}, "Who decides : Fill this in"),
        ({"why": " "}, "Why : Fill this in"),
        ({"name": "childcare-2025"}, "Name : This name was used before"),
        ({"from": "2025-10-01", "until": ""}, "First day : On those days another procedure covers the same category"),
    ],
)
def test_what_is_wrong_with_a_procedure_is_told_at_its_field(screened_as_is: Served, wrong: dict[str, str], fault: str) -> None:
    before, typed = head(screened_as_is), OPENING | wrong
    answer = screened_as_is.post("/en/procedures/open", typed)
    assert answer.status_code == 400
    assert fault in text_of(answer.text)
    boxes = {name for name in typed if "-" in name and typed[name]}
    assert {name for name in boxes if re.search(rf'name="{name}" value="on" checked', answer.text) is None} == set()
    texts = {name: typed[name].strip() for name in ("name", "authority", "ground", "purpose", "from", "until", "by", "why")}
    assert {name for name, value in texts.items() if not re.search(rf'name="{name}" type="\w+" value="{value}"', answer.text)} == set()
    assert head(screened_as_is) == before


def test_what_cannot_be_closed_is_told_in_its_form(screened_as_is: Served) -> None:
    early = screened_as_is.post("/en/procedures/close", CLOSING | {"until": "2025-08-11"})
    assert early.status_code == 400 and "begins on 2025-08-12" in text_of(early.text)
    assert '<details class="act" open>' in early.text and 'value="2025-08-11"' in early.text
    assert screened_as_is.post("/procedures/close", CLOSING | {"name": "none-such"}).status_code == 400
    assert screened_as_is.post("/procedures/close", {"name": "childcare-2025"}).status_code == 400
