"""A bundle of more batches than one act tells of: every receipt goes back, and it is unpacked once."""

import json
from pathlib import Path
from typing import Any

import pytest

from hervat.assemble import Node
from hervat.doors.cli import main
from hervat.doors.exchange import courier
from hervat.exchanging import Exchange
from tests.journey.chain import FEED, Member, two
from tests.journey.door import case
from tests.rooms.exchanged import JDS, OM
from tests.rooms.messages import FEEDS

OTHERS = (FEEDS["gps"], FEEDS["old"])


def said(capsys: pytest.CaptureFixture[str], member: Member, *arguments: str | Path) -> dict[str, Any]:
    main([*map(str, arguments), "--config", str(member.config), "--json"])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_many_batches_in_one_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(courier, "SIGNED_AT_ONCE", 2)
    om, jds = two(tmp_path)
    for source in OTHERS:
        om.opens(source, jds)
    om.receives([case(1), *(case(1, name=source.rpartition(":")[2]) for source in OTHERS)])
    there, back = tmp_path / "there", tmp_path / "back"
    assert said(capsys, om, "courier", "pack", "--to", JDS, "--out", there)["batches"] == 3
    assert said(capsys, jds, "courier", "unpack", there)["new"] == 3
    assert "unpacked before" in said(capsys, jds, "courier", "unpack", there)["error"]
    assert said(capsys, jds, "courier", "pack", "--to", OM, "--out", back)["receipts"] == 3
    assert said(capsys, om, "courier", "unpack", back)["receipts"] == 3
    with Node.opened(om.url) as node:
        exchange = Exchange(node, OM)
        assert {exchange.delivered_through(source, JDS) for source in (FEED, *OTHERS)} == {1}
    with Node.opened(jds.url) as node:
        assert len(node.store.acts("bundle-unpacked", node.position)) == 2


def test_receipts_go_until_the_partner_shows_that_it_has_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    om, jds = two(tmp_path)
    om.receives([case(1)])
    first, lost, back = (tmp_path / name for name in ("first", "lost", "back"))
    said(capsys, om, "courier", "pack", "--to", JDS, "--out", first)
    said(capsys, jds, "courier", "unpack", first)
    assert said(capsys, jds, "courier", "pack", "--to", OM, "--out", lost)["receipts"] == 1
    assert "--again" in said(capsys, jds, "courier", "pack", "--to", OM, "--out", back)["error"]
    assert not back.exists()
    assert said(capsys, jds, "courier", "pack", "--to", OM, "--out", back, "--again")["receipts"] == 1
    assert said(capsys, om, "courier", "unpack", back)["receipts"] == 1
    om.receives([case(2)])
    second, third = tmp_path / "second", tmp_path / "third"
    said(capsys, om, "courier", "pack", "--to", JDS, "--out", second)
    said(capsys, jds, "courier", "unpack", second)
    assert said(capsys, jds, "courier", "pack", "--to", OM, "--out", third)["receipts"] == 1, "the receipt of the first went once more"
    said(capsys, om, "courier", "unpack", third)
    assert "hervat way list" in said(capsys, om, "courier", "pack", "--to", JDS, "--out", tmp_path / "none")["error"]
