"""`hervat partner` as an operator and other programs use it, in real processes."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.faults.processes import EXAMPLES, hervat, write_lines

OM, COURTS, NEW = "00000099000000002000", "00000099000000003000", "00000099000000016000"
BY = ("--by", "duty officer", "--why", "agreement of 1 October")
PRIVATE = ed25519.Ed25519PrivateKey.generate()
PEM = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def listed(store: Path, oin: str, *when: str) -> dict[str, object] | None:
    known = hervat("partner", "list", *when, "--json", store=store).document
    return next((one for one in known if one["oin"] == oin), None)


def position(*arguments: str | Path, store: Path) -> int:
    ended = hervat("partner", *arguments, *BY, "--json", store=store)
    assert ended.status == 0, ended.err
    assert ended.document.keys() == {"position"}
    return int(ended.document["position"])


def test_an_organisation_is_entered_gets_keys_loses_one_and_is_removed(tmp_path: Path) -> None:
    store, pem = tmp_path / "s.db", tmp_path / "one.pem"
    pem.write_bytes(PEM)
    other = tmp_path / "other.pem"
    other.write_bytes(ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    assert position("set", NEW, "--name", "Raad", "--role", "consumer", "--role", "bar", store=store) == 1
    assert listed(store, NEW) == {"oin": NEW, "name": "Raad", "roles": ["bar", "consumer"], "keys": [], "since": 1}
    dates = ("--key-from", "2026-01-01T00:00:00+01:00", "--key-until", "2027-01-01T00:00:00Z")
    assert position("set", NEW, "--key", pem, "--key-id", "raad-1", *dates, store=store) == 2
    assert position("set", NEW, "--key", other, "--key-id", "raad-2", "--revoke-key", "raad-1", "--role", "bar", store=store) == 3
    told = listed(store, NEW)
    assert told is not None and (told["name"], told["roles"], told["since"]) == ("Raad", ["bar"], 3)
    first, second = told["keys"]
    assert [first["algorithm"], first["valid_from"], first["valid_until"]] == ["ed25519", "2025-12-31T23:00:00Z", "2027-01-01T00:00:00Z"]
    assert first["revoked_why"] == "agreement of 1 October" and first["revoked_at"]
    assert (second["id"], second["algorithm"], "revoked_at" in second) == ("raad-2", "es256", False)
    assert "raad-1 (revoked), raad-2" in hervat("partner", "list", store=store).out
    assert position("set", NEW, "--no-roles", store=store) == 4
    assert position("remove", NEW, store=store) == 5
    assert listed(store, NEW) is None
    assert [listed(store, NEW, "--position", str(at)) is None for at in range(6)] == [True, False, False, False, False, True]
    assert hervat("verify", store=store).status == 0


def test_roles_hold_from_their_position_on_and_the_past_stays_as_it_was(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    lines = EXAMPLES.read_bytes().splitlines()
    om = [line for line in lines if OM.encode() in line]
    hervat("receive", "-", store=store, stdin=b"\n".join(line for line in lines if line not in om[5:]))
    digest = hervat("digest", store=store).out
    removed = position("remove", OM, store=store)
    assert hervat("digest", store=store).out == digest
    lost = hervat("receive", "-", "--json", store=store, stdin=b"\n".join(om[5:])).document
    assert [lost["applied"], lost["refused"]] == [0, len(om[5:])]
    assert {one["source"] for one in lost["refusals"]} == {"unknown"}
    position("set", OM, "--name", "Openbaar Ministerie", "--role", "prosecution", store=store)
    back = hervat("receive", "-", "--json", store=store, stdin=b"\n".join(om[5:])).document
    assert [back["received"], back["held"], back["refused"]] == [len(om[5:]), 0, 0]
    assert hervat("verify", "--json", store=store).document["ok"]
    whole = tmp_path / "whole.db"
    hervat("receive", EXAMPLES, store=whole)
    assert hervat("digest", store=store).out == hervat("digest", store=whole).out
    then = hervat("person", "20250001", "--position", str(removed), "--json", store=store).document
    before = hervat("person", "20250001", "--position", str(removed - 1), "--json", store=store).document
    assert then["cases"] == before["cases"]
    moment = hervat("partner", "list", "--known-at", "2000-01-01T00:00:00Z", "--json", store=store).document
    assert len(moment) == 15 and {one["since"] for one in moment} == {None}


def test_many_messages_are_judged_by_the_roles_in_force_when_receive_begins(tmp_path: Path) -> None:
    """So many that another process prepares them."""
    store = tmp_path / "s.db"
    position("set", OM, "--role", "court", store=store)
    line = next(json.loads(line) for line in EXAMPLES.read_bytes().splitlines() if b"case-registered" in line)
    count = 4000
    lines = [json.dumps(line | {"id": f"m-{number}", "sequence": str(number)}).encode() for number in range(1, count + 1)]
    answer = hervat("receive", write_lines(tmp_path / "many.jsonl", lines), "--json", store=store).document
    assert [answer["received"], answer["refused"]] == [count, count]
    assert {one["code"] for one in answer["refusals"]} == {"role"}


PRIVATE_PEM = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
FILES = {"public.pem": PEM, "private.pem": PRIVATE_PEM, "text.pem": b"no key"}
WRONG_USE = {
    "no action": ("partner",),
    "an OIN that is none": ("partner", "set", "123", "--no-roles", *BY),
    "an unknown role": ("partner", "set", OM, "--role", "judge", *BY),
    "roles and none": ("partner", "set", OM, "--role", "court", "--no-roles", *BY),
    "nothing to change": ("partner", "set", OM, *BY),
    "nobody decides": ("partner", "set", OM, "--no-roles", "--by", " ", "--why", "x"),
    "no reason": ("partner", "remove", OM, "--by", "x"),
    "a new one without roles": ("partner", "set", NEW, "--name", "x", *BY),
    "a new one without a name": ("partner", "set", NEW, "--no-roles", *BY),
    "an empty name": ("partner", "set", OM, "--name", "", *BY),
    "a stranger removed": ("partner", "remove", NEW, *BY),
    "a key without an id": ("partner", "set", OM, "--key", "public.pem", *BY),
    "an id without a key": ("partner", "set", OM, "--key-id", "x", *BY),
    "an id of two words": ("partner", "set", OM, "--key", "public.pem", "--key-id", "two words", *BY),
    "a private key": ("partner", "set", OM, "--key", "private.pem", "--key-id", "x", *BY),
    "no key at all": ("partner", "set", OM, "--key", "text.pem", "--key-id", "x", *BY),
    "no such file": ("partner", "set", OM, "--key", "nowhere.pem", "--key-id", "x", *BY),
    "a moment that is none": ("partner", "set", OM, "--key", "public.pem", "--key-id", "x", "--key-from", "yesterday", *BY),
    "a key that ends first": ("partner", "set", OM, "--key", "public.pem", "--key-id", "x", "--key-until", "2001-01-01T00:00:00Z", *BY),
    "no such key": ("partner", "set", OM, "--revoke-key", "x", *BY),
    "two moments": ("partner", "list", "--position", "1", "--known-at", "2025-01-01T00:00:00Z"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("keys")
    for name, content in FILES.items():
        (made / name).write_bytes(content)
    return made


@pytest.mark.parametrize("arguments", WRONG_USE.values(), ids=WRONG_USE)
def test_wrong_use_is_status_2_with_one_document_and_changes_nothing(folder: Path, arguments: tuple[str, ...]) -> None:
    ended = hervat(*arguments, "--json", store=folder / "s.db", cwd=folder)
    assert (ended.status, ended.document["status"]) == (2, 2)
    assert ended.document["error"] in ended.err
    assert {one["since"] for one in hervat("partner", "list", "--json", store=folder / "s.db").document} == {None}
