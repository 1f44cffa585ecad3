"""Beginning to exchange: the private key of an organisation, the age identity of its node, and what partners must be given of both."""

from dataclasses import dataclass
from pathlib import Path

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from hervat.errors import Usage
from hervat.journal.placing import place

KEY, PUBLIC, AGE = "exchange.pem", "exchange.pub.pem", "exchange.age"
TABLE = """
[exchange]
# Who this node is to others: its OIN, its private key and the id under which partners know that, and what opens bundles carried by hand.
oin = "{oin}"
key = "exchange.pem"
key_id = "{key_id}"
identity = "exchange.age"
# How many messages a second this node likes to be sent at most; left out, it says nothing.
# pace = 2000
# How many seconds a request to a partner may take in all, however slowly its door answers.
# request_seconds = 300
"""


@dataclass(frozen=True, slots=True)
class Made:
    """What partners are given: the file with the public key, and the age recipient."""

    public: Path
    recipient: str


def make_exchange(folder: Path) -> Made:
    """Make the keys of an organisation in a folder; nothing is written over. Raises Usage where something is there, and OSError."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    recipient, age = age_identity()
    for name, content in ((KEY, pem), (PUBLIC, public), (AGE, age)):
        if not place(folder / name, content):
            raise Usage(f"{folder / name} is there already, and nothing is written over it; give another directory")
    return Made(folder / PUBLIC, recipient)


def age_identity() -> tuple[str, bytes]:
    """A new recipient and the file of the identity that opens what is for it, as age-keygen writes it."""
    secret = pyrage.x25519.Identity.generate()
    recipient = str(secret.to_public())
    return recipient, f"# public key: {recipient}\n{secret}\n".encode()
