"""`hervat init` and `hervat doctor`: a node is begun, and what is wrong with one is found, named, and said what to do about."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from hervat.assemble import Node
from hervat.clock import SteppedClock
from hervat.doors.config import read_config
from hervat.doors.doctor import BAD, OK, WARNING, Finding, examine
from hervat.intake.partnering import Wish
from hervat.journal.keys import NodeKeys
from hervat.partner import PartnerKey
from tests.faults.processes import EXAMPLES, hervat, url
from tests.postgres import empty_store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
COURTS = "00000099000000003000"


def test_a_node_is_begun(tmp_path: Path) -> None:
    made = hervat("init", tmp_path / "node", "--origin", "example.org/north", "--json")
    assert (made.status, made.document["origin"]) == (0, "example.org/north")
    keys = tmp_path / "node" / "hervat.db.key"
    assert keys.stat().st_mode & 0o777 == 0o600
    config = read_config(tmp_path / "node" / "node.toml")
    assert (config.node.store, config.serve.port) == (url(tmp_path / "node" / "hervat.db"), 8025)
    assert hervat("receive", EXAMPLES, cwd=tmp_path / "node").status == 0
    assert hervat("checkpoint", cwd=tmp_path / "node").out.startswith("example.org/north\n52\n")


def test_everything_in_the_file_that_begins_a_node_holds_when_it_is_asked_for(tmp_path: Path) -> None:
    """What is written there behind a # is what holds without it."""
    hervat("init", tmp_path)
    path = tmp_path / "node.toml"
    as_it_is = read_config(path)
    path.write_text("".join(line.removeprefix("# ") if " = " in line else line for line in path.read_text().splitlines(True)))
    spelt_out = read_config(path)
    # The name under which partners reach a door is shown by an example, for there is none to begin with.
    door = replace(spelt_out.door, authority=None)
    assert (spelt_out.serve, door, spelt_out.node.store) == (as_it_is.serve, as_it_is.door, as_it_is.node.store)
    assert spelt_out.node.keys == str(tmp_path / "hervat.db.key")


@pytest.mark.parametrize("name", ["node.toml", "hervat.db.key", "hervat.db"])
def test_nothing_is_begun_over_anything(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("here already")
    told = hervat("init", tmp_path, "--json")
    assert (told.status, name in told.document["error"]) == (2, True)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["here already"]


def test_an_origin_that_is_none_makes_nothing(tmp_path: Path) -> None:
    assert hervat("init", tmp_path / "node", "--origin", "two words").status == 2
    assert not (tmp_path / "node").exists()


def found(store: Path | str, *, at: datetime = NOW) -> dict[str, Finding]:
    return {one.what: one for one in examine(url(store), SteppedClock(at))}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "hervat.db"
    with Node.opened(url(path), writer=True, clock=SteppedClock(NOW)) as node:
        node.receive(EXAMPLES.read_bytes().splitlines())
    return path


def test_a_node_that_is_well(store: Path) -> None:
    assert hervat("backup", store.with_name("kept"), store=store).status == 0
    assert hervat("keys", "backup", store.with_name("copy"), store=store).status == 0
    told = hervat("doctor", "--json", store=store)
    assert [set(one) for one in told.document] == [{"what", "found", "state", "do"}] * 16
    states = {one["what"]: one["state"] for one in told.document if one["what"] not in ("clock", "checkpoint")}
    assert set(states.values()) == {OK}, told.document
    assert hervat("doctor", store=store).out.count("\n") == 16


def readable_by_all(store: Path) -> None:
    store.with_name("hervat.db.key").chmod(0o644)


def other_keys(store: Path) -> None:
    store.with_name("hervat.db.key").unlink()
    NodeKeys.create().save(store.with_name("hervat.db.key"))


def no_keys(store: Path) -> None:
    store.with_name("hervat.db.key").unlink()


def no_store(store: Path) -> None:
    store.unlink()


def damaged(store: Path) -> None:
    store.write_bytes(b"\0" * 4096)


def a_gap(store: Path) -> None:
    """Of a source two numbers, and the one between them is missing."""
    line = json.loads(EXAMPLES.read_bytes().splitlines()[0])
    with Node.opened(url(store), writer=True, clock=SteppedClock(NOW)) as node:
        number = max(feed.highest for feed in node.store.feeds() if feed.name == line["source"]) + 2
        node.receive([json.dumps(line | {"id": f"after-a-gap-{number}", "sequence": str(number)}).encode()])


def a_conflict(store: Path) -> None:
    with Node.opened(url(store), writer=True, clock=SteppedClock(NOW)) as node:
        node.receive([EXAMPLES.read_bytes().splitlines()[0].replace(b"Karel", b"Carel")])


def a_key(until: timedelta, *, another: bool = False) -> Callable[[Path], None]:
    def change(store: Path) -> None:
        begin, public = NOW - timedelta(days=400), base64.b64encode(NodeKeys.create().public_key).decode()
        keys = [PartnerKey(id="one", algorithm="ed25519", public=public, valid_from=begin, valid_until=NOW + until)]
        if another:
            keys.append(PartnerKey(id="two", algorithm="ed25519", public=public, valid_from=begin))
        with Node.opened(url(store), writer=True, clock=SteppedClock(NOW)) as node:
            node.set_partner(COURTS, Wish(keys=tuple(keys)), by="a test", why="a new key")

    return change


def a_backup(age: timedelta, *, more: bool) -> Callable[[Path], None]:
    def change(store: Path) -> None:
        memory = store.with_name("hervat.db.backup")
        assert hervat("backup", store.with_name("kept"), store=store).status == 0
        said = json.loads(memory.read_bytes())
        memory.write_text(json.dumps(said | {"made_at": (NOW - age).isoformat().replace("+00:00", "Z")}))
        if more:
            a_conflict(store)

    return change


def a_copy(store: Path) -> None:
    assert hervat("keys", "backup", store.with_name("copy"), store=store).status == 0


def rotated(store: Path) -> None:
    assert hervat("keys", "rotate", "--by", "a test", "--why", "a year is over", store=store).status == 0


def rotated_after_a_copy(store: Path) -> None:
    a_copy(store)
    rotated(store)


def half_rotated(store: Path) -> None:
    keys = NodeKeys.load(store.with_name("hervat.db.key"))
    keys.renewed("2026-11-24T12:00:00Z").put(store.with_name("hervat.db.key"), keys)


def keys_made(moment: str) -> Callable[[Path], None]:
    def change(store: Path) -> None:
        path = store.with_name("hervat.db.key")
        said = json.loads(path.read_bytes())
        path.write_text(json.dumps(said | {"signing": [one | {"made_at": moment} for one in said["signing"]]}))

    return change


DAY = timedelta(days=1)
ILLS: dict[str, tuple[Callable[[Path], None], str, str, str]] = {
    "the keys file is readable by others": (readable_by_all, "keys", BAD, "readable by others"),
    "the keys are another node's": (other_keys, "keys", BAD, "does not open"),
    "there are no keys": (no_keys, "keys", BAD, "no keys file"),
    "there is no store": (no_store, "store", BAD, "not there yet"),
    "the store is none": (damaged, "store", BAD, "hervat.db"),
    "a number is missing": (a_gap, "gaps", OK, "for 0 days"),
    "two contents for one id": (a_conflict, "conflicts", WARNING, "1 conflicts"),
    "the only key of a partner ends soon": (a_key(9 * DAY), "partners", WARNING, "has no key from 2026-12-03"),
    "the only key of a partner has ended": (a_key(-9 * DAY), "partners", WARNING, "has no key since 2026-11-15"),
    "another key stays": (a_key(-9 * DAY, another=True), "partners", OK, "nobody"),
    "the key stays for long": (a_key(99 * DAY), "partners", OK, "nobody"),
    "no copy of the keys": (lambda store: None, "copy", WARNING, "no copy of the keys"),
    "a copy of the keys": (a_copy, "copy", OK, "days ago"),
    "keys rotated since they were copied": (rotated_after_a_copy, "copy", BAD, "opens nothing"),
    "keys that were rotated": (rotated, "rotation", OK, "rotated at position 53"),
    "keys of three years": (keys_made("2023-11-24T12:00:00Z"), "rotation", WARNING, "made, 1096 days ago"),
    "keys of no known age": (keys_made(""), "rotation", OK, "nobody wrote down"),
    "a rotation broken off": (half_rotated, "rotation", BAD, "begun and not done"),
    "no backup": (lambda store: None, "backup", WARNING, "none was made"),
    "an old backup, and nothing came since": (a_backup(30 * DAY, more=False), "backup", OK, "0 came since"),
    "a backup of two days, and something came": (a_backup(2 * DAY, more=True), "backup", WARNING, "2 days old"),
    "a backup of a month, and something came": (a_backup(30 * DAY, more=True), "backup", BAD, "30 days old"),
}


@pytest.mark.parametrize("ill", ILLS)
def test_what_ails_a_node(store: Path, ill: str) -> None:
    change, what, state, words = ILLS[ill]
    change(store)
    finding = found(store)[what]
    assert (finding.state, words in finding.found) == (state, True), finding
    assert bool(finding.do) == (state != OK)
    told = hervat("doctor", "--json", store=store)
    assert "Traceback" not in told.err
    assert told.status == int(any(one["state"] == BAD for one in told.document))


def test_what_the_hours_do(store: Path) -> None:
    """The journal ahead of the clock; what is held, missing and silent for long."""
    a_gap(store)
    assert found(store, at=NOW - timedelta(hours=1))["clock"].state == BAD
    assert found(store, at=NOW - timedelta(seconds=30))["clock"].state == WARNING
    later = found(store, at=NOW + 9 * DAY)
    assert [later[what].state for what in ("clock", "held", "gaps", "checkpoint")] == [OK, OK, WARNING, WARNING]
    assert "for 9 days" in later["gaps"].found


def test_what_is_held_for_long(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    with Node.opened(url(store), writer=True, clock=SteppedClock(NOW)) as node:
        node.receive([line for line in EXAMPLES.read_bytes().splitlines() if b"person-registered" not in line])
    assert (found(store)["held"].state, found(store, at=NOW + 9 * DAY)["held"].state) == (OK, WARNING)
    assert "needs, for 9 days" in found(store, at=NOW + 9 * DAY)["held"].found


class Jumping(SteppedClock):
    """A wall clock that is set while somebody looks at it: a second of patience, an hour of hands."""

    def now(self) -> datetime:
        moment = super().now()
        self.set(moment + timedelta(hours=1))
        return moment


def test_a_clock_that_is_set_meanwhile(store: Path) -> None:
    findings = {one.what: one for one in examine(url(store), Jumping(NOW))}
    assert (findings["clock"].state, "set by 3600 seconds" in findings["clock"].found) == (BAD, True)


@pytest.mark.postgres
def test_a_server_that_acknowledges_what_it_may_lose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of these tests syncs nothing."""
    monkeypatch.setenv("HERVAT_KEYS", str(tmp_path / "node.key"))
    with empty_store() as store:
        with Node.opened(store, writer=True, clock=SteppedClock(NOW)) as node:
            node.receive(EXAMPLES.read_bytes().splitlines())
        engine = found(store)["engine"]
    assert (engine.state, engine.found.startswith("PostgreSQL ")) == (BAD, True)
    assert "fsync and full_page_writes off" in engine.do
