"""Erased is gone from the files: nothing of it is found there by whoever reads every byte, whenever the erasing was broken off."""

import hashlib
import json
import random
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rfc8785

from hervat.assemble import Node
from hervat.clock import SystemClock
from hervat.errors import HervatError
from hervat.intake.erasing import Families
from hervat.journal.entry import MESSAGE, Opened, Part, commitment, open_entry
from tests.faults.processes import EXAMPLES, PATIENCE, command, copy_store, environment, examine, hervat, lines_of, url

WHO = ("--ground", "a term is over", "--by", "a test")
parts_of = msgspec.msgpack.Decoder(tuple[Part, ...]).decode


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a world in it, received in small batches, so that pages were split and moved often."""
    path = tmp_path_factory.mktemp("sound") / "hervat.db"
    with Node.opened(url(path), writer=True) as node:
        node.receive(lines_of(5, 0.008), batch=50)
    return path


def files_of(store: Path) -> bytes:
    """Every byte of the store's files but its keys, and who wrote last."""
    return b"".join(path.read_bytes() for path in sorted(store.parent.iterdir()) if path.suffix not in (".key", ".lock"))


def values_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from values_in(one)
    elif isinstance(value, str) and len(value.encode()) >= 6:
        yield value


def open_of(opened: Opened, erased: bool) -> str:
    """What stands open of a message by design: who sent it, of what kind and when it came; of one that stays, when it was made, and
    what it declares.
    """
    document = json.loads(opened.payload)
    declared = [opened.payload.decode()] if opened.meta.kind in ("watermark", "stock-declared") else []
    made = [] if erased else [document["time"], *declared]
    return "\n".join([document["id"], document["source"], document["type"], opened.meta.received_at, *made])


def test_of_a_thousand_erased_messages_no_byte_is_left(sound: Path, tmp_path: Path) -> None:
    path = copy_store(sound, tmp_path / "store" / "hervat.db")
    with Node.opened(url(path)) as node:
        before = {entry.position: entry for entry in node.store.entries(1, node.position)}
        opened = {position: open_entry(node.keys, entry) for position, entry in before.items()}
    with Node.opened(url(path), writer=True) as node:
        drawn = random.Random(5).sample(range(1, node.position + 1), min(1300, node.position))
        struck, _ = Families(node.store, node.keys).chosen(set(drawn), set(), set())
        node.inbox().erase(struck, by="a test", ground="a term is over")
        gone = {one.position for one in struck}
        assert node.scrub()["scrubbed"] == "done"
    assert len(gone) >= 1000
    content = files_of(path)
    stays = "\n".join(open_of(one, position in gone) for position, one in opened.items())
    for position in gone:
        sealed = [part.sealed for part in parts_of(before[position].parts)]
        assert not [one for one in [*sealed, before[position].box] if one in content]
        document = json.loads(opened[position].payload)
        assert not [value for value in values_in(document) if value not in stays and value.encode() in content]
    examine(path)


def test_nothing_that_is_stored_can_be_had_from_a_guess(sound: Path, tmp_path: Path) -> None:
    """Whoever has all files, and knows all of a message but whether what they think of one field is so, learns nothing without the keys."""
    path = copy_store(sound, tmp_path / "store" / "hervat.db")
    with Node.opened(url(path), writer=True) as node:
        opened = {entry.position: open_entry(node.keys, entry) for entry in node.store.entries(1, 60)}
        gone = {one["position"] for position in opened for one in _erased(node, position)}
    content = files_of(path)
    assert gone
    for position in gone & opened.keys():
        one = opened[position]
        whole = rfc8785.dumps(json.loads(one.payload))
        guesses = [one.payload, whole, *(segment.content or b"" for segment in one.segments)]
        keys = [value.encode() for value in values_in(json.loads(one.payload)["data"])]
        keys.append(f"message:{one.meta.source}/{one.meta.id}".encode())
        keys += [prefix + value for value in keys for prefix in (b"person:", b"case:", b"judgment:", b"order:")]
        for guess in [*guesses, *keys]:
            for digest in (hashlib.sha256, hashlib.sha512, hashlib.blake2b, lambda data: hashlib.blake2b(data, digest_size=16)):
                assert digest(guess).digest()[:16] not in content
                assert digest(guess).hexdigest()[:32].encode() not in content
        for segment in one.segments:
            assert commitment(segment.name, b"", segment.content or b"") not in content
            assert commitment(segment.name, bytes(16), segment.content or b"") not in content
        with Node.opened(url(path)) as node:
            stored = {part.commitment for part in parts_of(node.store.entries_at([position])[position].parts)}
        assert stored == {segment.commitment for segment in one.segments}


def _erased(node: Node, position: int) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = node.erase_message(position, None, by="a test", ground="a term is over")["erased"]
    except HervatError:
        return []
    return found


def position_of(store: Path, kind: str) -> int:
    with Node.opened(url(store)) as node:
        rows = node.store.rows_at(range(1, node.position + 1))
        return next(position for position, row in sorted(rows.items()) if row.kind == kind and not row.erased)


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "hervat.db"
    with Node.opened(url(path), writer=True) as node:
        node.receive(EXAMPLES.read_bytes().splitlines())
    return path


def test_a_reader_hinders_it_and_the_command_for_that_finishes_it(story: Path) -> None:
    position = str(position_of(story, "case-registered"))
    with closing(sqlite3.connect(story, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entry").fetchone()
        told = hervat("erase", "--position", position, "--part", "charge:1", *WHO, "--json", store=story)
        assert (told.status, told.document["scrubbed"]) == (1, "pending")
        again = hervat("erase", "--pending", "--json", store=story)
        assert (again.status, again.document["since"]) == (1, told.document["since"])
        assert again.document["pending"] == [told.document["position"]]
        assert again.document["pending_seconds"] >= told.document["pending_seconds"] >= 0
        doctor = hervat("doctor", store=story)
        assert f"on {told.document['since']}, " in doctor.out
        assert "ago, may still lie in the files" in doctor.out
    done = hervat("erase", "--pending", "--json", store=story).document
    assert (done["scrubbed"], done["pending"], done["since"]) == ("done", [], None)
    assert "nothing erased is left" in hervat("doctor", store=story).out
    again = hervat("erase", "--position", position, "--part", "charge:1", *WHO, "--json", store=story)
    assert (again.status, "nothing is left to erase" in again.document["error"]) == (1, True)
    examine(story)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("--person", "A", "--position", "1", *WHO), 2),
        ((), 2),
        (("--position", "1"), 2),
        (("--position", "1", "--part", "head", *WHO), 2),
        (("--part", "charge:1", *WHO), 2),
        (("--position", "1", "--part", "charge:9", *WHO), 1),
        (("--position", "4711", *WHO), 1),
        (("--person", "nobody", *WHO), 1),
    ],
)
def test_what_cannot_be_erased_is_told(story: Path, arguments: tuple[str, ...], status: int) -> None:
    before = files_of(story)
    told = hervat("erase", *arguments, "--json", store=story)
    assert (told.status, told.document["status"]) == (status, status)
    assert files_of(story) == before


def test_a_message_in_quarantine_and_a_dismissal_that_hides_are_not_erased(tmp_path: Path) -> None:
    path = tmp_path / "hervat.db"
    lines = EXAMPLES.read_bytes().splitlines()
    source = json.loads(lines[0])["source"]
    hervat("ceiling", source, "--hold", "--by", "a test", "--why", "a search", store=path)
    hervat("receive", "-", store=path, stdin=b"\n".join(lines))
    told = hervat("erase", "--position", "2", *WHO, "--json", store=path)
    assert (told.status, "raise the ceiling first" in told.document["error"]) == (1, True)


def test_all_of_a_person_goes_and_nobody_elses(story: Path) -> None:
    skn = json.loads(EXAMPLES.read_bytes().splitlines()[0])["data"]["skn"]
    told = hervat("erase", "--person", skn, *WHO, "--json", store=story)
    assert told.status == 0
    assert "BSN" in told.document["not_linked"]
    assert hervat("person", skn, "--json", store=story).status == 1
    act = told.document["position"]
    with Node.opened(url(story)) as node:
        (opened,) = [open_entry(node.keys, entry) for entry in node.store.entries(act, act)]
        assert skn.encode() not in opened.payload
        left = [open_entry(node.keys, entry) for entry in node.store.entries(1, act - 1)]
    named = [one.meta.position for one in left if one.meta.sort == MESSAGE and one.left and f'"{skn}"'.encode() in one.left]
    assert set(named) <= {one["position"] for one in told.document["left"]}
    examine(story)


def test_killed_at_any_moment_it_was_erased_or_it_was_not(sound: Path, tmp_path: Path) -> None:
    rng = random.Random(7)
    position = position_of(sound, "case-registered")
    clock = SystemClock()
    begun = clock.now()
    assert hervat("erase", "--position", str(position), *WHO, store=copy_store(sound, tmp_path / "whole" / "hervat.db")).status == 0
    whole = (clock.now() - begun).total_seconds()
    for turn in range(12):
        path = copy_store(sound, tmp_path / str(turn) / "hervat.db")
        given = command("erase", "--position", str(position), *WHO, "--store", url(path))
        with subprocess.Popen(given, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                process.wait(whole * (0.4 + rng.random() * 0.6))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
        with Node.opened(url(path)) as node:
            erased, pending = node.store.rows_at([position])[position].erased, node.not_scrubbed()
            assert pending is None or (erased and pending.positions == [node.position])
        assert hervat("erase", "--pending", store=path).status == 0
        with Node.opened(url(path)) as node:
            assert not node.not_scrubbed()
        examine(path)
