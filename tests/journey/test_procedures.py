"""`hervat procedure` as an authority's clerk and other programs use it, in real processes."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.faults.processes import EXAMPLES, hervat

BY = ("--by", "duty officer", "--why", "letter of that day")
TAXI = {
    "--name": "taxi-2025", "--authority": "Minister", "--ground": "a letter", "--sector": "taxi", "--category": "sexual",
    "--receiver": "Kiwa", "--purpose": "taxi-screening", "--from": "2025-10-01",
}  # fmt: skip
REPORT = next(line for line in EXAMPLES.read_bytes().splitlines() if b"emergency-report" in line)


def opened(store: Path, **other: str) -> Any:
    given = TAXI | {f"--{name}": value for name, value in other.items()}
    return hervat("procedure", "open", *(word for pair in given.items() for word in pair), *BY, "--json", store=store)


def closed(store: Path, name: str, until: str) -> Any:
    return hervat("procedure", "close", name, "--until", until, *BY, "--json", store=store)


def listed(store: Path, *when: str) -> dict[str, Any]:
    found = hervat("procedure", "list", *when, "--json", store=store).document
    return {one["name"]: one for one in found["procedures"]}


def report(sequence: int, **data: str) -> bytes:
    document = json.loads(REPORT)
    document |= {"id": f"bvh-{sequence:06d}", "sequence": str(sequence)}
    document["data"] |= {"police_report": f"PL0600-{sequence}"} | data
    return json.dumps(document).encode()


def test_a_procedure_is_closed_another_opened_and_what_falls_outside_is_refused(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    hervat("receive", EXAMPLES, store=store)
    assert closed(store, "childcare-2025", "2025-09-30").document == {"position": 53}
    assert opened(store).document == {"position": 54}
    sent = [
        report(2, reported_on="2025-09-30"),
        report(3, reported_on="2025-08-11"),
        report(4, reported_on="2025-10-01"),
        report(5, reported_on="2025-10-01", category="sexual"),
    ]
    answer = hervat("receive", "-", "--json", store=store, stdin=b"\n".join(sent)).document
    refusals = [(one["id"], one["code"], one["path"]) for one in answer["refusals"]]
    assert refusals == [("bvh-000003", "content", "data.reported_on"), ("bvh-000004", "content", "data.category")]
    found = listed(store)
    assert [(one["state"], one["taken"], one["refused"]) for one in found.values()] == [
        ("closed", 2, {"day": 1, "category": 0}),
        ("open", 1, {"day": 0, "category": 1}),
    ]
    assert [one["endings"]["confirmed"] for one in found.values()] == [1, 0]
    assert [one["position"] for one in found["childcare-2025"]["orphans"]] == [55]
    told = hervat("procedure", "list", store=store).out
    assert "orphan: entry 55 of 2025-09-30" in told and "unverified value" in told and "20250001" not in told
    assert hervat("verify", store=store).status == 0
    assert list(listed(store, "--position", "52")) == ["childcare-2025"]
    assert listed(store, "--known-at", "2000-01-01T00:00:00Z")["childcare-2025"]["taken"] == 0


def test_a_report_is_seen_for_the_purpose_of_its_procedure_and_by_the_operator(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    hervat("receive", EXAMPLES, store=store)
    hervat("receive", "-", store=store, stdin=report(2, police_report="PL0600-2025777"))
    asked = ([], ["--purpose", "childcare-screening"], ["--purpose", "certificate"], ["--purpose", ""])
    answers = [hervat("person", "20250001", *more, "--json", store=store).document for more in asked]
    assert [len(one["emergency_reports"]) for one in answers] == [1, 1, 0, 0]
    what = [[one["what"] for one in answer["contradictions"]] for answer in answers]
    assert ["emergency-report-given-again" in one for one in what] == [True, True, False, False], "nor a trace of it"
    assert [answer["cases"] == answers[0]["cases"] for answer in answers] == [True] * 4


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"name": "childcare-2025"}, "--name childcare-2025: there is a procedure of this name"),
        ({"name": "Taxi 2025"}, "--name: this has not the form required"),
        ({"purpose": ""}, "--purpose: this has not the form required"),
        ({"receiver": ""}, "--receiver: this has not the form required"),
        ({"sector": "schools"}, "--sector schools: there is no such one; there are childcare, taxi"),
        ({"category": "theft"}, "--category theft: there is no such one; there are serious-violence, sexual"),
        ({"from": "2025-13-01"}, "--from 2025-13-01: not a date"),
        ({"until": "2025-09-30"}, "--until 2025-09-30: this is before --from 2025-10-01"),
        ({}, "the procedure childcare-2025 covers sexual from 2025-08-12 until no end that is known"),
        ({"by": " "}, "--by and --why may not be empty"),
    ],
)
def test_what_cannot_be_opened_is_told_and_changes_nothing(tmp_path: Path, other: dict[str, str], said: str) -> None:
    store = tmp_path / "s.db"
    given = TAXI | dict(zip(BY[::2], BY[1::2], strict=True)) | {f"--{name}": value for name, value in other.items()}
    ended = hervat("procedure", "open", *(word for pair in given.items() for word in pair), "--json", store=store)
    assert (ended.status, said in ended.document["error"]) == (2, True), ended.err
    assert hervat("status", "--json", store=store).document["position"] == 0


def test_what_cannot_be_closed_is_told_and_changes_nothing(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    unknown = ("nothing", "2025-09-30", "no such procedure; there are childcare-2025")
    tries = (unknown, ("childcare-2025", "2025-08-11", "begins on 2025-08-12"))
    for name, until, said in tries:
        ended = closed(store, name, until)
        assert (ended.status, said in ended.document["error"]) == (2, True), ended.err
    assert closed(store, "childcare-2025", "2025-08-12").document == {"position": 1}
    again = closed(store, "childcare-2025", "2025-08-12")
    assert again.status == 2 and "it was closed at position 1" in again.document["error"]
    assert opened(store, until="2025-10-31").document == {"position": 2}
    longer = closed(store, "taxi-2025", "2025-11-01")
    assert longer.status == 2 and "cannot be made longer" in longer.document["error"]
    assert closed(store, "taxi-2025", "2025-10-15").document == {"position": 3}
    assert [one["until"] for one in listed(store).values()] == ["2025-08-12", "2025-10-15"]
    assert hervat("verify", store=store).status == 0
