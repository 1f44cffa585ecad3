"""`hervat disclose` and `assess disclosure` on the contract's story, as those who answer requests use them, in real processes."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.faults.processes import EXAMPLES, hervat, write_lines
from tests.journey.site import examples, receive_in_time

INDIGO = "urn:nld:oin:00000099000000009000:systeem:indigo"
ON, BY = ("--on", "2026-03-01"), ("--by", "j. jansen")


def request(number: int, **data: Any) -> bytes:
    document = {"specversion": "1.0", "id": f"indigo-{number:06d}", "source": INDIGO, "type": "nl.hervat.disclosure-requested.v1"}
    document |= {"time": "2026-02-21T09:00:00Z", "sequence": str(number), "sequencetype": "Integer", "datacontenttype": "application/json"}
    return json.dumps(document | {"data": {"requested_on": "2026-02-21", **data}}).encode()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The contract's story, and five more requests."""
    path = tmp_path / "s.db"
    vetting = {"article": "Bjsg 12", "purpose": "visa", "requester": "visa-authority"}
    asked = [
        request(2, request="zm-1", article="Wjsg 8", purpose="zitting", requester="Rechtbank Amsterdam", skn="20250003"),
        request(3, request="bw-1", skn="20250003", article="Bjsg 12", purpose="visum", requester="visa-authority"),
        request(4, request="x-1", skn="20250003", article="Bjsg 19", purpose="aliens-law", requester="private-employer"),
        request(5, request="x-2", skn="20250003", article="Bjsg 19", purpose="aliens-law", requester="Stichting Iets"),
        request(6, request="x-3", skn="29999999", **vetting),
    ]
    receive_in_time(f"sqlite:///{path}", examples())
    assert receive_in_time(f"sqlite:///{path}", asked)["applied"] == 5
    return path


def test_a_look_hands_nothing_out_and_an_answer_is_an_act(store: Path) -> None:
    looked = hervat("assess", "disclosure", "ind-1", *ON, "--json", store=store)
    assert (looked.status, looked.document["act"]) == (0, None)
    given = hervat("disclose", "ind-1", *ON, *BY, "--json", store=store)
    assert (given.status, given.document["act"], given.document["before"]) == (0, 58, None)
    assert given.document["disclosure"]["set"] == looked.document["disclosure"]["set"]
    again = hervat("disclose", "ind-1", *ON, *BY, "--json", store=store).document
    assert (again["act"], again["before"]["position"], again["before"]["same"]) == (59, 58, True)
    early = hervat("assess", "disclosure", "ind-1", *ON, "--position", "45", "--json", store=store).document["disclosure"]
    assert early["position"] == 45 and early["set"] != given.document["disclosure"]["set"]
    assert hervat("verify", store=store).status == 0


def test_the_horizon_comes_first_and_the_ground_with_it_in_both_languages(store: Path) -> None:
    for language, said in (
        ("en", ["Horizon at position", "request ind-1, of IND, on Bjsg 19", "to IND for aliens-law; the full set", "unverified value"]),
        ("nl", ["Horizon op positie", "verzoek ind-1, van IND, op grond van Bjsg 19", "verstrekt: alle", "ongeverifieerde waarde"]),
    ):
        out = hervat("disclose", "ind-1", *ON, *BY, "--lang", language, store=store).out
        assert out.startswith(said[0]) and all(one in out for one in said), out
        assert "case 13/400000-25" in out and "blind: gps, grip" in out
    extract = hervat("disclose", "zm-1", *ON, *BY, store=store).out
    assert "to court for criminal-proceedings; the full set" in extract


def test_the_limited_set_has_only_what_the_rules_put_there(store: Path) -> None:
    answer = hervat("disclose", "bw-1", *ON, *BY, "--json", store=store).document
    assert [one["key"] for one in answer["disclosure"]["set"]["convictions"]] == ["13/400000-25#1", "13/500000-26#1"]
    assert answer["disclosure"]["scope"] == "limited" and answer["operator"]["withheld"] == []
    out = hervat("assess", "disclosure", "bw-1", *ON, store=store).out
    assert "13/500000-26#1 (Opiumwet 2): given on 2026-02-12, final on 2026-02-28, in the set until" in out


def test_what_is_not_handed_out_is_status_1(store: Path) -> None:
    refused = hervat("disclose", "x-1", *ON, *BY, store=store)
    assert refused.status == 1 and "a private employer never receives judicial data" in refused.out and "58" in refused.out
    unknown = hervat("disclose", "x-3", *ON, *BY, "--json", store=store)
    assert (unknown.status, unknown.document["operator"]["how"]) == (1, "unknown")
    # Its receiver may have the limited set alone, and gathers nothing else.
    assert (unknown.document["disclosure"]["how"], unknown.document["disclosure"]["set"]) == ("given", {"convictions": []})
    untold = hervat("disclose", "x-2", *ON, *BY, store=store)
    assert untold.status == 1 and "request.requester" in untold.err and "in no list: Stichting Iets" in untold.err
    assert hervat("disclose", "x-2", *ON, *BY, "--role", "IND", store=store).status == 0
    looked = hervat("assess", "disclosure", "x-2", *ON, "--lang", "nl", store=store)
    assert looked.status == 1 and "niet te zeggen" in looked.out and "niet bekend: request.requester" in looked.out
    assert hervat("disclose", "nobody-asked", *ON, *BY, store=store).status == 1


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("disclose", "ind-1", *ON), "--by"),
        (("disclose", "ind-1", *ON, "--by", " "), "--by may not be empty"),
        (("disclose", "ind-1", "--on", "soon", *BY), "--on soon: not a date"),
        (("disclose", "ind-1", *ON, *BY, "--mandate-until", "soon"), "--mandate-until soon: not a date"),
        (("disclose", "ind-1", *ON, *BY, "--consent", "perhaps"), "--consent"),
        (("assess", "disclosure", "ind-1", *ON, "--position", "1", "--known-at", "2026-01-01T00:00:00Z"), "not both"),
    ],
)
def test_bad_input_is_named(store: Path, arguments: tuple[str, ...], why: str) -> None:
    ended = hervat(*arguments, store=store)
    assert ended.status == 2 and why in ended.err


def test_what_was_handed_out_blind_is_found_told_once_and_closed(tmp_path: Path) -> None:
    """The request comes first, and with it half of the story; the rest comes later."""
    store, rest = tmp_path / "s.db", tmp_path / "rest.jsonl"
    lines = EXAMPLES.read_bytes().splitlines()
    write_lines(rest, lines[30:])
    receive_in_time(f"sqlite:///{store}", [*(one for one in lines if b"disclosure-requested" in one), *lines[:30]])
    assert hervat("disclose", "ind-1", *ON, *BY, store=store).status == 0
    assert hervat("disclosure", "again", *ON, "--json", store=store).document["differences"] == 0
    hervat("receive", rest, store=store)
    told = hervat("disclosure", "again", *ON, store=store)
    assert told.status == 0 and told.out.startswith("1 answers read differently by now")
    (work,) = hervat("disclosure", "work", *ON, "--json", store=store).document
    assert (work["to"], work["given"]["act"], work["before"]["how"], work["now"]["how"]) == (["IND"], 32, "given", "given")
    outcomes = [[fact["charge"]["outcome"] for fact in work["differs"][sort] if "charge" in fact] for sort in ("gone", "came")]
    # As of the day on which it was written down: by then the judgment was annulled.
    assert outcomes == [["suspected", "suspected"], ["convicted", "annulled", "annulled"]]
    for language, said in (("en", "tell IND"), ("nl", "vertel het aan IND")):
        assert said in hervat("disclosure", "work", *ON, "--lang", language, store=store).out
    assert hervat("disclosure", "again", *ON, "--json", store=store).document["position"] is None
    assert hervat("disclosure", "close", "ind-1", *BY, "--ground", "told by letter", store=store).status == 0
    assert hervat("disclosure", "work", *ON, "--json", store=store).document == []
    assert hervat("disclosure", "close", "ind-1", *BY, "--ground", "told by letter", store=store).status == 1
    assert hervat("disclosure", "close", "ind-1", *BY, "--ground", " ", store=store).status == 2
    assert hervat("verify", store=store).status == 0
