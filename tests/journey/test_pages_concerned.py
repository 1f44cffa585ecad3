"""The page of the person concerned over HTTP: inspection as an act, and requests to correct, taken in and ended."""

import json
import re
from pathlib import Path

import pytest

from hervat.assemble import Node
from hervat.consumers.subject.correcting import ASKED, ENDED
from hervat.consumers.subject.inspected import INSPECTED
from hervat.journal.entry import open_entry
from tests.journey.acting import COURTS, act_at, done, head, send
from tests.journey.site import Served, make_screened, served
from tests.journey.test_pages import text_of

SKN = "20250001"
INSPECTION = {"skn": SKN, "by": "J. Jansen", "on": "2026-03-10"}
ASKING = {"message": "6", "charge": "", "wrong": "it was somebody else", "by": "a. clerk", "on": "2026-03-10"}
ENDING = {"how": "refused", "message": "", "ground": "it is right", "by": "a. clerk", "on": "2026-03-12"}


def mark_on(server: Served) -> dict[str, str]:
    return {"mark": re.findall(r'name="mark" value="(\w+)"', server.get("/concerned").text)[0]}


def ask(server: Served, **other: str) -> int:
    return done(server, server.post("/concerned/ask", ASKING | mark_on(server) | other))[0]


def test_inspection_is_an_act_and_the_report_is_in_the_language_of_the_page(screened: Served) -> None:
    for path, said in (
        ("/concerned", ["Wat het register over 20250001 vastlegt, op 2026-03-10", "Geen gegevens is niet", "Inzage is gegeven"]),
        ("/en/concerned", ["What the register records about 20250001, on 2026-03-10", "What is not in this", "Inspection was given"]),
    ):
        before = head(screened)
        answer = screened.post(path, INSPECTION)
        assert answer.status_code == 200 and [one for one in said if one not in text_of(answer.text)] == []
        assert head(screened) == before + 1 and f"/entry/{before + 1}" in answer.text
        kind, content = act_at(screened, before + 1)
        assert (kind, SKN in content, json.loads(content)["by"]) == (INSPECTED, False, "J. Jansen")
    assert "2045-11-04" in text_of(answer.text) and "childcare" in text_of(answer.text)
    assert "emergency" not in text_of(answer.text).lower().replace("under an emergency procedure", "").replace("emergency procedures", "")


def test_a_button_pressed_twice_is_one_inspection_and_shows_it_again(screened: Served) -> None:
    form = INSPECTION | mark_on(screened)
    answers = [screened.post("/concerned", form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [f"/entry/{head(screened)}" in answer.text and "2045-11-04" in answer.text for answer in answers] == [True, True]
    with Node.opened(screened.url) as node:
        assert len(node.store.acts(INSPECTED, node.position)) == 1
    screened.post("/concerned", form | {"skn": "20250003"})
    with Node.opened(screened.url) as node:
        assert len(node.store.acts(INSPECTED, node.position)) == 2, "another person is another inspection"


def test_unknown_is_not_clean(screened: Served) -> None:
    answer = screened.post("/en/concerned", INSPECTION | {"skn": "29999999"})
    assert "The register does not know this number. That is not the same as clean." in text_of(answer.text)
    assert "Nothing is recorded" not in text_of(answer.text)


def test_no_page_of_it_has_the_person_in_its_address(screened: Served) -> None:
    page = screened.post("/concerned", INSPECTION).text
    assert [one for one in re.findall(r'(?:href|action)="([^"]*)"', page) if SKN in one or "10/123456" in one] == []
    assert SKN not in screened.get("/concerned").text


@pytest.mark.parametrize(
    ("path", "form", "wrong", "fault"),
    [
        ("/concerned", INSPECTION, {"skn": "<b>"}, "SKN : Een SKN bestaat uit"),
        ("/concerned", INSPECTION, {"by": " "}, "Wie dit doet : Vul dit in"),
        ("/concerned", INSPECTION, {"on": "soon"}, "Dag : Dit is geen datum"),
        ("/concerned", INSPECTION, {"on": "2999-01-01"}, "Dag : Deze dag is nog niet gekomen"),
        ("/concerned/ask", ASKING, {"on": "2999-01-01"}, "Dag : Deze dag is nog niet gekomen"),
        ("/concerned/ask", ASKING, {"message": "x"}, "Positie van het bericht : Geef een heel getal"),
        ("/concerned/ask", ASKING, {"message": ""}, "Positie van het bericht : Vul dit in"),
        ("/concerned/ask", ASKING, {"charge": "9"}, "Feit : Dit feit staat niet in dat bericht"),
        ("/concerned/ask", ASKING, {"wrong": ""}, "Wat er niet klopt : Vul dit in"),
    ],
)
def test_what_is_wrong_is_told_and_kept(screened_as_is: Served, path: str, form: dict[str, str], wrong: dict[str, str], fault: str) -> None:
    before = head(screened_as_is)
    answer = screened_as_is.post(path, form | wrong)
    assert answer.status_code == 400 and fault in text_of(answer.text), text_of(answer.text)
    kept = [value for name, value in form.items() if name not in wrong and value]
    assert [value for value in kept if f'value="{value}"' not in answer.text] == []
    assert head(screened_as_is) == before


def test_a_request_to_correct_is_taken_in_listed_with_its_last_day_and_ended(screened: Served) -> None:
    asked = ask(screened)
    kind, content = act_at(screened, asked)
    assert (kind, json.loads(content)["message"], SKN in content) == (ASKED, 6, False)
    said = text_of(screened.get("/concerned").text)
    assert f"Verzoek op positie {asked} te laat" in said and "2026-04-07" in said and "it was somebody else" in said
    at, said = done(screened, screened.post("/concerned/end", ENDING | {"asked": str(asked)} | mark_on(screened)))
    assert act_at(screened, at)[0] == ENDED and f"Op het verzoek om verbetering van positie {asked} is geantwoord: geweigerd." in said
    assert "0 verzoeken wachten" in said
    late = screened.post("/en/concerned/end", ENDING | {"asked": str(asked), "ground": "another one"})
    assert late.status_code == 409 and "What you filled in was not recorded: refused; ; another one" in text_of(late.text)
    assert head(screened) == at


def test_it_is_ended_by_the_message_that_corrected_it_and_by_no_other(screened: Served) -> None:
    with Node.opened(screened.url) as node:
        row = next(row for row in node.store.of_kind("judgment-given", node.position) if row.target is None and row.state == 1)
        data = json.loads(_payload(node, row.position))["data"]
    asked = ask(screened, message=str(row.position))
    corrected = ENDING | {"how": "corrected", "asked": str(asked)}
    for message, status in (("", 400), ("0", 400), ("1", 409), ("99999", 409)):
        answer = screened.post("/concerned/end", corrected | {"message": message})
        assert answer.status_code == status and 'value="it is right"' in answer.text
    assert screened.post("/concerned/end", ENDING | {"asked": str(asked), "message": "7"}).status_code == 400
    assert screened.post("/concerned/end", ENDING | {"asked": str(asked), "on": "2026-03-01"}).status_code == 400
    send(screened, COURTS, "message-corrected", {"corrects": {"source": COURTS, "id": row.id}, "data": data | {"court": "Utrecht"}})
    at, _ = done(screened, screened.post("/concerned/end", corrected | {"message": str(head(screened))}))
    assert json.loads(act_at(screened, at)[1])["message"] == at - 1


def _payload(node: Node, position: int) -> bytes:
    return open_entry(node.keys, node.store.entries_at([position])[position]).payload


def test_a_request_taken_in_twice_by_one_button_is_one(screened: Served) -> None:
    form = ASKING | mark_on(screened)
    first, again = (screened.post("/concerned/ask", form) for _ in range(2))
    assert first.headers["location"] == again.headers["location"]
    assert head(screened) == done(screened, first)[0]


def test_read_only_and_other_sites_do_nothing(screened: Served, tmp_path: Path) -> None:
    for path, form in (("/concerned", INSPECTION), ("/concerned/ask", ASKING), ("/concerned/end", ENDING | {"asked": "1"})):
        assert screened.post(path, form, {"Sec-Fetch-Site": "cross-site"}).status_code == 403
    url = f"sqlite:///{tmp_path / 'r.db'}"
    make_screened(url)
    with served(url, "--read-only") as server:
        before = head(server)
        assert 'action="/concerned' not in server.get("/concerned").text
        for path, form in (("/concerned", INSPECTION), ("/concerned/ask", ASKING)):
            assert server.post(path, form).status_code == 403
        assert head(server) == before
