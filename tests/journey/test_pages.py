"""The pages over HTTP: what each says, whom it answers, and what it says when it cannot."""

import html
import re
import shlex
import shutil
import signal
import socket
from pathlib import Path

import httpx
import pytest

from hervat.assemble import Node
from hervat.doors.cli import main
from hervat.intake.folding import CEILING
from hervat.intake.partnering import Wish
from tests.journey.site import HOSTILE, Served, case, make_whole, person, served, start

PATHS = ("/", "/screening", "/procedures", "/held", "/refused", "/person", "/entry/3", "/disclosures", "/concerned")
PATHS += ("/retention", "/quarantine", "/custody", "/partners", "/backlog", "/chain", "/restart", "/timeline")
PATHS += ("/law", "/law/disclosure.grounds")
ENGLISH = tuple(f"/en{path}".rstrip("/") for path in PATHS)


def text_of(page: str) -> str:
    """What a page says, without its markup, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def ask(server: Served, path: str = "/person", **form: str) -> str:
    answer = server.post(path, form)
    assert answer.status_code == 200, text_of(answer.text)
    return text_of(answer.text)


def copy_of(server: Served, folder: Path) -> str:
    """The store of a server, copied with its keys to where it may be damaged."""
    path = Path(server.url.removeprefix("sqlite:///"))
    for beside in path.parent.glob(path.name + "*"):
        shutil.copy(beside, folder / beside.name)
    return f"sqlite:///{folder / path.name}"


@pytest.mark.parametrize("path", (*PATHS, *ENGLISH, "/nowhere", "/entry/99999"))
def test_every_page_is_guarded_and_says_its_language(broken_off: Served, path: str) -> None:
    answer = broken_off.get(path)
    assert answer.status_code == (404 if path in ("/nowhere", "/entry/99999") else 200)
    language = "en" if path.startswith("/en/") or path == "/en" else "nl"
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["content-language"] == language
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers
    assert not re.search(r"<style|<script>|\sstyle=|\son[a-z]+=", answer.text), "the guard lets nothing inline pass"


@pytest.mark.parametrize("path", PATHS)
def test_head_is_answered_as_get_without_a_body(whole: Served, path: str) -> None:
    head, get = httpx.head(whole.address + path), whole.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get.content))


def test_the_state_of_affairs_is_that_of_the_node(broken_off: Served) -> None:
    with Node.opened(broken_off.url) as node:
        found, days = node.status(), node.drain()
    said = text_of(broken_off.get("/en").text)
    backlog = found["backlog"]
    assert f"Stock {backlog['stock']} by source and kind decided, not yet a message" in said
    assert f"In transit {backlog['in_transit']} missing numbers sent, not here" in said
    assert f"Held {backlog['held']} what waits for what here, not applied" in said
    balance = f"{found['received']} received = {found['applied']} applied + {backlog['held']} held + {found['refused']} refused"
    assert balance in said
    assert f"Position {found['position']}" in said
    for day in days:
        assert f"{day['day']} {day['received']} {day['applied']} {day['held']} {day['refused']}" in said
    assert "Openbaar Ministerie (other-gps) 155 to 156 2" in said


def test_a_store_without_history_says_so(whole: Served) -> None:
    assert "No history yet" in text_of(whole.get("/en").text)
    assert "Nog geen verloop" in text_of(whole.get("/").text)


def test_every_command_that_a_page_names_runs(broken_off: Served, capsys: pytest.CaptureFixture[str]) -> None:
    pages = [broken_off.get(path).text for path in ("/", "/screening", "/procedures", "/held", "/refused", "/entry/3")]
    pages.append(broken_off.post("/person", {"skn": "HOSTILE-1", "known_at": "2025-09-02T10:00", "valid_on": "2025-09-01"}).text)
    found = {html.unescape(line) for page in pages for line in re.findall(r"<code>(hervat [^<]*)</code>", page)}
    named = {line for line in found if not line.startswith("hervat ceiling")}
    commands = {"status", "horizon", "held", "prove", "person", "ceiling", "conflicts", "screening", "procedure"}
    assert {line.split()[1] for line in found} == commands
    assert {line: main(shlex.split(line)[1:]) for line in named} == dict.fromkeys(named, 0)
    capsys.readouterr()


def test_held_says_what_waits_for_what_and_whom(broken_off: Served) -> None:
    said = text_of(broken_off.get("/en/held").text)
    with Node.opened(broken_off.url) as node:
        held = list(node.held())
    assert f"{len(held)} messages are here and not applied" in said
    waiting = [one["needs"][0] for one in held if one["needs"] and one["needs"][0].startswith("person:")]
    assert f"Matching Autoriteit person {len(set(waiting))} {len(waiting)} 0" in said
    assert "person P3 Matching Autoriteit 3 0" in said
    assert "ceiling other-gps our own decision about this source" in said
    assert "Next 100" in said


def test_held_is_turned_page_by_page_and_chosen_from(broken_off: Served) -> None:
    with Node.opened(broken_off.url) as node:
        held = [(str(one["position"]), one["reason"]) for one in node.held()]
    first = broken_off.get("/held").text
    (address,) = re.findall(r'<a rel="next" href="([^"#]*)', first)
    second = broken_off.get(html.unescape(address)).text
    shown = [re.findall(r'scope="row"><a href="/entry/(\d+)"', page) for page in (first, second)]
    assert [len(one) for one in shown] == [100, len(held) - 100]
    assert shown[0] + shown[1] == [position for position, _ in held]
    above = broken_off.get("/held?reason=ceiling").text
    assert re.findall(r'scope="row"><a href="/entry/(\d+)"', above) == [at for at, reason in held if reason == "ceiling"]
    elsewhere = broken_off.get("/en/held?reason=nonsense")
    assert elsewhere.status_code == 200 and "Unknown reason or source" in elsewhere.text
    assert broken_off.get("/held?after=-3&source=").status_code == 200


def test_what_was_refused_is_listed_with_its_reason(broken_off: Served) -> None:
    with Node.opened(broken_off.url) as node:
        count = node.status()["refused"]
    page = broken_off.get("/refused").text
    refused, _, conflicts = page.partition('id="conflicts"')
    assert len(re.findall(r'scope="row"><a href="/entry/', refused)) == count > 0
    with Node.opened(broken_off.url) as node:
        listed = [str(one["position"]) for one in node.conflicts() if one["open"]]
    assert re.findall(r'scope="row"><a href="/entry/(\d+)"', conflicts) == listed[::-1] != []


def test_a_person_is_answered_with_the_horizon_first(whole: Served) -> None:
    # Behind the menu, which has a timeline of its own.
    said = ask(whole, "/en/person", skn="20250001", purpose="childcare-screening").partition("Nederlands")[2]
    order = ["What this answer rests on", "1 of 10 sources says", "No data is not the same as clean", "Karel Jansen"]
    order += ["It is no decision of the prosecution service", "Case 10/123456-25", "convicted", "Timeline"]
    assert sorted(order, key=said.index) == order
    assert "Sentence 1: imprisonment 60 days, of which conditional 30 days, 2 years on probation" in said
    assert "999990019" not in said, "a BSN is never shown whole"


def test_a_report_by_the_police_is_seen_for_its_purpose_only(whole: Served) -> None:
    purposes = ("childcare-screening", "taxi-screening", "")
    answers = [ask(whole, "/en/person", skn="20250001", purpose=purpose) for purpose in purposes]
    assert ["PL0600-2025777: serious violence" in said for said in answers] == [True, False, False]
    assert ["by the police: serious violence" in said for said in answers] == [True, False, False], "nor in the timeline"
    assert "Asked without a purpose: reports by the police are not shown, whether there are any or not." in answers[2]
    with Node.opened(whole.url) as node:
        (report,) = node.store.of_kind("emergency-report", node.position)
    content = text_of(whole.post(f"/en/entry/{report.position}", {}).text)
    assert "for one purpose only" in content and "PL0600-2025777" not in content


def test_a_person_is_asked_about_at_two_axes_of_time(whole: Served) -> None:
    assert "veroordeeld" in ask(whole, skn="20250001")
    assert "veroordeeld" not in ask(whole, skn="20250001", valid_on="2025-05-01")
    assert "Alleen wat op 2025-05-01 rechtens telde" in ask(whole, skn="20250001", valid_on="2025-05-01")
    then = ask(whole, skn="20250001", position="1")
    assert "Wat tot en met positie 1 was ontvangen; nu staat het journaal op 52" in then and "Geen zaken bekend" in then
    assert "kent 20250001 niet" in ask(whole, skn="20250001", known_at="2020-01-01T10:00")


def test_an_unknown_person_is_not_clean(whole: Served) -> None:
    said = ask(whole, skn="NOBODY")
    assert "Het register kent NOBODY niet" in said and "Onbekend is niet hetzelfde als schoon" in said
    assert said.index("Waar dit antwoord op rust") < said.index("Het register kent NOBODY niet")


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"skn": ""}, "1 tot 32 letters"),
        ({"skn": "<b>"}, "1 tot 32 letters"),
        ({"skn": "A", "purpose": "Kinderopvang!"}, "hooguit 64 kleine letters"),
        ({"skn": "A", "valid_on": "2025-02-30"}, "geen datum"),
        ({"skn": "A", "known_at": "yesterday"}, "geen moment"),
        ({"skn": "A", "position": "-1"}, "geen positie"),
        ({"skn": "A", "position": "1", "known_at": "2025-09-01T10:00"}, "niet beide"),
        ({}, "1 tot 32 letters"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(whole: Served, form: dict[str, str], fault: str) -> None:
    answer = whole.post("/person", form)
    assert answer.status_code == 400
    assert fault in text_of(answer.text)
    assert "<b>" not in answer.text


def test_a_hostile_name_is_only_text(broken_off: Served) -> None:
    page = broken_off.post("/person", {"skn": "HOSTILE-1"}).text
    assert HOSTILE not in page and HOSTILE in html.unescape(page)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "null"},
        {"Origin": "http://elsewhere.example"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
def test_a_question_from_elsewhere_is_refused(whole: Served, headers: dict[str, str]) -> None:
    for path in ("/person", "/en/person", "/entry/1"):
        answer = whole.post(path, {"skn": "20250001"}, headers)
        assert answer.status_code == 403
        assert "Jansen" not in answer.text
    assert whole.post("/person", {"skn": "20250001"}, {"Origin": whole.address}).status_code == 200


def test_only_this_machine_is_answered(whole: Served) -> None:
    answer = whole.get("/", Host="elsewhere.example")
    assert (answer.status_code, "Positie" in answer.text) == (421, False)
    assert whole.get("/", Host="localhost:8025").status_code == 200


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/"), ("POST", "/held"), ("PUT", "/person"), ("PATCH", "/en/entry/1")])
def test_another_method_is_a_page_too(whole: Served, method: str, path: str) -> None:
    answer = httpx.request(method, whole.address + path)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert "<h1>" in answer.text


def test_too_long_a_question_is_refused(whole: Served) -> None:
    for path, says in (("/person", "mag hooguit 64 KiB zijn"), ("/en/person", "may be at most 64 KiB, its files included. Go back")):
        answer = whole.post(path, {"skn": "A" * 70_000})
        assert (answer.status_code, says in text_of(answer.text)) == (413, True)


def test_an_entry_hides_its_content_until_asked(whole: Served) -> None:
    sheet = whole.get("/entry/1")
    assert "Jansen" not in sheet.text and "skdb-000001" in sheet.text
    said = text_of(sheet.text)
    assert "Verwerkt sinds positie 1" in said and "identity" in said and '"signature"' in said
    assert "Jansen" in whole.post("/entry/1").text


def test_an_entry_tells_what_became_of_it(broken_off: Served) -> None:
    with Node.opened(broken_off.url) as node:
        held = next(one for one in node.held() if one["reason"] == "needs")
        refused = next(iter(node.store.refused())).position
        act = node.store.acts(CEILING, node.position)
    assert "Held: lacks something" in text_of(broken_off.get(f"/en/entry/{held['position']}").text)
    assert "Refused: " in text_of(broken_off.get(f"/en/entry/{refused}").text)
    assert "An act of people or of the clock" in text_of(broken_off.get(f"/en/entry/{act[0]}").text)


def test_partners_are_called_what_the_acts_say_and_keep_their_last_name(tmp_path: Path) -> None:
    url, om = f"sqlite:///{tmp_path / 'renamed.db'}", "00000099000000002000"
    with Node.opened(url, writer=True) as node:
        node.receive([case(1, "P1")])
        renamed = node.set_partner(om, Wish(name="Landelijk Parket"), by="Ans de Wit", why="renamed")["position"]
    with served(url) as server:
        assert "Landelijk Parket" in text_of(server.get("/").text)
        sheet = text_of(server.get(f"/en/entry/{renamed}").text)
        assert "what is known of a partner was set partner-set" in sheet and "Ans de Wit" not in sheet
        assert "Ans de Wit" in text_of(server.post(f"/en/entry/{renamed}").text)
        assert "Matching Autoriteit" in text_of(server.get("/held").text)
        with Node.opened(url, writer=True) as node:
            node.remove_partner(om, by="Ans de Wit", why="merged")
            node.remove_partner("00000099000000001000", by="Ans de Wit", why="merged")
        assert "Landelijk Parket" in text_of(server.get("/").text)
        held = text_of(server.get("/held").text)
        assert "Matching Autoriteit" not in held and "geen van de ketenpartners die nu bekend zijn" in held


def test_the_newest_commit_is_shown(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'growing.db'}"
    make_whole(url)
    with served(url) as server:
        assert server.get("/?seen=52", HX_Request="true").status_code == 204
        with Node.opened(url, writer=True) as node:
            node.receive([person(1, "NEW-1", "Nieuw")])
            assert "Positie 53" in server.get("/?seen=52", HX_Request="true").text
            assert "Nieuw" in server.post("/person", {"skn": "NEW-1"}).text
            node.receive([case(1, "ABSENT-1")])
            assert "ABSENT-1" in server.get("/held").text


def test_a_store_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    with served(f"sqlite:///{tmp_path / 'absent.db'}") as server:
        for path in ("/", "/en/held", "/entry/1"):
            answer = server.get(path)
            assert answer.status_code == 503
            assert "absent.db" in answer.text and "hervat receive" in answer.text
        assert server.get("/person").status_code == 200
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_cannot_be_read_says_why(whole: Served, tmp_path: Path) -> None:
    url = copy_of(whole, tmp_path)
    with served(url) as server:
        (tmp_path / "whole.db.key").unlink()
        answer = server.get("/en")
        assert answer.status_code == 503 and "put the node's keys back" in html.unescape(answer.text)
        assert not (tmp_path / "whole.db.key").exists()
        (tmp_path / "whole.db").write_bytes(b"no store at all")
        answer = server.get("/en/held")
        assert answer.status_code == 503 and "Traceback" not in answer.text
        assert server.stop() == (0, "")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly(whole: Served, how: signal.Signals) -> None:
    with served(whole.url) as server:
        server.get("/")
        assert server.stop(how) == (0, "")


def test_a_port_that_is_taken_is_told(whole: Served) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(["serve", "--store", whole.url, "--port", str(port)])
        said = process.communicate(timeout=20)
    assert (process.returncode, said[0]) == (3, "")
    assert said[1].startswith(f"hervat: port {port} is taken by another process; stop that, or give another --port")


def test_a_port_that_cannot_be_is_wrong_use(whole: Served) -> None:
    process = start(["serve", "--store", whole.url, "--port", "70000"])
    assert "between 0 and 65535" in process.communicate(timeout=20)[1]
    assert process.returncode == 2
