"""`hervat assess certificate` on the contract's story, as the certificate office would ask, in real processes."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.faults.processes import EXAMPLES, Ended, hervat, write_lines
from tests.journey.site import receive_in_time

ON = ("--on", "2026-03-01")
VOG = "urn:nld:oin:00000099000000008000:systeem:vog"


def assess(*arguments: str, store: Path) -> Ended:
    return hervat("assess", "certificate", "vog-1", *arguments, store=store)


def document(*arguments: str, store: Path) -> dict[str, Any]:
    ended = assess(*arguments, "--json", store=store)
    assert ended.status == 0, ended.err
    found: dict[str, Any] = ended.document
    return found


def test_where_sources_are_silent_it_cannot_say_and_shows_what_is_known(story: Path) -> None:
    found = document(*ON, store=story)
    assert (found["proposal"], found["on_known"]) == ("cannot-say", "assess")
    assert [(one["of"].rpartition(":")[2], one["why"]) for one in found["blind"]["spots"]] == [
        (source, "silent") for source in ("gps", "grip", "execute", "ecris", "gratie")
    ]
    words = assess(*ON, store=story).out
    assert words.index("blind: gps") < words.index("proposal: cannot say: the register is blind") < words.index("receipts")


def test_what_counts_is_shown_step_by_step_in_both_languages(complete: Path) -> None:
    found = document(*ON, store=complete)
    assert (found["proposal"], found["on_known"], found["persons"], found["blind"]["spots"]) == ("assess", None, ["20250001"], [])
    assert [(one["about"], one["group"], one["counts"]) for one in found["entries"]] == [
        ("10/123456-25#1", "other", "cannot-say"),
        ("10/123456-25#2", "other", "no"),
        ("05/777000-25#1", "serious-violence", "cannot-say"),
    ]
    assert (found["term"]["last_day"], found["missing"]) == ("2026-03-20", ["application.function"])
    assert "young-on" in found["unverified"]
    for language, said in (
        ("en", ["proposal: assess: a person decides", "a final acquittal never counts [no]", "decide by 2026-03-20", "unverified value"]),
        ("nl", ["voorstel: beoordelen", "telt nooit [nee]", "beslissen uiterlijk op 2026-03-20", "ongeverifieerde waarde"]),
    ):
        words = assess(*ON, "--lang", language, store=complete).out
        assert all(one in words for one in said), words


def test_every_receipt_computes_again(complete: Path, tmp_path: Path) -> None:
    receipts = document(*ON, store=complete)["receipts"]
    assert len(receipts) == 1 + 3 + 3 + 1 + 1 + 1
    assert assess(*ON, store=complete).out.splitlines()[-len(receipts) :] == receipts
    for receipt in (receipts[0], receipts[-2], receipts[-1]):
        (tmp_path / "receipt.json").write_text(receipt, "utf-8")
        assert hervat("law", "replay", tmp_path / "receipt.json", store=complete).out == "the same, byte for byte\n"


def test_a_receipt_of_which_a_fact_was_erased_computes_again_and_says_which(complete: Path, tmp_path: Path) -> None:
    receipt = next(one for one in document(*ON, store=complete)["receipts"] if '"certificate.offence"' in one and "Sr 310" in one)
    (tmp_path / "receipt.json").write_text(receipt, "utf-8")
    asked = ("law", "replay", tmp_path / "receipt.json", "--facts", "--json")
    at = {fact["position"] for fact in json.loads(receipt)["facts"]}
    assert len(at) == 1 and hervat(*asked, store=complete).document["gone"] == []
    assert hervat("erase", "--position", str(*at), "--ground", "g", "--by", "b", store=complete).status == 0
    found = hervat(*asked, store=complete)
    assert (found.status, found.document["same"]) == (0, True)
    gone = [(one["position"], one["became"]) for one in found.document["gone"] if one["fact"] == "offence.article"]
    assert gone == [(*at, "erased")]
    words = hervat("law", "replay", tmp_path / "receipt.json", "--facts", store=complete).out
    assert words.startswith("the same, byte for byte\noffence.article (position ") and "its entry was erased" in words


def test_what_was_known_then_is_asked_by_position(complete: Path) -> None:
    early = document(*ON, "--position", "43", store=complete)
    assert (early["position"], early["proposal"]) == (43, "cannot-say")
    assert len(early["blind"]["spots"]) > 4


def test_an_application_that_is_not_known_is_exit_1_and_bad_input_exit_2(complete: Path) -> None:
    for arguments in (("vog-9",), ("vog-1", "--source", "urn:x"), ("vog-1", "--position", "10")):
        ended = hervat("assess", "certificate", *arguments, *ON, store=complete)
        assert ended.status == 1 and f"application {arguments[0]}: there is none of this number" in ended.err
    assert document(*ON, "--source", VOG, store=complete)["proposal"] == "assess"
    for wrong, why in (("soon", "--on soon: not a date"), ("2019-12-31", "no text of certificate.proposal is here for a decision on")):
        ended = assess("--on", wrong, store=complete)
        assert ended.status == 2 and why in ended.err


OPENED = ("--authority", "Justis", "--ground", "letter of 1 August", "--from", "2026-02-01", "--by", "W. Eger", "--why", "cut off")


def test_an_interim_rule_is_opened_carried_and_closed(story: Path) -> None:
    opened = hervat("interim", "open", "--name", "on-what-is-known", "--purpose", "every", "--does", "decide", *OPENED, store=story)
    assert opened.out == "interim rule on-what-is-known opened at position 53\n"
    found = document(*ON, store=story)
    assert (found["proposal"], found["is_blind"], found["vulnerable"]) == ("assess", True, "yes")
    assert found["interim"]["name"] == "on-what-is-known"
    words = assess(*ON, store=story).out
    assert "interim rule on-what-is-known of Justis" in words and "it says: decide on what is known" in words
    assert document(*ON, "--position", "52", store=story)["interim"] is None
    second = hervat("interim", "open", "--name", "other", "--purpose", "aspect 84", "--does", "wait", *OPENED, store=story)
    assert second.status == 2 and "a decision must fall under one only" in second.err
    closed = hervat("interim", "close", "on-what-is-known", "--until", "2026-02-28", "--by", "W. Eger", "--why", "back", store=story)
    assert closed.status == 0 and document(*ON, store=story)["proposal"] == "cannot-say"
    wait = ("--purpose", "aspect 84", "--purpose", "aspect 86", "--does", "ask", "--ask", "the police")
    later = hervat("interim", "open", "--name", "asks", *wait, *(one.replace("02-01", "03-01") for one in OPENED), store=story)
    assert later.status == 0
    assert "die zegt: vraag eerst the police" in assess(*ON, "--lang", "nl", store=story).out
    listed = hervat("interim", "list", store=story).out
    assert "on-what-is-known: closed" in listed and "for aspect 84, aspect 86: ask the police" in listed
    assert [one["name"] for one in hervat("interim", "list", "--json", store=story).document["rules"]] == ["on-what-is-known", "asks"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--name", "x", "--purpose", "every", "--does", "ask"), "names a source to ask where it asks one"),
        (("--name", "x", "--purpose", "teaching", "--does", "wait"), "--purpose: this has not the form required"),
        (("--name", "x", "--purpose", "immigration", "--does", "wait", "--risk", "vulnerable"), "which only certificates tell"),
        (("--name", "x", "--purpose", "every", "--does", "wait", "--until", "2026-01-01"), "before it begins on 2026-02-01"),
        (("--name", "x", "--purpose", "every", "--does", "wait", "--until", "soon"), "--until soon: not a date"),
    ],
)
def test_a_rule_that_cannot_be_is_named(story: Path, arguments: tuple[str, ...], why: str) -> None:
    ended = hervat("interim", "open", *arguments, *OPENED, store=story)
    assert ended.status == 2 and why in ended.err


BY = ("--by", "W. Eger")
GROUND = (*BY, "--ground", "Wjsg 35")


def step(name: str, *arguments: str, store: Path, on: str = "2026-03-01") -> Ended:
    return hervat("certificate", name, "vog-1", *arguments, "--on", on, store=store)


def work(*arguments: str, store: Path) -> dict[str, Any]:
    found: dict[str, Any] = hervat("certificate", "work", "--on", "2026-03-01", *arguments, "--json", store=store).document
    return found


def test_an_application_is_decided_on_step_by_step_by_people(complete: Path) -> None:
    (waiting,) = work(store=complete)["applications"]
    assert (waiting["application"], waiting["last_day"]) == ("vog-1", "2026-03-20")
    assert (waiting["stage"], waiting["proposal"]) == ("received", "assess")
    assert step("propose", store=complete).out == "application vog-1 is proposed at position 59: assess\n"
    early = step("decide", "--outcome", "refused", *GROUND, store=complete)
    assert early.status == 1 and "a refusal is decided after an intention was told and a view was heard" in early.err
    assert step("consult", "--other-source", "the police", *BY, store=complete).status == 0
    assert step("suspend", *GROUND, store=complete).status == 0
    assert "by 2026-03-20, stands still" in hervat("certificate", "work", "--on", "2026-03-01", store=complete).out
    assert step("resume", *BY, store=complete, on="2026-03-05").status == 0
    assert step("intend", *GROUND, store=complete, on="2026-03-05").status == 0
    assert work("--on", "2026-03-05", store=complete)["applications"][0]["last_day"] == "2026-04-21"
    assert step("hear", "--none-by", "2026-03-19", *BY, store=complete, on="2026-03-19").status == 0
    decided = step("decide", "--outcome", "refused", *GROUND, "--json", store=complete, on="2026-03-20")
    assert (decided.document["stage"], decided.document["decided_blind"], decided.document["rule"]) == ("refused", False, None)
    assert work(store=complete)["waiting"] == 0
    assert step("object", *BY, store=complete, on="2026-03-25").status == 0
    listed = hervat("certificate", "work", "--lang", "nl", "--on", "2026-03-25", store=complete).out
    assert "bezwaar: geen regel hier" in listed and "bezwaar gemaakt  beoordelen: een mens beslist" in listed
    shown = hervat("certificate", "show", "vog-1", "--on", "2026-03-25", "--json", store=complete).document
    assert [one["act"] for one in shown["steps"]][-2:] == ["certificate-decided", "certificate-objected"]
    assert (shown["stage"], shown["proposal"], shown["term"]) == ("objected", "assess", None)
    words = hervat("certificate", "show", "vog-1", "--on", "2026-03-25", store=complete).out
    assert "stage: objected to; what may follow: propose, consult, hear, grant, suspend" in words
    assert "an objection: no rule here says by when" in words and "decide by" not in words
    assert step("decide", "--outcome", "granted", *GROUND, store=complete, on="2026-04-01").out.endswith("granted\n")
    assert hervat("verify", store=complete).status == 0


def test_wrong_use_of_a_step_is_named_and_nothing_is_done(complete: Path) -> None:
    for name, arguments, why in (
        ("decide", ("--outcome", "granted", "--by", " ", "--ground", "g"), "--by may not be empty"),
        ("intend", ("--by", "a", "--ground", ""), "--ground may not be empty"),
        ("consult", ("--other-source", " ", *BY), "--other-source may not be empty"),
        ("hear", ("--none-by", "soon", *BY), "--none-by soon: not a date"),
    ):
        ended = step(name, *arguments, store=complete)
        assert ended.status == 2 and why in ended.err
    assert hervat("certificate", "propose", "vog-9", store=complete).status == 1
    assert hervat("certificate", "work", "--limit", "0", store=complete).status == 2
    shown = hervat("certificate", "show", "vog-1", "--on", "2026-03-01", "--json", store=complete).document
    assert (shown["steps"], shown["stage"], shown["position"]) == ([], "received", 58)


def test_what_was_granted_blind_is_opened_again_and_closed_by_a_person(tmp_path: Path) -> None:
    """The prosecution and the courts are cut off when it is granted; what they sent comes later."""
    raws, store = EXAMPLES.read_bytes().splitlines(), tmp_path / "s.db"
    cut = [raw for raw in raws if json.loads(raw)["source"].endswith(("gps", "grip", "execute", "bvh"))]
    write_lines(tmp_path / "later.jsonl", cut)
    receive_in_time(f"sqlite:///{store}", [raw for raw in raws if raw not in cut])
    assert step("propose", store=store).status == 0
    assert "no interim rule is open" in step("decide", "--outcome", "granted", *GROUND, store=store).err
    rule = ("--name", "on-what-is-known", "--purpose", "every", "--does", "decide")
    assert hervat("interim", "open", *rule, *OPENED, store=store).status == 0
    granted = step("decide", "--outcome", "granted", *GROUND, "--json", store=store).document
    assert (granted["decided_blind"], granted["rule"]) == (True, "on-what-is-known")
    assert hervat("certificate", "run", "--on", "2026-03-02", store=store).out.startswith("opened again 0, withdrawn 0")
    assert hervat("receive", tmp_path / "later.jsonl", store=store).status == 0
    run = hervat("certificate", "run", "--on", "2026-09-30", "--json", store=store).document
    assert (run["opened"], run["withdrawn"]) == (1, 0)
    (one,) = hervat("certificate", "again", "--json", store=store).document
    assert (one["application"], one["before"]["proposal"], one["now"]["proposal"], one["vulnerable"]) == ("vog-1", "grant", "assess", True)
    assert ("05/777000-25#1", "serious-violence") in [(entry["about"], entry["group"]) for entry in one["appeared"]]
    words = hervat("certificate", "again", "--lang", "nl", store=store).out
    assert "vog-1  besloten 2026-03-01 (granted, blind)  toen voorgesteld: grant, nu: assess" in words
    assert f"later vastgelegd; vergeleken naar {one['as_of']}" in words and one["as_of"] > "2026-03-01"
    assert hervat("certificate", "close", "vog-1", "--verdict", "no-consequence", *BY, "--ground", " ", store=store).status == 2
    closed = hervat("certificate", "close", "vog-1", "--verdict", "new-certificate-demanded", *GROUND, store=store)
    assert closed.status == 0 and closed.out.endswith("new-certificate-demanded\n")
    assert hervat("certificate", "again", "--json", store=store).document == []
    assert hervat("certificate", "close", "vog-1", "--verdict", "no-consequence", *GROUND, store=store).status == 1
    assert hervat("certificate", "run", "--on", "2026-09-30", "--json", store=store).document["opened"] == 0
    assert hervat("verify", store=store).status == 0
