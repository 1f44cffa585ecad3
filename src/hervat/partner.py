"""Who may send what: the organisations of the chain and their roles.

- Roles are configuration: `Partners` answers which roles an organisation has, and nobody else decides that.
"""

import tomllib
from collections.abc import Iterable
from importlib import resources
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from hervat.errors import Usage
from hervat.message import END

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


class Partner(Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation: its name, its OIN (20 characters) and its roles."""

    name: str
    oin: Annotated[str, Meta(pattern=rf"^[0-9A-Za-z]{{20}}{END}")]
    roles: tuple[str, ...]


class Partners:
    """The organisations that may send, and in which roles; made once and never changed."""

    def __init__(self, partners: Iterable[Partner]) -> None:
        """Raises Usage where an OIN is given twice or a role is not one of `ROLES`."""
        self._roles: dict[str, frozenset[str]] = {}
        for partner in partners:
            if partner.oin in self._roles:
                raise Usage(f"partners: the OIN {partner.oin} is given twice; name each organisation once.")
            unknown = sorted(set(partner.roles) - ROLES)
            if unknown:
                raise Usage(f"partners: {partner.name} has the unknown role {unknown[0]!r}; roles are {', '.join(sorted(ROLES))}.")
            self._roles[partner.oin] = frozenset(partner.roles)

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

    def roles(self, oin: str) -> frozenset[str] | None:
        """The roles of the organisation with this OIN; None for an organisation nobody knows."""
        return self._roles.get(oin)
