"""Who this node is to others: its OIN and the key with which it signs for its organisation.

That key is not one of the node's own (`journal/keys.py`): partners know it by the act that entered it, it may be one for several nodes, and
it may lie where the journal's keys do not.
"""

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from hervat.errors import KeysFault
from hervat.partner import PartnerKey

PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey
_HALF = 32
# RFC 8785 for what is signed here: ASCII names, strings, null, lists and whole numbers below 2^53.
_canonical = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class Identity:
    """An organisation that signs: `oin`, the id under which partners know the key, and the key."""

    oin: str
    key_id: str
    private: PrivateKey

    @property
    def keyid(self) -> str:
        """What signed requests call the key."""
        return f"{self.oin}/{self.key_id}"

    def sign(self, base: bytes) -> bytes:
        """The signature over some bytes: Ed25519; or of ECDSA on P-256 the two numbers, 32 bytes each."""
        if isinstance(self.private, Ed25519PrivateKey):
            return self.private.sign(base)
        r, s = decode_dss_signature(self.private.sign(base, ECDSA(SHA256())))
        return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")

    def signature_over(self, word: str, said: msgspec.Struct) -> str:
        """The signature, in base64, over a struct whose field `signature` does not count."""
        return base64.b64encode(self.sign(base_of(word, said))).decode()


def load_identity(oin: str, key_id: str, path: Path) -> Identity:
    """The identity whose private key lies in PEM at a path; raises KeysFault where none does."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as fault:
        raise KeysFault(f"{path}: {fault.strerror}; name the private key of this organisation in PEM") from fault
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise KeysFault(f"{path}: this is no private key in PEM without a passphrase ({fault}); openssl genpkey makes one") from fault
    if isinstance(key, Ed25519PrivateKey) or (isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)):
        return Identity(oin, key_id, key)
    raise KeysFault(f"{path}: the key is for another algorithm; give one for Ed25519, or for ECDSA on the curve P-256")


def base_of(word: str, said: msgspec.Struct) -> bytes:
    """The bytes that are signed of a struct: a word for its sort, a zero byte, and its RFC 8785 JSON without `signature`."""
    told = msgspec.to_builtins(said)
    told.pop("signature", None)
    return word.encode() + b"\0" + _canonical(told)


def is_signed(key: PartnerKey, signature: bytes, base: bytes) -> bool:
    """Whether `signature` over `base` was made with the private part of a partner's key."""
    try:
        if key.algorithm == "ed25519":
            Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, base)
            return True
        if len(signature) != 2 * _HALF:
            return False
        halves = (int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big"))
        public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key.raw)
        public.verify(encode_dss_signature(*halves), base, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def is_said_by(key: PartnerKey, word: str, said: msgspec.Struct, signature: str) -> bool:
    """Whether the signature in a struct was made with a partner's key."""
    try:
        return is_signed(key, binascii.a2b_base64(signature, strict_mode=True), base_of(word, said))
    except ValueError:
        return False
