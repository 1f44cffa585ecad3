"""The contract's story as a certificate office has it on its pages: nothing blind, and more applications than stand on a page."""

import json
import re
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.clock import SystemClock, legal_day
from hervat.consumers.disclosure.requested import Supplied
from hervat.consumers.ruling import Ruling
from hervat.disclosing import Disclosing
from hervat.interim import InterimRule
from tests.journey.acting import COURTS, send
from tests.journey.site import Served, examples, message, receive_in_time
from tests.rooms.messages import set_hash

VOG = "urn:nld:oin:00000099000000008000:systeem:vog"
NEEDED = ("skdb", "gps", "grip", "execute", "gratie", "ecris")
DECIDED_ON = date(2026, 3, 1)
BY = {"by": "W. Eger"}
GROUND = BY | {"ground": "Wjsg 35"}
RULE = {
    "name": "on-what-is-known", "authority": "Minister", "ground": "a letter", "purposes": "aspect 84\r\naspect 86", "risk": "every",
    "does": "decide", "ask": "", "from": "2026-01-01", "until": "", "why": "x", "by": "A. Smit",
}  # fmt: skip


def today() -> date:
    return legal_day(SystemClock().now())


def marks(raws: list[bytes]) -> list[bytes]:
    """That every source which tells of a record is complete up to tomorrow."""
    feeds: dict[str, list[bytes]] = defaultdict(list)
    for raw in raws:
        feeds[json.loads(raw)["source"]].append(raw)
    until = f"{today() + timedelta(days=1)}T12:00:00Z"
    claims = {
        source: {"through_sequence": len(sent), "count": len(sent), "complete_until": until, "set_hash": set_hash(sent)}
        for source, sent in feeds.items()
        if source.endswith(NEEDED)
    }
    return [message(source, claim["count"] + 1, "watermark", claim) for source, claim in claims.items()]


def application(number: int, bsn: str, applied_on: date, *purposes: str) -> bytes:
    asked = [dict(zip(("kind", "number"), one.split(), strict=True)) for one in purposes or ("profile 60",)]
    data = {"application": f"vog-{number}", "bsn": bsn, "birth": "1990-01-01", "purposes": asked, "applied_on": applied_on.isoformat()}
    return message(VOG, number, "certificate-requested", data)


def bsns(count: int) -> list[str]:
    """Numbers that pass the eleven-test, of nobody in the story."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    found = (f"{number:09d}" for number in range(100000001, 100001000))
    return [one for one in found if sum(int(digit) * weight for digit, weight in zip(one, weights, strict=True)) % 11 == 0][:count]


def make_certified(url: str, *, more: int = 0) -> None:
    """Application vog-1 of the story's person, and `more` of people whom the register does not know."""
    raws = examples()
    raws.append(message(COURTS, 1 + sum(json.loads(one)["source"] == COURTS for one in raws), "stock-declared", on_paper(0)))
    with Node.opened(url, writer=True) as node:
        assert node.receive([*raws, *marks(raws)])["refused"] == 0
        asked = [application(number, bsn, today()) for number, bsn in enumerate(bsns(more), 2)]
        assert node.receive(asked)["applied"] == more


def place_of(server: Served, number: str = "vog-1") -> int:
    """Where an application lies, as its link on the page says."""
    found = re.search(rf'href="/certificates/(\d+)">{number}<', server.get("/certificates").text)
    assert found is not None
    return int(found[1])


def blind(server: Served) -> None:
    """The courts say that judgments of a year ago lie on paper: of what was decided since, nobody here knows."""
    send(server, COURTS, "stock-declared", on_paper(9) | {"oldest_on": f"{today() - timedelta(days=365)}"})


def on_paper(count: int) -> dict[str, Any]:
    days = {"from": "2020-01-01", "until": today().isoformat(), "counted_on": today().isoformat()}
    return {"kinds": ["judgment-given"], "count": count} | days


def form(server: Served, step: str, place: int, on: date | None = None) -> dict[str, str]:
    """What the form of a step carries on its page: the day, how many steps were seen, and of a decision what was seen."""
    page = server.get(f"/certificates/{place}?on={on or today()}").text
    found = re.search(rf'action="/certificates/{place}/{step}">(.*?)</form>', page, re.DOTALL)
    assert found is not None, f"{step} may not follow"
    return dict(re.findall(r'name="(after|view|on)"(?: type="date")? value="([^"]*)"', found[1]))


def make_reopened(url: str) -> None:
    """The prosecution and the courts were cut off when vog-1 was granted and ind-1 was answered; what they sent has come since, and nobody
    has looked again.
    """
    raws = examples()
    cut = [raw for raw in raws if json.loads(raw)["source"].endswith(("gps", "grip", "execute", "bvh"))]
    receive_in_time(url, [raw for raw in raws if raw not in cut])
    with Node.opened(url, writer=True) as node:
        rule = InterimRule(name="known", authority="x", ground="y", purposes=("every",), does="decide", from_=date(2026, 1, 1))
        Ruling(node.store, node.keys, node.decide).open(rule, by="a", why="b")
        certificates, disclosing = Certificates(node), Disclosing(node)
        certificates.propose("vog-1", DECIDED_ON)
        certificates.decide("vog-1", "granted", DECIDED_ON, by="a", ground="b")
        disclosing.give(disclosing.request("ind-1").position, Supplied(), DECIDED_ON, by="a")
        node.receive(cut)


def told_at(server: Served, path: str) -> dict[str, str]:
    """What the form of a difference carries: by which act it was told."""
    page = server.get("/again").text
    found = re.search(rf'action="{path}">\s*<input type="hidden" name="told_at" value="(\d+)">', page)
    assert found is not None
    return {"told_at": found[1]}
