"""The partners' door in a process of its own, partners with keys, and requests that are signed by the tool that partners get."""

import json
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hervat.assemble import Node
from hervat.doors.exchange.made import TABLE, make_exchange
from hervat.intake.partnering import Wish, read_public_key
from hervat.partner import PartnerKey
from tests.faults.processes import environment
from tests.loaded import PROGRAM, Begun
from tools.send import PrivateKey, signed

MATCHING, OM, COURTS = (f"0000009900000000{number}000" for number in (1, 2, 3))
ONE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
PATIENCE = 60


@dataclass(frozen=True)
class Signer:
    """A key of an organisation."""

    oin: str
    name: str = "k1"
    private: PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def keyid(self) -> str:
        return f"{self.oin}/{self.name}"

    def public(self, **dates: Any) -> PartnerKey:
        pem = self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        algorithm, public = read_public_key(pem)
        return PartnerKey(id=self.name, algorithm=algorithm, public=public, **({"valid_from": now() - timedelta(days=1)} | dates))

    def fields(self, method: str, url: str, body: bytes | None = None, content_type: str = "", **changes: Any) -> dict[str, str]:
        """The fields of a signed request; `now` and `nonce` may be chosen."""
        given = {"now": int(time.time()), "nonce": secrets.token_urlsafe(16)} | changes
        return signed(self.private, self.keyid, method, url, body, content_type, **given)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Ground:
    """Where a node is: the folder of its files, and the address of its store where that is on a server."""

    folder: Path
    server: str | None = None
    name: str = "hervat.db"

    @property
    def url(self) -> str:
        return self.server or f"sqlite:///{self.folder / self.name}"

    @property
    def keys(self) -> Path:
        return self.folder / f"{self.name}.key"

    @property
    def config(self) -> str:
        return f'store = "sqlite:///{self.name}"' if self.server is None else f'store = "{self.server}"\nkeys = "{self.keys.name}"'


def ground_of(store: Path | Ground) -> Ground:
    return store if isinstance(store, Ground) else Ground(store.parent, name=store.name)


def enter(store: Path | Ground, *signers: Signer, **dates: Any) -> None:
    """Make the keys of signers known to a node, and its store where there is none."""
    ground = ground_of(store)
    with Node.opened(ground.url, writer=True, keys=ground.keys) as node:
        for signer in signers:
            node.set_partner(signer.oin, Wish(keys=(signer.public(**dates),)), by="a test", why="to let it in")


@dataclass
class Door:
    """A node that serves: where it is, its store and its process."""

    url: str
    ground: Ground
    process: "subprocess.Popen[str]"

    @property
    def store(self) -> Path:
        """The file of its store."""
        return self.ground.folder / self.ground.name

    def node(self) -> AbstractContextManager[Node]:
        """Its node, opened for reading."""
        return Node.opened(self.ground.url, keys=self.ground.keys)

    def post(self, signer: Signer, path: str, body: bytes, content_type: str, **changes: Any) -> httpx.Response:
        url = self.url + path
        return httpx.post(url, content=body, headers=signer.fields("POST", url, body, content_type, **changes), timeout=PATIENCE)

    def send(self, signer: Signer, lines: Sequence[bytes], **changes: Any) -> httpx.Response:
        """A batch of messages."""
        return self.post(signer, "/messages", b"[" + b",".join(lines) + b"]", BATCH, **changes)

    def send_one(self, signer: Signer, line: bytes) -> httpx.Response:
        return self.post(signer, "/messages", line, ONE)

    def ask(self, signer: Signer, names: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        """The series of receipts of messages by (source, id)."""
        body = json.dumps({"messages": [{"source": source, "id": id} for source, id in names]}).encode()
        answer = self.post(signer, "/receipts", body, "application/json")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["messages"])

    def get(self, signer: Signer | None, path: str, **headers: str) -> httpx.Response:
        url = self.url + path
        fields = {} if signer is None else signer.fields("GET", url)
        return httpx.get(url, headers=fields | {name.replace("_", "-"): value for name, value in headers.items()})

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """End it; returns its exit status and what it said on standard error."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        _, said = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said


def exchanging(folder: Path) -> str:
    """The settings of a node that exchanges batches, with keys of its own in a folder."""
    make_exchange(folder)
    return TABLE.format(oin="00000099000000016000", key_id="k1")


@contextmanager
def opened(store: Path | Ground, *signers: Signer, settings: str = "") -> Iterator[Door]:
    """A door on a store (a file `hervat.db`, or a ground), ended as an operator ends it; the signers' keys are made known first."""
    ground = ground_of(store)
    if signers:
        enter(ground, *signers)
    config = ground.folder / "node.toml"
    config.write_text(f"[node]\n{ground.config}\n[serve]\nport = 0\n[screening]\ndaily = false\n[door]\n{settings}", encoding="utf-8")
    with served(config, ground) as door:
        yield door


@contextmanager
def served(config: Path, store: Path | Ground | str, **more: str) -> Iterator[Door]:
    """A door as a node.toml has it; `more` is in its environment."""
    ground = Ground(config.parent, store) if isinstance(store, str) else ground_of(store)
    command = [*PROGRAM, "serve", "--config", str(config), "--json"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = Begun(command, **pipes, cwd=config.parent, env=environment(**more))
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(4)]
    assert "door" in "".join(lines), f"{lines}, {process.communicate()[1]}"
    door = Door(json.loads("".join(lines))["door"], ground, process)
    try:
        yield door
    finally:
        door.stop()


def receipt_bytes(kept: dict[str, Any]) -> bytes:
    """The receipt in an answer as it was signed."""
    return json.dumps(kept["receipt"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def case(sequence: int, *, oin: str = OM, skn: str = "20250001", label: str = "diefstal", name: str = "door") -> bytes:
    """A case of an organisation's source, held until its person is there."""
    period = {"from": "2025-07-01", "to": "2025-07-01"}
    charge = {"charge": 1, "article": "Sr 310", "label": label, "class": "misdrijf", "period": period}
    data = {"pn": f"16/{sequence:06d}-25", "skn": skn, "office": "Utrecht", "received_on": "2025-07-20", "charges": [charge]}
    return message(f"urn:nld:oin:{oin}:systeem:{name}", sequence, "case-registered", data)


def person(sequence: int, skn: str = "20250001") -> bytes:
    data = {"skn": skn, "identity": {"set": "1", "surname": "Jansen"}}
    return message(f"urn:nld:oin:{MATCHING}:systeem:skdb", sequence, "person-registered", data)


def message(source: str, sequence: int, kind: str, data: dict[str, Any]) -> bytes:
    envelope = {"specversion": "1.0", "id": f"m-{sequence}", "source": source, "type": f"nl.hervat.{kind}.v1"}
    told = {"time": "2025-08-01T08:00:00Z", "sequence": str(sequence), "sequencetype": "Integer"}
    return json.dumps(envelope | told | {"datacontenttype": "application/json", "data": data}).encode()
