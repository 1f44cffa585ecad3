"""The page of the restart over HTTP: what it says where things stand, what each form does once, and what it tells of what is wrong."""

import html
import re
import shlex
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hervat.assemble import Node
from hervat.clock import AMSTERDAM
from hervat.doors.pages.restarting import FORMS
from hervat.intake.switching import RESTART_BEGUN, RestartBegun
from hervat.restarting import Restarting
from tests.faults.processes import hervat
from tests.journey.acting import act_at, done, head
from tests.journey.restarted import approval, make_begun, make_exercised, make_unfed, statement, states, world_of
from tests.journey.site import OURS, Served, a_server, served
from tests.journey.test_pages import text_of
from tests.rooms.restarted import GPS, ROLES, SKDB, first_identities

TWO = {"by": "Anna", "second": "Bram", "why": "agreed at three"}
begun = a_server(make_begun)
unfed = a_server(make_unfed)
begun_as_is = a_server(make_begun, "module")
exercised_as_is = a_server(make_exercised, "module")


def handed(server: Served, do: str, form: dict[str, str], path: str = "/en/restart", **files: str) -> httpx.Response:
    """A form with files, as a browser sends it."""
    parts = {f"{name}_file": (f"{name}.json", text) for name, text in files.items()} or {"none_file": ("", "")}
    return httpx.post(f"{server.address}{path}/{do}", data=form, files=parts, headers=OURS)


def by_hand(server: Served) -> None:
    """The crews do what they do."""
    for step in ("restore", "keys"):
        done(server, server.post("/en/restart/done", {"step": step, "by": "crew 2", "evidence": "scan 4411"}))


def test_real_and_exercise_are_never_in_doubt(begun_as_is: Served, exercised_as_is: Served, whole: Served) -> None:
    for server, dutch, english in ((begun_as_is, "ECHT", "REAL"), (whole, "ECHT", "REAL"), (exercised_as_is, "OEFENING", "EXERCISE")):
        for path, word in (("/restart", dutch), ("/en/restart", english)):
            page = server.get(path).text
            assert f"<title>{word}: " in page
            assert f'class="mode mode-{"exercise" if word in ("OEFENING", "EXERCISE") else "real"}"' in page
            (banner,) = re.findall(r'<p class="mode-word"><span[^>]*>.</span> ([A-Z]+)</p>', page)
            assert (banner, f"<h1>{word}: " in page) == (word, True)
            for do in FORMS if (server is exercised_as_is) == (path != "/restart") else ("isolate",):
                form = server.get(f"{path}?do={do}&step=restore").text
                buttons = re.findall(r'<button type="submit"[^>]*>([^<]*)<', form)
                assert [one for one in buttons if not one.endswith(f"({word})")] == []
                at_rest = ("isolate", "isolate-all", "begin")
                assert bool(buttons) == (do in at_rest if server is whole else do != "begin")


def test_where_nothing_was_begun_it_says_what_to_do(whole: Served) -> None:
    said = text_of(whole.get("/en/restart").text)
    assert "No restart was begun here." in said and "hervat restart begin plan.json --by NAME" in said
    assert "Isolate an organisation" in said and "Abort the run" not in said
    assert 'action="/en/restart/isolate"' in whole.get("/en/restart?do=isolate").text
    assert 'action="/en/restart/hold"' not in whole.get("/en/restart?do=hold&step=x").text


def test_it_says_the_plan_who_does_what_and_what_each_gate_lacks(begun_as_is: Served) -> None:
    with Node.opened(begun_as_is.url) as node:
        run = Restarting(node).run
        assert run is not None
    said = text_of(begun_as_is.get("/en/restart").text)
    for words in (
        f"Plan small {run.begun.hash}", f"Run {run.name} since", "by a test: a restart in small", "Stands under way", "0 of 5 in phase 1",
        "Crew ict do this step and say so", "rehearsed : passed by what is known now, not on record yet",
        "reconciled : missing no statement of the partner", "asked once it is let through", "waits for keys", "held", "not signed",
        "In the last 24 hours 18 came and 0 were applied. At that pace it never drains.",
    ):  # fmt: skip
        assert words in said, words
    dutch = text_of(begun_as_is.get("/restart").text)
    assert "er is geen opgave van de partner over deze stroom ingeleverd" in dutch and "In dat tempo raakt het nooit weg." in dutch
    shown = hervat("restart", "show", "--lang", "nl", store=Path(begun_as_is.url.removeprefix("sqlite:///"))).out
    assert "er is geen opgave van de partner" in shown and "zo raakt het nooit weg" in shown


def to_do(server: Served) -> list[str]:
    """What the page says that is to be done now, one line each."""
    (listed,) = re.findall(r'<ol class="next">(.*?)</ol>', server.get("/en/restart").text, re.S) or [""]
    return [text_of(one) for one in re.findall(r"<li>(.*?)</li>", listed, re.S)]


def test_what_is_to_be_done_now_is_of_what_waits_for_nothing_else(begun: Served) -> None:
    assert to_do(begun) == ["Crew ict do this step and say so, with what there is to show for it restore Put down as done"]
    by_hand(begun)
    said = to_do(begun)
    assert [one.rpartition("open-skdb")[0].rstrip() for one in said] == [
        "Matching Autoriteit no statement of the partner about this feed was handed in; hervat restart check --statement FILE",
        "it of Matching Autoriteit sign the approval and hand it in",
        "chain of Openbaar Ministerie sign the approval and hand it in",
    ]
    page = text_of(begun.get("/en/restart").text)
    assert "Hold: open-skdb" in page and "Hold: keys" in page
    assert "Put down as done: open-skdb" not in page and "Put down as done: keys" not in page


def test_a_gate_that_is_passed_shows_on_what_by_whom_and_where(begun: Served) -> None:
    by_hand(begun)
    with world_of(begun, writer=True) as world:
        world.restarting.check(statement=world.statement("skdb"))
        world.approve("open-skdb")
    page = begun.get("/en/restart").text
    (step,) = re.findall(r'<details class="step step-is-live" id="step-open-skdb">.*?</details>', page, re.S)
    for words in (
        "loaded : passed", "is here, as the watermark says entry", "the source counted its stock, and none of it is left entry",
        "the partner signed that it sent 1 to", "with the key skdb-1: exactly that is here entry",
        "nothing lies in quarantine; keys that count: skdb-1", "the check keys is done entry",
        "it of Matching Autoriteit, with the key skdb-1 entry", "chain of Openbaar Ministerie, with the key gps-1 entry",
        "an exercise of this very plan came through on", "nothing was held for it at position", "nothing was refused or in conflict from",
        "Held 0, in transit 0, stock 0; 6 of 6 applied.",
    ):  # fmt: skip
        assert words in text_of(step), words
    assert "Lever een goedkeuring in: open-gps" in text_of(begun.get("/restart").text)


def test_a_link_of_which_no_feed_comes_here_is_done_by_people(unfed: Served) -> None:
    assert [one.partition(" of ")[0] for one in to_do(unfed)] == ["it", "chain"]
    with world_of(unfed, writer=True) as world:
        world.approve("open-bar")
    assert to_do(unfed)[0].startswith("Crew ict do what this link asks and say so")
    position, said = done(unfed, unfed.post("/en/restart/done", {"step": "open-bar", "by": "Anna", "evidence": "a call with the bar"}))
    assert act_at(unfed, position)[0] == "step-done" and "Stands completed since" in said and "1 of 1" in said
    assert "The run restart-" in said, "what followed by the gates is told with what was done"


def test_what_was_planned_and_what_came_stand_in_a_table_too(begun: Served) -> None:
    by_hand(begun)
    page = begun.get("/en/restart").text
    assert page.count('<rect class="gantt-planned"') == 5 and page.count('<rect class="gantt-over"') == 2
    rows = re.findall(r'<th role="rowheader" scope="row">(restore|keys|open-[a-z]+)</th>', page)
    assert rows == ["restore", "keys", "open-skdb", "open-gps", "open-grip"]
    assert "open-grip 2" in text_of(page) and "not yet" in text_of(page)


def test_the_command_that_is_shown_makes_the_approval_that_is_handed_in(begun: Served, tmp_path: Path) -> None:
    by_hand(begun)
    page = begun.get("/en/restart?do=approve&step=open-skdb").text
    lines = [html.unescape(one) for one in re.findall(r"<code>(hervat restart approve [^<]*)</code>", page)]
    assert [("--role it" in one, SKDB in one) for one in lines] == [(True, True), (False, False)]
    key = tmp_path / "KEY.pem"
    key.write_bytes(first_identities()[SKDB].private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    words = [str(tmp_path / one) if one.endswith((".pem", ".json")) else one for one in shlex.split(lines[0])[1:]]
    assert hervat(*words, store=tmp_path / "elsewhere.db").status == 0
    signed = (tmp_path / "open-skdb-it.json").read_text()
    form = {"step": "open-skdb", "mark": "m", "approval": "", **TWO, "known": "the scan", "options": "wait\nhand keying", "accepts": ""}
    position, said = done(begun, handed(begun, "approve", form, approval=signed))
    (kind, content), (beside, said_of_it) = act_at(begun, position), act_at(begun, position + 1)
    assert (kind, beside) == ("step-approved", "considered")
    assert '"second":"Bram"' in content and '"options":["wait","hand keying"]' in said_of_it
    signed_at = said.partition("it of Matching Autoriteit 00000099000000001000 : signed")[2]
    assert f"entry {position} handed in by Anna: agreed at three with Bram" in signed_at[:100]
    before, again = head(begun), handed(begun, "approve", form, approval=signed)
    assert again.headers["location"] == f"/en/restart?done={position}" and head(begun) == before


def test_each_act_is_done_once_and_says_who_decided_with_whom(begun: Served) -> None:
    by_hand(begun)
    form = {"step": "open-skdb", "by": "Anna", "second": "", "why": "a fault", "mark": "h"}
    position, said = done(begun, begun.post("/en/restart/hold", form))
    assert act_at(begun, position)[0] == "link-moved" and "held by hand" in said and "no second person" in said
    assert f" --stop {position} " in begun.get("/en/restart?do=approve&step=open-skdb").text
    assert begun.post("/en/restart/hold", form).headers["location"] == f"/en/restart?done={position}"
    position, said = done(begun, begun.post("/restart/isolate", {"oin": GPS, **TWO, "mark": "i"}))
    assert act_at(begun, position)[0] == "isolated" and "AFGEZONDERD: Openbaar Ministerie" in said and "met Bram" in said
    let = {"step": "open-skdb", "by": "Anna", "evidence": "repaired", "mark": "d"}
    refused = begun.post("/en/restart/done", let | {"second": ""})
    assert refused.status_code == 400 and "Who decides as well : Fill this in." in text_of(refused.text)
    assert 'value="repaired"' in refused.text
    position, said = done(begun, begun.post("/en/restart/done", let | {"second": "Bram"}))
    assert act_at(begun, position)[0] == "step-done"
    position, _ = done(begun, begun.post("/en/restart/hold", {"step": "keys", "by": "Anna", "why": "the scan was of another server"}))
    assert act_at(begun, position)[0] == "step-undone" and states(begun)["open-skdb"] == "held"
    position, said = done(begun, begun.post("/en/restart/isolate-all", {**TWO, "sure": "on"}))
    assert "ALL ARE ISOLATED" in said
    position, said = done(begun, begun.post("/en/restart/abort", {**TWO, "sure": "on"}))
    assert "Stands aborted since" in said and "with Bram" in said and "Begin a restart" in said
    assert re.search(r"[1-9][0-9]* messages are still held\. For what, is told under Held\.", said)
    assert 'href="/en/held">For what' in begun.get("/en/restart").text


def test_two_people_of_two_organisations_waive_and_that_stays_to_be_seen(begun: Served) -> None:
    by_hand(begun)
    until = (datetime.now(AMSTERDAM) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    form = {"step": "open-skdb", "gate": "reconciled", "until": until, "of": SKDB, "second_of": GPS, **TWO, "known": "they cannot sign"}
    for wrong, fault in (
        ({"second": ""}, "Who decides as well : Fill this in."),
        ({"second": " anna "}, "Who decides as well : This must be another person."),
        ({"second_of": SKDB}, "Organisation of the second : This must be another organisation."),
        ({"until": "soon"}, "Until : "),
        ({"gate": "approved"}, "Gate : Choose one of these."),
        ({"why": " "}, "Why : Fill this in."),
        ({"known": "x" * 1001}, "What was known : "),
    ):
        before = head(begun)
        answer = begun.post("/en/restart/waive", form | wrong)
        assert answer.status_code == 400 and fault in text_of(answer.text), wrong
        assert ("they cannot sign" in answer.text) == ("known" not in wrong) and head(begun) == before
    position, said = done(begun, begun.post("/en/restart/waive", form))
    assert act_at(begun, position)[0] == "gate-waived"
    assert "Waived: reconciled of open-skdb, until" in said and "Anna of Matching Autoriteit, Bram of Openbaar Ministerie" in said
    past = begun.post("/en/restart/waive", form | {"until": "2020-01-01T10:00", "gate": "loaded"})
    assert past.status_code == 400 and "Until : This is past" in text_of(past.text)


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_done(begun_as_is: Served) -> None:
    before = head(begun_as_is)
    for do, form, fault in (
        ("abort", TWO, "That you are sure : Tick this"),
        ("isolate-all", TWO, "That you are sure : Tick this"),
        ("isolate", TWO, "Organisation : Fill this in."),
        ("hold", TWO | {"step": "open-gps", "second": "ANNA"}, "Who decides as well : This must be another person."),
        ("done", {"step": "restore", "by": "", "evidence": "x"}, "Who decides : Fill this in."),
    ):
        answer = begun_as_is.post(f"/en/restart/{do}", form)
        assert answer.status_code == 400 and fault in text_of(answer.text), do
    assert begun_as_is.post("/en/restart/done", {"step": "keys", "by": "a", "evidence": "b"}).status_code == 409
    assert begun_as_is.post("/en/restart/done", {"step": "nowhere", "by": "a", "evidence": "b"}).status_code == 400
    assert begun_as_is.post("/en/restart/nothing", TWO).status_code == 404
    assert begun_as_is.post("/restart/abort", TWO | {"sure": "on"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    for do, form, fault in (
        ("approve", {"step": "open-skdb", **TWO, "approval": ""}, "The signed approval : Hand it in"),
        ("approve", {"step": "open-skdb", **TWO, "approval": "{}"}, "The signed approval : This is no approval"),
        ("approve", {"step": "open-gps", **TWO, "approval": approval(begun_as_is, "open-skdb", SKDB)}, "This approves another step."),
        ("check", {"statement": "x", "report": ""}, "Statement of a partner : This is no statement"),
        ("check", {"statement": "", "report": statement(begun_as_is, "skdb")}, "Report of an exercise : This is no report"),
    ):
        answer = handed(begun_as_is, do, form)
        assert answer.status_code == 400 and fault in text_of(answer.text), do
        assert html.escape(form.get("approval", ""), quote=True)[:40] in answer.text.replace("&#34;", "&quot;")
    assert head(begun_as_is) == before


@pytest.mark.parametrize("wrong", [True, False])
def test_a_look_at_the_gates_says_what_moved_or_that_nothing_did(begun: Served, wrong: bool) -> None:
    by_hand(begun)
    nothing = handed(begun, "check", {"statement": "", "report": ""})
    assert nothing.headers["location"] == "/en/restart?looked=1"
    assert "Nothing moved" in text_of(begun.get("/en/restart?looked=1").text)
    said = statement(begun, "skdb", wrong=wrong)
    position, told = done(begun, handed(begun, "check", {"statement": said, "mark": "s"}))
    assert act_at(begun, position)[0] == "statement-kept"
    assert ("that is NOT what is here" in told) == wrong
    assert ("open-skdb passed the gate reconciled." in told) != wrong
    before = head(begun)
    assert handed(begun, "check", {"statement": said, "mark": "s"}).status_code == 303 and head(begun) == before


def test_a_plan_that_cannot_be_read_is_told_on_the_page(begun: Served) -> None:
    act = RestartBegun(run="r", hash="0", plan=msgspec.Raw(b"{}"), governs=(), links=(), exercise=False, by="a", why="b")
    with Node.opened(begun.url, writer=True) as node:
        position = node.decide(RESTART_BEGUN, act)
    answer = begun.get("/en/restart")
    assert answer.status_code == 503 and f"entry {position}: the plan of the run r cannot be read" in text_of(answer.text)
    shown = hervat("restart", "show", store=Path(begun.url.removeprefix("sqlite:///")))
    assert (shown.status, "run hervat verify" in shown.err, "Traceback" in shown.err) == (3, True, False)


def test_a_page_is_told_when_it_shows_what_is_no_more_the_newest(begun: Served) -> None:
    seen = head(begun)
    assert f'hx-get="/restart?seen={seen}"' in begun.get("/restart?do=hold&step=open-gps").text
    assert begun.get(f"/restart?seen={seen}", HX_Request="true").status_code == 204
    by_hand(begun)
    answer = begun.get(f"/en/restart?seen={seen}", HX_Request="true")
    assert (answer.status_code, "<html" in answer.text) == (200, False)
    assert f"the journal is at position {head(begun)}" in text_of(answer.text)


def test_pages_for_reading_have_no_forms(begun_as_is: Served) -> None:
    with served(begun_as_is.url, "--read-only") as server:
        page = server.get("/restart?do=hold&step=open-gps").text
        assert "<form" not in page.partition("<main")[2] and "?do=" not in page
        assert server.post("/restart/hold", {"step": "open-gps", **TWO}).status_code == 403


def test_who_must_approve_is_named_by_role_and_organisation(begun_as_is: Served) -> None:
    said = text_of(begun_as_is.get("/en/restart").text)
    for oin, role in list(ROLES.items())[:2]:
        assert re.search(rf"{role} of [A-Z][A-Za-z ]+ {oin} : not signed", said)
