"""The page of screening over HTTP: the work list, what was told beside what is so now, deciding, and steps."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hervat.assemble import Node
from hervat.consumers.screening.assessment import ASSESSED
from hervat.consumers.screening.signal import SIGNALLED
from hervat.register.reading import Reading
from tests.journey.acting import COURTS, DECISION, PROSECUTION, act_at, correct, done, form_of, head, id_of, send, waiting, work_of
from tests.journey.site import Served, make_whole, served
from tests.journey.test_pages import text_of
from tests.journey.test_procedures import report


def test_the_work_list_is_that_of_the_command_worst_first(screened_as_is: Served) -> None:
    listed = work_of(screened_as_is)
    pairs = [form_of(one) for one in listed]
    assert waiting(screened_as_is) == pairs and len(pairs) == 9
    said = text_of(screened_as_is.get("/en/screening").text)
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
def test_what_is_missing_is_told_and_what_was_typed_is_kept(screened_as_is: Served, wrong: dict[str, str], fault: str) -> None:
    before, typed = head(screened_as_is), DECISION | {"ground": "<i>kept</i>"} | wrong
    answer = screened_as_is.post("/screening/decide", waiting(screened_as_is)[0] | typed)
    assert answer.status_code == 400
    assert fault in text_of(answer.text)
    kept = [value.strip() for name, value in typed.items() if name != "verdict" and value.strip()]
    assert [value for value in kept if f'value="{value.replace("<", "&lt;").replace(">", "&gt;")}"' not in answer.text] == []
    assert ('<option value="new-certificate-demanded" selected>' in answer.text) == ("verdict" not in wrong)
    assert head(screened_as_is) == before


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
    pair = form_of(work)
    position, _ = done(screened, screened.post("/screening/decide", pair | DECISION))
    correct(screened, work, {"ecli": "ECLI:NL:RBAMS:2025:1"})
    done(screened, screened.post("/screening/step", {"on": "2026-02-21"}))
    assert pair["message"] in [one["message"] for one in waiting(screened)]
    ordered = [form_of(one) for one in work_of(screened)]
    assert waiting(screened) == ordered, "what came since stands where the law puts it"
    said = text_of(screened.get(f"/screening/{pair['enrolment']}/{pair['message']}").text)
    assert f"Eerder is hierop besloten: nieuwe VOG gevraagd inschrijving {position}" in said


def test_a_decision_on_a_version_that_nobody_saw_is_not_taken(screened: Served) -> None:
    work = next(one for one in work_of(screened) if one["kind"] == "judgment-given")
    seen = form_of(work)
    correct(screened, work, {"ecli": "ECLI:NL:RBAMS:2025:1"})
    done(screened, screened.post("/screening/step", {"on": "2026-02-21"}))
    before = head(screened)
    answer = screened.post("/en/screening/decide", seen | DECISION)
    assert answer.status_code == 409 and "was told anew" in text_of(answer.text)
    assert head(screened) == before and form_of(next(one for one in work_of(screened) if one["kind"] == "judgment-given")) != seen


def test_what_is_hidden_is_not_shown_for_having_been_told(screened: Served) -> None:
    work = next(one for one in work_of(screened) if one["kind"] == "case-registered" and one["charges"])
    path, label = f"/en/screening/{work['signal']['enrolment']}/{work['signal']['message']}", work["charges"][0]["label"]
    assert label in text_of(screened.get(path).text)
    hidden = {"pn": work["told"]["pn"], "charges": [one["charge"] for one in work["charges"]], "code": "01", "conditional": False}
    send(screened, PROSECUTION, "case-dismissed", hidden | {"decided_on": "2025-09-01"})
    for _ in range(2):
        said = text_of(screened.get(path).text)
        assert label not in said and work["told"]["pn"] not in said and "may be shown no more" in said
        screened.post("/screening/step", {"on": "2026-02-21"})


def test_a_report_is_not_shown_for_an_enrolment_that_its_procedure_is_not_for(screened: Served) -> None:
    with Node.opened(screened.url, writer=True) as node:
        assert node.receive([report(2, reported_on="2025-09-30")])["applied"] == 1
    done(screened, screened.post("/screening/step", {"on": "2026-02-21"}))
    work = next(one for one in work_of(screened) if one["kind"] == "emergency-report")
    path = f"/en/screening/{work['signal']['enrolment']}/{work['signal']['message']}"
    assert "PL0600-2" in text_of(screened.get(path).text)
    with Node.opened(screened.url) as node:
        enrolled = node.store.rows_at([work["signal"]["enrolment"]])[work["signal"]["enrolment"]]
        source = next(feed.name for feed in node.store.feeds() if feed.number == enrolled.source)
        data = Reading(node.store, node.store, node.keys).said([enrolled])[enrolled.position].data
    moved = {"corrects": {"source": source, "id": enrolled.id}, "data": data | {"sector": "taxi"}}
    send(screened, source, "message-corrected", moved)
    for _ in range(2):
        assert "PL0600-2" not in text_of(screened.get(path).text)
        assert all(one["told"] is None for one in work_of(screened) if one["kind"] == "emergency-report")
        screened.post("/screening/step", {"on": "2026-02-21"})


def test_a_report_of_the_police_is_told_as_one_and_with_how_it_ended(screened: Served) -> None:
    with Node.opened(screened.url, writer=True) as node:
        assert node.receive([report(2, reported_on="2025-09-30")])["applied"] == 1
    done(screened, screened.post("/screening/step", {"on": "2026-02-21"}))
    work = next(one for one in work_of(screened) if one["kind"] == "emergency-report")
    pair = form_of(work)
    assert pair in waiting(screened)
    said = text_of(screened.get(f"/en/screening/{pair['enrolment']}/{pair['message']}").text)
    assert "Emergency report: serious violence" in said and "It is no decision of the prosecution service" in said
    assert f"How it ended, as it was told: {'still open' if work['signal']['ending'] == ['open'] else 'orphan'}" in said
    assert "PL0600-2" in said and "20250001" not in said
    done(screened, screened.post("/screening/decide", pair | DECISION))


def test_what_was_erased_is_told_as_erased_and_can_be_decided_on(screened: Served) -> None:
    first, last = waiting(screened)[0], waiting(screened)[-1]
    with Node.opened(screened.url, writer=True) as node:
        node.erase_message(int(first["message"]), None, by="registrar", ground="its term is over")
    said = text_of(screened.get(f"/en/screening/{first['enrolment']}/{first['message']}").text)
    assert "erased: it can be read no more" in said and "No charges to be seen" in said
    assert first in waiting(screened)
    with Node.opened(screened.url, writer=True) as node:
        node.erase_person("20250001", by="registrar", ground="all terms are over")
    for pair in (first, last):
        one = screened.get(f"/en/screening/{pair['enrolment']}/{pair['message']}")
        assert one.status_code == 200 and "erased: it can be read no more" in text_of(one.text)
    done(screened, screened.post("/screening/decide", first | DECISION))


def test_what_was_never_told_cannot_be_decided_on(screened_as_is: Served) -> None:
    for pair in ({"enrolment": "1", "message": "2"}, {}, {"enrolment": "x", "message": "-1"}):
        answer = screened_as_is.post("/en/screening/decide", pair | DECISION)
        assert answer.status_code == 409 and "waits for a decision" in text_of(answer.text)
    assert screened_as_is.get("/screening/1/2").status_code == 404


def test_a_step_is_an_act_and_another_that_finds_nothing_is_none(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    make_whole(url)
    with served(url) as server:
        position, said = done(server, server.post("/screening/step", {"on": "2026-02-20", "canaries": ""}))
        assert act_at(server, position)[0] == SIGNALLED
        assert "gemeld 9, achtergehouden 1, ingetrokken 0" in said
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
        assert "told 0, suppressed 10, withdrawn 0" in said


def test_no_number_of_a_person_stands_in_an_address_of_the_work(screened_as_is: Served) -> None:
    page = screened_as_is.get("/screening").text
    addresses = re.findall(r'(?:href|action)="([^"]*)"', page)
    assert [one for one in addresses if re.search(r"2025000\d|99999", one)] == []
    assert "999990019" not in page and "Jansen" not in page
