"""The forms of the pages that act, as a browser sends them, and what came of them, looked up in the journal."""

import re
from pathlib import Path
from typing import Any

import httpx

from hervat.assemble import Node
from hervat.journal.entry import open_entry
from tests.faults.processes import hervat
from tests.journey.door import message
from tests.journey.site import Served
from tests.journey.test_pages import text_of

COURTS = "urn:nld:oin:00000099000000003000:systeem:grip"
PROSECUTION = "urn:nld:oin:00000099000000002000:systeem:gps"
DECISION = {"verdict": "new-certificate-demanded", "ground": "Wko 1.50", "by": "W. Eger"}
OPENING = {
    "name": "taxi-2020", "authority": "Minister", "ground": "a letter", "sector-taxi": "on", "category-sexual": "on",
    "receivers": "Kiwa\r\nJustis", "purpose": "taxi-screening", "from": "2020-01-01", "until": "2020-03-01", "by": "A. Smit", "why": "x",
}  # fmt: skip
CLOSING = {"name": "childcare-2025", "until": "2025-09-30", "by": "A. Smit", "why": "the links are open"}
ACTS: list[tuple[str, dict[str, str]]] = [
    ("/screening/decide", DECISION), ("/en/screening/step", {"on": "2026-02-20"}),
    ("/procedures/open", OPENING), ("/en/procedures/close", CLOSING),
]  # fmt: skip


def head(server: Served) -> int:
    with Node.opened(server.url) as node:
        return node.position


def act_at(server: Served, position: int) -> tuple[str | None, str]:
    """The kind and the content of an entry."""
    with Node.opened(server.url) as node:
        opened = open_entry(node.keys, node.store.entries_at([position])[position])
        return opened.meta.kind, opened.payload.decode()


_SEEN = ("enrolment", "message", "version", "ending")


def waiting(server: Served) -> list[dict[str, str]]:
    """The form of each signal on the page, in its order."""
    page = server.get("/screening").text
    hidden = r'\s*'.join(f'<input type="hidden" name="{name}" value="([0-9a-z ]*)">' for name in _SEEN)
    return [dict(zip(_SEEN, found, strict=True)) for found in re.findall(hidden, page)]


def form_of(work: dict[str, Any]) -> dict[str, str]:
    """What the form of a signal carries of what was seen."""
    return {name: str(work["signal"][name]) for name in _SEEN[:3]} | {"ending": " ".join(work["signal"]["ending"])}


def work_of(server: Served) -> list[dict[str, Any]]:
    """The work as the command has it."""
    listed: list[dict[str, Any]] = hervat("screening", "work", "--json", store=Path(server.url.removeprefix("sqlite:///"))).document
    return listed


def id_of(server: Served, work: dict[str, Any]) -> str:
    with Node.opened(server.url) as node:
        return str(node.store.rows_at([work["signal"]["message"]])[work["signal"]["message"]].id)


def send(server: Served, source: str, kind: str, data: dict[str, Any]) -> int:
    """The next message of a source, applied; where it lies."""
    with Node.opened(server.url, writer=True) as node:
        sequence = next((feed.highest for feed in node.store.feeds() if feed.name == source), 0) + 1
        assert node.receive([message(source, sequence, kind, data)])["applied"] == 1
        return node.position


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
