"""Acts that are handed over when things go wrong: done once or not at all, whoever is killed, and nothing of a key after its revocation."""

import json
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hervat.assemble import Node
from hervat.doors.acts.governing import PartnerRemoval
from hervat.doors.acts.line import Done, NotDone, asking, read_answer
from hervat.intake.partnering import PARTNER_SET, PartnerSet, Wish, read_act
from hervat.journal.entry import open_entry, read_meta
from hervat.stores.opening import place_of
from tests.faults.processes import Ended, command, environment, examine, hervat, url
from tests.journey.door import COURTS, MATCHING, OM, Door, Signer, case, opened, served
from tests.postgres import Server

PROSECUTOR, STOLEN, MATCHER, COURT = Signer(OM), Signer(OM, "stolen"), Signer(MATCHING), Signer(COURTS)
BY = ("--by", "duty officer", "--why", "stolen")


class Streaming:
    """Partners that send one batch after the other, each from a source of its own, until they are told otherwise or the door is gone."""

    def __init__(self, door: Door, *senders: tuple[Signer, str]) -> None:
        self._door, self._senders = door, senders
        self._stopping = threading.Event()
        self.given: list[dict[str, Any]] = []
        self.last: dict[str, Any] = {}

    def __enter__(self) -> "Streaming":
        self._threads = [threading.Thread(target=self._run, args=sender) for sender in self._senders]
        for thread in self._threads:
            thread.start()
        self.wait(200)
        return self

    def wait(self, more: int) -> None:
        """Until so many more messages have been taken."""
        enough, until = len(self.given) + more, time.monotonic() + 60
        while len(self.given) < enough:
            assert time.monotonic() < until, f"it takes nothing: {self.last}"
            time.sleep(0.01)

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _run(self, signer: Signer, name: str) -> None:
        for first in range(1, 1_000_000, 40):
            if self._stopping.is_set():
                return
            try:
                answer = self._door.send(signer, [case(number, name=name, oin=signer.oin) for number in range(first, first + 40)])
            except httpx.HTTPError:
                return
            if answer.status_code != 202:
                self.last[name] = (answer.status_code, answer.json()["code"])
                return
            self.given += [kept["receipt"] for kept in answer.json()["receipts"]]


def named(store: Path) -> list[str]:
    """The names that acts gave to the prosecution, in the order of the journal."""
    with Node.opened(url(store)) as node:
        entries = node.store.entries_at(node.store.acts(PARTNER_SET, node.position))
        acts = [read_act(open_entry(node.keys, entries[position])) for position in sorted(entries)]
        return [act.name for act in acts if isinstance(act, PartnerSet) and act.name.startswith("name ")]


def test_nothing_of_a_stolen_key_is_taken_after_its_revocation_and_all_else_goes_on(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    thieves = [(STOLEN, f"stolen-{number}") for number in range(3)]
    others = [(PROSECUTOR, "own"), (MATCHER, "skdb")]
    with opened(store, PROSECUTOR, STOLEN, MATCHER) as door, Streaming(door, *thieves, *others) as streaming:
        revoked = hervat("partner", "set", OM, "--revoke-key", "stolen", *BY, "--json", store=store)
        assert revoked.status == 0, revoked.err
        after = door.send(STOLEN, [case(1, name="after")])
        assert (after.status_code, after.json()["code"]) == (401, "key-revoked")
        assert door.send(PROSECUTOR, [case(1, name="after")]).status_code == 202
        before = len(streaming.given)
        until = time.monotonic() + 60
        while len(streaming.given) < before + 200:
            assert time.monotonic() < until, f"it takes nothing more: {streaming.last}"
            time.sleep(0.01)
    assert streaming.last == {name: (401, "key-revoked") for _, name in thieves}
    examine(store, streaming.given)
    act = revoked.document["position"]
    with Node.opened(url(store)) as node:
        metas = [read_meta(entry) for entry in node.store.entries(1, node.position)]
    of_thieves = [meta.position for meta in metas if ":systeem:stolen-" in (meta.source or "")]
    assert of_thieves and max(of_thieves) < act < len(metas)


def test_whatever_streams_in_is_judged_by_the_roles_at_its_position(tmp_path: Path) -> None:
    """Folded again, each message has the state that it got when it came, though it was prepared before the act that it came after."""
    store = tmp_path / "hervat.db"
    senders = [(PROSECUTOR, f"om-{number}") for number in range(3)] + [(COURT, "rechtspraak")]
    with opened(store, PROSECUTOR, COURT) as door, Streaming(door, *senders) as streaming:
        for role in ("--no-roles", "--role=prosecution", "--no-roles", "--role=prosecution"):
            assert hervat("partner", "set", OM, role, *BY, store=store).status == 0
            # So long that of every source some came in between.
            streaming.wait(400)
    examine(store, streaming.given)
    with Node.opened(url(store)) as node:
        (one,) = [row for row in node.horizon() if row["source"].endswith(":om-0")]
    assert one["refused"] and one["held"]


# Where tests run in the background Ctrl-C is ignored, and whoever is begun there would ignore it too.
_HEARS_CTRL_C = "\n".join(
    (
        "import signal",
        "signal.signal(signal.SIGINT, signal.default_int_handler)",
        "from hervat.doors.cli import main",
        "raise SystemExit(main())",
    )
)


def handed(store: Path, name: str) -> "subprocess.Popen[bytes]":
    """A command that is on its way to hand over an act."""
    given = ["partner", "set", OM, "--name", name, *BY, "--store", url(store)]
    whole = [sys.executable, "-c", _HEARS_CTRL_C, *given]
    return subprocess.Popen(whole, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())


def test_a_server_that_is_killed_did_an_act_or_did_not_and_the_next_command_needs_none(tmp_path: Path) -> None:
    store, chance = tmp_path / "hervat.db", random.Random(7)
    ended = dict[str, int]()
    for turn in range(4):
        signers = () if turn else (PROSECUTOR, MATCHER)
        with opened(store, *signers) as door, Streaming(door, (MATCHER, f"skdb-{turn}")) as streaming:
            commands = {f"name {turn}.{number}": handed(store, f"name {turn}.{number}") for number in range(4)}
            time.sleep(0.2 + chance.random() * 0.6)
            door.process.kill()
            for name, process in commands.items():
                _, said = process.communicate(timeout=60)
                ended[name] = process.returncode
                assert process.returncode in (0, 3), said
                assert b"Traceback" not in said
        examine(store, streaming.given)
        assert (tmp_path / "hervat.db.acts").is_socket()
        direct = hervat("partner", "set", OM, "--name", f"name {turn} direct", *BY, store=store)
        assert direct.status == 0, direct.err
    found = named(store)
    assert len(found) == len(set(found))
    assert {name for name, status in ended.items() if status == 0} <= set(found)


@pytest.mark.parametrize("with_signal", [signal.SIGKILL, signal.SIGINT], ids=lambda one: one.name)
def test_a_command_that_is_ended_did_its_act_once_or_not_and_the_door_goes_on(tmp_path: Path, with_signal: signal.Signals) -> None:
    store, chance = tmp_path / "hervat.db", random.Random(int(with_signal))
    with opened(store, PROSECUTOR, MATCHER) as door, Streaming(door, (MATCHER, "skdb")) as streaming:
        for number in range(8):
            process = handed(store, f"name {number}")
            time.sleep(0.2 + chance.random() * 0.4)
            process.send_signal(with_signal)
            process.communicate(timeout=60)
        assert hervat("partner", "set", OM, "--name", "name last", *BY, store=store).status == 0
        assert streaming.last == {}
        streaming.__exit__()
        assert door.stop() == (0, "")
    found = named(store)
    assert len(found) == len(set(found)) and found[-1] == "name last"
    examine(store, streaming.given)


def test_a_command_that_waits_for_a_server_that_stands_still_can_be_ended(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    with opened(store, PROSECUTOR) as door:
        door.process.send_signal(signal.SIGSTOP)
        try:
            process = handed(store, "name 1")
            time.sleep(1)
            assert process.poll() is None
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
        finally:
            door.process.send_signal(signal.SIGCONT)
        assert process.returncode == 130 and b"run the same command again" in said
        assert hervat("partner", "set", OM, "--name", "name 2", *BY, store=store).status == 0
    found = named(store)
    assert found[-1] == "name 2" and len(found) <= 2


def test_a_holder_that_takes_no_acts_is_told_and_who_was_killed_before_it_does_not_count(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    with opened(store, PROSECUTOR) as door:
        door.process.kill()
        door.process.wait()
    receive = subprocess.Popen(command("receive", "-", "--store", url(store)), stdin=subprocess.PIPE, env=environment())
    try:
        until = time.monotonic() + 60
        while (tmp_path / "hervat.db.lock").read_text().strip() != str(receive.pid):
            assert time.monotonic() < until
            time.sleep(0.01)
        told = hervat("partner", "set", OM, "--name", "name 1", *BY, "--json", store=store)
        assert told.status == 3
        assert f"{store} is being written by process {receive.pid}; wait until it has ended" in told.document["error"]
        assert f"Nobody takes acts at {store}.acts" in told.document["error"]
    finally:
        receive.communicate(timeout=60)
    with opened(store):
        assert hervat("partner", "set", OM, "--name", "name 2", *BY, store=store).status == 0
    assert not (tmp_path / "hervat.db.acts").exists()


def test_two_stores_are_never_taken_for_each_other(tmp_path: Path) -> None:
    one, other = tmp_path / "one" / "hervat.db", tmp_path / "other" / "hervat.db"
    with opened(one, PROSECUTOR), opened(other, PROSECUTOR):
        sizes = [place_of(url(store)).open(writer=False).last_position() for store in (one, other)]
        wrong = {"HERVAT_SOCKET": f"{other}.acts"}
        told = hervat("partner", "set", OM, "--name", "name 1", *BY, "--json", store=one, **wrong)
        assert told.status == 3 and "writes to another store, and did nothing" in told.document["error"]
        assert [place_of(url(store)).open(writer=False).last_position() for store in (one, other)] == sizes
        link = tmp_path / "link.db"
        link.symlink_to(one)
        named_otherwise = hervat("partner", "set", OM, "--name", "name 1", *BY, "--json", store=link, HERVAT_KEYS=f"{one}.key")
        assert named_otherwise.document == {"position": sizes[0] + 1}
        third = hervat("serve", "--config", tmp_path / "one" / "node.toml", HERVAT_STORE=url(other))
        assert third.status == 3
    assert (named(one), named(other)) == (["name 1"], [])


def test_a_socket_has_one_node_a_path_that_does_and_a_directory_of_its_own(tmp_path: Path) -> None:
    first, second = tmp_path / "first" / "hervat.db", tmp_path / "second" / "hervat.db"

    def refused(**more: str) -> str:
        """What is said by a door that cannot be opened."""
        second.parent.mkdir(exist_ok=True)
        config = second.with_name("node.toml")
        config.write_text("[serve]\nport = 0\n")
        ended = hervat("serve", "--config", config, "--json", **more)
        assert ended.status == 3
        return str(ended.document["error"])

    with opened(first, PROSECUTOR):
        assert "is the socket of another node that serves" in refused(HERVAT_SOCKET=f"{first}.acts")
        assert hervat("partner", "set", OM, "--name", "name 1", *BY, store=first).status == 0
    assert "and is no socket" in refused(HERVAT_SOCKET=str(first))
    assert first.stat().st_size
    assert "bytes and the path of a socket at most" in refused(HERVAT_SOCKET=str(tmp_path / ("x" * 120)))
    assert "No such file" in refused(HERVAT_SOCKET=str(tmp_path / "none" / "acts"))
    wide = tmp_path / "wide"
    wide.mkdir()
    wide.chmod(0o777)
    assert "may be written by everybody" in refused(HERVAT_SOCKET=str(wide / "acts"))
    deep = tmp_path.joinpath(*["d" * 50] * 3) / "hervat.db"
    with opened(deep, PROSECUTOR):
        assert hervat("partner", "set", OM, "--name", "name 1", *BY, store=deep).status == 0
    assert named(deep) == ["name 1"]


@pytest.mark.postgres
def test_a_server_that_was_killed_and_came_back_does_not_bring_a_revoked_key_back(tmp_path: Path) -> None:
    """The place is lost with the connection, so the act is done by the command itself, and the node that serves learns of it."""
    config = tmp_path / "node.toml"
    with closing(Server()) as server:
        store, keys = server.store(), {"HERVAT_KEYS": str(tmp_path / "keys")}
        config.write_text(f'[node]\nstore = "{store}"\n[serve]\nport = 0\n[screening]\ndaily = false\n', encoding="utf-8")
        with Node.opened(store, writer=True, keys=tmp_path / "keys") as node:
            for signer in (PROSECUTOR, STOLEN):
                node.set_partner(OM, Wish(keys=(signer.public(),)), by="a test", why="to let it in")

        def act(*wish: str) -> Ended:
            return hervat("partner", "set", OM, *wish, *BY, "--json", store=store, cwd=tmp_path, **keys)

        with served(config, store, **keys) as door:
            assert door.send(STOLEN, [case(1)]).status_code == 202
            server.kill()
            assert act("--revoke-key", "stolen").status == 3
            server.start()
            assert act("--revoke-key", "stolen").document == {"position": 4}
            assert door.get(STOLEN, "/watermarks").status_code == 401
            answers = [door.send(STOLEN, [case(2)]).status_code for _ in range(2)]
            assert set(answers) <= {401, 503} and answers[-1] == 401
            assert door.send(PROSECUTOR, [case(2)]).status_code == 202
            assert act("--name", "name 1").status == 0
            door.stop()
        assert hervat("verify", store=store, cwd=tmp_path, **keys).status == 0


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened(tmp_path_factory.mktemp("acts") / "hervat.db", PROSECUTOR) as door:
        yield door
        assert door.stop() == (0, "")
        examine(door.store)


def position(door: Door) -> int:
    with Node.opened(url(door.store)) as node:
        return node.position


def said(door: Door, line: bytes, *, ends: bool = True) -> bytes:
    """What is answered to some bytes, after which who sent them says nothing more."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(60)
        connection.connect(f"{door.store}.acts")
        pieces = list[bytes]()
        try:
            connection.sendall(line)
            if ends:
                connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                pieces.append(piece)
        except (BrokenPipeError, ConnectionResetError):
            return b"".join(pieces)
        return b"".join(pieces)


def request(door: Door) -> bytes:
    """An act that is sound and cannot be done."""
    with Node.opened(url(door.store)) as node:
        act = PartnerRemoval(oin="9" * 20, by="a test", why="it is not known")
        return asking(node.store.writers_place, act)


def in_order(door: Door) -> None:
    answer = read_answer(said(door, request(door), ends=False))
    assert isinstance(answer, NotDone) and (answer.status, "is known" in answer.message) == (2, True)
    assert door.get(None, "/health").status_code == 200


@settings(max_examples=60)
@given(st.data())
def test_bytes_that_are_no_act_are_answered_or_dropped_and_change_nothing(door: Door, data: st.DataObject) -> None:
    before, sound = position(door), request(door)
    at = st.integers(0, len(sound) - 1)
    spoiled: list[Callable[[], bytes]] = [
        lambda: data.draw(st.binary(max_size=300)) + b"\n",
        lambda: sound[: data.draw(at)],
        lambda: sound[: (place := data.draw(at))] + data.draw(st.binary(min_size=1, max_size=9)) + sound[place:],
        lambda: b"[" * data.draw(st.integers(1, 100_000)) + b"\n",
        lambda: b"x" * data.draw(st.sampled_from([1 << 20, 5 << 20])),
        lambda: b'{"version":1,"place":"elsewhere"' + sound[sound.index(b',"act"') :],
    ]
    answered = said(door, data.draw(st.sampled_from(spoiled))())
    assert not answered or not isinstance(read_answer(answered), Done)
    in_order(door)
    assert position(door) == before


_NAMES = [OM, COURTS, "9" * 20, f"urn:nld:oin:{OM}:systeem:door", "charge:1", "head", "20250001"]
_TEXTS = st.one_of(st.text(max_size=20), st.sampled_from(_NAMES))
_NUMBERS = st.one_of(st.integers(-2, 9), st.integers(), st.sampled_from([2**53, 2**63, 2**64, -(2**63) - 1, 10**40]))
_MOMENTS = st.sampled_from(["2025-08-01T00:00:00Z", "2025-08-01T00:00:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "x"])
_KEYS = st.fixed_dictionaries(
    {"id": _TEXTS, "algorithm": st.sampled_from(["ed25519", "es256", "rsa"]), "public": st.sampled_from(["", "AAAA", "é", "A" * 43 + "="])},
    optional={"valid_from": _MOMENTS, "valid_until": _MOMENTS, "revoked_at": _MOMENTS, "revoked_why": _TEXTS},
)
_WISHES = st.fixed_dictionaries(
    {},
    optional={
        "name": _TEXTS,
        "roles": st.lists(st.sampled_from(["court", "prosecution", "none"]), max_size=3),
        "keys": st.lists(_KEYS, max_size=2),
        "revoke": st.lists(st.sampled_from(["k1", "none"]), max_size=2),
    },
)
_ACTS = st.one_of(
    st.fixed_dictionaries({"act": st.just("partner set"), "oin": _TEXTS, "wish": _WISHES, "by": _TEXTS, "why": _TEXTS}),
    st.fixed_dictionaries({"act": st.just("partner remove"), "oin": _TEXTS, "by": _TEXTS, "why": _TEXTS}),
    st.fixed_dictionaries(
        {"act": st.just("ceiling"), "source": _TEXTS, "by": st.just("a"), "why": st.just("b")},
        optional={"sequence": _NUMBERS, "time": _MOMENTS, "hold": st.booleans()},
    ),
    st.fixed_dictionaries(
        {"act": st.just("erase message"), "position": _NUMBERS, "by": st.just("a"), "ground": st.just("b")}, optional={"part": _TEXTS}
    ),
    st.fixed_dictionaries({"act": st.just("erase person"), "skn": _TEXTS, "by": st.just("a"), "ground": st.just("b")}),
    st.fixed_dictionaries({"act": st.just("erase pending")}),
    st.fixed_dictionaries({"act": st.just("quarantine open"), "oin": _TEXTS, "by": _TEXTS, "why": _TEXTS}),
    st.fixed_dictionaries(
        {"act": st.just("quarantine release"), "oin": _TEXTS, "through": _NUMBERS, "but": st.lists(_NUMBERS, max_size=2), "ground": _TEXTS},
        optional={"by": _TEXTS, "second": _TEXTS},
    ),
)


@settings(max_examples=100)
@given(act=_ACTS)
def test_an_act_of_any_content_is_done_or_told_why_not(door: Door, act: dict[str, Any]) -> None:
    with Node.opened(url(door.store)) as node:
        place = node.store.writers_place
    line = json.dumps({"version": 1, "place": place, "act": act}).encode() + b"\n"
    answer = read_answer(said(door, line, ends=False))
    assert isinstance(answer, Done | NotDone)
    if isinstance(answer, NotDone):
        assert answer.status in (1, 2) or "cannot read this" in answer.message, (act, answer)
    assert door.get(None, "/health").status_code == 200
