"""The page of one application over HTTP: what is proposed and why, and every step that may follow, by form."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.consumers.certificates.steps import Intending
from tests.faults.processes import hervat
from tests.journey.acting import PROSECUTION, act_at, done, head, send
from tests.journey.certified import BY, GROUND, RULE, VOG, blind, form, make_certified, place_of, today
from tests.journey.site import Served, a_server, served
from tests.journey.test_pages import text_of

Filled = dict[str, str]
HEARD = today()
INTENDED = HEARD - timedelta(days=1)
"""Nobody is refused on the day on which that was intended."""
PATH: list[tuple[str, Filled, str]] = [
    ("propose", {}, "certificate-proposed"),
    ("consult", {"consulted": "the police", "did": "no", "said": "", **BY}, "certificate-consulted"),
    ("consult", {"consulted": "the police", "did": "yes", "said": "nothing", **BY}, "certificate-consulted"),
    ("suspend", GROUND, "certificate-suspended"),
    ("resume", BY, "certificate-resumed"),
    ("intend", GROUND, "certificate-intended"),
    ("hear", {"did": "no", "none_by": f"{HEARD}", **BY}, "certificate-heard"),
    ("decide", {"outcome": "refused", **GROUND}, "certificate-decided"),
    ("object", BY, "certificate-objected"),
    ("hear", {"did": "yes", "none_by": "", **BY}, "certificate-heard"),
    ("decide", {"outcome": "granted", **GROUND}, "certificate-decided"),
]
WITH_INTENTION = 6
ACTING = sorted({step for step, _, _ in PATH})


def click(server: Served, place: int, step: str, filled: Filled, on: date | None = None) -> tuple[int, str]:
    return done(server, server.post(f"/certificates/{place}/{step}", form(server, step, place, on) | filled))


def make_intended(url: str) -> None:
    """An application of which it was told that a refusal is intended."""
    make_certified(url)
    with Node.opened(url, writer=True) as node:
        certificates = Certificates(node)
        certificates.propose("vog-1", INTENDED)
        certificates.step("vog-1", INTENDED, Intending, None, GROUND)


intended = a_server(make_intended, "module")


def test_every_step_that_may_follow_is_an_act_that_its_page_leads_to(certified: Served) -> None:
    place = place_of(certified)
    for number, (step, filled, kind) in enumerate(PATH, 1):
        before = head(certified)
        position, said = click(certified, place, step, filled, INTENDED if number <= WITH_INTENTION else None)
        assert (position, act_at(certified, position)[0]) == (before + 1, kind)
        page = certified.get(f"/certificates/{place}").text
        assert page.count("<time datetime=") == number and f'href="/entry/{position}"' in page
        assert "Gedaan." in said
    assert "vog-1" not in certified.get("/certificates?done=1").text
    said = text_of(certified.get(f"/en/certificates/{place}").text)
    assert "the police: not consulted" in said and "the police: nothing" in said and f"none was given by {HEARD}" in said
    assert "Stage granted" in said and "Nothing may follow." in said
    assert hervat("verify", store=Path(certified.url.removeprefix("sqlite:///"))).status == 0


def test_what_is_proposed_is_what_the_command_says_with_its_reasons_in_both_languages(certified_as_is: Served) -> None:
    place = place_of(certified_as_is)
    arguments = ("assess", "certificate", "vog-1", "--on", today().isoformat(), "--json")
    known = hervat(*arguments, store=Path(certified_as_is.url.removeprefix("sqlite:///"))).document
    for path, language in ((f"/certificates/{place}", "nl"), (f"/en/certificates/{place}", "en")):
        said = text_of(certified_as_is.get(path).text)
        assert [one["about"] for one in known["entries"] if f"{one['about']} " not in said] == []
        receipts = [json.loads(one) for one in known["receipts"]]
        steps = [step for receipt in receipts for step in (receipt["because"], *receipt["because"]["steps"])]
        assert len(steps) > 20
        assert [step for step in steps if step["says"][language] not in said or step["article"] not in said] == []
        named = {one["name"] for receipt in receipts for one in receipt["unverified"]}
        assert named and [name for name in named if name not in said] == []
    said = text_of(certified_as_is.get(f"/en/certificates/{place}").text)
    assert "Assess: a person decides. A person decides: something counts or could count." in said
    assert "10/123456-25#2 entry 30 acquitted other does not count a final acquittal never counts" in said
    assert f"Last day {known['term']['last_day']}" in said and "cannot say (Wjsg 35(1)) unverified value: matrix" in said


def test_a_step_clicked_twice_is_one_and_another_is_a_conflict(certified: Served) -> None:
    place = place_of(certified)
    filled = form(certified, "consult", place) | {"consulted": "the police", "did": "yes", "said": "nothing", **BY}
    with ThreadPoolExecutor(3) as clicks:
        answers = list(clicks.map(lambda _: certified.post(f"/certificates/{place}/consult", filled), range(3)))
    assert [answer.status_code for answer in answers] == [303] * 3
    assert len({answer.headers["location"] for answer in answers}) == 1
    before = head(certified)
    other = certified.post(f"/en/certificates/{place}/consult", filled | {"said": "something else"})
    assert other.status_code == 409 and "1 steps were taken on it and 0 were seen" in text_of(other.text)
    assert 'value="something else"' in other.text and head(certified) == before


def test_a_decision_on_what_nobody_looked_at_is_not_taken(certified: Served) -> None:
    """A dismissal comes in while somebody is about to grant."""
    place = place_of(certified)
    click(certified, place, "propose", {})
    seen = form(certified, "decide", place) | {"outcome": "granted", **GROUND}
    ended = {"pn": "05/777000-25", "charges": [1], "code": "02", "conditional": False, "decided_on": "2025-10-01"}
    send(certified, PROSECUTION, "case-dismissed", ended)
    before = head(certified)
    for view in (seen["view"], "", "strange"):
        answer = certified.post(f"/en/certificates/{place}/decide", seen | {"view": view})
        assert answer.status_code == 409 and "is not what was looked at" in text_of(answer.text)
        assert 'value="Wjsg 35"' in answer.text and '<option value="granted" selected>' in answer.text
    assert head(certified) == before
    again = seen | {"view": form(certified, "decide", place)["view"]}
    done(certified, certified.post(f"/certificates/{place}/decide", again))


def test_where_it_is_blind_an_interim_rule_decides_and_is_in_the_decision(certified: Served) -> None:
    place = place_of(certified)
    blind(certified)
    click(certified, place, "propose", {})
    said = text_of(certified.get(f"/en/certificates/{place}").text)
    assert "On what is known it would be: assess: a person decides" in said and "no interim rule is open for it" in said
    assert "grip : complete until before then, from" in said or "grip: complete until before then, from" in said
    answer = certified.post(f"/en/certificates/{place}/decide", form(certified, "decide", place) | {"outcome": "granted", **GROUND})
    assert answer.status_code == 409 and "no interim rule is open" in text_of(answer.text)
    unseen = form(certified, "decide", place) | {"outcome": "granted", **GROUND}
    done(certified, certified.post("/certificates/rules/open", RULE))
    assert certified.post(f"/certificates/{place}/decide", unseen).status_code == 409, "the rule was not seen"
    assert "This falls under the interim rule on-what-is-known" in text_of(certified.get(f"/en/certificates/{place}").text)
    position, _ = click(certified, place, "decide", {"outcome": "granted", **GROUND})
    content = json.loads(act_at(certified, position)[1])
    assert (content["decided_blind"], content["rule"], content["application"]) == (True, "on-what-is-known", place)


@pytest.mark.parametrize(
    ("step", "wrong", "fault"),
    [
        ("decide", {"outcome": ""}, "Decision : Choose one of these"),
        ("decide", {"ground": " "}, "Ground : Fill this in"),
        ("decide", {"by": ""}, "Who decides : Fill this in"),
        ("consult", {"did": ""}, "Was it consulted? : Choose one of these"),
        ("consult", {"did": "yes", "said": ""}, "What it said : Fill this in"),
        ("consult", {"did": "no", "said": "much"}, "What it said : What was not consulted said nothing"),
        ("consult", {"consulted": ""}, "Which source : Fill this in"),
        ("suspend", {"on": "soon"}, "Day of the step : This is no date"),
        ("suspend", {"on": "2999-01-01"}, "Day of the step : This day has not come yet"),
        ("propose", {"on": ""}, "Day of the step : Fill this in"),
        ("hear", {"did": "no", "none_by": ""}, "Where not: none given by : Fill this in"),
        ("hear", {"did": "yes", "none_by": "2026-01-01"}, "Where not: none given by : Where a view was given"),
    ],
)
def test_what_is_wrong_with_a_step_is_told_at_its_field(intended: Served, step: str, wrong: Filled, fault: str) -> None:
    place = place_of(intended)
    before, given = head(intended), next(filled for name, filled, _ in PATH if name == step)
    typed = form(intended, step, place) | given | wrong
    answer = intended.post(f"/en/certificates/{place}/{step}", typed)
    assert answer.status_code == 400 and fault in text_of(answer.text)
    kept = {name: typed[name].strip() for name in ("by", "ground", "consulted", "said", "none_by") if typed.get(name, "").strip()}
    assert {name for name, value in kept.items() if f'value="{value}"' not in answer.text} == set()
    assert '<details class="act" open><summary>' in answer.text and head(intended) == before


def test_what_may_not_follow_is_a_conflict(certified_as_is: Served) -> None:
    place, before = place_of(certified_as_is), head(certified_as_is)
    refused = certified_as_is.post(f"/en/certificates/{place}/decide", {"on": today().isoformat(), "outcome": "refused", **GROUND})
    assert refused.status_code == 409 and "a refusal is decided after an intention was told" in text_of(refused.text)
    early = certified_as_is.post(f"/certificates/{place}/propose", {"on": "2020-01-01", "after": "0"})
    assert early.status_code == 409 and "lies before the day of the application" in text_of(early.text)
    assert certified_as_is.post(f"/certificates/{place}/shoot", {}).status_code == 404
    assert head(certified_as_is) == before


def test_nothing_is_filled_in_that_could_be_a_decision(certified: Served) -> None:
    place = place_of(certified)
    click(certified, place, "propose", {})
    page = certified.get(f"/certificates/{place}").text
    assert "selected" not in page and "checked" not in page
    assert set(re.findall(r'<input id="\S+" name="(\w+)" type="\w+" value="[^"]+"', page)) == {"on"}
    assert re.findall(r'<option value="(granted|refused)"', page) == ["granted"], "a refusal may not follow yet"


def test_what_is_no_application_is_not_found_and_what_was_retracted_says_so(certified: Served) -> None:
    place = place_of(certified)
    for other in (0, 1, 10**9, place + 1):
        assert certified.get(f"/certificates/{other}").status_code == 404
        assert certified.post(f"/certificates/{other}/propose", {"on": "2026-03-01"}).status_code == 404
    position, _ = click(certified, place, "propose", {})
    send(certified, VOG, "message-retracted", {"retracts": {"source": VOG, "id": "vog-000001"}, "ground": "not asked"})
    page = certified.get(f"/en/certificates/{place}")
    assert page.status_code == 200 and "it was retracted by its sender" in text_of(page.text)
    assert f"/entry/{position}" in page.text and "<form" not in page.text.partition("<main")[2]
    assert certified.post(f"/certificates/{place}/suspend", {"on": today().isoformat(), "after": "1", **GROUND}).status_code == 409


def test_of_several_procedures_under_a_number_every_act_is_on_the_one_that_is_named(certified: Served) -> None:
    """Two of one source, for a number that had a procedure was corrected into another that had; and one of another source."""
    store = Path(certified.url.removeprefix("sqlite:///"))
    asked: dict[str, Any] = {"application": "vog-2", "bsn": "100000009", "birth": "1990-01-01", "applied_on": today().isoformat()}
    asked["purposes"] = [{"kind": "profile", "number": "60"}]
    other = VOG.replace("vog", "desk")
    second = send(certified, VOG, "certificate-requested", asked)
    first = place_of(certified)
    for place in (first, second):
        click(certified, place, "propose", {})
    correction = {"corrects": {"source": VOG, "id": "m-2"}, "data": asked | {"application": "vog-1"}}
    send(certified, VOG, "message-corrected", correction)
    third = send(certified, other, "certificate-requested", asked | {"application": "vog-1"})
    procedures = {first: (VOG, "proposed"), second: (VOG, "proposed"), third: (other, "received")}

    shown = hervat("certificate", "show", "vog-1", "--json", store=store).document
    assert {one["place"]: (one["source"], one["stage"]) for one in shown["procedures"]} == procedures
    assert shown["others"] == [] and [len(one["steps"]) for one in shown["procedures"]] == [0, 1, 1]
    words = hervat("certificate", "show", "vog-1", "--lang", "nl", store=store).out
    dutch = {"proposed": "voorgesteld", "received": "ontvangen"}
    assert all(f"de procedure op plaats {place}, van {source}: {dutch[stage]}" in words for place, (source, stage) in procedures.items())
    one = hervat("certificate", "show", "vog-1", "--place", str(second), "--json", store=store).document
    assert one["place"] == second and {each["place"] for each in one["others"]} == {first, third}

    granted = ("decide", "vog-1", "--outcome", "granted", "--by", "a", "--ground", "g")
    before = head(certified)
    unclear = (((), "name one with --source"), (("--source", VOG), "name one with --place"), (("--place", "1"), "not at place 1"))
    for step in (("propose", "vog-1"), granted, ("suspend", "vog-1", "--by", "a", "--ground", "g")):
        for named, why in unclear:
            refused = hervat("certificate", *step, *named, store=store)
            assert refused.status == 1 and why in refused.err
    assert hervat("assess", "certificate", "vog-1", "--source", VOG, store=store).status == 1
    assert head(certified) == before
    told = hervat("certificate", *granted, "--place", str(second), "--json", store=store).document
    assert told["place"] == second and json.loads(act_at(certified, told["position"])[1])["application"] == second

    for place in procedures:
        page = certified.get(f"/en/certificates/{place}")
        assert page.status_code == 200 and f"this is the one at place {place}" in text_of(page.text)
        assert {int(at) for at in re.findall(r'<li><a href="/en/certificates/(\d+)">', page.text)} == procedures.keys() - {place}
    position, _ = click(certified, first, "decide", {"outcome": "granted", **GROUND})
    assert json.loads(act_at(certified, position)[1])["application"] == first


def test_the_page_is_for_the_day_that_is_asked_for(certified_as_is: Served) -> None:
    place, later = place_of(certified_as_is), today() + timedelta(days=3)
    assert f"for a decision on {later}" in text_of(certified_as_is.get(f"/en/certificates/{place}?on={later}").text)
    wrong = certified_as_is.get(f"/en/certificates/{place}?on=soon")
    assert wrong.status_code == 400 and "soon is no day" in text_of(wrong.text)
    before_it = certified_as_is.get(f"/en/certificates/{place}?on=2026-01-01")
    assert before_it.status_code == 200 and "for a decision on 2026-02-20" in text_of(before_it.text)


def test_whom_it_is_about_stands_in_no_address_and_only_behind_a_button(certified_as_is: Served) -> None:
    place = place_of(certified_as_is)
    page = certified_as_is.get(f"/certificates/{place}").text
    assert [one for one in ("999990019", "Jansen") if one in page] == []
    assert [one for one in re.findall(r'(?:href|action)="([^"]*)"', page) if "20250001" in one] == []
    shown = certified_as_is.post("/person", dict(re.findall(r'type="hidden" name="(skn|purpose)" value="([^"]*)"', page)))
    assert shown.status_code == 200 and "Jansen" in shown.text


def test_another_site_and_pages_that_only_read_do_nothing(certified: Served, tmp_path: Path) -> None:
    place, before = place_of(certified), head(certified)
    paths = [*(f"/certificates/{place}/{step}" for step in ACTING), "/certificates/rules/open", "/certificates/rules/close"]
    assert {certified.post(path, RULE, {"Sec-Fetch-Site": "cross-site"}).status_code for path in paths} == {403}
    assert {certified.get(path).status_code for path in paths} == {405}
    assert head(certified) == before
    url = f"sqlite:///{tmp_path / 'read.db'}"
    make_certified(url)
    with served(url, "--read-only") as server:
        place = place_of(server)
        for path in ("/certificates", f"/certificates/{place}"):
            page = server.get(path).text
            assert "deze pagina's zijn alleen om te lezen geopend" in text_of(page)
            assert re.findall(r'<form[^>]*method="post"[^>]*action="/certificates', page) == []
        assert server.post(f"/certificates/{place}/propose", {"on": today().isoformat(), "after": "0"}).status_code == 403
