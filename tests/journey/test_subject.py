"""`hervat subject report` on the contract's story, as the person concerned reads it, in real processes."""

from pathlib import Path

from tests.faults.processes import EXAMPLES, hervat

ON = ("--on", "2026-03-10")


def test_the_person_concerned_reads_what_is_recorded_how_long_and_who_was_told(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    hervat("receive", EXAMPLES, store=store)
    hervat("disclose", "ind-1", "--on", "2026-03-01", "--by", "j. jansen", store=store)
    hervat("screening", "run", "--on", "2026-02-20", store=store)
    for language, said in (
        ("en", ["convicted on 2025-12-01, final on 2025-12-16", "runs still, until 2056-02-12", "on 2026-03-01 to IND (aliens-law)"]),
        ("nl", ["veroordeeld op 2025-12-01, onherroepelijk", "loopt nog, tot 2056-02-12", "op 2026-03-01 aan IND (aliens-law)"]),
    ):
        shown = hervat("subject", "report", "20250003", *ON, "--lang", language, store=store)
        assert shown.status == 0 and all(one in shown.out for one in said), shown.out
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
