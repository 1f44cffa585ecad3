"""Signed requests: a narrow profile of HTTP Message Signatures (RFC 9421) with content digests (RFC 9530).

- One signature, in its canonical form, over at least the method, the authority, the path and the query; over the digest and the type of
  the content as well where there is content. Field values may be covered besides, by their plain names.
- The signature says `created`, `expires`, `nonce` and `keyid`, which is the signer's OIN, a slash and the id of its key.
- Algorithms: `ed25519` and `ecdsa-p256-sha256`. The key says which; an `alg` may repeat it and may not differ.
- What the profile leaves out is refused, not passed over: what a verifier ignores, it lets anybody change.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hervat.dispatch.identity import Identity
from hervat.partner import Algorithm

ALWAYS = ("@method", "@authority", "@path", "@query")
WITH_CONTENT = (*ALWAYS, "content-type", "content-digest")
ALGORITHMS: dict[Algorithm, str] = {"ed25519": "ed25519", "es256": "ecdsa-p256-sha256"}
"""What RFC 9421 calls the algorithms of a partner's keys."""

_TEXT = r'"(?:[ !#-\[\]-~]|\\["\\])*"'
_NAME = r"[a-z*][a-z0-9_.*-]*"
_INPUT = re.compile(
    rf'(?P<label>{_NAME})=(?P<params>\((?P<covered>"[a-z0-9@-]+"(?: "[a-z0-9@-]+")*)\)(?P<said>(?:;{_NAME}=(?:[0-9]{{1,15}}|{_TEXT}))+))'
)
_SAID = re.compile(rf"(?P<name>{_NAME})=(?:(?P<number>[0-9]+)|(?P<text>{_TEXT}))")
_SIGNATURE = re.compile(rf"(?P<label>{_NAME})=:(?P<bytes>[A-Za-z0-9+/]+=*):")
_DIGEST = re.compile(r"(?P<name>[a-z0-9*][a-z0-9_.*-]*)=:(?P<bytes>[A-Za-z0-9+/]+=*):")


class Unsigned(ValueError):
    """A request that is not signed as the profile has it: what is wrong with it, in words."""


@dataclass(frozen=True, slots=True)
class Request:
    """What of a request can be covered; field names are lower case, values as they came, several joined by a comma."""

    method: str
    authority: str
    path: str
    query: str
    fields: Mapping[str, str]

    def component(self, name: str) -> str:
        """The value of a component as it is signed; raises Unsigned for one that is not there."""
        derived = {"@method": self.method, "@authority": self.authority, "@path": self.path or "/", "@query": f"?{self.query}"}
        value = derived.get(name, self.fields.get(name))
        if value is None or (name.startswith("@") and name not in derived):
            raise Unsigned(f"the signature covers {name}, which this request does not have")
        return value


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as it came: what it covers, what it says, and the bytes that are signed."""

    covered: tuple[str, ...]
    created: int
    expires: int
    nonce: str
    keyid: str
    alg: str | None
    base: bytes
    signature: bytes


def signature_base(components: Sequence[tuple[str, str]], params: str) -> bytes:
    """The bytes that are signed (RFC 9421, 2.5)."""
    lines = [f'"{name}": {value}' for name, value in components]
    return "\n".join([*lines, f'"@signature-params": {params}']).encode("latin-1")


def read_signature(request: Request, *, content: bool) -> Signature:
    """The one signature of a request, in the form of the profile; nothing is verified yet. Raises Unsigned."""
    given = _INPUT.fullmatch(request.fields.get("signature-input", "").strip())
    signed = _SIGNATURE.fullmatch(request.fields.get("signature", "").strip())
    if given is None or signed is None or given["label"] != signed["label"]:
        raise Unsigned("the fields Signature-Input and Signature are needed, with one signature under one name, written canonically")
    covered = tuple(name.strip('"') for name in given["covered"].split(" "))
    missing = [name for name in (WITH_CONTENT if content else ALWAYS) if name not in covered]
    if missing or len(set(covered)) < len(covered):
        raise Unsigned(f"the signature must cover, each once: {' '.join(WITH_CONTENT if content else ALWAYS)}")
    said = _said(given["said"])
    base = signature_base([(name, request.component(name)) for name in covered], given["params"])
    created, expires = _number(said, "created"), _number(said, "expires")
    alg = _text(said, "alg") if "alg" in said else None
    return Signature(covered, created, expires, _text(said, "nonce"), _text(said, "keyid"), alg, base, _bytes(signed["bytes"]))


def _said(text: str) -> dict[str, int | str]:
    said: dict[str, int | str] = {}
    for one in _SAID.finditer(text):
        if one["name"] in said or one["name"] not in ("created", "expires", "nonce", "keyid", "alg", "tag"):
            raise Unsigned("the signature says created, expires, nonce and keyid, each once, and alg and tag where it likes")
        said[one["name"]] = int(one["number"]) if one["number"] else re.sub(r"\\(.)", r"\1", one["text"][1:-1])
    return said


def _number(said: Mapping[str, int | str], name: str) -> int:
    value = said.get(name)
    if not isinstance(value, int):
        raise Unsigned(f"the signature must say {name}, as a whole number of seconds since 1970")
    return value


def _text(said: Mapping[str, int | str], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= 200:
        raise Unsigned(f"the signature must say {name}, as a text of 1 to 200 signs")
    return value


def _bytes(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError as fault:
        raise Unsigned("what stands between the colons is base64") from fault


def content_digest(content: bytes) -> str:
    """The field Content-Digest of some content (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def digest_said(field: str) -> bytes:
    """The SHA-256 digest in a field Content-Digest, which may give others beside it; raises Unsigned."""
    members = [_DIGEST.fullmatch(member.strip()) for member in field.split(",")]
    found = [_bytes(member["bytes"]) for member in members if member is not None and member["name"] == "sha-256"]
    if None in members or len(found) != 1:
        raise Unsigned("the field Content-Digest has sha-256=:...: once (RFC 9530)")
    return found[0]


def sign(request: Request, identity: Identity, *, created: int, expires: int, nonce: str) -> dict[str, str]:
    """The fields that sign a request; where it has content, its type and digest are among the fields already."""
    covered = WITH_CONTENT if "content-digest" in request.fields else ALWAYS
    names = " ".join(f'"{name}"' for name in covered)
    params = f'({names});created={created};expires={expires};nonce="{nonce}";keyid="{identity.keyid}"'
    made = identity.sign(signature_base([(name, request.component(name)) for name in covered], params))
    return {"Signature-Input": f"sig={params}", "Signature": f"sig=:{base64.b64encode(made).decode()}:"}
