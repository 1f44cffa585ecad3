"""The commands about partners: `partner list`, `partner set` and `partner remove`."""

import re
from argparse import Namespace
from datetime import datetime
from pathlib import Path

from hervat.assemble import Node
from hervat.clock import SystemClock, parse_rfc3339
from hervat.doors import words
from hervat.doors.acts.governing import PartnerChange, PartnerRemoval
from hervat.doors.asking import asked_when, position_of
from hervat.doors.considering import decide_considered
from hervat.doors.receiving import ensure_decided
from hervat.doors.streams import show
from hervat.errors import Usage
from hervat.intake.partnering import Wish, read_public_key
from hervat.partner import ROLES, PartnerKey

_OIN = re.compile(r"[0-9A-Za-z]{20}")


def list_partners(arguments: Namespace) -> int:
    """Every organisation that is known, or was at a position."""
    when = asked_when(arguments)
    with Node.opened(arguments.store) as node:
        known = node.partners(position_of(node, when))
    show(words.as_document(known) if arguments.json else words.partners(known))
    return 0


def set_partner(arguments: Namespace) -> int:
    """Change what is known of an organisation."""
    _ensure_oin(arguments.oin)
    ensure_decided(arguments)
    wish = Wish(
        name=arguments.name,
        roles=_roles(arguments),
        keys=_keys(arguments),
        revoke=tuple(arguments.revoke_key),
        address=arguments.address,
        recipient=arguments.recipient,
    )
    answer = decide_considered(arguments, PartnerChange(oin=arguments.oin, wish=wish, by=arguments.by, why=arguments.why))
    show(words.as_document(answer) if arguments.json else f"partner {arguments.oin} set at position {answer['position']}")
    return 0


def remove_partner(arguments: Namespace) -> int:
    """Know an organisation no more."""
    _ensure_oin(arguments.oin)
    ensure_decided(arguments)
    answer = decide_considered(arguments, PartnerRemoval(oin=arguments.oin, by=arguments.by, why=arguments.why))
    show(words.as_document(answer) if arguments.json else f"partner {arguments.oin} removed at position {answer['position']}")
    return 0


def _ensure_oin(oin: str) -> None:
    if not _OIN.fullmatch(oin):
        raise Usage(f"{oin!r} is no OIN; give the 20 digits or letters that stand in the organisation's sources, urn:nld:oin:<OIN>:...")


def _roles(arguments: Namespace) -> tuple[str, ...] | None:
    """The roles from now on; None where they stay as they are."""
    if arguments.no_roles and arguments.role:
        raise Usage("give --role or --no-roles, not both")
    unknown = [role for role in arguments.role if role not in ROLES]
    if unknown:
        raise Usage(f"--role {unknown[0]}: there is no such role; roles are {', '.join(sorted(ROLES))}")
    return tuple(arguments.role) if arguments.role or arguments.no_roles else None


def _keys(arguments: Namespace) -> tuple[PartnerKey, ...]:
    """The key that is added, if one is."""
    if arguments.key is None:
        if arguments.key_id or arguments.key_from or arguments.key_until:
            raise Usage("--key-id, --key-from and --key-until say something about a key; give --key FILE as well")
        return ()
    if arguments.key_id is None:
        raise Usage("--key-id ID is missing: the name by which a signed request tells its key")
    begins = _moment("--key-from", arguments.key_from)
    try:
        algorithm, public = read_public_key(Path(arguments.key).read_bytes())
        return (
            PartnerKey(
                id=arguments.key_id,
                algorithm=algorithm,
                public=public,
                valid_from=begins or SystemClock().now(),
                valid_until=_moment("--key-until", arguments.key_until),
            ),
        )
    except OSError as fault:
        raise Usage(f"--key {arguments.key}: {fault.strerror}; give a file with a public key in PEM") from fault
    except (Usage, ValueError) as fault:
        raise Usage(f"--key {arguments.key}: {fault}") from fault


def _moment(flag: str, text: str | None) -> datetime | None:
    try:
        return None if text is None else parse_rfc3339(text)
    except ValueError as fault:
        raise Usage(f"{flag} {text}: {fault}") from fault
