"""A message as the register knows it, what a refusal says, and who may send what.

- One source is one feed with one sequence; (source, id) names a message for ever and ids compare as given.
- A plain string in a message has 1 to 1000 characters; a whole number never goes beyond 2^53.
- A refusal is a value: it says what is wrong, where, and what to do, and never repeats what the message said, for that may concern
  a person.
- Roles are configuration: `Partners` answers which roles an organisation has, and nobody else decides that.
"""

import re
import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from importlib import resources
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from hervat.clock import legal_day
from hervat.errors import Usage

# `$` would let a line feed pass at the end of a string; this end holds in Python and in the JSON Schema that is published alike.
END = r"(?![\s\S])"
LARGEST = 2**53

SOURCE = re.compile(r"urn:nld:oin:(?P<oin>[0-9A-Za-z]{20}):systeem:(?P<name>[0-9A-Za-z._~%:-]{1,128})")
UNKNOWN = "unknown"
"""The source under which stands what cannot be attributed to a known sender; no source of a partner can have this name."""

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

Text = Annotated[str, Meta(min_length=1, max_length=1000)]
MessageId = Annotated[str, Meta(min_length=1, max_length=128)]
Whole = Annotated[int, Meta(ge=1, le=LARGEST)]
Count = Annotated[int, Meta(ge=0, le=LARGEST)]


class Value(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """What a message is made of: frozen, compared by content, with no field that is not in the contract."""


class Named(Value, frozen=True, kw_only=True):
    """A message named by another: its source and its id."""

    source: Text
    id: MessageId


class Message(Struct, frozen=True, kw_only=True, gc=False):
    """A message that was admitted. `time` is aware; `data` is the struct of its kind in `kinds.KINDS`."""

    source: str
    id: str
    sequence: int
    kind: str
    time: datetime
    subject: str | None = None
    previous: str | None = None
    data: Any

    @property
    def legal_day(self) -> date:
        """The day in Europe/Amsterdam of `time`: the date of a message whose kind has no date of its own."""
        return legal_day(self.time)


class Refusal(Struct, frozen=True, gc=False):
    """Why a message is refused: the stage that failed, the path in the message ("" for the whole of it), and a sentence."""

    code: Literal["envelope", "role", "schema", "content"]
    path: str
    reason: str


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
