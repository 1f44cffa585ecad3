"""The page of the backlog over HTTP: counting, keying, the second reader, sample and check; each button an act, and nothing else is one."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hervat.assemble import Node
from tests.journey.acting import act_at, done, head
from tests.journey.site import Served, a_server, make_whole
from tests.journey.test_pages import text_of
from tests.journey.test_pages_fields import paths
from tests.rooms.test_backlog import PAPER, judgment

COUNT = {
    "source": PAPER, "kinds": "judgment-given\r\nappeal-lodged", "from": "2025-07-17", "until": "2025-09-25", "count": "3",
    "oldest_on": "2025-07-18", "counted_on": "2025-09-25", "by": "A. Smit",
}  # fmt: skip
DRAW = {"source": PAPER, "size": "5", "seed": "1", "by": "C. Bos"}

FIELDS = {
    "source": PAPER, "paper": "K-7", "kind": "judgment-given", "by": "A. Smit", "data.judgment": "J7", "data.court": "Utrecht",
    "data.instance": "1", "data.pn": "10/000001-25", "data.given_on": "2025-08-01", "data.verdicts[0].charge": "1",
    "data.verdicts[0].verdict": "convicted", "data.sentences[0].sentence": "1", "data.sentences[0].kind": "imprisonment",
    "data.sentences[0].months": "3", "data.sentences[0].conditional.amount_eur": "", "data.ecli": " ",
}  # fmt: skip

blank = a_server(make_whole)
blank_as_is = a_server(make_whole, "module")


def keyed(by: str = "A. Smit", paper: str = "K-1", **other: Any) -> dict[str, str]:
    return {"source": PAPER, "paper": paper, "kind": "judgment-given", "data": json.dumps(judgment() | other), "by": by}


def test_from_paper_to_a_message_by_its_buttons(blank: Served) -> None:
    at, said = done(blank, blank.post("/backlog/count", COUNT))
    assert act_at(blank, at)[0] == "backlog-counted" and "De voorraad van" in said and "Sv 408(1): tot en met 2025-08-01" in said
    assert blank.post("/backlog/count", COUNT).headers["location"] == f"/backlog?done={at}"
    at, said = done(blank, blank.post("/backlog/enter", keyed()))
    assert act_at(blank, at)[0] == "backlog-keyed" and "wacht op een tweede lezer ;" in said and "vrijheidsbeneming" in said
    before = head(blank)
    assert blank.post("/backlog/enter", keyed(" a. SMIT")).headers["location"] == f"/backlog?done={at}"
    assert blank.post("/backlog/enter", keyed("A. Smit", given_on="2025-08-02")).status_code == 409
    assert head(blank) == before, "the second reader is not the first"
    other = blank.post("/en/backlog/enter", keyed("B. Visser", court="Assen"))
    assert other.status_code == 409 and "you keyed Assen; another reader keyed otherwise" in text_of(other.text)
    assert "its readers differ" in text_of(other.text) and head(blank) == before + 1
    done(blank, blank.post("/backlog/enter", keyed("B. Visser")))
    with Node.opened(blank.url) as node:
        (row,) = [row for row in node.horizon() if row["source"] == PAPER]
        assert (row["received"], row["gaps"]) == (2, [])
    at, said = done(blank, blank.post("/backlog/sample", DRAW))
    assert act_at(blank, at)[0] == "backlog-sampled" and "K-1: te controleren" in said
    wrong = blank.post("/en/backlog/check", keyed("C. Bos", court="Assen"))
    assert wrong.status_code == 409 and "differs from what was entered" in text_of(wrong.text)
    assert "1 of 1 wrong; of all, between 20.7% and 100.0%" in text_of(wrong.text)
    done(blank, blank.post("/backlog/check", keyed("D. Vos")))
    page = text_of(blank.get("/en/backlog?people=2").text)
    assert "2 left: 4 person-days" in page and "0 of 1 wrong" in page and "The weights are invented" in page


@pytest.mark.parametrize(
    ("form", "filled", "fault"),
    [
        ("count", COUNT | {"count": "-1"}, "How many : This is no whole number"),
        ("count", COUNT | {"until": "2025-07-01"}, "Last day of the decisions :"),
        ("count", COUNT | {"kinds": " "}, "What lies there : Fill this in"),
        ("enter", keyed() | {"kind": "watermark"}, "What is decided on it : Choose one of these"),
        ("enter", FIELDS | {"kind": "watermark"}, "What is decided on it : Choose one of these"),
        ("check", FIELDS, "is not in the last sample"),
        ("enter", keyed() | {"by": " "}, "Fill this in"),
        ("enter", keyed() | {"data": "{"}, "data: this is no JSON"),
        ("enter", keyed(given_on="soon"), "data.given_on: "),
        ("enter", keyed() | {"source": "urn:nld:oin:00000099000000003000:systeem:grip"}, "a system sends it"),
        ("sample", DRAW | {"size": "0"}, "How many papers : This is no whole number"),
        ("sample", DRAW, "there is nothing to draw from"),
        ("check", keyed(), "is not in the last sample"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(blank_as_is: Served, form: str, filled: dict[str, str], fault: str) -> None:
    answer = blank_as_is.post(f"/en/backlog/{form}", filled)
    assert answer.status_code in (400, 409) and fault in text_of(answer.text)
    assert f'value="{filled["source"]}"' in answer.text


def test_a_paper_keyed_by_fields_is_the_one_keyed_as_json(blank: Served) -> None:
    before = head(blank)
    for path in ("/backlog?enter=judgment-given&check=no-kind", "/en/backlog?enter=person-registered"):
        assert blank.get(path).status_code == 200
    more = blank.post("/en/backlog/enter", FIELDS | {"more": "data.verdicts", "data.verdicts[0].charge": "one"})
    assert (more.status_code, head(blank)) == (200, before), "one entry more is no act"
    assert 'name="data.verdicts[1].charge"' in more.text and 'name="data.verdicts[0].charge" type="number" value="one"' in more.text
    answer = blank.post("/backlog/enter", FIELDS)
    at, said = done(blank, answer)
    assert answer.headers["location"].endswith(f"?done={at}&enter=judgment-given")
    assert act_at(blank, at)[0] == "backlog-keyed" and "wacht op een tweede lezer ;" in said
    other = blank.post("/en/backlog/enter", FIELDS | {"by": "B. Visser", "data.court": "Assen"})
    assert other.status_code == 409 and "Court data.court : you keyed Assen; another reader keyed otherwise" in text_of(other.text)
    done(blank, blank.post("/backlog/enter", keyed("B. Visser", "K-7", judgment="J7")))


@pytest.mark.parametrize(
    ("typed", "told", "named"),
    [
        ({"data.court": " "}, ("Court : Fill this in",), "data.court"),
        ({"data.verdicts[0].charge": "one"}, ("Verdict on charge 1, Number of the charge : This is no whole number",), None),
        ({"data.given_on": "soon"}, ("Given on : This is no date",), "data.given_on"),
        ({"data.pn": "10/1"}, ("Prosecution number : This has not the form",), "data.pn"),
        ({"data.sentences[0].months": ""}, ("Sentence 1 : For this nothing was entered", "data.sentences[0]"), "data.sentences[0]"),
        ({"data.nothing": "x"}, ("data.nothing: A message of the kind",), None),
        ({"by": ""}, ("Fill this in",), None),
        ({"data.verdicts": "x", "data" + ".a" * 900: "y"}, ("data.",), None),
    ],
)
def test_faults_stand_at_their_fields_and_what_was_typed_is_kept(
    blank_as_is: Served, typed: dict[str, str], told: tuple[str, ...], named: str | None
) -> None:
    answer = blank_as_is.post("/en/backlog/enter", FIELDS | typed)
    page = text_of(answer.text)
    assert answer.status_code in (400, 409) and [one for one in told if one not in page] == []
    assert named is None or f'id="about-{named}-enter-fields"' in answer.text
    kept = {"data.judgment": "J7", "data.given_on": typed.get("data.given_on", "2025-08-01")}
    assert [name for name, value in kept.items() if not re.search(f'name="{re.escape(name)}"[^>]* value="{value}"', answer.text)] == []


garbage = st.dictionaries(
    st.one_of(st.sampled_from([*FIELDS, "more", "none.data.verdicts", "none.data.ecli"]), paths),
    st.one_of(st.text(max_size=9), st.sampled_from(["data.verdicts", "data", "\0", "9" * 400, "case-registered"])),
    max_size=6,
)


@settings(max_examples=20)
@given(sent=garbage, form=st.sampled_from(["enter", "check"]))
def test_whatever_is_sent_is_answered_by_a_page_that_says_so(blank_as_is: Served, sent: dict[str, str], form: str) -> None:
    answer = blank_as_is.post(f"/backlog/{form}", FIELDS | sent | {"data.nothing": "x"})
    assert answer.status_code in ((200, 400, 409) if "more" in sent else (400, 409))
    assert ('class="faults"' in answer.text) == (answer.status_code != 200)


def test_nobody_is_shown_what_another_keyed(blank: Served) -> None:
    done(blank, blank.post("/backlog/enter", keyed(court="Leeuwarden")))
    other = blank.post("/backlog/enter", keyed("B. Visser", court="Assen"))
    for page in (other.text, blank.get("/backlog").text, blank.post(f"/entry/{head(blank) - 1}").text):
        assert "Leeuwarden" not in page
    assert "Assen" in other.text and b"Assen" not in Path(blank.url.removeprefix("sqlite:///")).read_bytes()
