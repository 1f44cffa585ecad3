"""`hervat assess immigration` and `naturalisation` on the contract's story, as IND would ask, in real processes."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.faults.processes import Ended, hervat

ON = ("--on", "2026-03-15")
PERMIT = ("--ground", "regular", "--decision", "withdrawal", "--since", "2023-06-01")
BAKKERS, OTHER = "20250003", "20250002"


def assess(what: str, *arguments: str, store: Path) -> Ended:
    return hervat("assess", what, *arguments, store=store)


def document(what: str, *arguments: str, store: Path) -> dict[str, Any]:
    ended = assess(what, *arguments, "--json", store=store)
    assert ended.status == 0, ended.err
    found: dict[str, Any] = ended.document
    return found


def test_where_sources_are_silent_it_cannot_say_and_shows_what_is_known(story: Path) -> None:
    found = document("immigration", BAKKERS, *PERMIT, *ON, store=story)
    assert found["outcome"] == "cannot-say"
    assert [source.rpartition(":")[2] for source in found["blind"]] == ["gps", "grip", "execute", "gratie", "ecris"]
    assert len(found["working"]["points"]) == 1
    words = assess("immigration", BAKKERS, *PERMIT, *ON, store=story).out
    assert "blind: gps, grip, execute, gratie, ecris" in words and "answer: cannot say" in words


def test_the_working_of_the_sliding_scale_is_shown_step_by_step_in_both_languages(complete: Path) -> None:
    """One month unconditional of three, 60 days of the rest carried out, and six months: scale 2 from the second on."""
    found = document("immigration", BAKKERS, *PERMIT, *ON, store=complete)
    assert (found["outcome"], found["blind"], found["text_of"]) == ("yes", [], "2012-07-01")
    assert [(one["on"], one["years"], one["scale"], one["reached"]) for one in found["working"]["points"]] == [
        ("2025-09-10", 2, 1, True)
    ]
    longer = document("immigration", BAKKERS, "--ground", "regular", "--decision", "renewal", "--since", "2021-06-01", *ON, store=complete)
    assert (longer["outcome"], [one["scale"] for one in longer["working"]["points"]]) == ("yes", [1, 2])
    assert "enforced-counts" in longer["unverified"] and longer["notice"]["en"].startswith("unverified value: ")
    for language, said in (
        ("en", ["text of 2012-07-01, Vb 3.86", "against 1 day [yes]", "answer: yes: the norm", "unverified value", "a person decides"]),
        ("nl", ["tekst van 2012-07-01", "tegen 1 dag [ja]", "antwoord: ja: de norm", "ongeverifieerde waarde", "een mens beslist"]),
    ):
        words = assess("immigration", BAKKERS, *PERMIT, *ON, "--lang", language, store=complete).out
        assert all(one in words for one in said), words


def test_the_receipt_computes_again(complete: Path, tmp_path: Path) -> None:
    for what, arguments in (("immigration", PERMIT), ("naturalisation", ("--applied", "2026-01-05"))):
        words = assess(what, BAKKERS, *arguments, *ON, store=complete).out
        receipt = words.splitlines()[-1]
        (tmp_path / "receipt.json").write_text(receipt, "utf-8")
        assert hervat("law", "replay", tmp_path / "receipt.json", store=complete).out == "the same, byte for byte\n"
        assert document(what, BAKKERS, *arguments, *ON, store=complete)["receipt"] == receipt
        positions = [one["position"] for fact in json.loads(receipt)["facts"] if fact["name"] == "known.decisions" for one in fact["value"]]
        assert positions and all(positions)


def test_what_was_known_then_is_asked_by_position(complete: Path) -> None:
    def points(*when: str) -> int:
        return len(document("immigration", BAKKERS, *PERMIT, *ON, *when, store=complete)["working"]["points"])

    assert (points("--position", "20"), points()) == (0, 1)
    early = document("immigration", BAKKERS, *PERMIT, *ON, "--position", "20", store=complete)
    assert (early["position"], early["outcome"]) == (20, "cannot-say")


@pytest.mark.parametrize(
    ("ground", "decision", "test"),
    [("asylum", "withdrawal", "asylum"), ("eu-citizen", "withdrawal", "Vb 8.22"), ("regular", "first-admission", "Vb 3.77")],
)
def test_where_no_rule_is_here_the_disclosure_set_is_shown(complete: Path, ground: str, decision: str, test: str) -> None:
    asked = ("--ground", ground, "--decision", decision)
    found = document("immigration", BAKKERS, *asked, *ON, store=complete)
    assert found["outcome"] == "cannot-say" and "points" not in found["working"]
    assert "no rule here" in found["because"]["says"]["en"] and test in found["because"]["says"]["en"]
    assert [case["prosecution_number"] for case in found["disclosure"]["cases"]] == ["13/400000-25", "13/500000-26"]
    words = assess("immigration", BAKKERS, *asked, *ON, store=complete).out
    assert "no rule here" in words and "case 13/400000-25" in words and "against" not in words


def test_naturalisation_names_what_stands_in_the_way(complete: Path) -> None:
    found = document("naturalisation", BAKKERS, "--applied", "2026-01-05", *ON, store=complete)
    assert found["outcome"] == "no" and found["text_of"] == "2018-01-01"
    assert {(one["key"], one["obstacle"]) for one in found["working"]["standing"]} >= {
        ("rb-ams-2025-5", "custody-or-measure"),
        ("rb-ams-2026-9", "custody-or-measure"),
    }
    abroad = document("naturalisation", OTHER, "--applied", "2026-01-05", *ON, store=complete)
    assert abroad["outcome"] == "cannot-say" and "BE/BE-2025-4411" in abroad["because"]["says"]["en"]
    words = assess("naturalisation", BAKKERS, "--applied", "2026-01-05", *ON, "--lang", "nl", store=complete).out
    assert "antwoord: nee: de openbare orde staat in de weg" in words


def test_a_person_nobody_knows_is_not_clean(complete: Path) -> None:
    ended = assess("immigration", "99999999", *PERMIT, *ON, "--json", store=complete)
    assert (ended.status, ended.document["known"]) == (1, False)
    assert "outcome" not in ended.document and ended.document["horizon"]["sources"]
    words = assess("naturalisation", "99999999", "--applied", "2026-01-05", *ON, store=complete)
    assert words.status == 1 and "Unknown is not clean." in words.out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (
            ("immigration", BAKKERS, "--ground", "tourist", "--decision", "renewal", *ON),
            "--ground tourist is not known; it is one of regular",
        ),
        (
            ("immigration", BAKKERS, "--ground", "regular", "--decision", "x", *ON),
            "--decision x is not known; it is one of first-admission",
        ),
        (("immigration", BAKKERS, *PERMIT, "--on", "2012-06-30"), "--since 2023-06-01 lies after the day of the decision, 2012-06-30"),
        (
            ("immigration", BAKKERS, *PERMIT[:4], "--since", "2000-01-01", "--on", "2012-06-30"),
            "no text of immigration.sliding-scale is here for a decision on 2012-06-30; the first is of 2012-07-01",
        ),
        (("naturalisation", BAKKERS, "--applied", "2026-04-01", *ON), "--applied 2026-04-01 lies after the day of the decision"),
        (("naturalisation", BAKKERS, "--applied", "soon", *ON), "--applied soon: not a date"),
        (("naturalisation", BAKKERS, *ON), "--applied"),
    ],
)
def test_bad_input_is_named(complete: Path, arguments: tuple[str, ...], why: str) -> None:
    ended = assess(*arguments, store=complete)
    assert ended.status == 2 and why in ended.err


def test_without_the_day_on_which_residence_began_it_cannot_say(complete: Path) -> None:
    found = document("immigration", BAKKERS, *PERMIT[:4], *ON, store=complete)
    assert (found["outcome"], found["missing"]) == ("cannot-say", ["residence.since"])
    assert "not told: residence.since" in assess("immigration", BAKKERS, *PERMIT[:4], *ON, store=complete).out


def test_an_interim_rule_is_carried_where_blindness_alone_keeps_the_answer_from_being_said(story: Path) -> None:
    asked = ("immigration", BAKKERS, *PERMIT, *ON)
    assert "no interim rule is open for it" in assess(*asked, store=story).out
    rule = ("--name", "ind", "--purpose", "immigration", "--does", "wait", "--authority", "IND", "--ground", "g", "--from", "2026-01-01")
    assert hervat("interim", "open", *rule, "--by", "a", "--why", "w", store=story).status == 0
    blind = document(*asked, store=story)
    assert (blind["outcome"], blind["on_known"], blind["interim"]["name"]) == ("cannot-say", "yes", "ind")
    words = assess(*asked, store=story).out
    assert "on what is known it would be: yes" in words and "interim rule ind of IND: wait (until no end that is known)" in words
    other = document("naturalisation", BAKKERS, "--applied", "2026-01-05", *ON, store=story)
    assert (other["on_known"], other["interim"]) == ("no", None)


def test_where_nothing_is_blind_no_interim_rule_is_looked_at(complete: Path) -> None:
    rule = ("--name", "ind", "--purpose", "immigration", "--does", "decide", "--authority", "IND", "--ground", "g", "--from", "2026-01-01")
    before = document("immigration", BAKKERS, *PERMIT, *ON, store=complete)
    assert hervat("interim", "open", *rule, "--by", "a", "--why", "w", store=complete).status == 0
    after = document("immigration", BAKKERS, *PERMIT, *ON, store=complete)
    assert (after["outcome"], after["interim"], after["on_known"]) == (before["outcome"], None, None)
