"""Changes of partners, roles and keys: acts in the journal (the contract, section 2).

- `partner-set` replaces what is known of an organisation; without roles it may send nothing. `partner-removed`: it is unknown from then
  on, and what it sends cannot be attributed. What was judged before stays as it was judged.
- An act holds from its own position on; a message is judged by what was in force at its own.
- A key stays as long as its organisation is known: it ends by its dates, or is revoked with a moment and a reason. Its id never comes to
  mean another one.
"""

import binascii
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from msgspec import Struct
from msgspec.structs import replace

from hervat.errors import Usage
from hervat.journal.acts import act_in, acts_of
from hervat.journal.entry import Opened
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store
from hervat.partner import Algorithm, Partner, PartnerKey, Partners, Roster, ensure_sound

PARTNER_SET, PARTNER_REMOVED = "partner-set", "partner-removed"
PARTNER_ACTS = (PARTNER_SET, PARTNER_REMOVED)


class PartnerSet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=PARTNER_SET):
    """Who said what is known of an organisation from now on, and why."""

    oin: str
    name: str
    roles: tuple[str, ...]
    keys: tuple[PartnerKey, ...]
    by: str
    why: str
    address: str | None = None
    recipient: str | None = None


class PartnerRemoved(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=PARTNER_REMOVED):
    """Who said that an organisation is known no more, and why."""

    oin: str
    by: str
    why: str


PartnerAct = PartnerSet | PartnerRemoved
_read: Callable[[bytes], PartnerAct] = msgspec.json.Decoder(PartnerAct).decode
_WHAT = "change of partners"


class Wish(Struct, frozen=True, kw_only=True):
    """What is to change about an organisation; None, and nothing, leave it as it is. `revoke` has the ids of keys; an address or a
    recipient that is empty is known no more.
    """

    name: str | None = None
    roles: tuple[str, ...] | None = None
    keys: tuple[PartnerKey, ...] = ()
    revoke: tuple[str, ...] = ()
    address: str | None = None
    recipient: str | None = None


def read_act(opened: Opened) -> PartnerAct:
    """An act as it lies in the journal; raises StoreFault where something else lies there."""
    return act_in(opened, _read, _WHAT)


def kind_of(act: PartnerAct) -> str:
    """The kind under which an act stands in the journal."""
    return PARTNER_SET if isinstance(act, PartnerSet) else PARTNER_REMOVED


def change(roster: Roster, act: PartnerAct, position: int) -> None:
    """Let an act hold from its position on."""
    known = Partner(act.name, act.oin, act.roles, act.keys, act.address, act.recipient) if isinstance(act, PartnerSet) else None
    roster.change(position, act.oin, known)


def roster_of(journal: Store, keys: NodeKeys, first: Partners, last: int) -> Roster:
    """The partners in force at every position of a journal up to `last`; `first` holds at position 0."""
    roster = Roster(first)
    for position, act in acts_of(journal, keys, PARTNER_ACTS, _read, _WHAT, last):
        change(roster, act, position)
    return roster


def fulfilled(known: Partner | None, oin: str, wish: Wish, *, at: datetime, why: str) -> Partner:
    """What will be known of an organisation when a wish is fulfilled at a moment; raises Usage where it cannot be."""
    if known is None and (wish.name is None or wish.roles is None):
        raise Usage(f"no organisation with the OIN {oin} is known yet; give its name and its roles (or that it has none) as well")
    if wish == Wish():
        raise Usage("nothing is to change; give a name, roles, a key, a key to revoke, an address or a recipient")
    before = Partner("", oin, ()) if known is None else known
    added = [*_revoked(before.keys, wish.revoke, at, why), *wish.keys]
    name = before.name if wish.name is None else wish.name
    roles = before.roles if wish.roles is None else tuple(sorted(set(wish.roles)))
    address = before.address if wish.address is None else wish.address or None
    recipient = before.recipient if wish.recipient is None else wish.recipient or None
    return _sound(Partner(name, oin, roles, tuple(added), address, recipient))


def _revoked(keys: Sequence[PartnerKey], ids: Iterable[str], at: datetime, why: str) -> list[PartnerKey]:
    """The keys with some of them revoked."""
    found = {key.id: key for key in keys}
    for id in ids:
        if id not in found:
            raise Usage(f"there is no key {id!r} to revoke; the keys are: {', '.join(found) or 'none'}")
        if found[id].revoked_at is not None:
            raise Usage(f"the key {id} was revoked before; there is nothing to change about it")
        found[id] = replace(found[id], revoked_at=at, revoked_why=why)
    return list(found.values())


def _sound(partner: Partner) -> Partner:
    """The partner, seen to be of the form it is kept in, with keys that can be used; raises Usage."""
    try:
        partner = msgspec.convert(msgspec.to_builtins(partner), Partner)
    except msgspec.ValidationError as fault:
        lengths = "a name has 1 to 1000 characters, an OIN 20 digits or letters, a key's id up to 128 signs"
        raise Usage(f"{fault}; {lengths}, an address begins with http:// or https://, a recipient with age1") from fault
    ensure_sound(partner)
    for key in partner.keys:
        _ensure_usable(key)
    return partner


def _ensure_usable(key: PartnerKey) -> None:
    try:
        if key.algorithm == "ed25519":
            Ed25519PublicKey.from_public_bytes(key.raw)
        else:
            EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key.raw)
    except ValueError as fault:
        raise Usage(f"the key {key.id} is no public key for {key.algorithm}: {fault}") from fault


def read_public_key(pem: bytes) -> tuple[Algorithm, str]:
    """The algorithm and the public key, as `PartnerKey` has them, in a PEM file; raises Usage for any other file."""
    if b"PRIVATE KEY" in pem:
        raise Usage("this is a private key, which nobody else may have; give the public one: openssl pkey -in FILE -pubout")
    try:
        found = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise Usage("this is no public key in PEM (-----BEGIN PUBLIC KEY-----); openssl pkey -in FILE -pubout makes one") from fault
    if isinstance(found, Ed25519PublicKey):
        return "ed25519", _base64(found.public_bytes_raw())
    if isinstance(found, EllipticCurvePublicKey) and isinstance(found.curve, SECP256R1):
        return "es256", _base64(found.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    raise Usage("this key is for another algorithm; requests are signed with Ed25519, or with ECDSA on the curve P-256")


def _base64(raw: bytes) -> str:
    return binascii.b2a_base64(raw, newline=False).decode()
