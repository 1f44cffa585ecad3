"""Who may send what: the organisations of the chain, their roles and keys, and which of them were in force when.

- An organisation is named by its OIN. What comes from one that nobody knows cannot be attributed; one that is known and has no role
  may send nothing.
- Roles are configuration: `Partners` answers which roles an organisation has, and nobody else decides that.
- `Partners` holds at one position of the journal, `Roster` at every position: each change is an act and holds from its own on.
- Keys are those with which an organisation signs its requests. They are kept and shown.
"""

import binascii
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from importlib import resources
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from hervat.errors import Usage
from hervat.message import END, Text

ROLES = frozenset(
    (
        "matching-authority",
        "prosecution",
        "court",
        "collection",
        "custody",
        "ministry",
        "police",
        "population",
        "certificate-office",
        "consumer",
        "foreign-authority",
        "probation",
        "victim-support",
        "bar",
    )
)

Oin = Annotated[str, Meta(pattern=rf"^[0-9A-Za-z]{{20}}{END}")]
KeyId = Annotated[str, Meta(pattern=rf"^[!-~]{{1,128}}{END}")]
Moment = Annotated[datetime, Meta(tz=True)]
Address = Annotated[str, Meta(pattern=rf"^https?://[0-9A-Za-z.:\[\]-]{{1,253}}(/[0-9A-Za-z._~/-]{{0,200}})?{END}")]
Recipient = Annotated[str, Meta(pattern=rf"^age1[0-9a-z]{{58}}{END}")]
Algorithm = Literal["ed25519", "es256"]


class PartnerKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A public key: base64 of the 32 bytes of Ed25519, or of a point on P-256 as SEC 1 writes it. Its id is visible ASCII.

    It counts from `valid_from` until `valid_until`; a key that was revoked says since when and why.
    """

    id: KeyId
    algorithm: Algorithm
    public: str
    valid_from: Moment
    valid_until: Moment | None = None
    revoked_at: Moment | None = None
    revoked_why: Text | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for what no single field can tell."""
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError(f"the key {self.id} ends before it begins")
        if (self.revoked_at is None) != (self.revoked_why is None):
            raise ValueError(f"the key {self.id} is revoked with a moment and a reason, or not at all")

    @property
    def raw(self) -> bytes:
        """The bytes of `public`; raises Usage where it is no base64."""
        try:
            return binascii.a2b_base64(self.public, strict_mode=True)
        except ValueError as fault:
            raise Usage(f"the key {self.id} is not written in base64: {fault}") from fault


class Partner(Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation: its name, its OIN (20 characters), its roles, its keys, the address of its door, and for whom bundles that are
    carried to it by hand are encrypted (an age recipient).
    """

    name: Text
    oin: Oin
    roles: tuple[str, ...]
    keys: tuple[PartnerKey, ...] = ()
    address: Address | None = None
    recipient: Recipient | None = None

    def as_json(self) -> dict[str, Any]:
        """What is known of it, in plain values; an address and a recipient where it has them."""
        told = {"oin": self.oin, "name": self.name, "roles": [*self.roles], "keys": msgspec.to_builtins([*self.keys])}
        return told | {name: value for name in ("address", "recipient") if (value := getattr(self, name)) is not None}


def ensure_sound(partner: Partner) -> None:
    """Raises Usage for a role that is not one of `ROLES`, and for two keys with one id."""
    unknown = sorted(set(partner.roles) - ROLES)
    if unknown:
        raise Usage(f"partners: {partner.name} has the unknown role {unknown[0]!r}; roles are {', '.join(sorted(ROLES))}.")
    if len({key.id for key in partner.keys}) < len(partner.keys):
        raise Usage(f"partners: {partner.name} has two keys with one id; give each key an id of its own.")


class Partners:
    """The organisations that may send, and in which roles; made once and never changed."""

    def __init__(self, partners: Iterable[Partner], since: Mapping[str, int] = MappingProxyType({})) -> None:
        """`since` has, by OIN, the position of the act that said it. Raises Usage where an OIN is given twice, or a partner is unsound."""
        self._known: dict[str, Partner] = {}
        for partner in partners:
            if partner.oin in self._known:
                raise Usage(f"partners: the OIN {partner.oin} is given twice; name each organisation once.")
            ensure_sound(partner)
            self._known[partner.oin] = partner
        self._roles = {oin: frozenset(partner.roles) for oin, partner in self._known.items()}
        self._since = dict(since)

    @classmethod
    def load(cls, text: str) -> "Partners":
        """Read the TOML of a partners file: a list `partner` of `name`, `oin`, `roles`. Raises Usage where it is not that."""
        try:
            return cls(msgspec.convert(tomllib.loads(text), dict[str, list[Partner]]).get("partner", []))
        except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise Usage(f"partners: the file cannot be read: {error}; see partners.toml for the form.") from error

    @classmethod
    def default(cls) -> "Partners":
        """The test organisations, which hold where no other configuration is given."""
        return cls.load(resources.files("hervat").joinpath("partners.toml").read_text(encoding="utf-8"))

    def __iter__(self) -> Iterator[Partner]:
        """Every organisation, by OIN."""
        return iter(sorted(self._known.values(), key=lambda partner: partner.oin))

    def get(self, oin: str) -> Partner | None:
        """What is known of an organisation; None for one that nobody knows."""
        return self._known.get(oin)

    def roles(self, oin: str) -> frozenset[str] | None:
        """The roles of the organisation with this OIN; None for an organisation nobody knows."""
        return self._roles.get(oin)

    def since(self, oin: str) -> int | None:
        """The position of the act that said what is known of an organisation; None where no act did."""
        return self._since.get(oin)

    def changed(self, position: int, oin: str, partner: Partner | None) -> "Partners":
        """The partners after an act: what is known of one organisation is replaced, or it is known no more."""
        others = [known for known in self._known.values() if known.oin != oin]
        return Partners(others if partner is None else [*others, partner], {**self._since, oin: position})


class Roster:
    """The partners in force at every position of the journal."""

    def __init__(self, first: Partners) -> None:
        """`first` holds at position 0."""
        self._positions = [0]
        self._partners = [first]

    def change(self, position: int, oin: str, partner: Partner | None) -> None:
        """An act at a position beyond all others so far: what is known of an organisation now; None takes it away."""
        self._partners.append(self.now.changed(position, oin, partner))
        self._positions.append(position)

    @property
    def now(self) -> Partners:
        """The partners after every act."""
        return self._partners[-1]

    def at(self, position: int) -> Partners:
        """The partners in force at a position: those of the last act at or before it."""
        return self._partners[bisect_right(self._positions, position) - 1]

    def ever(self, oin: str) -> frozenset[str]:
        """The roles that an organisation has or had at any position."""
        return frozenset[str]().union(*(partners.roles(oin) or frozenset() for partners in self._partners))

    def name_of(self, oin: str) -> str | None:
        """What an organisation is called, or was last when it was known; None where it never was."""
        return next((known.name for partners in reversed(self._partners) if (known := partners.get(oin)) is not None), None)
