"""Sends messages to the partners' door of a node, signed as docs/partners.md has it; stands on its own.

    python tools/send.py URL FILE --key PRIVATE.pem --keyid OIN/ID [--batch N] [--receipts FILE]

- FILE has messages, one a line (.jsonl); `-` reads standard input. They go in batches; each answer is read before the next is sent.
- The key is a private key in PEM: Ed25519, or ECDSA on P-256. `openssl genpkey -algorithm ed25519 -out PRIVATE.pem` makes one, and
  `openssl pkey -in PRIVATE.pem -pubout` gives the part that the node must know.
- What is answered 202 is in custody. On 429 and 503 the same batch is sent again, signed anew, after as long as the node asks for; a
  connection that breaks is tried again as well: what was taken by then comes back as a duplicate, with the same receipt.
- Exit status: 0 all in custody, 1 some of it is a conflict or was declined, 2 wrong use, 3 the node cannot be reached.
"""

import argparse
import base64
import hashlib
import http.client
import json
import secrets
import sys
import threading
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

BATCH = "application/cloudevents-batch+json"
TRIES = 10
LIFETIME = 60
PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey


def signature_of(key: PrivateKey, base: bytes) -> bytes:
    """The signature over `base` as RFC 9421 writes it: of ECDSA the two numbers, 32 bytes each."""
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(base)
    r, s = decode_dss_signature(key.sign(base, ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def signed(
    key: PrivateKey, keyid: str, method: str, url: str, body: bytes | None, content_type: str, *, now: int, nonce: str
) -> dict[str, str]:
    """The fields that sign a request to `url`, with those of its content where it has any; `now` in seconds since 1970."""
    parts = urlsplit(url)
    covered = {"@method": method, "@authority": parts.netloc.lower(), "@path": parts.path or "/", "@query": f"?{parts.query}"}
    fields: dict[str, str] = {}
    if body is not None:
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        fields = {"Content-Type": content_type, "Content-Digest": f"sha-256=:{digest}:"}
        covered |= {name.lower(): value for name, value in fields.items()}
    names = " ".join(f'"{name}"' for name in covered)
    params = f'({names});created={now};expires={now + LIFETIME};nonce="{nonce}";keyid="{keyid}"'
    lines = [f'"{name}": {value}' for name, value in covered.items()] + [f'"@signature-params": {params}']
    made = base64.b64encode(signature_of(key, "\n".join(lines).encode())).decode()
    return fields | {"Signature-Input": f"sig={params}", "Signature": f"sig=:{made}:"}


class Door:
    """The door of a node; a connection is kept while it holds."""

    def __init__(self, url: str, key: PrivateKey, keyid: str) -> None:
        self.url = url.rstrip("/")
        self._key, self._keyid = key, keyid
        parts = urlsplit(url)
        make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = make(parts.netloc, timeout=120)
        self._now: int | None = None

    def ask(self, method: str, path: str, body: bytes | None = None, content_type: str = "") -> tuple[int, dict[str, str], Any]:
        """One signed request: the status, the fields and the document of its answer."""
        if self._now is None:
            self._exchange("GET", "/health", None, {})
        nonce = secrets.token_urlsafe(16)
        fields = signed(self._key, self._keyid, method, self.url + path, body, content_type, now=self._now or 0, nonce=nonce)
        return self._exchange(method, path, body, fields)

    def _exchange(self, method: str, path: str, body: bytes | None, fields: dict[str, str]) -> tuple[int, dict[str, str], Any]:
        self._connection.request(method, urlsplit(self.url).path + path, body, fields)
        answer = self._connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        # A signature says when it was made, by the node's clock as of its last answer: that of this machine may be wrong.
        self._now = int(parsedate_to_datetime(told["date"]).timestamp())
        return answer.status, told, json.loads(answer.read() or b"null")

    def send(self, lines: list[bytes]) -> tuple[int, Any]:
        """Send a batch until it is answered for good; raises OSError where the node cannot be reached any more."""
        body = b"[" + b",".join(lines) + b"]"
        pause = threading.Event()
        for attempt in range(1, TRIES + 1):
            try:
                status, fields, document = self.ask("POST", "/messages", body, BATCH)
            except (OSError, http.client.HTTPException) as fault:
                self._connection.close()
                if attempt == TRIES:
                    raise OSError(f"{self.url}: {fault}") from fault
                pause.wait(min(attempt, 5))
                continue
            if status not in (429, 503) or attempt == TRIES:
                return status, document
            pause.wait(float(fields.get("retry-after", "1")))
        raise OSError(f"{self.url}: there was no answer")


def read_key(path: Path) -> PrivateKey:
    """The private key in a PEM file; raises ValueError for another sort of key."""
    key = load_pem_private_key(path.read_bytes(), None)
    if isinstance(key, Ed25519PrivateKey) or (isinstance(key, EllipticCurvePrivateKey) and key.curve.name == "secp256r1"):
        return key
    raise ValueError("the key is neither for Ed25519 nor for ECDSA on P-256")


def batches(path: str, size: int) -> Iterator[list[bytes]]:
    """The lines of a file, some at a time."""
    with sys.stdin.buffer if path == "-" else Path(path).open("rb") as file:
        lines = (line.strip() for line in file if line.strip())
        yield from iter(lambda: list(islice(lines, size)), [])


def tell(document: Any, receipts: TextIO | None) -> dict[str, int]:
    """Keep the receipts of an answer, and count what became of the messages."""
    counts: dict[str, int] = {}
    for one in document["receipts"]:
        for word in (one["outcome"], one.get("state")):
            if word is not None:
                counts[word] = counts.get(word, 0) + 1
        if receipts is not None:
            # Receipts are RFC 8785 JSON: sorted and without spaces they are the signed bytes again.
            receipts.write(json.dumps(one["receipt"], sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n")
    return counts


def run(arguments: argparse.Namespace) -> int:
    """Send a file; returns the exit status."""
    door = Door(arguments.url, read_key(arguments.key), arguments.keyid)
    receipts = None if arguments.receipts is None else arguments.receipts.open("a", encoding="utf-8")
    total: dict[str, int] = {}
    failed = False
    for lines in batches(arguments.file, arguments.batch):
        status, document = door.send(lines)
        if status != 202:
            print(f"{status}: {json.dumps(document, indent=1)}", file=sys.stderr)
            failed = True
            continue
        for word, count in tell(document, receipts).items():
            total[word] = total.get(word, 0) + count
    print(", ".join(f"{word} {count}" for word, count in sorted(total.items())) or "nothing was sent")
    return 1 if failed or total.get("conflict") else 0


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Send messages to the partners' door of a node, signed.")
    parser.add_argument("url", help="the door, such as http://127.0.0.1:8025/v1")
    parser.add_argument("file", help="messages, one a line; - reads standard input")
    parser.add_argument("--key", type=Path, required=True, help="a private key in PEM")
    parser.add_argument("--keyid", required=True, help="your OIN, a slash and the id of the key")
    parser.add_argument("--batch", type=int, default=500, help="messages in one request")
    parser.add_argument("--receipts", type=Path, help="append the custody receipts to this file, one a line")
    arguments = parser.parse_args()
    try:
        return run(arguments)
    except ValueError as fault:
        print(f"send: {arguments.key}: {fault}", file=sys.stderr)
        return 2
    except OSError as fault:
        print(f"send: {fault}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main())
