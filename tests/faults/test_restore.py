"""Backups that were damaged in any place, are of another node, or of another time than a witness saw; and places that are taken."""

import hashlib
import shutil
import subprocess
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.clock import SystemClock
from hervat.errors import HervatError
from hervat.journal.keys import NodeKeys
from hervat.stores.backup import Backup, Manifest, back_up, manifest_of
from hervat.stores.opening import place_of
from tests.faults.processes import EXAMPLES, PATIENCE, command, environment, hervat, url, write_lines
from tests.faults.restored import restored, tangled
from tests.postgres import server


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup with its manifest, the keys file of its node and the store it is of."""
    folder = tmp_path_factory.mktemp("kept")
    with Node.opened(url(folder / "hervat.db"), writer=True, keys=folder / "node.key") as node:
        node.receive(tangled())
    back_up(place_of(url(folder / "hervat.db")), folder / "kept", SystemClock())
    return folder


def digest_with(store: Path, keys: Path) -> object:
    with Node.opened(url(store), keys=keys) as node:
        return node.digest(), node.checkpoint(), list(node.held())


@given(data=st.data())
def test_a_backup_damaged_anywhere_is_refused_and_nothing_is_made(kept: Path, data: st.DataObject) -> None:
    content = bytearray((kept / "kept").read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[at] ^= data.draw(st.integers(1, 255))
    else:
        del content[at:]
    with TemporaryDirectory() as named:
        folder = Path(named)
        (folder / "kept").write_bytes(content)
        shutil.copyfile(manifest_of(kept / "kept"), folder / "kept.json")
        with pytest.raises(HervatError, match="nothing was restored"):
            restored(folder / "kept", url(folder / "new" / "hervat.db"), kept / "node.key")
        assert not (folder / "new").exists()


@given(data=st.data())
def test_damage_that_the_manifest_agrees_with_is_refused_or_without_consequence(kept: Path, data: st.DataObject) -> None:
    """Whoever damages the file and makes a new manifest of it changes nothing of the journal: its checkpoint is signed."""
    content = bytearray((kept / "kept").read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    manifest = msgspec.json.decode(manifest_of(kept / "kept").read_bytes(), type=Manifest)
    with TemporaryDirectory() as named:
        folder = Path(named)
        (folder / "kept").write_bytes(content)
        changed = msgspec.structs.replace(manifest, sha256=hashlib.sha256(content).hexdigest())
        (folder / "kept.json").write_bytes(msgspec.json.encode(changed))
        store = folder / "new" / "hervat.db"
        try:
            restored(folder / "kept", url(store), kept / "node.key")
        except HervatError:
            assert sorted(path.name for path in (folder / "new").glob("*")) in ([], ["hervat.db.restoring.lock"])
        else:
            assert digest_with(store, kept / "node.key") == digest_with(kept / "hervat.db", kept / "node.key")


def refused(kept: Path, folder: Path, status: int, words: str, **more: str) -> None:
    told = hervat("restore", kept / "kept", "--json", store=folder / "other.db", **({"HERVAT_KEYS": str(kept / "node.key")} | more))
    assert (told.status, told.document["status"]) == (status, status), told
    assert words in told.document["error"]
    assert not (folder / "other.db").exists()


def test_the_keys_of_another_node_or_none_are_refused(kept: Path, tmp_path: Path) -> None:
    NodeKeys.create().save(tmp_path / "foreign.key")
    NodeKeys.create(NodeKeys.load(kept / "node.key").origin).save(tmp_path / "namesake.key")
    refused(kept, tmp_path, 3, "put the right one there", HERVAT_KEYS=str(tmp_path / "foreign.key"))
    refused(kept, tmp_path, 1, "is not signed with the key", HERVAT_KEYS=str(tmp_path / "namesake.key"))
    refused(kept, tmp_path, 3, "a backup has no keys in it", HERVAT_KEYS=str(tmp_path / "none.key"))


def test_what_is_no_backup_is_refused(kept: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(kept, folder)
    (folder / "kept.json").write_text('{"hervat_backup": 1}')
    refused(folder, tmp_path, 1, "is no manifest")
    (folder / "kept.json").unlink()
    refused(folder, tmp_path, 2, "kept.json")
    manifest = msgspec.json.decode(manifest_of(kept / "kept").read_bytes(), type=Manifest)
    for name, value, words in (("hervat_backup", 2, "use a newer hervat"), ("checkpoint", "other\n", "line"), ("origin", "other", "keys")):
        (folder / "kept.json").write_bytes(msgspec.json.encode(msgspec.structs.replace(manifest, **{name: value})))
        told = hervat("restore", folder / "kept", store=tmp_path / "other.db", HERVAT_KEYS=str(kept / "node.key"))
        assert told.status in (1, 2, 3)
        assert words in told.err
    for name, value in (("size", manifest.size - 1), ("size", manifest.size + 9), ("size", 10**30), ("root", "0" * 64)):
        (folder / "kept.json").write_bytes(msgspec.json.encode(msgspec.structs.replace(manifest, **{name: value})))
        with pytest.raises(HervatError, match="than the checkpoint in it"):
            restored(folder / "kept", url(tmp_path / "other.db"), kept / "node.key")
    assert not (tmp_path / "other.db").exists()


def test_nothing_is_written_over(kept: Path, tmp_path: Path) -> None:
    store, keys = tmp_path / "hervat.db", {"HERVAT_KEYS": str(kept / "node.key")}
    assert hervat("restore", kept / "kept", store=store, **keys).status == 0
    told = hervat("restore", kept / "kept", "--json", store=store, **keys)
    assert (told.status, "nothing is ever restored over a store" in told.document["error"]) == (2, True)
    before = (kept / "kept").read_bytes()
    assert hervat("backup", kept / "kept", store=store, **keys).status == 2
    assert (kept / "kept").read_bytes() == before
    assert hervat("backup", tmp_path / "none", store=tmp_path / "nowhere.db", **keys).status == 2
    assert hervat("receive", "-", store=tmp_path / "empty.db", stdin=b"").status == 0
    assert hervat("backup", tmp_path / "none", store=tmp_path / "empty.db").status == 1
    assert not list(tmp_path.glob("none*"))
    assert hervat("restore", kept / "kept", store=tmp_path / "empty.db", **keys).status == 0
    assert examine_with(tmp_path / "empty.db", kept / "node.key") == 49


def test_the_log_of_a_store_that_is_gone_is_not_read_as_that_of_the_restored(kept: Path, tmp_path: Path) -> None:
    log = tmp_path / "other.db-wal"
    log.write_bytes(b"left behind")
    refused(kept, tmp_path, 2, "is left of another store")
    assert log.read_bytes() == b"left behind"


def on_a_small_disk(blocks: int, *arguments: str | Path, keys: Path) -> subprocess.CompletedProcess[bytes]:
    """A command that may write no file larger than so many KiB."""
    given = ["bash", "-c", f'ulimit -f {blocks}; exec "$@"', "bash", *command(*arguments)]
    return subprocess.run(given, capture_output=True, env=environment(HERVAT_KEYS=str(keys)), timeout=PATIENCE, check=False)


@pytest.mark.parametrize("blocks", [8, 60, 140])
def test_on_a_full_disk_nothing_is_made(kept: Path, tmp_path: Path, blocks: int) -> None:
    keys = kept / "node.key"
    to_file = ("backup", tmp_path / "copy", "--store", url(kept / "hervat.db"))
    to_store = ("restore", kept / "kept", "--store", url(tmp_path / "a.db"))
    for asked in to_file, to_store:
        ended = on_a_small_disk(blocks, *asked, keys=keys)
        assert (ended.returncode, b"Traceback" in ended.stderr) == (3, False), ended.stderr
        assert not [path for path in tmp_path.iterdir() if not path.name.endswith(".lock")]


def examine_with(store: Path, keys: Path) -> int:
    with Node.opened(url(store), keys=keys) as node:
        assert node.verify().ok
        return node.position


def test_a_witness_tells_what_is_missing_and_what_was_rewritten(kept: Path, tmp_path: Path) -> None:
    """Seen before, at, and after the backup; and by somebody to whom the node showed another journal."""
    keys = {"HERVAT_KEYS": str(kept / "node.key")}
    notes: dict[str, Path] = {}
    with closing(Backup(kept / "kept")) as journal:
        entries = list(journal.entries())
    assert len(entries) == 49
    with Node.opened(url(tmp_path / "later.db"), writer=True, keys=kept / "node.key") as node:
        restored(kept / "kept", url(tmp_path / "same.db"), kept / "node.key")
        node.receive(EXAMPLES.read_bytes().splitlines()[:4])
        notes["rewritten"] = write_lines(tmp_path / "rewritten", [])
        notes["rewritten"].write_text(node.checkpoint())
    with Node.opened(url(tmp_path / "same.db"), writer=True, keys=kept / "node.key") as node:
        notes["equal"] = tmp_path / "equal"
        notes["equal"].write_text(node.checkpoint())
        node.receive(EXAMPLES.read_bytes().splitlines())
        notes["missing"] = tmp_path / "missing"
        notes["missing"].write_text(node.checkpoint())
        later = node.position
    both = ("--witness", notes["equal"], "--witness", notes["missing"])
    told = hervat("restore", kept / "kept", *both, "--verify", "--json", store=tmp_path / "one.db", **keys)
    assert told.status == 0
    assert told.document["witnesses"] == [
        {"size": 49, "outcome": "equal", "missing": None},
        {"size": later, "outcome": "missing", "missing": {"first": 50, "last": later}},
    ]
    told = hervat("restore", kept / "kept", *both, store=tmp_path / "two.db", **keys)
    assert f"entries 50 to {later} are missing: the witness saw {later}" in told.out
    told = hervat("restore", kept / "kept", "--witness", notes["rewritten"], "--json", store=tmp_path / "no.db", **keys)
    assert (told.status, "the journal was rewritten" in told.document["error"]) == (1, True)
    assert not (tmp_path / "no.db").exists()
    assert hervat("restore", kept / "kept", "--witness", EXAMPLES, store=tmp_path / "no.db", **keys).status == 2
    # Of the later store the earlier checkpoint is a beginning.
    assert hervat("backup", tmp_path / "later", store=tmp_path / "same.db", **keys).status == 0
    told = hervat("restore", tmp_path / "later", "--witness", notes["equal"], "--json", store=tmp_path / "three.db", **keys)
    assert told.document["witnesses"] == [{"size": 49, "outcome": "begins with it", "missing": None}]


@pytest.mark.postgres
def test_where_the_keys_of_a_server_are_looked_for_before_there_is_a_store(kept: Path, tmp_path: Path) -> None:
    store = server().store()
    told = hervat("restore", kept / "kept", "--json", store=store, cwd=tmp_path)
    assert told.status == 3
    name = str(place_of(store).keys_beside)
    assert name in told.document["error"]
    assert not place_of(store).is_there()
    shutil.copyfile(kept / "node.key", tmp_path / name)
    assert hervat("restore", kept / "kept", "--verify", store=store, cwd=tmp_path).status == 0
    assert hervat("backup", tmp_path / "again", store=store, cwd=tmp_path).status == 0
    assert (tmp_path / f"{name}.backup").exists()
