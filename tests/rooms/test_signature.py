"""Signed requests: the vectors of RFC 9421 and RFC 9530, the profile, and what it refuses."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hervat.clock import SteppedClock
from hervat.dispatch.identity import Identity, is_signed
from hervat.doors.http.nonces import Nonces
from hervat.doors.http.problems import Declined
from hervat.doors.http.signature import (
    ALWAYS,
    WITH_CONTENT,
    Request,
    Unsigned,
    content_digest,
    digest_said,
    read_signature,
    sign,
    signature_base,
)
from hervat.doors.http.signers import LIFETIME, Signers
from hervat.intake.partnering import read_public_key
from hervat.partner import Partner, PartnerKey, Partners
from tools.send import PrivateKey, signed

OIN = "00000099000000002000"
AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
NOW = int(AT.timestamp())
SKEW = 300
URL = "http://127.0.0.1:8025/v1/messages?a=1&b=%20x"
BODY, TYPE = b'[{"source": "x"}]', "application/cloudevents-batch+json"


def key_of(private: PrivateKey, **dates: Any) -> PartnerKey:
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    algorithm, public = read_public_key(pem)
    return PartnerKey(id="k/1", algorithm=algorithm, public=public, **({"valid_from": AT - timedelta(days=1)} | dates))


def rfc_key(algorithm: Any, raw: bytes) -> PartnerKey:
    return PartnerKey(id="rfc", algorithm=algorithm, public=base64.b64encode(raw).decode(), valid_from=AT)


def test_the_vector_of_rfc_9421_for_ed25519() -> None:
    """B.2.6: a request signed with test-key-ed25519 (B.1.4)."""
    covered = {
        "date": "Tue, 20 Apr 2021 02:07:55 GMT",
        "@method": "POST",
        "@path": "/foo",
        "@authority": "example.com",
        "content-type": "application/json",
        "content-length": "18",
    }
    names = " ".join(f'"{name}"' for name in covered)
    base = signature_base(list(covered.items()), f'({names});created=1618884473;keyid="test-key-ed25519"')
    signature = base64.b64decode("wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==")
    key = rfc_key("ed25519", base64.urlsafe_b64decode("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs="))
    assert is_signed(key, signature, base)
    assert not is_signed(key, signature, base + b" ")
    assert not is_signed(key, signature[:-1], base)


def test_the_vector_of_rfc_9421_for_ecdsa_on_p_256() -> None:
    """B.2.4: a response signed with test-key-ecc-p256 (B.1.3)."""
    covered = {
        "@status": "200",
        "content-type": "application/json",
        "content-digest": "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:",
        "content-length": "23",
    }
    names = " ".join(f'"{name}"' for name in covered)
    base = signature_base(list(covered.items()), f'({names});created=1618884473;keyid="test-key-ecc-p256"')
    signature = base64.b64decode("wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==")
    key = rfc_key("es256", POINT)
    assert is_signed(key, signature, base)
    assert not is_signed(key, signature, base.replace(b"200", b"201"))
    assert not is_signed(key, signature + b"\0", base)
    assert not is_signed(key, bytes(64), base)


POINT = base64.b64decode(
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf"
    "w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ=="
)[-65:]


def test_the_digest_of_rfc_9530() -> None:
    assert content_digest(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
    assert content_digest(b"") == "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"
    both = f"sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4=:, {content_digest(b'')}"
    assert digest_said(both) == digest_said(content_digest(b""))


@pytest.mark.parametrize("field", ["", "sha-256=", "sha-256=:x:", "sha-512=:AAAA:", "sha-256=:AAAA:, sha-256=:AAAA:", "sha-256=:AAAA:, x"])
def test_a_digest_that_is_none_is_refused(field: str) -> None:
    with pytest.raises(Unsigned):
        digest_said(field)


def asked(fields: dict[str, str], method: str = "POST", **changes: str) -> Request:
    given = {"method": method, "authority": "127.0.0.1:8025", "path": "/v1/messages", "query": "a=1&b=%20x"} | changes
    return Request(fields={name.lower(): value for name, value in fields.items()}, **given)


def fields_of(private: PrivateKey, keyid: str = f"{OIN}/k/1", body: bytes | None = BODY, **changes: Any) -> dict[str, str]:
    return signed(private, keyid, "POST", URL, body, TYPE, **({"now": NOW, "nonce": "n-1"} | changes))


@pytest.fixture
def signers(tmp_path: Path) -> Signers:
    return made(tmp_path, key_of(PRIVATE))


PRIVATE = ed25519.Ed25519PrivateKey.generate()


def made(tmp_path: Path, *keys: PartnerKey, at: datetime = AT) -> Signers:
    partners = Partners([Partner("OM", OIN, ("prosecution",), keys)])
    return Signers(lambda: partners, Nonces(tmp_path / "nonces", at.timestamp()), SteppedClock(at), SKEW)


def code(signers: Signers, request: Request, *, content: bool = True) -> str:
    """The code with which a request is declined; "signed" where it is not."""
    try:
        assert signers.of(request, content=content).oin == OIN
    except Declined as declined:
        assert declined.status_code in (401, 429)
        return declined.code
    return "signed"


@pytest.mark.parametrize("private", [PRIVATE, ec.generate_private_key(ec.SECP256R1())], ids=["ed25519", "es256"])
def test_what_the_tool_signs_is_signed(tmp_path: Path, private: PrivateKey) -> None:
    signers = made(tmp_path, key_of(private))
    assert code(signers, asked(fields_of(private))) == "signed"
    without = fields_of(private, body=None, nonce="n-2")
    assert code(signers, asked(without), content=False) == "signed"


def test_our_own_signing_fits_our_own_reading(signers: Signers) -> None:
    fields = {"content-type": TYPE, "content-digest": content_digest(BODY)}
    request = asked(fields)
    made = sign(request, Identity(OIN, "k/1", PRIVATE), created=NOW, expires=NOW + 60, nonce="n")
    assert code(signers, asked(fields | made)) == "signed"


@pytest.mark.parametrize(
    "changes",
    [{"method": "PUT"}, {"authority": "127.0.0.1:8026"}, {"path": "/v1/receipts"}, {"query": "a=2"}],
    ids=lambda changes: next(iter(changes)),
)
def test_nothing_of_the_request_may_change(signers: Signers, changes: dict[str, str]) -> None:
    assert code(signers, asked(fields_of(PRIVATE), **changes)) == "signature-wrong"


@pytest.mark.parametrize("name", ["Content-Type", "Content-Digest"])
def test_nothing_of_the_content_may_change(signers: Signers, name: str) -> None:
    fields = fields_of(PRIVATE)
    assert code(signers, asked(fields | {name: "other"})) == "signature-wrong"
    del fields[name]
    assert code(signers, asked(fields)) == "signature-needed"


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("created=", "Created="),
        ("created=", "x="),
        (";expires", ' ;expires'),
        ('"@query" ', ""),
        ('"@method"', '"@target-uri"'),
        ('"@method"', '"@method" "@method"'),
        ('"@method"', '"@method" "@status"'),
        ('"@method"', '"@method" "date"'),
        ('"@method"', '"@method";req'),
        ("keyid=", 'keyid="a/b";keyid='),
        (f";created={NOW}", ""),
        (f"created={NOW}", 'created="now"'),
        ("n-1", ""),
        ('nonce="n-1"', "nonce=1"),
        ("sig=(", "sig=() , b=("),
        ("sig=", "other="),
    ],
)
def test_what_the_profile_does_not_know_is_refused(signers: Signers, text: str, other: str) -> None:
    fields = fields_of(PRIVATE)
    assert text in fields["Signature-Input"]
    fields["Signature-Input"] = fields["Signature-Input"].replace(text, other)
    assert code(signers, asked(fields)) == "signature-needed"


@pytest.mark.parametrize("signature", ["", "sig=AAAA", "sig=:A:", "sig=:AAA*:", "b=:AAAA:", "sig=:AAAA:, b=:AAAA:"])
def test_a_signature_that_is_none_is_refused(signers: Signers, signature: str) -> None:
    assert code(signers, asked(fields_of(PRIVATE) | {"Signature": signature})) == "signature-needed"


def test_a_stranger_is_not_told_what_is_known(signers: Signers) -> None:
    stranger = ed25519.Ed25519PrivateKey.generate()
    told = []
    for keyid in (f"{OIN}/k/1", f"{OIN}/k2", f"{'9' * 20}/k/1", "nonsense"):
        with pytest.raises(Declined) as declined:
            signers.of(asked(fields_of(stranger, keyid)), content=True)
        told.append((declined.value.code, declined.value.detail, declined.value.headers))
    assert told == [told[0]] * 4
    assert told[0][0] == "signature-wrong"
    wanted = (told[0][2] or {})["Accept-Signature"]
    assert all(f'"{name}"' in wanted for name in WITH_CONTENT)


def test_an_algorithm_that_is_said_is_that_of_the_key(signers: Signers) -> None:
    def with_alg(alg: str) -> Request:
        covered = {"@method": "POST", "@authority": "127.0.0.1:8025", "@path": "/v1/messages", "@query": "?a=1&b=%20x"}
        names = " ".join(f'"{name}"' for name in covered)
        params = f'({names});alg="{alg}";created={NOW};expires={NOW + 9};nonce="{alg}";keyid="{OIN}/k/1";tag="x"'
        made = base64.b64encode(PRIVATE.sign(signature_base(list(covered.items()), params))).decode()
        return asked({"Signature-Input": f"sig={params}", "Signature": f"sig=:{made}:"})

    assert code(signers, with_alg("ed25519"), content=False) == "signed"
    assert code(signers, with_alg("ecdsa-p256-sha256"), content=False) == "signature-wrong"


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({}, "signed"),
        ({"valid_from": AT + timedelta(seconds=1)}, "key-not-in-force"),
        ({"valid_until": AT}, "key-not-in-force"),
        ({"valid_until": AT + timedelta(seconds=1)}, "signed"),
        ({"revoked_at": AT, "revoked_why": "lost"}, "key-revoked"),
        # Set back, a clock gives no key its force again.
        ({"revoked_at": AT + timedelta(seconds=1), "revoked_why": "lost"}, "key-revoked"),
    ],
)
def test_a_key_counts_while_it_is_in_force(tmp_path: Path, dates: dict[str, Any], expected: str) -> None:
    assert code(made(tmp_path, key_of(PRIVATE, **dates)), asked(fields_of(PRIVATE))) == expected


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        (NOW + SKEW, "signed"),
        (NOW + SKEW + 1, "not-yet"),
        (NOW - 60 - SKEW + 1, "signed"),
        (NOW - 60 - SKEW, "expired"),
    ],
)
def test_a_signature_counts_within_its_window(signers: Signers, created: int, expected: str) -> None:
    assert code(signers, asked(fields_of(PRIVATE, now=created))) == expected


@pytest.mark.parametrize("lifetime", [0, -1, LIFETIME + 1])
def test_a_signature_lasts_a_moment_and_no_longer_than_it_may(signers: Signers, lifetime: int) -> None:
    request = asked({})
    fields = sign(request, Identity(OIN, "k/1", PRIVATE), created=NOW, expires=max(0, NOW + lifetime), nonce="n")
    assert code(signers, asked(fields), content=False) == "lifetime"


def test_a_request_counts_once_also_after_a_restart(tmp_path: Path) -> None:
    request = asked(fields_of(PRIVATE))
    assert [code(made(tmp_path, key_of(PRIVATE)), request) for _ in range(3)] == ["signed", "replayed", "replayed"]
    assert code(made(tmp_path, key_of(PRIVATE)), asked(fields_of(PRIVATE, nonce="n-2"))) == "signed"


def test_a_wrong_signature_uses_no_nonce_up(signers: Signers) -> None:
    assert code(signers, asked(fields_of(PRIVATE), path="/other")) == "signature-wrong"
    assert code(signers, asked(fields_of(PRIVATE))) == "signed"


def test_what_is_read_of_a_signature() -> None:
    signature = read_signature(asked(fields_of(PRIVATE, keyid=f'{OIN}/a\\"b')), content=True)
    assert (signature.keyid, signature.created, signature.expires, signature.nonce) == (f'{OIN}/a"b', NOW, NOW + 60, "n-1")
    assert set(signature.covered) == set(WITH_CONTENT) > set(ALWAYS)
