"""`hervat subject report` on the contract's story, as the person concerned reads it, in real processes."""

from pathlib import Path

from tests.faults.processes import EXAMPLES, hervat
from tests.journey.site import examples, receive_in_time

ON = ("--on", "2026-03-10")


def test_the_person_concerned_reads_what_is_recorded_how_long_and_who_was_told(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    receive_in_time(f"sqlite:///{store}", examples())
    hervat("disclose", "ind-1", "--on", "2026-03-01", "--by", "j. jansen", store=store)
    hervat("screening", "run", "--on", "2026-02-20", store=store)
    for language, said in (
        ("en", ["convicted on 2025-12-01, final on 2025-12-16", "runs still, until 2056-02-12", "on 2026-03-01 to IND (aliens-law)"]),
        ("nl", ["veroordeeld op 2025-12-01, onherroepelijk", "loopt nog, tot 2056-02-12", "op 2026-03-01 aan IND (aliens-law)"]),
    ):
        shown = hervat("subject", "report", "20250003", *ON, "--lang", language, store=store)
        assert shown.status == 0 and all(one in shown.out for one in said), shown.out
        assert (", born 19" in shown.out, ", geboren 19" in shown.out) == (language == "en", language == "nl")
    found = hervat("subject", "report", "20250001", *ON, "--by", "j. jansen", "--json", store=store).document
    assert (found["act"], found["position"], found["known"]) == (57, 56, True)
    assert len(found["signals"]) == 9 and "emergency" not in str(found["signals"])
    assert [one["due_on"] for one in found["entries"]] == ["2045-11-04", "2045-11-04", None]
    assert hervat("verify", store=store).status == 0


def test_unknown_is_not_clean_and_bad_input_is_named(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    hervat("receive", EXAMPLES, store=store)
    unknown = hervat("subject", "report", "29999999", *ON, "--lang", "nl", store=store)
    assert unknown.status == 1 and "niet hetzelfde als schoon" in unknown.out
    bad = hervat("subject", "report", "20250001", "--on", "soon", store=store)
    assert bad.status == 2 and "--on soon" in bad.err


def test_a_request_to_correct_is_taken_in_listed_and_answered(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    hervat("receive", EXAMPLES, store=store)
    asking = ("--wrong", "it was somebody else", "--by", "a. clerk", "--on", "2026-03-10")
    asked = hervat("subject", "correction", "ask", "6", *asking, "--json", store=store)
    assert (asked.status, asked.document) == (0, {"position": 53, "due_on": "2026-04-07"})
    for language, said in (("en", "an answer is due by 2026-04-07"), ("nl", "een antwoord moet er zijn op 2026-04-07")):
        out = hervat("subject", "correction", "work", "--on", "2026-03-11", "--lang", language, store=store).out
        assert said in out and "(memory)" in out
    assert "OVER TIME" in hervat("subject", "correction", "work", "--on", "2026-04-08", store=store).out
    ending = ("--by", "a. clerk", "--ground", "it is right", "--on", "2026-03-12")
    assert hervat("subject", "correction", "end", "53", *ending, store=store).status == 2
    assert hervat("subject", "correction", "end", "53", "--corrected", "7", *ending, store=store).status == 1
    assert hervat("subject", "correction", "end", "53", "--refused", *ending, store=store).status == 0
    assert hervat("subject", "correction", "work", "--json", store=store).document == []
    assert hervat("subject", "correction", "ask", "6", "--wrong", " ", "--by", "x", store=store).status == 2
    assert hervat("subject", "correction", store=store).status == 2
    assert hervat("verify", store=store).status == 0
