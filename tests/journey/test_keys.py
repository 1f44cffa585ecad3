"""`hervat keys`: shown without a secret, copied apart, lost, put back and rotated; and what a store does without them."""

import base64
import json
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from hervat.assemble import Node
from hervat.journal.checkpoint import read_verifier, verifier_of
from hervat.journal.keys import NodeKeys
from tests.faults.processes import EXAMPLES, ROOT, Ended, hervat
from tests.postgres import empty_store
from tools import check_proof

WHO = ("--by", "a test", "--why", "a year is over")
PASSPHRASE = "paard batterij nietje café"
DECOMPOSED = "paard batterij nietje cafe\u0301"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "node" / "hervat.db"
    assert hervat("receive", EXAMPLES, store=path).status == 0
    return path


def keys_of(store: Path) -> Path:
    return store.with_name("hervat.db.key")


def secrets_in(path: Path) -> list[bytes]:
    ring = NodeKeys.load(path).ring
    return [ring.index, *(wrap.key for wrap in ring.wraps), *(signing.key for signing in ring.signing)]


def has_a_secret(ended: Ended, path: Path) -> bool:
    said = ended.out + ended.err
    return any(base64.b64encode(key).decode().rstrip("=") in said or key.hex() in said for key in secrets_in(path))


def test_what_is_shown_is_public(store: Path, tmp_path: Path) -> None:
    for arguments in (("show",), ("backup", tmp_path / "copy"), ("rotate", *WHO), ("show",)):
        for as_json in ((), ("--json",)) if arguments == ("show",) else ((),):
            ended = hervat("keys", *arguments, *as_json, store=store)
            assert ended.status == 0, ended
            assert not has_a_secret(ended, keys_of(store))
    told = hervat("keys", "show", "--json", store=store).document
    signing = [NodeKeys.load(keys_of(store)).signers[number].public_key for number in (0, 1)]
    assert [one["since"] for one in told["signing"]] == [0, 53]
    assert [read_verifier(one["public_key"])[1] for one in told["signing"]] == signing
    assert told["public_key"] == told["signing"][-1]["public_key"]
    assert told["copied"]["keys"] != told["keys"]


def test_keys_backed_up_lost_and_put_back(store: Path, tmp_path: Path) -> None:
    before, copy = hervat("digest", store=store).out, tmp_path / "copy"
    assert hervat("keys", "backup", copy, store=store).status == 0
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert hervat("keys", "backup", copy, "--json", store=store).status == 2
    assert hervat("keys", "restore", copy, store=store).status == 1
    content = keys_of(store).read_bytes()
    keys_of(store).unlink()
    told = hervat("digest", "--json", store=store)
    assert (told.status, "hervat keys restore" in told.document["error"]) == (3, True)
    back = hervat("keys", "restore", copy, "--json", store=store)
    assert (back.status, back.document["boxes"], back.document["closed"]) == (0, 52, 0)
    assert keys_of(store).read_bytes() == content
    assert hervat("digest", store=store).out == before


@pytest.mark.postgres
def test_keys_of_a_store_on_a_server_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys, copy = tmp_path / "node.key", tmp_path / "copy"
    monkeypatch.setenv("HERVAT_KEYS", str(keys))
    with empty_store() as store:
        with Node.opened(store, writer=True) as node:
            node.receive(EXAMPLES.read_bytes().splitlines())
        assert hervat("keys", "backup", copy, store=store, HERVAT_KEYS=str(keys)).status == 0
        keys.unlink()
        assert hervat("digest", store=store, HERVAT_KEYS=str(keys)).status == 3
        assert hervat("keys", "restore", copy, store=store, HERVAT_KEYS=str(keys)).status == 0
        assert hervat("digest", store=store, HERVAT_KEYS=str(keys)).status == 0
        tree = hervat("verify", "--tree", "--json", store=store, HERVAT_KEYS=str(tmp_path / "nowhere"))
        assert (tree.status, tree.document["entries"]) == (0, 52)


def test_a_copy_under_a_passphrase(store: Path, tmp_path: Path) -> None:
    copy, word = tmp_path / "copy", tmp_path / "word"
    word.write_text(PASSPHRASE + "\n")
    assert hervat("keys", "backup", copy, "--passphrase-file", word, store=store).status == 0
    content = copy.read_bytes()
    for secret in secrets_in(keys_of(store)):
        assert base64.b64encode(secret) not in content
    keys_of(store).unlink()
    for wrong in ("paard batterij nietje thee", PASSPHRASE.upper(), PASSPHRASE + " "):
        told = hervat("keys", "restore", copy, "--json", store=store, HERVAT_PASSPHRASE=wrong)
        assert (told.status, "does not open with this passphrase" in told.document["error"]) == (1, True)
    assert hervat("keys", "restore", copy, "--json", store=store).status == 2
    assert not keys_of(store).exists()
    # The same characters from another keyboard.
    assert hervat("keys", "restore", copy, store=store, HERVAT_PASSPHRASE=DECOMPOSED).status == 0
    assert hervat("digest", store=store).status == 0


@pytest.mark.parametrize("field", ["origin", "made_at", "keys", "salt", "sealed", "scrypt"])
def test_a_sealed_copy_that_was_changed_does_not_open(store: Path, tmp_path: Path, field: str) -> None:
    copy = tmp_path / "copy"
    assert hervat("keys", "backup", copy, store=store, HERVAT_PASSPHRASE=PASSPHRASE).status == 0
    whole = json.loads(copy.read_bytes())
    other = {"scrypt": 1 << 16, "salt": base64.b64encode(bytes(16)).decode(), "sealed": whole["sealed"][:-8] + "AAAAAAA="}
    copy.write_text(json.dumps(whole | {field: other.get(field, "x")}))
    keys_of(store).unlink()
    told = hervat("keys", "restore", copy, "--json", store=store, HERVAT_PASSPHRASE=PASSPHRASE)
    assert (told.status, "does not open" in told.document["error"]) == (1, True)
    assert not keys_of(store).exists()


@pytest.mark.parametrize("asked", [1 << 13, 1 << 30, 0, -1, "much"])
def test_a_sealed_copy_does_not_ask_for_all_memory(store: Path, tmp_path: Path, asked: object) -> None:
    copy = tmp_path / "copy"
    assert hervat("keys", "backup", copy, store=store, HERVAT_PASSPHRASE=PASSPHRASE).status == 0
    copy.write_text(json.dumps(json.loads(copy.read_bytes()) | {"scrypt": asked}))
    keys_of(store).unlink()
    told = hervat("keys", "restore", copy, "--json", store=store, HERVAT_PASSPHRASE=PASSPHRASE)
    assert (told.status, "no copy of keys" in told.document["error"]) == (3, True)


def test_a_passphrase_that_is_short_or_none_makes_no_copy(store: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    for arguments, word in (
        (("--passphrase",), "short"),
        (("--passphrase",), ""),
        (("--passphrase-file", tmp_path / "empty"), ""),
        (("--passphrase-file", tmp_path / "nowhere"), PASSPHRASE),
    ):
        told = hervat("keys", "backup", tmp_path / "copy", *arguments, "--json", store=store, HERVAT_PASSPHRASE=word)
        assert told.status == 2, told
        assert not (tmp_path / "copy").exists()
        assert not word or word not in told.err


def test_other_keys_are_not_put_there(store: Path, tmp_path: Path) -> None:
    """Those of another node, those of this one from before, a file that is none; and never over a file that is there."""
    other, before, none = tmp_path / "other", tmp_path / "before", tmp_path / "none"
    NodeKeys.create(NodeKeys.load(keys_of(store)).origin).save(other)
    shutil.copyfile(keys_of(store), before)
    none.write_text("{}")
    assert hervat("keys", "rotate", *WHO, store=store).status == 0
    now = keys_of(store).read_bytes()
    assert hervat("keys", "restore", before, store=store).status in (2, 3)
    assert keys_of(store).read_bytes() == now
    keys_of(store).rename(tmp_path / "now")
    for copy, status, words in (
        *((other, 3, "did not sign"), (before, 3, "from before a rotation"), (none, 3, "not a keys file")),
        (tmp_path / "x", 2, "give the file"),
    ):
        told = hervat("keys", "restore", copy, "--json", store=store)
        assert (told.status, words in told.document["error"]) == (status, True), told
        assert not keys_of(store).exists()
    keys_of(store).write_text("not keys")
    told = hervat("keys", "restore", tmp_path / "now", "--json", store=store)
    assert (told.status, keys_of(store).read_text()) == (2, "not keys")


def test_keys_and_store_lost_both(store: Path, tmp_path: Path) -> None:
    """The keys are tried on a backup, then that is restored with them."""
    before = hervat("digest", store=store).out
    assert hervat("backup", tmp_path / "kept", store=store).status == 0
    assert hervat("keys", "backup", tmp_path / "copy", store=store, HERVAT_PASSPHRASE=PASSPHRASE).status == 0
    shutil.rmtree(store.parent)
    store.parent.mkdir()
    told = hervat("keys", "restore", tmp_path / "copy", "--json", store=store, HERVAT_PASSPHRASE=PASSPHRASE)
    assert (told.status, "--against BACKUP" in told.document["error"]) == (2, True)
    back = hervat("keys", "restore", tmp_path / "copy", "--against", tmp_path / "kept", store=store, HERVAT_PASSPHRASE=PASSPHRASE)
    assert back.status == 0, back
    assert hervat("restore", tmp_path / "kept", "--verify", store=store).status == 0
    assert hervat("digest", store=store).out == before


def test_backups_of_before_open_with_the_keys_of_then(store: Path, tmp_path: Path) -> None:
    kept, then, other = tmp_path / "kept", tmp_path / "then", tmp_path / "other.db"
    assert hervat("backup", kept, store=store).status == 0
    shutil.copyfile(keys_of(store), then)
    assert hervat("keys", "rotate", *WHO, store=store).status == 0
    told = hervat("restore", kept, "--json", store=other, HERVAT_KEYS=str(keys_of(store)))
    assert (told.status, "from before" in told.document["error"]) == (3, True)
    assert not other.exists()
    assert hervat("restore", kept, "--verify", store=other, HERVAT_KEYS=str(then)).status == 0


def test_a_store_without_its_keys(store: Path, tmp_path: Path) -> None:
    """Nothing is read; entries, tree, checkpoint and proofs stand, and a backup is made."""
    shown = hervat("keys", "show", "--json", store=store).document["public_key"]
    note, public = tmp_path / "note", base64.b64encode(NodeKeys.load(keys_of(store)).public_key).decode()
    note.write_text(hervat("checkpoint", store=store).out)
    keys_of(store).unlink()
    for arguments in (("status",), ("person", "S1"), ("verify",), ("prove", "3"), ("receive", EXAMPLES), ("keys", "show")):
        told = hervat(*arguments, "--json", store=store)
        assert (told.status, "no message can be read" in told.document["error"]) == (3, True)
    assert "no message can be read" in hervat("doctor", store=store).out
    assert not keys_of(store).exists()
    tree = hervat("verify", "--tree", "--witness", note, "--public-key", shown, "--json", store=store)
    assert (tree.status, tree.document["entries"], tree.document["witness"]) == (0, 52, 52)
    another = verifier_of(read_verifier(shown)[0], NodeKeys.create().public_key)
    other = hervat("verify", "--tree", "--public-key", another, "--json", store=store)
    assert (other.status, "not signed with the key" in other.document["difference"]) == (1, True)
    proof = hervat("prove", "3", "--sealed", "--json", store=store).document
    assert check_proof.report(proof, None, base64.b64decode(public)) == check_proof.GOOD
    assert all(segment["content"] is None for segment in proof["segments"])
    assert hervat("backup", tmp_path / "kept", store=store).status == 0


def damaged(store: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(store)) as db:
        db.execute(statement, values)
        db.commit()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM entry WHERE position = 7", "entry 7 is missing"),
        ("DELETE FROM entry WHERE position = 52", "the head says 52 entries"),
        ("UPDATE entry SET leaf = zeroblob(32) WHERE position = 7", "entry 7"),
        ("UPDATE entry SET meta = (SELECT meta FROM entry WHERE position = 8) WHERE position = 7", "entry 7"),
        ("UPDATE entry SET parts = (SELECT parts FROM entry WHERE position = 8) WHERE position = 7", "entry 7"),
        ("UPDATE entry SET meta = x'00', parts = x'00' WHERE position = 7", "entry 7"),
        ("UPDATE head SET checkpoint = replace(checkpoint, '52', '51')", "checkpoint"),
    ],
)
def test_a_store_that_was_changed_is_seen_without_its_keys(store: Path, statement: str, words: str) -> None:
    keys_of(store).unlink()
    damaged(store, statement)
    told = hervat("verify", "--tree", "--json", store=store)
    assert (told.status, words in told.document["difference"]) == (1, True), told


def test_a_node_of_before_there_were_names_is_rotated(tmp_path: Path) -> None:
    """A store and keys of the first version: its boxes have no names."""
    store = tmp_path / "hervat.db"
    for end in ("", ".key"):
        shutil.copyfile(ROOT / "tests" / "faults" / "data" / f"schema-1.db{end}", store.with_name(f"hervat.db{end}"))
    assert hervat("receive", "-", store=store).status == 0
    before = hervat("digest", store=store).out
    assert hervat("keys", "show", "--json", store=store).document["wrap"] == [{"name": "first", "made_at": None}]
    assert hervat("keys", "rotate", *WHO, store=store).status == 0
    assert len(hervat("keys", "show", "--json", store=store).document["wrap"][0]["name"]) == 16
    assert hervat("verify", "--json", store=store).document["ok"]
    assert hervat("digest", store=store).out == before


def test_nothing_is_rotated_where_nothing_is_sealed(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    assert hervat("keys", "rotate", *WHO, store=store).status == 2
    assert hervat("receive", "-", store=store).status == 0
    assert hervat("keys", "rotate", *WHO, store=store).status == 1
    assert hervat("keys", "rotate", "--by", " ", "--why", "x", store=store).status == 2
    assert len(NodeKeys.load(keys_of(store)).ring.wraps) == 1
