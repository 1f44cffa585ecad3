"""Addresses of PostgreSQL stores: whatever libpq takes as a URI, and how such an address is shown to people.

A password may stand in it. It is shown to nobody, not even where the address is wrong, so of a wrong one nothing is shown.
"""

import os
import re
import socket
from dataclasses import dataclass
from urllib.parse import unquote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from hervat.errors import Usage

_SECRETS = ("password", "sslpassword")
_LIKE_THIS = "postgresql://user@host:port/database, or ?host=/directory for a socket"
_DEFAULTS = {"connect_timeout": "10", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}


@dataclass(frozen=True, slots=True)
class Address:
    """What to connect with, and what may be shown of it."""

    parameters: dict[str, str]
    shown: str


def address_of(url: str) -> Address:
    """Read a libpq URI; raises Usage for what is none."""
    try:
        given = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except (psycopg.Error, UnicodeError):
        # Not with what the library says, and not as its cause: it quotes what it could not read.
        given = {}
    # A password that is put in the wrong place is most often taken for the port.
    if not given or not re.fullmatch(r"[0-9,]*", given.get("port", "")):
        raise Usage(f"this is no address that PostgreSQL takes; give {_LIKE_THIS}; see that special characters are written as %40")
    us = f"hervat, process {os.getpid()} on {socket.gethostname()}"
    forced = {"fallback_application_name": us[:63], "client_encoding": "utf8"}
    return Address(_DEFAULTS | given | forced, _without_secrets(url))


def _without_secrets(url: str) -> str:
    """The same address without passwords, still fit to be used where those come from the environment."""
    scheme, _, rest = url.partition("://")
    # As libpq reads it: up to an @ that comes before any slash it is a user and a password, whatever else is in them.
    credentials = re.match(r"([^:@/]*)[^@/]*@", rest)
    user = "" if credentials is None else f"{credentials[1]}@"
    place, asked, query = rest[0 if credentials is None else credentials.end() :].partition("?")
    kept = [one for one in query.split("&") if unquote(one.partition("=")[0]) not in _SECRETS]
    return f"{scheme}://{user}{place}{asked if any(kept) else ''}{'&'.join(kept)}"
