"""What a cut does, from the command line; maps checked and imported; the page of the chain on a node that is told its map."""

import json
import subprocess
from pathlib import Path

import httpx
import pytest

from hervat.doors.cli import main
from tests.faults.processes import hervat
from tests.journey.site import Served, make_whole, start
from tests.rooms.test_chain_import import MODEL

LETTER = Path(__file__).parents[2] / "examples/letter/chain.toml"


def test_the_letters_impact_is_one_document_and_the_same_in_every_language(capsys: pytest.CaptureFixture[str]) -> None:
    ended = hervat("impact", str(LETTER), "--draws", "20", "--json")
    assert ended.status == 0, ended
    told = ended.document
    assert told["invented_weights"] == told["weights"] == 16
    assert told["harm"]["net"] == pytest.approx(sum(one["harm"]["net"] for one in told["processes"]), abs=0.1)
    assert told["harm"]["net"] == pytest.approx(sum(one["net"] for one in told["harm_by_whom"].values()), abs=0.1)
    assert told["single_points"][0]["part"] in ("om-hosting", "om-platform")
    assert {"kind": "needs", "of": "courts-registry", "on": "gps"}.items() <= next(
        one for one in told["edges"] if one["of"] == "courts-registry" and one["on"] == "gps"
    ).items()
    for language, said in (("en", "Harm 81052"), ("nl", "Schade 81052")):
        assert main(["impact", str(LETTER), "--lang", language, "--draws", "0"]) == 0
        out = capsys.readouterr().out
        assert said in out and "16" in out.splitlines()[1]


def test_the_shared_hosting_is_told_with_what_it_costs_where_another_edge_holds_up_the_same() -> None:
    told = hervat("impact", str(LETTER), "--draws", "0", "--json").document
    hosting = next(one for one in told["edges"] if (one["of"], one["on"]) == ("courts-registry", "gps"))
    assert hosting["harm"] == 0 < hosting["harm_together"] and hosting["other"]["on"] == "om-courts" and told["pairs_looked_at"]
    words = hervat("impact", str(LETTER), "--cut", "gps", "--for", "70", "--draws", "0").out
    row = next(line for line in words.splitlines() if line.startswith("courts-registry < gps"))
    assert "om-jds < gps" in row
    assert next(line for line in words.splitlines() if line.startswith("Justis  ")).split()[1:3] == ["1.0", "days"]


def test_a_cut_of_ones_own_does_less_and_what_is_wrong_is_said() -> None:
    of_all = hervat("impact", str(LETTER), "--draws", "0", "--json").document
    of_one = hervat("impact", str(LETTER), "--cut", "om-mail", "--for", "2", "--draws", "0", "--json").document
    assert of_one["begins_hour"] == 48 and of_one["harm"]["net"] < of_all["harm"]["net"]
    for wrong in (("--cut", "nowhere"), ("--for", "soon"), ("--for", "nan"), ("--draws", "-1")):
        ended = hervat("impact", str(LETTER), *wrong)
        assert ended.status == 2 and wrong[0] in ended.err and "Traceback" not in ended.err


def test_a_map_is_checked_and_imported_and_nothing_is_written_over(tmp_path: Path) -> None:
    assert hervat("chain", "check", str(LETTER), "--json").document["sound"]
    (tmp_path / "bad.toml").write_text("name = 1", "utf-8")
    bad = hervat("chain", "check", str(tmp_path / "bad.toml"), "--json")
    assert bad.status == 1 and not bad.document["sound"]
    said = hervat("chain", "check", str(tmp_path / "bad.toml"))
    assert said.status == 1 and "not sound: " in said.out
    for more in ((), ("--json",)):
        assert hervat("chain", "check", str(tmp_path / "none.toml"), *more).status == 2
    (tmp_path / "model.xml").write_text(MODEL, "utf-8")
    out = tmp_path / "chain.toml"
    told = hervat("chain", "import", str(tmp_path / "model.xml"), "--out", str(out), "--json").document
    assert (told["systems"], told["streams"], len(told["unmapped"])) == (3, 1, 5) and told["missing"]
    assert hervat("chain", "check", str(out)).status == 0
    before = out.read_bytes()
    again = hervat("chain", "import", str(tmp_path / "model.xml"), "--out", str(out))
    assert again.status == 2 and "is there already" in again.err and out.read_bytes() == before


def test_the_page_shows_the_map_that_the_node_is_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    make_whole(url)
    told = '[node]\nstore = "sqlite:///s.db"\n[serve]\nport = 0\n[door]\nenabled = false\n[screening]\ndaily = false\n'
    told += '[chain]\nmap = "c.toml"\n'
    (tmp_path / "c.toml").write_bytes(LETTER.read_bytes())
    (tmp_path / "node.toml").write_text(told, "utf-8")
    process = start(["serve", "--config", str(tmp_path / "node.toml"), "--json"])
    server = Served(url, json.loads(_first_document(process))["address"].rstrip("/"), process)
    try:
        pages = httpx.Client(base_url=server.address)
        page = pages.get("/en/chain")
        assert page.status_code == 200 and "courts-registry ‹ gps" in page.text and "Harm 81,052" in page.text
        assert 'class="chain-box chain-cut"' in page.text and 'class="chain-box chain-frozen"' in page.text
        alone = pages.get("/en/chain", params={"cut": "om-mail", "days": "2"})
        assert alone.status_code == 200 and "Cut off: om-mail." in alone.text
        for asked, said in (({"cut": "<b>"}, "&lt;b&gt; is no system"), ({"days": "nan"}, "nan is no number of days")):
            wrong = pages.get("/en/chain", params=asked)
            assert wrong.status_code == 400 and said in wrong.text
        pages.close()
    finally:
        server.stop()


def _first_document(process: "subprocess.Popen[str]") -> str:
    """The lines of the document in which a server says where it is."""
    lines: list[str] = []
    while process.stdout is not None and (not lines or lines[-1].strip() not in ("}", "")):
        lines.append(process.stdout.readline())
    return "".join(lines)


def test_a_node_with_a_map_that_is_none_does_not_serve(tmp_path: Path) -> None:
    config = tmp_path / "node.toml"
    config.write_text('[serve]\nport = 0\n[door]\nenabled = false\n[chain]\nmap = "none.toml"\n', "utf-8")
    ended = hervat("serve", "--config", str(config))
    assert ended.status == 2 and "none.toml: cannot be read" in ended.err
