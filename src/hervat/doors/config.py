"""The file `node.toml`: where the store of a node is, on which port it is served, how its door for partners stands,
when it screens, how often it looks at the gates of a restart, who it is to partners with which it exchanges batches, and which map of the
chain its pages show.

- Everything may be left out; what stands here is what holds then.
- A store, keys and a socket named by a relative path lie beside the file, whatever directory the command is given in.
- A name that is not known is refused with its line: a setting that is misspelt would silently not hold.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from hervat.errors import Usage
from hervat.partner import KeyId, Oin

_RELATIVE = re.compile(r"sqlite:///(?P<path>[^/].*)")
_PLACE = re.compile(r"(?P<why>.*?)(?: - at `\$\.?(?P<at>[^`]*)`)?", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`", re.DOTALL)


class NodeTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[node]`: the store, the keys file where it does not lie beside the store, and the socket for acts where that does not."""

    store: str = "sqlite:///hervat.db"
    keys: str | None = None
    socket: str | None = None


class ServeTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[serve]`: the port on the loopback interface, 0 takes one that is free; and whether the pages only read and do no acts."""

    port: Annotated[int, Meta(ge=0, le=65535)] = 8025
    read_only: bool = False


class DoorTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[door]`: whether partners may send, how far their clocks may be off, and how many messages of one partner may wait to be taken.

    `authority` is the name, and the port where it is no usual one, under which partners reach the door through a proxy.
    """

    enabled: bool = True
    authority: Annotated[str, Meta(pattern=r"^[a-z0-9.-]+(:[0-9]{1,5})?$")] | None = None
    skew_seconds: Annotated[int, Meta(ge=1, le=3600)] = 300
    largest_queue: Annotated[int, Meta(ge=1, le=1_000_000)] = 20_000


class ScreeningTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[screening]`: whether the node screens and checks by itself, at which time of every day in Amsterdam, and the holders whose enrolled
    persons do not exist.
    """

    daily: bool = True
    at: Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "05:00"
    canaries: tuple[str, ...] = ()


class RestartTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[restart]`: how many seconds lie between two looks at the gates of a restart that is under way; with 0 the node does not look."""

    look_seconds: Annotated[int, Meta(ge=0, le=86_400)] = 30


class ExchangeTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[exchange]`: the OIN of this organisation, its private key in PEM and the id under which partners know that; how many messages a
    second it likes to be sent at most; the age identity with which bundles that are carried by hand are opened; and how many seconds a
    request to a partner may take in all, however slowly its door answers.
    """

    oin: Oin
    key: str
    key_id: KeyId
    pace: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    identity: str | None = None
    request_seconds: Annotated[int, Meta(ge=1, le=3600)] = 300


class ChainTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[chain]`: the map of the chain that the pages show."""

    map: str


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    node: NodeTable = NodeTable()
    serve: ServeTable = ServeTable()
    door: DoorTable = DoorTable()
    screening: ScreeningTable = ScreeningTable()
    restart: RestartTable = RestartTable()
    exchange: ExchangeTable | None = None
    chain: ChainTable | None = None


_TABLES = {
    "node": NodeTable,
    "serve": ServeTable,
    "door": DoorTable,
    "screening": ScreeningTable,
    "restart": RestartTable,
    "exchange": ExchangeTable,
    "chain": ChainTable,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in the file: the line, where it can be told, the name, and why."""

    line: int | None
    name: str
    why: str


def read_config(path: Path) -> Config:
    """The file at `path`, its store, keys and socket as absolute paths. Raises Usage, with line and name, for a file that is not sound."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "it is no text in UTF-8"
        raise Usage(f"{path}: {why}; give a file such as node.toml") from fault
    try:
        config = msgspec.convert(tomllib.loads(text), Config)
    except tomllib.TOMLDecodeError as fault:
        raise Usage(f"{path}: it is no TOML: {fault}") from fault
    except msgspec.ValidationError as fault:
        found = _fault(text, str(fault))
        where = path if found.line is None else f"{path}, line {found.line}"
        raise Usage(f"{where}: {found.name}: {found.why}") from fault
    return _beside(path, config)


def _fault(text: str, said: str) -> Fault:
    place = _PLACE.fullmatch(said)
    table, _, name = ((place and place["at"]) or "").partition(".")
    why = place["why"] if place is not None else said
    unknown = _UNKNOWN.fullmatch(why)
    if unknown is not None:
        table, name = (table, unknown["name"]) if table else (unknown["name"], "")
        known: Any = _TABLES.get(table) if name else Config
        why = f"this is no setting; known are {', '.join(known.__struct_fields__)}"
    return Fault(_line_of(text, table, name), f"{table}.{name}" if name else table, why)


def _line_of(text: str, table: str, name: str) -> int | None:
    """The line on which a setting stands, or its table where it has no line of its own."""
    current, header = "", None
    for number, line in enumerate(text.splitlines(), 1):
        opened = re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line)
        if opened is not None:
            current = opened[1].strip("\"'")
            header = number if current.partition(".")[0] == table else header
        elif current == table and re.match(rf"\s*[\"']?{re.escape(name)}[\"']?\s*[=.]", line) and name:
            return number
        elif not current and re.match(rf"\s*[\"']?{re.escape(table)}[\"']?\s*[=.]", line):
            header = number
    return header


def _beside(path: Path, config: Config) -> Config:
    """The configuration with what it names by a relative path looked for beside the file."""
    folder, node = path.absolute().parent, config.node
    relative = _RELATIVE.fullmatch(node.store)
    store = node.store if relative is None else f"sqlite:///{folder / relative['path']}"
    keys, socket = (None if path is None else str(folder / path) for path in (node.keys, node.socket))
    exchange = config.exchange
    if exchange is not None:
        identity = None if exchange.identity is None else str(folder / exchange.identity)
        exchange = msgspec.structs.replace(exchange, key=str(folder / exchange.key), identity=identity)
    chain = None if config.chain is None else ChainTable(map=str(folder / config.chain.map))
    return msgspec.structs.replace(config, node=NodeTable(store=store, keys=keys, socket=socket), exchange=exchange, chain=chain)
