"""Signals on which somebody has to decide, as the people who decide use them, in real processes."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hervat.assemble import Node
from hervat.consumers.bottleneck import Bottleneck
from hervat.consumers.screening.population import Population
from hervat.doors import affairs
from hervat.standing import bottlenecks
from tests.faults.processes import EXAMPLES, hervat, url, write_lines
from tests.journey.door import message

BY = ("--by", "W. Eger", "--ground", "Wet kinderopvang 1.50")
COURTS = "urn:nld:oin:00000099000000003000:systeem:grip"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The contract's story, screened while the person worked in childcare."""
    path = tmp_path / "s.db"
    assert hervat("receive", EXAMPLES, store=path).status == 0
    assert hervat("screening", "run", "--on", "2026-02-20", store=path).status == 0
    return path


def waiting(store: Path) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = hervat("screening", "work", "--json", store=store).document
    return listed


def pair(work: dict[str, Any]) -> tuple[str, str]:
    return str(work["signal"]["enrolment"]), str(work["signal"]["message"])


def test_the_worst_comes_first_and_what_may_follow_is_told_with_its_article(store: Path) -> None:
    listed = waiting(store)
    assert len(listed) == 9
    assert listed[0]["weights"] == ["serious-violence"]
    assert [charge["article"] for charge in listed[0]["charges"]] == ["Sr 302"]
    assert all(one["options"] and one["options"][0]["article"] for one in listed)
    assert all(one["enrolment"]["sector"] == "childcare" and one["persons"] == 1 for one in listed)
    words = hervat("screening", "work", "--lang", "nl", store=store)
    assert words.out.startswith("9 signalen wachten op een besluit")
    assert "Sr 302" in words.out.splitlines()[1]


def test_a_person_decides_once_and_the_decision_is_an_act(store: Path) -> None:
    first = pair(waiting(store)[0])
    decided = hervat("screening", "decide", *first, "--verdict", "new-certificate-demanded", *BY, "--json", store=store)
    assert decided.status == 0
    with Node.opened(url(store)) as node:
        assert node.position == decided.document["position"]
        assert node.store.acts("signal-assessed", node.position) == [node.position]
    assert first not in map(pair, waiting(store))
    again = hervat("screening", "decide", *first, "--verdict", "no-consequence", *BY, store=store)
    assert again.status == 1
    assert "waits for a decision" in again.err
    assert hervat("verify", store=store).status == 0


def test_another_version_opens_a_decided_signal_again(store: Path, tmp_path: Path) -> None:
    work = next(one for one in waiting(store) if one["kind"] == "judgment-given")
    assert hervat("screening", "decide", *pair(work), "--verdict", "no-consequence", *BY, store=store).status == 0
    with Node.opened(url(store)) as node:
        row = node.store.rows_at([work["signal"]["message"]])[work["signal"]["message"]]
        sequence = next(feed.highest for feed in node.store.feeds() if feed.name == COURTS) + 1
    corrected = {"corrects": {"source": COURTS, "id": row.id}, "data": work["told"] | {"ecli": "ECLI:NL:RBAMS:2025:1"}}
    write_lines(tmp_path / "c.jsonl", [message(COURTS, sequence, "message-corrected", corrected)])
    assert hervat("receive", tmp_path / "c.jsonl", store=store).status == 0
    assert hervat("screening", "run", "--on", "2026-02-21", store=store).status == 0
    opened = next(one for one in waiting(store) if pair(one) == pair(work))
    assert opened["signal"]["says"] == "changed"
    assert opened["told"]["ecli"] == "ECLI:NL:RBAMS:2025:1"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("decide", "1", "2", "--verdict", "passed-on", *BY), 1),
        (("decide", "4", "5", "--verdict", "shot", *BY), 2),
        (("decide", "4", "5", "--verdict", "passed-on", "--by", " ", "--ground", "x"), 2),
        (("receipt", "1", "2"), 1),
    ],
)
def test_what_cannot_be_decided_is_told_and_nothing_is_written(store: Path, arguments: tuple[str, ...], status: int) -> None:
    with Node.opened(url(store)) as node:
        before = node.position
    ended = hervat("screening", *arguments, store=store)
    assert (ended.status, ended.out) == (status, "")
    assert ended.err.startswith("hervat: ")
    with Node.opened(url(store)) as node:
        assert node.position == before


def test_the_reasons_are_a_receipt_that_computes_again(store: Path, tmp_path: Path) -> None:
    told = hervat("screening", "receipt", *pair(waiting(store)[0]), store=store)
    assert told.status == 0
    (tmp_path / "receipt.json").write_text(told.out, encoding="utf-8")
    assert hervat("law", "replay", tmp_path / "receipt.json", store=store).status == 0


def test_a_bottleneck_is_told_while_somebody_is_screened(store: Path) -> None:
    with Node.opened(url(store)) as node:
        found = bottlenecks(node)
        assert [one.name for one in found] == ["childcare", "taxi", "certificates", "immigration", "hearings"]
        assert {condition.name for condition in found[0].conditions if not condition.holds} >= {"horizon-now", "stock-zero"}
        assert bottlenecks(node, date(2020, 1, 1)) == []
        counted = Population(node.store, node.keys)
        days = (date(2025, 3, 2), date(2025, 3, 3), date(2026, 8, 29), date(2026, 8, 30))
        assert [counted.on(day)["childcare"] for day in days] == [0, 1, 1, 0]
        shown = affairs.status(node.status(), [Bottleneck(**{**_fields(found[0]), "affected": 1})], {}, "nl")
    assert "Screening in de kinderopvang is een knelpunt" in shown
    assert "op elk signaal is besloten: nee: signalen die wachten: 9" in shown
    rows = hervat("status", "--json", store=store).document["bottlenecks"]
    assert [row["open"] for row in rows] == [True] * 5


def _fields(one: Bottleneck) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Bottleneck.__struct_fields__}
