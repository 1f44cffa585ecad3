"""The pages of disclosure over HTTP: what waits, what the law says of it, and the answer as an act."""

import json
import re
from pathlib import Path

import pytest

from hervat.assemble import Node
from hervat.consumers.disclosure.given import DISCLOSED
from tests.journey.acting import act_at, done, head, send
from tests.journey.site import Served, a_server, examples, receive_in_time, served
from tests.journey.test_disclosing import request
from tests.journey.test_pages import text_of

HIDDEN = ("mark", "number", "seen")
COURT, LIMITED, BARRED, UNTOLD, NOBODY = range(53, 58)


def make_asked(url: str) -> None:
    """The contract's story, and more requests, from position 53 on."""
    receive_in_time(url, examples())
    vetting = {"article": "Bjsg 12", "purpose": "visa", "requester": "visa-authority"}
    asked = [
        request(2, request="zm-1", article="Wjsg 8", purpose="zitting", requester="Rechtbank Amsterdam", skn="20250003"),
        request(3, request="bw-1", skn="20250003", article="Bjsg 12", purpose="visum", requester="visa-authority"),
        request(4, request="x-1", skn="20250003", article="Bjsg 19", purpose="aliens-law", requester="private-employer"),
        request(5, request="x-2", skn="20250003", article="Bjsg 19", purpose="aliens-law", requester="Stichting Iets"),
        request(6, request="x-3", skn="29999999", **vetting),
    ]
    receive_in_time(url, asked)


asked = a_server(make_asked)
asked_as_is = a_server(make_asked, "module")


def form_on(page: str) -> dict[str, str]:
    """What the form carries of what was looked at."""
    return {name: value for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page) if name in HIDDEN}


def give(server: Served, position: int, **told: str) -> dict[str, str]:
    """What is sent to answer a request after looking at it with what is told."""
    looked = server.post(f"/disclosures/{position}", {"on": "2026-03-01", "do": "look"} | told)
    assert looked.status_code == 200, text_of(looked.text)
    return form_on(looked.text) | {"on": "2026-03-01", "by": "J. Jansen", "do": "give"} | told


def positions(server: Served, which: str) -> list[int]:
    return [int(one) for one in re.findall(r'href="/disclosures/(\d+)"', server.get(f"/disclosures?which={which}").text)]


def test_what_waits_and_what_is_answered_are_listed_newest_first(asked: Served) -> None:
    waiting = positions(asked, "waiting")
    assert waiting == [NOBODY, UNTOLD, BARRED, LIMITED, COURT, waiting[-1]] and waiting[-1] < 53
    said = text_of(asked.get("/en/disclosures").text)
    assert f"Request at position {COURT} Wjsg 8 zitting Rechtbank Amsterdam 2026-02-21 Not answered yet." in said
    position, _ = done(asked, asked.post(f"/disclosures/{COURT}", give(asked, COURT)))
    assert COURT not in positions(asked, "waiting") and positions(asked, "answered") == [COURT]
    assert f'href="/entry/{position}"' in asked.get("/disclosures?which=answered").text
    assert positions(asked, f"all&before={LIMITED}")[0] == COURT
    for typed in ("x", "0", "-1", "99999999999"):
        assert asked.get(f"/disclosures?before={typed}&which={typed}").status_code == 200


def test_the_answer_is_an_act_and_the_page_leads_to_its_entry(asked: Served) -> None:
    before = head(asked)
    position, said = done(asked, asked.post(f"/disclosures/{LIMITED}", give(asked, LIMITED)))
    assert position == before + 1 == head(asked)
    kind, content = act_at(asked, position)
    act = json.loads(content)
    assert (kind, act["request"], act["outcome"], act["scope"], act["by"]) == (DISCLOSED, LIMITED, "given", "limited", "J. Jansen")
    assert "Het verzoek is beantwoord: verstrekt; dit is antwoord 1." in said
    assert "Antwoord 1, op 2026-03-01 door J. Jansen: verstrekt (de beperkte gegevens), met een blinde bron" in said


def test_a_button_pressed_twice_answers_once_and_another_answer_is_a_conflict(asked: Served) -> None:
    form, other = give(asked, LIMITED), give(asked, LIMITED)
    first = asked.post(f"/disclosures/{LIMITED}", form)
    again = asked.post(f"/disclosures/{LIMITED}", form)
    assert (first.status_code, again.headers["location"]) == (303, first.headers["location"])
    before = head(asked)
    late = asked.post(f"/en/disclosures/{LIMITED}", other)
    assert late.status_code == 409 and "others than you looked at" in text_of(late.text) and 'value="J. Jansen"' in late.text
    assert head(asked) == before


def test_what_was_not_looked_at_is_not_given(asked: Served) -> None:
    before, form = head(asked), give(asked, LIMITED)
    for wrong in ({"seen": ""}, {"seen": "00"}, {"number": "2"}, {"number": ""}, {"on": "2026-02-21"}):
        answer = asked.post(f"/disclosures/{LIMITED}", form | wrong)
        assert answer.status_code == 409, wrong
    late = asked.post(f"/en/disclosures/{LIMITED}", form | {"on": "2999-01-01"})
    assert late.status_code == 400 and "This day has not come yet" in text_of(late.text)
    assert head(asked) == before


def test_the_page_says_what_the_law_says_the_horizon_and_the_set(asked_as_is: Served) -> None:
    said = text_of(asked_as_is.post(f"/en/disclosures/{LIMITED}", {"on": "2026-03-01", "do": "look"}).text)
    order = ["What this answer rests on", "Blind; may", "What the law says of it", "only final convictions", "What would be handed out"]
    assert sorted(order, key=said.index) == order
    assert "Opiumwet 2" in said and "disclosure.adult" in said and "unverified" in said
    assert "To visa authority for visa, on Bjsg 12: the limited set." in said
    full = text_of(asked_as_is.get(f"/en/disclosures/{COURT}").text)
    assert "All judicial data." in full and "convicted 2026-02-12" in full
    # Whom it is about stands nowhere but in the form that asks for the person.
    for path in (f"/disclosures/{LIMITED}", f"/disclosures/{COURT}", "/disclosures"):
        page = asked_as_is.get(path).text
        assert re.sub(r'<input type="hidden" name="skn"[^>]*>', "", page).count("20250003") == 0 and "13/400000-25" not in page


def test_what_is_refused_and_whom_nobody_knows_are_answers_as_well(asked: Served) -> None:
    for position, outcome, said in ((BARRED, "refused", "Record the refusal"), (NOBODY, "unknown", "the register knows nobody")):
        assert said in text_of(asked.get(f"/en/disclosures/{position}").text)
        at, _ = done(asked, asked.post(f"/disclosures/{position}", give(asked, position)))
        assert json.loads(act_at(asked, at)[1])["outcome"] == outcome


def test_what_is_not_told_somebody_tells_and_looks_before_giving(asked: Served) -> None:
    page = asked.get(f"/disclosures/{UNTOLD}").text
    assert "request.requester" in page and 'value="give"' not in page and 'name="role"' in page and 'name="purpose"' not in page
    assert '<option value="IND" selected>' not in page
    before = head(asked)
    assert asked.post(f"/disclosures/{UNTOLD}", form_on(page) | {"on": "2026-03-01", "by": "x", "do": "give"}).status_code == 409
    assert asked.post(f"/disclosures/{UNTOLD}", {"on": "2026-03-01", "do": "look", "role": "nobody"}).status_code == 400
    assert head(asked) == before
    at, _ = done(asked, asked.post(f"/disclosures/{UNTOLD}", give(asked, UNTOLD, role="IND")))
    assert json.loads(act_at(asked, at)[1])["supplied"] == {"role": "IND"}


def test_several_persons_have_no_form(asked: Served) -> None:
    persons = [{"skn": skn, "identity": {"set": "1", "surname": "A", "bsn": "123456782"}} for skn in ("Z1", "Z2")]
    skdb = "urn:nld:oin:00000099000000001000:systeem:skdb"
    for one in persons:
        send(asked, skdb, "person-registered", one)
    with Node.opened(asked.url, writer=True) as node:
        node.receive([request(7, request="x-9", bsn="123456782", article="Bjsg 12", purpose="visa", requester="visa-authority")])
        position = node.position
    page = asked.get(f"/en/disclosures/{position}").text
    assert "2 persons have the number" in text_of(page) and f'action="/en/disclosures/{position}"' not in page
    forced = asked.post(f"/disclosures/{position}", {"on": "2026-03-01", "by": "x", "do": "give", "number": "1", "seen": ""})
    assert forced.status_code == 409 and head(asked) == position


@pytest.mark.parametrize(
    ("wrong", "fault"), [({"by": " "}, "Wie besluit : Vul dit in"), ({"on": "soon"}, "Dag van het antwoord : Dit is geen datum")]
)
def test_what_is_wrong_is_told_and_kept(asked_as_is: Served, wrong: dict[str, str], fault: str) -> None:
    before = head(asked_as_is)
    answer = asked_as_is.post(f"/disclosures/{LIMITED}", give(asked_as_is, LIMITED) | {"by": "<i>J</i>"} | wrong)
    assert answer.status_code == 400 and fault in text_of(answer.text)
    assert ('value="&lt;i&gt;J&lt;/i&gt;"' in answer.text) == ("by" not in wrong)
    assert head(asked_as_is) == before


def test_there_is_no_page_where_no_request_lies_and_other_sites_do_nothing(asked_as_is: Served) -> None:
    for position in (1, 0, 99999):
        assert asked_as_is.get(f"/disclosures/{position}").status_code == 404
        assert asked_as_is.post(f"/disclosures/{position}", {"on": "2026-03-01", "by": "x", "do": "give"}).status_code == 404
    assert asked_as_is.post(f"/disclosures/{LIMITED}", give(asked_as_is, LIMITED), {"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_served_to_be_read_it_shows_and_does_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    make_asked(url)
    with served(url, "--read-only") as server:
        before, page = head(server), server.get(f"/disclosures/{LIMITED}").text
        assert "alleen om te lezen geopend" in text_of(page) and f'action="/disclosures/{LIMITED}"' not in page
        assert server.post(f"/disclosures/{LIMITED}", {"on": "2026-03-01", "by": "x", "do": "give"}).status_code == 403
        assert head(server) == before
