"""The partners' door in a process of its own, partners with keys, and requests that are signed by the tool that partners get."""

import json
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hervat.assemble import Node
from hervat.intake.partnering import Wish, read_public_key
from hervat.partner import PartnerKey
from tests.faults.processes import environment, url
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


def enter(store: Path | str, *signers: Signer, **dates: Any) -> None:
    """Make the keys of signers known to a node, and its store where there is none."""
    with Node.opened(url(store), writer=True) as node:
        for signer in signers:
            node.set_partner(signer.oin, Wish(keys=(signer.public(**dates),)), by="a test", why="to let it in")


@dataclass
class Door:
    """A node that serves: where it is, its store and its process."""

    url: str
    store: Path | str
    process: "subprocess.Popen[str]"

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


@contextmanager
def opened(store: Path, *signers: Signer, settings: str = "") -> Iterator[Door]:
    """A door on a store, ended as an operator ends it; the signers' keys are made known first."""
    if signers:
        enter(store, *signers)
    config = store.with_name("node.toml")
    config.write_text(f'[node]\nstore = "sqlite:///{store.name}"\n[serve]\nport = 0\n[door]\n{settings}', encoding="utf-8")
    with served(config, store) as door:
        yield door


@contextmanager
def served(config: Path, store: Path | str, **more: str) -> Iterator[Door]:
    """A door as a node.toml has it; `more` is in its environment."""
    command = [sys.executable, "-m", "hervat", "serve", "--config", str(config), "--json"]
    given: dict[str, Any] = {"cwd": config.parent, "env": environment(**more)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **given)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(4)]
    assert "door" in "".join(lines), f"{lines}, {process.communicate()[1]}"
    door = Door(json.loads("".join(lines))["door"], store, process)
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
