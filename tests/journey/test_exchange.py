"""The exchange as operators run it: real nodes, real doors, commands in processes of their own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from hervat.doors.cli import main
from hervat.doors.exchange import comparing
from tests.faults.processes import examine, hervat
from tests.journey.chain import FEED, SAID, Member, two
from tests.journey.door import Door, Signer, case
from tests.rooms.exchanged import JDS, OM


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Member, Member, Door]]:
    """OM with 30 cases that went, and the register, which serves."""
    om, jds = two(tmp_path_factory.mktemp("chain"))
    om.receives([case(number) for number in range(1, 31)])
    with jds.serving() as door:
        om.knows(jds, door.url)
        assert om.does("dispatch", "--once").status == 0
        yield om, jds, door


def standing(member: Member) -> dict[str, Any]:
    (way,) = member.does("way", "list", "--json").document
    return dict(way)


def test_what_is_to_go_goes_and_both_sides_say_so(tmp_path: Path) -> None:
    om, jds = two(tmp_path)
    om.receives([case(number) for number in range(1, 31)])
    before = standing(om)
    assert (before["here"], before["to_go"], before["delivered"]) == (30, 30, 0)
    with jds.serving() as door:
        om.knows(jds, door.url)
        went = om.does("dispatch", "--once", "--json")
        assert (went.status, went.document[0]["sent"], went.document[0]["left"]) == (0, 30, 0)
        assert (standing(om)["delivered"], standing(om)["to_go"]) == (30, 0)
        assert "sent 0, 0 left" in om.does("dispatch", "--once").out
        compared = om.does("reconcile", JDS, "--json")
        assert (compared.status, compared.document[0]["equal"], compared.document[0]["there"]) == (0, True, 30)
    assert [row["received"] for row in hervat("horizon", "--json", store=jds.store).document] == [30]


def test_what_was_erased_before_it_went_is_told_and_asked_for_no_more(tmp_path: Path) -> None:
    om, jds = two(tmp_path)
    om.receives([case(number) for number in range(1, 5)])
    for position in (3, 4, 5, 6):
        assert hervat("erase", "--position", str(position), "--ground", "a test", "--by", "a test", store=om.store).status in (0, 1)
    om.receives([case(5)])
    with jds.serving() as door:
        om.knows(jds, door.url)
        assert om.does("dispatch", "--once").status == 0
        compared = om.does("reconcile", JDS, "--json")
        gone = [{"first": 1, "last": 4}]
        assert (compared.status, compared.document[0]["equal"], compared.document[0]["gone"]) == (0, True, gone)
        told = door.get(Signer(OM, private=om.private), "/watermarks").json()
        assert (told["from"], told["to"], told["watermarks"][0]["gone"]) == (JDS, OM, gone)
        assert "numbers 1 to 4: erased by their sender before they went" in om.does("reconcile", JDS).out
        assert om.does("reconnect", JDS, "--json").document["feeds"][0].get("gaps") is None
        # What the register signs counts for as long as its key does.
        assert hervat("partner", "set", JDS, "--revoke-key", "k1", *SAID, store=om.store).status == 0
        doubted = om.does("reconcile", JDS)
        assert (doubted.status, "was revoked" in doubted.err) == (1, True)
    (row,) = hervat("horizon", "--json", store=jds.store).document
    assert (row["received"], row["gaps"], row["gone"]) == (1, [], gone)
    assert hervat("verify", store=jds.store).status == 0


def test_a_link_that_is_cut_carries_nothing_in_either_direction(chain: tuple[Member, Member, Door]) -> None:
    om, jds, _ = chain
    om.receives([case(31)])
    assert om.does("link", "cut", JDS, *SAID).status == 0
    assert om.does("link", "cut", JDS, *SAID).status == 2
    waits = om.does("dispatch", "--once", "--json")
    assert (waits.status, waits.document[0]["left"], waits.document[0]["failures"]) == (1, 1, 0)
    assert "cut, since position" in waits.document[0]["last"]
    assert om.does("link", "restore", JDS, *SAID).status == 0
    # The other side cuts it as well: it answers that, and nothing is taken.
    assert jds.does("link", "cut", OM, *SAID).status == 0
    hindered = om.does("dispatch", "--once", "--json")
    assert (hindered.status, hindered.document[0]["sent"], hindered.document[0]["left"]) == (1, 0, 1)
    assert "cut on this side" in hindered.document[0]["last"]
    assert om.does("reconnect", JDS).status == 3
    assert jds.does("link", "restore", OM, *SAID).status == 0
    told = om.does("reconnect", JDS, "--stock", f"{FEED}=3000", "--arriving", f"{FEED}=500", "--json").document
    assert (told["feeds"][0]["first_missing"], told["backlog"], told["pace"], told["warning"]) == (31, 3001, 2000, None)
    assert om.does("dispatch", "--once").status == 0
    assert standing(om)["to_go"] == 0


def test_a_drain_that_never_ends_is_told_plainly(chain: tuple[Member, Member, Door]) -> None:
    om, _, _ = chain
    never = om.does("reconnect", JDS, "--arriving", f"{FEED}=2000000")
    assert never.status == 1
    assert "never drains" in never.out
    assert om.does("reconnect", JDS, "--stock", "urn:x=1").status == 2
    assert om.does("reconnect", JDS, "--stock", FEED).status == 2


def test_a_feed_is_fetched_by_whom_it_goes_to(tmp_path: Path) -> None:
    om, jds = two(tmp_path)
    om.receives([case(number) for number in range(1, 6)])
    assert om.does("way", "open", FEED, "--partner", JDS, "--how", "fetched", *SAID).status == 0
    assert jds.does("way", "open", FEED, "--partner", OM, "--how", "fetch", *SAID).status == 0
    with om.serving() as door:
        jds.knows(om, door.url)
        fetched = jds.does("dispatch", "--once", "--json")
        assert (fetched.status, fetched.document[0]["received"]) == (0, 5)
        compared = jds.does("reconcile", OM, "--json")
        assert compared.status == 0, compared
        assert (compared.document[0]["equal"], compared.document[0]["statement"]["through"]) == (True, 5)
        assert standing(om)["delivered"] == 5
    before = examine(jds.store)
    # The other door is closed: that is told, and leaves nothing.
    assert jds.does("dispatch", "--once").status == 1
    assert examine(jds.store) == before


def test_counts_that_are_equal_do_not_hide_another_content(tmp_path: Path) -> None:
    om, jds = two(tmp_path)
    om.receives([case(number) for number in range(1, 9)])
    jds.receives([case(number, label="diefstal" if number != 5 else "heling") for number in range(1, 9)])
    with jds.serving() as door:
        om.knows(jds, door.url)
        compared = om.does("reconcile", JDS, "--json")
        assert compared.status == 1, compared
        assert (compared.document[0]["here"], compared.document[0]["there"]) == (8, 8)
        assert [(one["sequence"], one["what"]) for one in compared.document[0]["differences"]] == [(5, "other-content")]
        assert om.does("dispatch", "--once").status == 0
        assert standing(om)["conflicts"] == [5]
    assert "number 5: other content" in _reconciled(om, jds)


def test_more_differences_than_anybody_reads_are_counted_and_named_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    om, jds = two(tmp_path)
    om.receives([case(number) for number in range(1, 9)])
    jds.receives([case(number, label="heling") for number in range(1, 8)])
    monkeypatch.setattr(comparing, "MOST_TOLD", 3)
    with jds.serving() as door:
        om.knows(jds, door.url)
        for asked, named in ((), [1, 2, 3]), (("--all",), [*range(1, 9)]):
            assert main(["reconcile", JDS, *asked, "--config", str(om.config), "--json"]) == 1
            (told,) = json.loads(capsys.readouterr().out)
            assert (told["differing"], [one["sequence"] for one in told["differences"]]) == (8, named)
        main(["reconcile", JDS, "--config", str(om.config)])
        assert "and 5 more, 8 in all; hervat reconcile --all" in capsys.readouterr().out


def _reconciled(om: Member, jds: Member) -> str:
    with jds.serving() as door:
        om.knows(jds, door.url)
        return om.does("reconcile", JDS).out


@pytest.mark.parametrize(
    "wrong",
    [
        ("way", "open", "urn:x", "--partner", JDS, *SAID),
        ("way", "open", FEED.replace(OM, JDS), "--partner", JDS, *SAID),
        ("way", "open", FEED, "--partner", OM, *SAID),
        ("way", "open", FEED, "--partner", "00000099000000099999", *SAID),
        ("way", "close", FEED.replace("door", "other"), "--partner", JDS, *SAID),
        ("way", "open", FEED, "--partner", JDS, "--by", " ", "--why", "x"),
        ("link", "restore", JDS, *SAID),
        ("reconcile", "00000099000000003000"),
    ],
)
def test_wrong_use_is_told_and_changes_nothing(chain: tuple[Member, Member, Door], wrong: tuple[str, ...]) -> None:
    om, _, _ = chain
    before = examine(om.store)
    ended = om.does(*wrong, "--json")
    assert ended.status == 2, ended
    assert ended.document.keys() == {"error", "status"}
    assert examine(om.store) == before


def test_a_node_that_does_not_say_who_it_is_exchanges_nothing(tmp_path: Path) -> None:
    (tmp_path / "node.toml").write_text('[node]\nstore = "sqlite:///s.db"\n')
    ended = hervat("dispatch", "--once", "--config", tmp_path / "node.toml")
    assert (ended.status, "[exchange]" in ended.err) == (2, True)
    (tmp_path / "node.toml").write_text(f'[exchange]\noin = "{OM}"\nkey = "none.pem"\nkey_id = "k"\n')
    assert hervat("dispatch", "--once", "--config", tmp_path / "node.toml").status == 3


def test_the_door_says_what_does_not_fit(chain: tuple[Member, Member, Door]) -> None:
    om, _, door = chain
    signer = Signer(OM, private=om.private)
    answer = door.post(signer, "/batches", json.dumps({"manifest": {}, "messages": []}).encode(), "application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "batch-form")


def test_a_bundle_goes_by_hand_and_its_receipts_come_back(tmp_path: Path) -> None:
    om, jds = two(tmp_path)
    om.receives([case(number) for number in range(1, 41)])
    out, back = tmp_path / "one.bundle", tmp_path / "two.bundle"
    packed = om.does("courier", "pack", "--to", JDS, "--out", out, "--json")
    assert (packed.status, packed.document["batches"], packed.document["feeds"][0]["last"]) == (0, 1, 40)
    assert om.does("courier", "pack", "--to", JDS, "--out", out).status == 2
    assert out.read_bytes().startswith(b"age-encryption.org/v1\n")
    assert om.does("courier", "unpack", out).status == 1
    with jds.serving():
        # A node that serves takes it too.
        taken = jds.does("courier", "unpack", out, "--json")
        assert (taken.status, taken.document["new"], taken.document["duplicates"]) == (0, 40, 0)
    before = examine(jds.store)
    replayed = jds.does("courier", "unpack", out)
    assert (replayed.status, "unpacked before" in replayed.err, examine(jds.store)) == (1, True, before)
    assert jds.does("courier", "pack", "--to", OM, "--out", back, "--json").document["receipts"] == 1
    assert om.does("courier", "unpack", back, "--json").document["receipts"] == 1
    assert (standing(om)["delivered"], standing(om)["to_go"]) == (40, 0)
    assert om.does("courier", "pack", "--to", JDS, "--out", tmp_path / "three").status == 1
    # What came by hand and comes by wire is a duplicate.
    om.receives([case(41)])
    with jds.serving() as door:
        om.knows(jds, door.url)
        assert om.does("dispatch", "--once", "--json").document[0]["sent"] == 1
    assert [row["received"] for row in hervat("horizon", "--json", store=jds.store).document] == [41]


def test_a_partner_is_checked_rule_by_rule(chain: tuple[Member, Member, Door]) -> None:
    om, jds, door = chain
    before = examine(jds.store)
    checked = om.does("partner", "check", door.url, "--json")
    assert [one for one in checked.document if one["verdict"] == "broken"] == []
    assert (checked.status, len(checked.document)) == (0, 20)
    # The batch that comes again leaves an act, and no message.
    assert examine(jds.store) - before <= 1
    assert om.does("partner", "check", "http://127.0.0.1:1/v1").status == 2


@pytest.mark.parametrize(
    ("lines", "broken"),
    [
        ([case(1), case(2)], []),
        ([case(1), case(3)], ["the numbers of each source are without a gap, from 1"]),
        ([case(1), case(1)], ["no message comes twice"]),
        ([case(1), case(1, label="heling")], ["no id and no number stands for two contents"]),
        ([case(1), b"{}"], ["no message is refused"]),
    ],
)
def test_files_are_checked_before_they_are_sent(tmp_path: Path, lines: list[bytes], broken: list[str]) -> None:
    (tmp_path / "feed.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    checked = hervat("partner", "check", tmp_path, "--json")
    assert [one["rule"] for one in checked.document if one["verdict"] == "broken"] == broken
    assert checked.status == bool(broken)
    assert hervat("partner", "check", tmp_path / "nowhere").status == 2


def test_a_partner_has_a_desk_with_its_own_alone(chain: tuple[Member, Member, Door]) -> None:
    om, _, door = chain
    pages = door.url.removesuffix("/v1")
    page = httpx.get(f"{pages}/en/partners/{OM}").text
    assert "Openbaar" not in page and "Only what OM sent" in page
    assert "Please send again" in page and "none missing" in page
    assert "20250001" in page
    others = httpx.get(f"{pages}/en/partners/00000099000000003000").text
    assert "Nothing of this organisation is here." in others and "20250001" not in others
    receipts = httpx.get(f"{pages}/partners/{OM}/receipts").text.splitlines()
    assert {json.loads(line)["source"] for line in receipts} == {FEED}
    assert len(receipts) == len({json.loads(line)["leaf"] for line in receipts}) >= 30
    assert httpx.get(f"{pages}/partners/{JDS}").status_code == 404
    assert om.oin in httpx.get(f"{pages}/en/partners").text
