"""The page of the backlog over HTTP: counting, keying, the second reader, sample and check; each button an act, and nothing else is one."""

import json
from pathlib import Path
from typing import Any

import pytest

from hervat.assemble import Node
from tests.journey.acting import act_at, done, head
from tests.journey.site import Served, a_server, make_whole
from tests.journey.test_pages import text_of
from tests.rooms.test_backlog import PAPER, judgment

COUNT = {
    "source": PAPER, "kinds": "judgment-given\r\nappeal-lodged", "from": "2025-07-17", "until": "2025-09-25", "count": "3",
    "oldest_on": "2025-07-18", "counted_on": "2025-09-25", "by": "A. Smit",
}  # fmt: skip
DRAW = {"source": PAPER, "size": "5", "seed": "1", "by": "C. Bos"}

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


def test_nobody_is_shown_what_another_keyed(blank: Served) -> None:
    done(blank, blank.post("/backlog/enter", keyed(court="Leeuwarden")))
    other = blank.post("/backlog/enter", keyed("B. Visser", court="Assen"))
    for page in (other.text, blank.get("/backlog").text, blank.post(f"/entry/{head(blank) - 1}").text):
        assert "Leeuwarden" not in page
    assert "Assen" in other.text and b"Assen" not in Path(blank.url.removeprefix("sqlite:///")).read_bytes()
