"""`hervat screening` as an operator uses it, in real processes: bad input, canaries, what was known when, and a fault that is found."""

import json
from pathlib import Path
from typing import Any

from tests.faults.processes import EXAMPLES, hervat, write_lines
from tests.rooms.messages import BSNS

PRK = "urn:nld:oin:00000099000000007000:systeem:prk"


def enrolling(number: int, kind: str, **data: Any) -> bytes:
    document = {
        "specversion": "1.0",
        "id": f"prk-{number}",
        "source": PRK,
        "type": f"nl.hervat.screening-{kind}.v1",
        "time": "2025-07-01T08:00:00Z",
        "sequence": str(number),
        "sequencetype": "Integer",
        "datacontenttype": "application/json",
        "data": data,
    }
    return json.dumps(document).encode()


def enrolled(number: int, enrolment: str, bsn: str, since: str, **more: Any) -> bytes:
    return enrolling(number, "enrolled", **({"enrolment": enrolment, "sector": "taxi", "bsn": bsn, "from": since} | more))


def test_what_is_pending_is_told_once_and_known_from_then_on(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    hervat("receive", EXAMPLES, store=store)
    before = hervat("screening", "check", "--json", store=store)
    assert before.status == 0
    assert (before.document["changes"], before.document["pending"], before.document["delivered"]) == (10, 10, 0)
    ran = hervat("screening", "run", "--on", "2025-09-01", "--json", store=store).document
    # The report by the police is of a case that is here, so it is not told beside it.
    assert (ran["delivered"], ran["suppressed"], ran["withdrawn"]) == (9, 1, 0)
    after = hervat("screening", "check", "--json", store=store)
    assert after.status == 0
    assert (after.document["changes"], after.document["pending"], after.document["delivered"]) == (10, 0, 9)
    assert hervat("screening", "run", "--json", store=store).document["position"] is None
    assert hervat("screening", "told", "--position", str(ran["position"] - 1), "--json", store=store).document["told"] == []
    told = hervat("screening", "told", "--json", store=store).document
    assert {one["told_at"] for one in told["told"]} == {ran["position"]}
    assert len(told["told"]) == told["delivered"] == 9
    assert "case-registered" in hervat("screening", "told", store=store).out
    assert hervat("verify", store=store).status == 0


def test_a_canary_goes_through_and_never_leaves_the_house(tmp_path: Path) -> None:
    store, canary = tmp_path / "s.db", ("--canary", "lrk-100200300")
    hervat("receive", EXAMPLES, store=store)
    ran = hervat("screening", "run", *canary, "--json", store=store).document
    assert (ran["delivered"], ran["suppressed"]) == (0, 10)
    checked = hervat("screening", "check", *canary, "--json", store=store)
    assert (checked.status, checked.document["canaries"]) == (0, {"lrk-100200300": 10})
    silent = hervat("screening", "check", "--canary", "nobody", store=store)
    assert silent.status == 1
    assert "canary nobody: no change of it went through" in silent.out


def test_a_canary_whose_signals_went_out_is_named(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    hervat("receive", EXAMPLES, store=store)
    hervat("screening", "run", store=store)
    leaked = hervat("screening", "check", "--canary", "lrk-100200300", store=store)
    assert leaked.status == 1
    assert "gps gps-000001" in leaked.out
    assert "the first delivered it" in leaked.out


def test_enrolments_that_make_no_sense_are_taken_and_break_nothing(tmp_path: Path) -> None:
    store, lines = tmp_path / "s.db", tmp_path / "more.jsonl"
    hervat("receive", EXAMPLES, store=store)
    bad = [
        enrolled(3, "odd-1", "999990019", "2025-03-01"),
        enrolled(4, "odd-1", "999990019", "2025-04-01"),
        enrolling(5, "ended", enrolment="odd-1", until="2025-01-01"),
        enrolling(6, "ended", enrolment="odd-1", until="2025-02-01"),
        enrolled(7, "odd-2", "999990019", "2025-03-01"),
        enrolled(8, "odd-3", BSNS[2], "2025-03-01"),
        enrolled(9, "odd-4", "999990019", "2025-03-01", sector="unknown"),
        enrolling(10, "ended", enrolment="never-given", until="2025-02-01"),
    ]
    write_lines(lines, bad)
    answer = hervat("receive", lines, "--json", store=store).document
    assert (answer["refused"], answer["held"]) == (1, 1)
    assert [one["path"] for one in answer["refusals"]] == ["data.sector"]
    ran = hervat("screening", "run", "--on", "2025-09-01", "--json", store=store).document
    # One enrolment twice over is one; the one that ended before it began is of nobody, and says so.
    assert (ran["delivered"], ran["suppressed"]) == (18, 10)
    assert hervat("screening", "check", store=store).status == 0


def test_a_report_is_told_once_and_its_end_is_told_to_whom_it_was_told(tmp_path: Path) -> None:
    """The police report first, the case comes later with another article; somebody decides on each."""
    store, first, then = tmp_path / "s.db", tmp_path / "first.jsonl", tmp_path / "then.jsonl"
    lines = [json.loads(line) for line in EXAMPLES.read_text().splitlines()]
    (report,) = (one for one in lines if "emergency-report" in one["type"])
    number = report["data"]["police_report"]
    (case,) = (one for one in lines if one["data"].get("police_report") == number and "case-registered" in one["type"])
    known = [one for one in lines if one["type"].startswith(("nl.hervat.person-registered", "nl.hervat.screening-enrolled"))]
    case["data"]["charges"][0]["article"] = "Sr 285"
    del case["previous"]
    write_lines(first, [json.dumps(one).encode() for one in (*known, report)])
    write_lines(then, [json.dumps(case).encode()])

    def step(day: str) -> Any:
        ran = hervat("screening", "run", "--on", day, "--json", store=store).document
        assert hervat("screening", "check", store=store).status == 0
        return ran["delivered"], ran["suppressed"], ran["withdrawn"]

    def open_signals() -> Any:
        return [(one["kind"], one["signal"]["ending"]) for one in hervat("screening", "work", "--json", store=store).document]

    hervat("receive", first, store=store)
    assert step("2025-08-20") == (1, 0, 0)
    (signal,) = hervat("screening", "work", "--json", store=store).document
    assert (signal["kind"], signal["signal"]["ending"], signal["weights"]) == ("emergency-report", ["open"], ["serious-violence"])
    place = [str(signal["signal"][name]) for name in ("enrolment", "message")]
    decision = ("--verdict", "no-consequence", "--by", "a. tester", "--ground", "not enough", "--json")
    assert hervat("screening", "decide", *place, *decision, store=store).status == 0
    assert open_signals() == []
    hervat("receive", then, store=store)
    # How the report ended is told; and the case, for it says something else.
    assert step("2025-09-05") == (2, 0, 0)
    assert sorted(open_signals()) == [("case-registered", []), ("emergency-report", ["changed", "article"])]
    assert hervat("screening", "decide", *place, *decision, store=store).status == 0
    assert open_signals() == [("case-registered", [])]
    assert "ended changed article" in hervat("screening", "told", store=store).out
    assert hervat("verify", store=store).status == 0


def test_what_does_not_go_together_about_enrolments_is_named_with_its_field(tmp_path: Path) -> None:
    lines = [
        enrolled(3, "prk-2", "999990019", "2025-04-03", sector="childcare"),
        enrolled(4, "prk-3", "999990019", "2025-04-03"),
        enrolling(5, "ended", enrolment="prk-3", until="2025-04-03"),
        enrolling(6, "ended", enrolment="prk-2", until="2025-09-01"),
        enrolling(7, "ended", enrolment="prk-2", until="2025-08-01"),
    ]
    store = tmp_path / "s.db"
    assert hervat("receive", EXAMPLES, write_lines(tmp_path / "more.jsonl", lines), store=store).status == 0
    told = hervat("screening", "doubts", store=store)
    assert told.status == 0
    assert [line.split(":")[0].split("  ")[1] for line in told.out.splitlines()] == [
        "prk prk-7, data.until", "prk prk-3, data.from", "prk prk-5, data.until",
    ]  # fmt: skip
    listed = hervat("screening", "doubts", "--json", store=store).document
    assert [(one["enrolment"], one["what"]) for one in listed] == [
        ("prk-2", "enrolment-ended-again"), ("prk-2", "enrolments-overlap"), ("prk-3", "enrolment-ended-before-it-began"),
    ]  # fmt: skip


def test_wrong_use_is_status_2(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    assert hervat("screening", "run", "--on", "1 May", store=store).status == 2
    assert hervat("screening", "told", "--position", "-1", store=store).status == 2
    assert hervat("screening", store=store).status == 2
