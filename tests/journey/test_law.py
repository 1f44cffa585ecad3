"""`hervat law` as people and other programs use it, in real processes."""

from datetime import date
from pathlib import Path

import pytest

from hervat.law.screening import NONE, Change, Enrolment, concerns
from tests.faults.processes import hervat

RULES = [
    *("screening.concerns", "screening.severity", "screening.emergency"),
    *("certificate.lookback", "certificate.offence", "certificate.objective"),
    *("certificate.proposal", "certificate.risk", "certificate.term"),
    *("retention.dismissal", "retention.misdrijf", "retention.overtreding"),
    *("disclosure.wording", "disclosure.grounds", "disclosure.applied-law"),
    *("disclosure.adult", "disclosure.youth", "disclosure.legal-person"),
    *("immigration.sliding-scale", "immigration.naturalisation"),
    "subject.correction",
]
WINDOWS = ["disclosure.adult", "disclosure.youth", "disclosure.legal-person"]
GAPS = [
    ("application.function", ["certificate.lookback"]),
    ("conviction.law", WINDOWS),
    ("conviction.misdrijf_here", WINDOWS),
    ("ending.lapsed_on", ["retention.misdrijf", "retention.overtreding"]),
    ("mandate.from", ["disclosure.grounds"]),
    ("mandate.until", ["disclosure.grounds"]),
    ("offence.forced_prostitution", ["screening.severity", "certificate.offence"]),
    ("person.legal", ["retention.overtreding"]),
    ("sentence.fine_category", ["retention.overtreding", "disclosure.legal-person"]),
    ("sentence.prolonged", WINDOWS),
]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "s.db"


def test_the_rules_are_listed_and_shown_without_a_store(store: Path) -> None:
    listed = hervat("law", "list", "--json", store=store)
    assert (listed.status, [one["name"] for one in listed.document]) == (0, RULES)
    assert all(name in hervat("law", "list", store=store).out for name in RULES)
    shown = hervat("law", "show", "screening.severity", "--json", store=store).document
    assert shown["explanation"]["nl"] and shown["explanation"]["en"]
    sexual = next(one for one in shown["parameters"] if one["name"] == "sexual-articles")["values"]
    assert [(one["certainty"], one["facts"]) for one in sexual] == [
        ("quoted", {"from": None, "until": "2024-07-01"}),
        ("inferred", {"from": "2024-07-01", "until": None}),
    ]
    assert "unverified value (inferred)" in hervat("law", "show", "screening.severity", store=store).out
    assert not store.exists()


def test_with_a_day_only_what_holds_for_a_decision_on_it_is_shown(store: Path) -> None:
    def ground(on: str) -> list[str]:
        shown = hervat("law", "show", "screening.concerns", "--on", on, "--json", store=store).document
        return [value["value"] for one in shown["parameters"] if one["name"] == "ground-childcare" for value in one["values"]]

    assert ground("2012-01-01") == ["none"]
    assert ground("2025-09-25") == ["Wko 1.48d, 1.50"]
    assert ground("2011-06-30") == []
    assert "No text of this rule holds" in hervat("law", "show", "screening.concerns", "--on", "2011-06-30", store=store).out


def test_gaps_are_listed(store: Path) -> None:
    found = hervat("law", "gaps", "--json", store=store)
    assert (found.status, [(one["input"], one["rules"]) for one in found.document]) == (0, GAPS)
    assert "offence.forced_prostitution" in hervat("law", "gaps", store=store).out


def test_a_receipt_is_computed_again_and_a_changed_one_is_found_out(tmp_path: Path, store: Path) -> None:
    enrolment = Enrolment(sector="childcare", from_=date(2025, 3, 3), until=NONE, position=12)
    receipt = concerns(enrolment, Change(on=date(2025, 8, 1), known_on=date(2025, 9, 30), position=40), on=date(2025, 10, 1)).receipt()
    path = tmp_path / "receipt.json"
    path.write_bytes(receipt + b"\n")
    same = hervat("law", "replay", str(path), store=store)
    assert (same.status, same.out) == (0, "the same, byte for byte\n")
    path.write_bytes(receipt.replace(b'"outcome":"yes"', b'"outcome":"no"'))
    other = hervat("law", "replay", str(path), "--json", store=store)
    assert (other.status, other.document) == (1, {"same": False, "again": receipt.decode()})


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("law", "show", "no.rule"), "there is no rule 'no.rule'; the rules are screening.concerns"),
        (("law", "show", "screening.concerns", "--on", "soon"), "--on soon: not a date"),
    ],
)
def test_wrong_use_is_told(arguments: tuple[str, ...], why: str, store: Path) -> None:
    ended = hervat(*arguments, store=store)
    assert ended.status == 2 and why in ended.err


def test_a_file_that_is_no_receipt_is_named(tmp_path: Path, store: Path) -> None:
    path = tmp_path / "no.json"
    path.write_text('{"form": "hervat-law-receipt/1"}', "utf-8")
    ended = hervat("law", "replay", str(path), store=store)
    assert ended.status == 2 and f"{path}: this is no receipt" in ended.err
    assert hervat("law", "replay", str(tmp_path / "lost.json"), store=store).status == 2
