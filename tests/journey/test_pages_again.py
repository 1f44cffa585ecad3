"""The page of what is to be opened again over HTTP: told by a step, both versions side by side, closed by a person."""

import json
import re
from pathlib import Path

from tests.faults.processes import hervat
from tests.journey.acting import PROSECUTION, act_at, done, head, send
from tests.journey.certified import GROUND, make_reopened, told_at
from tests.journey.site import Served, a_server, served
from tests.journey.test_pages import text_of

STEP = {"on": "2026-09-30"}
VERDICT = {"verdict": "new-certificate-demanded", **GROUND}


reopened = a_server(make_reopened)
"""A certificate granted blind and an answer given blind, of which the rest came since."""


def path_in(server: Served, sort: str) -> str:
    found = re.search(rf'action="(/again/{sort}/\d+)"', server.get("/again").text)
    assert found is not None
    return found[1]


def test_a_step_tells_what_differs_and_another_finds_nothing(reopened: Served) -> None:
    assert "0 besluiten" in text_of(reopened.get("/again").text)
    position, said = done(reopened, reopened.post("/en/again/certificates", STEP))
    assert act_at(reopened, position)[0] == "certificates-opened-again"
    assert "Decisions on certificates were looked at again: opened 1, withdrawn 0." in said
    position, said = done(reopened, reopened.post("/again/disclosures", STEP))
    assert act_at(reopened, position)[0] == "disclosures-compared" and "vergeleken: 1 antwoord luidt anders" in said
    before = head(reopened)
    for sort in ("certificates", "disclosures"):
        again = reopened.post(f"/again/{sort}", STEP)
        assert (again.status_code, again.headers["location"]) == (303, "/again?nothing=new")
        wrong = reopened.post(f"/en/again/{sort}", {"on": "soon"})
        assert wrong.status_code == 400 and 'value="soon"' in wrong.text and "Day of the step : This is no date" in text_of(wrong.text)
    assert "niets gemeld en niets geschreven" in text_of(reopened.get("/again?nothing=new").text)
    assert head(reopened) == before


def test_both_versions_stand_side_by_side_as_the_commands_have_them(reopened: Served) -> None:
    for sort in ("certificates", "disclosures"):
        done(reopened, reopened.post(f"/again/{sort}", STEP))
    store = Path(reopened.url.removeprefix("sqlite:///"))
    said = text_of(reopened.get("/en/again").text)
    (one,) = hervat("certificate", "again", "--json", store=store).document
    assert "Application vog-1 Decided granted 2026-03-01, blind (known)" in said and one["vulnerable"]
    assert "Vulnerable people are, or may be, concerned." in said
    assert "Proposal differs grant: on the register alone assess: a person decides" in said
    assert [entry["about"] for entry in one["appeared"] if f"{entry['about']} differs – " not in said] == []
    assert "05/777000-25#1 differs – a person assesses; nothing decided yet; serious violence" in said
    (work,) = hervat("disclosure", "work", "--json", store=store).document
    assert "Request indigo-000001 Handed out to IND , Bjsg 19, 2026-03-01" in said and "To be told to IND" in said
    charges = [fact for fact in work["differs"]["came"] if "charge" in fact]
    assert charges and [
        one for one in charges if f"Charge {one['charge']['charge']} {one['prosecution_number']} differs – " not in said
    ] == []
    assert "Answer given given" in said and "Outcome: " in said


def test_whom_an_answer_is_about_is_not_on_the_page(reopened: Served) -> None:
    done(reopened, reopened.post("/again/disclosures", STEP))
    page = reopened.get("/again").text
    assert [one for one in ("20250003", "20250001", "999990019", "Jansen") if one in page] == []


def test_a_certificate_is_closed_with_a_verdict_on_a_ground(reopened: Served) -> None:
    done(reopened, reopened.post("/again/certificates", STEP))
    path = path_in(reopened, "certificates")
    seen = told_at(reopened, path)
    for wrong, fault in (({"verdict": ""}, "Decision : Choose one of these"), ({"ground": " "}, "Ground : Fill this in")):
        answer = reopened.post(f"/en{path}", seen | VERDICT | wrong)
        assert answer.status_code == 400 and fault in text_of(answer.text) and 'value="W. Eger"' in answer.text
    stale = reopened.post(f"/en{path}", VERDICT | {"told_at": "1"})
    assert stale.status_code == 409 and "it was told anew" in text_of(stale.text) and 'value="Wjsg 35"' in stale.text
    position, said = done(reopened, reopened.post(path, seen | VERDICT))
    assert act_at(reopened, position)[0] == "certificate-again-closed"
    content = json.loads(act_at(reopened, position)[1])
    assert (content["verdict"], content["by"], content["ground"]) == ("new-certificate-demanded", "W. Eger", "Wjsg 35")
    assert "gesloten: nieuwe VOG gevraagd" in said and "0 besluiten" in said
    again = reopened.post(path, seen | VERDICT)
    assert (again.status_code, again.headers["location"]) == (303, f"/again?done={position}")
    other = reopened.post(f"/en{path}", seen | VERDICT | {"verdict": "no-consequence"})
    assert other.status_code == 409 and "What you filled in was not recorded: no-consequence" in text_of(other.text)
    assert head(reopened) == position


def test_a_disclosure_is_closed_on_a_ground(reopened: Served) -> None:
    done(reopened, reopened.post("/again/disclosures", STEP))
    path = path_in(reopened, "disclosures")
    seen = told_at(reopened, path)
    empty = reopened.post(f"/en{path}", seen | GROUND | {"by": ""})
    assert empty.status_code == 400 and "Who decides : Fill this in" in text_of(empty.text)
    assert reopened.post(path, GROUND | {"told_at": "1"}).status_code == 409
    position, said = done(reopened, reopened.post(path, seen | GROUND))
    assert act_at(reopened, position)[0] == "disclosure-closed" and "0 antwoorden" in said
    again = reopened.post(path, seen | GROUND)
    assert (again.status_code, again.headers["location"]) == (303, f"/again?done={position}")
    assert reopened.post(path, seen | GROUND | {"ground": "another"}).status_code == 409
    assert head(reopened) == position


def test_what_was_told_anew_is_not_closed_by_who_saw_what_was_told_before(reopened: Served) -> None:
    for sort in ("certificates", "disclosures"):
        done(reopened, reopened.post(f"/again/{sort}", STEP))
    certificate, disclosure = (path_in(reopened, sort) for sort in ("certificates", "disclosures"))
    seen = {path: told_at(reopened, path) for path in (certificate, disclosure)}
    ended = {"charges": [1], "code": "02", "conditional": False, "decided_on": "2025-10-01"}
    send(reopened, PROSECUTION, "case-dismissed", {"pn": "05/777000-25", **ended})
    charge = {"charge": 1, "article": "Sr 310", "label": "l", "class": "misdrijf", "period": {"from": "2025-07-01", "to": "2025-07-01"}}
    case = {"pn": "16/000001-25", "skn": "20250003", "office": "Utrecht", "received_on": "2025-07-20", "charges": [charge]}
    send(reopened, PROSECUTION, "case-registered", case)
    for sort in ("certificates", "disclosures"):
        done(reopened, reopened.post(f"/again/{sort}", STEP))
    before = head(reopened)
    assert reopened.post(certificate, seen[certificate] | VERDICT).status_code == 409
    assert reopened.post(disclosure, seen[disclosure] | GROUND).status_code == 409
    assert head(reopened) == before
    done(reopened, reopened.post(certificate, told_at(reopened, certificate) | VERDICT))
    done(reopened, reopened.post(disclosure, told_at(reopened, disclosure) | GROUND))


def test_the_work_of_screening_is_led_to_with_its_number(screened_as_is: Served) -> None:
    page = screened_as_is.get("/en/again").text
    assert 'href="/en/screening#work">Screening: 9 signals wait for a decision</a>' in page


def test_what_is_none_is_not_found_and_strange_pages_are_the_first(reopened: Served) -> None:
    for path in ("/again/certificates/1", "/again/disclosures/1", "/again/disclosures/999999", "/again/certificates/0"):
        assert reopened.post(path, VERDICT | {"told_at": "1"}).status_code == 404
    assert reopened.get("/again?certificates=999&disclosures=x&done=1").status_code == 200


def test_another_site_and_pages_that_only_read_do_nothing(reopened: Served) -> None:
    for sort in ("certificates", "disclosures"):
        done(reopened, reopened.post(f"/again/{sort}", STEP))
    paths = [path_in(reopened, sort) for sort in ("certificates", "disclosures")]
    before = head(reopened)
    for path in (*paths, "/again/certificates", "/again/disclosures"):
        assert reopened.post(path, VERDICT | STEP, {"Sec-Fetch-Site": "cross-site"}).status_code == 403
    with served(reopened.url, "--read-only") as reading:
        page = reading.get("/again").text
        assert re.findall(r'action="/again', page) == [] and "alleen om te lezen geopend" in text_of(page)
        assert {reading.post(path, VERDICT | STEP | {"told_at": "1"}).status_code for path in (*paths, "/again/certificates")} == {403}
    assert head(reopened) == before
