"""A restart begun on the page: what a plan is before anybody begins it, what is lacking, and that it begins once, by two people."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from hervat.chain.plan import Plan
from tests.journey.acting import act_at, done, head
from tests.journey.restarted import make_exercised, make_ready, plan_and_report, send_all, world_of
from tests.journey.site import OURS, Served, a_server
from tests.journey.test_pages import text_of
from tests.rooms.restarted import BEGINS, a_step

TWO = {"by": "Anna", "second": "Bram", "why": "the copy is clean"}
ready = a_server(make_ready)
ready_as_is = a_server(make_ready, "module")
exercised = a_server(make_exercised)


def sent(server: Served, form: dict[str, Any], path: str = "/en/restart", **files: str | bytes) -> httpx.Response:
    parts = {f"{name}_file": (f"{name}.json", text) for name, text in files.items()} or {"none_file": ("", "")}
    return httpx.post(f"{server.address}{path}/begin", data=form, files=parts, headers=OURS, timeout=30)


def second_form(page: str) -> dict[str, str]:
    """What the second step carries of the first."""
    (form,) = re.findall(r'<form class="question opening".*?</form>', page, re.S)
    return {name: html.unescape(value) for name, value in re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)">', form)}


def test_what_it_is_is_shown_first_and_nothing_is_done(ready_as_is: Served) -> None:
    plan, report = plan_and_report(ready_as_is)
    before, answer = head(ready_as_is), sent(ready_as_is, TWO, plan=plan, report=report)
    said = text_of(answer.text)
    with world_of(ready_as_is) as world:
        digest = world.plan.hash
    for words in (
        "Nothing was done yet", digest, "5, of which 3 open a link with a feed here", "by Anna: the copy is clean with Bram",
        "signed by this node, of this very plan, seed 1", "it came through", "Matching Autoriteit 00000099000000001000",
        "opened by open-skdb",
        "open-gps : Open a link, om, crew ict, hours 0 to 4; waits for keys, open-skdb", "to be approved by chain of Openbaar Ministerie",
        "has come here yet", "This is real: I am sure that it begins",
    ):  # fmt: skip
        assert words in said, words
    assert "do not pass the gate rehearsed" not in said and "no key of it counts" not in said
    assert answer.status_code == 200 and head(ready_as_is) == before
    assert "Er is nog niets gedaan" in text_of(sent(ready_as_is, TWO | {"plan": plan}, "/restart").text)


def test_what_is_lacking_is_said_before_it_is_begun(ready_as_is: Served) -> None:
    plan, failed = plan_and_report(ready_as_is, passed=False)
    old = plan_and_report(ready_as_is, made_at=datetime.now(UTC) - timedelta(days=20))[1]
    for report, words in (
        ("", "No report of an exercise: these do not pass the gate rehearsed until one is handed in: open-skdb, open-gps, open-grip."),
        (failed, "The exercise did not come through"),
        (old, "The exercise is more than 336 hours ago"),
    ):
        assert words in text_of(sent(ready_as_is, TWO | {"plan": plan, "report": report}).text), words
    unknown = plan.replace("00000099000000002000", "00000099000000007000")
    said = text_of(sent(ready_as_is, TWO | {"plan": unknown}).text)
    assert "00000099000000007000) is to approve, and no key of it counts here now." in said


def test_it_is_begun_once_by_two_people_however_often_it_is_sent(ready: Served) -> None:
    send_all(ready)
    plan, report = plan_and_report(ready)
    form = second_form(sent(ready, TWO | {"known": "scan 4411", "options": "wait\nbegin"}, plan=plan, report=report).text)
    before = head(ready)
    unsure = sent(ready, form | {"press": "begin"})
    assert unsure.status_code == 400 and "That you are sure : Tick this" in text_of(unsure.text) and head(ready) == before
    form = second_form(unsure.text) | {"press": "begin", "sure": "on"}
    position, said = done(ready, sent(ready, form))
    (kind, content), (beside, considered) = act_at(ready, position), act_at(ready, position + 1)
    assert (kind, beside) == ("restart-begun", "considered")
    assert '"second":"Bram"' in content and '"options":["wait","begin"]' in considered
    assert "by Anna: the copy is clean with Bram" in said
    after = head(ready)
    for again in (form, form | {"mark": "another"}):
        assert sent(ready, again).headers["location"] == f"/en/restart?done={position}" and head(ready) == after
    other = sent(ready, form | {"by": "Carla"})
    assert other.status_code == 409 and "A run was begun since this was shown" in text_of(other.text)
    aborted, _ = done(ready, ready.post("/en/restart/abort", {**TWO, "sure": "on"}))
    ended = text_of(ready.get("/en/restart").text)
    assert "The run has ended; nothing more is forecast." in ended and "never drains" not in ended
    assert sent(ready, form).headers["location"] == f"/en/restart?done={position}"
    assert head(ready) == aborted, "it is not begun again by that"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("}\n", ","), "The plan : This is no plan as hervat plan --out writes it."),
        (('"phase": 1', '"phase": 0'), "Expected `int` >= 1 - at `$.steps[0].phase`"),
        (('"phase": 1', f'"phase": {2**60}'), "$.steps[0].phase"),
        (('"start": 0.0', '"start": 1e300'), "$.steps[0].start"),
        (('00:00Z"', '00:00"'), "$.begins"),
        (('"begins": "2025', '"begins": "9999'), "This plan cannot be begun. the plan small: it begins in the year 9999"),
        (('"step": "restore"', '"step": "nowhere"'), "waits for 'nowhere', which is no step of this plan"),
        (('"id": "keys"', '"id": "restore"'), "two steps have one id"),
    ],
)
def test_what_is_no_plan_is_told_with_its_place(ready_as_is: Served, change: tuple[str, str], fault: str) -> None:
    plan, _ = plan_and_report(ready_as_is)
    assert change[0] in plan
    before, answer = head(ready_as_is), sent(ready_as_is, TWO | {"plan": plan.replace(*change)})
    assert answer.status_code == 400 and fault in text_of(answer.text)
    assert 'value="Anna"' in answer.text and head(ready_as_is) == before


def test_what_is_wrong_is_told_at_its_field(ready_as_is: Served) -> None:
    plan, report = plan_and_report(ready_as_is)
    with world_of(ready_as_is) as world:
        other = Plan(name="other", chain="0" * 64, begins=BEGINS, steps=(a_step("restore", "restore", {}),))
        of_other = world.rehearsed(other)
    deep = report.replace('"found":{}', '"found":{"a":' + "[" * 30000)
    big = report.replace('"found":{}', f'"found":{{"a":{2**60}}}')
    before = head(ready_as_is)
    for form, files, fault in (
        (TWO, {}, "The plan : Hand it in"),
        (TWO, {"plan": plan.encode("utf-16")}, "The plan : This file is no text"),
        (TWO, {"plan": " " * (2**21) + plan}, "The plan : This is larger than 2 MiB"),
        (TWO, {"plan": "{\n\n}"}, "Object missing required field `name`"),
        (TWO, {"plan": '{\n"name": "x",\n!}'}, "line 3"),
        (TWO | {"second": ""}, {"plan": plan}, "Who decides as well : Fill this in."),
        (TWO | {"second": " anna"}, {"plan": plan}, "Who decides as well : This must be another person."),
        (TWO | {"second": "B" * 1001}, {"plan": plan}, "Who decides as well : This is too long: at most 1000 characters."),
        (TWO, {"plan": plan, "report": "{}"}, "Report of an exercise : This is no report of an exercise."),
        (TWO, {"plan": plan, "report": deep}, "Report of an exercise : This is no report of an exercise."),
        (TWO, {"plan": plan, "report": big}, "Report of an exercise : This report does not count: this node did not sign it."),
        (TWO, {"plan": plan, "report": report.replace('"seed":1', '"seed":2')}, "this node did not sign it."),
        (TWO, {"plan": plan, "report": msgspec.json.encode(of_other)}, "This report is of another plan"),
    ):
        answer = sent(ready_as_is, form | {"press": "begin", "sure": "on"}, **files)  # type: ignore[arg-type]
        assert answer.status_code == 400 and fault in text_of(answer.text), fault
    answer = sent(ready_as_is, TWO, plan="x" * (9 * 2**20))
    assert (answer.status_code, "may be at most 8,192 KiB" in text_of(answer.text)) == (413, True)
    assert httpx.post(f"{ready_as_is.address}/restart/begin", data=TWO, headers={"Sec-Fetch-Site": "cross-site"}).status_code in (400, 403)
    assert head(ready_as_is) == before


def test_on_the_store_of_an_exercise_nothing_real_begins(ready_as_is: Served, exercised: Served) -> None:
    form = TWO | {"plan": plan_and_report(ready_as_is)[0], "press": "begin", "sure": "on"}
    with world_of(exercised) as world:
        assert world.restarting.run is not None
        form["after"] = str(world.restarting.run.at.position)
    under_way = sent(exercised, form)
    assert under_way.status_code == 409 and "is under way; hervat restart abort ends it" in text_of(under_way.text)
    aborted, _ = done(exercised, exercised.post("/en/restart/abort", {**TWO, "sure": "on"}))
    refused = sent(exercised, form)
    assert refused.status_code == 409 and "nothing real is begun on its store" in text_of(refused.text) and head(exercised) == aborted
    page = exercised.get("/en/restart?do=begin").text
    assert "This is the store of an exercise" in text_of(page) and "/restart/begin" not in page and "?do=begin" not in page
