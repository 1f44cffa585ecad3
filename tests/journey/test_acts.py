"""Acts on a node while its door is open: the same answers as on a store that nobody writes to, and the door goes by them at once."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.faults.processes import EXAMPLES, Ended, environment, examine, hervat, url
from tests.journey.door import MATCHING, OM, Door, Signer, case, opened, person, served
from tests.postgres import empty_store

NEW, GRIP = "00000099000000016000", "urn:nld:oin:00000099000000003000:systeem:grip"
BY, ERASING = ("--by", "duty officer", "--why", "stolen"), ("--by", "duty officer", "--ground", "a term is over")
PROSECUTOR, MATCHER = Signer(OM), Signer(MATCHING)
SCOPE = (
    *("--name", "taxi-2020", "--authority", "a test", "--ground", "a letter", "--sector", "taxi", "--category", "sexual"),
    *("--receiver", "Justis", "--purpose", "taxi-screening", "--until", "2020-03-01"),
)

RULE = (
    *("--name", "blind-2026", "--authority", "a test", "--ground", "a letter", "--purpose", "every", "--does", "decide"),
    *("--from", "2026-01-01"),
)
APPLICATION = ("vog-1", "--on", "2026-03-01")
LATER = ("vog-1", "--on", "2026-03-02")

STORY: tuple[tuple[str, ...], ...] = (
    ("partner", "set", NEW, "--name", "Raad", "--role", "consumer", *BY),
    ("partner", "set", OM, "--key", "one.pem", "--key-id", "one", "--key-from", "2026-01-01T00:00:00Z", *BY),
    ("partner", "set", OM, "--revoke-key", "one", "--json", *BY),
    ("partner", "set", OM, "--revoke-key", "one", "--json", *BY),
    ("partner", "set", OM, "--revoke-key", "two", *BY),
    ("partner", "set", "9" * 20, "--no-roles", *BY),
    ("partner", "set", OM, "--role", "none-such", *BY),
    ("partner", "set", OM, "--name", "é" * 1001, "--json", *BY),
    ("partner", "remove", NEW, *BY),
    ("partner", "remove", NEW, "--json", *BY),
    ("ceiling", GRIP, "--hold", *BY),
    ("ceiling", GRIP, "--sequence", "2", "--json", *BY),
    ("ceiling", GRIP, "--time", "2025-08-01T00:00:00+02:00", *BY),
    ("ceiling", GRIP, "--time", "yesterday", *BY),
    ("ceiling", GRIP, "--open", "--json", *BY),
    ("ceiling", "urn:nld:oin:none:systeem:x", "--open", "--json", *BY),
    ("erase", "--position", "6", "--part", "charge:1", "--json", *ERASING),
    ("erase", "--position", "6", "--part", "head", *ERASING),
    ("erase", "--position", "6", *ERASING),
    ("erase", "--position", "6", "--json", *ERASING),
    ("erase", "--position", "99999999999999999999999", *ERASING),
    ("erase", "--person", "20250002", "--json", *ERASING),
    ("erase", "--person", "29999999", "--json", *ERASING),
    ("erase", "--pending"),
    ("procedure", "open", *SCOPE, "--from", "2020-01-01", "--json", *BY),
    ("procedure", "open", *SCOPE, "--from", "2020-01-01", *BY),
    ("procedure", "close", "taxi-2020", "--until", "2020-02-01", "--json", *BY),
    ("procedure", "close", "none-such", "--until", "2020-02-01", *BY),
    ("screening", "run", "--on", "2026-02-20", "--json"),
    ("screening", "run", "--on", "2026-02-20"),
    ("screening", "decide", "4", "22", "--verdict", "passed-on", "--json", *ERASING),
    ("screening", "decide", "4", "22", "--verdict", "passed-on", *ERASING),
    ("interim", "open", *RULE, "--json", *BY),
    ("interim", "open", *RULE, *BY),
    ("certificate", "propose", *APPLICATION, "--json"),
    ("certificate", "consult", *APPLICATION, "--other-source", "the police", "--said", "nothing", *ERASING[:2]),
    ("certificate", "decide", *APPLICATION, "--outcome", "refused", *ERASING),
    ("certificate", "suspend", *APPLICATION, *ERASING),
    ("certificate", "resume", *APPLICATION, *ERASING[:2]),
    ("certificate", "intend", *APPLICATION, *ERASING),
    ("certificate", "hear", *LATER, "--none-by", "2026-03-02", *ERASING[:2]),
    ("certificate", "decide", *LATER, "--outcome", "refused", "--json", *ERASING),
    ("certificate", "object", *LATER, *ERASING[:2]),
    ("certificate", "run", "--on", "2026-03-02", "--json"),
    ("certificate", "close", "vog-1", "--verdict", "no-consequence", *ERASING),
    ("certificate", "propose", "vog-9"),
    ("interim", "close", "blind-2026", "--until", "2026-03-01", "--json", *BY),
)


@dataclass(frozen=True)
class Standing:
    """A store somewhere, with the node.toml to serve it by, and what its commands have in their environment."""

    store: Path | str
    config: Path
    environment: dict[str, str]

    def ask(self, *arguments: str) -> Ended:
        return hervat(*arguments, store=self.store, cwd=self.config.parent, **self.environment)

    @contextmanager
    def served(self) -> Iterator[Door]:
        with served(self.config, self.store, **self.environment) as door:
            yield door


@contextmanager
def standing(engine: str, folder: Path) -> Iterator[Standing]:
    """An empty directory with a node on an engine, the examples in it, and a public key beside it."""
    folder.mkdir()
    pem = PROSECUTOR.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "one.pem").write_bytes(pem)
    with empty_store() if engine == "postgres" else _at(folder / "hervat.db") as store:
        keys = folder / "node.key"
        config = folder / "node.toml"
        told = f'[node]\nstore = "{url(store)}"\nkeys = "node.key"\n[serve]\nport = 0\n[screening]\ndaily = false\n'
        config.write_text(told, encoding="utf-8")
        found = Standing(store, config, {"HERVAT_KEYS": str(keys)})
        assert found.ask("receive", str(EXAMPLES)).status == 0
        yield found


@contextmanager
def _at(path: Path) -> Iterator[Path]:
    yield path


def told(each: Ended) -> tuple[int, str, str]:
    return each.status, each.out, each.err


def answers(node: Standing, story: Sequence[tuple[str, ...]]) -> list[tuple[int, str, str]]:
    return [told(node.ask(*command)) for command in story]


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_the_same_acts_have_the_same_answers_with_the_door_open(engine: str, tmp_path: Path) -> None:
    story = STORY if engine == "sqlite" else [*STORY[1:5], *STORY[10:12], STORY[18]]
    with standing("sqlite", tmp_path / "closed") as closed, standing(engine, tmp_path / "open") as other:
        with other.served() as door:
            on_open = answers(other, story)
            assert door.stop() == (0, "")
        on_closed = answers(closed, story)
        # How erased files are left behind is the engine's, and told last.
        last = len(story) if engine == "sqlite" else -1
        assert on_open[:last] == on_closed[:last]
        assert {status for status, _, _ in on_closed} >= {0, 2}
        listed = [told(each.ask("partner", "list", "--position", "0", "--json")) for each in (closed, other)]
        assert listed[0] == listed[1]
        assert [each.ask("verify").status for each in (closed, other)] == [0, 0]
        assert closed.ask("digest", "--json").document == other.ask("digest", "--json").document


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_key_is_entered_counts_is_revoked_and_counts_no_more_while_the_door_stays_open(engine: str, tmp_path: Path) -> None:
    with standing(engine, tmp_path / "node") as node, node.served() as door:
        signer = Signer(OM, "one", PROSECUTOR.private)
        before = door.send(signer, [case(1)])
        assert (before.status_code, before.json()["code"]) == (401, "signature-wrong")
        assert node.ask("partner", "set", OM, "--key", "one.pem", "--key-id", "one", *BY).status == 0
        assert door.send(signer, [case(1)]).status_code == 202
        assert node.ask("partner", "set", OM, "--revoke-key", "one", *BY).status == 0
        for after in (door.send(signer, [case(2)]), door.get(signer, "/watermarks")):
            assert (after.status_code, after.json()["code"]) == (401, "key-revoked")
        assert node.ask("partner", "remove", OM, *BY).status == 0
        gone = door.send(signer, [case(2)])
        assert (gone.status_code, gone.json()["code"]) == (401, "signature-wrong")
        assert door.stop() == (0, "")
        assert node.ask("verify").status == 0


def test_a_ceiling_and_a_role_hold_for_the_next_request(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    with opened(store, PROSECUTOR, MATCHER) as door:
        assert door.send(MATCHER, [person(1)]).status_code == 202
        source = f"urn:nld:oin:{OM}:systeem:door"
        hervat("ceiling", source, "--hold", *BY, store=store)
        (held,) = door.send(PROSECUTOR, [case(1)]).json()["receipts"]
        assert held["state"] == "held"
        assert hervat("ceiling", source, "--open", *BY, "--json", store=store).document["applied"] == 1
        hervat("partner", "set", OM, "--no-roles", *BY, store=store)
        (refused,) = door.send(PROSECUTOR, [case(2)]).json()["receipts"]
        assert refused["refusal"]["code"] == "role"
        hervat("partner", "set", OM, "--role", "prosecution", *BY, store=store)
        (applied,) = door.send(PROSECUTOR, [case(3)]).json()["receipts"]
        assert applied["state"] == "applied"
    examine(store)


def test_what_is_erased_is_gone_while_the_door_stays_open(tmp_path: Path) -> None:
    store = tmp_path / "hervat.db"
    with opened(store, PROSECUTOR, MATCHER) as door:
        door.send(MATCHER, [person(1)])
        door.send(PROSECUTOR, [case(1)])
        assert hervat("erase", "--person", "20250001", *ERASING, "--json", store=store).document["scrubbed"] == "done"
        assert not hervat("person", "20250001", "--json", store=store).document["known"]
        assert door.send(PROSECUTOR, [case(2)]).status_code == 202
        assert door.stop() == (0, "")
    assert examine(store) == 6


def test_the_socket_is_its_owners_and_gone_at_the_end_and_the_pages_alone_have_none(tmp_path: Path) -> None:
    store, socket = tmp_path / "hervat.db", tmp_path / "hervat.db.acts"
    with opened(store, PROSECUTOR) as door:
        assert socket.stat().st_mode & 0o777 == 0o600
        # What is no act is not handed over.
        assert hervat("receive", "-", store=store, stdin=case(1)).status == 3
        assert door.stop() == (0, "")
    assert not socket.exists()
    config = tmp_path / "node.toml"
    config.write_text(config.read_text() + "enabled = false\n")
    command = [sys.executable, "-m", "hervat", "serve", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment()) as pages:
        assert pages.stdout is not None and b"pages" in pages.stdout.readline()
        assert not socket.exists()
        assert hervat("receive", "-", store=store, stdin=case(1)).status == 0
        pages.terminate()
