"""What was considered, on every form by which people decide: kept where something is wrong, and in the journal behind its decision."""

import html
import json
import re
from collections.abc import Iterator

import pytest

from hervat.assemble import Node
from hervat.consumers.ruling import INTERIM_CLOSED, INTERIM_OPENED
from hervat.intake.proceeding import PROCEDURE_CLOSED, PROCEDURE_OPENED
from hervat.intake.quarantine import QUARANTINE_CLOSED, QUARANTINE_OPENED, QUARANTINE_RELEASED
from hervat.oversight.entries import CONSIDERED
from hervat.oversight.timeline import decisions_at
from tests.journey.acting import CLOSING, OPENING, act_at, done, head
from tests.journey.certified import RULE
from tests.journey.site import Served, served
from tests.journey.test_pages import text_of
from tests.journey.test_pages_quarantine import TWO, make_quarantined
from tests.tidy.test_weighed import deciding

SKDB = "00000099000000001000"
SAID = {"known": "the <scan> of 16 July", "options": "wait\r\n\r\nhand keying\r\nwait", "accepts": "a day lost"}
# In this order, each can be done once.
FORMS: tuple[tuple[str, str, dict[str, str], str], ...] = (
    ("/quarantine", "open", {"oin": SKDB, "by": "Anna", "why": "w"}, QUARANTINE_OPENED),
    ("/quarantine", "release", TWO | {"through": "3", "but": "", "ground": "compared"}, QUARANTINE_RELEASED),
    ("/quarantine", "close", TWO | {"why": "all is through"}, QUARANTINE_CLOSED),
    ("/procedures", "open", OPENING, PROCEDURE_OPENED),
    ("/procedures", "close", CLOSING, PROCEDURE_CLOSED),
    ("/certificates/rules", "open", RULE, INTERIM_OPENED),
    ("/certificates/rules", "close", {"name": RULE["name"], "until": "2026-02-28", "by": "A. Smit", "why": "w"}, INTERIM_CLOSED),
)
REGISTERED = {path for path in deciding() if not path.startswith("/restart")}


@pytest.fixture(scope="module")
def node_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server on which all of them are decided, one after another."""
    url = f"sqlite:///{tmp_path_factory.mktemp('weighed') / 's.db'}"
    make_quarantined(url)
    with served(url) as server:
        yield server


def test_it_is_kept_where_something_is_wrong_and_lies_behind_its_decision(node_served: Served) -> None:
    """Each form with everything that a person may do with it, in turn: what one decides, the next finds."""
    for page, do, form, kind in FORMS:
        path, before = f"/en{page}/{do}", head(node_served)
        keeps_what_was_said(node_served, path, form)
        assert head(node_served) == before
        position, _ = done(node_served, node_served.post(path, form | SAID | {"mark": do}))
        assert act_at(node_served, position)[0] == kind and head(node_served) == position + 1
        lies_behind(node_served, position, form["by"])
        again = node_served.post(path, form | SAID | {"mark": do})
        assert (again.status_code, again.headers["location"].rpartition("=")[2]) == (303, str(position))
        if page != "/quarantine":
            other = node_served.post(path, form | SAID | {"known": "something else"})
            # What is closed has no form any more.
            assert other.status_code == 400 and ("something else" in other.text) == (do == "open")
        assert head(node_served) == position + 1
    assert {f"{page}/{do}" for page, do, _, _ in FORMS} == REGISTERED, "these are all the forms"


def keeps_what_was_said(server: Served, path: str, form: dict[str, str]) -> None:
    wrong = server.post(path, form | SAID | {"by": ""})
    assert wrong.status_code == 400 and wrong.text.count('<details class="weighing" open>') == 1, path
    kept = dict(re.findall(r'<textarea id="[^"]*" name="(known|options|accepts)"[^>]*>([^<]+)</textarea>', wrong.text))
    expected = {name: text.splitlines() for name, text in SAID.items()}
    assert {name: html.unescape(text).splitlines() for name, text in kept.items()} == expected
    for name, label in (("known", "What was known"), ("options", "Which options there were"), ("accepts", "Which risks are accepted")):
        too_long = server.post(path, form | SAID | {name: "x" * 1001})
        assert too_long.status_code == 400 and f"{label} : This is too long" in text_of(too_long.text), path
    assert server.post(path, form | SAID | {"options": "\n".join(map(str, range(21)))}).status_code == 400


def lies_behind(server: Served, position: int, by: str) -> None:
    kind, content = act_at(server, position + 1)
    said = {"known": SAID["known"], "options": ["wait", "hand keying"], "risks": ["a day lost"]}
    assert kind == CONSIDERED and (json.loads(content)["about"], json.loads(content)["considered"]) == (position, said)
    with Node.opened(server.url) as node:
        (decision,) = [one for one in decisions_at(node.store, node.keys, node.position) if one.position == position]
    assert [one.by for one in decision.considered] == [by]


def test_it_is_folded_until_somebody_fills_it_in(node_served: Served) -> None:
    for page in ("/quarantine", "/procedures", "/certificates"):
        english, dutch = node_served.get(f"/en{page}").text, node_served.get(page).text
        assert "<summary>What was considered</summary>" in english and "<summary>Wat is afgewogen</summary>" in dutch
        assert '<details class="weighing" open>' not in english + dutch
