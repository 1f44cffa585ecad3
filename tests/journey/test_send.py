"""`tools/send.py` as a partner uses it, what docs/partners.md shows, and `hervat serve` with its configuration and flags."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hervat.doors.config import DoorTable, read_config
from tests.faults.processes import ROOT, environment, examine, hervat, whole_receipts, write_lines
from tests.journey.door import OM, Signer, case, opened
from tests.journey.site import served, start

PRIVATE = {"ed25519": ed25519.Ed25519PrivateKey.generate(), "es256": ec.generate_private_key(ec.SECP256R1())}


def send(url: str, file: Path, key: Path, *more: str, keyid: str = f"{OM}/k1") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(ROOT / "tools" / "send.py"), url, str(file), "--key", str(key), "--keyid", keyid, *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment(), check=False)


def pem(path: Path, private: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> Path:
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


@pytest.mark.parametrize("algorithm", PRIVATE)
def test_a_partner_sends_a_file_and_keeps_the_receipts(tmp_path: Path, algorithm: str) -> None:
    private = PRIVATE[algorithm]
    lines = write_lines(tmp_path / "lines.jsonl", [case(number) for number in range(1, 26)])
    key, receipts = pem(tmp_path / "key.pem", private), tmp_path / "receipts"
    with opened(tmp_path / "hervat.db", Signer(OM, private=private)) as door:
        first = send(door.url, lines, key, "--batch", "10", "--receipts", str(receipts))
        assert (first.returncode, first.stdout) == (0, "held 25, new 25\n"), first.stderr
        again = send(door.url, lines, key, "--receipts", str(receipts))
        assert (again.returncode, again.stdout) == (0, "duplicate 25, held 25\n")
        conflict = send(door.url, write_lines(tmp_path / "other", [case(1, label="heling")]), key)
        assert (conflict.returncode, conflict.stdout) == (1, "conflict 1\n")
        stranger = send(door.url, lines, key, keyid=f"{OM}/k2")
        assert stranger.returncode == 1 and '"signature-wrong"' in stranger.stderr
        door.stop()
    given = whole_receipts(receipts)
    assert given[:25] == given[25:]
    assert examine(tmp_path / "hervat.db", given) == 27


def test_what_the_tool_cannot_do_it_says(tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "lines.jsonl", [])
    other = pem(tmp_path / "rsa.pem", rsa.generate_private_key(65537, 2048))
    assert send("http://127.0.0.1:9/v1", lines, other).returncode == 2
    assert send("http://127.0.0.1:9/v1", lines, tmp_path / "nowhere.pem").returncode == 3


def test_what_the_page_for_partners_shows_is_read(tmp_path: Path) -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "partners.md").read_text("utf-8"), re.S)
    path = tmp_path / "node.toml"
    path.write_text(shown, encoding="utf-8")
    assert read_config(path).door == DoorTable(authority="register.example.org")


def test_without_a_configuration_there_are_pages_and_no_door(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    assert hervat("receive", "-", store=store, stdin=case(1)).status == 0
    with served(f"sqlite:///{store}") as pages:
        assert pages.get("/").status_code == 200
        assert pages.get("/v1/health").status_code == 404
        assert hervat("receive", "-", store=store, stdin=case(2)).status == 0


def test_a_door_that_is_not_enabled_is_not_there_and_takes_no_place(tmp_path: Path) -> None:
    store, config = tmp_path / "hervat.db", tmp_path / "node.toml"
    hervat("receive", "-", store=store, stdin=case(1))
    config.write_text("[door]\nenabled = false\n", encoding="utf-8")
    process = start(["serve", "--config", str(config), "--port", "0"])
    first = process.stdout.readline() if process.stdout is not None else ""
    found = re.search(r"http://[0-9.]+:[0-9]+", first)
    assert found is not None and "door" not in first
    assert httpx.get(found[0] + "/v1/health").status_code == 404
    assert hervat("receive", "-", store=store, stdin=case(2)).status == 0
    process.terminate()
    process.communicate(timeout=20)


def test_a_name_that_partners_use_is_served_and_another_is_not(tmp_path: Path) -> None:
    with opened(tmp_path / "hervat.db", settings='authority = "register.example.org"\n') as door:
        named = [door.get(None, "/health", Host=host).status_code for host in ("register.example.org", "register.example.org:443", "x.nl")]
        assert named == [200, 200, 421]
        # The pages stay this machine's own.
        assert httpx.get(door.url.removesuffix("/v1"), headers={"Host": "register.example.org"}).status_code == 421


def test_keys_that_lie_elsewhere_are_used_by_door_and_pages(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    signer = Signer(OM)
    config = tmp_path / "node.toml"
    config.write_text('[node]\nkeys = "keys/node.key"\n', encoding="utf-8")
    process = start(["serve", "--config", str(config), "--port", "0"])
    first = process.stdout.readline() if process.stdout is not None else ""
    found = re.search(r"http://[0-9.]+:[0-9]+", first)
    assert found is not None
    assert (tmp_path / "keys" / "node.key").is_file() and not (tmp_path / "hervat.db.key").exists()
    assert httpx.get(found[0] + "/en").status_code == 200
    assert httpx.get(found[0] + "/v1/watermarks", headers=signer.fields("GET", found[0] + "/v1/watermarks")).status_code == 401
    process.terminate()
    assert process.communicate(timeout=20)[1] == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve", "--config", "nowhere.toml"),
        ("serve", "--config", "node.toml", "--store", "sqlite:///other.db"),
        ("serve", "--port", "99999"),
        ("serve", "--config", "bad.toml"),
    ],
)
def test_wrong_use_is_told(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "node.toml").write_text("", encoding="utf-8")
    (tmp_path / "bad.toml").write_text("[door]\nskew = 1\n", encoding="utf-8")
    ended = hervat(*arguments, "--json", cwd=tmp_path)
    assert ended.status == 2, ended.err
    assert "bad.toml" not in arguments or "bad.toml, line 2: door.skew: this is no setting" in ended.document["error"]
