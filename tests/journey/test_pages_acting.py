"""The pages that act, over HTTP: each act and its entry, what is told where one is not done, and what a second click comes to."""

import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from hervat.assemble import Node
from hervat.consumers.screening.assessment import ASSESSED
from hervat.consumers.screening.signal import SIGNALLED
from hervat.intake.proceeding import PROCEDURE_CLOSED, PROCEDURE_OPENED
from hervat.journal.entry import open_entry
from tests.faults.processes import hervat
from tests.journey.door import message
from tests.journey.door import served as door_of
from tests.journey.site import Served, make_screened, make_whole, served
from tests.journey.test_pages import text_of

COURTS = "urn:nld:oin:00000099000000003000:systeem:grip"
DECISION = {"verdict": "new-certificate-demanded", "ground": "Wko 1.50", "by": "W. Eger"}
OPENING = {
    "name": "taxi-2020", "authority": "Minister", "ground": "a letter", "sector-taxi": "on", "category-sexual": "on",
    "receivers": "Kiwa\r\nJustis", "purpose": "taxi-screening", "from": "2020-01-01", "until": "2020-03-01", "by": "A. Smit", "why": "x",
}  # fmt: skip
CLOSING = {"name": "childcare-2025", "until": "2025-09-30", "by": "A. Smit", "why": "the links are open"}


@pytest.fixture
def screened(tmp_path: Path) -> Iterator[Served]:
    """The contract's story with its signals told, served; nine wait for a decision."""
    url = f"sqlite:///{tmp_path / 'screened.db'}"
    make_screened(url)
    with served(url) as server:
        yield server


def head(server: Served) -> int:
    with Node.opened(server.url) as node:
        return node.position


def act_at(server: Served, position: int) -> tuple[str | None, str]:
    """The kind and the content of an entry."""
    with Node.opened(server.url) as node:
        opened = open_entry(node.keys, node.store.entries_at([position])[position])
        return opened.meta.kind, opened.payload.decode()


def waiting(server: Served) -> list[dict[str, str]]:
    """The form of each signal on the page, in its order."""
    page = server.get("/screening").text
    pairs = re.findall(r'name="enrolment" value="(\d+)"><input type="hidden" name="message" value="(\d+)"', page)
    return [{"enrolment": enrolment, "message": message} for enrolment, message in pairs]


def work_of(server: Served) -> list[dict[str, Any]]:
    """The work as the command has it."""
    listed: list[dict[str, Any]] = hervat("screening", "work", "--json", store=Path(server.url.removeprefix("sqlite:///"))).document
    return listed


def id_of(server: Served, work: dict[str, Any]) -> str:
    with Node.opened(server.url) as node:
        return str(node.store.rows_at([work["signal"]["message"]])[work["signal"]["message"]].id)


def send(server: Served, source: str, kind: str, data: dict[str, Any]) -> None:
    """The next message of a source, applied."""
    with Node.opened(server.url, writer=True) as node:
        sequence = next(feed.highest for feed in node.store.feeds() if feed.name == source) + 1
        assert node.receive([message(source, sequence, kind, data)])["applied"] == 1


def correct(server: Served, work: dict[str, Any], other: dict[str, Any]) -> None:
    corrects = {"source": COURTS, "id": id_of(server, work)}
    send(server, COURTS, "message-corrected", {"corrects": corrects, "data": work["told"] | other})


def done(server: Served, answer: httpx.Response) -> tuple[int, str]:
    """Where an answered act sends the browser: the position it names, and what stands there."""
    assert answer.status_code == 303, text_of(answer.text)
    position = int(re.findall(r"done=(\d+)", answer.headers["location"])[0])
    shown = server.get(answer.headers["location"])
    assert shown.status_code == 200 and f"/entry/{position}" in shown.text
    assert server.get(f"/entry/{position}").status_code == 200
    return position, text_of(shown.text)


def test_the_work_list_is_that_of_the_command_worst_first(screened: Served) -> None:
    listed = work_of(screened)
    pairs = [{name: str(one["signal"][name]) for name in ("enrolment", "message")} for one in listed]
    assert waiting(screened) == pairs and len(pairs) == 9
    said = text_of(screened.get("/en/screening").text)
    assert "9 signals wait for a decision." in said
    order = ["1. Sr 302 zware mishandeling", "serious violence", "What was told, and what is so now", "What may lawfully follow", "2. "]
    assert sorted(order, key=said.index) == order
    for option in (option for one in listed for option in one["options"]):
        assert option["what"]["en"][1:] in said and option["article"] in said


def test_a_decision_is_an_act_and_the_signal_waits_no_more(screened: Served) -> None:
    first, before = waiting(screened)[0], head(screened)
    position, said = done(screened, screened.post("/screening/decide", first | DECISION))
    assert position == before + 1 == head(screened)
    kind, content = act_at(screened, position)
    assert (kind, "W. Eger" in content, "Wko 1.50" in content) == (ASSESSED, True, True)
    assert "Op het signaal is besloten: nieuwe VOG gevraagd" in said
    assert first not in waiting(screened)
    one = text_of(screened.get(f"/screening/{first['enrolment']}/{first['message']}").text)
    assert f"Hierop is besloten: nieuwe VOG gevraagd inschrijving {position}" in one


def test_the_same_decision_twice_is_one_and_another_one_is_a_conflict(screened: Served) -> None:
    first = waiting(screened)[0]
    with ThreadPoolExecutor(4) as clicks:
        answers = list(clicks.map(lambda _: screened.post("/screening/decide", first | DECISION), range(4)))
    assert [answer.status_code for answer in answers] == [303] * 4
    assert len({answer.headers["location"] for answer in answers}) == 1
    before = head(screened)
    other = screened.post("/en/screening/decide", first | DECISION | {"verdict": "passed-on", "ground": "another one"})
    assert other.status_code == 409
    said = text_of(other.text)
    assert "Nothing was done" in said and "What you filled in was not recorded: passed on to whoever decides; another one; W. Eger" in said
    assert head(screened) == before


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"verdict": ""}, "Besluit : Kies een van de mogelijkheden"),
        ({"verdict": "shot"}, "Besluit : Kies een van de mogelijkheden"),
        ({"by": "  "}, "Wie besluit : Vul dit in"),
        ({"ground": ""}, "Grond : Vul dit in"),
    ],
)
def test_what_is_missing_is_told_and_what_was_typed_is_kept(screened: Served, wrong: dict[str, str], fault: str) -> None:
    before, typed = head(screened), DECISION | {"ground": "<i>kept</i>"} | wrong
    answer = screened.post("/screening/decide", waiting(screened)[0] | typed)
    assert answer.status_code == 400
    assert fault in text_of(answer.text)
    kept = [value.strip() for name, value in typed.items() if name != "verdict" and value.strip()]
    assert [value for value in kept if f'value="{value.replace("<", "&lt;").replace(">", "&gt;")}"' not in answer.text] == []
    assert ('<option value="new-certificate-demanded" selected>' in answer.text) == ("verdict" not in wrong)
    assert head(screened) == before


def test_what_was_told_stands_beside_what_is_so_now(screened: Served) -> None:
    work = next(one for one in work_of(screened) if one["kind"] == "judgment-given")
    path = f"/en/screening/{work['signal']['enrolment']}/{work['signal']['message']}"
    assert "What was told last is what the register says now" in text_of(screened.get(path).text)
    correct(screened, work, {"ecli": "ECLI:NL:RBAMS:2025:1"})
    behind = text_of(screened.get(path).text)
    assert "By now the register says something else than what was told last" in behind
    assert "Told last Now in the register" in behind and "ECLI differs – ECLI:NL:RBAMS:2025:1" in behind
    done(screened, screened.post("/screening/step", {"on": "2026-02-21"}))
    told = text_of(screened.get(path).text)
    assert "Told before Told last Now in the register" in told
    assert "ECLI differs – ECLI:NL:RBAMS:2025:1 ECLI:NL:RBAMS:2025:1" in told
    send(screened, COURTS, "message-retracted", {"retracts": {"source": COURTS, "id": id_of(screened, work)}, "ground": "not given"})
    assert "retracted: nothing is so any more" in text_of(screened.get(path).text)
    done(screened, screened.post("/screening/step", {"on": "2026-02-22"}))
    withdrawn = screened.get(path)
    assert "This signal was withdrawn or suppressed" in text_of(withdrawn.text) and 'name="verdict"' not in withdrawn.text


def test_another_version_opens_a_decided_signal_again_and_tells_what_was_decided(screened: Served) -> None:
    work = next(one for one in work_of(screened) if one["kind"] == "judgment-given")
    pair = {name: str(work["signal"][name]) for name in ("enrolment", "message")}
    position, _ = done(screened, screened.post("/screening/decide", pair | DECISION))
    correct(screened, work, {"ecli": "ECLI:NL:RBAMS:2025:1"})
    done(screened, screened.post("/screening/step", {"on": "2026-02-21"}))
    assert pair in waiting(screened)
    said = text_of(screened.get(f"/screening/{pair['enrolment']}/{pair['message']}").text)
    assert f"Op een eerdere versie is besloten: nieuwe VOG gevraagd inschrijving {position}" in said


def test_what_was_never_told_cannot_be_decided_on(screened: Served) -> None:
    for pair in ({"enrolment": "1", "message": "2"}, {}, {"enrolment": "x", "message": "-1"}):
        answer = screened.post("/en/screening/decide", pair | DECISION)
        assert answer.status_code == 409 and "waits for a decision" in text_of(answer.text)
    assert screened.get("/screening/1/2").status_code == 404


def test_a_step_is_an_act_and_another_that_finds_nothing_is_none(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    make_whole(url)
    with served(url) as server:
        position, said = done(server, server.post("/screening/step", {"on": "2026-02-20", "canaries": ""}))
        assert act_at(server, position)[0] == SIGNALLED
        assert "gemeld 9, achtergehouden 0, ingetrokken 0" in said
        again = server.post("/screening/step", {"on": "2026-02-20", "canaries": ""})
        assert (again.status_code, again.headers["location"]) == (303, "/screening?nothing=new")
        assert "niets gemeld en niets geschreven" in text_of(server.get(again.headers["location"]).text)
        wrong = server.post("/screening/step", {"on": "1 May", "canaries": "lrk-1 lrk-2"})
        assert wrong.status_code == 400 and 'value="1 May"' in wrong.text and 'value="lrk-1 lrk-2"' in wrong.text
        assert head(server) == position


def test_the_signals_of_a_canary_do_not_leave_the_house(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    make_whole(url)
    with served(url) as server:
        _, said = done(server, server.post("/en/screening/step", {"on": "2026-02-20", "canaries": "lrk-100200300"}))
        assert "told 0, suppressed 9, withdrawn 0" in said


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
def test_what_is_wrong_with_a_procedure_is_told_at_its_field(screened: Served, wrong: dict[str, str], fault: str) -> None:
    before, typed = head(screened), OPENING | wrong
    answer = screened.post("/en/procedures/open", typed)
    assert answer.status_code == 400
    assert fault in text_of(answer.text)
    boxes = {name for name in typed if "-" in name and typed[name]}
    assert {name for name in boxes if re.search(rf'name="{name}" value="on" checked', answer.text) is None} == set()
    texts = {name: typed[name].strip() for name in ("name", "authority", "ground", "purpose", "from", "until", "by", "why")}
    assert {name for name, value in texts.items() if not re.search(rf'name="{name}" type="\w+" value="{value}"', answer.text)} == set()
    assert head(screened) == before


def test_what_cannot_be_closed_is_told_in_its_form(screened: Served) -> None:
    early = screened.post("/en/procedures/close", CLOSING | {"until": "2025-08-11"})
    assert early.status_code == 400 and "begins on 2025-08-12" in text_of(early.text)
    assert '<details class="act" open>' in early.text and 'value="2025-08-11"' in early.text
    assert screened.post("/procedures/close", CLOSING | {"name": "none-such"}).status_code == 400
    assert screened.post("/procedures/close", {"name": "childcare-2025"}).status_code == 400


ACTS: list[tuple[str, dict[str, str]]] = [
    ("/screening/decide", DECISION), ("/en/screening/step", {"on": "2026-02-20"}),
    ("/procedures/open", OPENING), ("/en/procedures/close", CLOSING),
]  # fmt: skip


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://elsewhere.example"}])
def test_another_site_can_do_nothing(screened: Served, headers: dict[str, str]) -> None:
    before, first = head(screened), waiting(screened)[0]
    assert [screened.post(path, first | form, headers).status_code for path, form in ACTS] == [403] * 4
    assert [screened.get(path).status_code for path, _ in ACTS] == [405] * 4
    assert head(screened) == before


def test_who_has_the_place_and_takes_no_acts_is_named_and_the_form_is_kept(screened: Served) -> None:
    first = waiting(screened)[0]
    with Node.opened(screened.url, writer=True):
        answers = [screened.post(path, first | form) for path, form in ACTS]
        assert [answer.status_code for answer in answers] == [503] * 4
        assert f"process {os.getpid()}" in text_of(answers[0].text) and 'value="W. Eger"' in answers[0].text
        assert "another process is writing" in text_of(answers[1].text) and 'value="2026-02-20"' in answers[1].text
    assert screened.post("/screening/decide", first | DECISION).status_code == 303


def test_with_the_door_open_the_acts_go_to_its_writer(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    make_screened(f"sqlite:///{store}")
    config = tmp_path / "node.toml"
    config.write_text('[node]\nstore = "sqlite:///hervat.db"\nsocket = "elsewhere.acts"\n[serve]\nport = 0\n', encoding="utf-8")
    with door_of(config, store) as door:
        pages = Served(door.ground.url, door.url.removesuffix("/v1"), door.process)
        first = waiting(pages)[0]
        for path, form in (("/screening/decide", first | DECISION), ("/procedures/open", OPENING), ("/procedures/close", CLOSING)):
            position, _ = done(pages, pages.post(path, form))
            assert position == head(pages)
        again = pages.post("/screening/decide", first | DECISION | {"by": "somebody else"})
        assert again.status_code == 409
        assert pages.post("/screening/step", {"on": "2026-02-21"}).headers["location"].startswith("/screening?")
        assert door.stop() == (0, "")
    with Node.opened(f"sqlite:///{store}") as node:
        assert [len(node.store.acts(kind, node.position)) for kind in (ASSESSED, PROCEDURE_OPENED, PROCEDURE_CLOSED)] == [1, 1, 1]


def test_pages_that_only_read_say_so_and_do_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    make_screened(url)
    with served(url, "--read-only") as server:
        before = head(server)
        for path in ("/screening", "/procedures"):
            page = server.get(path).text
            said = text_of(page)
            assert "deze pagina's zijn alleen om te lezen geopend" in said and "Alleen lezen, alleen op deze machine." in said
            assert re.findall(r'<form[^>]*action="/(?:screening|procedures)/', page) == []
        with Node.opened(url) as node:
            enrolment, message = next(iter(node.screening().told().last))
        pair = {"enrolment": str(enrolment), "message": str(message)}
        assert [server.post(path, pair | form).status_code for path, form in ACTS] == [403] * 4
        assert "opened for reading only" in text_of(server.post("/en/procedures/open", OPENING).text)
        assert head(server) == before


def test_what_an_address_says_was_done_is_read_from_the_journal(screened: Served) -> None:
    for position in ("1", "99999", "x", "0"):
        for path in ("/screening", "/procedures"):
            page = screened.get(f"{path}?done={position}")
            assert page.status_code == 200 and 'id="done-entry"' not in page.text


def test_no_number_of_a_person_stands_in_an_address_of_the_work(screened: Served) -> None:
    page = screened.get("/screening").text
    addresses = re.findall(r'(?:href|action)="([^"]*)"', page)
    assert [one for one in addresses if re.search(r"2025000\d|99999", one)] == []
    assert "999990019" not in page and "Jansen" not in page


def test_the_bottlenecks_say_what_stands_against_them_and_where_it_is_seen(screened: Served) -> None:
    said, page = text_of(screened.get("/en").text), screened.get("/en").text
    assert "Screening in childcare bottleneck" in said and "9 signals wait for a decision" in said
    assert 'href="/en/screening?sector=childcare#work"' in page and 'href="#stock"' in page and 'href="#transit"' in page
    assert "Not every source says up to when it is complete" in said

