"""What holds for every button of the pages: who may press it, who does the act, and what is told where nobody can."""

import os
import re
from pathlib import Path

import pytest

from hervat.assemble import Node
from hervat.consumers.screening.assessment import ASSESSED
from hervat.intake.proceeding import PROCEDURE_CLOSED, PROCEDURE_OPENED
from hervat.screening import screening_of
from tests.journey.acting import ACTS, CLOSING, DECISION, OPENING, done, head, waiting
from tests.journey.door import served as door_of
from tests.journey.site import Served, make_screened, served
from tests.journey.test_pages import text_of
from tests.postgres import empty_store


@pytest.mark.postgres
def test_the_acts_are_done_on_a_server_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERVAT_KEYS", str(tmp_path / "node.key"))
    with empty_store() as url:
        make_screened(url)
        with served(url) as server:
            for path, form in (("/screening/decide", waiting(server)[0] | DECISION), ("/procedures/open", OPENING)):
                position, _ = done(server, server.post(path, form))
                assert position == head(server)


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://elsewhere.example"}])
def test_another_site_can_do_nothing(screened_as_is: Served, headers: dict[str, str]) -> None:
    before, first = head(screened_as_is), waiting(screened_as_is)[0]
    assert [screened_as_is.post(path, first | form, headers).status_code for path, form in ACTS] == [403] * 4
    assert [screened_as_is.get(path).status_code for path, _ in ACTS] == [405] * 4
    assert head(screened_as_is) == before


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
    told = '[node]\nstore = "sqlite:///hervat.db"\nsocket = "elsewhere.acts"\n[serve]\nport = 0\n[screening]\ndaily = false\n'
    config.write_text(told, encoding="utf-8")
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
            enrolment, message = next(iter(screening_of(node).told().last))
        pair = {"enrolment": str(enrolment), "message": str(message)}
        assert [server.post(path, pair | form).status_code for path, form in ACTS] == [403] * 4
        assert "opened for reading only" in text_of(server.post("/en/procedures/open", OPENING).text)
        assert head(server) == before


def test_what_an_address_says_was_done_is_read_from_the_journal(screened_as_is: Served) -> None:
    for position in ("1", "99999", "x", "0"):
        for path in ("/screening", "/procedures"):
            page = screened_as_is.get(f"{path}?done={position}")
            assert page.status_code == 200 and 'id="done-entry"' not in page.text


def test_the_bottlenecks_say_what_stands_against_them_and_where_it_is_seen(screened_as_is: Served) -> None:
    said, page = text_of(screened_as_is.get("/en").text), screened_as_is.get("/en").text
    assert "Screening in childcare bottleneck" in said and "9 signals wait for a decision" in said
    assert 'href="/en/screening?sector=childcare#work"' in page and 'href="#stock"' in page and 'href="#transit"' in page
    assert "Not every source says up to when it is complete" in said
